//! The postings on an order besides its payment and refunds: edit, cancel and expiry. They are claims alone.
//!
//! Their ids are derived from the order and its version, so that a repeat after a lost answer, or another process that finishes
//! what one began, is the same posting.

use qianbao_core::Timestamp;
use qianbao_core::posting::{Draft, Head, OnVoid, Owner, Posting, PostingId, PostingKind};
use sha2::{Digest, Sha256};

use crate::failure::FailureError;
use crate::payments::claims;
use crate::payments::details::{Details, OrderStep};

/// Kind of an edit.
pub const ORDER_EDIT: PostingKind = PostingKind::literal("order_edit");
/// Kind of a cancelling.
pub const ORDER_CANCEL: PostingKind = PostingKind::literal("order_cancel");
/// Kind of an expiry.
pub const ORDER_EXPIRE: PostingKind = PostingKind::literal("order_expire");

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

#[cfg(test)]
mod tests {
    use qianbao_core::id::{OrderId, ShopId};

    use super::*;
    use crate::payments::details::OrderRef;

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
}
