//! The writing side: loads what a batch touches, stores what was decided in one transaction.

use std::fs::File;
use std::sync::Arc;

use qianbao_core::Timestamp;
use qianbao_core::posting::{AccountId, ClaimKey, PostingRef};
use rusqlite::{CachedStatement, Connection, ErrorCode};

use super::rows;
use super::schema::failed;
use super::unwritten::{self, Balance, INSERT_NAME, Left, Numbered, Unwritten};
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
    unwritten: Arc<Unwritten>,
    /// Most postings between two writings of what waits.
    pub(super) records_max: u64,
    tip: Tip,
    /// Held for as long as the writer lives.
    _lock: File,
}

impl SqliteWriter {
    /// The writer of this connection. What the log has and the tables do not is written first.
    pub(super) fn new(connection: Connection, lock: File, unwritten: Arc<Unwritten>) -> Result<Self, StorageError> {
        unwritten::catch_up(&connection, &unwritten)?;
        let mut writer = Self {
            tip: rows::tip(&connection)?,
            connection,
            steps: Steps::default(),
            accounts: AccountCache::default(),
            names: RecentNames::default(),
            unwritten,
            records_max: unwritten::RECORDS_MAX,
            _lock: lock,
        };
        writer.write_waiting()?;
        writer.names = recent_names(&writer.connection)?;
        Ok(writer)
    }

    /// Writes what waits, in a transaction of its own.
    fn write_waiting(&mut self) -> Result<(), StorageError> {
        let Some(waiting) = self.unwritten.waiting() else { return Ok(()) };
        self.begin()?;
        self.store_waiting(waiting, self.tip.sequence)?;
        self.statement("COMMIT")?.execute(()).map_err(failed("committed what had waited"))?;
        self.unwritten.written(self.tip.sequence);
        Ok(())
    }

    fn store_waiting(&mut self, waiting: Left, until: u64) -> Result<(), StorageError> {
        let mut balances = Vec::with_capacity(waiting.balances.len());
        for (id, balance) in waiting.balances {
            balances.push((self.number(id)?, balance));
        }
        let mut marks = Vec::with_capacity(waiting.marks.len());
        for mark in waiting.marks {
            marks.push((self.number(mark.account)?, mark));
        }
        unwritten::store(&self.connection, Numbered { balances, names: waiting.names, marks }, until)?;
        self.steps.reach(Step::BalancesStored);
        Ok(())
    }

    fn account(&mut self, id: AccountId) -> Result<Option<Account>, StorageError> {
        if let Some((_, account)) = self.accounts.get(id) {
            return Ok(Some(account));
        }
        let found = rows::find_account(&self.connection, id)?;
        Ok(found.map(|(number, row)| {
            let account = self.unwritten.newest(row);
            self.accounts.put(number, account);
            account
        }))
    }

