//! What came in while the code was shown.

use qianbao_api::activity::Entry;

/// How many of the newest entries are looked through.
pub const LOOKED_AT: usize = 24;

/// The place in the ledger of the newest of `newest`; 0 for an empty wallet.
pub fn last_sequence(newest: &[Entry]) -> u64 {
    newest.first().map_or(0, |entry| entry.sequence)
}

/// Money in among `newest` (newest first) after `since`.
pub fn came_in(newest: &[Entry], since: u64) -> Vec<Entry> {
    newest.iter().filter(|entry| entry.sequence > since && entry.amount.is_positive()).cloned().collect()
}

#[cfg(test)]
mod tests {
    use qianbao_api::activity::EntryKind;
    use qianbao_api::payments::PayeeView;
    use qianbao_core::{Currency, Money, Timestamp};

    use super::*;

    fn entry(sequence: u64, minor: i64) -> Entry {
        Entry {
            id: sequence.to_string(),
            sequence,
            at: Timestamp(0),
            kind: EntryKind::Transfer,
            amount: Money::new(minor, Currency::CNY),
            balance_after: Money::new(0, Currency::CNY),
            counterparty: PayeeView::Bank { name: String::new(), last4: None },
            note: None,
            payment: None,
            refund: None,
            order: None,
            topup: None,
        }
    }

    #[test]
    fn only_money_in_since_then_is_told() {
        let newest = [entry(12, 1_800), entry(11, -500), entry(10, 700), entry(9, 300)];
        let told: Vec<u64> = came_in(&newest, 9).iter().map(|entry| entry.sequence).collect();
        assert_eq!(told, [12, 10]);
        assert_eq!(last_sequence(&newest), 12);
        assert_eq!(last_sequence(&[]), 0);
    }
}
