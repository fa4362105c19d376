//! `GET /v1/recovery`: where the recovery of this browser's ticket stands.

use axum::Json;
use axum::http::HeaderMap;
use qianbao_api::recovery::{RecoveryState, RecoveryView};
use qianbao_core::Timestamp;

use super::super::rows::recoveries::{self, Outcome, Recovery};
use super::super::{one_time_codes, session};
use super::RecoveryError;
use crate::door::Call;
use crate::door::cookie::{self, Cookie};
use crate::problem::Refusal;

/// Where it stands.
#[utoipa::path(get, path = "/v1/recovery", tag = "identity", responses((status = 200, body = RecoveryView)))]
pub async fn show(call: Call, headers: HeaderMap) -> Result<Json<RecoveryView>, Refusal> {
    let found = of_ticket(&call, &headers).await?;
    // Who only has a code learns nothing of the other ways in.
    let has_codes = match is_open(&found, call.now) {
        Ok(()) => one_time_codes::on_since(&call, found.person).await.map_err(RecoveryError::from)?.is_some(),
        Err(_) => false,
    };
    Ok(Json(view(&found, has_codes, call.now)))
}

/// What is kept of the ticket in the cookie.
///
/// # Errors
/// [`RecoveryError::Missing`] without one.
pub fn ticket_hash(headers: &HeaderMap) -> Result<String, RecoveryError> {
    let ticket = cookie::read(headers, Cookie::Recovery).filter(|ticket| (20..=100).contains(&ticket.len()));
    ticket.map(session::hash).ok_or(RecoveryError::Missing)
}

/// The recovery of the ticket in the cookie.
///
/// # Errors
/// [`RecoveryError::Missing`] when there is none.
pub async fn of_ticket(call: &Call, headers: &HeaderMap) -> Result<Recovery, RecoveryError> {
    let found = recoveries::by_ticket(call.realm.directory.readers(), &ticket_hash(headers)?).await?;
    found.ok_or(RecoveryError::Missing)
}

/// Whether it can be finished now.
///
/// # Errors
/// [`RecoveryError`] when it has to wait or is over.
pub fn is_open(recovery: &Recovery, now: Timestamp) -> Result<(), RecoveryError> {
    match state(recovery, now) {
        RecoveryState::Ready => Ok(()),
        RecoveryState::Waiting => Err(RecoveryError::Waiting { ready_at: recovery.ready_at, now }),
        RecoveryState::Cancelled | RecoveryState::Replaced | RecoveryState::Finished | RecoveryState::Lapsed => {
            Err(RecoveryError::Over)
        }
    }
}

fn state(recovery: &Recovery, now: Timestamp) -> RecoveryState {
    match recovery.outcome {
        Some(Outcome::Finished) => RecoveryState::Finished,
        Some(Outcome::Cancelled) => RecoveryState::Cancelled,
        Some(Outcome::Replaced) => RecoveryState::Replaced,
        Some(Outcome::Lapsed) => RecoveryState::Lapsed,
        None if now >= recovery.closes_at => RecoveryState::Lapsed,
        None if now >= recovery.ready_at => RecoveryState::Ready,
        None => RecoveryState::Waiting,
    }
}

/// As who began it sees it.
pub fn view(recovery: &Recovery, has_one_time_codes: bool, now: Timestamp) -> RecoveryView {
    RecoveryView {
        state: state(recovery, now),
        started_at: recovery.started_at,
        ready_at: recovery.ready_at,
        closes_at: recovery.closes_at,
        has_one_time_codes,
        server_time: now,
    }
}
