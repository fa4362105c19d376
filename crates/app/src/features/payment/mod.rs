//! What became of a payment. While nobody knows, this says "checking", by when it will be known, and never to pay again.

mod model;
mod view;

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use qianbao_client::Subject;
use qianbao_core::id::PaymentId;
use qianbao_ui::Fetched;
use qianbao_ui::dom::{View, view};

use self::model::Standing;
use crate::parts::{Screen, Trouble};
use crate::route::Route;
use crate::state::Wallet;
use crate::words::{say, words};

/// How often the server is asked while nobody on this device stays with the payment.
const ASK_AGAIN: Duration = Duration::from_secs(3);

/// The screen.
#[component]
pub fn Payment(
    /// Which payment.
    payment: PaymentId,
) -> View {
    let (words, wallet) = (words(), Wallet::get());
    let own = Memo::new(move |_| {
        let item = wallet.outbox().into_iter().find(|item| item.subject == Subject::Payment(payment))?;
        Some(Standing::of_step(&item.step))
    });
    // A payment that is not in the outbox (another device's, or seen before) is the server's to tell.
    let is_own = Memo::new(move |_| own.read().is_some());
    let asked = Fetched::new(move || {
        let is_own = is_own.get();
        async move { if is_own { None } else { Some(wallet.client().payment_status(payment, None).await) } }
    });
    let standing = Memo::new(move |_| {
        own.get().map(Ok).or_else(|| {
            asked.get().flatten().map(|answer| answer.map(|view| Standing::of_view(&view)).map_err(Trouble::Request))
        })
    });
    if let Ok(asking) = set_interval_with_handle(
        move || {
            let is_open = matches!(standing.get_untracked(), Some(Ok(Standing::Checking(_))));
            if is_open && !is_own.get_untracked() {
                asked.refetch();
            }
        },
        ASK_AGAIN,
    ) {
        on_cleanup(move || asking.clear());
    }
    // Seen: the outbox need not show it any more once this screen is left.
    on_cleanup(move || {
        spawn_local(async move {
            // A request that is still open stays, and one that could not be forgotten is shown once more.
            let _ = wallet.client().dismiss(Subject::Payment(payment)).await;
        });
    });
    let instead = Memo::new(move |_| wallet.paid_instead_of(payment));
    let content = move || match standing.get() {
        None | Some(Ok(Standing::Going)) => view::going(words),
        Some(Ok(Standing::Checking(final_at))) => view::checking(words, final_at),
        Some(Ok(Standing::Paid(paid))) => view::paid(words, payment, &paid),
        Some(Ok(Standing::NotPaid(reason))) => view::not_paid(words, reason, instead),
        Some(Err(trouble)) => view::not_known(words, trouble, move |()| asked.refetch()),
    };
    view! {
        <Screen title=say!(words, payment_result) back=Route::Home class="screen-result">
            <div role="status" aria-live="assertive">
                {content}
            </div>
        </Screen>
    }
}
