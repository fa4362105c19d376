//! The screen: the code while it can be paid, afterwards what became of it.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::text_prop::TextProp;
use qianbao_api::orders::OrderView;
use qianbao_client::SyncState;
use qianbao_core::id::OrderId;
use qianbao_ui::dom::{Child, View, view};
use qianbao_ui::words::text;
use qianbao_ui::{
    Amount, AmountParts, AmountSize, Banner, Button, ButtonKind, Empty, Fact, Glyph, Icon, LinkButton, Navigation,
    QrCode, Skeleton, Tone,
};

use super::model::{Standing, clock, seconds_left, standing};
use super::sheets::{CancelSheet, EditSheet};
use crate::browser::calendar::{Style, written};
use crate::browser::page;
use crate::browser::screen_lock::ScreenLock;
use crate::features::today::DayPane;
use crate::say;
use crate::screen::Screen;
use crate::state::Till;
use crate::texts::Language;

/// How often the countdown looks at the clock.
const TICK: Duration = Duration::from_millis(500);

/// The code of one order.
#[component]
pub fn Code(
    /// The order.
    id: OrderId,
) -> View {
    let till = Till::get();
    let order = Memo::new(move |_| till.order(id));
    let now = RwSignal::new(till.now());
    let ticking = set_interval_with_handle(move || now.set(till.now()), TICK);
    on_cleanup(move || {
        if let Ok(ticking) = ticking {
            ticking.clear();
        }
    });
    let stands = Memo::new(move |_| order.with(|order| order.as_ref().map(|order| standing(order, now.get()))));
    let missing = RwSignal::new(false);
    let ask = move || {
        spawn_local(async move {
            let found = till.find_order(id).await;
            // The screen may have gone meanwhile.
            let _ = missing.try_set(found.is_err_and(|error| error.code().is_some()));
        });
    };
    Effect::new(move |before: Option<Option<Standing>>| {
        let stands = stands.get();
        // Not known on this device, or its time is up: the server knows what became of it.
        if stands.is_none() || (stands == Some(Standing::Over) && before.flatten() == Some(Standing::Waiting)) {
            ask();
        }
        stands
    });
    let body = move || match (stands.get(), missing.get()) {
        (None, true) => {
            view! { <Empty glyph=Glyph::Receipt title=say!(order_missing) text=say!(order_missing_text) /> }
        }
        (None, false) => view! { <Skeleton lines=6 /> },
        (Some(Standing::Waiting), _) => view! { <Waiting order=order now=now /> },
        (Some(Standing::Paid), _) => view! { <Paid order=order /> },
        (Some(Standing::Over), _) => {
            view! { <Ended glyph=Glyph::Clock title=say!(expired) text=say!(expired_text) /> }
        }
        (Some(Standing::Cancelled), _) => {
            view! { <Ended glyph=Glyph::Failed title=say!(cancelled) text=say!(cancelled_text) /> }
        }
    };
    view! {
        <div class="panes">
            <section class="pane-main counter">
                <h1 class="unseen">{text(say!(title_order_code))}</h1>
                {body}
            </section>
            <DayPane />
        </div>
    }
}

