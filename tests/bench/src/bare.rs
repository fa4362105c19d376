//! The peer of L1: SQLite alone, as fast as it takes transfers durably.
//!
//! One thread, batches of 64: one row a transfer with a time-ordered id and both balances after it, each touched balance
//! written once a batch, WAL with FULL. No callers, no ids to look up, no floors, no history, no answers.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use qianbao_tests_bench::Failure;

const BATCH: u64 = 64;

/// Transfers a second over `accounts` accounts.
pub fn run(disk: &Path, accounts: u64, length: Duration) -> Result<f64, Failure> {
    let folder = tempfile::tempdir_in(disk)?;
    let connection = Connection::open(folder.path().join("bare.db"))?;
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", (), |row| row.get(0))?;
    if mode != "wal" {
        return Err(format!("expected a WAL, found {mode}").into());
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    // The same room as the ledger's writer.
    connection.pragma_update(None, "wal_autocheckpoint", 1_024)?;
    connection.pragma_update(None, "cache_size", -65_536)?;
    connection.execute_batch(
        "CREATE TABLE transfer (id BLOB PRIMARY KEY, debit INTEGER, credit INTEGER, amount INTEGER, debit_after INTEGER,
             credit_after INTEGER) WITHOUT ROWID;
         CREATE TABLE balance (number INTEGER PRIMARY KEY, amount INTEGER NOT NULL);",
    )?;
    let mut balances = vec![1_000_000_000_i64; usize::try_from(accounts)?];
    connection.execute_batch("BEGIN")?;
    for number in 0..accounts {
        connection.execute("INSERT INTO balance VALUES (?1, 1000000000)", [i64::try_from(number)?])?;
    }
    connection.execute_batch("COMMIT")?;
    // A fifth of the time warms up and is not counted.
    transfers(&connection, &mut balances, 0, length / 5)?;
    let before: i64 = count(&connection)?;
    let start = Instant::now();
    transfers(&connection, &mut balances, u64::try_from(before)?, length)?;
    let seconds = start.elapsed().as_secs_f64();
    let done = count(&connection)? - before;
    let total: i64 = connection.query_row("SELECT sum(amount) FROM balance", (), |row| row.get(0))?;
    if total != i64::try_from(accounts)? * 1_000_000_000 {
        return Err(format!("the bare loop lost money: {total}").into());
    }
    #[allow(clippy::cast_precision_loss)]
    Ok(done as f64 / seconds)
}

fn count(connection: &Connection) -> Result<i64, Failure> {
    Ok(connection.query_row("SELECT count(*) FROM transfer", (), |row| row.get(0))?)
}

fn transfers(connection: &Connection, balances: &mut [i64], from: u64, length: Duration) -> Result<(), Failure> {
    let accounts = balances.len() as u64;
    let mut insert = connection.prepare("INSERT INTO transfer VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    let mut update = connection.prepare("UPDATE balance SET amount = ?2 WHERE number = ?1")?;
    let mut begin = connection.prepare("BEGIN IMMEDIATE")?;
    let mut commit = connection.prepare("COMMIT")?;
    let mut random = crate::engine::Random::new(from + 1);
    let mut touched: Vec<usize> = Vec::with_capacity(128);
    let mut number = from;
    let start = Instant::now();
    while start.elapsed() < length {
        begin.execute(())?;
        touched.clear();
        for _ in 0..BATCH {
            let (debit, credit) = random.pair(accounts);
            let (debit, credit) = (usize::try_from(debit)?, usize::try_from(credit)?);
            balances[debit] -= 1;
            balances[credit] += 1;
            touched.extend([debit, credit]);
            let mut id = [0_u8; 16];
            id[..8].copy_from_slice(&number.to_be_bytes());
            id[8..].copy_from_slice(&random.next().to_be_bytes());
            number += 1;
            insert.execute((
                id,
                i64::try_from(debit)?,
                i64::try_from(credit)?,
                1_i64,
                balances[debit],
                balances[credit],
            ))?;
        }
        touched.sort_unstable();
        touched.dedup();
        for account in &touched {
            update.execute((i64::try_from(*account)?, balances[*account]))?;
        }
        commit.execute(())?;
    }
    Ok(())
}
