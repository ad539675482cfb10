//! 5.1.4: an identity provider of the operator's own, spoken to by OpenID Connect: the code flow with PKCE. It may stand for the password of
//! staff and for nothing else. What it says is believed only when it is signed, meant for us and asked for by this very browser.
//!
//! Nothing of its tokens is kept, written to the log or handed on. Nobody else is asked: every address of it is where its issuer is.

mod claims;
mod errand;
mod known;
mod metadata;
mod signature;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use jiff::Timestamp;
use sandyq_model::{Fault, Plain};
use sandyq_store::vault::equal;
use serde::Deserialize;
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

use claims::Expected;
pub(crate) use errand::{Errand, Errands, Serves};
use known::Remembered;
use metadata::Metadata;
use signature::{Keys, NotVerified};

use crate::ports::ProviderLine;

/// Where the browser comes back, below the address of the site.
pub const BACK: &str = "/staff/provider/back";
/// The longest code that is taken, in bytes.
const CODE_BYTES_MAX: usize = 2048;
/// Round trips that are asked about at the same time.
const ASKED_AT_ONCE_MAX: usize = 8;

/// An identity provider that the settings name.
#[derive(Clone)]
pub struct ProviderSettings {
    /// Its issuer, as it calls itself, such as `https://id.example.kz/realm`.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// By what it knows us.
    pub client_secret: Plain<String>,
    /// The way to it.
    pub line: Arc<dyn ProviderLine>,
}

/// What the browser brought back from the provider.
#[derive(Default)]
pub struct Returned {
    /// What is changed for the signed statement.
    pub code: String,
    /// What ties it to the errand.
    pub state: String,
    /// Who says so (RFC 9207), where it says so.
    pub issuer: Option<String>,
}

/// Why nobody is believed.
#[derive(Debug)]
pub(crate) enum NotBelieved {
    /// What came is not what must come; whoever brought it is told nothing more.
    Wrong,
    /// There is no answer, or none that can be read.
    Fault(Fault),
}

impl From<Fault> for NotBelieved {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// The provider, with what is remembered of it.
pub(crate) struct Provider {
    settings: ProviderSettings,
    remembered: Remembered,
    pub(crate) errands: Errands,
    asked: tokio::sync::Semaphore,
}

impl Provider {
    pub(crate) fn new(settings: ProviderSettings) -> Self {
        Self {
            settings,
            remembered: Remembered::default(),
            errands: Errands::default(),
            asked: tokio::sync::Semaphore::new(ASKED_AT_ONCE_MAX),
        }
    }

    /// As it calls itself.
    pub(crate) fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// The host that people know it by.
    pub(crate) fn host(&self) -> String {
        let issuer = Url::parse(&self.settings.issuer).ok();
        let host = issuer.and_then(|issuer| issuer.host_str().map(str::to_owned));
        host.unwrap_or_default()
    }

    /// By what an identity is found: who says so, and what they call somebody. No name and no address is looked at.
    pub(crate) fn identity(&self, subject: &Plain<String>) -> Plain<Vec<u8>> {
        let issuer = self.settings.issuer.as_bytes();
        let length = u64::try_from(issuer.len()).unwrap_or(u64::MAX).to_be_bytes();
        Plain::new([&length[..], issuer, subject.expose().as_bytes()].concat())
    }

    /// Where the browser goes.
    pub(crate) async fn address(&self, errand: &Errand, back: &str, now: Timestamp) -> Result<String, Fault> {
        let _place = match self.remembered.metadata(now) {
            Some(_) => None,
            None => Some(self.place()?),
        };
        let metadata = self.metadata(now).await?;
        let mut address = Url::parse(&metadata.authorization_endpoint)
            .map_err(|_| Fault::Outside("the identity provider has no place for browsers".into()))?;
        address
            .query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", back)
            .append_pair("scope", "openid")
            .append_pair("state", &errand.state)
            .append_pair("nonce", &errand.nonce)
            .append_pair("code_challenge", &errand.code_challenge())
            .append_pair("code_challenge_method", "S256");
        Ok(address.into())
    }

    /// Whom the provider means: its own word for somebody.
    pub(crate) async fn subject(
        &self,
        errand: &Errand,
        returned: &Returned,
        back: &str,
        now: Timestamp,
    ) -> Result<Plain<String>, NotBelieved> {
        let _place = self.place()?;
        let metadata = self.metadata(now).await?;
        if !is_answer(&metadata, errand, returned) {
            return Err(NotBelieved::Wrong);
        }
        let statement = self.statement(&metadata, errand, returned, back).await?;
        let said = self.verified(&metadata, &statement, now).await?;
        let expected = Expected {
            issuer: &self.settings.issuer,
            client_id: &self.settings.client_id,
            nonce: &errand.nonce,
            now,
        };
        claims::subject(&said, &expected).ok_or(NotBelieved::Wrong)
    }

