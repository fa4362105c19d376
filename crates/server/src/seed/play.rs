//! Plays the story: the clock is set to each step's time, then the step is done.

use qianbao_api::payments::PaymentView;
use qianbao_core::Timestamp;
use qianbao_core::intent::IntentError;

use super::clock::SeedClock;
use super::script::STORY;
use super::stage::Stage;
use crate::approvals::pin::TryPinError;
use crate::approvals::set_pin::SetPinError;
use crate::clock::Sources;
use crate::directory::DirectoryError;
use crate::failure::FailureError;
use crate::merchants::open;
use crate::orders::{cancel, create, edit, expire, refund};
use crate::payments::pay;
use crate::realm::Realm;
use crate::{funding, identity};

/// How long before the first step the people sign up, seconds.
const BEFORE_S: i64 = 3_600;

/// A step of the story failed.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// Somebody could not sign up.
    #[error("a demo person could not sign up")]
    SignUp(#[from] identity::sign_up::SignUpError),
    /// The shop could not be opened.
    #[error("the demo shop could not be opened")]
    Open(#[from] open::OpenShopError),
    /// Money did not come in.
    #[error("a demo top-up failed")]
    Topup(#[from] funding::book::BookError),
    /// An order could not be made.
    #[error("a demo order could not be made")]
    Create(#[from] create::CreateOrderError),
    /// An order could not be edited.
    #[error("a demo order could not be edited")]
    Edit(#[from] edit::EditOrderError),
    /// An order could not be cancelled.
    #[error("a demo order could not be cancelled")]
    Cancel(#[from] cancel::CancelOrderError),
    /// Money could not be given back.
    #[error("a demo refund failed")]
    Refund(#[from] refund::RefundOrderError),
    /// A payment was not tried.
    #[error("a demo payment failed")]
    Pay(#[from] pay::PayError),
    /// A PIN could not be set.
    #[error("a demo PIN was not set")]
    Pin(#[from] SetPinError),
    /// A payment was not approved.
    #[error("a demo payment was not approved")]
    Approval(#[from] TryPinError),
    /// A payment was refused.
    #[error("expected a demo payment to be paid, found {0:?}")]
    NotPaid(Box<PaymentView>),
    /// A payment's parts make no intent.
    #[error(transparent)]
    Intent(#[from] IntentError),
    /// The directory failed.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// Something below failed.
    #[error(transparent)]
    Failure(#[from] FailureError),
}

/// Plays the whole story, which ends shortly before `now`, and sets the clock back to `now`.
///
/// # Errors
/// [`PlayError`] at the first step that fails.
pub async fn play(realm: &Realm, sources: &Sources, clock: &SeedClock, now: Timestamp) -> Result<(), PlayError> {
    let times: Vec<Timestamp> =
        STORY.iter().enumerate().map(|(place, happening)| happening.at(place, STORY.len(), now)).collect();
    let first = times.first().copied().unwrap_or(now);
    clock.set(first.plus_seconds(-BEFORE_S));
    let stage = Stage::set(realm, sources).await?;
    for (happening, at) in STORY.iter().zip(times) {
        clock.set(at);
        stage.step(happening.step).await?;
    }
    clock.set(now);
    expire::sweep(realm, expire::Swept::before(first), now).await?;
    Ok(())
}
