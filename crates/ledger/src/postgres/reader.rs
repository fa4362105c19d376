//! The reading side: connections of its own. Almost every read is one statement and so sees one state; where it is several,
//! the later ones read only what never changes.

use std::sync::{Mutex, PoisonError};

use qianbao_core::Timestamp;
use qianbao_core::posting::{AccountId, ClaimKey, Owner, PostingId, PostingRef};
use sqlx::Row;
use sqlx::postgres::{PgConnection, PgRow};

use super::fault::{Fault, Moment};
use super::place::Place;
use super::rows::{self, select_account};
use super::session::{READ, Session, Use, apart};
use super::thread;
use crate::account::Account;
use crate::apply::{Holder, Pending};
use crate::columns::{integer, name_bytes, name_of, pending_of, sequence};
use crate::handle::READERS;
use crate::history::{Cursor, Entry, Page};
use crate::record::{Answer, Record};
use crate::storage::{Reader, StorageError, Tip};

/// A read whose connection was lost meanwhile (the server was started anew, say) is done once more.
const TRIES_MAX: u32 = 2;

const TAIL: &str = "SELECT sequence, time, body FROM posting WHERE sequence > $1 ORDER BY sequence LIMIT $2";

/// Idle connections to one ledger. A read takes one or makes one; at most four stay open.
pub struct PostgresReader {
    place: Place,
    idle: Mutex<Vec<Session>>,
}

impl PostgresReader {
    pub(super) const fn new(place: Place) -> Self {
        Self { place, idle: Mutex::new(Vec::new()) }
    }

    fn read<T: Send>(
        &self,
        kind: Use,
        doing: &'static str,
        query: impl AsyncFn(&mut PgConnection) -> Result<T, Fault> + Sync,
    ) -> Result<T, StorageError> {
        apart(|| self.read_here(kind, doing, &query))
    }

    fn read_here<T>(
        &self,
        kind: Use,
        doing: &'static str,
        query: &impl AsyncFn(&mut PgConnection) -> Result<T, Fault>,
    ) -> Result<T, StorageError> {
        let mut tries = 1;
        loop {
            let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut session = match idle {
                Some(session) => session,
                None => Session::new(self.place.clone(), kind).map_err(|error| error.told(doing))?,
            };
            session.connect().map_err(|error| error.told(doing))?;
            match session.run_within(kind, async |connection| query(connection).await) {
                Err(fault) if fault.is_lost() && tries < TRIES_MAX => tries += 1,
                outcome => {
                    let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
                    if session.is_connected() && idle.len() < READERS {
                        idle.push(session);
                    }
                    return outcome.map_err(|fault| fault.told(Moment::Within, doing));
                }
            }
        }
    }
}

impl Reader for PostgresReader {
    fn tip(&self) -> Result<Tip, StorageError> {
        self.read(READ, "read the last posting", async |connection| {
            let row = sqlx::query_as(
                "SELECT sequence, time FROM posting WHERE sequence IS NOT NULL ORDER BY sequence DESC LIMIT 1",
            );
            let last: Option<(i64, i64)> = row.fetch_optional(connection).await?;
            Ok(last.map_or(Tip::default(), |(number, time)| Tip { sequence: sequence(number), time: Timestamp(time) }))
        })
    }

    fn accounts(&self, ids: &[AccountId]) -> Result<(u64, Vec<Option<Account>>), StorageError> {
        let asked: Vec<[u8; 16]> = ids.iter().map(|id| id.bytes()).collect();
        self.read(READ, "read accounts", async |connection| {
            // One row for the last posting even where no account is found.
            let rows = sqlx::query(concat!(
                "SELECT a.*, last.sequence FROM (SELECT COALESCE(MAX(sequence), 0) AS sequence FROM posting) AS last \
                 LEFT JOIN (",
                select_account!("WHERE id = ANY($1)"),
                ") AS a ON TRUE"
            ));
            let rows: Vec<PgRow> = rows.bind(&asked).fetch_all(connection).await?;
            let (tip, found) = accounts_with_tip(&rows)?;
            Ok((tip, ids.iter().map(|id| found.iter().find(|account| account.id == *id).copied()).collect()))
        })
    }

