//! A letter box for trying the site out: a tiny SMTP server on this machine that keeps the last letters in memory, and a
//! page that shows them. Only a demonstration mounts it; nothing leaves, nothing is written to disk.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use maud::html;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use super::decode;
use crate::demo_staff;
use crate::http::arrival::{html as page_response, language_of};
use crate::layout::Page;
use crate::visit::{Standpoint, Visit};

/// How many letters are kept; the oldest goes first.
pub const LETTERS_MAX: usize = 100;
/// The largest letter, in bytes.
pub const LETTER_BYTES_MAX: usize = 64 * 1024;
/// How many talk to it at the same time.
const SPEAKERS_MAX: usize = 16;
/// The longest line of the conversation, in bytes.
const LINE_BYTES_MAX: u64 = 2_048;
/// The longest conversation.
const CONVERSATION_TIME_MAX: Duration = Duration::from_secs(30);

/// The letter box.
#[derive(Clone, Default)]
pub struct MailSink(Arc<Mutex<VecDeque<Caught>>>);

impl std::fmt::Debug for MailSink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MailSink(…)")
    }
}

/// One letter as it came.
#[derive(Clone, PartialEq, Eq)]
pub struct Caught {
    /// To whom.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// The text.
    pub text: String,
}

impl MailSink {
    /// The letters, the newest first.
    #[must_use]
    pub fn letters(&self) -> Vec<Caught> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .rev()
            .cloned()
            .collect()
    }

    /// Takes letters until the listener ends.
    ///
    /// # Errors
    /// When the listener is not on this machine.
    pub async fn listen(self, listener: TcpListener) -> io::Result<()> {
        if !listener.local_addr()?.ip().is_loopback() {
            return Err(io::Error::other("the letter box listens on this machine only"));
        }
        let places = Arc::new(Semaphore::new(SPEAKERS_MAX));
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else {
                return Ok(());
            };
            let (stream, _) = listener.accept().await?;
            let sink = self.clone();
            tokio::spawn(async move {
                let _place = place;
                let _ = tokio::time::timeout(CONVERSATION_TIME_MAX, sink.talk(stream)).await;
            });
        }
    }

    async fn talk(&self, stream: TcpStream) -> io::Result<()> {
        let (read, mut write) = stream.into_split();
        let mut read = BufReader::new(read);
        write.write_all(b"220 localhost letter box\r\n").await?;
        let mut to = String::new();
        while let Some(line) = line_of(&mut read).await? {
            let word = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
            let answer = match word.as_str() {
                "EHLO" => "250-localhost\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
                "HELO" | "MAIL" | "RSET" | "NOOP" => "250 ok\r\n",
                "RCPT" => {
                    to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                    "250 ok\r\n"
                }
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await?;
                    let taken = self.take(&to, &mut read).await?;
                    if taken {
                        "250 taken\r\n"
                    } else {
                        "552 too large\r\n"
                    }
                }
                "QUIT" => {
                    write.write_all(b"221 bye\r\n").await?;
                    return Ok(());
                }
                _ => "502 not here\r\n",
            };
            write.write_all(answer.as_bytes()).await?;
        }
        Ok(())
    }

    /// Reads a letter to the lone full stop and keeps it; a letter too large is read and dropped.
    async fn take(&self, to: &str, read: &mut (impl AsyncBufReadExt + Unpin)) -> io::Result<bool> {
        let mut raw = String::new();
        let mut fits = true;
        loop {
            let Some(line) = line_of(read).await? else {
                return Ok(false);
            };
            if line == "." {
                break;
            }
            fits = fits && raw.len() + line.len() < LETTER_BYTES_MAX;
            if fits {
                raw.push_str(line.strip_prefix('.').unwrap_or(&line));
                raw.push('\n');
            }
        }
        if fits {
            let (subject, text) = decode::letter(&raw);
            self.keep(Caught {
                to: to.to_owned(),
                subject,
                text,
            });
        }
        Ok(fits)
    }

    fn keep(&self, letter: Caught) {
        let mut letters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if letters.len() >= LETTERS_MAX {
            letters.pop_front();
        }
        letters.push_back(letter);
    }
}

/// The next line without its end; nothing when the other side is gone, or speaks without end.
async fn line_of(read: &mut (impl AsyncBufReadExt + Unpin)) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    let mut bounded = read.take(LINE_BYTES_MAX);
    bounded.read_until(b'\n', &mut line).await?;
    if line.last() != Some(&b'\n') {
        return Ok(None);
    }
    Ok(Some(
        String::from_utf8_lossy(&line)
            .trim_end_matches(['\r', '\n'])
            .to_owned(),
    ))
}

/// The page with the letters, under `/demo/mail`; part of the site when a letter box is set only.
pub(crate) fn routes(sink: MailSink) -> Router {
    Router::new().route("/demo/mail", get(show)).with_state(sink)
}

