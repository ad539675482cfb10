//! Cookies: only what a visit cannot do without (2.2.6), each `__Host-`, `Secure`, `HttpOnly`, `SameSite=Strict`
//! (ASVS 3.3.1–3.3.4). Browsers take them on `http://localhost` and `http://127.0.0.1` as well.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

/// The session of somebody who proved who they are.
pub const SESSION: &str = "__Host-sandyq";
/// The anonymous token that forms must carry back.
pub const VISITOR: &str = "__Host-visitor";
/// The secret that belongs to one code: the code works together with it only.
pub const BINDING: &str = "__Host-binding";
/// What a browser keeps in which the owner of an account came in.
pub const BROWSER: &str = "__Host-browser";
/// The language chosen.
pub const LANGUAGE: &str = "__Host-lang";

/// How long a chosen language is remembered, in seconds: a year.
pub const LANGUAGE_SECONDS: u32 = 365 * 24 * 60 * 60;
/// How long a browser is remembered in which the owner of an account came in, in seconds: half a year.
pub const BROWSER_SECONDS: u32 = 182 * 24 * 60 * 60;
/// How long the secret of a code is kept, in seconds: an hour, more than any code lives.
pub const BINDING_SECONDS: u32 = 60 * 60;
/// The same where a representative is asked, whose code is good for as long as a record may wait for its confirmation: a month.
pub const AGREEMENT_SECONDS: u32 = 31 * 24 * 60 * 60;
/// The longest value that is looked at, in bytes.
const VALUE_BYTES_MAX: usize = 512;

/// The value of the cookie of that name. Of several with one name, none counts: somebody else put one there.
#[must_use]
pub fn read(headers: &HeaderMap, name: &str) -> Option<String> {
    let pairs = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'));
    let mut found = pairs.filter_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name && value.len() <= VALUE_BYTES_MAX && is_plain(value)).then(|| value.to_owned())
    });
    match (found.next(), found.next()) {
        (Some(value), None) => Some(value),
        _ => None,
    }
}

/// The `Set-Cookie` line that lasts as long as the browser is open, or so many seconds.
#[must_use]
pub fn set(name: &str, value: &str, seconds: Option<u32>) -> String {
    let lasting = seconds
        .map(|seconds| format!("; Max-Age={seconds}"))
        .unwrap_or_default();
    let value = if is_plain(value) { value } else { "" };
    format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Strict{lasting}")
}

/// The `Set-Cookie` line that takes a cookie away.
#[must_use]
pub fn clear(name: &str) -> String {
    set(name, "", Some(0))
}

/// Only what our own tokens are made of: nothing that could end the value or the line.
fn is_plain(value: &str) -> bool {
    value
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_.~+/=:".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&'static str]) -> HeaderMap {
        lines
            .iter()
            .map(|line| (COOKIE, axum::http::HeaderValue::from_static(line)))
            .collect()
    }

    #[test]
    fn one_cookie_of_a_name_is_read_and_two_are_none() {
        let one = headers(&["a=1; __Host-sandyq=tok.en-1; b=2"]);
        assert_eq!(read(&one, SESSION).as_deref(), Some("tok.en-1"));
        assert_eq!(read(&one, VISITOR), None);
        let two = headers(&["__Host-sandyq=mine", "__Host-sandyq=theirs"]);
        assert_eq!(read(&two, SESSION), None);
        assert_eq!(read(&headers(&["__Host-sandyq=a b"]), SESSION), None);
    }

    #[test]
    fn cookies_are_set_safely_and_cannot_hold_a_second_line() {
        assert_eq!(
            set(SESSION, "abc", None),
            "__Host-sandyq=abc; Path=/; Secure; HttpOnly; SameSite=Strict"
        );
        assert!(set(SESSION, "a\r\nSet-Cookie: x=1", None).starts_with("__Host-sandyq=; Path"));
        assert!(clear(SESSION).ends_with("Max-Age=0"));
    }
}
