//! `POST /v1/approvals` with a passkey: its challenge is the intent, and the verifier is the one that signs in.

use data_encoding::BASE64URL_NOPAD;
use qianbao_api::ProblemCode as P;
use qianbao_api::approvals::{Approve, Approved, Needed};
use qianbao_api::passkeys::{CreationOptions, RequestOptions};
use qianbao_api::payments::{PayRequest, PaymentStatus, Preview, PreviewRequest};
use qianbao_core::intent::{Intent, Payee};
use serde_json::{Value, json};

use crate::approve_by_pin::{act, approve, bare, set, with};
use crate::authenticator::Authenticator;
use crate::house::{Answer, House, Street, TestResult, Visitor, transfer};

const WALLET: &str = "wallet.localhost:8787";

/// Gives the visitor a passkey.
pub async fn passkey(visitor: &Visitor, host: &str) -> TestResult<Authenticator> {
    let mut authenticator = Authenticator::at(host);
    let options: CreationOptions = visitor.send("POST", "/v1/passkeys/options", None).await?.ok()?;
    let made = authenticator.create(&options)?;
    assert_eq!(visitor.post("/v1/passkeys", &made).await?.status, 200);
    Ok(authenticator)
}

/// What a browser asks an authenticator for this digest, with what the preview told.
pub fn options(digest: [u8; 32], rp_id: &str) -> RequestOptions {
    RequestOptions {
        challenge: BASE64URL_NOPAD.encode(&digest),
        timeout: 60_000,
        rp_id: rp_id.to_owned(),
        allow_credentials: Vec::new(),
        user_verification: "required".to_owned(),
    }
}

fn digest(street: &Street, request: &PayRequest) -> TestResult<[u8; 32]> {
    let payee = Payee::Person(street.lan.person);
    let PayRequest { id, amount, fee, not_after, .. } = *request;
    Ok(Intent::from_wallet(id, street.ming.person, payee, amount, fee, None, not_after)?.digest())
}

async fn send(visitor: &Visitor, request: &PayRequest, assertion: &Value) -> TestResult<Answer> {
    let mut body = serde_json::to_value(Approve { act: act(request), pin: None, passkey: None })?;
    body["passkey"] = assertion.clone();
    visitor.post("/v1/approvals", &body).await
}

#[tokio::test]
async fn a_large_amount_to_somebody_new_is_paid_by_a_touch() -> TestResult {
    let street = House::street().await?;
    let ming = &street.ming;
    street.house.fill(ming.person, 1_000_000).await?;
    let mut authenticator = passkey(ming, WALLET).await?;
    let request = bare(&street, 600_000)?;
    let ask = PreviewRequest { target: request.target.clone(), amount: Some(request.amount) };
    let preview: Preview = ming.post("/v1/payments/preview", &ask).await?.ok()?;
    let need = preview.approval.ok_or("an amount was named")?;
    assert_eq!((need.needed, need.passkeys.len(), need.rp_id.as_str()), (Needed::Passkey, 1, "wallet.localhost"));
    let assertion = authenticator.get(&options(digest(&street, &request)?, &need.rp_id))?;
    let answer = send(ming, &request, &assertion).await?;
    assert_eq!(answer.ok::<Approved>()?.expires_at, request.not_after);
    assert_eq!(ming.pay(&with(request.clone(), &answer)?).await?.status, PaymentStatus::Paid);
    assert_eq!(send(ming, &request, &assertion).await?.problem()?.code, P::PasskeyRefused, "an assertion is good once");
    Ok(())
}

#[tokio::test]
async fn an_assertion_of_something_else_approves_nothing() -> TestResult {
    let street = House::street().await?;
    let (ming, lan) = (&street.ming, &street.lan);
    let mut authenticator = passkey(ming, WALLET).await?;
    let request = bare(&street, 30_000)?;
    let right = digest(&street, &request)?;
    let other = bare(&street, 30_001)?;
    // Swapped between two payments, and one that was made to sign in.
    let swapped = authenticator.get(&options(digest(&street, &other)?, "wallet.localhost"))?;
    assert_eq!(send(ming, &request, &swapped).await?.problem()?.code, P::PasskeyRefused);
    let asked: RequestOptions = ming.send("POST", "/v1/session/confirmation-options", None).await?.ok()?;
    let confirming = authenticator.get(&asked)?;
    assert_eq!(send(ming, &request, &confirming).await?.problem()?.code, P::PasskeyRefused);
    // And the other way round: what approves a payment signs nobody in.
    let approving = authenticator.get(&options(right, "wallet.localhost"))?;
    let entered = street.house.stranger(WALLET).post("/v1/session/passkey", &approving).await?;
    assert_eq!(entered.problem()?.code, P::PasskeyRefused);
    // Somebody else's passkey, over Ming's intent and sent by Ming.
    let mut theirs = passkey(lan, WALLET).await?;
    let foreign = theirs.get(&options(right, "wallet.localhost"))?;
    assert_eq!(send(ming, &request, &foreign).await?.problem()?.code, P::PasskeyUnknown);
    assert_eq!(send(ming, &request, &approving).await?.status, 200, "none of this used it up");
    Ok(())
}

