//! Storing what was decided: one statement for each kind of row, whatever the number of rows. Values travel as arrays, one
//! for each column.

use std::fmt::Write;

use sqlx::postgres::PgConnection;

use super::fault::Fault;
use super::thread::thread_of;
use crate::account::Account;
use crate::apply::{Decision, Stored};
use crate::columns::{self, damaged, integer, name_bytes};
use crate::record::{codec, refusal};
use crate::steps::{Step, Steps};

/// Stores everything but the commit.
pub(super) async fn store(connection: &mut PgConnection, decision: &Decision, steps: &Steps) -> Result<(), Fault> {
    store_log(connection, decision).await?;
    steps.reach(Step::LogStored);
    let (opened, changed): (Vec<&Stored>, Vec<&Stored>) = decision.accounts.iter().partition(|stored| stored.is_new);
    if !opened.is_empty() {
        open_accounts(connection, &opened).await?;
    }
    if !changed.is_empty() {
        change_accounts(connection, &changed).await?;
    }
    steps.reach(Step::AccountsStored);
    if !decision.marks.is_empty() {
        let marks = || decision.marks.iter();
        sqlx::query("INSERT INTO mark (account, sequence, postings) SELECT * FROM UNNEST($1, $2, $3)")
            .bind(marks().map(|mark| mark.account.bytes()).collect::<Vec<[u8; 16]>>())
            .bind(marks().map(|mark| integer(mark.sequence)).collect::<Vec<i64>>())
            .bind(marks().map(|mark| integer(mark.postings)).collect::<Vec<i64>>())
            .execute(&mut *connection)
            .await?;
    }
    if !decision.claims.is_empty() {
        store_claims(connection, decision).await?;
    }
    if !decision.pendings.is_empty() {
        store_pendings(connection, decision).await?;
    }
    Ok(())
}

/// The log and the ids: rows that are only ever added. An id or a sequence that is there already fails.
async fn store_log(connection: &mut PgConnection, decision: &Decision) -> Result<(), Fault> {
    let count = decision.records.len() + decision.refused.len();
    let mut names: Vec<[u8; 32]> = Vec::with_capacity(count);
    let mut sequences: Vec<Option<i64>> = Vec::with_capacity(count);
    let mut times: Vec<i64> = Vec::with_capacity(count);
    let mut bodies: Vec<Vec<u8>> = Vec::with_capacity(count);
    let mut threads: Vec<String> = Vec::with_capacity(count);
    for record in &decision.records {
        names.push(name_bytes(record.posting.head.posting_ref()));
        sequences.push(Some(integer(record.sequence)));
        times.push(record.time.0);
        bodies.push(codec::encode(record));
        threads.push(array_text(&thread_of(record)));
    }
    for refused in &decision.refused {
        names.push(name_bytes(refused.head.posting_ref()));
        sequences.push(None);
        times.push(refused.time.0);
        bodies.push(refusal::encode(refused));
        threads.push(array_text(&[]));
    }
    sqlx::query(
        "INSERT INTO posting (name, sequence, time, body, thread) \
         SELECT n.name, n.sequence, n.time, n.body, CAST(n.thread AS BIGINT[]) \
         FROM UNNEST($1, $2, $3, $4, $5) AS n (name, sequence, time, body, thread)",
    )
    .bind(names)
    .bind(sequences)
    .bind(times)
    .bind(bodies)
    .bind(threads)
    .execute(connection)
    .await?;
    Ok(())
}

/// An array within an array has to travel as text.
fn array_text(numbers: &[i64]) -> String {
    let mut text = String::with_capacity(2 + numbers.len() * 16);
    text.push('{');
    for (index, number) in numbers.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let _ = write!(text, "{comma}{number}");
    }
    text.push('}');
    text
}

/// What changes of an account, one array a column.
#[derive(Default)]
struct Balances {
    ids: Vec<[u8; 16]>,
    states: Vec<i32>,
    floors: Vec<Option<i64>>,
    ceilings: Vec<Option<i64>>,
    debits_posted: Vec<i64>,
    credits_posted: Vec<i64>,
    debits_pending: Vec<i64>,
    credits_pending: Vec<i64>,
    last_sequences: Vec<i64>,
    postings: Vec<i64>,
}

impl Balances {
    fn of(touched: &[&Stored]) -> Self {
        let mut all = Self::default();
        for Account { id, state, floor, ceiling, sums, last_sequence, postings, .. } in
            touched.iter().map(|stored| &stored.account)
        {
            all.ids.push(id.bytes());
            all.states.push(i32::from(codec::state_number(*state)));
            all.floors.push(*floor);
            all.ceilings.push(*ceiling);
            all.debits_posted.push(sums.debits_posted);
            all.credits_posted.push(sums.credits_posted);
            all.debits_pending.push(sums.debits_pending);
            all.credits_pending.push(sums.credits_pending);
            all.last_sequences.push(integer(*last_sequence));
            all.postings.push(integer(*postings));
        }
        all
    }
}

