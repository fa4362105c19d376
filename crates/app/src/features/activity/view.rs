//! Pieces of the list: its lines, its filters, and what stands there when nothing was found.

use leptos::prelude::*;
use qianbao_core::Money;
use qianbao_ui::dom::{View, view};
use qianbao_ui::{AmountParts, Button, ButtonKind, Empty, Glyph, LinkButton, Segmented};

use super::model::{Kinds, Line, Search, Sums, Way};
use crate::browser::calendar::{Style, day, noon, written};
use crate::parts::EntryRow;
use crate::state::calendar::Day;
use crate::state::wallet::PAGE;
use crate::state::{Preferences, Wallet};
use crate::words::{Words, said, say, words};

/// A line of the list.
pub fn line(words: Words, line: Line) -> View {
    match line {
        Line::Month { day, sums } => view! { <div class="month">{month(words, day, sums)}</div> },
        Line::Entry(entry) => view! { <EntryRow entry=*entry /> },
    }
}

/// The head of a month: its name, what went out and came in.
pub fn month(words: Words, of: Day, sums: Option<Sums>) -> View {
    let wallet = Wallet::get();
    let hidden = Preferences::get().amounts_hidden();
    let style = if day(wallet.now()).year == of.year { Style::Month } else { Style::MonthYear };
    let name = move || written(noon(of), style, words.get_locale());
    let sums = move || {
        sums.filter(|_| !hidden.get()).map(|sums| {
            let text = |minor| AmountParts::of(Money::new(minor, wallet.currency())).text();
            view! { <span class="quiet">{said!(words, month_sums, out = text(sums.out), come = text(sums.come))}</span> }
        })
    };
    view! {
        <h2>{name}</h2>
        {sums}
    }
}

const WAYS: [Way; 3] = [Way::Both, Way::Out, Way::In];
const KINDS: [Kinds; 5] = [Kinds::All, Kinds::Payments, Kinds::Transfers, Kinds::Refunds, Kinds::Topups];

/// Which way, and which kinds.
#[component]
pub fn Filters(
    /// What is looked for.
    search: RwSignal<Search>,
    /// How many are wanted; starts again with another filter.
    wanted: RwSignal<usize>,
) -> View {
    let words = words();
    let way = Signal::derive(move || WAYS.iter().position(|way| *way == search.read().way).unwrap_or(0));
    let choose_way = move |place: usize| {
        wanted.set(PAGE);
        search.update(|search| search.way = WAYS.get(place).copied().unwrap_or_default());
    };
    let chips = KINDS.map(|kinds| {
        let label = match kinds {
            Kinds::All => say!(words, all),
            Kinds::Payments => say!(words, filter_payments),
            Kinds::Transfers => say!(words, filter_transfers),
            Kinds::Refunds => say!(words, filter_refunds),
            Kinds::Topups => say!(words, filter_topups),
        };
        let on = move || search.read().kinds == kinds;
        let choose = move |_| {
            wanted.set(PAGE);
            search.update(|search| search.kinds = kinds);
        };
        view! {
            <button type="button" class="chip" aria-pressed=move || if on() { "true" } else { "false" } on:click=choose>
                {qianbao_ui::words::text(label)}
            </button>
        }
    });
    let ways = vec![say!(words, way_both), say!(words, way_out), say!(words, way_in)];
    view! {
        <Segmented label=say!(words, way) options=ways chosen=way choose=choose_way />
        <div class="chips" role="group" aria-label=say!(words, kinds)>
            {Vec::from(chips)}
        </div>
    }
}

/// What stands in the place of an empty list.
pub fn nothing(words: Words, search: RwSignal<Search>, is_everything: bool) -> View {
    if is_everything {
        return view! {
            <Empty glyph=Glyph::Receipt title=say!(words, recent_empty_title) text=say!(words, recent_empty_text)>
                <LinkButton href="/top-up" text=say!(words, top_up) glyph=Glyph::Plus />
            </Empty>
        };
    }
    view! {
        <Empty glyph=Glyph::Search title=say!(words, nothing_found_title) text=say!(words, nothing_found_text)>
            <Button
                text=say!(words, show_all)
                kind=ButtonKind::Soft
                press=move |()| search.set(Search::default())
            />
        </Empty>
    }
}
