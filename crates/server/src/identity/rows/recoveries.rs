//! The table `recoveries`.

use qianbao_core::Timestamp;
use qianbao_core::id::{PersonId, RecoveryId};
use sqlx::AnyPool;

use super::super::visitor::Visitor;
use crate::directory::{DirectoryError, DocumentKind, Outdated, Owner, Write};
use crate::merchants::rows as shops;

/// How a recovery ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Its person has a new way in.
    Finished,
    /// Somebody signed in did not want it.
    Cancelled,
    /// Another one was begun.
    Replaced,
    /// Nobody finished it in time.
    Lapsed,
}

/// A recovery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// The recovery.
    pub id: RecoveryId,
    /// Whose.
    pub person: PersonId,
    /// When it began.
    pub started_at: Timestamp,
    /// From when on it can be finished.
    pub ready_at: Timestamp,
    /// Until when.
    pub closes_at: Timestamp,
    /// How it ended; nothing while it is running.
    pub outcome: Option<Outcome>,
}

/// A recovery to be written down.
#[derive(Clone, Copy, Debug)]
pub struct NewRecovery<'a> {
    /// The recovery.
    pub id: RecoveryId,
    /// Whose.
    pub person: PersonId,
    /// What is kept of its ticket.
    pub ticket_hash: &'a str,
    /// The browser that began it.
    pub visitor: Visitor<'a>,
    /// When it begins.
    pub started_at: Timestamp,
    /// From when on it can be finished.
    pub ready_at: Timestamp,
    /// Until when.
    pub closes_at: Timestamp,
}

impl Outcome {
    /// The word for it in the database and the event log.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Cancelled => "cancelled",
            Self::Replaced => "replaced",
            Self::Lapsed => "lapsed",
        }
    }

    fn read(word: &str) -> Result<Self, DirectoryError> {
        let all = [Self::Finished, Self::Cancelled, Self::Replaced, Self::Lapsed];
        let known = all.into_iter().find(|outcome| outcome.word() == word);
        known.ok_or(DirectoryError::Damaged { column: "recoveries.outcome" })
    }
}

