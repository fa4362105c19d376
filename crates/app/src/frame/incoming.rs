//! Money that comes in is told wherever one is: a toast, a sound, a shake.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_api::activity::Entry;
use qianbao_core::Timestamp;
use qianbao_ui::{AmountParts, Glyph, Toaster};

use crate::browser::signal;
use crate::parts::payee;
use crate::state::{Preferences, Wallet};
use crate::words::{said, words};

/// Money that came in longer ago is found in the records, without noise: one minute, in seconds.
const FRESH_S: i64 = 60;
/// How many of the newest entries are looked at.
const LOOKED_AT: usize = 8;

/// The entries of `newest` (newest first) that are money in, later than `seen`, and fresh at `now`.
fn fresh(newest: &[Entry], seen: u64, now: Timestamp) -> Vec<Entry> {
    let since = now.plus_seconds(-FRESH_S);
    newest
        .iter()
        .filter(|entry| entry.sequence > seen && entry.amount.minor > 0 && entry.at >= since)
        .cloned()
        .collect()
}

/// Tells of money in from here on.
pub fn announce() {
    let (words, wallet) = (words(), Wallet::get());
    let (preferences, toaster) = (Preferences::get(), Toaster::get());
    Effect::new(move |seen: Option<Option<u64>>| {
        let newest = wallet.newest(LOOKED_AT);
        let last = newest.first().map(|entry| entry.sequence);
        // What was there when the page opened is not news; with an empty mirror everything that is fresh is.
        if let Some(seen) = seen {
            for entry in fresh(&newest, seen.unwrap_or(0), wallet.now()) {
                let amount = AmountParts::of(entry.amount).text();
                let text = TextProp::from(move || {
                    said!(words, received_from, amount = amount.clone(), name = payee::name(words, &entry.counterparty))
                });
                toaster.say(Glyph::Receive, text);
                if !preferences.silent().get_untracked() {
                    signal::received();
                }
            }
        }
        last.or(seen.flatten())
    });
}

#[cfg(test)]
mod tests {
    use qianbao_api::activity::EntryKind;
    use qianbao_api::payments::PayeeView;
    use qianbao_core::{Currency, Money};

    use super::*;

    fn entry(sequence: u64, minor: i64, at_s: i64) -> Entry {
        let money = |minor| Money::new(minor, Currency::CNY);
        Entry {
            id: sequence.to_string() + "-0",
            sequence,
            at: Timestamp(at_s * 1_000_000),
            kind: EntryKind::Transfer,
            amount: money(minor),
            balance_after: money(0),
            counterparty: PayeeView::Bank { name: "银行".to_owned(), last4: None },
            note: None,
            payment: None,
            refund: None,
            order: None,
            topup: None,
        }
    }

    #[test]
    fn only_fresh_money_in_is_news() {
        let newest = [entry(9, 500, 990), entry(8, -500, 990), entry(7, 300, 100), entry(6, 100, 999)];
        let told = fresh(&newest, 6, Timestamp(1_000_000_000));
        assert_eq!(told.iter().map(|entry| entry.sequence).collect::<Vec<_>>(), [9]);
    }
}
