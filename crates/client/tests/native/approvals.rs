//! Approving: the challenge is the intent, and what lies on the device holds neither a PIN nor what an authenticator said.

use futures::executor::block_on;
use qianbao_api::ProblemCode;
use qianbao_api::approvals::{ApprovalNeed, Approve, ApprovedAct, Needed, PinState, RefundedThing};
use qianbao_api::passkeys::{KnownPasskey, RequestOptions};
use qianbao_api::payments::{PayRequest, PayeeView, Preview, Target};
use qianbao_client::authenticator::AuthenticatorError;
use qianbao_client::storage::{Storage, Table};
use qianbao_client::{Client, ClientError, ConfirmError, Mark, Outcome, RefundOf, Sheet, Shown};
use qianbao_core::encoding::{base64url, from_hex};
use qianbao_core::id::Id;
use qianbao_core::refund::RefundIntent;
use qianbao_core::{Currency, Timestamp};

use crate::support::server::person;
use crate::support::{Stage, cny, kept};

const PIN: &str = "290417";

fn need() -> ApprovalNeed {
    let known = KnownPasskey { kind: "public-key".to_owned(), id: "AAEC".to_owned(), transports: Vec::new() };
    ApprovalNeed {
        needed: Needed::PinOrPasskey,
        reasons: Vec::new(),
        pin: PinState::Ready,
        pin_tries_left: 5,
        passkeys: vec![known],
        rp_id: "wallet.example".to_owned(),
    }
}

fn sheet() -> Sheet {
    let payee = PayeeView::Person {
        id: person("lan").id,
        handle: "lan".to_owned(),
        display_name: "岚".to_owned(),
        legal_name_masked: "*岚".to_owned(),
    };
    let preview = Preview {
        lowered: None,
        payee,
        amount: Some(cny(1_800)),
        amount_fixed: false,
        fee: cny(0),
        currency: Currency::CNY,
        amount_max: cny(5_000_000),
        order: None,
        note: None,
        available: cny(10_000),
        is_frozen: false,
        expires_at: None,
        approval: Some(need()),
        server_time: Timestamp(0),
    };
    let target = Target::Person { handle: "lan".to_owned() };
    let (payer, amount) = (person("ming").id, Some(cny(1_800)));
    Sheet { payer, target, preview, mark: Mark::Named, amount, note: String::new() }
}

fn confirm(stage: &Stage, client: &Client, shown: Option<Shown>) -> Result<Outcome, ConfirmError> {
    let client = client.clone();
    stage.world.run(async move { client.confirm(client.fresh_id(), &sheet(), shown, |_| {}).await })
}

/// The one payment that the server took.
fn sent(stage: &Stage) -> PayRequest {
    let payments = stage.server.payments.borrow();
    let (body, _) = payments.values().next().expect("one payment");
    serde_json::from_str(body).expect("a payment")
}

#[test]
fn the_pin_goes_to_the_server_and_lies_nowhere() {
    let stage = Stage::new();
    let client = stage.signed_in();
    let outcome = confirm(&stage, &client, Some(Shown::Pin(PIN.to_owned())));
    assert!(matches!(outcome, Ok(Outcome::Paid(_))), "{outcome:?}");
    let approved: Approve = serde_json::from_str(&stage.server.bodies.borrow()[0]).expect("an approval");
    assert_eq!((approved.pin.as_deref(), approved.passkey), (Some(PIN), None));
    assert_eq!(sent(&stage).approval.as_deref(), Some("sealed"));
    // What the outbox keeps, sealed, is the request as it was sent.
    let body = stage.server.payments.borrow().values().next().map(|(body, _)| body.clone()).expect("one payment");
    assert!(!body.contains(PIN), "{body}");
    let lies = block_on(stage.device.storage().list(Table::Outbox, None, 1_000)).expect("the store can be read");
    assert!(!lies.is_empty(), "the payment is in the outbox");
    for record in lies {
        let value = record.value.expect("what was just written can be read");
        assert!(!value.windows(PIN.len()).any(|part| part == PIN.as_bytes()));
    }
}

#[test]
fn a_passkey_is_asked_with_the_digest_of_the_intent() {
    let stage = Stage::new();
    let client = stage.signed_in();
    let outcome = confirm(&stage, &client, Some(Shown::Passkey));
    assert!(matches!(outcome, Ok(Outcome::Paid(_))), "{outcome:?}");
    let asked = stage.device.authenticator().asked.borrow()[0].clone();
    let asked: RequestOptions = serde_json::from_str(&asked).expect("options");
    let digest = from_hex::<32>(&sent(&stage).intent).expect("64 hex digits");
    assert_eq!(asked.challenge, base64url(&digest));
    assert_eq!((asked.rp_id.as_str(), asked.user_verification.as_str()), ("wallet.example", "required"));
    assert_eq!(asked.allow_credentials, need().passkeys);
    let approved: Approve = serde_json::from_str(&stage.server.bodies.borrow()[0]).expect("an approval");
    assert!(approved.pin.is_none() && approved.passkey.is_some_and(|passkey| passkey.id == "AAEC"));
}

#[test]
fn what_is_not_approved_is_not_sent() {
    let stage = Stage::new();
    let client = stage.signed_in();
    let wrong = confirm(&stage, &client, Some(Shown::Pin("111112".to_owned())));
    let Err(ConfirmError::Approval(error)) = wrong else { panic!("{wrong:?}") };
    assert_eq!(error.code(), Some(ProblemCode::PinWrong));
    stage.device.authenticator().refusal.replace(Some(AuthenticatorError::Declined));
    let declined = confirm(&stage, &client, Some(Shown::Passkey));
    let Err(ConfirmError::Approval(ClientError::Passkey(_))) = declined else { panic!("{declined:?}") };
    assert_eq!(stage.server.count("Post /v1/payments"), 0);
    assert!(kept(&stage, Table::Outbox).is_empty(), "nothing is under way");
    assert_eq!(stage.server.balance("ming"), 10_000);
}

#[test]
fn a_refund_is_approved_as_what_it_is() {
    let stage = Stage::new();
    let client = stage.signed_in();
    let (refund, order) = (client.fresh_id(), Id::from_parts(1, [4; 10]));
    let passed = client.clone();
    let answer = stage.world.run(async move {
        passed.approve_refund(refund, RefundOf::Order(order), cny(900), &need(), Shown::Passkey).await
    });
    assert_eq!(answer.as_deref(), Ok("sealed"));
    let asked = stage.device.authenticator().asked.borrow()[0].clone();
    let asked: RequestOptions = serde_json::from_str(&asked).expect("options");
    let approved: Approve = serde_json::from_str(&stage.server.bodies.borrow()[0]).expect("an approval");
    let ApprovedAct::Refund { not_after, .. } = approved.act else { panic!("a refund is approved") };
    let (by, of, amount) = (person("ming").id, RefundedThing::Order { order }, cny(900));
    let intent = RefundIntent { refund, by, of, amount, not_after };
    assert_eq!(asked.challenge, base64url(&intent.digest()));
}
