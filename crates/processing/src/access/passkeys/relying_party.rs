//! For which site passkeys are made: a name, never a number. Authenticators sign for it, and for no page that only looks
//! like ours.

use url::{Host, Url};

/// This site, as authenticators know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RelyingParty {
    /// The name that passkeys belong to (RP ID): the host of the site.
    pub(crate) id: String,
    /// Where pages must come from, as browsers write it.
    pub(crate) origin: String,
}

impl RelyingParty {
    /// What passkeys belong to at that address of the site. `None` where there can be none: a site under a number, or without
    /// TLS. A site on this machine has them under `localhost`.
    pub(crate) fn of(site: &str) -> Option<Self> {
        let mut url = Url::parse(site).ok()?;
        let is_here = match url.host()? {
            Host::Domain(name) => name == "localhost",
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        };
        if is_here && url.scheme() == "http" {
            url.set_host(Some("localhost")).ok()?;
        } else if url.scheme() != "https" {
            return None;
        }
        let origin = url.origin().ascii_serialization();
        match url.host()? {
            Host::Domain(name) if !name.ends_with('.') => Some(Self {
                id: name.to_owned(),
                origin,
            }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_has_passkeys_under_its_name_alone() {
        for (site, expected) in [
            ("https://example.kz", Some(("example.kz", "https://example.kz"))),
            (
                "https://Data.Example.kz:443/",
                Some(("data.example.kz", "https://data.example.kz")),
            ),
            (
                "https://example.kz:8443",
                Some(("example.kz", "https://example.kz:8443")),
            ),
            (
                "https://мысал.қаз",
                Some(("xn--80awbu3c.xn--80ao21a", "https://xn--80awbu3c.xn--80ao21a")),
            ),
            (
                "http://localhost:8080",
                Some(("localhost", "http://localhost:8080")),
            ),
            (
                "http://127.0.0.1:8080",
                Some(("localhost", "http://localhost:8080")),
            ),
            ("http://[::1]:8080", Some(("localhost", "http://localhost:8080"))),
            ("http://example.kz", None),
            ("https://203.0.113.7", None),
            ("https://[2001:db8::1]", None),
            ("https://example.kz.", None),
            ("example.kz", None),
        ] {
            let party = RelyingParty::of(site);
            let said = party
                .as_ref()
                .map(|party| (party.id.as_str(), party.origin.as_str()));
            assert_eq!(said, expected, "{site}");
        }
    }
}
