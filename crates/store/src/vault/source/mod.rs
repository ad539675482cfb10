//! Where the root key comes from (5.1.3-a: keys outside the data store).
//!
//! A source derives; whoever uses it never sees the root key. A key file and a passphrase derive in memory; a token
//! derives inside itself, because the derivation is one HMAC. To add a source, implement [`KeySource`].

mod key_file;
mod passphrase;
mod private_file;
#[cfg(feature = "pkcs11")]
mod token;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_lc_rs::hkdf;
use jiff::Timestamp;
use sandyq_model::{Chance, Fault, Plain};
use zeroize::Zeroizing;

use super::epoch::EpochKeys;
use super::epoch_slots::EpochSlots;
use super::fault::VaultFault;
use super::hierarchy::KeyVersions;

pub use key_file::KeyFile;
pub use passphrase::{PASSPHRASE_CHARACTERS_MAX, PASSPHRASE_CHARACTERS_MIN, PassphraseFile};
pub use private_file::{KeyFileFault, secret_line};
#[cfg(feature = "pkcs11")]
pub use token::{Token, TokenEpochs, TokenFault, TokenRoot};

pub(super) use key_file::KIND as KEY_FILE_KIND;
pub(super) use private_file::{Words, check_ours_alone, sync_folder_of};

/// Derives keys from a root key that stays where it is.
pub trait KeySource: Send + Sync {
    /// The key for that use: HKDF-SHA256 expansion (RFC 5869) of the root key with `info`, 32 bytes.
    ///
    /// # Errors
    /// [`Fault::Vault`] when the source cannot derive.
    fn derive(&self, info: &[u8]) -> Result<Zeroizing<[u8; KEY_BYTES]>, Fault>;

    /// What the inventory says of it.
    fn origin(&self) -> KeyOrigin;

    /// The root key itself, for custodians and nobody else; `None` when it cannot leave its place.
    fn for_custodians(&self) -> Option<Zeroizing<[u8; KEY_BYTES]>> {
        None
    }
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

/// Which source an installation has.
#[derive(Clone, Debug, Default)]
pub enum KeySettings {
    /// The root key lies in the key file.
    #[default]
    File,
    /// The root key lies in the key file, wrapped by what this passphrase gives.
    Passphrase(Plain<String>),
    /// The root key was made in a token and stays there.
    Token(TokenSettings),
}

/// How a PKCS#11 token is reached.
#[derive(Clone, Debug)]
pub struct TokenSettings {
    /// The library of the token's maker.
    pub module: PathBuf,
    /// The label of the token.
    pub token: String,
    /// The PIN of its user.
    pub pin: Plain<String>,
}

/// A source that is open, and the token when it is in one.
pub struct OpenedSource {
    /// Derives.
    pub root: Box<dyn KeySource>,
    /// Where the keys of epochs live as well; `None` when the source is no token.
    #[cfg(feature = "pkcs11")]
    pub token: Option<Arc<Token>>,
}

impl KeySettings {
    /// Opens the source. `key_file` is where a key file, or the file that a passphrase opens, lies.
    ///
    /// # Errors
    /// A fault that says what to do.
    pub fn open(&self, key_file: &Path) -> Result<OpenedSource, Fault> {
        match self {
            Self::File => Ok(OpenedSource::of_file(KeyFile::open(key_file)?)),
            Self::Passphrase(passphrase) => {
                Ok(OpenedSource::of_file(PassphraseFile::open(key_file, passphrase)?))
            }
            Self::Token(settings) => open_token(settings),
        }
    }

    /// Looks whether the file is there, whole, and its owner's alone, without opening anything. Says nothing of a token.
    ///
    /// # Errors
    /// A fault that says what to do.
    pub fn check(&self, key_file: &Path) -> Result<(), KeyFileFault> {
        match self {
            Self::File => KeyFile::open(key_file).map(drop),
            Self::Passphrase(_) => PassphraseFile::check(key_file),
            Self::Token(_) => Ok(()),
        }
    }
}

impl OpenedSource {
    /// Where the keys of epochs live: in the token, or in slots at these places.
    ///
    /// # Errors
    /// As [`EpochSlots::open`](super::EpochSlots::open).
    pub fn epochs(
        &self,
        places: &[PathBuf],
        versions: &KeyVersions,
        chance: &Arc<dyn Chance>,
    ) -> Result<Box<dyn EpochKeys>, Fault> {
        #[cfg(feature = "pkcs11")]
        if let Some(token) = &self.token {
            return Ok(Box::new(TokenEpochs::new(Arc::clone(token), Arc::clone(chance))));
        }
        let slots = EpochSlots::open(places, self.root.as_ref(), versions, Arc::clone(chance))?;
        Ok(Box::new(slots))
    }

    fn of_file(root: impl KeySource + 'static) -> Self {
        Self {
            root: Box::new(root),
            #[cfg(feature = "pkcs11")]
            token: None,
        }
    }
}

#[cfg(feature = "pkcs11")]
fn open_token(settings: &TokenSettings) -> Result<OpenedSource, Fault> {
    let token = Arc::new(Token::connect(settings.clone())?);
    Ok(OpenedSource {
        root: Box::new(TokenRoot::open(Arc::clone(&token))?),
        token: Some(token),
    })
}

#[cfg(not(feature = "pkcs11"))]
fn open_token(_: &TokenSettings) -> Result<OpenedSource, Fault> {
    Err(Fault::Configuration(
        "this program was built without tokens; build it with the feature `pkcs11`".into(),
    ))
}

/// A root key in memory. Wiped when dropped.
struct RootKey {
    bytes: Zeroizing<[u8; KEY_BYTES]>,
    derives: hkdf::Prk,
}

impl RootKey {
    fn new(bytes: Zeroizing<[u8; KEY_BYTES]>) -> Self {
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, key_file::FORMAT.as_bytes());
        let derives = salt.extract(bytes.as_ref());
        Self { bytes, derives }
    }

    fn derive(&self, info: &[u8]) -> Result<Zeroizing<[u8; KEY_BYTES]>, Fault> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        self.derives
            .expand(&[info], hkdf::HKDF_SHA256)
            .and_then(|expanded| expanded.fill(key.as_mut()))
            .map_err(|_| VaultFault::Library)?;
        Ok(key)
    }

    fn bytes(&self) -> Zeroizing<[u8; KEY_BYTES]> {
        self.bytes.clone()
    }
}

/// The length of every key here: AES-256, HMAC-SHA256, an Ed25519 seed.
pub(super) const KEY_BYTES: usize = 32;
