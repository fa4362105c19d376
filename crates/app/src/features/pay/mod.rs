//! Confirming a payment.
//!
//! Phases: **look** (the client reads the text, checks the signature and asks the server for payee, amount and fee; or it
//! says why not), **amount** (typed, where the payee did not fix it; the server is asked again with it), **confirm**
//! (everything that will be approved stands on the sheet, with the factor it needs and why), **approve** (a touch, the PIN, or setting one up first),
//! **send** (the client stores the request, then this screen gives
//! way to the payment's own). What can be paid, and what stands in the way, is decided by [`qianbao_client::payment`] alone.
//!
//! A press makes a new id each time the sheet is confirmed and never twice: once a request is stored the sheet is gone.

mod approve;
mod confirm;
mod model;
mod view;

use leptos::prelude::*;
use qianbao_client::{Stop, payment};
use qianbao_core::Money;
use qianbao_ui::dom::{Child, View, view};
use qianbao_ui::{Act, Fetched, Navigation, Rosette, Sheet};

use crate::parts::Trouble;
use crate::route::{PayFor, Route};
use crate::state::Wallet;
use crate::words::{say, words};

/// Finds out what is to be paid.
async fn look(wallet: Wallet, what: PayFor) -> Result<payment::Sheet, Stop> {
    let client = wallet.client();
    match what {
        PayFor::Code(text) => client.look(&text).await,
        PayFor::Handle(handle) => client.look_for(&handle).await,
    }
}

/// The screen.
#[component]
pub fn Pay(
    /// What for.
    what: PayFor,
) -> View {
    let (words, wallet, navigation) = (words(), Wallet::get(), Navigation::get());
    let close = move |()| navigation.back_or(&Route::Home.path());
    let what = StoredValue::new(what);
    let looked = Fetched::new(move || look(wallet, what.get_value()));
    let again = move |()| looked.refetch();
    view! {
        <div class="pay-stage">
            <Rosette />
            <h1 class="unseen">{qianbao_ui::words::text(say!(words, pay))}</h1>
            <Sheet open=Signal::stored(true) title=say!(words, pay) close=close>
                {move || match looked.get() {
                    None => view::waiting(words, again),
                    Some(Ok(sheet)) => view! { <Stages sheet=sheet /> },
                    Some(Err(stop)) => view::stopped(words, stop, again),
                }}
            </Sheet>
        </div>
    }
}

/// First the amount, where it is the payer's to type, then the confirmation.
#[component]
fn Stages(
    /// What the client found.
    sheet: payment::Sheet,
) -> impl Child {
    let (words, wallet) = (words(), Wallet::get());
    let is_open = !sheet.preview.amount_fixed;
    let confirmed = RwSignal::new((!is_open).then(|| sheet.clone()));
    let asked_for = sheet.clone();
    let asking = Act::new(move |amount: Money| {
        let sheet = asked_for.clone();
        async move {
            confirmed.set(Some(wallet.client().price(&sheet, amount).await?));
            Ok::<(), Stop>(())
        }
    });
    let typed = RwSignal::new(String::new());
    let next = move |amount: Money| {
        asking.start(amount);
    };
    move || {
        if let Some(sheet) = confirmed.get() {
            let back = is_open.then(|| Callback::new(move |()| confirmed.set(None)));
            return view! { <confirm::Confirm sheet=sheet back=back /> };
        }
        let trouble = match asking.value().get() {
            Some(Err(Stop::Refused(error))) => Some(Trouble::Request(error)),
            Some(Err(stop)) => return view::stopped(words, stop, |()| ()),
            Some(Ok(())) | None => None,
        };
        let busy = asking.pending();
        view! { <view::AmountStage sheet=sheet.clone() typed=typed busy=busy trouble=trouble next=next /> }
    }
}
