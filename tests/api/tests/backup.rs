//! A backup of a running server, and the life that a restore begins: the books are right, nothing of the old life counts, mirrors rebuild.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use qianbao_api::ProblemCode;
use qianbao_api::orders::{CreateOrder, OrderView};
use qianbao_api::payments::{PayRequest, PaymentStatus, PaymentView, Target};
use qianbao_api::sync::SyncPage;
use qianbao_api::{Page, activity::Entry};
use qianbao_core::intent::Payee;
use qianbao_core::{Currency, Money};
use qianbao_tests_api::{House, TestResult, Visitor, Wallet, fresh_id};
use tokio::process::Command;
use tokio::task::JoinHandle;

/// Makes orders and pays them, one after another, until it is told to stop. Answers what was acknowledged as paid.
fn business(ming: Visitor, chen: Visitor, stop: Arc<AtomicBool>) -> JoinHandle<Result<Vec<PayRequest>, String>> {
    tokio::spawn(async move {
        let mut paid = Vec::new();
        while !stop.load(Ordering::SeqCst) {
            paid.push(pay_an_order(&ming, &chen).await.map_err(|error| error.to_string())?);
        }
        Ok(paid)
    })
}

async fn pay_an_order(ming: &Visitor, chen: &Visitor) -> TestResult<PayRequest> {
    let amount = Money::new(3, Currency::CNY);
    let (lines, description) = (Vec::new(), "茶".to_owned());
    let request = CreateOrder { id: fresh_id()?, amount, lines, description, expires_in_s: 600 };
    let order: OrderView = chen.post("/v1/orders", &request).await?.json()?;
    let target = Target::Order { order: order.id, version: order.version };
    let request = ming.payment(target, Payee::Shop(order.shop.id), amount).await?;
    let view: PaymentView = ming.pay(&request).await?.json()?;
    if view.status == PaymentStatus::Paid { Ok(request) } else { Err(format!("{view:?}").into()) }
}

/// All entries of the visitor, newest first.
async fn entries(visitor: &Visitor) -> TestResult<Vec<Entry>> {
    let mut all: Vec<Entry> = Vec::new();
    loop {
        let after = all.last().map_or(String::new(), |entry| format!("&starting_after={}", entry.id));
        let page: Page<Entry> = visitor.get(&format!("/v1/activity?limit=100{after}")).await?.json()?;
        all.extend(page.data);
        if !page.has_more {
            return Ok(all);
        }
    }
}

