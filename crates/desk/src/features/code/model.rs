//! How an order stands at the counter.

use qianbao_api::orders::{EditOrder, OrderStatus, OrderView};
use qianbao_core::{Money, Timestamp};

/// What the counter shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The code can be paid.
    Waiting,
    /// It is paid, whatever was given back since.
    Paid,
    /// It is over without payment.
    Over,
    /// It was taken back.
    Cancelled,
}

/// How `order` stands at `now` of the server's clock. An open order whose time is up counts as over here; the server says
/// so a moment later, and says `paid` if a payment was faster.
pub fn standing(order: &OrderView, now: Timestamp) -> Standing {
    match order.status {
        OrderStatus::Paid | OrderStatus::PartlyRefunded | OrderStatus::Refunded => Standing::Paid,
        OrderStatus::Cancelled => Standing::Cancelled,
        OrderStatus::Expired => Standing::Over,
        OrderStatus::Open if now >= order.expires_at => Standing::Over,
        OrderStatus::Open => Standing::Waiting,
    }
}

/// Whole seconds until `end`, never below zero.
pub fn seconds_left(end: Timestamp, now: Timestamp) -> i64 {
    // Rounded up: a code that says 0:00 is over.
    ((end.0 - now.0).max(0) + 999_999) / 1_000_000
}

/// `4:59`, or `1:02:03` from an hour on.
pub fn clock(seconds: i64) -> String {
    let two = |number: i64| if number < 10 { ["0", &number.to_string()].concat() } else { number.to_string() };
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        [hours.to_string().as_str(), ":", &two(minutes), ":", &two(seconds)].concat()
    } else {
        [minutes.to_string().as_str(), ":", &two(seconds)].concat()
    }
}

/// The edit that makes `order` one of `amount`; nothing where that is what it is.
pub fn edit(order: &OrderView, amount: Money) -> Option<EditOrder> {
    (amount != order.amount).then(|| EditOrder {
        version: order.version,
        amount,
        lines: Vec::new(),
        description: order.description.clone(),
    })
}

#[cfg(test)]
mod tests {
    use qianbao_core::Currency;

    use super::*;
    use crate::state::orders::tests::order;

    #[test]
    fn a_code_stands_by_status_and_by_time() {
        let at = |seconds| Timestamp::default().plus_seconds(seconds);
        let open = order(1, OrderStatus::Open, 0);
        assert_eq!(standing(&open, at(299)), Standing::Waiting);
        assert_eq!(standing(&open, at(300)), Standing::Over);
        // Paid is paid, however late the answer came.
        assert_eq!(standing(&order(1, OrderStatus::Paid, 0), at(9_999)), Standing::Paid);
        assert_eq!(standing(&order(1, OrderStatus::Refunded, 0), at(1)), Standing::Paid);
        assert_eq!(standing(&order(1, OrderStatus::Cancelled, 0), at(1)), Standing::Cancelled);
    }

    #[test]
    fn the_last_second_is_shown_until_it_is_over() {
        let end = Timestamp(300_000_000);
        assert_eq!(seconds_left(end, Timestamp(0)), 300);
        assert_eq!(seconds_left(end, Timestamp(299_000_001)), 1);
        assert_eq!(seconds_left(end, Timestamp(300_000_000)), 0);
        assert_eq!(seconds_left(end, Timestamp(900_000_000)), 0);
    }

    #[test]
    fn times_are_written_as_on_a_clock() {
        assert_eq!(clock(0), "0:00");
        assert_eq!(clock(299), "4:59");
        assert_eq!(clock(3_723), "1:02:03");
    }

    #[test]
    fn an_edit_replaces_the_version_it_saw() {
        let open = order(1, OrderStatus::Open, 0);
        assert_eq!(edit(&open, open.amount), None);
        let edit = edit(&open, Money::new(5_000, Currency::CNY)).expect("another amount");
        assert_eq!((edit.version, edit.amount.minor), (1, 5_000));
    }
}
