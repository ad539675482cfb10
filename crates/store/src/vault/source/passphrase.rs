//! 5.1.3-a: a root key that a passphrase opens. Whoever has the file and not the passphrase must guess at 64 MiB a try.
//!
//! The root key itself is random and lies wrapped, so that a passphrase can change without every key changing with it.

use std::path::Path;

use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::digest;
use jiff::Timestamp;
use sandyq_model::{Chance, Clock, Fault, Plain};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::key_file;
use super::private_file::{self, KEY_FILE_BYTES_MAX, KeyFileFault, Words, read_private, write_new};
use super::{KEY_BYTES, KeyOrigin, KeySource, RootKey};

/// A root key that lies wrapped under a key made from a passphrase.
///
/// ```text
/// sandyq-root-passphrase/1 number=1 created=2026-11-23T11:00:00Z kib=65536 passes=3 lanes=4 salt=32 hexadecimal digits
/// 120 hexadecimal digits: nonce, wrapped root key, tag
/// sum=16 hexadecimal digits: the beginning of SHA-256 over both lines
/// ```
pub struct PassphraseFile {
    root: RootKey,
    origin: KeyOrigin,
}

impl PassphraseFile {
    /// Makes a new root key and writes it wrapped, whole or not at all. Never overwrites a file.
    ///
    /// # Errors
    /// [`KeyFileFault::PassphraseLength`], [`KeyFileFault::Exists`], or [`KeyFileFault::Io`].
    pub fn create(
        path: &Path,
        number: u32,
        passphrase: &Plain<String>,
        chance: &dyn Chance,
        clock: &dyn Clock,
    ) -> Result<Self, KeyFileFault> {
        check_length(passphrase)?;
        let created_at = clock.now().round(jiff::Unit::Second);
        let mut root = Zeroizing::new([0; KEY_BYTES]);
        chance.fill(root.as_mut());
        let mut wrapping = Wrapping {
            number,
            created_at: created_at.unwrap_or(Timestamp::UNIX_EPOCH),
            cost: Cost::NEW,
            salt: [0; SALT_BYTES],
            wrapped: [0; WRAPPED_BYTES],
        };
        chance.fill(&mut wrapping.salt);
        wrapping
            .wrap(&root, passphrase, chance)
            .ok_or_else(|| refused(path))?;
        write_new(path, &[wrapping.text().as_bytes()])?;
        Self::open(path, passphrase)
    }

    /// Reads the file, which must be ours alone, and opens the root key.
    ///
    /// # Errors
    /// [`KeyFileFault::WrongPassphrase`], or another that says what to do.
    pub fn open(path: &Path, passphrase: &Plain<String>) -> Result<Self, KeyFileFault> {
        let wrapping = Wrapping::read(path)?;
        let root = wrapping
            .open(passphrase)
            .ok_or_else(|| KeyFileFault::WrongPassphrase(path.to_owned()))?;
        private_file::forget_old(path)?;
        Ok(Self {
            root: RootKey::new(root),
            origin: KeyOrigin {
                kind: KIND,
                number: wrapping.number,
                created_at: wrapping.created_at,
            },
        })
    }

    /// Wraps the same root key anew under another passphrase, with another salt; the old file is overwritten. Nobody else
    /// may have the file in use. Copies of the old file still open with the old passphrase.
    ///
    /// # Errors
    /// [`KeyFileFault::WrongPassphrase`] when `old` does not open it, [`KeyFileFault::PassphraseLength`], or another that
    /// says what to do. Then the old passphrase stays, or both files are there and the next change removes the old one.
    pub fn change(
        path: &Path,
        old: &Plain<String>,
        new: &Plain<String>,
        chance: &dyn Chance,
    ) -> Result<(), KeyFileFault> {
        check_length(new)?;
        let mut wrapping = Wrapping::read(path)?;
        let wrong = || KeyFileFault::WrongPassphrase(path.to_owned());
        let root = wrapping.open(old).ok_or_else(wrong)?;
        wrapping.cost = Cost::NEW;
        chance.fill(&mut wrapping.salt);
        wrapping.wrap(&root, new, chance).ok_or_else(|| refused(path))?;
        // A wrapping that would not open never takes the place of one that does.
        if wrapping.open(new).is_none_or(|back| *back != *root) {
            return Err(refused(path));
        }
        private_file::replace(path, &[wrapping.text().as_bytes()])
    }

