//! The lock: what this device keeps is sealed, and its person opens it with a touch of their passkey or by signing in.

use leptos::prelude::*;
use qianbao_client::ClientError;
use qianbao_client::storage::StorageError;
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Act, Banner, Button, ButtonKind, Glyph, Icon, LinkButton, Tone};

use crate::features::welcome::way_in;
use crate::parts::{Trouble, TroubleNote};
use crate::route::Route;
use crate::state::Wallet;
use crate::words::{say, words};

/// The screen.
#[component]
pub fn Unlock() -> View {
    let (words, wallet) = (words(), Wallet::get());
    let unlocking = Act::new(move |(): ()| async move { wallet.client().unlock_by_passkey().await });
    let failed = Signal::derive(move || unlocking.value().get().and_then(Result::err));
    let is_wrong = |error: &ClientError| matches!(error, ClientError::Storage(StorageError::Locked));
    let wrong = move || {
        failed.get().filter(is_wrong).map(|_| {
            view! { <Banner text=say!(words, unlock_wrong) tone=Tone::Cinnabar glyph=Glyph::Alert /> }
        })
    };
    let trouble = Signal::derive(move || failed.get().filter(|error| !is_wrong(error)).map(Trouble::Request));
    let by_passkey = wallet.client().has_passkeys().then(|| {
        let press = move |()| {
            unlocking.start(());
        };
        view! {
            <Button text=say!(words, unlock_by_passkey) glyph=Glyph::Key busy=unlocking.pending() press=press />
        }
    });
    let weight = if wallet.client().has_passkeys() { ButtonKind::Quiet } else { ButtonKind::Main };
    view! {
        <div class="welcome unlock">
            <section class="welcome-face">
                <span class="seal seal-large" aria-hidden="true">
                    <Icon glyph=Glyph::Lock />
                </span>
                <h1>{text(say!(words, unlock_title))}</h1>
                <p>{text(say!(words, unlock_text))}</p>
            </section>
            <section class="welcome-ways stack">
                {wrong}
                <TroubleNote trouble=trouble />
                <div class="stack stack-tight">
                    {by_passkey}
                    <LinkButton href=way_in(&Route::SignIn) text=say!(words, sign_in) kind=weight />
                </div>
            </section>
        </div>
    }
}
