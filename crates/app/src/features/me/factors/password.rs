//! Setting the first password, or another one.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_api::ProblemCode;
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Act, Button, Field, FieldKind, Glyph, Icon, Toaster};

use crate::parts::confirm::{Confirm, Outcome, failure};
use crate::parts::{Trouble, TroubleNote};
use crate::state::Wallet;
use crate::words::{problem, said, say, words};

/// The form in the sheet of the password.
#[component]
pub fn PasswordForm(
    /// Whether one-time codes stand beside it: then it may be shorter.
    has_codes: Signal<bool>,
    /// Asks who is there.
    confirm: Confirm,
    /// Told when it is set.
    #[prop(into)]
    done: Callback<()>,
) -> View {
    let (words, wallet, toaster) = (words(), Wallet::get(), Toaster::get());
    let typed = RwSignal::new(String::new());
    let setting = Act::new(move |password: String| async move {
        wallet.client().set_password(password).await?;
        toaster.say(Glyph::Check, say!(words, password_is_set));
        // The screen may be gone by now.
        let _ = done.try_run(());
        Outcome::Ok(())
    });
    confirm.guard_by(setting, move || typed.get_untracked());
    let failed = failure(setting);
    let refused = move || {
        failed
            .get()
            .and_then(|error| error.code())
            .filter(|code| matches!(code, ProblemCode::PasswordLength | ProblemCode::PasswordCommon))
    };
    let error = Signal::derive(move || refused().map(|code| problem(words, code).to_owned()).unwrap_or_default());
    let trouble = Signal::derive(move || failed.get().filter(|_| refused().is_none()).map(Trouble::Request));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        setting.start(typed.get_untracked());
    };
    let hint =
        TextProp::from(
            move || {
                if has_codes.get() { said!(words, password_hint_beside) } else { said!(words, password_hint) }
            },
        );
    let is_empty = Signal::derive(move || typed.read().is_empty());
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
            <p class="with-icon">
                <Icon glyph=Glyph::Info />
                {text(say!(words, password_set_text))}
            </p>
            <TroubleNote trouble=trouble />
            <Button text=say!(words, password_save) busy=setting.pending() disabled=is_empty />
        </form>
    }
}
