//! `qianbao seed`.

use std::collections::HashSet;

use qianbao_api::Page;
use qianbao_api::activity::{Entry, EntryKind};
use qianbao_api::identity::SessionView;
use qianbao_api::merchants::TodayView;
use qianbao_api::orders::{OrderStatus, OrderView};
use qianbao_server::audit::{Verdict, audit};
use qianbao_server::config::ServeOptions;
use qianbao_server::database::Database;
use qianbao_server::seed::{PASSWORD, Seeded, seed};
use serde_json::json;

use crate::house::{House, MORNING, TestResult};

const WEEK_US: i64 = 7 * 86_400 * 1_000_000;

#[tokio::test]
async fn demo_people_can_sign_in_and_look_back_on_three_weeks() -> TestResult {
    let (folder, database) = (tempfile::tempdir()?, qianbao_tests_postgres::chosen());
    let place = match &database {
        Some(database) => Database::Postgres(database.address().parse()?),
        None => Database::Folder,
    };
    assert_eq!(seed(folder.path(), &place, MORNING).await?, Seeded::Now);
    assert_eq!(seed(folder.path(), &place, MORNING).await?, Seeded::Before);
    let mut report = Vec::new();
    assert_eq!(audit(folder.path(), &place, &mut report)?, Verdict::Right, "{}", String::from_utf8_lossy(&report));

    let house = House::on(folder, database, ServeOptions::default()).await?;
    let ming = house.stranger("wallet.localhost:8787");
    let session = ming.post("/v1/session", &json!({ "handle": "ming", "password": PASSWORD })).await?;
    let ming = house.wallet(session.ok::<SessionView>()?.person.id).await?;
    let entries = ming.entries().await?;
    assert_eq!(entries[0].balance_after.minor, ming.balance().await?);
    let oldest = entries.last().ok_or("Ming has entries")?;
    assert!(entries[0].at.0 - oldest.at.0 > 2 * WEEK_US, "from {:?} to {:?}", oldest.at, entries[0].at);
    assert!(entries[0].at < ming.sources().now());
    let kinds: HashSet<_> = entries.iter().map(|entry| entry.kind).collect();
    for kind in [EntryKind::Payment, EntryKind::Transfer, EntryKind::Refund, EntryKind::Topup] {
        assert!(kinds.contains(&kind), "{kind:?}");
    }
    assert!(entries.iter().any(|entry| entry.note.is_some()));

    let chen = house.stranger("desk.localhost:8787");
    let session = chen.post("/v1/session", &json!({ "handle": "chen", "password": PASSWORD })).await?;
    let desk = house.desk(session.ok::<SessionView>()?.person.id).await?;
    let orders: Page<OrderView> = desk.get("/v1/orders?limit=100").await?.ok()?;
    let states: HashSet<_> = orders.data.iter().map(|order| order.status).collect();
    for status in [
        OrderStatus::Paid,
        OrderStatus::PartlyRefunded,
        OrderStatus::Refunded,
        OrderStatus::Cancelled,
        OrderStatus::Expired,
    ] {
        assert!(states.contains(&status), "{status:?}");
    }
    desk.get("/v1/shop/today").await?.ok::<TodayView>()?;
    let till: Page<Entry> = desk.get("/v1/activity?limit=100").await?.ok()?;
    assert_eq!(till.data[0].balance_after.minor, desk.balance().await?);
    Ok(())
}
