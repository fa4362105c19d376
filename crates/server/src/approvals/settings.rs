//! `GET /v1/payment-settings` and `PUT /v1/free-limit`: how a person's payments are approved, and what they let go without being asked.
//!
//! Lowering works at once, from any session. Raising asks for a [confirmed](crate::identity::confirm) session: otherwise whoever took over an open
//! one would raise it first.

use qianbao_api::ProblemCode;
use qianbao_api::approvals::PaymentSettings;
use qianbao_core::id::PersonId;
use qianbao_core::{Currency, Money};

use super::{pin, rows};
use crate::directory::{DirectoryError, NewEvent};
use crate::door::{Call, Signed};
use crate::identity::confirm::{self, ConfirmError};
use crate::problem::Refuses;
use crate::realm::Realm;

/// The currency of the limits.
const CURRENCY: Currency = Currency::CNY;

/// The limit is what it was.
#[derive(Debug, thiserror::Error)]
pub enum FreeLimitError {
    /// It is out of range.
    #[error("expected {} to {most}, found {found}", Money::zero(CURRENCY))]
    Range {
        /// The highest.
        most: Money,
        /// What was asked for.
        found: Money,
    },
    /// The session is not fresh enough to raise it.
    #[error(transparent)]
    Confirm(#[from] ConfirmError),
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

impl Refuses for FreeLimitError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Range { .. } => ProblemCode::FreeLimitInvalid,
            Self::Confirm(error) => error.code(),
            Self::Directory(error) => error.code(),
        }
    }

    fn param(&self) -> Option<String> {
        matches!(self, Self::Range { .. }).then(|| "limit".to_owned())
    }

    fn retry_after_s(&self) -> Option<u32> {
        (self.code() == ProblemCode::Overloaded).then_some(1)
    }
}

/// How the payments of `person` are approved.
///
/// # Errors
/// When the directory fails.
pub async fn settings(realm: &Realm, person: PersonId) -> Result<PaymentSettings, DirectoryError> {
    let readers = realm.directory.readers();
    let row = rows::pin(readers, person).await?;
    let chosen = rows::free_limit(readers, person).await?;
    let money = |minor| Money::new(minor, CURRENCY);
    Ok(PaymentSettings {
        pin: pin::state(row).0,
        pin_set_at: row.map(|row| row.set_at),
        free_limit: money(in_force(realm, chosen)),
        free_limit_max: money(realm.limits.free_limit_max),
        free_count_max: realm.limits.free_count_max,
        passkey_above: money(realm.limits.passkey_above),
    })
}

/// Sets what the signed-in person lets go without being asked.
///
/// # Errors
/// [`FreeLimitError`].
pub async fn set(call: &Call, signed: &Signed, limit: Money) -> Result<PaymentSettings, FreeLimitError> {
    let (realm, person) = (&call.realm, signed.person);
    let most = realm.limits.free_limit_max;
    if limit.currency != CURRENCY || !(0..=most).contains(&limit.minor) {
        return Err(FreeLimitError::Range { most: Money::new(most, CURRENCY), found: limit });
    }
    let mut write = realm.directory.begin().await?;
    let before = in_force(realm, rows::free_limit_in(&mut write, person).await?);
    if limit.minor > before {
        confirm::require_in(&mut write, call, signed).await?;
    }
    rows::put_free_limit(&mut write, person, limit.minor, call.now).await?;
    let (subject, body) = (person.to_string(), format!(r#"{{"before":{before},"after":{}}}"#, limit.minor));
    let event = NewEvent { id: call.id(), kind: "free_limit.set", subject: &subject, body: &body, at: call.now };
    write.event(event).await?;
    write.commit().await?;
    Ok(settings(realm, person).await?)
}

/// What `person` lets go without being asked, from memory when it was read before.
///
/// # Errors
/// When the directory fails.
pub async fn free_limit(realm: &Realm, person: PersonId) -> Result<i64, DirectoryError> {
    let read = async {
        let chosen = rows::free_limit(realm.directory.readers(), person).await?;
        Ok::<_, DirectoryError>(Some(in_force(realm, chosen)))
    };
    let kept = realm.kept.free_limits.get_since(realm.directory.kept_since(), person, read).await?;
    Ok(kept.unwrap_or(0))
}

/// What holds: the person's choice, as far as the operator lets them choose.
fn in_force(realm: &Realm, chosen: Option<i64>) -> i64 {
    chosen.unwrap_or(realm.limits.free_limit).min(realm.limits.free_limit_max)
}
