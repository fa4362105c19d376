//! Asking who is there, when the server wants to know before it does what was asked; then asking it once more.

use leptos::prelude::*;
use qianbao_api::ProblemCode;
use qianbao_client::ClientError;
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Act, Button, ButtonKind, Field, FieldKind, Glyph, Icon, Sheet};

use crate::parts::second::{Second, SecondField, is_about_code};
use crate::parts::{Trouble, TroubleNote};
use crate::state::Wallet;
use crate::words::{said, say, words};

/// What an act that may be asked for a confirmation answers.
pub type Outcome = Result<(), ClientError>;

/// The question, and what is done after it. Copy it into every form that needs it.
#[derive(Clone, Copy)]
pub struct Confirm {
    open: RwSignal<bool>,
    then: StoredValue<Option<Callback<()>>, LocalStorage>,
}

impl Confirm {
    /// Nothing is asked yet.
    pub fn new() -> Self {
        Self { open: RwSignal::new(false), then: StoredValue::new_local(None) }
    }

    /// Asks whenever the server refuses `act` for want of a confirmation, and starts it again with `input` afterwards.
    pub fn guard<I: Clone + Send + Sync + 'static>(self, act: Act<I, Outcome>, input: I) {
        self.guard_by(act, move || input.clone());
    }

    /// The same, with what `input` is by then.
    pub fn guard_by<I: 'static>(self, act: Act<I, Outcome>, input: impl Fn() -> I + Send + Sync + 'static) {
        let then = Callback::new(move |()| act.start(input()));
        Effect::new(move || {
            if act.value().with(|outcome| is_asked(outcome.as_ref())) {
                self.then.set_value(Some(then));
                self.open.set(true);
            }
        });
    }

    fn close(self) {
        self.then.set_value(None);
        self.open.set(false);
    }

    fn go_on(self) {
        let then = self.then.get_value();
        self.close();
        if let Some(then) = then {
            // The form that asked may be closed by now; then nothing goes on.
            let _ = then.try_run(());
        }
    }
}

/// What went wrong with `act`, but for the want of a confirmation: that is asked for, not told.
pub fn failure<I: 'static>(act: Act<I, Outcome>) -> Signal<Option<ClientError>> {
    Signal::derive(move || {
        let outcome = act.value().get();
        if is_asked(outcome.as_ref()) { None } else { outcome.and_then(Result::err) }
    })
}

fn is_asked(outcome: Option<&Outcome>) -> bool {
    matches!(outcome, Some(Err(error)) if error.code() == Some(ProblemCode::ConfirmationRequired))
}

/// The question itself.
#[component]
pub fn ConfirmSheet(
    /// When it is asked.
    confirm: Confirm,
    /// Whether the person has a password.
    has_password: Signal<bool>,
    /// Whether they have a passkey of the wallet.
    has_passkey: Signal<bool>,
) -> View {
    let words = words();
    view! {
        <Sheet open=confirm.open title=say!(words, confirm_you) close=move |()| confirm.close()>
            <ConfirmForm confirm=confirm has_password=has_password has_passkey=has_passkey />
        </Sheet>
    }
}

#[component]
fn ConfirmForm(
    /// When it is asked.
    confirm: Confirm,
    /// Whether the person has a password.
    has_password: Signal<bool>,
    /// Whether they have a passkey of the wallet.
    has_passkey: Signal<bool>,
) -> View {
    let (words, wallet) = (words(), Wallet::get());
    let typed = RwSignal::new(String::new());
    let second = Second::new();
    // The sheet may be closed by the time the answer is there; then nothing goes on.
    let go_on = Callback::new(move |()| confirm.go_on());
    let by_passkey = Act::new(move |(): ()| async move {
        wallet.client().confirm_by_passkey().await?;
        let _ = go_on.try_run(());
        Ok::<(), ClientError>(())
    });
    let by_password = Act::new(move |password: String| async move {
        second.heard(wallet.client().confirm_by_password(password, second.code()).await)?;
        let _ = go_on.try_run(());
        Ok::<(), ClientError>(())
    });
    let is_wrong = move || {
        by_password
            .value()
            .with(|answer| matches!(answer, Some(Err(error)) if error.code() == Some(ProblemCode::SignInFailed)))
    };
    let wrong = Signal::derive(move || if is_wrong() { said!(words, password_wrong) } else { String::new() });
    let trouble = Signal::derive(move || {
        let of_password =
            by_password.value().get().and_then(Result::err).filter(|error| !is_wrong() && !is_about_code(error));
        of_password.or_else(|| by_passkey.value().get().and_then(Result::err)).map(Trouble::Request)
    });
    let passkey = move || {
        (has_passkey.get() && wallet.client().has_passkeys()).then(|| {
            let press = move |()| {
                by_password.value().set(None);
                by_passkey.start(());
            };
            view! { <Button text=say!(words, confirm_by_passkey) glyph=Glyph::Key busy=by_passkey.pending() press=press /> }
        })
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        by_passkey.value().set(None);
        by_password.start(typed.get_untracked());
    };
    let is_empty = Signal::derive(move || typed.read().is_empty());
    let password = move || {
        has_password.get().then(|| {
            view! {
                <form class="stack" novalidate on:submit=submit>
                    <Field
                        label=say!(words, password)
                        value=typed
                        input=move |text| typed.set(text)
                        kind=FieldKind::Password
                        autocomplete="current-password"
                        error=wrong
                    />
                    <SecondField second=second />
                    <Button
                        text=say!(words, confirm_by_password)
                        kind=ButtonKind::Soft
                        busy=by_password.pending()
                        disabled=is_empty
                    />
                </form>
            }
        })
    };
    view! {
        <div class="stack">
            <p class="with-icon">
                <Icon glyph=Glyph::Shield />
                {text(say!(words, confirm_you_text))}
            </p>
            {passkey}
            {password}
            <TroubleNote trouble=trouble />
        </div>
    }
}
