//! `GET /v1/devices`, `PATCH` and `DELETE /v1/devices/{id}`: the browsers that a person signed in with.
//!
//! A device is a long-lived cookie of its own beside the session's, renewed at each sign-in, of one person on one kind of host: whoever signs in
//! with somebody else's browser gets a new one. Its person may name it and end it. With it end its sessions and streams, at once; from its next
//! contact on it is told `device_ended` in the place of `sign_in_required`, until somebody signs in with it, and wipes the copy it kept. Whoever
//! signs in with it has a new device.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{AppendHeaders, IntoResponse, NoContent, Response};
use data_encoding::BASE64URL_NOPAD;
use qianbao_api::ProblemCode;
use qianbao_api::identity::{DeviceChange, DeviceHost, DeviceView};
use qianbao_core::Timestamp;
use qianbao_core::id::{DeviceId, PersonId};
use qianbao_core::text::{DisplayName, TextError};

use super::rows::Person;
use super::rows::devices::{self, Device, NewDevice};
use super::session;
use super::visitor::Visitor;
use crate::directory::{DirectoryError, NewEvent, Owner, Write};
use crate::door::cookie::{self, Cookie};
use crate::door::{At, Body, Call, Signed};
use crate::hosts::Audience;
use crate::problem::{Refusal, Refuses};

/// How long a browser keeps its device: as long as browsers keep a cookie at most.
pub const DEVICE_S_MAX: i64 = 400 * 24 * 3_600;
/// Devices of one person; beyond it the longest unused one is forgotten.
pub const DEVICES_MAX: i64 = 100;
/// Ended ones of one person, which are still to be told; beyond it as well.
const ENDED_MAX: i64 = 400;

/// A device was not found or not changed.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// The name cannot be used.
    #[error(transparent)]
    Name(#[from] TextError),
    /// There is no such device of this person.
    #[error("expected a device of yours")]
    Missing,
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

impl Refuses for DeviceError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Name(TextError::CardNumber) => ProblemCode::CardNumberInText,
            Self::Name(_) => ProblemCode::NameInvalid,
            Self::Missing => ProblemCode::NotFound,
            Self::Directory(error) => error.code(),
        }
    }

    fn param(&self) -> Option<String> {
        matches!(self, Self::Name(_)).then(|| "name".to_owned())
    }
}

/// The devices of the signed-in person, the last used first.
#[utoipa::path(get, path = "/v1/devices", tag = "identity", responses((status = 200, body = Vec<DeviceView>)))]
pub async fn list(call: Call, signed: Signed) -> Result<Json<Vec<DeviceView>>, Refusal> {
    Ok(Json(views(&call, &signed).await?))
}

/// Names one.
#[utoipa::path(patch, path = "/v1/devices/{id}", tag = "identity", params(("id" = DeviceId, Path)), request_body = DeviceChange,
    responses((status = 200, body = DeviceView)))]
pub async fn edit(
    call: Call,
    signed: Signed,
    At(id): At<DeviceId>,
    Body(change): Body<DeviceChange>,
) -> Result<Json<DeviceView>, Refusal> {
    Ok(Json(name(&call, &signed, id, &change.name).await?))
}

/// Ends one, with its sessions.
#[utoipa::path(delete, path = "/v1/devices/{id}", tag = "identity", params(("id" = DeviceId, Path)),
    responses((status = 204, description = "Ended.")))]
pub async fn remove(call: Call, signed: Signed, At(id): At<DeviceId>) -> Result<NoContent, Refusal> {
    end(&call, signed.person, id).await?;
    Ok(NoContent)
}

async fn views(call: &Call, signed: &Signed) -> Result<Vec<DeviceView>, DeviceError> {
    let directory = &call.realm.directory;
    let current = devices::of_session(directory, signed.session).await?;
    let found = devices::of(directory, signed.person, call.now, 2 * DEVICES_MAX).await?;
    Ok(found.into_iter().map(|device| view(device, current)).collect())
}

fn view(device: Device, current: Option<DeviceId>) -> DeviceView {
    DeviceView {
        id: device.id,
        host: if device.audience == Audience::Desk { DeviceHost::Desk } else { DeviceHost::Wallet },
        browser: device.browser,
        system: device.system,
        name: Some(device.name).filter(|name| !name.is_empty()),
        created_at: device.created_at,
        seen_at: device.seen_at,
        is_signed_in: device.is_signed_in,
        is_current: current == Some(device.id),
    }
}

