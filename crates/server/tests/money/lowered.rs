//! What can be paid for a while after a recovery: each payment bounded, and all of a day together, however many come at once.

use futures::future::join_all;
use qianbao_api::ProblemCode as P;
use qianbao_api::orders::{CreateRefund, RefundView};
use qianbao_api::payments::{PayRequest, PaymentStatus, PaymentView, Preview, PreviewRequest, Target};
use qianbao_core::Timestamp;
use qianbao_core::approval::SessionUse;
use qianbao_core::posting::{LedgerDay, Posting};
use qianbao_ledger::SubmitError;
use qianbao_server::identity::rows;
use qianbao_server::payments::pay::{Payer, pay_into};
use qianbao_server::problem::Refuses;

use crate::house::{House, Street, TestResult, Visitor, transfer, yuan};

const DAY_S: i64 = 24 * 3_600;

/// Ming came back just now; limits are back in three days.
async fn recovered(street: &Street) -> TestResult<Timestamp> {
    let until = street.house.app.sources.now().plus_seconds(3 * DAY_S);
    let mut write = street.house.realm().directory.begin().await?;
    rows::lower_limits(&mut write, street.ming.person, until).await?;
    write.commit().await?;
    street.house.fill(street.ming.person, 1_000_000).await?;
    Ok(until)
}

async fn preview(visitor: &Visitor, handle: &str) -> TestResult<Preview> {
    let target = Target::Person { handle: handle.to_owned() };
    visitor.post("/v1/payments/preview", &PreviewRequest { target, amount: None }).await?.ok()
}

/// A visitor's session of half a day ends; so somebody signs in each day.
async fn next_day(street: &Street) -> TestResult<Visitor> {
    street.house.clock.pass(DAY_S);
    street.house.wallet(street.ming.person).await
}

#[tokio::test]
async fn one_payment_is_bounded_and_the_sheet_says_why_and_until_when() -> TestResult {
    let street = House::street().await?;
    let Street { ming, lan, .. } = &street;
    assert_eq!(preview(ming, "lan").await?.lowered, None);
    let until = recovered(&street).await?;
    let lowered = preview(ming, "lan").await?.lowered.ok_or("expected lower limits")?;
    assert_eq!((lowered.until, lowered.payment_max), (until, yuan(50_000)));
    assert_eq!((lowered.day_max, lowered.day_left), (yuan(100_000), yuan(100_000)));
    let above = transfer(ming, lan, "lan", 50_001)?;
    assert_eq!(ming.pay_refused(&above).await?, P::LimitsLowered);
    assert_eq!(ming.pay(&transfer(ming, lan, "lan", 50_000)?).await?.status, PaymentStatus::Paid);
    assert_eq!(preview(ming, "lan").await?.lowered.ok_or("lower limits")?.day_left, yuan(50_000));
    assert_eq!(preview(lan, "ming").await?.lowered, None, "others are not concerned");
    lan.pay(&transfer(lan, ming, "ming", 60_000)?).await?.paid.ok_or("money still comes in")?;
    Ok(())
}

#[tokio::test]
async fn thirty_payments_at_once_do_not_pass_the_day_together() -> TestResult {
    let street = House::street().await?;
    let Street { ming, lan, .. } = &street;
    recovered(&street).await?;
    let before = lan.balance().await?;
    let requests = (0..30).map(|_| transfer(ming, lan, "lan", 9_000)).collect::<TestResult<Vec<_>>>()?;
    let answers = join_all(requests.iter().map(|request| ming.post("/v1/payments", request))).await;
    let views = answers.into_iter().map(|answer| answer?.ok()).collect::<TestResult<Vec<PaymentView>>>()?;
    let refused: Vec<_> = views.iter().filter(|view| view.status == PaymentStatus::Refused).collect();
    assert_eq!(refused.len(), 30 - 11, "eleven fit into 1,000.00");
    assert!(refused.iter().all(|view| view.reason == Some(P::LimitsLowered)));
    assert_eq!(lan.balance().await?, before + 11 * 9_000);
    // A repeat is answered as the first time, also by the id alone.
    let id = refused[0].id;
    let request = requests.iter().find(|request| request.id == id).ok_or("the request")?;
    assert_eq!(ming.pay(request).await?.reason, Some(P::LimitsLowered));
    let status: PaymentView = ming.get(&format!("/v1/payments/{id}")).await?.ok()?;
    assert_eq!(status.reason, Some(P::LimitsLowered));
    // What is left can be paid.
    assert_eq!(ming.pay(&transfer(ming, lan, "lan", 1_000)?).await?.status, PaymentStatus::Paid);
    assert_eq!(ming.pay(&transfer(ming, lan, "lan", 1)?).await?.reason, Some(P::LimitsLowered));
    Ok(())
}

