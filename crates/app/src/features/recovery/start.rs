//! The form that begins a recovery: handle and code, whose mistakes are found while it is typed.

use leptos::prelude::*;
use qianbao_api::ProblemCode;
use qianbao_api::recovery::StartRecovery;
use qianbao_client::ClientError;
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Act, Button, Field, FieldKind, Glyph, Icon};

use super::model;
use crate::parts::{Trouble, TroubleNote};
use crate::state::Wallet;
use crate::words::{problem, said, say, words};

/// The form.
#[component]
pub fn Start(
    /// Told once it has begun.
    again: Callback<()>,
) -> View {
    let (words, wallet) = (words(), Wallet::get());
    let handle = RwSignal::new(wallet.presence_now().person().map(|person| person.handle.clone()).unwrap_or_default());
    let code = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let starting = Act::new(move |request: StartRecovery| async move {
        wallet.client().start_recovery(&request).await?;
        let _ = again.try_run(());
        Ok::<(), ClientError>(())
    });
    let failed = Signal::derive(move || starting.value().get().and_then(Result::err));
    let is_wrong =
        move || failed.with(|error| error.as_ref().is_some_and(|e| e.code() == Some(ProblemCode::RecoveryFailed)));
    let fault = move || code.with(|typed| model::fault(typed, tried.get()));
    let handle_error = Signal::derive(move || {
        if tried.get() && handle.read().trim().is_empty() { said!(words, handle_missing) } else { String::new() }
    });
    let code_error = Signal::derive(move || match fault() {
        Some(fault) => model::sentence(words, fault),
        None if is_wrong() => problem(words, ProblemCode::RecoveryFailed).to_owned(),
        None => String::new(),
    });
    let trouble = Signal::derive(move || failed.get().filter(|_| !is_wrong()).map(Trouble::Request));
    let typed = move |text: String| {
        starting.value().set(None);
        code.set(text);
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let request = StartRecovery { handle: handle.get_untracked().trim().to_owned(), code: code.get_untracked() };
        if !request.handle.is_empty() && model::fault(&request.code, true).is_none() {
            starting.start(request);
        }
    };
    view! {
        <form class="card stack" novalidate on:submit=submit>
            <p class="with-icon">
                <Icon glyph=Glyph::Info />
                {text(say!(words, recovery_about))}
            </p>
            <Field
                label=say!(words, handle)
                value=handle
                input=move |typed| handle.set(typed)
                kind=FieldKind::Handle
                autocomplete="username"
                error=handle_error
            />
            <Field
                label=say!(words, recovery_code)
                value=code
                input=typed
                kind=FieldKind::Handle
                hint=say!(words, recovery_code_hint)
                length_max=80
                error=code_error
            />
            <TroubleNote trouble=trouble />
            <Button text=say!(words, recovery_start) glyph=Glyph::Clock busy=starting.pending() />
        </form>
    }
}
