//! Rows to values and back, for both connections.

use qianbao_core::Timestamp;
use qianbao_core::posting::{AccountId, ClaimKey, PostingRef};
use rusqlite::{Connection, OptionalExtension, Row};

use super::schema::failed;
use super::unwritten::Name;
use crate::account::{Account, Sums};
use crate::apply::{Holder, Pending};
use crate::columns::{self, AccountColumns, damaged, integer, name_bytes, sequence};
use crate::record::{Answer, Record, RecordError, Refused, codec, refusal};
use crate::storage::{StorageError, Tip};

/// An account and its balance, to be completed with a condition.
pub(super) const SELECT_ACCOUNT: &str = "SELECT number, id, code, owner, asset, limit_name, window_kind, window_day, \
     state, floor, ceiling, debits_posted, credits_posted, debits_pending, credits_pending, last_sequence, postings \
     FROM account JOIN balance USING (number)";

fn damaged_record(error: RecordError) -> StorageError {
    damaged("a record", error)
}

/// The account number and the account of a row of [`SELECT_ACCOUNT`].
pub(super) fn account(row: &Row<'_>) -> Result<(i64, Account), StorageError> {
    let columns = || -> rusqlite::Result<(i64, AccountColumns)> {
        let sums = Sums {
            debits_posted: row.get(11)?,
            credits_posted: row.get(12)?,
            debits_pending: row.get(13)?,
            credits_pending: row.get(14)?,
        };
        let columns = AccountColumns {
            id: row.get(1)?,
            code: row.get(2)?,
            owner: row.get(3)?,
            asset: row.get(4)?,
            limit_name: row.get(5)?,
            window_kind: row.get(6)?,
            window_day: row.get(7)?,
            state: row.get(8)?,
            floor: row.get(9)?,
            ceiling: row.get(10)?,
            sums,
            last_sequence: row.get(15)?,
            postings: row.get(16)?,
        };
        Ok((row.get(0)?, columns))
    };
    let (number, columns) = columns().map_err(failed("read an account"))?;
    Ok((number, columns.account()?))
}

/// The account with this id, and its number.
pub(super) fn find_account(connection: &Connection, id: AccountId) -> Result<Option<(i64, Account)>, StorageError> {
    const SQL: &str = "SELECT number, id, code, owner, asset, limit_name, window_kind, window_day, state, floor, \
         ceiling, debits_posted, credits_posted, debits_pending, credits_pending, last_sequence, postings \
         FROM account JOIN balance USING (number) WHERE id = ?1";
    let read = failed("read an account");
    let mut statement = connection.prepare_cached(SQL).map_err(&read)?;
    let mut rows = statement.query([id.bytes()]).map_err(&read)?;
    rows.next().map_err(&read)?.map(account).transpose()
}

/// The last posting.
pub(super) fn tip(connection: &Connection) -> Result<Tip, StorageError> {
    const SQL: &str = "SELECT sequence, time FROM posting ORDER BY sequence DESC LIMIT 1";
    let read = failed("read the last posting");
    let mut statement = connection.prepare_cached(SQL).map_err(&read)?;
    let found = statement
        .query_row((), |row| Ok(Tip { sequence: sequence(row.get(0)?), time: Timestamp(row.get(1)?) }))
        .optional()
        .map_err(&read)?;
    Ok(found.unwrap_or_default())
}

/// The record with this sequence.
pub(super) fn record(connection: &Connection, number: u64) -> Result<Option<Record>, StorageError> {
    const SQL: &str = "SELECT time, body FROM posting WHERE sequence = ?1";
    let read = failed("read a posting");
    let mut statement = connection.prepare_cached(SQL).map_err(&read)?;
    let mut rows = statement.query([integer(number)]).map_err(&read)?;
    let Some(row) = rows.next().map_err(&read)? else { return Ok(None) };
    let time = Timestamp(row.get(0).map_err(&read)?);
    let body = row.get_ref(1).and_then(|value| Ok(value.as_blob()?)).map_err(&read)?;
    codec::decode(number, time, body).map(Some).map_err(damaged_record)
}

/// Records after a sequence, oldest first, up to `limit`.
pub(super) fn tail(connection: &Connection, after: u64, limit: usize) -> Result<Vec<Record>, StorageError> {
    const SQL: &str = "SELECT sequence, time, body FROM posting WHERE sequence > ?1 ORDER BY sequence LIMIT ?2";
    let read = failed("read the tail");
    let mut statement = connection.prepare_cached(SQL).map_err(&read)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = statement.query((integer(after), limit)).map_err(&read)?;
    let mut records = Vec::new();
    while let Some(row) = rows.next().map_err(&read)? {
        let time = Timestamp(row.get(1).map_err(&read)?);
        let body = row.get_ref(2).and_then(|value| Ok(value.as_blob()?)).map_err(&read)?;
        let number = sequence(row.get(0).map_err(&read)?);
        records.push(codec::decode(number, time, body).map_err(damaged_record)?);
    }
    Ok(records)
}

