//! The reading side: connections of its own, one short transaction for each read.
//!
//! Balances, ids and marks are what the tables say and what the writer has not written there yet ([`Unwritten`]). A reader in the
//! writer's process takes that from the writer; one beside another process reads it from the log first.

use std::cell::Cell;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use qianbao_core::posting::{AccountId, ClaimKey, Owner, PostingId, PostingRef};
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::rows::{self, SELECT_ACCOUNT};
use super::schema::{self, failed};
use super::unwritten::{self, Name, Overtaken, Unwritten};
use crate::account::Account;
use crate::apply::{Holder, PAGE_INTERVAL, Pending};
use crate::columns::{damaged, integer, name_bytes, sequence};
use crate::handle::READERS;
use crate::history::{Cursor, Entry, Page, entries_of};
use crate::record::{Answer, Record};
use crate::storage::{Reader, StorageError, Tip};

/// Idle connections of one file. A read takes one or opens one; at most four stay open.
pub struct SqliteReader {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    unwritten: Arc<Unwritten>,
    /// Taken while the log is followed, where this process does not write it.
    follow: Option<Mutex<()>>,
}

/// One state of the ledger.
struct Snapshot<'connection> {
    connection: &'connection Connection,
    reader: &'connection SqliteReader,
    /// Its last posting, once it was asked for.
    tip: Cell<Option<Tip>>,
    /// Whether it has become too old while it was read: what was read is not used then.
    is_overtaken: Cell<bool>,
}

impl Snapshot<'_> {
    fn tip(&self) -> Result<Tip, StorageError> {
        if let Some(tip) = self.tip.get() {
            return Ok(tip);
        }
        let tip = rows::tip(self.connection)?;
        self.tip.set(Some(tip));
        if let Some(follow) = &self.reader.follow {
            let _turn = follow.lock().unwrap_or_else(PoisonError::into_inner);
            unwritten::catch_up(self.connection, &self.reader.unwritten)?;
        }
        Ok(tip)
    }

    /// What the writer has not written yet, or `otherwise` when this snapshot is too old for it.
    fn waiting<T>(
        &self,
        otherwise: T,
        find: impl FnOnce(&Unwritten, u64) -> Result<T, Overtaken>,
    ) -> Result<T, StorageError> {
        let tip = self.tip()?.sequence;
        Ok(find(&self.reader.unwritten, tip).unwrap_or_else(|Overtaken| {
            self.is_overtaken.set(true);
            otherwise
        }))
    }

    /// The account of a row, with its balance.
    fn current(&self, row: Account) -> Result<Account, StorageError> {
        self.waiting(row, |unwritten, tip| unwritten.account_at(row, tip))
    }

    fn account(&self, id: AccountId) -> Result<Option<(i64, Account)>, StorageError> {
        let Some((number, row)) = rows::find_account(self.connection, id)? else { return Ok(None) };
        Ok(Some((number, self.current(row)?)))
    }

    /// The sequence that an id waits to lead to.
    fn waiting_name(&self, name: PostingRef) -> Result<Option<u64>, StorageError> {
        self.waiting(None, |unwritten, tip| unwritten.name_at(&name_bytes(name), tip))
    }

    fn find_name(&self, name: PostingRef) -> Result<Option<u64>, StorageError> {
        rows::find_name(self.connection, name, self.waiting_name(name)?)
    }

    /// Posted postings with this id, in order of owner: names begin with the id.
    fn with_id(&self, id: PostingId, limit: usize) -> Result<Vec<Record>, StorageError> {
        let bound = |fill: u8| -> Name {
            let mut bound = [fill; 32];
            bound[..16].copy_from_slice(id.uuid().as_bytes());
            bound
        };
        let mut names = rows::names(self.connection, bound(0x00), bound(0xff), limit)?;
        names.extend(self.waiting(Vec::new(), |unwritten, tip| unwritten.names_at(bound(0x00), bound(0xff), tip))?);
        names.sort_unstable();
        names.dedup();
        names.truncate(limit);
        names.into_iter().map(|(_, number)| rows::expect_record(self.connection, number)).collect()
    }

    /// The first mark of an account at or after a sequence, of those that stand at every `interval`th of its postings.
    fn mark_from(&self, number: i64, id: AccountId, wanted: u64, interval: u64) -> Result<Option<u64>, StorageError> {
        let written = mark_from(self.connection, number, wanted, interval)?;
        if written.is_some() {
            return Ok(written);
        }
        self.waiting(None, |unwritten, tip| unwritten.mark_at(id, wanted, interval, tip))
    }
}