    fn store(&mut self, decision: &Decision) -> Result<(), StorageError> {
        self.store_log(decision)?;
        self.steps.reach(Step::LogStored);
        self.store_accounts(decision)?;
        self.steps.reach(Step::AccountsStored);
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

    /// The log, and what was refused with its ids.
    fn store_log(&self, decision: &Decision) -> Result<(), StorageError> {
        let stored = failed("stored a posting");
        let mut posting = self.statement("INSERT INTO posting (sequence, time, body) VALUES (?1, ?2, ?3)")?;
        for record in &decision.records {
            posting.execute((integer(record.sequence), record.time.0, codec::encode(record))).map_err(&stored)?;
        }
        if decision.refused.is_empty() {
            return Ok(());
        }
        let mut name = self.statement(INSERT_NAME)?;
        let mut body = self.statement("INSERT INTO refusal (name, body) VALUES (?1, ?2)")?;
        for refused in &decision.refused {
            let bytes = name_bytes(refused.head.posting_ref());
            name.execute((bytes, 0_i64)).map_err(&stored)?;
            body.execute((bytes, refusal::encode(refused))).map_err(&stored)?;
        }
        Ok(())
    }

    /// New accounts, and what has changed of others. What follows from the log only waits to be written.
    fn store_accounts(&mut self, decision: &Decision) -> Result<(), StorageError> {
        let before = self.tip.sequence;
        let mut left = Left {
            balances: Vec::with_capacity(decision.accounts.len()),
            names: Vec::with_capacity(decision.records.len()),
            marks: Vec::new(),
        };
        let mut opened: Vec<AccountId> = Vec::new();
        for Stored { account, is_new } in &decision.accounts {
            if *is_new {
                opened.push(account.id);
            } else if account.last_sequence > before {
                left.balances.push((account.id, Balance::of(account)));
            }
            let number = if *is_new { self.open_account(account)? } else { self.number(account.id)? };
            self.accounts.put(number, *account);
        }
        for record in &decision.records {
            left.names.push((name_bytes(record.posting.head.posting_ref()), record.sequence));
            for change in &record.posting.changes {
                self.store_terms(change.account)?;
            }
        }
        for mark in &decision.marks {
            if opened.contains(&mark.account) {
                let number = self.number(mark.account)?;
                unwritten::store_mark(&self.connection, number, *mark)?;
            } else {
                left.marks.push(*mark);
            }
        }
        self.unwritten.note(decision.tip.sequence, left);
        Ok(())
    }

    /// Stores state, floor and ceiling of an account as they are after the batch.
    fn store_terms(&mut self, id: AccountId) -> Result<(), StorageError> {
        let number = self.number(id)?;
        let Some(account) = self.account(id)? else { return Ok(()) };
        let rows = self
            .statement("UPDATE balance SET state = ?2, floor = ?3, ceiling = ?4 WHERE number = ?1")?
            .execute((number, codec::state_number(account.state), account.floor, account.ceiling))
            .map_err(failed("stored an account"))?;
        if rows == 1 { Ok(()) } else { Err(damaged("a balance", format!("{rows} rows for account {id}"))) }
    }

    /// Stores a new account; answers its row number.
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
        let number = self.connection.last_insert_rowid();
        let sums = &account.sums;
        self.statement(
            "INSERT INTO balance (number, state, floor, ceiling, debits_posted, credits_posted, debits_pending, \
             credits_pending, last_sequence, postings) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute((
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
        ))
        .map_err(failed("stored a balance"))?;
        Ok(number)
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
                Lookup::OnDisk => {
                    let answer = rows::answer(&self.connection, *name, self.unwritten.newest_name(&name_bytes(*name)))?;
                    Ok(answer.map(|answer| answer.known()))
                }
            })
            .collect()
    }

    fn targets(&mut self, refs: &[PostingRef]) -> Result<Vec<Option<Target>>, StorageError> {
        refs.iter()
            .map(|name| {
                match rows::find_name(&self.connection, *name, self.unwritten.newest_name(&name_bytes(*name)))? {
                    None | Some(0) => Ok(None),
                    Some(number) => Ok(Some(match rows::pending(&self.connection, number)? {
                        Some(pending) => Target::Pending(pending),
                        None => Target::NotPending { sequence: number },
                    })),
                }
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
        let waiting = if self.unwritten.is_due(self.records_max) { self.unwritten.waiting() } else { None };
        let are_all_written = waiting.is_some();
        if let Some(waiting) = waiting {
            self.store_waiting(waiting, decision.tip.sequence)?;
        }
        self.steps.reach(Step::Stored);
        self.statement("COMMIT")?.execute(()).map_err(failed("committed a batch"))?;
        if are_all_written {
            self.unwritten.written(decision.tip.sequence);
        }
        self.steps.reach(Step::Committed);
        let names = decision.records.iter().map(|record| record.posting.head.posting_ref());
        for name in names.chain(decision.refused.iter().map(|refused| refused.head.posting_ref())) {
            self.names.note(name_bytes(name));
        }
        self.tip = decision.tip;
        Ok(())
    }

    fn rest(&mut self) -> Result<(), StorageError> {
        self.write_waiting()
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