/// The code, its countdown, and the ways out.
#[component]
fn Waiting(
    /// The order; there while this is shown.
    order: Memo<Option<OrderView>>,
    /// The server's clock.
    now: RwSignal<qianbao_core::Timestamp>,
) -> View {
    let till = Till::get();
    let lock = StoredValue::new_local(None::<ScreenLock>);
    spawn_local(async move {
        let held = ScreenLock::ask().await;
        let _ = lock.try_update_value(|lock| *lock = held);
    });
    let amount = Memo::new(move |_| order.with(|order| order.as_ref().map(|order| order.amount)));
    let content = Memo::new(move |_| order.with(|order| order.as_ref()?.code.clone()).unwrap_or_default());
    let left = Memo::new(move |_| {
        order.with(|order| order.as_ref().map_or(0, |order| seconds_left(order.expires_at, now.get())))
    });
    let note = move || order.with(|order| order.as_ref().map(|order| order.description.clone()).unwrap_or_default());
    let (cancelling, editing) = (RwSignal::new(false), RwSignal::new(false));
    let escape = window_event_listener(leptos::ev::keydown, move |event| {
        let quiet = !cancelling.get_untracked() && !editing.get_untracked();
        if event.key() == "Escape" && quiet {
            event.prevent_default();
            cancelling.set(true);
        }
    });
    on_cleanup(move || escape.remove());
    let offline = move || till.sync_state() == SyncState::Offline;
    view! {
        <p class="counter-lead">{text(say!(scan_to_pay))}</p>
        {move || amount.get().map(|money| view! { <p><Amount money=money size=AmountSize::Figure /></p> })}
        {move || { let note = note(); (!note.is_empty()).then(|| view! { <p class="quiet"><bdi>{note}</bdi></p> }) }}
        <div class="counter-code">
            <QrCode content=content label=say!(code_label) />
        </div>
        <p class="counter-clock" class:counter-soon=move || left.get() <= 30>
            <Icon glyph=Glyph::Clock />
            <span>{text(say!(expires_in, time = || clock(left.get())))}</span>
        </p>
        {move || {
            offline().then(|| view! { <Banner text=say!(waiting_offline) tone=Tone::Gold glyph=Glyph::Offline /> })
        }}
        <div class="actions">
            <Button text=say!(edit_amount) kind=ButtonKind::Quiet press=move |()| editing.set(true) />
            <Button text=say!(cancel_order) kind=ButtonKind::Danger press=move |()| cancelling.set(true) />
        </div>
        <CancelSheet order=order open=cancelling />
        <EditSheet order=order open=editing />
    }
}

/// What was paid, by whom, and the way to the next customer.
#[component]
fn Paid(
    /// The order.
    order: Memo<Option<OrderView>>,
) -> View {
    let language = Language::get();
    let navigation = Navigation::get();
    let Some(paid) = order.get_untracked() else { return ().built() };
    let (amount, payer) = (paid.amount, paid.payer.clone().unwrap_or_default());
    let at = paid.paid_at.unwrap_or(paid.created_at);
    let next = move |()| navigation.go(&Screen::Cashier.path());
    let enter = window_event_listener(leptos::ev::keydown, move |event| {
        if matches!(event.key().as_str(), "Enter" | "Escape") && page::key_is_free(&event.key(), page::PadPlace::Screen)
        {
            event.prevent_default();
            next(());
        }
    });
    on_cleanup(move || enter.remove());
    view! {
        <div class="outcome outcome-good">
            <span class="outcome-mark">
                <Icon glyph=Glyph::Check />
            </span>
            <p class="outcome-title" aria-hidden="true">{text(say!(paid))}</p>
            <p class="unseen" role="alert">{text(say!(paid_said, amount = || AmountParts::of(amount).text()))}</p>
            <p><Amount money=amount size=AmountSize::Figure /></p>
        </div>
        <dl class="facts card">
            <Fact label=say!(paid_by)><bdi>{payer}</bdi></Fact>
            <Fact label=say!(paid_at)>{move || written(at, Style::TimeSeconds, language.locale())}</Fact>
        </dl>
        <Button text=say!(next) press=next />
        <LinkButton href=Screen::Order(paid.id).path() text=say!(see_order) kind=ButtonKind::Plain />
    }
}

/// An end without money.
#[component]
fn Ended(
    /// An icon.
    glyph: Glyph,
    /// What happened.
    #[prop(into)]
    title: TextProp,
    /// What it means.
    #[prop(into)]
    text: TextProp,
) -> View {
    view! {
        <div role="alert">
            <Empty glyph=glyph title=title text=text />
        </div>
        <LinkButton href=Screen::Cashier.path() text=say!(new_code) />
    }
}
