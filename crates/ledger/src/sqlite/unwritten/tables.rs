//! From the log into memory, and from memory into the tables.

use rusqlite::{Connection, OptionalExtension};

use super::{Balance, Left, Unwritten};
use crate::apply::{MARK_INTERVAL, Mark};
use crate::columns::{damaged, integer, name_bytes};
use crate::record::Record;
use crate::sqlite::rows;
use crate::sqlite::schema::failed;
use crate::storage::StorageError;

/// Records that are read from the log at a time.
const PAGE: usize = 1_024;

/// The sequence up to which the tables have everything; None in a file in which each batch wrote all of it.
fn written_until(connection: &Connection) -> Result<Option<u64>, StorageError> {
    const WHAT: &str = "how far its tables are written";
    let read = failed("read how far its tables are written");
    let found: Option<String> = connection
        .prepare_cached("SELECT value FROM meta WHERE name = 'written'")
        .map_err(&read)?
        .query_row((), |row| row.get(0))
        .optional()
        .map_err(&read)?;
    found.map(|value| value.parse().map_err(|error| damaged(WHAT, error))).transpose()
}

/// Reads from the log what the tables do not have, up to the last posting of the connection's snapshot. One at a time.
pub(in crate::sqlite) fn catch_up(connection: &Connection, unwritten: &Unwritten) -> Result<(), StorageError> {
    let tip = rows::tip(connection)?.sequence;
    let written = written_until(connection)?.unwrap_or(tip);
    if unwritten.read().young.since < written {
        unwritten.begin(written);
    }
    let mut at = unwritten.read().young.until;
    while at < tip {
        let page = rows::tail(connection, at, PAGE)?;
        // A hole in the log is the audit's to tell; what comes after it is read all the same.
        let Some(last) = page.last() else { return Ok(()) };
        at = last.sequence;
        for record in &page {
            note(connection, unwritten, record)?;
        }
    }
    Ok(())
}

fn note(connection: &Connection, unwritten: &Unwritten, record: &Record) -> Result<(), StorageError> {
    let sequence = record.sequence;
    let names = vec![(name_bytes(record.posting.head.posting_ref()), sequence)];
    let mut left = Left { names, ..Left::default() };
    for touched in &record.touched {
        // An account without a row is the audit's to tell.
        let Some((_, row)) = rows::find_account(connection, touched.account)? else { continue };
        let before = Balance::of(&unwritten.newest(row));
        // An account was written with what the batch that opened it has left there, and with its marks.
        if before.last_sequence >= sequence {
            continue;
        }
        let (account, postings) = (touched.account, before.postings + 1);
        left.balances.push((account, Balance { sums: touched.sums, last_sequence: sequence, postings }));
        if postings.is_multiple_of(MARK_INTERVAL) {
            left.marks.push(Mark { account, sequence, postings });
        }
    }
    unwritten.note(sequence, left);
    Ok(())
}

/// What waits, with the row numbers of its accounts.
pub(in crate::sqlite) struct Numbered {
    pub(in crate::sqlite) balances: Vec<(i64, Balance)>,
    pub(in crate::sqlite) names: Vec<(super::Name, u64)>,
    pub(in crate::sqlite) marks: Vec<(i64, Mark)>,
}

/// Writes it in the connection's transaction. Afterwards the tables have everything up to `until`.
pub(in crate::sqlite) fn store(connection: &Connection, mut left: Numbered, until: u64) -> Result<(), StorageError> {
    // In the order of the tables each page is come to once.
    left.balances.sort_unstable_by_key(|(number, _)| *number);
    left.marks.sort_unstable_by_key(|(number, mark)| (*number, mark.sequence));
    store_balances(connection, left.balances)?;
    let wrote = failed("stored an id");
    let mut statement = connection.prepare_cached(INSERT_NAME).map_err(&wrote)?;
    for (name, number) in left.names {
        statement.execute((name, integer(number))).map_err(&wrote)?;
    }
    for (number, mark) in left.marks {
        store_mark(connection, number, mark)?;
    }
    let wrote = failed("noted how far its tables are written");
    let rows = connection
        .prepare_cached("UPDATE meta SET value = ?1 WHERE name = 'written'")
        .map_err(&wrote)?
        .execute([until.to_string()])
        .map_err(&wrote)?;
    if rows == 1 { Ok(()) } else { Err(damaged("how far its tables are written", format!("{rows} rows"))) }
}

/// An id and its sequence; 0 for what was refused, which is written at once.
pub(in crate::sqlite) const INSERT_NAME: &str = "INSERT INTO posting_name (name, sequence) VALUES (?1, ?2)";

/// Writes a mark of the account with this row number.
pub(in crate::sqlite) fn store_mark(connection: &Connection, number: i64, mark: Mark) -> Result<(), StorageError> {
    let wrote = failed("stored a mark");
    connection
        .prepare_cached("INSERT INTO mark (number, sequence, postings) VALUES (?1, ?2, ?3)")
        .map_err(&wrote)?
        .execute((number, integer(mark.sequence), integer(mark.postings)))
        .map_err(&wrote)?;
    Ok(())
}

fn store_balances(connection: &Connection, balances: Vec<(i64, Balance)>) -> Result<(), StorageError> {
    const SQL: &str = "UPDATE balance SET debits_posted = ?2, credits_posted = ?3, debits_pending = ?4, \
         credits_pending = ?5, last_sequence = ?6, postings = ?7 WHERE number = ?1";
    let wrote = failed("stored a balance");
    let mut statement = connection.prepare_cached(SQL).map_err(&wrote)?;
    for (number, Balance { sums, last_sequence, postings }) in balances {
        let rows = statement
            .execute((
                number,
                sums.debits_posted,
                sums.credits_posted,
                sums.debits_pending,
                sums.credits_pending,
                integer(last_sequence),
                integer(postings),
            ))
            .map_err(&wrote)?;
        if rows != 1 {
            return Err(damaged("a balance", format!("{rows} rows for account number {number}")));
        }
    }
    Ok(())
}
