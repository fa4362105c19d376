//! `POST /v1/people`: makes a person with a wallet, who has a passkey or a password, and signs in.
//!
//! The wallet's account is opened by the first posting that touches it; until then its balance is zero.

use axum::http::HeaderMap;
use qianbao_api::ProblemCode;
use qianbao_api::identity::{Newcomer, SessionView, SignUp};
use qianbao_api::passkeys::Registration;
use qianbao_core::id::PersonId;
use qianbao_core::password::{self, Beside, PasswordError};
use qianbao_core::text::{DisplayName, Handle, HandleError, LegalName, TextError};
use sqlx::AnyPool;

use super::common::is_common;
use super::open::{self, Opened};
use super::passkeys::challenge::Purpose;
use super::passkeys::{self, PasskeyError};
use super::password::{HashError, Workers};
use super::rows::{self, Person};
use super::tries::{self, TryError};
use super::visitor::Visitor;
use crate::clock::Sources;
use crate::directory::{DirectoryError, DocumentKind, NewEvent, Write};
use crate::door::{Body, Call};
use crate::problem::{Refusal, Refuses};
use crate::realm::Realm;

/// Nobody was made.
#[derive(Debug, thiserror::Error)]
pub enum SignUpError {
    /// The handle.
    #[error(transparent)]
    Handle(#[from] HandleError),
    /// Somebody has it.
    #[error("expected a handle that nobody has; choose another one")]
    HandleTaken,
    /// A name.
    #[error("{field}: {source}")]
    Name {
        /// The field.
        field: &'static str,
        /// Why.
        source: TextError,
    },
    /// Neither factor was given, or both.
    #[error("expected either `password` or `passkey`")]
    Factor,
    /// The password.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The passkey.
    #[error(transparent)]
    Passkey(#[from] PasskeyError),
    /// Too many from one address.
    #[error(transparent)]
    Tries(#[from] TryError),
    /// The password could not be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

impl Refuses for SignUpError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Handle(_) => ProblemCode::HandleInvalid,
            Self::HandleTaken => ProblemCode::HandleTaken,
            Self::Name { source: TextError::CardNumber, .. } => ProblemCode::CardNumberInText,
            Self::Name { .. } => ProblemCode::NameInvalid,
            Self::Password(PasswordError::Length { .. }) => ProblemCode::PasswordLength,
            Self::Password(PasswordError::Common) => ProblemCode::PasswordCommon,
            Self::Factor => ProblemCode::MalformedRequest,
            Self::Passkey(error) => error.code(),
            Self::Tries(TryError::Spent { .. }) => ProblemCode::TooManyRequests,
            Self::Hash(error) => error.code(),
            Self::Tries(TryError::Directory(error)) | Self::Directory(error) => error.code(),
        }
    }

    fn param(&self) -> Option<String> {
        let field = match self {
            Self::Handle(_) | Self::HandleTaken => "handle",
            Self::Name { field, .. } => field,
            Self::Password(_) | Self::Factor => "password",
            Self::Passkey(error) => return error.param(),
            Self::Tries(_) | Self::Hash(_) | Self::Directory(_) => return None,
        };
        Some(field.to_owned())
    }

    fn retry_after_s(&self) -> Option<u32> {
        match self {
            Self::Tries(TryError::Spent { retry_after_s }) => Some(*retry_after_s),
            _ => (self.code() == ProblemCode::Overloaded).then_some(1),
        }
    }
}

/// Makes a person with a wallet and signs in.
#[utoipa::path(post, path = "/v1/people", tag = "identity", request_body = SignUp,
    responses((status = 200, body = SessionView)))]
pub async fn sign_up(call: Call, headers: HeaderMap, Body(request): Body<SignUp>) -> Result<Opened, Refusal> {
    Ok(make(&call, &request, Visitor::of(&headers)).await?)
}

/// Makes the person and opens a session with the visitor's browser, whose present session ends with it.
///
/// # Errors
/// [`SignUpError`]; then nobody was made.
pub async fn make(call: &Call, request: &SignUp, visitor: Visitor<'_>) -> Result<Opened, SignUpError> {
    match (&request.password, &request.passkey) {
        (Some(password), None) => make_with_password(call, request, password, visitor).await,
        (None, Some(answer)) => make_with_passkey(call, request, answer, visitor).await,
        (None, None) | (Some(_), Some(_)) => Err(SignUpError::Factor),
    }
}

