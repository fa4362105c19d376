//! The new way in, once the wait is over: a passkey, or a password.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_api::ProblemCode;
use qianbao_api::recovery::FinishRecovery;
use qianbao_client::ClientError;
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Act, Button, ButtonKind, Card, Field, FieldKind, Glyph, Icon, Navigation, Switch};

use crate::parts::{Trouble, TroubleNote};
use crate::route::Route;
use crate::state::Wallet;
use crate::words::{problem, said, say, words};

/// The form.
#[component]
pub fn Finish(
    /// Whether one-time codes are on.
    has_codes: bool,
    /// Looks again where it stands.
    again: Callback<()>,
) -> View {
    let (words, wallet, navigation) = (words(), Wallet::get(), Navigation::get());
    // Who has lost every way in has lost the app as well, unless they say otherwise: with a password alone they would be out again.
    let ends_codes = RwSignal::new(has_codes);
    let finishing = Act::new(move |password: Option<String>| async move {
        let by_passkey = password.is_none();
        let request = FinishRecovery { password, passkey: None, ends_one_time_codes: ends_codes.get_untracked() };
        let client = wallet.client();
        let finished = if by_passkey {
            client.finish_recovery_by_passkey(request).await
        } else {
            client.finish_recovery(&request).await
        };
        if finished.as_ref().err().and_then(ClientError::code) == Some(ProblemCode::RecoveryOver) {
            // Somebody stopped it meanwhile: the screen says so.
            let _ = again.try_run(());
        }
        finished?;
        navigation.replace(&Route::Home.path());
        Ok::<(), ClientError>(())
    });
    let by_passkey = wallet.client().has_passkeys().then(|| {
        view! {
            <Button
                text=say!(words, recovery_by_passkey)
                glyph=Glyph::Key
                busy=finishing.pending()
                press=move |()| finishing.start(None)
            />
            <p class="form-or">{text(say!(words, or_by_password))}</p>
        }
    });
    let codes = has_codes.then(|| {
        view! {
            <div class="settings">
                <Switch
                    label=say!(words, recovery_ends_codes)
                    on=ends_codes
                    flip=move |is_on: bool| ends_codes.set(is_on)
                />
            </div>
        }
    });
    view! {
        <Card title=say!(words, recovery_ready_title)>
            <div class="stack">
                <p class="with-icon">
                    <Icon glyph=Glyph::Info />
                    {text(say!(words, recovery_ready_text))}
                </p>
                {codes}
                {by_passkey}
                <NewPassword finishing=finishing ends_codes=ends_codes has_codes=has_codes />
            </div>
        </Card>
    }
}

/// The password, and what went wrong either way.
#[component]
fn NewPassword(
    /// Finishes, with a password or by a passkey.
    finishing: Act<Option<String>, Result<(), ClientError>>,
    /// Whether one-time codes are turned off.
    ends_codes: RwSignal<bool>,
    /// Whether they are on.
    has_codes: bool,
) -> View {
    let (words, wallet) = (words(), Wallet::get());
    let typed = RwSignal::new(String::new());
    let failed = Signal::derive(move || finishing.value().get().and_then(Result::err));
    let refused = move || {
        let about = |code: &ProblemCode| matches!(code, ProblemCode::PasswordLength | ProblemCode::PasswordCommon);
        failed.get().and_then(|error| error.code()).filter(about)
    };
    let error = Signal::derive(move || refused().map(|code| problem(words, code).to_owned()).unwrap_or_default());
    let trouble = Signal::derive(move || failed.get().filter(|_| refused().is_none()).map(Trouble::Request));
    let hint = TextProp::from(move || {
        if has_codes && !ends_codes.get() { said!(words, password_hint_beside) } else { said!(words, password_hint) }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        finishing.start(Some(typed.get_untracked()));
    };
    let is_empty = Signal::derive(move || typed.read().is_empty());
    let weight = if wallet.client().has_passkeys() { ButtonKind::Soft } else { ButtonKind::Main };
    view! {
        <form class="stack" novalidate on:submit=submit>
            <Field
                label=say!(words, password_new)
                value=typed
                input=move |text| typed.set(text)
                kind=FieldKind::Password
                autocomplete="new-password"
                hint=hint
                error=error
            />
            <TroubleNote trouble=trouble />
            <Button text=say!(words, recovery_by_password) kind=weight busy=finishing.pending() disabled=is_empty />
        </form>
    }
}
