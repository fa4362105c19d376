//! Passkeys: `POST /v1/people` with one, `/v1/session/passkey`, `/v1/passkeys`, `/v1/factors`.

use qianbao_api::ProblemCode as P;
use qianbao_api::identity::{DeviceHost, Factors, PasskeyView, SessionView};
use qianbao_api::passkeys::{CreationOptions, RequestOptions};
use serde_json::{Value, json};

use crate::authenticator::Authenticator;
use crate::house::{Answer, Browser, House, PASSWORD, TestResult};

const WALLET: &str = "wallet.localhost:8787";
const DESK: &str = "desk.localhost:8787";

fn newcomer(handle: &str) -> Value {
    json!({ "handle": handle, "display_name": "阿明", "legal_name": "李明", "locale": "zh" })
}

/// Somebody with a passkey and nothing else.
async fn with_passkey(house: &House, handle: &str) -> TestResult<(Browser, Authenticator)> {
    let (mut browser, mut authenticator) = (house.browser(WALLET), Authenticator::at(WALLET));
    let options: CreationOptions = browser.post("/v1/people/passkey-options", &newcomer(handle)).await?.is()?;
    let mut request = newcomer(handle);
    request["passkey"] = authenticator.create(&options)?;
    browser.post("/v1/people", &request).await?.is::<SessionView>()?;
    Ok((browser, authenticator))
}

async fn options(browser: &mut Browser) -> TestResult<RequestOptions> {
    browser.ask("POST", "/v1/session/passkey-options", None).await?.is()
}

async fn sign_in(browser: &mut Browser, authenticator: &mut Authenticator) -> TestResult<Answer> {
    let answer = authenticator.get(&options(browser).await?)?;
    browser.post("/v1/session/passkey", &answer).await
}

async fn add(browser: &mut Browser, authenticator: &mut Authenticator) -> TestResult<Answer> {
    let options: CreationOptions = browser.ask("POST", "/v1/passkeys/options", None).await?.is()?;
    let made = authenticator.create(&options)?;
    browser.post("/v1/passkeys", &made).await
}

async fn factors(browser: &mut Browser) -> TestResult<Factors> {
    browser.get("/v1/factors").await?.is()
}

#[tokio::test]
async fn a_person_is_made_by_a_passkey_and_signs_in_with_it() -> TestResult {
    let house = House::new().await?;
    let (mut browser, mut authenticator) = with_passkey(&house, "ming").await?;
    let made: SessionView = browser.get("/v1/session").await?.is()?;
    assert_eq!((made.person.handle.as_str(), made.person.legal_name_masked.as_str()), ("ming", "*明"));
    house.clock.pass(60);
    let mut phone = house.browser(WALLET);
    let signed_in = sign_in(&mut phone, &mut authenticator).await?.is::<SessionView>()?;
    assert_eq!(signed_in.person, made.person);
    let found = factors(&mut phone).await?;
    assert_eq!(found.password_set_at, None);
    let [passkey] = &found.passkeys[..] else { return Err(format!("expected one passkey, found {found:?}").into()) };
    assert_eq!((passkey.host, passkey.is_synced, passkey.name.as_ref()), (DeviceHost::Wallet, true, None));
    assert_eq!(passkey.used_at.map(|at| at.0 - passkey.created_at.0), Some(60_000_000));
    // Nobody guesses a password of somebody who has none.
    let wrong = json!({ "handle": "ming", "password": "" });
    assert_eq!(house.browser(WALLET).post("/v1/session", &wrong).await?.refused()?.1, P::SignInFailed);
    Ok(())
}

