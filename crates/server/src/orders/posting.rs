//! The postings on an order besides its payment: edit, cancel and expiry are claims alone; a refund moves money back.
//!
//! Their ids are derived from the order and its version, so that a repeat after a lost answer, or another process that finishes
//! what one began, is the same posting.

use qianbao_core::Timestamp;
use qianbao_core::id::{PaymentId, PersonId, RefundId, ShopId};
use qianbao_core::posting::{Draft, Ensure, Head, Measure, OnVoid, Owner, Posting, PostingId, PostingKind};
use qianbao_core::{Currency, Money};
use sha2::{Digest, Sha256};

use crate::failure::FailureError;
use crate::payments::claims;
use crate::payments::details::{Details, OrderRef, OrderStep, RefundDetails};
use crate::wallets::accounts;

/// Kind of an edit.
pub const ORDER_EDIT: PostingKind = PostingKind::literal("order_edit");
/// Kind of a cancelling.
pub const ORDER_CANCEL: PostingKind = PostingKind::literal("order_cancel");
/// Kind of an expiry.
pub const ORDER_EXPIRE: PostingKind = PostingKind::literal("order_expire");
/// Kind of a refund.
pub const REFUND: PostingKind = PostingKind::literal("refund");

/// How a shop or the clock ends a version of an order without payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The next version replaces it.
    Edit,
    /// The shop cancels the order.
    Cancel,
    /// The order's time is over.
    Expire,
}

/// The posting that ends a version: it takes the version's key, and unless it is an edit also the order's.
///
/// # Errors
/// [`FailureError`], which the parts cannot cause.
pub fn end(how: End, step: OrderStep, created_at: Timestamp) -> Result<Posting, FailureError> {
    let (kind, details) = match how {
        End::Edit => (ORDER_EDIT, Details::OrderEdit(step)),
        End::Cancel => (ORDER_CANCEL, Details::OrderCancel(step)),
        End::Expire => (ORDER_EXPIRE, Details::OrderExpire(step)),
    };
    let digest: [u8; 32] = Sha256::new()
        .chain_update(b"qianbao/order-step/1\n")
        .chain_update(kind.as_str())
        .chain_update(step.order.order.uuid().as_bytes())
        .chain_update(step.order.version.to_be_bytes())
        .finalize()
        .into();
    let mut random = [0; 10];
    random.copy_from_slice(&digest[..10]);
    let created_ms = u64::try_from(created_at.millis()).unwrap_or(0);
    let head = Head {
        owner: Owner::of(step.shop),
        id: PostingId::from_parts(created_ms, random),
        kind,
        reference: step.order.order.to_string(),
        digest,
        not_after: None,
        details: details.encode()?,
    };
    let mut draft = Draft::new(head);
    if how != End::Edit {
        draft = draft.claim(claims::order(step.order.order), OnVoid::Free);
    }
    Ok(draft.claim(claims::order_version(step.order), OnVoid::Free).finish()?)
}

/// Everything that a refund's posting is made of.
#[derive(Clone, Copy, Debug)]
pub struct Refund {
    /// Made by the shop.
    pub id: RefundId,
    /// Which refund of the payment, from 1.
    pub number: u32,
    /// Who gives back.
    pub shop: ShopId,
    /// The paid order at its paid version.
    pub order: OrderRef,
    /// The payment.
    pub payment: PaymentId,
    /// Who had paid.
    pub payer: PersonId,
    /// What had been paid, minor units.
    pub captured: i64,
    /// What goes back to the payer.
    pub amount: Money,
    /// What of the fee goes back to the shop, minor units.
    pub fee_back: i64,
    /// SHA-256 of the request.
    pub digest: [u8; 32],
    /// Ceiling of a personal wallet that has to be opened, minor units.
    pub wallet_ceiling: i64,
}

