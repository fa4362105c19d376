//! Giving a payment back, whole or in part, asked twice.

use leptos::prelude::*;
use qianbao_api::orders::CreateRefund;
use qianbao_api::payments::CreatePaymentRefund;
use qianbao_client::{ClientError, RefundOf, Shown, Step, Ways, ways};
use qianbao_core::Money;
use qianbao_core::id::RefundId;
use qianbao_ui::dom::{Child, View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Act, AmountField, AmountParts, Banner, Fetched, Field, Glyph, Sheet, Tone};

use super::approve::{LackingNote, NeedFacts, PinStage, Presses, other_fault};
use super::model::{REASON_MAX, has_failed, part, refund_failed, refund_step};
use crate::features::cashier::model::typed;
use crate::state::Till;
use crate::texts::{Language, failure};
use crate::{say, word};

/// What is given back, and what was shown for it.
struct Giving {
    id: RefundId,
    amount: Money,
    reason: String,
    approval: Option<String>,
}

/// Gives back and stays with it until the outcome is final, which the announcer tells.
async fn give_back(till: Till, paid: RefundOf, giving: Giving) -> Result<(), ClientError> {
    let client = till.client();
    let Giving { id, amount, approval, .. } = giving;
    let reason = giving.reason.trim().to_owned();
    match paid {
        RefundOf::Order(order) => {
            if client.refund(order, &CreateRefund { id, amount, reason, approval }, |_| ()).await?.is_done() {
                // The mirror brings it as well; whichever is first.
                let _ = till.find_order(order).await;
            }
        }
        RefundOf::Payment { payer, payment } => {
            let request = CreatePaymentRefund { id, payer, amount, reason, approval };
            if client.refund_payment(payment, &request, |_| ()).await?.is_done() {
                // What is left stands in the mirror alone.
                let _ = client.refresh().await;
            }
        }
    }
    Ok(())
}

/// The confirm sheet of a refund: the whole of what is left, unless less is typed.
#[component]
pub fn RefundSheet(
    /// What was paid.
    paid: RefundOf,
    /// Who paid it, masked.
    payer: String,
    /// What is left to give back.
    left: Money,
    /// Whether it is open.
    open: RwSignal<bool>,
) -> View {
    let till = Till::get();
    let language = Language::get();
    let give = Act::new(move |giving: Giving| {
        async move {
            // The sheet goes at once: from here on the payment itself says how the refund stands.
            open.set(false);
            give_back(till, paid, giving).await
        }
    });
    let failed = move || {
        give.value().with(|answer| match answer {
            Some(Err(error)) => Some(failure(language.locale(), error)),
            _ => None,
        })
    };
    view! {
        {move || failed().map(|failed| view! { <Banner text=failed tone=Tone::Cinnabar glyph=Glyph::Alert /> })}
        <Sheet open=open title=say!(refund_ask) close=move |()| open.set(false)>
            {
                let payer = payer.clone();
                move || view! { <RefundForm paid=paid payer=payer.clone() left=left give=give /> }
            }
        </Sheet>
    }
}

