//! From the cookie to the person, and the end of a session.

use data_encoding::HEXLOWER;
use qianbao_api::ProblemCode;
use qianbao_core::Timestamp;
use qianbao_core::id::SessionId;
use sha2::{Digest, Sha256};

use super::rows::sessions;
use crate::directory::{Directory, DirectoryError, NewEvent, Owner, Write};
use crate::door::{Call, Signed};
use crate::hosts::Audience;
use crate::problem::Refuses;

/// A use is written down at most this often, seconds.
const SEEN_EVERY_S: i64 = 60;

/// What a request needs the session for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// The app works for itself: sync, events. Keeps nothing alive.
    Background,
    /// The person looks at something or changes what is not value.
    Reading,
    /// The person moves value: the session must have been used within the idle limit.
    Value,
}

/// There is no session that allows the request.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// No cookie, an unknown one, or a session that is over.
    #[error("expected a live session in the cookie; sign in")]
    Absent,
    /// The session was not used for too long.
    #[error("expected a session used within the last {minutes} minutes; sign in again")]
    Idle {
        /// The limit.
        minutes: u32,
    },
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

impl Refuses for SessionError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Absent | Self::Idle { .. } => ProblemCode::SignInRequired,
            Self::Directory(error) => error.code(),
        }
    }
}

/// Who holds the session of `token`, if it allows `purpose` now.
///
/// Use within the idle limit prolongs it (noted at most once a minute); an idle session is not woken by reading, only replaced by signing
/// in. At the desk no idle limit holds: a till is left alone for hours.
pub async fn find(call: &Call, token: Option<&str>, purpose: Use) -> Result<Signed, SessionError> {
    let token = token.filter(|token| (20..=100).contains(&token.len())).ok_or(SessionError::Absent)?;
    let readers = call.realm.directory.readers();
    let found = sessions::find(readers, &hash(token), call.audience, call.now).await?;
    let (signed, seen_at) = found.ok_or(SessionError::Absent)?;
    let minutes = call.app.config.session_idle_minutes;
    let is_idle = call.audience == Audience::Wallet && seen_at.plus_seconds(i64::from(minutes) * 60) <= call.now;
    if is_idle && purpose == Use::Value {
        return Err(SessionError::Idle { minutes });
    }
    let is_due = seen_at.plus_seconds(SEEN_EVERY_S) <= call.now;
    if purpose != Use::Background && !is_idle && is_due {
        sessions::mark_seen(&call.realm.directory, signed.session, call.now).await?;
    }
    Ok(signed)
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