#[tokio::test]
async fn whatever_is_wrong_with_an_assertion_is_refused() -> TestResult {
    let street = House::street().await?;
    let ming = &street.ming;
    let mut authenticator = passkey(ming, WALLET).await?;
    let request = bare(&street, 30_000)?;
    let asked = options(digest(&street, &request)?, "wallet.localhost");
    for lies in [
        json!({ "crossOrigin": true }),
        json!({ "topOrigin": "http://wallet.localhost:8787" }),
        json!({ "topOrigin": "https://shop.example" }),
        json!({ "origin": "http://evil.localhost:8787" }),
        json!({ "type": "webauthn.create" }),
        json!({ "type": "payment.get" }),
    ] {
        authenticator.lies = lies.clone();
        let assertion = authenticator.get(&asked)?;
        assert_eq!(send(ming, &request, &assertion).await?.problem()?.code, P::PasskeyRefused, "{lies}");
    }
    authenticator.lies = json!({});
    let honest = authenticator.flags;
    // Without presence, without verification.
    for flag in [1, 1 << 2] {
        authenticator.flags = honest & !flag;
        let assertion = authenticator.get(&asked)?;
        assert_eq!(send(ming, &request, &assertion).await?.problem()?.code, P::PasskeyRefused, "{flag}");
    }
    authenticator.flags = honest;
    let assertion = authenticator.get(&asked)?;
    for member in ["signature", "authenticatorData", "clientDataJSON"] {
        let text = assertion["response"][member].as_str().ok_or("a text")?;
        let mut bytes = BASE64URL_NOPAD.decode(text.as_bytes())?;
        let last = bytes.len() - 2;
        bytes[last] ^= 1;
        let mut mutated = assertion.clone();
        mutated["response"][member] = BASE64URL_NOPAD.encode(&bytes).into();
        assert_eq!(send(ming, &request, &mutated).await?.problem()?.code, P::PasskeyRefused, "{member}");
    }
    assert_eq!(send(ming, &request, &assertion).await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn a_counter_that_goes_back_is_noted() -> TestResult {
    let street = House::street().await?;
    let ming = &street.ming;
    let mut authenticator = passkey(ming, WALLET).await?;
    for (counter, noted) in [(10, 0_i64), (4, 1)] {
        authenticator.counter = counter;
        let request = bare(&street, 30_000)?;
        let assertion = authenticator.get(&options(digest(&street, &request)?, "wallet.localhost"))?;
        assert_eq!(send(ming, &request, &assertion).await?.status, 200);
        let (count,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM events WHERE kind = 'passkey.counter_back'")
            .fetch_one(street.house.realm().directory.readers())
            .await?;
        assert_eq!(count, noted, "{counter}");
    }
    Ok(())
}

#[tokio::test]
async fn a_locked_pin_never_stands_in_the_way_of_a_passkey() -> TestResult {
    let street = House::street().await?;
    let ming = &street.ming;
    set(ming, "290417").await?;
    let mut authenticator = passkey(ming, WALLET).await?;
    let request = bare(&street, 30_000)?;
    for _ in 0..6 {
        approve(ming, &request, "111112").await?.problem()?;
    }
    assert_eq!(approve(ming, &request, "290417").await?.problem()?.code, P::PinLocked);
    let assertion = authenticator.get(&options(digest(&street, &request)?, "wallet.localhost"))?;
    let answer = send(ming, &request, &assertion).await?;
    assert_eq!(ming.pay(&with(request, &answer)?).await?.status, PaymentStatus::Paid);
    let small = PayRequest { approval: None, ..transfer(ming, &street.lan, "lan", 100)? };
    assert_eq!(ming.pay(&small).await?.status, PaymentStatus::Paid);
    Ok(())
}
