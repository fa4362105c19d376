//! Recovery codes, and coming back with one.

use data_encoding::BASE32_NOPAD;
use futures::future::join_all;
use qianbao_api::ProblemCode as P;
use qianbao_api::identity::{Factors, OneTimeCodes, PersonView, SessionView};
use qianbao_api::passkeys::{CreationOptions, RequestOptions};
use qianbao_api::recovery::{RecoveryCodes, RecoveryState as S, RecoveryView};
use qianbao_api::sync::{DocumentBody, SyncPage};
use qianbao_core::id::PersonId;
use qianbao_core::recovery::RecoveryCode;
use qianbao_server::hosts::RealmName;
use qianbao_server::identity::recovery;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use crate::authenticator::Authenticator;
use crate::house::{Browser, House, PASSWORD, TestResult};

const WALLET: &str = "wallet.localhost:8787";
const DESK: &str = "desk.localhost:8787";
const NEW_PASSWORD: &str = "copper-lantern-drifts-2027";
const DAY_S: i64 = 24 * 3_600;

async fn codes(browser: &mut Browser) -> TestResult<Vec<String>> {
    Ok(browser.ask("POST", "/v1/recovery-codes", None).await?.is::<RecoveryCodes>()?.codes)
}

fn start(handle: &str, code: &str) -> Value {
    json!({ "handle": handle, "code": code })
}

/// The state of a recovery that was just begun, or why it was not.
async fn begun(browser: &mut Browser, handle: &str, code: &str) -> TestResult<Result<RecoveryView, P>> {
    let answer = browser.post("/v1/recovery", &start(handle, code)).await?;
    if answer.status() == 200 { Ok(Ok(answer.is()?)) } else { Ok(Err(answer.refused()?.1)) }
}

async fn state(browser: &mut Browser) -> TestResult<S> {
    Ok(browser.get("/v1/recovery").await?.is::<RecoveryView>()?.state)
}

/// Nothing, or why it was not finished.
async fn finish(browser: &mut Browser, request: &Value) -> TestResult<Option<P>> {
    let answer = browser.post("/v1/recovery/finish", request).await?;
    if answer.status() == 200 { Ok(None) } else { Ok(Some(answer.refused()?.1)) }
}

fn new_password() -> Value {
    json!({ "password": NEW_PASSWORD })
}

fn sign_in(password: &str) -> Value {
    json!({ "handle": "ming", "password": password })
}

async fn told(browser: &mut Browser) -> TestResult<PersonView> {
    let page: SyncPage = browser.get("/v1/sync").await?.is()?;
    let person = page.documents.into_iter().find_map(|document| match document.body {
        DocumentBody::Person(person) => Some(person),
        _ => None,
    });
    let session: SessionView = browser.get("/v1/session").await?.is()?;
    let person = person.ok_or("expected the person in the mirror")?;
    assert_eq!(session.person, person, "the session says the same");
    Ok(person)
}

/// Events of a person, as words.
async fn events(house: &House, person: PersonId) -> TestResult<Vec<String>> {
    let directory = &house.app.realm(RealmName::Live).directory;
    let rows: Vec<(String,)> = sqlx::query_as("SELECT kind FROM events WHERE subject = $1 ORDER BY number")
        .bind(person.to_string())
        .fetch_all(directory.readers())
        .await?;
    Ok(rows.into_iter().map(|(kind,)| kind).filter(|kind| kind.starts_with("recovery")).collect())
}

