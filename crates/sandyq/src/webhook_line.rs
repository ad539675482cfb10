//! 4.2, 4.3: the way to addresses of recipients. Every number to which a name leads is looked at, and the connection is made to a number
//! that was looked at: the name is not asked again. TLS always; no redirect is followed, no proxy asked, and of an answer nothing is
//! read but its status.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Request, header};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use sandyq_processing::ports::{Miss, WebhookAnswer, WebhookLine};
use sandyq_processing::transfer::{Reach, SignedMessage};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::{Host, Url};

/// How long it may take until there is a connection under TLS.
const CONNECTING_MAX: Duration = Duration::from_secs(5);
/// So many numbers a name may lead to; one that leads to more leads nowhere.
const NUMBERS_MAX: usize = 16;
/// The longest head of an answer that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 16 * 1024;
/// What an address without a port is reached at.
const HTTPS_PORT: u16 = 443;

/// Who knows to which numbers names lead.
#[async_trait]
pub trait Names: Send + Sync {
    /// All numbers of that name.
    ///
    /// # Errors
    /// When nobody knows.
    async fn numbers(&self, name: &str, port: u16) -> io::Result<Vec<SocketAddr>>;
}

/// The names that this machine knows.
pub struct NamesOfThisMachine;

#[async_trait]
impl Names for NamesOfThisMachine {
    async fn numbers(&self, name: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((name, port)).await?.collect())
    }
}

/// The way.
pub struct HttpsHooks {
    tls: TlsConnector,
    reach: Arc<Reach>,
    names: Arc<dyn Names>,
}

impl HttpsHooks {
    /// The way to whatever is within reach, under TLS of that kind.
    pub fn new(tls: rustls::ClientConfig, reach: Arc<Reach>, names: Arc<dyn Names>) -> Self {
        Self {
            tls: TlsConnector::from(Arc::new(tls)),
            reach,
            names,
        }
    }

    /// A connection under TLS to an address; nothing is said over it yet.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn connected(&self, place: &Url) -> Result<TlsStream<TcpStream>, Miss> {
        let connecting = async {
            let (numbers, server) = self.numbers_of(place).await?;
            let stream = reached(&numbers).await?;
            let greeted = self.tls.connect(server, stream).await;
            greeted.map_err(|error| missed(&error))
        };
        let connected = timeout(CONNECTING_MAX, connecting).await;
        connected.unwrap_or(Err(Miss::Connection))
    }

    /// To which numbers an address leads, when every one of them may be reached, and who has to answer there.
    async fn numbers_of(&self, place: &Url) -> Result<(Vec<SocketAddr>, ServerName<'static>), Miss> {
        let port = place.port().unwrap_or(HTTPS_PORT);
        let (numbers, server) = match place.host().ok_or(Miss::Name)? {
            Host::Domain(name) => {
                let name = name.trim_end_matches('.').to_owned();
                let numbers = self.names.numbers(&name, port).await;
                let server = ServerName::try_from(name).map_err(|_| Miss::Name)?;
                (numbers.map_err(|_| Miss::Name)?, server)
            }
            Host::Ipv4(number) => alone(number.into(), port),
            Host::Ipv6(number) => alone(number.into(), port),
        };
        if numbers.is_empty() {
            return Err(Miss::Name);
        }
        // One that may not be reached among others is somebody's trick, and not a spare.
        let admitted = numbers.iter().all(|number| self.reach.admits(number.ip()));
        if !admitted || numbers.len() > NUMBERS_MAX {
            return Err(Miss::Network);
        }
        Ok((numbers, server))
    }
}

/// A number, and that the one who answers has to show the same.
fn alone(number: IpAddr, port: u16) -> (Vec<SocketAddr>, ServerName<'static>) {
    (
        vec![SocketAddr::new(number, port)],
        ServerName::IpAddress(number.into()),
    )
}

async fn reached(numbers: &[SocketAddr]) -> Result<TcpStream, Miss> {
    for number in numbers {
        if let Ok(stream) = TcpStream::connect(number).await {
            return Ok(stream);
        }
    }
    Err(Miss::Connection)
}

fn missed(error: &io::Error) -> Miss {
    let told = error
        .get_ref()
        .and_then(|error| error.downcast_ref::<rustls::Error>());
    match told {
        Some(rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented) => {
            Miss::Certificate
        }
        _ => Miss::Connection,
    }
}

#[async_trait]
impl WebhookLine for HttpsHooks {
    async fn post(&self, place: &Url, message: SignedMessage, patience: Duration) -> WebhookAnswer {
        let until = Instant::now() + patience;
        let Some(request) = request(place, message) else {
            return WebhookAnswer::NotReached(Miss::Name);
        };
        let stream = match timeout_at(until, self.connected(place)).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(miss)) => return WebhookAnswer::NotReached(miss),
            Err(_) => return WebhookAnswer::NotReached(Miss::Connection),
        };
        // From here on it may have arrived, whatever is heard.
        match timeout_at(until, exchanged(stream, request)).await {
            Ok(Some(status)) => WebhookAnswer::Answered(status),
            Ok(None) | Err(_) => WebhookAnswer::Unanswered,
        }
    }
}

fn request(place: &Url, message: SignedMessage) -> Option<Request<Full<Bytes>>> {
    let host = match (place.host_str()?, place.port()) {
        (host, Some(port)) => format!("{host}:{port}"),
        (host, None) => host.to_owned(),
    };
    Request::builder()
        .method(Method::POST)
        .uri(place.path())
        .header(header::HOST, host)
        .header(header::CONTENT_TYPE, "application/json")
        .header("webhook-id", message.id)
        .header("webhook-timestamp", message.timestamp)
        .header("webhook-signature", message.signature)
        .body(Full::new(Bytes::from(message.body)))
        .ok()
}

/// Sends it, and gives the status of the answer. The rest of the answer stays where it is.
async fn exchanged(stream: TlsStream<TcpStream>, request: Request<Full<Bytes>>) -> Option<u16> {
    let mut way = http1::Builder::new();
    way.max_buf_size(ANSWER_BYTES_MAX);
    let (mut sender, connection) = way.handshake(TokioIo::new(stream)).await.ok()?;
    let answer = sender.send_request(request);
    tokio::pin!(answer);
    let answer = tokio::select! {
        biased;
        answer = &mut answer => answer,
        // The connection may end in the moment in which the answer has come.
        _ended = connection => answer.await,
    };
    Some(answer.ok()?.status().as_u16())
}

#[cfg(test)]
mod tests;
