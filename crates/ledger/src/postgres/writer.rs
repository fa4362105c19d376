//! The writing side: takes the turn, loads what a batch touches, stores what was decided in one transaction.

use std::collections::HashMap;
use std::time::Duration;

use qianbao_core::Timestamp;
use qianbao_core::posting::{AccountId, ClaimKey, PostingRef};
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Executor, Row};

use super::fault::{Fault, Moment};
use super::open::{CommitClock, Skew};
use super::rows::{self, select_account};
use super::session::Session;
use super::store;
use crate::account::Account;
use crate::apply::{Decision, Holder, Known, Target};
use crate::columns::{integer, name_bytes, name_of, pending_of, sequence};
use crate::handle::Epoch;
use crate::recent::{AccountCache, Lookup, RecentNames};
use crate::steps::{Step, Steps};
use crate::storage::{StorageError, Tip, Writer};

/// The turn, then the last posting and the database's time: by statements of their own, since what one statement reads is as
/// old as its beginning, and the lock may have been waited for.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; \
     SELECT epoch FROM head WHERE name = 'ledger' FOR UPDATE; \
     SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT), last.sequence, last.time \
     FROM (SELECT 1) AS one LEFT JOIN (SELECT sequence, time FROM posting WHERE sequence IS NOT NULL \
     ORDER BY sequence DESC LIMIT 1) AS last ON TRUE";

/// One process's writer.
pub struct PostgresWriter {
    pub(super) session: Session,
    pub(super) steps: Steps,
    epoch: Epoch,
    /// Set when commit times come from the database.
    skew: Option<Skew>,
    /// The database's time, as the present batch began.
    database_time: Timestamp,
    /// The last posting when the caches were right.
    tip: Tip,
    /// As they stand in the database at `tip`.
    accounts: AccountCache<()>,
    /// Some ids that were used. What is not here looks new; the insert notices when it is not.
    names: RecentNames,
    /// Before this nothing expires, at `tip`. None: not known.
    next_expiry: Option<Timestamp>,
    /// Whether the batch runs again, so that every id is looked up.
    is_careful: bool,
    /// Whether a commit was not answered.
    is_unanswered: bool,
}

impl PostgresWriter {
    pub(super) fn new(session: Session, epoch: Epoch, clock: CommitClock) -> Self {
        let skew = (clock == CommitClock::Database).then(Skew::default);
        Self {
            session,
            steps: Steps::default(),
            epoch,
            skew,
            database_time: Timestamp::default(),
            tip: Tip::default(),
            accounts: AccountCache::default(),
            names: RecentNames::default(),
            next_expiry: None,
            is_careful: false,
            is_unanswered: false,
        }
    }

    /// How far the clocks are apart, where the database's counts.
    pub(super) fn skew(&self) -> Option<Skew> {
        self.skew.clone()
    }

    /// Runs statements of the batch; after a failure nothing of the batch is left in the database.
    fn run<T>(
        &mut self,
        moment: Moment,
        doing: &'static str,
        query: impl AsyncFnOnce(&mut PgConnection) -> Result<T, Fault>,
    ) -> Result<T, StorageError> {
        self.session.run(query).map_err(|fault| {
            self.session.take_back();
            self.next_expiry = None;
            self.is_careful = true;
            let error = fault.told(moment, doing);
            self.is_unanswered |= matches!(error, StorageError::Unknown { .. });
            error
        })
    }

    /// Connects again where the connection was lost.
    fn connect(&mut self) -> Result<(), StorageError> {
        self.session.connect().map_err(|error| error.told("connected again"))
    }

    fn end(&mut self) {
        self.is_careful = false;
        self.is_unanswered = false;
    }
}

impl Writer for PostgresWriter {
    const IS_SHARED: bool = true;

    fn begin(&mut self) -> Result<Tip, StorageError> {
        self.connect()?;
        let (epoch, now, tip) = self.run(Moment::Begin, "began a batch", async |connection| {
            let rows = connection.fetch_all(BEGIN).await?;
            let [head, last] = rows.as_slice() else { return Err(sqlx::Error::RowNotFound.into()) };
            let tip = Tip {
                sequence: last.try_get::<Option<i64>, _>(1)?.map_or(0, sequence),
                time: Timestamp(last.try_get::<Option<i64>, _>(2)?.unwrap_or_default()),
            };
            Ok((head.try_get::<i64, _>(0)?, Timestamp(last.try_get(0)?), tip))
        })?;
        if epoch != self.epoch.0 {
            self.session.take_back();
            return Err(StorageError::Restored { expected: self.epoch.0, found: epoch });
        }
        if tip != self.tip {
            self.accounts.clear();
            self.next_expiry = None;
        }
        self.tip = tip;
        self.database_time = now;
        self.steps.reach(Step::Begun);
        Ok(tip)
    }

