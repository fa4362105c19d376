//! Reading the copy from the device.
//!
//! Another tab may write between two reads. The head is therefore read first and last; if it changed in between, everything
//! is read again. Parts that do not fit their head, are of another moment than it, or cannot be read, count as no copy: it comes again from the server.

use std::ops::Range;

use qianbao_api::activity::Entry;
use qianbao_api::sync::Document;

use super::head::Head;
use super::held::Copied;
use super::page::{BLOCK_ROWS, HEAD, HOT, block_key, is_tail};
use super::rows;
use super::tally::Tally;
use crate::json;
use crate::storage::format::packed;
use crate::storage::{Storage, StorageError, Table};

/// Reads before the reader gives up on a writer that is faster.
const TRIES: u32 = 5;
/// Documents read in one step.
const DOCUMENTS_STEP: u32 = 512;

/// The copy as the device has it.
pub(crate) async fn load(storage: &dyn Storage) -> Result<Copied, StorageError> {
    for _ in 0..TRIES {
        let record = match storage.get(Table::Facts, HEAD).await {
            // It is replaced by the first page, as one that is not there.
            Err(StorageError::Unreadable(_)) => return Ok(Copied::default()),
            record => record?,
        };
        let Some(bytes) = record.clone() else { return Ok(Copied::default()) };
        let copied = copied(storage, bytes).await;
        if storage.get(Table::Facts, HEAD).await? != record {
            continue;
        }
        return match copied {
            // The record stays known, so that the first page can replace it.
            Err(StorageError::Unreadable(_)) => Ok(Copied { head_record: record, ..Copied::default() }),
            copied => copied,
        };
    }
    Err(StorageError::Changed)
}

async fn copied(storage: &dyn Storage, record: Vec<u8>) -> Result<Copied, StorageError> {
    let head = Head::unpack(packed(&record, "a head")?).ok_or(StorageError::Unreadable("a head"))?;
    let mut tally = Tally::default();
    let recent_from = (head.in_blocks / BLOCK_ROWS).saturating_sub(1) * BLOCK_ROWS;
    let mut recent = Vec::new();
    for number in numbers(&(recent_from..head.in_blocks)) {
        let (key, whole) = (block_key(&head, number), !is_tail(&head, number));
        let record = block(storage, &key).await?;
        if !whole {
            tally.put(&key, &record);
        }
        recent.extend(rows_of(&record, whole)?);
    }
    if head.in_hot > 0 {
        let record = block(storage, HOT).await?;
        tally.put(HOT, &record);
        recent.extend(rows_of(&record, false)?);
    }
    if recent.len() != head.count() - recent_from {
        return Err(StorageError::Unreadable("a block"));
    }
    let documents = documents(storage, &mut tally).await?;
    if tally.sum() != head.tally {
        return Err(StorageError::Unreadable("records of one moment"));
    }
    Ok(Copied::of(head, record, recent, documents, tally))
}

/// The rows of whole numbered blocks, and of the last one what there is, that hold the rows of `range`; beginning with the
/// first row of its first block.
pub(crate) async fn rows_of_blocks(
    storage: &dyn Storage,
    head: &Head,
    range: Range<usize>,
) -> Result<Vec<Entry>, StorageError> {
    let mut found = Vec::new();
    for number in numbers(&range) {
        let record = block(storage, &block_key(head, number)).await?;
        found.extend(rows_of(&record, !is_tail(head, number))?);
    }
    Ok(found)
}

/// Numbers of the blocks that hold the rows of `range`.
fn numbers(range: &Range<usize>) -> Range<usize> {
    if range.is_empty() { 0..0 } else { range.start / BLOCK_ROWS..(range.end - 1) / BLOCK_ROWS + 1 }
}

async fn block(storage: &dyn Storage, key: &str) -> Result<Vec<u8>, StorageError> {
    storage.get(Table::Blocks, key).await?.ok_or(StorageError::Unreadable("a block"))
}

/// The rows of a block; a whole one that has fewer is an older one.
fn rows_of(record: &[u8], whole: bool) -> Result<Vec<Entry>, StorageError> {
    let rows = rows::unpack(packed(record, "a block")?).ok_or(StorageError::Unreadable("a block"))?;
    if whole && rows.len() != BLOCK_ROWS { Err(StorageError::Unreadable("a whole block")) } else { Ok(rows) }
}

async fn documents(storage: &dyn Storage, tally: &mut Tally) -> Result<Vec<Document>, StorageError> {
    let mut found: Vec<Document> = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let records = storage.list(Table::Documents, after.as_deref(), DOCUMENTS_STEP).await?;
        let Some(last) = records.last() else { return Ok(found) };
        after = Some(last.key.clone());
        for record in records {
            let record = record.value?;
            let text = std::str::from_utf8(packed(&record, "a document")?);
            let text = text.map_err(|_| StorageError::Unreadable("a document"))?;
            let document: Document = json::parse(text).map_err(|_| StorageError::Unreadable("a document"))?;
            tally.put(&document.id, &record);
            found.push(document);
        }
    }
}