#[tokio::test]
async fn each_day_has_its_own_budget_and_the_limits_come_back() -> TestResult {
    let street = House::street().await?;
    recovered(&street).await?;
    let lan = &street.lan;
    let mut ming = street.ming.clone();
    for day in 0..3 {
        for _ in 0..2 {
            assert_eq!(ming.pay(&transfer(&ming, lan, "lan", 50_000)?).await?.status, PaymentStatus::Paid, "{day}");
        }
        assert_eq!(ming.pay(&transfer(&ming, lan, "lan", 100)?).await?.reason, Some(P::LimitsLowered), "{day}");
        ming = next_day(&street).await?;
    }
    assert_eq!(preview(&ming, "lan").await?.lowered, None);
    assert_eq!(ming.pay(&transfer(&ming, lan, "lan", 200_000)?).await?.status, PaymentStatus::Paid);
    Ok(())
}

#[tokio::test]
async fn a_shop_is_paid_and_gives_back_as_ever_and_no_budget_comes_back() -> TestResult {
    let street = House::street().await?;
    let Street { ming, desk, .. } = &street;
    recovered(&street).await?;
    let order = street.order(20_000).await?;
    let paid = ming.pay(&street.payment_of(ming, &order)?).await?;
    assert_eq!(paid.status, PaymentStatus::Paid);
    assert_eq!(street.till().await?, 20_000 - 120, "the fee is what it is");
    assert_eq!(ming.entries().await?[0].amount, yuan(-20_000));
    let (id, amount) = (street.house.app.sources.id(), yuan(20_000));
    let refund = CreateRefund { id, amount, reason: String::new(), approval: None };
    let _: RefundView = desk.post(&format!("/v1/orders/{}/refunds", order.id), &refund).await?.ok()?;
    assert_eq!(street.till().await?, 0, "and the fee comes back whole");
    assert_eq!(preview(ming, "lan").await?.lowered.ok_or("lower limits")?.day_left, yuan(80_000));
    Ok(())
}

#[tokio::test]
async fn what_goes_without_asking_has_both_limits_and_says_which() -> TestResult {
    let street = House::street().await?;
    let Street { ming, lan, .. } = &street;
    recovered(&street).await?;
    // Lan is known from then on; 900.00 of the day are spent.
    for _ in 0..2 {
        ming.pay(&transfer(ming, lan, "lan", 45_000)?).await?.paid.ok_or("expected it to be paid")?;
    }
    let free = |minor| transfer(ming, lan, "lan", minor).map(|request| PayRequest { approval: None, ..request });
    assert_eq!(ming.pay(&free(10_001)?).await?.reason, Some(P::LimitsLowered));
    for _ in 0..10 {
        assert_eq!(ming.pay(&free(100)?).await?.status, PaymentStatus::Paid);
    }
    let over = free(100)?;
    for _ in 0..2 {
        assert_eq!(ming.pay(&over).await?.reason, Some(P::ApprovalRequired), "the count of the day");
    }
    assert_eq!(ming.pay(&transfer(ming, lan, "lan", 9_001)?).await?.reason, Some(P::LimitsLowered));
    assert_eq!(ming.pay(&transfer(ming, lan, "lan", 9_000)?).await?.status, PaymentStatus::Paid);
    Ok(())
}

#[tokio::test]
async fn a_payment_with_lower_limits_asks_the_directory_nothing_once_it_was_shown() -> TestResult {
    let street = House::street().await?;
    let Street { ming, lan, .. } = &street;
    recovered(&street).await?;
    let shown = PreviewRequest { target: Target::Person { handle: "lan".to_owned() }, amount: Some(yuan(100)) };
    let _: Preview = ming.post("/v1/payments/preview", &shown).await?.ok()?;
    let request = transfer(ming, lan, "lan", 100)?;
    let asked = street.house.realm().directory.asked();
    assert_eq!(ming.pay(&request).await?.status, PaymentStatus::Paid);
    assert_eq!(street.house.realm().directory.asked(), asked);
    Ok(())
}

#[tokio::test]
async fn a_payment_that_was_built_on_the_day_before_may_be_sent_again() -> TestResult {
    let street = House::street().await?;
    let Street { ming, lan, .. } = &street;
    recovered(&street).await?;
    let request = transfer(ming, lan, "lan", 100)?;
    let (realm, sources) = (street.house.realm(), &street.house.app.sources);
    let late = |posting: Posting| {
        let built_for = posting.day.expect("it names an account of a day");
        let today = LedgerDay::from_epoch_days(built_for.epoch_days() + 1);
        std::future::ready(Err(SubmitError::Stale { built_for, today }))
    };
    let payer = Payer { person: ming.person, session: SessionUse::Lately };
    let error = pay_into(realm, sources, payer, &request, late).await.expect_err("the day is over");
    assert_eq!((error.code(), error.retry_after_s()), (P::Overloaded, Some(1)));
    assert_eq!(ming.pay(&request).await?.status, PaymentStatus::Paid);
    Ok(())
}
