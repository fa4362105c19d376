//! `GET /v1/payments/{id}`.

use qianbao_api::ProblemCode;
use qianbao_api::payments::{PayRequest, PaymentStatus, PaymentView};
use qianbao_core::Timestamp;
use qianbao_core::id::PaymentId;
use qianbao_core::intent::Payee;

use crate::house::{House, TestResult, Visitor, transfer, yuan};

async fn status(visitor: &Visitor, id: PaymentId, not_after: Option<i64>) -> TestResult<PaymentView> {
    let query = not_after.map_or_else(String::new, |moment| format!("?not_after={moment}"));
    visitor.get(&format!("/v1/payments/{id}{query}")).await?.ok()
}

#[tokio::test]
async fn payer_and_payee_see_a_payment_and_nobody_else_does() -> TestResult {
    let street = House::street().await?;
    let order = street.order(1_800).await?;
    let request = street.payment_of(&street.ming, &order)?;
    street.ming.pay(&request).await?;
    for visitor in [&street.ming, &street.desk] {
        let view = status(visitor, request.id, None).await?;
        assert_eq!(view.paid.map(|paid| paid.amount), Some(yuan(1_800)));
    }
    // To Lan the id is one that she may still use herself; a shop has no ids of its own.
    let view = status(&street.lan, request.id, None).await?;
    assert_eq!((view.status, view.paid), (PaymentStatus::Unknown, None));
    let other = street.house.person("wang", "王芳", 0).await?;
    let other = street.house.desk(other).await?;
    assert_eq!(other.get(&format!("/v1/payments/{}", request.id)).await?.problem()?.code, ProblemCode::ShopRequired);
    let transfer = transfer(&street.ming, &street.lan, "lan", 5)?;
    street.ming.pay(&transfer).await?;
    assert_eq!(street.desk.get(&format!("/v1/payments/{}", transfer.id)).await?.problem()?.code, ProblemCode::NotFound);
    assert_eq!(status(&street.lan, transfer.id, None).await?.status, PaymentStatus::Paid);
    Ok(())
}

#[tokio::test]
async fn an_id_that_never_came_is_unknown_until_its_end_and_then_finally_not_paid() -> TestResult {
    let street = House::street().await?;
    let (ming, lan) = (&street.ming, &street.lan);
    let request = transfer(ming, lan, "lan", 500)?;
    let before = status(ming, request.id, Some(request.not_after.0)).await?;
    assert_eq!((before.status, before.unknown_until), (PaymentStatus::Unknown, Some(request.not_after)));
    street.house.clock.pass(121);
    for _ in 0..2 {
        let after = status(ming, request.id, Some(request.not_after.0)).await?;
        assert_eq!((after.status, after.paid), (PaymentStatus::NotPaid, None));
    }
    // What arrives now, arrives in vain: whatever its not_after says.
    assert_eq!(ming.pay_refused(&request).await?, ProblemCode::IdReused);
    let revived = PayRequest { not_after: ming.sources().now().plus_seconds(60), ..request };
    let revived = ming.approved(revived, Payee::Person(lan.person))?;
    assert_eq!(ming.pay_refused(&revived).await?, ProblemCode::IdReused);
    assert_eq!((ming.balance().await?, lan.balance().await?), (100_000, 50_000));
    Ok(())
}

#[tokio::test]
async fn without_not_after_the_ids_own_time_says_when_it_is_finally_not_paid() -> TestResult {
    let street = House::street().await?;
    let (ming, lan) = (&street.ming, &street.lan);
    let request = transfer(ming, lan, "lan", 500)?;
    let made = Timestamp::from_millis(i64::try_from(request.id.made_ms())?);
    let end = made.plus_seconds(1_200);
    let first = status(ming, request.id, None).await?;
    assert_eq!((first.status, first.unknown_until), (PaymentStatus::Unknown, Some(end)));
    // A session without a request ends after fifteen minutes.
    street.house.clock.pass(500);
    for asker in [ming, lan] {
        assert_eq!(status(asker, request.id, None).await?.unknown_until, Some(end), "the end stays where it is");
    }
    // It can still be sent, with an end that lies ten minutes ahead.
    let late = PayRequest { not_after: ming.sources().now().plus_seconds(600), ..request.clone() };
    let late = ming.approved(late, Payee::Person(lan.person))?;
    assert!(late.not_after < end);
    street.house.clock.pass(600);
    assert_eq!(status(ming, request.id, None).await?.unknown_until, Some(end));
    // To be asked with a later end than the id can have does not move it.
    assert_eq!(status(ming, request.id, Some(i64::MAX)).await?.unknown_until, Some(end));
    street.house.clock.pass(110);
    for asker in [ming, lan] {
        assert_eq!(status(asker, request.id, None).await?.status, PaymentStatus::NotPaid);
    }
    assert_eq!(ming.pay_refused(&late).await?, ProblemCode::IdReused);
    assert_eq!((ming.balance().await?, lan.balance().await?), (100_000, 50_000));
    Ok(())
}