#[tokio::test]
async fn who_cannot_be_made_is_told_before_an_authenticator_makes_a_key() -> TestResult {
    let house = House::new().await?;
    house.signed_up("ming").await?;
    let mut browser = house.browser(WALLET);
    for (field, value, code) in [
        ("handle", "MING", P::HandleTaken),
        ("handle", "m", P::HandleInvalid),
        ("display_name", "a\u{202e}b", P::NameInvalid),
        ("legal_name", "", P::NameInvalid),
    ] {
        let mut request = newcomer("lan");
        request[field] = value.into();
        let refused = browser.post("/v1/people/passkey-options", &request).await?.refused()?;
        assert_eq!((refused.1, refused.2.as_deref()), (code, Some(field)), "{value}");
    }
    let mut both = newcomer("lan");
    assert_eq!(browser.post("/v1/people", &both).await?.refused()?.1, P::MalformedRequest, "neither");
    let options: CreationOptions = browser.post("/v1/people/passkey-options", &newcomer("lan")).await?.is()?;
    both["passkey"] = Authenticator::at(WALLET).create(&options)?;
    both["password"] = PASSWORD.into();
    assert_eq!(browser.post("/v1/people", &both).await?.refused()?.1, P::MalformedRequest, "both");
    Ok(())
}

#[tokio::test]
async fn a_challenge_is_answered_once_and_in_time() -> TestResult {
    let house = House::new().await?;
    let (mut browser, mut authenticator) = with_passkey(&house, "ming").await?;
    let asked = options(&mut browser).await?;
    let answer = authenticator.get(&asked)?;
    browser.post("/v1/session/passkey", &answer).await?.is::<SessionView>()?;
    let token = browser.token.clone();
    assert_eq!(
        browser.post("/v1/session/passkey", &answer).await?.refused()?,
        (422, P::PasskeyRefused, None),
        "replayed"
    );
    assert_eq!(browser.token, token);
    let other = authenticator.get(&asked)?;
    assert_eq!(
        browser.post("/v1/session/passkey", &other).await?.refused()?.1,
        P::PasskeyRefused,
        "another answer to it"
    );

    let late = authenticator.get(&options(&mut browser).await?)?;
    house.clock.pass(5 * 60);
    assert_eq!(browser.post("/v1/session/passkey", &late).await?.refused()?.1, P::PasskeyRefused, "too late");

    // Two at once: one of them signs in.
    let answer = authenticator.get(&options(&mut browser).await?)?;
    let (mut one, mut two) = (house.browser(WALLET), house.browser(WALLET));
    let (first, second) =
        tokio::join!(one.post("/v1/session/passkey", &answer), two.post("/v1/session/passkey", &answer));
    let mut statuses = [first?.status(), second?.status()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422]);
    Ok(())
}

#[tokio::test]
async fn a_challenge_is_for_one_purpose() -> TestResult {
    let house = House::new().await?;
    let (mut browser, mut authenticator) = with_passkey(&house, "ming").await?;
    let (mut lan, _) = with_passkey(&house, "lan").await?;
    // Of signing in, for confirming.
    let answer = authenticator.get(&options(&mut browser).await?)?;
    let refused = browser.post("/v1/session/confirmation", &json!({ "passkey": answer })).await?;
    assert_eq!(refused.refused()?.1, P::PasskeyRefused);
    // Of confirming, for signing in, and for confirming another session.
    let asked: RequestOptions = browser.ask("POST", "/v1/session/confirmation-options", None).await?.is()?;
    let answer = authenticator.get(&asked)?;
    assert_eq!(browser.post("/v1/session/passkey", &answer).await?.refused()?.1, P::PasskeyRefused);
    assert_eq!(
        lan.post("/v1/session/confirmation", &json!({ "passkey": answer })).await?.refused()?.1,
        P::PasskeyRefused
    );
    // Of ming's next passkey, for lan.
    let asked: CreationOptions = browser.ask("POST", "/v1/passkeys/options", None).await?.is()?;
    let made = authenticator.create(&asked)?;
    assert_eq!(lan.post("/v1/passkeys", &made).await?.refused()?.1, P::PasskeyRefused);
    // Of making a person, for adding a passkey.
    let asked: CreationOptions = browser.post("/v1/people/passkey-options", &newcomer("chen")).await?.is()?;
    let made = authenticator.create(&asked)?;
    assert_eq!(browser.post("/v1/passkeys", &made).await?.refused()?.1, P::PasskeyRefused);
    assert_eq!(factors(&mut lan).await?.passkeys.len(), 1, "nothing came of it");
    // One that nobody made.
    let mut asked = options(&mut browser).await?;
    for challenge in ["", "AAAA", &"A".repeat(74), "%%%"] {
        asked.challenge = challenge.to_owned();
        let answer = authenticator.get(&asked)?;
        assert_eq!(browser.post("/v1/session/passkey", &answer).await?.refused()?.1, P::PasskeyRefused, "{challenge}");
    }
    Ok(())
}

