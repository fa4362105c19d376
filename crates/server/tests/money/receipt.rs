//! `GET /v1/payments/{id}/receipt`.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use qianbao_api::ProblemCode;
use qianbao_api::identity::PersonView;
use qianbao_api::keys::KeySet;
use qianbao_api::orders::{CreateRefund, EditOrder, RefundView};
use qianbao_api::payments::{OrderSummary, PayRequest, Receipt, SignedReceipt};
use qianbao_core::intent::{Intent, Payee};
use qianbao_server::codes::keys::OperatorKeys;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::house::{House, TestResult, Visitor, transfer, yuan};

async fn verified(visitor: &Visitor, signed: &SignedReceipt) -> TestResult<bool> {
    let keys: KeySet = visitor.get("/.well-known/qianbao-keys").await?.ok()?;
    let key = keys.keys.into_iter().find(|key| key.id == signed.key).ok_or("the key is published")?;
    let raw: [u8; 32] = BASE64URL_NOPAD.decode(key.public.as_bytes())?.as_slice().try_into()?;
    assert_eq!(HEXLOWER.encode(&Sha256::digest(raw)[..4]), signed.key);
    let signature: [u8; 64] = BASE64URL_NOPAD.decode(signed.signature.as_bytes())?.as_slice().try_into()?;
    let message = format!("qianbao/receipt/1\n{}", signed.body);
    Ok(VerifyingKey::from_bytes(&raw)?.verify(message.as_bytes(), &Signature::from_bytes(&signature)).is_ok())
}

#[tokio::test]
async fn payer_and_shop_get_the_same_signed_receipt() -> TestResult {
    let street = House::street().await?;
    let order = street.order(1_800).await?;
    street.house.clock.pass(500);
    let request = street.payment_of(&street.ming, &order)?;
    let paid = street.ming.pay(&request).await?.paid.ok_or("paid")?;
    let path = format!("/v1/payments/{}/receipt", request.id);
    let signed: SignedReceipt = street.ming.get(&path).await?.ok()?;
    assert!(verified(&street.ming, &signed).await?);
    assert_eq!(street.desk.get(&path).await?.ok::<SignedReceipt>()?, signed);
    let receipt: Receipt = serde_json::from_str(&signed.body)?;
    assert_eq!((receipt.payment, receipt.sequence, receipt.amount), (request.id, paid.sequence, yuan(1_800)));
    assert_eq!((receipt.payer.as_str(), receipt.payee.as_str()), ("*明", "云山茶铺 Yunshan Tea"));
    assert_eq!((receipt.payer_id, receipt.payee_id, receipt.shop), (street.ming.person, None, Some(order.shop.id)));
    // The order ends before what was approved does: the receipt still says enough to make the intent again.
    let until = receipt.approved_until.ok_or("an end")?;
    assert!(until == request.not_after && until > order.expires_at);
    let paid_order = receipt.order.as_ref().map(|order| (order.id, order.version));
    let (payee, fee) = (Payee::Shop(order.shop.id), receipt.fee);
    let intent = Intent::from_wallet(receipt.payment, receipt.payer_id, payee, receipt.amount, fee, paid_order, until)?;
    assert_eq!(intent.digest_hex(), receipt.intent);
    let summary = OrderSummary { id: order.id, version: 1, description: order.description, lines: order.lines };
    assert_eq!((receipt.order, receipt.note, receipt.intent), (Some(summary), None, request.intent));

    let forged = SignedReceipt { body: signed.body.replace("1800", "1801"), ..signed };
    assert!(!verified(&street.ming, &forged).await?);
    Ok(())
}

