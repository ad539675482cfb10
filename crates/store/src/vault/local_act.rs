//! 3, 5.1.3-a: files of the operator's own documents. They are about nobody and have no data key, so they are sealed under a key
//! of the vault that does nothing else.
//!
//! ```text
//! bytes            format (1) | version of the key (2) | nonce (12) | file | tag (16)
//! associated data  "sandyq/local-act" | format | version (2) | document (16)
//! ```
//! A file that is moved to another document does not open.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sandyq_model::{Fault, LocalActId};

use super::Vault;
use super::fault::VaultFault;
use super::hierarchy::{KeyUse, KeyVersions, derive};
use super::source::KeySource;

/// The largest file of a document, in bytes.
pub const LOCAL_ACT_BYTES_MAX: usize = 1024 * 1024;

/// The key in each version, the newest last.
pub(super) struct LocalActKeys(Vec<LessSafeKey>);

impl LocalActKeys {
    pub(super) fn new(source: &dyn KeySource, versions: &KeyVersions) -> Result<Self, Fault> {
        let keys = (1..=versions.of(KeyUse::LocalAct)).map(|version| {
            let secret = derive(source, KeyUse::LocalAct, version)?;
            let key = UnboundKey::new(&AES_256_GCM, secret.as_slice()).map_err(|_| VaultFault::Library)?;
            Ok(LessSafeKey::new(key))
        });
        keys.collect::<Result<_, Fault>>().map(Self)
    }

    fn newest(&self) -> Result<(u16, &LessSafeKey), VaultFault> {
        let version = u16::try_from(self.0.len()).map_err(|_| VaultFault::Library)?;
        self.0.last().map(|key| (version, key)).ok_or(VaultFault::Library)
    }

    fn of_version(&self, version: u16) -> Option<&LessSafeKey> {
        self.0.get(usize::from(version).checked_sub(1)?)
    }
}

impl Vault {
    /// Seals the file of a document.
    ///
    /// # Errors
    /// When it is longer than [`LOCAL_ACT_BYTES_MAX`].
    pub fn seal_local_act(&self, act: LocalActId, file: &[u8]) -> Result<Vec<u8>, Fault> {
        if file.len() > LOCAL_ACT_BYTES_MAX {
            return Err(VaultFault::LocalAct.into());
        }
        let (version, key) = self.local_act.newest()?;
        let mut nonce = [0; NONCE_LEN];
        self.chance.fill(&mut nonce);
        let mut body = file.to_vec();
        let tag = key
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(place(version, act)),
                &mut body,
            )
            .map_err(|_| VaultFault::Library)?;
        Ok([&[FORMAT], &version.to_be_bytes()[..], &nonce, &body, tag.as_ref()].concat())
    }

    /// Opens it again.
    ///
    /// # Errors
    /// When it, or where it stands, was changed.
    pub fn open_local_act(&self, act: LocalActId, sealed: &[u8]) -> Result<Vec<u8>, Fault> {
        let fault = || Fault::from(VaultFault::LocalAct);
        let Some(([FORMAT, first, second, nonce @ ..], body)) = sealed.split_at_checked(HEAD_BYTES) else {
            return Err(fault());
        };
        let version = u16::from_be_bytes([*first, *second]);
        let key = self.local_act.of_version(version).ok_or_else(fault)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| fault())?;
        let mut opened = body.to_vec();
        let plain = key
            .open_in_place(nonce, Aad::from(place(version, act)), &mut opened)
            .map_err(|_| fault())?;
        Ok(plain.to_vec())
    }
}

fn place(version: u16, act: LocalActId) -> Vec<u8> {
    [
        &b"sandyq/local-act"[..],
        &[FORMAT],
        &version.to_be_bytes(),
        act.as_bytes(),
    ]
    .concat()
}

/// The format that this version writes.
const FORMAT: u8 = 1;
/// Format, version of the key, nonce.
const HEAD_BYTES: usize = 1 + 2 + NONCE_LEN;
