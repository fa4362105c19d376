//! Opening a session: what signing up and signing in have in common.

use axum::Json;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Response};
use data_encoding::BASE64URL_NOPAD;
use qianbao_api::identity::SessionView;
use qianbao_core::Timestamp;
use qianbao_core::id::SessionId;

use super::rows::Person;
use super::rows::sessions::{self, NewSession};
use super::visitor::Visitor;
use super::{devices, session};
use crate::directory::{DirectoryError, NewEvent, Write};
use crate::door::Call;
use crate::door::cookie::{self, Cookie};

/// A session ends at the latest after 12 hours.
pub const SESSION_S_MAX: i64 = 12 * 3_600;
/// Sessions of one person on one kind of host; the oldest ends when another is opened.
const SESSIONS_MAX: i64 = 20;

/// A session that was just opened.
#[derive(Debug)]
pub struct Opened {
    view: SessionView,
    token: String,
    /// The token of the device.
    device: String,
}

/// Opens a session for `person`, who has proven themselves by `factor`, on the call's host with the visitor's browser, in place of the session
/// that it had.
///
/// # Errors
/// When the directory fails.
pub async fn open(
    write: &mut Write,
    call: &Call,
    person: &Person,
    visitor: Visitor<'_>,
    factor: &'static str,
) -> Result<Opened, DirectoryError> {
    if let Some(token) = visitor.session {
        session::close(write, call, token).await?;
    }
    let (device, device_token) = devices::arrive(write, call, person, visitor).await?;
    let id: SessionId = call.id();
    let token = BASE64URL_NOPAD.encode(&call.random::<32>());
    let expires_at = call.now.plus_seconds(SESSION_S_MAX);
    let token_hash = session::hash(&token);
    let (audience, now) = (call.audience, call.now);
    let row = NewSession { id, token_hash: &token_hash, person: person.id, audience, device, now, expires_at };
    sessions::insert(write, row).await?;
    sessions::keep_newest(write, person.id, audience, SESSIONS_MAX).await?;
    let body = format!(r#"{{"session":"{id}","audience":"{}","factor":"{factor}"}}"#, call.audience.label());
    let subject = person.id.to_string();
    write
        .event(NewEvent { id: call.id(), kind: "session.opened", subject: &subject, body: &body, at: call.now })
        .await?;
    Ok(Opened { view: view(id, person, expires_at, call.now), token, device: device_token })
}

/// The session as its person sees it.
pub fn view(id: SessionId, person: &Person, expires_at: Timestamp, now: Timestamp) -> SessionView {
    SessionView { id, person: person.view(), expires_at, server_time: now }
}

impl IntoResponse for Opened {
    fn into_response(self) -> Response {
        let session = cookie::set(Cookie::Session, &self.token, SESSION_S_MAX);
        let device = cookie::set(Cookie::Device, &self.device, devices::DEVICE_S_MAX);
        (AppendHeaders([(SET_COOKIE, session), (SET_COOKIE, device)]), Json(self.view)).into_response()
    }
}