async fn tool(house: &House, name: &str, option: &str, folder: &Path) -> TestResult<(bool, String)> {
    let out = house.tool(name).arg(option).arg(folder).output().await?;
    Ok((
        out.status.success(),
        [out.stdout, out.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat(),
    ))
}

#[tokio::test]
async fn a_restored_backup_is_a_new_life_with_right_books() -> TestResult {
    let mut house = House::start().await?;
    let place = tempfile::tempdir()?;
    let backup = place.path().join("sunday");
    let (ming, chen) = (house.visitor("wallet").sign_in("ming").await?, house.visitor("desk").sign_in("chen").await?);
    let wallet = Wallet::sign_in(&house, "wallet", "ming", 0).await?;
    let before = pay_an_order(&ming, &chen).await?;

    let stop = Arc::new(AtomicBool::new(false));
    let callers: Vec<_> = (0..4).map(|_| business(ming.clone(), chen.clone(), Arc::clone(&stop))).collect();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let (done, said) = tool(&house, "backup", "--to", &backup).await?;
    assert!(done && said.contains("live: ") && said.contains("audited"), "{said}");
    tokio::time::sleep(Duration::from_millis(300)).await;
    stop.store(true, Ordering::SeqCst);
    let mut paid = vec![before.clone()];
    for caller in callers {
        paid.extend(caller.await??);
    }
    let after = pay_an_order(&ming, &chen).await?;
    wallet.client.refresh().await?;
    let old: SyncPage = ming.get("/v1/sync").await?.json()?;

    let (done, said) = tool(&house, "backup", "--to", &backup).await?;
    assert!(!done && said.contains("overwrites nothing"), "{said}");
    let (done, said) = tool(&house, "restore", "--from", &backup).await?;
    assert!(!done && said.contains("overwrites nothing"), "a folder in use: {said}");
    house.terminate().await?;
    let _old_folder = house.move_out()?;
    let (done, said) = tool(&house, "restore", "--from", &backup).await?;
    assert!(done && said.contains("epoch") && said.contains("sessions ended"), "{said}");
    let audit = house.audit().await?;
    assert!(audit.status.success(), "{}", String::from_utf8_lossy(&audit.stdout));
    house.open(&[]).await?;

    assert_eq!(ming.get("/v1/session").await?.problem(), Some(ProblemCode::SignInRequired), "sessions have ended");
    let (ming, chen) = (house.visitor("wallet").sign_in("ming").await?, house.visitor("desk").sign_in("chen").await?);
    assert_eq!(ming.status(&before).await?.status, PaymentStatus::Paid, "what was paid before is there");
    assert_ne!(ming.status(&after).await?.status, PaymentStatus::Paid, "what came after is lost");
    everything_named_is_there(&chen).await?;
    let new: SyncPage = ming.get(&format!("/v1/sync?after={}", old.next)).await?.json()?;
    assert!(new.reset, "a token of before means nothing");
    assert!(new.next.split('.').next() != old.next.split('.').next(), "{} {}", new.next, old.next);

    // The page that was open all the time: it is told to sign in, and then has what the server has and nothing else.
    assert!(wallet.client.refresh().await.is_err());
    wallet.sign_in_again("ming").await?;
    wallet.client.refresh().await?;
    let (mirrored, stored) = (wallet.client.mirror().newest(50), entries(&ming).await?);
    assert!(!mirrored.is_empty() && mirrored[..] == stored[..mirrored.len()], "{mirrored:?} {stored:?}");
    let kept = paid.iter().filter(|request| stored.iter().any(|entry| entry.payment == Some(request.id))).count();
    assert!((1..=paid.len()).contains(&kept), "{kept} of {} payments are in the backup", paid.len());
    assert_eq!(wallet.client.mirror().wallet(Currency::CNY).ok_or("a wallet")?.available.minor, ming.balance().await?);
    refunds_wait_for_the_bank(&ming, &chen).await?;
    pay_an_order(&ming, &chen).await?;
    house.terminate().await?;
    assert!(house.audit().await?.status.success());
    Ok(())
}

/// Each order that a posting of the shop names can be read: the directory was copied after the ledger.
async fn everything_named_is_there(chen: &Visitor) -> TestResult {
    let orders: BTreeSet<String> =
        entries(chen).await?.into_iter().filter_map(|entry| entry.order.map(|order| order.to_string())).collect();
    assert!(orders.len() > 1, "nothing was paid before the backup, so this shows nothing");
    for order in orders {
        let answer = chen.get(&format!("/v1/orders/{order}")).await?;
        assert_eq!(answer.status, 200, "{order}: {}", answer.body);
    }
    Ok(())
}

/// Nobody answers at the bank's address, so what came since the backup is not known.
async fn refunds_wait_for_the_bank(ming: &Visitor, chen: &Visitor) -> TestResult {
    let ready = ming.get("/readyz").await?;
    assert!(ready.body.contains("live: payouts halted (restored)"), "{}", ready.body);
    let paid = pay_an_order(ming, chen).await?;
    let Target::Order { order, .. } = paid.target else { return Err("an order was paid".into()) };
    let refund =
        serde_json::json!({ "id": fresh_id::<qianbao_core::id::Refund>()?, "amount": paid.amount, "reason": "" });
    let answer = chen.post(&format!("/v1/orders/{order}/refunds"), &refund).await?;
    assert_eq!(answer.problem(), Some(ProblemCode::PayoutsHalted), "{}", answer.body);
    Ok(())
}

#[tokio::test]
async fn a_restored_dump_of_postgres_is_a_new_life_too() -> TestResult {
    let mut house = House::start_shared().await?;
    let place = tempfile::tempdir()?;
    let dump = place.path().join("qianbao.dump");
    let (ming, chen) = (house.visitor("wallet").sign_in("ming").await?, house.visitor("desk").sign_in("chen").await?);
    let before = pay_an_order(&ming, &chen).await?;
    let address = house.database_address().ok_or("the house is on Postgres")?;
    run(Command::new("pg_dump").args(["--format=custom", "--file"]).arg(&dump).args(["--dbname", &address])).await?;
    let after = pay_an_order(&ming, &chen).await?;
    let old: SyncPage = ming.get("/v1/sync").await?.json()?;
    house.terminate().await?;
    let back = ["--clean", "--if-exists", "--exit-on-error", "--dbname", &address];
    run(Command::new("pg_restore").args(back).arg(&dump)).await?;

    let (done, said) = tool(&house, "backup", "--to", &place.path().join("sunday")).await?;
    assert!(!done && said.contains("begin-life"), "files alone are no backup: {said}");
    let (done, said) = tool(&house, "restore", "--from", &dump).await?;
    assert!(!done && said.contains("begin-life"), "{said}");
    let begun = house.tool("begin-life").output().await?;
    let said = [begun.stdout, begun.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
    assert!(begun.status.success() && said.contains("live: epoch") && said.contains("sessions ended"), "{said}");
    house.open(&[]).await?;

    assert_eq!(ming.get("/v1/session").await?.problem(), Some(ProblemCode::SignInRequired), "sessions have ended");
    let (ming, chen) = (house.visitor("wallet").sign_in("ming").await?, house.visitor("desk").sign_in("chen").await?);
    assert_eq!(ming.status(&before).await?.status, PaymentStatus::Paid, "what was paid before is there");
    assert_ne!(ming.status(&after).await?.status, PaymentStatus::Paid, "what came after is lost");
    let new: SyncPage = ming.get(&format!("/v1/sync?after={}", old.next)).await?.json()?;
    assert!(new.reset, "a token of before means nothing");
    refunds_wait_for_the_bank(&ming, &chen).await?;
    house.terminate().await?;
    assert!(house.audit().await?.status.success());
    Ok(())
}

#[tokio::test]
async fn a_life_begins_in_a_database_only() -> TestResult {
    let house = House::seeded_in_files().await?;
    let begun = house.tool("begin-life").output().await?;
    let said = String::from_utf8_lossy(&begun.stderr);
    assert!(!begun.status.success() && said.contains("qianbao restore"), "{said}");
    Ok(())
}

async fn run(command: &mut Command) -> TestResult {
    let out = command.output().await?;
    if out.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&out.stderr).into()) }
}

