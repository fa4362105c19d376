//! Rows to values, for both sides.

use qianbao_core::Timestamp;
use sqlx::Row;
use sqlx::postgres::PgRow;

use super::fault::Fault;
use crate::account::{Account, Sums};
use crate::columns::{AccountColumns, damaged, sequence};
use crate::record::{Answer, Record, codec, refusal};
use crate::storage::StorageError;

/// Columns of an account, in the order that [`account`] reads them.
macro_rules! select_account {
    ($rest:literal) => {
        concat!(
            "SELECT id, code, owner, asset, limit_name, window_kind, window_day, state, floor, ceiling, debits_posted, \
             credits_posted, debits_pending, credits_pending, last_sequence, postings FROM account ",
            $rest
        )
    };
}
pub(super) use select_account;

/// How many columns that are.
pub(super) const ACCOUNT_COLUMNS: usize = 16;

/// The account in the columns from `first` on.
pub(super) fn account(row: &PgRow, first: usize) -> Result<Account, Fault> {
    let small = |column: usize| -> Result<i32, sqlx::Error> { row.try_get(first + column) };
    let byte = |column: usize| -> Result<u8, Fault> {
        u8::try_from(small(column)?).map_err(|error| damaged("an account", error).into())
    };
    let columns = AccountColumns {
        id: row.try_get(first)?,
        code: u16::try_from(small(1)?).map_err(|error| damaged("an account", error))?,
        owner: row.try_get(first + 2)?,
        asset: row.try_get(first + 3)?,
        limit_name: row.try_get(first + 4)?,
        window_kind: byte(5)?,
        window_day: small(6)?,
        state: byte(7)?,
        floor: row.try_get(first + 8)?,
        ceiling: row.try_get(first + 9)?,
        sums: Sums {
            debits_posted: row.try_get(first + 10)?,
            credits_posted: row.try_get(first + 11)?,
            debits_pending: row.try_get(first + 12)?,
            credits_pending: row.try_get(first + 13)?,
        },
        last_sequence: row.try_get(first + 14)?,
        postings: row.try_get(first + 15)?,
    };
    Ok(columns.account()?)
}

/// The record in the columns sequence, time, body from `first` on.
pub(super) fn record(row: &PgRow, first: usize) -> Result<Record, Fault> {
    Ok(decode(row.try_get(first)?, row.try_get(first + 1)?, row.try_get(first + 2)?)?)
}

/// What became of an id: of a posting the record, of a refusal the reason; the same three columns.
pub(super) fn answer(row: &PgRow, first: usize) -> Result<Answer, Fault> {
    let body: &[u8] = row.try_get(first + 2)?;
    Ok(match row.try_get::<Option<i64>, _>(first)? {
        Some(number) => Answer::Posted(Box::new(decode(number, row.try_get(first + 1)?, body)?)),
        None => Answer::Refused(Box::new(refusal::decode(body).map_err(|error| damaged("a refusal", error))?)),
    })
}

fn decode(number: i64, time: i64, body: &[u8]) -> Result<Record, StorageError> {
    codec::decode(sequence(number), Timestamp(time), body).map_err(|error| damaged("a record", error))
}
