//! The inventory of keys (5.1.3-a): what each is for, in which version, since when. It holds no key.

use jiff::Timestamp;
use sandyq_model::Fault;

use super::hierarchy::{KeyId, KeyUse, KeyVersions, key_id};
use super::signer::Signer;
use super::source::{KeyOrigin, KeySource};

/// All keys of an installation, as `keys list` shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyInventory {
    /// Where the root key comes from.
    pub origin: KeyOrigin,
    /// The derived keys, by use and version.
    pub keys: Vec<KeyLine>,
    /// How many data keys of subjects the key store holds.
    pub subject_keys: u64,
}

/// One derived key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyLine {
    /// What it is called.
    pub id: KeyId,
    /// What it is for.
    pub usage: KeyUse,
    /// Its version.
    pub version: u16,
    /// Since when this store uses it; `None` until the key store has noted it.
    pub created_at: Option<Timestamp>,
    /// Whether it is the version in use; an older one only reads what it once wrote.
    pub current: bool,
    /// The public half, of keys that sign.
    pub public_key: Option<[u8; 32]>,
}

/// The lines of every key that these versions bring with them, not yet noted by any key store.
pub(super) fn lines(source: &dyn KeySource, versions: &KeyVersions) -> Result<Vec<KeyLine>, Fault> {
    let mut lines = Vec::new();
    for usage in KeyUse::ALL {
        let current = versions.of(usage);
        for version in 1..=current {
            let public_key = match usage {
                KeyUse::LedgerSign | KeyUse::ReceiptSign => {
                    Some(Signer::new(source, usage, version)?.public_key())
                }
                _ => None,
            };
            lines.push(KeyLine {
                id: key_id(source, usage, version)?,
                usage,
                version,
                created_at: None,
                current: version == current,
                public_key,
            });
        }
    }
    Ok(lines)
}
