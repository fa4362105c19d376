//! Routes for everyone: keys, health, reports.

use axum::body::Body;
use axum::http::Request;
use qianbao_api::keys::KeySet;

use crate::house::{House, TestResult};

#[tokio::test]
async fn keys_are_public_on_every_host_and_of_its_realm() -> TestResult {
    let house = House::new().await?;
    let mut ids = Vec::new();
    for host in ["wallet.localhost:8787", "desk.localhost:8787", "127.0.0.1:8787", "wallet.test.localhost:8787"] {
        let keys: KeySet = house.browser(host).get("/.well-known/qianbao-keys").await?.is()?;
        assert_eq!((keys.keys.len(), keys.keys[0].algorithm.as_str()), (1, "Ed25519"));
        ids.push(keys.keys[0].id.clone());
    }
    assert!(ids[0] == ids[1] && ids[1] == ids[2] && ids[2] != ids[3], "{ids:?}");
    Ok(())
}

#[tokio::test]
async fn health_is_told_on_every_host() -> TestResult {
    let house = House::new().await?;
    for host in ["wallet.localhost:8787", "127.0.0.1:8787", "api.test.localhost:8787"] {
        for path in ["/healthz", "/readyz"] {
            assert_eq!(house.browser(host).get(path).await?.status(), 200, "{host}{path}");
        }
    }
    let live = house.app.realm(qianbao_server::hosts::RealmName::Live);
    live.directory.close().await;
    let mut browser = house.browser("127.0.0.1:8787");
    assert_eq!((browser.get("/healthz").await?.status(), browser.get("/readyz").await?.status()), (200, 503));
    Ok(())
}

#[tokio::test]
async fn reports_are_taken_from_browsers_whatever_they_hold() -> TestResult {
    let house = House::new().await?;
    let mut browser = house.browser("wallet.localhost:8787");
    for body in
        [r#"[{"type":"csp-violation","body":{"effectiveDirective":"script-src","blockedURL":"inline"}}]"#, "x", ""]
    {
        let request = Request::post("/csp-report").header("content-type", "application/reports+json");
        assert_eq!(browser.send(request.body(Body::from(body))?).await?.status(), 204, "{body}");
    }
    Ok(())
}
