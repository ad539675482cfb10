//! Where the root key comes from (5.1.3-a: keys outside the data store).
//!
//! A source never hands out its root key: it derives. A key file derives in memory; a token could derive inside itself,
//! because the derivation is one HMAC. To add a source, implement [`KeySource`].

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use aws_lc_rs::hkdf;
use jiff::Timestamp;
use sandyq_model::{Chance, Clock, Fault};
use zeroize::Zeroizing;

use super::fault::VaultFault;

/// Derives keys from a root key that stays where it is.
pub trait KeySource: Send + Sync {
    /// The key for that use: HKDF-SHA256 expansion (RFC 5869) of the root key with `info`, 32 bytes.
    ///
    /// # Errors
    /// [`Fault::Vault`] when the source cannot derive.
    fn derive(&self, info: &[u8]) -> Result<Zeroizing<[u8; KEY_BYTES]>, Fault>;

    /// What the inventory says of it.
    fn origin(&self) -> KeyOrigin;
}

/// What may be said of a key source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyOrigin {
    /// The kind of source.
    pub kind: &'static str,
    /// Which root key of this operator it is, counted from 1.
    pub number: u32,
    /// When the root key was made.
    pub created_at: Timestamp,
}

/// A root key in a file that nobody but the owner of the process may read.
///
/// ```text
/// sandyq-root-key/1 number=1 created=2026-11-23T11:00:00Z
/// 64 hexadecimal digits
/// ```
pub struct KeyFile {
    root: hkdf::Prk,
    origin: KeyOrigin,
}

impl KeyFile {
    /// Makes a new root key and writes it, whole or not at all. Never overwrites a file.
    ///
    /// # Errors
    /// [`KeyFileFault::Exists`], or [`KeyFileFault::Io`] when it cannot be written and made durable.
    pub fn create(
        path: &Path,
        number: u32,
        chance: &dyn Chance,
        clock: &dyn Clock,
    ) -> Result<Self, KeyFileFault> {
        let mut root = Zeroizing::new([0; KEY_BYTES]);
        chance.fill(root.as_mut());
        let created_at = clock
            .now()
            .round(jiff::Unit::Second)
            .unwrap_or(Timestamp::UNIX_EPOCH);
        let mut digits = Zeroizing::new([0; KEY_BYTES * 2]);
        hex::encode_to_slice(*root, digits.as_mut()).map_err(|_| KeyFileFault::malformed(path, DIGITS))?;
        let header = format!("{FORMAT} number={number} created={created_at}\n");

        let draft = path.with_extension("draft");
        let written = write_draft(&draft, header.as_bytes(), digits.as_ref());
        let placed = written.and_then(|()| std::fs::hard_link(&draft, path));
        let removed = std::fs::remove_file(&draft);
        placed.map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => KeyFileFault::Exists(path.to_owned()),
            _ => KeyFileFault::io(path)(error),
        })?;
        removed
            .and_then(|()| sync_folder_of(path))
            .map_err(KeyFileFault::io(path))?;
        Self::open(path)
    }

    /// Reads a key file that is ours alone: a regular file, owned by who runs the process, with no right for anybody
    /// else.
    ///
    /// # Errors
    /// A [`KeyFileFault`] that says what to do.
    pub fn open(path: &Path) -> Result<Self, KeyFileFault> {
        let file = File::open(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => KeyFileFault::Missing(path.to_owned()),
            _ => KeyFileFault::io(path)(error),
        })?;
        check_ours_alone(path, &file)?;
        let mut text = Zeroizing::new(Vec::with_capacity(KEY_FILE_BYTES_MAX + 1));
        let limit = u64::try_from(KEY_FILE_BYTES_MAX + 1).unwrap_or(u64::MAX);
        file.take(limit)
            .read_to_end(&mut text)
            .map_err(KeyFileFault::io(path))?;
        parse(path, &text)
    }
}

impl KeySource for KeyFile {
    fn derive(&self, info: &[u8]) -> Result<Zeroizing<[u8; KEY_BYTES]>, Fault> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        self.root
            .expand(&[info], hkdf::HKDF_SHA256)
            .and_then(|expanded| expanded.fill(key.as_mut()))
            .map_err(|_| VaultFault::Library)?;
        Ok(key)
    }

    fn origin(&self) -> KeyOrigin {
        self.origin.clone()
    }
}

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
    fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |error| Self::Io { path, error }
    }

    fn malformed(path: &Path, what: &'static str) -> Self {
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
pub(super) fn check_ours_alone(path: &Path, file: &File) -> Result<(), KeyFileFault> {
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
pub(super) fn sync_folder_of(path: &Path) -> std::io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

fn write_draft(draft: &Path, header: &[u8], digits: &[u8]) -> std::io::Result<()> {
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
    file.write_all(header)?;
    file.write_all(digits)?;
    file.write_all(b"\n")?;
    file.sync_all()
}

fn parse(path: &Path, text: &[u8]) -> Result<KeyFile, KeyFileFault> {
    let malformed = |what| KeyFileFault::malformed(path, what);
    if text.len() > KEY_FILE_BYTES_MAX {
        return Err(malformed("is longer than a key file can be"));
    }
    let text = std::str::from_utf8(text).map_err(|_| malformed(HEADER))?;
    let (header, rest) = text.split_once('\n').ok_or_else(|| malformed(HEADER))?;
    let mut words = header.split(' ');
    if words.next() != Some(FORMAT) {
        return Err(malformed(HEADER));
    }
    let number = words.next().and_then(|word| word.strip_prefix("number="));
    let number = number
        .and_then(|word| word.parse().ok())
        .ok_or_else(|| malformed(HEADER))?;
    let created = words.next().and_then(|word| word.strip_prefix("created="));
    let created_at = created
        .and_then(|word| word.parse().ok())
        .ok_or_else(|| malformed(HEADER))?;
    if words.next().is_some() {
        return Err(malformed(HEADER));
    }
    let mut root = Zeroizing::new([0; KEY_BYTES]);
    hex::decode_to_slice(rest.strip_suffix('\n').unwrap_or(rest), root.as_mut())
        .map_err(|_| malformed(DIGITS))?;
    if root.iter().all(|byte| Some(byte) == root.first()) {
        return Err(malformed("holds one byte over and over, which is no key"));
    }
    let root = hkdf::Salt::new(hkdf::HKDF_SHA256, FORMAT.as_bytes()).extract(root.as_ref());
    Ok(KeyFile {
        root,
        origin: KeyOrigin {
            kind: "key file",
            number,
            created_at,
        },
    })
}

/// The length of every key here: AES-256, HMAC-SHA256, an Ed25519 seed.
pub(super) const KEY_BYTES: usize = 32;
/// The first word of a key file: the format and its version.
const FORMAT: &str = "sandyq-root-key/1";
/// No key file is longer.
const KEY_FILE_BYTES_MAX: usize = 256;
const HEADER: &str =
    "does not begin with a line such as `sandyq-root-key/1 number=1 created=2026-11-23T11:00:00Z`";
const DIGITS: &str = "does not hold 64 hexadecimal digits in its second line";
