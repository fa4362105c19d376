//! `DELETE /v1/recovery`: "that was not me", from any session, at once. Without a recovery that is running it does nothing and answers alike.

use axum::response::NoContent;
use qianbao_core::id::PersonId;

use super::super::rows::recoveries::{self, Outcome};
use super::{RecoveryError, note};
use crate::door::{Call, Signed};
use crate::problem::Refusal;

/// Cancels the recovery that is running.
#[utoipa::path(delete, path = "/v1/recovery", tag = "identity",
    responses((status = 204, description = "None is running.")))]
pub async fn cancel(call: Call, signed: Signed) -> Result<NoContent, Refusal> {
    stop(&call, signed.person).await?;
    Ok(NoContent)
}

/// Cancels the recovery of `person` that is running. Of a cancelling and a finishing at once the first commit counts.
///
/// # Errors
/// When the directory fails.
pub async fn stop(call: &Call, person: PersonId) -> Result<(), RecoveryError> {
    let mut write = call.realm.directory.begin().await?;
    if let Some(recovery) = recoveries::end_running(&mut write, person, Outcome::Cancelled, call.now).await? {
        note(&mut write, call, "recovery.cancelled", person, recovery).await?;
    }
    Ok(write.commit().await?)
}
