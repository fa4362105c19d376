//! Text fields: label above, hint or error below, both tied to the input for screen readers.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::dom::{View, view};
use leptos::prelude::*;
use leptos::text_prop::TextProp;

use crate::button::IconButton;
use crate::icon::{Glyph, Icon, IconSize};
use crate::words::{KitWords, text as words};

/// What is typed into a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldKind {
    /// A line of text.
    #[default]
    Text,
    /// Several lines of text.
    Lines,
    /// A password: hidden unless asked to be shown.
    Password,
    /// Something to look for.
    Search,
    /// A name in letters of the keyboard, without capital or correction.
    Handle,
    /// A few digits: phones show their keypad.
    Digits,
}

/// An id for tying a label to its input, unique on the page.
pub(crate) fn fresh_id(prefix: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let mut id = prefix.to_owned();
    id.push_str(&NEXT.fetch_add(1, Ordering::Relaxed).to_string());
    id
}

/// A text field.
#[component]
pub fn Field(
    /// What is asked for.
    #[prop(into)]
    label: TextProp,
    /// What is in it.
    #[prop(into)]
    value: Signal<String>,
    /// Told of each change.
    #[prop(into)]
    input: Callback<String>,
    /// What kind of text.
    #[prop(optional)]
    kind: FieldKind,
    /// A word of advice below; not shown while there is an error.
    #[prop(optional, into)]
    hint: Option<TextProp>,
    /// What is wrong with it; empty when nothing is.
    #[prop(optional, into)]
    error: Signal<String>,
    /// An example in the empty field.
    #[prop(optional, into)]
    placeholder: TextProp,
    /// The name the browser fills in by, such as `username`; `off` by default.
    #[prop(optional, into)]
    autocomplete: Option<&'static str>,
    /// How many characters it takes at most.
    #[prop(default = 200)]
    length_max: u32,
) -> View {
    let id = fresh_id("field-");
    let note = id.clone() + "-note";
    let (label_for, note_id) = (id.clone(), note.clone());
    let hint_or_error = move || {
        let wrong = error.get();
        if wrong.is_empty() {
            hint.clone().map(|hint| view! { <span class="field-hint">{words(hint)}</span> })
        } else {
            Some(view! {
                <span class="field-error">
                    <Icon glyph=Glyph::Alert size=IconSize::Small />
                    {wrong}
                </span>
            })
        }
    };
    let shell =
        Input { id, note, value, input, error, placeholder, autocomplete: autocomplete.unwrap_or("off"), length_max };
    view! {
        <div class="field" class:field-wrong=move || !error.read().is_empty()>
            <label class=if kind == FieldKind::Search { "unseen" } else { "field-label" } for=label_for>
                {words(label)}
            </label>
            <div class="field-box">{shell.view(kind)}</div>
            <div id=note_id aria-live="polite">
                {hint_or_error}
            </div>
        </div>
    }
}

/// What all kinds of input share.
struct Input {
    id: String,
    note: String,
    value: Signal<String>,
    input: Callback<String>,
    error: Signal<String>,
    placeholder: TextProp,
    autocomplete: &'static str,
    length_max: u32,
}

impl Input {
    fn view(self, kind: FieldKind) -> View {
        match kind {
            FieldKind::Lines => self.lines(),
            FieldKind::Password => {
                let (shown, set_shown) = signal(false);
                let KitWords { password_show, password_hide, .. } = KitWords::get();
                let label = TextProp::from(move || if shown.get() { password_hide.get() } else { password_show.get() });
                let glyph = Signal::derive(move || if shown.get() { Glyph::EyeOff } else { Glyph::Eye });
                let line = self.line(Signal::derive(move || if shown.get() { "text" } else { "password" }), kind);
                view! {
                    {line}
                    <IconButton label=label glyph=glyph press=move |()| set_shown.update(|on| *on = !*on) />
                }
            }
            FieldKind::Search => view! {
                <Icon glyph=Glyph::Search />
                {self.line(Signal::stored("search"), kind)}
            },
            FieldKind::Text | FieldKind::Handle | FieldKind::Digits => self.line(Signal::stored("text"), kind),
        }
    }

    fn line(self, input_type: Signal<&'static str>, kind: FieldKind) -> View {
        let Self { id, note, value, input, error, placeholder, autocomplete, length_max } = self;
        let plain = kind != FieldKind::Text;
        view! {
            <input
                id=id
                type=move || input_type.get()
                autocomplete=autocomplete
                autocapitalize=plain.then_some("none")
                spellcheck=plain.then_some("false")
                inputmode=(kind == FieldKind::Digits).then_some("numeric")
                maxlength=length_max
                placeholder=placeholder
                aria-describedby=note
                aria-invalid=move || (!error.read().is_empty()).then_some("true")
                prop:value=move || value.get()
                on:input=move |event| input.run(event_target_value(&event))
            />
        }
    }

    fn lines(self) -> View {
        let Self { id, note, value, input, error, placeholder, autocomplete, length_max } = self;
        view! {
            <textarea
                id=id
                rows="3"
                autocomplete=autocomplete
                maxlength=length_max
                placeholder=placeholder
                aria-describedby=note
                aria-invalid=move || (!error.read().is_empty()).then_some("true")
                prop:value=move || value.get()
                on:input=move |event| input.run(event_target_value(&event))
            ></textarea>
        }
    }
}
