//! Tells of money wherever the cashier is: what comes in by sound, and by a word unless the screen shows it already; and what
//! became of a refund, whichever page of this device it was pressed in.

use leptos::prelude::*;
use qianbao_api::activity::Entry;
use qianbao_client::{OutboxItem, Outcome, Step, Subject, SyncState};
use qianbao_core::Timestamp;
use qianbao_ui::{AmountParts, Glyph, Toaster};

use crate::browser::{preferences, sound};
use crate::features::orders::model::refund_failed;
use crate::screen::Screen;
use crate::state::Till;
use crate::texts::Language;
use crate::word;

/// What came in longer ago than this is not news: a sync after a night must not ring.
const NEWS_S: i64 = 60;

/// What has been heard so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Heard {
    /// Whether the till has been up to date once: what it knew by then was there before it was opened.
    settled: bool,
    /// The newest money that was heard of, by its place in the ledger.
    sequence: Option<u64>,
}

impl Heard {
    /// Hears of the `newest` money at `now` of the server's clock, while the till is `online` or not. Tells whether it is
    /// to be announced.
    fn hear(self, newest: Option<&Entry>, online: bool, now: Timestamp) -> (Self, bool) {
        let settled = self.settled || online;
        let Some(entry) = newest else { return (Self { settled, ..self }, false) };
        let newer = self.sequence.is_none_or(|last| entry.sequence > last);
        let fresh = entry.at.plus_seconds(NEWS_S) > now;
        (Self { settled, sequence: Some(entry.sequence) }, self.settled && newer && fresh)
    }
}

/// The refunds of `outbox` that were open before and have their outcome now.
fn settled(before: &[Subject], outbox: &[OutboxItem]) -> Vec<Outcome> {
    let outcome = |item: &OutboxItem| match &item.step {
        Step::Done(outcome) if before.contains(&item.subject) => Some(outcome.clone()),
        _ => None,
    };
    outbox.iter().filter_map(outcome).collect()
}

/// The requests of `outbox` whose outcome is not known yet.
fn open(outbox: &[OutboxItem]) -> Vec<Subject> {
    outbox.iter().filter(|item| !matches!(item.step, Step::Done(_))).map(|item| item.subject).collect()
}

/// Whether the screen shows this payment large by itself.
fn is_shown(entry: &Entry, screen: Screen) -> bool {
    matches!(screen, Screen::Code(order) if entry.order == Some(order))
}

/// Hears and tells; shows nothing itself.
#[component]
pub fn Announcer(
    /// The screen that is shown.
    screen: Memo<Screen>,
) {
    let till = Till::get();
    let toaster = Toaster::get();
    let language = Language::get();
    let newest = Memo::new(move |_| till.newest_income());
    let online = Memo::new(move |_| till.sync_state() == SyncState::Online);
    Effect::new(move |heard: Option<Heard>| {
        let (heard, is_news) =
            newest.with(|newest| heard.unwrap_or_default().hear(newest.as_ref(), online.get(), till.now()));
        if let Some(entry) = newest.get().filter(|_| is_news) {
            if preferences::sound() {
                sound::paid();
            }
            if !is_shown(&entry, screen.get_untracked()) {
                let amount = AmountParts::of(entry.amount).text();
                let said = untrack(|| word!(language.locale(), paid_said, amount = amount));
                toaster.say(Glyph::Done, said);
            }
        }
        heard
    });
    Effect::new(move |before: Option<Vec<Subject>>| {
        let outbox = till.outbox();
        for outcome in settled(&before.unwrap_or_default(), &outbox) {
            let locale = untrack(|| language.locale());
            match &outcome {
                Outcome::Refunded(refund) => {
                    let amount = AmountParts::of(refund.amount).text();
                    toaster.say(Glyph::Done, word!(locale, refund_done, amount = amount));
                }
                other => toaster.say(Glyph::Failed, refund_failed(locale, other)),
            }
        }
        open(&outbox)
    });
}

#[cfg(test)]
mod tests {
    use qianbao_api::ProblemCode;
    use qianbao_api::orders::OrderStatus;
    use qianbao_client::RefundOf;
    use qianbao_core::id::{OrderId, RefundId};

    use super::*;
    use crate::state::orders::tests::{entry, order};

    #[test]
    fn only_fresh_money_is_news() {
        let entry = entry(3_600, None);
        let soon = entry.at.plus_seconds(1);
        let (heard, rings) = Heard::default().hear(Some(&entry), false, soon);
        assert!(!rings, "it was there when the till was opened");
        let (heard, rings) = heard.hear(Some(&entry), true, soon);
        assert!(!rings, "the till is up to date; nothing is new");
        let next = Entry { sequence: entry.sequence + 1, ..entry.clone() };
        assert!(!heard.hear(Some(&next), false, entry.at.plus_seconds(NEWS_S)).1, "a night ago");
        let (heard, rings) = heard.hear(Some(&next), false, soon);
        assert!(rings);
        assert!(!heard.hear(Some(&next), true, soon).1, "told already");
    }

    #[test]
    fn the_first_money_of_an_empty_till_rings() {
        let (heard, _) = Heard::default().hear(None, true, Timestamp::default());
        let entry = entry(3_600, None);
        assert!(heard.hear(Some(&entry), false, entry.at).1);
    }

    #[test]
    fn what_became_of_a_refund_is_told_once() {
        let (refund, of) = (RefundId::from_parts(1, [1; 10]), RefundOf::Order(OrderId::from_parts(1, [2; 10])));
        let item = |step| OutboxItem { subject: Subject::Refund { refund, of }, stored_at: Timestamp(0), step };
        let refused = Outcome::Refused(ProblemCode::RefundExceeds);
        let (checking, done) = ([item(Step::Checking { final_at: None })], [item(Step::Done(refused.clone()))]);
        assert_eq!(settled(&[], &checking), []);
        assert_eq!(settled(&open(&checking), &done), [refused], "also when an earlier page pressed");
        assert_eq!(settled(&open(&done), &done), [], "it was told");
    }

    #[test]
    fn a_payment_that_fills_the_screen_needs_no_word() {
        let paid = order(1, OrderStatus::Paid, 0);
        let entry = entry(3_600, Some(paid.id));
        assert!(is_shown(&entry, Screen::Code(paid.id)));
        assert!(!is_shown(&entry, Screen::Cashier));
        assert!(!is_shown(&entry, Screen::Code(order(2, OrderStatus::Open, 0).id)));
    }
}
