//! Letters to a mail server that is not ours, under STARTTLS: whom it takes them for, what it refuses for good, and that
//! nothing is sent to a server whose certificate nobody vouches for.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a story stops at the first thing that is not as told"
)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use sandyq_model::{Fault, Plain};
use sandyq_processing::Language;
use sandyq_processing::ports::{Delivery, Letter, Message, Post};
use sandyq_web::mail::{Letters, Security, Smtp, SmtpPost};

const CERTIFICATE: &str = "[req]\ndistinguished_name=dn\nx509_extensions=v3\nprompt=no\n[dn]\nCN=localhost\n[v3]\n\
                           basicConstraints=critical,CA:FALSE\nsubjectAltName=DNS:localhost\n";

/// The server; ends with the test.
struct Server {
    process: Child,
    said: BufReader<ChildStdout>,
    port: u16,
    authority: Vec<u8>,
    _folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("settings"), CERTIFICATE).unwrap();
        let made = Command::new("openssl")
            .args([
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
            ])
            .arg("-config")
            .arg(at("settings"))
            .arg("-keyout")
            .arg(at("key"))
            .arg("-out")
            .arg(at("certificate"))
            .stderr(Stdio::null())
            .status();
        assert!(made.expect("openssl").success());
        let authority = std::fs::read(at("certificate")).unwrap();
        let both = [std::fs::read(at("key")).unwrap(), authority.clone()].concat();
        std::fs::write(at("both"), both).unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail/server.py");
        let mut process = Command::new("/usr/bin/python3")
            .arg(script)
            .arg(at("both"))
            .stdout(Stdio::piped())
            .spawn()
            .expect("Debian's Python with aiosmtpd");
        let mut said = BufReader::new(process.stdout.take().unwrap());
        let port = line(&mut said).parse().expect("a port");
        Self {
            process,
            said,
            port,
            authority,
            _folder: folder,
        }
    }

    fn post(&self, security: Security, authority: Option<Vec<u8>>) -> SmtpPost {
        let smtp = Smtp {
            host: "localhost".into(),
            port: self.port,
            security,
            authority,
            credentials: None,
            from: "no-reply@example.kz".into(),
            hears_of_returns: true,
        };
        let letters = Letters {
            site: "https://example.kz".into(),
            operator: "«Мысал» ЖШС\r\nBcc: evil@example.com".into(),
        };
        SmtpPost::new(&smtp, letters).unwrap()
    }
}

fn line(said: &mut impl BufRead) -> String {
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    line.trim_end().to_owned()
}

fn letter(to: &str) -> Letter {
    Letter {
        to: Plain::from(to),
        language: Language::Kk,
        message: Message::Answered {
            reference: "SQ-1234-5678\r\nBcc: evil@example.com".into(),
        },
        return_path: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_go_to_one_recipient_under_tls_and_refusals_are_told_apart() {
    let mut server = Server::start();
    let post = server.post(Security::StartTls, Some(server.authority.clone()));
    assert_eq!(
        post.send(letter("dana@example.com")).await.unwrap(),
        Delivery::Done
    );
    let taken = line(&mut server.said);
    let (to, rest) = taken.split_once(' ').unwrap();
    assert_eq!(to, "dana@example.com");
    assert!(
        rest.ends_with(" True") && !rest.to_lowercase().contains("bcc"),
        "{rest}"
    );

    assert_eq!(
        post.send(letter("nobody@example.com")).await.unwrap(),
        Delivery::Refused
    );
    for later in ["later@example.com", "full@example.com"] {
        assert!(
            matches!(post.send(letter(later)).await, Err(Fault::Outside(_))),
            "{later}"
        );
    }
    for hostile in [
        "a@example.com\r\nBcc: b@example.com",
        "a@example.com, b@example.com",
    ] {
        assert_eq!(post.send(letter(hostile)).await.unwrap(), Delivery::Refused);
    }
    assert_eq!(
        post.send(letter("last@example.com")).await.unwrap(),
        Delivery::Done
    );
    assert!(
        line(&mut server.said).starts_with("last@example.com "),
        "nothing went out in between"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_in_the_open_or_to_a_server_that_nobody_vouches_for() {
    let mut server = Server::start();
    for post in [
        server.post(Security::StartTls, None),
        server.post(Security::Tls, Some(server.authority.clone())),
        server.post(Security::Plain, None),
    ] {
        assert!(matches!(
            post.send(letter("dana@example.com")).await,
            Err(Fault::Outside(_))
        ));
    }
    let post = server.post(Security::StartTls, Some(server.authority.clone()));
    assert_eq!(
        post.send(letter("last@example.com")).await.unwrap(),
        Delivery::Done
    );
    assert!(
        line(&mut server.said).starts_with("last@example.com "),
        "nothing went out before"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_has_its_own_return_path_and_nothing_of_it_in_its_headers() {
    let mut server = Server::start();
    let post = server.post(Security::StartTls, Some(server.authority.clone()));
    assert!(post.hears_of_returns());
    let token = "00112233445566778899aabbccddeeff";
    let sent = Letter {
        return_path: Some(token.to_owned()),
        ..letter("dana@example.com")
    };
    assert_eq!(post.send(sent).await.unwrap(), Delivery::Done);
    let taken = line(&mut server.said);
    assert!(
        taken.ends_with(&format!(" returned+{token}@example.kz True")),
        "{taken}"
    );
    assert_eq!(taken.matches(token).count(), 1);
    assert_eq!(
        post.send(letter("dana@example.com")).await.unwrap(),
        Delivery::Done
    );
    let plain = line(&mut server.said);
    assert!(plain.ends_with(" no-reply@example.kz True"), "{plain}");
}
