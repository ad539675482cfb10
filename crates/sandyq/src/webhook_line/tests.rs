//! Attempts to lead a message somewhere else, with a receiver that speaks TLS under a certificate made for the test.

use std::net::Ipv4Addr;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::trust;

const NAME: &str = "hooks.tarqat.kz";
const SHORT: Duration = Duration::from_millis(700);

/// A certificate for that name, which vouches for itself, and its key.
fn certificate(name: &str) -> (Vec<u8>, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let at = |file: &str| folder.path().join(file);
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
        ])
        .args(["-nodes", "-days", "2", "-subj", "/CN=receiver"])
        .args(["-addext", &format!("subjectAltName=DNS:{name},IP:127.0.0.1")])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(at("key"))
        .arg("-out")
        .arg(at("certificate"))
        .stderr(Stdio::null())
        .status();
    assert!(made.expect("openssl").success());
    let read = |file: &str| std::fs::read(at(file)).unwrap();
    (read("certificate"), read("key"))
}

/// How a receiver behaves once it was reached.
#[derive(Clone, Copy)]
enum Habit {
    /// It answers with these bytes.
    Says(&'static str),
    /// It answers, and then sends for ever.
    Floods(&'static str),
    /// It reads and says nothing.
    Waits,
    /// It reads nothing and goes.
    Goes,
}

/// A receiver on this machine.
struct Receiver {
    at: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
    came: Arc<AtomicUsize>,
    authority: Vec<u8>,
}

impl Receiver {
    async fn start(name: &str, habit: Habit) -> Self {
        let (pem, key) = certificate(name);
        let chain = CertificateDer::pem_slice_iter(&pem).map(Result::unwrap).collect();
        let key = PrivateKeyDer::from_pem_slice(&key).unwrap();
        let crypto = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let server = ServerConfig::builder_with_provider(crypto)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        let tls = TlsAcceptor::from(Arc::new(server));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let receiver = Self {
            at: listener.local_addr().unwrap(),
            heard: Arc::default(),
            came: Arc::default(),
            authority: pem,
        };
        let (heard, came) = (Arc::clone(&receiver.heard), Arc::clone(&receiver.came));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                came.fetch_add(1, Ordering::Relaxed);
                let (tls, heard) = (tls.clone(), Arc::clone(&heard));
                tokio::spawn(async move {
                    if let Ok(stream) = tls.accept(stream).await {
                        behaves(stream, habit, &heard).await;
                    }
                });
            }
        });
        receiver
    }

    fn came(&self) -> usize {
        self.came.load(Ordering::Relaxed)
    }

    fn line(&self, names: &Arc<Told>, networks: &[&str]) -> HttpsHooks {
        let tls = trust::client_config("webhooks", Some(&self.authority)).unwrap();
        HttpsHooks::new(tls, Arc::new(reach(networks)), Arc::clone(names) as _)
    }

    fn place(&self, host: &str) -> Url {
        Url::parse(&format!("https://{host}:{}/in/a", self.at.port())).unwrap()
    }
}

async fn behaves(
    mut stream: tokio_rustls::server::TlsStream<TcpStream>,
    habit: Habit,
    heard: &Mutex<Vec<String>>,
) {
    if matches!(habit, Habit::Goes) {
        return;
    }
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"}") {
        let mut piece = [0; 4096];
        match stream.read(&mut piece).await {
            Ok(count) if count > 0 => bytes.extend_from_slice(&piece[..count]),
            _ => return,
        }
    }
    heard
        .lock()
        .unwrap()
        .push(String::from_utf8_lossy(&bytes).into_owned());
    match habit {
        Habit::Says(answer) => drop(stream.write_all(answer.as_bytes()).await),
        Habit::Floods(head) => {
            let mut more = stream.write_all(head.as_bytes()).await;
            while more.is_ok() {
                more = stream.write_all(&[b'a'; 4096]).await;
            }
        }
        Habit::Waits => tokio::time::sleep(Duration::from_secs(60)).await,
        Habit::Goes => {}
    }
}

fn reach(networks: &[&str]) -> Reach {
    Reach {
        networks: networks.iter().map(|network| network.parse().unwrap()).collect(),
        ..Reach::default()
    }
}

/// Names that lead where a test says, the first time there and every other time elsewhere.
#[derive(Default)]
struct Told {
    first: Vec<IpAddr>,
    then: Vec<IpAddr>,
    asked: AtomicUsize,
}

impl Told {
    fn leads(first: &[&str], then: &[&str]) -> Arc<Self> {
        let read = |all: &[&str]| all.iter().map(|one| one.parse().unwrap()).collect();
        Arc::new(Self {
            first: read(first),
            then: read(then),
            asked: AtomicUsize::new(0),
        })
    }
}

#[async_trait]
impl Names for Told {
    async fn numbers(&self, _: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        let is_first = self.asked.fetch_add(1, Ordering::Relaxed) == 0;
        let numbers = if is_first { &self.first } else { &self.then };
        Ok(numbers
            .iter()
            .map(|number| SocketAddr::new(*number, port))
            .collect())
    }
}

