//! `GET /v1/orders` and `GET /v1/orders/{id}`.

use qianbao_api::orders::{OrderStatus, OrderView};
use qianbao_api::{Page, ProblemCode};

use crate::house::{House, TestResult};

#[tokio::test]
async fn pages_follow_each_other_newest_first_without_gaps() -> TestResult {
    let street = House::street().await?;
    let mut made = Vec::new();
    for minor in 1..=7 {
        made.push(street.order(minor).await?.id);
        street.house.clock.pass(1);
    }
    made.reverse();
    let (mut found, mut query) = (Vec::new(), String::new());
    loop {
        let page: Page<OrderView> = street.desk.get(&format!("/v1/orders?limit=3{query}")).await?.ok()?;
        found.extend(page.data.iter().map(|order| order.id));
        let Some(last) = found.last().filter(|_| page.has_more) else { break };
        query = format!("&starting_after={last}");
    }
    assert_eq!(found, made);
    Ok(())
}

#[tokio::test]
async fn a_status_narrows_the_list() -> TestResult {
    let street = House::street().await?;
    let (paid, cancelled, open) = (street.order(1).await?, street.order(2).await?, street.order(3).await?);
    street.ming.pay(&street.payment_of(&street.ming, &paid)?).await?;
    street.desk.send("POST", &format!("/v1/orders/{}/cancel", cancelled.id), None).await?;
    for (word, status, order) in [
        ("paid", OrderStatus::Paid, paid.id),
        ("cancelled", OrderStatus::Cancelled, cancelled.id),
        ("open", OrderStatus::Open, open.id),
    ] {
        let page: Page<OrderView> = street.desk.get(&format!("/v1/orders?status={word}&limit=1")).await?.ok()?;
        let found: Vec<_> = page.data.iter().map(|order| (order.id, order.status)).collect();
        assert_eq!(found, [(order, status)]);
    }
    let page: Page<OrderView> = street.desk.get("/v1/orders?status=refunded").await?.ok()?;
    assert_eq!((page.data.len(), page.has_more), (0, false));
    Ok(())
}

#[tokio::test]
async fn a_paid_order_says_who_paid_when_and_what_it_cost() -> TestResult {
    let street = House::street().await?;
    let order = street.order(1_800).await?;
    let paid = street.ming.pay(&street.payment_of(&street.ming, &order)?).await?;
    let view: OrderView = street.desk.get(&format!("/v1/orders/{}", order.id)).await?.ok()?;
    assert_eq!((view.payment, view.payer.as_deref()), (Some(paid.id), Some("*明")));
    assert_eq!(view.paid_at, paid.paid.map(|paid| paid.committed_at));
    assert_eq!(view.shop_fee.map(|fee| fee.minor), Some(11));
    Ok(())
}

#[tokio::test]
async fn wrong_queries_are_said_and_foreign_orders_are_missing() -> TestResult {
    let street = House::street().await?;
    for query in ["limit=0", "limit=101", "limit=-1", "status=gone", "starting_after=x", "more=1"] {
        let problem = street.desk.get(&format!("/v1/orders?{query}")).await?.problem()?;
        assert_eq!(problem.code, ProblemCode::MalformedRequest, "{query}");
    }
    let missing = street.ming.sources().id::<qianbao_core::id::Order>();
    for path in [format!("/v1/orders/{missing}"), format!("/v1/orders?starting_after={missing}")] {
        assert_eq!(street.desk.get(&path).await?.problem()?.code, ProblemCode::NotFound, "{path}");
    }
    Ok(())
}
