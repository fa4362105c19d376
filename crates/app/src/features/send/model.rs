//! The people in the newest entries.

use qianbao_api::activity::Entry;
use qianbao_api::payments::PayeeView;

/// A person money was exchanged with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownPerson {
    /// Handle.
    pub handle: String,
    /// Masked legal name.
    pub legal_name_masked: String,
}

/// Most people shown.
const PEOPLE_MAX: usize = 8;

/// Who stands on the other side of `entries` (newest first), each once, the latest first.
pub fn people(entries: &[Entry]) -> Vec<KnownPerson> {
    let mut known: Vec<KnownPerson> = Vec::new();
    for entry in entries {
        let PayeeView::Person { handle, legal_name_masked, .. } = &entry.counterparty else { continue };
        if known.iter().all(|person| person.handle != *handle) {
            known.push(KnownPerson { handle: handle.clone(), legal_name_masked: legal_name_masked.clone() });
        }
        if known.len() == PEOPLE_MAX {
            break;
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use qianbao_api::activity::EntryKind;
    use qianbao_core::id::PersonId;
    use qianbao_core::{Currency, Money, Timestamp};

    use super::*;

    fn with(handle: &str) -> Entry {
        Entry {
            id: handle.to_owned(),
            sequence: 1,
            at: Timestamp(0),
            kind: EntryKind::Transfer,
            amount: Money::new(-1, Currency::CNY),
            balance_after: Money::new(0, Currency::CNY),
            counterparty: PayeeView::Person {
                id: PersonId::from_parts(1, [0; 10]),
                handle: handle.to_owned(),
                display_name: String::new(),
                legal_name_masked: "*岚".to_owned(),
            },
            note: None,
            payment: None,
            refund: None,
            order: None,
            topup: None,
        }
    }

    #[test]
    fn each_person_stands_once_in_the_order_of_the_latest() {
        let entries = ["lan", "chen", "lan", "ming"].map(with);
        let handles: Vec<String> = people(&entries).into_iter().map(|person| person.handle).collect();
        assert_eq!(handles, ["lan", "chen", "ming"]);
    }

    #[test]
    fn the_list_is_bounded() {
        let entries: Vec<Entry> = (0..50).map(|number| with(&number.to_string())).collect();
        assert_eq!(people(&entries).len(), PEOPLE_MAX);
    }
}