async fn make_with_password(
    call: &Call,
    request: &SignUp,
    password: &str,
    visitor: Visitor<'_>,
) -> Result<Opened, SignUpError> {
    let person = checked(&call.app.sources, &newcomer(request), call.id())?;
    password::check(password, Beside::Nothing, is_common)?;
    tries::count_sign_up(&call.realm.directory, &call.address, call.now).await?;
    let phc = call.app.password_workers.hash(&call.realm.pepper, password, call.random()).await?;
    let mut write = call.realm.directory.begin().await?;
    insert(&mut write, &call.app.sources, &person).await?;
    rows::put_password(&mut write, person.id, &phc, true, person.created_at).await?;
    let opened = open::open(&mut write, call, &person, visitor, "password").await?;
    write.commit().await?;
    Ok(opened)
}

async fn make_with_passkey(
    call: &Call,
    request: &SignUp,
    answer: &Registration,
    visitor: Visitor<'_>,
) -> Result<Opened, SignUpError> {
    let (challenge, made) = passkeys::make::read(call, answer, Purpose::SignUp)?;
    // The authenticator keeps this id with the key, and names it when somebody signs in.
    let person = checked(&call.app.sources, &newcomer(request), challenge.newcomer())?;
    tries::count_sign_up(&call.realm.directory, &call.address, call.now).await?;
    let mut write = call.realm.directory.begin().await?;
    challenge.spend(&mut write).await?.map_err(PasskeyError::from)?;
    insert(&mut write, &call.app.sources, &person).await?;
    let passkey = passkeys::make::row(call, person.id, answer, &made, visitor);
    passkeys::make::write_down(&mut write, call, &passkey).await?;
    let opened = open::open(&mut write, call, &person, visitor, "passkey").await?;
    write.commit().await?;
    Ok(opened)
}

/// Makes the person with a password and without a session, for the demo's seed.
///
/// # Errors
/// [`SignUpError`]; then nobody was made.
pub async fn enrol(
    realm: &Realm,
    sources: &Sources,
    request: &Newcomer,
    password: &str,
) -> Result<PersonId, SignUpError> {
    let person = checked(sources, request, sources.id())?;
    password::check(password, Beside::Nothing, is_common)?;
    let phc = Workers::new(1).hash(&realm.pepper, password, sources.bytes()).await?;
    let mut write = realm.directory.begin().await?;
    insert(&mut write, sources, &person).await?;
    rows::put_password(&mut write, person.id, &phc, true, person.created_at).await?;
    write.commit().await?;
    Ok(person.id)
}

/// Refuses a handle that somebody has. Whoever signs up later finds out anyway; asked before an authenticator makes a key, it makes none in vain.
///
/// # Errors
/// [`SignUpError::HandleTaken`], or when the directory fails.
pub async fn is_free(readers: &AnyPool, handle: &str) -> Result<(), SignUpError> {
    let found = rows::person_by_handle(readers, &Handle::typed(handle)?).await?;
    if found.is_none() { Ok(()) } else { Err(SignUpError::HandleTaken) }
}

/// The person who is to be made, if their handle and names can be used.
///
/// # Errors
/// [`SignUpError`] with the field.
pub fn checked(sources: &Sources, request: &Newcomer, id: PersonId) -> Result<Person, SignUpError> {
    let handle = Handle::typed(&request.handle)?;
    let display_name = DisplayName::new(&request.display_name)
        .map_err(|source| SignUpError::Name { field: "display_name", source })?;
    let legal_name =
        LegalName::new(&request.legal_name).map_err(|source| SignUpError::Name { field: "legal_name", source })?;
    Ok(Person {
        id,
        handle: handle.as_str().to_owned(),
        display_name: display_name.into_string(),
        legal_name: legal_name.into_string(),
        locale: request.locale,
        created_at: sources.now(),
        limits_lowered_until: None,
        recovery: None,
    })
}

fn newcomer(request: &SignUp) -> Newcomer {
    Newcomer {
        handle: request.handle.clone(),
        display_name: request.display_name.clone(),
        legal_name: request.legal_name.clone(),
        locale: request.locale,
    }
}

async fn insert(write: &mut Write, sources: &Sources, person: &Person) -> Result<(), SignUpError> {
    rows::insert(write, person).await.map_err(|error| match error {
        taken if taken.is_taken("people.handle") => SignUpError::HandleTaken,
        other => SignUpError::Directory(other),
    })?;
    let subject = person.id.to_string();
    let event =
        NewEvent { id: sources.id(), kind: "person.made", subject: &subject, body: "{}", at: person.created_at };
    write.event(event).await?;
    write.changed(person.id.into(), DocumentKind::Person, &subject).await?;
    Ok(())
}