#[tokio::test]
async fn an_answer_that_lies_signs_nobody_in() -> TestResult {
    let house = House::new().await?;
    let (_, mut authenticator) = with_passkey(&house, "ming").await?;
    let mut browser = house.browser(WALLET);
    for lies in [
        json!({ "origin": "http://desk.localhost:8787" }),
        json!({ "origin": "https://wallet.localhost:8787" }),
        json!({ "origin": "http://wallet.localhost:8787.evil.example" }),
        json!({ "crossOrigin": true }),
        json!({ "topOrigin": "http://wallet.localhost:8787" }),
        json!({ "type": "webauthn.create" }),
        json!({ "type": "payment.get" }),
    ] {
        authenticator.lies = lies.clone();
        assert_eq!(sign_in(&mut browser, &mut authenticator).await?.refused()?.1, P::PasskeyRefused, "{lies}");
    }
    authenticator.lies = json!({});
    for (flags, what) in [(0b1_1100, "nobody there"), (0b1_1001, "not verified"), (0b1_0101, "copied and cannot be")] {
        authenticator.flags = flags;
        assert_eq!(sign_in(&mut browser, &mut authenticator).await?.refused()?.1, P::PasskeyRefused, "{what}");
    }
    authenticator.flags = 0b1_1101;
    for member in ["clientDataJSON", "authenticatorData", "signature", "userHandle"] {
        for value in [json!("AAAA"), json!("%"), json!(""), Value::Null] {
            let mut answer = authenticator.get(&options(&mut browser).await?)?;
            answer["response"][member] = value.clone();
            let (status, code, _) = browser.post("/v1/session/passkey", &answer).await?.refused()?;
            let is_refused = matches!(code, P::PasskeyRefused | P::PasskeyUnknown | P::MalformedRequest);
            assert!(is_refused && status < 500, "{member} {value}: {code:?}");
        }
    }
    // A bit of the signature, where it is still one by its form.
    let mut answer = authenticator.get(&options(&mut browser).await?)?;
    let text = answer["response"]["signature"].as_str().ok_or("a signature")?.to_owned();
    let flipped = if text.as_bytes()[20] == b'A' { "B" } else { "A" };
    answer["response"]["signature"] = format!("{}{flipped}{}", &text[..20], &text[21..]).into();
    assert_eq!(browser.post("/v1/session/passkey", &answer).await?.refused()?.1, P::PasskeyRefused);
    assert_eq!(browser.token, None, "nobody was signed in");
    sign_in(&mut browser, &mut authenticator).await?.is::<SessionView>()?;
    Ok(())
}

#[tokio::test]
async fn an_unknown_passkey_and_one_of_somebody_else_are_nobodys() -> TestResult {
    let house = House::new().await?;
    let (mut ming, mut mings) = with_passkey(&house, "ming").await?;
    let (mut lan, mut lans) = with_passkey(&house, "lan").await?;
    // Lan's key with ming's name on it.
    let mut answer = lans.get(&options(&mut lan).await?)?;
    answer["response"]["userHandle"] = mings.get(&options(&mut ming).await?)?["response"]["userHandle"].clone();
    let mut browser = house.browser(WALLET);
    assert_eq!(browser.post("/v1/session/passkey", &answer).await?.refused()?, (401, P::PasskeyUnknown, None));
    // Removed.
    ming.ask("PUT", "/v1/password", Some(&json!({ "password": PASSWORD }))).await?;
    let id = factors(&mut ming).await?.passkeys[0].id;
    assert_eq!(ming.ask("DELETE", &format!("/v1/passkeys/{id}"), None).await?.status(), 204);
    assert_eq!(sign_in(&mut browser, &mut mings).await?.refused()?, (401, P::PasskeyUnknown, None));
    // A key of the wallet at the desk, also if its authenticator lets it be used there.
    let mut desk = house.browser(DESK);
    let mut asked = options(&mut desk).await?;
    assert_eq!(asked.rp_id, "desk.localhost");
    asked.rp_id = "wallet.localhost".to_owned();
    lans.origin = format!("http://{DESK}");
    let answer = lans.get(&asked)?;
    assert_eq!(desk.post("/v1/session/passkey", &answer).await?.refused()?.1, P::PasskeyUnknown);
    Ok(())
}

