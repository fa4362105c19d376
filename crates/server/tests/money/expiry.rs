//! Orders whose time is over.

use qianbao_api::ProblemCode;
use qianbao_api::orders::{OrderStatus, OrderView};
use qianbao_api::payments::PaymentStatus;
use qianbao_server::orders::expire::{Swept, sweep};
use qianbao_server::payments::claims;
use qianbao_server::realm::Realm;

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

/// What the sweep has set aside.
async fn postponed(realm: &Realm) -> TestResult<Vec<(String, i64)>> {
    let rows = sqlx::query_as("SELECT item, tries FROM postponed WHERE job = 'order-expiry' ORDER BY item");
    Ok(rows.fetch_all(realm.directory.readers()).await?)
}

#[tokio::test]
async fn an_order_that_cannot_be_read_stops_no_other_and_is_ended_once_it_is_repaired() -> TestResult {
    let street = House::street().await?;
    let (realm, sources) = (street.house.realm(), &street.house.app.sources);
    let (row, version, good) = (street.order(100).await?, street.order(100).await?, street.order(100).await?);
    let set = async |statement: &'static str, value: &'static str, id: String| -> TestResult {
        let mut write = realm.directory.begin().await?;
        sqlx::query(statement).bind(value).bind(id).execute(write.sql()).await?;
        Ok(write.commit().await?)
    };
    let digest: (String,) = sqlx::query_as("SELECT digest FROM order_versions WHERE order_id = $1")
        .bind(version.id.to_string())
        .fetch_one(realm.directory.readers())
        .await?;
    set("UPDATE orders SET currency = $1 WHERE id = $2", "?", row.id.to_string()).await?;
    set("UPDATE order_versions SET digest = $1 WHERE order_id = $2", "?", version.id.to_string()).await?;
    street.house.clock.pass(601);

    let swept = sweep(realm, Swept::before(row.created_at), sources.now()).await?;
    assert!(realm.ledger.claim_holder(claims::order(good.id)).await?.is_some(), "the good one is ended");
    let mut bad = vec![(row.id.to_string(), 1), (version.id.to_string(), 1)];
    bad.sort();
    assert_eq!(postponed(realm).await?, bad);
    assert_eq!(sweep(realm, swept.clone(), sources.now()).await?, swept, "the bad ones are not swept over and over");
    assert_eq!(postponed(realm).await?, bad, "their turn has not come");
    street.house.clock.pass(11);
    sweep(realm, swept.clone(), sources.now()).await?;
    assert_eq!(postponed(realm).await?.iter().map(|(_, tries)| *tries).collect::<Vec<_>>(), [2, 2]);

    set("UPDATE orders SET currency = $1 WHERE id = $2", "CNY", row.id.to_string()).await?;
    let mut write = realm.directory.begin().await?;
    sqlx::query("UPDATE order_versions SET digest = $1 WHERE order_id = $2")
        .bind(digest.0)
        .bind(version.id.to_string())
        .execute(write.sql())
        .await?;
    write.commit().await?;
    street.house.clock.pass(21);
    sweep(realm, swept, sources.now()).await?;
    for order in [&row, &version] {
        assert!(realm.ledger.claim_holder(claims::order(order.id)).await?.is_some(), "ended late, but ended");
    }
    assert_eq!(postponed(realm).await?, []);
    Ok(())
}
