//! The part of the settings about addresses of recipients (4.2): without it, nothing is sent to any. It names the networks that
//! somebody answers for (4.3).

use std::fs;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use ipnet::IpNet;
use sandyq_processing::transfer::{Reach, WebhookSettings};
use serde::Deserialize;

use crate::data_folder::DataFolder;
use crate::failure::{Exit, Failure};
use crate::trust;
use crate::webhook_line::{HttpsHooks, NamesOfThisMachine};

/// What the settings can say of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhooksTable {
    in_kazakhstan: Vec<String>,
    networks: Vec<String>,
    networks_only: bool,
    authority_file: Option<PathBuf>,
}

impl WebhooksTable {
    /// What is wrong, with what it must be.
    pub fn mistakes(&self) -> Vec<String> {
        let wrong = self.networks.iter().filter(|written| network(written).is_none());
        let mut mistakes: Vec<String> = wrong
            .map(|written| {
                format!(
                    "webhooks.networks names `{written}`, which is no network that somebody can answer for; give one such as \
                     10.1.0.0/16, or a single number"
                )
            })
            .collect();
        if self.networks_only && self.networks.is_empty() {
            mistakes.push(
                "webhooks.networks_only is true and webhooks.networks is empty, so that nothing can be reached; name a network".into(),
            );
        }
        mistakes
    }

    /// Where messages may go.
    pub fn reach(&self) -> Reach {
        Reach {
            named: self.in_kazakhstan.clone(),
            networks: self
                .networks
                .iter()
                .filter_map(|written| network(written))
                .collect(),
            networks_only: self.networks_only,
        }
    }

    /// The way there.
    ///
    /// # Errors
    /// Exit 3 when the settings cannot be followed; when a file cannot be read.
    pub fn line(&self, folder: &DataFolder) -> Result<HttpsHooks, Failure> {
        let mistakes = self.mistakes();
        if !mistakes.is_empty() {
            let failure = Failure::new(Exit::Configuration, "the settings of webhooks cannot be followed");
            return Err(mistakes.into_iter().fold(failure, Failure::help));
        }
        let authority = match &self.authority_file {
            Some(file) => {
                let path = folder.path().join(file);
                Some(fs::read(&path).map_err(|error| Failure::file("read", &path, &error))?)
            }
            None => None,
        };
        let tls = trust::client_config("webhooks", authority.as_deref())?;
        Ok(HttpsHooks::new(
            tls,
            Arc::new(self.reach()),
            Arc::new(NamesOfThisMachine),
        ))
    }

    /// Where messages may go, and the way there.
    ///
    /// # Errors
    /// As [`WebhooksTable::line`].
    pub fn settings(&self, folder: &DataFolder) -> Result<WebhookSettings, Failure> {
        Ok(WebhookSettings {
            reach: Arc::new(self.reach()),
            line: Arc::new(self.line(folder)?),
        })
    }
}

/// A network, or one number of it; nothing so wide that nobody can answer for it.
fn network(written: &str) -> Option<IpNet> {
    let written = written.trim();
    let named: IpNet = match written.parse::<IpAddr>() {
        Ok(number) => number.into(),
        Err(_) => written.parse().ok()?,
    };
    let least = match named {
        IpNet::V4(_) => V4_BITS_LEAST,
        IpNet::V6(_) => V6_BITS_LEAST,
    };
    (named.prefix_len() >= least && named.trunc() == named).then_some(named)
}

/// No network is wider than those that are set apart for one's own.
const V4_BITS_LEAST: u8 = 8;
/// As wide as what a registry of the network gives to one provider.
const V6_BITS_LEAST: u8 = 19;

#[cfg(test)]
mod tests {
    use super::*;

    fn table(networks: &[&str], networks_only: bool) -> WebhooksTable {
        WebhooksTable {
            networks: networks.iter().map(|one| (*one).to_owned()).collect(),
            networks_only,
            ..WebhooksTable::default()
        }
    }

    #[test]
    fn a_network_is_one_that_somebody_can_answer_for() {
        let named = ["10.0.0.0/8", "127.0.0.1", "95.56.0.0/16", "fd00:7::/32", "::1"];
        assert_eq!(table(&named, true).mistakes(), Vec::<String>::new());
        assert_eq!(table(&named, true).reach().networks.len(), named.len());
        for written in [
            "0.0.0.0/0",
            "128.0.0.0/1",
            "::/0",
            "2000::/3",
            "::ffff:0:0/16",
            "10.1.2.3/8",
            "10.0.0.0/33",
            "localhost",
            "tarqat.kz",
            "",
        ] {
            assert_eq!(table(&[written], false).mistakes().len(), 1, "{written}");
        }
        assert_eq!(table(&[], true).mistakes().len(), 1, "nothing could be reached");
        assert_eq!(table(&[], false).mistakes(), Vec::<String>::new());
    }
}
