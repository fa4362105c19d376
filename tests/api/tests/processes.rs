//! Several servers on one database, under one name, as behind a balancer: whoever is asked, the answer is the same; what one does the others
//! tell; and whoever is killed or stands still takes nothing with it. Always on Postgres.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use qianbao_api::ProblemCode;
use qianbao_api::orders::{CreateOrder, OrderView};
use qianbao_api::payments::{PayRequest, PaymentStatus, PaymentView};
use qianbao_core::intent::Payee;
use qianbao_core::{Currency, Money};
use qianbao_tests_api::{House, TestResult, Visitor};
use reqwest::Method;
use tokio::sync::Mutex;

const SOON: Duration = Duration::from_secs(10);
/// Those that two servers' callers pay at the same time.
const CALLERS: usize = 6;
const FAULTS: u32 = 8;

/// Two servers on one database, both ready.
async fn two() -> TestResult<[House; 2]> {
    let first = House::start_shared().await?;
    let mut second = first.neighbour()?;
    second.copy_keys(&first)?;
    second.open(&[]).await?;
    Ok([first, second])
}

fn person(visitor: &Visitor) -> TestResult<Payee> {
    Ok(Payee::Person(visitor.session.as_ref().ok_or("somebody is signed in")?.person.id))
}

async fn audited(house: &House) -> TestResult {
    let audit = house.audit().await?;
    let said = format!("{}{}", String::from_utf8_lossy(&audit.stdout), String::from_utf8_lossy(&audit.stderr));
    if audit.status.success() { Ok(()) } else { Err(said.into()) }
}

#[tokio::test]
async fn both_serve_and_tell_what_the_other_did() -> TestResult {
    let [one, other] = two().await?;
    let ming = one.visitor("wallet").sign_in("ming").await?;
    let lan = other.visitor("wallet").sign_in("lan").await?;
    let chen = one.visitor("desk").sign_in("chen").await?;
    let before = (ming.balance().await?, lan.balance().await?);
    // Everybody listens where they were not signed in, and nothing is done there.
    let (mut to_ming, mut to_lan, mut to_chen) =
        (ming.through(&other).listen().await?, lan.through(&one).listen().await?, chen.through(&other).listen().await?);
    for ear in [&mut to_ming, &mut to_lan, &mut to_chen] {
        ear.hears(SOON).await?.ok_or("expected a hint at the beginning")?;
    }

    // Money: paid through one, told by both, and the same balance wherever it is asked.
    let payment = ming.payment_to("lan", 250).await?;
    let paid: PaymentView = ming.pay(&payment).await?.json()?;
    assert_eq!(paid.status, PaymentStatus::Paid, "{:?}", paid.reason);
    to_ming.hears(SOON).await?.ok_or("the other server did not tell of the payment")?;
    to_lan.hears(SOON).await?.ok_or("the payee was not told")?;
    for house in [&one, &other] {
        let found = (ming.through(house).balance().await?, lan.through(house).balance().await?);
        assert_eq!(found, (before.0 - 250, before.1 + 250));
        assert_eq!(ming.through(house).status(&payment).await?.paid, paid.paid);
        let again: PaymentView = ming.through(house).pay(&payment).await?.json()?;
        assert_eq!(again.paid, paid.paid, "a repeat is the same payment, whoever is asked");
    }

    // What is not money: an order is made at one desk and seen at the other.
    let request = CreateOrder {
        id: qianbao_tests_api::fresh_id()?,
        amount: Money::new(1_800, Currency::CNY),
        lines: Vec::new(),
        description: "龙井".to_owned(),
        expires_in_s: 600,
    };
    let made: OrderView = chen.post("/v1/orders", &request).await?.json()?;
    to_chen.hears(SOON).await?.ok_or("the other server did not tell of the order")?;
    let seen: OrderView = chen.through(&other).get(&format!("/v1/orders/{}", made.id)).await?.json()?;
    assert_eq!(seen, made);
    // Cancelled at the other, and told here by the projection, whichever of both runs it.
    let mut here = chen.listen().await?;
    here.hears(SOON).await?.ok_or("expected a hint at the beginning")?;
    let (way, path) = (chen.through(&other), format!("/v1/orders/{}/cancel", made.id));
    let cancelled = way.send(Method::POST, &path, Some("{}".to_owned()));
    assert_eq!(cancelled.await?.status, 200);
    here.hears(SOON).await?.ok_or("this server did not tell that the order was cancelled")?;
    audited(&one).await
}

#[tokio::test]
async fn who_signs_out_at_one_is_signed_out_everywhere() -> TestResult {
    let [one, other] = two().await?;
    let ming = one.visitor("wallet").sign_in("ming").await?;
    let lan = one.visitor("wallet").sign_in("lan").await?;
    let payment = ming.payment_to("lan", 1).await?;
    let there = ming.through(&other);
    assert_eq!(there.get("/v1/session").await?.status, 200, "a session counts at both");
    assert!(there.balance().await? > 0);
    assert_eq!(ming.send(Method::DELETE, "/v1/session", Some(String::new())).await?.status, 204);
    let began = Instant::now();
    // What a server keeps in memory it may keep for the moment until it has heard; then no longer.
    while there.get("/v1/session").await?.status != 401 {
        assert!(began.elapsed() < Duration::from_secs(5), "the other server still takes the session");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let refused = there.pay(&payment).await?;
    assert_eq!((refused.status, refused.problem()), (401, Some(ProblemCode::SignInRequired)));
    assert_eq!(lan.through(&other).get("/v1/session").await?.status, 200, "and nobody else is");
    Ok(())
}

#[tokio::test]
async fn the_newest_key_has_to_be_everywhere_before_a_server_starts() -> TestResult {
    let [one, mut other] = two().await?;
    assert!(one.tool("rotate-keys").output().await?.status.success());
    other.terminate().await?;
    other.open(&[]).await?;
    // A third one gets the new key, and with it the directory knows it.
    let mut third = one.neighbour()?;
    third.copy_keys(&one)?;
    third.open(&[]).await?;
    other.terminate().await?;
    let refused = other.tool("serve").args(["--listen", "127.0.0.1:0"]).output().await?;
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("copy the folder `keys`"), "{said}");
    other.copy_keys(&one)?;
    other.open(&[]).await?;
    Ok(())
}

