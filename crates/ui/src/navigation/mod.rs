//! Moving between screens: the address is the state, the browser's history the way back.
//!
//! An app reads [`Navigation::path`] and decides by a type of its own which screen that is. Links are real links: they
//! can be opened in another tab, copied, and work by keyboard.

use crate::dom::{Children, View, view};
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use leptos::wasm_bindgen::JsValue;

/// Where the app is. Copy it out of the context.
#[derive(Clone, Copy, Debug)]
pub struct Navigation {
    path: RwSignal<String>,
    /// Screens of this app behind this one in the browser's history.
    behind: RwSignal<u32>,
}

impl Navigation {
    /// Starts at the browser's address and follows its back and forward.
    pub fn provide() -> Self {
        let navigation = Self { path: RwSignal::new(address()), behind: RwSignal::new(depth()) };
        let listener = window_event_listener(leptos::ev::popstate, move |_| {
            navigation.behind.set(depth());
            navigation.path.set(address());
        });
        on_cleanup(move || listener.remove());
        provide_context(navigation);
        navigation
    }

    /// The navigation of the app.
    ///
    /// # Panics
    /// Panics where no app above has called [`Navigation::provide`].
    pub fn get() -> Self {
        expect_context()
    }

    /// Path and query of the screen that is shown, such as `/activity?q=tea`.
    pub fn path(self) -> Signal<String> {
        self.path.into()
    }

    /// Goes to a screen; back leads here again.
    pub fn go(self, path: &str) {
        if self.path.with_untracked(|now| now == path) {
            return;
        }
        let behind = self.behind.get_untracked() + 1;
        if let Ok(history) = window().history() {
            // Fails only past a rate limit of the browser; the screen changes all the same.
            let _ = history.push_state_with_url(&JsValue::from(behind), "", Some(path));
        }
        self.behind.set(behind);
        self.path.set(path.to_owned());
    }

    /// Goes to a screen in the place of this one.
    pub fn replace(self, path: &str) {
        if let Ok(history) = window().history() {
            let _ = history.replace_state_with_url(&JsValue::from(self.behind.get_untracked()), "", Some(path));
        }
        self.path.set(path.to_owned());
    }

    /// Goes back, or to `fallback` where this screen was the first of the app.
    pub fn back_or(self, fallback: &str) {
        if self.behind.get_untracked() > 0 {
            if let Ok(history) = window().history() {
                let _ = history.back();
            }
        } else {
            self.replace(fallback);
        }
    }
}

fn address() -> String {
    let location = window().location();
    location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
}

/// The depth that [`Navigation::go`] left in the history's entry.
fn depth() -> u32 {
    let state = window().history().and_then(|history| history.state()).ok().and_then(|state| state.as_f64());
    // Written by this module only: a small whole number.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of screens written above")]
    state.map_or(0, |depth| depth.clamp(0.0, 10_000.0) as u32)
}

/// A link to a screen of the app.
#[component]
pub fn Link(
    /// Where it leads.
    #[prop(into)]
    href: TextProp,
    /// Its look.
    #[prop(optional)]
    class: &'static str,
    /// Whether it leads to where the person is.
    #[prop(optional, into)]
    current: Signal<bool>,
    /// What it says.
    children: Children,
) -> View {
    let navigation = Navigation::get();
    let target = href.clone();
    view! {
        <a
            class=class
            href=href
            aria-current=move || current.get().then_some("page")
            on:click=move |event| {
                let elsewhere = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
                if !elsewhere && event.button() == 0 && !event.default_prevented() {
                    event.prevent_default();
                    navigation.go(&target.get());
                }
            }
        >
            {children.view()}
        </a>
    }
}