#[tokio::test]
async fn a_passkey_is_added_named_and_removed_by_its_person() -> TestResult {
    let house = House::new().await?;
    let mut ming = house.signed_up("ming").await?;
    let mut lan = house.signed_up("lan").await?;
    let mut authenticator = Authenticator::at(WALLET);
    let added = add(&mut ming, &mut authenticator).await?.is::<PasskeyView>()?;
    let path = format!("/v1/passkeys/{}", added.id);
    for (name, code) in
        [("", P::NameInvalid), ("a\u{202e}b", P::NameInvalid), ("4111 1111 1111 1111", P::CardNumberInText)]
    {
        let refused = ming.ask("PATCH", &path, Some(&json!({ "name": name }))).await?;
        assert_eq!(refused.refused()?, (422, code, Some("name".to_owned())), "{name:?}");
    }
    let named = ming.ask("PATCH", &path, Some(&json!({ "name": "钥匙" }))).await?.is::<PasskeyView>()?;
    assert_eq!((named.id, named.name.as_deref()), (added.id, Some("钥匙")));
    for (method, body) in [("DELETE", None), ("PATCH", Some(json!({ "name": "mine" })))] {
        assert_eq!(lan.ask(method, &path, body.as_ref()).await?.refused()?, (404, P::NotFound, None), "{method}");
    }
    // Its authenticator is asked not to make a second one, and a second row is not taken either.
    let asked: CreationOptions = ming.ask("POST", "/v1/passkeys/options", None).await?.is()?;
    let [known] = &asked.exclude_credentials[..] else { return Err("expected the passkey".into()) };
    assert_eq!(known.transports, ["internal", "hybrid"], "what is no word is not kept");
    let found = factors(&mut ming).await?;
    assert!(found.password_set_at.is_some() && found.passkeys.len() == 1);
    sign_in(&mut house.browser(WALLET), &mut authenticator).await?.is::<SessionView>()?;
    assert_eq!(ming.ask("DELETE", &path, None).await?.status(), 204);
    assert_eq!(ming.ask("DELETE", &path, None).await?.refused()?.1, P::NotFound, "once is enough");
    assert_eq!(factors(&mut ming).await?.passkeys, []);
    Ok(())
}

#[tokio::test]
async fn one_key_is_one_persons() -> TestResult {
    let house = House::new().await?;
    let (mut ming, mut authenticator) = with_passkey(&house, "ming").await?;
    let mut lan = house.signed_up("lan").await?;
    // The same credential, told to be lan's.
    let asked: CreationOptions = ming.ask("POST", "/v1/passkeys/options", None).await?.is()?;
    let first = authenticator.create(&asked)?;
    ming.post("/v1/passkeys", &first).await?.is::<PasskeyView>()?;
    let asked: CreationOptions = lan.ask("POST", "/v1/passkeys/options", None).await?.is()?;
    let mut second = Authenticator::at(WALLET).create(&asked)?;
    second["id"] = first["id"].clone();
    assert_eq!(lan.post("/v1/passkeys", &second).await?.refused()?.1, P::PasskeyRefused, "the id is in what it says");
    second["response"]["attestationObject"] = first["response"]["attestationObject"].clone();
    assert_eq!(lan.post("/v1/passkeys", &second).await?.refused()?, (409, P::PasskeyKnown, None));
    assert_eq!(factors(&mut lan).await?.passkeys, []);
    Ok(())
}

