//! The keys of one-use things, made by the server only.
//!
//! An order has two kinds of keys. The *order key* is held once by whatever ends the order: its payment, its cancelling
//! or its expiry. The *version key* is held once by whatever ends that version: the same, or the edit that replaces it. A
//! payment takes both, so a version that was replaced cannot be paid, and no two versions are ever paid.

use qianbao_core::id::{OrderId, PaymentId, PersonId};
use qianbao_core::posting::ClaimKey;

use super::details::OrderRef;

/// Held by what ends the order: payment, cancelling, expiry.
pub fn order(order: OrderId) -> ClaimKey {
    ClaimKey::new("qianbao/claim/order/1", &[order.uuid().as_bytes()])
}

/// Held by what ends this version of the order: payment, edit, cancelling, expiry.
pub fn order_version(order: OrderRef) -> ClaimKey {
    ClaimKey::new("qianbao/claim/order-version/1", &[order.order.uuid().as_bytes(), &order.version.to_be_bytes()])
}

/// Held by the refund of this number. A payment's id is unique only with its payer.
pub fn refund(payer: PersonId, payment: PaymentId, number: u32) -> ClaimKey {
    let (payer, payment) = (payer.uuid(), payment.uuid());
    ClaimKey::new("qianbao/claim/refund/1", &[payer.as_bytes(), payment.as_bytes(), &number.to_be_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_different_things_differ() {
        let id = OrderId::from_parts(1, [1; 10]);
        let (payer, payment) = (PersonId::from_parts(2, [2; 10]), PaymentId::from_parts(3, [3; 10]));
        let keys = [
            order(id),
            order_version(OrderRef { order: id, version: 1 }),
            order_version(OrderRef { order: id, version: 2 }),
            refund(payer, payment, 1),
            refund(payer, payment, 2),
            refund(PersonId::from_parts(4, [4; 10]), payment, 1),
        ];
        for (place, key) in keys.iter().enumerate() {
            assert!(!keys[..place].contains(key), "key {place}");
        }
    }
}
