//! A chunk as it is stored: compressed with Zstandard, encrypted with age to the recipients of the settings, and named
//! by a keyed hash of what is in it.
//!
//! Whoever makes sets holds no identity and can open none of them. The name is keyed because the hash of a chunk alone
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

/// Who can open a set.
#[derive(Clone)]
pub struct Recipients {
    keys: Vec<x25519::Recipient>,
    names: Vec<String>,
}

impl Recipients {
    /// Reads `age1…` recipients; one at least.
    ///
    /// # Errors
    /// [`BackupFault::Settings`] says which one is none.
    pub fn read(texts: &[String]) -> Result<Self, BackupFault> {
        let mut names: Vec<String> = texts.iter().map(|text| text.trim().to_owned()).collect();
        names.sort_unstable();
        names.dedup();
        if names.is_empty() {
            return Err(BackupFault::Settings(
                "backup.recipients is empty; make an identity with `age-keygen` away from this machine, and name the \
                 age1… key that it prints"
                    .into(),
            ));
        }
        if names.len() > RECIPIENTS_MAX {
            return Err(BackupFault::Settings(format!(
                "backup.recipients names more than {RECIPIENTS_MAX}"
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

    /// Their names, sorted.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }
}

impl fmt::Debug for Recipients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.names).finish()
    }
}

/// Who opens a set: the identities of one file. Kept away from the machine that makes sets.
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
}

/// Names chunks.
pub(crate) struct Namer {
    key: hmac::Key,
    recipients: [u8; 32],
}

impl Namer {
    /// With the key of backups, for chunks that these recipients can open.
    pub(crate) fn new(key: &[u8; 32], recipients: &[String]) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, key),
            recipients: sha256(recipients.join("\n").as_bytes()).0,
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
    let refused =
        |error: &dyn fmt::Display| BackupFault::Corrupt(format!("a chunk could not be closed: {error}"));
    let packed = zstd::bulk::compress(plain, ZSTD_LEVEL).map_err(|error| refused(&error))?;
    let keys = recipients.keys.iter().map(|key| key as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(keys).map_err(|error| refused(&error))?;
    let mut stored = Vec::with_capacity(packed.len() + AGE_OVERHEAD_BYTES);
    let mut writer = encryptor
        .wrap_output(&mut stored)
        .map_err(|error| refused(&error))?;
    writer.write_all(&packed).map_err(|error| refused(&error))?;
    writer.finish().map_err(|error| refused(&error))?;
    Ok(stored)
}

/// Decrypts and decompresses what must have had so many bytes.
///
/// # Errors
/// [`BackupFault::Identity`] when it is for somebody else, [`BackupFault::Corrupt`] when it was changed.
pub(crate) fn open(
    stored: &[u8],
    identity: &Identity,
    plain_bytes: u64,
) -> Result<Zeroizing<Vec<u8>>, BackupFault> {
    let corrupt = |error: &dyn fmt::Display| BackupFault::Corrupt(format!("a chunk does not open: {error}"));
    let size = usize::try_from(plain_bytes)
        .ok()
        .filter(|size| *size <= CHUNK_PLAIN_MAX)
        .ok_or_else(|| BackupFault::Corrupt("a chunk is longer than any chunk is".into()))?;
    let decryptor = age::Decryptor::new(stored).map_err(|error| corrupt(&error))?;
    let identities = identity.0.iter().map(|one| one as &dyn age::Identity);
    let mut reader = decryptor.decrypt(identities).map_err(|error| match error {
        age::DecryptError::NoMatchingKeys => {
            BackupFault::Identity("it was encrypted to other recipients".into())
        }
        error => corrupt(&error),
    })?;
    let mut packed = Vec::with_capacity(stored.len());
    reader.read_to_end(&mut packed).map_err(|error| corrupt(&error))?;
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

/// Recipients at most: each makes every chunk 100 bytes longer.
pub const RECIPIENTS_MAX: usize = 16;
/// A chunk ends at the latest behind the row that makes it this long.
const CHUNK_PLAIN_MAX: usize = CHUNK_BYTES_MAX + ROW_BYTES_MAX + 4096;
/// Sealed values do not shrink; ids and entries do, and fast.
const ZSTD_LEVEL: i32 = 3;
const AGE_OVERHEAD_BYTES: usize = 512;
