//! Coming back: what is sent, who is here afterwards, and what the authenticator is told of a passkey that was made in vain.

use qianbao_api::ProblemCode;
use qianbao_api::recovery::{FinishRecovery, RecoveryState, RecoveryView};
use qianbao_client::authenticator::AuthenticatorError;
use qianbao_client::{Client, ClientError, Presence};
use qianbao_core::Timestamp;

use crate::support::Stage;
use crate::support::server::OPTIONS;

fn opened(stage: &Stage) -> Client {
    let platform = stage.device.tab().platform();
    stage.world.run(async { Client::open(platform).await })
}

fn recovery(state: RecoveryState) -> RecoveryView {
    RecoveryView {
        state,
        started_at: Timestamp(1),
        ready_at: Timestamp(2),
        closes_at: Timestamp(3),
        has_one_time_codes: true,
        server_time: Timestamp(2),
    }
}

fn finish(stage: &Stage, client: &Client, by_passkey: bool) -> Result<(), ClientError> {
    let client = client.clone();
    let password = (!by_passkey).then(|| "copper-lantern-drifts-2027".to_owned());
    let request = FinishRecovery { password, passkey: None, ends_one_time_codes: true };
    stage.world.run(async move {
        if by_passkey {
            client.finish_recovery_by_passkey(request).await.map(drop)
        } else {
            client.finish_recovery(&request).await.map(drop)
        }
    })
}

#[test]
fn without_a_ticket_there_is_no_recovery_and_nothing_is_wrong() {
    let stage = Stage::new();
    let client = opened(&stage);
    let ask = || {
        let client = client.clone();
        stage.world.run(async move { client.recovery().await })
    };
    assert_eq!(ask(), Ok(None));
    stage.server.recovery.replace(Some(recovery(RecoveryState::Waiting)));
    assert_eq!(ask(), Ok(Some(recovery(RecoveryState::Waiting))));
    stage.network.is_cut.set(true);
    assert_eq!(ask(), Err(ClientError::Offline));
}

#[test]
fn who_comes_back_is_here() {
    for by_passkey in [true, false] {
        let stage = Stage::new();
        let client = opened(&stage);
        stage.server.recovery.replace(Some(recovery(RecoveryState::Ready)));
        assert_eq!(finish(&stage, &client, by_passkey), Ok(()));
        assert!(matches!(client.presence(), Presence::SignedIn(person) if person.handle == "ming"));
        let sent = stage.server.bodies.borrow()[0].clone();
        assert_eq!(sent.contains(r#""passkey":{"id":"AAEC""#), by_passkey, "{sent}");
        assert_eq!(sent.contains(r#""password":"copper"#), !by_passkey, "{sent}");
        assert!(sent.contains(r#""ends_one_time_codes":true"#), "{sent}");
        assert_eq!(stage.device.authenticator().asked.borrow().len(), usize::from(by_passkey));
    }
}

#[test]
fn a_passkey_for_a_recovery_that_was_stopped_is_told_to_its_authenticator() {
    let stage = Stage::new();
    let client = opened(&stage);
    stage.server.recovery.replace(Some(recovery(RecoveryState::Cancelled)));
    let error = finish(&stage, &client, true).expect_err("it was stopped");
    assert_eq!(error.code(), Some(ProblemCode::RecoveryOver));
    assert_eq!(*stage.device.authenticator().asked.borrow(), [OPTIONS], "in the server's own words");
    assert_eq!(*stage.device.authenticator().unknown.borrow(), ["AAEC"]);
    assert_eq!(client.presence(), Presence::SignedOut);
    stage.device.authenticator().refusal.replace(Some(AuthenticatorError::Declined));
    assert_eq!(finish(&stage, &client, true), Err(ClientError::Passkey(AuthenticatorError::Declined)));
    assert_eq!(stage.server.bodies.borrow().len(), 1, "nothing more was sent");
}

#[test]
fn who_is_signed_in_stops_it_and_looks_at_once() {
    let stage = Stage::new();
    let client = stage.signed_in();
    stage.server.recovery.replace(Some(recovery(RecoveryState::Waiting)));
    let passed = client.clone();
    stage.world.run(async move { passed.cancel_recovery().await }).expect("ming is here");
    assert_eq!((stage.server.count("Delete /v1/recovery"), stage.server.recovery.borrow().is_none()), (1, true));
}
