//! The reading side: connections of its own, one short transaction for each read.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use qianbao_core::Timestamp;
use qianbao_core::posting::{AccountId, ClaimKey, Owner, PostingId, PostingRef};
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::rows::{self, SELECT_ACCOUNT};
use super::schema::failed;
use crate::account::Account;
use crate::apply::{Holder, PAGE_INTERVAL, Pending};
use crate::columns::{damaged, integer, sequence};
use crate::handle::READERS;
use crate::history::{Cursor, Entry, Page, entries_of};
use crate::record::{Answer, Record, codec};
use crate::storage::{Reader, StorageError, Tip};

/// Idle connections of one file. A read takes one or opens one; at most four stay open.
pub struct SqliteReader {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl SqliteReader {
    pub(super) const fn new(path: PathBuf) -> Self {
        Self { path, idle: Mutex::new(Vec::new()) }
    }

    fn read<T>(&self, query: impl FnOnce(&Connection) -> Result<T, StorageError>) -> Result<T, StorageError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.connect()?,
        };
        let transaction = connection.unchecked_transaction().map_err(failed("began a read"))?;
        let answer = query(&transaction);
        transaction.finish().map_err(failed("ended a read"))?;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < READERS {
            idle.push(connection);
        }
        answer
    }

    fn connect(&self) -> Result<Connection, StorageError> {
        let open = failed("opened a reader");
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags).map_err(&open)?;
        connection.busy_timeout(Duration::from_secs(2)).map_err(&open)?;
        connection.pragma_update(None, "query_only", true).map_err(&open)?;
        connection.set_prepared_statement_cache_capacity(32);
        Ok(connection)
    }
}

impl Reader for SqliteReader {
    fn tip(&self) -> Result<Tip, StorageError> {
        self.read(rows::tip)
    }

    fn accounts(&self, ids: &[AccountId]) -> Result<(u64, Vec<Option<Account>>), StorageError> {
        self.read(|connection| {
            let tip = rows::tip(connection)?;
            let find = |id: &AccountId| Ok(rows::find_account(connection, *id)?.map(|(_, account)| account));
            Ok((tip.sequence, ids.iter().map(find).collect::<Result<_, StorageError>>()?))
        })
    }

    fn accounts_of(&self, owner: Owner, limit: usize) -> Result<Vec<Account>, StorageError> {
        let sql = format!("{SELECT_ACCOUNT} WHERE owner = ?1 ORDER BY code, id LIMIT ?2");
        self.read(|connection| {
            let read = failed("read an owner's accounts");
            let mut statement = connection.prepare_cached(&sql).map_err(&read)?;
            let mut rows = statement.query((owner.bytes(), integer(limit as u64))).map_err(&read)?;
            let mut found = Vec::new();
            while let Some(row) = rows.next().map_err(&read)? {
                found.push(rows::account(row)?.1);
            }
            Ok(found)
        })
    }

    fn accounts_after(&self, after: Option<AccountId>, limit: usize) -> Result<(u64, Vec<Account>), StorageError> {
        let sql = format!("{SELECT_ACCOUNT} WHERE id > ?1 ORDER BY id LIMIT ?2");
        self.read(|connection| {
            let read = failed("read accounts");
            // No id comes before the empty one.
            let after = after.map_or_else(Vec::new, |id| id.bytes().to_vec());
            let mut statement = connection.prepare_cached(&sql).map_err(&read)?;
            let mut rows = statement.query((after, integer(limit as u64))).map_err(&read)?;
            let mut found = Vec::new();
            while let Some(row) = rows.next().map_err(&read)? {
                found.push(rows::account(row)?.1);
            }
            Ok((rows::tip(connection)?.sequence, found))
        })
    }

    fn claims_after(&self, after: Option<ClaimKey>, limit: usize) -> Result<(u64, Vec<(ClaimKey, u64)>), StorageError> {
        const SQL: &str = "SELECT key, sequence FROM claim WHERE key > ?1 ORDER BY key LIMIT ?2";
        self.read(|connection| {
            let read = failed("read claims");
            let after = after.map_or_else(Vec::new, |key| key.bytes().to_vec());
            let mut statement = connection.prepare_cached(SQL).map_err(&read)?;
            let found = statement
                .query_map((after, integer(limit as u64)), |row| {
                    Ok((ClaimKey::from_bytes(row.get(0)?), sequence(row.get(1)?)))
                })
                .and_then(Iterator::collect)
                .map_err(&read)?;
            Ok((rows::tip(connection)?.sequence, found))
        })
    }

    fn claim_sequences(&self, keys: &[ClaimKey]) -> Result<Vec<Option<u64>>, StorageError> {
        self.read(|connection| keys.iter().map(|key| rows::claim_sequence(connection, *key)).collect())
    }

    fn answer(&self, posting: PostingRef) -> Result<Option<Answer>, StorageError> {
        self.read(|connection| rows::answer(connection, posting))
    }

    fn with_id(&self, id: PostingId, limit: usize) -> Result<Vec<Record>, StorageError> {
        self.read(|connection| rows::with_id(connection, id, limit))
    }

