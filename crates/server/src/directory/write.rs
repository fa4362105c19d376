//! One write transaction: statements, events and changes that are committed together.

use std::sync::Arc;

use qianbao_core::Timestamp;
use qianbao_core::id::EventId;
use sqlx::{Any, AnyConnection, Transaction};

use super::{Bell, Directory, DirectoryError, Outdated, Owner, Rung, Shared, within};

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
    /// The number of the turn, where several processes take turns.
    turn: Option<i64>,
    process: Arc<str>,
    after: After,
}

/// What listeners and caches of this process are told when a commit has been tried: when it was not answered as well, and when whoever waited
/// for it has gone.
struct After {
    changed: Vec<Owner>,
    outdated: Vec<Outdated>,
    is_due: bool,
    bell: Bell,
    shared: Arc<Shared>,
}

impl Drop for After {
    fn drop(&mut self) {
        if !self.is_due {
            return;
        }
        for what in &self.outdated {
            self.shared.forget(what);
        }
        for owner in &self.changed {
            self.bell.ring(Rung::For(*owner));
        }
    }
}

impl Write {
    pub(super) fn new(transaction: Transaction<'static, Any>, turn: Option<i64>, directory: &Directory) -> Self {
        let (bell, shared) = (directory.bell.clone(), Arc::clone(&directory.shared));
        let after = After { changed: Vec::new(), outdated: Vec::new(), is_due: false, bell, shared };
        Self { transaction, turn, process: Arc::clone(&directory.process), after }
    }

    /// Makes all of it happen, durably, lets memory forget what it made outdated, and tells the listeners.
    ///
    /// # Errors
    /// [`DirectoryError::Unknown`] when it is open whether it happened; after any other error it did not, unless the disk failed.
    pub async fn commit(mut self) -> Result<(), DirectoryError> {
        // Alone on SQLite, nobody else keeps anything.
        if self.turn.is_some() && !self.after.outdated.is_empty() {
            self.draw("version").await?;
        }
        if let Some(turn) = self.turn.filter(|_| !self.after.changed.is_empty()) {
            let owners = self.after.changed.clone();
            self.ring_others(turn, &owners).await?;
        }
        let Self { transaction, mut after, .. } = self;
        after.is_due = true;
        let takes_back = !after.outdated.is_empty();
        let both = async move {
            let committed = within(async { Ok(transaction.commit().await?) }).await;
            drop(after);
            committed.map_err(DirectoryError::of_commit)
        };
        if !takes_back {
            return both.await;
        }
        // A caller that goes away in the middle would leave in memory what the database has ended: so a task does both.
        tokio::spawn(both).await.map_err(|_| DirectoryError::from(sqlx::Error::WorkerCrashed))?
    }

    /// Which process writes.
    pub(super) fn process(&self) -> &str {
        &self.process
    }

    /// Names a row that this transaction changes and that may be kept in memory; see [`Outdated`].
    pub fn outdates(&mut self, what: Outdated) {
        self.after.outdated.push(what);
    }

    /// The connection, for statements of `rows`.
    pub fn sql(&mut self) -> &mut AnyConnection {
        self.after.shared.count();
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
        if !self.after.changed.contains(&owner) {
            self.after.changed.push(owner);
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
