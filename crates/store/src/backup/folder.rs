//! Sets in a folder: a mounted disk or another machine's share.

use std::fs::{self, DirBuilder, File};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

use super::fault::BackupFault;
use super::shelf::{Shelf, Stored, check_name};
use crate::whole_file;

/// A folder. Nothing is written over in place: a part is written beside, synced, and given its name; then the folder
/// that holds the name is synced.
#[derive(Clone, Debug)]
pub struct FolderShelf {
    root: PathBuf,
}

impl FolderShelf {
    /// The folder at that path. Made when the first part is put, but the folder that holds it must be there: otherwise a
    /// disk is not mounted, and the backup would go onto the disk that it is to survive.
    ///
    /// # Errors
    /// [`BackupFault::Place`] when there is nothing that could hold it.
    pub fn at(root: &Path) -> Result<Self, BackupFault> {
        let holder = root.parent().filter(|holder| !holder.as_os_str().is_empty());
        if root.is_dir() || holder.is_none_or(Path::is_dir) {
            return Ok(Self {
                root: root.to_owned(),
            });
        }
        Err(BackupFault::Place(format!(
            "neither {} nor the folder that should hold it is there; is the disk mounted?",
            root.display()
        )))
    }

    fn path(&self, name: &str) -> Result<PathBuf, BackupFault> {
        check_name(name)?;
        Ok(self.root.join(name))
    }

    fn write_new(&self, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
        let folder = path.parent().unwrap_or(&self.root);
        make_folder(folder)?;
        let mut draft = path.as_os_str().to_owned();
        draft.push(DRAFT);
        let draft = PathBuf::from(draft);
        whole_file::write(path, &draft, bytes)
    }

    fn collect(&self, folder: &Path, name: &str, found: &mut Vec<Stored>) -> std::io::Result<()> {
        let entries = match fs::read_dir(folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let Ok(part) = entry.file_name().into_string() else {
                continue;
            };
            let name = format!("{name}{part}");
            let kind = entry.file_type()?;
            // What has a name that none of ours has is somebody else's, and a link or a pipe is no part of a set.
            if check_name(&name).is_err() {
                continue;
            }
            if kind.is_dir() {
                self.collect(&entry.path(), &format!("{name}/"), found)?;
            } else if kind.is_file() {
                let bytes = entry.metadata()?.len();
                found.push(Stored { name, bytes });
            }
        }
        Ok(())
    }
}

impl Shelf for FolderShelf {
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), BackupFault> {
        let path = self.path(name)?;
        self.write_new(&path, bytes)
            .map_err(|error| place(&path, "be written", &error))
    }

    fn get(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, BackupFault> {
        let path = self.path(name)?;
        let file = match open_file(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            file => file.map_err(|error| place(&path, "be read", &error))?,
        };
        let mut bytes = Vec::new();
        file.take(limit.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|error| place(&path, "be read", &error))?;
        if bytes.len() as u64 > limit {
            return Err(BackupFault::Corrupt(format!("{name} is longer than it may be")));
        }
        Ok(Some(bytes))
    }

    fn list(&self, folder: &str) -> Result<Vec<Stored>, BackupFault> {
        let path = self.path(folder.trim_end_matches('/'))?;
        if fs::symlink_metadata(&path).is_ok_and(|there| !there.is_dir()) {
            return Err(BackupFault::Place(format!(
                "{} is not a folder but a link or a file; parts of sets would lie elsewhere",
                path.display()
            )));
        }
        let mut found = Vec::new();
        self.collect(&path, folder, &mut found)
            .map_err(|error| place(&path, "be listed", &error))?;
        found.sort();
        Ok(found)
    }

    fn remove(&self, name: &str) -> Result<(), BackupFault> {
        let path = self.path(name)?;
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(place(&path, "be removed", &error)),
            _ => Ok(()),
        }
    }

    fn called(&self) -> String {
        self.root.display().to_string()
    }
}

/// Opens a file, and nothing else: no link is followed, and no pipe waited for.
fn open_file(path: &Path) -> std::io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, OFlags::RDONLY | flags, Mode::empty())?);
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(std::io::Error::other("it is no file"))
    }
}

/// Makes a folder that only we reach, and makes its name durable, and so for those that hold it.
fn make_folder(folder: &Path) -> std::io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let holder = folder.parent().filter(|holder| !holder.as_os_str().is_empty());
    if let Some(holder) = holder {
        make_folder(holder)?;
    }
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        made => made?,
    }
    File::open(holder.unwrap_or(Path::new(".")))?.sync_all()
}

fn place(path: &Path, what: &str, error: &std::io::Error) -> BackupFault {
    BackupFault::Place(format!("{} could not {what}: {error}", path.display()))
}

/// What a part is called until it is whole. Left over after an interruption; the next sweep removes it.
const DRAFT: &str = ".draft";
