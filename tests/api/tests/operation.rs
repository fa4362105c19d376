//! What an operator sees from outside: readiness, metrics, and what a server does that has more to do than it can.

use std::time::Duration;

use qianbao_api::ProblemCode;
use qianbao_api::payments::{PayRequest, PaymentStatus, PaymentView};
use qianbao_core::intent::Payee;
use qianbao_tests_api::{House, TestResult, Visitor, unused_port};

/// What a caller saw.
#[derive(Default)]
struct Seen {
    paid: Vec<PayRequest>,
    turned_away: Vec<PayRequest>,
}

async fn call(ming: Visitor, first: PayRequest, payee: Payee, times: usize) -> Result<Seen, String> {
    let mut seen = Seen::default();
    for _ in 0..times {
        let request = ming.again(&first, payee).map_err(|error| error.to_string())?;
        let answer = ming.pay(&request).await.map_err(|error| error.to_string())?;
        if answer.status == 503 {
            let is_problem = answer.headers.get("content-type").is_some_and(|form| form == "application/problem+json");
            let waits = answer.headers.get("retry-after").and_then(|value| value.to_str().ok()?.parse::<u32>().ok());
            if !is_problem
                || answer.problem() != Some(ProblemCode::Overloaded)
                || waits.is_none_or(|seconds| seconds == 0)
            {
                return Err(format!("{:?} {}", answer.headers, answer.body));
            }
            seen.turned_away.push(request);
        } else {
            let view: PaymentView = answer.json().map_err(|error| error.to_string())?;
            if view.status != PaymentStatus::Paid {
                return Err(format!("{view:?}"));
            }
            seen.paid.push(request);
        }
    }
    Ok(seen)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_turned_away_may_come_again_and_who_is_let_in_is_paid() -> TestResult {
    let metrics = format!("127.0.0.1:{}", unused_port()?);
    let house = House::start_with(&["--value-in-flight-max", "2", "--metrics-listen", &metrics]).await?;
    let (ming, lan) = (house.visitor("wallet").sign_in("ming").await?, house.visitor("wallet").sign_in("lan").await?);
    let before = lan.balance().await?;
    let first = ming.payment_to("lan", 1).await?;
    let payee = Payee::Person(lan.session.as_ref().ok_or("lan is signed in")?.person.id);
    let callers: Vec<_> = (0..32).map(|_| tokio::spawn(call(ming.clone(), first.clone(), payee, 8))).collect();
    let mut all = Seen::default();
    for caller in callers {
        let seen = caller.await??;
        all.paid.extend(seen.paid);
        all.turned_away.extend(seen.turned_away);
    }
    assert!(!all.paid.is_empty() && !all.turned_away.is_empty(), "{} {}", all.paid.len(), all.turned_away.len());
    assert_eq!(lan.balance().await?, before + i64::try_from(all.paid.len())?, "each once, and nobody else");
    for request in all.paid.iter().take(20) {
        assert_eq!(ming.status(request).await?.status, PaymentStatus::Paid);
    }
    for request in all.turned_away.iter().take(20) {
        assert_ne!(ming.status(request).await?.status, PaymentStatus::Paid);
        let view: PaymentView = ming.pay(request).await?.json()?;
        assert_eq!(view.status, PaymentStatus::Paid, "its id was left free");
    }
    let text = reqwest::get(format!("http://{metrics}/metrics")).await?.text().await?;
    let turned_away = format!("qianbao_value_turned_away_total {}", all.turned_away.len());
    assert!(text.contains(&turned_away), "expected {turned_away} in {text}");
    let answered = format!("status=\"5xx\"}} {}", all.turned_away.len());
    assert!(text.contains(&answered), "expected {answered} in {text}");
    Ok(())
}

#[tokio::test]
async fn metrics_tell_what_happens_and_nobody_s_name() -> TestResult {
    let metrics = format!("127.0.0.1:{}", unused_port()?);
    let house = House::start_with(&["--metrics-listen", &metrics]).await?;
    let (ming, lan) = (house.visitor("wallet").sign_in("ming").await?, house.visitor("wallet").sign_in("lan").await?);
    let mut request = ming.payment_to("lan", 7).await?;
    request.note = Some("午饭 lunch".to_owned());
    let paid: PaymentView = ming.pay(&request).await?.json()?;
    assert_eq!(paid.status, PaymentStatus::Paid);
    let payee = Payee::Person(lan.session.as_ref().ok_or("lan is signed in")?.person.id);
    let mut more = ming.again(&request, payee)?;
    more.amount.minor = 99_999_999;
    assert!(ming.pay(&more).await?.status != 200, "more than one payment may be");
    ming.get("/v1/no-such-route/at-all").await?;
    let text =
        tokio::time::timeout(Duration::from_secs(10), reqwest::get(format!("http://{metrics}/metrics"))).await??;
    let form = text.headers().get("content-type").cloned();
    assert!(form.is_some_and(|form| form.as_bytes().starts_with(b"text/plain; version=0.0.4")));
    let text = text.text().await?;
    for line in [
        "qianbao_payments_total{realm=\"live\",result=\"paid\"} 1",
        "qianbao_payments_total{realm=\"live\",result=\"amount_too_large\"} 1",
        "qianbao_http_requests_total{method=\"POST\",route=\"/v1/payments\",status=\"2xx\"} 1",
        "qianbao_http_requests_total{method=\"GET\",route=\"pages\",status=\"4xx\"}",
        "qianbao_http_seconds_bucket{route=\"/v1/payments\",le=\"10\"} 2",
        "qianbao_ledger_postings_total{realm=\"live\",result=\"posted\"} 1",
        "qianbao_ledger_batch_postings_bucket{realm=\"live\",le=\"1\"} 1",
        "qianbao_ledger_commit_seconds_count{realm=\"live\"} 1",
        "qianbao_ledger_queue_postings{realm=\"live\"} 0",
        "qianbao_payouts_halted{realm=\"live\",reason=\"books\"} 0",
        "qianbao_value_in_flight 0",
        "qianbao_event_streams 0",
        "qianbao_disk_free_bytes ",
    ] {
        assert!(text.contains(line), "expected {line} in {text}");
    }
    let person = lan.session.as_ref().ok_or("lan is signed in")?.person.id.to_string();
    for secret in [person.as_str(), "lan", "王岚", "lunch", &request.id.to_string()] {
        assert!(!text.contains(secret), "{secret} stands in {text}");
    }
    for host in ["wallet", "api"] {
        assert_eq!(house.visitor(host).get("/metrics").await?.status, 404, "{host} is public");
    }
    Ok(())
}

#[tokio::test]
async fn a_server_without_room_or_keys_is_alive_and_not_ready() -> TestResult {
    let mut house = House::start().await?;
    let door = house.visitor("wallet");
    std::fs::rename(house.data().join("live/keys/pepper.key"), house.data().join("live/keys/gone"))?;
    assert_eq!((door.get("/healthz").await?.status, door.get("/readyz").await?.status), (200, 503));
    std::fs::rename(house.data().join("live/keys/gone"), house.data().join("live/keys/pepper.key"))?;
    let ready = door.get("/readyz").await?;
    assert_eq!((ready.status, ready.body.as_str()), (200, "ready\n"));
    house.terminate().await?;
    let started = tokio::time::timeout(Duration::from_secs(5), house.open(&["--disk-free-mb-min", "1000000"])).await;
    assert!(started.is_err(), "a terabyte is free, or the option is not looked at");
    let answer = door.get("/readyz").await?;
    assert_eq!((answer.status, answer.problem()), (503, Some(ProblemCode::Overloaded)));
    assert!(answer.headers.contains_key("retry-after"));
    assert_eq!(door.get("/healthz").await?.status, 200);
    Ok(())
}
