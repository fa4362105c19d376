//! Bodies that are not what a route takes.

use axum::body::Body;
use axum::http::Request;
use qianbao_api::ProblemCode as P;
use qianbao_api::identity::SessionView;
use serde_json::{Value, json};

use crate::house::{Answer, House, PASSWORD, TestResult};

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
async fn an_array_in_place_of_an_object_is_refused_wherever_it_stands() -> TestResult {
    let house = House::new().await?;
    let mut ming = house.signed_up("ming").await?;
    let money = json!({ "minor": "500", "currency": "CNY" });
    let person = json!({ "kind": "person", "handle": "lan" });
    for (body, param) in [
        (json!({ "target": person, "amount": ["500", "CNY"] }), "amount"),
        (json!({ "target": ["person", { "handle": "lan" }], "amount": money }), "target"),
        (json!({ "target": ["person", "lan"], "amount": money }), "target"),
    ] {
        let refused = ming.post("/v1/payments/preview", &body).await?.refused()?;
        assert_eq!(refused, (400, P::MalformedRequest, Some(param.to_owned())), "{body}");
    }
    let unknown = ming.post("/v1/payments/preview", &json!({ "target": person, "amount": money })).await?;
    assert_eq!(unknown.refused()?.1, P::PayeeNotFound, "the same as objects is read");

    ming.host = "desk.localhost:8787".to_owned();
    ming.post("/v1/session", &json!({ "handle": "ming", "password": PASSWORD })).await?.is::<SessionView>()?;
    let id = "ord_01m84c723je08t2jc3nk2hn2ea";
    let order = |lines: Value| json!({ "id": id, "amount": money, "lines": lines, "expires_in_s": 60 });
    let line = json!({ "name": "茶", "quantity": 1, "unit_price": money });
    for (lines, param) in [
        (json!([line, ["茶", 1, money]]), "lines[1]"),
        (json!([{ "name": "茶", "quantity": 1, "unit_price": ["500", "CNY"] }]), "lines[0].unit_price"),
    ] {
        let problem = ming.post("/v1/orders", &order(lines)).await?.problem()?;
        assert_eq!((problem.code, problem.param.as_deref()), (P::MalformedRequest, Some(param)));
        assert!(problem.detail.contains("found an array"), "{}", problem.detail);
    }
    let read = ming.post("/v1/orders", &order(json!([line]))).await?.refused()?;
    assert_eq!(read.1, P::ShopRequired, "a list is read");
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
