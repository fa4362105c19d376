//! `GET /v1/events`.

use std::time::Duration;

use axum::http::HeaderValue;
use futures::StreamExt;
use qianbao_api::merchants::{ShopView, StaticCodeView};
use qianbao_api::payments::Target;
use qianbao_api::{Problem, ProblemCode};
use qianbao_core::intent::Payee;
use qianbao_core::{Currency, Money};
use qianbao_server::config::ServeOptions;
use serde_json::json;

use crate::house::{House, TestResult, Visitor, transfer};

/// The id of a hint.
fn id_of(hint: &str) -> TestResult<String> {
    Ok(hint.lines().find_map(|line| line.strip_prefix("id: ")).ok_or("expected an id")?.to_owned())
}

/// An open stream.
struct Ear(axum::body::BodyDataStream);

impl Ear {
    async fn of(visitor: &Visitor) -> TestResult<Self> {
        Self::again(visitor, None).await
    }

    /// A stream that is opened again by a client that heard this id last.
    async fn again(visitor: &Visitor, last_heard: Option<&[u8]>) -> TestResult<Self> {
        let mut request = visitor.request("GET", "/v1/events", None)?;
        if let Some(last_heard) = last_heard {
            request.headers_mut().insert("last-event-id", HeaderValue::from_bytes(last_heard)?);
        }
        let response = visitor.exchange(request).await?;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Ok(Self(response.into_body().into_data_stream()))
    }

    /// The next piece of text, or nothing within the time.
    async fn hears(&mut self, wait: Duration) -> TestResult<Option<String>> {
        match tokio::time::timeout(wait, self.0.next()).await {
            Err(_) | Ok(None) => Ok(None),
            Ok(Some(piece)) => Ok(Some(String::from_utf8(piece?.to_vec())?)),
        }
    }
}

const SOON: Duration = Duration::from_secs(5);
const A_WHILE: Duration = Duration::from_millis(300);

#[tokio::test]
async fn a_stream_tells_whom_a_payment_concerns_and_nobody_else() -> TestResult {
    let street = House::street().await?;
    let (mut ming, mut lan, mut till) =
        (Ear::of(&street.ming).await?, Ear::of(&street.lan).await?, Ear::of(&street.desk).await?);
    for ear in [&mut ming, &mut lan, &mut till] {
        let hello = ear.hears(SOON).await?.ok_or("expected a hint at the beginning")?;
        assert!(hello.contains("event: changed") && hello.contains("\"sequence\""), "{hello}");
    }
    let order = street.order(1_800).await?;
    assert!(till.hears(SOON).await?.is_some(), "a changed document");
    street.ming.pay(&street.payment_of(&street.ming, &order)?).await?;
    let epoch = street.house.realm().ledger.epoch().0;
    let sequence = *street.house.realm().ledger.head().borrow();
    for ear in [&mut ming, &mut till] {
        let hint = ear.hears(SOON).await?.ok_or("expected a hint of the payment")?;
        assert!(hint.contains(&format!("id: {epoch}:")), "{hint}");
        let data = hint.lines().find_map(|line| line.strip_prefix("data:")).ok_or("expected data")?;
        let data: serde_json::Value = serde_json::from_str(data)?;
        assert_eq!(data, serde_json::json!({ "sequence": sequence }), "a hint carries nothing else");
    }
    assert_eq!(lan.hears(A_WHILE).await?, None);
    street.ming.pay(&transfer(&street.ming, &street.lan, "lan", 5)?).await?;
    assert!(lan.hears(SOON).await?.is_some());
    Ok(())
}

#[tokio::test]
async fn a_client_that_heard_everything_comes_back_in_silence_and_any_other_hears_a_hint() -> TestResult {
    let street = House::street().await?;
    let heard = async |visitor: &Visitor| -> TestResult<String> {
        let hint = Ear::of(visitor).await?.hears(SOON).await?.ok_or("expected a hint at the beginning")?;
        id_of(&hint)
    };
    let first = heard(&street.ming).await?;
    let mut ming = Ear::again(&street.ming, Some(first.as_bytes())).await?;
    assert_eq!(ming.hears(A_WHILE).await?, None, "nothing happened since {first}");
    street.ming.pay(&transfer(&street.ming, &street.lan, "lan", 5)?).await?;
    let hint = ming.hears(SOON).await?.ok_or("the silent stream listens all the same")?;
    let second = id_of(&hint)?;
    assert_ne!(second, first);
    assert_eq!(Ear::again(&street.ming, Some(second.as_bytes())).await?.hears(A_WHILE).await?, None);

    let (epoch, place) = second.split_once(':').ok_or("expected an epoch")?;
    let foreign = format!("{}:{place}", epoch.parse::<i64>()? + 1);
    let ahead = second.replacen(':', ":9", 1);
    for stale in [&first, &foreign, &ahead, "", "x", "1:2", "-1:-1:-1", "\u{94b1}\u{5305}", &"9".repeat(4_000)] {
        let hint = Ear::again(&street.ming, Some(stale.as_bytes())).await?.hears(SOON).await?;
        assert!(hint.is_some_and(|hint| hint.contains("event: changed")), "{stale:?} is not where things stand");
    }

    // An order that is made moves the shop's documents and not the ledger.
    let before = heard(&street.desk).await?;
    street.order(1_800).await?;
    assert!(
        Ear::again(&street.desk, Some(before.as_bytes())).await?.hears(SOON).await?.is_some(),
        "a changed document"
    );
    let after = heard(&street.desk).await?;
    assert_eq!(Ear::again(&street.desk, Some(after.as_bytes())).await?.hears(A_WHILE).await?, None);
    Ok(())
}

