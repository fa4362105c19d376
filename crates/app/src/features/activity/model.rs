//! Entries as the lines of an endless list: by month, searched and filtered. The device's mirror holds them all, so this
//! works without a network.

use qianbao_api::activity::{Entry, EntryKind};
use qianbao_api::payments::PayeeView;
use qianbao_core::{Currency, Timestamp};

use crate::state::calendar::Day;

/// Which way money went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// Both.
    #[default]
    Both,
    /// Out of the wallet.
    Out,
    /// Into the wallet.
    In,
}

/// Which kinds of entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kinds {
    /// All.
    #[default]
    All,
    /// To and from shops.
    Payments,
    /// Between people.
    Transfers,
    /// Refunds.
    Refunds,
    /// Money from a bank.
    Topups,
}

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// In names, notes and amounts; nothing looks for everything.
    pub text: String,
    /// Which way.
    pub way: Way,
    /// Which kinds.
    pub kinds: Kinds,
}

impl Search {
    /// Whether it looks for everything.
    pub fn is_everything(&self) -> bool {
        self.text.trim().is_empty() && self.way == Way::Both && self.kinds == Kinds::All
    }

    /// Whether `entry` is looked for.
    pub fn finds(&self, entry: &Entry) -> bool {
        let way = match self.way {
            Way::Both => true,
            Way::Out => entry.amount.is_negative(),
            Way::In => entry.amount.is_positive(),
        };
        let kind = match self.kinds {
            Kinds::All => true,
            Kinds::Payments => matches!(entry.kind, EntryKind::Payment | EntryKind::Fee),
            Kinds::Transfers => entry.kind == EntryKind::Transfer,
            Kinds::Refunds => entry.kind == EntryKind::Refund,
            Kinds::Topups => entry.kind == EntryKind::Topup,
        };
        way && kind && says(entry, self.text.trim())
    }
}

/// Whether `text` stands in a name, the note or the amount of `entry`, capitals or not.
fn says(entry: &Entry, text: &str) -> bool {
    if text.is_empty() {
        return true;
    }
    let wanted = text.to_lowercase();
    let has = |place: &str| place.to_lowercase().contains(&wanted);
    let name = match &entry.counterparty {
        PayeeView::Shop(shop) => has(&shop.name_zh) || has(&shop.name_en),
        PayeeView::Person { handle, display_name, legal_name_masked, .. } => {
            has(handle) || has(display_name) || has(legal_name_masked)
        }
        PayeeView::Bank { name, last4 } => has(name) || last4.as_deref().is_some_and(has),
    };
    name || entry.note.as_deref().is_some_and(has) || has(&entry.amount.to_decimal())
}

/// What went out and came in during a month, minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Out, as a positive number.
    pub out: i64,
    /// In.
    pub come: i64,
}

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// The head of a month.
    Month {
        /// A day of the month.
        day: Day,
        /// Its sums, when all of it is in the list.
        sums: Option<Sums>,
    },
    /// An entry.
    Entry(Box<Entry>),
}

/// `entries` (newest first) with a head for each month. The last month has sums only when `is_end`: nothing older
/// follows. Entries in other currencies are listed and not summed.
pub fn lines(entries: Vec<Entry>, currency: Currency, is_end: bool, day: impl Fn(Timestamp) -> Day) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::with_capacity(entries.len() + 12);
    let (mut head, mut month, mut sums) = (None::<usize>, None::<Day>, Sums::default());
    for entry in entries {
        let on = day(entry.at);
        if month.is_none_or(|month| !month.is_same_month(on)) {
            close(&mut lines, head, sums);
            (head, month, sums) = (Some(lines.len()), Some(on), Sums::default());
            lines.push(Line::Month { day: on, sums: None });
        }
        if entry.amount.currency == currency {
            let minor = entry.amount.minor;
            sums.out = sums.out.saturating_sub(minor.min(0));
            sums.come = sums.come.saturating_add(minor.max(0));
        }
        lines.push(Line::Entry(Box::new(entry)));
    }
    if is_end {
        close(&mut lines, head, sums);
    }
    lines
}

