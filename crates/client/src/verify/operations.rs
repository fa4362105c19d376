//! Verifying a shop's code and a receipt.

use qianbao_api::payments::{Receipt, SignedReceipt};
use qianbao_core::code::SealedCode;
use qianbao_core::encoding::from_base64url;
use qianbao_core::id::PaymentId;
use qianbao_core::intent::{Intent, Payee};

use super::VerifyError;
use crate::client::Client;
use crate::error::ClientError;
use crate::json;

/// The word in front of what a receipt's signature signs.
const RECEIPT_DOMAIN: &str = "qianbao/receipt/1\n";

/// A receipt and what its signature says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedReceipt {
    /// As the server sent it, to be kept or passed on.
    pub signed: SignedReceipt,
    /// What it says, if the operator signed it.
    pub receipt: Result<Receipt, VerifyError>,
}

impl Client {
    /// Checks that the operator signed this code. Works without a network once the key is on the device.
    pub async fn verify_code(&self, code: &SealedCode) -> Result<(), VerifyError> {
        let public = self.key(&code.key.to_string()).await?;
        self.inner.platform.verifier.verify(public, code.message(), code.signature).await
    }

    /// Checks that the operator signed this receipt, and reads it. What was not verified is not read.
    pub async fn verify_receipt(&self, signed: &SignedReceipt) -> Result<Receipt, VerifyError> {
        let signature =
            from_base64url(&signed.signature).and_then(|bytes| bytes.try_into().ok()).ok_or(VerifyError::Forged)?;
        let public = self.key(&signed.key).await?;
        let message = [RECEIPT_DOMAIN, &signed.body].concat().into_bytes();
        self.inner.platform.verifier.verify(public, message, signature).await?;
        json::parse(&signed.body).map_err(|_| VerifyError::Unreadable("a receipt"))
    }

    /// Fetches a payment's receipt and checks it. A genuine receipt of another payment proves nothing of this one.
    pub async fn receipt(&self, payment: PaymentId) -> Result<CheckedReceipt, ClientError> {
        let signed = self.signed_receipt(payment).await?;
        let receipt = self.verify_receipt(&signed).await;
        let receipt = receipt.and_then(|receipt| match receipt.payment == payment {
            true if adds_up(&receipt) => Ok(receipt),
            true => Err(VerifyError::Unreadable("a receipt of what was approved")),
            false => Err(VerifyError::Unreadable("the receipt of this payment")),
        });
        Ok(CheckedReceipt { signed, receipt })
    }
}

/// Whether what the receipt says is what was approved: the intent made again from it has the digest that it names. Receipts from before the
/// approved end was kept cannot be asked.
fn adds_up(receipt: &Receipt) -> bool {
    let Some(approved_until) = receipt.approved_until else { return true };
    let payee = match (receipt.payee_id, receipt.shop) {
        (Some(person), None) => Payee::Person(person),
        (None, Some(shop)) => Payee::Shop(shop),
        _ => return false,
    };
    let order = receipt.order.as_ref().map(|order| (order.id, order.version));
    let (payment, payer) = (receipt.payment, receipt.payer_id);
    Intent::from_wallet(payment, payer, payee, receipt.amount, receipt.fee, order, approved_until)
        .is_ok_and(|intent| intent.digest_hex() == receipt.intent)
}
