//! What a restart must keep, what a second server must not do, and how the server leaves when it is asked to.

use std::process::Stdio;
use std::time::Duration;

use qianbao_api::payments::{PaymentStatus, PaymentView};
use qianbao_core::intent::Payee;
use qianbao_tests_api::{House, TestResult};

#[tokio::test]
async fn a_restart_keeps_sessions_balances_payments_and_keys() -> TestResult {
    let mut house = House::start().await?;
    let ming = house.visitor("wallet").sign_in("ming").await?;
    let request = ming.payment_to("lan", 1_234).await?;
    let first: PaymentView = ming.pay(&request).await?.json()?;
    assert_eq!(first.status, PaymentStatus::Paid, "{:?}", first.reason);
    let balance = ming.balance().await?;
    let keys = ming.get("/.well-known/qianbao-keys").await?.body;
    assert!(house.terminate().await?.success());

    house.open(&[]).await?;
    assert_eq!(ming.balance().await?, balance, "the session still counts and the balance is the same");
    let again: PaymentView = ming.pay(&request).await?.json()?;
    assert_eq!(again.paid, first.paid, "the same id answers as the first time");
    assert_eq!(ming.get("/.well-known/qianbao-keys").await?.body, keys);
    Ok(())
}

/// On SQLite one that has the same folder, on Postgres one that has other keys.
#[tokio::test]
async fn a_second_server_that_would_do_harm_refuses_to_start() -> TestResult {
    let house = House::start().await?;
    let mut second = if house.is_shared() { house.neighbour()?.tool("serve") } else { house.tool("serve") };
    second.args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let out = tokio::time::timeout(Duration::from_secs(20), second.output()).await??;
    assert!(!out.status.success(), "it started");
    let said = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(!said.trim().is_empty(), "it says why it does not start");
    assert!(!said.contains("panicked"), "a refusal is no panic: {said}");
    let ming = house.visitor("wallet").sign_in("ming").await?;
    assert!(ming.balance().await? > 0, "the first server goes on");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asked_to_end_under_load_it_answers_what_it_began() -> TestResult {
    let mut house = House::start().await?;
    let (ming, lan) = (house.visitor("wallet").sign_in("ming").await?, house.visitor("wallet").sign_in("lan").await?);
    let before = lan.balance().await?;
    let first = ming.payment_to("lan", 1).await?;
    let payee = Payee::Person(lan.session.as_ref().ok_or("lan is signed in")?.person.id);
    let mut callers = Vec::new();
    for _ in 0..8 {
        let (ming, first) = (ming.clone(), first.clone());
        callers.push(tokio::spawn(async move {
            let mut paid = 0;
            // A refused connection ends the caller; an answer that breaks off in the middle would be an error to parse.
            while let Ok(request) = ming.again(&first, payee).map_err(|error| error.to_string()) {
                let Ok(answer) = ming.pay(&request).await.map_err(|error| error.to_string()) else { break };
                match answer.json::<PaymentView>().map_err(|error| error.to_string()) {
                    Ok(view) if view.status == PaymentStatus::Paid => paid += 1,
                    _ if answer.status == 429 || answer.status == 503 => break,
                    other => return Err(format!("{other:?} {}", answer.body)),
                }
            }
            Ok(paid)
        }));
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(house.terminate().await?.success(), "it ends with success");
    let mut paid = 0;
    for caller in callers {
        paid += caller.await??;
    }
    assert!(paid > 0, "nobody paid before the end, so this shows nothing");
    house.open(&[]).await?;
    assert!(lan.balance().await? >= before + paid, "every answer that came is true");
    Ok(())
}

#[tokio::test]
async fn an_audit_of_sound_data_ends_well_and_of_no_data_does_not() -> TestResult {
    let mut house = House::start().await?;
    house.terminate().await?;
    assert!(house.audit().await?.status.success());
    let nothing = House::empty()?;
    assert!(!nothing.audit().await?.status.success(), "there is nothing to audit, and it says so");
    Ok(())
}
