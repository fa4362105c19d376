//! `POST /v1/session`: signs in with handle and password.
//!
//! Phases: find the person · count the try · compare the password, or a decoy's when there is no such person, so that both
//! cost the same · open the session and give the try back, or note the failure. The answer never says which of the two was wrong.

use axum::http::HeaderMap;
use qianbao_api::ProblemCode;
use qianbao_api::identity::{SessionView, SignIn};
use qianbao_core::text::Handle;

use super::open::{self, Opened};
use super::password::HashError;
use super::rows::{self, Person};
use super::tries::{Try, TryError};
use super::visitor::Visitor;
use crate::directory::{DirectoryError, NewEvent, Write};
use crate::door::{Body, Call};
use crate::problem::{Refusal, Refuses};

/// Nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Handle and password do not belong together.
    #[error("expected a handle and its password; check both")]
    Wrong,
    /// Too many tries.
    #[error(transparent)]
    Tries(#[from] TryError),
    /// The password could not be compared.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

impl Refuses for SignInError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Wrong => ProblemCode::SignInFailed,
            Self::Tries(TryError::Spent { .. }) => ProblemCode::TooManyRequests,
            Self::Tries(TryError::Directory(error)) | Self::Directory(error) => error.code(),
            Self::Hash(error) => error.code(),
        }
    }

    fn retry_after_s(&self) -> Option<u32> {
        match self {
            Self::Tries(TryError::Spent { retry_after_s }) => Some(*retry_after_s),
            _ => (self.code() == ProblemCode::Overloaded).then_some(1),
        }
    }
}

impl Refuses for HashError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Crowded | Self::Stopped => ProblemCode::Overloaded,
            Self::Damaged => ProblemCode::Internal,
        }
    }
}

/// Signs in with handle and password.
#[utoipa::path(post, path = "/v1/session", tag = "identity", request_body = SignIn,
    responses((status = 200, body = SessionView)))]
pub async fn sign_in(call: Call, headers: HeaderMap, Body(request): Body<SignIn>) -> Result<Opened, Refusal> {
    Ok(enter(&call, &request, Visitor::of(&headers)).await?)
}

/// Signs in with the visitor's browser, whose present session ends with it.
///
/// # Errors
/// [`SignInError`]; then nobody was signed in.
pub async fn enter(call: &Call, request: &SignIn, visitor: Visitor<'_>) -> Result<Opened, SignInError> {
    let handle = Handle::typed(&request.handle).ok();
    let found = match &handle {
        Some(handle) => rows::person_by_handle(call.realm.directory.readers(), handle).await?,
        None => None,
    };
    let subject = handle.as_ref().map_or("?", Handle::as_str);
    let (mut write, person) = proven(call, subject, found, &request.password).await?;
    let opened = open::open(&mut write, call, &person, visitor, "password").await?;
    write.commit().await?;
    Ok(opened)
}

/// The person of `handle` if `password` is theirs, and the write that has given the counted try back: what it proves is done in it.
///
/// # Errors
/// [`SignInError`]; then the try is counted, unless nothing was compared.
pub async fn proven(
    call: &Call,
    handle: &str,
    found: Option<Person>,
    password: &str,
) -> Result<(Write, Person), SignInError> {
    let directory = &call.realm.directory;
    let counted = Try::count(directory, handle, &call.address, call.now).await?;
    let phc = match &found {
        Some(person) => rows::password(directory.readers(), person.id).await?,
        None => None,
    };
    let is_known = phc.is_some();
    let phc = phc.unwrap_or_else(|| call.app.decoy_phc.clone());
    let compared = call.app.password_workers.verify(&call.realm.pepper, password, &phc).await;
    let mut write = directory.begin().await?;
    let is_right = match compared {
        Ok(is_right) => is_right && is_known,
        Err(error) => {
            // Nothing was compared, so nothing was tried: a crowded server locks nobody out.
            counted.give_back(&mut write).await?;
            write.commit().await?;
            return Err(error.into());
        }
    };
    let known = found.as_ref().map(|person| person.id);
    let Some(person) = found.filter(|_| is_right) else {
        // An unknown handle makes a transaction as well: what is written may differ, what it costs must not. What was typed as a
        // handle is not kept: it may have been the password.
        let subject = known.map_or_else(|| "?".to_owned(), |person| person.to_string());
        let body = r#"{"factor":"password"}"#;
        let event = NewEvent { id: call.id(), kind: "sign_in.failed", subject: &subject, body, at: call.now };
        write.event(event).await?;
        write.commit().await?;
        return Err(SignInError::Wrong);
    };
    counted.give_back(&mut write).await?;
    Ok((write, person))
}
