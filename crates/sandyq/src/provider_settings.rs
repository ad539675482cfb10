//! The part of the settings about an identity provider of staff (5.1.4): in Kazakhstan, over TLS, or not at all.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use sandyq_processing::access::ProviderSettings;
use sandyq_processing::ports::is_in_kazakhstan;
use serde::Deserialize;
use url::{Host, Url};

use crate::configuration::first_line;
use crate::data_folder::DataFolder;
use crate::failure::{Exit, Failure};
use crate::provider::HttpsLine;

/// What the settings can say of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProviderTable {
    issuer: String,
    client_id: String,
    client_secret_file: Option<PathBuf>,
    authority_file: Option<PathBuf>,
    in_kazakhstan: Vec<String>,
}

impl ProviderTable {
    /// What is missing or wrong, with what it must be.
    pub fn mistakes(&self) -> Vec<String> {
        let mut mistakes = Vec::new();
        match Url::parse(&self.issuer) {
            Ok(issuer) => mistakes.extend(self.mistakes_of(&issuer)),
            Err(_) => mistakes.push(
                "identity_provider.issuer is no address; give the issuer as the provider calls itself, such as https://id.example.kz"
                    .into(),
            ),
        }
        if self.client_id.trim().is_empty() {
            mistakes.push(
                "identity_provider.client_id is missing; give the name by which the provider knows this site"
                    .into(),
            );
        }
        if self.client_secret_file.is_none() {
            mistakes.push("identity_provider.client_secret_file is missing; name a file with the secret on its first line".into());
        }
        mistakes
    }

    fn mistakes_of(&self, issuer: &Url) -> Vec<String> {
        let mut mistakes = Vec::new();
        let said = issuer.host_str().unwrap_or_default().trim_matches(['[', ']']);
        if !is_in_kazakhstan(said, &self.in_kazakhstan) {
            mistakes.push(format!(
                "identity_provider.issuer is at `{said}`, and nothing says that it stands in Kazakhstan (1.4, 4.3); if it does, name it in \
                 identity_provider.in_kazakhstan"
            ));
        }
        if issuer.scheme() != "https" && !(issuer.scheme() == "http" && is_this_machine(issuer)) {
            mistakes.push(
                "identity_provider.issuer must begin with https://, unless it is on this very machine".into(),
            );
        }
        let is_plain = issuer.query().is_none()
            && issuer.fragment().is_none()
            && issuer.username().is_empty()
            && issuer.password().is_none();
        if !is_plain {
            mistakes.push(
                "identity_provider.issuer must be an address without a name, a password, ? and #".into(),
            );
        }
        mistakes
    }

    /// The provider, and the way to it.
    ///
    /// # Errors
    /// Exit 3 when the settings cannot be followed; when a file cannot be read.
    pub fn settings(&self, folder: &DataFolder) -> Result<ProviderSettings, Failure> {
        let mistakes = self.mistakes();
        if !mistakes.is_empty() {
            let happened = "the settings of the identity provider cannot be followed";
            let failure = Failure::new(Exit::Configuration, happened);
            return Err(mistakes.into_iter().fold(failure, Failure::help));
        }
        let secret = self.client_secret_file.clone().unwrap_or_default();
        let secret = folder.path().join(secret);
        let client_secret = first_line(&secret)?;
        if client_secret.expose().is_empty() {
            let happened = format!("{} has no secret on its first line", secret.display());
            return Err(Failure::new(Exit::Configuration, happened));
        }
        let authority = match &self.authority_file {
            Some(file) => {
                let path = folder.path().join(file);
                Some(fs::read(&path).map_err(|error| Failure::file("read", &path, &error))?)
            }
            None => None,
        };
        Ok(ProviderSettings {
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            client_secret,
            line: Arc::new(HttpsLine::new(authority.as_deref())?),
        })
    }
}

fn is_this_machine(address: &Url) -> bool {
    match address.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(issuer: &str, named: &[&str]) -> Vec<String> {
        let table = ProviderTable {
            issuer: issuer.to_owned(),
            client_id: "sandyq".to_owned(),
            client_secret_file: Some("secret".into()),
            in_kazakhstan: named.iter().map(|name| (*name).to_owned()).collect(),
            ..ProviderTable::default()
        };
        table.mistakes()
    }

    #[test]
    fn a_provider_is_in_the_country_and_under_tls_or_on_this_machine() {
        for issuer in [
            "https://id.example.kz",
            "https://id.example.kz:8443/realms/staff",
            "https://10.0.0.7/",
            "http://127.0.0.1:9000",
            "http://localhost:9000/a",
            "http://[::1]:9000",
        ] {
            assert_eq!(mistakes(issuer, &[]), Vec::<String>::new(), "{issuer}");
        }
        for issuer in [
            "https://accounts.example.com",
            "http://id.example.kz",
            "http://10.0.0.7",
            "https://id.example.kz@example.com",
            "https://id.example.kz?a=b",
            "https://id.example.kz#a",
            "ftp://id.example.kz",
            "id.example.kz",
            "",
        ] {
            assert!(!mistakes(issuer, &[]).is_empty(), "{issuer}");
        }
        assert!(mistakes("https://id.example.com", &["id.example.com"]).is_empty());
    }

    #[test]
    fn each_setting_that_is_missing_is_named() {
        let said = ProviderTable::default().mistakes().join("\n");
        for setting in ["issuer", "client_id", "client_secret_file"] {
            assert!(said.contains(&format!("identity_provider.{setting}")), "{said}");
        }
    }
}
