//! Orders as lists show them: what the mirror has, and what answers have told since.
//!
//! An answer to a request is newer than the mirror until the next page of changes brings it. Both are kept, and the one
//! that is further along is shown; an order never goes back.

use std::cmp::Reverse;

use qianbao_api::activity::{Entry, EntryKind};
use qianbao_api::orders::{OrderStatus, OrderView};
use qianbao_api::payments::PayeeView;
use qianbao_client::RefundOf;
use qianbao_core::id::PersonId;
use qianbao_core::{Money, Timestamp};

/// How far along an order is; only grows.
fn progress(order: &OrderView) -> (u32, u8, i64) {
    let status = match order.status {
        OrderStatus::Open => 0,
        OrderStatus::Expired => 1,
        OrderStatus::Cancelled => 2,
        OrderStatus::Paid => 3,
        OrderStatus::PartlyRefunded => 4,
        OrderStatus::Refunded => 5,
    };
    (order.version, status, order.refunded.minor)
}

/// The one of two views of the same order that is further along.
pub fn further(one: OrderView, other: OrderView) -> OrderView {
    if progress(&other) > progress(&one) { other } else { one }
}

/// What the mirror has, with what answers told since in place of what is older; newest first.
pub fn merged(mirrored: Vec<OrderView>, told: &[OrderView]) -> Vec<OrderView> {
    let mut orders = mirrored;
    for answer in told {
        match orders.iter_mut().find(|order| order.id == answer.id) {
            Some(order) => *order = further(order.clone(), answer.clone()),
            None => orders.push(answer.clone()),
        }
    }
    orders.sort_by_key(|order| Reverse((order.created_at, order.id)));
    orders
}

/// Something in the list of a day: an order, or a payment by the printed code, which has no order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// An order.
    Order(OrderView),
    /// A payment that came by the printed code.
    Counter(Counter),
}

/// A payment that came by the printed code of the counter, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    /// The money that came in.
    pub entry: Entry,
    /// What the shop paid as fee.
    pub fee: Option<Money>,
    /// What has been given back.
    pub refunded: Money,
}

impl Counter {
    /// How it stands, in the words for orders.
    pub fn status(&self) -> OrderStatus {
        match self.refunded.minor {
            0 => OrderStatus::Paid,
            back if back < self.entry.amount.minor => OrderStatus::PartlyRefunded,
            _ => OrderStatus::Refunded,
        }
    }

    /// What a refund of it names; nothing where the records do not say who paid.
    pub fn paid(&self) -> Option<RefundOf> {
        Some(RefundOf::Payment { payer: payer_of(&self.entry)?, payment: self.entry.payment? })
    }

    /// What is left to give back.
    pub fn refundable(&self) -> Option<Money> {
        let left = self.entry.amount.minor - self.refunded.minor;
        (left > 0).then(|| Money::new(left, self.entry.amount.currency))
    }
}

/// Payments by the printed code among `entries`, which begin with the newest and reach back to the oldest of them: whatever became of a
/// payment came after it.
pub fn counters(entries: &[Entry]) -> Vec<Counter> {
    let sum = |of: &dyn Fn(&&Entry) -> bool| entries.iter().filter(of).map(|entry| -entry.amount.minor).sum::<i64>();
    let counter = |entry: &Entry| {
        let currency = entry.amount.currency;
        let is_fee = |other: &&Entry| other.sequence == entry.sequence && other.kind == EntryKind::Fee;
        let is_back = |other: &&Entry| {
            let is_same = other.payment == entry.payment && payer_of(other) == payer_of(entry);
            other.refund.is_some() && other.amount.minor < 0 && is_same
        };
        let fee = sum(&is_fee);
        Counter {
            entry: entry.clone(),
            fee: (fee > 0).then(|| Money::new(fee, currency)),
            refunded: Money::new(sum(&is_back), currency),
        }
    };
    entries.iter().filter(|entry| is_counter_payment(entry)).map(counter).collect()
}

/// Who stands on the other side, where it is a person.
fn payer_of(entry: &Entry) -> Option<PersonId> {
    if let PayeeView::Person { id, .. } = &entry.counterparty { Some(*id) } else { None }
}

