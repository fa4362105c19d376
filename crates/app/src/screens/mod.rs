//! Draws the screen of a route.
//!
//! Home and welcome are what a first visit shows, and are drawn by the part of the program that the page starts with. Every
//! other screen is drawn by a second part (`rest`), which is loaded once the first has painted, or at once when somebody
//! goes there sooner. The service worker keeps both, so a screen also opens without a network.

mod rest;

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use qianbao_ui::dom::{Child, View, view};
use qianbao_ui::{Button, Empty, Glyph, LinkButton, Navigation, Wait};

use crate::browser::document;
use crate::features;
use crate::parts::Screen;
use crate::route::Route;
use crate::words::{say, words};

/// How long the first screen has the connection for itself.
const REST_AFTER: Duration = Duration::from_millis(500);

/// Where the second part stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting,
    Loading,
    Here,
    Failed,
}

/// What draws screens.
#[derive(Clone, Copy)]
pub struct Screens {
    state: RwSignal<State>,
    /// Whether somebody has seen that a screen is being loaded.
    waited_for: StoredValue<bool>,
    /// How often loading has failed.
    failures: StoredValue<u8>,
}

impl Screens {
    /// Draws screens from here on, and loads the second part a little later.
    pub fn provide() {
        let state = RwSignal::new(State::Waiting);
        let screens = Self { state, waited_for: StoredValue::new(false), failures: StoredValue::new(0) };
        provide_context(screens);
        set_timeout(move || screens.begin(), REST_AFTER);
    }

    /// The screens of the app.
    pub fn get() -> Self {
        expect_context()
    }

    /// The screen of `route`. Follows the loading of the second part.
    pub fn show(self, route: Route) -> View {
        match route {
            Route::Home => features::home::Home().built(),
            Route::Welcome => features::welcome::Welcome().built(),
            other => match self.state.get() {
                State::Here => rest::drawn(other).unwrap_or_else(|| self.failed()),
                State::Failed => self.failed(),
                State::Waiting | State::Loading => self.coming(),
            },
        }
    }

    /// Loads for the first time. What has failed since is tried again when somebody asks for it.
    fn begin(self) {
        if self.state.get_untracked() == State::Waiting {
            self.load();
        }
    }

    fn load(self) {
        if matches!(self.state.get_untracked(), State::Loading | State::Here) {
            return;
        }
        self.state.set(State::Loading);
        spawn_local(async move {
            if rest::load().await.is_ok() {
                self.state.set(State::Here);
            } else {
                self.failures.update_value(|failures| *failures = failures.saturating_add(1));
                self.state.set(State::Failed);
            }
            if self.waited_for.get_value() {
                self.waited_for.set_value(false);
                document::focus_heading();
            }
        });
    }

    /// Loads once more. When that has failed before, the page is opened anew: the server may have another build by now, which
    /// no longer has this one's files.
    fn load_again(self) {
        if self.failures.get_value() > 1 {
            document::start_anew(&Navigation::get().path().get_untracked());
        } else {
            self.load();
        }
    }

    /// The place of a screen whose part is on its way.
    fn coming(self) -> View {
        self.waited_for.set_value(true);
        // Not while this view is being drawn, which reads what loading changes.
        set_timeout(move || self.begin(), Duration::ZERO);
        let words = words();
        view! {
            <Screen title=say!(words, loading) back=Route::Home>
                <Wait text=say!(words, screen_coming)>
                    <LinkButton href="/" text=say!(words, to_home) />
                </Wait>
            </Screen>
        }
    }

    /// The place of a screen whose part could not be loaded.
    fn failed(self) -> View {
        let words = words();
        view! {
            <Screen title=say!(words, wallet) back=Route::Home>
                <Empty glyph=Glyph::Offline title=say!(words, screen_failed_title) text=say!(words, screen_failed_text)>
                    <Button text=say!(words, try_again) press=move |()| self.load_again() />
                </Empty>
            </Screen>
        }
    }
}
