//! The person's own payment of an order, as far as this device knows: two tabs, or a code that is scanned twice.
//!
//! Two payments of one order are never both made: the ledger gives the order's claim to one of them and refuses the other
//! with `order_paid`. This only finds the words: which payment of theirs it was, if it was theirs.

use qianbao_api::activity::{Entry, EntryKind};
use qianbao_core::id::{OrderId, PaymentId};

use crate::client::Client;

/// The person's own payment of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnPayment {
    /// It was approved, and its outcome is not known yet.
    UnderWay(PaymentId),
    /// It paid the order.
    Paid(PaymentId),
}

impl Client {
    /// The payment with which this person pays or has paid `order`: one of the outbox, whichever tab put it there, or one of
    /// the newest records.
    pub fn own_payment(&self, order: OrderId) -> Option<OwnPayment> {
        let copy = self.inner.held.copy.borrow();
        let pays =
            |entry: &&Entry| entry.order == Some(order) && entry.kind == EntryKind::Payment && entry.amount.minor < 0;
        let recorded = copy.recent.iter().rev().find(pays).and_then(|entry| entry.payment);
        recorded.map(OwnPayment::Paid).or_else(|| self.inner.outbox.payment_of(order))
    }

    /// The payment of this person that paid the order which `payment`, of this device's outbox, was for: why it was refused.
    pub fn paid_instead_of(&self, payment: PaymentId) -> Option<PaymentId> {
        match self.own_payment(self.inner.outbox.order_of(payment)?)? {
            OwnPayment::Paid(paid) if paid != payment => Some(paid),
            OwnPayment::Paid(_) | OwnPayment::UnderWay(_) => None,
        }
    }
}