/// Writes a recovery down; none of its person may be running.
///
/// # Errors
/// When the directory fails.
pub async fn insert(write: &mut Write, recovery: NewRecovery<'_>) -> Result<(), DirectoryError> {
    sqlx::query(
        "INSERT INTO recoveries (id, person, ticket_hash, browser, system, started_at, ready_at, closes_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(recovery.id.to_string())
    .bind(recovery.person.to_string())
    .bind(recovery.ticket_hash.to_owned())
    .bind(recovery.visitor.browser())
    .bind(recovery.visitor.system())
    .bind(recovery.started_at.0)
    .bind(recovery.ready_at.0)
    .bind(recovery.closes_at.0)
    .execute(write.sql())
    .await?;
    told(write, recovery.person).await
}

type Columns = (String, String, i64, i64, i64, Option<String>);

const BY_TICKET: &str =
    "SELECT id, person, started_at, ready_at, closes_at, outcome FROM recoveries WHERE ticket_hash = $1";

/// The recovery of a ticket.
///
/// # Errors
/// When the directory fails.
pub async fn by_ticket(readers: &AnyPool, ticket_hash: &str) -> Result<Option<Recovery>, DirectoryError> {
    let row: Option<Columns> = sqlx::query_as(BY_TICKET).bind(ticket_hash.to_owned()).fetch_optional(readers).await?;
    row.map(read).transpose()
}

/// The recovery of a ticket, within a write.
///
/// # Errors
/// When the directory fails.
pub async fn by_ticket_in(write: &mut Write, ticket_hash: &str) -> Result<Option<Recovery>, DirectoryError> {
    let row: Option<Columns> =
        sqlx::query_as(BY_TICKET).bind(ticket_hash.to_owned()).fetch_optional(write.sql()).await?;
    row.map(read).transpose()
}

/// Ends the recovery of `person` that is running; nothing when none is.
///
/// # Errors
/// When the directory fails.
pub async fn end_running(
    write: &mut Write,
    person: PersonId,
    outcome: Outcome,
    now: Timestamp,
) -> Result<Option<RecoveryId>, DirectoryError> {
    let row: Option<(String,)> = sqlx::query_as(
        "UPDATE recoveries SET ended_at = $1, outcome = $2 WHERE person = $3 AND ended_at IS NULL RETURNING id",
    )
    .bind(now.0)
    .bind(outcome.word())
    .bind(person.to_string())
    .fetch_optional(write.sql())
    .await?;
    let Some((id,)) = row else { return Ok(None) };
    told(write, person).await?;
    Ok(Some(read_id(&id)?))
}

/// When the last recovery that `person` has finished began and ended, within a write.
///
/// # Errors
/// When the directory fails.
pub async fn last_finished(
    write: &mut Write,
    person: PersonId,
) -> Result<Option<(Timestamp, Timestamp)>, DirectoryError> {
    let row: Option<(i64, i64)> = sqlx::query_as(
        "SELECT started_at, ended_at FROM recoveries WHERE person = $1 AND outcome = 'finished'
         ORDER BY ended_at DESC LIMIT 1",
    )
    .bind(person.to_string())
    .fetch_optional(write.sql())
    .await?;
    Ok(row.map(|(started_at, ended_at)| (Timestamp(started_at), Timestamp(ended_at))))
}

/// Ends recoveries that could be finished until `now` at the latest; answers whose they were.
///
/// # Errors
/// When the directory fails.
pub async fn lapse(write: &mut Write, now: Timestamp) -> Result<Vec<(RecoveryId, PersonId)>, DirectoryError> {
    let ended: Vec<(String, String)> = sqlx::query_as(
        "UPDATE recoveries SET ended_at = $1, outcome = 'lapsed' WHERE ended_at IS NULL AND closes_at <= $1
         RETURNING id, person",
    )
    .bind(now.0)
    .fetch_all(write.sql())
    .await?;
    ended_of(write, ended).await
}

/// Ends every recovery that is running; answers whose they were.
///
/// # Errors
/// When the directory fails.
pub async fn cancel_all(write: &mut Write, now: Timestamp) -> Result<Vec<(RecoveryId, PersonId)>, DirectoryError> {
    let ended: Vec<(String, String)> = sqlx::query_as(
        "UPDATE recoveries SET ended_at = $1, outcome = 'cancelled' WHERE ended_at IS NULL RETURNING id, person",
    )
    .bind(now.0)
    .fetch_all(write.sql())
    .await?;
    ended_of(write, ended).await
}

/// Forgets recoveries that ended before `before`.
///
/// # Errors
/// When the directory fails.
pub async fn forget(write: &mut Write, before: Timestamp) -> Result<(), DirectoryError> {
    sqlx::query("DELETE FROM recoveries WHERE ended_at < $1").bind(before.0).execute(write.sql()).await?;
    Ok(())
}

async fn ended_of(
    write: &mut Write,
    ended: Vec<(String, String)>,
) -> Result<Vec<(RecoveryId, PersonId)>, DirectoryError> {
    let mut all = Vec::with_capacity(ended.len());
    for (id, person) in ended {
        let person = read_person(&person)?;
        told(write, person).await?;
        all.push((read_id(&id)?, person));
    }
    Ok(all)
}

/// What the person's row says of recoveries has changed: their mirrors fetch it again, in the wallet and at the desk of their shop.
async fn told(write: &mut Write, person: PersonId) -> Result<(), DirectoryError> {
    write.outdates(Outdated::Person(person));
    let id = person.to_string();
    write.changed(person.into(), DocumentKind::Person, &id).await?;
    match shops::id_of_owner(write, person).await? {
        Some(shop) => write.changed(Owner::Shop(shop), DocumentKind::Person, &id).await,
        None => Ok(()),
    }
}

fn read((id, person, started_at, ready_at, closes_at, outcome): Columns) -> Result<Recovery, DirectoryError> {
    Ok(Recovery {
        id: read_id(&id)?,
        person: read_person(&person)?,
        started_at: Timestamp(started_at),
        ready_at: Timestamp(ready_at),
        closes_at: Timestamp(closes_at),
        outcome: outcome.as_deref().map(Outcome::read).transpose()?,
    })
}

fn read_id(id: &str) -> Result<RecoveryId, DirectoryError> {
    id.parse().map_err(|_| DirectoryError::Damaged { column: "recoveries.id" })
}

fn read_person(person: &str) -> Result<PersonId, DirectoryError> {
    person.parse().map_err(|_| DirectoryError::Damaged { column: "recoveries.person" })
}
