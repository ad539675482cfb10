//! The folder that the second copy lies in, as the few things that are done to it. Every one of them can fail at any time:
//! the folder belongs to another machine.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// What is done to the folder. A trait so that tests can let each of them fail.
pub(crate) trait CopyFiles: Send {
    /// The numbers that segments are named by, rising.
    fn segments(&mut self) -> io::Result<Vec<u64>>;
    /// The beginning of a segment, at most so many bytes.
    fn read(&mut self, first: u64, at_most: u64) -> io::Result<Vec<u8>>;
    /// Makes a new segment, to which is appended from now on; its name is durable. There must be none of that name.
    fn begin(&mut self, first: u64) -> io::Result<()>;
    /// Appends to the segment that was begun last.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Makes durable what was appended.
    fn sync(&mut self) -> io::Result<()>;
    /// Removes a segment.
    fn remove(&mut self, first: u64) -> io::Result<()>;
}

/// The real folder.
pub(crate) struct FolderFiles {
    folder: PathBuf,
    open: Option<File>,
}

impl FolderFiles {
    /// The folder at that place, which must be there: one that was made here would not be on the other machine.
    pub(crate) fn at(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            open: None,
        }
    }

    fn path(&self, first: u64) -> PathBuf {
        self.folder.join(format!("{PREFIX}{first:020}{SUFFIX}"))
    }
}

impl CopyFiles for FolderFiles {
    fn segments(&mut self) -> io::Result<Vec<u64>> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let name = entry?.file_name();
            let number = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
            let number = number.and_then(|name| name.strip_suffix(SUFFIX));
            found.extend(number.and_then(|number| number.parse::<u64>().ok()));
        }
        found.sort_unstable();
        Ok(found)
    }

    fn read(&mut self, first: u64, at_most: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(self.path(first))?
            .take(at_most)
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn begin(&mut self, first: u64) -> io::Result<()> {
        self.open = None;
        let file = OpenOptions::new()
            .append(true)
            .create_new(true)
            .mode(0o600)
            .open(self.path(first))?;
        File::open(&self.folder)?.sync_all()?;
        self.open = Some(file);
        Ok(())
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.opened()?.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.opened()?.sync_data()
    }

    fn remove(&mut self, first: u64) -> io::Result<()> {
        std::fs::remove_file(self.path(first))
    }
}

impl FolderFiles {
    fn opened(&mut self) -> io::Result<&mut File> {
        self.open
            .as_mut()
            .ok_or_else(|| io::Error::other("no segment was begun"))
    }
}

const PREFIX: &str = "stream-";
const SUFFIX: &str = ".copy";
