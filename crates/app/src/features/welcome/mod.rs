//! The first screen: what this is, in which language, and the two ways in.

use leptos::prelude::*;
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Banner, ButtonKind, Glyph, Icon, LinkButton, Navigation, Rosette, Tone};

use crate::parts::language::LanguageChoice;
use crate::route::Route;
use crate::state::{Wallet, ended};
use crate::words::{say, words};

/// The way to `screen` that leads on to the address one is at.
pub fn way_in(screen: &Route) -> String {
    let here = Navigation::get().path().get_untracked();
    if Route::parse(&here).is_way_in() || here == "/" { screen.path() } else { screen.path_then(&here) }
}

/// The screen.
#[component]
pub fn Welcome() -> View {
    let (words, wallet) = (words(), Wallet::get());
    let is_noted = ended::is_noted();
    let ended = move || {
        (is_noted || wallet.was_ended())
            .then(|| view! { <Banner text=say!(words, ended_elsewhere) tone=Tone::Gold glyph=Glyph::Info /> })
    };
    let wiped = move || {
        wallet
            .was_wiped()
            .then(|| view! { <Banner text=say!(words, unlock_wiped) tone=Tone::Gold glyph=Glyph::Info /> })
    };
    let promises = [
        (Glyph::Scan, say!(words, promise_scan)),
        (Glyph::Shield, say!(words, promise_checked)),
        (Glyph::Offline, say!(words, promise_offline)),
    ]
    .map(|(glyph, promise)| {
        view! {
            <li>
                <Icon glyph=glyph />
                {text(promise)}
            </li>
        }
    });
    view! {
        <div class="welcome">
            <section class="welcome-face">
                <Rosette />
                <span class="seal seal-large" aria-hidden="true">
                    "钱"
                </span>
                <h1>{text(say!(words, wallet))}</h1>
                <p>{text(say!(words, welcome_line))}</p>
            </section>
            <section class="welcome-ways stack">
                {ended}
                {wiped}
                <ul class="promises">{Vec::from(promises)}</ul>
                <LanguageChoice />
                <div class="stack stack-tight">
                    <LinkButton href=way_in(&Route::SignUp) text=say!(words, sign_up) />
                    <LinkButton href=way_in(&Route::SignIn) text=say!(words, sign_in) kind=ButtonKind::Quiet />
                </div>
            </section>
        </div>
    }
}
