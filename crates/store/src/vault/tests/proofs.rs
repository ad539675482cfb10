//! 2.2.1: what proves who somebody is opens in its own place, and nowhere else.

use sandyq_model::Plain;

use super::super::proof::PROOF_BYTES_MAX;
use super::Strongroom;

#[test]
fn a_proof_opens_in_its_own_place_and_nowhere_else() {
    let room = Strongroom::seeded(3);
    let vault = &room.vault;
    let (one, other) = (room.key(room.subject(), 1), room.key(room.subject(), 1));
    let secret = Plain::from("$argon2id$v=19$m=19456,t=2,p=1$");
    let sealed = vault.seal_proof(&one, [1; 16], &secret).unwrap();
    assert_eq!(vault.open_proof(&one, [1; 16], &sealed).unwrap(), secret);
    assert!(vault.open_proof(&one, [2; 16], &sealed).is_err());
    assert!(vault.open_proof(&other, [1; 16], &sealed).is_err());
    let mut changed = sealed;
    changed[20] ^= 1;
    assert!(vault.open_proof(&one, [1; 16], &changed).is_err());
    let long = Plain::new("x".repeat(PROOF_BYTES_MAX + 1));
    assert!(vault.seal_proof(&one, [1; 16], &long).is_err());
}