#[tokio::test]
async fn a_desk_hears_of_its_shop_from_the_moment_it_is_opened() -> TestResult {
    let house = House::new().await?;
    let (desk, ming) =
        (house.desk(house.person("wang", "王芳", 0).await?).await?, house.person("ming", "李明", 1_000).await?);
    let mut ear = Ear::of(&desk).await?;
    ear.hears(SOON).await?.ok_or("expected a hint at the beginning")?;
    let shop = json!({
        "name_zh": "面馆", "name_en": "Noodles", "category": "5812", "city": "Suzhou", "currency": "CNY"
    });
    desk.post("/v1/shop", &shop).await?.ok::<ShopView>()?;
    ear.hears(SOON).await?.ok_or("expected a hint of the shop")?;
    let StaticCodeView { link, .. } = desk.get("/v1/shop/code").await?.ok()?;
    let shop: ShopView = desk.get("/v1/shop").await?.ok()?;
    let amount = Money::new(500, Currency::CNY);
    let ming = house.wallet(ming).await?;
    ming.pay(&ming.payment(Target::ShopCode { link }, Payee::Shop(shop.id), amount)?).await?;
    ear.hears(SOON).await?.ok_or("expected a hint of the payment")?;
    Ok(())
}

#[tokio::test]
async fn a_stopping_server_ends_its_streams() -> TestResult {
    let street = House::street().await?;
    let mut ear = Ear::of(&street.ming).await?;
    ear.hears(SOON).await?.ok_or("expected a hint at the beginning")?;
    street.house.app.streams.stop();
    let end = tokio::time::timeout(SOON, ear.0.next()).await?;
    assert!(end.is_none(), "expected the end, found {end:?}");
    Ok(())
}

#[tokio::test]
async fn there_are_no_more_streams_than_allowed() -> TestResult {
    let house = House::with(ServeOptions { streams_max: Some(1), ..ServeOptions::default() }).await?;
    let ming = house.person("ming", "李明", 0).await?;
    let ming = house.wallet(ming).await?;
    let ear = Ear::of(&ming).await?;
    let full: Problem = ming.get("/v1/events").await?.problem()?;
    assert_eq!(full.code, ProblemCode::Overloaded);
    drop(ear);
    Ear::of(&ming).await?;
    Ok(())
}

#[tokio::test]
async fn one_person_takes_no_more_streams_than_their_share() -> TestResult {
    let house = House::with(ServeOptions { person_streams_max: Some(2), ..ServeOptions::default() }).await?;
    let (ming, lan) = (house.person("ming", "李明", 0).await?, house.person("lan", "王岚", 0).await?);
    // Two sessions of one person share what that person may have.
    let (phone, laptop, lan) = (house.wallet(ming).await?, house.wallet(ming).await?, house.wallet(lan).await?);
    let ears = [Ear::of(&phone).await?, Ear::of(&laptop).await?];
    for visitor in [&phone, &laptop] {
        let answer = visitor.open("GET", "/v1/events", None).await?;
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["retry-after"]),
            (429, &HeaderValue::from_static("30"))
        );
        let full: Problem = visitor.get("/v1/events").await?.problem()?;
        assert_eq!(full.code, ProblemCode::TooManyRequests);
        assert!(full.detail.contains("at most 2"), "{}", full.detail);
    }
    Ear::of(&lan).await?;
    drop(ears);
    let again = [Ear::of(&phone).await?, Ear::of(&phone).await?];
    assert_eq!(phone.get("/v1/events").await?.status, 429);
    drop(again);
    Ear::of(&laptop).await?;
    Ok(())
}