    /// Looks whether the file is there, whole, and ours alone.
    ///
    /// # Errors
    /// A [`KeyFileFault`] that says what to do.
    pub fn check(path: &Path) -> Result<(), KeyFileFault> {
        Wrapping::read(path).map(drop)
    }
}

impl KeySource for PassphraseFile {
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

/// What a try costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cost {
    kib: u32,
    passes: u32,
    lanes: u32,
}

impl Cost {
    /// The second recommendation of RFC 9106 (4).
    const NEW: Self = Self {
        kib: 64 * 1024,
        passes: 3,
        lanes: 4,
    };

    /// Neither so cheap that guessing pays, nor so dear that a changed file stops the machine.
    const fn is_bounded(self) -> bool {
        self.kib >= Self::NEW.kib
            && self.kib <= COST_KIB_MAX
            && self.passes >= Self::NEW.passes
            && self.passes <= COST_PASSES_MAX
            && self.lanes >= 1
            && self.lanes <= COST_LANES_MAX
    }
}

struct Wrapping {
    number: u32,
    created_at: Timestamp,
    cost: Cost,
    salt: [u8; SALT_BYTES],
    wrapped: [u8; WRAPPED_BYTES],
}

impl Wrapping {
    fn read(path: &Path) -> Result<Self, KeyFileFault> {
        let malformed = |what| KeyFileFault::malformed(path, what);
        let text = read_private(path, KEY_FILE_BYTES_MAX)?;
        let text = std::str::from_utf8(&text).map_err(|_| malformed(HEADER))?;
        if text.split(' ').next() == Some(key_file::FORMAT) {
            return Err(malformed(OF_A_KEY_FILE));
        }
        if text.split(' ').next() != Some(FORMAT) {
            return Err(malformed(HEADER));
        }
        // Checked first: what a damaged file holds would otherwise look like a wrong passphrase.
        let summed = text
            .strip_suffix('\n')
            .and_then(|text| text.rsplit_once("\nsum="));
        let (summed, sum) = summed.ok_or_else(|| malformed(DAMAGED))?;
        if sum != sum_of(summed) {
            return Err(malformed(DAMAGED));
        }
        let wrapping = Self::parse(summed).ok_or_else(|| malformed(HEADER))?;
        if !wrapping.cost.is_bounded() {
            return Err(malformed(COSTS));
        }
        Ok(wrapping)
    }

    fn parse(text: &str) -> Option<Self> {
        let (header, digits) = text.split_once('\n')?;
        let mut words = Words::of(header);
        words.is(FORMAT)?;
        let mut wrapping = Self {
            number: words.value("number=")?,
            created_at: words.value("created=")?,
            cost: Cost {
                kib: words.value("kib=")?,
                passes: words.value("passes=")?,
                lanes: words.value("lanes=")?,
            },
            salt: [0; SALT_BYTES],
            wrapped: [0; WRAPPED_BYTES],
        };
        hex::decode_to_slice(words.value::<String>("salt=")?, &mut wrapping.salt).ok()?;
        hex::decode_to_slice(digits, &mut wrapping.wrapped).ok()?;
        words.are_read().then_some(wrapping)
    }

    fn header(&self) -> String {
        let Cost { kib, passes, lanes } = self.cost;
        format!(
            "{FORMAT} number={} created={} kib={kib} passes={passes} lanes={lanes} salt={}",
            self.number,
            self.created_at,
            hex::encode(self.salt)
        )
    }

    fn text(&self) -> String {
        let summed = format!("{}\n{}", self.header(), hex::encode(self.wrapped));
        let sum = sum_of(&summed);
        format!("{summed}\nsum={sum}\n")
    }

