//! The server is killed (SIGKILL) while people pay. After the restart every acknowledged payment has to be there, every
//! other id has exactly one final outcome, and the money is all there. A total of zero alone would prove nothing: a ledger
//! that forgets the last second balances too.

use std::sync::Arc;
use std::time::Duration;

use qianbao_api::payments::{PayRequest, PaymentStatus, PaymentView};
use qianbao_core::intent::Payee;
use qianbao_tests_api::{House, TestResult, Visitor};
use tokio::sync::Mutex;

const ROUNDS: usize = 3;
const CALLERS: usize = 16;
const PAYING_MS: u64 = 700;

/// What the callers know when the server dies.
#[derive(Default)]
struct Known {
    acknowledged: Vec<PayRequest>,
    unanswered: Vec<PayRequest>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_payments_survive_a_kill() -> TestResult {
    let mut house = House::start().await?;
    let (mut ming, mut lan) =
        (house.visitor("wallet").sign_in("ming").await?, house.visitor("wallet").sign_in("lan").await?);
    let (before_ming, before_lan) = (ming.balance().await?, lan.balance().await?);
    let mut paid = 0;
    for round in 0..ROUNDS {
        let known = pay_until_killed(&mut house, &ming, &lan).await?;
        assert!(
            !known.acknowledged.is_empty(),
            "round {round}: the kill came before the first payment, so it shows nothing"
        );
        house.open(&[]).await?;
        (ming, lan) = (house.visitor("wallet").sign_in("ming").await?, house.visitor("wallet").sign_in("lan").await?);
        for request in &known.acknowledged {
            let view = ming.status(request).await?;
            assert_eq!(view.status, PaymentStatus::Paid, "round {round}: {} was acknowledged and is lost", request.id);
        }
        let late = known.unanswered.len();
        paid += known.acknowledged.len() + settle(&ming, &known.unanswered).await?;
        println!("round {round}: {} acknowledged, {late} unanswered, all accounted for", known.acknowledged.len());
    }
    let moved = i64::try_from(paid)?;
    assert_eq!((ming.balance().await?, lan.balance().await?), (before_ming - moved, before_lan + moved));
    house.terminate().await?;
    let audit = house.audit().await?;
    assert!(
        audit.status.success(),
        "qianbao audit: {}{}",
        String::from_utf8_lossy(&audit.stdout),
        String::from_utf8_lossy(&audit.stderr)
    );
    Ok(())
}

/// Callers pay one minor unit after another until the server is killed under them.
async fn pay_until_killed(house: &mut House, ming: &Visitor, lan: &Visitor) -> TestResult<Known> {
    let known = Arc::new(Mutex::new(Known::default()));
    let first = ming.payment_to("lan", 1).await?;
    let payee = Payee::Person(lan.session.as_ref().ok_or("lan is signed in")?.person.id);
    let mut callers = Vec::new();
    for _ in 0..CALLERS {
        let (ming, first, known) = (ming.clone(), first.clone(), Arc::clone(&known));
        callers.push(tokio::spawn(async move {
            while let Ok(request) = ming.again(&first, payee).map_err(|error| error.to_string()) {
                let answer = ming.pay(&request).await.map_err(|error| error.to_string());
                let mut known = known.lock().await;
                match answer.map(|answer| answer.json::<PaymentView>().map_err(|error| error.to_string())) {
                    Ok(Ok(view)) if view.status == PaymentStatus::Paid => known.acknowledged.push(request),
                    // Throttled or over its load: nothing happened, and the next try has an id of its own.
                    Ok(_) => {}
                    Err(_) => {
                        known.unanswered.push(request);
                        return;
                    }
                }
            }
        }));
    }
    tokio::time::sleep(Duration::from_millis(PAYING_MS)).await;
    house.kill().await?;
    for caller in callers {
        caller.await?;
    }
    let known = Arc::into_inner(known).ok_or("all callers have ended")?;
    Ok(known.into_inner())
}

/// Sends what got no answer again, under its own id: each ends paid, once. Answers how many.
async fn settle(ming: &Visitor, unanswered: &[PayRequest]) -> TestResult<usize> {
    for request in unanswered {
        let first: PaymentView = ming.pay(request).await?.json()?;
        let second: PaymentView = ming.pay(request).await?.json()?;
        assert_eq!(first.status, PaymentStatus::Paid, "{}: {:?}", request.id, first.reason);
        assert_eq!(first.paid, second.paid, "{} was repeated and answered otherwise", request.id);
    }
    Ok(unanswered.len())
}
