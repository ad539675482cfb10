//! One HTTP exchange over a socket: just enough to speak with the program and with chromedriver, so that the tests
//! bring no HTTP library along.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use super::patience::PATIENCE;

/// Nothing that a test reads is bigger, in bytes.
const ANSWER_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// An answer as it came.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Header lines, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, without the marks of a chunked transfer.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first header of a name (in lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// `http://host:port/path?query` in two parts: `host:port`, and the rest from the slash on.
pub fn split(url: &str) -> (&str, &str) {
    let rest = url
        .strip_prefix("http://")
        .unwrap_or_else(|| panic!("{url} is not http"));
    let (host, path) = rest.find('/').map_or((rest, ""), |place| rest.split_at(place));
    (host, if path.is_empty() { "/" } else { path })
}

/// Sends a request and reads the whole answer. `Err` when nobody listens or the connection breaks.
pub fn exchange(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Result<Answer, std::io::Error> {
    let (host, path) = split(url);
    let path = path.split('#').next().unwrap_or(path);
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(PATIENCE * 4))?;
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    let mut request = head.into_bytes();
    request.extend_from_slice(body);
    stream.write_all(&request)?;
    read(stream)
}

/// Reads an answer: the head, then as many bytes as it announces, or all until the end.
fn read(mut stream: TcpStream) -> Result<Answer, std::io::Error> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16 * 1024];
    let broken = |what: &str| std::io::Error::new(std::io::ErrorKind::InvalidData, what.to_owned());
    loop {
        if let Some(answer) = parse(&bytes).ok_or_else(|| broken("not an HTTP answer"))? {
            return Ok(answer);
        }
        let count = stream.read(&mut buffer)?;
        bytes.extend_from_slice(&buffer[..count]);
        if count == 0 {
            return finish(&bytes).ok_or_else(|| broken("the answer was cut off"));
        }
        if bytes.len() as u64 > ANSWER_BYTES_MAX {
            return Err(broken("the answer is too big"));
        }
    }
}

/// The head and the body so far; none while the head is not complete.
fn head(bytes: &[u8]) -> Option<(Answer, &[u8])> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let text = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = text.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_owned()))
        .collect();
    Some((
        Answer {
            status,
            headers,
            body: Vec::new(),
        },
        &bytes[end + 4..],
    ))
}

/// The answer once all of it is there; the outer `None` when it is no HTTP, the inner while more must come.
fn parse(bytes: &[u8]) -> Option<Option<Answer>> {
    if !b"HTTP/1.".starts_with(&bytes[..bytes.len().min(7)]) {
        return None;
    }
    let Some((mut answer, body)) = head(bytes) else {
        return Some(None);
    };
    if answer
        .header("transfer-encoding")
        .is_some_and(|kind| kind.contains("chunked"))
    {
        return Some(unchunk(body).map(|body| Answer { body, ..answer }));
    }
    let empty = matches!(answer.status, 204 | 304);
    let length: Option<usize> = answer
        .header("content-length")
        .and_then(|length| length.parse().ok());
    match length.or(empty.then_some(0)) {
        Some(length) if body.len() >= length => {
            answer.body = body[..length].to_vec();
            Some(Some(answer))
        }
        _ => Some(None),
    }
}

/// The answer when the connection has ended: whole only if nothing announced more.
fn finish(bytes: &[u8]) -> Option<Answer> {
    let (mut answer, body) = head(bytes)?;
    let announced = answer
        .header("content-length")
        .or(answer.header("transfer-encoding"));
    if announced.is_some() {
        return None;
    }
    answer.body = body.to_vec();
    Some(answer)
}

/// The body of a chunked transfer; none while the last chunk is missing.
fn unchunk(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = bytes.windows(2).position(|window| window == b"\r\n")?;
        let size = std::str::from_utf8(&bytes[..end]).ok()?.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(bytes.get(end + 2..end + 2 + size)?);
        bytes = bytes.get(end + 4 + size..)?;
    }
}

/// A text as part of a form or a query.
pub fn encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(byte.into()),
            b' ' => encoded.push('+'),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_when_what_it_announced_is_there() {
        let bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX-A: b\r\n\r\nabc";
        let answer = parse(bytes).flatten().expect("whole");
        assert_eq!(
            (answer.status, answer.text().as_str(), answer.header("x-a")),
            (200, "abc", Some("b"))
        );
        assert!(parse(&bytes[..bytes.len() - 1]).is_some_and(|answer| answer.is_none()));
        assert!(finish(&bytes[..bytes.len() - 1]).is_none());
        assert!(parse(b"SSH-2.0").is_none());
    }

    #[test]
    fn chunks_are_put_together() {
        let bytes =
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n";
        assert_eq!(parse(bytes).flatten().expect("whole").text(), "abcde");
    }

    #[test]
    fn a_form_is_encoded() {
        assert_eq!(encode("a b+ё"), "a+b%2B%D1%91");
        assert_eq!(split("http://127.0.0.1:80/a?b"), ("127.0.0.1:80", "/a?b"));
    }
}
