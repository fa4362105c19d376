//! `POST /v1/session/confirmation`, and what asks for it: passkeys and the password.

use qianbao_api::ProblemCode as P;
use qianbao_api::identity::{Factors, PasskeyView, SessionView};
use qianbao_api::passkeys::{CreationOptions, RequestOptions};
use serde_json::{Value, json};

use crate::authenticator::Authenticator;
use crate::house::{Browser, House, PASSWORD, TestResult};

const WALLET: &str = "wallet.localhost:8787";
const NEXT: &str = "copper-lantern-drifts-2027";

fn by_password(password: &str) -> Value {
    json!({ "password": password })
}

async fn set_password(browser: &mut Browser, password: &str) -> TestResult<Option<P>> {
    let answer = browser.ask("PUT", "/v1/password", Some(&json!({ "password": password }))).await?;
    if answer.status() == 204 { Ok(None) } else { Ok(Some(answer.refused()?.1)) }
}

#[tokio::test]
async fn what_changes_the_ways_in_asks_for_a_session_that_has_just_begun() -> TestResult {
    let house = House::new().await?;
    let mut ming = house.signed_up("ming").await?;
    let mut authenticator = Authenticator::at(WALLET);
    let asked: CreationOptions = ming.ask("POST", "/v1/passkeys/options", None).await?.is()?;
    let added = ming.post("/v1/passkeys", &authenticator.create(&asked)?).await?.is::<PasskeyView>()?;
    house.clock.pass(10 * 60);
    let path = format!("/v1/passkeys/{}", added.id);
    for (method, path, body) in [
        ("POST", "/v1/passkeys/options", None),
        ("POST", "/v1/passkeys", Some(authenticator.create(&asked)?)),
        ("DELETE", path.as_str(), None),
        ("PUT", "/v1/password", Some(json!({ "password": NEXT }))),
    ] {
        let refused = ming.ask(method, path, body.as_ref()).await?.refused()?;
        assert_eq!(refused, (403, P::ConfirmationRequired, None), "{method} {path}");
    }
    // Looking and naming do not ask for it.
    ming.get("/v1/factors").await?;
    ming.ask("PATCH", &path, Some(&json!({ "name": "key" }))).await?.is::<PasskeyView>()?;

    let before = ming.token.clone();
    ming.post("/v1/session/confirmation", &by_password(PASSWORD)).await?.is::<SessionView>()?;
    assert_ne!(ming.token, before, "another session is in its place");
    let mut stolen = house.browser(WALLET);
    stolen.token = before;
    assert_eq!(stolen.get("/v1/session").await?.refused()?.1, P::SignInRequired);
    assert_eq!(ming.ask("DELETE", &path, None).await?.status(), 204);
    Ok(())
}

#[tokio::test]
async fn a_passkey_of_the_person_confirms_and_no_others() -> TestResult {
    let house = House::new().await?;
    let mut ming = house.signed_up("ming").await?;
    let mut lan = house.signed_up("lan").await?;
    let options = ming.ask("POST", "/v1/session/confirmation-options", None).await?;
    assert_eq!(options.refused()?.1, P::NotFound, "there is none yet");
    let (mut mings, mut lans) = (Authenticator::at(WALLET), Authenticator::at(WALLET));
    for (browser, authenticator) in [(&mut ming, &mut mings), (&mut lan, &mut lans)] {
        let asked: CreationOptions = browser.ask("POST", "/v1/passkeys/options", None).await?.is()?;
        browser.post("/v1/passkeys", &authenticator.create(&asked)?).await?.is::<PasskeyView>()?;
    }
    house.clock.pass(10 * 60);
    let asked: RequestOptions = ming.ask("POST", "/v1/session/confirmation-options", None).await?.is()?;
    assert_eq!(asked.allow_credentials.len(), 1);
    assert!(lans.get(&asked).is_err(), "no authenticator offers another");
    // One that is used all the same.
    let asked_lan: RequestOptions = lan.ask("POST", "/v1/session/confirmation-options", None).await?.is()?;
    let lans_answer = lans.sign_by(&asked_lan.allow_credentials[0].id, &asked)?;
    let refused = ming.post("/v1/session/confirmation", &json!({ "passkey": lans_answer })).await?;
    assert_eq!(refused.refused()?.1, P::PasskeyUnknown);
    assert_eq!(set_password(&mut ming, NEXT).await?, Some(P::ConfirmationRequired));

    let answer = mings.get(&asked)?;
    ming.post("/v1/session/confirmation", &json!({ "passkey": answer })).await?.is::<SessionView>()?;
    assert_eq!(set_password(&mut ming, NEXT).await?, None);
    Ok(())
}

