//! Signing in: with a passkey, which needs nothing typed, or with handle and password.

use leptos::prelude::*;
use qianbao_api::ProblemCode;
use qianbao_api::identity::SignIn as Request;
use qianbao_client::ClientError;
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Act, Button, ButtonKind, Field, FieldKind, Glyph, Link, Navigation};

use crate::features::welcome::way_in;
use crate::parts::second::{Second, SecondField, is_about_code};
use crate::parts::{Screen, Trouble, TroubleNote};
use crate::route::{Route, next_of};
use crate::state::Wallet;
use crate::words::{problem, said, say, words};

/// The screen.
#[component]
pub fn SignIn() -> View {
    let (words, wallet) = (words(), Wallet::get());
    let by_passkey = wallet.client().has_passkeys().then(|| {
        view! {
            <ByPasskey />
            <p class="form-or">{text(say!(words, or_by_password))}</p>
        }
    });
    view! {
        <Screen title=say!(words, sign_in) back=Route::Welcome class="screen-form">
            {by_passkey}
            <ByPassword />
            <p class="form-foot">
                {text(say!(words, no_wallet_yet))} " "
                <Link href=way_in(&Route::SignUp)>{text(say!(words, sign_up))}</Link>
            </p>
            <p class="form-foot">
                {text(say!(words, recovery_lost))} " "
                <Link href="/recovery">{text(say!(words, recovery_begin))}</Link>
            </p>
        </Screen>
    }
}

/// One button; the authenticator knows who it is.
#[component]
fn ByPasskey() -> View {
    let (words, wallet, navigation) = (words(), Wallet::get(), Navigation::get());
    let next = next_of(&navigation.path().get_untracked());
    let signing_in = Act::new(move |(): ()| {
        let next = next.clone();
        async move {
            wallet.client().sign_in_by_passkey().await?;
            navigation.replace(&next);
            Ok::<(), ClientError>(())
        }
    });
    let trouble = Signal::derive(move || signing_in.value().get().and_then(Result::err).map(Trouble::Request));
    let press = move |()| signing_in.start(());
    view! {
        <section class="card stack">
            <TroubleNote trouble=trouble />
            <Button text=say!(words, sign_in_by_passkey) glyph=Glyph::Key busy=signing_in.pending() press=press />
        </section>
    }
}

/// Handle and password. Beside a passkey it is the lesser way.
#[component]
fn ByPassword() -> View {
    let (words, wallet, navigation) = (words(), Wallet::get(), Navigation::get());
    let handle = RwSignal::new(wallet.presence_now().person().map(|person| person.handle.clone()).unwrap_or_default());
    let password = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let second = Second::new();
    let next = next_of(&navigation.path().get_untracked());
    let signing_in = Act::new(move |request: Request| {
        let next = next.clone();
        async move {
            second.heard(wallet.client().sign_in(&request).await)?;
            navigation.replace(&next);
            Ok::<(), ClientError>(())
        }
    });
    let failed = Signal::derive(move || signing_in.value().get().and_then(Result::err));
    let wrong =
        move || failed.with(|error| error.as_ref().is_some_and(|e| e.code() == Some(ProblemCode::SignInFailed)));
    let handle_error = Signal::derive(move || {
        if tried.get() && handle.read().trim().is_empty() { said!(words, handle_missing) } else { String::new() }
    });
    let password_error = Signal::derive(move || {
        if tried.get() && password.read().is_empty() {
            said!(words, password_missing)
        } else if wrong() {
            problem(words, ProblemCode::SignInFailed).to_owned()
        } else {
            String::new()
        }
    });
    let trouble =
        Signal::derive(move || failed.get().filter(|error| !wrong() && !is_about_code(error)).map(Trouble::Request));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let request = Request {
            handle: handle.get_untracked().trim().to_owned(),
            password: password.get_untracked(),
            one_time_code: second.code(),
        };
        if !request.handle.is_empty() && !request.password.is_empty() {
            signing_in.start(request);
        }
    };
    let weight = if wallet.client().has_passkeys() { ButtonKind::Soft } else { ButtonKind::Main };
    view! {
        <form class="card stack" novalidate on:submit=submit>
            <Field
                label=say!(words, handle)
                value=handle
                input=move |typed| handle.set(typed)
                kind=FieldKind::Handle
                autocomplete="username"
                error=handle_error
            />
            <Field
                label=say!(words, password)
                value=password
                input=move |typed| password.set(typed)
                kind=FieldKind::Password
                autocomplete="current-password"
                error=password_error
            />
            <SecondField second=second />
            <TroubleNote trouble=trouble />
            <Button text=say!(words, sign_in) kind=weight busy=signing_in.pending() />
        </form>
    }
}