impl Refund {
    /// The posting. The fee comes back first, so that no line of the shop's history shows a balance below what it had.
    ///
    /// # Errors
    /// [`FailureError`] when the amount is not above 0.
    pub fn posting(&self) -> Result<Posting, FailureError> {
        let currency: Currency = self.amount.currency;
        let details = Details::Refund(RefundDetails {
            payment: self.payment,
            payer: self.payer,
            shop: self.shop,
            order: self.order,
            number: self.number,
        });
        let head = Head {
            owner: Owner::of(self.shop),
            id: PostingId::of(self.id)?,
            kind: REFUND,
            reference: self.payment.to_string(),
            digest: self.digest,
            not_after: None,
            details: details.encode()?,
        };
        let shop = accounts::shop_wallet(self.shop, currency).id();
        let payer = accounts::personal_wallet(self.payer, currency).id();
        let income = accounts::fee_income(currency);
        let refunded = accounts::refunded_so_far(self.payer, self.payment, currency);
        let counter = accounts::budget_counter(currency);
        let mut draft = Draft::new(head)
            .ensure(accounts::open_personal_wallet(self.payer, currency, self.wallet_ceiling))
            .ensure(Ensure::open(refunded))
            .ensure(Ensure::open(counter));
        if self.fee_back > 0 {
            draft = draft.ensure(Ensure::open(income)).leg(income.id(), shop, currency, self.fee_back);
        }
        draft = draft.leg(shop, payer, currency, self.amount.minor).leg(
            refunded.id(),
            counter.id(),
            refunded.asset,
            self.amount.minor,
        );
        let claim = claims::refund(self.payer, self.payment, self.number);
        Ok(draft.claim(claim, OnVoid::Free).guard(refunded.id(), Measure::NetDebits, self.captured).finish()?)
    }
}

#[cfg(test)]
mod tests {
    use qianbao_core::id::OrderId;

    use super::*;

    fn step(version: u32) -> OrderStep {
        let order = OrderRef { order: OrderId::from_parts(3, [3; 10]), version };
        OrderStep { shop: ShopId::from_parts(4, [4; 10]), order }
    }

    #[test]
    fn every_end_takes_the_version_and_all_but_an_edit_the_order() {
        let order_key = claims::order(step(1).order.order);
        let version_key = claims::order_version(step(1).order);
        for (how, keys) in [
            (End::Edit, vec![version_key]),
            (End::Cancel, vec![order_key, version_key]),
            (End::Expire, vec![order_key, version_key]),
        ] {
            let posting = end(how, step(1), Timestamp(5)).expect("claims alone are a posting");
            assert_eq!(posting.claims.iter().map(|claim| claim.key).collect::<Vec<_>>(), keys, "{how:?}");
            assert!(posting.legs.is_empty());
            let again = end(how, step(1), Timestamp(5)).expect("claims alone are a posting");
            assert_eq!(again, posting, "the same end is the same posting");
            let other = end(how, step(2), Timestamp(5)).expect("claims alone are a posting");
            assert_ne!(other.head.id, posting.head.id);
        }
    }

    #[test]
    fn a_refund_gives_amount_and_fee_back_and_is_bounded_by_what_was_captured() {
        let refund = Refund {
            id: RefundId::from_parts(1, [1; 10]),
            number: 1,
            shop: ShopId::from_parts(4, [4; 10]),
            order: step(1).order,
            payment: PaymentId::from_parts(2, [2; 10]),
            payer: PersonId::from_parts(5, [5; 10]),
            captured: 1_800,
            amount: Money::new(800, Currency::CNY),
            fee_back: 5,
            digest: [0; 32],
            wallet_ceiling: 1_000_000,
        };
        let posting = refund.posting().expect("the parts are right");
        assert_eq!(posting.legs.iter().map(|leg| leg.amount).collect::<Vec<_>>(), [5, 800, 800]);
        assert_eq!(posting.guards.iter().map(|guard| guard.at_most).collect::<Vec<_>>(), [1_800]);
        assert_eq!(posting.claims.len(), 1);
        let without_fee = Refund { fee_back: 0, ..refund }.posting().expect("the parts are right");
        assert_eq!(without_fee.legs.len(), 2);
    }
}
