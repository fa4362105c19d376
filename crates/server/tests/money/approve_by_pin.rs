//! `PUT /v1/pin`, and `POST /v1/approvals` with a PIN.

use std::time::Duration;

use futures::future::join_all;
use qianbao_api::ProblemCode as P;
use qianbao_api::approvals::{Approve, Approved, ApprovedAct, Needed, NewPin, PaymentSettings, PinState, Reason};
use qianbao_api::payments::{PayRequest, PaymentStatus, Preview, PreviewRequest};
use qianbao_core::approval::Factor;
use qianbao_core::intent::Payee;

use crate::house::{Answer, House, Street, TestResult, Visitor, transfer, yuan};

/// The PIN of everybody here.
const PIN: &str = "290417";

/// Sets a PIN.
pub async fn set(visitor: &Visitor, pin: &str) -> TestResult<Answer> {
    visitor.put("/v1/pin", &NewPin { pin: pin.to_owned() }).await
}

/// What is approved for this request.
pub fn act(request: &PayRequest) -> ApprovedAct {
    let PayRequest { id, target, amount, fee, not_after, .. } = request.clone();
    ApprovedAct::Payment { id, target, amount, fee, not_after }
}

/// Approves the request by a PIN.
pub async fn approve(visitor: &Visitor, request: &PayRequest, pin: &str) -> TestResult<Answer> {
    let body = Approve { act: act(request), pin: Some(pin.to_owned()), passkey: None };
    visitor.post("/v1/approvals", &body).await
}

/// The request with what approving it answered.
pub fn with(request: PayRequest, answer: &Answer) -> TestResult<PayRequest> {
    Ok(PayRequest { approval: Some(answer.ok::<Approved>()?.approval), ..request })
}

/// A transfer of Ming to Lan that nobody has approved.
pub fn bare(street: &Street, minor: i64) -> TestResult<PayRequest> {
    Ok(PayRequest { approval: None, ..transfer(&street.ming, &street.lan, "lan", minor)? })
}

/// What the sheet shows for it.
pub async fn shown(visitor: &Visitor, request: &PayRequest) -> TestResult<(Needed, Vec<Reason>)> {
    let ask = PreviewRequest { target: request.target.clone(), amount: Some(request.amount) };
    let preview: Preview = visitor.post("/v1/payments/preview", &ask).await?.ok()?;
    let need = preview.approval.ok_or("an amount was named")?;
    Ok((need.needed, need.reasons))
}

#[tokio::test]
async fn a_payment_above_the_limit_is_paid_with_the_pin_and_without_it_not() -> TestResult {
    let street = House::street().await?;
    let (ming, lan) = (&street.ming, &street.lan);
    assert_eq!(set(ming, PIN).await?.status, 204);
    let request = bare(&street, 20_001)?;
    assert_eq!(shown(ming, &request).await?, (Needed::PinOrPasskey, vec![Reason::AboveFreeLimit, Reason::NewPayee]));
    assert_eq!(ming.pay_refused(&request).await?, P::ApprovalRequired);
    let approved = with(request, &approve(ming, &bare(&street, 20_001)?, PIN).await?);
    assert_eq!(ming.pay_refused(&approved?).await?, P::ApprovalInvalid, "of another id");
    let request = bare(&street, 20_001)?;
    let approved = with(request.clone(), &approve(ming, &request, PIN).await?)?;
    let again = with(request.clone(), &approve(ming, &request, PIN).await?)?;
    assert_eq!(approved, again, "approving twice gives the same, so a repeat is the same request");
    let paid = ming.pay(&approved).await?;
    assert_eq!(paid.status, PaymentStatus::Paid);
    assert_eq!(ming.pay(&approved).await?.paid, paid.paid);
    assert_eq!(ming.pay_refused(&request).await?, P::IdReused, "without the approval it is another request");
    assert_eq!(lan.balance().await?, 70_001);
    // Now she is known, and a small amount needs nothing.
    let small = bare(&street, 20_000)?;
    assert_eq!(shown(ming, &small).await?, (Needed::Nothing, vec![]));
    assert_eq!(ming.pay(&small).await?.status, PaymentStatus::Paid);
    Ok(())
}

