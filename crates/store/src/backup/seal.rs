//! A chunk as it is stored: compressed with Zstandard, encrypted with age to the recipients of the settings, and named
//! by a keyed hash of what is in it.
//!
//! Whoever makes sets holds no identity and can open none of them. Where there is a second circle of custodians, what is encrypted to it is
//! encrypted once more to the first one: it takes somebody of each to open it (5.1.1). The name is keyed because the hash of a chunk alone
//! would let a guess be checked; it is bound to the recipients, so that a new custodian gets chunks they can open.

use std::fmt;
use std::io::{Read, Write};
use std::str::FromStr;

use age::x25519;
use aws_lc_rs::hmac;
use sandyq_ledger::tree::sha256;
use zeroize::Zeroizing;

use super::cut::CHUNK_BYTES_MAX;
use super::fault::BackupFault;
use super::rows::ROW_BYTES_MAX;

/// Who can open a set: one of the first circle, together with one of the second where there is one.
#[derive(Clone)]
pub struct Recipients {
    first: Circle,
    second: Option<Circle>,
}

/// Custodians of whom each can stand for the others.
#[derive(Clone)]
struct Circle {
    keys: Vec<x25519::Recipient>,
    names: Vec<String>,
}

impl Recipients {
    /// Reads `age1…` recipients; one at least.
    ///
    /// # Errors
    /// [`BackupFault::Settings`] says which one is none.
    pub fn read(texts: &[String]) -> Result<Self, BackupFault> {
        let first = Circle::read("backup.recipients", texts)?;
        Ok(Self { first, second: None })
    }

    /// The same, to be opened together with one of these.
    ///
    /// # Errors
    /// [`BackupFault::Settings`] as for the first circle, and when somebody stands in both: one person would be two (5.1.1).
    pub fn together_with(self, texts: &[String]) -> Result<Self, BackupFault> {
        let second = Circle::read("backup.second_recipients", texts)?;
        if let Some(both) = second.names.iter().find(|name| self.first.names.contains(name)) {
            return Err(BackupFault::Settings(format!(
                "`{both}` stands in backup.recipients and in backup.second_recipients; one person alone would bring a set back \
                 (5.1.1)"
            )));
        }
        Ok(Self {
            second: Some(second),
            ..self
        })
    }

    /// The names of the first circle, sorted.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.first.names
    }

    /// The names of the second circle, sorted; none where one custodian is enough.
    #[must_use]
    pub fn second_names(&self) -> &[String] {
        self.second.as_ref().map_or(&[], |circle| &circle.names)
    }
}

impl Circle {
    fn read(setting: &str, texts: &[String]) -> Result<Self, BackupFault> {
        let mut names: Vec<String> = texts.iter().map(|text| text.trim().to_owned()).collect();
        names.sort_unstable();
        names.dedup();
        if names.is_empty() {
            return Err(BackupFault::Settings(format!(
                "{setting} is empty; make an identity with `age-keygen` away from this machine, and name the age1… key that it \
                 prints"
            )));
        }
        if names.len() > RECIPIENTS_MAX {
            return Err(BackupFault::Settings(format!(
                "{setting} names more than {RECIPIENTS_MAX}"
            )));
        }
        let read = |name: &String| {
            x25519::Recipient::from_str(name).map_err(|_| {
                BackupFault::Settings(format!("`{name}` is no recipient of age; one begins with age1"))
            })
        };
        let keys = names.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Self { keys, names })
    }

    /// Encrypts so that each of them can open it.
    fn encrypt(&self, content: &[u8]) -> Result<Vec<u8>, BackupFault> {
        let refused =
            |error: &dyn fmt::Display| BackupFault::Corrupt(format!("a chunk could not be closed: {error}"));
        let keys = self.keys.iter().map(|key| key as &dyn age::Recipient);
        let encryptor = age::Encryptor::with_recipients(keys).map_err(|error| refused(&error))?;
        let mut stored = Vec::with_capacity(content.len() + AGE_OVERHEAD_BYTES);
        let mut writer = encryptor
            .wrap_output(&mut stored)
            .map_err(|error| refused(&error))?;
        writer.write_all(content).map_err(|error| refused(&error))?;
        writer.finish().map_err(|error| refused(&error))?;
        Ok(stored)
    }
}

impl fmt::Debug for Recipients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.names())
            .entries(self.second_names())
            .finish()
    }
}

/// Who opens a set: the identities of one file, or of two custodians together. Kept away from the machine that makes sets.
pub struct Identity(Vec<x25519::Identity>);

impl Identity {
    /// Reads a file as `age-keygen` writes it: comments, and one `AGE-SECRET-KEY-1…` on each other line.
    ///
    /// # Errors
    /// [`BackupFault::Identity`] when no line is one.
    pub fn read(text: &str) -> Result<Self, BackupFault> {
        let lines = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        let read = |line: &str| {
            x25519::Identity::from_str(line)
                .map_err(|_| BackupFault::Identity("a line of the file is no AGE-SECRET-KEY of age".into()))
        };
        let identities = lines.map(read).collect::<Result<Vec<_>, _>>()?;
        if identities.is_empty() {
            return Err(BackupFault::Identity("the file holds no AGE-SECRET-KEY".into()));
        }
        Ok(Self(identities))
    }