    fn time(&self, clock: Timestamp) -> Timestamp {
        let Some(skew) = &self.skew else { return clock };
        skew.note(clock, self.database_time);
        self.database_time
    }

    fn look(&mut self) -> Result<Option<u64>, StorageError> {
        self.connect()?;
        self.run(Moment::Within, "looked at the head", async |connection| {
            let last = sqlx::query_as(
                "SELECT sequence FROM posting WHERE sequence IS NOT NULL ORDER BY sequence DESC LIMIT 1",
            );
            let last: Option<(i64,)> = last.fetch_optional(connection).await?;
            Ok(Some(last.map_or(0, |(number,)| sequence(number))))
        })
    }

    fn pause(&mut self, tries: u32) {
        let mut random = [0; 2];
        // Without randomness two processes may meet again; that is slow, not wrong.
        let _ = getrandom::fill(&mut random);
        let longest = Duration::from_millis(10_u64 << tries.min(6));
        std::thread::sleep(longest / 2 + longest * u32::from(u16::from_le_bytes(random)) / (2 * u32::from(u16::MAX)));
    }

    fn known(&mut self, refs: &[PostingRef]) -> Result<Vec<Option<Known>>, StorageError> {
        let all = refs.iter().map(|name| name_bytes(*name));
        let asked: Vec<[u8; 32]> =
            all.clone().filter(|name| self.is_careful || self.names.look_up(name) == Lookup::OnDisk).collect();
        if asked.is_empty() {
            return Ok(vec![None; refs.len()]);
        }
        let found = self.run(Moment::Within, "looked up ids", async |connection| {
            let rows = sqlx::query("SELECT name, sequence, time, body FROM posting WHERE name = ANY($1)");
            by_key::<32, _>(&rows.bind(asked).fetch_all(connection).await?, |row| Ok(rows::answer(row, 1)?.known()))
        })?;
        Ok(all.map(|name: [u8; 32]| found.get(&name).cloned()).collect())
    }

    fn targets(&mut self, refs: &[PostingRef]) -> Result<Vec<Option<Target>>, StorageError> {
        if refs.is_empty() {
            return Ok(Vec::new());
        }
        let names: Vec<[u8; 32]> = refs.iter().map(|name| name_bytes(*name)).collect();
        let asked = names.clone();
        let found = self.run(Moment::Within, "looked up pending postings", async |connection| {
            let rows = sqlx::query(
                "SELECT p.name, p.sequence, p.time, p.body, q.resolution, q.resolved_by FROM posting AS p \
                 LEFT JOIN pending AS q ON q.sequence = p.sequence WHERE p.name = ANY($1) AND p.sequence IS NOT NULL",
            );
            by_key::<32, _>(&rows.bind(asked).fetch_all(connection).await?, target)
        })?;
        Ok(names.iter().map(|name| found.get(name).cloned()).collect())
    }

    fn due(&mut self, time: Timestamp, limit: usize) -> Result<Vec<PostingRef>, StorageError> {
        if self.next_expiry.is_some_and(|next| time < next) {
            return Ok(Vec::new());
        }
        let waiting: Vec<(i64, [u8; 32])> =
            self.run(Moment::Within, "looked for what has expired", async |connection| {
                let rows = sqlx::query_as(
                    "SELECT q.expires_at, p.name FROM pending AS q JOIN posting AS p ON p.sequence = q.sequence \
                     WHERE q.resolution = 0 AND q.expires_at IS NOT NULL ORDER BY q.expires_at, q.sequence LIMIT $1",
                );
                Ok(rows.bind(integer(limit as u64)).fetch_all(connection).await?)
            })?;
        let due: Vec<PostingRef> = waiting
            .iter()
            .filter(|(expiry, _)| *expiry <= time.0)
            .map(|(_, name)| name_of(*name))
            .collect::<Result<_, _>>()?;
        // What is due now is looked for again by the next batch, in case it could not be voided.
        self.next_expiry = Some(match (due.first(), waiting.first()) {
            (Some(_), _) => time,
            (None, Some((expiry, _))) => Timestamp(*expiry),
            (None, None) => Timestamp(i64::MAX),
        });
        Ok(due)
    }

