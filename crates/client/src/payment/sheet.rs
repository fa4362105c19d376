//! The confirm sheet: what the person sees, what is missing, and the request that says exactly that.

use qianbao_api::ProblemCode;
use qianbao_api::payments::{LoweredLimits, OrderSummary, PayRequest, PayeeView, Preview, Target};
use qianbao_core::code::{CodeError, SealedCode, ShopCode};
use qianbao_core::id::{PaymentId, PersonId};
use qianbao_core::intent::{Intent, Payee};
use qianbao_core::text::{Note, TextError};
use qianbao_core::{AmountError, Money, PositiveAmount, Timestamp};

use super::Stop;
use crate::verify::VerifyError;

/// How far the payee is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The operator signed the shop's code: show the verified mark.
    Verified,
    /// A person, known by link or handle: show the masked legal name, and no mark.
    Named,
    /// This browser cannot check signatures; the server knows the shop and says what the code says.
    Unchecked,
}

/// What the person confirms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Who pays: the person it was made for.
    pub payer: PersonId,
    /// Whom or what for.
    pub target: Target,
    /// What the server says about it.
    pub preview: Preview,
    /// How far the payee is known.
    pub mark: Mark,
    /// The amount: fixed by the code, or typed so far.
    pub amount: Option<Money>,
    /// The note to the payee; may be empty.
    pub note: String,
}

/// Why a sheet cannot be confirmed as it is. In the order in which they are met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The person it was made for is not signed in (any more).
    SignedOut,
    /// The other side is a bank account, which is not paid this way.
    NotPayable,
    /// The person pays themselves.
    OwnWallet,
    /// The target can no longer be paid.
    Expired,
    /// The amount has yet to be typed.
    AmountMissing,
    /// The amount is in another currency than the target's.
    Currency,
    /// The amount is not one that can be paid.
    Amount(AmountError),
    /// Nothing goes out of the wallet: its person has frozen it.
    Frozen,
    /// It is more than what can be paid for a while after a recovery.
    Lowered {
        /// Most that can be paid now.
        at_most: Money,
        /// Until when that is so.
        until: Timestamp,
    },
    /// The wallet lacks this much.
    Insufficient {
        /// What is missing.
        missing: Money,
    },
    /// The note cannot be sent.
    Note(TextError),
}

impl Obstacle {
    /// The problem that the server would answer.
    pub fn code(&self) -> ProblemCode {
        match self {
            Self::SignedOut => ProblemCode::SignInRequired,
            Self::NotPayable => ProblemCode::PayeeNotFound,
            Self::OwnWallet => ProblemCode::PaySelf,
            Self::Expired => ProblemCode::CodeExpired,
            Self::AmountMissing | Self::Amount(AmountError::NotPositive { .. }) => ProblemCode::AmountNotPositive,
            Self::Amount(AmountError::TooLarge { .. }) => ProblemCode::AmountTooLarge,
            Self::Currency => ProblemCode::CurrencyMismatch,
            Self::Frozen => ProblemCode::WalletBlocked,
            Self::Lowered { .. } => ProblemCode::LimitsLowered,
            Self::Insufficient { .. } => ProblemCode::InsufficientFunds,
            Self::Note(TextError::CardNumber) => ProblemCode::CardNumberInText,
            Self::Note(_) => ProblemCode::NoteInvalid,
        }
    }
}

impl Sheet {
    /// The sheet of a preview for `payer`. `code` is the signed code that led here, with what its signature said.
    ///
    /// # Errors
    /// [`Stop::Forged`] for a bad signature, [`Stop::Suspect`] for one by an unknown key, [`Stop::Unchecked`] where the keys could
    /// not be fetched, [`Stop::Differs`] when the server says something else than the code.
    pub fn new(
        payer: PersonId,
        target: Target,
        preview: Preview,
        code: Option<(&SealedCode, &Result<(), VerifyError>)>,
    ) -> Result<Self, Stop> {
        let mark = match code {
            None => Mark::Named,
            Some((_, Err(VerifyError::Forged))) => return Err(Stop::Forged),
            // The server was asked for the key too: nobody knows it.
            Some((_, Err(VerifyError::UnknownKey(_)))) => return Err(Stop::Suspect(CodeError::Signature)),
            Some((_, Err(VerifyError::KeysUnreached(error)))) => return Err(Stop::unchecked(error.clone())),
            Some((code, _)) if !agrees(&code.code, &preview) => return Err(Stop::Differs),
            Some((_, Ok(()))) => Mark::Verified,
            Some((_, Err(_))) => Mark::Unchecked,
        };
        let amount = preview.amount;
        Ok(Self { payer, target, preview, mark, amount, note: String::new() })
    }

