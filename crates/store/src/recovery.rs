//! Opening.
use std::sync::Arc;

use sandyq_model::{Chance, Clock, Fault, SubjectId};

use crate::options::StoreOptions;
use crate::store::Parts;
use crate::vault::{Vault, WrappedKey};

pub(crate) fn open(_: &StoreOptions, _: Arc<dyn Clock>, _: Arc<dyn Chance>) -> Result<Parts, Fault> {
    Err(Fault::Store("not yet".into()))
}
pub(crate) fn wrapped_key(_: &Vault, _: SubjectId, _: u32) -> Result<Option<WrappedKey>, Fault> {
    Err(Fault::Store("not yet".into()))
}
