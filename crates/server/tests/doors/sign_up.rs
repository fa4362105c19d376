//! `POST /v1/people`.

use qianbao_api::ProblemCode as P;
use qianbao_api::identity::SessionView;
use qianbao_server::identity::tries;

use crate::house::{House, TestResult, person};

#[tokio::test]
async fn a_person_is_made_and_signed_in() -> TestResult {
    let house = House::new().await?;
    let mut browser = house.browser("wallet.localhost:8787");
    let answer = browser.post("/v1/people", &person("@Ming ")).await?;
    let view: SessionView = answer.is()?;
    assert_eq!((view.person.handle.as_str(), view.person.legal_name_masked.as_str()), ("ming", "*明"));
    let cookie = answer.header("set-cookie");
    for part in ["__Host-session=", "; Path=/", "; HttpOnly", "; Secure", "; SameSite=Strict", "; Max-Age=43200"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    assert_eq!(browser.token.as_ref().map(String::len), Some(43), "32 random bytes in base64url");
    assert!(!answer.text.contains("李明"), "the legal name is answered to nobody");
    assert_eq!(browser.get("/v1/session").await?.is::<SessionView>()?.person, view.person);
    Ok(())
}

#[tokio::test]
async fn a_handle_belongs_to_one_person_in_a_realm() -> TestResult {
    let house = House::new().await?;
    house.signed_up("ming").await?;
    let mut other = house.browser("wallet.localhost:8787");
    let taken = other.post("/v1/people", &person("MING")).await?.refused()?;
    assert_eq!(taken, (409, P::HandleTaken, Some("handle".to_owned())));
    assert_eq!(other.token, None);
    let mut elsewhere = house.browser("wallet.test.localhost:8787");
    elsewhere.post("/v1/people", &person("ming")).await?.is::<SessionView>()?;
    Ok(())
}

#[tokio::test]
async fn one_address_opens_no_more_than_its_share() -> TestResult {
    let house = House::new().await?;
    let realm = house.app.realm(qianbao_server::hosts::RealmName::Live);
    for _ in 0..300 {
        tries::count_sign_up(&realm.directory, "unknown", house.app.sources.now()).await?;
    }
    let mut browser = house.browser("wallet.localhost:8787");
    let spent = browser.post("/v1/people", &person("ming")).await?;
    assert_eq!(spent.refused()?, (429, P::TooManyRequests, None));
    assert_eq!(spent.header("retry-after"), "901");
    house.clock.pass(15 * 60);
    browser.post("/v1/people", &person("ming")).await?.is::<SessionView>()?;
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_used_is_refused_by_name() -> TestResult {
    let house = House::new().await?;
    let mut browser = house.browser("wallet.localhost:8787");
    for (field, value, code) in [
        ("handle", "mi", P::HandleInvalid),
        ("handle", "<script>", P::HandleInvalid),
        ("handle", "' OR 1=1 --", P::HandleInvalid),
        ("display_name", "", P::NameInvalid),
        ("display_name", "ming\u{202e}gnim", P::NameInvalid),
        ("display_name", "mi\u{200b}ng", P::NameInvalid),
        ("display_name", "pаypal", P::NameInvalid),
        ("display_name", &"长".repeat(10_000), P::NameInvalid),
        ("legal_name", "4111 1111 1111 1111", P::NameInvalid),
        ("password", "too short", P::PasswordLength),
        ("password", &"长".repeat(129), P::PasswordLength),
        ("password", "password123456789", P::PasswordCommon),
        ("password", "aaaaaaaaaaaaaaaaaaaa", P::PasswordCommon),
    ] {
        let mut request = person("ming");
        request[field] = value.into();
        let (status, found, param) = browser.post("/v1/people", &request).await?.refused()?;
        assert_eq!((status, found, param.as_deref()), (422, code, Some(field)), "{value:.40}");
    }
    // None of them left anything behind.
    browser.post("/v1/people", &person("ming")).await?.is::<SessionView>()?;
    Ok(())
}