/// The record with this sequence, which another row says is there.
pub(super) fn expect_record(connection: &Connection, number: u64) -> Result<Record, StorageError> {
    record(connection, number)?.ok_or_else(|| damaged("a posting", format!("posting {number} is missing")))
}

/// The sequence of an id: `waiting`, when it is not written yet; 0 when it was refused.
pub(super) fn find_name(
    connection: &Connection,
    name: PostingRef,
    waiting: Option<u64>,
) -> Result<Option<u64>, StorageError> {
    const SQL: &str = "SELECT sequence FROM posting_name WHERE name = ?1";
    if waiting.is_some() {
        return Ok(waiting);
    }
    let read = failed("looked up an id");
    let mut statement = connection.prepare_cached(SQL).map_err(&read)?;
    let found = statement.query_row([name_bytes(name)], |row| row.get(0)).optional().map_err(&read)?;
    Ok(found.map(sequence))
}

fn refused(connection: &Connection, name: PostingRef) -> Result<Refused, StorageError> {
    const SQL: &str = "SELECT body FROM refusal WHERE name = ?1";
    let read = failed("read a refusal");
    let mut statement = connection.prepare_cached(SQL).map_err(&read)?;
    let body: Option<Vec<u8>> = statement.query_row([name_bytes(name)], |row| row.get(0)).optional().map_err(&read)?;
    let body = body.ok_or_else(|| damaged("a refusal", "the row is missing"))?;
    refusal::decode(&body).map_err(|error| damaged("a refusal", error))
}

/// What is known about an id, whose sequence may be `waiting` to be written.
pub(super) fn answer(
    connection: &Connection,
    name: PostingRef,
    waiting: Option<u64>,
) -> Result<Option<Answer>, StorageError> {
    Ok(match find_name(connection, name, waiting)? {
        None => None,
        Some(0) => Some(Answer::Refused(Box::new(refused(connection, name)?))),
        Some(number) => Some(Answer::Posted(Box::new(expect_record(connection, number)?))),
    })
}

/// The written names of posted postings from `first` to `last`, in order, with their sequences.
pub(super) fn names(
    connection: &Connection,
    first: Name,
    last: Name,
    limit: usize,
) -> Result<Vec<(Name, u64)>, StorageError> {
    const SQL: &str = "SELECT name, sequence FROM posting_name WHERE name >= ?1 AND name <= ?2 AND sequence > 0 \
         ORDER BY name LIMIT ?3";
    let read = failed("looked up an id");
    let mut statement = connection.prepare_cached(SQL).map_err(&read)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = statement.query_map((first, last, limit), |row| Ok((row.get(0)?, sequence(row.get(1)?))));
    found.and_then(Iterator::collect).map_err(&read)
}

/// The sequence of who holds a claim.
pub(super) fn claim_sequence(connection: &Connection, key: ClaimKey) -> Result<Option<u64>, StorageError> {
    const SQL: &str = "SELECT sequence FROM claim WHERE key = ?1";
    let read = failed("looked up a claim");
    let mut statement = connection.prepare_cached(SQL).map_err(&read)?;
    let found: Option<i64> = statement.query_row([key.bytes()], |row| row.get(0)).optional().map_err(&read)?;
    Ok(found.map(sequence))
}

/// Who holds a claim.
pub(super) fn holder(connection: &Connection, key: ClaimKey) -> Result<Option<Holder>, StorageError> {
    let Some(number) = claim_sequence(connection, key)? else { return Ok(None) };
    let posting = expect_record(connection, number)?.posting.head.posting_ref();
    Ok(Some(Holder { posting, sequence: number }))
}

/// What became of a posting that was pending; None when it never was.
pub(super) fn pending(connection: &Connection, number: u64) -> Result<Option<Pending>, StorageError> {
    const SQL: &str = "SELECT resolution, resolved_by FROM pending WHERE sequence = ?1";
    let read = failed("read a pending posting");
    let mut statement = connection.prepare_cached(SQL).map_err(&read)?;
    let found: Option<(u8, i64)> =
        statement.query_row([integer(number)], |row| Ok((row.get(0)?, row.get(1)?))).optional().map_err(&read)?;
    let Some((resolution, resolved_by)) = found else { return Ok(None) };
    columns::pending_of(expect_record(connection, number)?, resolution, resolved_by).map(Some)
}
