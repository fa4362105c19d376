//! `GET /v1/shop/today`.

use qianbao_api::merchants::TodayView;
use qianbao_api::orders::{CreateRefund, RefundView};

use crate::house::{House, TestResult, yuan};

#[tokio::test]
async fn the_figures_are_the_folded_history_of_the_ledger_day() -> TestResult {
    let street = House::street().await?;
    let empty: TodayView = street.desk.get("/v1/shop/today").await?.ok()?;
    assert_eq!((empty.taken, empty.count, empty.by_hour.len()), (yuan(0), 0, 24));

    let zone = street.house.realm().ledger.zone().clone();
    let mut orders = Vec::new();
    for minor in [1_000, 2_500] {
        let ming = street.house.wallet(street.ming.person).await?;
        let order = street.order(minor).await?;
        ming.pay(&street.payment_of(&ming, &order)?).await?;
        orders.push(order);
        let view: TodayView = street.desk.get("/v1/shop/today").await?.ok()?;
        assert_eq!(view.count as usize, orders.len());
        street.house.clock.pass(3_600);
    }
    let request =
        CreateRefund { id: street.desk.sources().id(), amount: yuan(400), reason: String::new(), approval: None };
    let path = format!("/v1/orders/{}/refunds", orders[0].id);
    street.desk.post(&path, &request).await?.ok::<RefundView>()?;

    let view: TodayView = street.desk.get("/v1/shop/today").await?.ok()?;
    assert_eq!((view.taken, view.count, view.refunded, view.refund_count), (yuan(3_500), 2, yuan(400), 1));
    let hours: Vec<_> = view.by_hour.iter().filter(|sum| sum.minor > 0).map(|sum| sum.minor).collect();
    assert_eq!(hours, [1_000, 2_500]);
    assert_eq!(view.available.minor, street.till().await?);
    // A server that has forgotten what it folded says the same.
    let fresh = qianbao_server::merchants::today::Folded::default();
    let shop = qianbao_server::merchants::acting::shop(street.house.realm(), street.desk.person).await?;
    assert_eq!(qianbao_server::merchants::today::today(street.house.realm(), &fresh, &shop).await?, view);

    let today = zone.day(street.desk.sources().now());
    while zone.day(street.desk.sources().now()) == today {
        street.house.clock.pass(1_800);
    }
    let desk = street.house.desk(street.desk.person).await?;
    let next: TodayView = desk.get("/v1/shop/today").await?.ok()?;
    assert_eq!((next.taken, next.count, next.refund_count), (yuan(0), 0, 0));
    Ok(())
}
