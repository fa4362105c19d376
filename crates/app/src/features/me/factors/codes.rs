//! Turning one-time codes on, with an app that makes them, and off.

use leptos::prelude::*;
use qianbao_api::ProblemCode;
use qianbao_api::identity::OneTimeCodes;
use qianbao_client::ClientError;
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Act, Banner, Button, ButtonKind, Field, FieldKind, Glyph, Icon, QrCode, Toaster, Tone};

use crate::parts::confirm::{Confirm, Outcome, failure};
use crate::parts::{Trouble, TroubleNote};
use crate::state::Wallet;
use crate::words::{problem, say, words};

/// The form in the sheet of one-time codes.
#[component]
pub fn CodesForm(
    /// Whether they are on.
    is_on: bool,
    /// Whether the person has a passkey of the wallet as well.
    has_passkey: Signal<bool>,
    /// Asks who is there.
    confirm: Confirm,
    /// Told after a change.
    #[prop(into)]
    done: Callback<()>,
) -> View {
    if is_on {
        view! { <TurnOff confirm=confirm done=done /> }
    } else {
        view! { <TurnOn has_passkey=has_passkey confirm=confirm done=done /> }
    }
}

#[component]
fn TurnOn(
    /// Whether the person has a passkey of the wallet as well.
    has_passkey: Signal<bool>,
    /// Asks who is there.
    confirm: Confirm,
    /// Told after a change.
    done: Callback<()>,
) -> View {
    let (words, wallet) = (words(), Wallet::get());
    let secret = RwSignal::new(None::<OneTimeCodes>);
    let beginning = Act::new(move |(): ()| async move {
        let made = wallet.client().begin_one_time_codes().await?;
        // The sheet may be closed by now; another opening makes another secret.
        secret.try_set(Some(made));
        Outcome::Ok(())
    });
    confirm.guard(beginning, ());
    let failed = failure(beginning);
    let trouble = Signal::derive(move || failed.get().map(Trouble::Request));
    let begin = move || {
        secret.read().is_none().then(|| {
            view! {
                <Button
                    text=say!(words, codes_begin)
                    glyph=Glyph::Shield
                    busy=beginning.pending()
                    press=move |()| beginning.start(())
                />
            }
        })
    };
    let warning = move || {
        (!has_passkey.get()).then(|| {
            view! { <Banner text=say!(words, codes_warning) tone=Tone::Gold glyph=Glyph::Alert /> }
        })
    };
    let proof = move || secret.get().map(|secret| view! { <Proof secret=secret confirm=confirm done=done /> });
    view! {
        <div class="stack">
            <p>{text(say!(words, codes_text))}</p>
            {warning}
            <TroubleNote trouble=trouble />
            {begin}
            {proof}
        </div>
    }
}

/// The secret as a code and as letters, and the field that shows the app has it.
#[component]
fn Proof(
    /// The secret.
    secret: OneTimeCodes,
    /// Asks who is there.
    confirm: Confirm,
    /// Told once they are on.
    done: Callback<()>,
) -> View {
    let (words, wallet, toaster) = (words(), Wallet::get(), Toaster::get());
    let typed = RwSignal::new(String::new());
    let turning_on = Act::new(move |code: String| async move {
        wallet.client().turn_on_one_time_codes(code).await?;
        toaster.say(Glyph::Check, say!(words, codes_are_on));
        let _ = done.try_run(());
        Outcome::Ok(())
    });
    confirm.guard_by(turning_on, move || typed.get_untracked());
    let failed = failure(turning_on);
    let is_wrong = move || failed.with(|error| error.as_ref().is_some_and(is_wrong));
    let error = Signal::derive(move || {
        if is_wrong() { problem(words, ProblemCode::OneTimeCodeWrong).to_owned() } else { String::new() }
    });
    let trouble = Signal::derive(move || failed.get().filter(|_| !is_wrong()).map(Trouble::Request));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        turning_on.start(typed.get_untracked().trim().to_owned());
    };
    let is_empty = Signal::derive(move || typed.read().trim().is_empty());
    // In fours, as people read and type them.
    let letters: Vec<String> =
        secret.secret.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four).into_owned()).collect();
    view! {
        <form class="stack" novalidate on:submit=submit>
            <QrCode content=secret.uri label=say!(words, codes_scan) />
            <p class="quiet">{text(say!(words, codes_type))}</p>
            <p class="facts-code">{letters.join(" ")}</p>
            <Field
                label=say!(words, one_time_code)
                value=typed
                input=move |text| typed.set(text)
                kind=FieldKind::Digits
                hint=say!(words, one_time_code_hint)
                autocomplete="one-time-code"
                length_max=9
                error=error
            />
            <TroubleNote trouble=trouble />
            <Button text=say!(words, codes_turn_on) busy=turning_on.pending() disabled=is_empty />
        </form>
    }
}

fn is_wrong(error: &ClientError) -> bool {
    error.code() == Some(ProblemCode::OneTimeCodeWrong)
}

#[component]
fn TurnOff(
    /// Asks who is there.
    confirm: Confirm,
    /// Told after a change.
    done: Callback<()>,
) -> View {
    let (words, wallet, toaster) = (words(), Wallet::get(), Toaster::get());
    let turning_off = Act::new(move |(): ()| async move {
        wallet.client().turn_off_one_time_codes().await?;
        toaster.say(Glyph::Check, say!(words, codes_are_off));
        let _ = done.try_run(());
        Outcome::Ok(())
    });
    confirm.guard(turning_off, ());
    let failed = failure(turning_off);
    let is_short =
        move || failed.with(|error| error.as_ref().is_some_and(|e| e.code() == Some(ProblemCode::PasswordLength)));
    let short = move || {
        is_short().then(|| {
            view! {
                <p class="with-icon">
                    <Icon glyph=Glyph::Alert />
                    {text(say!(words, codes_needed))}
                </p>
            }
        })
    };
    let trouble = Signal::derive(move || failed.get().filter(|_| !is_short()).map(Trouble::Request));
    view! {
        <div class="stack">
            <p>{text(say!(words, codes_off_text))}</p>
            {short}
            <TroubleNote trouble=trouble />
            <Button
                text=say!(words, codes_turn_off)
                kind=ButtonKind::Danger
                busy=turning_off.pending()
                press=move |()| turning_off.start(())
            />
        </div>
    }
}
