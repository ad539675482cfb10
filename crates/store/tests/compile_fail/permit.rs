//! No permit, no plaintext; a permit is made by a decision only, is for one verb, and there is one of it.

use sandyq_model::act::{Clarify, Confirm, Destroy, Extract};
use sandyq_model::value::Values;
use sandyq_model::{Operation, Recipient};
use sandyq_policy::{Permit, Spent};
use sandyq_store::vault::{SealedValue, SubjectKey, Vault};

fn open_without_a_permit(vault: &Vault, key: &SubjectKey, sealed: &[SealedValue]) {
    let _ = vault.open(key, sealed);
}

fn seal_without_a_permit(vault: &Vault, key: &SubjectKey, values: &Values) {
    let _ = vault.seal(key, |_| 1, values);
}

fn make_one() -> Permit<Extract> {
    Default::default()
}

fn grant_one(operation: &Operation<Extract>) -> Permit<Extract> {
    Permit::grant(operation, Recipient::OPERATOR, Vec::new(), [0; 32])
}

fn copy_one(permit: &Permit<Extract>) -> Permit<Extract> {
    permit.clone()
}

fn copy_a_spent_one(spent: &Spent<Extract>) -> Spent<Extract> {
    spent.clone()
}

fn open_by_a_verb_that_looks_at_nothing(
    vault: &Vault,
    key: &SubjectKey,
    sealed: &[SealedValue],
    permit: Permit<Confirm>,
) {
    let _ = vault.open(permit, key, sealed);
}

fn open_by_a_verb_that_only_writes(
    vault: &Vault,
    key: &SubjectKey,
    sealed: &[SealedValue],
    permit: Permit<Clarify>,
) {
    let _ = vault.open(permit, key, sealed);
}

fn use_one_for_another_verb(permit: Permit<Extract>) -> Permit<Destroy> {
    permit
}

fn keep_values_without_destroying(
    vault: &Vault,
    key: &SubjectKey,
    sealed: &[SealedValue],
    permit: Permit<Extract>,
) {
    let _ = vault.keep_remainder(permit, key, key, sealed);
}

fn main() {}
