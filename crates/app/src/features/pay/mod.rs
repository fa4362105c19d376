//! Confirming a payment.
//!
//! Phases: **read** (the text is understood, or refused with its reason), **prepare** (the signature is checked, the server
//! tells payee, amount and fee), **amount** (typed, where the payee did not fix it; the server is asked again with it),
//! **confirm** (everything that will be approved stands on the sheet), **send** (the client stores the request, then this
//! screen gives way to the payment's own).
//!
//! A press makes a new id each time the sheet is confirmed and never twice: once a request is stored the sheet is gone.

mod confirm;
mod model;
mod reading;
mod view;

use leptos::prelude::*;
use qianbao_api::payments::{Preview, PreviewRequest, Target};
use qianbao_client::ClientError;
use qianbao_client::verify::VerifyError;
use qianbao_core::Money;
use qianbao_ui::{Navigation, Rosette, Sheet};

use self::reading::{Reading, ReadingError};
use crate::browser::document;
use crate::parts::Trouble;
use crate::route::{PayFor, Route};
use crate::state::Wallet;
use crate::words::{say, words};

/// Why the sheet cannot show a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
enum PrepareError {
    /// The text is nothing that can be paid.
    Reading(ReadingError),
    /// The server refuses or cannot be asked.
    Request(Trouble),
}

/// Checks the signature, then asks the server what a payment for `reading` would be.
async fn prepare(wallet: Wallet, reading: &Reading) -> Result<Preview, PrepareError> {
    let client = wallet.client();
    if let Some(sealed) = &reading.sealed {
        match client.verify_code(sealed).await {
            // A browser that cannot check signatures still has the server's word below.
            Ok(()) | Err(VerifyError::Unsupported) => {}
            Err(_) => return Err(PrepareError::Reading(ReadingError::Suspect)),
        }
    }
    let request = PreviewRequest { target: reading.target.clone(), amount: None };
    client.preview(&request).await.map_err(|error| PrepareError::Request(Trouble::Request(error)))
}

/// The screen.
#[component]
pub fn Pay(
    /// What for.
    what: PayFor,
) -> impl IntoView {
    let (words, navigation) = (words(), Navigation::get());
    let close = move |()| navigation.back_or(&Route::Home.path());
    let read = StoredValue::new(reading::read(what, &document::origin()));
    view! {
        <div class="pay-stage">
            <Rosette />
            <h1 class="unseen">{qianbao_ui::words::text(say!(words, pay))}</h1>
            <Sheet open=Signal::stored(true) title=say!(words, pay) close=close>
                {move || match read.get_value() {
                    Ok(reading) => view! { <Prepared reading=reading /> }.into_any(),
                    Err(error) => view::unreadable(words, error),
                }}
            </Sheet>
        </div>
    }
    .into_any()
}

/// The sheet's content once the text is understood.
#[component]
fn Prepared(
    /// What was understood.
    reading: Reading,
) -> impl IntoView {
    let (words, wallet) = (words(), Wallet::get());
    let target = reading.target.clone();
    let reading = StoredValue::new(reading);
    let prepared = LocalResource::new(move || async move { prepare(wallet, &reading.get_value()).await });
    let again = move |()| prepared.refetch();
    move || match prepared.get() {
        None => view::waiting(words, again),
        Some(Ok(preview)) => view! { <Stages target=target.clone() preview=preview /> }.into_any(),
        Some(Err(PrepareError::Reading(error))) => view::unreadable(words, error),
        Some(Err(PrepareError::Request(trouble))) => view::refused(words, trouble, again),
    }
}

/// First the amount, where it is the payer's to type, then the confirmation.
#[component]
fn Stages(
    /// Whom or what for.
    target: Target,
    /// What the server said.
    preview: Preview,
) -> impl IntoView {
    let wallet = Wallet::get();
    let is_open = !preview.amount_fixed;
    let confirmed = RwSignal::new((!is_open).then(|| preview.clone()));
    let asked_for = target.clone();
    let asking = Action::new_local(move |amount: &Money| {
        let request = PreviewRequest { target: asked_for.clone(), amount: Some(*amount) };
        async move {
            let answer = wallet.client().preview(&request).await?;
            confirmed.set(Some(answer));
            Ok::<(), ClientError>(())
        }
    });
    let typed = RwSignal::new(String::new());
    let trouble = Signal::derive(move || asking.value().get().and_then(Result::err).map(Trouble::Request));
    move || {
        if let Some(preview) = confirmed.get() {
            let back = is_open.then(|| Callback::new(move |()| confirmed.set(None)));
            view! { <confirm::Confirm target=target.clone() preview=preview back=back /> }.into_any()
        } else {
            let next = move |amount: Money| {
                asking.dispatch(amount);
            };
            let busy = asking.pending();
            view! { <view::AmountStage preview=preview.clone() typed=typed busy=busy trouble=trouble next=next /> }
                .into_any()
        }
    }
}
