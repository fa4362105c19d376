//! What follows from the ledger reaches the mirror by itself, with the jobs running as they do in the program.

use std::time::{Duration, Instant};

use qianbao_api::merchants::ShopView;
use qianbao_api::orders::{OrderStatus, OrderView};
use qianbao_api::sync::{DocumentBody, SyncPage};
use qianbao_core::id::OrderId;
use serde_json::json;

use crate::house::{Browser, House, TestResult, person};

/// The status of `order` in the mirror's next changes, as soon as it is `expected`; fails after five seconds.
async fn follows(desk: &mut Browser, after: &str, order: OrderId, expected: OrderStatus) -> TestResult<String> {
    let deadline = Instant::now() + Duration::from_secs(5);
    while Instant::now() < deadline {
        let page: SyncPage = desk.get(&format!("/v1/sync?after={after}")).await?.is()?;
        let is_there = page.documents.iter().any(|document| {
            matches!(&document.body, DocumentBody::Order(view) if view.id == order && view.status == expected)
        });
        if is_there {
            return Ok(page.next);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Err(format!("the mirror did not hear of {expected:?}").into())
}

#[tokio::test]
async fn the_desk_hears_of_orders_that_are_cancelled_or_run_out_of_time() -> TestResult {
    let house = House::new().await?;
    let jobs = house.app.begin_jobs();
    let mut desk = house.browser("desk.localhost:8787");
    desk.post("/v1/people", &person("chen")).await?;
    let shop = json!({ "name_zh": "云山茶铺", "name_en": "Yunshan Tea", "category": "5812", "city": "Hangzhou", "currency": "CNY" });
    desk.post("/v1/shop", &shop).await?.is::<ShopView>()?;
    let mut orders = Vec::new();
    for _ in 0..2 {
        let id: OrderId = house.app.sources.id();
        let request = json!({ "id": id, "amount": { "minor": "1800", "currency": "CNY" }, "expires_in_s": 60 });
        desk.post("/v1/orders", &request).await?.is::<OrderView>()?;
        orders.push(id);
    }
    let start = desk.get("/v1/sync").await?.is::<SyncPage>()?.next;
    desk.ask("POST", &format!("/v1/orders/{}/cancel", orders[0]), Some(&json!({}))).await?.is::<OrderView>()?;
    let next = follows(&mut desk, &start, orders[0], OrderStatus::Cancelled).await?;
    house.clock.pass(61);
    follows(&mut desk, &next, orders[1], OrderStatus::Expired).await?;
    drop(jobs);
    Ok(())
}
