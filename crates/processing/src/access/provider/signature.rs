//! The keys of the provider (JWK), and whether one of them signed a statement (JWS). Four ways of signing are known; a statement that is
//! signed by none, by a shared secret or by a key of another kind says nothing.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaParameters,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sandyq_model::Plain;
use serde::Deserialize;
use serde_json::Value;

/// The longest statement that is read, in bytes.
const STATEMENT_BYTES_MAX: usize = 16 * 1024;
/// Keys that are looked at.
const KEYS_MAX: usize = 64;

/// Why a statement is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotVerified {
    /// It names a key that is not known; there may be newer ones.
    UnknownKey,
    /// Anything else.
    Wrong,
}

/// The keys.
#[derive(Debug)]
pub(super) struct Keys(Vec<Key>);

#[derive(Debug, Deserialize)]
struct Key {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    serves: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
}

impl Keys {
    /// Reads them; a key that is not understood is passed over.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let set: Set = serde_json::from_slice(bytes).ok()?;
        let keys = set.keys.into_iter().take(KEYS_MAX);
        Some(Self(
            keys.filter_map(|key| serde_json::from_value(key).ok()).collect(),
        ))
    }

    /// What a statement says, when one of these keys signed it.
    pub(super) fn verified(&self, statement: &str) -> Result<Plain<Vec<u8>>, NotVerified> {
        let (signed, [header, said, signature]) = parts(statement).ok_or(NotVerified::Wrong)?;
        let header: Header = serde_json::from_slice(&header).map_err(|_| NotVerified::Wrong)?;
        let is_strange =
            header.crit.is_some() || header.typ.is_some_and(|kind| !kind.eq_ignore_ascii_case("JWT"));
        if is_strange || !ALGORITHMS.contains(&header.alg.as_str()) {
            return Err(NotVerified::Wrong);
        }
        let key = self.key(&header.alg, header.kid.as_deref())?;
        if key.verifies(&header.alg, signed.as_bytes(), &signature) == Some(true) {
            Ok(Plain::new(said))
        } else {
            Err(NotVerified::Wrong)
        }
    }

    /// The key that the statement names; where it names none, the only one that could be it.
    fn key(&self, algorithm: &str, named: Option<&str>) -> Result<&Key, NotVerified> {
        let is_named = |key: &&Key| named.is_none() || key.kid.as_deref() == named;
        let mut fitting = self.0.iter().filter(is_named).filter(|key| key.is_for(algorithm));
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(key),
            (Some(_), Some(_)) => Err(NotVerified::Wrong),
            (None, _) => Err(NotVerified::UnknownKey),
        }
    }
}

impl Key {
    fn is_for(&self, algorithm: &str) -> bool {
        let (kind, curve) = match algorithm {
            "ES256" => ("EC", Some("P-256")),
            "EdDSA" => ("OKP", Some("Ed25519")),
            _ => ("RSA", None),
        };
        self.kty == kind
            && (curve.is_none() || self.crv.as_deref() == curve)
            && self.serves.as_deref().is_none_or(|serves| serves == "sig")
            && self.alg.as_deref().is_none_or(|own| own == algorithm)
    }

    fn verifies(&self, algorithm: &str, signed: &[u8], signature: &[u8]) -> Option<bool> {
        match algorithm {
            "RS256" => self.verifies_rsa(&RSA_PKCS1_2048_8192_SHA256, signed, signature),
            "PS256" => self.verifies_rsa(&RSA_PSS_2048_8192_SHA256, signed, signature),
            "ES256" => {
                let (x, y) = (part(self.x.as_ref())?, part(self.y.as_ref())?);
                if x.len() != 32 || y.len() != 32 {
                    return None;
                }
                let point = [&[4][..], &x, &y].concat();
                let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point);
                Some(key.verify(signed, signature).is_ok())
            }
            "EdDSA" => {
                let key = UnparsedPublicKey::new(&ED25519, part(self.x.as_ref())?);
                Some(key.verify(signed, signature).is_ok())
            }
            _ => None,
        }
    }

    fn verifies_rsa(&self, way: &'static RsaParameters, signed: &[u8], signature: &[u8]) -> Option<bool> {
        let (n, e) = (part(self.n.as_ref())?, part(self.e.as_ref())?);
        let key = RsaPublicKeyComponents { n, e };
        Some(key.verify(way, signed, signature).is_ok())
    }
}

/// What was signed, and the header, the claims and the signature of a statement in its compact form.
fn parts(statement: &str) -> Option<(&str, [Vec<u8>; 3])> {
    if statement.len() > STATEMENT_BYTES_MAX {
        return None;
    }
    let (signed, signature) = statement.rsplit_once('.')?;
    let (header, said) = signed.split_once('.')?;
    let read = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).ok();
    Some((signed, [read(header)?, read(said)?, read(signature)?]))
}

fn part(value: Option<&String>) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(value?).ok()
}

/// The ways of signing that are known. `none` and shared secrets are not among them, and never will be.
const ALGORITHMS: [&str; 4] = ["RS256", "PS256", "ES256", "EdDSA"];
