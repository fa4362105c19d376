//! What the payment needs, why, and showing it: a touch, the PIN, or setting one up first while the payment waits.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_api::ProblemCode;
use qianbao_api::approvals::{ApprovalNeed, Needed, PinState, Reason};
use qianbao_client::{ClientError, Shown, Ways};
use qianbao_core::approval::Lacking;
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Act, Banner, Button, ButtonKind, Fact, Fetched, Glyph, Icon, PinPad, Tone};

use crate::parts::confirm::{Confirm, ConfirmSheet, Outcome, failure};
use crate::parts::pin::PinForm;
use crate::parts::{Trouble, TroubleNote};
use crate::state::Wallet;
use crate::words::{Words, problem, said, say, words};

/// The factor, as a fact on the sheet, with the reasons.
pub fn fact(words: Words, need: &ApprovalNeed) -> View {
    let (needed, reasons) = (need.needed, need.reasons.clone());
    let factor = move || match needed {
        Needed::Nothing => said!(words, need_nothing),
        Needed::PinOrPasskey => said!(words, need_pin_or_passkey),
        Needed::Passkey => said!(words, need_passkey),
    };
    let why = (!reasons.is_empty()).then(|| {
        let why = move || reasons.iter().map(|reason| sentence(words, *reason)).collect::<Vec<_>>().join(" ");
        view! { <span class="fact-why">{why}</span> }
    });
    view! {
        <Fact label=say!(words, need_by)>
            <span>{factor}</span>
            {why}
        </Fact>
    }
}

fn sentence(words: Words, reason: Reason) -> String {
    match reason {
        Reason::LargeAmount => said!(words, need_large),
        Reason::AlwaysAsk => said!(words, need_always),
        Reason::AboveFreeLimit => said!(words, need_above),
        Reason::FreeCountSpent => said!(words, need_count),
        Reason::NewPayee => said!(words, need_new_payee),
        Reason::Idle => said!(words, need_idle),
    }
}

/// What is wrong with the PIN that was sent, in words; empty when the failure is about something else.
pub fn pin_fault(words: Words, error: &ClientError) -> String {
    let ClientError::Problem(found) = error else { return String::new() };
    match (found.code, found.tries_left) {
        (ProblemCode::PinWrong, Some(1)) => said!(words, pin_wrong_last),
        (ProblemCode::PinWrong, Some(count)) => said!(words, pin_wrong_left, count = count),
        (code @ (ProblemCode::PinWrong | ProblemCode::PinLocked), _) => problem(words, code).to_owned(),
        _ => String::new(),
    }
}

/// Typing the PIN.
#[component]
pub fn PinStage(
    /// What the person can show here.
    ways: Ways,
    /// Told what they show.
    #[prop(into)]
    show: Callback<Shown>,
    /// Whether the last one is on its way.
    busy: Signal<bool>,
    /// What went wrong with the last one.
    failed: RwSignal<Option<ClientError>>,
    /// Back to the sheet.
    #[prop(into)]
    back: Callback<()>,
) -> View {
    let words = words();
    let typed = RwSignal::new(String::new());
    let error = Signal::derive(move || failed.get().map(|error| pin_fault(words, &error)).unwrap_or_default());
    // Whatever was wrong, six other digits come next.
    Effect::new(move || {
        if failed.read().is_some() {
            typed.set(String::new());
        }
    });
    // A memo: another fault does not draw the boxes anew.
    let is_locked = Memo::new(move |_| {
        failed.with(|error| error.as_ref().and_then(ClientError::code)) == Some(ProblemCode::PinLocked)
    });
    let trouble =
        Signal::derive(move || failed.get().filter(|error| pin_fault(words, error).is_empty()).map(Trouble::Request));
    let passkey = ways.by_passkey.then(|| {
        let press = move |()| show.run(Shown::Passkey);
        view! { <Button text=say!(words, need_passkey) kind=ButtonKind::Soft glyph=Glyph::Key busy=busy press=press /> }
    });
    let complete = move |pin: String| {
        failed.set(None);
        show.run(Shown::Pin(pin));
    };
    view! {
        <div class="stack">
            {move || {
                (!is_locked.get()).then(|| {
                    view! { <PinPad label=say!(words, pin_enter) value=typed complete=complete error=error busy=busy /> }
                })
            }}
            {move || {
                is_locked.get().then(|| {
                    let said = TextProp::from(move || problem(words, ProblemCode::PinLocked));
                    view! { <Banner text=said tone=Tone::Cinnabar glyph=Glyph::Alert /> }
                })
            }}
            <TroubleNote trouble=trouble />
            {passkey}
            <Button text=say!(words, pin_back) kind=ButtonKind::Plain press=back />
        </div>
    }
}

