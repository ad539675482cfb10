//! What every answer says to the browser: nothing from elsewhere, no script but our one and that only where a passkey is
//! asked for, no frame, no referrer, and no copy of a page that could be about somebody (ASVS 3.4, 14.3).

use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

/// The headers of every answer.
const ALWAYS: [(HeaderName, &str); 8] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    ),
    (
        HeaderName::from_static("x-permitted-cross-domain-policies"),
        "none",
    ),
];

/// What pages may do that ask for a passkey, or have shortcuts: run a script of ours, which writes no markup.
const SCRIPTED: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; \
                        base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// Marks the answer of a page with a script.
#[derive(Clone, Copy)]
pub struct Scripted;

/// What a file may do that somebody opens all the same: nothing.
const FILED: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

/// Marks the answer that is a file.
#[derive(Clone, Copy)]
pub struct Filed;

/// Two years of TLS only, where TLS is spoken.
const TRANSPORT: &str = "max-age=63072000; includeSubDomains";

/// Adds the headers. Whether TLS is spoken in front of us is a setting, never a guess from the request.
pub async fn on_every_answer(State(behind_tls): State<bool>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let is_scripted = response.extensions().get::<Scripted>().is_some();
    let is_file = response.extensions().get::<Filed>().is_some();
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if is_scripted {
        let scripted = HeaderValue::from_static(SCRIPTED);
        headers.insert(header::CONTENT_SECURITY_POLICY, scripted);
    }
    if is_file {
        let filed = HeaderValue::from_static(FILED);
        headers.insert(header::CONTENT_SECURITY_POLICY, filed);
    }
    if behind_tls {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static(TRANSPORT),
        );
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}
