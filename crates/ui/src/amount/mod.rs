//! Amounts: shown with a smaller sign and minor part, and typed.

mod field;

use crate::dom::{View, view};
use leptos::prelude::*;
use qianbao_core::Money;

pub use field::AmountField;
pub use qianbao_core::money::AmountParts;

use crate::words::{KitWords, text as words};

/// How large an amount stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AmountSize {
    /// As the text around it.
    #[default]
    Text,
    /// A headline.
    Large,
    /// The figure of a screen.
    Figure,
}

/// Which sign stands before an amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AmountSign {
    /// The currency's; a minus for negative ones.
    #[default]
    Currency,
    /// Plus or minus, no currency: for lists of movements.
    Direction,
}

/// An amount.
#[component]
pub fn Amount(
    /// The amount.
    #[prop(into)]
    money: Signal<Money>,
    /// How large.
    #[prop(optional)]
    size: AmountSize,
    /// Which sign.
    #[prop(optional)]
    sign: AmountSign,
    /// Whether dots stand in its place.
    #[prop(optional, into)]
    hidden: Signal<bool>,
) -> View {
    let class = match size {
        AmountSize::Text => "amount",
        AmountSize::Large => "amount amount-large",
        AmountSize::Figure => "amount amount-figure",
    };
    let hidden_word = KitWords::get().amount_hidden;
    let content = move || {
        if hidden.get() {
            return view! {
                <span aria-hidden="true">"••••••"</span>
                <span class="unseen">{words(hidden_word.clone())}</span>
            };
        }
        let parts = AmountParts::of(money.get());
        let before = match sign {
            AmountSign::Direction => parts.direction(),
            AmountSign::Currency => parts.minus(),
        };
        let symbol =
            (sign == AmountSign::Currency).then(|| view! { <span class="amount-symbol">{parts.symbol}</span> });
        let minor = (!parts.minor.is_empty()).then(|| view! { <span class="amount-minor">{parts.minor}</span> });
        view! {
            {before}
            {symbol}
            {parts.major}
            {minor}
        }
    };
    view! {
        <bdi
            class=class
            class:amount-in=move || sign == AmountSign::Direction && money.with(|money| money.minor > 0)
        >
            {content}
        </bdi>
    }
}
