//! The functions that seal and open without a permit are nobody's but the vault's, and neither a permit
//! nor a new key is an open struct.

use sandyq_model::act::Extract;
use sandyq_policy::Permit;
use sandyq_store::vault::sealed;
use sandyq_store::vault::{NewKey, SealedValue, SubjectKey, WrappedKey};

fn open_directly(key: &SubjectKey, value: &SealedValue) {
    let _ = sealed::open(key, value);
}

fn write_a_permit() -> Permit<Extract> {
    Permit(())
}

fn pass_any_key_off_as_new(wrapped: WrappedKey) -> NewKey {
    NewKey(wrapped)
}

fn main() {}
