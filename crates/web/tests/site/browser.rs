//! A very small browser: it keeps cookies, fills in the form of the page it stands on, and follows where it is sent.

#![allow(dead_code, reason = "each story uses its part of the browser")]

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use tower::ServiceExt;

/// What came back.
pub struct Seen {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
    pub path: String,
}

impl Seen {
    /// The values of the inputs of the journey form, hidden and typed ones.
    pub fn inputs(&self) -> BTreeMap<String, String> {
        let form = self.text.split("<form id=\"journey\"").nth(1).unwrap_or_default();
        let form = form.split("</form>").next().unwrap();
        let mut inputs = BTreeMap::new();
        for tag in form
            .split("<input")
            .skip(1)
            .map(|rest| rest.split('>').next().unwrap())
        {
            let attribute = |name: &str| {
                tag.split(&format!(" {name}=\""))
                    .nth(1)
                    .map(|rest| unescaped(rest.split('"').next().unwrap()))
            };
            let is_box = matches!(attribute("type").as_deref(), Some("checkbox" | "radio"));
            if let (Some(name), false) = (attribute("name"), is_box) {
                inputs.insert(name, attribute("value").unwrap_or_default());
            }
        }
        inputs
    }

    /// The boxes of the journey form with what they stand for.
    pub fn boxes(&self) -> Vec<(String, String)> {
        let boxes = self.text.split("<input type=\"checkbox\"").skip(1);
        let attribute = |tag: &str, name: &str| {
            tag.split(&format!(" {name}=\""))
                .nth(1)
                .unwrap()
                .split('"')
                .next()
                .unwrap()
                .to_owned()
        };
        boxes
            .map(|tag| (attribute(tag, "name"), attribute(tag, "value")))
            .collect()
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

/// One browser of one person.
pub struct Browser {
    router: Router,
    cookies: BTreeMap<String, String>,
    pub language: &'static str,
}

impl Browser {
    pub fn new(router: &Router) -> Self {
        Self {
            router: router.clone(),
            cookies: BTreeMap::new(),
            language: "en",
        }
    }

    pub fn cookie(&self, name: &str) -> Option<&String> {
        self.cookies.get(name)
    }

    pub async fn get(&mut self, path: &str) -> Seen {
        let request = self.request("GET", path).body(Body::empty()).unwrap();
        self.send(request, path).await
    }

    /// Sends what stands in the form, with what is typed over it; follows "go there" as far as a browser needs to.
    pub async fn fill(&mut self, page: &Seen, path: &str, typed: &[(&str, &str)]) -> Seen {
        let mut fields = page.inputs();
        fields.extend(
            typed
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let pairs: Vec<_> = fields.into_iter().collect();
        let mut seen = self.post(path, &pairs).await;
        for _ in 0..REDIRECTIONS_MAX {
            if seen.status != StatusCode::SEE_OTHER {
                break;
            }
            let there = seen.headers[header::LOCATION].to_str().unwrap().to_owned();
            seen = self.get(&there).await;
        }
        seen
    }

    /// Sends exactly these fields.
    pub async fn post(&mut self, path: &str, fields: &[(String, String)]) -> Seen {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        let request = self
            .request("POST", path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body.finish()))
            .unwrap();
        self.send(request, path).await
    }

    pub fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::ACCEPT_LANGUAGE, self.language);
        if cookies.is_empty() {
            request
        } else {
            request.header(header::COOKIE, cookies.join("; "))
        }
    }

    pub async fn send(&mut self, request: Request<Body>, path: &str) -> Seen {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for line in parts.headers.get_all(header::SET_COOKIE) {
            let (pair, rest) = line.to_str().unwrap().split_once(';').unwrap();
            assert!(
                rest.contains("Secure; HttpOnly; SameSite=Strict") && pair.starts_with("__Host-"),
                "{pair}"
            );
            let (name, value) = pair.split_once('=').unwrap();
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let bytes = axum::body::to_bytes(body, 1 << 22).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Seen {
            status: parts.status,
            headers: parts.headers,
            text,
            path: path.to_owned(),
        }
    }
}

/// More than this is a circle.
const REDIRECTIONS_MAX: usize = 3;
