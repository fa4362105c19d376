//! Table of personal receive codes.

use std::sync::Arc;

use qianbao_core::id::{LinkId, PersonId};
use qianbao_core::{Currency, Money, Timestamp};
use sqlx::AnyPool;

use crate::directory::{DirectoryError, Write};
use crate::realm::Realm;

/// A personal receive code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The code.
    pub id: LinkId,
    /// Who receives.
    pub person: PersonId,
    /// Fixed amount.
    pub amount: Option<Money>,
    /// Note that the payer sees.
    pub note: Option<String>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

type Columns = (String, String, Option<i64>, Option<String>, Option<String>, Option<i64>);

/// The code with this id, also when it is over.
pub async fn link(readers: &AnyPool, id: LinkId) -> Result<Option<Link>, DirectoryError> {
    let row = sqlx::query_as("SELECT id, person, amount, currency, note, expires_at FROM links WHERE id = $1");
    row.bind(id.to_string()).fetch_optional(readers).await?.map(read).transpose()
}

/// The code with this id, from memory when it was read before: its row never changes.
pub async fn kept_link(realm: &Realm, id: LinkId) -> Result<Option<Arc<Link>>, DirectoryError> {
    let read = async { Ok(link(realm.directory.readers(), id).await?.map(Arc::new)) };
    realm.kept.links.get(id, read).await
}

/// The person's code without amount.
pub async fn static_link(readers: &AnyPool, person: PersonId) -> Result<Option<Link>, DirectoryError> {
    let row = sqlx::query_as("SELECT id, person, amount, currency, note, expires_at FROM links WHERE static_of = $1");
    row.bind(person.to_string()).fetch_optional(readers).await?.map(read).transpose()
}

/// How many codes of the person have an end that is not reached.
pub async fn count_live(write: &mut Write, person: PersonId, now: Timestamp) -> Result<i64, DirectoryError> {
    let (count,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM links WHERE person = $1 AND expires_at > $2")
        .bind(person.to_string())
        .bind(now.0)
        .fetch_one(write.sql())
        .await?;
    Ok(count)
}

/// Writes a code that ends.
pub async fn insert(write: &mut Write, link: &Link, now: Timestamp) -> Result<(), DirectoryError> {
    sqlx::query(
        "INSERT INTO links (id, person, amount, currency, note, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(link.id.to_string())
    .bind(link.person.to_string())
    .bind(link.amount.map(|amount| amount.minor))
    .bind(link.amount.map(|amount| amount.currency.to_string()))
    .bind(link.note.clone())
    .bind(now.0)
    .bind(link.expires_at.map(|end| end.0))
    .execute(write.sql())
    .await?;
    Ok(())
}

/// Writes the person's static code, unless there is one: then that one is the answer.
pub async fn insert_static(write: &mut Write, link: Link, now: Timestamp) -> Result<Link, DirectoryError> {
    let (id,): (String,) = sqlx::query_as(
        "INSERT INTO links (id, person, static_of, created_at) VALUES ($1, $2, $2, $3)
         ON CONFLICT (static_of) DO UPDATE SET static_of = links.static_of RETURNING id",
    )
    .bind(link.id.to_string())
    .bind(link.person.to_string())
    .bind(now.0)
    .fetch_one(write.sql())
    .await?;
    let id = id.parse().map_err(|_| DirectoryError::Damaged { column: "links.id" })?;
    Ok(Link { id, ..link })
}

fn read((id, person, amount, currency, note, expires_at): Columns) -> Result<Link, DirectoryError> {
    let damaged = |column| DirectoryError::Damaged { column };
    let id = id.parse().map_err(|_| damaged("links.id"))?;
    let person = person.parse().map_err(|_| damaged("links.person"))?;
    let amount = match (amount, currency) {
        (Some(minor), Some(currency)) => {
            let currency: Currency = currency.parse().map_err(|_| damaged("links.currency"))?;
            Some(Money::new(minor, currency))
        }
        (None, None) => None,
        _ => return Err(damaged("links.amount")),
    };
    Ok(Link { id, person, amount, note, expires_at: expires_at.map(Timestamp) })
}
