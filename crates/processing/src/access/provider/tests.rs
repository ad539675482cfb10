//! Each thing that a statement of the provider must say, wrong once; each way of signing; and what the provider may say of itself.
#![expect(
    clippy::disallowed_types,
    reason = "the keys of a provider that is not ours are made and used as by any other program"
)]

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
    RsaKeyPair,
};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use proptest::prelude::*;
use sandyq_model::Plain;
use serde_json::{Value, json};

use super::claims::{self, Expected};
use super::metadata::Metadata;
use super::signature::{Keys, NotVerified};

const ISSUER: &str = "https://id.example.kz/realms/staff";
const NOW: i64 = 1_795_000_000;

fn claims() -> Value {
    json!({
        "iss": ISSUER, "sub": "u-71f3", "aud": "sandyq", "exp": NOW + 300, "iat": NOW - 5, "nonce": "n-1",
        "email": "somebody@example.com",
    })
}

fn subject(claims: &Value) -> Option<String> {
    let expected = Expected {
        issuer: ISSUER,
        client_id: "sandyq",
        nonce: "n-1",
        now: Timestamp::from_second(NOW).unwrap(),
    };
    let said = Plain::new(claims.to_string().into_bytes());
    claims::subject(&said, &expected).map(|subject| subject.expose().clone())
}

#[test]
fn a_statement_for_us_about_what_was_asked_names_somebody() {
    assert_eq!(subject(&claims()).as_deref(), Some("u-71f3"));
    for (name, right) in [
        ("aud", json!(["sandyq"])),
        ("azp", json!("sandyq")),
        ("exp", json!(NOW - 59)),
        ("iat", json!(NOW + 60)),
        ("iat", json!(NOW - 660)),
        ("nbf", json!(NOW + 60)),
    ] {
        let mut said = claims();
        said[name] = right.clone();
        assert!(subject(&said).is_some(), "{name}: {right}");
    }
}

#[test]
fn each_claim_that_is_wrong_or_missing_names_nobody() {
    for (name, wrong) in [
        ("iss", json!("https://id.example.kz/realms/staff/")),
        ("iss", json!("https://id.example.kz/realms/other")),
        ("sub", json!("")),
        ("sub", json!("u".repeat(256))),
        ("sub", json!(7)),
        ("aud", json!("another")),
        ("aud", json!(["sandyq", "another"])),
        ("aud", json!(["another"])),
        ("aud", json!([])),
        ("azp", json!("another")),
        ("exp", json!(NOW - 60)),
        ("exp", json!("soon")),
        ("iat", json!(NOW + 61)),
        ("iat", json!(NOW - 661)),
        ("iat", json!(i64::MAX)),
        ("nbf", json!(NOW + 61)),
        ("nonce", json!("n-2")),
        ("nonce", json!("")),
    ] {
        let mut said = claims();
        said[name] = wrong.clone();
        assert_eq!(subject(&said), None, "{name}: {wrong}");
    }
    for name in ["iss", "sub", "aud", "exp", "iat", "nonce"] {
        let mut said = claims();
        said.as_object_mut().unwrap().remove(name);
        assert_eq!(subject(&said), None, "without {name}");
    }
}

type Signs = Box<dyn Fn(&[u8]) -> Vec<u8>>;

/// Somebody who signs: how, with which public key, and the signature of a text.
struct Signer {
    algorithm: &'static str,
    key: Value,
    signs: Signs,
}

fn told(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn rsa(algorithm: &'static str) -> Signer {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    // PKCS #1: a sequence of the modulus, 256 bytes after a zero, and the exponent.
    let public = pair.public_key().as_ref().to_vec();
    let (n, e) = (&public[9..265], &public[267..]);
    let (n, e) = (told(n), told(e));
    let way: &'static dyn aws_lc_rs::signature::RsaEncoding = if algorithm == "PS256" {
        &RSA_PSS_SHA256
    } else {
        &RSA_PKCS1_SHA256
    };
    Signer {
        algorithm,
        key: json!({ "kty": "RSA", "use": "sig", "kid": "k1", "n": n, "e": e }),
        signs: Box::new(move |text| {
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(way, &SystemRandom::new(), text, &mut signature)
                .unwrap();
            signature
        }),
    }
}

fn elliptic() -> Signer {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let point = pair.public_key().as_ref().to_vec();
    Signer {
        algorithm: "ES256",
        key: json!({ "kty": "EC", "crv": "P-256", "kid": "k1", "x": told(&point[1..33]), "y": told(&point[33..]) }),
        signs: Box::new(move |text| pair.sign(&SystemRandom::new(), text).unwrap().as_ref().to_vec()),
    }
}

fn edwards() -> Signer {
    let pair = Ed25519KeyPair::generate().unwrap();
    let point = pair.public_key().as_ref().to_vec();
    Signer {
        algorithm: "EdDSA",
        key: json!({ "kty": "OKP", "crv": "Ed25519", "kid": "k1", "x": told(&point) }),
        signs: Box::new(move |text| pair.sign(text).as_ref().to_vec()),
    }
}

impl Signer {
    fn keys(&self) -> Keys {
        Keys::read(json!({ "keys": [self.key] }).to_string().as_bytes()).unwrap()
    }

