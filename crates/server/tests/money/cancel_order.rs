//! `POST /v1/orders/{id}/cancel`.

use qianbao_api::ProblemCode;
use qianbao_api::orders::{EditOrder, OrderStatus, OrderView};
use qianbao_api::payments::PaymentStatus;

use crate::house::{House, TestResult, yuan};

#[tokio::test]
async fn a_cancelled_order_stays_so_and_cannot_be_paid() -> TestResult {
    let street = House::street().await?;
    let order = street.order(1_800).await?;
    let edit = EditOrder { version: 1, amount: yuan(5), lines: Vec::new(), description: String::new() };
    let order: OrderView = street.desk.patch(&format!("/v1/orders/{}", order.id), &edit).await?.ok()?;
    let path = format!("/v1/orders/{}/cancel", order.id);
    for _ in 0..2 {
        let view: OrderView = street.desk.send("POST", &path, None).await?.ok()?;
        assert_eq!((view.status, view.version, view.code), (OrderStatus::Cancelled, 2, None));
    }
    let paid = street.ming.pay(&street.payment_of(&street.ming, &order)?).await?;
    assert_eq!((paid.status, paid.reason), (PaymentStatus::Refused, Some(ProblemCode::OrderCancelled)));
    assert_eq!(street.ming.balance().await?, 100_000);
    Ok(())
}

#[tokio::test]
async fn a_paid_or_foreign_order_is_not_cancelled() -> TestResult {
    let street = House::street().await?;
    let order = street.order(100).await?;
    street.ming.pay(&street.payment_of(&street.ming, &order)?).await?;
    let answer = street.desk.send("POST", &format!("/v1/orders/{}/cancel", order.id), None).await?;
    assert_eq!(answer.problem()?.code, ProblemCode::OrderPaid);
    let missing = street.ming.sources().id::<qianbao_core::id::Order>();
    let answer = street.desk.send("POST", &format!("/v1/orders/{missing}/cancel"), None).await?;
    assert_eq!(answer.problem()?.code, ProblemCode::NotFound);
    Ok(())
}
