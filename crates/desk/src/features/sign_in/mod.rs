//! Signing in with a wallet's name and password. Wallets are opened in the wallet app; the desk only leads there.

use leptos::prelude::*;
use qianbao_api::identity::SignIn as SignInRequest;
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Act, Banner, Button, Field, FieldKind, Glyph, Tone};

use crate::browser::page;
use crate::say;
use crate::state::Till;
use crate::texts::{Language, failure};

/// The sign-in screen.
#[component]
pub fn SignIn() -> View {
    let till = Till::get();
    let language = Language::get();
    // Whose session has ended signs in again here, and need not say who.
    let known = untrack(|| till.presence()).person().map(|person| person.handle.clone()).unwrap_or_default();
    let handle = RwSignal::new(known);
    let password = RwSignal::new(String::new());
    let sign_in = Act::new(move |request: SignInRequest| async move { till.client().sign_in(&request).await });
    let wrong = move || {
        sign_in.value().with(|answer| match answer {
            Some(Err(error)) => failure(language.locale(), error),
            _ => String::new(),
        })
    };
    let complete = Signal::derive(move || !handle.read().trim().is_empty() && !password.read().is_empty());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if complete.get_untracked() {
            let handle = handle.get_untracked().trim().to_lowercase();
            sign_in.start(SignInRequest { handle, password: password.get_untracked() });
        }
    };
    let ended = move || {
        till.was_ended().then(|| view! { <Banner text=say!(ended_elsewhere) tone=Tone::Gold glyph=Glyph::Info /> })
    };
    view! {
        <div class="door">
            <img class="door-mark" src="/icons/icon.svg" alt="" width="72" height="72" />
            <h1>{text(say!(title_sign_in))}</h1>
            <p class="door-lead">{text(say!(sign_in_lead))}</p>
            {ended}
            <form class="stack" on:submit=submit novalidate>
                <Field
                    label=say!(handle)
                    kind=FieldKind::Handle
                    value=handle
                    input=move |text| handle.set(text)
                    autocomplete="username"
                    length_max=30
                />
                <Field
                    label=say!(password)
                    kind=FieldKind::Password
                    value=password
                    input=move |text| password.set(text)
                    autocomplete="current-password"
                    length_max=128
                />
                {move || {
                    let wrong = wrong();
                    (!wrong.is_empty())
                        .then(|| view! { <Banner text=wrong tone=Tone::Cinnabar glyph=Glyph::Alert /> })
                }}
                <Button text=say!(sign_in) disabled=Signal::derive(move || !complete.get()) busy=sign_in.pending() />
            </form>
            <p class="door-foot">
                {text(say!(no_account))} " "
                <a href=page::wallet_address()>{text(say!(to_wallet))}</a>
            </p>
        </div>
    }
}
