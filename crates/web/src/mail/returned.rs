//! Letters that come back (6.1). The operator's mail server puts what comes to a return path into a Maildir; here it is read,
//! understood and removed. Only a delivery status notification (RFC 3464) of a failure for good counts: a delay or an automatic
//! answer says nothing about the contact. A notification holds an address, and so none stays longer than until it is understood.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use mail_parser::{MessageParser, MimeHeaders};
use sandyq_model::Fault;
use sandyq_processing::System;

/// What the name before the `@` of a return path begins with; the token follows.
pub const RETURN_PREFIX: &str = "returned+";
/// Digits of a token.
const TOKEN_DIGITS: usize = 32;
/// Notifications that are looked at in one go; the others wait for the next.
pub const NOTIFICATIONS_MAX: usize = 50;
/// So much of a notification is read; what it says stands before the letter that it quotes.
const NOTIFICATION_BYTES_MAX: u64 = 256 * 1024;
/// Parts of a notification and groups of lines in a part that are looked at.
const PARTS_MAX: usize = 20;

/// What was found in the Maildir.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// Letters that came back for good, and were entered.
    pub returned: usize,
    /// What says nothing about a contact, or nothing new.
    pub others: usize,
    /// What could not be read as mail.
    pub unreadable: usize,
}

/// What a notification says.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Meaning {
    /// The letter with this token cannot be delivered, for good.
    Returned(String),
    /// Nothing about a contact.
    Other,
    /// It is no mail.
    Unreadable,
}

/// Looks through the Maildir once: what is understood is made durable, then removed.
///
/// # Errors
/// [`Fault::Outside`] when the folder cannot be read or a file in it not be removed; the store's own. What was not removed is
/// looked at again, and a token that was used changes nothing.
pub async fn look(system: &System, folder: &Path) -> Result<Looked, Fault> {
    let folder = folder.to_owned();
    let read = tokio::task::spawn_blocking(move || notifications(&folder)).await;
    let found = read
        .map_err(|_| unreachable_folder())?
        .map_err(|_| unreachable_folder())?;
    let mut looked = Looked::default();
    for (path, meaning) in found {
        match meaning {
            Meaning::Returned(token) if system.letter_came_back(&token).await? => looked.returned += 1,
            Meaning::Returned(_) | Meaning::Other => looked.others += 1,
            Meaning::Unreadable => looked.unreadable += 1,
        }
        fs::remove_file(&path).map_err(|_| unreachable_folder())?;
    }
    Ok(looked)
}

fn unreachable_folder() -> Fault {
    Fault::Outside("the folder of returned letters could not be read or emptied".to_owned())
}

/// The next notifications, from both places in which a Maildir has whole ones.
fn notifications(folder: &Path) -> io::Result<Vec<(PathBuf, Meaning)>> {
    let mut found = Vec::new();
    for place in ["new", "cur"] {
        for entry in fs::read_dir(folder.join(place))? {
            let entry = entry?;
            if found.len() == NOTIFICATIONS_MAX {
                return Ok(found);
            }
            if entry.file_type()?.is_file() {
                let mut bytes = Vec::new();
                File::open(entry.path())?
                    .take(NOTIFICATION_BYTES_MAX)
                    .read_to_end(&mut bytes)?;
                found.push((entry.path(), meaning(&bytes)));
            }
        }
    }
    Ok(found)
}

fn meaning(bytes: &[u8]) -> Meaning {
    let Some(mail) = MessageParser::default().parse(bytes) else {
        return Meaning::Unreadable;
    };
    if !mail
        .content_type()
        .is_some_and(|kind| kind.ctype() == "multipart" && kind.subtype() == Some("report"))
    {
        return Meaning::Other;
    }
    let failed = mail.parts.iter().take(PARTS_MAX).any(|part| {
        let is_status = part.content_type().is_some_and(|kind| {
            kind.ctype() == "message"
                && matches!(kind.subtype(), Some("delivery-status" | "global-delivery-status"))
        });
        is_status && says_failed(part.contents())
    });
    let token = ["To", "Delivered-To", "X-Original-To"]
        .into_iter()
        .filter_map(|name| mail.header_raw(name))
        .find_map(token_in);
    match token {
        Some(token) if failed => Meaning::Returned(token),
        _ => Meaning::Other,
    }
}

/// RFC 3464, 2.3: whether one of the recipients is given up for good. The first group of lines is about the whole letter.
fn says_failed(status: &[u8]) -> bool {
    let text = String::from_utf8_lossy(status).replace("\r\n", "\n");
    text.trim_start()
        .split("\n\n")
        .skip(1)
        .take(PARTS_MAX)
        .any(|group| {
            let value = |name: &str| {
                group.lines().find_map(|line| {
                    let (found, value) = line.split_once(':')?;
                    found.trim().eq_ignore_ascii_case(name).then(|| value.trim())
                })
            };
            value("Action").is_some_and(|action| action.eq_ignore_ascii_case("failed"))
                && value("Status").is_some_and(|code| code.starts_with("5."))
        })
}

