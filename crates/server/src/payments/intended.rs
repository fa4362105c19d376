//! What a payment would be: from a target and an amount to whom it goes and the intent, as this server sees it.
//!
//! Made alike for who approves a payment ([`crate::approvals::approve`]) and for the payment itself, so that the one cannot be about something else
//! than the other.

use qianbao_api::payments::Target;
use qianbao_core::id::{PaymentId, PersonId};
use qianbao_core::intent::Intent;
use qianbao_core::{Money, Timestamp};

use super::pay::{PayError, payable_amount};
use super::target::{Payable, PayableOrder, resolve};
use crate::realm::Realm;

/// The parts of an intent that a request names.
#[derive(Clone, Copy, Debug)]
pub struct Intended<'a> {
    /// The payment.
    pub id: PaymentId,
    /// Whom or what for.
    pub target: &'a Target,
    /// What the payee gets.
    pub amount: Money,
    /// What the payer pays on top.
    pub fee: Money,
    /// Its end.
    pub not_after: Timestamp,
}

/// Whom `payer` would pay, and the intent.
///
/// # Errors
/// [`PayError`] when it cannot be paid like that.
pub async fn intended(
    realm: &Realm,
    payer: PersonId,
    parts: Intended<'_>,
    now: Timestamp,
) -> Result<(Payable, Intent), PayError> {
    let amount = payable_amount(parts.amount, realm.limits.payment_max)?;
    let payable = resolve(realm, payer, parts.target, now).await?;
    check_amount(&payable, amount, parts.fee)?;
    let order = payable.order.as_ref().map(PayableOrder::reference).map(|order| (order.order, order.version));
    let intent = Intent::from_wallet(parts.id, payer, payable.payee, amount, parts.fee, order, parts.not_after)?;
    Ok((payable, intent))
}

fn check_amount(payable: &Payable, amount: Money, fee: Money) -> Result<(), PayError> {
    if amount.currency != payable.currency {
        return Err(PayError::Currency { expected: payable.currency, found: amount.currency });
    }
    if let Some(fixed) = payable.amount.filter(|fixed| *fixed != amount) {
        return Err(PayError::AmountMismatch { expected: fixed.minor, found: amount.minor });
    }
    // Payers pay nothing on top; the shop's fee is taken from what it gets.
    if fee != Money::zero(payable.currency) {
        return Err(PayError::Fee { expected: 0, found: fee.minor });
    }
    Ok(())
}
