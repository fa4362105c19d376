//! `PUT /v1/password`: the first password of a person, or another one.
//!
//! It asks for a [confirmed](super::confirm) session, and ends all others: who changes a password often does so because somebody knows it.

use axum::response::NoContent;
use qianbao_api::ProblemCode;
use qianbao_api::identity::NewPassword;
use qianbao_core::password::{self, Beside, PasswordError};

use super::common::is_common;
use super::confirm::ConfirmError;
use super::password::HashError;
use super::rows;
use super::rows::sessions;
use super::{confirm, one_time_codes};
use crate::directory::{DirectoryError, NewEvent, Owner};
use crate::door::{Body, Call, Signed};
use crate::problem::{Refusal, Refuses};

/// The password was not set.
#[derive(Debug, thiserror::Error)]
pub enum NewPasswordError {
    /// It cannot be used.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// It could not be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The session is not fresh any more.
    #[error(transparent)]
    Confirm(#[from] ConfirmError),
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

impl Refuses for NewPasswordError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Password(PasswordError::Length { .. }) => ProblemCode::PasswordLength,
            Self::Password(PasswordError::Common) => ProblemCode::PasswordCommon,
            Self::Hash(error) => error.code(),
            Self::Confirm(error) => error.code(),
            Self::Directory(error) => error.code(),
        }
    }

    fn param(&self) -> Option<String> {
        matches!(self, Self::Password(_)).then(|| "password".to_owned())
    }

    fn retry_after_s(&self) -> Option<u32> {
        (self.code() == ProblemCode::Overloaded).then_some(1)
    }
}

/// Sets the password, and ends the person's other sessions.
#[utoipa::path(put, path = "/v1/password", tag = "identity", request_body = NewPassword,
    responses((status = 204, description = "Set.")))]
pub async fn set(call: Call, signed: Signed, Body(request): Body<NewPassword>) -> Result<NoContent, Refusal> {
    replace(&call, &signed, &request.password).await?;
    Ok(NoContent)
}

/// Sets the password of the signed-in person.
///
/// # Errors
/// [`NewPasswordError`]; then it is the one it was.
pub async fn replace(call: &Call, signed: &Signed, typed: &str) -> Result<(), NewPasswordError> {
    confirm::require(call, signed).await?;
    let codes_are_on = one_time_codes::on_since(call, signed.person).await?.is_some();
    password::check(typed, if codes_are_on { Beside::Second } else { Beside::Nothing }, is_common)?;
    let phc = call.app.password_workers.hash(&call.realm.pepper, typed, call.random()).await?;
    let mut write = call.realm.directory.begin().await?;
    confirm::require_in(&mut write, call, signed).await?;
    let stands_alone = password::stands_alone(typed);
    // Within the write, after which codes cannot be turned off any more beside a short password.
    if !stands_alone && !rows::one_time_codes::are_on(&mut write, signed.person).await? {
        password::check(typed, Beside::Nothing, is_common)?;
    }
    rows::put_password(&mut write, signed.person, &phc, stands_alone, call.now).await?;
    sessions::keep_only(&mut write, signed.person, Some(signed.session)).await?;
    let subject = signed.person.to_string();
    let event = NewEvent { id: call.id(), kind: "password.set", subject: &subject, body: "{}", at: call.now };
    write.event(event).await?;
    // The person's streams look whether their session is still there.
    write.ring(Owner::Person(signed.person));
    Ok(write.commit().await?)
}
