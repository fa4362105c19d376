//! All entries by month, endless, searched and filtered; beside it (on a phone: in its place) the chosen one.
//!
//! The list asks the mirror for twice as many entries whenever its end comes near, so the work stays in proportion to
//! what is seen. The list stays as it was while an entry is looked at.

mod detail;
mod model;
mod view;

use std::sync::Arc;

use leptos::prelude::*;
use qianbao_ui::dom::{Child, View, view};
use qianbao_ui::{Button, ButtonKind, Fetched, Field, FieldKind, Navigation, ScrollList, Wait};

use self::model::{Line, Search};
use crate::browser::calendar::day;
use crate::parts::Screen;
use crate::route::Route;
use crate::state::Wallet;
use crate::state::wallet::PAGE;
use crate::words::{say, words};

/// What was found so far.
#[derive(Default)]
struct Found {
    lines: Vec<Line>,
    /// Whether nothing older follows.
    is_end: bool,
}

/// Looks for `wanted` entries.
async fn find(wallet: Wallet, search: Search, wanted: usize) -> Found {
    let mirror = wallet.client().mirror();
    let (mut entries, mut looked_at, mut is_end) = (Vec::new(), 0, false);
    while entries.len() < wanted && !is_end {
        let page = mirror.entries(looked_at, PAGE).await.unwrap_or_default();
        looked_at += page.len();
        is_end = page.len() < PAGE;
        entries.extend(page.into_iter().filter(|entry| search.finds(entry)));
    }
    let currency = mirror.wallets().first().map_or(qianbao_core::Currency::CNY, |wallet| wallet.available.currency);
    Found { lines: model::lines(entries, currency, is_end, day), is_end }
}

/// The screen.
#[component]
pub fn Activity() -> View {
    let (words, navigation) = (words(), Navigation::get());
    let chosen = Memo::new(move |_| match Route::parse(&navigation.path().read()) {
        Route::Entry(id) => Some(id),
        _ => None,
    });
    let search = RwSignal::new(Search::default());
    let wanted = RwSignal::new(PAGE);
    let typed = Signal::derive(move || search.with(|search| search.text.clone()));
    let look_for = move |text: String| {
        wanted.set(PAGE);
        search.update(|search| search.text = text);
    };
    view! {
        <Screen title=say!(words, activity) class="screen-fill">
            <div class="panes" class:panes-chosen=move || chosen.read().is_some()>
                <section class="records">
                    <div class="records-search">
                        <Field
                            label=say!(words, search)
                            value=typed
                            input=look_for
                            kind=FieldKind::Search
                            placeholder=say!(words, search_example)
                            length_max=60
                        />
                        <view::Filters search=search wanted=wanted />
                    </div>
                    <Records search=search wanted=wanted />
                </section>
                <section class="record" aria-live="polite">
                    {move || detail::detail(words, chosen.get())}
                </section>
            </div>
        </Screen>
    }
}

/// The list of what was found.
#[component]
fn Records(
    /// What is looked for.
    search: RwSignal<Search>,
    /// How many are wanted.
    wanted: RwSignal<usize>,
) -> View {
    let (words, wallet) = (words(), Wallet::get());
    let found = Fetched::new(move || {
        let (search, wanted) = (search.get(), wanted.get());
        // Read before the wait, so that new entries are followed.
        wallet.entry_count();
        async move { Arc::new(find(wallet, search, wanted).await) }
    });
    let top = RwSignal::new(0_usize);
    let count = Signal::derive(move || found.get().map_or(0, |found| found.lines.len()));
    let row = move |place: Signal<usize>| {
        let line = move || found.get().and_then(|found| found.lines.get(place.get()).cloned());
        (move || line().map(|line| view::line(words, line))).built()
    };
    let near_end = move |()| {
        if found.get_untracked().is_some_and(|found| !found.is_end && found.lines.len() >= wanted.get_untracked()) {
            wanted.update(|wanted| *wanted *= 2);
        }
    };
    // The list is drawn anew when it comes or goes, not with each entry.
    let is_empty = Memo::new(move |_| found.get().map(|found| found.lines.is_empty()));
    // An empty list stays empty when somebody begins to search in it, and then says something else.
    let is_everything = Memo::new(move |_| search.read().is_everything());
    let list = move || match is_empty.get() {
        None => view! {
            <Wait text=say!(words, records_coming)>
                <Button text=say!(words, try_again) kind=ButtonKind::Soft press=move |()| found.refetch() />
            </Wait>
        },
        Some(true) => view::nothing(words, search, is_everything.get()),
        Some(false) => view! {
            <ScrollList
                label=say!(words, activity)
                count=count
                row=row
                top=move |place| top.set(place)
                near_end=near_end
            />
        },
    };
    let month = move || {
        let above = found.get().and_then(|found| model::month_above(&found.lines, top.get()));
        above.map(
            |(day, sums)| view! { <div class="month-now" aria-hidden="true">{view::month(words, day, sums)}</div> },
        )
    };
    view! { <div class="records-list">{month} {list}</div> }
}
