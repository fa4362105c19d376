//! The writing side: loads what a batch touches, stores what was decided in one transaction.

use std::fs::File;

use qianbao_core::Timestamp;
use qianbao_core::posting::{AccountId, ClaimKey, PostingRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, Statement, params};

use super::rows;
use super::schema::failed;
use crate::account::Account;
use crate::apply::{Decision, Holder, Known, Pending, Stored, Target};
use crate::columns::{self, damaged, integer, name_bytes, sequence};
use crate::recent::{AccountCache, Lookup, RecentNames};
use crate::record::{codec, refusal};
use crate::steps::{Step, Steps};
use crate::storage::{StorageError, Tip, Writer};

/// The one connection that writes, and the lock that makes it the only one.
pub struct SqliteWriter {
    pub(super) connection: Connection,
    pub(super) steps: Steps,
    accounts: AccountCache<i64>,
    names: RecentNames,
    tip: Tip,
    /// Held for as long as the writer lives.
    _lock: File,
}

impl SqliteWriter {
    pub(super) fn new(connection: Connection, lock: File) -> Result<Self, StorageError> {
        let tip = rows::tip(&connection)?;
        let names = recent_names(&connection)?;
        Ok(Self { connection, steps: Steps::default(), accounts: AccountCache::default(), names, tip, _lock: lock })
    }

    fn account(&mut self, id: AccountId) -> Result<Option<Account>, StorageError> {
        if let Some((_, account)) = self.accounts.get(id) {
            return Ok(Some(account));
        }
        let found = rows::find_account(&self.connection, id)?;
        Ok(found.map(|(number, account)| {
            self.accounts.put(number, account);
            account
        }))
    }

    fn store(&mut self, decision: &Decision) -> Result<(), StorageError> {
        self.store_log(decision)?;
        self.steps.reach(Step::LogStored);
        self.store_accounts(&decision.accounts)?;
        self.steps.reach(Step::AccountsStored);
        for mark in &decision.marks {
            let number = self.number(mark.account)?;
            self.statement("INSERT INTO mark (number, sequence, postings) VALUES (?1, ?2, ?3)")?
                .execute((number, integer(mark.sequence), integer(mark.postings)))
                .map_err(failed("stored a mark"))?;
        }
        for (key, holder) in &decision.claims {
            let stored = failed("stored a claim");
            match holder {
                Some(holder) => self
                    .statement(
                        "INSERT INTO claim (key, sequence) VALUES (?1, ?2) \
                         ON CONFLICT (key) DO UPDATE SET sequence = excluded.sequence",
                    )?
                    .execute((key.bytes(), integer(holder.sequence))),
                None => self.statement("DELETE FROM claim WHERE key = ?1")?.execute([key.bytes()]),
            }
            .map_err(stored)?;
        }
        decision.pendings.iter().try_for_each(|pending| self.store_pending(pending))
    }

    /// The log and the ids: rows that are only ever added, at the end.
    fn store_log(&self, decision: &Decision) -> Result<(), StorageError> {
        let stored = failed("stored a posting");
        let mut posting = self.statement("INSERT INTO posting (sequence, time, body) VALUES (?1, ?2, ?3)")?;
        let mut name = self.statement("INSERT INTO posting_name (name, sequence) VALUES (?1, ?2)")?;
        for record in &decision.records {
            let number = integer(record.sequence);
            posting.execute((number, record.time.0, codec::encode(record))).map_err(&stored)?;
            name.execute((name_bytes(record.posting.head.posting_ref()), number)).map_err(&stored)?;
        }
        if decision.refused.is_empty() {
            return Ok(());
        }
        let mut body = self.statement("INSERT INTO refusal (name, body) VALUES (?1, ?2)")?;
        for refused in &decision.refused {
            let bytes = name_bytes(refused.head.posting_ref());
            name.execute((bytes, 0_i64)).map_err(&stored)?;
            body.execute((bytes, refusal::encode(refused))).map_err(&stored)?;
        }
        Ok(())
    }

