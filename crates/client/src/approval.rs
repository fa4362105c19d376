//! Showing what a payment or refund needs: the PIN that was typed, or a passkey of this device whose challenge is the intent.
//!
//! The server answers with a seal that is good for that one request. Only the seal goes into the request, and so into the outbox: neither the PIN
//! nor what the authenticator said is kept anywhere.

use qianbao_api::approvals::{ApprovalNeed, Approve, Approved, ApprovedAct, RefundPreview};
use qianbao_api::passkeys::{Assertion, RequestOptions};
use qianbao_api::payments::PayRequest;
use qianbao_core::approval::{Has, Lacking, Needed};
use qianbao_core::encoding::{base64url, from_hex};
use qianbao_core::id::RefundId;
use qianbao_core::refund::{RefundIntent, RefundedThing};
use qianbao_core::{Money, approval};

use crate::client::{Client, malformed};
use crate::error::ClientError;
use crate::json;
use crate::outbox::RefundOf;
use crate::routes::read_answer;
use crate::transport::Method;

const APPROVALS: &str = "/v1/approvals";
/// How long browsers wait for the person at the authenticator, in milliseconds: half of what the payment has.
const TOUCH_MS: u32 = 60_000;
/// How long an approved refund may be on its way, in seconds: a refund is sent again until it arrives.
const REFUND_S: i64 = 540;

/// What the person shows.
#[derive(Clone, PartialEq, Eq)]
pub enum Shown {
    /// The payment PIN, as typed.
    Pin(String),
    /// A passkey.
    Passkey,
}

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Pin(_) => "Pin",
            Self::Passkey => "Passkey",
        })
    }
}

/// How the person can approve, here and now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// Whether the PIN would do, and is not locked.
    pub by_pin: bool,
    /// Whether a passkey would do, and this browser has passkeys.
    pub by_passkey: bool,
    /// What has to be set up first, where neither will do.
    pub lacking: Option<Lacking>,
}

/// How `need` can be met in a browser that has passkeys, or has not.
pub fn ways(need: &ApprovalNeed, has_passkeys: bool) -> Ways {
    use qianbao_api::approvals::PinState;
    let by_pin = need.needed == Needed::PinOrPasskey && need.pin == PinState::Ready;
    let by_passkey = need.needed != Needed::Nothing && has_passkeys && !need.passkeys.is_empty();
    // A locked PIN is as good as none: it has to be set anew.
    let has = Has { pin: need.pin == PinState::Ready, passkey: by_passkey };
    let decision = approval::Decision { needed: need.needed, reasons: Vec::new() };
    Ways { by_pin, by_passkey, lacking: decision.lacking(has) }
}

impl Client {
    /// `request`, approved by what the person shows.
    ///
    /// # Errors
    /// [`ClientError`]; nothing moved, and nothing was kept.
    pub async fn approve_payment(
        &self,
        request: PayRequest,
        need: &ApprovalNeed,
        shown: Shown,
    ) -> Result<PayRequest, ClientError> {
        let PayRequest { id, ref target, amount, fee, not_after, .. } = request;
        let act = ApprovedAct::Payment { id, target: target.clone(), amount, fee, not_after };
        let digest = from_hex::<32>(&request.intent);
        let digest = digest.ok_or_else(|| malformed(APPROVALS, "an intent of 64 hex digits".to_owned(), ""))?;
        let approval = Some(self.approve(act, &digest, need, shown).await?);
        Ok(PayRequest { approval, ..request })
    }

    /// What giving back `amount` needs (desk).
    pub async fn refund_need(&self, amount: Money) -> Result<ApprovalNeed, ClientError> {
        self.tell(Method::Post, "/v1/refunds/preview", &RefundPreview { amount }).await
    }

