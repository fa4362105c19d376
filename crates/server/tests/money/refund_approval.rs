//! What giving back needs: `POST /v1/refunds/preview`, and both routes of refunds with and without an approval.

use qianbao_api::ProblemCode as P;
use qianbao_api::approvals::{ApprovalNeed, Approve, Approved, ApprovedAct, Needed, Reason, RefundPreview};
use qianbao_api::orders::{CreateRefund, OrderView, RefundView};
use qianbao_api::payments::CreatePaymentRefund;
use qianbao_core::approval::Factor;
use qianbao_core::refund::{RefundIntent, RefundedThing};

use crate::approve_by_passkey::{options, passkey};
use crate::approve_by_pin::set;
use crate::house::{Answer, House, Street, TestResult, yuan};

const PIN: &str = "290417";

/// An order of 300.00 that Ming has paid, and Chen with a PIN.
async fn paid() -> TestResult<(Street, OrderView)> {
    let street = House::street().await?;
    let order = street.order(30_000).await?;
    street.ming.pay(&street.payment_of(&street.ming, &order)?).await?;
    let chen = street.house.wallet(street.desk.person).await?;
    assert_eq!(set(&chen, PIN).await?.status, 204);
    Ok((street, order))
}

fn asked(street: &Street, minor: i64) -> CreateRefund {
    CreateRefund { id: street.desk.sources().id(), amount: yuan(minor), reason: String::new(), approval: None }
}

async fn send(street: &Street, order: &OrderView, request: &CreateRefund) -> TestResult<Answer> {
    street.desk.post(&format!("/v1/orders/{}/refunds", order.id), request).await
}

/// What is approved, and the digest of its intent.
fn act(street: &Street, of: RefundedThing, request: &CreateRefund) -> (ApprovedAct, [u8; 32]) {
    let (by, amount) = (street.desk.person, request.amount);
    let not_after = street.desk.sources().now().plus_seconds(120);
    let digest = RefundIntent { refund: request.id, by, of, amount, not_after }.digest();
    (ApprovedAct::Refund { id: request.id, of, amount, not_after }, digest)
}

async fn needed(street: &Street, minor: i64) -> TestResult<(Needed, Vec<Reason>)> {
    let need: ApprovalNeed =
        street.desk.post("/v1/refunds/preview", &RefundPreview { amount: yuan(minor) }).await?.ok()?;
    assert_eq!(need.rp_id, "desk.localhost");
    Ok((need.needed, need.reasons))
}

#[tokio::test]
async fn a_small_refund_needs_nothing_and_a_larger_one_the_pin() -> TestResult {
    let (street, order) = paid().await?;
    assert_eq!(needed(&street, 20_000).await?, (Needed::Nothing, vec![]));
    assert_eq!(needed(&street, 20_001).await?, (Needed::PinOrPasskey, vec![Reason::AboveFreeLimit]));
    assert_eq!(needed(&street, 500_001).await?.0, Needed::Passkey);
    send(&street, &order, &asked(&street, 100)).await?.ok::<RefundView>()?;
    let bare = asked(&street, 20_001);
    assert_eq!(send(&street, &order, &bare).await?.problem()?.code, P::ApprovalRequired);
    let (act, _) = act(&street, RefundedThing::Order { order: order.id }, &bare);
    let wrong = Approve { act: act.clone(), pin: Some("111112".to_owned()), passkey: None };
    assert_eq!(street.desk.post("/v1/approvals", &wrong).await?.problem()?.tries_left, Some(4));
    let right = Approve { act, pin: Some(PIN.to_owned()), passkey: None };
    let approved: Approved = street.desk.post("/v1/approvals", &right).await?.ok()?;
    let request = CreateRefund { approval: Some(approved.approval), ..bare };
    let other = CreateRefund { amount: yuan(20_002), ..request.clone() };
    assert_eq!(send(&street, &order, &other).await?.problem()?.code, P::ApprovalInvalid, "of another amount");
    let first: RefundView = send(&street, &order, &request).await?.ok()?;
    // A repeat answers alike, also when the approval is long over.
    street.house.clock.pass(3_600);
    assert_eq!(send(&street, &order, &request).await?.ok::<RefundView>()?, first);
    assert_eq!(street.ming.balance().await?, 100_000 - 30_000 + 100 + 20_001);
    Ok(())
}

#[tokio::test]
async fn an_approval_of_a_refund_is_good_for_it_alone() -> TestResult {
    let (street, order) = paid().await?;
    let another = street.order(30_000).await?;
    street.ming.pay(&street.payment_of(&street.ming, &another)?).await?;
    let bare = asked(&street, 25_000);
    let of = RefundedThing::Order { order: order.id };
    let (_, digest) = act(&street, of, &bare);
    let end = street.desk.sources().now().plus_seconds(120);
    let key = &street.house.realm().approval_key;
    let (of_another_end, of_ming) = (
        key.seal(street.desk.person, &digest, Factor::Pin, end.plus_seconds(60)),
        key.seal(street.ming.person, &digest, Factor::Pin, end),
    );
    for approval in [of_another_end, of_ming, String::new()] {
        let request = CreateRefund { approval: Some(approval), ..bare.clone() };
        assert_eq!(send(&street, &order, &request).await?.problem()?.code, P::ApprovalInvalid);
    }
    let (act, _) = act(&street, of, &bare);
    let approve = Approve { act, pin: Some(PIN.to_owned()), passkey: None };
    let approved: Approved = street.desk.post("/v1/approvals", &approve).await?.ok()?;
    let request = CreateRefund { approval: Some(approved.approval), ..bare };
    assert_eq!(send(&street, &another, &request).await?.problem()?.code, P::ApprovalInvalid, "of another order");
    street.house.clock.pass(121);
    assert_eq!(send(&street, &order, &request).await?.problem()?.code, P::ApprovalInvalid, "over");
    Ok(())
}

#[tokio::test]
async fn a_passkey_of_the_desk_approves_a_refund_of_a_payment_without_order() -> TestResult {
    let street = House::street().await?;
    let code: qianbao_api::merchants::StaticCodeView = street.desk.get("/v1/shop/code").await?.ok()?;
    let target = qianbao_api::payments::Target::ShopCode { link: code.link };
    let payee = qianbao_core::intent::Payee::Shop(street.shop.id);
    let payment = street.ming.payment(target, payee, yuan(60_000))?;
    street.ming.pay(&payment).await?;
    let mut authenticator = passkey(&street.desk, "desk.localhost:8787").await?;
    let bare = asked(&street, 50_000);
    let of = RefundedThing::Payment { payer: street.ming.person, payment: payment.id };
    let (act, digest) = act(&street, of, &bare);
    let assertion = authenticator.get(&options(digest, "desk.localhost"))?;
    let mut body = serde_json::to_value(Approve { act, pin: None, passkey: None })?;
    body["passkey"] = assertion;
    let approved: Approved = street.desk.post("/v1/approvals", &body).await?.ok()?;
    let CreateRefund { id, amount, reason, .. } = bare;
    let request =
        CreatePaymentRefund { id, payer: street.ming.person, amount, reason, approval: Some(approved.approval) };
    let path = format!("/v1/payments/{}/refunds", payment.id);
    street.desk.post(&path, &request).await?.ok::<RefundView>()?;
    assert_eq!(street.ming.balance().await?, 90_000);
    Ok(())
}
