//! Files that hold keys: nobody but their owner reads them, and they appear whole or not at all.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use sandyq_model::{Fault, Plain};
use zeroize::Zeroizing;

use super::passphrase::{PASSPHRASE_CHARACTERS_MAX, PASSPHRASE_CHARACTERS_MIN};

/// Why a key file is not used. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileFault {
    /// There is none.
    #[error(
        "there is no key file at {}; put back the one that this store was made with, or make one for a new store",
        .0.display()
    )]
    Missing(PathBuf),
    /// There is one already, and a key that may be in use is never overwritten.
    #[error("there is a key file at {} already; it is never overwritten: choose another path", .0.display())]
    Exists(PathBuf),
    /// Others than the owner have rights to it.
    #[error("others may reach the key file {0} (mode {mode:04o}); run: chmod 600 {0}", .path.display())]
    TooOpen {
        /// Where it is.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Another user owns it.
    #[error(
        "the key file {0} belongs to user {owner}, and this process runs as user {user}; run: chown {user} {0}",
        .path.display()
    )]
    NotOurs {
        /// Where it is.
        path: PathBuf,
        /// Who owns it.
        owner: u32,
        /// Who runs this process.
        user: u32,
    },
    /// A folder, a pipe or a device.
    #[error("{} is not a regular file; name the key file itself", .0.display())]
    NotAFile(PathBuf),
    /// It does not hold a root key.
    #[error("the key file {} {what}; put back an unchanged copy", .path.display())]
    Malformed {
        /// Where it is.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The passphrase does not open it.
    #[error(
        "the passphrase does not open {}; type it again: upper and lower case, spaces and the keyboard's language count",
        .0.display()
    )]
    WrongPassphrase(PathBuf),
    /// A passphrase that guessing would find.
    #[error(
        "a passphrase has {PASSPHRASE_CHARACTERS_MIN} to {PASSPHRASE_CHARACTERS_MAX} characters; take six random words or more"
    )]
    PassphraseLength,
    /// The system said no.
    #[error("the key file {}: {error}", .path.display())]
    Io {
        /// Where it is.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
}

impl KeyFileFault {
    pub(super) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |error| Self::Io { path, error }
    }

    pub(super) fn malformed(path: &Path, what: &'static str) -> Self {
        Self::Malformed {
            path: path.to_owned(),
            what,
        }
    }
}

impl From<KeyFileFault> for Fault {
    fn from(fault: KeyFileFault) -> Self {
        Self::Configuration(fault.to_string())
    }
}

/// Refuses a file that is not regular, not ours, or open to others.
pub(in crate::vault) fn check_ours_alone(path: &Path, file: &File) -> Result<(), KeyFileFault> {
    let about = file.metadata().map_err(KeyFileFault::io(path))?;
    if !about.is_file() {
        return Err(KeyFileFault::NotAFile(path.to_owned()));
    }
    let user = rustix::process::geteuid().as_raw();
    if about.uid() != user {
        return Err(KeyFileFault::NotOurs {
            path: path.to_owned(),
            owner: about.uid(),
            user,
        });
    }
    let mode = about.mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(KeyFileFault::TooOpen {
            path: path.to_owned(),
            mode,
        });
    }
    Ok(())
}

/// Makes what was written to the file's folder (a new name in it) durable.
pub(in crate::vault) fn sync_folder_of(path: &Path) -> std::io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// Reads a file of the owner's own that has at most so many bytes.
pub(super) fn read_private(path: &Path, limit: usize) -> Result<Zeroizing<Vec<u8>>, KeyFileFault> {
    let file = File::open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => KeyFileFault::Missing(path.to_owned()),
        _ => KeyFileFault::io(path)(error),
    })?;
    check_ours_alone(path, &file)?;
    let mut text = Zeroizing::new(Vec::with_capacity(limit + 1));
    file.take(u64::try_from(limit + 1).unwrap_or(u64::MAX))
        .read_to_end(&mut text)
        .map_err(KeyFileFault::io(path))?;
    if text.len() > limit {
        return Err(KeyFileFault::malformed(path, "is longer than a key file can be"));
    }
    Ok(text)
}