#[tokio::test]
async fn a_wrong_confirmation_counts_as_a_try_and_changes_nothing() -> TestResult {
    let house = House::new().await?;
    let mut ming = house.signed_up("ming").await?;
    let before = ming.token.clone();
    let empty = json!({ "id": "AAEC", "response": { "clientDataJSON": "", "authenticatorData": "", "signature": "" } });
    for body in
        [json!({}), json!({ "password": PASSWORD, "passkey": empty }), json!({ "password": PASSWORD, "more": 1 })]
    {
        let refused = ming.post("/v1/session/confirmation", &body).await?.refused()?;
        assert_eq!((refused.0, refused.1), (400, P::MalformedRequest), "{body}");
    }
    for _ in 0..10 {
        let wrong = ming.post("/v1/session/confirmation", &by_password("wrong-wrong-wrong-2")).await?;
        assert_eq!(wrong.refused()?, (401, P::SignInFailed, None));
    }
    let spent = ming.post("/v1/session/confirmation", &by_password(PASSWORD)).await?;
    assert_eq!(spent.refused()?.1, P::TooManyRequests);
    assert_eq!(ming.token, before);
    ming.get("/v1/session").await?.is::<SessionView>()?;
    Ok(())
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() -> TestResult {
    let house = House::new().await?;
    let mut ming = house.signed_up("ming").await?;
    let (mut phone, mut desk) = (house.browser(WALLET), house.browser("desk.localhost:8787"));
    for browser in [&mut phone, &mut desk] {
        browser.post("/v1/session", &json!({ "handle": "ming", "password": PASSWORD })).await?.is::<SessionView>()?;
    }
    let mut lan = house.signed_up("lan").await?;
    for (password, code) in [("too short", P::PasswordLength), ("password123456789", P::PasswordCommon)] {
        assert_eq!(set_password(&mut ming, password).await?, Some(code));
    }
    phone.get("/v1/session").await?.is::<SessionView>()?;
    assert_eq!(set_password(&mut ming, NEXT).await?, None);
    for browser in [&mut phone, &mut desk] {
        assert_eq!(browser.get("/v1/session").await?.refused()?.1, P::SignInRequired);
    }
    for browser in [&mut ming, &mut lan] {
        browser.get("/v1/session").await?.is::<SessionView>()?;
    }
    let sign_in = |password: &str| json!({ "handle": "ming", "password": password });
    assert_eq!(phone.post("/v1/session", &sign_in(PASSWORD)).await?.refused()?.1, P::SignInFailed);
    phone.post("/v1/session", &sign_in(NEXT)).await?.is::<SessionView>()?;
    Ok(())
}

#[tokio::test]
async fn who_guesses_from_outside_keeps_nobody_from_changing_their_password() -> TestResult {
    let house = House::new().await?;
    let mut ming = house.signed_up("ming").await?;
    let mut stranger = house.browser(WALLET);
    for _ in 0..11 {
        stranger.post("/v1/session", &json!({ "handle": "ming", "password": "wrong-wrong-wrong-2" })).await?;
    }
    house.clock.pass(10 * 60);
    ming.post("/v1/session/confirmation", &by_password(PASSWORD)).await?.is::<SessionView>()?;
    assert_eq!(set_password(&mut ming, NEXT).await?, None);
    Ok(())
}

#[tokio::test]
async fn a_password_that_is_replaced_while_it_is_compared_opens_nothing_that_stays() -> TestResult {
    let house = House::new().await?;
    let mut ming = house.signed_up("ming").await?;
    let passwords = [PASSWORD, NEXT];
    for round in 0..4 {
        let (old, new) = (passwords[round % 2], passwords[(round + 1) % 2]);
        let mut thieves: Vec<Browser> = (0..4).map(|_| house.browser(WALLET)).collect();
        let request = json!({ "handle": "ming", "password": old });
        let entering = futures::future::join_all(thieves.iter_mut().map(|thief| thief.post("/v1/session", &request)));
        let (answers, changed) = tokio::join!(entering, set_password(&mut ming, new));
        assert_eq!(changed?, None);
        for answer in answers {
            let answer = answer?;
            let is_refused = || {
                Ok::<_, Box<dyn std::error::Error>>(matches!(answer.refused()?.1, P::SignInFailed | P::TooManyRequests))
            };
            assert!(answer.status() == 200 || is_refused()?);
        }
        for thief in &mut thieves {
            assert_eq!(thief.get("/v1/session").await?.refused()?.1, P::SignInRequired, "round {round}");
        }
        ming.get("/v1/session").await?.is::<SessionView>()?;
    }
    Ok(())
}

#[tokio::test]
async fn what_opens_the_wallet_is_not_changed_at_the_desk() -> TestResult {
    let house = House::new().await?;
    house.signed_up("ming").await?;
    let mut desk = house.browser("desk.localhost:8787");
    desk.post("/v1/session", &json!({ "handle": "ming", "password": PASSWORD })).await?.is::<SessionView>()?;
    assert_eq!(set_password(&mut desk, NEXT).await?, Some(P::NotFound));
    for (method, path) in [
        ("DELETE", "/v1/passkeys/pky_01k2m3n4p5q6r7s8t9v0w1x2y3"),
        ("POST", "/v1/one-time-codes"),
        ("DELETE", "/v1/one-time-codes"),
    ] {
        assert_eq!(desk.ask(method, path, None).await?.refused()?, (404, P::NotFound, None), "{method} {path}");
    }
    desk.get("/v1/factors").await?.is::<Factors>()?;
    Ok(())
}
