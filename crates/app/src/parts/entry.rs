//! An entry of the wallet in a list.

use leptos::prelude::*;
use qianbao_api::activity::{Entry, EntryKind};
use qianbao_ui::dom::{Child, View, view};
use qianbao_ui::{Amount, AmountSign, Glyph, Mark, Navigation, Row};

use super::{moment, payee};
use crate::route::Route;
use crate::state::{Preferences, Wallet};
use crate::words::{Words, said, words};

/// What an entry is, in a word.
pub fn kind(words: Words, entry: &Entry) -> String {
    let out = entry.amount.minor < 0;
    match entry.kind {
        EntryKind::Payment if out => said!(words, kind_payment),
        EntryKind::Payment => said!(words, kind_income),
        EntryKind::Transfer if out => said!(words, kind_transfer_out),
        EntryKind::Transfer => said!(words, kind_transfer_in),
        EntryKind::Refund => said!(words, kind_refund),
        EntryKind::Topup => said!(words, kind_topup),
        EntryKind::Fee => said!(words, kind_fee),
    }
}

/// The mark of an entry: what stands out is the kind for refunds, else the other side.
pub fn mark(words: Words, entry: &Entry) -> View {
    match entry.kind {
        EntryKind::Refund => view! { <Mark glyph=Glyph::Refund /> },
        _ => payee::mark(words, &entry.counterparty),
    }
}

/// An entry as a row that leads to its details.
#[component]
pub fn EntryRow(
    /// The entry.
    entry: Entry,
) -> View {
    let (words, wallet) = (words(), Wallet::get());
    let href = Route::Entry(entry.id.clone()).path();
    let (navigation, own) = (Navigation::get(), href.clone());
    let current = Signal::derive(move || *navigation.path().read() == own);
    let amount = entry.amount;
    let (for_mark, for_title, for_detail) = (entry.clone(), entry.clone(), entry);
    let lead = (move || mark(words, &for_mark)).built();
    let title = view! { <bdi>{move || payee::name(words, &for_title.counterparty)}</bdi> };
    let detail = (move || {
        let mut text = moment::when(words, for_detail.at, wallet.now()) + " · " + &kind(words, &for_detail);
        if let Some(note) = &for_detail.note {
            // A note is free text: it is isolated so that it cannot turn what stands before it.
            text.push_str(" · \u{2068}");
            text.push_str(note);
            text.push('\u{2069}');
        }
        text
    })
    .built();
    let hidden = Preferences::get().amounts_hidden();
    let end = view! { <Amount money=Signal::stored(amount) sign=AmountSign::Direction hidden=hidden /> };
    view! { <Row lead=lead title=title detail=detail end=end href=href current=current /> }
}
