//! 2.2.1: what somebody proves with who they are – the hash of a password, the secret of a second factor – sealed under
//! their own key, so that it dies with them in every copy.
//!
//! No field of the policy is opened here, and no permit is asked for: what comes out is compared and shown to nobody. The
//! seal is bound to the subject, the authenticator and the generation, and never opens as a value of a record.

use sandyq_model::{Fault, Plain};

use super::Vault;
use super::fault::VaultFault;
use super::sealed::{open_bound, seal_bound};
use super::subject_key::SubjectKey;

/// No longer secret is sealed, in bytes.
pub const PROOF_BYTES_MAX: usize = 4096;

impl Vault {
    /// Seals the secret of that authenticator.
    ///
    /// # Errors
    /// When it is longer than [`PROOF_BYTES_MAX`].
    pub fn seal_proof(
        &self,
        key: &SubjectKey,
        authenticator: [u8; 16],
        secret: &Plain<String>,
    ) -> Result<Vec<u8>, Fault> {
        if secret.expose().len() > PROOF_BYTES_MAX {
            return Err(VaultFault::Proof.into());
        }
        let bound = place(key, authenticator);
        Ok(seal_bound(key, &bound, secret.expose(), &*self.chance)?)
    }

    /// Opens it again.
    ///
    /// # Errors
    /// When it, or where it stands, was changed, or it was sealed under another generation of the key.
    pub fn open_proof(
        &self,
        key: &SubjectKey,
        authenticator: [u8; 16],
        sealed: &[u8],
    ) -> Result<Plain<String>, Fault> {
        open_bound(key, &place(key, authenticator), sealed).map_err(|_| VaultFault::Proof.into())
    }
}

fn place(key: &SubjectKey, authenticator: [u8; 16]) -> Vec<u8> {
    [
        &b"sandyq/proof"[..],
        key.subject().as_bytes(),
        &authenticator,
        &key.generation().to_be_bytes(),
    ]
    .concat()
}