/// Names a device of the signed-in person.
///
/// # Errors
/// [`DeviceError`]; then it has the name it had.
pub async fn name(call: &Call, signed: &Signed, id: DeviceId, typed: &str) -> Result<DeviceView, DeviceError> {
    let name = DisplayName::new(typed)?.into_string();
    let mut write = call.realm.directory.begin().await?;
    if !devices::name(&mut write, id, signed.person, &name).await? {
        return Err(DeviceError::Missing);
    }
    write.commit().await?;
    views(call, signed).await?.into_iter().find(|device| device.id == id).ok_or(DeviceError::Missing)
}

/// Ends a device of `person` and its sessions.
///
/// # Errors
/// [`DeviceError`]; then nothing was ended.
pub async fn end(call: &Call, person: PersonId, id: DeviceId) -> Result<(), DeviceError> {
    let mut write = call.realm.directory.begin().await?;
    if !devices::end(&mut write, id, person, call.now).await? {
        return Err(DeviceError::Missing);
    }
    note(&mut write, call, "device.ended", person, id).await?;
    // The person's streams look whether their session is still there.
    write.ring(Owner::Person(person));
    write.commit().await?;
    Ok(())
}

/// The device with which `person` signs in, and the token that its cookie is to bear from now on.
///
/// # Errors
/// When the directory fails.
pub async fn arrive(
    write: &mut Write,
    call: &Call,
    person: &Person,
    visitor: Visitor<'_>,
) -> Result<(DeviceId, String), DirectoryError> {
    if let Some(token) = visitor.device {
        let token_hash = session::hash(token);
        let known = devices::greet(write, &token_hash, person.id, call.audience, visitor, call.now).await?;
        if let Some(id) = known {
            return Ok((id, token.to_owned()));
        }
        // Its cookie is replaced: whose it was until now would never be met with it again.
        devices::leave(write, &token_hash, call.audience).await?;
    }
    let (id, token) = (call.id(), BASE64URL_NOPAD.encode(&call.random::<32>()));
    let (token_hash, audience, now) = (session::hash(&token), call.audience, call.now);
    let device = NewDevice { id, token_hash: &token_hash, person: person.id, audience, visitor, now };
    devices::insert(write, device).await?;
    devices::keep_newest(write, person.id, DEVICES_MAX, ENDED_MAX).await?;
    note(write, call, "device.added", person.id, id).await?;
    Ok((id, token))
}

async fn note(
    write: &mut Write,
    call: &Call,
    kind: &str,
    person: PersonId,
    device: DeviceId,
) -> Result<(), DirectoryError> {
    let (subject, body) = (person.to_string(), format!(r#"{{"device":"{device}"}}"#));
    write.event(NewEvent { id: call.id(), kind, subject: &subject, body: &body, at: call.now }).await?;
    Ok(())
}

/// The answer to a browser without a live session whose device was ended; nothing to any other.
///
/// # Errors
/// When the directory fails.
pub async fn farewell(call: &Call, headers: &HeaderMap) -> Result<Option<Response>, DirectoryError> {
    let Some(token) = cookie::read(headers, Cookie::Device) else { return Ok(None) };
    if !devices::is_ended(&call.realm.directory, &session::hash(token), call.audience).await? {
        return Ok(None);
    }
    let refusal =
        Refusal::new(ProblemCode::DeviceEnded, "expected a device that its person has not ended; sign in anew");
    // The device's cookie stays: an answer may be lost, or read by a stream that cannot tell what it says.
    let gone = [
        (header::SET_COOKIE, cookie::remove(Cookie::Session)),
        (session::CLEAR_SITE_DATA, HeaderValue::from_static(session::STORAGE)),
    ];
    Ok(Some((AppendHeaders(gone), refusal).into_response()))
}

/// Forgets devices whose cookies are over. A job runs it.
///
/// # Errors
/// When the directory fails.
pub async fn sweep(write: &mut Write, now: Timestamp) -> Result<(), DirectoryError> {
    devices::sweep(write, now.plus_seconds(-DEVICE_S_MAX)).await
}