impl SqliteReader {
    /// A reader in the process that writes.
    pub(super) const fn beside_writer(path: PathBuf, unwritten: Arc<Unwritten>) -> Self {
        Self { path, idle: Mutex::new(Vec::new()), unwritten, follow: None }
    }

    /// A reader of a file that another process may be writing to.
    pub(super) fn alone(path: PathBuf) -> Self {
        Self { path, idle: Mutex::new(Vec::new()), unwritten: Arc::default(), follow: Some(Mutex::new(())) }
    }

    fn read<T>(&self, query: impl Fn(&Snapshot<'_>) -> Result<T, StorageError>) -> Result<T, StorageError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.connect()?,
        };
        let answer = loop {
            let transaction = connection.unchecked_transaction().map_err(failed("began a read"))?;
            let snapshot = Snapshot {
                connection: &transaction,
                reader: self,
                tip: Cell::new(None),
                is_overtaken: Cell::new(false),
            };
            let answer = query(&snapshot);
            let is_overtaken = snapshot.is_overtaken.get();
            transaction.finish().map_err(failed("ended a read"))?;
            // The writer has written all balances twice since this read began, which takes it dozens of batches.
            if !is_overtaken {
                break answer;
            }
        };
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
        schema::keep_plans(&connection).map_err(&open)?;
        connection.pragma_update(None, "query_only", true).map_err(&open)?;
        connection.set_prepared_statement_cache_capacity(32);
        Ok(connection)
    }
}

impl Reader for SqliteReader {
    fn tip(&self) -> Result<Tip, StorageError> {
        self.read(|snapshot| rows::tip(snapshot.connection))
    }

    fn accounts(&self, ids: &[AccountId]) -> Result<(u64, Vec<Option<Account>>), StorageError> {
        self.read(|snapshot| {
            let find = |id: &AccountId| Ok(snapshot.account(*id)?.map(|(_, account)| account));
            Ok((snapshot.tip()?.sequence, ids.iter().map(find).collect::<Result<_, StorageError>>()?))
        })
    }

    fn accounts_of(&self, owner: Owner, limit: usize) -> Result<Vec<Account>, StorageError> {
        let sql = format!("{SELECT_ACCOUNT} WHERE owner = ?1 ORDER BY code, id LIMIT ?2");
        self.read(|snapshot| {
            let read = failed("read an owner's accounts");
            let mut statement = snapshot.connection.prepare_cached(&sql).map_err(&read)?;
            let mut rows = statement.query((owner.bytes(), integer(limit as u64))).map_err(&read)?;
            let mut found = Vec::new();
            while let Some(row) = rows.next().map_err(&read)? {
                found.push(snapshot.current(rows::account(row)?.1)?);
            }
            Ok(found)
        })
    }

    fn accounts_after(&self, after: Option<AccountId>, limit: usize) -> Result<(u64, Vec<Account>), StorageError> {
        let sql = format!("{SELECT_ACCOUNT} WHERE id > ?1 ORDER BY id LIMIT ?2");
        self.read(|snapshot| {
            let read = failed("read accounts");
            // No id comes before the empty one.
            let after = after.map_or_else(Vec::new, |id| id.bytes().to_vec());
            let mut statement = snapshot.connection.prepare_cached(&sql).map_err(&read)?;
            let mut rows = statement.query((after, integer(limit as u64))).map_err(&read)?;
            let mut found = Vec::new();
            while let Some(row) = rows.next().map_err(&read)? {
                found.push(snapshot.current(rows::account(row)?.1)?);
            }
            Ok((snapshot.tip()?.sequence, found))
        })
    }

    fn claims_after(&self, after: Option<ClaimKey>, limit: usize) -> Result<(u64, Vec<(ClaimKey, u64)>), StorageError> {
        const SQL: &str = "SELECT key, sequence FROM claim WHERE key > ?1 ORDER BY key LIMIT ?2";
        self.read(|snapshot| {
            let read = failed("read claims");
            let after = after.map_or_else(Vec::new, |key| key.bytes().to_vec());
            let mut statement = snapshot.connection.prepare_cached(SQL).map_err(&read)?;
            let found = statement
                .query_map((after, integer(limit as u64)), |row| {
                    Ok((ClaimKey::from_bytes(row.get(0)?), sequence(row.get(1)?)))
                })
                .and_then(Iterator::collect)
                .map_err(&read)?;
            Ok((snapshot.tip()?.sequence, found))
        })
    }

