//! Public keys as authenticators write them (COSE, RFC 9053), and what they verify. Three algorithms are taken: one that
//! every authenticator has, one that some have alone, and a better one.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};

use super::cbor::Map;

/// The algorithms that a passkey may have, the most welcome first: Ed25519, ES256, RS256 (COSE numbers).
pub const ALGORITHMS: [i64; 3] = [EDDSA, ES256, RS256];

const EDDSA: i64 = -8;
const ES256: i64 = -7;
const RS256: i64 = -257;

/// Bytes of a modulus: 2,048 to 4,096 bits.
const MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=512;
/// The one exponent that is taken: 65,537.
const EXPONENT: &[u8] = &[1, 0, 1];

/// A public key.
pub(super) enum Key<'a> {
    /// A point of P-256, not compressed.
    Es256(Vec<u8>),
    /// 32 bytes.
    Ed25519(&'a [u8]),
    /// A modulus.
    Rs256(&'a [u8]),
}

impl<'a> Key<'a> {
    /// Reads the key at the beginning of the bytes; hands back what follows it. A key that could never verify anything is none.
    pub(super) fn read(cose: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (map, rest) = Map::read(cose)?;
        let key = match (map.integer(1)?, map.integer(3)?) {
            (2, ES256) if map.integer(-1) == Some(1) => {
                let (x, y) = (map.bytes(-2)?, map.bytes(-3)?);
                let point = [&[4][..], x, y].concat();
                let is_sound = x.len() == 32
                    && y.len() == 32
                    && ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &point).is_ok();
                is_sound.then_some(Self::Es256(point))?
            }
            (1, EDDSA) if map.integer(-1) == Some(6) => {
                let x = map.bytes(-2)?;
                (x.len() == 32).then_some(Self::Ed25519(x))?
            }
            (3, RS256) if map.bytes(-2) == Some(EXPONENT) => {
                let modulus = map.bytes(-1)?;
                MODULUS_BYTES
                    .contains(&modulus.len())
                    .then_some(Self::Rs256(modulus))?
            }
            _ => return None,
        };
        Some((key, rest))
    }

    /// Whether that message was signed with the other half of it.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let verified = match self {
            Self::Es256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature)
            }
            Self::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature),
            Self::Rs256(modulus) => RsaPublicKeyComponents {
                n: *modulus,
                e: EXPONENT,
            }
            .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature),
        };
        verified.is_ok()
    }
}