    fn accounts_of(&self, owner: Owner, limit: usize) -> Result<Vec<Account>, StorageError> {
        self.read(READ, "read an owner's accounts", async |connection| {
            let rows = sqlx::query(select_account!("WHERE owner = $1 ORDER BY code, id LIMIT $2"));
            let rows = rows.bind(owner.bytes()).bind(integer(limit as u64)).fetch_all(connection).await?;
            rows.iter().map(|row| rows::account(row, 0)).collect()
        })
    }

    fn accounts_after(&self, after: Option<AccountId>, limit: usize) -> Result<(u64, Vec<Account>), StorageError> {
        // No id comes before the empty one.
        let after = after.map_or_else(Vec::new, |id| id.bytes().to_vec());
        self.read(READ, "read accounts", async |connection| {
            let rows = sqlx::query(concat!(
                "SELECT a.*, last.sequence FROM (SELECT COALESCE(MAX(sequence), 0) AS sequence FROM posting) AS last \
                 LEFT JOIN (",
                select_account!("WHERE id > $1 ORDER BY id LIMIT $2"),
                ") AS a ON TRUE ORDER BY a.id"
            ));
            let rows: Vec<PgRow> = rows.bind(&after).bind(integer(limit as u64)).fetch_all(connection).await?;
            accounts_with_tip(&rows)
        })
    }

    fn claims_after(&self, after: Option<ClaimKey>, limit: usize) -> Result<(u64, Vec<(ClaimKey, u64)>), StorageError> {
        let after = after.map_or_else(Vec::new, |key| key.bytes().to_vec());
        self.read(READ, "read claims", async |connection| {
            let rows = sqlx::query_as(
                "SELECT last.sequence, c.key, c.sequence FROM \
                 (SELECT COALESCE(MAX(sequence), 0) AS sequence FROM posting) AS last LEFT JOIN \
                 (SELECT key, sequence FROM claim WHERE key > $1 ORDER BY key LIMIT $2) AS c ON TRUE ORDER BY c.key",
            );
            let rows: Vec<(i64, Option<[u8; 32]>, Option<i64>)> =
                rows.bind(&after).bind(integer(limit as u64)).fetch_all(connection).await?;
            let tip = rows.first().map_or(0, |(tip, ..)| sequence(*tip));
            let claim =
                |(_, key, at): (i64, Option<[u8; 32]>, Option<i64>)| Some((ClaimKey::from_bytes(key?), sequence(at?)));
            Ok((tip, rows.into_iter().filter_map(claim).collect()))
        })
    }

    fn claim_sequences(&self, keys: &[ClaimKey]) -> Result<Vec<Option<u64>>, StorageError> {
        let asked: Vec<[u8; 32]> = keys.iter().map(|key| key.bytes()).collect();
        self.read(READ, "looked up claims", async |connection| {
            let rows = sqlx::query_as("SELECT key, sequence FROM claim WHERE key = ANY($1)");
            let rows: Vec<([u8; 32], i64)> = rows.bind(&asked).fetch_all(connection).await?;
            let found: std::collections::HashMap<[u8; 32], i64> = rows.into_iter().collect();
            Ok(asked.iter().map(|key| found.get(key).copied().map(sequence)).collect())
        })
    }

    fn answer(&self, posting: PostingRef) -> Result<Option<Answer>, StorageError> {
        self.read(READ, "looked up an id", async |connection| {
            let row = sqlx::query("SELECT sequence, time, body FROM posting WHERE name = $1");
            let row = row.bind(name_bytes(posting)).fetch_optional(connection).await?;
            row.map(|row| rows::answer(&row, 0)).transpose()
        })
    }

    fn with_id(&self, id: PostingId, limit: usize) -> Result<Vec<Record>, StorageError> {
        let [first, last] = [0x00, 0xff].map(|fill| [*id.uuid().as_bytes(), [fill; 16]].concat());
        self.read(READ, "looked up an id", async |connection| {
            let rows = sqlx::query(
                "SELECT sequence, time, body FROM posting WHERE name >= $1 AND name <= $2 AND sequence IS NOT NULL \
                 ORDER BY name LIMIT $3",
            );
            let rows = rows.bind(&first).bind(&last).bind(integer(limit as u64)).fetch_all(connection).await?;
            rows.iter().map(|row| rows::record(row, 0)).collect()
        })
    }

