//! Reading the copy from the device.
//!
//! Another tab may write between two reads. The head is therefore read first and last; if it changed in between, everything
//! is read again. Parts that do not fit their head, or cannot be read, count as no copy: it comes again from the server.

use std::ops::Range;

use qianbao_api::activity::Entry;
use qianbao_api::sync::Document;

use super::head::Head;
use super::held::Copied;
use super::page::{BLOCK_ROWS, HEAD, HOT, block_key};
use super::rows;
use crate::json;
use crate::storage::seal::unseal;
use crate::storage::{Storage, StorageError, Table};

/// Reads before the reader gives up on a writer that is faster.
const TRIES: u32 = 5;
/// Documents read in one step.
const DOCUMENTS_STEP: u32 = 512;
/// Greater than every key.
const END: &str = "\u{10ffff}";

/// The copy as the device has it.
pub(crate) async fn load(storage: &dyn Storage) -> Result<Copied, StorageError> {
    for _ in 0..TRIES {
        let record = storage.get(Table::Facts, HEAD).await?;
        let Some(bytes) = record.clone() else { return Ok(Copied::default()) };
        let parts = parts(storage, &bytes).await;
        if storage.get(Table::Facts, HEAD).await? != record {
            continue;
        }
        return match parts {
            Ok((head, recent, documents)) => Ok(Copied::of(head, bytes, recent, documents)),
            // The record stays known, so that the first page can replace it.
            Err(StorageError::Unreadable(_)) => Ok(Copied { head_record: record, ..Copied::default() }),
            Err(error) => Err(error),
        };
    }
    Err(StorageError::Changed)
}

async fn parts(storage: &dyn Storage, record: &[u8]) -> Result<(Head, Vec<Entry>, Vec<Document>), StorageError> {
    let head = Head::unpack(unseal(record, "a head")?).ok_or(StorageError::Unreadable("a head"))?;
    let recent_from = (head.in_blocks / BLOCK_ROWS).saturating_sub(1) * BLOCK_ROWS;
    let mut recent = rows_of_blocks(storage, recent_from..head.in_blocks).await?;
    if head.in_hot > 0 {
        recent.extend(block(storage, HOT).await?);
    }
    if recent.len() != head.count() - recent_from {
        return Err(StorageError::Unreadable("a block"));
    }
    Ok((head, recent, documents(storage).await?))
}

/// The rows of whole numbered blocks, and of the last one what there is, that hold the rows of `range`; beginning with the
/// first row of its first block.
pub(crate) async fn rows_of_blocks(storage: &dyn Storage, range: Range<usize>) -> Result<Vec<Entry>, StorageError> {
    let mut found = Vec::new();
    if range.is_empty() {
        return Ok(found);
    }
    for number in range.start / BLOCK_ROWS..=(range.end - 1) / BLOCK_ROWS {
        found.extend(block(storage, &block_key(number)).await?);
    }
    Ok(found)
}

async fn block(storage: &dyn Storage, key: &str) -> Result<Vec<Entry>, StorageError> {
    let record = storage.get(Table::Blocks, key).await?.ok_or(StorageError::Unreadable("a block"))?;
    rows::unpack(unseal(&record, "a block")?).ok_or(StorageError::Unreadable("a block"))
}

async fn documents(storage: &dyn Storage) -> Result<Vec<Document>, StorageError> {
    let mut found = Vec::new();
    let mut from = String::new();
    loop {
        let records = storage.range(Table::Documents, &from, END, DOCUMENTS_STEP).await?;
        let Some((last, _)) = records.last() else { return Ok(found) };
        // The next key after `last`: nothing sorts between a text and the text with a NUL behind it.
        from = format!("{last}\0");
        for (_, record) in &records {
            let text = std::str::from_utf8(unseal(record, "a document")?);
            let text = text.map_err(|_| StorageError::Unreadable("a document"))?;
            found.push(json::parse(text).map_err(|_| StorageError::Unreadable("a document"))?);
        }
    }
}