    /// This one and another custodian's.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Which of those recipients they are.
    #[must_use]
    pub fn among(&self, recipients: &[String]) -> Vec<String> {
        let own = self.0.iter().map(|identity| identity.to_public().to_string());
        own.filter(|name| recipients.contains(name)).collect()
    }

    /// Whether they open what is for these two circles; said before anything is planned with it.
    pub(crate) fn is_enough_for(&self, first: &[String], second: &[String]) -> Result<(), BackupFault> {
        let missing = |says: &str| Err(BackupFault::Identity(says.into()));
        if self.among(first).is_empty() {
            return missing(FIRST_MISSING);
        }
        if !second.is_empty() && self.among(second).is_empty() {
            return missing(SECOND_MISSING);
        }
        Ok(())
    }

    /// Takes one layer away.
    fn decrypt(&self, stored: &[u8], layer: &'static str) -> Result<Vec<u8>, BackupFault> {
        let corrupt =
            |error: &dyn fmt::Display| BackupFault::Corrupt(format!("a chunk does not open: {error}"));
        let decryptor = age::Decryptor::new(stored).map_err(|error| corrupt(&error))?;
        let identities = self.0.iter().map(|one| one as &dyn age::Identity);
        let mut reader = decryptor.decrypt(identities).map_err(|error| match error {
            age::DecryptError::NoMatchingKeys => BackupFault::Identity(layer.into()),
            error => corrupt(&error),
        })?;
        let mut content = Vec::with_capacity(stored.len());
        reader
            .read_to_end(&mut content)
            .map_err(|error| corrupt(&error))?;
        Ok(content)
    }
}

/// Names chunks.
pub(crate) struct Namer {
    key: hmac::Key,
    recipients: [u8; 32],
}

impl Namer {
    /// With the key of backups, for chunks that these recipients can open.
    pub(crate) fn new(key: &[u8; 32], [first, second]: [&[String]; 2]) -> Self {
        let mut names = first.join("\n");
        if !second.is_empty() {
            // An empty line is no name.
            names.push_str("\n\n");
            names.push_str(&second.join("\n"));
        }
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, key),
            recipients: sha256(names.as_bytes()).0,
        }
    }

    /// The name of the chunk with these bytes.
    pub(crate) fn name(&self, plain: &[u8]) -> String {
        let mut tag = hmac::Context::with_key(&self.key);
        tag.update(b"sandyq/backup-chunk/1\n");
        tag.update(&self.recipients);
        tag.update(plain);
        hex::encode(tag.sign())
    }
}

/// Compresses and encrypts.
///
/// # Errors
/// When a library refuses; it has no reason to.
pub(crate) fn close(plain: &[u8], recipients: &Recipients) -> Result<Vec<u8>, BackupFault> {
    let packed = zstd::bulk::compress(plain, ZSTD_LEVEL)
        .map_err(|error| BackupFault::Corrupt(format!("a chunk could not be closed: {error}")))?;
    match &recipients.second {
        None => recipients.first.encrypt(&packed),
        Some(second) => recipients.first.encrypt(&second.encrypt(&packed)?),
    }
}

/// Decrypts and decompresses what must have had so many bytes. `takes_two` says whether there is a second circle.
///
/// # Errors
/// [`BackupFault::Identity`] when it is for somebody else, [`BackupFault::Corrupt`] when it was changed.
pub(crate) fn open(
    stored: &[u8],
    identity: &Identity,
    (plain_bytes, takes_two): (u64, bool),
) -> Result<Zeroizing<Vec<u8>>, BackupFault> {
    let corrupt = |error: &dyn fmt::Display| BackupFault::Corrupt(format!("a chunk does not open: {error}"));
    let size = usize::try_from(plain_bytes)
        .ok()
        .filter(|size| *size <= CHUNK_PLAIN_MAX)
        .ok_or_else(|| BackupFault::Corrupt("a chunk is longer than any chunk is".into()))?;
    let mut packed = identity.decrypt(stored, FIRST_MISSING)?;
    if takes_two {
        packed = identity.decrypt(&packed, SECOND_MISSING)?;
    }
    // One byte more than it should be, so that a longer one is found and a bomb is not.
    let plain = zstd::bulk::decompress(&packed, size + 1).map_err(|error| corrupt(&error))?;
    if plain.len() == size {
        Ok(Zeroizing::new(plain))
    } else {
        Err(BackupFault::Corrupt(
            "a chunk has another length than was signed".into(),
        ))
    }
}

/// What is said when nobody of the first circle is there.
const FIRST_MISSING: &str = "it was encrypted to other recipients";
/// What is said when nobody of the second circle is there.
const SECOND_MISSING: &str =
    "it takes two custodians, and an identity of the second circle is missing (5.1.1)";
/// Recipients at most: each makes every chunk 100 bytes longer.
pub const RECIPIENTS_MAX: usize = 16;
/// A chunk ends at the latest behind the row that makes it this long.
const CHUNK_PLAIN_MAX: usize = CHUNK_BYTES_MAX + ROW_BYTES_MAX + 4096;
/// Sealed values do not shrink; ids and entries do, and fast.
const ZSTD_LEVEL: i32 = 3;
const AGE_OVERHEAD_BYTES: usize = 512;