    fn holders(&mut self, keys: &[ClaimKey]) -> Result<Vec<Option<Holder>>, StorageError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let asked: Vec<[u8; 32]> = keys.iter().map(|key| key.bytes()).collect();
        let found = self.run(Moment::Within, "looked up claims", async |connection| {
            let rows = sqlx::query(
                "SELECT c.key, c.sequence, p.name FROM claim AS c JOIN posting AS p ON p.sequence = c.sequence \
                 WHERE c.key = ANY($1)",
            );
            by_key::<32, _>(&rows.bind(asked).fetch_all(connection).await?, |row| {
                Ok(Holder { posting: name_of(row.try_get(2)?)?, sequence: sequence(row.try_get(1)?) })
            })
        })?;
        Ok(keys.iter().map(|key| found.get(&key.bytes()).copied()).collect())
    }

    fn accounts(&mut self, ids: &[AccountId]) -> Result<Vec<Option<Account>>, StorageError> {
        let mut accounts: Vec<Option<Account>> =
            ids.iter().map(|id| self.accounts.get(*id).map(|((), account)| account)).collect();
        let asked: Vec<[u8; 16]> =
            ids.iter().zip(&accounts).filter(|(_, account)| account.is_none()).map(|(id, _)| id.bytes()).collect();
        if asked.is_empty() {
            return Ok(accounts);
        }
        let found = self.run(Moment::Within, "loaded accounts", async |connection| {
            let rows = sqlx::query(select_account!("WHERE id = ANY($1)"));
            by_key::<16, _>(&rows.bind(asked).fetch_all(connection).await?, |row| rows::account(row, 0))
        })?;
        for (id, account) in ids.iter().zip(&mut accounts).filter(|(_, account)| account.is_none()) {
            *account = found.get(&id.bytes()).copied();
            if let Some(account) = account {
                self.accounts.put((), *account);
            }
        }
        Ok(accounts)
    }

    fn commit(&mut self, decision: &Decision) -> Result<(), StorageError> {
        self.steps.reach(Step::Decided);
        let steps = self.steps.clone();
        self.run(Moment::Within, "stored a batch", async |connection| {
            store::store(connection, decision, &steps).await
        })?;
        self.steps.reach(Step::Stored);
        self.run(Moment::Commit, "committed a batch", async |connection| {
            connection.execute("COMMIT").await?;
            Ok(())
        })?;
        self.steps.reach(Step::Committed);
        let posted = decision.records.iter().map(|record| record.posting.head.posting_ref());
        for name in posted.chain(decision.refused.iter().map(|refused| refused.head.posting_ref())) {
            self.names.note(name_bytes(name));
        }
        for stored in &decision.accounts {
            self.accounts.put((), stored.account);
        }
        let expiries = decision.pendings.iter().filter(|pending| pending.resolved.is_none());
        if let (Some(next), Some(first)) = (self.next_expiry, expiries.filter_map(|pending| pending.expires_at).min()) {
            self.next_expiry = Some(next.min(first));
        }
        self.tip = decision.tip;
        self.end();
        Ok(())
    }

    fn rollback(&mut self) -> Result<(), StorageError> {
        let is_unanswered = self.is_unanswered;
        self.run(Moment::Commit, "ended a batch", async |connection| {
            if is_unanswered {
                // What was found may have been stored by the commit that was not answered. A commit of our own comes after
                // it in the database's log: when this one is kept (by a standby too), so is that one.
                connection.execute("UPDATE head SET zone = zone WHERE name = 'ledger'; COMMIT").await?;
            } else {
                connection.execute("ROLLBACK").await?;
            }
            Ok(())
        })?;
        self.end();
        Ok(())
    }
}

/// Rows by their first column, a key of `N` bytes.
fn by_key<const N: usize, V>(
    rows: &[PgRow],
    value: impl Fn(&PgRow) -> Result<V, Fault>,
) -> Result<HashMap<[u8; N], V>, Fault> {
    rows.iter().map(|row| Ok((row.try_get(0)?, value(row)?))).collect()
}

fn target(row: &PgRow) -> Result<Target, Fault> {
    let record = rows::record(row, 1)?;
    let (resolution, by): (Option<i32>, Option<i64>) = (row.try_get(4)?, row.try_get(5)?);
    Ok(match (resolution, by) {
        (Some(resolution), Some(by)) => {
            Target::Pending(pending_of(record, u8::try_from(resolution).unwrap_or(u8::MAX), by)?)
        }
        _ => Target::NotPending { sequence: record.sequence },
    })
}
