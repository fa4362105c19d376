//! `POST /v1/payments/preview`: what the confirm sheet shows. Nothing is stored.

use qianbao_api::ProblemCode;
use qianbao_api::payments::{Preview, PreviewRequest};
use qianbao_core::amount::AmountError;
use qianbao_core::intent::Payee;
use qianbao_core::{Currency, Money, Timestamp};

use super::lowered::Lowered;
use super::pay::payable_amount;
use super::target::{PayableOrder, TargetError, resolve};
use crate::approvals::need::{Count, Moving, need};
use crate::door::{Call, Signed};
use crate::failure::{FailureError, failures};
use crate::orders::state::{self, State};
use crate::problem::Refuses;
use crate::realm::Realm;
use crate::wallets::accounts;

/// There is nothing to show.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// The target cannot be paid.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The amount cannot be paid at once.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// The currency is not the target's.
    #[error("expected an amount in {expected}, found {found}")]
    Currency {
        /// The target's currency.
        expected: Currency,
        /// The amount's.
        found: Currency,
    },
    /// The amount is not the one that the order or code fixes.
    #[error("expected {expected} minor units, the amount of the order or code, found {found}")]
    AmountMismatch {
        /// The target's amount.
        expected: i64,
        /// The request's.
        found: i64,
    },
    /// The order cannot be paid any more.
    #[error("expected an order that can be paid, found one that is {0:?}")]
    Order(ProblemCode),
    /// Something below failed.
    #[error(transparent)]
    Failure(FailureError),
}

failures!(PreviewError);

impl Refuses for PreviewError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Target(error) => error.code(),
            Self::Amount(AmountError::NotPositive { .. }) => ProblemCode::AmountNotPositive,
            Self::Amount(AmountError::TooLarge { .. }) => ProblemCode::AmountTooLarge,
            Self::Currency { .. } => ProblemCode::CurrencyMismatch,
            Self::AmountMismatch { .. } => ProblemCode::AmountMismatch,
            Self::Order(code) => *code,
            Self::Failure(failure) => failure.code(),
        }
    }

    fn param(&self) -> Option<String> {
        match self {
            Self::Target(error) => error.param(),
            Self::Amount(_) | Self::Currency { .. } | Self::AmountMismatch { .. } => Some("amount".to_owned()),
            Self::Order(_) => Some("target".to_owned()),
            Self::Failure(_) => None,
        }
    }

    fn retry_after_s(&self) -> Option<u32> {
        match self {
            Self::Target(error) => error.retry_after_s(),
            Self::Failure(failure) => failure.retry_after_s(),
            _ => None,
        }
    }
}

/// What paying `request.target` would mean for the signed-in person.
///
/// # Errors
/// [`PreviewError`] says why it cannot be paid.
pub async fn preview(call: &Call, signed: &Signed, request: &PreviewRequest) -> Result<Preview, PreviewError> {
    let (realm, payer, now) = (&call.realm, signed.person, call.now);
    let payable = resolve(realm, payer, &request.target, now).await?;
    let (currency, fixed) = (payable.currency, payable.amount);
    if let Some(order) = &payable.order {
        check_order(realm, order, now).await?;
    }
    if let Some(typed) = request.amount {
        if typed.currency != currency {
            return Err(PreviewError::Currency { expected: currency, found: typed.currency });
        }
        payable_amount(typed, realm.limits.payment_max)?;
        if let Some(fixed) = fixed.filter(|fixed| *fixed != typed) {
            return Err(PreviewError::AmountMismatch { expected: fixed.minor, found: typed.minor });
        }
    }
    let lowered = match Lowered::of(realm, payer, now).await? {
        Some(lowered) => Some(lowered.view(realm, payer, currency).await?),
        None => None,
    };
    let wallet = realm.ledger.account(accounts::personal_wallet(payer, currency).id()).await?;
    let approval = match fixed.or(request.amount) {
        Some(amount) => {
            let payee = if let Payee::Person(person) = payable.payee { Some(person) } else { None };
            let moving = Moving { person: payer, amount: amount.minor, payee, session: signed.session_use };
            Some(need(call, moving, Count::Looked).await?)
        }
        None => None,
    };
    Ok(Preview {
        payee: payable.view,
        amount: fixed.or(request.amount),
        amount_fixed: fixed.is_some(),
        fee: Money::zero(currency),
        currency,
        amount_max: Money::new(realm.limits.payment_max, currency),
        order: payable.order.as_ref().map(PayableOrder::summary),
        note: payable.note,
        available: Money::new(wallet.as_ref().map_or(0, qianbao_ledger::Account::available), currency),
        is_frozen: wallet.is_some_and(|wallet| !wallet.state.admits_debit()),
        lowered,
        expires_at: payable.expires_at,
        approval,
        server_time: now,
    })
}

async fn check_order(realm: &Realm, payable: &PayableOrder, now: Timestamp) -> Result<(), PreviewError> {
    let found = state::of(realm, &payable.order, now).await?;
    match found.state {
        State::Paid(_) => Err(PreviewError::Order(ProblemCode::OrderPaid)),
        State::Cancelled => Err(PreviewError::Order(ProblemCode::OrderCancelled)),
        State::Expired => Err(PreviewError::Order(ProblemCode::OrderExpired)),
        State::Open if found.version.number != payable.version.number => {
            Err(PreviewError::Order(ProblemCode::OrderChanged))
        }
        State::Open => Ok(()),
    }
}
