//! `GET /v1/session` and `DELETE /v1/session`, and how long a session lives.

use qianbao_api::ProblemCode as P;
use qianbao_api::approvals::Reason;
use qianbao_api::identity::SessionView;
use qianbao_api::payments::Preview;
use serde_json::json;

use crate::house::{Browser, House, PASSWORD, TestResult};

#[tokio::test]
async fn without_a_live_session_one_has_to_sign_in() -> TestResult {
    let house = House::new().await?;
    let mut browser = house.browser("wallet.localhost:8787");
    for token in [None, Some("x".to_owned()), Some("A".repeat(43)), Some("A".repeat(5_000))] {
        browser.token = token;
        assert_eq!(browser.get("/v1/session").await?.refused()?, (401, P::SignInRequired, None));
    }
    Ok(())
}

#[tokio::test]
async fn a_session_is_of_one_host() -> TestResult {
    let house = House::new().await?;
    let browser = house.signed_up("ming").await?;
    for host in ["desk.localhost:8787", "wallet.test.localhost:8787"] {
        let mut elsewhere = house.browser(host);
        elsewhere.token.clone_from(&browser.token);
        assert_eq!(elsewhere.get("/v1/session").await?.refused()?.1, P::SignInRequired, "{host}");
    }
    Ok(())
}

#[tokio::test]
async fn signing_out_ends_the_session_and_wipes_the_browser() -> TestResult {
    let house = House::new().await?;
    let mut browser = house.signed_up("ming").await?;
    let token = browser.token.clone();
    let gone = browser.ask("DELETE", "/v1/session", None).await?;
    assert_eq!((gone.status(), gone.header("clear-site-data")), (204, "\"storage\""));
    assert!(gone.header("set-cookie").contains("Max-Age=0"));
    browser.token = token;
    assert_eq!(browser.get("/v1/session").await?.refused()?.1, P::SignInRequired);
    assert_eq!(browser.ask("DELETE", "/v1/session", None).await?.status(), 204, "again is no mistake");
    Ok(())
}

/// Whether a payment of this browser would be asked about because it was idle.
async fn is_idle(browser: &mut Browser) -> TestResult<bool> {
    let target = json!({ "kind": "person", "handle": "lan" });
    let request = json!({ "target": target, "amount": { "minor": "100", "currency": "CNY" } });
    let preview: Preview = browser.post("/v1/payments/preview", &request).await?.is()?;
    Ok(preview.approval.ok_or("an amount was named")?.reasons.contains(&Reason::Idle))
}

#[tokio::test]
async fn after_fifteen_idle_minutes_reading_goes_on_and_value_asks() -> TestResult {
    let house = House::new().await?;
    house.signed_up("lan").await?;
    let mut browser = house.signed_up("ming").await?;
    house.clock.pass(14 * 60);
    assert!(!is_idle(&mut browser).await?, "used within the limit");
    house.clock.pass(14 * 60);
    assert!(!is_idle(&mut browser).await?, "which prolonged it");
    house.clock.pass(15 * 60);
    assert!(is_idle(&mut browser).await?);
    browser.get("/v1/session").await?.is::<SessionView>()?;
    assert!(is_idle(&mut browser).await?, "reading wakes nothing");
    let request = json!({ "handle": "ming", "password": PASSWORD });
    browser.post("/v1/session", &request).await?.is::<SessionView>()?;
    assert!(!is_idle(&mut browser).await?);
    Ok(())
}

#[tokio::test]
async fn what_the_app_does_by_itself_keeps_no_session_alive() -> TestResult {
    let house = House::new().await?;
    house.signed_up("lan").await?;
    let mut browser = house.signed_up("ming").await?;
    for _ in 0..15 {
        house.clock.pass(60);
        assert_eq!(browser.get("/v1/sync").await?.status(), 200);
    }
    assert!(is_idle(&mut browser).await?);
    Ok(())
}

#[tokio::test]
async fn after_twelve_hours_it_is_over_however_it_was_used() -> TestResult {
    let house = House::new().await?;
    let mut browser = house.signed_up("ming").await?;
    for _ in 0..71 {
        house.clock.pass(600);
        browser.get("/v1/session").await?.is::<SessionView>()?;
    }
    house.clock.pass(600);
    assert_eq!(browser.get("/v1/session").await?.refused()?.1, P::SignInRequired);
    Ok(())
}

