//! The outermost layer around handlers that misbehave, and the data folder around everything.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use axum::routing::get;
use axum::{Router, middleware};
use qianbao_api::{Problem, ProblemCode as P};
use qianbao_server::config::ServeOptions;
use qianbao_server::door::frame::frame;
use tower::ServiceExt;

use crate::house::{House, TestResult};

async fn panics() -> &'static str {
    panic!("a secret of the program")
}

async fn sleeps() -> &'static str {
    tokio::time::sleep(Duration::from_mins(1)).await;
    "late"
}

#[tokio::test]
async fn a_panic_and_a_slow_handler_end_their_own_request_only() -> TestResult {
    let house = House::with(ServeOptions { answer_ms_max: Some(100), ..ServeOptions::default() }).await?;
    let layer = middleware::from_fn_with_state(house.app.clone(), frame);
    let router = Router::new()
        .route("/panics", get(panics))
        .route("/sleeps", get(sleeps))
        .route("/works", get(async || "fine"))
        .layer(layer);
    for (path, status, code) in [("/panics", 500, P::Internal), ("/sleeps", 504, P::Timeout)] {
        let answer = router.clone().oneshot(Request::get(path).body(Body::empty())?).await?;
        assert_eq!((answer.status().as_u16(), answer.headers().contains_key("x-request-id")), (status, true), "{path}");
        let body = to_bytes(answer.into_body(), 1 << 16).await?;
        let problem: Problem = serde_json::from_slice(&body)?;
        assert_eq!(problem.code, code);
        assert!(!String::from_utf8_lossy(&body).contains("secret"), "{problem:?}");
        let next = router.clone().oneshot(Request::get("/works").body(Body::empty())?).await?;
        assert_eq!(next.status().as_u16(), 200);
    }
    Ok(())
}

#[tokio::test]
async fn nobody_else_on_the_machine_reads_the_data() -> TestResult {
    let house = House::new().await?;
    for folder in ["", "live", "test", "live/keys", "test/keys"] {
        let mode = house.data().join(folder).metadata()?.permissions().mode() & 0o777;
        assert_eq!(mode, 0o700, "{folder}");
    }
    for file in ["live/keys/pepper.key", "live/keys/operator-1.key"] {
        assert_eq!(house.data().join(file).metadata()?.permissions().mode() & 0o777, 0o600, "{file}");
    }
    Ok(())
}
