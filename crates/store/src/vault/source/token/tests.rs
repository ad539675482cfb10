//! A real token (`SoftHSM`) in a folder of its own. Its library reads its settings from the environment, so each test
//! runs itself once more with them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use cryptoki::object::{Attribute, AttributeType};
use sandyq_model::Plain;
use sandyq_rehearsal::{SeededChance, SetClock};

use super::super::super::epoch::EpochKeys;
use super::super::{KeySource, TokenSettings};
use super::{Token, TokenEpochs, TokenFault, TokenRoot, labelled};

const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
const PIN: &str = "1234-5678";
const FOLDER: &str = "SANDYQ_TEST_TOKEN";

/// Runs the test named `name` again beside a new token; `None` in the run that did that.
fn beside_a_token(name: &str) -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return Some(folder.into());
    }
    let folder = tempfile::tempdir().unwrap();
    let conf = folder.path().join("softhsm2.conf");
    std::fs::create_dir(folder.path().join("tokens")).unwrap();
    std::fs::write(
        &conf,
        format!(
            "directories.tokendir = {}\nlog.level = ERROR\n",
            folder.path().join("tokens").display()
        ),
    )
    .unwrap();
    let mut make = Command::new("softhsm2-util");
    make.args([
        "--init-token",
        "--free",
        "--label",
        "safe",
        "--so-pin",
        "so-4321",
        "--pin",
        PIN,
    ])
    .env("SOFTHSM2_CONF", &conf);
    assert!(make.output().unwrap().status.success());
    let mut again = Command::new(std::env::current_exe().unwrap());
    again
        .args([
            "--exact",
            &format!("{}::{name}", module_path!().split_once("::").unwrap().1),
        ])
        .env("SOFTHSM2_CONF", &conf)
        .env(FOLDER, folder.path());
    let said = again.output().unwrap();
    let words = String::from_utf8_lossy(&said.stdout);
    assert!(said.status.success(), "{words}");
    assert!(words.contains("1 passed"), "the test was found: {words}");
    None
}

fn settings() -> TokenSettings {
    TokenSettings {
        module: MODULE.into(),
        token: "safe".to_owned(),
        pin: Plain::from(PIN),
    }
}

fn token() -> Arc<Token> {
    Arc::new(Token::connect(settings()).unwrap())
}

fn refusal(settings: TokenSettings) -> TokenFault {
    Token::connect(settings).err().unwrap()
}

fn clock() -> SetClock {
    SetClock::at("2026-11-26T11:00:00Z".parse().unwrap())
}

/// Every byte of every file in the folder.
fn bytes_in(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            all.extend(bytes_in(&path));
        } else {
            all.extend(std::fs::read(path).unwrap());
        }
    }
    all
}

#[test]
fn a_root_key_made_in_the_token_derives_and_never_leaves() {
    let Some(_) = beside_a_token("a_root_key_made_in_the_token_derives_and_never_leaves") else {
        return;
    };
    assert_eq!(TokenRoot::open(token()).err(), Some(TokenFault::NoRoot));
    let root = TokenRoot::create(token(), &clock()).unwrap();
    let derived = root.derive(b"sandyq/seal-kek/1").unwrap();
    assert_ne!(*derived, *root.derive(b"sandyq/seal-kek/2").unwrap());
    let again = TokenRoot::open(token()).unwrap();
    assert_eq!(*again.derive(b"sandyq/seal-kek/1").unwrap(), *derived);
    assert_eq!(again.origin().kind, "token");
    assert_eq!(again.origin().created_at.to_string(), "2026-11-26T11:00:00Z");
    assert!(again.for_custodians().is_none());

    let token = token();
    let value = token
        .within(|session| {
            let key = labelled(session, "sandyq-root-1")?[0];
            session.get_attributes(key, &[AttributeType::Value])
        })
        .unwrap_or_default();
    assert!(
        !value.iter().any(|one| matches!(one, Attribute::Value(_))),
        "it cannot be read"
    );
    let copied = token.within(|session| {
        let key = labelled(session, "sandyq-root-1")?[0];
        session.copy_object(key, &[Attribute::Extractable(true)])
    });
    assert!(copied.is_err(), "it cannot be copied into one that can be read");
    // Made an hour later, so that it is not taken for the one that is there.
    let later = SetClock::at("2026-11-26T12:00:00Z".parse().unwrap());
    assert_eq!(
        TokenRoot::create(token, &later).err(),
        Some(TokenFault::RootExists)
    );
}

