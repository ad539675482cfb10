//! 5.1.4: what a member of staff proves with who they are, beside the password. They have no data key, so it is sealed under a
//! key of the vault that does nothing else.
//!
//! ```text
//! bytes            format (1) | version of the key (2) | nonce (12) | secret | tag (16)
//! associated data  "sandyq/staff-proof" | format | version (2) | staff (16) | kind
//! ```
//! What is moved to another member of staff, or to another kind, does not open. What comes out is compared and, of a secret
//! that waits to be set up, shown once to whom it belongs.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sandyq_model::{ActorId, Fault, Plain};
use zeroize::Zeroizing;

use super::Vault;
use super::fault::VaultFault;
use super::hierarchy::{KeyUse, KeyVersions, derive};
use super::keyed_hash::KeyedHash;
use super::proof::PROOF_BYTES_MAX;
use super::source::KeySource;

/// The key in each version, the newest last.
pub(super) struct StaffProofKeys(Vec<LessSafeKey>);

impl StaffProofKeys {
    pub(super) fn new(source: &dyn KeySource, versions: &KeyVersions) -> Result<Self, Fault> {
        let keys = (1..=versions.of(KeyUse::StaffProof)).map(|version| {
            let secret = derive(source, KeyUse::StaffProof, version)?;
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
    /// Seals a secret of that kind of a member of staff.
    ///
    /// # Errors
    /// When it is longer than [`PROOF_BYTES_MAX`].
    pub fn seal_staff_proof(
        &self,
        staff: ActorId,
        kind: &str,
        secret: &Plain<String>,
    ) -> Result<Vec<u8>, Fault> {
        if secret.expose().len() > PROOF_BYTES_MAX {
            return Err(VaultFault::Proof.into());
        }
        let (version, key) = self.staff_proof.newest()?;
        let mut nonce = [0; NONCE_LEN];
        self.chance.fill(&mut nonce);
        let mut body = Zeroizing::new(secret.expose().as_bytes().to_vec());
        let bound = place(version, staff, kind);
        let tag = key
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(bound), &mut body)
            .map_err(|_| VaultFault::Library)?;
        Ok([&[FORMAT], &version.to_be_bytes()[..], &nonce, &body, tag.as_ref()].concat())
    }

    /// Opens it again.
    ///
    /// # Errors
    /// When it, or where it stands, was changed.
    pub fn open_staff_proof(
        &self,
        staff: ActorId,
        kind: &str,
        sealed: &[u8],
    ) -> Result<Plain<String>, Fault> {
        let fault = || Fault::from(VaultFault::Proof);
        let Some(([FORMAT, first, second, nonce @ ..], body)) = sealed.split_at_checked(HEAD_BYTES) else {
            return Err(fault());
        };
        let version = u16::from_be_bytes([*first, *second]);
        let key = self.staff_proof.of_version(version).ok_or_else(fault)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| fault())?;
        let mut opened = Zeroizing::new(body.to_vec());
        let plain = key
            .open_in_place(nonce, Aad::from(place(version, staff, kind)), &mut opened)
            .map_err(|_| fault())?;
        let text = std::str::from_utf8(plain).map_err(|_| fault())?;
        Ok(Plain::new(text.to_owned()))
    }

    /// The hash of what the link of an invitation holds.
    #[must_use]
    pub fn invitation_hash(&self, secret: &[u8]) -> KeyedHash {
        self.code.hash(&[b"invitation", secret])
    }

    /// The hash of a code on paper of a member of staff.
    #[must_use]
    pub fn staff_code_hash(&self, staff: ActorId, serves: &str, code: &Plain<String>) -> KeyedHash {
        self.code.hash(&[
            b"staff",
            staff.as_bytes(),
            serves.as_bytes(),
            code.expose().as_bytes(),
        ])
    }
}

fn place(version: u16, staff: ActorId, kind: &str) -> Vec<u8> {
    [
        &b"sandyq/staff-proof"[..],
        &[FORMAT],
        &version.to_be_bytes(),
        staff.as_bytes(),
        kind.as_bytes(),
    ]
    .concat()
}

/// The format that this version writes.
const FORMAT: u8 = 1;
/// Format, version of the key, nonce.
const HEAD_BYTES: usize = 1 + 2 + NONCE_LEN;