/// What the callers know.
#[derive(Default)]
struct Known {
    acknowledged: Mutex<Vec<PayRequest>>,
    unanswered: Mutex<Vec<PayRequest>>,
    is_over: AtomicBool,
}

/// Pays one minor unit after another, through this server and that one, until it is told to end.
async fn pay(ways: [Visitor; 2], first: PayRequest, payee: Payee, known: Arc<Known>) -> Result<(), String> {
    let mut turn = 0;
    while !known.is_over.load(Ordering::Relaxed) {
        turn += 1;
        let way = &ways[turn % 2];
        // The first request ages; each has an end of its own.
        let request = way.again_later(&first, payee).map_err(|error| error.to_string())?;
        let answer = way.pay(&request).await.map_err(|error| error.to_string());
        match answer.map(|answer| (answer.status, answer.json::<PaymentView>().map_err(|error| error.to_string()))) {
            Ok((_, Ok(view))) if view.status == PaymentStatus::Paid => known.acknowledged.lock().await.push(request),
            // Over its load: nothing happened, and the next try has an id of its own.
            Ok((429 | 503, _)) => {}
            Ok((504, _)) | Err(_) => {
                known.unanswered.lock().await.push(request);
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Ok(other) => return Err(format!("{other:?}")),
        }
    }
    Ok(())
}

async fn acknowledged(known: &Known, more: usize) -> TestResult {
    let (from, began) = (known.acknowledged.lock().await.len(), Instant::now());
    while known.acknowledged.lock().await.len() < from + more {
        if began.elapsed() > Duration::from_mins(1) {
            return Err("nobody is answered any more".into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_killed_or_stands_still_takes_nothing_with_it() -> TestResult {
    let mut houses = two().await?;
    let ming = houses[0].visitor("wallet").sign_in("ming").await?;
    let lan = houses[1].visitor("wallet").sign_in("lan").await?;
    let before = (ming.balance().await?, lan.balance().await?);
    let (first, payee) = (ming.payment_to("lan", 1).await?, person(&lan)?);
    let known = Arc::new(Known::default());
    let ways = houses.each_ref().map(|house| ming.through(house).with_patience(Duration::from_secs(3)));
    let callers: Vec<_> =
        (0..CALLERS).map(|_| tokio::spawn(pay(ways.clone(), first.clone(), payee, Arc::clone(&known)))).collect();
    acknowledged(&known, 20).await?;

    let seed = RandomState::new().hash_one(0);
    println!("seed {seed:#x}");
    for fault in 0..FAULTS {
        let chance = seed.rotate_right(fault * 7);
        let victim = usize::from(chance & 1 == 1);
        tokio::time::sleep(Duration::from_millis((chance >> 1) % 300)).await;
        if fault % 2 == 0 {
            houses[victim].kill().await?;
            acknowledged(&known, 10).await?;
            houses[victim].open(&[]).await?;
        } else {
            houses[victim].signal("STOP").await?;
            acknowledged(&known, 10).await?;
            houses[victim].signal("CONT").await?;
        }
        acknowledged(&known, 10).await?;
    }
    known.is_over.store(true, Ordering::Relaxed);
    for caller in callers {
        caller.await??;
    }

    let acknowledged = known.acknowledged.lock().await;
    let unanswered = known.unanswered.lock().await;
    println!("{} acknowledged, {} unanswered", acknowledged.len(), unanswered.len());
    for (number, request) in acknowledged.iter().enumerate() {
        let view = ming.through(&houses[number % 2]).status(request).await?;
        assert_eq!(view.status, PaymentStatus::Paid, "{} was acknowledged and is lost", request.id);
    }
    let mut paid = acknowledged.len();
    for (number, request) in unanswered.iter().enumerate() {
        // Sent again, to the other one as well: one outcome.
        let [here, there]: [PaymentView; 2] = [
            ming.through(&houses[number % 2]).settled(request).await?,
            ming.through(&houses[(number + 1) % 2]).settled(request).await?,
        ];
        assert_eq!((here.status, &here.paid), (there.status, &there.paid), "{}: two outcomes", request.id);
        paid += usize::from(here.status == PaymentStatus::Paid);
    }
    let moved = i64::try_from(paid)?;
    for house in &houses {
        let found = (ming.through(house).balance().await?, lan.through(house).balance().await?);
        assert_eq!(found, (before.0 - moved, before.1 + moved));
        audited(house).await?;
    }
    for house in &mut houses {
        assert!(house.terminate().await?.success(), "it ends well");
    }
    audited(&houses[0]).await
}
