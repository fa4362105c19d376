//! How a page of changes becomes one write. Pure: what is there and the page in, the write and the new head out.
//!
//! New entries go to the hot block, which is rewritten each time and therefore small. When it would hold more than
//! [`HOT_ROWS`], all of it moves to the numbered blocks of [`BLOCK_ROWS`] rows; only the last of those is ever rewritten.

use qianbao_api::activity::Entry;
use qianbao_api::sync::{Document, DocumentBody, SyncPage};
use qianbao_core::Timestamp;

use super::head::Head;
use super::rows::{self, Place};
use super::tally::Tally;
use crate::json;
use crate::order::in_order;
use crate::storage::format::formatted;
use crate::storage::{Change, Durability, Table, Write};

/// Rows of a numbered block.
pub(crate) const BLOCK_ROWS: usize = 256;
/// Rows of the hot block at most.
pub(crate) const HOT_ROWS: usize = 32;
/// Key of the hot block.
pub(crate) const HOT: &str = "hot";
/// Key of the head.
pub(crate) const HEAD: &str = "head";

/// Key of the numbered block `number` of the copy of `head`.
pub(crate) fn block_key(head: &Head, number: usize) -> String {
    format!("b{:x}-{number:08x}", head.since.0)
}

/// Whether the numbered block `number` may be rewritten: the last one, as long as it is not full.
pub(crate) fn is_tail(head: &Head, number: usize) -> bool {
    number == head.in_blocks / BLOCK_ROWS
}

/// What is there before the page: the head and the rows that may be rewritten.
pub(crate) struct Before<'a> {
    pub(crate) head: &'a Head,
    /// The record of the head as it lies on the device, for the comparison.
    pub(crate) head_record: Option<Vec<u8>>,
    /// Rows of the last numbered block if it is not full.
    pub(crate) tail: &'a [Entry],
    /// Rows of the hot block.
    pub(crate) hot: &'a [Entry],
    /// The records that may be rewritten.
    pub(crate) tally: &'a Tally,
}

/// What a page comes to.
pub(crate) struct Applied {
    /// The write.
    pub(crate) write: Write,
    /// The record of the new head.
    pub(crate) head_record: Vec<u8>,
    /// The new head.
    pub(crate) head: Head,
    /// The entries of the page that are new, in order.
    pub(crate) fresh: Vec<Entry>,
    /// The documents of the page.
    pub(crate) documents: Vec<Document>,
    /// Whether what was there before is to be forgotten.
    pub(crate) reset: bool,
    /// The records that may be rewritten.
    pub(crate) tally: Tally,
}

/// What a page comes to so far.
struct Draft {
    changes: Vec<Change>,
    tally: Tally,
}

/// The page does not follow the contract.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected entries with ids such as 120-0 and printable documents, found {0:?}")]
pub(crate) struct PageError(pub(crate) String);

/// Applies `page`, which answers the token of `before`.
pub(crate) fn apply(before: &Before<'_>, page: SyncPage, ahead_us: i64) -> Result<Applied, PageError> {
    // Without a token the page is the first of everything.
    let reset = page.reset || before.head.token.is_none();
    let empty = Head { owner: before.head.owner, since: page.server_time, ..Head::default() };
    let (old, tail, hot) =
        if reset { (&empty, [].as_slice(), [].as_slice()) } else { (before.head, before.tail, before.hot) };
    let mut draft = if reset {
        let changes = vec![Change::Clear(Table::Blocks), Change::Clear(Table::Documents)];
        Draft { changes, tally: Tally::default() }
    } else {
        Draft { changes: Vec::new(), tally: before.tally.clone() }
    };
    let (fresh, newest) = fresh(page.entries, old.newest)?;
    let mut head = Head {
        token: Some(page.next),
        as_of: Some(as_of(old.as_of, page.server_time)),
        newest,
        ahead_us,
        ..old.clone()
    };
    append(&mut head, &mut draft, tail, hot, &fresh)?;
    for document in &page.documents {
        put_document(&mut draft, document)?;
    }
    let Draft { mut changes, tally } = draft;
    head.tally = tally.sum();
    let head_record = formatted(head.pack());
    changes.push(Change::Put(Table::Facts, HEAD.to_owned(), head_record.clone()));
    let only_if = vec![(Table::Facts, HEAD.to_owned(), before.head_record.clone())];
    let write = Write { only_if, changes, durability: Durability::Relaxed };
    Ok(Applied { write, head_record, head, fresh, documents: page.documents, reset, tally })
}

/// The age never goes back because a server's clock did.
fn as_of(old: Option<Timestamp>, new: Timestamp) -> Timestamp {
    old.map_or(new, |old| old.max(new))
}

/// The entries after `newest`, and the newest of all. A page that repeats entries or brings them out of order loses none
/// and doubles none.
fn fresh(mut entries: Vec<Entry>, newest: Option<Place>) -> Result<(Vec<Entry>, Option<Place>), PageError> {
    let place = |entry: &Entry| Place::of(entry).ok_or_else(|| PageError(entry.id.chars().take(40).collect()));
    for entry in &entries {
        place(entry)?;
    }
    entries.retain(|entry| Place::of(entry) > newest);
    in_order(&mut entries, |one, next| Place::of(one) <= Place::of(next));
    entries.dedup_by_key(|entry| Place::of(entry));
    let last = entries.last().and_then(Place::of).or(newest);
    Ok((entries, last))
}

fn append(head: &mut Head, draft: &mut Draft, tail: &[Entry], hot: &[Entry], fresh: &[Entry]) -> Result<(), PageError> {
    if fresh.is_empty() {
        return Ok(());
    }
    let hot: Vec<Entry> = hot.iter().chain(fresh).cloned().collect();
    if hot.len() <= HOT_ROWS {
        head.in_hot = hot.len();
        let packed = packed_block(&hot)?;
        draft.tally.put(HOT, &packed);
        draft.changes.push(Change::Put(Table::Blocks, HOT.to_owned(), packed));
        return Ok(());
    }
    let first = head.in_blocks / BLOCK_ROWS;
    let rows: Vec<Entry> = tail.iter().cloned().chain(hot).collect();
    head.in_blocks = first * BLOCK_ROWS + rows.len();
    head.in_hot = 0;
    for (offset, block) in rows.chunks(BLOCK_ROWS).enumerate() {
        let (key, packed) = (block_key(head, first + offset), packed_block(block)?);
        if is_tail(head, first + offset) {
            draft.tally.put(&key, &packed);
        } else {
            draft.tally.remove(&key);
        }
        draft.changes.push(Change::Put(Table::Blocks, key, packed));
    }
    draft.tally.remove(HOT);
    draft.changes.push(Change::Delete(Table::Blocks, HOT.to_owned()));
    Ok(())
}

fn packed_block(rows: &[Entry]) -> Result<Vec<u8>, PageError> {
    rows::pack(rows).map(formatted).ok_or_else(|| PageError("an entry".to_owned()))
}

fn put_document(draft: &mut Draft, document: &Document) -> Result<(), PageError> {
    let key = document.id.clone();
    if document.body == DocumentBody::Gone {
        draft.tally.remove(&key);
        draft.changes.push(Change::Delete(Table::Documents, key));
        return Ok(());
    }
    let record = formatted(json::print(document).map_err(PageError)?.into_bytes());
    draft.tally.put(&key, &record);
    draft.changes.push(Change::Put(Table::Documents, key, record));
    Ok(())
}
