//! `/v1/devices`: the browsers of a person, and the end of one.

use qianbao_api::ProblemCode as P;
use qianbao_api::identity::{DeviceHost, DeviceView, SessionView};
use qianbao_core::Timestamp;
use qianbao_server::identity::devices::{DEVICE_S_MAX, sweep};
use serde_json::{Value, json};

use crate::house::{Browser, House, PASSWORD, TestResult, person};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0";
const PHONE: &str =
    "Mozilla/5.0 (Linux; Android 16; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36";

fn sign_in(handle: &str) -> Value {
    json!({ "handle": handle, "password": PASSWORD })
}

/// Another browser that ming signs in with.
async fn phone(house: &House, host: &str) -> TestResult<Browser> {
    let mut phone = house.browser(host);
    phone.agent = PHONE;
    phone.post("/v1/session", &sign_in("ming")).await?.is::<SessionView>()?;
    Ok(phone)
}

async fn devices(browser: &mut Browser) -> TestResult<Vec<DeviceView>> {
    browser.get("/v1/devices").await?.is()
}

#[tokio::test]
async fn who_signs_in_twice_with_one_browser_has_one_device() -> TestResult {
    let house = House::new().await?;
    let mut browser = house.browser("wallet.localhost:8787");
    browser.agent = FIREFOX;
    let answer = browser.post("/v1/people", &person("ming")).await?;
    let cookies: Vec<&str> =
        answer.head.headers().get_all("set-cookie").iter().filter_map(|c| c.to_str().ok()).collect();
    assert_eq!(cookies.len(), 2, "{cookies:?}");
    for part in ["__Host-device=", "; Path=/", "; HttpOnly", "; Secure", "; SameSite=Strict", "; Max-Age=34560000"] {
        assert!(cookies[1].contains(part), "{part} in {}", cookies[1]);
    }
    let first = browser.device.clone().ok_or("expected a device")?;
    house.clock.pass(60);
    browser.ask("DELETE", "/v1/session", None).await?;
    assert_eq!(browser.device.as_ref(), Some(&first), "signing out leaves the device");
    let again = browser.post("/v1/session", &sign_in("ming")).await?;
    assert_eq!(again.head.headers().get_all("set-cookie").iter().count(), 2, "its cookie begins anew");
    assert_eq!(browser.device.as_ref(), Some(&first), "the device is known");
    let found = devices(&mut browser).await?;
    let [device] = &found[..] else { return Err(format!("expected one device, found {found:?}").into()) };
    assert_eq!(
        (device.browser.as_str(), device.system.as_str(), device.host),
        ("Firefox", "Linux", DeviceHost::Wallet)
    );
    assert!(device.is_current && device.is_signed_in && device.name.is_none());
    assert_eq!(device.seen_at.0 - device.created_at.0, 60_000_000);
    Ok(())
}

#[tokio::test]
async fn a_device_is_named_and_ended_by_its_person() -> TestResult {
    let house = House::new().await?;
    let mut browser = house.signed_up("ming").await?;
    let mut phone = phone(&house, "wallet.localhost:8787").await?;
    let found = devices(&mut browser).await?;
    let theirs = found.iter().find(|device| !device.is_current).ok_or("expected the phone")?;
    assert_eq!((found.len(), theirs.browser.as_str(), theirs.system.as_str()), (2, "Chrome", "Android"));
    let path = format!("/v1/devices/{}", theirs.id);

    for (name, code) in
        [("", P::NameInvalid), ("a\u{202e}b", P::NameInvalid), ("4111 1111 1111 1111", P::CardNumberInText)]
    {
        let refused = browser.ask("PATCH", &path, Some(&json!({ "name": name }))).await?;
        assert_eq!(refused.refused()?, (422, code, Some("name".to_owned())), "{name:?}");
    }
    let named = browser.ask("PATCH", &path, Some(&json!({ "name": "旧手机" }))).await?.is::<DeviceView>()?;
    assert_eq!((named.id, named.name.as_deref()), (theirs.id, Some("旧手机")));

    assert_eq!(browser.ask("DELETE", &path, None).await?.status(), 204);
    assert_eq!(devices(&mut browser).await?.len(), 1);
    assert_eq!(browser.ask("DELETE", &path, None).await?.refused()?.1, P::NotFound, "once is enough");
    let told = phone.get("/v1/session").await?;
    assert_eq!((told.refused()?, told.header("clear-site-data")), ((401, P::DeviceEnded, None), "\"storage\""));
    assert!(phone.token.is_none() && phone.device.is_some(), "the session is over, the device is still known");
    assert_eq!(phone.get("/v1/session").await?.refused()?.1, P::DeviceEnded, "an answer may have been lost");
    phone.post("/v1/session", &sign_in("ming")).await?.is::<SessionView>()?;
    let found = devices(&mut phone).await?;
    assert!(found.iter().all(|device| device.id != theirs.id && device.name.is_none()), "it is a new one: {found:?}");
    Ok(())
}

