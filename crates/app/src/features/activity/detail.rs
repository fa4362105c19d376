//! One entry: who, how much, when, for what, and the receipt.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_api::activity::{Entry, EntryKind};
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{
    Amount, AmountSign, AmountSize, ButtonKind, Empty, Fact, Fetched, Glyph, IconButton, LinkButton, Navigation,
    Skeleton,
};

use crate::browser::calendar::{Style, written};
use crate::parts::{entry, payee, receipt};
use crate::route::{PayFor, Route};
use crate::state::wallet::PAGE;
use crate::state::{Preferences, Wallet};
use crate::words::{Words, said, say};

/// The chosen entry, or what to do to see one.
pub fn detail(words: Words, chosen: Option<String>) -> View {
    let Some(id) = chosen else {
        return view! {
            <div class="record-none">
                <Empty glyph=Glyph::Receipt title=say!(words, choose_record_title) text=say!(words, choose_record_text) />
            </div>
        };
    };
    let (wallet, navigation) = (Wallet::get(), Navigation::get());
    let wanted = id.clone();
    let entry = Fetched::new(move || {
        let id = wanted.clone();
        wallet.entry_count();
        async move { find(wallet, &id).await }
    });
    let shown = move || match entry.get() {
        None => view! { <Skeleton lines=6 /> },
        Some(Some(entry)) => facts(words, &entry),
        Some(None) => {
            view! { <Empty glyph=Glyph::Search title=say!(words, record_gone_title) text=say!(words, record_gone_text) /> }
        }
    };
    view! {
        <div class="record-bar">
            <IconButton
                label=say!(words, back)
                glyph=Glyph::Back
                press=move |()| navigation.back_or(&Route::Activity.path())
            />
            <h2>{text(say!(words, record))}</h2>
        </div>
        {shown}
    }
}

/// The entry with this id, from the device.
async fn find(wallet: Wallet, id: &str) -> Option<Entry> {
    let mirror = wallet.client().mirror();
    let mut looked_at = 0;
    loop {
        let page = mirror.entries(looked_at, PAGE).await.unwrap_or_default();
        if let Some(entry) = page.iter().find(|entry| entry.id == id) {
            return Some(entry.clone());
        }
        if page.len() < PAGE {
            return None;
        }
        looked_at += page.len();
    }
}

fn facts(words: Words, shown: &Entry) -> View {
    let hidden = Preferences::get().amounts_hidden();
    let (amount, balance, at) = (shown.amount, shown.balance_after, shown.at);
    let (for_kind, for_name, for_mark) = (shown.clone(), shown.counterparty.clone(), shown.clone());
    let note = shown.note.clone().map(|note| {
        view! {
            <Fact label=say!(words, note)>
                <bdi>{note}</bdi>
            </Fact>
        }
    });
    view! {
        <div class="card record-card stack">
            <div class="record-head">
                {move || entry::mark(words, &for_mark)}
                <bdi>{move || payee::name(words, &for_name)}</bdi>
                <Amount
                    money=Signal::stored(amount)
                    size=AmountSize::Figure
                    sign=AmountSign::Direction
                    hidden=hidden
                />
            </div>
            <dl class="facts">
                <Fact label=say!(words, kind)>{move || entry::kind(words, &for_kind)}</Fact>
                <Fact label=say!(words, time)>{move || written(at, Style::Full, words.get_locale())}</Fact>
                {note}
                <Fact label=say!(words, balance_after)>
                    <Amount money=Signal::stored(balance) hidden=hidden />
                </Fact>
            </dl>
        </div>
        {shown.payment.map(|payment| view! { <receipt::ReceiptCard payment=payment /> })}
        {again(words, shown)}
    }
}

/// Paying a person again, where the entry is of one.
fn again(words: Words, entry: &Entry) -> Option<View> {
    let handle = match (&entry.counterparty, entry.kind) {
        (qianbao_api::payments::PayeeView::Person { handle, .. }, EntryKind::Transfer) => handle.clone(),
        _ => return None,
    };
    let name = handle.clone();
    let label = TextProp::from(move || said!(words, pay_again, handle = name.clone()));
    let href = Route::Pay(PayFor::Handle(handle)).path();
    Some(view! { <LinkButton href=href text=label kind=ButtonKind::Soft glyph=Glyph::Transfer /> })
}
