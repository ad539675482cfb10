//! What a browser says about a ceremony (client data), and what the authenticator signed (authenticator data). Both are read
//! whole: what is left over, or says more than it may, is refused.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sandyq_store::vault::equal;
use serde::Deserialize;

use super::cbor::Map;
use super::key::Key;
use super::relying_party::RelyingParty;

/// Bytes of what a device calls a passkey.
const ID_BYTES_MAX: usize = 1023;

/// Somebody was there.
const PRESENT: u8 = 1;
/// And was verified to be the owner.
const VERIFIED: u8 = 1 << 2;
/// The passkey can be copied to other devices of its owner.
const BACKUP_ELIGIBLE: u8 = 1 << 3;
/// It was.
const BACKED_UP: u8 = 1 << 4;
/// A new passkey comes along.
const ATTESTED: u8 = 1 << 6;
/// Extensions come along.
const EXTENDED: u8 = 1 << 7;

/// Client data as browsers write it. Members that are new are passed over, as the standard asks.
#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: bool,
    #[serde(rename = "topOrigin", default)]
    top_origin: Option<String>,
}

/// The challenge that the browser says it handed to the authenticator, for that kind of ceremony, on a page of ours that stood
/// in no frame.
pub(super) fn challenge_in(client_data: &[u8], kind: &str, party: &RelyingParty) -> Option<Vec<u8>> {
    let said: ClientData = serde_json::from_slice(client_data).ok()?;
    let is_ours =
        said.kind == kind && said.origin == party.origin && !said.cross_origin && said.top_origin.is_none();
    if !is_ours {
        return None;
    }
    BASE64_URL_SAFE_NO_PAD.decode(said.challenge).ok()
}

/// What the authenticator signed.
pub(super) struct AuthenticatorData<'a> {
    /// How often it signed, as far as it counts.
    pub(super) counter: u32,
    /// Whether the passkey can be copied to other devices of its owner.
    pub(super) backup_eligible: bool,
    /// A new passkey: what it is called, and its key as written.
    pub(super) new: Option<(&'a [u8], &'a [u8])>,
}

impl<'a> AuthenticatorData<'a> {
    /// Reads it; `None` when it is for another site, or the owner was not verified.
    pub(super) fn read(bytes: &'a [u8], party: &RelyingParty) -> Option<Self> {
        let (site, rest) = bytes.split_first_chunk::<32>()?;
        let (&[flags], rest) = rest.split_first_chunk::<1>()?;
        let (counter, mut rest) = rest.split_first_chunk::<4>()?;
        let has = |flag: u8| flags & flag != 0;
        let own = digest(&SHA256, party.id.as_bytes());
        if !equal(own.as_ref(), site) || !has(PRESENT) || !has(VERIFIED) {
            return None;
        }
        if has(BACKED_UP) && !has(BACKUP_ELIGIBLE) {
            return None;
        }
        let mut new = None;
        if has(ATTESTED) {
            let (_model, after) = rest.split_first_chunk::<16>()?;
            let (length, after) = after.split_first_chunk::<2>()?;
            let (id, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
            if id.is_empty() || id.len() > ID_BYTES_MAX {
                return None;
            }
            let (_, left) = Key::read(after)?;
            let key = after.get(..after.len().checked_sub(left.len())?)?;
            new = Some((id, key));
            rest = left;
        }
        if has(EXTENDED) {
            (_, rest) = Map::read(rest)?;
        }
        rest.is_empty().then_some(Self {
            counter: u32::from_be_bytes(*counter),
            backup_eligible: has(BACKUP_ELIGIBLE),
            new,
        })
    }
}
