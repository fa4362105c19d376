//! `GET /v1/session` and `PATCH /v1/person`: who is signed in, and changing what others see of them.

use axum::Json;
use qianbao_api::ProblemCode;
use qianbao_api::identity::{PersonChange, PersonView, SessionView};
use qianbao_core::text::{DisplayName, TextError};

use super::rows::Person;
use super::{open, rows};
use crate::directory::{DirectoryError, DocumentKind};
use crate::door::{Body, Call, Signed};
use crate::problem::{Refusal, Refuses};

/// The person was not changed or not found.
#[derive(Debug, thiserror::Error)]
pub enum PersonError {
    /// The name cannot be used.
    #[error(transparent)]
    Name(#[from] TextError),
    /// A session without a person, which the tables forbid.
    #[error("expected the person of a session in the directory")]
    Gone,
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

impl Refuses for PersonError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Name(TextError::CardNumber) => ProblemCode::CardNumberInText,
            Self::Name(_) => ProblemCode::NameInvalid,
            Self::Gone => ProblemCode::Internal,
            Self::Directory(error) => error.code(),
        }
    }

    fn param(&self) -> Option<String> {
        matches!(self, Self::Name(_)).then(|| "display_name".to_owned())
    }
}

/// Who is signed in.
#[utoipa::path(get, path = "/v1/session", tag = "identity", responses((status = 200, body = SessionView)))]
pub async fn session(call: Call, signed: Signed) -> Result<Json<SessionView>, Refusal> {
    let person = present(&call, &signed).await?;
    Ok(Json(open::view(signed.session, &person, signed.expires_at, call.now)))
}

/// Changes what is given.
#[utoipa::path(patch, path = "/v1/person", tag = "identity", request_body = PersonChange,
    responses((status = 200, body = PersonView)))]
pub async fn edit(call: Call, signed: Signed, Body(change): Body<PersonChange>) -> Result<Json<PersonView>, Refusal> {
    Ok(Json(apply(&call, &signed, change).await?.view()))
}

/// Changes the signed-in person and answers what they are now.
///
/// # Errors
/// [`PersonError`]; then nothing was changed.
pub async fn apply(call: &Call, signed: &Signed, change: PersonChange) -> Result<Person, PersonError> {
    let mut person = present(call, signed).await?;
    if let Some(typed) = &change.display_name {
        person.display_name = DisplayName::new(typed)?.into_string();
    }
    person.locale = change.locale.unwrap_or(person.locale);
    let mut write = call.realm.directory.begin().await?;
    rows::update(&mut write, &person).await?;
    write.changed(person.id.into(), DocumentKind::Person, &person.id.to_string()).await?;
    write.commit().await?;
    Ok(person)
}

async fn present(call: &Call, signed: &Signed) -> Result<Person, PersonError> {
    rows::person(call.realm.directory.readers(), signed.person).await?.ok_or(PersonError::Gone)
}