impl Item {
    /// Since when it is there.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Order(order) => order.paid_at.unwrap_or(order.created_at),
            Self::Counter(counter) => counter.entry.at,
        }
    }

    /// A key for what a row shows: another one when the order has moved on, so that the row is drawn anew.
    pub fn face(&self) -> (String, u32, u8, i64) {
        match self {
            Self::Order(order) => {
                let (version, status, refunded) = progress(order);
                (order.id.to_string(), version, status, refunded)
            }
            Self::Counter(counter) => (counter.entry.id.clone(), 0, 0, counter.refunded.minor),
        }
    }
}

/// Orders and payments by the printed code in one list, newest first.
pub fn items(orders: Vec<OrderView>, entries: &[Entry]) -> Vec<Item> {
    let counters = counters(entries).into_iter().map(Item::Counter);
    let mut items: Vec<Item> = orders.into_iter().map(Item::Order).chain(counters).collect();
    items.sort_by_key(|item| Reverse(item.at()));
    items
}

/// Whether an entry is money that came in without an order.
pub fn is_counter_payment(entry: &Entry) -> bool {
    entry.order.is_none() && entry.amount.minor > 0 && matches!(entry.kind, EntryKind::Payment | EntryKind::Transfer)
}

/// Whether an entry is a customer's money coming in.
pub fn is_income(entry: &Entry) -> bool {
    entry.amount.minor > 0 && matches!(entry.kind, EntryKind::Payment | EntryKind::Transfer)
}

/// The name of whoever stands on the other side of an entry, as the operator has checked it.
pub fn counterparty(entry: &Entry) -> String {
    match &entry.counterparty {
        PayeeView::Shop(shop) => shop.name_zh.clone(),
        PayeeView::Person { legal_name_masked, .. } => legal_name_masked.clone(),
        PayeeView::Bank { name, .. } => name.clone(),
    }
}

/// Items since `begin`, and the rest.
pub fn split_at_day(items: Vec<Item>, begin: Timestamp) -> (Vec<Item>, Vec<Item>) {
    items.into_iter().partition(|item| item.at() >= begin)
}

/// What is left of a payment to give back.
pub fn refundable(order: &OrderView) -> Option<Money> {
    let left = order.amount.minor - order.refunded.minor;
    let paid = matches!(order.status, OrderStatus::Paid | OrderStatus::PartlyRefunded);
    (paid && left > 0).then(|| Money::new(left, order.amount.currency))
}

/// What the shop gets of a payment after its fee; nothing once some of it was given back, when only the statement tells.
pub fn net(order: &OrderView) -> Option<Money> {
    let fee = order.shop_fee.filter(|_| order.refunded.minor == 0)?;
    Some(Money::new(order.amount.minor - fee.minor, order.amount.currency))
}

#[cfg(test)]
pub(crate) mod tests {
    use qianbao_api::merchants::ShopView;
    use qianbao_core::Currency;
    use qianbao_core::id::{OrderId, PaymentId, RefundId, ShopId};

    use super::*;

    pub(crate) fn order(number: u8, status: OrderStatus, created_s: i64) -> OrderView {
        let zero = Money::new(0, Currency::CNY);
        OrderView {
            id: OrderId::from_parts(u64::from(number), [number; 10]),
            version: 1,
            shop: ShopView {
                id: ShopId::from_parts(1, [1; 10]),
                name_zh: "云山茶铺".to_owned(),
                name_en: "Yunshan Tea".to_owned(),
                category: "5812".to_owned(),
                city: "Hangzhou".to_owned(),
            },
            status,
            amount: Money::new(3_600, Currency::CNY),
            lines: Vec::new(),
            description: String::new(),
            created_at: Timestamp::default().plus_seconds(created_s),
            expires_at: Timestamp::default().plus_seconds(created_s + 300),
            code: None,
            payment: None,
            payer: None,
            paid_at: None,
            shop_fee: None,
            refunded: zero,
        }
    }

    pub(crate) fn entry(amount: i64, of_order: Option<OrderId>) -> Entry {
        Entry {
            id: "7-0".to_owned(),
            sequence: 7,
            at: Timestamp::default().plus_seconds(50),
            kind: EntryKind::Payment,
            amount: Money::new(amount, Currency::CNY),
            balance_after: Money::new(10_000, Currency::CNY),
            counterparty: PayeeView::Person {
                id: PersonId::from_parts(1, [2; 10]),
                handle: "ming".to_owned(),
                display_name: "明".to_owned(),
                legal_name_masked: "*明".to_owned(),
            },
            note: None,
            payment: None,
            refund: None,
            order: of_order,
            topup: None,
        }
    }

