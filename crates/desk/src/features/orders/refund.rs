//! Giving a payment back, whole or in part, asked twice.

use leptos::prelude::*;
use qianbao_api::orders::CreateRefund;
use qianbao_api::payments::CreatePaymentRefund;
use qianbao_client::{ClientError, RefundOf, Step};
use qianbao_core::Money;
use qianbao_ui::dom::{Child, View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Act, AmountField, AmountParts, Banner, Button, ButtonKind, Field, Glyph, Sheet, Tone};

use super::model::{REASON_MAX, has_failed, part, refund_failed, refund_step};
use crate::features::cashier::model::typed;
use crate::state::Till;
use crate::texts::{Language, failure};
use crate::{say, word};

/// Gives `amount` back and stays with it until the outcome is final, which the announcer tells.
async fn give_back(till: Till, paid: RefundOf, amount: Money, reason: String) -> Result<(), ClientError> {
    let client = till.client();
    let (id, reason) = (client.fresh_id(), reason.trim().to_owned());
    match paid {
        RefundOf::Order(order) => {
            if client.refund(order, &CreateRefund { id, amount, reason, approval: None }, |_| ()).await?.is_done() {
                // The mirror brings it as well; whichever is first.
                let _ = till.find_order(order).await;
            }
        }
        RefundOf::Payment { payer, payment } => {
            let request = CreatePaymentRefund { id, payer, amount, reason, approval: None };
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
    let (typed, reason) = (RwSignal::new(typed(left)), RwSignal::new(String::new()));
    let amount = Memo::new(move |_| part(&typed.read(), left));
    let give = Act::new(move |(amount, reason): (Money, String)| {
        async move {
            // The sheet goes at once: from here on the payment itself says how the refund stands.
            open.set(false);
            give_back(till, paid, amount, reason).await
        }
    });
    let press = move |()| {
        if let Some(amount) = amount.get_untracked() {
            give.start((amount, reason.get_untracked()));
        }
    };
    let failed = move || {
        give.value().with(|answer| match answer {
            Some(Err(error)) => Some(failure(language.locale(), error)),
            _ => None,
        })
    };
    let amount_text = move || AmountParts::of(amount.get().unwrap_or(left)).text();
    let wrong = Signal::derive(move || {
        let most = AmountParts::of(left).text();
        if amount.get().is_some() { String::new() } else { word!(language.locale(), refund_amount_wrong, most = most) }
    });
    view! {
        {move || failed().map(|failed| view! { <Banner text=failed tone=Tone::Cinnabar glyph=Glyph::Alert /> })}
        <Sheet open=open title=say!(refund_ask) close=move |()| open.set(false)>
            <div class="stack">
                <AmountField
                    label=say!(refund_amount)
                    currency=left.currency
                    value=typed
                    input=move |text| typed.set(text)
                    error=wrong
                />
                <p>
                    {
                        let payer = payer.clone();
                        text(say!(refund_text, amount = amount_text, payer = || payer.clone()))
                    }
                </p>
                <Field
                    label=say!(refund_reason)
                    value=reason
                    input=move |text| reason.set(text)
                    length_max=REASON_MAX
                />
                <Button
                    text=say!(refund_do, amount = amount_text)
                    kind=ButtonKind::Danger
                    busy=give.pending()
                    disabled=Signal::derive(move || amount.get().is_none())
                    press=press
                />
            </div>
        </Sheet>
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
