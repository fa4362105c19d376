//! What the mirror holds in memory: the head, the newest rows, the documents.

use std::cell::{Cell, RefCell};

use qianbao_api::activity::Entry;
use qianbao_api::sync::Document;

use super::SyncState;
use super::documents::Documents;
use super::head::Head;
use super::page::{Applied, BLOCK_ROWS, Before};
use super::tally::Tally;

/// Newest rows held in memory before the oldest whole blocks of them are let go.
const RECENT_ROWS_MAX: usize = 4 * BLOCK_ROWS;

/// The copy in memory. Everything that belongs to one head is replaced together, between two awaits.
#[derive(Default)]
pub(crate) struct Held {
    pub(crate) state: Cell<SyncState>,
    pub(crate) copy: RefCell<Copied>,
    /// Set when the device stopped taking writes: the mirror goes on in memory.
    pub(crate) is_adrift: Cell<bool>,
}

/// One consistent state of the copy.
#[derive(Default)]
pub(crate) struct Copied {
    pub(crate) head: Head,
    /// The head's record as it lies on the device.
    pub(crate) head_record: Option<Vec<u8>>,
    /// The newest rows, oldest first. They begin at a whole block and reach to the end.
    pub(crate) recent: Vec<Entry>,
    pub(crate) documents: Documents,
    /// The records that may be rewritten.
    pub(crate) tally: Tally,
}

impl Copied {
    /// What a page is applied to.
    pub(crate) fn before(&self) -> Before<'_> {
        let hot_from = self.recent.len().saturating_sub(self.head.in_hot);
        let tail_from = hot_from.saturating_sub(self.head.in_blocks % BLOCK_ROWS);
        Before {
            head: &self.head,
            head_record: self.head_record.clone(),
            tail: &self.recent[tail_from..hot_from],
            hot: &self.recent[hot_from..],
            tally: &self.tally,
        }
    }

    /// Index of the first row in `recent`, counted from the oldest entry.
    pub(crate) fn recent_from(&self) -> usize {
        self.head.count().saturating_sub(self.recent.len())
    }

    /// Takes over what a page came to, after it was written.
    pub(crate) fn take(&mut self, applied: Applied, keep_all: bool) {
        if applied.reset {
            self.recent.clear();
            self.documents.clear();
        }
        self.recent.extend(applied.fresh);
        self.head = applied.head;
        self.tally = applied.tally;
        self.head_record = Some(applied.head_record);
        for document in applied.documents {
            self.documents.apply(document);
        }
        if !keep_all && self.recent.len() > RECENT_ROWS_MAX {
            // Two blocks stay: the one being filled and a full one for the first screens of a list.
            let from = self.recent_from();
            let keep_from = (self.head.in_blocks / BLOCK_ROWS).saturating_sub(1) * BLOCK_ROWS;
            self.recent.drain(..keep_from.saturating_sub(from));
        }
    }

    /// The copy of these parts.
    pub(crate) fn of(head: Head, record: Vec<u8>, recent: Vec<Entry>, documents: Vec<Document>, tally: Tally) -> Self {
        let mut copied = Self { head, head_record: Some(record), recent, documents: Documents::default(), tally };
        for document in documents {
            copied.documents.apply(document);
        }
        copied
    }
}