#[tokio::test]
async fn a_set_of_codes_is_told_once_and_ends_the_one_before() -> TestResult {
    let house = House::new().await?;
    let mut ming = house.signed_up("ming").await?;
    let factors = ming.get("/v1/factors").await?.is::<Factors>()?;
    assert_eq!((factors.recovery_codes_made_at, factors.recovery_codes_left), (None, 0));
    let first = codes(&mut ming).await?;
    assert_eq!(first.len(), 10);
    for code in &first {
        assert_eq!(RecoveryCode::parse(code)?.to_string(), *code);
    }
    let second = codes(&mut ming).await?;
    assert!(first.iter().all(|code| !second.contains(code)));
    let factors = ming.get("/v1/factors").await?.is::<Factors>()?;
    assert_eq!((factors.recovery_codes_made_at, factors.recovery_codes_left), (Some(house.app.sources.now()), 10));
    let mut lost = house.browser(WALLET);
    assert_eq!(begun(&mut lost, "ming", &first[0]).await?, Err(P::RecoveryFailed), "of the set before");
    assert!(begun(&mut lost, "ming", &second[0].to_lowercase().replace('-', " ")).await?.is_ok());
    assert_eq!(ming.get("/v1/factors").await?.is::<Factors>()?.recovery_codes_left, 9);
    // In the database lies nothing that could be typed.
    let directory = &house.app.realm(RealmName::Live).directory;
    let rows: Vec<(String,)> = sqlx::query_as("SELECT hash FROM recovery_codes").fetch_all(directory.readers()).await?;
    assert!(rows.iter().all(|(hash,)| hash.len() == 64 && !second.contains(hash)));
    Ok(())
}

#[tokio::test]
async fn codes_are_made_by_who_has_just_signed_in_to_the_wallet() -> TestResult {
    let house = House::new().await?;
    let mut ming = house.signed_up("ming").await?;
    let mut nobody = house.browser(WALLET);
    let mut desk = house.browser(DESK);
    desk.post("/v1/session", &sign_in(PASSWORD)).await?.is::<SessionView>()?;
    assert_eq!(nobody.ask("POST", "/v1/recovery-codes", None).await?.refused()?.1, P::SignInRequired);
    assert_eq!(desk.ask("POST", "/v1/recovery-codes", None).await?.refused()?.1, P::NotFound);
    let kept = codes(&mut ming).await?;
    house.clock.pass(10 * 60);
    assert_eq!(ming.ask("POST", "/v1/recovery-codes", None).await?.refused()?, (403, P::ConfirmationRequired, None));
    assert!(begun(&mut nobody, "ming", &kept[0]).await?.is_ok(), "the set is what it was");
    Ok(())
}

#[tokio::test]
async fn a_recovery_waits_tells_every_device_and_then_gives_a_new_way_in() -> TestResult {
    let house = House::new().await?;
    let mut ming = house.signed_up("ming").await?;
    let mut desk = house.browser(DESK);
    desk.post("/v1/session", &sign_in(PASSWORD)).await?.is::<SessionView>()?;
    let code = codes(&mut ming).await?.remove(0);
    let person = told(&mut ming).await?.id;
    let mut lost = house.browser(WALLET);
    lost.agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    let now = house.app.sources.now();
    let view = begun(&mut lost, "Ming", &code).await?.map_err(|code| format!("{code:?}"))?;
    assert_eq!((view.state, view.ready_at), (S::Waiting, now.plus_seconds(DAY_S)));
    for device in [&mut ming, &mut desk] {
        let notice = told(device).await?.recovery.ok_or("expected a notice")?;
        assert_eq!((notice.started_at, notice.ready_at), (now, now.plus_seconds(DAY_S)));
        assert_eq!((notice.browser.as_str(), notice.system.as_str()), ("Firefox", "Linux"));
    }
    assert_eq!(finish(&mut lost, &new_password()).await?, Some(P::RecoveryWaiting));
    assert_eq!(lost.ask("POST", "/v1/recovery/passkey-options", None).await?.refused()?.1, P::RecoveryWaiting);
    house.clock.pass(DAY_S - 1);
    assert_eq!(state(&mut lost).await?, S::Waiting);
    house.clock.pass(1);
    assert_eq!(state(&mut lost).await?, S::Ready);
    assert_eq!(finish(&mut lost, &json!({})).await?, Some(P::MalformedRequest));
    assert_eq!(finish(&mut lost, &json!({ "password": "jade-riv" })).await?, Some(P::PasswordLength));
    let mut desk = house.browser(DESK);
    desk.post("/v1/session", &sign_in(PASSWORD)).await?.is::<SessionView>()?;

    let answer = lost.post("/v1/recovery/finish", &new_password()).await?;
    let session: SessionView = answer.is()?;
    let until = house.app.sources.now().plus_seconds(3 * DAY_S);
    assert_eq!((session.person.id, session.person.limits_lowered_until), (person, Some(until)));
    assert_eq!(told(&mut lost).await?.recovery, None);
    assert_eq!(lost.recovery, None, "the ticket has gone");
    assert_eq!(desk.get("/v1/session").await?.refused()?.1, P::SignInRequired, "every other session ended");
    let mut other = house.browser(WALLET);
    assert_eq!(other.post("/v1/session", &sign_in(PASSWORD)).await?.refused()?.1, P::SignInFailed);
    other.post("/v1/session", &sign_in(NEW_PASSWORD)).await?.is::<SessionView>()?;
    let expected =
        ["recovery_codes.made", "recovery.started", "recovery.set_password", "recovery.finished"].map(str::to_owned);
    assert_eq!(events(&house, person).await?, expected);
    Ok(())
}

