//! `POST /v1/session/confirmation-options` and `POST /v1/session/confirmation`: the person at a session proves anew who they are.
//!
//! What changes how somebody signs in asks for a session that began a few minutes ago ([`require`]), because whoever took over an open session
//! could keep the wallet with it. Confirming puts a fresh session in its place, of the same person and no other.

use axum::Json;
use axum::http::HeaderMap;
use qianbao_api::ProblemCode;
use qianbao_api::identity::{Confirmation, SessionView};
use qianbao_api::passkeys::RequestOptions;
use qianbao_core::Timestamp;

use super::open::{self, Opened};
use super::passkeys::challenge::Purpose;
use super::passkeys::{PasskeyError, make, sign_in as by_passkey};
use super::rows;
use super::rows::sessions;
use super::sign_in::{self as by_password, SignInError, Typed};
use super::tries::Tried;
use super::visitor::Visitor;
use crate::directory::{DirectoryError, Write};
use crate::door::{Body, Call, Signed};
use crate::problem::{Refusal, Refuses};

/// How long after its beginning a session is good for changes of how somebody signs in.
pub const CONFIRMED_S: i64 = 10 * 60;

/// Nothing was confirmed.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmError {
    /// The session began too long ago.
    #[error("expected a session that began within the last {} minutes; confirm who you are first", CONFIRMED_S / 60)]
    Required,
    /// Neither factor was given, or both.
    #[error("expected either `password` or `passkey`")]
    Factor,
    /// The password.
    #[error(transparent)]
    Password(#[from] SignInError),
    /// The passkey.
    #[error(transparent)]
    Passkey(#[from] PasskeyError),
    /// The person has no passkey on this host.
    #[error("expected a passkey of this person on this host; confirm with the password")]
    NoPasskey,
    /// The session was ended while it asked.
    #[error("expected a live session in the cookie; sign in")]
    Ended,
    /// A session without a person, which the tables forbid.
    #[error("expected the person of a session in the directory")]
    Gone,
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

impl Refuses for ConfirmError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Required => ProblemCode::ConfirmationRequired,
            Self::Factor => ProblemCode::MalformedRequest,
            Self::Password(error) => error.code(),
            Self::Passkey(error) => error.code(),
            Self::NoPasskey => ProblemCode::NotFound,
            Self::Ended => ProblemCode::SignInRequired,
            Self::Gone => ProblemCode::Internal,
            Self::Directory(error) => error.code(),
        }
    }

    fn param(&self) -> Option<String> {
        match self {
            Self::Factor => Some("password".to_owned()),
            Self::Passkey(error) => error.param(),
            _ => None,
        }
    }

    fn retry_after_s(&self) -> Option<u32> {
        match self {
            Self::Password(error) => error.retry_after_s(),
            _ => (self.code() == ProblemCode::Overloaded).then_some(1),
        }
    }
}

/// What one of the person's passkeys is to sign.
#[utoipa::path(post, path = "/v1/session/confirmation-options", tag = "identity",
    responses((status = 200, body = RequestOptions)))]
pub async fn confirm_options(call: Call, signed: Signed) -> Result<Json<RequestOptions>, Refusal> {
    let here = make::here(&call, signed.person).await.map_err(ConfirmError::Directory)?;
    if here.is_empty() {
        // An empty list would let any passkey answer, also of somebody else.
        return Err(ConfirmError::NoPasskey.into());
    }
    Ok(Json(by_passkey::options(&call, Purpose::Confirm(signed.session), here)))
}

/// Puts a fresh session in the place of the one that asks.
#[utoipa::path(post, path = "/v1/session/confirmation", tag = "identity", request_body = Confirmation,
    responses((status = 200, body = SessionView)))]
pub async fn confirm(
    call: Call,
    signed: Signed,
    headers: HeaderMap,
    Body(request): Body<Confirmation>,
) -> Result<Opened, Refusal> {
    Ok(renew(&call, &signed, &request, Visitor::of(&headers)).await?)
}

/// Confirms that the signed-in person is there, with a fresh session in the place of the visitor's.
///
/// # Errors
/// [`ConfirmError`]; then the session is what it was.
pub async fn renew(
    call: &Call,
    signed: &Signed,
    request: &Confirmation,
    visitor: Visitor<'_>,
) -> Result<Opened, ConfirmError> {
    let person = rows::person(call.realm.directory.readers(), signed.person).await?.ok_or(ConfirmError::Gone)?;
    let (mut write, person, factor) = match (&request.password, &request.passkey) {
        (Some(password), None) => {
            let tried = Tried::Confirming(person.id);
            let typed = Typed { password, one_time_code: request.one_time_code.as_deref() };
            let (write, person) = by_password::proven(call, tried, Some(person), typed).await?;
            (write, person, "password")
        }
        (None, Some(answer)) => {
            let proven = by_passkey::proven(call, answer, Purpose::Confirm(signed.session)).await?;
            if proven.passkey.person != signed.person {
                return Err(PasskeyError::Unknown.into());
            }
            let mut write = call.realm.directory.begin().await?;
            proven.write_down(&mut write, call).await?;
            (write, person, "passkey")
        }
        (None, None) | (Some(_), Some(_)) => return Err(ConfirmError::Factor),
    };
    // A session that was ended meanwhile has nothing to renew.
    if sessions::opened_at_in(&mut write, signed.session).await?.is_none() {
        return Err(ConfirmError::Ended);
    }
    let opened = open::open(&mut write, call, &person, visitor, factor).await?;
    write.commit().await?;
    Ok(opened)
}

/// Refuses what asks for a fresh session when this one is not: a first look, before anything is done for it.
///
/// # Errors
/// [`ConfirmError::Required`].
pub async fn require(call: &Call, signed: &Signed) -> Result<(), ConfirmError> {
    is_fresh(call, sessions::opened_at(&call.realm.directory, signed.session).await?)
}

/// The same as [`require`] within the write that changes something: the session may have been ended since.
///
/// # Errors
/// [`ConfirmError::Required`].
pub async fn require_in(write: &mut Write, call: &Call, signed: &Signed) -> Result<(), ConfirmError> {
    require_since_in(write, call, signed, None).await
}

/// The same, for what also asks that the session began after `since`.
///
/// # Errors
/// [`ConfirmError::Required`].
pub async fn require_since_in(
    write: &mut Write,
    call: &Call,
    signed: &Signed,
    since: Option<Timestamp>,
) -> Result<(), ConfirmError> {
    let opened_at = sessions::opened_at_in(write, signed.session).await?;
    is_fresh(call, opened_at.filter(|opened_at| since.is_none_or(|since| *opened_at > since)))
}

fn is_fresh(call: &Call, opened_at: Option<Timestamp>) -> Result<(), ConfirmError> {
    let is_fresh = opened_at.is_some_and(|at| at.plus_seconds(CONFIRMED_S) > call.now);
    if is_fresh { Ok(()) } else { Err(ConfirmError::Required) }
}
