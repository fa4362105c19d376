//! Tables of people.

pub mod challenges;
pub mod devices;
pub mod key_shares;
pub mod one_time_codes;
pub mod passkeys;
pub mod recoveries;
pub mod recovery_codes;
pub mod sessions;
pub mod tries;

use std::sync::Arc;

use qianbao_api::identity::{Locale, PersonView};
use qianbao_api::recovery::RecoveryNotice;
use qianbao_core::Timestamp;
use qianbao_core::id::PersonId;
use qianbao_core::text::{Handle, mask_legal_name};
use sqlx::AnyPool;

use crate::directory::{DirectoryError, Outdated, Write};
use crate::hosts::Audience;
use crate::realm::Realm;

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// Handle.
    pub handle: String,
    /// Name shown to others.
    pub display_name: String,
    /// Legal name; others see it masked.
    pub legal_name: String,
    /// Language.
    pub locale: Locale,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when payments have lower limits after a recovery; may be over.
    pub limits_lowered_until: Option<Timestamp>,
    /// The recovery that is running.
    pub recovery: Option<RecoveryNotice>,
}

type Columns = (
    String,
    String,
    String,
    String,
    String,
    i64,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<String>,
    Option<String>,
);

macro_rules! people {
    ($where:literal) => {
        concat!(
            "SELECT people.id, handle, display_name, legal_name, locale, created_at, limits_lowered_until,
                started_at, ready_at, closes_at, browser, system
             FROM people LEFT JOIN recoveries ON recoveries.person = people.id AND recoveries.ended_at IS NULL ",
            $where
        )
    };
}

/// The person with this id.
pub async fn person(readers: &AnyPool, id: PersonId) -> Result<Option<Person>, DirectoryError> {
    let row = sqlx::query_as(people!("WHERE people.id = $1"));
    row.bind(id.to_string()).fetch_optional(readers).await?.map(read).transpose()
}

/// The person with this handle.
pub async fn person_by_handle(readers: &AnyPool, handle: &Handle) -> Result<Option<Person>, DirectoryError> {
    let row = sqlx::query_as(people!("WHERE handle = $1"));
    row.bind(handle.as_str().to_owned()).fetch_optional(readers).await?.map(read).transpose()
}

/// Whether nobody is there yet.
pub async fn is_empty(readers: &AnyPool) -> Result<bool, DirectoryError> {
    let row: Option<(String,)> = sqlx::query_as("SELECT id FROM people LIMIT 1").fetch_optional(readers).await?;
    Ok(row.is_none())
}

