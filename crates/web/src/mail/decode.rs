//! Reads back what mail does to text: encoded subject lines, quoted-printable and base64 bodies. For the letter box of
//! demonstrations only.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A letter as it came: its subject and its text. What cannot be read stays as it is.
pub(super) fn letter(raw: &str) -> (String, String) {
    let raw = raw.replace("\r\n", "\n");
    let (head, body) = raw.split_once("\n\n").unwrap_or((raw.as_str(), ""));
    let head = head.replace("\n ", " ").replace("\n\t", " ");
    let field = |name: &str| {
        head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    };
    let subject = words(&field("Subject").unwrap_or_default());
    let text = match field("Content-Transfer-Encoding")
        .unwrap_or_default()
        .to_lowercase()
        .as_str()
    {
        "base64" => base64(body),
        "quoted-printable" => Some(text(quoted(&body.replace("=\n", "")))),
        _ => None,
    };
    (subject, text.unwrap_or_else(|| body.to_owned()))
}

/// A header value with its encoded words read; spaces between two of them are not text.
fn words(value: &str) -> String {
    let mut read = String::new();
    let mut rest = value;
    let mut after_word = false;
    while let Some((before, (encoding, word), after)) = next_word(rest) {
        if !(after_word && before.trim().is_empty()) {
            read.push_str(before);
        }
        let decoded = match encoding {
            "b" | "B" => base64(word),
            _ => Some(text(quoted(&word.replace('_', " ")))),
        };
        read.push_str(&decoded.unwrap_or_default());
        (rest, after_word) = (after, true);
    }
    read.push_str(rest);
    read
}

/// The next `=?charset?encoding?word?=`, with what stands before and after it.
fn next_word(value: &str) -> Option<(&str, (&str, &str), &str)> {
    let (before, rest) = value.split_once("=?")?;
    let (_charset, rest) = rest.split_once('?')?;
    let (encoding, rest) = rest.split_once('?')?;
    let (word, after) = rest.split_once("?=")?;
    Some((before, (encoding, word), after))
}

fn base64(encoded: &str) -> Option<String> {
    let dense: String = encoded.split_whitespace().collect();
    STANDARD.decode(dense).ok().map(text)
}

fn quoted(encoded: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'=' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        if let (Some(high), Some(low)) = (digit(rest.next()), digit(rest.next())) {
            bytes.extend(u8::try_from(high * 16 + low));
        }
    }
    bytes
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_and_bodies_are_read_back() {
        let raw = "Subject: =?utf-8?b?0JrQvtC0?= =?utf-8?q?_=C3=A9?=\r\n more\r\n\
                   Content-Transfer-Encoding: quoted-printable\r\n\r\n=D0=9A=\r\n=D0=BE 1=3D1";
        assert_eq!(letter(raw), ("Код é more".to_owned(), "Ко 1=1".to_owned()));
        assert_eq!(letter("no head").1, "");
        assert_eq!(letter("a: b\n\nplain =zz").1, "plain =zz");
    }
}
