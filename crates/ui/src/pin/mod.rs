//! Six digits that nobody else is to see: boxes that fill, and a keypad. Worked by finger or by keyboard.
//!
//! There is one input under the boxes, so that keyboards, pasting and screen readers find what they know. Phones do not open a keypad of their own
//! beside ours.

use crate::dom::{Child, View, view};
use leptos::html;
use leptos::prelude::*;
use leptos::text_prop::TextProp;

use crate::field::fresh_id;
use crate::icon::{Glyph, Icon, IconSize};
use crate::keypad::{Key, Keypad, KeypadKind};
use crate::words::text as words;

/// How many digits.
const DIGITS: usize = 6;

/// What `typed` holds of a PIN: its digits, six at most.
fn digits(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_digit).take(DIGITS).collect()
}

/// What a PIN becomes when a key is pressed.
fn pressed(text: &str, key: Key) -> String {
    let mut next = text.to_owned();
    match key {
        Key::Delete => drop(next.pop()),
        Key::Digit(digit) if next.len() < DIGITS => next.push(char::from(b'0' + digit.min(9))),
        Key::Digit(_) | Key::Point => {}
    }
    next
}

/// The boxes and the keypad.
#[component]
pub fn PinPad(
    /// What is asked for.
    #[prop(into)]
    label: TextProp,
    /// What is typed. Set it to nothing to begin anew.
    value: RwSignal<String>,
    /// Told of all six.
    #[prop(into)]
    complete: Callback<String>,
    /// What is wrong with the last one; empty when nothing is.
    #[prop(into)]
    error: Signal<String>,
    /// Whether the last one is just being looked at: nothing can be typed then.
    #[prop(optional, into)]
    busy: Signal<bool>,
) -> View {
    let id = fresh_id("pin-");
    let note = id.clone() + "-note";
    let (label_for, note_id) = (id.clone(), note.clone());
    let input = NodeRef::<html::Input>::new();
    let change = move |next: String| {
        if busy.get_untracked() || next == value.get_untracked() {
            return;
        }
        value.set(next.clone());
        if next.len() == DIGITS {
            complete.run(next);
        }
    };
    // A sheet gives the focus to its first button when it opens; digits are meant for the boxes.
    Effect::new(move || {
        if let Some(input) = input.get() {
            request_animation_frame(move || {
                // Fails only when the input has left the page.
                let _ = input.focus();
            });
        }
    });
    let (boxes, wrong) = (boxes(value), wrong(error));
    // A press on a key leaves the focus where it is: whoever goes on by keyboard types into the boxes.
    view! {
        <div class="pin" class:pin-wrong=move || !error.read().is_empty()>
            <label class="field-label" for=label_for>
                {words(label)}
            </label>
            <div class="pin-boxes">
                <span class="pin-row" aria-hidden="true">
                    {boxes}
                </span>
                <input
                    id=id
                    class="pin-input"
                    type="password"
                    inputmode="none"
                    autocomplete="off"
                    maxlength="6"
                    node_ref=input
                    aria-describedby=note
                    aria-invalid=move || (!error.read().is_empty()).then_some("true")
                    aria-busy=move || busy.get().then_some("true")
                    prop:value=move || value.get()
                    on:input=move |event| {
                        let typed = event_target_value(&event);
                        let kept = if busy.get_untracked() { value.get_untracked() } else { digits(&typed) };
                        if kept != typed && let Some(input) = input.get_untracked() {
                            input.set_value(&kept);
                        }
                        change(kept);
                    }
                />
            </div>
            <div id=note_id class="pin-note" aria-live="assertive">
                {wrong}
            </div>
            <div class="pin-keys" on:mousedown=|event| event.prevent_default()>
                <Keypad press=move |key| change(pressed(&value.get_untracked(), key)) kind=KeypadKind::Digits />
            </div>
        </div>
    }
}

/// One box a digit, filled as far as there are digits.
fn boxes(value: RwSignal<String>) -> Vec<View> {
    let one = |place: usize| {
        let is_full = move || value.read().len() > place;
        let is_next = move || value.read().len() == place;
        view! { <span class="pin-box" class:pin-box-full=is_full class:pin-box-next=is_next></span> }
    };
    (0..DIGITS).map(one).collect()
}

/// What is wrong, once something is.
fn wrong(error: Signal<String>) -> impl Child {
    move || {
        let wrong = error.get();
        (!wrong.is_empty()).then(|| {
            view! {
                <span class="field-error">
                    <Icon glyph=Glyph::Alert size=IconSize::Small />
                    {wrong}
                </span>
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_digits_are_kept_and_six_at_most() {
        for (typed, kept) in [("", ""), ("12a3", "123"), ("1 2-3", "123"), ("12345678", "123456"), ("１２", "")] {
            assert_eq!(digits(typed), kept, "{typed:?}");
        }
    }

    #[test]
    fn keys_fill_and_empty_it() {
        let typed = |keys: &[Key]| keys.iter().fold(String::new(), |text, key| pressed(&text, *key));
        assert_eq!(typed(&[Key::Digit(0), Key::Digit(9)]), "09");
        assert_eq!(typed(&[Key::Digit(1), Key::Delete, Key::Delete]), "");
        assert_eq!(typed(&[Key::Digit(7); 8]), "777777");
        assert_eq!(typed(&[Key::Point, Key::Digit(1)]), "1");
    }
}