fn message() -> SignedMessage {
    SignedMessage {
        id: "handed_SQ-4H8T-21XN".into(),
        timestamp: "1795410012".into(),
        signature: "v1,c2lnbmF0dXJl".into(),
        body: br#"{"type":"disclosure.handed_over"}"#.to_vec(),
    }
}

async fn sent(line: &HttpsHooks, place: &Url) -> WebhookAnswer {
    line.post(place, message(), Duration::from_secs(5)).await
}

const OK: Habit = Habit::Says("HTTP/1.1 204 No Content\r\n\r\n");

#[tokio::test]
async fn a_message_goes_to_a_number_that_was_looked_at() {
    let receiver = Receiver::start(NAME, OK).await;
    let names = Told::leads(&["127.0.0.1"], &["127.0.0.1"]);
    let line = receiver.line(&names, &["127.0.0.1/32"]);
    assert_eq!(
        sent(&line, &receiver.place(NAME)).await,
        WebhookAnswer::Answered(204)
    );
    assert_eq!(
        sent(&line, &receiver.place("127.0.0.1")).await,
        WebhookAnswer::Answered(204)
    );
    assert_eq!(
        names.asked.load(Ordering::Relaxed),
        1,
        "a name is asked once, a number never"
    );
    let heard = receiver.heard.lock().unwrap().clone();
    let first = heard[0].to_lowercase();
    let host = format!("host: {NAME}:{}", receiver.at.port());
    for needed in [
        "post /in/a http/1.1\r\n",
        &host,
        "content-type: application/json",
        "webhook-id: handed_sq-4h8t-21xn",
        "webhook-timestamp: 1795410012",
        "webhook-signature: v1,c2lnbmf0dxjl",
    ] {
        assert!(first.contains(needed), "{needed} in {first}");
    }
    assert!(heard[0].ends_with(r#"{"type":"disclosure.handed_over"}"#));
}

#[tokio::test]
async fn a_name_that_leads_to_a_network_that_is_not_named_is_not_followed() {
    let receiver = Receiver::start(NAME, OK).await;
    for numbers in [
        &["127.0.0.1"][..],
        &["::1"],
        &["::ffff:127.0.0.1"],
        &["10.0.0.7"],
        &["192.168.0.1"],
        &["169.254.169.254"],
        &["fe80::1"],
        &["224.0.0.1"],
        &["0.0.0.0"],
        &["100.64.0.1"],
        &["64:ff9b::7f00:1"],
        &["2002:7f00:1::"],
        // One among others that may be reached.
        &["95.56.0.1", "127.0.0.1"],
        &["127.0.0.1", "95.56.0.1"],
    ] {
        let line = receiver.line(&Told::leads(numbers, &[]), &[]);
        let answer = sent(&line, &receiver.place(NAME)).await;
        assert_eq!(answer, WebhookAnswer::NotReached(Miss::Network), "{numbers:?}");
    }
    let line = receiver.line(&Told::leads(&[], &[]), &[]);
    for host in [
        "127.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "localhost",
    ] {
        let answer = sent(&line, &receiver.place(host)).await;
        assert!(
            matches!(answer, WebhookAnswer::NotReached(_)),
            "{host}: {answer:?}"
        );
    }
    let many = vec!["95.56.0.1"; NUMBERS_MAX + 1];
    let line = receiver.line(&Told::leads(&many, &[]), &[]);
    let answer = sent(&line, &receiver.place(NAME)).await;
    assert_eq!(answer, WebhookAnswer::NotReached(Miss::Network));
    assert_eq!(receiver.came(), 0, "nobody was even greeted");
}

#[tokio::test]
async fn a_name_that_leads_elsewhere_at_the_second_look_is_looked_at_again_for_each_message() {
    let receiver = Receiver::start(NAME, OK).await;
    // Within reach at first, then in a network that is not named.
    let names = Told::leads(&["127.0.0.1"], &["127.0.0.2"]);
    let line = receiver.line(&names, &["127.0.0.1/32"]);
    let place = receiver.place(NAME);
    assert_eq!(sent(&line, &place).await, WebhookAnswer::Answered(204));
    assert_eq!(
        sent(&line, &place).await,
        WebhookAnswer::NotReached(Miss::Network),
        "no connection is kept that would go on by the first look"
    );
    assert_eq!(receiver.came(), 1);
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_leads_nowhere() {
    let inside = Receiver::start(NAME, OK).await;
    let names = Told::leads(&["127.0.0.1"], &["127.0.0.1"]);
    for answer in [
        "HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 308 Permanent Redirect\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n",
    ] {
        let receiver = Receiver::start(NAME, Habit::Says(answer)).await;
        let line = receiver.line(&names, &["127.0.0.1/32"]);
        let told = sent(&line, &receiver.place(NAME)).await;
        assert!(matches!(told, WebhookAnswer::Answered(302 | 308)), "{told:?}");
        assert_eq!(receiver.came(), 1);
    }
    assert_eq!(inside.came(), 0);
}

#[tokio::test]
async fn who_shows_another_name_or_another_authority_gets_nothing() {
    let names = Told::leads(&["127.0.0.1"], &["127.0.0.1"]);
    let other = Receiver::start("mail.tarqat.kz", OK).await;
    let line = other.line(&names, &["127.0.0.1/32"]);
    assert_eq!(
        sent(&line, &other.place(NAME)).await,
        WebhookAnswer::NotReached(Miss::Certificate)
    );
    let unknown = Receiver::start(NAME, OK).await;
    let line = other.line(&names, &["127.0.0.1/32"]);
    assert_eq!(
        sent(&line, &unknown.place(NAME)).await,
        WebhookAnswer::NotReached(Miss::Certificate)
    );
    assert!(other.heard.lock().unwrap().is_empty() && unknown.heard.lock().unwrap().is_empty());
}

#[tokio::test]
async fn whoever_speaks_no_tls_gets_nothing() {
    let plain = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let at = plain.local_addr().unwrap();
    let heard = tokio::spawn(async move {
        let (mut stream, _) = plain.accept().await.unwrap();
        let mut bytes = vec![0; 4096];
        let count = stream.read(&mut bytes).await.unwrap();
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await);
        bytes.truncate(count);
        bytes
    });
    let tls = trust::client_config("webhooks", Some(&certificate(NAME).0)).unwrap();
    let names = Told::leads(&["127.0.0.1"], &[]);
    let line = HttpsHooks::new(tls, Arc::new(reach(&["127.0.0.1/32"])), names);
    let place = Url::parse(&format!("https://{NAME}:{}/", at.port())).unwrap();
    assert_eq!(
        sent(&line, &place).await,
        WebhookAnswer::NotReached(Miss::Connection)
    );
    let heard = String::from_utf8_lossy(&heard.await.unwrap()).into_owned();
    assert!(
        !heard.contains("disclosure") && !heard.contains("POST"),
        "{heard}"
    );
}

#[tokio::test]
async fn of_an_answer_the_status_is_read_and_nothing_more() {
    let names = Told::leads(&["127.0.0.1"], &["127.0.0.1"]);
    let big = "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n";
    let endless = Receiver::start(NAME, Habit::Floods(big)).await;
    let line = endless.line(&names, &["127.0.0.1/32"]);
    let begun = Instant::now();
    assert_eq!(
        sent(&line, &endless.place(NAME)).await,
        WebhookAnswer::Answered(200)
    );
    assert!(begun.elapsed() < Duration::from_secs(3), "nobody read on");

    let head = Receiver::start(NAME, Habit::Floods("HTTP/1.1 200 OK\r\nX-A: ")).await;
    let line = head.line(&names, &["127.0.0.1/32"]);
    assert_eq!(
        sent(&line, &head.place(NAME)).await,
        WebhookAnswer::Unanswered,
        "a head without an end is no answer"
    );
    for answer in [
        "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n",
    ] {
        let receiver = Receiver::start(NAME, Habit::Says(answer)).await;
        let line = receiver.line(&names, &["127.0.0.1/32"]);
        let told = sent(&line, &receiver.place(NAME)).await;
        assert!(matches!(told, WebhookAnswer::Answered(500 | 410)), "{told:?}");
    }
    let nonsense = Receiver::start(NAME, Habit::Says("220 mail.tarqat.kz ESMTP\r\n")).await;
    let line = nonsense.line(&names, &["127.0.0.1/32"]);
    assert_eq!(
        sent(&line, &nonsense.place(NAME)).await,
        WebhookAnswer::Unanswered
    );
}

#[tokio::test]
async fn whoever_is_silent_or_goes_may_have_it() {
    let names = Told::leads(&["127.0.0.1"], &["127.0.0.1"]);
    for habit in [Habit::Waits, Habit::Goes] {
        let receiver = Receiver::start(NAME, habit).await;
        let line = receiver.line(&names, &["127.0.0.1/32"]);
        let begun = Instant::now();
        let told = line.post(&receiver.place(NAME), message(), SHORT).await;
        assert_eq!(told, WebhookAnswer::Unanswered);
        assert!(begun.elapsed() < Duration::from_secs(3));
    }
    // Nobody listens, and nobody takes the connection.
    let closed = Url::parse(&format!("https://{NAME}:1/")).unwrap();
    let receiver = Receiver::start(NAME, OK).await;
    let line = receiver.line(&names, &["127.0.0.1/32"]);
    assert_eq!(
        sent(&line, &closed).await,
        WebhookAnswer::NotReached(Miss::Connection)
    );
    let nowhere = receiver.line(&Told::leads(&[], &[]), &["127.0.0.1/32"]);
    assert_eq!(
        sent(&nowhere, &receiver.place(NAME)).await,
        WebhookAnswer::NotReached(Miss::Name)
    );
}
