//! The audit beside a running server: on the command line, and the server's own, which stops what goes out.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use data_encoding::HEXLOWER;
use qianbao_api::ProblemCode;
use qianbao_api::orders::{CreateOrder, CreateRefund, OrderView, RefundView};
use qianbao_api::payments::{PayRequest, PaymentStatus, PaymentView, Target};
use qianbao_core::chart::AccountCode;
use qianbao_core::id::PersonId;
use qianbao_core::intent::Payee;
use qianbao_core::posting::{AccountId, AccountKey, Owner};
use qianbao_core::{Currency, Money};
use qianbao_tests_api::{Answer, House, TestResult, Visitor, fresh_id, unused_port};

fn cny(minor: i64) -> Money {
    Money::new(minor, Currency::CNY)
}

fn person(visitor: &Visitor) -> TestResult<PersonId> {
    Ok(visitor.session.as_ref().ok_or("somebody is signed in")?.person.id)
}

fn wallet(visitor: &Visitor) -> TestResult<AccountId> {
    Ok(AccountKey::new(AccountCode::PersonalWallet, Owner::of(person(visitor)?), Currency::CNY).id())
}

/// Adds to what was credited to an account, behind the ledger's back.
fn change(house: &House, account: AccountId, by: i64) -> TestResult {
    if let Some(address) = house.database_address() {
        let id = HEXLOWER.encode(&account.bytes());
        let sql = format!("UPDATE live.account SET credits_posted = credits_posted + {by} WHERE id = '\\x{id}'");
        let out = Command::new("psql").args(["--dbname", &address, "--command", &sql]).output()?;
        let said = String::from_utf8_lossy(&out.stdout).trim().to_owned();
        return if said == "UPDATE 1" {
            Ok(())
        } else {
            Err(format!("{said}{}", String::from_utf8_lossy(&out.stderr)).into())
        };
    }
    let connection = rusqlite::Connection::open(house.data().join("live/ledger.db"))?;
    connection.busy_timeout(Duration::from_secs(5))?;
    let sql = "UPDATE balance SET credits_posted = credits_posted + ?1 \
               WHERE number = (SELECT number FROM account WHERE id = ?2)";
    let changed = connection.execute(sql, (by, account.bytes()))?;
    if changed == 1 { Ok(()) } else { Err(format!("{changed} balances were changed").into()) }
}

/// An order of Chen's shop that Ming has paid.
async fn paid_order(ming: &Visitor, chen: &Visitor, minor: i64) -> TestResult<OrderView> {
    let request = CreateOrder {
        id: fresh_id()?,
        amount: cny(minor),
        lines: Vec::new(),
        description: "龙井".to_owned(),
        expires_in_s: 600,
    };
    let order: OrderView = chen.post("/v1/orders", &request).await?.json()?;
    let shop = order.shop.id;
    let target = Target::Order { order: order.id, version: order.version };
    let paid: PaymentView = ming.pay(&ming.payment(target, Payee::Shop(shop), cny(minor)).await?).await?.json()?;
    assert_eq!(paid.status, PaymentStatus::Paid, "{:?}", paid.reason);
    Ok(order)
}

async fn refund(chen: &Visitor, order: &OrderView, minor: i64) -> TestResult<(CreateRefund, Answer)> {
    let request = CreateRefund { id: fresh_id()?, amount: cny(minor), reason: String::new(), approval: None };
    let answer = chen.post(&format!("/v1/orders/{}/refunds", order.id), &request).await?;
    Ok((request, answer))
}