#[tokio::test]
async fn the_desk_of_a_persons_shop_hears_of_it_and_of_its_end() -> TestResult {
    let house = House::new().await?;
    let mut ming = house.signed_up("ming").await?;
    let code = codes(&mut ming).await?.remove(0);
    let mut desk = house.browser(DESK);
    desk.post("/v1/session", &sign_in(PASSWORD)).await?.is::<SessionView>()?;
    let shop = json!({
        "name_zh": "云山茶铺", "name_en": "Yunshan Tea", "category": "5812", "city": "Hangzhou", "currency": "CNY"
    });
    assert_eq!(desk.post("/v1/shop", &shop).await?.status(), 200);
    let mut page: SyncPage = desk.get("/v1/sync").await?.is()?;
    let mut notices = Vec::new();
    let mut lost = house.browser(WALLET);
    for step in 0..2 {
        if step == 0 {
            assert!(begun(&mut lost, "ming", &code).await?.is_ok());
        } else {
            assert_eq!(ming.ask("DELETE", "/v1/recovery", None).await?.status(), 204);
        }
        page = desk.get(&format!("/v1/sync?after={}", page.next)).await?.is()?;
        notices.extend(page.documents.iter().filter_map(|document| match &document.body {
            DocumentBody::Person(person) => Some(person.recovery.is_some()),
            _ => None,
        }));
    }
    assert_eq!(notices, [true, false]);
    Ok(())
}

#[tokio::test]
async fn a_passkey_is_a_new_way_in_and_of_this_recovery_only() -> TestResult {
    let house = House::new().await?;
    let mut ming = house.signed_up("ming").await?;
    let all = codes(&mut ming).await?;
    let mut lost = house.browser(WALLET);
    let mut authenticator = Authenticator::at(WALLET);
    assert!(begun(&mut lost, "ming", &all[0]).await?.is_ok());
    house.clock.pass(DAY_S);
    let asked: CreationOptions = lost.ask("POST", "/v1/recovery/passkey-options", None).await?.is()?;
    let stale = authenticator.create(&asked)?;
    // Another recovery of the same person: the answer was for the one before.
    let mut other = house.browser(WALLET);
    assert!(begun(&mut other, "ming", &all[1]).await?.is_ok());
    house.clock.pass(DAY_S);
    assert_eq!(finish(&mut lost, &json!({ "passkey": stale })).await?, Some(P::RecoveryOver));
    assert_eq!(finish(&mut other, &json!({ "passkey": stale })).await?, Some(P::PasskeyRefused));
    let asked: CreationOptions = other.ask("POST", "/v1/recovery/passkey-options", None).await?.is()?;
    let made = authenticator.create(&asked)?;
    assert_eq!(finish(&mut other, &json!({ "passkey": made })).await?, None);
    let mut again = house.browser(WALLET);
    let asked: RequestOptions = again.ask("POST", "/v1/session/passkey-options", None).await?.is()?;
    again.post("/v1/session/passkey", &authenticator.get(&asked)?).await?.is::<SessionView>()?;
    // The password was not replaced, and is still one.
    again.post("/v1/session", &sign_in(PASSWORD)).await?.is::<SessionView>()?;
    Ok(())
}

