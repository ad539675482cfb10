//! The policy folder as files in memory: what is published, and nothing else of what lies beside it.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use sha2::{Digest, Sha256};

/// The files of a policy folder by their path inside it, with `/` between the parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folder {
    files: BTreeMap<String, String>,
}

/// Folders inside the policy folder and how the names of their files end.
const ROOMS: [(&str, &str); 4] = [
    ("law", ".kdl"),
    ("calendar", ".kdl"),
    ("cases", ".kdl"),
    ("letters", ".md"),
];
/// A file above this is no policy text (bytes).
const FILE_SIZE_MAX: u64 = 4 * 1024 * 1024;
/// What is read but is no part of the policy's version: examples, the wording of letters, and what is generated from the
/// policy.
const BESIDE: [&str; 3] = ["cases/", "letters/", "decisions.txt"];

impl Folder {
    /// Reads the Markdown files, the law, the calendar, the cases, the letters and the stored decisions of the folder at `path`.
    ///
    /// # Errors
    /// When the folder or a file in it cannot be read, is not UTF-8, or is larger than 4 MiB.
    pub fn read(path: &Path) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        gather(path, "", &mut files, |name| {
            name.ends_with(".md") || name == "decisions.txt"
        })?;
        for (room, ending) in ROOMS {
            let inside = path.join(room);
            if inside.is_dir() {
                gather(&inside, &format!("{room}/"), &mut files, |name| {
                    name.ends_with(ending)
                })?;
            }
        }
        Ok(Self { files })
    }

    /// A folder made of these files.
    #[must_use]
    pub fn from_files<P: Into<String>, T: Into<String>>(files: impl IntoIterator<Item = (P, T)>) -> Self {
        Self {
            files: files
                .into_iter()
                .map(|(path, text)| (path.into(), text.into()))
                .collect(),
        }
    }

    /// The text of one file.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// All files in order of their paths.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Puts a file in, or changes it.
    pub fn put(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.files.insert(path.into(), text.into());
    }

    /// SHA-256 over what is published: for each file in order of its path, the path, a zero byte, the length of the
    /// text as eight bytes (big-endian) and the text. Cases, letters and generated files do not count.
    #[must_use]
    pub fn version(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for (path, text) in self
            .files()
            .filter(|(path, _)| !BESIDE.iter().any(|beside| path.starts_with(beside)))
        {
            hash.update(path.as_bytes());
            hash.update([0]);
            hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(text.as_bytes());
        }
        hash.finalize().into()
    }
}

fn gather(
    folder: &Path,
    prefix: &str,
    files: &mut BTreeMap<String, String>,
    wanted: impl Fn(&str) -> bool,
) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str().filter(|name| wanted(name)) else {
            continue;
        };
        let meta = fs::metadata(entry.path())?;
        if !meta.is_file() {
            continue;
        }
        if meta.len() > FILE_SIZE_MAX {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{prefix}{name} is larger than 4 MiB"),
            ));
        }
        let text = fs::read_to_string(entry.path())
            .map_err(|error| io::Error::new(error.kind(), format!("{prefix}{name}: {error}")))?;
        files.insert(format!("{prefix}{name}"), text);
    }
    Ok(())
}
