//! Signing in with a passkey of the desk, or with a wallet's name and password, and a one-time code where the person has them on. Wallets are opened in the wallet app; the desk only leads there.

pub mod second;

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_api::identity::SignIn as SignInRequest;
use qianbao_client::{ClientError, Presence};
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Act, Banner, Button, ButtonKind, Field, FieldKind, Glyph, Tone};

use self::second::{Second, SecondField};
use crate::browser::page;
use crate::state::Till;
use crate::texts::{Language, failure};
use crate::{say, word};

/// The sign-in screen.
#[component]
pub fn SignIn() -> View {
    let till = Till::get();
    let ended = move || {
        till.was_ended().then(|| view! { <Banner text=say!(ended_elsewhere) tone=Tone::Gold glyph=Glyph::Info /> })
    };
    let locked =
        move || is_locked(till).then(|| view! { <Banner text=say!(locked_text) tone=Tone::Gold glyph=Glyph::Lock /> });
    let by_passkey = till.client().has_passkeys().then(|| {
        view! {
            <ByPasskey />
            <p class="form-or">{text(say!(or_by_password))}</p>
        }
    });
    view! {
        <div class="door">
            <img class="door-mark" src="/icons/icon.svg" alt="" width="72" height="72" />
            <h1>{text(say!(title_sign_in))}</h1>
            <p class="door-lead">{text(say!(sign_in_lead))}</p>
            {ended}
            {locked}
            {by_passkey}
            <ByPassword />
            <p class="door-foot">
                {text(say!(no_account))} " "
                <a href=page::wallet_address()>{text(say!(to_wallet))}</a>
            </p>
            <p class="door-foot">{text(say!(no_password))}</p>
        </div>
    }
}

/// What went wrong, if anything did.
fn wrong<T: Send + Sync + 'static>(
    language: Language,
    act: Act<impl Sized + 'static, Result<T, ClientError>>,
) -> impl Fn() -> Option<View> + 'static {
    move || {
        act.value().with(|answer| match answer {
            Some(Err(error)) => {
                Some(view! { <Banner text=failure(language.locale(), error) tone=Tone::Cinnabar glyph=Glyph::Alert /> })
            }
            Some(Ok(_)) | None => None,
        })
    }
}

/// Whether this device keeps a copy that is locked.
fn is_locked(till: Till) -> bool {
    till.presence() == Presence::Locked
}

/// One button; the authenticator knows who it is. Where a copy is locked it unlocks, which may need no network.
#[component]
fn ByPasskey() -> View {
    let (till, language) = (Till::get(), Language::get());
    let signing_in = Act::new(move |(): ()| async move {
        let client = till.client();
        if client.presence() == Presence::Locked {
            client.unlock_by_passkey().await
        } else {
            client.sign_in_by_passkey().await.map(drop)
        }
    });
    let press = move |()| signing_in.start(());
    let text = TextProp::from(move || {
        if is_locked(till) {
            word!(language.locale(), unlock_by_passkey)
        } else {
            word!(language.locale(), sign_in_by_passkey)
        }
    });
    view! {
        {wrong(language, signing_in)}
        <Button text=text glyph=Glyph::Key busy=signing_in.pending() press=press />
    }
}

/// Handle and password. Beside a passkey it is the lesser way.
#[component]
fn ByPassword() -> View {
    let (till, language) = (Till::get(), Language::get());
    // Whose session has ended signs in again here, and need not say who.
    let known = untrack(|| till.presence()).person().map(|person| person.handle.clone()).unwrap_or_default();
    let handle = RwSignal::new(known);
    let password = RwSignal::new(String::new());
    let second = Second::new();
    let signing_in =
        Act::new(move |request: SignInRequest| async move { second.heard(till.client().sign_in(&request).await) });
    let complete = Signal::derive(move || !handle.read().trim().is_empty() && !password.read().is_empty());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if complete.get_untracked() {
            let handle = handle.get_untracked().trim().to_lowercase();
            signing_in.start(SignInRequest {
                handle,
                password: password.get_untracked(),
                one_time_code: second.code(),
            });
        }
    };
    let weight = if till.client().has_passkeys() { ButtonKind::Soft } else { ButtonKind::Main };
    view! {
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
            <SecondField second=second />
            {wrong(language, signing_in)}
            <Button
                text=say!(sign_in)
                kind=weight
                disabled=Signal::derive(move || !complete.get())
                busy=signing_in.pending()
            />
        </form>
    }
}