#[tokio::test]
async fn the_last_way_into_the_wallet_stays() -> TestResult {
    let house = House::new().await?;
    let (mut ming, mut authenticator) = with_passkey(&house, "ming").await?;
    let first = format!("/v1/passkeys/{}", factors(&mut ming).await?.passkeys[0].id);
    assert_eq!(ming.ask("DELETE", &first, None).await?.refused()?, (409, P::LastFactor, None));
    assert_eq!(factors(&mut ming).await?.passkeys.len(), 1, "it is still there");
    let second = add(&mut ming, &mut authenticator).await?.is::<PasskeyView>()?;
    let second = format!("/v1/passkeys/{}", second.id);
    // Two removals at once leave one.
    let mut other = house.browser(WALLET);
    other.token.clone_from(&ming.token);
    let (one, two) = tokio::join!(ming.ask("DELETE", &first, None), other.ask("DELETE", &second, None));
    let mut statuses = [one?.status(), two?.status()];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409]);
    assert_eq!(factors(&mut ming).await?.passkeys.len(), 1);
    Ok(())
}

#[tokio::test]
async fn the_desk_has_passkeys_of_its_own() -> TestResult {
    let house = House::new().await?;
    let mut wallet = house.signed_up("ming").await?;
    let mut desk = house.browser(DESK);
    desk.post("/v1/session", &json!({ "handle": "ming", "password": PASSWORD })).await?.is::<SessionView>()?;
    let mut authenticator = Authenticator::at(DESK);
    let added = add(&mut desk, &mut authenticator).await?.is::<PasskeyView>()?;
    assert_eq!(added.host, DeviceHost::Desk);
    sign_in(&mut house.browser(DESK), &mut authenticator).await?.is::<SessionView>()?;
    assert!(authenticator.get(&options(&mut wallet).await?).is_err(), "no authenticator offers it to the wallet");
    assert_eq!(factors(&mut wallet).await?.passkeys.len(), 1, "it is listed there");
    // It does not open the wallet, so it does not count as a way into it.
    let asked: CreationOptions = wallet.ask("POST", "/v1/passkeys/options", None).await?.is()?;
    assert_eq!(asked.exclude_credentials, []);
    assert_eq!(wallet.ask("DELETE", &format!("/v1/passkeys/{}", added.id), None).await?.status(), 204);
    Ok(())
}

#[tokio::test]
async fn a_person_has_twenty_passkeys_on_a_host_at_most() -> TestResult {
    let house = House::new().await?;
    let mut ming = house.signed_up("ming").await?;
    let mut authenticator = Authenticator::at(WALLET);
    for _ in 0..19 {
        add(&mut ming, &mut authenticator).await?.is::<PasskeyView>()?;
    }
    let asked: CreationOptions = ming.ask("POST", "/v1/passkeys/options", None).await?.is()?;
    add(&mut ming, &mut authenticator).await?.is::<PasskeyView>()?;
    let refused = ming.ask("POST", "/v1/passkeys/options", None).await?.refused()?;
    assert_eq!(refused, (409, P::PasskeysFull, None), "before an authenticator makes one in vain");
    let made = authenticator.create(&asked)?;
    assert_eq!(ming.post("/v1/passkeys", &made).await?.refused()?.1, P::PasskeysFull, "asked for while there was room");
    Ok(())
}

#[tokio::test]
async fn guessed_passwords_lock_nobody_out_of_a_passkey() -> TestResult {
    let house = House::new().await?;
    let mut ming = house.signed_up("ming").await?;
    let mut authenticator = Authenticator::at(WALLET);
    add(&mut ming, &mut authenticator).await?.is::<PasskeyView>()?;
    let mut browser = house.browser(WALLET);
    for _ in 0..11 {
        browser.post("/v1/session", &json!({ "handle": "ming", "password": "wrong-wrong-wrong-2" })).await?;
    }
    let right = json!({ "handle": "ming", "password": PASSWORD });
    assert_eq!(browser.post("/v1/session", &right).await?.refused()?.1, P::TooManyRequests);
    sign_in(&mut browser, &mut authenticator).await?.is::<SessionView>()?;
    Ok(())
}

