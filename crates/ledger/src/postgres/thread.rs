//! The history of an account: the database itself follows the thread from record to record, so that a page is one
//! statement however many postings are on it.

use qianbao_core::posting::AccountId;
use sqlx::Row;
use sqlx::postgres::{PgConnection, PgRow};

use super::fault::Fault;
use super::rows;
use crate::account::Account;
use crate::apply::{MARK_INTERVAL, PAGE_INTERVAL};
use crate::columns::{damaged, integer, sequence};
use crate::history::{Cursor, Entry, Page, entries_of};
use crate::record::Record;

/// What stands in `posting.thread`: for each touched account its number, then the sequence of the posting before.
pub(super) fn thread_of(record: &Record) -> Vec<i64> {
    record.touched.iter().flat_map(|touched| [number_of(touched.account), integer(touched.previous_sequence)]).collect()
}

/// A number for an account: the beginning of its id, made negative, so that it is never taken for a sequence.
fn number_of(account: AccountId) -> i64 {
    let mut first = [0; 8];
    first.copy_from_slice(&account.bytes()[..8]);
    i64::from_be_bytes(first) | i64::MIN
}

/// Follows the thread of an account: from posting $1, up to $3 postings, none at or before $4.
const FOLLOW: &str = "WITH RECURSIVE thread (sequence, time, body, previous, place) AS ( \
         SELECT p.sequence, p.time, p.body, p.thread[array_position(p.thread, $2) + 1], CAST(1 AS BIGINT) \
         FROM posting AS p WHERE p.sequence = $1 AND p.sequence > $4 \
     UNION ALL \
         SELECT p.sequence, p.time, p.body, p.thread[array_position(p.thread, $2) + 1], t.place + 1 \
         FROM thread AS t JOIN posting AS p ON p.sequence = t.previous WHERE t.place < $3 AND t.previous > $4) \
     SELECT sequence, time, body, previous FROM thread ORDER BY sequence DESC";

/// The first mark of account $1 at or after sequence $2, of those at every $4th of its postings, and the thread of that posting where
/// it is one of the account's.
const ENTER: &str = "SELECT (SELECT m.sequence FROM mark AS m WHERE m.account = $1 AND m.sequence >= $2 \
     AND (m.postings IS NULL OR m.postings % $4 = 0) ORDER BY m.sequence LIMIT 1), (SELECT p.sequence FROM posting AS p WHERE p.sequence = $2 \
     AND array_position(p.thread, $3) IS NOT NULL)";

/// Up to `limit` lines of an account's history before a cursor, newest first.
pub(super) async fn history(
    connection: &mut PgConnection,
    id: AccountId,
    before: Option<Cursor>,
    limit: usize,
) -> Result<Page, Fault> {
    let Some(account) = find(connection, id).await? else { return Ok(Page::default()) };
    let (mut at, is_mark) = match before {
        None => (account.last_sequence, false),
        Some(cursor) => enter(connection, &account, cursor.sequence).await?,
    };
    // From a mark on there may be up to 64 postings that are newer than what was asked for; where migration 2 came later, up to 256,
    // and then it takes some more rounds.
    let mut steps = limit as u64 + 1 + if is_mark { MARK_INTERVAL } else { 0 };
    let mut page = Page::default();
    while at > 0 && page.entries.len() <= limit {
        let found = follow(connection, &account, at, steps, 0).await?;
        (at, steps) = (found.next, limit as u64 + 1);
        page.entries
            .extend(found.entries.into_iter().filter(|entry| before.is_none_or(|cursor| entry.cursor < cursor)));
    }
    if page.entries.len() > limit {
        page.entries.truncate(limit);
        page.next = page.entries.last().map(|entry| entry.cursor);
    }
    Ok(page)
}

/// The next lines after a sequence, oldest first: from the first mark after it (or the newest posting) back to it.
pub(super) async fn history_after(
    connection: &mut PgConnection,
    id: AccountId,
    after: u64,
) -> Result<Vec<Entry>, Fault> {
    let Some(account) = find(connection, id).await? else { return Ok(Vec::new()) };
    let (mark, _) = marks(connection, &account, after.saturating_add(1), PAGE_INTERVAL).await?;
    let from = mark.unwrap_or(account.last_sequence);
    let mut entries = follow(connection, &account, from, PAGE_INTERVAL, after).await?.entries;
    entries.reverse();
    Ok(entries)
}

/// A part of a thread.
struct Followed {
    /// Newest first.
    entries: Vec<Entry>,
    /// The posting before the last one; 0 at the beginning.
    next: u64,
}

async fn follow(
    connection: &mut PgConnection,
    account: &Account,
    from: u64,
    steps: u64,
    after: u64,
) -> Result<Followed, Fault> {
    let rows: Vec<PgRow> = sqlx::query(FOLLOW)
        .bind(integer(from))
        .bind(number_of(account.id))
        .bind(integer(steps))
        .bind(integer(after))
        .fetch_all(connection)
        .await?;
    let mut found = Followed { entries: Vec::new(), next: 0 };
    if rows.is_empty() && from > after {
        return Err(damaged("a posting", format!("posting {from} is missing")).into());
    }
    for row in rows {
        let record = rows::record(&row, 0)?;
        let Some((entries, previous)) = entries_of(&record, account.id, account.key.code) else {
            let message = format!("posting {} does not touch {}", record.sequence, account.id);
            return Err(damaged("an account's thread", message).into());
        };
        if row.try_get::<Option<i64>, _>(3)?.map(sequence) != Some(previous) {
            return Err(damaged("an account's thread", format!("posting {} leads elsewhere", record.sequence)).into());
        }
        found.entries.extend(entries);
        found.next = previous;
    }
    Ok(found)
}

/// Where the thread can be entered to find everything at or before a sequence: that posting itself if it touches the
/// account, else the next mark, else the newest posting; and whether newer ones may come first.
async fn enter(connection: &mut PgConnection, account: &Account, wanted: u64) -> Result<(u64, bool), Fault> {
    if wanted >= account.last_sequence {
        return Ok((account.last_sequence, false));
    }
    let (mark, itself) = marks(connection, account, wanted, 1).await?;
    Ok(match itself {
        Some(itself) => (itself, false),
        None => (mark.unwrap_or(account.last_sequence), true),
    })
}

async fn marks(
    connection: &mut PgConnection,
    account: &Account,
    wanted: u64,
    interval: u64,
) -> Result<(Option<u64>, Option<u64>), Fault> {
    let (mark, itself): (Option<i64>, Option<i64>) = sqlx::query_as(ENTER)
        .bind(account.id.bytes())
        .bind(integer(wanted))
        .bind(number_of(account.id))
        .bind(integer(interval))
        .fetch_one(connection)
        .await?;
    Ok((mark.map(sequence), itself.map(sequence)))
}

/// The account with this id.
async fn find(connection: &mut PgConnection, id: AccountId) -> Result<Option<Account>, Fault> {
    let row = sqlx::query(rows::select_account!("WHERE id = $1")).bind(id.bytes()).fetch_optional(connection).await?;
    row.map(|row| rows::account(&row, 0)).transpose()
}
