//! Setting a payment PIN, wherever it is asked for: twice the same, then saved.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_api::ProblemCode;
use qianbao_client::ClientError;
use qianbao_core::pin::check;
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Act, Glyph, Icon, PinPad, Toaster};

use super::confirm::{Confirm, Outcome, failure};
use super::{Trouble, TroubleNote};
use crate::state::Wallet;
use crate::words::{problem, said, say, words};

/// What is wrong with what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// The second is not the first.
    Differs,
    /// It is among the first that are tried.
    Trivial,
}

/// The form.
#[component]
pub fn PinForm(
    /// Asks who is there.
    confirm: Confirm,
    /// Told when it is set.
    #[prop(into)]
    done: Callback<()>,
) -> View {
    let (words, wallet, toaster) = (words(), Wallet::get(), Toaster::get());
    let typed = RwSignal::new(String::new());
    let first = RwSignal::new(None::<String>);
    // What is wrong with it is seen here already, where it can be.
    let fault = RwSignal::new(None::<Fault>);
    let setting = Act::new(move |pin: String| async move {
        let outcome = wallet.client().set_pin(pin).await;
        let code = outcome.as_ref().err().and_then(ClientError::code);
        if code != Some(ProblemCode::ConfirmationRequired) {
            // The form may be gone by now.
            first.try_set(None);
            typed.try_set(String::new());
        }
        outcome?;
        toaster.say(Glyph::Check, say!(words, pin_is_set));
        let _ = done.try_run(());
        Outcome::Ok(())
    });
    confirm.guard_by(setting, move || first.get_untracked().unwrap_or_default());
    let failed = failure(setting);
    let refused = move || {
        failed
            .get()
            .and_then(|error| error.code())
            .filter(|code| matches!(code, ProblemCode::PinTrivial | ProblemCode::PinInvalid))
    };
    let error = Signal::derive(move || {
        let fault = fault.get().map(|fault| match fault {
            Fault::Differs => said!(words, pin_differs),
            Fault::Trivial => problem(words, ProblemCode::PinTrivial).to_owned(),
        });
        fault.or_else(|| refused().map(|code| problem(words, code).to_owned())).unwrap_or_default()
    });
    let trouble = Signal::derive(move || failed.get().filter(|_| refused().is_none()).map(Trouble::Request));
    let complete = move |pin: String| {
        fault.set(None);
        setting.value().set(None);
        let again = move |wrong| {
            fault.set(Some(wrong));
            first.set(None);
            typed.set(String::new());
        };
        match first.get_untracked() {
            None if check(&pin).is_err() => again(Fault::Trivial),
            None => {
                first.set(Some(pin));
                typed.set(String::new());
            }
            Some(before) if before == pin => setting.start(pin),
            Some(_) => again(Fault::Differs),
        }
    };
    let label =
        TextProp::from(move || if first.read().is_none() { said!(words, pin_new) } else { said!(words, pin_again) });
    view! {
        <div class="stack">
            <PinPad label=label value=typed complete=complete error=error busy=setting.pending() />
            <TroubleNote trouble=trouble />
            <p class="with-icon">
                <Icon glyph=Glyph::Info />
                {text(say!(words, pin_set_text))}
            </p>
        </div>
    }
}
