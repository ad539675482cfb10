//! 4.3: which addresses on the network messages may go to. Asked twice: of what is typed, and of every number to which its name leads
//! when something is about to be sent. Nothing here asks the network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv6Net};
use sandyq_model::Problem;
use url::{Host, Url};

use crate::ports::is_in_kazakhstan;

/// Characters of an address.
const ADDRESS_MAX: usize = 300;

/// What the settings say of the network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Hosts that stand in the country though their names do not say so.
    pub named: Vec<String>,
    /// Networks in the country that somebody answers for, near ones among them: without its name here, no network of one's own is
    /// reached.
    pub networks: Vec<IpNet>,
    /// Whether nothing beyond these networks is reached, whatever its name.
    pub networks_only: bool,
}

impl Reach {
    /// The address that was written, when a message may go there.
    ///
    /// # Errors
    /// [`Problem::WebhookAddress`] when it is none of https, or holds what has to stay secret; [`Problem::Abroad`] when nothing says
    /// that it is in the country; [`Problem::WebhookNetwork`] when it is a number in a network that the settings do not name.
    pub fn place(&self, written: &str) -> Result<Url, Problem> {
        let written = written.trim();
        if written.is_empty() {
            return Err(Problem::Missing);
        }
        if written.len() > ADDRESS_MAX {
            return Err(Problem::TooLong);
        }
        // What a reader of addresses leaves out or turns round was not meant so.
        let turned = |sign: char| sign.is_control() || sign.is_whitespace() || sign == '\\';
        let place = Url::parse(written).map_err(|_| Problem::WebhookAddress)?;
        let is_open = place.username().is_empty()
            && place.password().is_none()
            && place.query().is_none()
            && place.fragment().is_none()
            && !written.chars().any(turned);
        if !is_open || place.scheme() != "https" || place.port() == Some(0) {
            return Err(Problem::WebhookAddress);
        }
        match place.host().ok_or(Problem::WebhookAddress)? {
            Host::Domain(name) => self.names(name)?,
            Host::Ipv4(number) => self.numbers(number.into())?,
            Host::Ipv6(number) => self.numbers(number.into())?,
        }
        Ok(place)
    }

    fn names(&self, name: &str) -> Result<(), Problem> {
        if !is_in_kazakhstan(name, &self.named) {
            return Err(Problem::Abroad);
        }
        let is_this_machine = name == "localhost" || name.ends_with(".localhost");
        let loopback = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
        if is_this_machine && !loopback.into_iter().any(|number| self.admits(number)) {
            return Err(Problem::WebhookNetwork);
        }
        Ok(())
    }

    fn numbers(&self, number: IpAddr) -> Result<(), Problem> {
        if !self.is_listed(number) && !is_in_kazakhstan(&number.to_string(), &self.named) {
            return Err(Problem::Abroad);
        }
        if self.admits(number) {
            Ok(())
        } else {
            Err(Problem::WebhookNetwork)
        }
    }

    /// Whether a connection may be made to that number: one that is anybody's on the network, or in a network of the settings.
    #[must_use]
    pub fn admits(&self, number: IpAddr) -> bool {
        self.is_listed(number) || (!self.networks_only && is_anybodys(number))
    }

    fn is_listed(&self, number: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&number))
    }
}

