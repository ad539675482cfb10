//! What the provider says of itself (OpenID Connect Discovery). Every address in it must be where the issuer is: nobody else is asked.

use serde::Deserialize;
use url::Url;

/// What is read of it.
#[derive(Debug, Deserialize)]
pub(super) struct Metadata {
    pub(super) issuer: String,
    pub(super) authorization_endpoint: String,
    pub(super) token_endpoint: String,
    pub(super) jwks_uri: String,
    /// RFC 9207: whether it names itself when a browser comes back.
    #[serde(default, rename = "authorization_response_iss_parameter_supported")]
    pub(super) names_itself: bool,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
}

/// Where it is.
pub(super) fn place(issuer: &str) -> String {
    format!(
        "{}/.well-known/openid-configuration",
        issuer.trim_end_matches('/')
    )
}

impl Metadata {
    /// Reads it, and says what is wrong with it otherwise.
    pub(super) fn read(bytes: &[u8], issuer: &str) -> Result<Self, &'static str> {
        let read: Self = serde_json::from_slice(bytes).map_err(|_| "says of itself what cannot be read")?;
        if read.issuer != issuer {
            return Err("calls itself something else than the settings call it");
        }
        let origin = Url::parse(issuer).map_err(|_| "has no address")?.origin();
        let places = [&read.authorization_endpoint, &read.token_endpoint, &read.jwks_uri];
        let is_there = |place: &&String| Url::parse(place).is_ok_and(|place| place.origin() == origin);
        if !places.iter().all(is_there) {
            return Err("names a place that is elsewhere than its issuer");
        }
        let lacks = |list: &Option<Vec<String>>, wanted: &str| {
            list.as_ref()
                .is_some_and(|list| !list.iter().any(|one| one == wanted))
        };
        if lacks(&read.code_challenge_methods_supported, "S256") {
            return Err("does not take PKCE with S256");
        }
        Ok(read)
    }

    /// Whether the secret goes into a header: what the standard has unless the provider says otherwise.
    pub(super) fn takes_secret_in_header(&self) -> bool {
        let methods = self.token_endpoint_auth_methods_supported.as_deref();
        methods.is_none_or(|methods| {
            methods.iter().any(|method| method == "client_secret_basic")
                || !methods.iter().any(|method| method == "client_secret_post")
        })
    }
}
