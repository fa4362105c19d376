//! How a page of changes becomes one write. Pure: what is there and the page in, the write and the new head out.
//!
//! New entries go to the hot block, which is rewritten each time and therefore small. When it would hold more than
//! [`HOT_ROWS`], all of it moves to the numbered blocks of [`BLOCK_ROWS`] rows; only the last of those is ever rewritten.

use qianbao_api::activity::Entry;
use qianbao_api::sync::{Document, DocumentBody, SyncPage};
use qianbao_core::Timestamp;

use super::head::Head;
use super::rows::{self, Place};
use crate::json;
use crate::order::in_order;
use crate::storage::seal::seal;
use crate::storage::{Change, Durability, Table, Write};

/// Rows of a numbered block.
pub(crate) const BLOCK_ROWS: usize = 256;
/// Rows of the hot block at most.
pub(crate) const HOT_ROWS: usize = 32;
/// Key of the hot block.
pub(crate) const HOT: &str = "hot";
/// Key of the head.
pub(crate) const HEAD: &str = "head";

/// Key of the numbered block `number`; keys sort as numbers do.
pub(crate) fn block_key(number: usize) -> String {
    format!("b{number:08x}")
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
}

/// The page does not follow the contract.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected entries with ids such as 120-0 and printable documents, found {0:?}")]
pub(crate) struct PageError(pub(crate) String);

/// Applies `page`, which answers the token of `before`.
pub(crate) fn apply(before: &Before<'_>, page: SyncPage, ahead_us: i64) -> Result<Applied, PageError> {
    // Without a token the page is the first of everything.
    let reset = page.reset || before.head.token.is_none();
    let empty = Head { owner: before.head.owner, ..Head::default() };
    let (old, tail, hot) =
        if reset { (&empty, [].as_slice(), [].as_slice()) } else { (before.head, before.tail, before.hot) };
    let mut changes = Vec::new();
    if reset {
        changes.push(Change::Clear(Table::Blocks));
        changes.push(Change::Clear(Table::Documents));
    }
    let (fresh, newest) = fresh(page.entries, old.newest)?;
    let mut head = Head {
        token: Some(page.next),
        as_of: Some(as_of(old.as_of, page.server_time)),
        newest,
        ahead_us,
        ..old.clone()
    };
    append(&mut head, &mut changes, tail, hot, &fresh)?;
    for document in &page.documents {
        changes.push(put_document(document)?);
    }
    let head_record = seal(head.pack());
    changes.push(Change::Put(Table::Facts, HEAD.to_owned(), head_record.clone()));
    let only_if = Some((Table::Facts, HEAD.to_owned(), before.head_record.clone()));
    let write = Write { only_if, changes, durability: Durability::Relaxed };
    Ok(Applied { write, head_record, head, fresh, documents: page.documents, reset })
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

fn append(
    head: &mut Head,
    changes: &mut Vec<Change>,
    tail: &[Entry],
    hot: &[Entry],
    fresh: &[Entry],
) -> Result<(), PageError> {
    if fresh.is_empty() {
        return Ok(());
    }
    let hot: Vec<Entry> = hot.iter().chain(fresh).cloned().collect();
    if hot.len() <= HOT_ROWS {
        head.in_hot = hot.len();
        changes.push(put_block(HOT.to_owned(), &hot)?);
        return Ok(());
    }
    let first = head.in_blocks / BLOCK_ROWS;
    let rows: Vec<Entry> = tail.iter().cloned().chain(hot).collect();
    for (offset, block) in rows.chunks(BLOCK_ROWS).enumerate() {
        changes.push(put_block(block_key(first + offset), block)?);
    }
    changes.push(Change::Delete(Table::Blocks, HOT.to_owned()));
    head.in_blocks = first * BLOCK_ROWS + rows.len();
    head.in_hot = 0;
    Ok(())
}

fn put_block(key: String, rows: &[Entry]) -> Result<Change, PageError> {
    let packed = rows::pack(rows).ok_or_else(|| PageError("an entry".to_owned()))?;
    Ok(Change::Put(Table::Blocks, key, seal(packed)))
}

fn put_document(document: &Document) -> Result<Change, PageError> {
    if document.body == DocumentBody::Gone {
        return Ok(Change::Delete(Table::Documents, document.id.clone()));
    }
    let text = json::print(document).map_err(PageError)?;
    Ok(Change::Put(Table::Documents, document.id.clone(), seal(text.into_bytes())))
}
