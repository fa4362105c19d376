//! The list, beside the order that is looked at.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_core::id::OrderId;
use qianbao_ui::dom::{View, each, view};
use qianbao_ui::words::text;
use qianbao_ui::{Amount, Button, ButtonKind, Empty, Fetched, Glyph, LinkButton, Mark, Row, Tag};

use super::counter::CounterDetail;
use super::detail::OrderDetail;
use super::model::{is_void, status_tone, status_word};
use crate::browser::calendar::{Style, day_begin, written};
use crate::say;
use crate::screen::Screen;
use crate::state::ENTRIES_PAGE;
use crate::state::Till;
use crate::state::orders::{Item, counterparty, split_at_day};
use crate::texts::Language;

/// Rows before "earlier" is asked for.
const EARLIER_STEP: usize = 40;

/// What is looked at beside the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// An order.
    Order(OrderId),
    /// A payment by the printed code, by its place in the ledger.
    Counter(u64),
}

/// Orders, and one of them where one is chosen.
#[component]
pub fn Orders(
    /// What is looked at.
    #[prop(into)]
    chosen: Signal<Option<Chosen>>,
) -> View {
    let till = Till::get();
    let shown = RwSignal::new(EARLIER_STEP);
    // The newest are in memory; what lies before them is read from the device when it is asked for.
    let depth = RwSignal::new(ENTRIES_PAGE);
    let read = Fetched::new(move || till.items_to(depth.get()));
    let items = move || read.get().unwrap_or_else(|| till.items());
    let days = Memo::new(move |_| split_at_day(items(), day_begin(till.now())));
    let today = Signal::derive(move || days.read().0.clone());
    let earlier = Signal::derive(move || days.read().1.iter().take(shown.get()).cloned().collect::<Vec<_>>());
    let more = move || days.read().1.len() > shown.get() || depth.get() < till.entry_count();
    let press_more = move |()| {
        shown.update(|shown| *shown += EARLIER_STEP);
        depth.update(|depth| *depth += ENTRIES_PAGE);
    };
    let nothing = move || days.with(|(today, _)| today.is_empty());
    let detail = move || match chosen.get() {
        Some(Chosen::Order(id)) => view! { <OrderDetail id=id /> },
        Some(Chosen::Counter(sequence)) => view! { <CounterDetail sequence=sequence /> },
        None => view! {
            <div class="pane-hint">
                <Empty glyph=Glyph::Receipt title=say!(orders_pick) text=say!(orders_pick_text) />
            </div>
        },
    };
    view! {
        <div class="panes panes-list" class:panes-chosen=move || chosen.get().is_some()>
            <section class="pane-list">
                <h1>{text(say!(title_orders))}</h1>
                {move || {
                    nothing().then(|| view! {
                        <Empty glyph=Glyph::Receipt title=say!(orders_none) text=say!(orders_none_text)>
                            <LinkButton href="/" text=say!(to_cashier) />
                        </Empty>
                    })
                }}
                <Group title=say!(orders_today) items=today />
                <Group title=say!(orders_earlier) items=earlier />
                {move || more().then(|| view! {
                    <Button text=say!(orders_more) kind=ButtonKind::Plain press=press_more />
                })}
            </section>
            <section class="pane-detail">{detail}</section>
        </div>
    }
}

/// Rows under a heading; nothing where there are none.
#[component]
fn Group(
    /// The heading.
    #[prop(into)]
    title: TextProp,
    /// The rows.
    #[prop(into)]
    items: Signal<Vec<Item>>,
) -> View {
    view! {
        <div hidden=move || items.read().is_empty()>
            <h2 class="section-head">{text(title)}</h2>
            <div class="row-list card card-rows">
                {each(move || items.get(), Item::face, |item| view! { <ItemRow item=item /> })}
            </div>
        </div>
    }
}

/// One row, which leads to its detail.
#[component]
pub fn ItemRow(
    /// What it shows.
    item: Item,
) -> View {
    let language = Language::get();
    let at = item.at();
    let style = if at >= day_begin(Till::get().now()) { Style::Time } else { Style::DayTime };
    let time = move || written(at, style, language.locale());
    match item {
        Item::Order(order) => {
            let (status, payer) = (order.status, order.payer.clone());
            let title = if order.description.is_empty() {
                text(say!(no_note))
            } else {
                view! { <bdi>{order.description.clone()}</bdi> }
            };
            let said = TextProp::from(move || status_word(language.locale(), status));
            view! {
                <Row
                    href=Screen::Order(order.id).path()
                    lead=view! { <Mark glyph=Glyph::Receipt tone=status_tone(status) /> }
                    title=view! { <span>{title}</span> <Tag text=said tone=status_tone(status) /> }
                    detail=view! { {time} {payer.map(|payer| view! { " · " <bdi>{payer}</bdi> })} }
                    end=view! {
                        <span class:amount-void=is_void(status)>
                            <Amount money=order.amount />
                        </span>
                    }
                />
            }
        }
        Item::Counter(counter) => {
            let (status, entry) = (counter.status(), counter.entry);
            let said = TextProp::from(move || status_word(language.locale(), status));
            view! {
                <Row
                    href=Screen::Counter(entry.sequence).path()
                    lead=view! { <Mark glyph=Glyph::Qr tone=status_tone(status) /> }
                    title=view! { <span>{text(say!(counter_payment))}</span> <Tag text=said tone=status_tone(status) /> }
                    detail=view! { {time} " · " <bdi>{counterparty(&entry)}</bdi> }
                    end=view! {
                        <span class:amount-void=is_void(status)>
                            <Amount money=entry.amount />
                        </span>
                    }
                />
            }
        }
    }
}