#[tokio::test]
async fn an_approval_is_good_for_what_was_approved_only() -> TestResult {
    let street = House::street().await?;
    let (ming, lan) = (&street.ming, &street.lan);
    set(ming, PIN).await?;
    set(lan, PIN).await?;
    let order = street.order(30_000).await?;
    let (for_order, shop) = (street.payment_of(ming, &order)?, Payee::Shop(street.shop.id));
    let right = bare(&street, 30_000)?;
    let right = with(right.clone(), &approve(ming, &right, PIN).await?)?;
    let approval = right.approval.clone();
    let stated = |request: PayRequest, payee| -> TestResult<PayRequest> {
        Ok(PayRequest { approval: approval.clone(), ..ming.approved(request, payee)? })
    };
    let payee = Payee::Person(lan.person);
    let later = right.not_after.plus_seconds(1);
    for (what, changed) in [
        ("amount", stated(PayRequest { amount: yuan(30_001), ..right.clone() }, payee)?),
        ("payee and order", stated(PayRequest { target: for_order.target, ..right.clone() }, shop)?),
        ("end", stated(PayRequest { not_after: later, ..right.clone() }, payee)?),
        ("id", stated(transfer(ming, lan, "lan", 30_000)?, payee)?),
    ] {
        assert_eq!(ming.pay_refused(&changed).await?, P::ApprovalInvalid, "{what}");
    }
    for approval in ["", "AAAA", "§", &"A".repeat(56), &"A".repeat(4_000)] {
        let wrong = PayRequest { approval: Some(approval.to_owned()), ..right.clone() };
        assert_eq!(ming.pay_refused(&wrong).await?, P::ApprovalInvalid, "{approval:?}");
    }
    // Another person's approval, of the very same act as they would state it.
    assert_eq!(approve(lan, &right, PIN).await?.problem()?.code, P::PaySelf);
    let sealed = street.house.realm().approval_key.seal(lan.person, &[0; 32], Factor::Pin, right.not_after);
    let foreign = PayRequest { approval: Some(sealed), ..right.clone() };
    assert_eq!(ming.pay_refused(&foreign).await?, P::ApprovalInvalid);
    assert_eq!(ming.pay(&right).await?.status, PaymentStatus::Paid, "and nothing of this used the id up");
    Ok(())
}

#[tokio::test]
async fn an_approval_ends_with_the_payment() -> TestResult {
    let street = House::street().await?;
    let ming = &street.ming;
    set(ming, PIN).await?;
    let request = bare(&street, 30_000)?;
    let approved = with(request.clone(), &approve(ming, &request, PIN).await?)?;
    street.house.clock.pass(121);
    assert_eq!(ming.pay_refused(&approved).await?, P::NotAfterInvalid);
    assert_eq!(approve(ming, &request, PIN).await?.problem()?.code, P::NotAfterInvalid);
    let far = bare(&street, 30_000)?;
    let far = PayRequest { not_after: far.not_after.plus_seconds(600), ..far };
    assert_eq!(approve(ming, &far, PIN).await?.problem()?.code, P::NotAfterInvalid);
    Ok(())
}

#[tokio::test]
async fn a_wrong_pin_tells_how_many_tries_are_left_and_the_fifth_locks_it() -> TestResult {
    let street = House::street().await?;
    let ming = &street.ming;
    set(ming, PIN).await?;
    let request = bare(&street, 30_000)?;
    assert_eq!(approve(ming, &request, "29041").await?.problem()?.code, P::PinInvalid);
    for left in [4, 3, 2, 1] {
        let problem = approve(ming, &request, "111111").await?.problem()?;
        assert_eq!((problem.status, problem.code, problem.tries_left), (403, P::PinWrong, Some(left)));
    }
    // The right one begins anew.
    approve(ming, &request, PIN).await?.ok::<Approved>()?;
    for left in [4, 3, 2, 1] {
        assert_eq!(approve(ming, &request, "111111").await?.problem()?.tries_left, Some(left));
    }
    let locked = approve(ming, &request, "111111").await?.problem()?;
    assert_eq!((locked.code, locked.tries_left), (P::PinLocked, Some(0)));
    assert_eq!(approve(ming, &request, PIN).await?.problem()?.code, P::PinLocked, "also the right one");
    let settings: PaymentSettings = ming.get("/v1/payment-settings").await?.ok()?;
    assert_eq!(settings.pin, PinState::Locked);
    // Neither time nor an old session unlocks it, a stronger factor does.
    street.house.clock.pass(24 * 60 * 6);
    assert_eq!(set(ming, PIN).await?.problem()?.code, P::ConfirmationRequired);
    let fresh = street.house.wallet(ming.person).await?;
    assert_eq!(set(&fresh, PIN).await?.status, 204);
    let request = PayRequest { approval: None, ..transfer(&fresh, &street.lan, "lan", 30_000)? };
    approve(&fresh, &request, PIN).await?.ok::<Approved>()?;
    Ok(())
}

#[tokio::test]
async fn fifty_guesses_at_once_are_five() -> TestResult {
    let street = House::street().await?;
    let ming = &street.ming;
    set(ming, PIN).await?;
    let request = bare(&street, 30_000)?;
    let guesses: Vec<String> = (0..50).map(|number| format!("{:06}", 500_000 + number)).collect();
    let answers = join_all(guesses.iter().map(|guess| approve(ming, &request, guess))).await;
    let mut compared = 0;
    for answer in answers {
        let problem = answer?.problem()?;
        assert!(matches!(problem.code, P::PinWrong | P::PinLocked), "{problem:?}");
        compared += i32::from(problem.code == P::PinWrong);
    }
    assert!(compared <= 4, "the fifth says that it is locked, found {compared} compared before it");
    assert_eq!(approve(ming, &request, PIN).await?.problem()?.code, P::PinLocked);
    Ok(())
}

