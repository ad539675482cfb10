//! A device that makes passkeys: real keys, real CBOR, real signatures, written apart from what checks them.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sandyq_processing::access::{Assertion, Attestation, PasskeyAsked, PasskeyProposed};

/// Somebody is there.
pub const PRESENT: u8 = 0x01;
/// And was verified to be the owner.
pub const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;

/// The private half of a passkey.
enum Key {
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

/// A device with one passkey.
pub struct Device {
    key: Key,
    /// What it calls its passkey.
    pub called: Vec<u8>,
    /// How often it signed; a device that does not count stays at 0.
    pub counter: u32,
    /// By how much it counts.
    pub counts: u32,
    /// What it says of its owner.
    pub flags: u8,
    /// Where it believes to be.
    pub origin: String,
    /// For which site it signs; that of the page, if nothing is set.
    pub site: Option<String>,
    handle: String,
}

impl Device {
    fn with(key: Key) -> Self {
        let mut called = vec![0; 32];
        aws_lc_rs::rand::fill(&mut called).unwrap();
        Self {
            key,
            called,
            counter: 0,
            counts: 1,
            flags: PRESENT | VERIFIED,
            origin: "https://example.kz".to_owned(),
            site: None,
            handle: String::new(),
        }
    }

    /// One that signs as nearly all do.
    pub fn new() -> Self {
        Self::with(Key::P256(
            EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
        ))
    }

    /// One that signs with Ed25519.
    pub fn with_ed25519() -> Self {
        Self::with(Key::Ed25519(Ed25519KeyPair::generate().unwrap()))
    }

    /// One that signs with RSA.
    pub fn with_rsa() -> Self {
        Self::with(Key::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()))
    }

    /// Makes its passkey.
    pub fn makes(&mut self, proposed: &PasskeyProposed) -> Attestation {
        self.handle.clone_from(&proposed.handle);
        let client_data = self.client_data("webauthn.create", &proposed.asked.challenge);
        let mut data = self.data(&proposed.asked.site, ATTESTED);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.called.len()).unwrap().to_be_bytes());
        data.extend(&self.called);
        data.extend(self.cose());
        let mut object = vec![0xa3];
        object.extend([text("fmt"), text("none")].concat());
        object.extend([text("attStmt"), vec![0xa0]].concat());
        object.extend([text("authData"), long(&data)].concat());
        Attestation {
            client_data: BASE64_URL_SAFE_NO_PAD.encode(client_data),
            object: BASE64_URL_SAFE_NO_PAD.encode(object),
        }
    }

    /// Signs.
    pub fn answers(&mut self, asked: &PasskeyAsked) -> Assertion {
        self.counter += self.counts;
        let client_data = self.client_data("webauthn.get", &asked.challenge);
        let data = self.data(&asked.site, 0);
        let message = [&data[..], digest(&SHA256, client_data.as_bytes()).as_ref()].concat();
        Assertion {
            credential: BASE64_URL_SAFE_NO_PAD.encode(&self.called),
            client_data: BASE64_URL_SAFE_NO_PAD.encode(client_data),
            data: BASE64_URL_SAFE_NO_PAD.encode(data),
            signature: BASE64_URL_SAFE_NO_PAD.encode(self.signed(&message)),
            handle: self.handle.clone(),
        }
    }

    fn client_data(&self, kind: &str, challenge: &str) -> String {
        let origin = &self.origin;
        format!(r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{origin}","crossOrigin":false}}"#)
    }

    fn data(&self, site: &str, more: u8) -> Vec<u8> {
        let site = self.site.as_deref().unwrap_or(site);
        let mut data = digest(&SHA256, site.as_bytes()).as_ref().to_vec();
        data.push(self.flags | more);
        data.extend(self.counter.to_be_bytes());
        data
    }

    #[expect(
        clippy::disallowed_types,
        reason = "the device is somebody else's, and so is its chance"
    )]
    fn signed(&self, message: &[u8]) -> Vec<u8> {
        let random = aws_lc_rs::rand::SystemRandom::new();
        match &self.key {
            Key::P256(key) => key.sign(&random, message).unwrap().as_ref().to_vec(),
            Key::Ed25519(key) => key.sign(message).as_ref().to_vec(),
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .unwrap();
                signature
            }
        }
    }

    /// The public key in COSE.
    fn cose(&self) -> Vec<u8> {
        match &self.key {
            Key::P256(key) => {
                let point = key.public_key().as_ref();
                let (x, y) = (&point[1..33], &point[33..]);
                // {1: 2, 3: -7, -1: 1, -2: x, -3: y}
                [
                    &[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21][..],
                    &long(x),
                    &[0x22],
                    &long(y),
                ]
                .concat()
            }
            Key::Ed25519(key) => {
                // {1: 1, 3: -8, -1: 6, -2: x}
                [
                    &[0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21][..],
                    &long(key.public_key().as_ref()),
                ]
                .concat()
            }
            Key::Rsa(key) => {
                // In DER: a sequence of a number of 2,048 bits, with a zero before it, and of 65,537.
                let modulus = &key.public_key().as_ref()[9..265];
                // {1: 3, 3: -257, -1: n, -2: e}
                [
                    &[0xa4, 1, 3, 3, 0x39, 1, 0, 0x20][..],
                    &long(modulus),
                    &[0x21],
                    &long(&[1, 0, 1]),
                ]
                .concat()
            }
        }
    }
}

/// A short text in CBOR.
fn text(word: &str) -> Vec<u8> {
    [&[0x60 | u8::try_from(word.len()).unwrap()][..], word.as_bytes()].concat()
}

/// Bytes in CBOR, with their length in two bytes.
fn long(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap().to_be_bytes();
    [&[0x59][..], &length, bytes].concat()
}