#[tokio::test]
async fn a_damaged_backup_is_not_restored() -> TestResult {
    let mut house = House::start().await?;
    house.terminate().await?;
    let place = tempfile::tempdir()?;
    let backup = place.path().join("monday");
    let (done, said) = tool(&house, "backup", "--to", &backup).await?;
    assert!(done, "of a server that is down as well: {said}");
    let names: BTreeSet<String> = std::fs::read_dir(&backup)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<TestResult<_>>()?;
    assert_eq!(names, ["backup.json", "live", "test"].map(str::to_owned).into(), "nothing else lies there");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&backup)?.permissions()) & 0o777;
    assert_eq!(mode, 0o700, "it holds the keys");

    let file = backup.join("live/ledger.db");
    let mut bytes = std::fs::read(&file)?;
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, &bytes)?;
    let _old_folder = house.move_out()?;
    let (done, said) = tool(&house, "restore", "--from", &backup).await?;
    assert!(!done && said.contains("live/ledger.db"), "{said}");
    assert!(!house.data().exists(), "nothing was begun");
    bytes[middle] ^= 1;
    std::fs::write(&file, &bytes)?;
    let (done, said) = tool(&house, "restore", "--from", &backup).await?;
    assert!(done, "{said}");
    house.open(&[]).await?;
    let ming = house.visitor("wallet").sign_in("ming").await?;
    assert!(ming.balance().await? > 0);
    Ok(())
}