/// Whether a number belongs to the network at large, and not to this machine, to a network of one's own, to a group, or to
/// something that leads on to another number.
fn is_anybodys(number: IpAddr) -> bool {
    match number {
        IpAddr::V4(number) => !v4_of_its_own(number),
        IpAddr::V6(number) => {
            let at_large = Ipv6Net::new_assert(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
            at_large.contains(&number)
                && !V6_OF_THEIR_OWN
                    .iter()
                    .any(|(first, bits)| Ipv6Net::new_assert(*first, *bits).contains(&number))
        }
    }
}

fn v4_of_its_own(number: Ipv4Addr) -> bool {
    let [first, second, third, _] = number.octets();
    number.is_private()
        || number.is_loopback()
        || number.is_link_local()
        || number.is_documentation()
        || matches!((first, second, third), (192, 0, 0) | (192, 88, 99))
        || matches!((first, second), (100, 64..=127) | (198, 18..=19))
        || matches!(first, 0 | 224..)
}

/// Within 2000::/3: protocols (Teredo among them, which holds a number of IPv4), documentation, 6to4 (which holds one too).
const V6_OF_THEIR_OWN: [(Ipv6Addr, u8); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(named: &[&str], networks: &[&str]) -> Reach {
        Reach {
            named: named.iter().map(|name| (*name).to_owned()).collect(),
            networks: networks.iter().map(|network| network.parse().unwrap()).collect(),
            networks_only: false,
        }
    }

    #[test]
    fn an_address_is_https_in_the_country_and_says_nothing_secret() {
        let plain = Reach::default();
        for written in [
            "https://hooks.tarqat.kz/sandyq",
            " https://HOOKS.TARQAT.KZ:8443/a/b ",
            "https://xn--80ao21a.xn--80ao21a/",
            "https://сандық.қаз/алу",
            "https://hooks.tarqat.kz.",
        ] {
            assert!(plain.place(written).is_ok(), "{written}");
        }
        for (written, problem) in [
            ("", Problem::Missing),
            ("http://hooks.tarqat.kz/", Problem::WebhookAddress),
            ("ftp://hooks.tarqat.kz/", Problem::WebhookAddress),
            ("file:///etc/passwd", Problem::WebhookAddress),
            ("hooks.tarqat.kz", Problem::WebhookAddress),
            ("https://", Problem::WebhookAddress),
            ("https://hooks.tarqat.kz:0/", Problem::WebhookAddress),
            ("https://hooks.tarqat.kz:99999/", Problem::WebhookAddress),
            ("https://user@hooks.tarqat.kz/", Problem::WebhookAddress),
            ("https://u:p@hooks.tarqat.kz/", Problem::WebhookAddress),
            ("https://hooks.tarqat.kz/?token=1", Problem::WebhookAddress),
            ("https://hooks.tarqat.kz/#a", Problem::WebhookAddress),
            (r"https://hooks.tarqat.kz\@example.com/", Problem::WebhookAddress),
            ("https://hooks.tarqat.kz/a\r\nHost: b", Problem::WebhookAddress),
            ("https://hooks.tar\tqat.kz/", Problem::WebhookAddress),
            ("https://hooks.tarqat.com/", Problem::Abroad),
            ("https://hooks.tarqat.kz.example.com/", Problem::Abroad),
            ("https://hooks.tarqat.kz@example.com/", Problem::WebhookAddress),
            ("https://example.com/hooks.tarqat.kz", Problem::Abroad),
            ("https://8.8.8.8/", Problem::Abroad),
            ("https://[2a00:1450::1]/", Problem::Abroad),
            ("https://metadata.google.internal/", Problem::Abroad),
        ] {
            assert_eq!(plain.place(written), Err(problem), "{written}");
        }
        let long = format!("https://hooks.tarqat.kz/{}", "a".repeat(ADDRESS_MAX));
        assert_eq!(plain.place(&long), Err(Problem::TooLong));
    }

    #[test]
    fn whatever_a_number_is_written_like_it_is_the_same_number() {
        let plain = Reach::default();
        for written in [
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0177.0.0.1/",
            "https://127.0.0.1./",
            "https://１２７.0.0.1/",
            "https://[::1]/",
            "https://10.0.0.7/",
            "https://192.168.1.1/",
            "https://[fd00::7]/",
            "https://localhost/",
            "https://LOCALHOST:8443/",
        ] {
            assert_eq!(plain.place(written), Err(Problem::WebhookNetwork), "{written}");
        }
        for written in [
            "https://0.0.0.0/",
            "https://[::]/",
            "https://169.254.169.254/latest/meta-data",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[fe80::1]/",
            "https://224.0.0.1/",
            "https://100.64.0.1/",
        ] {
            let refused = plain.place(written);
            assert!(
                matches!(refused, Err(Problem::Abroad | Problem::WebhookNetwork)),
                "{written}: {refused:?}"
            );
        }
    }

    #[test]
    fn only_numbers_of_the_network_at_large_are_reached_without_being_named() {
        let plain = Reach::default();
        for number in [
            "127.0.0.1",
            "127.255.255.254",
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.127.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:0:4136:e378::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "3fff::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "5f00::1",
        ] {
            assert!(!plain.admits(number.parse().unwrap()), "{number}");
        }
        for number in [
            "8.8.8.8",
            "95.56.0.1",
            "172.32.0.1",
            "100.128.0.1",
            "2a00:5da0::1",
            "2001:4860::1",
        ] {
            assert!(plain.admits(number.parse().unwrap()), "{number}");
        }
    }

    #[test]
    fn a_network_that_is_named_is_reached_and_its_neighbour_is_not() {
        let near = reach(
            &[],
            &["10.1.0.0/16", "127.0.0.1/32", "fd00:7::/32", "95.56.0.0/16"],
        );
        for written in [
            "https://10.1.2.3/",
            "https://127.0.0.1:8443/",
            "https://[fd00:7::1]/",
            "https://95.56.1.1/",
        ] {
            assert!(near.place(written).is_ok(), "{written}");
        }
        for number in ["10.2.0.1", "127.0.0.2", "fd00:8::1", "::ffff:10.1.2.3"] {
            assert!(!near.admits(number.parse().unwrap()), "{number}");
        }
        assert_eq!(
            near.place("https://hooks.example.com/"),
            Err(Problem::Abroad),
            "a network says nothing of names"
        );
        assert!(
            reach(&["hooks.example.com"], &[])
                .place("https://hooks.example.com/")
                .is_ok()
        );
        let only = Reach {
            networks_only: true,
            ..near
        };
        assert!(only.admits("95.56.1.1".parse().unwrap()) && !only.admits("95.57.1.1".parse().unwrap()));
    }
}
