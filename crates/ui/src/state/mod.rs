//! States: waiting, nothing there, something to know.

mod toast;

use crate::dom::{Children, View, view};
use leptos::prelude::*;
use leptos::text_prop::TextProp;

pub use toast::{Toaster, Toasts};

use crate::icon::{Glyph, Icon};
use crate::list::Tone;
use crate::words::{KitWords, text as words};

/// Something to know about the whole screen. Cinnabar ones are read out at once.
#[component]
pub fn Banner(
    /// What it says.
    #[prop(into)]
    text: TextProp,
    /// Its colour.
    #[prop(optional)]
    tone: Tone,
    /// An icon before it.
    #[prop(optional)]
    glyph: Option<Glyph>,
    /// What can be done about it.
    #[prop(optional, into)]
    action: Option<View>,
) -> View {
    let (class, role) = match tone {
        Tone::Plain => ("banner", "status"),
        Tone::Jade => ("banner banner-jade", "status"),
        Tone::Gold => ("banner banner-gold", "status"),
        Tone::Cinnabar => ("banner banner-cinnabar", "alert"),
    };
    view! {
        <div class=class role=role>
            {glyph.map(|glyph| view! { <Icon glyph=glyph /> })}
            <span class="banner-text">{words(text)}</span>
            {action}
        </div>
    }
}

/// What stands where nothing is yet: why, and what to do.
#[component]
pub fn Empty(
    /// An icon.
    glyph: Glyph,
    /// What is missing.
    #[prop(into)]
    title: TextProp,
    /// What to do.
    #[prop(into)]
    text: TextProp,
    /// The way there.
    #[prop(optional)]
    children: Option<Children>,
) -> View {
    view! {
        <div class="empty">
            <span class="empty-icon">
                <Icon glyph=glyph />
            </span>
            <h2>{words(title)}</h2>
            <p>{words(text)}</p>
            {children.map(Children::view)}
        </div>
    }
}

/// Grey lines in the place of what is being loaded.
#[component]
pub fn Skeleton(
    /// How many lines.
    #[prop(default = 3)]
    lines: usize,
) -> View {
    let loading = KitWords::get().loading;
    let lines = (0..lines)
        .map(|line| {
            let class = if line % 2 == 0 { "skeleton" } else { "skeleton skeleton-short" };
            view! { <span class=class></span> }
        })
        .collect::<Vec<_>>();
    view! {
        <div class="stack stack-tight wait" role="status">
            <span class="unseen">{words(loading)}</span>
            {lines}
        </div>
    }
}

/// A wait: nothing for 300 ms, then a skeleton, after 2 s also what is going on and a way out.
#[component]
pub fn Wait(
    /// What is going on.
    #[prop(into)]
    text: TextProp,
    /// The way out.
    children: Children,
) -> View {
    view! {
        <div class="stack">
            <Skeleton lines=4 />
            <div class="stack wait-more">
                <p class="quiet">{words(text)}</p>
                {children.view()}
            </div>
        </div>
    }
}