/// What is in the sheet.
#[component]
fn RefundForm(
    /// What was paid.
    paid: RefundOf,
    /// Who paid it, masked.
    payer: String,
    /// What is left to give back.
    left: Money,
    /// Gives back what is approved.
    give: Act<Giving, Result<(), ClientError>>,
) -> View {
    let (till, language) = (Till::get(), Language::get());
    let (typed, reason) = (RwSignal::new(typed(left)), RwSignal::new(String::new()));
    let amount = Memo::new(move |_| part(&typed.read(), left));
    let asked = Fetched::new(move || {
        let amount = amount.get();
        async move {
            let need = match amount {
                Some(amount) => till.client().refund_need(amount).await.ok(),
                None => None,
            };
            (amount, need)
        }
    });
    // While another amount is asked about, what was said of the one before does not count.
    let answered = Signal::derive_local(move || asked.get().filter(|(asked, _)| *asked == amount.get()));
    let need = Signal::derive_local(move || answered.get().and_then(|(_, need)| need));
    let is_ready = Memo::new(move |_| amount.get().is_some() && answered.read().is_some());
    let ways = Memo::new(move |_| {
        need.with(|need| need.as_ref().map(|need| ways(need, till.client().has_passkeys())).unwrap_or_default())
    });
    let approve = Act::new(move |shown: Option<Shown>| async move {
        let Some(amount) = amount.get_untracked() else { return Ok(()) };
        let id = till.client().fresh_id();
        let approval = match (need.get_untracked(), shown) {
            (Some(need), Some(shown)) => Some(till.client().approve_refund(id, paid, amount, &need, shown).await?),
            _ => None,
        };
        give.start(Giving { id, amount, reason: reason.get_untracked(), approval });
        Ok::<(), ClientError>(())
    });
    let failed = Signal::derive(move || approve.value().get().and_then(Result::err));
    let fault = move || failed.get().and_then(|error| other_fault(language.locale(), &error));
    let typing = RwSignal::new(false);
    let body = move || {
        if typing.get() {
            let show = move |shown| approve.start(Some(shown));
            view! { <PinStage ways=ways.get_untracked() show=show busy=approve.pending() failed=failed /> }
        } else {
            view! {
                <Fields left=left payer=payer.clone() typed=typed reason=reason amount=amount />
                {move || need.get().map(|need| view! { <NeedFacts need=need /> })}
                {move || Going { ways: ways.get(), left, amount, is_ready, approve, give, typing }.presses()}
            }
        }
    };
    view! {
        <div class="stack">
            {body}
            {move || fault().map(|fault| view! { <Banner text=fault tone=Tone::Cinnabar glyph=Glyph::Alert /> })}
        </div>
    }
}

/// What the presses need to know.
struct Going {
    ways: Ways,
    left: Money,
    amount: Memo<Option<Money>>,
    is_ready: Memo<bool>,
    approve: Act<Option<Shown>, Result<(), ClientError>>,
    give: Act<Giving, Result<(), ClientError>>,
    typing: RwSignal<bool>,
}

impl Going {
    fn presses(self) -> View {
        let Self { ways, left, amount, is_ready, approve, give, typing } = self;
        if let Some(lacking) = ways.lacking {
            return view! { <LackingNote lacking=lacking /> };
        }
        let label = say!(refund_do, amount = move || AmountParts::of(amount.get().unwrap_or(left)).text());
        let (approving, giving) = (approve.pending(), give.pending());
        let busy = Signal::derive(move || approving.get() || giving.get());
        let disabled = Signal::derive(move || !is_ready.get());
        let press = move |shown| approve.start(shown);
        view! { <Presses ways=ways label=label busy=busy disabled=disabled press=press typing=typing /> }
    }
}

/// How much, to whom, and why.
#[component]
fn Fields(
    /// What is left to give back.
    left: Money,
    /// Who paid it, masked.
    payer: String,
    /// The amount as typed.
    typed: RwSignal<String>,
    /// Why.
    reason: RwSignal<String>,
    /// The amount, where it is one.
    amount: Memo<Option<Money>>,
) -> View {
    let language = Language::get();
    let amount_text = move || AmountParts::of(amount.get().unwrap_or(left)).text();
    let wrong = Signal::derive(move || {
        let most = AmountParts::of(left).text();
        if amount.get().is_some() { String::new() } else { word!(language.locale(), refund_amount_wrong, most = most) }
    });
    view! {
        <AmountField
            label=say!(refund_amount)
            currency=left.currency
            value=typed
            input=move |text| typed.set(text)
            error=wrong
        />
        <p>{text(say!(refund_text, amount = amount_text, payer = || payer.clone()))}</p>
        <Field label=say!(refund_reason) value=reason input=move |text| reason.set(text) length_max=REASON_MAX />
    }
}

/// What is known of a refund that is under way, or that ended without money moving.
#[component]
pub fn RefundNews(
    /// What was paid.
    paid: RefundOf,
) -> impl Child {
    let till = Till::get();
    let language = Language::get();
    move || {
        let outbox = till.outbox();
        match &refund_step(&outbox, paid)?.step {
            Step::Checking { .. } => {
                Some(view! { <Banner text=say!(refund_unknown) tone=Tone::Gold glyph=Glyph::Clock /> })
            }
            Step::Done(outcome) if has_failed(outcome) => {
                let said = refund_failed(language.locale(), outcome);
                Some(view! { <Banner text=said tone=Tone::Cinnabar glyph=Glyph::Failed /> })
            }
            Step::Sending | Step::Done(_) => None,
        }
    }
}