/// Accounts that were there before.
async fn change_accounts(connection: &mut PgConnection, changed: &[&Stored]) -> Result<(), Fault> {
    let all = Balances::of(changed);
    let done = sqlx::query(
        "UPDATE account SET state = n.state, floor = n.floor, ceiling = n.ceiling, debits_posted = n.debits_posted, \
         credits_posted = n.credits_posted, debits_pending = n.debits_pending, credits_pending = n.credits_pending, \
         last_sequence = n.last_sequence, postings = n.postings \
         FROM UNNEST($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS n (id, state, floor, ceiling, debits_posted, \
         credits_posted, debits_pending, credits_pending, last_sequence, postings) WHERE account.id = n.id",
    )
    .bind(all.ids)
    .bind(all.states)
    .bind(all.floors)
    .bind(all.ceilings)
    .bind(all.debits_posted)
    .bind(all.credits_posted)
    .bind(all.debits_pending)
    .bind(all.credits_pending)
    .bind(all.last_sequences)
    .bind(all.postings)
    .execute(connection)
    .await?;
    if done.rows_affected() == changed.len() as u64 {
        return Ok(());
    }
    Err(damaged("an account", format!("{} of {} rows were there", done.rows_affected(), changed.len())).into())
}

/// Accounts that the batch opened, as they stand after it.
async fn open_accounts(connection: &mut PgConnection, opened: &[&Stored]) -> Result<(), Fault> {
    let keys = opened.iter().map(|stored| stored.account.key);
    let (codes, owners): (Vec<i32>, Vec<[u8; 16]>) =
        keys.clone().map(|key| (i32::from(key.code.number()), key.owner.bytes())).unzip();
    let (assets, limits): (Vec<String>, Vec<String>) =
        keys.clone().map(|key| (key.asset.to_string(), columns::limit_of(&key.period))).unzip();
    let (kinds, days): (Vec<i32>, Vec<i32>) =
        keys.map(|key| columns::window_of(&key.period)).map(|(kind, day)| (i32::from(kind), day)).unzip();
    let all = Balances::of(opened);
    sqlx::query(
        "INSERT INTO account (id, state, floor, ceiling, debits_posted, credits_posted, debits_pending, credits_pending, \
         last_sequence, postings, code, owner, asset, limit_name, window_kind, window_day) \
         SELECT * FROM UNNEST($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    )
    .bind(all.ids)
    .bind(all.states)
    .bind(all.floors)
    .bind(all.ceilings)
    .bind(all.debits_posted)
    .bind(all.credits_posted)
    .bind(all.debits_pending)
    .bind(all.credits_pending)
    .bind(all.last_sequences)
    .bind(all.postings)
    .bind(codes)
    .bind(owners)
    .bind(assets)
    .bind(limits)
    .bind(kinds)
    .bind(days)
    .execute(connection)
    .await?;
    Ok(())
}

async fn store_claims(connection: &mut PgConnection, decision: &Decision) -> Result<(), Fault> {
    let mut freed: Vec<[u8; 32]> = Vec::new();
    let (mut keys, mut holders): (Vec<[u8; 32]>, Vec<i64>) = (Vec::new(), Vec::new());
    for (key, holder) in &decision.claims {
        match holder {
            None => freed.push(key.bytes()),
            Some(holder) => {
                keys.push(key.bytes());
                holders.push(integer(holder.sequence));
            }
        }
    }
    if !keys.is_empty() {
        sqlx::query(
            "INSERT INTO claim (key, sequence) SELECT * FROM UNNEST($1, $2) \
             ON CONFLICT (key) DO UPDATE SET sequence = excluded.sequence",
        )
        .bind(keys)
        .bind(holders)
        .execute(&mut *connection)
        .await?;
    }
    if !freed.is_empty() {
        sqlx::query("DELETE FROM claim WHERE key = ANY($1)").bind(freed).execute(connection).await?;
    }
    Ok(())
}

async fn store_pendings(connection: &mut PgConnection, decision: &Decision) -> Result<(), Fault> {
    let mut sequences: Vec<i64> = Vec::new();
    let mut expiries: Vec<Option<i64>> = Vec::new();
    let (mut resolutions, mut resolvers): (Vec<i32>, Vec<i64>) = (Vec::new(), Vec::new());
    for pending in &decision.pendings {
        let (resolution, by) = columns::resolution_of(pending);
        sequences.push(integer(pending.sequence));
        expiries.push(pending.expires_at.map(|time| time.0));
        resolutions.push(i32::from(resolution));
        resolvers.push(by);
    }
    sqlx::query(
        "INSERT INTO pending (sequence, expires_at, resolution, resolved_by) SELECT * FROM UNNEST($1, $2, $3, $4) \
         ON CONFLICT (sequence) DO UPDATE SET resolution = excluded.resolution, resolved_by = excluded.resolved_by",
    )
    .bind(sequences)
    .bind(expiries)
    .bind(resolutions)
    .bind(resolvers)
    .execute(connection)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::array_text;

    #[test]
    fn arrays_are_written_as_postgres_reads_them() {
        assert_eq!(array_text(&[]), "{}");
        assert_eq!(array_text(&[i64::MIN, 0, 7]), "{-9223372036854775808,0,7}");
    }
}
