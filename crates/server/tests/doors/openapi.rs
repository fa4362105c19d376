//! `GET /v1/openapi.json` and its copy in `docs`.

use std::path::Path;

use qianbao_server::openapi::document;
use serde_json::Value;

use crate::house::{House, TestResult};

#[tokio::test]
async fn the_server_describes_itself() -> TestResult {
    let house = House::new().await?;
    let served: Value = house.browser("api.localhost:8787").get("/v1/openapi.json").await?.is()?;
    assert_eq!(served, serde_json::from_str::<Value>(&document())?);
    Ok(())
}

#[test]
fn the_copy_in_docs_is_the_present_document() -> TestResult {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let committed = std::fs::read_to_string(&file)?;
    assert!(
        committed == document(),
        "expected the present document: cargo run -p qianbao-server -- openapi > docs/openapi.json"
    );
    Ok(())
}

#[test]
fn every_operation_says_who_may_use_it_and_what_a_refusal_looks_like() -> TestResult {
    let document: Value = serde_json::from_str(&document())?;
    let paths = document["paths"].as_object().ok_or("paths")?;
    let open = ["/healthz", "/readyz", "/csp-report", "/v1/openapi.json", "/.well-known/qianbao-keys"];
    let mut operations = 0;
    for (path, item) in paths {
        for (method, operation) in item.as_object().ok_or("item")? {
            operations += 1;
            let content = &operation["responses"]["default"]["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(content, "#/components/schemas/Problem", "{method} {path}");
            let ways_in = [
                "/v1/people",
                "/v1/people/passkey-options",
                "/v1/session",
                "/v1/session/passkey",
                "/v1/session/passkey-options",
                "/v1/recovery/passkey-options",
                "/v1/recovery/finish",
            ];
            // Everybody may begin a recovery and ask for theirs; who stops one is signed in.
            let is_recovery = path == "/v1/recovery" && method != "delete";
            let is_door = is_recovery || ways_in.contains(&path.as_str()) && method != "get";
            let is_signed_by_sender = path.contains("bank");
            let is_guarded = operation["security"].to_string().contains("session");
            let is_open = open.contains(&path.as_str()) || is_door || is_signed_by_sender;
            assert_ne!(is_guarded, is_open, "{method} {path}");
        }
    }
    assert!(operations > 25, "{operations}");
    // Every reference leads somewhere.
    let text = document.to_string();
    for reference in text.split("\"#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(document["components"]["schemas"][reference].is_object(), "{reference}");
    }
    Ok(())
}
