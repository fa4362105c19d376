//! Taking a code back, and changing its amount.

use leptos::prelude::*;
use qianbao_api::ProblemCode;
use qianbao_api::orders::{EditOrder, OrderView};
use qianbao_core::Currency;
use qianbao_core::id::OrderId;
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Act, Banner, Button, ButtonKind, Glyph, Sheet, Tone};

use super::model::edit;
use crate::browser::page::PadPlace;
use crate::features::cashier::AmountPad;
use crate::features::cashier::model::{chargeable, typed};
use crate::say;
use crate::state::Till;
use crate::texts::{Language, failure};

/// Asks before a code is taken back.
#[component]
pub fn CancelSheet(
    /// The order.
    order: Memo<Option<OrderView>>,
    /// Whether it is open.
    open: RwSignal<bool>,
) -> View {
    let till = Till::get();
    let language = Language::get();
    let cancel = Act::new(move |id: OrderId| {
        async move {
            match till.client().cancel_order(id).await {
                Ok(order) => till.tell(order),
                // A payment or the clock was faster: what became of it is on its way.
                Err(error) if is_overtaken(error.code()) => till.find_order(id).await?,
                Err(error) => return Err(error),
            }
            open.set(false);
            Ok(())
        }
    });
    let failed = move || {
        cancel.value().with(|answer| match answer {
            Some(Err(error)) => Some(failure(language.locale(), error)),
            _ => None,
        })
    };
    let press = move |()| {
        if let Some(order) = order.get_untracked() {
            cancel.start(order.id);
        }
    };
    view! {
        <Sheet open=open title=say!(cancel_ask) close=move |()| open.set(false)>
            <div class="stack">
                <p>{text(say!(cancel_ask_text))}</p>
                {move || failed().map(|failed| view! { <Banner text=failed tone=Tone::Cinnabar glyph=Glyph::Alert /> })}
                <div class="actions">
                    <Button text=say!(cancel_keep) kind=ButtonKind::Quiet press=move |()| open.set(false) />
                    <Button text=say!(cancel_do) kind=ButtonKind::Danger busy=cancel.pending() press=press />
                </div>
            </div>
        </Sheet>
    }
}

/// Asks for another amount.
#[component]
pub fn EditSheet(
    /// The order.
    order: Memo<Option<OrderView>>,
    /// Whether it is open.
    open: RwSignal<bool>,
) -> View {
    view! {
        <Sheet open=open title=say!(edit_amount) close=move |()| open.set(false)>
            <EditForm order=order open=open />
        </Sheet>
    }
}

/// The amount as it is, to be changed.
#[component]
fn EditForm(
    /// The order.
    order: Memo<Option<OrderView>>,
    /// Whether the sheet is open.
    open: RwSignal<bool>,
) -> View {
    let till = Till::get();
    let language = Language::get();
    let amount = order.with_untracked(|order| order.as_ref().map(|order| order.amount));
    let currency = amount.map_or(Currency::CNY, |amount| amount.currency);
    let text_typed = RwSignal::new(amount.map(typed).unwrap_or_default());
    let change = Act::new(move |(id, request): (OrderId, EditOrder)| async move {
        match till.client().edit_order(id, &request).await {
            Ok(order) => till.tell(order),
            Err(error) if is_overtaken(error.code()) => till.find_order(id).await?,
            Err(error) => return Err(error),
        }
        open.set(false);
        Ok(())
    });
    let failed = move || {
        change.value().with(|answer| match answer {
            Some(Err(error)) => Some(failure(language.locale(), error)),
            _ => None,
        })
    };
    let save = move |()| {
        let Ok(amount) = text_typed.with_untracked(|text| chargeable(text, currency)) else { return };
        let Some(order) = order.get_untracked() else { return };
        match edit(&order, amount) {
            Some(request) => {
                change.start((order.id, request));
            }
            None => open.set(false),
        }
    };
    let unusable = Signal::derive(move || text_typed.with(|text| chargeable(text, currency).is_err()));
    view! {
        <div class="stack">
            <p class="quiet">{text(say!(editing))}</p>
            <AmountPad typed=text_typed currency=currency wrong=String::new() submit=save place=PadPlace::Sheet />
            {move || failed().map(|failed| view! { <Banner text=failed tone=Tone::Cinnabar glyph=Glyph::Alert /> })}
            <div class="actions">
                <Button text=say!(edit_stop) kind=ButtonKind::Quiet press=move |()| open.set(false) />
                <Button text=say!(edit_save) disabled=unusable busy=change.pending() press=save />
            </div>
        </div>
    }
}

/// Whether a problem says that the order has moved on by itself.
fn is_overtaken(code: Option<ProblemCode>) -> bool {
    use ProblemCode::{OrderCancelled, OrderChanged, OrderExpired, OrderPaid, OrderState};
    matches!(code, Some(OrderPaid | OrderExpired | OrderCancelled | OrderChanged | OrderState))
}