/// The token of a return path in the value of a header.
fn token_in(value: &str) -> Option<String> {
    let value = value.to_ascii_lowercase();
    let (_, rest) = value.split_once(RETURN_PREFIX)?;
    let (token, _) = rest.split_once('@')?;
    let is_one = token.len() == TOKEN_DIGITS && token.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_one.then(|| token.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "00112233445566778899aabbccddeeff";

    /// A notification as mail servers write it, with these lines about the recipient.
    fn notification(kind: &str, about: &str) -> String {
        format!(
            "From: MAILER-DAEMON@mx.example.com\r\nTo: <returned+{TOKEN}@example.kz>\r\nSubject: Undelivered\r\n\
             Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
             Content-Type: {kind}; boundary=\"b1\"\r\n\r\n\
             --b1\r\nContent-Type: text/plain\r\n\r\nYour letter.\r\n\r\n\
             --b1\r\nContent-Type: message/delivery-status\r\n\r\n\
             Reporting-MTA: dns; mx.example.com\r\nArrival-Date: Mon, 23 Nov 2026 10:00:00 +0500\r\n\r\n\
             Final-Recipient: rfc822; dana@example.com\r\n{about}\r\n\r\n\
             --b1\r\nContent-Type: message/rfc822\r\n\r\nFrom: no-reply@example.kz\r\nSubject: x\r\n\r\nbody\r\n--b1--\r\n"
        )
    }

    const REPORT: &str = "multipart/report; report-type=delivery-status";

    fn read(kind: &str, about: &str) -> Meaning {
        meaning(notification(kind, about).as_bytes())
    }

    #[test]
    fn only_a_failure_for_good_counts() {
        let returned = Meaning::Returned(TOKEN.to_owned());
        assert_eq!(read(REPORT, "Action: failed\r\nStatus: 5.1.1"), returned);
        assert_eq!(
            read(
                REPORT,
                "action: FAILED\r\nStatus: 5.2.1 (mailbox closed)\r\nDiagnostic-Code: smtp; 550"
            ),
            returned
        );
        for other in [
            "Action: delayed\r\nStatus: 4.4.1",
            "Action: delivered\r\nStatus: 2.0.0",
            "Action: relayed\r\nStatus: 2.1.9",
            "Action: failed\r\nStatus: 4.4.7",
            "Action: delayed\r\nStatus: 5.1.1",
            "Status: 5.1.1",
        ] {
            assert_eq!(read(REPORT, other), Meaning::Other, "{other}");
        }
    }

    #[test]
    fn an_automatic_answer_says_nothing() {
        assert_eq!(
            read("multipart/mixed", "Action: failed\r\nStatus: 5.1.1"),
            Meaning::Other
        );
        let answer =
            format!("From: dana@example.com\r\nTo: returned+{TOKEN}@example.kz\r\n\r\nI am away.\r\n");
        assert_eq!(meaning(answer.as_bytes()), Meaning::Other);
    }

    #[test]
    fn a_return_path_that_is_none_of_ours_says_nothing() {
        for path in [
            "returned+00@example.kz",
            "no-reply@example.kz",
            "returned+zz112233445566778899aabbccddeeff@example.kz",
        ] {
            let sent = notification(REPORT, "Action: failed\r\nStatus: 5.1.1")
                .replace(&format!("returned+{TOKEN}@example.kz"), path);
            assert_eq!(meaning(sent.as_bytes()), Meaning::Other, "{path}");
        }
        assert_eq!(meaning(b""), Meaning::Unreadable);
    }

    #[test]
    fn both_places_of_a_maildir_are_looked_at_up_to_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        for place in ["new", "cur", "tmp"] {
            fs::create_dir(folder.path().join(place)).unwrap();
            let sent = notification(REPORT, "Action: failed\r\nStatus: 5.1.1");
            fs::write(folder.path().join(place).join("1"), sent).unwrap();
        }
        let found = notifications(folder.path()).unwrap();
        assert_eq!(found.len(), 2, "what lies in tmp is not whole yet");
        assert!(
            found
                .iter()
                .all(|(_, meaning)| *meaning == Meaning::Returned(TOKEN.to_owned()))
        );
        for number in 0..NOTIFICATIONS_MAX {
            fs::write(folder.path().join("new").join(format!("more-{number}")), "").unwrap();
        }
        assert_eq!(notifications(folder.path()).unwrap().len(), NOTIFICATIONS_MAX);
    }
}
