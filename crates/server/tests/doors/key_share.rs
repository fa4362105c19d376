//! `GET /v1/session/key-share`: of one device, for a live session, gone with the device.

use qianbao_api::ProblemCode as P;
use qianbao_api::identity::{DeviceView, KeyShare, SessionView};
use serde_json::{Value, json};

use crate::house::{Browser, House, PASSWORD, TestResult};

const PATH: &str = "/v1/session/key-share";

fn sign_in(handle: &str) -> Value {
    json!({ "handle": handle, "password": PASSWORD })
}

async fn share(browser: &mut Browser) -> TestResult<String> {
    Ok(browser.get(PATH).await?.is::<KeyShare>()?.share)
}

#[tokio::test]
async fn a_device_has_one_share_through_all_its_sessions() -> TestResult {
    let house = House::new().await?;
    let mut browser = house.signed_up("ming").await?;
    let first = share(&mut browser).await?;
    assert_eq!(first.len(), 43, "32 bytes in base64url");
    assert_eq!(share(&mut browser).await?, first);
    // A session that is over gives nothing; another one of the same device the same.
    house.clock.pass(13 * 3_600);
    assert_eq!(browser.get(PATH).await?.refused()?.1, P::SignInRequired);
    browser.post("/v1/session", &sign_in("ming")).await?.is::<SessionView>()?;
    assert_eq!(share(&mut browser).await?, first);
    Ok(())
}

#[tokio::test]
async fn nobody_else_gets_it() -> TestResult {
    let house = House::new().await?;
    let mut browser = house.signed_up("ming").await?;
    let mine = share(&mut browser).await?;
    let mut phone = house.browser("wallet.localhost:8787");
    assert_eq!(phone.get(PATH).await?.refused()?.1, P::SignInRequired);
    phone.post("/v1/session", &sign_in("ming")).await?.is::<SessionView>()?;
    assert_ne!(share(&mut phone).await?, mine, "another device of the same person");
    let mut desk = house.browser("desk.localhost:8787");
    desk.post("/v1/session", &sign_in("ming")).await?.is::<SessionView>()?;
    assert_ne!(share(&mut desk).await?, mine, "the desk");
    house.signed_up("lan").await?;
    // Somebody else signs in with ming's browser, and bears ming's device cookie.
    browser.post("/v1/session", &sign_in("lan")).await?.is::<SessionView>()?;
    assert_ne!(share(&mut browser).await?, mine, "another person");
    Ok(())
}

#[tokio::test]
async fn signing_out_and_ending_the_device_delete_it() -> TestResult {
    let house = House::new().await?;
    let mut browser = house.signed_up("ming").await?;
    let first = share(&mut browser).await?;
    assert_eq!(browser.ask("DELETE", "/v1/session", None).await?.status(), 204);
    assert_eq!(browser.get(PATH).await?.refused()?.1, P::SignInRequired);
    browser.post("/v1/session", &sign_in("ming")).await?.is::<SessionView>()?;
    let second = share(&mut browser).await?;
    assert_ne!(second, first, "what was sealed before the sign-out stays sealed");

    let mut phone = house.browser("wallet.localhost:8787");
    phone.post("/v1/session", &sign_in("ming")).await?.is::<SessionView>()?;
    let devices: Vec<DeviceView> = phone.get("/v1/devices").await?.is()?;
    let lost = devices.iter().find(|device| !device.is_current).ok_or("expected the first browser")?;
    assert_eq!(phone.ask("DELETE", &format!("/v1/devices/{}", lost.id), None).await?.status(), 204);
    assert_eq!(browser.get(PATH).await?.refused()?.1, P::DeviceEnded);
    browser.post("/v1/session", &sign_in("ming")).await?.is::<SessionView>()?;
    assert_ne!(share(&mut browser).await?, second);
    Ok(())
}

#[tokio::test]
async fn a_renewed_session_keeps_it() -> TestResult {
    let house = House::new().await?;
    let mut browser = house.signed_up("ming").await?;
    let first = share(&mut browser).await?;
    let body = json!({ "password": PASSWORD });
    browser.post("/v1/session/confirmation", &body).await?.is::<SessionView>()?;
    assert_eq!(share(&mut browser).await?, first);
    Ok(())
}
