//! One payment by the printed code of the counter.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{
    Amount, AmountSize, Button, ButtonKind, Empty, Fact, Fetched, Glyph, IconButton, Navigation, Skeleton, Tag,
};

use super::model::{is_refunding, is_void, status_tone, status_word};
use super::receipt::ReceiptCard;
use super::refund::{RefundNews, RefundSheet};
use crate::browser::calendar::{Style, written};
use crate::say;
use crate::state::Till;
use crate::state::orders::{Counter, counterparty};
use crate::texts::Language;

/// A payment by the printed code, with everything that can be done about it.
#[component]
pub fn CounterDetail(
    /// Its place in the ledger.
    sequence: u64,
) -> View {
    let till = Till::get();
    let navigation = Navigation::get();
    let found = Fetched::new(move || till.counter(sequence));
    let counter = Memo::new(move |_| found.get());
    let body = move || match counter.get() {
        Some(Some(counter)) => view! { <Known counter=counter /> },
        Some(None) => {
            view! { <Empty glyph=Glyph::Receipt title=say!(counter_missing) text=say!(counter_missing_text) /> }
        }
        None => view! { <Skeleton lines=6 /> },
    };
    view! {
        <div class="detail-bar">
            <IconButton label=say!(back) glyph=Glyph::Back press=move |()| navigation.back_or("/orders") />
        </div>
        {body}
    }
}

/// A payment that is known.
#[component]
fn Known(
    /// The payment.
    counter: Counter,
) -> View {
    let till = Till::get();
    let language = Language::get();
    let status = counter.status();
    let refunding = RwSignal::new(false);
    let name = counterparty(&counter.entry);
    let said = TextProp::from(move || status_word(language.locale(), status));
    let paid = counter.paid();
    let receipt = counter.entry.payment.map(|payment| view! { <ReceiptCard payment=payment /> });
    let news = paid.map(|paid| view! { <RefundNews paid=paid /> });
    let give_back = paid.zip(counter.refundable()).map(|(paid, left)| {
        let under_way = Memo::new(move |_| is_refunding(&till.outbox(), paid));
        view! {
            <Button
                text=say!(refund)
                kind=ButtonKind::Danger
                glyph=Glyph::Refund
                busy=under_way
                press=move |()| refunding.set(true)
            />
            <RefundSheet paid=paid payer=name left=left open=refunding />
        }
    });
    view! {
        <div class="stack">
            <div class="detail-head">
                <h1 class="unseen">{text(say!(counter_payment))}</h1>
                <span class:amount-void=is_void(status)>
                    <Amount money=counter.entry.amount size=AmountSize::Figure />
                </span>
                <Tag text=said tone=status_tone(status) />
            </div>
            {news}
            <Facts counter=counter />
            {receipt}
            {give_back}
        </div>
    }
}

/// What there is to know.
#[component]
fn Facts(
    /// The payment.
    counter: Counter,
) -> View {
    let language = Language::get();
    let Counter { entry, fee, refunded } = counter;
    let (name, at) = (counterparty(&entry), entry.at);
    let fee = fee.map(|fee| view! { <Fact label=say!(order_fee)><Amount money=fee /></Fact> });
    let refunded =
        (refunded.minor > 0).then(|| view! { <Fact label=say!(order_refunded)><Amount money=refunded /></Fact> });
    let note = entry.note.map(|note| {
        view! {
            <Fact label=say!(order_for)>
                <bdi>{note}</bdi>
            </Fact>
        }
    });
    let payment = entry.payment.map(|payment| {
        view! {
            <Fact label=say!(payment_number)>
                <span class="facts-code">{payment.to_string()}</span>
            </Fact>
        }
    });
    view! {
        <dl class="facts card">
            {note} <Fact label=say!(paid_at)>{move || written(at, Style::Full, language.locale())}</Fact>
            <Fact label=say!(paid_by)>
                <bdi>{name}</bdi>
            </Fact> {fee} {refunded} {payment}
        </dl>
    }
}
