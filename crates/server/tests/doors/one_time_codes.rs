//! `/v1/one-time-codes`, and the code beside the password.

use data_encoding::BASE32_NOPAD;
use qianbao_api::ProblemCode as P;
use qianbao_api::identity::{Factors, OneTimeCodes, PasskeyView, SessionView};
use qianbao_api::passkeys::{CreationOptions, RequestOptions};
use serde_json::{Value, json};
use totp_rs::{Builder, Secret, Totp};

use crate::authenticator::Authenticator;
use crate::house::{Browser, House, PASSWORD, TestResult};

const WALLET: &str = "wallet.localhost:8787";

/// The app on a person's phone.
struct Phone(Totp);

impl Phone {
    fn told(codes: &OneTimeCodes) -> TestResult<Self> {
        assert!(codes.uri.starts_with("otpauth://totp/Qianbao:ming?secret=") && codes.uri.contains(&codes.secret));
        let secret: [u8; 20] = BASE32_NOPAD.decode(codes.secret.as_bytes())?.as_slice().try_into()?;
        Ok(Self(Builder::new().with_secret(Secret::new_stack(secret)).build_noncompliant()))
    }

    /// What it shows so many steps of 30 seconds from now.
    fn shows(&self, house: &House, steps_ahead: i64) -> TestResult<String> {
        let seconds = house.app.sources.now().millis() / 1_000 + 30 * steps_ahead;
        Ok(self.0.generate(u64::try_from(seconds)?).to_string())
    }
}

fn sign_in(code: Option<&str>) -> Value {
    let mut request = json!({ "handle": "ming", "password": PASSWORD });
    if let Some(code) = code {
        request["one_time_code"] = code.into();
    }
    request
}

async fn begin(browser: &mut Browser) -> TestResult<OneTimeCodes> {
    browser.ask("POST", "/v1/one-time-codes", None).await?.is()
}

/// 204, or the code of the refusal.
async fn done(browser: &mut Browser, method: &str, path: &str, body: Option<Value>) -> TestResult<Option<P>> {
    let answer = browser.ask(method, path, body.as_ref()).await?;
    if answer.status() == 204 { Ok(None) } else { Ok(Some(answer.refused()?.1)) }
}

async fn activate(browser: &mut Browser, code: &str) -> TestResult<Option<P>> {
    done(browser, "POST", "/v1/one-time-codes/activation", Some(json!({ "code": code }))).await
}

/// Ming with codes on, and the phone.
async fn with_codes(house: &House) -> TestResult<(Browser, Phone)> {
    let mut ming = house.signed_up("ming").await?;
    let phone = Phone::told(&begin(&mut ming).await?)?;
    assert_eq!(activate(&mut ming, &phone.shows(house, 0)?).await?, None);
    Ok((ming, phone))
}

#[tokio::test]
async fn a_code_is_asked_for_once_the_phone_has_the_secret() -> TestResult {
    let house = House::new().await?;
    let mut ming = house.signed_up("ming").await?;
    assert_eq!(activate(&mut ming, "123456").await?, Some(P::NotFound), "nothing was begun");
    let first = Phone::told(&begin(&mut ming).await?)?;
    let phone = Phone::told(&begin(&mut ming).await?)?;
    assert_eq!(
        activate(&mut ming, &first.shows(&house, 0)?).await?,
        Some(P::OneTimeCodeWrong),
        "the second secret counts"
    );
    let mut other = house.browser(WALLET);
    other.post("/v1/session", &sign_in(None)).await?.is::<SessionView>()?;
    let code = phone.shows(&house, 0)?;
    assert_eq!(
        activate(&mut ming, &format!("{} {}", &code[..3], &code[3..])).await?,
        None,
        "with a space in the middle"
    );
    assert_eq!(activate(&mut ming, &code).await?, Some(P::OneTimeCodesOn));
    assert_eq!(ming.ask("POST", "/v1/one-time-codes", None).await?.refused()?.1, P::OneTimeCodesOn);
    assert!(ming.get("/v1/factors").await?.is::<Factors>()?.one_time_codes_since.is_some());
    assert_eq!(other.post("/v1/session", &sign_in(None)).await?.refused()?, (401, P::OneTimeCodeRequired, None));
    // Who does not know the password learns nothing of codes.
    let wrong = json!({ "handle": "ming", "password": "wrong-wrong-wrong-2", "one_time_code": "123456" });
    assert_eq!(other.post("/v1/session", &wrong).await?.refused()?.1, P::SignInFailed);
    Ok(())
}

