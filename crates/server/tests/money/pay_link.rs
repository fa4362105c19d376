//! `POST /v1/payments` to a personal receive code, and what becomes of notes.

use qianbao_api::ProblemCode;
use qianbao_api::keys::{CreateLink, LinkView};
use qianbao_api::payments::{PayRequest, PaymentStatus, Preview, PreviewRequest, Target};
use qianbao_core::intent::Payee;

use crate::house::{House, Street, TestResult, transfer, yuan};

/// The request of Ming that pays `minor` to Lan's code.
fn payment(street: &Street, link: &LinkView, minor: i64) -> TestResult<PayRequest> {
    street.ming.payment(Target::PersonLink { link: link.link }, Payee::Person(street.lan.person), yuan(minor))
}

#[tokio::test]
async fn a_code_with_an_amount_fixes_it_shows_its_note_and_ends() -> TestResult {
    let street = House::street().await?;
    let ask = CreateLink { amount: Some(yuan(888)), note: Some("AA 火锅".to_owned()) };
    let link: LinkView = street.lan.post("/v1/links", &ask).await?.ok()?;
    let target = Target::PersonLink { link: link.link };
    let ask = PreviewRequest { target, amount: None };
    let preview: Preview = street.ming.post("/v1/payments/preview", &ask).await?.ok()?;
    assert_eq!(
        (preview.amount, preview.amount_fixed, preview.note.as_deref()),
        (Some(yuan(888)), true, Some("AA 火锅"))
    );
    assert_eq!(preview.expires_at, link.expires_at);
    assert_eq!(street.ming.pay_refused(&payment(&street, &link, 887)?).await?, ProblemCode::AmountMismatch);
    assert_eq!(street.ming.pay(&payment(&street, &link, 888)?).await?.status, PaymentStatus::Paid);
    assert_eq!(street.lan.balance().await?, 50_888);
    street.house.clock.pass(24 * 3_600 + 1);
    let ming = street.house.wallet(street.ming.person).await?;
    let street = Street { ming, ..street };
    assert_eq!(street.ming.pay_refused(&payment(&street, &link, 888)?).await?, ProblemCode::CodeExpired);
    Ok(())
}

#[tokio::test]
async fn a_code_without_amount_takes_what_is_typed_and_not_from_its_owner() -> TestResult {
    let street = House::street().await?;
    let link: LinkView = street.lan.post("/v1/links", &CreateLink { amount: None, note: None }).await?.ok()?;
    assert_eq!(street.ming.pay(&payment(&street, &link, 5)?).await?.status, PaymentStatus::Paid);
    let own = Target::PersonLink { link: link.link };
    let own = street.lan.payment(own, Payee::Person(street.lan.person), yuan(5))?;
    assert_eq!(street.lan.pay_refused(&own).await?, ProblemCode::PaySelf);
    Ok(())
}

#[tokio::test]
async fn with_the_payers_key_their_notes_are_gone_and_the_money_is_not() -> TestResult {
    let street = House::street().await?;
    let request = transfer(&street.ming, &street.lan, "lan", 700)?;
    let request = PayRequest { note: Some("secret".to_owned()), ..request };
    street.ming.pay(&request).await?;
    assert_eq!(street.lan.entries().await?[0].note.as_deref(), Some("secret"));
    let mut write = street.house.realm().directory.begin().await?;
    let payer = street.ming.person.to_string();
    sqlx::query("DELETE FROM note_keys WHERE person = $1").bind(payer).execute(write.sql()).await?;
    write.commit().await?;
    let entry = &street.lan.entries().await?[0];
    assert_eq!((entry.note.as_deref(), entry.amount), (None, yuan(700)));
    Ok(())
}
