//! The two ceremonies: a passkey is made, and a passkey signs. A ceremony serves one thing in one browser; an answer to
//! another one, or for another site, is none.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use sandyq_model::Chance;
use sandyq_store::vault::Vault;

use super::cbor::Map;
use super::challenge::{self, Challenge};
use super::credential::Credential;
use super::key::Key;
use super::relying_party::RelyingParty;
use super::said::{AuthenticatorData, challenge_in};

/// The longest of each thing that a browser hands over, in characters of base64url.
const SAID_MAX: usize = 24 * 1024;

/// What a browser hands over when a passkey was made; everything in base64url.
#[derive(Clone, Debug, Default)]
pub struct Attestation {
    /// What the browser says (`clientDataJSON`).
    pub client_data: String,
    /// What the authenticator made (`attestationObject`).
    pub object: String,
}

/// What a browser hands over when a passkey signed; everything in base64url.
#[derive(Clone, Debug, Default)]
pub struct Assertion {
    /// What its device calls the passkey (`rawId`).
    pub credential: String,
    /// What the browser says (`clientDataJSON`).
    pub client_data: String,
    /// What was signed (`authenticatorData`).
    pub data: String,
    /// The signature.
    pub signature: String,
    /// Whose the device says it is (`userHandle`).
    pub handle: String,
}

/// Why an answer is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// The challenge was ours, and is too old.
    Late,
    /// Anything else.
    Wrong,
}

/// A ceremony: for which site, what it serves, and in which browser.
pub(crate) struct Ceremony<'a> {
    /// The site.
    pub(crate) party: &'a RelyingParty,
    /// Whose seal challenges have.
    pub(crate) vault: &'a Vault,
    /// What it serves; an answer serves nothing else.
    pub(crate) serves: &'static str,
    /// The secret of the browser.
    pub(crate) browser: &'a str,
}

/// A passkey was made.
pub(crate) struct Made {
    /// The passkey.
    pub(crate) credential: Credential,
    /// What its device calls it.
    pub(crate) id: Vec<u8>,
    /// How often it signed.
    pub(crate) counter: u32,
    /// What is used up by it.
    pub(crate) challenge: Challenge,
}

/// A passkey answered a challenge of ours; whether it did so rightly is not known yet.
pub(crate) struct Heard {
    /// What its device calls it.
    pub(crate) id: Vec<u8>,
    /// Whose the device says it is.
    pub(crate) handle: Vec<u8>,
    /// What is used up by it.
    pub(crate) challenge: Challenge,
    client_data: Vec<u8>,
    data: Vec<u8>,
    signature: Vec<u8>,
}

impl Ceremony<'_> {
    /// A new challenge, in base64url.
    pub(crate) fn challenge(&self, chance: &dyn Chance, now: Timestamp) -> String {
        let bytes = challenge::made(self.vault, chance, (self.serves, self.browser), now);
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Whether that challenge of ours can still be answered here.
    pub(crate) fn awaits(&self, challenge: &str, now: Timestamp) -> Result<Challenge, Unfit> {
        self.known(&decoded(challenge)?, now)
    }

    /// Reads what was made.
    pub(crate) fn made(&self, said: &Attestation, now: Timestamp) -> Result<Made, Unfit> {
        let challenge = self.answered(&decoded(&said.client_data)?, "webauthn.create", now)?;
        let object = decoded(&said.object)?;
        let read = || {
            let (map, rest) = Map::read(&object)?;
            let data = AuthenticatorData::read(map.bytes_named("authData")?, self.party)?;
            let (id, key) = data.new?;
            rest.is_empty().then(|| Made {
                credential: Credential::new(id, &self.party.id, key, data.backup_eligible),
                id: id.to_vec(),
                counter: data.counter,
                challenge,
            })
        };
        read().ok_or(Unfit::Wrong)
    }

    /// Reads an answer as far as that goes without the key.
    pub(crate) fn heard(&self, said: &Assertion, now: Timestamp) -> Result<Heard, Unfit> {
        let client_data = decoded(&said.client_data)?;
        let challenge = self.answered(&client_data, "webauthn.get", now)?;
        Ok(Heard {
            id: decoded(&said.credential)?,
            handle: decoded(&said.handle)?,
            challenge,
            client_data,
            data: decoded(&said.data)?,
            signature: decoded(&said.signature)?,
        })
    }

    /// How often the passkey signed, when it was this one that answered.
    pub(crate) fn signed_by(&self, credential: &Credential, heard: &Heard) -> Option<u32> {
        let cose = BASE64_URL_SAFE_NO_PAD.decode(&credential.key).ok()?;
        let (key, _) = Key::read(&cose)?;
        let data = AuthenticatorData::read(&heard.data, self.party)?;
        let is_the_one = BASE64_URL_SAFE_NO_PAD.encode(&heard.id) == credential.id
            && credential.at == self.party.id
            && credential.backup_eligible == data.backup_eligible
            && data.new.is_none();
        let message = [&heard.data[..], digest(&SHA256, &heard.client_data).as_ref()].concat();
        (is_the_one && key.verifies(&message, &heard.signature)).then_some(data.counter)
    }

    fn answered(&self, client_data: &[u8], kind: &str, now: Timestamp) -> Result<Challenge, Unfit> {
        let challenge = challenge_in(client_data, kind, self.party).ok_or(Unfit::Wrong)?;
        self.known(&challenge, now)
    }

    fn known(&self, challenge: &[u8], now: Timestamp) -> Result<Challenge, Unfit> {
        let known =
            challenge::known(self.vault, challenge, (self.serves, self.browser)).ok_or(Unfit::Wrong)?;
        if now < known.until {
            Ok(known)
        } else {
            Err(Unfit::Late)
        }
    }
}

fn decoded(said: &str) -> Result<Vec<u8>, Unfit> {
    if said.len() > SAID_MAX {
        return Err(Unfit::Wrong);
    }
    BASE64_URL_SAFE_NO_PAD.decode(said).map_err(|_| Unfit::Wrong)
}