#[tokio::test]
async fn one_tap_on_any_device_cancels_and_a_repeat_changes_nothing() -> TestResult {
    let house = House::new().await?;
    let mut ming = house.signed_up("ming").await?;
    let all = codes(&mut ming).await?;
    let mut desk = house.browser(DESK);
    desk.post("/v1/session", &sign_in(PASSWORD)).await?.is::<SessionView>()?;
    let mut thief = house.browser(WALLET);
    assert!(begun(&mut thief, "ming", &all[0]).await?.is_ok());
    assert_eq!(thief.ask("DELETE", "/v1/recovery", None).await?.refused()?.1, P::SignInRequired);
    house.clock.pass(11 * 60);
    assert_eq!(desk.ask("DELETE", "/v1/recovery", None).await?.status(), 204, "no question is asked");
    assert_eq!(ming.ask("DELETE", "/v1/recovery", None).await?.status(), 204);
    assert_eq!(told(&mut ming).await?.recovery, None);
    assert_eq!(state(&mut thief).await?, S::Cancelled);
    house.clock.pass(2 * DAY_S);
    assert_eq!(finish(&mut thief, &new_password()).await?, Some(P::RecoveryOver));
    assert_eq!(begun(&mut thief, "ming", &all[0]).await?, Err(P::RecoveryFailed), "a code is used once, whatever came");
    Ok(())
}

#[tokio::test]
async fn recoveries_of_a_person_are_budgeted_and_a_right_code_is_kept_for_later() -> TestResult {
    let house = House::new().await?;
    let mut ming = house.signed_up("ming").await?;
    let all = codes(&mut ming).await?;
    let mut thief = house.browser(WALLET);
    for code in &all[..3] {
        assert!(begun(&mut thief, "ming", code).await?.is_ok());
        assert_eq!(ming.ask("DELETE", "/v1/recovery", None).await?.status(), 204);
    }
    let answer = thief.post("/v1/recovery", &start("ming", &all[3])).await?;
    assert_eq!(answer.refused()?, (429, P::TooManyRequests, None));
    assert!(answer.header("retry-after").parse::<i64>()? > DAY_S - 60);
    assert_eq!(ming.get("/v1/factors").await?.is::<Factors>()?.recovery_codes_left, 7, "the fourth is unused");
    house.clock.pass(DAY_S);
    assert!(begun(&mut thief, "ming", &all[3]).await?.is_ok());
    Ok(())
}

#[tokio::test]
async fn a_wrong_code_and_an_unknown_handle_are_answered_alike_and_counted() -> TestResult {
    let house = House::new().await?;
    let mut ming = house.signed_up("ming").await?;
    let all = codes(&mut ming).await?;
    let foreign = codes(&mut house.signed_up("lan").await?).await?;
    house.signed_up("bare").await?;
    let mut guesser = house.browser(WALLET);
    let mut answers = Vec::new();
    for (handle, code) in [
        ("ming", foreign[0].as_str()),
        ("ming", "000001-000002-000003-000004-000005"),
        ("ming", "a word"),
        ("bare", &all[0]),
        ("nobody.here", &all[0]),
        ("no handle!", &all[0]),
    ] {
        let problem = guesser.post("/v1/recovery", &start(handle, code)).await?.problem()?;
        answers.push((problem.status, problem.code, problem.detail, problem.param));
        assert_eq!(guesser.recovery, None);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!((answers[0].0, answers[0].1), (401, P::RecoveryFailed));
    for _ in 3..10 {
        assert_eq!(begun(&mut guesser, "ming", &foreign[0]).await?, Err(P::RecoveryFailed));
    }
    assert_eq!(begun(&mut guesser, "ming", &all[0]).await?, Err(P::TooManyRequests), "the handle's budget");
    guesser.post("/v1/session", &sign_in(PASSWORD)).await?.is::<SessionView>()?;
    house.clock.pass(15 * 60);
    assert!(begun(&mut guesser, "ming", &all[0]).await?.is_ok());
    Ok(())
}

#[tokio::test]
async fn a_code_used_twice_at_once_begins_one_recovery() -> TestResult {
    let house = House::new().await?;
    let mut ming = house.signed_up("ming").await?;
    let code = codes(&mut ming).await?.remove(0);
    let request = start("ming", &code);
    let mut browsers: Vec<Browser> = (0..6).map(|_| house.browser(WALLET)).collect();
    let answers = join_all(browsers.iter_mut().map(|browser| browser.post("/v1/recovery", &request))).await;
    let mut statuses = answers.into_iter().map(|answer| Ok(answer?.status())).collect::<TestResult<Vec<_>>>()?;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401, 401, 401, 401, 401]);
    Ok(())
}