#[tokio::test]
async fn a_counter_that_goes_back_is_noted_and_locks_nobody_out() -> TestResult {
    let house = House::new().await?;
    let (mut ming, mut authenticator) = with_passkey(&house, "ming").await?;
    let noted = async || -> TestResult<i64> {
        let realm = house.app.realm(qianbao_server::hosts::RealmName::Live);
        let (count,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM events WHERE kind = 'passkey.counter_back'")
            .fetch_one(realm.directory.readers())
            .await?;
        Ok(count)
    };
    for counter in [5, 6, 9] {
        authenticator.counter = counter;
        sign_in(&mut ming, &mut authenticator).await?.is::<SessionView>()?;
    }
    assert_eq!(noted().await?, 0);
    authenticator.counter = 3;
    sign_in(&mut ming, &mut authenticator).await?.is::<SessionView>()?;
    assert_eq!(noted().await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_registration_is_taken_once() -> TestResult {
    let house = House::new().await?;
    let (mut browser, mut authenticator) = (house.browser(WALLET), Authenticator::at(WALLET));
    let options: CreationOptions = browser.post("/v1/people/passkey-options", &newcomer("ming")).await?.is()?;
    let mut request = newcomer("ming");
    request["passkey"] = authenticator.create(&options)?;
    browser.post("/v1/people", &request).await?.is::<SessionView>()?;
    request["handle"] = "lan".into();
    assert_eq!(browser.post("/v1/people", &request).await?.refused()?, (422, P::PasskeyRefused, None));
    let options: CreationOptions = browser.ask("POST", "/v1/passkeys/options", None).await?.is()?;
    let made = authenticator.create(&options)?;
    browser.post("/v1/passkeys", &made).await?.is::<PasskeyView>()?;
    assert_eq!(browser.post("/v1/passkeys", &made).await?.refused()?, (422, P::PasskeyRefused, None));
    assert_eq!(factors(&mut browser).await?.passkeys.len(), 2);
    Ok(())
}

#[tokio::test]
async fn nobody_collects_handles_by_asking_for_options() -> TestResult {
    let house = House::new().await?;
    house.signed_up("ming").await?;
    let mut browser = house.browser(WALLET);
    for _ in 0..300 {
        assert_eq!(browser.post("/v1/people/passkey-options", &newcomer("ming")).await?.refused()?.1, P::HandleTaken);
    }
    let spent = browser.post("/v1/people/passkey-options", &newcomer("lan")).await?;
    assert_eq!((spent.refused()?, spent.header("retry-after")), ((429, P::TooManyRequests, None), "901"));
    // With a password it goes on: that has a budget of its own.
    browser.post("/v1/people", &crate::house::person("lan")).await?.is::<SessionView>()?;
    Ok(())
}

#[tokio::test]
async fn a_passkey_says_whether_it_was_copied_and_cannot_change_its_kind() -> TestResult {
    let house = House::new().await?;
    let (mut browser, mut authenticator) = (house.browser(WALLET), Authenticator::at(WALLET));
    authenticator.flags = 0b0_1101;
    let options: CreationOptions = browser.post("/v1/people/passkey-options", &newcomer("ming")).await?.is()?;
    let mut request = newcomer("ming");
    request["passkey"] = authenticator.create(&options)?;
    browser.post("/v1/people", &request).await?.is::<SessionView>()?;
    assert!(!factors(&mut browser).await?.passkeys[0].is_synced, "it may be copied, and has not been");
    authenticator.flags = 0b1_1101;
    sign_in(&mut browser, &mut authenticator).await?.is::<SessionView>()?;
    assert!(factors(&mut browser).await?.passkeys[0].is_synced);
    authenticator.flags = 0b0_0101;
    assert_eq!(sign_in(&mut browser, &mut authenticator).await?.refused()?.1, P::PasskeyRefused);
    Ok(())
}