/// Waits until the server says this of itself, or no longer.
async fn wait_ready(visitor: &Visitor, text: &str, is_said: bool) -> TestResult {
    let deadline = Instant::now() + Duration::from_mins(1);
    while Instant::now() < deadline {
        let answer = visitor.get("/readyz").await?;
        if answer.status == 200 && answer.body.contains(text) == is_said {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(format!("expected /readyz to say {text:?}: {is_said}").into())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_books_are_audited_while_people_pay() -> TestResult {
    let house = House::start().await?;
    let (ming, lan) = (house.visitor("wallet").sign_in("ming").await?, house.visitor("wallet").sign_in("lan").await?);
    let first = ming.payment_to("lan", 1).await?;
    let payee = Payee::Person(person(&lan)?);
    let paid = Arc::new(AtomicU32::new(0));
    let callers: Vec<_> =
        (0..8).map(|_| tokio::spawn(keep_paying(ming.clone(), first.clone(), payee, Arc::clone(&paid)))).collect();
    let deadline = Instant::now() + Duration::from_secs(30);
    let mut beside_payments = 0;
    while beside_payments < 5 {
        assert!(Instant::now() < deadline, "only {beside_payments} audits of half a minute ran beside a payment");
        let before = paid.load(Ordering::SeqCst);
        let audit = house.audit().await?;
        let said = String::from_utf8(audit.stdout)?;
        assert!(audit.status.success() && said.contains("live: right"), "{said}");
        // A small ledger is audited faster than a slow disk takes the next batch: such a round shows nothing and is not counted.
        beside_payments += u32::from(paid.load(Ordering::SeqCst) > before);
    }
    for caller in callers {
        caller.abort();
    }
    Ok(())
}

async fn keep_paying(ming: Visitor, first: PayRequest, payee: Payee, paid: Arc<AtomicU32>) {
    while let Ok(request) = ming.again(&first, payee).map_err(|error| error.to_string()) {
        let view =
            ming.pay(&request).await.and_then(|answer| answer.json::<PaymentView>()).map_err(|error| error.to_string());
        if view.is_ok_and(|view| view.status == PaymentStatus::Paid) {
            paid.fetch_add(1, Ordering::SeqCst);
        }
    }
}

#[tokio::test]
async fn a_wrong_balance_stops_what_goes_out_and_nothing_else() -> TestResult {
    let metrics = format!("127.0.0.1:{}", unused_port()?);
    let house = House::start_with(&["--audit-seconds", "1", "--metrics-listen", &metrics]).await?;
    let (ming, lan) = (house.visitor("wallet").sign_in("ming").await?, house.visitor("wallet").sign_in("lan").await?);
    let chen = house.visitor("desk").sign_in("chen").await?;
    let order = paid_order(&ming, &chen, 1_000).await?;
    let (first, answer) = refund(&chen, &order, 100).await?;
    let done: RefundView = answer.json()?;

    change(&house, wallet(&lan)?, 5)?;
    wait_ready(&ming, "live: payouts halted (books)", true).await?;
    let (_, answer) = refund(&chen, &order, 100).await?;
    assert_eq!((answer.status, answer.problem()), (503, Some(ProblemCode::PayoutsHalted)), "{}", answer.body);
    assert!(answer.headers.contains_key("retry-after"));
    let again = chen.post(&format!("/v1/orders/{}/refunds", order.id), &first).await?;
    assert_eq!(again.json::<RefundView>()?, done, "what was done is answered as it was");
    let other = paid_order(&ming, &chen, 200).await?;
    assert_ne!(other.id, order.id, "people go on paying");

    let text = reqwest::get(format!("http://{metrics}/metrics")).await?.text().await?;
    assert!(text.contains("qianbao_payouts_halted{realm=\"live\",reason=\"books\"} 1"), "{text}");
    assert!(text.contains("qianbao_payouts_halted{realm=\"test\",reason=\"books\"} 0"), "{text}");
    assert!(text.contains("qianbao_refunds_total{realm=\"live\",result=\"payouts_halted\"} 1"), "{text}");

    let audit = house.audit().await?;
    let said = String::from_utf8(audit.stdout)?;
    assert!(!audit.status.success() && said.contains(&wallet(&lan)?.to_string()), "{said}");
    assert!(!house.tool("resume").output().await?.status.success(), "the books are still wrong");
    wait_ready(&ming, "live: payouts halted (books)", true).await?;

    change(&house, wallet(&lan)?, -5)?;
    let resumed = house.tool("resume").output().await?;
    assert!(resumed.status.success(), "{}", String::from_utf8_lossy(&resumed.stdout));
    let (_, answer) = refund(&chen, &order, 100).await?;
    answer.json::<RefundView>()?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    wait_ready(&ming, "payouts halted", false).await?;
    Ok(())
}

#[tokio::test]
async fn a_balance_that_was_changed_while_the_server_was_down_is_found_at_its_start() -> TestResult {
    let mut house = House::start().await?;
    let lan = house.visitor("wallet").sign_in("lan").await?;
    house.terminate().await?;
    change(&house, wallet(&lan)?, -1)?;
    house.open(&[]).await?;
    wait_ready(&lan, "live: payouts halted (books)", true).await?;
    house.terminate().await?;
    house.open(&[]).await?;
    wait_ready(&lan, "live: payouts halted (books)", true).await
}
