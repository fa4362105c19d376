//! `POST /v1/recovery/passkey-options` and `POST /v1/recovery/finish`: a new way in, after the wait.
//!
//! One transaction: look that the recovery is still open · the new passkey, the new password, one-time codes off if that is wanted · the recovery's
//! end · the end of all sessions · a new session · lower limits. A cancelling that is committed before it wins.

use axum::Json;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{AppendHeaders, IntoResponse, Response};
use qianbao_api::identity::SessionView;
use qianbao_api::passkeys::CreationOptions;
use qianbao_api::recovery::FinishRecovery;
use qianbao_core::password::{self, Beside};

use super::super::common::is_common;
use super::super::open::{self, Opened};
use super::super::passkeys::challenge::Purpose;
use super::super::passkeys::make;
use super::super::rows::recoveries::{self, Outcome, Recovery};
use super::super::rows::{self, Person, one_time_codes, sessions};
use super::super::visitor::Visitor;
use super::state::{is_open, of_ticket, ticket_hash};
use super::{RecoveryError, lowered_until, note};
use crate::directory::Write;
use crate::door::cookie::{self, Cookie};
use crate::door::{Body, Call};
use crate::problem::Refusal;

/// A recovery that was just finished.
#[derive(Debug)]
pub struct Finished(Opened);

/// What a passkey for who comes back is to be made for.
#[utoipa::path(post, path = "/v1/recovery/passkey-options", tag = "identity",
    responses((status = 200, body = CreationOptions)))]
pub async fn recovery_options(call: Call, headers: HeaderMap) -> Result<Json<CreationOptions>, Refusal> {
    let found = of_ticket(&call, &headers).await?;
    is_open(&found, call.now)?;
    let options = make::options_for(&call, found.person, Purpose::Recover(found.id));
    Ok(Json(options.await.map_err(RecoveryError::from)?))
}

/// Finishes a recovery.
#[utoipa::path(post, path = "/v1/recovery/finish", tag = "identity", request_body = FinishRecovery,
    responses((status = 200, body = SessionView)))]
pub async fn finish(call: Call, headers: HeaderMap, Body(request): Body<FinishRecovery>) -> Result<Finished, Refusal> {
    Ok(Finished(come_back(&call, &headers, &request).await?))
}

/// Finishes the recovery of the ticket in the cookie, and signs in.
///
/// # Errors
/// [`RecoveryError`]; then nothing has changed.
pub async fn come_back(call: &Call, headers: &HeaderMap, request: &FinishRecovery) -> Result<Opened, RecoveryError> {
    let found = of_ticket(call, headers).await?;
    is_open(&found, call.now)?;
    if request.password.is_none() && request.passkey.is_none() {
        return Err(RecoveryError::Factor);
    }
    let readers = call.realm.directory.readers();
    let person = rows::person(readers, found.person).await?.ok_or(RecoveryError::Gone)?;
    let visitor = Visitor::of(headers);
    let passkey = match &request.passkey {
        Some(answer) => {
            let (challenge, made) = make::read(call, answer, Purpose::Recover(found.id))?;
            Some((challenge, make::row(call, found.person, answer, &made, visitor)))
        }
        None => None,
    };
    let password = hashed(call, request.password.as_deref()).await?;
    let mut write = call.realm.directory.begin().await?;
    let found = recoveries::by_ticket_in(&mut write, &ticket_hash(headers)?).await?.ok_or(RecoveryError::Missing)?;
    is_open(&found, call.now)?;
    if let Some((challenge, passkey)) = passkey {
        challenge.spend(&mut write).await?.map_err(super::PasskeyError::from)?;
        make::write_down(&mut write, call, &passkey).await?;
    }
    put_password(&mut write, call, &found, request, password.as_deref()).await?;
    end(write, call, &found, person, visitor).await
}

/// The hash of the new password, if there is one. Whether it is long enough is decided when it is known what stands beside it.
async fn hashed(call: &Call, typed: Option<&str>) -> Result<Option<String>, RecoveryError> {
    let Some(typed) = typed else { return Ok(None) };
    password::check(typed, Beside::Second, is_common)?;
    Ok(Some(call.app.password_workers.hash(&call.realm.pepper, typed, call.random()).await?))
}

/// Turns one-time codes off if that is wanted, and sets the new password.
async fn put_password(
    write: &mut Write,
    call: &Call,
    found: &Recovery,
    request: &FinishRecovery,
    hashed: Option<&str>,
) -> Result<(), RecoveryError> {
    let person = found.person;
    if request.ends_one_time_codes && one_time_codes::forget(write, person).await? {
        note(write, call, "recovery.ended_one_time_codes", person, found.id).await?;
    }
    let has_codes = one_time_codes::are_on(write, person).await?;
    if let (Some(typed), Some(phc)) = (&request.password, hashed) {
        password::check(typed, if has_codes { Beside::Second } else { Beside::Nothing }, is_common)?;
        rows::put_password(write, person, phc, password::stands_alone(typed), call.now).await?;
        note(write, call, "recovery.set_password", person, found.id).await?;
    } else if !has_codes && rows::needs_second(write, person).await? {
        // Too short to be left alone; the new passkey is the way in.
        rows::forget_password(write, person).await?;
        note(write, call, "recovery.removed_password", person, found.id).await?;
    }
    Ok(())
}

/// Ends the recovery and all sessions, lowers the limits and opens a session.
async fn end(
    mut write: Write,
    call: &Call,
    found: &Recovery,
    person: Person,
    visitor: Visitor<'_>,
) -> Result<Opened, RecoveryError> {
    recoveries::end_running(&mut write, found.person, Outcome::Finished, call.now).await?;
    sessions::keep_only(&mut write, found.person, None).await?;
    let until = lowered_until(call);
    rows::lower_limits(&mut write, found.person, until).await?;
    note(&mut write, call, "recovery.finished", found.person, found.id).await?;
    let until = person.limits_lowered_until.map_or(until, |before| before.max(until));
    let person = Person { recovery: None, limits_lowered_until: Some(until), ..person };
    let opened = open::open(&mut write, call, &person, visitor, "recovery").await?;
    write.commit().await?;
    Ok(opened)
}

impl IntoResponse for Finished {
    fn into_response(self) -> Response {
        let gone: [(_, HeaderValue); 1] = [(SET_COOKIE, cookie::remove(Cookie::Recovery))];
        (AppendHeaders(gone), self.0).into_response()
    }
}
