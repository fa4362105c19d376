//! What a list and a detail say of an order.

use qianbao_api::orders::{OrderStatus, OrderView};
use qianbao_client::{OutboxItem, Outcome, RefundOf, Step, Subject};
use qianbao_core::Money;
use qianbao_ui::Tone;

use crate::texts::{Locale, problem};
use crate::word;

/// Longest reason of a refund, in characters.
pub const REASON_MAX: u32 = 80;

/// The word for a status.
pub fn status_word(locale: Locale, status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::Open => word!(locale, status_open),
        OrderStatus::Paid => word!(locale, status_paid),
        OrderStatus::PartlyRefunded => word!(locale, status_partly_refunded),
        OrderStatus::Refunded => word!(locale, status_refunded),
        OrderStatus::Expired => word!(locale, status_expired),
        OrderStatus::Cancelled => word!(locale, status_cancelled),
    }
}

/// The colour of a status; the word says it too.
pub const fn status_tone(status: OrderStatus) -> Tone {
    match status {
        OrderStatus::Open | OrderStatus::PartlyRefunded => Tone::Gold,
        OrderStatus::Paid => Tone::Jade,
        OrderStatus::Refunded | OrderStatus::Expired | OrderStatus::Cancelled => Tone::Plain,
    }
}

/// Whether no money of this order is with the shop: its amount is struck through.
pub const fn is_void(status: OrderStatus) -> bool {
    matches!(status, OrderStatus::Refunded | OrderStatus::Expired | OrderStatus::Cancelled)
}

/// What became of the newest refund of `paid` that this device knows of.
pub fn refund_step(outbox: &[OutboxItem], paid: RefundOf) -> Option<&OutboxItem> {
    outbox.iter().rev().find(|item| matches!(item.subject, Subject::Refund { of, .. } if of == paid))
}

/// What is given back by a refund whose outcome is being checked, if there is one.
pub fn checked(outbox: &[OutboxItem]) -> Option<RefundOf> {
    outbox.iter().find_map(|item| match (item.subject, &item.step) {
        (Subject::Refund { of, .. }, Step::Checking { .. }) => Some(of),
        _ => None,
    })
}

/// Whether a refund is under way whose outcome nobody here knows: no other may be started.
pub fn is_refunding(outbox: &[OutboxItem], paid: RefundOf) -> bool {
    refund_step(outbox, paid).is_some_and(|item| !matches!(item.step, Step::Done(_)))
}

/// Whether the last refund ended without money moving.
pub fn has_failed(outcome: &Outcome) -> bool {
    !outcome.is_done()
}

/// What is said of a refund that ended without money moving.
pub fn refund_failed(locale: Locale, outcome: &Outcome) -> String {
    let why = outcome.reason().map_or("", |code| problem(locale, code));
    [word!(locale, refund_failed), why].join(" ")
}

/// The amount that `text` says, when so much can be given back of what is `left`.
pub fn part(text: &str, left: Money) -> Option<Money> {
    Money::parse(text, left.currency).ok().filter(|amount| (1..=left.minor).contains(&amount.minor))
}

/// Name of who paid, or a dash.
pub fn payer(order: &OrderView) -> String {
    order.payer.clone().unwrap_or_else(|| "—".to_owned())
}

#[cfg(test)]
mod tests {
    use qianbao_api::ProblemCode;
    use qianbao_core::id::{OrderId, PaymentId, PersonId, RefundId};
    use qianbao_core::{Currency, Timestamp};

    use super::*;

    fn item(of: RefundOf, number: u8, step: Step) -> OutboxItem {
        let refund = RefundId::from_parts(u64::from(number), [number; 10]);
        OutboxItem { subject: Subject::Refund { refund, of }, stored_at: Timestamp::default(), step }
    }

    #[test]
    fn a_part_is_above_nothing_and_at_most_what_is_left() {
        let left = Money::new(667, Currency::CNY);
        for (text, minor) in
            [("6.67", Some(667)), ("0.01", Some(1)), ("6.68", None), ("0", None), ("-1", None), ("", None)]
        {
            assert_eq!(part(text, left).map(|amount| amount.minor), minor, "{text}");
        }
        assert_eq!(part("6.671", left), None);
    }

    #[test]
    fn a_refund_of_unknown_outcome_holds_back_another() {
        let (payer, payment) = (PersonId::from_parts(2, [2; 10]), PaymentId::from_parts(3, [3; 10]));
        let this = RefundOf::Order(OrderId::from_parts(1, [1; 10]));
        let other = RefundOf::Payment { payer, payment };
        let refused = Step::Done(Outcome::Refused(ProblemCode::RefundExceeds));
        let outbox = [item(other, 1, Step::Checking { final_at: None }), item(this, 2, refused)];
        assert!(!is_refunding(&outbox, this));
        assert!(is_refunding(&outbox, other));
        let outbox = [outbox[1].clone(), item(this, 3, Step::Sending)];
        assert!(is_refunding(&outbox, this), "the newest counts");
        assert!(!is_refunding(&[], this));
        assert_eq!(checked(&[outbox[0].clone(), item(other, 4, Step::Checking { final_at: None })]), Some(other));
        assert_eq!(checked(&outbox), None, "one that is being sent is not news");
    }

    #[test]
    fn struck_amounts_are_those_the_shop_does_not_have() {
        let void = [OrderStatus::Refunded, OrderStatus::Expired, OrderStatus::Cancelled];
        let kept = [OrderStatus::Open, OrderStatus::Paid, OrderStatus::PartlyRefunded];
        assert!(void.into_iter().all(is_void) && !kept.into_iter().any(is_void));
    }
}
