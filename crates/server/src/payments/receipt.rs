//! `GET /v1/payments/{id}/receipt`: a receipt signed by the operator, for payer and payee.
//!
//! Nothing is stored; the text is made anew from what never changes, so that each request gives the same: the posting with its details and sealed
//! note, the version of the order that was paid, legal names, and shops. What people may change of themselves (the name shown to others)
//! stands in no receipt, nor does what changes with the operator: the life of the ledger, which a restore changes. After a rotation the same
//! text has a signature of the new key.
//!
//! Whoever lets a legal name or a shop be changed one day keeps the old one and lets the payment's details say which was in force. Erasing
//! a person is the one thing that takes from receipts: name and note are then gone here too, and who kept a receipt can still show it.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use qianbao_api::payments::{PayeeView, Receipt, SignedReceipt};
use qianbao_core::Money;
use qianbao_core::intent::Payee;

use super::outcome::{Paid, order_summary};
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
    let order = match paid.details.order {
        Some(reference) => Some(order_summary(realm, reference).await?),
        None => None,
    };
    let receipt = Receipt {
        payment: paid.id,
        sequence: paid.sequence,
        committed_at: paid.committed_at,
        payer,
        payer_id: paid.details.payer,
        payee,
        payee_id: if let Payee::Person(person) = paid.details.payee { Some(person) } else { None },
        shop: if let Payee::Shop(shop) = paid.details.payee { Some(shop) } else { None },
        order,
        amount: paid.amount,
        fee: Money::zero(paid.amount.currency),
        note: parties.note(paid.details.payer, paid.id, paid.details.note.as_deref()).await?,
        intent: HEXLOWER.encode(&paid.details.intent),
        approved_until: paid.details.approved_until,
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