#[test]
fn a_token_derives_as_rfc_5869_says() {
    let Some(_) = beside_a_token("a_token_derives_as_rfc_5869_says") else {
        return;
    };
    let token = token();
    // A pseudorandom key that is known, put in from outside; the same is expanded by the library.
    let known: Vec<u8> = (0..32).collect();
    token
        .within(|session| {
            session.create_object(&[
                Attribute::Class(cryptoki::object::ObjectClass::SECRET_KEY),
                Attribute::KeyType(cryptoki::object::KeyType::GENERIC_SECRET),
                Attribute::Token(true),
                Attribute::Sensitive(true),
                Attribute::Extractable(false),
                Attribute::Sign(true),
                Attribute::Label(b"sandyq-root-1".to_vec()),
                Attribute::Value(known.clone()),
            ])
        })
        .unwrap();
    let expected = aws_lc_rs::hkdf::Prk::new_less_safe(aws_lc_rs::hkdf::HKDF_SHA256, &known);
    let mut key = [0; 32];
    expected
        .expand(&[b"sandyq/seal-kek/1"], aws_lc_rs::hkdf::HKDF_SHA256)
        .unwrap()
        .fill(&mut key)
        .unwrap();
    let root = TokenRoot::open(token).unwrap();
    assert_eq!(*root.derive(b"sandyq/seal-kek/1").unwrap(), key);
}

#[test]
fn a_root_key_that_can_leave_is_not_used() {
    let Some(_) = beside_a_token("a_root_key_that_can_leave_is_not_used") else {
        return;
    };
    let token = token();
    token
        .within(|session| {
            session.create_object(&[
                Attribute::Class(cryptoki::object::ObjectClass::SECRET_KEY),
                Attribute::KeyType(cryptoki::object::KeyType::GENERIC_SECRET),
                Attribute::Token(true),
                Attribute::Sensitive(false),
                Attribute::Extractable(true),
                Attribute::Sign(true),
                Attribute::Label(b"sandyq-root-1".to_vec()),
                Attribute::Value(vec![7; 32]),
            ])
        })
        .unwrap();
    assert_eq!(TokenRoot::open(token).err(), Some(TokenFault::CanLeave));
}

#[test]
fn keys_of_epochs_wrap_are_bound_and_are_forgotten() {
    let Some(folder) = beside_a_token("keys_of_epochs_wrap_are_bound_and_are_forgotten") else {
        return;
    };
    let mut epochs = TokenEpochs::new(token(), Arc::new(SeededChance::new(5)));
    assert!(epochs.held().unwrap().is_empty());
    assert!(
        epochs
            .wrap(1, &[9; 32])
            .unwrap_err()
            .to_string()
            .contains("no key of epoch 1")
    );
    epochs.make(1).unwrap();
    epochs.make(1).unwrap();
    let top = [9; 32];
    let wrapped = epochs.wrap(1, &top).unwrap();
    assert_ne!(epochs.wrap(1, &top).unwrap(), wrapped, "a new nonce each time");
    assert_eq!(*epochs.unwrap(1, &wrapped).unwrap(), top);
    epochs.make(2).unwrap();
    assert_eq!(epochs.held().unwrap(), [1, 2]);
    assert!(
        epochs
            .make(3)
            .unwrap_err()
            .to_string()
            .contains("two epochs live")
    );
    assert!(
        epochs
            .unwrap(2, &wrapped)
            .unwrap_err()
            .to_string()
            .contains("was changed")
    );
    for place in 0..wrapped.len() {
        let mut changed = wrapped.clone();
        changed[place] ^= 1;
        assert!(epochs.unwrap(1, &changed).is_err(), "byte {place}");
    }
    assert!(epochs.unwrap(1, &wrapped[..wrapped.len() - 1]).is_err());

    epochs.forget(1).unwrap();
    epochs.forget(1).unwrap();
    assert_eq!(epochs.held().unwrap(), [2]);
    assert!(
        epochs
            .unwrap(1, &wrapped)
            .unwrap_err()
            .to_string()
            .contains("no key of epoch 1")
    );
    assert!(epochs.make(3).is_ok(), "there is room again");
    assert!(
        !bytes_in(&folder)
            .windows(15)
            .any(|word| word == b"sandyq-epoch-1\0")
    );
}

