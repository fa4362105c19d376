//! Giving a payment back, asked twice.

use leptos::prelude::*;
use qianbao_api::orders::CreateRefund;
use qianbao_client::ClientError;
use qianbao_core::Money;
use qianbao_core::id::OrderId;
use qianbao_ui::words::text;
use qianbao_ui::{Amount, AmountParts, AmountSize, Banner, Button, ButtonKind, Field, Glyph, Sheet, Tone};

use super::model::{self, REASON_MAX};
use crate::say;
use crate::state::Till;
use crate::texts::{Language, failure};

/// The confirm sheet of a full refund.
#[component]
pub fn RefundSheet(
    /// The order.
    order: OrderId,
    /// Who paid it, masked.
    payer: String,
    /// What is left to give back.
    left: Money,
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let till = Till::get();
    let language = Language::get();
    let reason = RwSignal::new(String::new());
    let give_back = Action::new_local(move |(id, request): &(OrderId, CreateRefund)| {
        let (id, request) = (*id, request.clone());
        async move {
            // The sheet goes at once: from here on the order itself says how the refund stands.
            open.set(false);
            if till.client().refund(id, &request, |_| ()).await?.is_done() {
                // The mirror brings it as well; whichever is first.
                let _ = till.find_order(id).await;
            }
            Ok::<(), ClientError>(())
        }
    });
    let press = move |()| {
        let request = model::refund(till.client().fresh_id(), left, &reason.read_untracked());
        give_back.dispatch((order, request));
    };
    let failed = move || {
        give_back.value().with(|answer| match answer {
            Some(Err(error)) => Some(failure(language.locale(), error)),
            _ => None,
        })
    };
    let amount_text = move || AmountParts::of(left).text();
    view! {
        {move || failed().map(|failed| view! { <Banner text=failed tone=Tone::Cinnabar glyph=Glyph::Alert /> })}
        <Sheet open=open title=say!(refund_ask) close=move |()| open.set(false)>
            <div class="stack">
                <p class="sheet-figure">
                    <Amount money=left size=AmountSize::Figure />
                </p>
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
                    busy=give_back.pending()
                    press=press
                />
            </div>
        </Sheet>
    }
    .into_any()
}
