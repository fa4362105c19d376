//! A field for an amount: large, with the currency's sign before it.

use crate::dom::{View, view};
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_core::{Currency, Money};

use super::AmountParts;
use crate::field::fresh_id;
use crate::icon::{Glyph, Icon, IconSize};
use crate::words::text as words;

/// A field for an amount. What is typed stays text; the app reads it by the rules of its currency.
#[component]
pub fn AmountField(
    /// What the amount is for.
    #[prop(into)]
    label: TextProp,
    /// The currency.
    #[prop(into)]
    currency: Signal<Currency>,
    /// What is in it.
    #[prop(into)]
    value: Signal<String>,
    /// Told of each change.
    #[prop(into)]
    input: Callback<String>,
    /// What is wrong with it; empty when nothing is.
    #[prop(optional, into)]
    error: Signal<String>,
) -> View {
    let id = fresh_id("amount-");
    let note = id.clone() + "-note";
    let (label_for, note_id) = (id.clone(), note.clone());
    let placeholder = move || {
        let parts = AmountParts::of(Money::new(0, currency.get()));
        parts.major + &parts.minor
    };
    let wrong = move || {
        let wrong = error.get();
        (!wrong.is_empty()).then(|| {
            view! {
                <span class="field-error">
                    <Icon glyph=Glyph::Alert size=IconSize::Small />
                    {wrong}
                </span>
            }
        })
    };
    view! {
        <div class="field">
            <label class="field-label" for=label_for>
                {words(label)}
            </label>
            <div class="amount-field">
                <span aria-hidden="true">{move || AmountParts::of(Money::new(0, currency.get())).symbol}</span>
                <input
                    id=id
                    type="text"
                    inputmode="decimal"
                    autocomplete="off"
                    maxlength="20"
                    placeholder=placeholder
                    aria-describedby=note
                    aria-invalid=move || (!error.read().is_empty()).then_some("true")
                    prop:value=move || value.get()
                    on:input=move |event| input.run(event_target_value(&event))
                />
            </div>
            <div id=note_id aria-live="polite">
                {wrong}
            </div>
        </div>
    }
}
