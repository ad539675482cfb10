//! A site of a few fixed pages, served by the test itself: what the harness is tried on.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A request as the site got it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Method and path.
    pub line: String,
    /// Header lines.
    pub headers: Vec<String>,
    /// The body.
    pub body: String,
}

/// The site. Its thread ends with the test process.
pub struct Site {
    /// Where it is.
    pub url: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Site {
    /// Serves what a function answers to a request: header lines and the page.
    pub fn start(answer: impl Fn(&Request) -> (String, String) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        let answer = Arc::new(answer);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, kept) = (Arc::clone(&answer), Arc::clone(&kept));
                // Browsers open connections that they may never use, so one must not wait for another.
                thread::spawn(move || serve(stream, &*answer, &kept));
            }
        });
        Self { url, requests }
    }

    /// What was asked so far.
    pub fn requests(&self) -> Vec<Request> {
        self.requests
            .lock()
            .expect("no test fails while it holds this")
            .clone()
    }
}

/// Answers one request.
fn serve(mut stream: TcpStream, answer: &dyn Fn(&Request) -> (String, String), kept: &Mutex<Vec<Request>>) {
    let Some(request) = read(&stream) else { return };
    let (headers, page) = answer(&request);
    kept.lock()
        .expect("no test fails while it holds this")
        .push(request);
    let length = page.len();
    let said = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n{headers}Content-Length: {length}\r\n\
         Connection: close\r\n\r\n{page}"
    );
    let _gone = stream.write_all(said.as_bytes());
}

/// Reads a request; none when the connection was opened for nothing.
fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|count| *count > 0)?;
        let line = line.trim_end().to_owned();
        if line.is_empty() {
            break;
        }
        lines.push(line);
    }
    let length = lines
        .iter()
        .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    let line = lines.remove(0).trim_end_matches(" HTTP/1.1").to_owned();
    Some(Request {
        line,
        headers: lines,
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}