async fn show(State(sink): State<MailSink>, headers: HeaderMap) -> Response {
    let visit = Visit {
        language: language_of(&headers),
        here: "/demo/mail".to_owned(),
        list_page: None,
        question: String::new(),
        token: String::new(),
        key: String::new(),
        standpoint: Standpoint::Visitor,
        operator: None,
        prints: false,
        demo: true,
        keys: false,
        cookies: Vec::new(),
    };
    page_response(StatusCode::OK, &visit, &page(&visit, &sink.letters()))
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, letters: &[Caught]) -> Page {
    let body = html! {
        h1 { (visit.say("letterbox-title")) }
        p.lead { (visit.say("letterbox-lead")) }
        @if letters.is_empty() { p.inset { (visit.say("letterbox-empty")) } }
        @for letter in letters {
            article.letter {
                h2 { (letter.subject) }
                p { (visit.say_of("letterbox-to", "to", &letter.to)) }
                pre tabindex="0" { (letter.text) }
                @if let Some(path) = own_path(&letter.text) {
                    p { a.go href=(path) { (visit.say("letterbox-open")) } }
                }
            }
        }
        ul.ways {
            li { a href="/demo/mail" { (visit.say("letterbox-again")) } }
            li { a href=(demo_staff::PATH) { (visit.say("demo-staff-title")) } }
        }
    };
    Page::new(visit.say("letterbox-title"), body)
}

/// The path of the page that a letter leads to, when it is one of ours.
fn own_path(text: &str) -> Option<String> {
    let address = text.split_whitespace().find(|word| word.starts_with("http"))?;
    let (_, rest) = address.split_once("://")?;
    let (_, path) = rest.split_once('/')?;
    let is_own = ["confirm/", "my"].iter().any(|start| path.starts_with(start));
    is_own.then(|| format!("/{path}"))
}

#[cfg(test)]
mod tests {
    use sandyq_model::Plain;
    use sandyq_processing::Language;
    use sandyq_processing::ports::{Delivery, Letter, Message, Post};

    use super::*;
    use crate::mail::{Letters, Security, Smtp, SmtpPost};

    async fn box_and_post() -> (MailSink, SmtpPost) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let sink = MailSink::default();
        tokio::spawn(sink.clone().listen(listener));
        let smtp = Smtp {
            host: "127.0.0.1".into(),
            port,
            security: Security::Plain,
            authority: None,
            credentials: None,
            from: "no-reply@example.kz".into(),
            hears_of_returns: false,
        };
        let letters = Letters {
            site: "http://127.0.0.1:1".into(),
            operator: "«Мысал» ЖШС".into(),
        };
        (sink, SmtpPost::new(&smtp, letters).unwrap())
    }

    fn letter(to: &str) -> Letter {
        let message = Message::ConfirmationCode {
            code: "482913".into(),
            ticket: "tick".into(),
            minutes: 30,
        };
        Letter {
            to: Plain::from(to),
            language: Language::Kk,
            message,
            return_path: None,
        }
    }

    #[tokio::test]
    async fn a_letter_arrives_as_it_was_written() {
        let (sink, post) = box_and_post().await;
        post.send(letter("dana@example.com")).await.unwrap();
        let letters = sink.letters();
        assert_eq!(letters[0].to, "dana@example.com");
        assert!(
            letters[0].text.contains("482913") && letters[0].text.contains("Мысал"),
            "{}",
            letters[0].text
        );
        assert!(!letters[0].subject.contains("=?"), "{}", letters[0].subject);
        assert_eq!(own_path(&letters[0].text).as_deref(), Some("/confirm/tick"));
    }

    #[tokio::test]
    async fn a_second_header_line_in_an_address_sends_nothing() {
        let (sink, post) = box_and_post().await;
        for hostile in [
            "a@example.com\r\nBcc: b@example.com",
            "a@example.com\nSubject: x",
            "a@example.com, b@example.com",
            "a@example.com>\r\nRCPT TO:<b@example.com",
            "\"a\r\n\"@example.com",
            "",
        ] {
            let sent = post.send(letter(hostile)).await.unwrap();
            assert_eq!(sent, Delivery::Refused, "{hostile:?}");
        }
        assert!(sink.letters().is_empty());
    }

    #[test]
    fn the_oldest_letter_goes_when_the_box_is_full() {
        let sink = MailSink::default();
        for number in 0..=LETTERS_MAX {
            sink.keep(Caught {
                to: number.to_string(),
                subject: String::new(),
                text: String::new(),
            });
        }
        assert_eq!(sink.letters().len(), LETTERS_MAX);
        assert_eq!(sink.letters().last().unwrap().to, "1");
    }
}