#[tokio::test]
async fn a_session_that_was_just_used_is_over_with_the_answer_to_its_end() -> TestResult {
    let house = House::new().await?;
    let mut browser = house.signed_up("ming").await?;
    for _ in 0..20 {
        browser.get("/v1/session").await?.is::<SessionView>()?;
        let token = browser.token.clone();
        let mut late = house.browser("wallet.localhost:8787");
        late.token.clone_from(&token);
        // Others read the session while it is ended, so that one of them may hold what it read before.
        let readers: Vec<_> = (0..8)
            .map(|_| {
                let mut reader = house.browser("wallet.localhost:8787");
                reader.token.clone_from(&token);
                async move { reader.get("/v1/session").await.map(|answer| answer.status()) }
            })
            .collect();
        let (ended, read) =
            futures::join!(browser.ask("DELETE", "/v1/session", None), futures::future::join_all(readers));
        assert_eq!(ended?.status(), 204);
        for status in read {
            assert!([200, 401].contains(&status?));
        }
        assert_eq!(late.get("/v1/session").await?.refused()?.1, P::SignInRequired);
        let request = json!({ "handle": "ming", "password": PASSWORD });
        browser.post("/v1/session", &request).await?.is::<SessionView>()?;
    }
    Ok(())
}

#[tokio::test]
async fn signing_in_again_ends_the_session_before_and_the_oldest_of_too_many() -> TestResult {
    let house = House::new().await?;
    let request = json!({ "handle": "ming", "password": PASSWORD });
    let mut browser = house.signed_up("ming").await?;
    browser.get("/v1/session").await?.is::<SessionView>()?;
    let mut replaced = house.browser("wallet.localhost:8787");
    replaced.token.clone_from(&browser.token);
    browser.post("/v1/session", &request).await?.is::<SessionView>()?;
    assert_eq!(replaced.get("/v1/session").await?.refused()?.1, P::SignInRequired);
    // Twenty more elsewhere: the oldest, which was in use until now, has to go.
    for _ in 0..20 {
        browser.get("/v1/session").await?.is::<SessionView>()?;
        house.clock.pass(1);
        house.browser("wallet.localhost:8787").post("/v1/session", &request).await?.is::<SessionView>()?;
    }
    assert_eq!(browser.get("/v1/session").await?.refused()?.1, P::SignInRequired);
    Ok(())
}

#[tokio::test]
async fn a_sign_out_that_nobody_waits_for_leaves_no_session_in_memory_alone() -> TestResult {
    let house = House::new().await?;
    let mut browser = house.signed_up("ming").await?;
    let request = json!({ "handle": "ming", "password": PASSWORD });
    for round in 0..40 {
        browser.get("/v1/session").await?.is::<SessionView>()?;
        let mut late = house.browser("wallet.localhost:8787");
        late.token.clone_from(&browser.token);
        // The browser goes away a little later each time: before, in and after the commit.
        let gone = std::time::Duration::from_micros(100 * round);
        let _ = tokio::time::timeout(gone, browser.ask("DELETE", "/v1/session", None)).await;
        // A transaction that was begun is over in the database when the next one has been: there is one writer.
        house.app.realm(qianbao_server::hosts::RealmName::Live).directory.begin().await?.commit().await?;
        let readers = house.app.realm(qianbao_server::hosts::RealmName::Live).directory.readers().clone();
        let rows: Vec<(String,)> = sqlx::query_as("SELECT id FROM sessions").fetch_all(&readers).await?;
        // Whoever commits forgets a moment later, once the database has answered.
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(2);
        let mut is_let_in = late.get("/v1/session").await?.status() == 200;
        while is_let_in == rows.is_empty() && std::time::Instant::now() < deadline {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            is_let_in = late.get("/v1/session").await?.status() == 200;
        }
        assert_eq!(is_let_in, !rows.is_empty(), "round {round}");
        browser.token = late.token;
        if rows.is_empty() {
            browser.post("/v1/session", &request).await?.is::<SessionView>()?;
        }
    }
    Ok(())
}
