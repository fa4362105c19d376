//! The amount with its keypad, worked by finger or by keyboard.

use leptos::prelude::*;
use qianbao_core::Currency;
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Amount, AmountSize, Keypad};

use super::model::{DIGITS_MAX, TillKey, money, till_key};
use crate::browser::page::{self, PadPlace};
use crate::say;

/// The amount and its keypad.
#[component]
pub fn AmountPad(
    /// What is typed.
    typed: RwSignal<String>,
    /// The currency.
    #[prop(into)]
    currency: Signal<Currency>,
    /// What is wrong with it; empty when nothing is.
    #[prop(into)]
    wrong: Signal<String>,
    /// Told of Enter on the keyboard.
    #[prop(into)]
    submit: Callback<()>,
    /// Where it stands, which decides when keys are meant for it.
    #[prop(optional)]
    place: PadPlace,
) -> View {
    let press = move |key: qianbao_ui::Key| {
        typed.update(|text| *text = key.apply(text, currency.get_untracked().exponent(), DIGITS_MAX));
    };
    let listener = window_event_listener(leptos::ev::keydown, move |event| {
        let name = event.key();
        let with_command = event.ctrl_key() || event.meta_key() || event.alt_key();
        let Some(meant) = till_key(&name).filter(|_| !with_command && page::key_is_free(&name, place)) else {
            return;
        };
        match meant {
            TillKey::Pad(key) => press(key),
            // Escape in a sheet closes it, which is the browser's own doing.
            TillKey::Clear if place == PadPlace::Sheet => return,
            TillKey::Clear => typed.set(String::new()),
            TillKey::Submit => submit.run(()),
        }
        event.prevent_default();
    });
    on_cleanup(move || listener.remove());
    // A sheet gives the focus to its first button; there Enter would close it instead of taking the amount.
    let face = NodeRef::<leptos::html::Div>::new();
    Effect::new(move || {
        if let Some(face) = face.get().filter(|_| place == PadPlace::Sheet) {
            request_animation_frame(move || {
                let _ = face.focus();
            });
        }
    });
    let amount = Signal::derive(move || typed.with(|text| money(text, currency.get())));
    view! {
        <div class="due card" node_ref=face tabindex="-1">
            <div class="due-head">
                <span>{text(say!(due))}</span>
                <button
                    type="button"
                    class="due-clear"
                    hidden=move || typed.read().is_empty()
                    on:click=move |_| typed.set(String::new())
                >
                    {text(say!(clear))}
                </button>
            </div>
            <output class="due-figure" aria-live="polite">
                <Amount money=amount size=AmountSize::Figure />
            </output>
            <p class="field-error" role="alert">
                {move || wrong.get()}
            </p>
        </div>
        <Keypad press=press />
    }
}
