//! `PUT` and `DELETE /v1/freeze`: nothing goes out of a frozen wallet, whatever it is asked for, and money still comes in.

use qianbao_api::ProblemCode as P;
use qianbao_api::payments::{PayRequest, PaymentStatus, PaymentView, Preview, PreviewRequest, Target};
use qianbao_api::sync::{DocumentBody, SyncPage};
use qianbao_api::wallets::WalletView;
use qianbao_core::Timestamp;
use qianbao_core::approval::SessionUse;
use qianbao_core::id::PersonId;
use qianbao_server::door::{Call, Signed};
use qianbao_server::hosts::Audience;
use qianbao_server::problem::Refuses;
use qianbao_server::wallets::freeze as freezing;

use crate::house::{House, Street, TestResult, Visitor, transfer};

async fn freeze(visitor: &Visitor, method: &str) -> TestResult<Option<P>> {
    let answer = visitor.send(method, "/v1/freeze", None).await?;
    if answer.status == 204 { Ok(None) } else { Ok(Some(answer.problem()?.code)) }
}

/// Why a payment was refused for good; nothing when it was paid.
async fn refused(payer: &Visitor, request: &PayRequest) -> TestResult<Option<P>> {
    Ok(payer.pay(request).await?.reason)
}

async fn is_frozen(visitor: &Visitor) -> TestResult<bool> {
    let wallets: Vec<WalletView> = visitor.get("/v1/wallets").await?.ok()?;
    let page: SyncPage = visitor.get("/v1/sync").await?.ok()?;
    let in_mirror = page
        .documents
        .iter()
        .any(|document| matches!(&document.body, DocumentBody::Wallet(wallet) if wallet.is_frozen));
    assert_eq!(in_mirror, wallets[0].is_frozen, "the mirror says the same");
    Ok(in_mirror)
}

#[tokio::test]
async fn nothing_goes_out_of_a_frozen_wallet_and_money_comes_in() -> TestResult {
    let street = House::street().await?;
    let Street { ming, lan, .. } = &street;
    let before = transfer(ming, lan, "lan", 100)?;
    assert_eq!(refused(ming, &before).await?, None);
    let late = transfer(ming, lan, "lan", 200)?;
    let order = street.order(300).await?;
    assert!(!is_frozen(ming).await?);
    assert_eq!(freeze(ming, "PUT").await?, None);
    assert_eq!(freeze(ming, "PUT").await?, None, "a repeat changes nothing");
    assert!(is_frozen(ming).await? && !is_frozen(lan).await?);

    assert_eq!(refused(ming, &late).await?, Some(P::WalletBlocked));
    assert_eq!(refused(ming, &street.payment_of(ming, &order)?).await?, Some(P::WalletBlocked));
    let target = Target::Person { handle: "lan".to_owned() };
    let preview: Preview = ming.post("/v1/payments/preview", &PreviewRequest { target, amount: None }).await?.ok()?;
    assert!(preview.is_frozen, "the sheet says it before anything is sent");
    // What was paid before stands, and money comes in.
    let status: PaymentView = ming.get(&format!("/v1/payments/{}", before.id)).await?.ok()?;
    assert_eq!(status.status, PaymentStatus::Paid);
    let balance = ming.balance().await?;
    lan.pay(&transfer(lan, ming, "ming", 50)?).await?;
    assert_eq!(ming.balance().await?, balance + 50);

    // A mirror that knows all but the change hears of it.
    let page: SyncPage = ming.get("/v1/sync").await?.ok()?;
    assert_eq!(freeze(ming, "DELETE").await?, Some(P::ConfirmationRequired), "the session began before the freeze");
    street.house.clock.pass(1);
    let ming = &street.house.wallet(ming.person).await?;
    assert_eq!(freeze(ming, "DELETE").await?, None);
    assert!(!is_frozen(ming).await?);
    let next: SyncPage = ming.get(&format!("/v1/sync?after={}", page.next)).await?.ok()?;
    assert!(
        next.documents
            .iter()
            .any(|document| matches!(&document.body, DocumentBody::Wallet(wallet) if !wallet.is_frozen))
    );
    assert_eq!(refused(ming, &late).await?, Some(P::WalletBlocked), "a refused id stays refused");
    assert_eq!(refused(ming, &transfer(ming, lan, "lan", 200)?).await?, None);
    assert_eq!(refused(ming, &street.payment_of(ming, &order)?).await?, None);
    Ok(())
}

#[tokio::test]
async fn freezing_asks_nothing_and_unfreezing_asks_who_is_there() -> TestResult {
    let street = House::street().await?;
    street.house.clock.pass(11 * 60);
    assert_eq!(freeze(&street.ming, "PUT").await?, None);
    assert_eq!(freeze(&street.ming, "DELETE").await?, Some(P::ConfirmationRequired));
    assert!(is_frozen(&street.ming).await?);
    // Whoever froze later is who is waited for; then one session lets it go on, and it stays so.
    let ming = street.house.wallet(street.ming.person).await?;
    street.house.clock.pass(60);
    assert_eq!(freeze(&street.ming, "PUT").await?, None);
    assert_eq!(freeze(&ming, "DELETE").await?, Some(P::ConfirmationRequired));
    street.house.clock.pass(1);
    let ming = street.house.wallet(street.ming.person).await?;
    assert_eq!(freeze(&ming, "DELETE").await?, None);
    assert_eq!(freeze(&ming, "DELETE").await?, None, "a repeat changes nothing");
    Ok(())
}

