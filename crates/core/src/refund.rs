//! What is approved when money is given back: the same for a refund as [`crate::intent`] is for a payment.
//!
//! The digest is SHA-256 over the canonical form, version 1, always [`RefundIntent::BYTES`] = 101 bytes. Numbers are big-endian.
//!
//! | offset | length | what |
//! | ---: | ---: | --- |
//! | 0 | 17 | the ASCII text `qianbao/refund/1` and a line feed |
//! | 17 | 16 | refund id, the nonce (UUID bits) |
//! | 33 | 16 | who gives back, person id |
//! | 49 | 1 | what is given back: 1 = what an order's payment paid, 2 = a payment |
//! | 50 | 16 | order id, or the payer of the payment, person id |
//! | 66 | 16 | payment id, or zeros |
//! | 82 | 3 | currency, alphabetic code |
//! | 85 | 8 | amount, minor units, signed |
//! | 93 | 8 | `not_after`, microseconds since 1970, signed |

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::id::{OrderId, PaymentId, PersonId, RefundId};
use crate::{Money, Timestamp};

const DOMAIN: &[u8; 17] = b"qianbao/refund/1\n";

/// What is given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum RefundedThing {
    /// What the payment of this order paid.
    Order {
        /// The order.
        order: OrderId,
    },
    /// A payment, which is unique only with its payer.
    Payment {
        /// Who paid.
        payer: PersonId,
        /// The payment.
        payment: PaymentId,
    },
}

/// What is approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefundIntent {
    /// The refund: made by the desk, used once.
    pub refund: RefundId,
    /// Who gives back for the shop.
    pub by: PersonId,
    /// What is given back.
    pub of: RefundedThing,
    /// How much of it.
    pub amount: Money,
    /// After this moment of the server's clock the approval is void.
    pub not_after: Timestamp,
}

impl RefundIntent {
    /// Length of the canonical form.
    pub const BYTES: usize = 101;

    /// The canonical form, as the table at the top of this module says.
    pub fn canonical_bytes(&self) -> [u8; Self::BYTES] {
        let (kind, first, second) = match self.of {
            RefundedThing::Order { order } => (1, order.uuid().into_bytes(), [0; 16]),
            RefundedThing::Payment { payer, payment } => (2, payer.uuid().into_bytes(), payment.uuid().into_bytes()),
        };
        let parts: [&[u8]; 9] = [
            DOMAIN,
            &self.refund.uuid().into_bytes(),
            &self.by.uuid().into_bytes(),
            &[kind],
            &first,
            &second,
            self.amount.currency.code().as_bytes(),
            &self.amount.minor.to_be_bytes(),
            &self.not_after.0.to_be_bytes(),
        ];
        let mut bytes = [0; Self::BYTES];
        let mut end = 0;
        for part in parts {
            bytes[end..end + part.len()].copy_from_slice(part);
            end += part.len();
        }
        assert!(end == Self::BYTES, "the parts of a refund's intent fill its canonical form");
        bytes
    }

    /// SHA-256 of the canonical form.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.canonical_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;
    use crate::id::Id;

    fn intent() -> RefundIntent {
        RefundIntent {
            refund: Id::from_parts(1, [1; 10]),
            by: Id::from_parts(2, [2; 10]),
            of: RefundedThing::Payment { payer: Id::from_parts(3, [3; 10]), payment: Id::from_parts(4, [4; 10]) },
            amount: Money::new(1_800, Currency::CNY),
            not_after: Timestamp(7),
        }
    }

    #[test]
    fn every_field_stands_where_the_table_says() {
        let intent = intent();
        let bytes = intent.canonical_bytes();
        assert_eq!(&bytes[..17], b"qianbao/refund/1\n");
        assert_eq!(&bytes[17..33], intent.refund.uuid().as_bytes());
        assert_eq!(&bytes[33..49], intent.by.uuid().as_bytes());
        assert_eq!(bytes[49], 2);
        assert_eq!(&bytes[82..85], b"CNY");
        assert_eq!(&bytes[85..93], 1_800_i64.to_be_bytes());
        assert_eq!(&bytes[93..], 7_i64.to_be_bytes());
    }

    #[test]
    fn each_field_changes_the_digest() {
        let base = intent();
        let (payer, payment) = (Id::from_parts(3, [3; 10]), Id::from_parts(4, [4; 10]));
        let changed = [
            RefundIntent { refund: Id::from_parts(9, [9; 10]), ..base },
            RefundIntent { by: Id::from_parts(9, [9; 10]), ..base },
            RefundIntent { of: RefundedThing::Order { order: Id::from_parts(3, [3; 10]) }, ..base },
            RefundIntent { of: RefundedThing::Payment { payer: Id::from_parts(9, [9; 10]), payment }, ..base },
            RefundIntent { of: RefundedThing::Payment { payer, payment: Id::from_parts(9, [9; 10]) }, ..base },
            RefundIntent { amount: Money::new(1_801, Currency::CNY), ..base },
            RefundIntent { not_after: Timestamp(8), ..base },
        ];
        for intent in changed {
            assert_ne!(intent.digest(), base.digest(), "{intent:?}");
        }
    }
}