#[tokio::test]
async fn an_ended_device_is_told_so_whatever_it_asks() -> TestResult {
    let house = House::new().await?;
    let mut browser = house.signed_up("ming").await?;
    for (method, path) in [("GET", "/v1/sync"), ("GET", "/v1/events"), ("POST", "/v1/payments"), ("GET", "/v1/devices")]
    {
        let mut phone = phone(&house, "wallet.localhost:8787").await?;
        let current = devices(&mut phone).await?.into_iter().find(|device| device.is_current).ok_or("expected it")?;
        browser.ask("DELETE", &format!("/v1/devices/{}", current.id), None).await?;
        let body = (method == "POST").then(|| json!({}));
        assert_eq!(phone.ask(method, path, body.as_ref()).await?.refused()?.1, P::DeviceEnded, "{method} {path}");
    }
    let mut old = phone(&house, "wallet.localhost:8787").await?;
    let current = devices(&mut old).await?.into_iter().find(|device| device.is_current).ok_or("expected it")?;
    browser.ask("DELETE", &format!("/v1/devices/{}", current.id), None).await?;
    // The session's cookie is over in the browser long before the device's.
    old.token = None;
    assert_eq!(old.get("/v1/session").await?.refused()?.1, P::DeviceEnded);
    Ok(())
}

#[tokio::test]
async fn devices_are_of_one_person_and_one_kind_of_host() -> TestResult {
    let house = House::new().await?;
    let mut ming = house.signed_up("ming").await?;
    let mut lan = house.signed_up("lan").await?;
    let mings = devices(&mut ming).await?[0].id;
    for (method, body) in [("DELETE", None), ("PATCH", Some(json!({ "name": "mine" })))] {
        let refused = lan.ask(method, &format!("/v1/devices/{mings}"), body.as_ref()).await?;
        assert_eq!(refused.refused()?, (404, P::NotFound, None), "{method}");
    }
    assert_eq!(lan.ask("DELETE", "/v1/devices/dev_nonsense", None).await?.refused()?.1, P::NotFound);
    assert_eq!(devices(&mut ming).await?.len(), 1, "nothing happened to it");

    // Lan signs in with ming's browser: that is a new device of lan's, and ming's is not found by its cookie any more.
    let before = ming.device.clone();
    ming.post("/v1/session", &sign_in("lan")).await?.is::<SessionView>()?;
    assert_ne!(ming.device, before);
    assert_eq!(devices(&mut ming).await?.len(), 2);
    let refused = lan.ask("DELETE", &format!("/v1/devices/{mings}"), None).await?;
    assert_eq!(refused.refused()?.1, P::NotFound, "nor is it anybody's else");

    // A cookie of the wallet is nothing at the desk, not even when its device was ended.
    let mut wallet = phone(&house, "wallet.localhost:8787").await?;
    let mut desk = phone(&house, "desk.localhost:8787").await?;
    let found = devices(&mut wallet).await?;
    assert_eq!(found.len(), 2, "the browser that lan took over is no device of ming's any more: {found:?}");
    assert_eq!(found.iter().filter(|device| device.host == DeviceHost::Desk).count(), 1);
    let current = found.iter().find(|device| device.is_current).ok_or("expected it")?;
    desk.ask("DELETE", &format!("/v1/devices/{}", current.id), None).await?;
    desk.device.clone_from(&wallet.device);
    desk.token = None;
    assert_eq!(desk.get("/v1/session").await?.refused()?.1, P::SignInRequired);
    wallet.token = None;
    assert_eq!(wallet.get("/v1/session").await?.refused()?.1, P::DeviceEnded);
    Ok(())
}

#[tokio::test]
async fn an_invented_cookie_is_no_device() -> TestResult {
    let house = House::new().await?;
    let mut browser = house.signed_up("ming").await?;
    for invented in ["x".to_owned(), "A".repeat(43), "A".repeat(5_000), "' OR 1=1 --".to_owned()] {
        browser.device = Some(invented.clone());
        browser.token = None;
        assert_eq!(browser.get("/v1/session").await?.refused()?.1, P::SignInRequired, "{invented}");
        browser.post("/v1/session", &sign_in("ming")).await?.is::<SessionView>()?;
        assert_ne!(browser.device, Some(invented), "the server makes the tokens");
    }
    Ok(())
}

#[tokio::test]
async fn devices_are_forgotten_when_their_cookies_are_over() -> TestResult {
    let house = House::new().await?;
    let mut old = house.signed_up("ming").await?;
    assert_eq!(devices(&mut old).await?.len(), 1);
    house.clock.pass(DEVICE_S_MAX + 1);
    let mut browser = phone(&house, "wallet.localhost:8787").await?;
    assert_eq!(devices(&mut browser).await?.len(), 2);
    let realm = house.app.realm(qianbao_server::hosts::RealmName::Live);
    let mut write = realm.directory.begin().await?;
    let now: Timestamp = devices(&mut browser).await?[0].seen_at;
    qianbao_server::identity::session::sweep(&mut write, now).await?;
    sweep(&mut write, now).await?;
    write.commit().await?;
    let left = devices(&mut browser).await?;
    assert!(left.len() == 1 && left[0].is_current, "{left:?}");
    Ok(())
}

#[tokio::test]
async fn a_person_has_a_hundred_devices_at_most() -> TestResult {
    let house = House::new().await?;
    let mut first = house.signed_up("ming").await?;
    for _ in 0..104 {
        house.clock.pass(1);
        phone(&house, "wallet.localhost:8787").await?;
    }
    let last = devices(&mut phone(&house, "wallet.localhost:8787").await?).await?;
    assert_eq!(last.len(), 100);
    assert_eq!(
        first.get("/v1/session").await?.refused()?.1,
        P::SignInRequired,
        "twenty sessions, and it was the oldest"
    );
    Ok(())
}