#[tokio::test]
async fn an_old_id_pays_nothing_and_a_repeat_of_a_paid_one_is_still_answered() -> TestResult {
    let street = House::street().await?;
    let (ming, lan) = (&street.ming, &street.lan);
    let (paid, old) = (transfer(ming, lan, "lan", 500)?, transfer(ming, lan, "lan", 500)?);
    let again = |request: &PayRequest| {
        let fresh = PayRequest { not_after: ming.sources().now().plus_seconds(60), ..request.clone() };
        ming.approved(fresh, Payee::Person(lan.person))
    };
    ming.pay(&paid).await?;
    street.house.clock.pass(595);
    let in_time = ming.payment(old.target.clone(), Payee::Person(lan.person), old.amount)?;
    street.house.clock.pass(10);
    let problem = ming.post("/v1/payments", &again(&old)?).await?.problem()?;
    assert_eq!((problem.code, problem.param.as_deref()), (ProblemCode::NotAfterInvalid, Some("id")));
    assert_eq!(ming.pay(&paid).await?.status, PaymentStatus::Paid, "as the first time");
    assert_eq!(ming.pay(&again(&in_time)?).await?.status, PaymentStatus::Paid);
    assert_eq!(ming.balance().await?, 99_000);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn asking_while_the_payment_arrives_never_gets_two_answers() -> TestResult {
    let street = House::street().await?;
    let (ming, lan) = (&street.ming, &street.lan);
    for _ in 0..10 {
        let request = transfer(ming, lan, "lan", 100)?;
        // Asking with a moment that is over closes the id; the payment that is on its way then loses, or was first.
        let over = ming.sources().now().plus_seconds(-1).0;
        let (answer, view) = tokio::join!(ming.post("/v1/payments", &request), status(ming, request.id, Some(over)));
        let (answer, view) = (answer?, view?);
        match view.status {
            PaymentStatus::Paid => assert_eq!(answer.ok::<PaymentView>()?.status, PaymentStatus::Paid),
            PaymentStatus::NotPaid => assert_eq!(answer.problem()?.code, ProblemCode::IdReused),
            other => return Err(format!("expected a final answer, found {other:?}").into()),
        }
        assert_eq!(status(ming, request.id, Some(over)).await?.status, view.status);
    }
    assert_eq!(ming.balance().await? + lan.balance().await?, 150_000);
    Ok(())
}

#[tokio::test]
async fn a_refusal_stays_a_refusal() -> TestResult {
    let street = House::street().await?;
    let request = transfer(&street.lan, &street.ming, "ming", 60_000)?;
    street.lan.pay(&request).await?;
    let view = status(&street.lan, request.id, None).await?;
    assert_eq!((view.status, view.reason), (PaymentStatus::Refused, Some(ProblemCode::InsufficientFunds)));
    street.house.clock.pass(1_000);
    let view = status(&street.lan, request.id, Some(request.not_after.0)).await?;
    assert_eq!(view.status, PaymentStatus::Refused);
    Ok(())
}

#[tokio::test]
async fn a_wrong_id_names_nothing_and_a_wrong_query_is_said() -> TestResult {
    let street = House::street().await?;
    for id in ["x", "pay_", "per_01m84c723je08t2jc3nk2hn2ea", "%27%20OR%201=1", "..%2f"] {
        let problem = street.ming.get(&format!("/v1/payments/{id}")).await?.problem()?;
        assert_eq!(problem.code, ProblemCode::NotFound, "{id}");
    }
    let id: PaymentId = street.ming.sources().id();
    for query in ["not_after=x", "not_after=99999999999999999999", "more=1"] {
        let problem = street.ming.get(&format!("/v1/payments/{id}?{query}")).await?.problem()?;
        assert_eq!(problem.code, ProblemCode::MalformedRequest, "{query}");
    }
    // Any number that fits is a moment, however far.
    for moment in [i64::MIN, -1, 0] {
        let id: PaymentId = street.ming.sources().id();
        assert_eq!(status(&street.ming, id, Some(moment)).await?.status, PaymentStatus::NotPaid, "{moment}");
    }
    assert_eq!(status(&street.ming, id, Some(i64::MAX)).await?.status, PaymentStatus::Unknown);
    Ok(())
}
