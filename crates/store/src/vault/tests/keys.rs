//! 5.1.3-a: one key, one use, every key versioned; a wrapped key opens for its own subject and generation only.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use sandyq_model::{Fault, Plain, RecipientId, SubjectId, WebhookId};

use super::super::hierarchy::derive;
use super::super::sealed::{open, seal};
use super::super::{
    KEY_VERSION_MAX, KeyUse, KeyVersions, OPENED_KEYS_MAX, Vault, VaultFault, WebhookKey, WrappedKey, equal,
};
use super::{Strongroom, field};

#[test]
fn every_use_and_version_has_a_key_of_its_own() {
    let room = Strongroom::new();
    let mut seen = HashSet::new();
    for usage in KeyUse::ALL {
        for version in 1..=KEY_VERSION_MAX {
            assert!(seen.insert(*derive(&room.source, usage, version).unwrap()));
        }
    }
    let labels: BTreeSet<&str> = KeyUse::ALL.into_iter().map(KeyUse::label).collect();
    assert_eq!(labels.len(), KeyUse::ALL.len());
}

#[test]
fn a_wrapped_key_unwraps_to_the_same_key() {
    let room = Strongroom::new();
    let (key, new) = room
        .vault
        .new_subject_key(&*room.chance, room.subject(), 3)
        .unwrap();
    let sealed = seal(&key, field(13), 1, "aigerim@example.com", &*room.chance).unwrap();
    let again = room.vault.unwrap_key(new.wrapped()).unwrap();
    assert_eq!((again.subject(), again.generation()), (key.subject(), 3));
    assert_eq!(open(&again, &sealed).unwrap().expose(), "aigerim@example.com");
}

#[test]
fn a_wrapped_key_opens_in_its_own_place_and_unchanged_only() {
    let room = Strongroom::new();
    let subject = room.subject();
    let (_, new) = room.vault.new_subject_key(&*room.chance, subject, 1).unwrap();
    let bytes = *new.wrapped().as_bytes();
    let refused = |subject, generation, bytes: &[u8]| {
        let wrapped = WrappedKey::from_row(subject, generation, bytes).unwrap();
        assert!(matches!(room.vault.unwrap_key(&wrapped), Err(Fault::Vault(_))));
    };
    refused(room.subject(), 1, &bytes);
    refused(subject, 2, &bytes);
    refused(subject, 1, &[0; 63]);
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes;
        changed[bit / 8] ^= 1 << (bit % 8);
        refused(subject, 1, &changed);
    }
    assert_eq!(
        WrappedKey::from_row(subject, 1, &bytes[1..]),
        Err(VaultFault::UnknownWrapping)
    );
    let stranger = Strongroom::seeded(2);
    assert!(stranger.vault.unwrap_key(new.wrapped()).is_err());
}

#[test]
fn an_older_key_encryption_key_still_unwraps_and_the_newest_wraps() {
    let room = Strongroom::new();
    let (key, old) = room
        .vault
        .new_subject_key(&*room.chance, room.subject(), 1)
        .unwrap();
    assert_eq!(old.wrapped().kek_version(), 1);
    let versions = KeyVersions::first().with(KeyUse::SealKek, 2);
    let rotated = Vault::unlock(&room.source, &versions, room.chance.clone()).unwrap();
    let new = rotated.wrap(&rotated.unwrap_key(old.wrapped()).unwrap()).unwrap();
    assert_eq!(new.wrapped().kek_version(), 2);
    let sealed = seal(&key, field(13), 1, "value", &*room.chance).unwrap();
    assert!(open(&rotated.unwrap_key(new.wrapped()).unwrap(), &sealed).is_ok());
    // The settings went back: said plainly, not as a broken key.
    let fault = room.vault.unwrap_key(new.wrapped()).err().unwrap().to_string();
    assert!(fault.contains("version 2"), "{fault}");
}

#[test]
fn a_token_of_the_blind_index_depends_on_field_value_and_key_alone() {
    let (room, other) = (Strongroom::new(), Strongroom::seeded(2));
    let mail = Plain::from("aigerim@example.com");
    let token = room.vault.blind_index(field(13), &mail);
    assert_eq!(token, room.vault.blind_index(field(13), &mail));
    assert_ne!(token, room.vault.blind_index(field(12), &mail));
    assert_ne!(
        token,
        room.vault
            .blind_index(field(13), &Plain::from("aigerim@example.org"))
    );
    assert_ne!(token, other.vault.blind_index(field(13), &mail));
    let _every_number_has_a_key = room.vault.blind_index(field(127), &mail);
}

#[test]
fn hashes_are_bound_to_their_use_and_to_what_they_are_about() {
    let room = Strongroom::new();
    let (one, other) = (room.subject(), room.subject());
    let code = Plain::from("482915");
    let hash = room.vault.code_hash(one, "confirm", &code);
    assert!(hash.matches(room.vault.code_hash(one, "confirm", &code).as_bytes()));
    assert!(!hash.matches(room.vault.code_hash(other, "confirm", &code).as_bytes()));
    assert!(!hash.matches(room.vault.code_hash(one, "sign-in", &code).as_bytes()));
    assert!(
        !hash.matches(
            room.vault
                .code_hash(one, "confirm", &Plain::from("482916"))
                .as_bytes()
        )
    );
    assert!(!hash.matches(&hash.as_bytes()[1..]));
    let session = room.vault.session_hash(b"secret");
    assert!(!session.matches(room.vault.form_hash(b"secret").as_bytes()));
    // Parts go in with their lengths: what is moved from one to the next changes the hash.
    assert_ne!(
        room.vault.idempotency_key(b"ab", b"c"),
        room.vault.idempotency_key(b"a", b"bc")
    );
    assert!(equal(b"same", b"same") && !equal(b"same", b"sane") && !equal(b"same", b"sam"));
    assert_eq!(format!("{hash:?}"), "KeyedHash(…)");
}

