//! 5.1.3-a: a root key in a file of the owner's own.

use std::path::Path;

use jiff::Timestamp;
use sandyq_model::{Chance, Clock, Fault};
use zeroize::Zeroizing;

use super::passphrase;
use super::private_file::{KEY_FILE_BYTES_MAX, KeyFileFault, Words, read_private, write_new};
use super::{KEY_BYTES, KeyOrigin, KeySource, RootKey};

/// A root key in a file that nobody but the owner of the process may read.
///
/// ```text
/// sandyq-root-key/1 number=1 created=2026-11-23T11:00:00Z
/// 64 hexadecimal digits
/// ```
pub struct KeyFile {
    root: RootKey,
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
        let origin = KeyOrigin {
            kind: KIND,
            number,
            created_at,
        };
        Self::put_back(path, &root, &origin)
    }

    /// Writes a root key that custodians gave back, whole or not at all. Never overwrites a file.
    ///
    /// # Errors
    /// As [`KeyFile::create`].
    pub(in crate::vault) fn put_back(
        path: &Path,
        root: &[u8; KEY_BYTES],
        origin: &KeyOrigin,
    ) -> Result<Self, KeyFileFault> {
        let mut digits = Zeroizing::new([0; KEY_BYTES * 2]);
        hex::encode_to_slice(root, digits.as_mut()).map_err(|_| KeyFileFault::malformed(path, DIGITS))?;
        let header = format!(
            "{FORMAT} number={} created={}\n",
            origin.number, origin.created_at
        );
        write_new(path, &[header.as_bytes(), digits.as_ref(), b"\n"])?;
        Self::open(path)
    }

    /// Reads a key file that is ours alone: a regular file, owned by who runs the process, with no right for anybody
    /// else.
    ///
    /// # Errors
    /// A [`KeyFileFault`] that says what to do.
    pub fn open(path: &Path) -> Result<Self, KeyFileFault> {
        let text = read_private(path, KEY_FILE_BYTES_MAX)?;
        parse(path, &text)
    }
}

impl KeySource for KeyFile {
    fn derive(&self, info: &[u8]) -> Result<Zeroizing<[u8; KEY_BYTES]>, Fault> {
        self.root.derive(info)
    }

    fn origin(&self) -> KeyOrigin {
        self.origin.clone()
    }

    fn for_custodians(&self) -> Option<Zeroizing<[u8; KEY_BYTES]>> {
        Some(self.root.bytes())
    }
}

fn parse(path: &Path, text: &[u8]) -> Result<KeyFile, KeyFileFault> {
    let malformed = |what| KeyFileFault::malformed(path, what);
    let text = std::str::from_utf8(text).map_err(|_| malformed(HEADER))?;
    let (header, rest) = text.split_once('\n').ok_or_else(|| malformed(HEADER))?;
    if header.split(' ').next() == Some(passphrase::FORMAT) {
        return Err(malformed(OF_A_PASSPHRASE));
    }
    let mut words = Words::of(header);
    let read = (|| {
        words.is(FORMAT)?;
        Some((words.value("number=")?, words.value("created=")?))
    })();
    let (number, created_at) = read
        .filter(|_| words.are_read())
        .ok_or_else(|| malformed(HEADER))?;
    let mut root = Zeroizing::new([0; KEY_BYTES]);
    hex::decode_to_slice(rest.strip_suffix('\n').unwrap_or(rest), root.as_mut())
        .map_err(|_| malformed(DIGITS))?;
    if root.iter().all(|byte| Some(byte) == root.first()) {
        return Err(malformed("holds one byte over and over, which is no key"));
    }
    Ok(KeyFile {
        root: RootKey::new(root),
        origin: KeyOrigin {
            kind: KIND,
            number,
            created_at,
        },
    })
}

/// What the inventory calls it.
pub(in crate::vault) const KIND: &str = "key file";
/// The first word of a key file: the format and its version.
pub(super) const FORMAT: &str = "sandyq-root-key/1";
const HEADER: &str =
    "does not begin with a line such as `sandyq-root-key/1 number=1 created=2026-11-23T11:00:00Z`";
const OF_A_PASSPHRASE: &str =
    "is one that a passphrase opens; say source = \"passphrase\" under [keys] in the settings, or";
const DIGITS: &str = "does not hold 64 hexadecimal digits in its second line";
