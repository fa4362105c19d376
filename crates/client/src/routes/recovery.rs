//! Recovery codes, coming back with one, and stopping somebody else who does.
//!
//! The ticket of a recovery is a cookie that scripts cannot read: this browser only asks where it stands.

use qianbao_api::ProblemCode;
use qianbao_api::identity::SessionView;
use qianbao_api::passkeys::Registration;
use qianbao_api::recovery::{FinishRecovery, RecoveryCodes, RecoveryView, StartRecovery};

use super::factors::read_answer;
use crate::client::Client;
use crate::error::ClientError;
use crate::transport::{Method, Request};

const RECOVERY: &str = "/v1/recovery";

impl Client {
    /// A set of recovery codes in the place of the one before. They are told this once.
    pub async fn make_recovery_codes(&self) -> Result<RecoveryCodes, ClientError> {
        self.ask(Request::bare(Method::Post, "/v1/recovery-codes")).await
    }

    /// Begins a recovery; this browser gets its ticket.
    pub async fn start_recovery(&self, request: &StartRecovery) -> Result<RecoveryView, ClientError> {
        self.tell(Method::Post, RECOVERY, request).await
    }

    /// Where the recovery of this browser's ticket stands; nothing without one.
    pub async fn recovery(&self) -> Result<Option<RecoveryView>, ClientError> {
        match self.ask(Request::get(RECOVERY)).await {
            Ok(view) => Ok(Some(view)),
            Err(error) if error.code() == Some(ProblemCode::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Finishes the recovery with a new password, and signs in.
    pub async fn finish_recovery(&self, request: &FinishRecovery) -> Result<SessionView, ClientError> {
        let session = self.tell(Method::Post, "/v1/recovery/finish", request).await?;
        self.welcome(session, true).await
    }

    /// Finishes the recovery with a passkey of this device and what else `request` says, and signs in.
    pub async fn finish_recovery_by_passkey(&self, request: FinishRecovery) -> Result<SessionView, ClientError> {
        let options = self.options("/v1/recovery/passkey-options").await?;
        let touch = self.inner.platform.authenticator.create(options).await?;
        let passkey: Registration = read_answer(&touch.answer)?;
        let credential = passkey.id.clone();
        let finished = self.finish_recovery(&FinishRecovery { passkey: Some(passkey), ..request }).await;
        self.disown(&finished, &credential);
        if finished.is_ok() {
            self.trust(&credential, touch.secret.as_ref()).await;
        }
        finished
    }

    /// Cancels the recovery that is running: it was somebody else.
    pub async fn cancel_recovery(&self) -> Result<(), ClientError> {
        self.exchange(Request::bare(Method::Delete, RECOVERY)).await?;
        self.look_now();
        Ok(())
    }
}