    /// New accounts and every touched balance, each once.
    fn store_accounts(&mut self, touched: &[Stored]) -> Result<(), StorageError> {
        let mut numbers = Vec::with_capacity(touched.len());
        for stored in touched {
            numbers.push(if stored.is_new {
                self.open_account(&stored.account)?
            } else {
                self.number(stored.account.id)?
            });
        }
        let mut insert = self.statement(INSERT_BALANCE)?;
        let mut update = self.statement(UPDATE_BALANCE)?;
        for (stored, number) in touched.iter().zip(&numbers) {
            write_balance(if stored.is_new { &mut insert } else { &mut update }, *number, &stored.account)?;
        }
        drop((insert, update));
        for (stored, number) in touched.iter().zip(numbers) {
            self.accounts.put(number, stored.account);
        }
        Ok(())
    }

    /// Stores what never changes of an account; answers its row number.
    fn open_account(&self, account: &Account) -> Result<i64, StorageError> {
        let (kind, day) = columns::window_of(&account.key.period);
        self.statement(
            "INSERT INTO account (id, code, owner, asset, limit_name, window_kind, window_day) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute((
            account.id.bytes(),
            account.key.code.number(),
            account.key.owner.bytes(),
            account.key.asset.to_string(),
            columns::limit_of(&account.key.period),
            kind,
            day,
        ))
        .map_err(failed("stored an account"))?;
        Ok(self.connection.last_insert_rowid())
    }

    fn store_pending(&self, pending: &Pending) -> Result<(), StorageError> {
        let stored = failed("stored a pending posting");
        let (resolution, by) = columns::resolution_of(pending);
        let number = integer(pending.sequence);
        self.statement(
            "INSERT INTO pending (sequence, resolution, resolved_by) VALUES (?1, ?2, ?3) \
             ON CONFLICT (sequence) DO UPDATE SET resolution = excluded.resolution, resolved_by = excluded.resolved_by",
        )?
        .execute((number, resolution, by))
        .map_err(&stored)?;
        let Some(expiry) = pending.expires_at else { return Ok(()) };
        let sql = if pending.resolved.is_none() {
            "INSERT INTO expiry (expires_at, sequence) VALUES (?1, ?2)"
        } else {
            "DELETE FROM expiry WHERE expires_at = ?1 AND sequence = ?2"
        };
        self.statement(sql)?.execute((expiry.0, number)).map_err(&stored)?;
        Ok(())
    }

    /// The row number of an account that is there.
    fn number(&mut self, id: AccountId) -> Result<i64, StorageError> {
        if let Some((number, _)) = self.accounts.get(id) {
            return Ok(number);
        }
        let found = rows::find_account(&self.connection, id)?;
        found.map(|(number, _)| number).ok_or_else(|| damaged("an account", format!("{id} is missing")))
    }

    fn statement(&self, sql: &'static str) -> Result<CachedStatement<'_>, StorageError> {
        self.connection.prepare_cached(sql).map_err(failed("prepared a statement"))
    }
}

const INSERT_BALANCE: &str = "INSERT INTO balance (number, state, floor, ceiling, debits_posted, credits_posted, \
     debits_pending, credits_pending, last_sequence, postings) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
const UPDATE_BALANCE: &str = "UPDATE balance SET state = ?2, floor = ?3, ceiling = ?4, debits_posted = ?5, \
     credits_posted = ?6, debits_pending = ?7, credits_pending = ?8, last_sequence = ?9, postings = ?10 \
     WHERE number = ?1";

fn write_balance(statement: &mut Statement<'_>, number: i64, account: &Account) -> Result<(), StorageError> {
    let sums = &account.sums;
    let rows = statement
        .execute(params![
            number,
            codec::state_number(account.state),
            account.floor,
            account.ceiling,
            sums.debits_posted,
            sums.credits_posted,
            sums.debits_pending,
            sums.credits_pending,
            integer(account.last_sequence),
            integer(account.postings),
        ])
        .map_err(failed("stored a balance"))?;
    if rows == 1 { Ok(()) } else { Err(damaged("a balance", format!("{rows} rows for account {}", account.id))) }
}