/// Writes a new person. The handle may be taken.
pub async fn insert(write: &mut Write, person: &Person) -> Result<(), DirectoryError> {
    sqlx::query(
        "INSERT INTO people (id, handle, display_name, legal_name, locale, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(person.id.to_string())
    .bind(&person.handle)
    .bind(&person.display_name)
    .bind(&person.legal_name)
    .bind(locale_word(person.locale))
    .bind(person.created_at.0)
    .execute(write.sql())
    .await?;
    Ok(())
}

/// The person with this id, from memory when they were read before.
pub async fn kept_person(realm: &Realm, id: PersonId) -> Result<Option<Arc<Person>>, DirectoryError> {
    let read = async { Ok(person(realm.directory.readers(), id).await?.map(Arc::new)) };
    realm.kept.people.get_since(realm.directory.kept_since(), id, read).await
}

/// The person with this handle, from memory when they were read before.
pub async fn kept_person_by_handle(realm: &Realm, handle: &Handle) -> Result<Option<Arc<Person>>, DirectoryError> {
    let read = async {
        let found = person_by_handle(realm.directory.readers(), handle).await?;
        Ok::<_, DirectoryError>(found.map(|person| person.id))
    };
    match realm.kept.handles.get_since(realm.directory.kept_since(), handle.as_str().to_owned(), read).await? {
        Some(id) => kept_person(realm, id).await,
        None => Ok(None),
    }
}

/// Writes what a person may change of themselves.
pub async fn update(write: &mut Write, person: &Person) -> Result<(), DirectoryError> {
    sqlx::query("UPDATE people SET display_name = $1, locale = $2 WHERE id = $3")
        .bind(&person.display_name)
        .bind(locale_word(person.locale))
        .bind(person.id.to_string())
        .execute(write.sql())
        .await?;
    write.outdates(Outdated::Person(person.id));
    Ok(())
}

/// Lowers the limits of a person's payments until `until`, unless they are lowered for longer.
pub async fn lower_limits(write: &mut Write, person: PersonId, until: Timestamp) -> Result<(), DirectoryError> {
    sqlx::query(
        "UPDATE people SET limits_lowered_until = $1
         WHERE id = $2 AND (limits_lowered_until IS NULL OR limits_lowered_until < $1)",
    )
    .bind(until.0)
    .bind(person.to_string())
    .execute(write.sql())
    .await?;
    write.outdates(Outdated::Person(person));
    Ok(())
}

/// Until when the limits of a person's payments are lowered, within a write.
pub async fn limits_lowered_until(write: &mut Write, person: PersonId) -> Result<Option<Timestamp>, DirectoryError> {
    let row: Option<(Option<i64>,)> = sqlx::query_as("SELECT limits_lowered_until FROM people WHERE id = $1")
        .bind(person.to_string())
        .fetch_optional(write.sql())
        .await?;
    Ok(row.and_then(|(until,)| until).map(Timestamp))
}

/// Writes a person's password, as a PHC string, in the place of the one before. `stands_alone`: whether it is long enough without a second
/// factor.
pub async fn put_password(
    write: &mut Write,
    person: PersonId,
    phc: &str,
    stands_alone: bool,
    now: Timestamp,
) -> Result<(), DirectoryError> {
    sqlx::query(
        "INSERT INTO passwords (person, phc, changed_at, stands_alone) VALUES ($1, $2, $3, $4)
         ON CONFLICT (person) DO UPDATE SET
            phc = excluded.phc, changed_at = excluded.changed_at, stands_alone = excluded.stands_alone",
    )
    .bind(person.to_string())
    .bind(phc)
    .bind(now.0)
    .bind(i64::from(stands_alone))
    .execute(write.sql())
    .await?;
    Ok(())
}

/// Forgets a person's password.
pub async fn forget_password(write: &mut Write, person: PersonId) -> Result<(), DirectoryError> {
    sqlx::query("DELETE FROM passwords WHERE person = $1").bind(person.to_string()).execute(write.sql()).await?;
    Ok(())
}

/// A person's password as a PHC string.
pub async fn password(readers: &AnyPool, person: PersonId) -> Result<Option<String>, DirectoryError> {
    let row: Option<(String,)> = sqlx::query_as("SELECT phc FROM passwords WHERE person = $1")
        .bind(person.to_string())
        .fetch_optional(readers)
        .await?;
    Ok(row.map(|(phc,)| phc))
}

/// Whether this is still a person's password, within a write: another may have been set while it was compared.
pub async fn is_password(write: &mut Write, person: PersonId, phc: &str) -> Result<bool, DirectoryError> {
    let row: Option<(String,)> = sqlx::query_as("SELECT phc FROM passwords WHERE person = $1")
        .bind(person.to_string())
        .fetch_optional(write.sql())
        .await?;
    Ok(row.is_some_and(|(kept,)| kept == phc))
}

/// When a person's password was set; nothing when they have none.
pub async fn password_set_at(readers: &AnyPool, person: PersonId) -> Result<Option<Timestamp>, DirectoryError> {
    let row: Option<(i64,)> = sqlx::query_as("SELECT changed_at FROM passwords WHERE person = $1")
        .bind(person.to_string())
        .fetch_optional(readers)
        .await?;
    Ok(row.map(|(changed_at,)| Timestamp(changed_at)))
}

/// Whether a person has a password that does not stand alone, within a write.
pub async fn needs_second(write: &mut Write, person: PersonId) -> Result<bool, DirectoryError> {
    let row: Option<(i64,)> = sqlx::query_as("SELECT changed_at FROM passwords WHERE person = $1 AND stands_alone = 0")
        .bind(person.to_string())
        .fetch_optional(write.sql())
        .await?;
    Ok(row.is_some())
}

/// Whether a person has a password, within a write.
pub async fn has_password(write: &mut Write, person: PersonId) -> Result<bool, DirectoryError> {
    let row: Option<(i64,)> = sqlx::query_as("SELECT changed_at FROM passwords WHERE person = $1")
        .bind(person.to_string())
        .fetch_optional(write.sql())
        .await?;
    Ok(row.is_some())
}

impl Person {
    /// The person as they see themselves.
    pub fn view(&self) -> PersonView {
        PersonView {
            id: self.id,
            handle: self.handle.clone(),
            display_name: self.display_name.clone(),
            legal_name_masked: mask_legal_name(&self.legal_name),
            locale: self.locale,
            created_at: self.created_at,
            recovery: self.recovery.clone(),
            limits_lowered_until: self.limits_lowered_until,
        }
    }
}

const fn locale_word(locale: Locale) -> &'static str {
    match locale {
        Locale::Zh => "zh",
        Locale::En => "en",
    }
}

/// The audience of a column that holds its label.
fn read_audience(label: &str, column: &'static str) -> Result<Audience, DirectoryError> {
    let known = [Audience::Wallet, Audience::Desk].into_iter().find(|audience| audience.label() == label);
    known.ok_or(DirectoryError::Damaged { column })
}

fn read(row: Columns) -> Result<Person, DirectoryError> {
    let (id, handle, display_name, legal_name, locale, created_at, lowered, started, ready, closes, browser, system) =
        row;
    let id = id.parse().map_err(|_| DirectoryError::Damaged { column: "people.id" })?;
    let locale = match locale.as_str() {
        "zh" => Locale::Zh,
        "en" => Locale::En,
        _ => return Err(DirectoryError::Damaged { column: "people.locale" }),
    };
    let recovery = match (started, ready, closes) {
        (Some(started_at), Some(ready_at), Some(closes_at)) => Some(RecoveryNotice {
            started_at: Timestamp(started_at),
            ready_at: Timestamp(ready_at),
            closes_at: Timestamp(closes_at),
            browser: browser.unwrap_or_default(),
            system: system.unwrap_or_default(),
        }),
        _ => None,
    };
    Ok(Person {
        id,
        handle,
        display_name,
        legal_name,
        locale,
        created_at: Timestamp(created_at),
        limits_lowered_until: lowered.map(Timestamp),
        recovery,
    })
}
