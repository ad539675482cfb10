//! One line of the log per request: its method, the pattern of its route, the status, how long it took. Never the path
//! that was asked for, a query, a header or an address: those could lead to a person (docs/LOGGING.md).

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::Instant;

/// Writes the line.
pub async fn of_requests(request: Request, next: Next) -> Response {
    let method = request.method().as_str().to_owned();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("(none)", MatchedPath::as_str)
        .to_owned();
    let begun = Instant::now();
    let response = next.run(request).await;
    let duration_ms = begun.elapsed().as_millis();
    let status = response.status().as_u16();
    tracing::debug!(method = %method, route = %route, status, duration_ms, "request");
    response
}
