//! Bodies that are not what a route takes.

use axum::body::Body;
use axum::http::Request;
use qianbao_api::ProblemCode as P;

use crate::house::{Answer, House, TestResult};

async fn sent(house: &House, kind: &str, body: impl Into<Body>) -> TestResult<Answer> {
    let request = Request::post("/v1/session")
        .header("origin", "http://wallet.localhost:8787")
        .header("content-type", kind)
        .body(body.into())?;
    house.browser("wallet.localhost:8787").send(request).await
}

#[tokio::test]
async fn only_json_is_read() -> TestResult {
    let house = House::new().await?;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx", ""] {
        let refused = sent(&house, kind, r#"{"handle":"ming","password":"x"}"#).await?.refused()?;
        assert_eq!(refused, (415, P::UnsupportedMediaType, None), "{kind}");
    }
    let good = sent(&house, "Application/JSON; charset=utf-8", r#"{"handle":"ming","password":"x"}"#).await?;
    assert_eq!(good.refused()?.1, P::SignInFailed);
    Ok(())
}

#[tokio::test]
async fn a_mistake_is_named_with_its_place() -> TestResult {
    let house = House::new().await?;
    for (body, param, says) in [
        ("", None, "expected a JSON object"),
        ("{", None, "line 1 column 1"),
        (r#"{"handle":"ming"}"#, None, "password"),
        ("{\"handle\":7,\n\"password\":\"x\"}", Some("handle"), "line 1 column 11"),
        (r#"{"handle":"a","password":"b","admin":true}"#, Some("admin"), "unknown field"),
        (r#"{"handle":"a","password":"b"} x"#, None, "trailing"),
        (r#"["ming","x"]"#, None, "expected a JSON object"),
        ("{\"handle\":\"\\ud800\",\"password\":\"x\"}", Some("handle"), "line 1"),
    ] {
        let problem = sent(&house, "application/json", body).await?.problem()?;
        assert_eq!((problem.status, problem.code), (400, P::MalformedRequest), "{body}");
        assert_eq!(problem.param.as_deref(), param, "{body}: {}", problem.detail);
        assert!(problem.detail.contains(says), "{body}: {}", problem.detail);
    }
    Ok(())
}

#[tokio::test]
async fn a_body_above_64_kib_is_refused() -> TestResult {
    let house = House::new().await?;
    let long = format!(r#"{{"handle":"{}","password":"x"}}"#, "a".repeat(64 * 1024));
    assert_eq!(sent(&house, "application/json", long).await?.refused()?, (413, P::BodyTooLarge, None));
    let endless = futures::stream::repeat_with(|| Ok::<_, std::io::Error>("x".repeat(4_096)));
    let refused = sent(&house, "application/json", Body::from_stream(endless)).await?.refused()?;
    assert_eq!(refused, (413, P::BodyTooLarge, None));
    Ok(())
}
