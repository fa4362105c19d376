//! Short news that goes away by itself, read out by screen readers.

use std::time::Duration;

use crate::dom::{View, view};
use leptos::prelude::*;
use leptos::text_prop::TextProp;

use crate::icon::{Glyph, Icon};
use crate::words::text as words;

/// How long a toast stays.
const SHOWN: Duration = Duration::from_secs(4);

#[derive(Clone)]
struct Toast {
    number: u32,
    glyph: Glyph,
    text: TextProp,
}

/// Shows toasts. Copy it out of the context.
#[derive(Clone, Copy)]
pub struct Toaster(RwSignal<Option<Toast>>);

impl Toaster {
    /// Makes the toaster of an app.
    pub fn provide() -> Self {
        let toaster = Self(RwSignal::new(None));
        provide_context(toaster);
        toaster
    }

    /// The toaster of the app; one of its own, unseen, where the app has none.
    pub fn get() -> Self {
        use_context().unwrap_or_else(|| Self(RwSignal::new(None)))
    }

    /// Shows `text` for four seconds. A toast before it goes at once.
    pub fn say(self, glyph: Glyph, text: impl Into<TextProp>) {
        let text = text.into();
        let number = self.0.with_untracked(|shown| shown.as_ref().map_or(1, |shown| shown.number.wrapping_add(1)));
        self.0.set(Some(Toast { number, glyph, text }));
        set_timeout(
            move || {
                let same = self.0.with_untracked(|shown| shown.as_ref().is_some_and(|shown| shown.number == number));
                if same {
                    self.0.set(None);
                }
            },
            SHOWN,
        );
    }
}

/// Where toasts are shown: once in an app.
#[component]
pub fn Toasts() -> View {
    let toaster = Toaster::get();
    let toast = move || {
        toaster.0.get().map(|toast| {
            view! {
                <div class="toast">
                    <Icon glyph=toast.glyph />
                    <span>{words(toast.text)}</span>
                </div>
            }
        })
    };
    view! {
        <div class="toasts" role="status" aria-live="polite">
            {toast}
        </div>
    }
}
