//! Coming back with a recovery code: the code, the wait, the new way in. Where it stands is the server's, which knows this browser by a cookie.

mod finish;
mod model;
mod start;

use std::time::Duration;

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_api::recovery::{RecoveryState, RecoveryView};
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Banner, Button, ButtonKind, Card, Fact, Fetched, Glyph, Icon, Skeleton, Tone};

use self::finish::Finish;
use self::start::Start;
use crate::browser::calendar::{Style, written};
use crate::parts::{Screen, Trouble, TroubleNote};
use crate::route::Route;
use crate::state::Wallet;
use crate::words::{Words, say, words};

/// How often a screen that waits looks again.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// The screen.
#[component]
pub fn Recovery() -> View {
    let (words, wallet) = (words(), Wallet::get());
    let found = Fetched::new(move || async move { wallet.client().recovery().await });
    let again = Callback::new(move |()| found.refetch());
    if let Ok(looking) = set_interval_with_handle(move || found.refetch(), LOOK_EVERY) {
        on_cleanup(move || looking.clear());
    }
    let trouble = Signal::derive(move || found.get().and_then(Result::err).map(Trouble::Request));
    // A memo: looking again does not draw a form anew that somebody types in.
    let view = Memo::new(move |_| found.get().and_then(Result::ok).map(Stage::of));
    let stage = move || match view.get() {
        None => found.get().is_none().then(|| view! { <Skeleton lines=3 /> }),
        Some(Stage::Begin(ended)) => Some(begin(words, ended, again)),
        Some(Stage::Wait { started, ready }) => Some(view! { <Wait started=started ready=ready again=again /> }),
        Some(Stage::Finish { has_codes }) => Some(view! { <Finish has_codes=has_codes again=again /> }),
    };
    view! {
        <Screen title=say!(words, recovery) back=Route::SignIn class="screen-form">
            <div class="stack">
                <TroubleNote trouble=trouble />
                {stage}
            </div>
        </Screen>
    }
}

/// What is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The form; and how an earlier one ended.
    Begin(Option<RecoveryState>),
    /// The wait.
    Wait {
        /// When it began.
        started: qianbao_core::Timestamp,
        /// When it is over.
        ready: qianbao_core::Timestamp,
    },
    /// The new way in.
    Finish {
        /// Whether one-time codes are on.
        has_codes: bool,
    },
}

impl Stage {
    fn of(found: Option<RecoveryView>) -> Self {
        let Some(found) = found else { return Self::Begin(None) };
        match found.state {
            RecoveryState::Waiting => Self::Wait { started: found.started_at, ready: found.ready_at },
            RecoveryState::Ready => Self::Finish { has_codes: found.has_one_time_codes },
            ended => Self::Begin(Some(ended)),
        }
    }
}

fn begin(words: Words, ended: Option<RecoveryState>, again: Callback<()>) -> View {
    let said = ended.map(|ended| match ended {
        RecoveryState::Cancelled => (Tone::Cinnabar, say!(words, recovery_was_cancelled)),
        RecoveryState::Replaced => (Tone::Gold, say!(words, recovery_was_replaced)),
        RecoveryState::Lapsed => (Tone::Gold, say!(words, recovery_has_lapsed)),
        RecoveryState::Finished | RecoveryState::Waiting | RecoveryState::Ready => {
            (Tone::Jade, say!(words, recovery_was_finished))
        }
    });
    let note = said.map(|(tone, said)| view! { <Banner text=said tone=tone glyph=Glyph::Info /> });
    view! {
        {note}
        <Start again=again />
    }
}

/// Nothing to do but wait, and why.
#[component]
fn Wait(
    /// When it began.
    started: qianbao_core::Timestamp,
    /// When it is over.
    ready: qianbao_core::Timestamp,
    /// Looks again.
    again: Callback<()>,
) -> View {
    let (words, wallet) = (words(), Wallet::get());
    let moment = move |at| move || written(at, Style::Full, words.get_locale());
    let left = TextProp::from(move || model::left(words, ready, wallet.now()));
    let rule = |glyph, said| {
        view! {
            <li>
                <Icon glyph=glyph />
                {text(said)}
            </li>
        }
    };
    view! {
        <Card title=say!(words, recovery_waiting_title)>
            <div class="stack">
                <p class="recovery-left" role="status">
                    {text(left)}
                </p>
                <dl class="facts">
                    <Fact label=say!(words, recovery_since)>{moment(started)}</Fact>
                    <Fact label=say!(words, recovery_until)>{moment(ready)}</Fact>
                </dl>
                <ul class="promises">
                    {rule(Glyph::Shield, say!(words, recovery_why))} {rule(Glyph::Info, say!(words, recovery_told))}
                    {rule(Glyph::Key, say!(words, recovery_keep_browser))}
                </ul>
                <Button
                    text=say!(words, recovery_look_again)
                    kind=ButtonKind::Soft
                    glyph=Glyph::Refresh
                    press=again
                />
            </div>
        </Card>
    }
}
