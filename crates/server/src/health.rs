//! `GET /healthz` (the process answers) and `GET /readyz` (both realms can read and write). For load balancers; nothing is told beside it.

use qianbao_api::ProblemCode;

use crate::directory::DirectoryError;
use crate::door::Call;
use crate::hosts::RealmName;
use crate::problem::{Refusal, Refuses};

/// A realm cannot do its work.
#[derive(Debug, thiserror::Error)]
pub enum ReadyError {
    /// The ledger takes no postings: a write failed, and the process should be started again.
    #[error("expected a ledger of the realm {0} that takes postings")]
    Ledger(RealmName),
    /// The directory does not answer.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

impl Refuses for ReadyError {
    fn code(&self) -> ProblemCode {
        ProblemCode::Overloaded
    }
}

/// The process answers.
#[utoipa::path(get, path = "/healthz", tag = "operation", responses((status = 200, description = "Alive.")))]
pub async fn alive() -> &'static str {
    "alive\n"
}

/// Both realms can read and write.
#[utoipa::path(get, path = "/readyz", tag = "operation", responses((status = 200, description = "Ready.")))]
pub async fn ready(call: Call) -> Result<&'static str, Refusal> {
    for name in RealmName::ALL {
        let realm = call.app.realm(name);
        if !realm.ledger.is_writable() {
            return Err(ReadyError::Ledger(name).into());
        }
        realm.directory.ping().await.map_err(ReadyError::from)?;
    }
    Ok("ready\n")
}
