//! Looking at a text with the server's help, and paying a confirmed sheet.

use qianbao_api::payments::{PreviewRequest, Target};
use qianbao_core::Money;
use qianbao_core::code::SealedCode;
use qianbao_core::id::PaymentId;
use qianbao_core::link::Origin;
use qianbao_core::text::Handle;

use super::{Looked, Obstacle, Sheet, Stop, look};
use crate::approval::Shown;
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
    /// What was shown is not enough, or could not be asked about. No money moved.
    #[error(transparent)]
    Approval(ClientError),
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
        let Some(code) = code else { return self.sheet(target, None).await };
        let verified = self.verify_code(&code).await;
        match verified {
            Err(VerifyError::Forged) => return Err(Stop::Forged),
            Err(VerifyError::KeysUnreached(error)) => return Err(Stop::unchecked(error)),
            _ => {}
        }
        self.sheet(target, Some((&code, &verified))).await
    }

    /// The sheet to pay the person with this user name, as it was typed.
    ///
    /// # Errors
    /// [`Stop`]; no money moved.
    pub async fn look_for(&self, handle: &str) -> Result<Sheet, Stop> {
        let handle = Handle::typed(handle).map_err(|_| Stop::Handle)?;
        self.sheet(Target::Person { handle: handle.to_string() }, None).await
    }

    /// The sheet with the amount that the payer typed, as the server answers it.
    ///
    /// # Errors
    /// [`Stop::Refused`], and [`Stop::Differs`] when the server names another payee or amount now.
    pub async fn price(&self, sheet: &Sheet, amount: Money) -> Result<Sheet, Stop> {
        let request = PreviewRequest { target: sheet.target.clone(), amount: Some(amount) };
        sheet.priced(amount, self.preview(&request).await.map_err(Stop::Refused)?)
    }

    /// What stands in the way of confirming `sheet` now; nothing if it can be confirmed.
    pub fn obstacle(&self, sheet: &Sheet) -> Option<Obstacle> {
        if self.owner() != Some(sheet.payer) {
            return Some(Obstacle::SignedOut);
        }
        sheet.obstacle(self.server_now())
    }

    /// Pays what the person confirmed under the id `payment`, made for this press, and approved by what they show, where the sheet says that
    /// something is needed; `step` is told of each step. See [`Client::pay`].
    ///
    /// # Errors
    /// [`ConfirmError`]; nothing was sent then.
    pub async fn confirm(
        &self,
        payment: PaymentId,
        sheet: &Sheet,
        shown: Option<Shown>,
        step: impl Fn(&Step),
    ) -> Result<Outcome, ConfirmError> {
        let obstacle = self.obstacle(sheet).map_or(Ok(()), Err);
        let request = obstacle
            .and_then(|()| sheet.request(payment, self.server_now(), self.pay_not_after()))
            .map_err(ConfirmError::Obstacle)?;
        let request = match (&sheet.preview.approval, shown) {
            (Some(need), Some(shown)) => {
                self.approve_payment(request, need, shown).await.map_err(ConfirmError::Approval)?
            }
            (None, _) | (_, None) => request,
        };
        self.pay(&request, step).await.map_err(ConfirmError::Client)
    }

    async fn sheet(
        &self,
        target: Target,
        code: Option<(&SealedCode, &Result<(), VerifyError>)>,
    ) -> Result<Sheet, Stop> {
        let payer = self.owner().ok_or(Stop::Refused(ClientError::SignedOut))?;
        let preview = self.preview(&PreviewRequest { target: target.clone(), amount: None }).await;
        Sheet::new(payer, target, preview.map_err(Stop::Refused)?, code)
    }
}
