//! Audited reads through the real pages: staff open cases, a keep-alive connection each, one request at a time.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use sandyq_web::{WebOptions, site};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;

use crate::load::{self, Figure, line};
use crate::world::{Guest, World};

/// Connections; the site takes so many requests at once and turns the rest away.
const IN_FLIGHT: [usize; 4] = [1, 8, 64, 256];

/// The site of a world, and the requests that open its cases.
pub struct Pages {
    address: SocketAddr,
    requests: Arc<Vec<Vec<u8>>>,
    server: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Pages {
    /// Serves the site; staff will open the cases of these people.
    pub async fn of(world: &World, people: &[Guest]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = site(world.system(), WebOptions::default());
        let requests = people.iter().map(|guest| request(world, &guest.reference));
        Self {
            address,
            requests: Arc::new(requests.collect()),
            server: tokio::spawn(async move { axum::serve(listener, app).await }),
        }
    }

    /// Opens cases for as long as `going` says, so many at once, each on a connection of its own that rests for
    /// `pause` between two requests.
    pub async fn load(
        &self,
        in_flight: usize,
        pause: Duration,
        going: impl Fn(Duration) -> bool + Send + Sync + 'static,
    ) -> Figure {
        let mut connections = Vec::new();
        for _ in 0..in_flight {
            let stream = TcpStream::connect(self.address).await.unwrap();
            stream.set_nodelay(true).unwrap();
            connections.push(Mutex::new(stream));
        }
        let connections = Arc::new(connections);
        let requests = Arc::clone(&self.requests);
        load::run_while(in_flight, pause, going, move |worker, round| {
            let (connections, requests) = (Arc::clone(&connections), Arc::clone(&requests));
            async move {
                let place = (worker * 7919 + usize::try_from(round).unwrap() * 31) % requests.len();
                let mut stream = connections[worker].lock().await;
                stream.write_all(&requests[place]).await.unwrap();
                let status = answer(&mut stream).await;
                assert_eq!(status, "200", "the page was not opened");
            }
        })
        .await
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        self.server.abort();
    }
}

pub async fn reads(world: &World, duration: Duration) {
    let pages = Pages::of(world, &world.people).await;
    for in_flight in IN_FLIGHT {
        let before = crate::operations::entries_and_groups(world).await;
        let figure = pages
            .load(in_flight, Duration::ZERO, move |elapsed| elapsed < duration)
            .await;
        let groups = crate::operations::since(world, before).await;
        line("audited read over HTTP", in_flight, &figure, groups);
    }
}

fn request(world: &World, reference: &str) -> Vec<u8> {
    let body = format!(
        "token={}&key=00000000-0000-4000-8000-000000000001&purpose=2.2.7",
        world.sales.csrf
    );
    format!(
        "POST /staff/cases/{reference} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: __Host-sandyq={}\r\n\
         Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        world.session,
        body.len()
    )
    .into_bytes()
}

/// Reads one answer and gives its status.
async fn answer(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::with_capacity(16 * 1024);
    loop {
        stream.read_buf(&mut bytes).await.unwrap();
        let Some(head) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
            continue;
        };
        let text = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
        let length = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        if bytes.len() >= head + 4 + length.expect("an answer with its length") {
            return text.split_whitespace().nth(1).unwrap().to_owned();
        }
    }
}