    fn statement(&self, header: &Value) -> String {
        let signed = format!(
            "{}.{}",
            told(header.to_string().as_bytes()),
            told(claims().to_string().as_bytes())
        );
        let signature = (self.signs)(signed.as_bytes());
        format!("{signed}.{}", told(&signature))
    }
}

#[test]
fn each_way_of_signing_is_verified_and_a_bit_that_turns_is_found() {
    for signer in [rsa("RS256"), rsa("PS256"), elliptic(), edwards()] {
        let statement = signer.statement(&json!({ "alg": signer.algorithm, "kid": "k1", "typ": "JWT" }));
        let keys = signer.keys();
        assert!(keys.verified(&statement).is_ok(), "{}", signer.algorithm);
        let (signed, signature) = statement.rsplit_once('.').unwrap();
        let (header, _) = signed.split_once('.').unwrap();
        let mut other = claims();
        other["sub"] = json!("u-90aa");
        let forged = format!("{header}.{}.{signature}", told(other.to_string().as_bytes()));
        assert_eq!(keys.verified(&forged).unwrap_err(), NotVerified::Wrong);
        let stranger = rsa("RS256");
        assert!(stranger.keys().verified(&statement).is_err());
    }
}

#[test]
fn a_statement_signed_by_nothing_a_shared_secret_or_another_kind_of_key_says_nothing() {
    let signer = rsa("RS256");
    let keys = signer.keys();
    for header in [
        json!({ "alg": "none" }),
        json!({ "alg": "None", "kid": "k1" }),
        json!({ "alg": "HS256", "kid": "k1" }),
        json!({ "alg": "RS512", "kid": "k1" }),
        json!({ "kid": "k1" }),
        json!({ "alg": "RS256", "kid": "k1", "crit": ["exp"] }),
        json!({ "alg": "RS256", "kid": "k1", "typ": "at+jwt" }),
        json!({ "alg": "PS256", "kid": "k1" }),
    ] {
        let statement = signer.statement(&header);
        assert_eq!(
            keys.verified(&statement).unwrap_err(),
            NotVerified::Wrong,
            "{header}"
        );
    }
    for (alg, kid) in [("RS256", "k2"), ("ES256", "k1"), ("EdDSA", "k1")] {
        let statement = signer.statement(&json!({ "alg": alg, "kid": kid }));
        assert_eq!(keys.verified(&statement).unwrap_err(), NotVerified::UnknownKey);
    }
    let bare = signer.statement(&json!({ "alg": "RS256" }));
    assert!(keys.verified(&bare).is_ok(), "the only key that it could be");
    let unsigned = bare.rsplit_once('.').unwrap().0;
    assert!(keys.verified(&format!("{unsigned}.")).is_err());
    for (member, value) in [("use", "enc"), ("alg", "PS256"), ("kty", "oct")] {
        let mut key = signer.key.clone();
        key[member] = json!(value);
        let keys = Keys::read(json!({ "keys": [key] }).to_string().as_bytes()).unwrap();
        assert!(keys.verified(&bare).is_err(), "{member}: {value}");
    }
    let twice = Keys::read(
        json!({ "keys": [signer.key, rsa("RS256").key] })
            .to_string()
            .as_bytes(),
    );
    assert!(twice.unwrap().verified(&bare).is_err(), "it could be either");
}

fn said_of_itself() -> Value {
    json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://id.example.kz/auth",
        "token_endpoint": "https://id.example.kz/token",
        "jwks_uri": "https://id.example.kz/keys",
    })
}

#[test]
fn the_provider_is_who_it_is_named_and_every_place_of_it_is_there() {
    let read = |said: &Value| Metadata::read(said.to_string().as_bytes(), ISSUER);
    let plain = read(&said_of_itself()).unwrap();
    assert!(plain.takes_secret_in_header() && !plain.names_itself);
    for (name, wrong) in [
        ("issuer", json!("https://id.example.kz/realms/other")),
        (
            "authorization_endpoint",
            json!("https://accounts.example.com/auth"),
        ),
        ("token_endpoint", json!("http://id.example.kz/token")),
        ("token_endpoint", json!("https://id.example.kz:8443/token")),
        ("token_endpoint", json!("https://id.example.kz@example.com/token")),
        ("jwks_uri", json!("/keys")),
        ("jwks_uri", json!("https://keys.id.example.kz/keys")),
        ("code_challenge_methods_supported", json!(["plain"])),
    ] {
        let mut said = said_of_itself();
        said[name] = wrong.clone();
        assert!(read(&said).is_err(), "{name}: {wrong}");
    }
    let mut said = said_of_itself();
    said["token_endpoint_auth_methods_supported"] = json!(["client_secret_post"]);
    said["authorization_response_iss_parameter_supported"] = json!(true);
    let other = read(&said).unwrap();
    assert!(!other.takes_secret_in_header() && other.names_itself);
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in ".{0,200}", bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let keys = edwards().keys();
        prop_assert!(keys.verified(&text).is_err());
        let _read = (Keys::read(&bytes), Metadata::read(&bytes, ISSUER));
        prop_assert!(subject(&json!(text)).is_none());
    }
}
