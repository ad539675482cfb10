//! Somebody with a browser that has no scripts, no pictures and no window: cookies, links and forms. Fast, so most
//! journeys use it; what must be seen is seen in a real browser.

use super::html::{self, Form};
use super::http::{self, Answer, encode, exchange};

/// A page follows at most so many redirects.
const REDIRECTS_MAX: usize = 5;

/// A page as it arrived.
#[derive(Debug, Clone)]
pub struct Page {
    /// Where it was found, after redirects.
    pub url: String,
    /// The status, the headers and the body.
    pub answer: Answer,
    /// The body as text.
    pub source: String,
}

impl Page {
    /// The words that one reads.
    pub fn text(&self) -> String {
        html::text(&self.source)
    }

    /// The addresses on it that begin so.
    pub fn links(&self, start: &str) -> Vec<String> {
        let all = html::tags(&self.source);
        let paths = all.iter().filter_map(|tag| tag.get("href"));
        let paths = paths.filter(|path| path.starts_with(start));
        paths.map(ToOwned::to_owned).collect()
    }

    /// What was sent, which is a text.
    pub fn sent(self) -> String {
        assert_eq!(self.answer.status, 200, "{}", self.text());
        String::from_utf8(self.answer.body).expect("a text")
    }

    /// The form that has all these fields.
    pub fn form(&self, names: &[&str]) -> Form {
        let mut forms = html::forms(&self.source).into_iter();
        forms
            .find(|form| names.iter().all(|name| form.names.iter().any(|own| own == name)))
            .unwrap_or_else(|| panic!("no form with {names:?} on {}:\n{}", self.url, self.text()))
    }

    /// Where the first link with these words leads.
    pub fn link(&self, words: &str) -> String {
        let links = html::tags(&self.source).into_iter().filter(|tag| tag.name == "a");
        for link in links {
            let inside = self.source[link.end..].split("</a").next().unwrap_or_default();
            if html::text(inside).contains(words) {
                return link.get("href").unwrap_or_default().to_owned();
            }
        }
        panic!("no link “{words}” on {}:\n{}", self.url, self.text())
    }
}

/// A visitor and what the site made them remember.
#[derive(Debug, Clone)]
pub struct Visitor {
    base: String,
    cookies: Vec<(String, String)>,
    /// Sent with every request as `Accept-Language`.
    pub language: String,
}

impl Visitor {
    /// Somebody new at a site, given by any address of it.
    pub fn at(base: &str) -> Self {
        Self {
            base: format!("http://{}", http::split(base).0),
            cookies: Vec::new(),
            language: "en".to_owned(),
        }
    }

    /// The same, preferring a language.
    pub fn speaking(base: &str, language: &str) -> Self {
        Self {
            language: language.to_owned(),
            ..Self::at(base)
        }
    }

    /// Opens a page by its path or its whole address.
    pub fn get(&mut self, path: &str) -> Page {
        self.send("GET", path, "")
    }

    /// Sends a form as it is, without asking a page first. Most journeys want `submit`.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let fields: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        self.send("POST", path, &fields.join("&"))
    }

    /// Fills in the form of a page that has these fields, and sends it with what was in it already.
    pub fn submit(&mut self, page: &Page, filled: &[(&str, &str)]) -> Page {
        let names: Vec<&str> = filled.iter().map(|(name, _)| *name).collect();
        let form = page.form(&names);
        let kept = form
            .fields
            .iter()
            .filter(|(name, _)| !names.contains(&name.as_str()));
        let mut fields: Vec<(&str, &str)> = kept
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        fields.extend_from_slice(filled);
        let to = if form.action.is_empty() {
            page.url.clone()
        } else {
            form.action.clone()
        };
        if form.method == "post" {
            return self.post(&to, &fields);
        }
        let query: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        self.get(&format!(
            "{}?{}",
            to.split('?').next().unwrap_or_default(),
            query.join("&")
        ))
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }

    /// Sends, remembers cookies and follows redirects.
    fn send(&mut self, method: &str, path: &str, body: &str) -> Page {
        let mut url = self.absolute(path);
        let mut answer = self.once(method, &url, body);
        for _ in 0..REDIRECTS_MAX {
            let Some(next) = answer
                .header("location")
                .filter(|_| (300..400).contains(&answer.status))
            else {
                break;
            };
            url = self.absolute(next);
            answer = self.once("GET", &url, "");
        }
        let source = answer.text();
        Page { url, answer, source }
    }

    /// One request, with the headers that browsers send.
    fn once(&mut self, method: &str, url: &str, body: &str) -> Answer {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let cookies = cookies.join("; ");
        let mut headers = vec![
            ("Accept-Language", self.language.as_str()),
            ("Accept", "text/html"),
        ];
        if !cookies.is_empty() {
            headers.push(("Cookie", &cookies));
        }
        if method == "POST" {
            headers.push(("Content-Type", "application/x-www-form-urlencoded"));
            headers.push(("Origin", &self.base));
            headers.push(("Sec-Fetch-Site", "same-origin"));
        }
        let answer = exchange(method, url, &headers, body.as_bytes())
            .unwrap_or_else(|error| panic!("{method} {url}: {error}"));
        for (_, line) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            self.remember(line);
        }
        answer
    }

    /// Keeps a cookie, or forgets it when it is over.
    fn remember(&mut self, line: &str) {
        let Some((name, value)) = line.split(';').next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        self.cookies.retain(|(own, _)| own != name.trim());
        let over = line.to_lowercase().contains("max-age=0");
        if !over && !value.is_empty() {
            self.cookies
                .push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }

    /// A whole address from what a link says. Panics when it leaves the site: nothing does.
    fn absolute(&self, path: &str) -> String {
        if path.starts_with('/') {
            return format!("{}{path}", self.base);
        }
        assert_eq!(
            http::split(path).0,
            http::split(&self.base).0,
            "{path} leaves the site"
        );
        path.to_owned()
    }
}
