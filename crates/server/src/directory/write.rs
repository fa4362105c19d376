//! One write transaction: statements, events and changes that are committed together.

use qianbao_core::Timestamp;
use qianbao_core::id::EventId;
use sqlx::{Any, AnyConnection, Transaction};

use super::{Bell, DirectoryError, Owner};

/// What kind of document changed; the kinds of `qianbao_api::sync::DocumentBody`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    /// The person.
    Person,
    /// A top-up.
    Topup,
    /// The shop.
    Shop,
    /// An order.
    Order,
}

impl DocumentKind {
    /// All kinds that the directory keeps changes of.
    pub const ALL: [Self; 4] = [Self::Person, Self::Topup, Self::Shop, Self::Order];

    /// The word for it in the database and on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Topup => "topup",
            Self::Shop => "shop",
            Self::Order => "order",
        }
    }
}

/// A write transaction. Dropped without commit, nothing of it happened.
pub struct Write {
    transaction: Transaction<'static, Any>,
    changed: Vec<Owner>,
    bell: Bell,
}

impl Write {
    pub(super) fn new(transaction: Transaction<'static, Any>, bell: Bell) -> Self {
        Self { transaction, changed: Vec::new(), bell }
    }

    /// Makes all of it happen, durably, and tells the listeners.
    ///
    /// # Errors
    /// When the database failed; whether it happened is then open.
    pub async fn commit(self) -> Result<(), DirectoryError> {
        self.transaction.commit().await?;
        for owner in self.changed {
            self.bell.ring(owner);
        }
        Ok(())
    }

    /// The connection, for statements of `rows`.
    pub fn sql(&mut self) -> &mut AnyConnection {
        &mut self.transaction
    }

    /// Notes that a document of `owner` changed: the mirror fetches it again, and listeners are told after the commit.
    ///
    /// The number is drawn under the owner's row lock, so numbers of one owner become visible in their order.
    pub async fn changed(&mut self, owner: Owner, kind: DocumentKind, id: &str) -> Result<(), DirectoryError> {
        let (number,): (i64,) = sqlx::query_as(
            "INSERT INTO owners (owner, change_number) VALUES ($1, 1)
             ON CONFLICT (owner) DO UPDATE SET change_number = owners.change_number + 1 RETURNING change_number",
        )
        .bind(owner.to_string())
        .fetch_one(self.sql())
        .await?;
        sqlx::query(
            "INSERT INTO changes (owner, kind, id, number) VALUES ($1, $2, $3, $4)
             ON CONFLICT (owner, kind, id) DO UPDATE SET number = excluded.number",
        )
        .bind(owner.to_string())
        .bind(kind.word())
        .bind(id)
        .bind(number)
        .execute(self.sql())
        .await?;
        self.ring(owner);
        Ok(())
    }

    /// Tells listeners of `owner` after the commit, without a changed document.
    pub fn ring(&mut self, owner: Owner) {
        if !self.changed.contains(&owner) {
            self.changed.push(owner);
        }
    }

    /// Writes a fact into the event log. `body` is a JSON text that holds no secret.
    pub async fn event(&mut self, event: NewEvent<'_>) -> Result<i64, DirectoryError> {
        let number = self.draw("events").await?;
        sqlx::query("INSERT INTO events (number, id, kind, subject, body, at) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(number)
            .bind(event.id.to_string())
            .bind(event.kind)
            .bind(event.subject)
            .bind(event.body)
            .bind(event.at.0)
            .execute(self.sql())
            .await?;
        Ok(number)
    }

    /// The next number of a gapless counter; the counter stays locked until the transaction ends.
    async fn draw(&mut self, counter: &'static str) -> Result<i64, DirectoryError> {
        let (number,): (i64,) = sqlx::query_as(
            "INSERT INTO heads (name, value) VALUES ($1, 1)
             ON CONFLICT (name) DO UPDATE SET value = heads.value + 1 RETURNING value",
        )
        .bind(counter)
        .fetch_one(self.sql())
        .await?;
        Ok(number)
    }
}

/// A fact for the event log.
#[derive(Clone, Copy, Debug)]
pub struct NewEvent<'a> {
    /// Its id.
    pub id: EventId,
    /// What happened, such as `session.opened`.
    pub kind: &'a str,
    /// What it is about: an id.
    pub subject: &'a str,
    /// JSON text, at most a few hundred bytes, without secrets.
    pub body: &'a str,
    /// When.
    pub at: Timestamp,
}