/// What has to be set up before this can be paid; the payment waits.
#[component]
pub fn SetUp(
    /// How it stands with the PIN.
    pin: PinState,
    /// Whether there is a passkey that confirms who is there.
    has_passkey: Signal<bool>,
    /// What is missing.
    lacking: Lacking,
    /// Told when it is there.
    #[prop(into)]
    done: Callback<()>,
) -> View {
    let (words, wallet) = (words(), Wallet::get());
    let confirm = Confirm::new();
    let factors = Fetched::new(move || async move { wallet.client().factors().await.ok() });
    let factors = Signal::derive_local(move || factors.get().flatten());
    // Who cannot be asked how they sign in is offered the password.
    let has_password = Signal::derive(move || factors.get().is_none_or(|found| found.password_set_at.is_some()));
    let setting = RwSignal::new(false);
    let is_locked = pin == PinState::Locked;
    let body = move || {
        if setting.get() {
            let back = move |()| setting.set(false);
            view! {
                <PinForm confirm=confirm done=done />
                <Button text=say!(words, pin_back) kind=ButtonKind::Plain press=back />
            }
        } else {
            view! { <Choices lacking=lacking is_locked=is_locked confirm=confirm setting=setting done=done /> }
        }
    };
    view! {
        <div class="stack">
            {body}
            <ConfirmSheet confirm=confirm has_password=has_password has_passkey=has_passkey />
        </div>
    }
}

/// What can be set up here.
#[component]
fn Choices(
    /// What is missing.
    lacking: Lacking,
    /// Whether there is a PIN that is locked.
    is_locked: bool,
    /// Asks who is there.
    confirm: Confirm,
    /// Set when a PIN is to be set.
    setting: RwSignal<bool>,
    /// Told when a passkey is there.
    done: Callback<()>,
) -> View {
    let (words, wallet) = (words(), Wallet::get());
    let adding = Act::new(move |(): ()| async move {
        wallet.client().add_passkey().await?;
        // The sheet may be gone by now.
        let _ = done.try_run(());
        Outcome::Ok(())
    });
    confirm.guard(adding, ());
    let failed = failure(adding);
    let trouble = Signal::derive(move || failed.get().map(Trouble::Request));
    let can_add = wallet.client().has_passkeys();
    let said = TextProp::from(move || match lacking {
        Lacking::PinOrPasskey if is_locked => said!(words, approve_locked),
        Lacking::PinOrPasskey => said!(words, approve_first),
        Lacking::Passkey if can_add => said!(words, approve_first_passkey),
        Lacking::Passkey => said!(words, approve_no_passkeys),
    });
    let pin = (lacking == Lacking::PinOrPasskey).then(|| {
        let label = if is_locked { say!(words, pin_reset) } else { say!(words, pin_set) };
        view! { <Button text=label glyph=Glyph::Shield press=move |()| setting.set(true) /> }
    });
    let kind = if lacking == Lacking::Passkey { ButtonKind::Main } else { ButtonKind::Soft };
    let passkey = can_add.then(|| {
        let press = move |()| adding.start(());
        view! { <Button text=say!(words, passkey_add) kind=kind glyph=Glyph::Key busy=adding.pending() press=press /> }
    });
    view! {
        <p class="with-icon">
            <Icon glyph=Glyph::Info />
            {text(said)}
        </p>
        <TroubleNote trouble=trouble />
        {pin}
        {passkey}
    }
}
