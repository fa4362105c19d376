//! The screen and the pane.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_ui::dom::{View, each, view};
use qianbao_ui::words::text;
use qianbao_ui::{Amount, AmountSize, BarChart, Button, ButtonKind, Card, Fact, Glyph, Link, Skeleton};

use super::model::{bars, is_quiet};
use crate::browser::calendar::{Style, day_begin, written};
use crate::features::orders::ItemRow;

use crate::state::Till;
use crate::state::ledger_day::Figures;
use crate::state::orders::{Item, split_at_day};
use crate::texts::Language;
use crate::{say, word};

/// Rows of orders beside the cashier.
const NEWEST: usize = 5;

/// The day, on a screen of its own.
#[component]
pub fn Today() -> View {
    let till = Till::get();
    till.ask_figures();
    view! {
        <div class="column">
            <h1>{text(say!(title_today))}</h1>
            <DayCard />
            {move || till.figures().map(|figures| view! { <Details figures=figures /> })}
        </div>
    }
}

/// The day in short and the newest orders, beside the cashier on a desktop and below it on a phone.
#[component]
pub fn DayPane() -> View {
    let till = Till::get();
    let newest = Memo::new(move |_| {
        let (today, _) = split_at_day(till.items(), day_begin(till.now()));
        today.into_iter().take(NEWEST).collect::<Vec<_>>()
    });
    view! {
        <aside class="pane-side" aria-label=say!(title_today)>
            <DayCard />
            <Card title=say!(title_orders) end=view! { <Link href="/orders">{text(say!(orders_all))}</Link> }>
                <div class="row-list">
                    {each(move || newest.get(), Item::face, |item| view! { <ItemRow item=item /> })}
                </div>
                {move || {
                    newest.read().is_empty().then(|| view! { <p class="quiet pane-none">{text(say!(orders_none))}</p> })
                }}
            </Card>
        </aside>
    }
}

/// The day in figures, with its hours.
#[component]
fn DayCard() -> View {
    let till = Till::get();
    let language = Language::get();
    let figures = Memo::new(move |_| till.figures());
    let offline = move || till.sync_state() == qianbao_client::SyncState::Offline;
    let body = move || match figures.get() {
        Some(figures) => view! { <Summary figures=figures /> },
        None if offline() => view! { <p class="quiet">{text(say!(figures_unknown))}</p> },
        None => view! { <Skeleton lines=3 /> },
    };
    let age = move || {
        let figures = figures.get().filter(|_| offline())?;
        let locale = language.locale();
        Some(word!(locale, figures_as_of, time = written(figures.told_at, Style::DayTime, locale)))
    };
    view! {
        <Card
            title=say!(taken)
            end=view! { <span class="quiet">{age}</span> }
        >
            {body}
        </Card>
    }
}

/// Sum, counts and chart.
#[component]
fn Summary(
    /// The figures.
    figures: Figures,
) -> View {
    let language = Language::get();
    let today = figures.today;
    let (count, refunds) = (today.count, today.refund_count);
    let quiet = is_quiet(&today.by_hour);
    let bars = Signal::derive(move || {
        let locale = language.locale();
        bars(&today.by_hour, |hour| word!(locale, hour, hour = hour))
    });
    view! {
        <p class="day-sum">
            <Amount money=today.taken size=AmountSize::Large />
            <span class="quiet">
                {text(if count == 1 { say!(payments_count_one) } else { say!(payments_count, count = || count) })}
                {(refunds > 0).then(|| view! { " · " {text(refund_words(refunds))} })}
            </span>
        </p>
        {if quiet {
            view! { <p class="quiet">{text(say!(by_hour_none))}</p> }
        } else {
            view! { <BarChart caption=say!(by_hour) bars=bars /> }
        }}
    }
}

/// How many refunds there were, in words; one is said differently.
fn refund_words(refunds: u32) -> TextProp {
    if refunds == 1 { say!(refunds_count_one) } else { say!(refunds_count, count = || refunds) }
}

/// Refunds and balance.
#[component]
fn Details(
    /// The figures.
    figures: Figures,
) -> View {
    let till = Till::get();
    let today = figures.today;
    let available = move || till.available().unwrap_or(today.available);
    view! {
        <dl class="facts card">
            <Fact label=say!(available)><Amount money=Signal::derive(available) /></Fact>
            <Fact label=say!(refunded_sum)><Amount money=today.refunded /></Fact>
        </dl>
        <Button text=say!(refresh) kind=ButtonKind::Plain glyph=Glyph::Refresh press=move |()| till.ask_figures() />
    }
}
