//! The style sheet and two small pictures, served by ourselves: nothing comes from elsewhere (1.4, 4.3).

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// The style sheet.
pub const STYLE: &str = include_str!("../assets/style.css");
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

    /// The largest style sheet, in bytes.
    const STYLE_BYTES_MAX: usize = 20 * 1024;

    #[test]
    fn the_style_sheet_is_small_and_asks_nothing_of_others() {
        assert!(STYLE.len() <= STYLE_BYTES_MAX, "{} bytes", STYLE.len());
        for text in [STYLE, FAVICON, ORNAMENT] {
            let text = text.replace("http://www.w3.org/2000/svg", "");
            assert!(!text.contains("http") && !text.contains("//") && !text.contains("@import"));
        }
    }
}
