//! A real identity provider: `oidc-provider` on Node, so that neither what is said nor who says it is ours.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;

use super::process::Guarded;

/// The provider, as a program of its own.
const PROVIDER: &str = include_str!("provider.mjs");
/// By what it knows the site.
pub const SECRET: &str = "only-for-this-journey-0123456789";

/// A provider that believes whoever types a name. Dropping it stops it.
pub struct Provider {
    _process: Guarded,
}

impl Provider {
    /// Where oidc-provider was fetched to; `None` when it was not.
    pub fn fetched() -> Option<PathBuf> {
        std::env::var_os("SANDYQ_TEST_PROVIDER").map(PathBuf::from)
    }

    /// A port of this machine on which nothing listens.
    pub fn free_port() -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.local_addr().expect("its address").port()
    }

    /// What it calls itself. The site is at an address in numbers, so that for a browser the two are different sites.
    pub fn issuer(port: u16) -> String {
        format!("http://localhost:{port}")
    }

    /// Starts it there for the site at that address.
    pub fn start(fetched: &PathBuf, port: u16, site: &str) -> Self {
        let process = Guarded::start(
            Command::new("node")
                .current_dir(fetched)
                .args(["--input-type=module", "-e", PROVIDER])
                .args([&port.to_string(), SECRET, &format!("{site}/staff/provider/back")]),
        );
        let said = process.line().expect("the provider says its port");
        assert_eq!(said.trim(), port.to_string());
        Self { _process: process }
    }
}