    fn wrap(
        &mut self,
        root: &[u8; KEY_BYTES],
        passphrase: &Plain<String>,
        chance: &dyn Chance,
    ) -> Option<()> {
        let mut nonce = [0; NONCE_LEN];
        chance.fill(&mut nonce);
        let mut sealed = Zeroizing::new(root.to_vec());
        let bound = Aad::from(self.header());
        self.cipher(passphrase)?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), bound, &mut *sealed)
            .ok()?;
        for (place, byte) in self.wrapped.iter_mut().zip(nonce.iter().chain(sealed.iter())) {
            *place = *byte;
        }
        Some(())
    }

    fn open(&self, passphrase: &Plain<String>) -> Option<Zeroizing<[u8; KEY_BYTES]>> {
        let (nonce, sealed) = self.wrapped.split_first_chunk::<NONCE_LEN>()?;
        let mut opened = Zeroizing::new(sealed.to_vec());
        let bound = Aad::from(self.header());
        let plain = self
            .cipher(passphrase)?
            .open_in_place(Nonce::assume_unique_for_key(*nonce), bound, &mut opened)
            .ok()?;
        Some(Zeroizing::new(*plain.first_chunk()?))
    }

    fn cipher(&self, passphrase: &Plain<String>) -> Option<LessSafeKey> {
        // One keyboard writes й as one sign, another as two; both are the same passphrase.
        let composed: Zeroizing<String> = Zeroizing::new(passphrase.expose().nfc().collect());
        let Cost { kib, passes, lanes } = self.cost;
        let params = Params::new(kib, passes, lanes, Some(KEY_BYTES)).ok()?;
        let mut secret = Zeroizing::new([0; KEY_BYTES]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(composed.as_bytes(), &self.salt, secret.as_mut())
            .ok()?;
        UnboundKey::new(&AES_256_GCM, secret.as_ref())
            .ok()
            .map(LessSafeKey::new)
    }
}

fn check_length(passphrase: &Plain<String>) -> Result<(), KeyFileFault> {
    let length = passphrase.expose().chars().count();
    if (PASSPHRASE_CHARACTERS_MIN..=PASSPHRASE_CHARACTERS_MAX).contains(&length) {
        Ok(())
    } else {
        Err(KeyFileFault::PassphraseLength)
    }
}

fn sum_of(text: &str) -> String {
    let whole = digest::digest(&digest::SHA256, text.as_bytes());
    hex::encode(whole.as_ref().get(..SUM_BYTES).unwrap_or_default())
}

fn refused(path: &Path) -> KeyFileFault {
    KeyFileFault::Io {
        path: path.to_owned(),
        error: std::io::Error::other("the cryptographic library refused; is 64 MiB of memory free?"),
    }
}

/// A root passphrase has at least so many characters.
pub const PASSPHRASE_CHARACTERS_MIN: usize = 20;
/// A root passphrase has at most so many characters.
pub const PASSPHRASE_CHARACTERS_MAX: usize = 1024;
/// The first word of the file: the format and its version.
pub(super) const FORMAT: &str = "sandyq-root-passphrase/1";
const KIND: &str = "passphrase";
const SALT_BYTES: usize = 16;
/// Nonce, root key, tag.
const WRAPPED_BYTES: usize = NONCE_LEN + KEY_BYTES + 16;
const SUM_BYTES: usize = 8;
/// No more memory is spent on a try (KiB): 1 GiB.
const COST_KIB_MAX: u32 = 1024 * 1024;
const COST_PASSES_MAX: u32 = 16;
const COST_LANES_MAX: u32 = 16;
const HEADER: &str =
    "does not begin with a line such as `sandyq-root-passphrase/1 number=1 created=… kib=65536 …`";
const DAMAGED: &str = "is damaged, whatever the passphrase is";
const COSTS: &str = "asks for less work than is safe, or for more than is sensible";
const OF_A_KEY_FILE: &str =
    "is a key file and needs no passphrase; say source = \"file\" under [keys] in the settings, or";