#[tokio::test]
async fn a_code_is_good_in_its_time_and_once() -> TestResult {
    let house = House::new().await?;
    let (mut ming, phone) = with_codes(&house).await?;
    let used = phone.shows(&house, 0)?;
    assert_eq!(
        ming.post("/v1/session", &sign_in(Some(&used))).await?.refused()?.1,
        P::OneTimeCodeWrong,
        "used to turn them on"
    );
    house.clock.pass(300);
    let code = phone.shows(&house, 0)?;
    ming.post("/v1/session", &sign_in(Some(&code))).await?.is::<SessionView>()?;
    assert_eq!(
        ming.post("/v1/session", &sign_in(Some(&code))).await?.refused()?,
        (401, P::OneTimeCodeWrong, None),
        "replayed"
    );
    let before = phone.shows(&house, -1)?;
    assert_eq!(
        ming.post("/v1/session", &sign_in(Some(&before))).await?.refused()?.1,
        P::OneTimeCodeWrong,
        "older than a used one"
    );
    // A clock that is half a minute ahead, and one that is behind.
    let ahead = phone.shows(&house, 1)?;
    ming.post("/v1/session", &sign_in(Some(&ahead))).await?.is::<SessionView>()?;
    house.clock.pass(300);
    let behind = phone.shows(&house, -1)?;
    ming.post("/v1/session", &sign_in(Some(&behind))).await?.is::<SessionView>()?;
    for steps in [-2, 2] {
        let far = phone.shows(&house, steps)?;
        assert_eq!(ming.post("/v1/session", &sign_in(Some(&far))).await?.refused()?.1, P::OneTimeCodeWrong, "{steps}");
    }
    // Two at once: one of them signs in.
    house.clock.pass(300);
    let request = sign_in(Some(&phone.shows(&house, 0)?));
    let (mut one, mut two) = (house.browser(WALLET), house.browser(WALLET));
    let (first, second) = tokio::join!(one.post("/v1/session", &request), two.post("/v1/session", &request));
    let mut statuses = [first?.status(), second?.status()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
    Ok(())
}

#[tokio::test]
async fn guessing_codes_ends_after_ten_tries_for_a_day_and_locks_no_passkey() -> TestResult {
    let house = House::new().await?;
    let (mut ming, phone) = with_codes(&house).await?;
    let mut authenticator = Authenticator::at(WALLET);
    let asked: CreationOptions = ming.ask("POST", "/v1/passkeys/options", None).await?.is()?;
    ming.post("/v1/passkeys", &authenticator.create(&asked)?).await?.is::<PasskeyView>()?;
    let mut browser = house.browser(WALLET);
    for _ in 0..10 {
        // Never a good one, whatever the time is.
        let wrong = browser.post("/v1/session", &sign_in(Some("28708a"))).await?;
        assert_eq!(wrong.refused()?.1, P::OneTimeCodeWrong);
        // The budget of the handle, which counts wrong codes as well, ends sooner.
        house.clock.pass(15 * 60);
    }
    let spent = browser.post("/v1/session", &sign_in(Some(&phone.shows(&house, 0)?))).await?;
    assert_eq!(spent.refused()?.1, P::TooManyRequests);
    assert!(spent.header("retry-after").parse::<u32>()? > 20 * 3_600, "{}", spent.header("retry-after"));
    let asked: RequestOptions = browser.ask("POST", "/v1/session/passkey-options", None).await?.is()?;
    browser.post("/v1/session/passkey", &authenticator.get(&asked)?).await?.is::<SessionView>()?;
    house.clock.pass(24 * 3_600);
    browser.post("/v1/session", &sign_in(Some(&phone.shows(&house, 0)?))).await?.is::<SessionView>()?;
    Ok(())
}

#[tokio::test]
async fn a_short_password_stands_beside_codes_only() -> TestResult {
    let house = House::new().await?;
    let (mut ming, phone) = with_codes(&house).await?;
    let set = |password: &str| Some(json!({ "password": password }));
    assert_eq!(done(&mut ming, "PUT", "/v1/password", set("jade-ri")).await?, Some(P::PasswordLength));
    assert_eq!(done(&mut ming, "PUT", "/v1/password", set("password1")).await?, Some(P::PasswordCommon));
    assert_eq!(done(&mut ming, "PUT", "/v1/password", set("jade-rivers")).await?, None);
    assert_eq!(done(&mut ming, "DELETE", "/v1/one-time-codes", None).await?, Some(P::PasswordLength));
    house.clock.pass(300);
    let code = phone.shows(&house, 0)?;
    let request = json!({ "handle": "ming", "password": "jade-rivers", "one_time_code": code });
    ming.post("/v1/session", &request).await?.is::<SessionView>()?;
    assert_eq!(done(&mut ming, "PUT", "/v1/password", set(PASSWORD)).await?, None);
    assert_eq!(done(&mut ming, "DELETE", "/v1/one-time-codes", None).await?, None);
    assert_eq!(done(&mut ming, "DELETE", "/v1/one-time-codes", None).await?, Some(P::NotFound));
    ming.post("/v1/session", &sign_in(None)).await?.is::<SessionView>()?;
    assert_eq!(done(&mut ming, "PUT", "/v1/password", set("jade-rivers")).await?, Some(P::PasswordLength));
    Ok(())
}

#[tokio::test]
async fn codes_are_begun_ended_and_used_to_confirm() -> TestResult {
    let house = House::new().await?;
    let (mut ming, phone) = with_codes(&house).await?;
    house.clock.pass(10 * 60);
    for (method, path, body) in [
        ("POST", "/v1/one-time-codes", None),
        ("POST", "/v1/one-time-codes/activation", Some(json!({ "code": "123456" }))),
        ("DELETE", "/v1/one-time-codes", None),
    ] {
        assert_eq!(
            ming.ask(method, path, body.as_ref()).await?.refused()?,
            (403, P::ConfirmationRequired, None),
            "{path}"
        );
    }
    let mut confirmation = json!({ "password": PASSWORD });
    let refused = ming.post("/v1/session/confirmation", &confirmation).await?;
    assert_eq!(refused.refused()?.1, P::OneTimeCodeRequired);
    confirmation["one_time_code"] = phone.shows(&house, 0)?.into();
    ming.post("/v1/session/confirmation", &confirmation).await?.is::<SessionView>()?;
    assert_eq!(done(&mut ming, "DELETE", "/v1/one-time-codes", None).await?, None);
    assert_eq!(ming.get("/v1/factors").await?.is::<Factors>()?.one_time_codes_since, None);
    Ok(())
}

#[tokio::test]
async fn who_guesses_codes_from_outside_keeps_nobody_from_confirming() -> TestResult {
    let house = House::new().await?;
    let (mut ming, phone) = with_codes(&house).await?;
    let mut stranger = house.browser(WALLET);
    for _ in 0..10 {
        let wrong = stranger.post("/v1/session", &sign_in(Some("28708a"))).await?;
        assert_eq!(wrong.refused()?.1, P::OneTimeCodeWrong);
        house.clock.pass(15 * 60);
    }
    let spent = stranger.post("/v1/session", &sign_in(Some(&phone.shows(&house, 0)?))).await?;
    assert_eq!(spent.refused()?.1, P::TooManyRequests);
    let confirmation = json!({ "password": PASSWORD, "one_time_code": phone.shows(&house, 0)? });
    ming.post("/v1/session/confirmation", &confirmation).await?.is::<SessionView>()?;
    assert_eq!(done(&mut ming, "DELETE", "/v1/one-time-codes", None).await?, None);
    Ok(())
}

#[tokio::test]
async fn a_right_password_without_a_code_leaves_a_trace() -> TestResult {
    let house = House::new().await?;
    let (mut ming, _) = with_codes(&house).await?;
    for _ in 0..12 {
        assert_eq!(
            ming.post("/v1/session", &sign_in(None)).await?.refused()?.1,
            P::OneTimeCodeRequired,
            "no try is lost"
        );
    }
    let realm = house.app.realm(qianbao_server::hosts::RealmName::Live);
    let (count,): (i64,) =
        sqlx::query_as("SELECT COUNT(*) FROM events WHERE kind = 'sign_in.failed' AND body LIKE '%one_time_code%'")
            .fetch_one(realm.directory.readers())
            .await?;
    assert_eq!(count, 12);
    Ok(())
}