/// Writes the sums into the head of a month that is whole.
fn close(lines: &mut [Line], head: Option<usize>, whole: Sums) {
    if let Some(Line::Month { sums, .. }) = head.and_then(|head| lines.get_mut(head)) {
        *sums = Some(whole);
    }
}

/// The head of the month that line `place` belongs to; nothing where `place` is a head itself.
pub fn month_above(lines: &[Line], place: usize) -> Option<(Day, Option<Sums>)> {
    if matches!(lines.get(place)?, Line::Month { .. }) {
        return None;
    }
    lines[..place].iter().rev().find_map(|line| match line {
        Line::Month { day, sums } => Some((*day, *sums)),
        Line::Entry(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use qianbao_core::Money;
    use qianbao_core::id::PersonId;

    use super::*;

    /// Moments of these tests: months × 100 + day, as microseconds.
    fn day_of(at: Timestamp) -> Day {
        let number = u32::try_from(at.0).expect("small");
        Day { year: 2026, month: number / 100, day: number % 100 }
    }

    fn entry(at: i64, kind: EntryKind, minor: i64, note: &str) -> Entry {
        Entry {
            id: at.to_string(),
            sequence: 1,
            at: Timestamp(at),
            kind,
            amount: Money::new(minor, Currency::CNY),
            balance_after: Money::new(0, Currency::CNY),
            counterparty: PayeeView::Person {
                id: PersonId::from_parts(1, [0; 10]),
                handle: "lan".to_owned(),
                display_name: "Lan W".to_owned(),
                legal_name_masked: "*岚".to_owned(),
            },
            note: Some(note.to_owned()),
            payment: None,
            refund: None,
            order: None,
            topup: None,
        }
    }

    fn some() -> Vec<Entry> {
        vec![
            entry(1_123, EntryKind::Payment, -1_800, "龙井"),
            entry(1_102, EntryKind::Transfer, 20_000, "Rent"),
            entry(1_031, EntryKind::Payment, -500, ""),
        ]
    }

    #[test]
    fn months_have_heads_and_sums_when_they_are_whole() {
        let lines = lines(some(), Currency::CNY, false, day_of);
        assert_eq!(lines.len(), 5);
        let Line::Month { day, sums } = &lines[0] else { panic!("a head stands first") };
        assert_eq!((day.month, *sums), (11, Some(Sums { out: 1_800, come: 20_000 })));
        assert!(matches!(lines[3], Line::Month { sums: None, .. }), "October may go on");
    }

    #[test]
    fn the_last_month_is_whole_at_the_end() {
        let lines = lines(some(), Currency::CNY, true, day_of);
        assert!(matches!(lines[3], Line::Month { sums: Some(Sums { out: 500, come: 0 }), .. }));
    }

    #[test]
    fn nothing_makes_no_lines() {
        assert_eq!(lines(Vec::new(), Currency::CNY, true, day_of), []);
    }

    #[test]
    fn the_month_of_a_line_is_the_head_above_it() {
        let lines = lines(some(), Currency::CNY, true, day_of);
        assert_eq!(month_above(&lines, 2).map(|(day, _)| day.month), Some(11));
        assert_eq!(month_above(&lines, 4).map(|(day, _)| day.month), Some(10));
        assert_eq!(month_above(&lines, 0), None, "a head needs none above it");
        assert_eq!(month_above(&lines, 99), None);
    }

    #[test]
    fn a_search_looks_into_names_notes_and_amounts() {
        let found = |text: &str, way, kinds| {
            let search = Search { text: text.to_owned(), way, kinds };
            some().iter().filter(|entry| search.finds(entry)).count()
        };
        assert_eq!(found("", Way::Both, Kinds::All), 3);
        assert_eq!(found(" LAN ", Way::Both, Kinds::All), 3);
        assert_eq!(found("岚", Way::Both, Kinds::All), 3);
        assert_eq!(found("rent", Way::Both, Kinds::All), 1);
        assert_eq!(found("18.00", Way::Both, Kinds::All), 1);
        assert_eq!(found("' OR 1=1 --", Way::Both, Kinds::All), 0);
        assert_eq!(found("", Way::In, Kinds::All), 1);
        assert_eq!(found("", Way::Out, Kinds::Payments), 2);
        assert_eq!(found("", Way::Both, Kinds::Refunds), 0);
    }
}
