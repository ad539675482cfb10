//! Requests that change something must come from our own pages (ASVS 3.5.1, 3.5.3). The first look is at what the
//! browser says of where a request comes from; the second, at the token that every form carries, is the visit's.

use axum::extract::Request;
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Turns away what was not sent from a page of this very site.
pub async fn own_pages_only(request: Request, next: Next) -> Response {
    if is_safe(request.method()) || is_own(request.headers()) {
        return next.run(request).await;
    }
    StatusCode::FORBIDDEN.into_response()
}

/// GET and HEAD change nothing.
fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// `Sec-Fetch-Site` is what a browser itself says and no page can change; where a browser does not say it, an
/// `Origin` that is there must be ours.
fn is_own(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    match (text("sec-fetch-site"), text(ORIGIN.as_str())) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, None) => true,
        (None, Some(origin)) => {
            let host = text(HOST.as_str()).unwrap_or_default();
            origin
                .split_once("://")
                .is_some_and(|(_, from)| !host.is_empty() && from.eq_ignore_ascii_case(host))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(pairs: &[(&'static str, &'static str)]) -> bool {
        is_own(
            &pairs
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .collect::<HeaderMap>(),
        )
    }

    #[test]
    fn other_sites_are_turned_away() {
        assert!(own(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(!own(&[("sec-fetch-site", "cross-site")]));
        assert!(!own(&[("sec-fetch-site", "same-site")]));
        assert!(own(&[
            ("origin", "http://127.0.0.1:8080"),
            ("host", "127.0.0.1:8080")
        ]));
        assert!(!own(&[
            ("origin", "http://127.0.0.1:8081"),
            ("host", "127.0.0.1:8080")
        ]));
        assert!(!own(&[("origin", "null"), ("host", "127.0.0.1")]));
        assert!(!own(&[("origin", "https://")]));
    }
}