#[test]
fn a_wrong_pin_is_sent_once() {
    let Some(_) = beside_a_token("a_wrong_pin_is_sent_once") else {
        return;
    };
    let wrong = TokenSettings {
        pin: Plain::from("9999-9999"),
        ..settings()
    };
    assert_eq!(refusal(wrong), TokenFault::WrongPin);
    let elsewhere = TokenSettings {
        token: "another".to_owned(),
        ..settings()
    };
    assert_eq!(refusal(elsewhere), TokenFault::Gone("another".into()));
    let no_library = TokenSettings {
        module: "/nowhere/lib.so".into(),
        ..settings()
    };
    assert!(refusal(no_library).to_string().contains("/nowhere/lib.so"));

    // The session is lost, and the PIN is not right any more: said once by the token, then by us.
    let mut token = Token::connect(settings()).unwrap();
    token.module.clone().finalize().unwrap();
    token.settings.pin = Plain::from("9999-9999");
    assert_eq!(
        token.within(|session| session.get_session_info()).err(),
        Some(TokenFault::WrongPin)
    );
    token.settings.pin = Plain::from(PIN);
    assert_eq!(
        token.within(|_| Ok(())).err(),
        Some(TokenFault::WrongPin),
        "it is not asked again"
    );
}

#[test]
fn a_lost_session_is_opened_again() {
    let Some(_) = beside_a_token("a_lost_session_is_opened_again") else {
        return;
    };
    let root = TokenRoot::create(token(), &clock()).unwrap();
    let before = root.derive(b"x").unwrap();
    let mut epochs = TokenEpochs::new(token(), Arc::new(SeededChance::new(5)));
    epochs.make(1).unwrap();
    let wrapped = epochs.wrap(1, &[3; 32]).unwrap();
    token().module.clone().finalize().unwrap();
    assert_eq!(*root.derive(b"x").unwrap(), *before);
    assert_eq!(*epochs.unwrap(1, &wrapped).unwrap(), [3; 32]);
}

#[test]
fn a_key_that_cannot_be_seen_is_not_taken_for_destroyed() {
    let Some(_) = beside_a_token("a_key_that_cannot_be_seen_is_not_taken_for_destroyed") else {
        return;
    };
    let token = token();
    let mut epochs = TokenEpochs::new(Arc::clone(&token), Arc::new(SeededChance::new(5)));
    epochs.make(1).unwrap();
    // Signed out behind our back: from now on the token shows no private key.
    token.link().session.as_ref().unwrap().logout().unwrap();
    assert_eq!(epochs.held().unwrap(), [1]);
    token.link().session.as_ref().unwrap().logout().unwrap();
    epochs.forget(1).unwrap();
    assert!(epochs.held().unwrap().is_empty());
    let seen = token
        .within(|session| labelled(session, "sandyq-epoch-1"))
        .unwrap();
    assert!(seen.is_empty());
}
