//! Hosts, origins, methods, and what every answer carries.

use axum::body::Body;
use axum::http::Request;
use qianbao_api::ProblemCode as P;
use qianbao_server::config::ServeOptions;
use qianbao_server::hosts::Transport;

use crate::house::{House, PASSWORD, TestResult, person};

#[tokio::test]
async fn a_strangers_host_is_answered_nothing() -> TestResult {
    let house = House::new().await?;
    for host in ["evil.example", "wallet.localhost", "wallet.localhost:8787.evil.example", "a.wallet.localhost:8787"] {
        let mut browser = house.browser(host);
        assert_eq!(browser.get("/v1/session").await?.refused()?, (404, P::NotFound, None), "{host}");
        assert_eq!(browser.get("/").await?.status(), 404, "{host}");
    }
    Ok(())
}

#[tokio::test]
async fn what_changes_something_must_come_from_the_hosts_own_page() -> TestResult {
    let house = House::new().await?;
    house.signed_up("ming").await?;
    let body = format!(r#"{{"handle":"ming","password":"{PASSWORD}"}}"#);
    let wallet = "http://wallet.localhost:8787";
    for (headers, is_let_in) in [
        (vec![("origin", wallet), ("sec-fetch-site", "same-origin")], true),
        (vec![("origin", wallet)], true),
        (vec![], false),
        (vec![("sec-fetch-site", "same-origin")], false),
        (vec![("origin", "null")], false),
        (vec![("origin", "http://desk.localhost:8787")], false),
        (vec![("origin", "http://wallet.test.localhost:8787")], false),
        (vec![("origin", "http://wallet.localhost:8787.evil.example")], false),
        (vec![("origin", "https://wallet.localhost:8787")], false),
        (vec![("origin", wallet), ("sec-fetch-site", "same-site")], false),
        (vec![("origin", wallet), ("sec-fetch-site", "cross-site")], false),
    ] {
        let mut request = Request::post("/v1/session").header("content-type", "application/json");
        for (name, value) in &headers {
            request = request.header(*name, *value);
        }
        let answer = house.browser("wallet.localhost:8787").send(request.body(Body::from(body.clone()))?).await?;
        assert_eq!(answer.status(), if is_let_in { 200 } else { 403 }, "{headers:?}");
        if !is_let_in {
            assert_eq!(answer.refused()?.1, P::OriginRefused);
        }
    }
    Ok(())
}

#[tokio::test]
async fn behind_a_proxy_that_ends_tls_pages_are_of_https_origins_and_of_no_others() -> TestResult {
    let options = ServeOptions {
        public_scheme: Some(Transport::Tls),
        domain: Some("example.org".to_owned()),
        ..ServeOptions::default()
    };
    let house = House::with(options).await?;
    for (origin, is_let_in) in [
        ("https://wallet.example.org", true),
        ("http://wallet.example.org", false),
        ("https://desk.example.org", false),
        ("https://wallet.example.org:8443", false),
    ] {
        let request = Request::post("/v1/people").header("content-type", "application/json").header("origin", origin);
        let request = request.body(Body::from(person("ming").to_string()))?;
        let answer = house.browser("wallet.example.org").send(request).await?;
        assert_eq!(answer.status(), if is_let_in { 200 } else { 403 }, "{origin}: {}", answer.text);
        // Browsers come by HTTPS, and are told to stay with it.
        assert!(answer.header("strict-transport-security").starts_with("max-age="), "{origin}");
        if !is_let_in {
            assert_eq!(answer.refused()?.1, P::OriginRefused);
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_unknown_route_and_method_are_problems() -> TestResult {
    let house = House::new().await?;
    let mut browser = house.browser("wallet.localhost:8787");
    for path in ["/v1/nothing", "/v1/", "/v1/people/x", "/nothing.js"] {
        assert_eq!(browser.get(path).await?.refused()?, (404, P::NotFound, None), "{path}");
    }
    let wrong = browser.ask("PUT", "/v1/session", None).await?;
    assert_eq!(wrong.refused()?, (405, P::MethodNotAllowed, None));
    assert!(wrong.header("allow").contains("POST"), "{}", wrong.header("allow"));
    Ok(())
}

#[tokio::test]
async fn every_answer_carries_the_headers_of_the_house() -> TestResult {
    let house = House::new().await?;
    let mut browser = house.browser("wallet.localhost:8787");
    for answer in [
        browser.post("/v1/people", &person("ming")).await?,
        browser.get("/v1/nothing").await?,
        browser.get("/healthz").await?,
        browser.get("/.well-known/qianbao-keys").await?,
    ] {
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-embedder-policy", "require-corp"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.header(name), value, "{name} of {}", answer.text);
        }
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"));
        assert!(answer.header("permissions-policy").contains("camera=(self)"), "{}", answer.text);
        assert!(answer.header("x-request-id").starts_with("req_"));
    }
    Ok(())
}
