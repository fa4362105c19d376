//! `POST /v1/links`.

use qianbao_api::ProblemCode as P;
use qianbao_api::keys::LinkView;
use serde_json::{Value, json};

use crate::house::{House, TestResult};

fn amount(minor: &str) -> Value {
    json!({ "amount": { "minor": minor, "currency": "CNY" }, "note": "晚饭" })
}

#[tokio::test]
async fn the_static_code_is_made_once_and_another_ends_after_a_day() -> TestResult {
    let house = House::new().await?;
    let mut browser = house.signed_up("ming").await?;
    let first: LinkView = browser.post("/v1/links", &json!({})).await?.is()?;
    assert_eq!(first.url, format!("http://wallet.localhost:8787/#/p/{}", first.link));
    assert_eq!((first.amount, first.expires_at), (None, None));
    assert_eq!(browser.post("/v1/links", &json!({})).await?.is::<LinkView>()?, first);
    let fixed: LinkView = browser.post("/v1/links", &amount("1800")).await?.is()?;
    assert_eq!(fixed.amount.map(|money| money.minor), Some(1800));
    assert_eq!(fixed.note.as_deref(), Some("晚饭"));
    assert_eq!(fixed.expires_at, Some(house.app.sources.now().plus_seconds(24 * 3_600)));
    assert_ne!(browser.post("/v1/links", &amount("1800")).await?.is::<LinkView>()?.link, fixed.link);
    let mut other = house.signed_up("lan").await?;
    assert_ne!(other.post("/v1/links", &json!({})).await?.is::<LinkView>()?.link, first.link);
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_paid_is_no_code() -> TestResult {
    let house = House::new().await?;
    let mut browser = house.signed_up("ming").await?;
    for (request, code, param) in [
        (amount("0"), P::AmountNotPositive, "amount"),
        (amount("-1"), P::AmountNotPositive, "amount"),
        (amount("9223372036854775807"), P::AmountTooLarge, "amount"),
        (amount("5000001"), P::AmountTooLarge, "amount"),
        (json!({ "amount": { "minor": "1", "currency": "USD" } }), P::CurrencyMismatch, "amount.currency"),
        (json!({ "note": "长".repeat(34) }), P::NoteInvalid, "note"),
        (json!({ "note": "4111 1111 1111 1111" }), P::CardNumberInText, "note"),
    ] {
        let (status, found, at) = browser.post("/v1/links", &request).await?.refused()?;
        assert_eq!((status, found, at.as_deref()), (422, code, Some(param)), "{request}");
    }
    let (status, code, param) = browser.post("/v1/links", &amount("1.5")).await?.refused()?;
    assert_eq!((status, code, param.as_deref()), (400, P::MalformedRequest, Some("amount.minor")));
    Ok(())
}

#[tokio::test]
async fn the_desk_has_no_personal_codes() -> TestResult {
    let house = House::new().await?;
    let mut desk = house.browser("desk.localhost:8787");
    assert_eq!(desk.post("/v1/links", &json!({})).await?.refused()?, (404, P::NotFound, None));
    Ok(())
}