/// The first line of a file of the owner's own: a passphrase, or a PIN.
///
/// # Errors
/// A [`KeyFileFault`] that says what to do.
pub fn secret_line(path: &Path) -> Result<Plain<String>, KeyFileFault> {
    let text = read_private(path, SECRET_FILE_BYTES_MAX)?;
    let text =
        std::str::from_utf8(&text).map_err(|_| KeyFileFault::malformed(path, "is not text in UTF-8"))?;
    Ok(Plain::new(text.lines().next().unwrap_or_default().to_owned()))
}

/// Writes a file of the owner's own, whole and durable or not at all. Never overwrites one.
pub(super) fn write_new(path: &Path, parts: &[&[u8]]) -> Result<(), KeyFileFault> {
    let draft = path.with_extension("draft");
    let written = write_draft(&draft, parts);
    let placed = written.and_then(|()| std::fs::hard_link(&draft, path));
    let removed = std::fs::remove_file(&draft);
    placed.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => KeyFileFault::Exists(path.to_owned()),
        _ => KeyFileFault::io(path)(error),
    })?;
    removed
        .and_then(|()| sync_folder_of(path))
        .map_err(KeyFileFault::io(path))
}

/// Puts a new content in the place of a file of the owner's own: the new one is durable before the old one goes, and the
/// old one is overwritten. What a crash leaves of the old one [`forget_old`] finds.
pub(super) fn replace(path: &Path, parts: &[&[u8]]) -> Result<(), KeyFileFault> {
    forget_old(path)?;
    replace_within(path, parts).map_err(KeyFileFault::io(path))
}

/// Overwrites and removes what [`replace`] was to overwrite before a crash.
pub(super) fn forget_old(path: &Path) -> Result<(), KeyFileFault> {
    forget_old_within(path).map_err(KeyFileFault::io(path))
}

fn replace_within(path: &Path, parts: &[&[u8]]) -> std::io::Result<()> {
    let draft = path.with_extension("draft");
    write_draft(&draft, parts)?;
    // Under a name of its own the old content can be overwritten after a crash, too.
    std::fs::hard_link(path, path.with_extension(OLD))?;
    sync_folder_of(path)?;
    std::fs::rename(&draft, path)?;
    sync_folder_of(path)?;
    forget_old_within(path)
}

fn forget_old_within(path: &Path) -> std::io::Result<()> {
    let old = path.with_extension(OLD);
    let about = match std::fs::metadata(&old) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        about => about?,
    };
    // Still the file in use when the crash came before the new one took its place.
    if std::fs::metadata(path)?.ino() != about.ino() {
        let mut file = OpenOptions::new().write(true).open(&old)?;
        let length = usize::try_from(about.len()).unwrap_or(usize::MAX);
        file.write_all(&vec![0; length.min(SECRET_FILE_BYTES_MAX)])?;
        file.sync_all()?;
    }
    std::fs::remove_file(&old)?;
    sync_folder_of(path)
}

fn write_draft(draft: &Path, parts: &[&[u8]]) -> std::io::Result<()> {
    // A draft that a crash left behind was never a key in use: the link to its final name comes last.
    if let Err(error) = std::fs::remove_file(draft)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return Err(error);
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(draft)?;
    for part in parts {
        file.write_all(part)?;
    }
    file.sync_all()
}

/// The words of a line, one after the other.
pub(in crate::vault) struct Words<'a>(std::str::Split<'a, char>);

impl<'a> Words<'a> {
    /// Those of that line.
    pub(in crate::vault) fn of(line: &'a str) -> Self {
        Self(line.split(' '))
    }

    /// The next word must be this one.
    pub(in crate::vault) fn is(&mut self, word: &str) -> Option<()> {
        (self.0.next()? == word).then_some(())
    }

    /// What follows the name in the next word.
    pub(in crate::vault) fn value<T: std::str::FromStr>(&mut self, name: &str) -> Option<T> {
        self.0.next()?.strip_prefix(name)?.parse().ok()
    }

    /// Whether no word is left.
    pub(in crate::vault) fn are_read(mut self) -> bool {
        self.0.next().is_none()
    }
}

/// How the name of a file ends that is being overwritten.
const OLD: &str = "old";
/// No key file of either kind is longer.
pub(super) const KEY_FILE_BYTES_MAX: usize = 400;
/// No file with a passphrase or a PIN is longer.
const SECRET_FILE_BYTES_MAX: usize = 4096;
