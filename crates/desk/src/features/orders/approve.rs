//! What giving back needs, why, and showing it: a touch or the payment PIN of who stands at the desk.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_api::ProblemCode;
use qianbao_api::approvals::{ApprovalNeed, Needed, Reason};
use qianbao_client::{ClientError, Shown, Ways};
use qianbao_core::approval::Lacking;
use qianbao_ui::dom::{View, view};
use qianbao_ui::{Banner, Button, ButtonKind, Fact, Glyph, PinPad, Tone};

use crate::texts::{Language, Locale, failure, problem};
use crate::{say, word};

/// The factor and the reasons.
#[component]
pub fn NeedFacts(
    /// What is needed.
    need: ApprovalNeed,
) -> View {
    let language = Language::get();
    let (needed, reasons) = (need.needed, need.reasons);
    let factor = move || match needed {
        Needed::Nothing => word!(language.locale(), need_nothing),
        Needed::PinOrPasskey => word!(language.locale(), need_pin_or_passkey),
        Needed::Passkey => word!(language.locale(), need_passkey),
    };
    let why = (!reasons.is_empty()).then(|| {
        let why = move || {
            let sentences = reasons.iter().filter_map(|reason| sentence(language.locale(), *reason));
            sentences.collect::<Vec<_>>().join(" ")
        };
        view! { <span class="fact-why">{why}</span> }
    });
    view! {
        <dl class="facts">
            <Fact label=say!(need_by)>
                <span>{factor}</span>
                {why}
            </Fact>
        </dl>
    }
}

/// Why a refund is asked about. Nobody is new here, nothing is counted, and a till is never idle.
fn sentence(locale: Locale, reason: Reason) -> Option<&'static str> {
    match reason {
        Reason::LargeAmount => Some(word!(locale, need_large)),
        Reason::AlwaysAsk => Some(word!(locale, need_always)),
        Reason::AboveFreeLimit => Some(word!(locale, need_above)),
        Reason::FreeCountSpent | Reason::NewPayee | Reason::Idle => None,
    }
}

/// What has to be set up elsewhere before this can be given back.
#[component]
pub fn LackingNote(
    /// What is missing.
    lacking: Lacking,
) -> View {
    let said = match lacking {
        Lacking::PinOrPasskey => say!(approve_first),
        Lacking::Passkey => say!(approve_first_passkey),
    };
    view! { <Banner text=said tone=Tone::Gold glyph=Glyph::Info /> }
}

/// What is wrong with the PIN that was sent; empty when the failure is about something else.
fn pin_fault(locale: Locale, error: &ClientError) -> String {
    let ClientError::Problem(found) = error else { return String::new() };
    match (found.code, found.tries_left) {
        (ProblemCode::PinWrong, Some(1)) => word!(locale, pin_wrong_last).to_owned(),
        (ProblemCode::PinWrong, Some(count)) => word!(locale, pin_wrong_left, count = count),
        (code @ (ProblemCode::PinWrong | ProblemCode::PinLocked), _) => problem(locale, code).to_owned(),
        _ => String::new(),
    }
}

/// What went wrong with what was shown, besides a wrong PIN.
pub fn other_fault(locale: Locale, error: &ClientError) -> Option<String> {
    pin_fault(locale, error).is_empty().then(|| failure(locale, error))
}

/// Typing the PIN.
#[component]
pub fn PinStage(
    /// What can be shown here.
    ways: Ways,
    /// Told what is shown.
    #[prop(into)]
    show: Callback<Shown>,
    /// Whether the last one is on its way.
    busy: Signal<bool>,
    /// What went wrong with the last one.
    #[prop(into)]
    failed: Signal<Option<ClientError>>,
) -> View {
    let language = Language::get();
    let typed = RwSignal::new(String::new());
    let error =
        Signal::derive(move || failed.get().map(|error| pin_fault(language.locale(), &error)).unwrap_or_default());
    // Whatever was wrong, six other digits come next.
    Effect::new(move || {
        if failed.read().is_some() {
            typed.set(String::new());
        }
    });
    let passkey = ways.by_passkey.then(|| {
        let press = move |()| show.run(Shown::Passkey);
        view! { <Button text=say!(need_passkey) kind=ButtonKind::Soft glyph=Glyph::Key busy=busy press=press /> }
    });
    view! {
        <PinPad
            label=say!(pin_enter)
            value=typed
            complete=move |pin: String| show.run(Shown::Pin(pin))
            error=error
            busy=busy
        />
        {passkey}
    }
}

/// The presses of a sheet on which something is needed.
#[component]
pub fn Presses(
    /// What can be shown here.
    ways: Ways,
    /// What giving back is called, with its amount.
    label: TextProp,
    /// Whether it is on its way.
    busy: Signal<bool>,
    /// Whether it cannot be done now.
    disabled: Signal<bool>,
    /// Told what is shown: a passkey, or nothing where nothing is needed.
    #[prop(into)]
    press: Callback<Option<Shown>>,
    /// Set when the PIN is to be typed.
    typing: RwSignal<bool>,
) -> View {
    let danger = ButtonKind::Danger;
    if ways.by_passkey {
        let touch = move |()| press.run(Some(Shown::Passkey));
        let pin = ways.by_pin.then(|| {
            let kind = ButtonKind::Plain;
            view! { <Button text=say!(use_pin) kind=kind disabled=disabled press=move |()| typing.set(true) /> }
        });
        return view! {
            <Button text=label kind=danger glyph=Glyph::Key busy=busy disabled=disabled press=touch />
            {pin}
        };
    }
    let go = move |()| if ways.by_pin { typing.set(true) } else { press.run(None) };
    view! { <Button text=label kind=danger busy=busy disabled=disabled press=go /> }
}
