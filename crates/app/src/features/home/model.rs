//! This month's spending, day by day, from the mirror's entries.

use qianbao_api::activity::{Entry, EntryKind};
use qianbao_core::{Currency, Money, Timestamp};

use crate::state::calendar::Day;

/// What went out in a month and in the same days of the month before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spending {
    /// Today.
    pub today: Day,
    /// What went out on each day of this month, in minor units; index 0 is the first.
    pub days: Vec<i64>,
    /// What went out this month.
    pub total: Money,
    /// What went out in the month before up to the same day; nothing if the wallet is younger.
    pub before: Option<Money>,
}

/// Whether an entry counts as spent: payments and transfers out, less what was refunded.
fn counts(entry: &Entry) -> bool {
    match entry.kind {
        EntryKind::Payment | EntryKind::Transfer | EntryKind::Fee => entry.amount.minor < 0,
        EntryKind::Refund => true,
        EntryKind::Topup => false,
    }
}

/// The spending of the month of `today` in `currency`. `entries` come newest first and reach back at least to the month
/// before, or hold all there are. `day` tells the day of a moment in the person's time zone.
pub fn spending(entries: &[Entry], currency: Currency, today: Day, day: impl Fn(Timestamp) -> Day) -> Spending {
    let mut days = vec![0_i64; usize::try_from(today.days_in_month()).unwrap_or(31)];
    let month_before = today.month_before();
    let (mut before, mut is_older) = (0_i64, false);
    for entry in entries.iter().filter(|entry| entry.amount.currency == currency) {
        let on = day(entry.at);
        is_older |= on < Day { day: 1, ..today };
        if !counts(entry) {
            continue;
        }
        if on.is_same_month(today) {
            let place = usize::try_from(on.day.saturating_sub(1)).unwrap_or(0);
            if let Some(sum) = days.get_mut(place) {
                *sum = sum.saturating_sub(entry.amount.minor);
            }
        } else if on.is_same_month(month_before) && on.day <= today.day {
            before = before.saturating_sub(entry.amount.minor);
        } else if on < month_before {
            break;
        }
    }
    let total = days.iter().fold(0_i64, |sum, day| sum.saturating_add(*day));
    Spending { today, days, total: Money::new(total, currency), before: is_older.then(|| Money::new(before, currency)) }
}

#[cfg(test)]
mod tests {
    use qianbao_api::payments::PayeeView;

    use super::*;

    const TODAY: Day = Day { year: 2026, month: 11, day: 23 };

    /// Moments of these tests: months × 100 + day, as microseconds.
    fn day_of(at: Timestamp) -> Day {
        let number = u32::try_from(at.0).expect("small");
        Day { year: 2026, month: number / 100, day: number % 100 }
    }

    fn entry(at: i64, kind: EntryKind, minor: i64) -> Entry {
        let money = |minor| Money::new(minor, Currency::CNY);
        Entry {
            id: at.to_string(),
            sequence: 1,
            at: Timestamp(at),
            kind,
            amount: money(minor),
            balance_after: money(0),
            counterparty: PayeeView::Bank { name: String::new(), last4: None },
            note: None,
            payment: None,
            refund: None,
            order: None,
            topup: None,
        }
    }

    #[test]
    fn payments_count_by_day_and_refunds_come_off() {
        let entries = [
            entry(1_123, EntryKind::Payment, -1_800),
            entry(1_123, EntryKind::Refund, 800),
            entry(1_105, EntryKind::Transfer, -500),
            entry(1_104, EntryKind::Transfer, 9_000),
            entry(1_103, EntryKind::Topup, 50_000),
        ];
        let spent = spending(&entries, Currency::CNY, TODAY, day_of);
        assert_eq!(spent.days.len(), 30);
        assert_eq!((spent.days[22], spent.days[4]), (1_000, 500));
        assert_eq!(spent.total.minor, 1_500);
        assert_eq!(spent.before, None, "nothing is known of the month before");
    }

    #[test]
    fn the_month_before_counts_up_to_the_same_day() {
        let entries = [
            entry(1_101, EntryKind::Payment, -100),
            entry(1_031, EntryKind::Payment, -7_000),
            entry(1_023, EntryKind::Payment, -300),
            entry(1_001, EntryKind::Payment, -40),
            entry(930, EntryKind::Payment, -5_000),
        ];
        let spent = spending(&entries, Currency::CNY, TODAY, day_of);
        assert_eq!((spent.total.minor, spent.before.map(|money| money.minor)), (100, Some(340)));
    }
}
