//! A permit is used up by what it permits.

use sandyq_model::act::Extract;
use sandyq_policy::Permit;
use sandyq_store::vault::{SealedValue, SubjectKey, Vault};

fn open_twice(vault: &Vault, key: &SubjectKey, sealed: &[SealedValue], permit: Permit<Extract>) {
    let _ = vault.open(permit, key, sealed);
    let _ = vault.open(permit, key, sealed);
}

fn open_after_spending(vault: &Vault, key: &SubjectKey, sealed: &[SealedValue], permit: Permit<Extract>) {
    let _spent = permit.spend();
    let _ = vault.open(permit, key, sealed);
}

fn main() {}