#[tokio::test]
async fn of_a_cancelling_and_a_finishing_at_once_one_counts() -> TestResult {
    let house = House::new().await?;
    for round in 0..4 {
        let handle = format!("ming{round}");
        let mut ming = house.signed_up(&handle).await?;
        let code = codes(&mut ming).await?.remove(0);
        let mut lost = house.browser(WALLET);
        assert!(begun(&mut lost, &handle, &code).await?.is_ok());
        house.clock.pass(DAY_S);
        let mut desk = house.browser(DESK);
        desk.post("/v1/session", &json!({ "handle": handle, "password": PASSWORD })).await?.is::<SessionView>()?;
        let request = new_password();
        let (finished, cancelled) = tokio::join!(finish(&mut lost, &request), desk.ask("DELETE", "/v1/recovery", None));
        let (finished, cancelled) = (finished?, cancelled?.status());
        let is_in = lost.get("/v1/session").await?.status() == 200;
        match finished {
            None => assert!(is_in),
            other => assert_eq!((other, cancelled, is_in), (Some(P::RecoveryOver), 204, false)),
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_wait_survives_restarts_and_clocks_that_jump() -> TestResult {
    let house = House::new().await?;
    let mut ming = house.signed_up("ming").await?;
    let code = codes(&mut ming).await?.remove(0);
    let mut lost = house.browser(WALLET);
    assert!(begun(&mut lost, "ming", &code).await?.is_ok());
    let ticket = lost.recovery.clone();
    // Back by a week: everybody waits that much longer.
    house.clock.pass(-7 * DAY_S);
    assert_eq!(state(&mut lost).await?, S::Waiting);
    house.clock.pass(7 * DAY_S + 3_600);
    drop((ming, lost));
    let house = house.restarted().await?;
    let mut lost = house.browser(WALLET);
    lost.recovery = ticket;
    assert_eq!(state(&mut lost).await?, S::Waiting);
    house.clock.pass(DAY_S - 3_600);
    assert_eq!(finish(&mut lost, &new_password()).await?, None);
    Ok(())
}

#[tokio::test]
async fn who_comes_too_late_begins_again_and_the_notice_goes() -> TestResult {
    let house = House::new().await?;
    let mut ming = house.signed_up("ming").await?;
    let all = codes(&mut ming).await?;
    let person = told(&mut ming).await?.id;
    let mut lost = house.browser(WALLET);
    assert!(begun(&mut lost, "ming", &all[0]).await?.is_ok());
    house.clock.pass(DAY_S + recovery::READY_S);
    assert_eq!(state(&mut lost).await?, S::Lapsed);
    assert_eq!(finish(&mut lost, &new_password()).await?, Some(P::RecoveryOver));
    let realm = house.app.realm(RealmName::Live);
    let mut write = realm.directory.begin().await?;
    recovery::sweep(&mut write, &house.app.sources).await?;
    write.commit().await?;
    ming.post("/v1/session", &sign_in(PASSWORD)).await?.is::<SessionView>()?;
    assert_eq!(told(&mut ming).await?.recovery, None);
    assert_eq!(events(&house, person).await?.last().map(String::as_str), Some("recovery.lapsed"));
    assert!(begun(&mut lost, "ming", &all[1]).await?.is_ok());
    Ok(())
}

#[tokio::test]
async fn a_ticket_is_of_its_browser_and_host() -> TestResult {
    let house = House::new().await?;
    let mut ming = house.signed_up("ming").await?;
    let code = codes(&mut ming).await?.remove(0);
    let mut lost = house.browser(WALLET);
    assert_eq!(house.browser(DESK).post("/v1/recovery", &start("ming", &code)).await?.refused()?.1, P::NotFound);
    assert!(begun(&mut lost, "ming", &code).await?.is_ok());
    house.clock.pass(DAY_S);
    for ticket in [None, Some("x".to_owned()), Some("A".repeat(43))] {
        let mut other = house.browser(WALLET);
        other.recovery = ticket;
        assert_eq!(other.get("/v1/recovery").await?.refused()?.1, P::NotFound);
        assert_eq!(finish(&mut other, &new_password()).await?, Some(P::NotFound));
    }
    let mut elsewhere = house.browser("wallet.test.localhost:8787");
    elsewhere.recovery.clone_from(&lost.recovery);
    assert_eq!(elsewhere.get("/v1/recovery").await?.refused()?.1, P::NotFound);
    assert_eq!(state(&mut lost).await?, S::Ready);
    Ok(())
}

#[tokio::test]
async fn a_restore_cancels_what_was_running() -> TestResult {
    let house = House::new().await?;
    let mut ming = house.signed_up("ming").await?;
    let code = codes(&mut ming).await?.remove(0);
    let mut lost = house.browser(WALLET);
    assert!(begun(&mut lost, "ming", &code).await?.is_ok());
    let realm = house.app.realm(RealmName::Live);
    let mut write = realm.directory.begin().await?;
    recovery::end_all(&mut write, house.app.sources.now()).await?;
    write.commit().await?;
    assert_eq!(state(&mut lost).await?, S::Cancelled);
    assert_eq!(told(&mut ming).await?.recovery, None);
    Ok(())
}

#[tokio::test]
async fn a_wallet_that_was_frozen_while_somebody_waited_stays_frozen_until_limits_are_back() -> TestResult {
    let house = House::new().await?;
    let mut ming = house.signed_up("ming").await?;
    let code = codes(&mut ming).await?.remove(0);
    let mut lost = house.browser(WALLET);
    assert!(begun(&mut lost, "ming", &code).await?.is_ok());
    house.clock.pass(60);
    assert_eq!(ming.ask("PUT", "/v1/freeze", None).await?.status(), 204);
    house.clock.pass(DAY_S);
    assert_eq!(finish(&mut lost, &new_password()).await?, None, "who they are is another question");
    house.clock.pass(1);
    assert_eq!(lost.ask("DELETE", "/v1/freeze", None).await?.refused()?, (409, P::LimitsLowered, None));
    house.clock.pass(3 * DAY_S);
    lost.post("/v1/session", &sign_in(NEW_PASSWORD)).await?.is::<SessionView>()?;
    assert_eq!(lost.ask("DELETE", "/v1/freeze", None).await?.status(), 204);
    Ok(())
}

#[tokio::test]
async fn the_person_of_a_wallet_that_was_frozen_before_comes_back_to_it() -> TestResult {
    let house = House::new().await?;
    let mut ming = house.signed_up("ming").await?;
    let code = codes(&mut ming).await?.remove(0);
    assert_eq!(ming.ask("PUT", "/v1/freeze", None).await?.status(), 204);
    house.clock.pass(60);
    let mut lost = house.browser(WALLET);
    assert!(begun(&mut lost, "ming", &code).await?.is_ok());
    house.clock.pass(DAY_S);
    assert_eq!(finish(&mut lost, &new_password()).await?, None);
    assert_eq!(lost.ask("DELETE", "/v1/freeze", None).await?.status(), 204, "and it was frozen until now");
    Ok(())
}

/// The secret of one-time codes that `browser` turns on.
async fn turn_on_codes(house: &House, browser: &mut Browser) -> TestResult<OneTimeCodes> {
    let made: OneTimeCodes = browser.ask("POST", "/v1/one-time-codes", None).await?.is()?;
    let code = shows(house, &made)?;
    let answer = browser.post("/v1/one-time-codes/activation", &json!({ "code": code })).await?;
    assert_eq!(answer.status(), 204);
    Ok(made)
}

fn shows(house: &House, codes: &OneTimeCodes) -> TestResult<String> {
    let secret: [u8; 20] = BASE32_NOPAD.decode(codes.secret.as_bytes())?.as_slice().try_into()?;
    let app = Builder::new().with_secret(Secret::new_stack(secret)).build_noncompliant();
    Ok(app.generate(u64::try_from(house.app.sources.now().millis() / 1_000)?).to_string())
}

#[tokio::test]
async fn who_has_lost_the_app_for_one_time_codes_turns_them_off_and_who_has_it_keeps_them() -> TestResult {
    let house = House::new().await?;
    let mut ming = house.signed_up("ming").await?;
    let all = codes(&mut ming).await?;
    let app = turn_on_codes(&house, &mut ming).await?;
    let mut lost = house.browser(WALLET);
    let view = begun(&mut lost, "ming", &all[0]).await?.map_err(|code| format!("{code:?}"))?;
    assert!(!view.has_one_time_codes, "who only has a code is not told");
    house.clock.pass(DAY_S);
    assert!(lost.get("/v1/recovery").await?.is::<RecoveryView>()?.has_one_time_codes);
    // Kept: the new password may be short, and is asked for with a code.
    assert_eq!(finish(&mut lost, &json!({ "password": "jade-riv" })).await?, None);
    let mut again = house.browser(WALLET);
    let mut request = sign_in("jade-riv");
    assert_eq!(again.post("/v1/session", &request).await?.refused()?.1, P::OneTimeCodeRequired);
    request["one_time_code"] = shows(&house, &app)?.into();
    again.post("/v1/session", &request).await?.is::<SessionView>()?;

    // Turned off: a short one is not enough, and with a passkey alone the old one goes.
    assert!(begun(&mut lost, "ming", &all[1]).await?.is_ok());
    house.clock.pass(DAY_S);
    let short = json!({ "password": "jade-riv", "ends_one_time_codes": true });
    assert_eq!(finish(&mut lost, &short).await?, Some(P::PasswordLength));
    let mut authenticator = Authenticator::at(WALLET);
    let asked: CreationOptions = lost.ask("POST", "/v1/recovery/passkey-options", None).await?.is()?;
    let passkey = authenticator.create(&asked)?;
    assert_eq!(finish(&mut lost, &json!({ "passkey": passkey, "ends_one_time_codes": true })).await?, None);
    let factors: Factors = lost.get("/v1/factors").await?.is()?;
    assert_eq!((factors.password_set_at, factors.one_time_codes_since), (None, None));
    assert_eq!((factors.passkeys.len(), factors.recovery_codes_left), (1, 8));
    Ok(())
}

#[tokio::test]
async fn the_last_code_is_as_good_as_the_first() -> TestResult {
    let house = House::new().await?;
    let mut ming = house.signed_up("ming").await?;
    let mut lost = house.browser(WALLET);
    for code in codes(&mut ming).await? {
        assert!(begun(&mut lost, "ming", &code).await?.is_ok());
        house.clock.pass(DAY_S / 2);
    }
    house.clock.pass(DAY_S);
    assert_eq!(finish(&mut lost, &new_password()).await?, None);
    let factors: Factors = lost.get("/v1/factors").await?.is()?;
    assert_eq!(factors.recovery_codes_left, 0);
    assert!(factors.recovery_codes_made_at.is_some());
    Ok(())
}