#[test]
fn each_address_of_a_recipient_has_a_secret_of_its_own_that_lies_nowhere() {
    let room = Strongroom::new();
    let key = |recipient: u8, webhook: u8| WebhookKey {
        recipient: RecipientId::from_bytes([recipient; 16]),
        webhook: WebhookId::from_bytes([webhook; 16]),
        version: 1,
    };
    let secret = |key| room.vault.webhook_secret(key).unwrap();
    assert_eq!(secret(key(1, 2)), secret(key(1, 2)), "it is derived, not drawn");
    assert_eq!(secret(key(1, 2)).expose().len(), 32);
    assert!(secret(key(1, 2)) != secret(key(1, 3)) && secret(key(1, 2)) != secret(key(2, 2)));
    assert_ne!(
        secret(key(1, 2)),
        secret(key(2, 1)),
        "whose and which are not one"
    );
    let of_the_secret = hmac::Key::new(hmac::HMAC_SHA256, secret(key(1, 2)).expose());
    let signed = room.vault.sign_webhook(key(1, 2), b"message").unwrap();
    assert!(hmac::verify(&of_the_secret, b"message", &signed).is_ok());
    assert!(hmac::verify(&of_the_secret, b"massage", &signed).is_err());
    let unknown = WebhookKey {
        version: 2,
        ..key(1, 2)
    };
    assert!(room.vault.webhook_secret(unknown).is_err());
    let versions = KeyVersions::first().with(KeyUse::Webhook, 2);
    let rotated = Vault::unlock(&room.source, &versions, room.chance.clone()).unwrap();
    assert_eq!(
        rotated.webhook_secret(key(1, 2)).unwrap(),
        secret(key(1, 2)),
        "an older version still signs"
    );
    assert_ne!(rotated.webhook_secret(unknown).unwrap(), secret(key(1, 2)));
}

#[test]
fn signatures_check_with_the_public_key_of_their_use() {
    let room = Strongroom::new();
    let (ledger, receipts) = (room.vault.ledger_signer(), room.vault.receipt_signer());
    let check = |key: [u8; 32], message: &[u8], signature: [u8; 64]| {
        UnparsedPublicKey::new(&ED25519, key)
            .verify(message, &signature)
            .is_ok()
    };
    assert!(check(
        ledger.public_key(),
        b"checkpoint",
        ledger.sign(b"checkpoint")
    ));
    assert!(!check(
        ledger.public_key(),
        b"checkpoint",
        receipts.sign(b"checkpoint")
    ));
    assert!(!check(
        ledger.public_key(),
        b"another",
        ledger.sign(b"checkpoint")
    ));
    let line = room
        .vault
        .inventory()
        .keys
        .iter()
        .find(|line| line.usage == KeyUse::LedgerSign)
        .unwrap();
    assert_eq!(line.public_key, Some(ledger.public_key()));
}

#[test]
fn the_inventory_names_every_key_once_and_holds_none() {
    let room = Strongroom::new();
    let versions = KeyVersions::first()
        .with(KeyUse::SealKek, 3)
        .with(KeyUse::LedgerSign, 0);
    let vault = Vault::unlock(&room.source, &versions, room.chance.clone()).unwrap();
    let keys = &vault.inventory().keys;
    assert_eq!(keys.len(), KeyUse::ALL.len() + 2);
    assert_eq!(
        keys.iter().map(|line| line.id).collect::<BTreeSet<_>>().len(),
        keys.len()
    );
    let current: Vec<u16> = keys
        .iter()
        .filter(|line| line.usage == KeyUse::SealKek && line.current)
        .map(|line| line.version)
        .collect();
    assert_eq!(current, [3]);
    let printed = format!("{:?}", vault.inventory());
    assert!(!printed.contains(&hex::encode(*derive(&room.source, KeyUse::SealKek, 3).unwrap())));
}

#[test]
fn many_threads_open_keys_at_once() {
    let room = Strongroom::new();
    let mut store = room.key_store("keys.db").unwrap();
    let new: Vec<_> = (0..64)
        .map(|n| {
            room.vault
                .new_subject_key(&*room.chance, SubjectId::from_bytes([n; 16]), 1)
                .unwrap()
                .1
        })
        .collect();
    store.put(&new).unwrap();
    let reader = Arc::new(store.reader().unwrap());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for n in 0..64 {
                    let key = room
                        .vault
                        .subject_key(&reader, SubjectId::from_bytes([n; 16]), 1)
                        .unwrap();
                    assert_eq!(key.unwrap().subject(), SubjectId::from_bytes([n; 16]));
                }
            });
        }
    });
    assert_eq!(room.vault.opened_keys(), 64);
    const { assert!(OPENED_KEYS_MAX >= 64) };
}