    #[test]
    fn an_answer_that_is_further_along_takes_the_place_of_the_mirror() {
        let mirrored = vec![order(1, OrderStatus::Open, 10), order(2, OrderStatus::Paid, 20)];
        let told =
            [order(1, OrderStatus::Cancelled, 10), order(2, OrderStatus::Open, 20), order(3, OrderStatus::Open, 30)];
        let seen: Vec<_> = merged(mirrored, &told).into_iter().map(|order| order.status).collect();
        assert_eq!(seen, [OrderStatus::Open, OrderStatus::Paid, OrderStatus::Cancelled], "newest first");
    }

    #[test]
    fn an_edited_order_takes_the_place_of_its_older_version() {
        let old = order(1, OrderStatus::Open, 10);
        let edited = OrderView { version: 2, amount: Money::new(5_000, Currency::CNY), ..old.clone() };
        assert_eq!(further(old.clone(), edited.clone()).amount.minor, 5_000);
        assert_eq!(further(edited, old).amount.minor, 5_000);
    }

    #[test]
    fn payments_by_the_printed_code_stand_among_the_orders() {
        let orders = vec![order(2, OrderStatus::Open, 60), order(1, OrderStatus::Open, 40)];
        let entries = vec![entry(500, None), entry(3_600, Some(orders[0].id)), entry(-200, None)];
        let at: Vec<i64> = items(orders, &entries).iter().map(|item| item.at().millis() / 1_000).collect();
        assert_eq!(at, [60, 50, 40]);
    }

    #[test]
    fn a_counter_payment_knows_its_fee_and_what_went_back() {
        let payment = PaymentId::from_parts(5, [5; 10]);
        let line = |sequence: u64, kind, minor| Entry { sequence, kind, payment: Some(payment), ..entry(minor, None) };
        let (paid, fee) = (line(7, EntryKind::Payment, 1_000), line(7, EntryKind::Fee, -6));
        let back = |sequence, minor| Entry {
            refund: Some(RefundId::from_parts(sequence, [1; 10])),
            ..line(sequence, EntryKind::Refund, minor)
        };
        // Another payer may have made the same id; their refund is not this payment's.
        let mut other = back(8, -500);
        if let PayeeView::Person { id, .. } = &mut other.counterparty {
            *id = PersonId::from_parts(9, [9; 10]);
        }
        let of = |entries: &[Entry]| {
            let mut found = counters(entries);
            assert_eq!(found.len(), 1);
            found.remove(0)
        };
        let whole = of(&[other.clone(), fee.clone(), paid.clone()]);
        assert_eq!((whole.status(), whole.fee.map(|fee| fee.minor)), (OrderStatus::Paid, Some(6)));
        assert_eq!(whole.paid(), Some(RefundOf::Payment { payer: PersonId::from_parts(1, [2; 10]), payment }));
        // The fee's share of a refund comes back to the shop: it is no money that went to the payer.
        let part = of(&[line(9, EntryKind::Fee, 2), back(9, -333), other, fee.clone(), paid.clone()]);
        assert_eq!((part.status(), part.refundable().map(|left| left.minor)), (OrderStatus::PartlyRefunded, Some(667)));
        let gone = of(&[back(10, -667), back(9, -333), fee, paid]);
        assert_eq!((gone.status(), gone.refundable()), (OrderStatus::Refunded, None));
    }

    #[test]
    fn only_what_was_paid_and_not_given_back_can_be_given_back() {
        assert_eq!(refundable(&order(1, OrderStatus::Open, 0)), None);
        assert_eq!(refundable(&order(1, OrderStatus::Refunded, 0)), None);
        let mut paid = order(1, OrderStatus::Paid, 0);
        assert_eq!(refundable(&paid).map(|left| left.minor), Some(3_600));
        paid.status = OrderStatus::PartlyRefunded;
        paid.refunded.minor = 600;
        assert_eq!(refundable(&paid).map(|left| left.minor), Some(3_000));
        paid.refunded.minor = 3_600;
        assert_eq!(refundable(&paid), None);
    }
}
