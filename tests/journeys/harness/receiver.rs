//! A receiver of webhooks that is not ours, and an authority of the test's own that vouches for it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::process::Guarded;

/// The receiver, as a program of its own.
const RECEIVER: &str = include_str!("receiver.py");

/// An authority, made with OpenSSL.
pub struct Authority(TempDir);

impl Authority {
    /// A new one.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let authority = Self(folder);
        let new = [
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
        ];
        let of = ["-days", "2", "-subj", "/CN=An authority of a test"];
        authority.openssl(&[&new[..], &of, &["-keyout", "ca.key", "-out", "ca.pem"]].concat());
        authority
    }

    /// The file with its certificate.
    pub fn file(&self) -> PathBuf {
        self.0.path().join("ca.pem")
    }

    /// A certificate for that name or number with its key, in one file.
    fn vouches_for(&self, name: &str) -> PathBuf {
        let asked = [
            "req",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
        ];
        let of = ["-subj", "/CN=receiver", "-keyout", "leaf.key", "-out", "leaf.csr"];
        self.openssl(&[&asked[..], &of].concat());
        let named = format!("subjectAltName={name}\nbasicConstraints=critical,CA:FALSE\n");
        std::fs::write(self.0.path().join("leaf.ext"), named).expect("the names");
        let signed = [
            "x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
        ];
        let until = ["-days", "2", "-extfile", "leaf.ext", "-out", "leaf.pem"];
        self.openssl(&[&signed[..], &until].concat());
        let read = |file: &str| std::fs::read(self.0.path().join(file)).expect(file);
        let both = self.0.path().join(name.replace([':', '.'], "-"));
        std::fs::write(&both, [read("leaf.pem"), read("leaf.key")].concat()).expect("both");
        both
    }

    fn openssl(&self, arguments: &[&str]) {
        let done = Command::new("openssl")
            .current_dir(self.0.path())
            .args(arguments)
            .stderr(Stdio::null())
            .status();
        assert!(done.expect("openssl starts").success(), "{arguments:?}");
    }
}

/// A receiver on this machine. Dropping it stops it.
pub struct Receiver {
    process: Guarded,
    port: String,
}

impl Receiver {
    /// One for which the authority vouches under that name, such as `IP:127.0.0.1`.
    pub fn start(authority: &Authority, name: &str) -> Self {
        let both = authority.vouches_for(name);
        let process = Guarded::start(
            Command::new("/usr/bin/python3")
                .args(["-c", RECEIVER])
                .arg(Path::new(&both)),
        );
        let port = process.line().expect("the receiver says its port");
        Self { process, port }
    }

    /// Its address; what it answers stands in the way.
    pub fn at(&self, way: &str) -> String {
        format!("https://127.0.0.1:{}/{way}", self.port)
    }

    /// The next message that it gets.
    pub fn message(&self) -> Value {
        let line = self.process.line().expect("a message comes");
        serde_json::from_str(&line).expect("JSON")
    }
}
