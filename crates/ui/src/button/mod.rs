//! Buttons: one main action a screen, everything else quieter.

use crate::dom::{View, view};
use leptos::prelude::*;
use leptos::text_prop::TextProp;

use crate::icon::{Glyph, Icon};
use crate::navigation::Link;
use crate::words::text as words;

/// A button's weight on its screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// The one main action.
    #[default]
    Main,
    /// Another action, with an edge.
    Quiet,
    /// Another action, on a wash of the main colour.
    Soft,
    /// An action in passing, like a link.
    Plain,
    /// Destroys or leaves.
    Danger,
}

impl ButtonKind {
    const fn class(self) -> &'static str {
        match self {
            Self::Main => "button button-main",
            Self::Quiet => "button button-quiet",
            Self::Soft => "button button-soft",
            Self::Plain => "button button-plain",
            Self::Danger => "button button-danger",
        }
    }
}

/// A button. Without `press` it submits the form around it.
#[component]
pub fn Button(
    /// What it says.
    #[prop(into)]
    text: TextProp,
    /// Its weight.
    #[prop(optional)]
    kind: ButtonKind,
    /// An icon before the text.
    #[prop(optional)]
    glyph: Option<Glyph>,
    /// Whether it cannot be pressed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Whether what it started is still going on.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// What pressing does.
    #[prop(optional, into)]
    press: Option<Callback<()>>,
) -> View {
    let kind_of = if press.is_some() { "button" } else { "submit" };
    let shown = move || if busy.get() { Some(Glyph::Spinner) } else { glyph };
    view! {
        <button
            type=kind_of
            class=kind.class()
            class:button-busy=busy
            disabled=move || disabled.get() || busy.get()
            aria-busy=move || busy.get().then_some("true")
            on:click=move |_| {
                if let Some(press) = press {
                    press.run(());
                }
            }
        >
            {move || shown().map(|glyph| view! { <Icon glyph=glyph /> })}
            {words(text)}
        </button>
    }
}

/// A link that looks like a button.
#[component]
pub fn LinkButton(
    /// Where it leads.
    #[prop(into)]
    href: TextProp,
    /// What it says.
    #[prop(into)]
    text: TextProp,
    /// Its weight.
    #[prop(optional)]
    kind: ButtonKind,
    /// An icon before the text.
    #[prop(optional)]
    glyph: Option<Glyph>,
) -> View {
    view! {
        <Link href=href class=kind.class()>
            {glyph.map(|glyph| view! { <Icon glyph=glyph /> })}
            {words(text)}
        </Link>
    }
}

/// A button that shows only an icon; its label is read to those who do not see it, and shown as a hint.
#[component]
pub fn IconButton(
    /// What it does.
    #[prop(into)]
    label: TextProp,
    /// The icon.
    #[prop(into)]
    glyph: Signal<Glyph>,
    /// For a button that is on or off: whether it is on.
    #[prop(optional, into)]
    pressed: Option<Signal<bool>>,
    /// What pressing does.
    #[prop(into)]
    press: Callback<()>,
) -> View {
    let title = label.clone();
    view! {
        <button
            type="button"
            class="icon-button"
            aria-label=label
            title=title
            aria-pressed=move || pressed.map(|on| if on.get() { "true" } else { "false" })
            on:click=move |_| press.run(())
        >
            <Icon glyph=glyph />
        </button>
    }
}
