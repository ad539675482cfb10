//! Back-pressure: a request that cannot be served soon is told so at once, instead of waiting in a heap; one that takes
//! too long is let go.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{CONNECTION, RETRY_AFTER};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;

/// How many requests are worked on at the same time.
pub const REQUESTS_MAX: usize = 512;
/// The longest that one request is worked on.
pub const REQUEST_TIME_MAX: Duration = Duration::from_secs(20);
/// After how many seconds one who was turned away may try again.
const RETRY_SECONDS: &str = "2";

/// The places at the gate.
#[derive(Clone)]
pub struct Gate {
    places: Arc<Semaphore>,
    time: Duration,
}

impl Gate {
    /// A gate with so many places, each held no longer than that.
    #[must_use]
    pub fn new(places: usize, time: Duration) -> Self {
        Self {
            places: Arc::new(Semaphore::new(places)),
            time,
        }
    }
}

/// Lets a request through when there is a place, for a limited time.
pub async fn through(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let Ok(_place) = gate.places.try_acquire() else {
        return busy();
    };
    match tokio::time::timeout(gate.time, next.run(request)).await {
        Ok(response) => response,
        Err(_) => busy(),
    }
}

fn busy() -> Response {
    let says = "Қазір сұраныс көп, сәлден кейін қайталаңыз. · Сейчас много обращений, повторите чуть позже. · \
                Busy, please try again shortly.\n";
    let headers = [(RETRY_AFTER, RETRY_SECONDS), (CONNECTION, "close")];
    (StatusCode::SERVICE_UNAVAILABLE, headers, says).into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::routing::get;
    use axum::{Router, middleware};
    use tower::ServiceExt;

    use super::*;

    fn router(gate: Gate) -> Router {
        let slow = || async {
            std::future::pending::<()>().await;
        };
        Router::new()
            .route("/slow", get(slow))
            .route("/", get(|| async { "here" }))
            .layer(middleware::from_fn_with_state(gate, through))
    }

    async fn ask(router: Router, path: &str) -> Response {
        router
            .oneshot(Request::get(path).body(Body::empty()).unwrap())
            .await
            .unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn what_takes_too_long_is_let_go_and_its_place_is_free_again() {
        let router = router(Gate::new(1, REQUEST_TIME_MAX));
        assert_eq!(
            ask(router.clone(), "/slow").await.status(),
            StatusCode::SERVICE_UNAVAILABLE
        );
        assert_eq!(ask(router, "/").await.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn without_a_place_one_is_told_at_once() {
        let response = ask(router(Gate::new(0, REQUEST_TIME_MAX)), "/").await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[RETRY_AFTER], "2");
    }
}
