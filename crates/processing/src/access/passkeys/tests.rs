//! The example that the standard itself gives (Web Authentication, level 3, 16.2: "ES256 credential with no attestation"), and
//! bytes that nobody expects.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use proptest::prelude::*;

use super::cbor::Map;
use super::key::Key;
use super::relying_party::RelyingParty;
use super::said::{AuthenticatorData, challenge_in};

const CREATED: &str = "7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a22414d4d507434557878475453\
    746e63647134313759447742466938767049612d7077386f4f755657345441222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f72\
    67222c2263726f73734f726967696e223a66616c73652c22657874726144617461223a22636c69656e74446174614a534f4e206d61792062652065787\
    4656e6465642077697468206164646974696f6e616c206669656c647320696e20746865206675747572652c207375636820617320746869733a20426b\
    5165446a646354427258426941774a544c453551227d";
const CREATED_FOR: &str = "00c30fb78531c464d2b6771dab8d7b603c01162f2fa486bea70f283ae556e130";
const OBJECT: &str = "a363666d74646e6f6e656761747453746d74a068617574684461746158a4bfabc37432958b063360d3ad6461c9c4735ae7f8edd4\
    6592a5e0f01452b2e4b559000000008446ccb9ab1db374750b2367ff6f3a1f0020f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec3\
    30084be4a5010203262001215820afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61225820930a56b87a2fca66334b034\
    58abf879717c12cc68ed73290af2e2664796b9220";
const CALLED: &str = "f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4";
const SIGNED: &str = "bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b51900000000";
const GOT: &str = "7b2274797065223a22776562617574686e2e676574222c226368616c6c656e6765223a224f63446e55685158756c5455506f334a55\
    58543049393770767a7a59425039745a63685879617630314167222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263\
    726f73734f726967696e223a66616c73657d";
const GOT_FOR: &str = "39c0e7521417ba54d43e8dc95174f423dee9bf3cd804ff6d65c857c9abf4d408";
const SIGNATURE: &str = "3046022100f50a4e2e4409249c4a853ba361282f09841df4dd4547a13a87780218deffcd380221008480ac0f0b93538174f575\
    bf11a1dd5d78c6e486013f937295ea13653e331e87";

/// Where the flags stand, and the flag that the owner was verified.
const FLAGS: usize = 32;
const VERIFIED: u8 = 4;

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

fn party() -> RelyingParty {
    RelyingParty::of("https://example.org").unwrap()
}

/// The authenticator data of the example's registration.
fn made() -> Vec<u8> {
    let object = bytes(OBJECT);
    let (map, rest) = Map::read(&object).unwrap();
    assert!(rest.is_empty());
    map.bytes_named("authData").unwrap().to_vec()
}

#[test]
fn the_example_of_the_standard_is_read_and_its_signature_holds() {
    let party = party();
    let challenge = |said: &str, kind: &str| challenge_in(&bytes(said), kind, &party);
    assert_eq!(challenge(CREATED, "webauthn.create"), Some(bytes(CREATED_FOR)));
    assert_eq!(challenge(GOT, "webauthn.get"), Some(bytes(GOT_FOR)));
    assert_eq!(challenge(GOT, "webauthn.create"), None);
    assert_eq!(challenge(CREATED, "webauthn.get"), None);

    let mut data = made();
    assert!(
        AuthenticatorData::read(&data, &party).is_none(),
        "in the example the owner was there and was not verified"
    );
    data[FLAGS] |= VERIFIED;
    let read = AuthenticatorData::read(&data, &party).unwrap();
    assert!(read.backup_eligible);
    assert_eq!(read.counter, 0);
    let (called, cose) = read.new.unwrap();
    assert_eq!(called, bytes(CALLED));

    let (key, rest) = Key::read(cose).unwrap();
    assert!(rest.is_empty());
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes(GOT));
    let message = [&bytes(SIGNED)[..], hash.as_ref()].concat();
    assert!(key.verifies(&message, &bytes(SIGNATURE)));
    assert!(!key.verifies(&message[1..], &bytes(SIGNATURE)));
}

#[test]
fn what_is_for_another_site_left_over_or_cut_off_is_refused() {
    let mut data = made();
    data[FLAGS] |= VERIFIED;
    let other = RelyingParty::of("https://example.com").unwrap();
    assert!(AuthenticatorData::read(&data, &other).is_none());
    for length in 0..data.len() {
        assert!(
            AuthenticatorData::read(&data[..length], &party()).is_none(),
            "{length}"
        );
    }
    let longer = [&data[..], &[0]].concat();
    assert!(AuthenticatorData::read(&longer, &party()).is_none());
    // A copy of what cannot be copied.
    data[FLAGS] &= !8;
    assert!(AuthenticatorData::read(&data, &party()).is_none());
}

#[test]
fn a_page_in_a_frame_or_elsewhere_is_not_ours() {
    let challenge = BASE64_URL_SAFE_NO_PAD.encode([7; 40]);
    let said = |rest: &str| {
        let text = format!(r#"{{"type":"webauthn.get","challenge":"{challenge}",{rest}}}"#);
        challenge_in(text.as_bytes(), "webauthn.get", &party())
    };
    assert!(said(r#""origin":"https://example.org""#).is_some());
    assert!(said(r#""origin":"https://example.org","crossOrigin":false"#).is_some());
    for foreign in [
        r#""origin":"https://example.org","crossOrigin":true"#,
        r#""origin":"https://example.org","topOrigin":"https://example.com""#,
        r#""origin":"https://example.org.example.com""#,
        r#""origin":"https://www.example.org""#,
        r#""origin":"http://example.org""#,
        r#""origin":"https://example.org:8443""#,
        r#""origin":"https://example.org","origin":"https://example.org""#,
        r#""crossOrigin":false"#,
    ] {
        assert_eq!(said(foreign), None, "{foreign}");
    }
}

#[test]
fn keys_of_other_kinds_and_points_that_lie_nowhere_are_refused() {
    let data = made();
    let cose = &data[data.len() - 77..];
    assert!(Key::read(cose).is_some());
    for (place, instead) in [(2, 3), (4, 0x27), (6, 2), (11, 0xae), (9, 0x1f)] {
        let mut other = cose.to_vec();
        other[place] = instead;
        assert!(Key::read(&other).is_none(), "{place}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_refused_without_a_panic(
        said in proptest::collection::vec(any::<u8>(), 0..300),
        place in 0_usize..164,
        instead in any::<u8>(),
    ) {
        let party = party();
        let _none = challenge_in(&said, "webauthn.get", &party);
        let _none = AuthenticatorData::read(&said, &party);
        let _none = Key::read(&said);
        let mut data = made();
        data[FLAGS] |= VERIFIED;
        data[place] = instead;
        let _read = AuthenticatorData::read(&data, &party);
    }
}