    fn claim_sequences(&self, keys: &[ClaimKey]) -> Result<Vec<Option<u64>>, StorageError> {
        self.read(|snapshot| keys.iter().map(|key| rows::claim_sequence(snapshot.connection, *key)).collect())
    }

    fn answer(&self, posting: PostingRef) -> Result<Option<Answer>, StorageError> {
        self.read(|snapshot| rows::answer(snapshot.connection, posting, snapshot.waiting_name(posting)?))
    }

    fn with_id(&self, id: PostingId, limit: usize) -> Result<Vec<Record>, StorageError> {
        self.read(|snapshot| snapshot.with_id(id, limit))
    }

    fn sequences_of(&self, postings: &[PostingRef]) -> Result<Vec<Option<u64>>, StorageError> {
        self.read(|snapshot| {
            let find = |name: &PostingRef| Ok(snapshot.find_name(*name)?.filter(|&number| number > 0));
            postings.iter().map(find).collect()
        })
    }

    fn tail(&self, after: u64, limit: usize) -> Result<Vec<Record>, StorageError> {
        self.read(|snapshot| rows::tail(snapshot.connection, after, limit))
    }

    fn records(&self, sequences: &[u64]) -> Result<Vec<Option<Record>>, StorageError> {
        self.read(|snapshot| sequences.iter().map(|number| rows::record(snapshot.connection, *number)).collect())
    }

    fn holder(&self, key: ClaimKey) -> Result<Option<Holder>, StorageError> {
        self.read(|snapshot| rows::holder(snapshot.connection, key))
    }

    fn pending(&self, posting: PostingRef) -> Result<Option<Pending>, StorageError> {
        self.read(|snapshot| match snapshot.find_name(posting)? {
            None | Some(0) => Ok(None),
            Some(number) => rows::pending(snapshot.connection, number),
        })
    }

    fn history(&self, account: AccountId, before: Option<Cursor>, limit: usize) -> Result<Page, StorageError> {
        self.read(|snapshot| history(snapshot, account, before, limit))
    }

    fn history_after(&self, account: AccountId, after: u64) -> Result<Vec<Entry>, StorageError> {
        self.read(|snapshot| history_after(snapshot, account, after))
    }
}

/// Follows the thread of one account from the newest posting, or from where `before` lets it be entered.
fn history(snapshot: &Snapshot<'_>, id: AccountId, before: Option<Cursor>, limit: usize) -> Result<Page, StorageError> {
    let Some((number, account)) = snapshot.account(id)? else { return Ok(Page::default()) };
    let mut at = match before {
        None => account.last_sequence,
        Some(cursor) => enter(snapshot, number, &account, cursor.sequence)?,
    };
    let mut page = Page::default();
    while at > 0 && page.entries.len() <= limit {
        let record = rows::expect_record(snapshot.connection, at)?;
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
fn history_after(snapshot: &Snapshot<'_>, id: AccountId, after: u64) -> Result<Vec<Entry>, StorageError> {
    let Some((number, account)) = snapshot.account(id)? else { return Ok(Vec::new()) };
    let mut at =
        snapshot.mark_from(number, id, after.saturating_add(1), PAGE_INTERVAL)?.unwrap_or(account.last_sequence);
    let mut newest_first = Vec::new();
    while at > after {
        let record = rows::expect_record(snapshot.connection, at)?;
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
fn enter(snapshot: &Snapshot<'_>, number: i64, account: &Account, wanted: u64) -> Result<u64, StorageError> {
    if wanted >= account.last_sequence {
        return Ok(account.last_sequence);
    }
    let touches = |record: Record| record.touched.iter().any(|touched| touched.account == account.id);
    if rows::record(snapshot.connection, wanted)?.is_some_and(touches) {
        return Ok(wanted);
    }
    Ok(snapshot.mark_from(number, account.id, wanted, 1)?.unwrap_or(account.last_sequence))
}

/// The first such mark that is written.
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