impl Writer for SqliteWriter {
    fn begin(&mut self) -> Result<Tip, StorageError> {
        self.statement("BEGIN IMMEDIATE")?.execute(()).map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy) => StorageError::Locked,
            _ => failed("began a batch")(error),
        })?;
        self.steps.reach(Step::Begun);
        Ok(self.tip)
    }

    fn known(&mut self, refs: &[PostingRef]) -> Result<Vec<Option<Known>>, StorageError> {
        refs.iter()
            .map(|name| match self.names.look_up(&name_bytes(*name)) {
                Lookup::New => Ok(None),
                Lookup::OnDisk => Ok(rows::answer(&self.connection, *name)?.map(|answer| answer.known())),
            })
            .collect()
    }

    fn targets(&mut self, refs: &[PostingRef]) -> Result<Vec<Option<Target>>, StorageError> {
        refs.iter()
            .map(|name| match rows::find_name(&self.connection, *name)? {
                None | Some(0) => Ok(None),
                Some(number) => Ok(Some(match rows::pending(&self.connection, number)? {
                    Some(pending) => Target::Pending(pending),
                    None => Target::NotPending { sequence: number },
                })),
            })
            .collect()
    }

    fn due(&mut self, time: Timestamp, limit: usize) -> Result<Vec<PostingRef>, StorageError> {
        let read = failed("looked for what has expired");
        let numbers: Vec<i64> = self
            .statement("SELECT sequence FROM expiry WHERE expires_at <= ?1 ORDER BY expires_at, sequence LIMIT ?2")?
            .query_map((time.0, integer(limit as u64)), |row| row.get(0))
            .and_then(Iterator::collect)
            .map_err(&read)?;
        let name =
            |number: i64| Ok(rows::expect_record(&self.connection, sequence(number))?.posting.head.posting_ref());
        numbers.into_iter().map(name).collect()
    }

    fn holders(&mut self, keys: &[ClaimKey]) -> Result<Vec<Option<Holder>>, StorageError> {
        keys.iter().map(|key| rows::holder(&self.connection, *key)).collect()
    }

    fn accounts(&mut self, ids: &[AccountId]) -> Result<Vec<Option<Account>>, StorageError> {
        ids.iter().map(|id| self.account(*id)).collect()
    }

    fn commit(&mut self, decision: &Decision) -> Result<(), StorageError> {
        self.steps.reach(Step::Decided);
        self.store(decision)?;
        self.steps.reach(Step::Stored);
        self.statement("COMMIT")?.execute(()).map_err(failed("committed a batch"))?;
        self.steps.reach(Step::Committed);
        let names = decision.records.iter().map(|record| record.posting.head.posting_ref());
        for name in names.chain(decision.refused.iter().map(|refused| refused.head.posting_ref())) {
            self.names.note(name_bytes(name));
        }
        self.tip = decision.tip;
        Ok(())
    }

    fn rollback(&mut self) -> Result<(), StorageError> {
        self.statement("ROLLBACK")?.execute(()).map_err(failed("ended a batch"))?;
        Ok(())
    }
}

/// The newest names of the file. When there may be older ones, the oldest that was read is the watermark.
fn recent_names(connection: &Connection) -> Result<RecentNames, StorageError> {
    let read = failed("read the newest ids");
    let mut statement =
        connection.prepare("SELECT name FROM posting_name ORDER BY name DESC LIMIT ?1").map_err(&read)?;
    let found: Vec<[u8; 32]> = statement
        .query_map([integer(RecentNames::MAX as u64)], |row| row.get(0))
        .and_then(Iterator::collect)
        .map_err(&read)?;
    let mut names = RecentNames::default();
    if found.len() == RecentNames::MAX
        && let Some(oldest) = found.last()
    {
        names.begin_above(*oldest);
    }
    for name in found {
        names.note(name);
    }
    Ok(names)
}
