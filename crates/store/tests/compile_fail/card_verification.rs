//! 1.1.2-g: the card verification value lives for one authorisation. It has no way into a value, a store or a log.

use sandyq_model::act::Collect;
use sandyq_model::value::Values;
use sandyq_model::{CardVerification, Field, Plain};
use sandyq_policy::Permit;
use sandyq_store::vault::{SubjectKey, Vault};

fn copy(code: &CardVerification) -> CardVerification {
    code.clone()
}

fn print(code: &CardVerification) {
    println!("{code}");
}

fn print_for_debugging(code: &CardVerification) {
    println!("{code:?}");
}

fn write_out(code: &CardVerification) -> serde_json::Result<String> {
    serde_json::to_string(code)
}

fn put_among_values(code: CardVerification) -> <Values as IntoIterator>::Item {
    (Field::CARD_VERIFICATION, code)
}

fn make_a_plain_value(code: CardVerification) -> Plain<CardVerification> {
    Plain::new(code)
}

fn seal(vault: &Vault, permit: Permit<Collect>, key: &SubjectKey, code: &CardVerification) {
    let _ = vault.seal(permit, key, |_| 1, code);
}

fn main() {}
