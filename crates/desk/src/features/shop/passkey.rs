//! A passkey for the desk. The wallet's own do not open it: a passkey is of one host. What one has is listed in the wallet.

use leptos::prelude::*;
use qianbao_api::ProblemCode;
use qianbao_api::identity::{DeviceHost, PasskeyView};
use qianbao_client::ClientError;
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Act, Banner, Button, ButtonKind, Card, Fetched, Field, FieldKind, Glyph, Icon, Sheet, Toaster, Tone};

use crate::features::sign_in::second::{Second, SecondField};
use crate::say;
use crate::state::Till;
use crate::texts::{Language, failure};

type Outcome = Result<(), ClientError>;

fn is_asked(outcome: Option<&Outcome>) -> bool {
    matches!(outcome, Some(Err(error)) if error.code() == Some(ProblemCode::ConfirmationRequired))
}

/// Adds one.
#[component]
pub fn Passkey() -> View {
    let (till, language, toaster) = (Till::get(), Language::get(), Toaster::get());
    // Taken here: what runs after a wait has no context to find its language in.
    let added = say!(passkey_added);
    let adding = Act::new(move |(): ()| {
        let added = added.clone();
        async move {
            till.client().add_passkey().await?;
            toaster.say(Glyph::Check, added);
            Outcome::Ok(())
        }
    });
    // A till's session is long; who adds a way in says first who they are.
    let asked = RwSignal::new(false);
    Effect::new(move || {
        if adding.value().with(|outcome| is_asked(outcome.as_ref())) {
            asked.set(true);
        }
    });
    let wrong = move || {
        adding.value().with(|outcome| match outcome {
            Some(Err(error)) if !is_asked(outcome.as_ref()) => {
                Some(view! { <Banner text=failure(language.locale(), error) tone=Tone::Cinnabar glyph=Glyph::Alert /> })
            }
            _ => None,
        })
    };
    let add = till.client().has_passkeys().then(|| {
        let press = move |()| adding.start(());
        view! { <Button text=say!(passkey_add) kind=ButtonKind::Soft glyph=Glyph::Key busy=adding.pending() press=press /> }
    });
    let go_on = Callback::new(move |()| {
        asked.set(false);
        adding.start(());
    });
    view! {
        <Card title=say!(passkey_desk)>
            <div class="stack">
                <p class="quiet">{text(say!(passkey_text))}</p>
                {wrong}
                {add}
            </div>
        </Card>
        <Sheet open=asked title=say!(confirm_you) close=move |()| asked.set(false)>
            <ConfirmForm go_on=go_on />
        </Sheet>
    }
}

/// Asks who is at the till, by their password or a passkey of the desk.
#[component]
fn ConfirmForm(
    /// Told once they have proven it.
    go_on: Callback<()>,
) -> View {
    let (till, language) = (Till::get(), Language::get());
    let typed = RwSignal::new(String::new());
    let second = Second::new();
    let by_password = Act::new(move |password: String| async move {
        second.heard(till.client().confirm_by_password(password, second.code()).await)?;
        // The sheet may be closed by now; then nothing goes on.
        let _ = go_on.try_run(());
        Outcome::Ok(())
    });
    let by_passkey = Act::new(move |(): ()| async move {
        till.client().confirm_by_passkey().await?;
        let _ = go_on.try_run(());
        Outcome::Ok(())
    });
    let wrong = move || {
        let error = by_password.value().get().or_else(|| by_passkey.value().get()).and_then(Result::err);
        error.map(|error| {
            view! { <Banner text=failure(language.locale(), &error) tone=Tone::Cinnabar glyph=Glyph::Alert /> }
        })
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        by_passkey.value().set(None);
        by_password.start(typed.get_untracked());
    };
    // Where there is no passkey of the desk, asking for one would only confuse.
    let found = Fetched::new(move || async move { till.client().factors().await });
    let passkey = move || {
        let is_desks = |passkey: &PasskeyView| passkey.host == DeviceHost::Desk;
        let has_one = found.get().and_then(Result::ok).is_some_and(|found| found.passkeys.iter().any(is_desks));
        let press = move |()| {
            by_password.value().set(None);
            by_passkey.start(());
        };
        has_one.then(|| {
            let busy = by_passkey.pending();
            view! { <Button text=say!(confirm_by_passkey) kind=ButtonKind::Quiet glyph=Glyph::Key busy=busy press=press /> }
        })
    };
    let is_empty = Signal::derive(move || typed.read().is_empty());
    view! {
        <form class="stack" novalidate on:submit=submit>
            <p class="with-icon">
                <Icon glyph=Glyph::Shield />
                {text(say!(confirm_you_text))}
            </p>
            <Field
                label=say!(password)
                value=typed
                input=move |text| typed.set(text)
                kind=FieldKind::Password
                autocomplete="current-password"
            />
            <SecondField second=second />
            {wrong}
            <Button text=say!(confirm_by_password) busy=by_password.pending() disabled=is_empty />
            {passkey}
        </form>
    }
}