    /// The approval of a refund (desk), by what the person shows.
    ///
    /// # Errors
    /// [`ClientError`]; nothing moved, and nothing was kept.
    pub async fn approve_refund(
        &self,
        refund: RefundId,
        of: RefundOf,
        amount: Money,
        need: &ApprovalNeed,
        shown: Shown,
    ) -> Result<String, ClientError> {
        let by = self.owner().ok_or(ClientError::SignedOut)?;
        let of = match of {
            RefundOf::Order(order) => RefundedThing::Order { order },
            RefundOf::Payment { payer, payment } => RefundedThing::Payment { payer, payment },
        };
        let not_after = self.server_now().plus_seconds(REFUND_S);
        let digest = RefundIntent { refund, by, of, amount, not_after }.digest();
        self.approve(ApprovedAct::Refund { id: refund, of, amount, not_after }, &digest, need, shown).await
    }

    async fn approve(
        &self,
        act: ApprovedAct,
        digest: &[u8; 32],
        need: &ApprovalNeed,
        shown: Shown,
    ) -> Result<String, ClientError> {
        let (pin, passkey) = match shown {
            Shown::Pin(pin) => (Some(pin), None),
            Shown::Passkey => (None, Some(self.touch(digest, need).await?)),
        };
        let approved: Approved = self.tell(Method::Post, APPROVALS, &Approve { act, pin, passkey }).await?;
        Ok(approved.approval)
    }

    /// What a passkey of the person says to the challenge `digest`.
    async fn touch(&self, digest: &[u8; 32], need: &ApprovalNeed) -> Result<Assertion, ClientError> {
        let options = RequestOptions {
            challenge: base64url(digest),
            timeout: TOUCH_MS,
            rp_id: need.rp_id.clone(),
            allow_credentials: need.passkeys.clone(),
            user_verification: "required".to_owned(),
        };
        let options = json::print(&options).map_err(|detail| malformed(APPROVALS, detail, ""))?;
        let touch = self.inner.platform.authenticator.get(options).await?;
        read_answer(&touch.answer)
    }
}

#[cfg(test)]
mod tests {
    use qianbao_api::approvals::PinState;
    use qianbao_api::passkeys::KnownPasskey;

    use super::*;

    fn need(needed: Needed, pin: PinState, passkeys: usize) -> ApprovalNeed {
        let known = KnownPasskey { kind: "public-key".to_owned(), id: "AA".to_owned(), transports: Vec::new() };
        let passkeys = vec![known; passkeys];
        ApprovalNeed { needed, reasons: Vec::new(), pin, pin_tries_left: 5, passkeys, rp_id: String::new() }
    }

    #[test]
    fn the_ways_are_those_that_work_here() {
        use Needed::{Nothing, Passkey, PinOrPasskey};
        let ways = |needed, pin, passkeys, browser| ways(&need(needed, pin, passkeys), browser);
        let way = |by_pin, by_passkey, lacking| Ways { by_pin, by_passkey, lacking };
        assert_eq!(ways(Nothing, PinState::None, 0, true), way(false, false, None));
        assert_eq!(ways(PinOrPasskey, PinState::Ready, 1, true), way(true, true, None));
        assert_eq!(ways(PinOrPasskey, PinState::Ready, 1, false), way(true, false, None));
        assert_eq!(ways(PinOrPasskey, PinState::Locked, 1, true), way(false, true, None), "a lock is in nobody's way");
        assert_eq!(ways(PinOrPasskey, PinState::Locked, 0, true), way(false, false, Some(Lacking::PinOrPasskey)));
        assert_eq!(ways(PinOrPasskey, PinState::None, 1, false), way(false, false, Some(Lacking::PinOrPasskey)));
        assert_eq!(ways(Passkey, PinState::Ready, 0, true), way(false, false, Some(Lacking::Passkey)));
        assert_eq!(ways(Passkey, PinState::Ready, 1, true), way(false, true, None));
    }

    #[test]
    fn a_pin_is_not_printed() {
        assert_eq!(format!("{:?}", Shown::Pin("290417".to_owned())), "Pin");
    }
}
