//! The ledger's rows.
use std::sync::{Arc, PoisonError, RwLock};

use sandyq_ledger::checkpoint::Checkpoint;
use sandyq_ledger::note::VerifierKey;
use sandyq_ledger::tile::TileId;
use sandyq_ledger::tree::{ConsistencyProof, InclusionProof};
use sandyq_model::Fault;

use crate::database::Reader;

/// What a verification has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Entries that were verified.
    pub entries: u64,
    /// Checkpoints that were verified.
    pub checkpoints: u64,
    /// Tiles that were verified.
    pub tiles: u64,
    /// Postings that were verified.
    pub postings: u64,
}
pub(crate) struct Head {
    pub checkpoint: Checkpoint,
    pub note: String,
}
pub(crate) struct Published {
    head: RwLock<Arc<Head>>,
    verifier_key: VerifierKey,
}
impl Published {
    pub(crate) fn head(&self) -> Arc<Head> {
        Arc::clone(&self.head.read().unwrap_or_else(PoisonError::into_inner))
    }
    pub(crate) fn verifier_key(&self) -> &VerifierKey {
        &self.verifier_key
    }
}
fn nothing<T>() -> Result<T, Fault> {
    Err(Fault::Ledger("not yet".into()))
}
pub(crate) fn tile(_: &mut dyn Reader, _: TileId, _: u64) -> Result<Option<Vec<u8>>, Fault> {
    nothing()
}
pub(crate) fn entry_bytes(_: &mut dyn Reader, _: u64) -> Result<Vec<u8>, Fault> {
    nothing()
}
pub(crate) fn inclusion(_: &mut dyn Reader, _: u64, _: u64) -> Result<InclusionProof, Fault> {
    nothing()
}
pub(crate) fn consistency(_: &mut dyn Reader, _: u64, _: u64) -> Result<ConsistencyProof, Fault> {
    nothing()
}
pub(crate) fn verify(_: &mut dyn Reader, _: &Published, _: &dyn Fn(u64, u64)) -> Result<Report, Fault> {
    nothing()
}
