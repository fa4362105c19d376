//! `GET /v1/payments/{id}/receipt`: a receipt signed by the operator, for payer and payee.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use qianbao_api::payments::{PayeeView, Receipt, SignedReceipt};
use qianbao_core::Money;
use qianbao_core::intent::Payee;

use super::outcome::Paid;
use super::parties::Parties;
use crate::codes::keys::Purpose;
use crate::failure::FailureError;
use crate::realm::Realm;

/// The signed receipt of a payment.
///
/// # Errors
/// When the directory fails.
pub async fn receipt(realm: &Realm, paid: &Paid) -> Result<SignedReceipt, FailureError> {
    let mut parties = Parties::new(realm);
    let payer = name(&parties.person(paid.details.payer).await?);
    let payee = name(&parties.payee(paid.details.payee).await?);
    let receipt = Receipt {
        payment: paid.id,
        epoch: realm.ledger.epoch().0.to_string(),
        sequence: paid.sequence,
        committed_at: paid.committed_at,
        payer,
        payee,
        shop: if let Payee::Shop(shop) = paid.details.payee { Some(shop) } else { None },
        order: paid.details.order.map(|order| order.order),
        order_version: paid.details.order.map(|order| order.version),
        amount: paid.amount,
        fee: Money::zero(paid.amount.currency),
        intent: HEXLOWER.encode(&paid.details.intent),
    };
    let body = serde_json::to_string(&receipt)
        .map_err(|_| FailureError::Inconsistent("a receipt that can be written as JSON"))?;
    let signed = realm.keys.sign(Purpose::Receipt, body.as_bytes());
    Ok(SignedReceipt { body, key: signed.key, signature: BASE64URL_NOPAD.encode(&signed.signature) })
}

fn name(party: &PayeeView) -> String {
    match party {
        PayeeView::Shop(shop) if shop.name_zh == shop.name_en => shop.name_zh.clone(),
        PayeeView::Shop(shop) => format!("{} {}", shop.name_zh, shop.name_en),
        PayeeView::Person { legal_name_masked, .. } => legal_name_masked.clone(),
        PayeeView::Bank { name, .. } => name.clone(),
    }
}