#[tokio::test]
async fn a_try_is_counted_before_it_is_compared() -> TestResult {
    let street = House::street().await?;
    let ming = &street.ming;
    set(ming, PIN).await?;
    let request = bare(&street, 30_000)?;
    for _ in 0..5 {
        // Whoever hangs up before the answer has had their try all the same.
        let asked = tokio::time::timeout(Duration::from_millis(1), approve(ming, &request, "500001")).await;
        drop(asked);
    }
    let settings: PaymentSettings = ming.get("/v1/payment-settings").await?.ok()?;
    let (tries,): (i64,) = sqlx::query_as("SELECT tries FROM pins WHERE person = $1")
        .bind(ming.person.to_string())
        .fetch_one(street.house.realm().directory.readers())
        .await?;
    assert!(tries <= 5, "{tries}");
    assert_eq!(settings.pin == PinState::Locked, tries == 5);
    Ok(())
}

#[tokio::test]
async fn a_pin_that_is_tried_first_is_refused_and_a_stale_session_sets_none() -> TestResult {
    let street = House::street().await?;
    let ming = &street.ming;
    for (pin, code) in [
        ("000000", P::PinTrivial),
        ("123456", P::PinTrivial),
        ("987654", P::PinTrivial),
        ("121212", P::PinTrivial),
        ("12345", P::PinInvalid),
        ("1234567", P::PinInvalid),
        ("29041a", P::PinInvalid),
        ("２９０４１７", P::PinInvalid),
    ] {
        let problem = set(ming, pin).await?.problem()?;
        assert_eq!((problem.code, problem.param.as_deref()), (code, Some("pin")), "{pin}");
        assert!(!problem.detail.contains(pin), "it never repeats what was typed");
    }
    let request = bare(&street, 30_000)?;
    assert_eq!(approve(ming, &request, PIN).await?.problem()?.code, P::PinMissing);
    street.house.clock.pass(601);
    assert_eq!(set(ming, PIN).await?.problem()?.code, P::ConfirmationRequired);
    assert_eq!(street.desk.put("/v1/pin", &NewPin { pin: PIN.to_owned() }).await?.problem()?.code, P::NotFound);
    Ok(())
}

#[tokio::test]
async fn an_approval_names_one_factor_and_belongs_to_its_host() -> TestResult {
    let street = House::street().await?;
    let ming = &street.ming;
    set(ming, PIN).await?;
    let request = bare(&street, 30_000)?;
    let neither = Approve { act: act(&request), pin: None, passkey: None };
    assert_eq!(ming.post("/v1/approvals", &neither).await?.problem()?.code, P::MalformedRequest);
    let at_the_desk = Approve { pin: Some(PIN.to_owned()), ..neither };
    assert_eq!(street.desk.post("/v1/approvals", &at_the_desk).await?.problem()?.code, P::MalformedRequest);
    // What could not be paid is not approved: no try is counted for it.
    for (changed, code) in [
        (PayRequest { amount: yuan(0), ..request.clone() }, P::AmountNotPositive),
        (PayRequest { fee: yuan(1), ..request.clone() }, P::FeeChanged),
    ] {
        assert_eq!(approve(ming, &changed, "111111").await?.problem()?.code, code);
    }
    assert_eq!(approve(ming, &request, "111111").await?.problem()?.tries_left, Some(4));
    Ok(())
}

#[tokio::test]
async fn after_idle_minutes_the_pin_is_asked_and_wakes_the_session() -> TestResult {
    let street = House::street().await?;
    let (ming, lan) = (&street.ming, &street.lan);
    set(ming, PIN).await?;
    ming.pay(&transfer(ming, lan, "lan", 100)?).await?;
    assert_eq!(ming.pay(&bare(&street, 100)?).await?.status, PaymentStatus::Paid);
    street.house.clock.pass(15 * 60);
    let request = bare(&street, 100)?;
    assert_eq!(shown(ming, &request).await?, (Needed::PinOrPasskey, vec![Reason::Idle]));
    assert_eq!(ming.pay_refused(&request).await?, P::ApprovalRequired);
    let approved = with(request.clone(), &approve(ming, &request, PIN).await?)?;
    assert_eq!(ming.pay(&approved).await?.status, PaymentStatus::Paid);
    let next = bare(&street, 100)?;
    assert_eq!(shown(ming, &next).await?, (Needed::Nothing, vec![]));
    assert_eq!(ming.pay(&next).await?.status, PaymentStatus::Paid);
    Ok(())
}

#[tokio::test]
async fn a_large_amount_is_not_paid_by_pin() -> TestResult {
    let street = House::street().await?;
    let ming = &street.ming;
    street.house.fill(ming.person, 1_000_000).await?;
    set(ming, PIN).await?;
    let request = bare(&street, 500_001)?;
    assert_eq!(shown(ming, &request).await?.0, Needed::Passkey);
    let approved = with(request.clone(), &approve(ming, &request, PIN).await?)?;
    assert_eq!(ming.pay_refused(&approved).await?, P::PasskeyRequired);
    assert_eq!(ming.pay_refused(&request).await?, P::PasskeyRequired);
    let most = bare(&street, 500_000)?;
    let most = with(most.clone(), &approve(ming, &most, PIN).await?)?;
    assert_eq!(ming.pay(&most).await?.status, PaymentStatus::Paid);
    Ok(())
}
