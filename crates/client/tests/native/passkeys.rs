//! Passkeys: what the authenticator is asked is the server's word, what it answers reaches the server, and a "no" is no answer.

use std::cell::RefCell;
use std::rc::Rc;

use qianbao_api::ProblemCode;
use qianbao_api::identity::Newcomer;
use qianbao_api::passkeys::Assertion;
use qianbao_client::authenticator::AuthenticatorError;
use qianbao_client::storage::Table;
use qianbao_client::{Client, ClientError, Moved, Presence};
use qianbao_core::Locale;

use crate::support::server::OPTIONS;
use crate::support::{Stage, keep_running, kept};

fn opened(stage: &Stage) -> Client {
    let platform = stage.device.tab().platform();
    stage.world.run(async { Client::open(platform).await })
}

fn newcomer() -> Newcomer {
    Newcomer {
        handle: "ming".to_owned(),
        display_name: "阿明".to_owned(),
        legal_name: "李明".to_owned(),
        locale: Locale::Zh,
    }
}

#[test]
fn who_signs_in_by_a_passkey_is_here() {
    let stage = Stage::new();
    let client = opened(&stage);
    let passed = client.clone();
    let session = stage.world.run(async move { passed.sign_in_by_passkey().await }).expect("ming has a passkey");
    assert!(matches!(client.presence(), Presence::SignedIn(person) if person == session.person));
    assert_eq!(*stage.device.authenticator().asked.borrow(), [OPTIONS], "in the server's own words");
    let sent: Assertion = serde_json::from_str(&stage.server.bodies.borrow()[0]).expect("an assertion");
    assert_eq!((sent.id.as_str(), sent.response.user_handle.as_deref()), ("AAEC", Some("cGVy")));
}

