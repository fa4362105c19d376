//! Orders whose time is over.

use qianbao_api::ProblemCode;
use qianbao_api::orders::{OrderStatus, OrderView};
use qianbao_api::payments::PaymentStatus;
use qianbao_server::orders::expire::{Swept, sweep};
use qianbao_server::payments::claims;

use crate::house::{House, TestResult};

#[tokio::test]
async fn an_order_that_is_over_is_expired_whether_or_not_the_ledger_says_so_yet() -> TestResult {
    let street = House::street().await?;
    let realm = street.house.realm();
    let (late, paid) = (street.order(100).await?, street.order(100).await?);
    street.ming.pay(&street.payment_of(&street.ming, &paid)?).await?;
    let begun = Swept::before(late.created_at);
    let swept = sweep(realm, begun.clone(), street.house.app.sources.now()).await?;
    assert_eq!(swept, begun, "nothing is over yet");
    street.house.clock.pass(601);
    let path = format!("/v1/orders/{}", late.id);
    let before: OrderView = street.desk.get(&path).await?.ok()?;
    let key = claims::order(late.id);
    assert_eq!((before.status, before.code), (OrderStatus::Expired, None));
    assert!(realm.ledger.claim_holder(key).await?.is_none());

    for _ in 0..2 {
        sweep(realm, begun.clone(), street.house.app.sources.now()).await?;
        assert!(realm.ledger.claim_holder(key).await?.is_some());
        let after: OrderView = street.desk.get(&path).await?.ok()?;
        assert_eq!(after.status, OrderStatus::Expired);
    }
    let paid: OrderView = street.desk.get(&format!("/v1/orders/{}", paid.id)).await?.ok()?;
    assert_eq!(paid.status, OrderStatus::Paid);
    Ok(())
}

#[tokio::test]
async fn an_expired_order_is_never_paid_before_the_sweep_or_after() -> TestResult {
    let street = House::street().await?;
    let order = street.order(100).await?;
    street.house.clock.pass(601);
    let first = street.ming.pay(&street.payment_of(&street.ming, &order)?).await?;
    assert_eq!((first.status, first.reason), (PaymentStatus::Refused, Some(ProblemCode::OrderExpired)));
    sweep(street.house.realm(), Swept::before(order.created_at), street.house.app.sources.now()).await?;
    let second = street.lan.pay(&street.payment_of(&street.lan, &order)?).await?;
    assert_eq!((second.status, second.reason), (PaymentStatus::Refused, Some(ProblemCode::OrderExpired)));
    let problem = street.desk.send("POST", &format!("/v1/orders/{}/cancel", order.id), None).await?.problem()?;
    assert_eq!(problem.code, ProblemCode::OrderExpired);
    Ok(())
}