    fn sequences_of(&self, postings: &[PostingRef]) -> Result<Vec<Option<u64>>, StorageError> {
        self.read(|connection| {
            let find = |name: &PostingRef| Ok(rows::find_name(connection, *name)?.filter(|&number| number > 0));
            postings.iter().map(find).collect()
        })
    }

    fn tail(&self, after: u64, limit: usize) -> Result<Vec<Record>, StorageError> {
        self.read(|connection| tail(connection, after, limit))
    }

    fn records(&self, sequences: &[u64]) -> Result<Vec<Option<Record>>, StorageError> {
        self.read(|connection| sequences.iter().map(|number| rows::record(connection, *number)).collect())
    }

    fn holder(&self, key: ClaimKey) -> Result<Option<Holder>, StorageError> {
        self.read(|connection| rows::holder(connection, key))
    }

    fn pending(&self, posting: PostingRef) -> Result<Option<Pending>, StorageError> {
        self.read(|connection| match rows::find_name(connection, posting)? {
            None | Some(0) => Ok(None),
            Some(number) => rows::pending(connection, number),
        })
    }

    fn history(&self, account: AccountId, before: Option<Cursor>, limit: usize) -> Result<Page, StorageError> {
        self.read(|connection| history(connection, account, before, limit))
    }

    fn history_after(&self, account: AccountId, after: u64) -> Result<Vec<Entry>, StorageError> {
        self.read(|connection| history_after(connection, account, after))
    }
}

fn tail(connection: &Connection, after: u64, limit: usize) -> Result<Vec<Record>, StorageError> {
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
        records.push(codec::decode(number, time, body).map_err(|error| damaged("a record", error))?);
    }
    Ok(records)
}

/// Follows the thread of one account from the newest posting, or from where `before` lets it be entered.
fn history(connection: &Connection, id: AccountId, before: Option<Cursor>, limit: usize) -> Result<Page, StorageError> {
    let Some((number, account)) = rows::find_account(connection, id)? else { return Ok(Page::default()) };
    let mut at = match before {
        None => account.last_sequence,
        Some(cursor) => enter(connection, number, &account, cursor.sequence)?,
    };
    let mut page = Page::default();
    while at > 0 && page.entries.len() <= limit {
        let record = rows::expect_record(connection, at)?;
        let Some((entries, previous)) = entries_of(&record, id, account.key.code) else {
            return Err(damaged("an account's thread", format!("posting {at} does not touch {id}")));
        };
        page.entries.extend(entries.into_iter().filter(|entry| before.is_none_or(|cursor| entry.cursor < cursor)));
        at = previous;
    }
    if page.entries.len() > limit {
        page.entries.truncate(limit);
        page.next = page.entries.last().map(|entry| entry.cursor);
    }
    Ok(page)
}

/// Follows the thread from the first mark after `after` (or from the newest posting) back to `after`.
fn history_after(connection: &Connection, id: AccountId, after: u64) -> Result<Vec<Entry>, StorageError> {
    let Some((number, account)) = rows::find_account(connection, id)? else { return Ok(Vec::new()) };
    let mut at =
        mark_from(connection, number, after.saturating_add(1), PAGE_INTERVAL)?.unwrap_or(account.last_sequence);
    let mut newest_first = Vec::new();
    while at > after {
        let record = rows::expect_record(connection, at)?;
        let Some((entries, previous)) = entries_of(&record, id, account.key.code) else {
            return Err(damaged("an account's thread", format!("posting {at} does not touch {id}")));
        };
        newest_first.extend(entries);
        at = previous;
    }
    newest_first.reverse();
    Ok(newest_first)
}

/// Where the thread can be entered to find everything at or before a sequence: that posting itself if it touches the
/// account, else the next mark, else the newest posting. At most 64 postings are walked past in vain, 256 where migration 2 came later.
fn enter(connection: &Connection, number: i64, account: &Account, wanted: u64) -> Result<u64, StorageError> {
    if wanted >= account.last_sequence {
        return Ok(account.last_sequence);
    }
    let touches = |record: Record| record.touched.iter().any(|touched| touched.account == account.id);
    if rows::record(connection, wanted)?.is_some_and(touches) {
        return Ok(wanted);
    }
    Ok(mark_from(connection, number, wanted, 1)?.unwrap_or(account.last_sequence))
}

/// The first mark of an account at or after a sequence, of those that stand at every `interval`th of its postings.
fn mark_from(connection: &Connection, number: i64, wanted: u64, interval: u64) -> Result<Option<u64>, StorageError> {
    let read = failed("looked for a mark");
    let sql = "SELECT sequence FROM mark WHERE number = ?1 AND sequence >= ?2 AND (postings IS NULL OR postings % ?3 = 0) \
               ORDER BY sequence LIMIT 1";
    let mut statement = connection.prepare_cached(sql).map_err(&read)?;
    let mark: Option<i64> = statement
        .query_row((number, integer(wanted), integer(interval)), |row| row.get(0))
        .optional()
        .map_err(&read)?;
    Ok(mark.map(sequence))
}