#[tokio::test]
async fn a_wallet_that_was_never_used_can_be_frozen() -> TestResult {
    let house = House::new().await?;
    let (ming, lan) = (house.person("ming", "李明", 0).await?, house.person("lan", "王岚", 1_000).await?);
    let (ming, lan) = (house.wallet(ming).await?, house.wallet(lan).await?);
    assert_eq!(freeze(&ming, "PUT").await?, None);
    lan.pay(&transfer(&lan, &ming, "ming", 500)?).await?;
    assert_eq!(ming.balance().await?, 500);
    assert_eq!(refused(&ming, &transfer(&ming, &lan, "lan", 100)?).await?, Some(P::WalletBlocked));
    Ok(())
}

#[tokio::test]
async fn a_payment_and_a_freeze_have_an_order() -> TestResult {
    let street = House::street().await?;
    let Street { ming, lan, .. } = &street;
    let requests = (0..30).map(|_| transfer(ming, lan, "lan", 1)).collect::<TestResult<Vec<_>>>()?;
    let paying = futures::future::join_all(requests.iter().map(|request| ming.post("/v1/payments", request)));
    let (answers, frozen) = tokio::join!(paying, freeze(ming, "PUT"));
    assert_eq!(frozen?, None);
    let before = ming.balance().await?;
    let mut paid = 0;
    for answer in answers {
        match answer?.ok::<PaymentView>()?.reason {
            None => paid += 1,
            reason => assert_eq!(reason, Some(P::WalletBlocked)),
        }
    }
    assert_eq!(refused(ming, &transfer(ming, lan, "lan", 1)?).await?, Some(P::WalletBlocked));
    assert_eq!(ming.balance().await?, before, "nothing goes out after the freeze was answered");
    assert_eq!(lan.entries().await?.iter().filter(|entry| entry.amount.minor == 1).count(), paid);
    Ok(())
}

/// The circumstances of a request, between whose steps a test does something else.
fn call(house: &House) -> Call {
    let (app, realm) = (house.app.clone(), house.realm().clone());
    let (origin, address) = ("http://wallet.localhost:8787".to_owned(), "127.0.0.1".to_owned());
    Call { now: app.sources.now(), app, realm, audience: Audience::Wallet, origin, address }
}

/// The newest session of a person.
async fn newest(house: &House, person: PersonId) -> TestResult<Signed> {
    let (id, expires_at): (String, i64) =
        sqlx::query_as("SELECT id, expires_at FROM sessions WHERE person = $1 ORDER BY created_at DESC LIMIT 1")
            .bind(person.to_string())
            .fetch_one(house.realm().directory.readers())
            .await?;
    let session_use = SessionUse::Lately;
    Ok(Signed { person, session: id.parse()?, expires_at: Timestamp(expires_at), session_use })
}

#[tokio::test]
async fn a_freeze_made_while_another_is_being_ended_is_not_undone() -> TestResult {
    let street = House::street().await?;
    let ming = &street.ming;
    assert_eq!(freeze(ming, "PUT").await?, None);
    street.house.clock.pass(1);
    street.house.wallet(ming.person).await?;
    let (call, signed) = (call(&street.house), newest(&street.house, ming.person).await?);
    let looked = freezing::look(&call, &signed).await?;
    // Another device, after the session was looked at and before anything was done.
    assert_eq!(freeze(ming, "PUT").await?, None);
    let undone = freezing::end(&call, ming.person, &looked).await;
    assert_eq!(undone.expect_err("a freeze nobody has looked at").code(), P::ConfirmationRequired);
    assert!(is_frozen(ming).await?);
    // The other way round: what ended the freeze first leaves the later one as it is.
    street.house.clock.pass(1);
    street.house.wallet(ming.person).await?;
    let signed = newest(&street.house, ming.person).await?;
    let call = self::call(&street.house);
    let looked = freezing::look(&call, &signed).await?;
    freezing::end(&call, ming.person, &looked).await?;
    assert!(!is_frozen(ming).await?);
    freezing::end(&call, ming.person, &looked).await?;
    assert_eq!(freeze(ming, "PUT").await?, None);
    // It was ended before this freeze was made: a repeat says so and changes nothing.
    freezing::end(&call, ming.person, &looked).await?;
    assert!(is_frozen(ming).await?);
    Ok(())
}

/// A freeze that another device makes while somebody lets money go out again: whichever the ledger has first, what was answered "frozen" is.
#[tokio::test]
async fn a_freeze_and_an_unfreezing_at_once_leave_the_wallet_frozen() -> TestResult {
    let street = House::street().await?;
    for _ in 0..20 {
        assert_eq!(freeze(&street.ming, "PUT").await?, None);
        street.house.clock.pass(1);
        let confirmed = street.house.wallet(street.ming.person).await?;
        let (frozen, ended) = tokio::join!(freeze(&street.ming, "PUT"), freeze(&confirmed, "DELETE"));
        assert_eq!(frozen?, None);
        assert!(matches!(ended?, None | Some(P::ConfirmationRequired)));
        assert!(is_frozen(&street.ming).await?);
        assert_eq!(freeze(&confirmed, "DELETE").await?, Some(P::ConfirmationRequired), "it began before this freeze");
        street.house.clock.pass(1);
        let later = street.house.wallet(street.ming.person).await?;
        assert_eq!(freeze(&later, "DELETE").await?, None);
        assert!(!is_frozen(&street.ming).await?);
    }
    Ok(())
}
