//! The balance card and the card of this month's spending.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_client::SyncState;
use qianbao_core::{Currency, Money};
use qianbao_ui::dom::{Child, View, view};
use qianbao_ui::words::text;
use qianbao_ui::{
    Amount, AmountParts, AmountSize, Bar, BarChart, Card, Fetched, Glyph, IconButton, Rosette, Skeleton, Tag, Tone,
};

use super::model::{self, Spending};
use crate::browser::calendar::{Style, day, written};
use crate::state::calendar::Day;
use crate::state::{Preferences, Wallet};
use crate::words::{Words, said, say, words};

/// The balance, with how fresh it is.
#[component]
pub fn Balance() -> View {
    let (words, wallet, preferences) = (words(), Wallet::get(), Preferences::get());
    let hidden = preferences.amounts_hidden();
    let balance = Memo::new(move |_| wallet.balance());
    let label = move || said!(words, balance_in, currency = currency_word(words, wallet.currency()));
    let figure = move || match balance.get() {
        Some(balance) => {
            view! { <Amount money=Signal::stored(balance.available) size=AmountSize::Figure hidden=hidden /> }
        }
        None => view! { <Skeleton lines=1 /> },
    };
    let reserved = move || {
        balance.get().filter(|balance| balance.reserved.minor != 0).map(|balance| {
            view! {
                <span class="quiet">
                    {text(say!(words, reserved))} " "
                    <Amount money=Signal::stored(balance.reserved) hidden=hidden />
                </span>
            }
        })
    };
    let toggle =
        TextProp::from(move || if hidden.get() { said!(words, amounts_show) } else { said!(words, amounts_hide) });
    let eye = Signal::derive(move || if hidden.get() { Glyph::EyeOff } else { Glyph::Eye });
    view! {
        <section class="card balance">
            <Rosette />
            <div class="balance-head">
                <h2 class="quiet">{label}</h2>
                <IconButton
                    label=toggle
                    glyph=eye
                    press=move |()| preferences.set_amounts_hidden(!hidden.get_untracked())
                />
            </div>
            {figure}
            <div class="balance-foot">{reserved} <Freshness /></div>
        </section>
    }
}

/// The word for a currency in the label of the balance.
fn currency_word(words: Words, currency: Currency) -> String {
    if currency == Currency::CNY { said!(words, currency_cny) } else { currency.code().to_owned() }
}

/// Whether what is shown is up to date.
#[component]
fn Freshness() -> impl Child {
    let (words, wallet) = (words(), Wallet::get());
    let state = Memo::new(move |_| wallet.sync_state());
    move || match state.get() {
        SyncState::Online => view! { <Tag text=say!(words, synced) tone=Tone::Jade glyph=Glyph::Check /> },
        SyncState::Catching => view! { <Tag text=say!(words, syncing) glyph=Glyph::Refresh /> },
        SyncState::Stale | SyncState::Offline => {
            let text = TextProp::from(move || {
                if let Some(seconds) = wallet.age_s() {
                    crate::parts::moment::age(words, seconds)
                } else {
                    said!(words, not_synced)
                }
            });
            view! { <Tag text=text tone=Tone::Gold glyph=Glyph::Clock /> }
        }
    }
}

/// What went out this month, as a figure, a chart by day, and beside the month before.
#[component]
pub fn MonthSpending() -> impl Child {
    let wallet = Wallet::get();
    let spent = Fetched::new(move || {
        // Read before the wait, so that a change of the mirror is followed.
        let (currency, count) = (wallet.currency(), wallet.entry_count());
        async move {
            let today = day(wallet.now());
            let entries = wallet.entries_since(today.month_before(), count).await;
            model::spending(&entries, currency, today, day)
        }
    });
    move || {
        spent.get().filter(|spent| spent.total.minor > 0 || spent.before.is_some()).map(|spent| {
            view! { <MonthCard spent=spent /> }
        })
    }
}

#[component]
fn MonthCard(
    /// What went out.
    spent: Spending,
) -> View {
    let words = words();
    let hidden = Preferences::get().amounts_hidden();
    let (total, before) = (spent.total, spent.before);
    let end = view! { <Amount money=Signal::stored(total) hidden=hidden /> };
    let bars = Signal::derive(move || if hidden.get() { Vec::new() } else { bars(words, &spent) });
    let compared = move || {
        before.filter(|_| !hidden.get()).map(|before| {
            view! { <p class="quiet">{compared(words, total, before)}</p> }
        })
    };
    let chart = move || (!hidden.get()).then(|| view! { <BarChart caption=say!(words, spent_by_day) bars=bars /> });
    view! {
        <Card title=say!(words, spent_this_month) end=end>
            {chart}
            {compared}
        </Card>
    }
}

fn bars(words: Words, spent: &Spending) -> Vec<Bar> {
    let locale = words.get_locale();
    (1_u32..)
        .zip(&spent.days)
        .map(|(number, value)| Bar {
            name: month_day(Day { day: number, ..spent.today }, locale),
            short: if number % 7 == 1 { number.to_string() } else { String::new() },
            value: *value,
            text: AmountParts::of(Money::new(*value, spent.total.currency)).text(),
            past: number <= spent.today.day,
        })
        .collect()
}

fn month_day(day: Day, locale: crate::words::Locale) -> String {
    written(crate::browser::calendar::noon(day), Style::Day, locale)
}

/// `比上月同期少 ¥184.00`.
fn compared(words: Words, total: Money, before: Money) -> String {
    let difference = total.minor.saturating_sub(before.minor);
    let amount = AmountParts::of(Money::new(difference.saturating_abs(), total.currency)).text();
    match difference.signum() {
        -1 => said!(words, spent_less, amount = amount),
        0 => said!(words, spent_same),
        _ => said!(words, spent_more, amount = amount),
    }
}
