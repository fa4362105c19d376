//! The other side of a payment: its name, and what is known of it. A mark of trust stands only beside what was checked here.

use leptos::prelude::*;
use qianbao_api::payments::PayeeView;
use qianbao_client::Mark as Known;
use qianbao_ui::dom::{Child, View, view};
use qianbao_ui::{Glyph, Mark, Tag, Tone};

use crate::words::{Words, category, said, say, shop_name, words};

/// The name in a list: the shop's, the person's masked legal name, the bank's.
pub fn name(words: Words, payee: &PayeeView) -> String {
    match payee {
        PayeeView::Shop(shop) => shop_name(words, shop),
        PayeeView::Person { legal_name_masked, .. } => legal_name_masked.clone(),
        PayeeView::Bank { name, .. } => name.clone(),
    }
}

/// The letter or icon that stands for the payee.
pub fn mark(words: Words, payee: &PayeeView) -> View {
    match payee {
        PayeeView::Bank { .. } => view! { <Mark glyph=Glyph::Bank /> },
        PayeeView::Shop(shop) => view! { <Mark letter=first_letter(&shop_name(words, shop)) /> },
        PayeeView::Person { legal_name_masked, .. } => {
            view! { <Mark letter=first_letter(legal_name_masked) /> }
        }
    }
}

/// The first letter that is not a mask.
fn first_letter(name: &str) -> String {
    name.chars().find(|letter| letter.is_alphanumeric()).map(String::from).unwrap_or_default()
}

/// The head of a confirm sheet: who gets the money. A shop whose signed code was verified on the way here carries the mark. A
/// person's names are what they gave themselves, so they carry none: they are isolated and said to be given.
#[component]
pub fn PayeeHead(
    /// The payee.
    payee: PayeeView,
    /// How far it is known.
    known: Known,
) -> View {
    let words = words();
    let shown = payee.clone();
    let lead = move || mark(words, &shown);
    let (second, tag) = match &payee {
        PayeeView::Shop(shop) => {
            let shop = shop.clone();
            let place = move || [category(words, &shop.category), shop.city.clone()].join(" · ");
            let tag = match known {
                Known::Verified => {
                    view! { <Tag text=say!(words, payee_code_signed) tone=Tone::Jade glyph=Glyph::Shield /> }
                }
                Known::Unchecked => {
                    view! { <Tag text=say!(words, payee_code_unchecked) tone=Tone::Gold glyph=Glyph::Info /> }
                }
                Known::Named => ().built(),
            };
            (view! { <span class="quiet">{place}</span> }, tag)
        }
        PayeeView::Person { handle, display_name, .. } => (
            view! {
                <span class="quiet">
                    <bdi>{display_name.clone()}</bdi>
                    " · @"
                    <bdi>{handle.clone()}</bdi>
                </span>
            },
            view! { <Tag text=say!(words, payee_name_given) /> },
        ),
        PayeeView::Bank { last4, .. } => {
            let last4 = last4.clone();
            let account = move || last4.clone().map(|last4| said!(words, bank_account_ending, last4 = last4));
            (view! { <span class="quiet">{account}</span> }, ().built())
        }
    };
    view! {
        <div class="payee">
            {lead}
            <span class="payee-names">
                <strong>
                    <bdi>{move || name(words, &payee)}</bdi>
                </strong>
                {second}
            </span>
            {tag}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::first_letter;

    #[test]
    fn the_mark_shows_the_letter_that_is_left() {
        assert_eq!(first_letter("*明"), "明");
        assert_eq!(first_letter("云山茶铺"), "云");
        assert_eq!(first_letter("***"), "");
    }
}