#[test]
fn a_wallet_is_opened_by_a_passkey_without_a_password() {
    let stage = Stage::new();
    let client = opened(&stage);
    let passed = client.clone();
    stage.world.run(async move { passed.sign_up_by_passkey(&newcomer()).await }).expect("nobody has the name");
    assert!(matches!(client.presence(), Presence::SignedIn(_)));
    let sent = stage.server.bodies.borrow()[0].clone();
    assert!(sent.contains(r#""passkey":{"id":"AAEC""#) && !sent.contains("password"), "{sent}");
}

#[test]
fn a_no_of_the_person_is_no_answer() {
    for refusal in [AuthenticatorError::Declined, AuthenticatorError::Known, AuthenticatorError::Failed("x".to_owned())]
    {
        let stage = Stage::new();
        let client = opened(&stage);
        stage.device.authenticator().refusal.replace(Some(refusal.clone()));
        let (up, into) = (client.clone(), client.clone());
        let errors = [
            stage.world.run(async move { up.sign_up_by_passkey(&newcomer()).await }).expect_err("a no"),
            stage.world.run(async move { into.sign_in_by_passkey().await }).expect_err("a no"),
        ];
        for error in errors {
            assert_eq!(error, ClientError::Passkey(refusal.clone()));
            assert_eq!((error.moved(), error.is_temporary(), error.is_signed_out()), (Moved::No, false, false));
        }
        assert_eq!(client.presence(), Presence::SignedOut);
        assert_eq!(stage.server.bodies.borrow().len(), 0, "nothing was sent");
    }
}

#[test]
fn a_passkey_that_the_server_does_not_know_is_told_to_its_authenticator() {
    let stage = Stage::new();
    let client = opened(&stage);
    stage.server.passkey_of.replace(None);
    let passed = client.clone();
    let error = stage.world.run(async move { passed.sign_in_by_passkey().await }).expect_err("nobody has it");
    assert_eq!(error.code(), Some(ProblemCode::PasskeyUnknown));
    assert_eq!(*stage.device.authenticator().unknown.borrow(), ["AAEC"]);
    assert_eq!(client.presence(), Presence::SignedOut);
}

#[test]
fn who_confirms_keeps_the_copy_and_who_signs_in_as_another_does_not() {
    let stage = Stage::new();
    let client = stage.signed_in();
    keep_running(&stage, &client);
    stage.server.book("ming", -100, qianbao_core::Timestamp(1));
    stage.world.run(stage.world.sleep_us(5_000_000));
    let before = kept(&stage, Table::Facts);
    assert!(!before.is_empty());
    let passed = client.clone();
    stage.world.run(async move { passed.confirm_by_passkey().await }).expect("ming is there");
    let passed = client.clone();
    stage
        .world
        .run(async move { passed.confirm_by_password("jade-river-walks-2026".to_owned(), None).await })
        .expect("and again");
    assert_eq!(kept(&stage, Table::Facts), before);
    let bodies = stage.server.bodies.borrow().clone();
    assert!(
        bodies[0].starts_with(r#"{"passkey":"#) && bodies[1] == r#"{"password":"jade-river-walks-2026"}"#,
        "{bodies:?}"
    );

    stage.server.passkey_of.replace(Some("chen".to_owned()));
    let passed = client.clone();
    stage.world.run(async move { passed.sign_in_by_passkey().await }).expect("chen has one too");
    assert!(matches!(client.presence(), Presence::SignedIn(person) if person.handle == "chen"));
    assert_eq!(client.mirror().entry_count(), 0, "nothing of ming's is left");
}

#[test]
fn a_browser_without_passkeys_says_so() {
    let stage = Stage::new();
    let client = opened(&stage);
    assert!(client.has_passkeys());
    stage.device.authenticator().is_missing.set(true);
    assert!(!client.has_passkeys());
}

#[test]
fn a_refusal_of_the_session_before_is_not_the_end_of_the_one_after() {
    // It comes while the confirmation is on its way, when the new session has just come, and long after.
    for delay_us in [20_000, 45_000, 60_000, 3_000_000] {
        let stage = Stage::new();
        let client = stage.signed_in();
        stage.network.sync_delay_us.set(delay_us);
        stage.server.refuses_sync.set(true);
        let (asks, confirms) = (client.clone(), client.clone());
        let answered = Rc::new(RefCell::new(None));
        let told = answered.clone();
        stage.world.spawn(async move {
            told.replace(Some(asks.refresh().await));
        });
        let begin = stage.world.sleep_us(5_000);
        let confirmed = stage.world.run(async move {
            begin.await;
            confirms.confirm_by_passkey().await
        });
        confirmed.expect("ming is there");
        stage.world.run(stage.world.sleep_us(60_000_000));
        assert!(matches!(client.presence(), Presence::SignedIn(_)), "{delay_us} µs: {:?}", client.presence());
        assert!(
            matches!(*answered.borrow(), Some(Ok(()))),
            "{delay_us} µs: it was asked again: {:?}",
            answered.borrow()
        );
    }
}

#[test]
fn a_session_that_is_over_is_over() {
    let stage = Stage::new();
    let client = stage.signed_in();
    stage.server.refuses_sync.set(true);
    let asks = client.clone();
    let answer = stage.world.run(async move { asks.refresh().await });
    assert!(answer.is_err() && matches!(client.presence(), Presence::Expired(_)), "{:?}", client.presence());
}

#[test]
fn what_one_person_asked_is_not_asked_again_for_the_next() {
    let stage = Stage::new();
    let client = stage.signed_in();
    stage.server.passkey_of.replace(Some("chen".to_owned()));
    // Refused as ming's session ends, and told of when chen's has begun.
    stage.network.sync_delay_us.set(3_000_000);
    stage.server.refuses_sync.set(true);
    let (asks, enters) = (client.clone(), client.clone());
    let answered = Rc::new(RefCell::new(None));
    let told = answered.clone();
    stage.world.spawn(async move {
        told.replace(Some(asks.refresh().await));
    });
    stage.world.run(async move { enters.sign_in_by_passkey().await }).expect("chen has one");
    let asked = stage.server.count("/v1/sync");
    stage.world.run(stage.world.sleep_us(60_000_000));
    assert_eq!(*answered.borrow(), Some(Err(ClientError::SignedOut)));
    assert_eq!(stage.server.count("/v1/sync"), asked, "it was not sent with chen's cookie");
    assert!(matches!(client.presence(), Presence::SignedIn(person) if person.handle == "chen"));
}