    /// The sheet with the `amount` that the payer typed, as the server answered it.
    ///
    /// # Errors
    /// [`Stop::Differs`] when the answer is about another payee or amount.
    pub fn priced(&self, amount: Money, preview: Preview) -> Result<Self, Stop> {
        let is_same = payee(&preview.payee) == payee(&self.preview.payee) && preview.amount == Some(amount);
        if is_same { Ok(Self { amount: Some(amount), preview, ..self.clone() }) } else { Err(Stop::Differs) }
    }

    /// Amount and fee together, where they fit.
    pub fn total(&self) -> Option<Money> {
        self.amount?.checked_add(self.preview.fee).ok()
    }

    /// What stands in the way at the server's time `now`, by what the sheet itself says.
    pub fn obstacle(&self, now: Timestamp) -> Option<Obstacle> {
        match payee(&self.preview.payee) {
            None => return Some(Obstacle::NotPayable),
            Some(Payee::Person(id)) if id == self.payer => return Some(Obstacle::OwnWallet),
            Some(_) => {}
        }
        if self.preview.expires_at.is_some_and(|expires_at| now > expires_at) {
            return Some(Obstacle::Expired);
        }
        if self.preview.is_frozen {
            return Some(Obstacle::Frozen);
        }
        let Some(amount) = self.amount else { return Some(Obstacle::AmountMissing) };
        if amount.currency != self.preview.currency {
            return Some(Obstacle::Currency);
        }
        if let Err(error) = PositiveAmount::up_to(amount, self.preview.amount_max.minor) {
            return Some(Obstacle::Amount(error));
        }
        if let Some(lowered) = self.preview.lowered.as_ref().filter(|lowered| now < lowered.until) {
            let at_most = at_most(lowered);
            if amount.minor > at_most.minor {
                return Some(Obstacle::Lowered { at_most, until: lowered.until });
            }
        }
        let Some(total) = self.total() else { return Some(Obstacle::Currency) };
        if total.currency == self.preview.available.currency && total.minor > self.preview.available.minor {
            let missing = Money::new(total.minor - self.preview.available.minor, total.currency);
            return Some(Obstacle::Insufficient { missing });
        }
        Note::new(&self.note).err().map(Obstacle::Note)
    }

    /// The request that says what the sheet says, under the id `payment`, with the digest of what the person saw.
    ///
    /// # Errors
    /// The [`Obstacle`], if there is one.
    pub fn request(&self, payment: PaymentId, now: Timestamp, not_after: Timestamp) -> Result<PayRequest, Obstacle> {
        if let Some(obstacle) = self.obstacle(now) {
            return Err(obstacle);
        }
        let amount = self.amount.ok_or(Obstacle::AmountMissing)?;
        let payee = payee(&self.preview.payee).ok_or(Obstacle::NotPayable)?;
        let order = match self.target {
            Target::Order { order, version } => Some((order, version)),
            Target::ShopCode { .. } | Target::PersonLink { .. } | Target::Person { .. } => None,
        };
        let fee = self.preview.fee;
        let intent = Intent::from_wallet(payment, self.payer, payee, amount, fee, order, not_after)
            .map_err(|_| Obstacle::Currency)?
            .digest_hex();
        let note = Note::new(&self.note).map_err(Obstacle::Note)?.into_string();
        let note = Some(note).filter(|note| !note.is_empty());
        Ok(PayRequest {
            id: payment,
            target: self.target.clone(),
            amount,
            fee,
            note,
            not_after,
            intent,
            approval: None,
        })
    }
}

/// Most that one payment can be now.
fn at_most(lowered: &LoweredLimits) -> Money {
    if lowered.day_left.minor < lowered.payment_max.minor { lowered.day_left } else { lowered.payment_max }
}

/// Whom an intent names for this payee; nobody for an account outside.
fn payee(view: &PayeeView) -> Option<Payee> {
    match view {
        PayeeView::Shop(shop) => Some(Payee::Shop(shop.id)),
        PayeeView::Person { id, .. } => Some(Payee::Person(*id)),
        PayeeView::Bank { .. } => None,
    }
}

/// Whether the preview says what the signed code says.
fn agrees(code: &ShopCode, preview: &Preview) -> bool {
    let is_shop = matches!(&preview.payee, PayeeView::Shop(shop) if shop.id == code.shop());
    let is_amount = match code {
        ShopCode::Order(order) => {
            let is_order = |shown: &OrderSummary| shown.id == order.order && shown.version == order.version;
            preview.amount_fixed
                && preview.amount == Some(order.amount.money())
                && preview.order.as_ref().is_none_or(is_order)
        }
        ShopCode::Static(_) => !preview.amount_fixed,
    };
    is_shop && is_amount && preview.currency == code.currency()
}
