//! `GET /v1/payments/{id}/receipt`.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use qianbao_api::ProblemCode;
use qianbao_api::keys::KeySet;
use qianbao_api::payments::{Receipt, SignedReceipt};
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
    let request = street.payment_of(&street.ming, &order)?;
    let paid = street.ming.pay(&request).await?.paid.ok_or("paid")?;
    let path = format!("/v1/payments/{}/receipt", request.id);
    let signed: SignedReceipt = street.ming.get(&path).await?.ok()?;
    assert!(verified(&street.ming, &signed).await?);
    assert_eq!(street.desk.get(&path).await?.ok::<SignedReceipt>()?, signed);
    let receipt: Receipt = serde_json::from_str(&signed.body)?;
    assert_eq!((receipt.payment, receipt.sequence, receipt.amount), (request.id, paid.sequence, yuan(1_800)));
    assert_eq!((receipt.payer.as_str(), receipt.payee.as_str()), ("*明", "云山茶铺 Yunshan Tea"));
    assert_eq!((receipt.order, receipt.order_version, receipt.intent), (Some(order.id), Some(1), request.intent));

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