    /// A place among those who wait for the provider: when it is slow, the others are turned away and not kept waiting.
    fn place(&self) -> Result<tokio::sync::SemaphorePermit<'_>, Fault> {
        let place = self.asked.try_acquire();
        place.map_err(|_| Fault::Busy("the identity provider is asked about too many at once".into()))
    }

    /// Changes the code for the signed statement. Everything else that comes with it is dropped here.
    async fn statement(
        &self,
        metadata: &Metadata,
        errand: &Errand,
        returned: &Returned,
        back: &str,
    ) -> Result<Plain<String>, NotBelieved> {
        let (credentials, form) = self.asking(metadata, errand, returned, back);
        let line = &self.settings.line;
        let answer = line.post(&metadata.token_endpoint, credentials, form).await?;
        match answer.status {
            200 => {}
            // A code that is spent, late or somebody else's.
            400..=499 => return Err(NotBelieved::Wrong),
            status => return Err(outside(&format!("answered a code with status {status}"))),
        }
        let answer: Answer = serde_json::from_slice(answer.body.expose())
            .map_err(|_| outside("answered a code with what cannot be read"))?;
        Ok(Plain::new(answer.id_token))
    }

    /// Our name and secret, where they go into the header, and the form by which a code is changed.
    fn asking(
        &self,
        metadata: &Metadata,
        errand: &Errand,
        returned: &Returned,
        back: &str,
    ) -> (Option<(String, Plain<String>)>, Plain<String>) {
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", &returned.code)
            .append_pair("redirect_uri", back)
            .append_pair("code_verifier", errand.verifier.expose());
        let (id, secret) = (&self.settings.client_id, &self.settings.client_secret);
        let credentials = if metadata.takes_secret_in_header() {
            Some((encoded(id), Plain::new(encoded(secret.expose()))))
        } else {
            form.append_pair("client_id", id)
                .append_pair("client_secret", secret.expose());
            None
        };
        (credentials, Plain::new(form.finish()))
    }

    /// What the statement says, when it is signed by a key of the provider. For a key that is not known they are fetched once more.
    async fn verified(
        &self,
        metadata: &Metadata,
        statement: &Plain<String>,
        now: Timestamp,
    ) -> Result<Plain<Vec<u8>>, NotBelieved> {
        let keys = self.keys(metadata, now, false).await?;
        match keys.verified(statement.expose()) {
            Ok(said) => Ok(said),
            Err(NotVerified::Wrong) => Err(NotBelieved::Wrong),
            Err(NotVerified::UnknownKey) => {
                let keys = self.keys(metadata, now, true).await?;
                keys.verified(statement.expose()).map_err(|_| NotBelieved::Wrong)
            }
        }
    }

    async fn metadata(&self, now: Timestamp) -> Result<Arc<Metadata>, Fault> {
        if let Some(metadata) = self.remembered.metadata(now) {
            return Ok(metadata);
        }
        let place = metadata::place(&self.settings.issuer);
        let metadata = Metadata::read(self.fetched(&place).await?.expose(), &self.settings.issuer)
            .map_err(|why| Fault::Outside(format!("the identity provider {why}")))?;
        Ok(self.remembered.keep_metadata(metadata, now))
    }

    async fn keys(&self, metadata: &Metadata, now: Timestamp, anew: bool) -> Result<Arc<Keys>, Fault> {
        if let Some(keys) = self.remembered.keys(now, anew) {
            return Ok(keys);
        }
        let keys = Keys::read(self.fetched(&metadata.jwks_uri).await?.expose())
            .ok_or_else(|| Fault::Outside("the identity provider has keys that cannot be read".into()))?;
        Ok(self.remembered.keep_keys(keys, now))
    }

    async fn fetched(&self, place: &str) -> Result<Plain<Vec<u8>>, Fault> {
        let answer = self.settings.line.get(place).await?;
        if answer.status == 200 {
            return Ok(answer.body);
        }
        let happened = format!("the identity provider answered with status {}", answer.status);
        Err(Fault::Outside(happened))
    }
}

/// The answer of the provider to a code; other members are not looked at.
#[derive(Deserialize)]
struct Answer {
    id_token: String,
}

/// Whether what came back answers that errand, and comes from this provider.
fn is_answer(metadata: &Metadata, errand: &Errand, returned: &Returned) -> bool {
    let is_from_it = match &returned.issuer {
        Some(issuer) => *issuer == metadata.issuer,
        None => !metadata.names_itself,
    };
    let is_code = (1..=CODE_BYTES_MAX).contains(&returned.code.len());
    is_from_it && is_code && equal(returned.state.as_bytes(), errand.state.as_bytes())
}

fn encoded(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

fn outside(why: &str) -> NotBelieved {
    NotBelieved::Fault(Fault::Outside(format!("the identity provider {why}")))
}
