//! What `POST /v1/payments` asks of the directory once its rows are in memory: nothing. And memory never knows better than the directory.

use qianbao_api::identity::PersonChange;
use qianbao_api::keys::{CreateLink, LinkView};
use qianbao_api::payments::{PayRequest, PayeeView, PaymentStatus, Preview, PreviewRequest, Target};
use qianbao_core::intent::Payee;
use qianbao_server::identity::session;

use crate::house::{House, Street, TestResult, Visitor, transfer, yuan};

/// Pays and answers how often the directory was asked for a connection meanwhile.
async fn asked_while(street: &Street, payer: &Visitor, request: &PayRequest) -> TestResult<u64> {
    let directory = &street.house.realm().directory;
    let before = directory.asked();
    assert_eq!(payer.pay(request).await?.status, PaymentStatus::Paid);
    Ok(directory.asked() - before)
}

#[tokio::test]
async fn a_payment_to_a_person_asks_the_directory_nothing_the_second_time() -> TestResult {
    let street = House::street().await?;
    let pay = || transfer(&street.ming, &street.lan, "lan", 100);
    assert!(asked_while(&street, &street.ming, &pay()?).await? > 0, "the first one reads session, handle and person");
    assert_eq!(asked_while(&street, &street.ming, &pay()?).await?, 0);
    let noted = |note: &str| Ok::<_, Box<dyn std::error::Error>>(PayRequest { note: Some(note.to_owned()), ..pay()? });
    assert!(asked_while(&street, &street.ming, &noted("first")?).await? > 0, "the first note makes a key");
    assert!(asked_while(&street, &street.ming, &noted("second")?).await? > 0, "which is then read");
    assert_eq!(asked_while(&street, &street.ming, &noted("third")?).await?, 0);
    assert_eq!(street.lan.balance().await?, 50_500);
    Ok(())
}

#[tokio::test]
async fn a_payment_by_code_or_order_asks_the_directory_nothing_once_it_was_shown() -> TestResult {
    let street = House::street().await?;
    let link: LinkView = street.lan.post("/v1/links", &CreateLink { amount: None, note: None }).await?.ok()?;
    let order = street.order(1_800).await?;
    let code: qianbao_api::merchants::StaticCodeView = street.desk.get("/v1/shop/code").await?.ok()?;
    let lan = Payee::Person(street.lan.person);
    let shop = Payee::Shop(street.shop.id);
    let targets = [
        (Target::PersonLink { link: link.link }, lan, yuan(50)),
        (Target::ShopCode { link: code.link }, shop, yuan(60)),
        (Target::Order { order: order.id, version: order.version }, shop, order.amount),
    ];
    for (target, payee, amount) in targets {
        let show = PreviewRequest { target: target.clone(), amount: Some(amount) };
        let _: Preview = street.ming.post("/v1/payments/preview", &show).await?.ok()?;
        let request = street.ming.payment(target, payee, amount)?;
        assert_eq!(asked_while(&street, &street.ming, &request).await?, 0, "{request:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_minute_later_the_use_is_noted_without_the_payments_doing() -> TestResult {
    let street = House::street().await?;
    let directory = &street.house.realm().directory;
    street.ming.pay(&transfer(&street.ming, &street.lan, "lan", 100)?).await?;
    street.house.clock.pass(61);
    assert_eq!(asked_while(&street, &street.ming, &transfer(&street.ming, &street.lan, "lan", 100)?).await?, 0);
    let seen = async || -> TestResult<i64> {
        let (seen,): (i64,) = sqlx::query_as("SELECT MAX(seen_at) FROM sessions WHERE person = $1")
            .bind(street.ming.person.to_string())
            .fetch_one(directory.readers())
            .await?;
        Ok(seen)
    };
    let before = seen().await?;
    session::write_seen(street.house.realm()).await?;
    assert!(seen().await? >= before + 61_000_000, "the job writes it down");
    let asked = directory.asked();
    session::write_seen(street.house.realm()).await?;
    assert_eq!(directory.asked(), asked, "once");
    Ok(())
}

#[tokio::test]
async fn a_changed_name_is_shown_at_once() -> TestResult {
    let street = House::street().await?;
    let shown = async || -> TestResult<String> {
        let show = PreviewRequest { target: Target::Person { handle: "lan".to_owned() }, amount: Some(yuan(1)) };
        let preview: Preview = street.ming.post("/v1/payments/preview", &show).await?.ok()?;
        match preview.payee {
            PayeeView::Person { display_name, .. } => Ok(display_name),
            other => Err(format!("expected a person, found {other:?}").into()),
        }
    };
    let before = shown().await?;
    let change = PersonChange { display_name: Some("岚岚".to_owned()), locale: None };
    assert_eq!(street.lan.patch("/v1/person", &change).await?.status, 200);
    assert_ne!(before, "岚岚");
    assert_eq!(shown().await?, "岚岚");
    Ok(())
}
