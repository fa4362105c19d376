//! From the cookie to the person, and the end of a session.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::http::HeaderName;
use data_encoding::HEXLOWER;
use qianbao_api::ProblemCode;
use qianbao_core::Timestamp;
use qianbao_core::approval::SessionUse;
use qianbao_core::id::SessionId;
use sha2::{Digest, Sha256};

use super::rows::devices;
use super::rows::sessions::{self, Session};
use crate::directory::{Directory, DirectoryError, NewEvent, Owner, Write};
use crate::door::{Call, Signed};
use crate::hosts::Audience;
use crate::problem::Refuses;
use crate::realm::Realm;

/// The header with which an answer tells the browser to clear what it keeps for the host.
pub const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");
/// Its value: everything but cookies, which the answer names itself, and the HTTP cache.
pub const STORAGE: &str = "\"storage\"";
/// A use is noted at most this often, seconds.
const SEEN_EVERY_S: i64 = 60;
/// Most uses that wait to be written down: some 500 KB, written in about a second.
const SEEN_MAX: usize = 8_192;

/// What a request needs the session for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// The app works for itself: sync, events. Keeps nothing alive.
    Background,
    /// The person looks at something or changes what is not value.
    Reading,
    /// The person moves value: how lately the session was used counts ([`Signed::session_use`]).
    Value,
}

/// There is no session that allows the request.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// No cookie, an unknown one, or a session that is over.
    #[error("expected a live session in the cookie; sign in")]
    Absent,
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

impl Refuses for SessionError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Absent => ProblemCode::SignInRequired,
            Self::Directory(error) => error.code(),
        }
    }
}

/// Who holds the session of `token`, and how lately it was used.
///
/// Use within the idle limit prolongs it (noted at most once a minute); an idle session is not woken by reading, only by its person, who shows a
/// PIN or a passkey ([`wake`]), or replaced by signing in. Nothing is written here: [`write_seen`] does it a little later.
pub async fn find(call: &Call, token: Option<&str>, purpose: Use) -> Result<Signed, SessionError> {
    let token = token.filter(|token| (20..=100).contains(&token.len())).ok_or(SessionError::Absent)?;
    let key = (call.audience, hash(token));
    let mut session = kept(call, &key).await?;
    let mut session_use = used(call, &session);
    if session_use == SessionUse::Idle && purpose == Use::Value {
        // Another process may have seen it in use meanwhile, and written that down.
        call.realm.kept.sessions.forget(&key);
        session = kept(call, &key).await?;
        session_use = used(call, &session);
    }
    if purpose != Use::Background && session_use == SessionUse::Lately {
        see(call, &session);
    }
    Ok(Signed { session_use, ..session.signed })
}

/// Takes the session of `token` for used just now, though it was idle: its person has shown that they are there.
///
/// # Errors
/// [`SessionError::Absent`] when it ended meanwhile, or when the directory fails.
pub async fn wake(call: &Call, token: Option<&str>) -> Result<(), SessionError> {
    let token = token.ok_or(SessionError::Absent)?;
    see(call, &kept(call, &(call.audience, hash(token))).await?);
    Ok(())
}

/// How lately a session was used. At the desk no idle limit holds: a till is left alone for hours.
fn used(call: &Call, session: &Session) -> SessionUse {
    let minutes = i64::from(call.app.config.session_idle_minutes);
    let is_idle = call.audience == Audience::Wallet && session.seen_at().plus_seconds(minutes * 60) <= call.now;
    if is_idle { SessionUse::Idle } else { SessionUse::Lately }
}

/// Notes a use, at most once a minute.
fn see(call: &Call, session: &Session) {
    let seen_at = session.seen_at();
    if seen_at.plus_seconds(SEEN_EVERY_S) <= call.now && session.see(seen_at, call.now) {
        call.realm.seen.note(session.signed.session, call.now);
    }
}

/// The live session with this key, from memory when it was read before.
async fn kept(call: &Call, key: &(Audience, String)) -> Result<Session, SessionError> {
    let read = sessions::find(&call.realm.directory, &key.1, key.0, call.now);
    let found = call.realm.kept.sessions.get_since(call.realm.directory.kept_since(), key.clone(), read).await?;
    found.filter(|session| session.signed.expires_at > call.now).ok_or(SessionError::Absent)
}

/// Uses of sessions that are still to be written down. A process that is killed forgets some seconds of them, and then a session is idle
/// that much earlier.
#[derive(Debug, Default)]
pub struct Seen(Mutex<HashMap<SessionId, Timestamp>>);

impl Seen {
    /// Notes a use. One that finds no room is not written down: the session is then idle a minute earlier.
    fn note(&self, session: SessionId, now: Timestamp) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.len() < SEEN_MAX || noted.contains_key(&session) {
            noted.insert(session, now);
        }
    }

    fn take(&self) -> HashMap<SessionId, Timestamp> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Writes down the uses of sessions that were noted since the last time, in one transaction. A job calls it every few seconds, and the
/// end of the program once more.
///
/// # Errors
/// When the directory fails; the uses are noted again then.
pub async fn write_seen(realm: &Realm) -> Result<(), DirectoryError> {
    let noted = realm.seen.take();
    if noted.is_empty() {
        return Ok(());
    }
    let written = write_all(realm, &noted).await;
    if written.is_err() {
        for (session, at) in noted {
            realm.seen.note(session, at);
        }
    }
    written
}

async fn write_all(realm: &Realm, noted: &HashMap<SessionId, Timestamp>) -> Result<(), DirectoryError> {
    let mut write = realm.directory.begin().await?;
    for (session, at) in noted {
        sessions::mark_seen(&mut write, *session, *at).await?;
        devices::mark_seen(&mut write, *session, *at).await?;
    }
    write.commit().await
}

/// Ends the session of `token` on the call's host, if there is one, and tells its streams.
///
/// # Errors
/// When the directory fails.
pub async fn close(write: &mut Write, call: &Call, token: &str) -> Result<(), DirectoryError> {
    let row = sessions::remove(write, &hash(token), call.audience).await?;
    let Some((session, person)) = row else { return Ok(()) };
    let body = format!(r#"{{"session":"{session}"}}"#);
    write
        .event(NewEvent { id: call.id(), kind: "session.closed", subject: &person, body: &body, at: call.now })
        .await?;
    let person = person.parse().map_err(|_| DirectoryError::Damaged { column: "sessions.person" })?;
    write.ring(Owner::Person(person));
    Ok(())
}

/// Forgets sessions that are over. A job runs it.
///
/// # Errors
/// When the directory fails.
pub async fn sweep(write: &mut Write, now: Timestamp) -> Result<(), DirectoryError> {
    sessions::sweep(write, now).await
}

/// Ends every session; answers how many. A restore does: a session that was signed out since the backup would live again.
///
/// # Errors
/// When the directory fails.
pub async fn end_all(write: &mut Write) -> Result<u64, DirectoryError> {
    sessions::remove_all(write).await
}

/// What the database keeps of a token.
pub fn hash(token: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(token.as_bytes()))
}

/// Whether the session is still there: a stream that began with it asks now and then.
///
/// # Errors
/// When the directory fails.
pub async fn is_live(directory: &Directory, session: SessionId, now: Timestamp) -> Result<bool, DirectoryError> {
    sessions::is_open(directory, session, now).await
}
