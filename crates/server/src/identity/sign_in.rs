//! `POST /v1/session`: signs in with handle and password, and a one-time code where the person has them on.
//!
//! Phases: find the person · count the try · compare the password, or a decoy's when there is no such person, so that both
//! cost the same · count and look at the code · open the session and give the tries back, or note the failure. The answer never says which of
//! handle and password was wrong; only who knows the password learns whether there are codes.

use axum::http::HeaderMap;
use qianbao_api::ProblemCode;
use qianbao_api::identity::{SessionView, SignIn};
use qianbao_core::text::Handle;

use super::one_time_codes::{self, CodesError, Second};
use super::open::{self, Opened};
use super::password::HashError;
use super::rows::{self, Person};
use super::tries::{Tried, Try, TryError};
use super::visitor::Visitor;
use crate::directory::{Directory, DirectoryError, NewEvent, Write};
use crate::door::{Body, Call};
use crate::problem::{Refusal, Refuses};

/// Nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Handle and password do not belong together.
    #[error("expected a handle and its password; check both")]
    Wrong,
    /// The person has one-time codes on, and none was given.
    #[error("expected a one-time code with the password")]
    CodeMissing,
    /// The code is not one of now, or was used before.
    #[error("expected the 6 digits that the app for one-time codes shows now, and each only once")]
    CodeWrong,
    /// The code could not be looked at.
    #[error(transparent)]
    Codes(#[from] CodesError),
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
            Self::CodeMissing => ProblemCode::OneTimeCodeRequired,
            Self::CodeWrong => ProblemCode::OneTimeCodeWrong,
            Self::Codes(error) => error.code(),
            Self::Tries(TryError::Spent { .. }) => ProblemCode::TooManyRequests,
            Self::Tries(TryError::Directory(error)) | Self::Directory(error) => error.code(),
            Self::Hash(error) => error.code(),
        }
    }

    fn retry_after_s(&self) -> Option<u32> {
        match self {
            Self::Tries(TryError::Spent { retry_after_s }) => Some(*retry_after_s),
            Self::Codes(error) => error.retry_after_s(),
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
    let tried = Tried::Handle(handle.as_ref().map_or("?", Handle::as_str));
    let typed = Typed { password: &request.password, one_time_code: request.one_time_code.as_deref() };
    let (mut write, person) = proven(call, tried, found, typed).await?;
    let opened = open::open(&mut write, call, &person, visitor, "password").await?;
    write.commit().await?;
    Ok(opened)
}

/// What somebody has typed.
#[derive(Clone, Copy)]
pub struct Typed<'a> {
    /// The password.
    pub password: &'a str,
    /// The one-time code.
    pub one_time_code: Option<&'a str>,
}

/// `found` if what was typed is theirs, and the write that has given the counted tries back: what it proves is done in it.
///
/// # Errors
/// [`SignInError`]; then the try is counted, unless nothing was compared or only a code is missing.
pub async fn proven(
    call: &Call,
    tried: Tried<'_>,
    found: Option<Person>,
    typed: Typed<'_>,
) -> Result<(Write, Person), SignInError> {
    let directory = &call.realm.directory;
    let counted = Try::count(directory, tried, &call.address, call.now).await?;
    let phc = match &found {
        Some(person) => rows::password(directory.readers(), person.id).await?,
        None => None,
    };
    let is_known = phc.is_some();
    let phc = phc.unwrap_or_else(|| call.app.decoy_phc.clone());
    let compared = call.app.password_workers.verify(&call.realm.pepper, typed.password, &phc).await;
    let is_right = match compared {
        Ok(is_right) => is_right && is_known,
        Err(error) => {
            // Nothing was compared, so nothing was tried: a crowded server locks nobody out.
            give_back(directory, counted).await?;
            return Err(error.into());
        }
    };
    let known = found.as_ref().map(|person| person.id);
    let Some(person) = found.filter(|_| is_right) else {
        // An unknown handle makes a transaction as well: what is written may differ, what it costs must not. What was typed as a
        // handle is not kept: it may have been the password.
        let subject = known.map_or_else(|| "?".to_owned(), |person| person.to_string());
        note_failure(call, &subject, r#"{"factor":"password"}"#).await?;
        return Err(SignInError::Wrong);
    };
    // The password was right: its person may want to know, also of who had no code, or no try of one left.
    let second = match one_time_codes::second(call, person.id, tried, typed.one_time_code).await {
        Ok(Second::Missing) => {
            note_failure(call, &person.id.to_string(), r#"{"factor":"one_time_code","given":false}"#).await?;
            give_back(directory, counted).await?;
            return Err(SignInError::CodeMissing);
        }
        Ok(second) => second,
        Err(error) => {
            note_failure(call, &person.id.to_string(), r#"{"factor":"one_time_code"}"#).await?;
            return Err(error.into());
        }
    };
    let mut write = directory.begin().await?;
    // Comparing takes a while. Who has changed their password meanwhile did so because of whom it let in.
    if !rows::is_password(&mut write, person.id, &phc).await? {
        drop(write);
        note_failure(call, &person.id.to_string(), r#"{"factor":"password"}"#).await?;
        return Err(SignInError::Wrong);
    }
    let is_good = match second {
        Second::NotAsked => !rows::one_time_codes::are_on(&mut write, person.id).await?,
        Second::Missing | Second::Wrong => false,
        Second::Code { step, counted: code } => {
            let is_first = rows::one_time_codes::take(&mut write, person.id, step).await?;
            if is_first {
                code.give_back(&mut write).await?;
            }
            is_first
        }
    };
    if !is_good {
        drop(write);
        note_failure(call, &person.id.to_string(), r#"{"factor":"one_time_code"}"#).await?;
        return Err(SignInError::CodeWrong);
    }
    counted.give_back(&mut write).await?;
    Ok((write, person))
}

async fn give_back(directory: &Directory, counted: Try) -> Result<(), DirectoryError> {
    let mut write = directory.begin().await?;
    counted.give_back(&mut write).await?;
    write.commit().await
}

async fn note_failure(call: &Call, subject: &str, body: &str) -> Result<(), DirectoryError> {
    let mut write = call.realm.directory.begin().await?;
    write.event(NewEvent { id: call.id(), kind: "sign_in.failed", subject, body, at: call.now }).await?;
    write.commit().await
}