    fn sequences_of(&self, postings: &[PostingRef]) -> Result<Vec<Option<u64>>, StorageError> {
        let names: Vec<[u8; 32]> = postings.iter().map(|name| name_bytes(*name)).collect();
        self.read(READ, "looked up ids", async |connection| {
            let rows =
                sqlx::query_as("SELECT name, sequence FROM posting WHERE name = ANY($1) AND sequence IS NOT NULL");
            let rows: Vec<([u8; 32], i64)> = rows.bind(&names).fetch_all(connection).await?;
            let found: std::collections::HashMap<[u8; 32], i64> = rows.into_iter().collect();
            Ok(names.iter().map(|name| found.get(name).copied().map(sequence)).collect())
        })
    }

    fn tail(&self, after: u64, limit: usize) -> Result<Vec<Record>, StorageError> {
        self.read(READ, "read the tail", async |connection| {
            let rows = sqlx::query(TAIL).bind(integer(after)).bind(integer(limit as u64)).fetch_all(connection).await?;
            rows.iter().map(|row| rows::record(row, 0)).collect()
        })
    }

    fn records(&self, sequences: &[u64]) -> Result<Vec<Option<Record>>, StorageError> {
        let asked: Vec<i64> = sequences.iter().map(|number| integer(*number)).collect();
        self.read(READ, "read postings", async |connection| {
            let rows = sqlx::query("SELECT sequence, time, body FROM posting WHERE sequence = ANY($1)");
            let rows = rows.bind(&asked).fetch_all(connection).await?;
            let mut found = std::collections::HashMap::with_capacity(rows.len());
            for row in &rows {
                let record = rows::record(row, 0)?;
                found.insert(record.sequence, record);
            }
            Ok(sequences.iter().map(|number| found.get(number).cloned()).collect())
        })
    }

    fn holder(&self, key: ClaimKey) -> Result<Option<Holder>, StorageError> {
        self.read(READ, "looked up a claim", async |connection| {
            let row = sqlx::query_as(
                "SELECT c.sequence, p.name FROM claim AS c JOIN posting AS p ON p.sequence = c.sequence WHERE c.key = $1",
            );
            let row: Option<(i64, [u8; 32])> = row.bind(key.bytes()).fetch_optional(connection).await?;
            let Some((number, name)) = row else { return Ok(None) };
            Ok(Some(Holder { posting: name_of(name)?, sequence: sequence(number) }))
        })
    }

    fn pending(&self, posting: PostingRef) -> Result<Option<Pending>, StorageError> {
        self.read(READ, "read a pending posting", async |connection| {
            let row = sqlx::query(
                "SELECT p.sequence, p.time, p.body, q.resolution, q.resolved_by FROM posting AS p \
                 JOIN pending AS q ON q.sequence = p.sequence WHERE p.name = $1",
            );
            let Some(row) = row.bind(name_bytes(posting)).fetch_optional(connection).await? else { return Ok(None) };
            let resolution = u8::try_from(row.try_get::<i32, _>(3)?).unwrap_or(u8::MAX);
            Ok(Some(pending_of(rows::record(&row, 0)?, resolution, row.try_get(4)?)?))
        })
    }

    fn history(&self, account: AccountId, before: Option<Cursor>, limit: usize) -> Result<Page, StorageError> {
        self.read(READ, "read an account's history", async |connection| {
            thread::history(connection, account, before, limit).await
        })
    }

    fn history_after(&self, account: AccountId, after: u64) -> Result<Vec<Entry>, StorageError> {
        self.read(READ, "read an account's history", async |connection| {
            thread::history_after(connection, account, after).await
        })
    }
}

/// The accounts of rows that each bear the last posting behind their own columns, and its sequence. The one row of a query that found no account
/// bears nothing else.
fn accounts_with_tip(found: &[PgRow]) -> Result<(u64, Vec<Account>), Fault> {
    let (mut tip, mut accounts) = (0, Vec::with_capacity(found.len()));
    for row in found {
        tip = sequence(row.try_get(rows::ACCOUNT_COLUMNS)?);
        if row.try_get::<Option<Vec<u8>>, _>(0)?.is_some() {
            accounts.push(rows::account(row, 0)?);
        }
    }
    Ok((tip, accounts))
}
