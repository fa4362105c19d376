//! `PATCH /v1/orders/{id}`.

use qianbao_api::ProblemCode;
use qianbao_api::orders::{EditOrder, OrderStatus, OrderView};
use qianbao_api::payments::PaymentStatus;

use crate::house::{House, TestResult, yuan};

fn edit(version: u32, minor: i64) -> EditOrder {
    EditOrder { version, amount: yuan(minor), lines: Vec::new(), description: "改".to_owned() }
}

#[tokio::test]
async fn the_new_version_is_paid_and_the_old_code_is_not() -> TestResult {
    let street = House::street().await?;
    let order = street.order(1_800).await?;
    let path = format!("/v1/orders/{}", order.id);
    let edited: OrderView = street.desk.patch(&path, &edit(1, 500)).await?.ok()?;
    assert_eq!((edited.version, edited.amount, edited.status), (2, yuan(500), OrderStatus::Open));
    assert_ne!(edited.code, order.code);
    let old = street.ming.pay(&street.payment_of(&street.ming, &order)?).await?;
    assert_eq!((old.status, old.reason), (PaymentStatus::Refused, Some(ProblemCode::OrderChanged)));
    let new = street.ming.pay(&street.payment_of(&street.ming, &edited)?).await?;
    assert_eq!(new.status, PaymentStatus::Paid);
    let now: OrderView = street.desk.get(&path).await?.ok()?;
    assert_eq!((now.status, now.version, now.amount), (OrderStatus::Paid, 2, yuan(500)));
    Ok(())
}

#[tokio::test]
async fn a_repeat_answers_alike_and_an_edit_of_an_old_version_is_refused() -> TestResult {
    let street = House::street().await?;
    let order = street.order(1_800).await?;
    let path = format!("/v1/orders/{}", order.id);
    let first: OrderView = street.desk.patch(&path, &edit(1, 500)).await?.ok()?;
    let again: OrderView = street.desk.patch(&path, &edit(1, 500)).await?.ok()?;
    assert_eq!(again, first);
    for wrong in [edit(1, 501), edit(0, 500), edit(3, 500), edit(u32::MAX, 500)] {
        assert_eq!(street.desk.patch(&path, &wrong).await?.problem()?.code, ProblemCode::OrderChanged);
    }
    let third: OrderView = street.desk.patch(&path, &edit(2, 700)).await?.ok()?;
    assert_eq!((third.version, third.amount), (3, yuan(700)));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_edits_of_one_version_one_wins() -> TestResult {
    let street = House::street().await?;
    let order = street.order(1_800).await?;
    let path = format!("/v1/orders/{}", order.id);
    let (first, second) = (edit(1, 500), edit(1, 600));
    let (a, b) = tokio::join!(street.desk.patch(&path, &first), street.desk.patch(&path, &second));
    let (a, b) = (a?, b?);
    let (won, lost) = if a.status == 200 { (a, b) } else { (b, a) };
    assert_eq!(lost.problem()?.code, ProblemCode::OrderChanged);
    let now: OrderView = street.desk.get(&path).await?.ok()?;
    assert_eq!(won.ok::<OrderView>()?.amount, now.amount);
    assert_eq!(now.version, 2);
    Ok(())
}

#[tokio::test]
async fn what_is_over_cannot_be_edited() -> TestResult {
    let street = House::street().await?;
    let (paid, cancelled, expired) = (street.order(100).await?, street.order(100).await?, street.order(100).await?);
    street.ming.pay(&street.payment_of(&street.ming, &paid)?).await?;
    street.desk.send("POST", &format!("/v1/orders/{}/cancel", cancelled.id), None).await?;
    street.house.clock.pass(601);
    for (order, code) in
        [(paid, ProblemCode::OrderPaid), (cancelled, ProblemCode::OrderCancelled), (expired, ProblemCode::OrderExpired)]
    {
        let answer = street.desk.patch(&format!("/v1/orders/{}", order.id), &edit(1, 5)).await?;
        assert_eq!(answer.problem()?.code, code);
    }
    Ok(())
}

#[tokio::test]
async fn a_foreign_order_is_a_missing_one() -> TestResult {
    let street = House::street().await?;
    let path = format!("/v1/orders/{}", street.ming.sources().id::<qianbao_core::id::Order>());
    let answer = street.desk.patch(&path, &edit(1, 5)).await?;
    assert_eq!(answer.problem()?.code, ProblemCode::NotFound);
    Ok(())
}
