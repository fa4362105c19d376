//! `POST /v1/recovery`: begins with handle and code.
//!
//! Phases: find the person · count the try · use the code up, begin the recovery and give the try back in one transaction, or note the failure. A
//! handle that nobody has goes the same way with nobody's code, so that answer and cost are the same. A code is used up also when the recovery is
//! cancelled later.

use axum::Json;
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Response};
use data_encoding::BASE64URL_NOPAD;
use qianbao_api::recovery::{RecoveryView, StartRecovery};
use qianbao_core::id::{PersonId, RecoveryId};
use qianbao_core::recovery::RecoveryCode;
use qianbao_core::text::Handle;
use uuid::Uuid;

use super::super::rows::recoveries::{self, NewRecovery, Outcome, Recovery};
use super::super::rows::{self, recovery_codes};
use super::super::session;
use super::super::tries::{self, Tried, Try};
use super::super::visitor::Visitor;
use super::state::view;
use super::{READY_S, RecoveryError, note};
use crate::directory::{DirectoryError, NewEvent};
use crate::door::cookie::{self, Cookie};
use crate::door::{Body, Call};
use crate::problem::Refusal;

/// A recovery that was just begun.
#[derive(Debug)]
pub struct Begun {
    view: RecoveryView,
    ticket: String,
    seconds: i64,
}

/// Begins a recovery.
#[utoipa::path(post, path = "/v1/recovery", tag = "identity", request_body = StartRecovery,
    responses((status = 200, body = RecoveryView)))]
pub async fn start(call: Call, headers: HeaderMap, Body(request): Body<StartRecovery>) -> Result<Begun, Refusal> {
    Ok(begin(&call, &request, Visitor::of(&headers)).await?)
}

/// Begins a recovery with the visitor's browser.
///
/// # Errors
/// [`RecoveryError`]; then nothing was begun, and the code is what it was.
pub async fn begin(call: &Call, request: &StartRecovery, visitor: Visitor<'_>) -> Result<Begun, RecoveryError> {
    let directory = &call.realm.directory;
    let handle = Handle::typed(&request.handle).ok();
    let found = match &handle {
        Some(handle) => rows::person_by_handle(directory.readers(), handle).await?.map(|person| person.id),
        None => None,
    };
    let tried = Tried::Recovering(handle.as_ref().map_or("?", Handle::as_str));
    let counted = Try::count(directory, tried, &call.address, call.now).await?;
    // Nobody's id and nobody's code cost what somebody's do, and no row has them.
    let subject = found.unwrap_or(PersonId::from_uuid(Uuid::nil()));
    let code = RecoveryCode::parse(&request.code).unwrap_or(RecoveryCode::from_random(call.random()));
    let hash = call.realm.recovery_key.hash(subject, code);
    let mut write = directory.begin().await?;
    let is_spent = recovery_codes::spend(&mut write, &subject.to_string(), &hash, call.now).await?;
    let Some(person) = found.filter(|_| is_spent) else {
        drop(write);
        note_failure(call, found).await?;
        return Err(RecoveryError::Wrong);
    };
    tries::count_recovery(&mut write, person, call.now).await?;
    counted.give_back(&mut write).await?;
    if let Some(replaced) = recoveries::end_running(&mut write, person, Outcome::Replaced, call.now).await? {
        note(&mut write, call, "recovery.replaced", person, replaced).await?;
    }
    let (id, ticket): (RecoveryId, _) = (call.id(), BASE64URL_NOPAD.encode(&call.random::<32>()));
    let started_at = call.now;
    let ready_at = started_at.plus_seconds(i64::from(call.app.config.recovery_hours) * 3_600);
    let closes_at = ready_at.plus_seconds(READY_S);
    let ticket_hash = session::hash(&ticket);
    let row = NewRecovery { id, person, ticket_hash: &ticket_hash, visitor, started_at, ready_at, closes_at };
    recoveries::insert(&mut write, row).await?;
    note(&mut write, call, "recovery.started", person, id).await?;
    write.commit().await?;
    let begun = Recovery { id, person, started_at, ready_at, closes_at, outcome: None };
    let seconds = (closes_at.0 - started_at.0) / 1_000_000;
    Ok(Begun { view: view(&begun, false, call.now), ticket, seconds })
}

/// What was typed is not kept: it may be a code of another handle.
async fn note_failure(call: &Call, found: Option<PersonId>) -> Result<(), DirectoryError> {
    let subject = found.map_or_else(|| "?".to_owned(), |person| person.to_string());
    let mut write = call.realm.directory.begin().await?;
    let event = NewEvent { id: call.id(), kind: "recovery.failed", subject: &subject, body: "{}", at: call.now };
    write.event(event).await?;
    write.commit().await
}

impl IntoResponse for Begun {
    fn into_response(self) -> Response {
        let ticket = cookie::set(Cookie::Recovery, &self.ticket, self.seconds);
        (AppendHeaders([(SET_COOKIE, ticket)]), Json(self.view)).into_response()
    }
}
