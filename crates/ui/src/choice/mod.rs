//! Choosing: one of a few, on or off.

use crate::dom::{View, view};
use leptos::prelude::*;
use leptos::text_prop::TextProp;

use crate::field::fresh_id;
use crate::words::text as words;

/// A row of choices of which one holds. A group of radio buttons for keyboards and screen readers.
#[component]
pub fn Segmented(
    /// What is chosen.
    #[prop(into)]
    label: TextProp,
    /// The choices.
    options: Vec<TextProp>,
    /// Which holds.
    #[prop(into)]
    chosen: Signal<usize>,
    /// Told of another choice.
    #[prop(into)]
    choose: Callback<usize>,
) -> View {
    let group = fresh_id("choice-");
    let segments: Vec<View> = options
        .into_iter()
        .enumerate()
        .map(|(place, option)| {
            view! {
                <label class="segment">
                    <input
                        type="radio"
                        name=group.clone()
                        prop:checked=move || chosen.get() == place
                        on:change=move |_| choose.run(place)
                    />
                    {words(option)}
                </label>
            }
        })
        .collect();
    view! {
        <fieldset>
            <legend class="unseen">{words(label)}</legend>
            <div class="segments">{segments}</div>
        </fieldset>
    }
}

/// Something that is on or off.
#[component]
pub fn Switch(
    /// What it is.
    #[prop(into)]
    label: TextProp,
    /// Whether it is on.
    #[prop(into)]
    on: Signal<bool>,
    /// Told of the state asked for.
    #[prop(into)]
    flip: Callback<bool>,
) -> View {
    view! {
        <button
            type="button"
            role="switch"
            class="switch"
            aria-checked=move || if on.get() { "true" } else { "false" }
            on:click=move |_| flip.run(!on.get_untracked())
        >
            <span>{words(label)}</span>
            <span class="switch-track" aria-hidden="true"></span>
        </button>
    }
}
