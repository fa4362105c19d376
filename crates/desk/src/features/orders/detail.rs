//! One order.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::text_prop::TextProp;
use qianbao_api::orders::OrderView;
use qianbao_client::RefundOf;
use qianbao_core::Timestamp;
use qianbao_core::id::OrderId;
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{
    Amount, AmountSize, Button, ButtonKind, Empty, Fact, Glyph, IconButton, LinkButton, Navigation, Skeleton, Tag,
    Toaster,
};

use super::model::{is_refunding, is_void, payer, status_tone, status_word};
use super::receipt::ReceiptCard;
use super::refund::{RefundNews, RefundSheet};
use crate::browser::calendar::{Style, written};
use crate::browser::page;
use crate::features::code::model::{Standing, standing};
use crate::say;
use crate::screen::Screen;
use crate::state::Till;
use crate::state::orders::{net, refundable};
use crate::texts::Language;

/// One order, with everything that can be done about it.
#[component]
pub fn OrderDetail(
    /// The order.
    id: OrderId,
) -> View {
    let till = Till::get();
    let navigation = Navigation::get();
    let order = Memo::new(move |_| till.order(id));
    let missing = RwSignal::new(false);
    if order.with_untracked(Option::is_none) {
        spawn_local(async move {
            let found = till.find_order(id).await;
            // The screen may have gone meanwhile.
            let _ = missing.try_set(found.is_err());
        });
    }
    let body = move || match order.get() {
        Some(order) => view! { <Known order=order /> },
        None if missing.get() => {
            view! { <Empty glyph=Glyph::Receipt title=say!(order_missing) text=say!(order_missing_text) /> }
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

/// An order that is known.
#[component]
fn Known(
    /// The order.
    order: OrderView,
) -> View {
    let till = Till::get();
    let language = Language::get();
    let status = order.status;
    let refunding = RwSignal::new(false);
    let left = refundable(&order);
    let id = order.id;
    let paid = RefundOf::Order(id);
    let under_way = Memo::new(move |_| is_refunding(&till.outbox(), paid));
    let waiting = standing(&order, till.now()) == Standing::Waiting;
    let said = TextProp::from(move || status_word(language.locale(), status));
    let name = payer(&order);
    let receipt = order.payment.map(|payment| view! { <ReceiptCard payment=payment /> });
    view! {
        <div class="stack">
            <div class="detail-head">
                <h1 class="unseen">{text(say!(title_order))}</h1>
                <span class:amount-void=is_void(status)>
                    <Amount money=order.amount size=AmountSize::Figure />
                </span>
                <Tag text=said tone=status_tone(status) />
            </div>
            <RefundNews paid=paid />
            <Facts order=order />
            {receipt}
            {waiting
                .then(|| view! { <LinkButton href=Screen::Code(id).path() text=say!(show_code) glyph=Glyph::Qr /> })}
            {left
                .map(|_| {
                    view! {
                        <Button
                            text=say!(refund)
                            kind=ButtonKind::Danger
                            glyph=Glyph::Refund
                            busy=under_way
                            press=move |()| refunding.set(true)
                        />
                    }
                })}
            {left.map(|left| view! { <RefundSheet paid=paid payer=name.clone() left=left open=refunding /> })}
        </div>
    }
}

/// What there is to know.
#[component]
fn Facts(
    /// The order.
    order: OrderView,
) -> View {
    let language = Language::get();
    let toaster = Toaster::get();
    let moment = move |at: Timestamp| move || written(at, Style::Full, language.locale());
    let number = order.id.to_string();
    let copied = number.clone();
    let said_copied = say!(copied);
    let copy = move |()| {
        let (number, said) = (copied.clone(), said_copied.clone());
        spawn_local(async move {
            if page::copy(&number).await {
                toaster.say(Glyph::Check, said);
            }
        });
    };
    let name = payer(&order);
    let paid = order.paid_at.map(|at| {
        view! {
            <Fact label=say!(paid_at)>{moment(at)}</Fact>
            <Fact label=say!(paid_by)>
                <bdi>{name}</bdi>
            </Fact>
        }
    });
    let fee = order.shop_fee.map(|fee| view! { <Fact label=say!(order_fee)><Amount money=fee /></Fact> });
    let net = net(&order).map(|net| view! { <Fact label=say!(order_net)><Amount money=net /></Fact> });
    let refunded = (order.refunded.minor > 0)
        .then(|| view! { <Fact label=say!(order_refunded)><Amount money=order.refunded /></Fact> });
    let for_what = order.description;
    let note = (!for_what.is_empty()).then(|| {
        view! {
            <Fact label=say!(order_for)>
                <bdi>{for_what}</bdi>
            </Fact>
        }
    });
    let made = moment(order.created_at);
    let payment = order.payment.map(|payment| {
        view! {
            <Fact label=say!(payment_number)>
                <span class="facts-code">{payment.to_string()}</span>
            </Fact>
        }
    });
    view! {
        <dl class="facts card">
            {note} {paid} {fee} {net} {refunded} <Fact label=say!(order_made)>{made}</Fact>
            <Fact label=say!(order_number)>
                <span class="facts-code">{number}</span>
            </Fact> {payment}
        </dl>
        <Button text=say!(copy) kind=ButtonKind::Plain glyph=Glyph::Copy press=copy />
    }
}
