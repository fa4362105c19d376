//! `POST /v1/payments/preview`.

use qianbao_api::ProblemCode;
use qianbao_api::payments::{PayeeView, Preview, PreviewRequest, Target};
use qianbao_core::intent::Payee;
use qianbao_core::{Currency, Money};
use qianbao_server::payments::lookups::{HANDLES_MAX, WINDOW_S};

use crate::house::{House, TestResult, yuan};

#[tokio::test]
async fn an_order_shows_shop_lines_amount_and_end() -> TestResult {
    let street = House::street().await?;
    let order = street.order(1_800).await?;
    let target = Target::Order { order: order.id, version: 1 };
    let preview: Preview =
        street.ming.post("/v1/payments/preview", &PreviewRequest { target, amount: None }).await?.ok()?;
    assert_eq!(preview.payee, PayeeView::Shop(street.shop.clone()));
    assert_eq!((preview.amount, preview.amount_fixed, preview.fee), (Some(yuan(1_800)), true, yuan(0)));
    assert_eq!((preview.available, preview.expires_at), (yuan(100_000), Some(order.expires_at)));
    assert_eq!(preview.order.map(|summary| summary.lines), Some(order.lines));
    Ok(())
}

#[tokio::test]
async fn a_person_is_shown_masked_and_the_amount_is_free() -> TestResult {
    let street = House::street().await?;
    let target = Target::Person { handle: "lan".to_owned() };
    let ask = PreviewRequest { target, amount: Some(yuan(5)) };
    let preview: Preview = street.ming.post("/v1/payments/preview", &ask).await?.ok()?;
    let PayeeView::Person { handle, legal_name_masked, .. } = preview.payee else { return Err("a person".into()) };
    assert_eq!((handle.as_str(), legal_name_masked.as_str()), ("lan", "*岚"));
    assert_eq!((preview.amount, preview.amount_fixed, preview.amount_max), (Some(yuan(5)), false, yuan(5_000_000)));
    assert!(!format!("{:?}", street.ming.post("/v1/payments/preview", &ask).await?).contains("王岚"));
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_paid_is_said_before() -> TestResult {
    let street = House::street().await?;
    let ming = &street.ming;
    let ask = async |target: Target, amount: Option<Money>| {
        let answer = ming.post("/v1/payments/preview", &PreviewRequest { target, amount }).await?;
        TestResult::Ok(answer.problem()?.code)
    };
    let order = street.order(1_800).await?;
    let of = |version| Target::Order { order: order.id, version };
    let usd = Money::new(1_800, Currency::from_numeric(840).ok_or("USD is a currency")?);
    assert_eq!(ask(of(1), Some(yuan(1))).await?, ProblemCode::AmountMismatch);
    assert_eq!(ask(of(1), Some(usd)).await?, ProblemCode::CurrencyMismatch);
    assert_eq!(ask(of(1), Some(yuan(-1))).await?, ProblemCode::AmountNotPositive);
    assert_eq!(ask(of(2), None).await?, ProblemCode::NotFound);
    assert_eq!(ask(of(0), None).await?, ProblemCode::NotFound);
    assert_eq!(ask(of(u32::MAX), None).await?, ProblemCode::NotFound);
    let lan = || Target::Person { handle: "lan".to_owned() };
    assert_eq!(ask(lan(), Some(yuan(i64::MAX))).await?, ProblemCode::AmountTooLarge);
    assert_eq!(ask(Target::Person { handle: "ming".to_owned() }, None).await?, ProblemCode::PaySelf);

    street.lan.pay(&street.payment_of(&street.lan, &order)?).await?;
    assert_eq!(ask(of(1), None).await?, ProblemCode::OrderPaid);
    let cancelled = street.order(100).await?;
    street.desk.send("POST", &format!("/v1/orders/{}/cancel", cancelled.id), None).await?;
    let target = Target::Order { order: cancelled.id, version: 1 };
    assert_eq!(ask(target, None).await?, ProblemCode::OrderCancelled);
    let late = street.order(100).await?;
    street.house.clock.pass(601);
    assert_eq!(ask(Target::Order { order: late.id, version: 1 }, None).await?, ProblemCode::OrderExpired);
    Ok(())
}

#[tokio::test]
async fn nobody_collects_names_by_guessing_handles() -> TestResult {
    let street = House::street().await?;
    let ming = &street.ming;
    let ask = async |handle: String| {
        let target = Target::Person { handle };
        ming.post("/v1/payments/preview", &PreviewRequest { target, amount: None }).await
    };
    assert_eq!(ask("lan".to_owned()).await?.status, 200);
    for guess in 1..HANDLES_MAX {
        assert_eq!(ask(format!("guess{guess}")).await?.problem()?.code, ProblemCode::PayeeNotFound);
    }
    assert_eq!(ask("one.more".to_owned()).await?.problem()?.code, ProblemCode::TooManyRequests);
    assert_eq!(ask("chen".to_owned()).await?.problem()?.code, ProblemCode::TooManyRequests, "also who exists");
    assert_eq!(ask("Lan".to_owned()).await?.status, 200, "who was asked for before is free");
    let code = street.order(1_800).await?;
    let target = Target::Order { order: code.id, version: 1 };
    assert_eq!(ming.post("/v1/payments/preview", &PreviewRequest { target, amount: None }).await?.status, 200);
    // Paying by handle is no way around it.
    let chen = Target::Person { handle: "chen".to_owned() };
    let to_chen = ming.payment(chen, Payee::Person(street.lan.person), yuan(5))?;
    assert_eq!(ming.pay_refused(&to_chen).await?, ProblemCode::TooManyRequests);
    street.house.clock.pass(WINDOW_S);
    assert_eq!(ask("one.more".to_owned()).await?.problem()?.code, ProblemCode::PayeeNotFound);
    Ok(())
}
