//! The style sheet, two small pictures and the two scripts, served by ourselves: nothing comes from elsewhere (1.4, 4.3).

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// The style sheet.
pub const STYLE: &str = include_str!("../assets/style.css");
/// What asks for a passkey.
pub const PASSKEY: &str = include_str!("../assets/passkey.js");
/// The shortcuts of the console.
pub const KEYS: &str = include_str!("../assets/keys.js");
/// The chest, for the tab.
pub const FAVICON: &str = include_str!("../assets/favicon.svg");
/// The line of ram's horns.
pub const ORNAMENT: &str = include_str!("../assets/ornament.svg");

/// How long a browser may keep them: they change with a release only.
const KEPT: &str = "public, max-age=3600";

/// The routes of the assets.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route(
            "/style.css",
            get(async || asset("text/css; charset=utf-8", STYLE)),
        )
        .route(
            "/passkey.js",
            get(async || asset("text/javascript; charset=utf-8", PASSKEY)),
        )
        .route(
            "/keys.js",
            get(async || asset("text/javascript; charset=utf-8", KEYS)),
        )
        .route("/favicon.svg", get(async || asset("image/svg+xml", FAVICON)))
        .route("/favicon.ico", get(async || asset("image/svg+xml", FAVICON)))
        .route("/ornament.svg", get(async || asset("image/svg+xml", ORNAMENT)))
}

fn asset(kind: &'static str, content: &'static str) -> Response {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, KEPT)], content).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest script, in bytes.
    const SCRIPT_BYTES_MAX: usize = 6 * 1024;
    /// The largest style sheet, in bytes.
    const STYLE_BYTES_MAX: usize = 20 * 1024;

    #[test]
    fn the_scripts_are_small_ask_nothing_of_others_and_write_no_markup() {
        for script in [PASSKEY, KEYS] {
            assert!(script.len() <= SCRIPT_BYTES_MAX, "{} bytes", script.len());
            for word in [
                "http",
                "fetch",
                "XMLHttp",
                "import",
                "eval",
                "innerHTML",
                "Storage",
                "cookie",
                "WebSocket",
            ] {
                assert!(!script.contains(word), "{word}");
            }
        }
    }

    #[test]
    fn the_style_sheet_is_small_and_asks_nothing_of_others() {
        assert!(STYLE.len() <= STYLE_BYTES_MAX, "{} bytes", STYLE.len());
        for text in [STYLE, FAVICON, ORNAMENT] {
            let text = text.replace("http://www.w3.org/2000/svg", "");
            assert!(!text.contains("http") && !text.contains("//") && !text.contains("@import"));
        }
    }
}
