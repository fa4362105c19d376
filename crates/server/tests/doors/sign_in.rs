//! `POST /v1/session`.

use qianbao_api::ProblemCode as P;
use qianbao_api::identity::SessionView;
use serde_json::{Value, json};

use crate::house::{House, PASSWORD, TestResult};

fn with(handle: &str, password: &str) -> Value {
    json!({ "handle": handle, "password": password })
}

#[tokio::test]
async fn each_sign_in_opens_another_session_and_ends_the_one_before() -> TestResult {
    let house = House::new().await?;
    let mut browser = house.signed_up("ming").await?;
    let first = browser.token.clone();
    browser.post("/v1/session", &with("ming", PASSWORD)).await?.is::<SessionView>()?;
    assert_ne!(browser.token, first);
    let mut stolen = house.browser("wallet.localhost:8787");
    stolen.token = first;
    assert_eq!(stolen.get("/v1/session").await?.refused()?.1, P::SignInRequired);
    Ok(())
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_handle_answer_alike() -> TestResult {
    let house = House::new().await?;
    house.signed_up("ming").await?;
    let mut browser = house.browser("wallet.localhost:8787");
    let mut details = Vec::new();
    for (handle, password) in [("ming", "jade-river-walks-2027"), ("nobody", PASSWORD), ("", PASSWORD), ("ming", "")] {
        let problem = browser.post("/v1/session", &with(handle, password)).await?.problem()?;
        assert_eq!((problem.status, problem.code, problem.param), (401, P::SignInFailed, None));
        details.push(problem.detail);
    }
    details.dedup();
    assert_eq!(details.len(), 1, "{details:?}");
    assert_eq!(browser.token, None);
    Ok(())
}

#[tokio::test]
async fn after_ten_wrong_tries_the_handle_waits_for_the_rest_of_the_window() -> TestResult {
    let house = House::new().await?;
    house.signed_up("ming").await?;
    house.signed_up("lan").await?;
    let mut browser = house.browser("wallet.localhost:8787");
    for _ in 0..10 {
        let wrong = browser.post("/v1/session", &with("ming", "wrong-wrong-wrong-2")).await?;
        assert_eq!(wrong.refused()?.1, P::SignInFailed);
    }
    let spent = browser.post("/v1/session", &with("ming", PASSWORD)).await?;
    assert_eq!(spent.refused()?, (429, P::TooManyRequests, None), "also with the right one");
    assert_eq!(spent.header("retry-after"), "901");
    browser.post("/v1/session", &with("lan", PASSWORD)).await?.is::<SessionView>()?;
    house.clock.pass(15 * 60);
    browser.post("/v1/session", &with("ming", PASSWORD)).await?.is::<SessionView>()?;
    Ok(())
}

#[tokio::test]
async fn right_passwords_use_up_no_budget() -> TestResult {
    let house = House::new().await?;
    let mut browser = house.signed_up("ming").await?;
    for _ in 0..12 {
        browser.post("/v1/session", &with("ming", PASSWORD)).await?.is::<SessionView>()?;
    }
    Ok(())
}

#[tokio::test]
async fn tries_are_counted_beyond_a_restart() -> TestResult {
    let house = House::new().await?;
    house.signed_up("ming").await?;
    let mut browser = house.browser("wallet.localhost:8787");
    browser.post("/v1/session", &with("ming", "wrong-wrong-wrong-2")).await?.problem()?;
    let realm = house.app.realm(qianbao_server::hosts::RealmName::Live);
    let kept: Vec<(String, i64)> = sqlx::query_as("SELECT subject, tries FROM try_budgets ORDER BY subject")
        .fetch_all(realm.directory.readers())
        .await?;
    let expected = [("address:unknown", 1), ("all", 1), ("handle:ming", 1), ("sign-up:unknown", 1)];
    assert_eq!(kept, expected.map(|(subject, tries)| (subject.to_owned(), tries)));
    let noted: Vec<(String, String)> = sqlx::query_as("SELECT subject, body FROM events WHERE kind = 'sign_in.failed'")
        .fetch_all(realm.directory.readers())
        .await?;
    let [(subject, body)] = noted.as_slice() else { return Err(format!("{noted:?}").into()) };
    assert!(subject.starts_with("per_") && !body.contains("wrong"), "{noted:?}");
    let stored: Vec<(String, String)> =
        sqlx::query_as("SELECT phc, token_hash FROM passwords, sessions").fetch_all(realm.directory.readers()).await?;
    assert!(
        stored.iter().all(|(phc, hash)| phc.starts_with("$argon2id$") && !phc.contains(PASSWORD) && hash.len() == 64)
    );
    Ok(())
}
