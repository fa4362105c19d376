//! Looking at a text with the server's help, and paying a confirmed sheet.

use qianbao_api::payments::{PreviewRequest, Target};
use qianbao_core::link::Origin;

use super::{Looked, Obstacle, Sheet, Stop, look};
use crate::client::Client;
use crate::error::ClientError;
use crate::outbox::{Outcome, Step};
use crate::verify::VerifyError;

/// An origin that no link can have.
const NOWHERE: &str = "https://nowhere.invalid";

/// A sheet was not paid. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfirmError {
    /// The sheet cannot be confirmed as it is.
    #[error("the sheet cannot be confirmed: {0:?}")]
    Obstacle(Obstacle),
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    SignedOut,
    /// The device could not store the request.
    #[error(transparent)]
    Client(ClientError),
}

impl Client {
    /// What a scanned, pasted or typed text asks for: the sheet to confirm.
    ///
    /// # Errors
    /// [`Stop`]; no money moved.
    pub async fn look(&self, text: &str) -> Result<Sheet, Stop> {
        // A page whose address is no origin of links (never a real one) has no links of its own.
        let own: Result<Origin, _> = self.inner.platform.origin.parse().or_else(|_| NOWHERE.parse());
        let own = own.map_err(|_| Stop::Text(text.to_owned()))?;
        let Looked { target, code } = look(text, &own, self.server_now())?;
        let Some(code) = code else { return self.sheet(target).await };
        let verified = self.verify_code(&code).await;
        if verified == Err(VerifyError::Forged) {
            return Err(Stop::Forged);
        }
        let preview = self.preview(&PreviewRequest { target: target.clone(), amount: None }).await;
        Sheet::new(target, preview.map_err(Stop::Refused)?, Some((&code, &verified)))
    }

    /// The sheet of a target that did not come from a code: a person by handle, an opened link.
    ///
    /// # Errors
    /// [`Stop::Refused`].
    pub async fn sheet(&self, target: Target) -> Result<Sheet, Stop> {
        let preview = self.preview(&PreviewRequest { target: target.clone(), amount: None }).await;
        Sheet::new(target, preview.map_err(Stop::Refused)?, None)
    }

    /// Pays what the person confirmed, under a fresh id; `step` is told of each step. See [`Client::pay`].
    ///
    /// # Errors
    /// [`ConfirmError`]; nothing was sent then.
    pub async fn confirm(&self, sheet: &Sheet, step: impl Fn(&Step)) -> Result<Outcome, ConfirmError> {
        let presence = self.presence();
        let payer = presence.person().ok_or(ConfirmError::SignedOut)?;
        let request = sheet
            .request(self.fresh_id(), payer.id, self.server_now(), self.pay_not_after())
            .map_err(ConfirmError::Obstacle)?;
        self.pay(&request, step).await.map_err(ConfirmError::Client)
    }
}
