//! 2.2.1: what proves who somebody is opens in its own place, and nowhere else.

use sandyq_model::{ActorId, LocalActId, Plain};

use super::super::proof::PROOF_BYTES_MAX;
use super::super::{KeyUse, KeyVersions, LOCAL_ACT_BYTES_MAX, Vault};
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

#[test]
fn what_staff_prove_with_opens_for_its_own_person_and_kind_only() {
    let room = Strongroom::seeded(4);
    let (aliya, bolat) = (ActorId::from_bytes([1; 16]), ActorId::from_bytes([2; 16]));
    let secret = Plain::from("3132333435363738393031323334353637383930");
    let vault = &room.vault;
    let sealed = vault.seal_staff_proof(aliya, "one-time", &secret).unwrap();
    assert_ne!(
        sealed,
        vault.seal_staff_proof(aliya, "one-time", &secret).unwrap()
    );
    assert_eq!(
        vault.open_staff_proof(aliya, "one-time", &sealed).unwrap(),
        secret
    );
    assert!(vault.open_staff_proof(bolat, "one-time", &sealed).is_err());
    assert!(vault.open_staff_proof(aliya, "recovery", &sealed).is_err());
    for place in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[place] ^= 1;
        assert!(
            vault.open_staff_proof(aliya, "one-time", &changed).is_err(),
            "{place}"
        );
        assert!(
            vault
                .open_staff_proof(aliya, "one-time", &sealed[..place])
                .is_err()
        );
    }
    let newer = KeyVersions::first().with(KeyUse::StaffProof, 2);
    let newer = Vault::unlock(&room.source, &newer, room.chance.clone()).unwrap();
    assert_eq!(
        newer.open_staff_proof(aliya, "one-time", &sealed).unwrap(),
        secret
    );
    let resealed = newer.seal_staff_proof(aliya, "one-time", &secret).unwrap();
    assert_eq!(resealed[1..3], [0, 2]);
    assert!(vault.open_staff_proof(aliya, "one-time", &resealed).is_err());
    let long = Plain::new("x".repeat(PROOF_BYTES_MAX + 1));
    assert!(vault.seal_staff_proof(aliya, "one-time", &long).is_err());
}

#[test]
fn the_file_of_a_document_opens_for_its_document_only() {
    let room = Strongroom::seeded(5);
    let (one, other) = (LocalActId::from_bytes([1; 16]), LocalActId::from_bytes([2; 16]));
    let vault = &room.vault;
    let file = b"%PDF-1.7 rules %%EOF";
    let sealed = vault.seal_local_act(one, file).unwrap();
    assert_ne!(sealed, vault.seal_local_act(one, file).unwrap());
    assert!(!sealed.windows(5).any(|part| part == b"rules"));
    assert_eq!(vault.open_local_act(one, &sealed).unwrap(), file);
    assert!(vault.open_local_act(other, &sealed).is_err());
    for place in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[place] ^= 1;
        assert!(vault.open_local_act(one, &changed).is_err(), "{place}");
        assert!(vault.open_local_act(one, &sealed[..place]).is_err());
    }
    let newer = KeyVersions::first().with(KeyUse::LocalAct, 2);
    let newer = Vault::unlock(&room.source, &newer, room.chance.clone()).unwrap();
    assert_eq!(newer.open_local_act(one, &sealed).unwrap(), file);
    let resealed = newer.seal_local_act(one, file).unwrap();
    assert!(vault.open_local_act(one, &resealed).is_err());
    assert!(
        vault
            .seal_local_act(one, &vec![0; LOCAL_ACT_BYTES_MAX + 1])
            .is_err()
    );
}
