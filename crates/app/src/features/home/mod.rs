//! Home: the balance, four doors, this month's spending, the newest entries. All of it from the mirror.

mod model;
mod view;

use leptos::prelude::*;
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Empty, Glyph, Icon, Link, LinkButton};

use crate::parts::{EntryRow, Screen};
use crate::route::Route;
use crate::state::Wallet;
use crate::words::{said, say, words};

/// How many of the newest entries are shown.
const RECENT: usize = 6;

/// The screen.
#[component]
pub fn Home() -> View {
    let (words, wallet) = (words(), Wallet::get());
    let greeting =
        move || wallet.person().map(|person| said!(words, hello, name = person.display_name)).unwrap_or_default();
    let end = view! {
        <Link href="/me" class="bar-person">
            <bdi>{greeting}</bdi>
        </Link>
    };
    view! {
        <Screen title=say!(words, wallet) class="screen-home" end=end>
            <div class="panes">
                <div class="stack">
                    <view::Balance />
                    <Doors />
                    <view::MonthSpending />
                </div>
                <Recent />
            </div>
        </Screen>
    }
}

/// The four doors. Only what there is.
#[component]
fn Doors() -> View {
    let words = words();
    let doors = [
        (Route::Scan, Glyph::Scan, say!(words, scan), "door"),
        (Route::Receive, Glyph::Receive, say!(words, receive), "door"),
        (Route::Send, Glyph::Transfer, say!(words, send), "door door-soft"),
        (Route::TopUp, Glyph::Plus, say!(words, top_up), "door door-soft"),
    ]
    .map(|(route, glyph, label, class)| {
        view! {
            <Link href=route.path() class=class>
                <Icon glyph=glyph />
                {text(label)}
            </Link>
        }
    });
    view! { <div class="doors">{Vec::from(doors)}</div> }
}

/// The newest entries.
#[component]
fn Recent() -> View {
    let (words, wallet) = (words(), Wallet::get());
    let newest = Memo::new(move |_| wallet.newest(RECENT));
    let rows = move || {
        let entries = newest.get();
        if entries.is_empty() {
            return view! {
                <Empty glyph=Glyph::Receipt title=say!(words, recent_empty_title) text=say!(words, recent_empty_text)>
                    <LinkButton href="/top-up" text=say!(words, top_up) glyph=Glyph::Plus />
                </Empty>
            };
        }
        let rows: Vec<View> = entries.into_iter().map(|entry| view! { <li><EntryRow entry=entry /></li> }).collect();
        view! { <ul class="row-list">{rows}</ul> }
    };
    view! {
        <section class="recent">
            <div class="section-head">
                <h2>{text(say!(words, recent))}</h2>
                <Link href="/activity" class="more">
                    {text(say!(words, all))}
                </Link>
            </div>
            {rows}
        </section>
    }
}