#[tokio::test]
async fn there_is_no_receipt_of_what_was_not_paid_or_is_not_ones_own() -> TestResult {
    let street = House::street().await?;
    let refused = transfer(&street.lan, &street.ming, "ming", 60_000)?;
    street.lan.pay(&refused).await?;
    let transfer = transfer(&street.ming, &street.lan, "lan", 5)?;
    street.ming.pay(&transfer).await?;
    for (visitor, id) in [(&street.lan, refused.id), (&street.desk, transfer.id), (&street.ming, refused.id)] {
        let problem = visitor.get(&format!("/v1/payments/{id}/receipt")).await?.problem()?;
        assert_eq!(problem.code, ProblemCode::NotFound);
    }
    Ok(())
}

/// What a receipt says stays so, whatever people, shop and operator do afterwards.
#[tokio::test]
async fn the_signed_text_of_a_receipt_never_changes() -> TestResult {
    let street = House::street().await?;
    let order = street.order(1_800).await?;
    let bought = street.payment_of(&street.ming, &order)?;
    street.ming.pay(&bought).await?;
    let given =
        PayRequest { note: Some("生日快乐".to_owned()), ..transfer(&street.ming, &street.lan, "lan", 500)? };
    let given = street.ming.approved(given, Payee::Person(street.lan.person))?;
    street.ming.pay(&given).await?;
    let (bought, given) = (path(&bought), path(&given));
    let first: [SignedReceipt; 2] = [street.desk.get(&bought).await?.ok()?, street.lan.get(&given).await?.ok()?];
    let receipt: Receipt = serde_json::from_str(&first[1].body)?;
    assert_eq!(receipt.note.as_deref(), Some("生日快乐"), "the payee knows the note, and so does the receipt");
    assert_eq!((receipt.payer_id, receipt.payee_id), (street.ming.person, Some(street.lan.person)));

    // Names shown to others change; legal names and shops do not, by no route.
    for visitor in [&street.ming, &street.lan, &street.desk] {
        let renamed = json!({ "display_name": "另一个名字", "locale": "en" });
        visitor.patch("/v1/person", &renamed).await?.ok::<PersonView>()?;
        let forbidden = visitor.patch("/v1/person", &json!({ "legal_name": "张三" })).await?.problem()?;
        assert_eq!(forbidden.code, ProblemCode::MalformedRequest);
    }
    for method in ["PATCH", "PUT"] {
        let renamed = json!({ "name_zh": "别家", "name_en": "Other" }).to_string().into_bytes();
        let forbidden = street.desk.send(method, "/v1/shop", Some(renamed)).await?.problem()?;
        assert_eq!(forbidden.code, ProblemCode::MethodNotAllowed);
    }
    let edit = EditOrder { version: 1, amount: yuan(5), lines: Vec::new(), description: "别的".to_owned() };
    let edited = street.desk.patch(&format!("/v1/orders/{}", order.id), &edit).await?.problem()?;
    assert_eq!(edited.code, ProblemCode::OrderPaid);
    let refund =
        CreateRefund { id: street.desk.sources().id(), amount: yuan(800), reason: String::new(), approval: None };
    street.desk.post(&format!("/v1/orders/{}/refunds", order.id), &refund).await?.ok::<RefundView>()?;
    let second: [SignedReceipt; 2] = [street.ming.get(&bought).await?.ok()?, street.ming.get(&given).await?.ok()?];
    assert_eq!(second, first, "not a byte, signature included");

    // A restart with a new key of the operator: the same text, signed anew.
    let (ming, house) = (street.ming.person, street.house);
    drop((street.ming, street.lan, street.desk));
    OperatorKeys::rotate(&house.folder().join("live/keys"), &house.app.sources)?;
    let house = house.restarted().await?;
    let ming = house.wallet(ming).await?;
    for (path, before) in [bought, given].iter().zip(&first) {
        let after: SignedReceipt = ming.get(path).await?.ok()?;
        assert_eq!(after.body, before.body);
        assert_ne!(after.key, before.key);
        assert!(verified(&ming, &after).await? && verified(&ming, before).await?);
    }
    Ok(())
}

fn path(request: &PayRequest) -> String {
    format!("/v1/payments/{}/receipt", request.id)
}
