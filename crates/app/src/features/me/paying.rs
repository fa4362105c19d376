//! How payments are approved: the payment PIN, and what goes without being asked.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_api::approvals::{PaymentSettings, PinState};
use qianbao_core::Money;
use qianbao_ui::dom::{Child, View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Act, AmountParts, Card, Fetched, Glyph, Icon, Mark, Row, Segmented, Sheet, Skeleton, Toaster, Tone};

use crate::browser::calendar::{Style, written};
use crate::parts::confirm::{Confirm, ConfirmSheet, Outcome, failure};
use crate::parts::pin::PinForm;
use crate::parts::{Trouble, TroubleNote};
use crate::state::Wallet;
use crate::words::{Words, said, say, words};

/// What can be chosen, in whole units; what is above the operator's highest is left out.
const CHOICES: [i64; 4] = [0, 200, 500, 1_000];

/// The settings, and the ways to change them.
#[component]
pub fn Paying(
    /// Whether the person has a password.
    has_password: Signal<bool>,
    /// Whether they have a passkey of the wallet.
    has_passkey: Signal<bool>,
) -> View {
    let (words, wallet) = (words(), Wallet::get());
    let found = Fetched::new(move || async move { wallet.client().payment_settings().await });
    let settings = Signal::derive_local(move || found.get().and_then(Result::ok));
    let trouble = Signal::derive(move || found.get().and_then(Result::err).map(Trouble::Request));
    let coming = move || found.get().is_none().then(|| view! { <Skeleton lines=2 /> });
    let confirm = Confirm::new();
    let (setting, choosing) = (RwSignal::new(false), RwSignal::new(false));
    let rows = move || settings.get().map(|found| view! { <Rows found=found setting=setting choosing=choosing /> });
    let done = Callback::new(move |()| {
        setting.set(false);
        choosing.set(false);
        found.refetch();
    });
    let limits =
        move || settings.get_untracked().map(|found| view! { <LimitForm found=found confirm=confirm done=done /> });
    view! {
        <Card title=say!(words, paying)>
            {coming}
            <ul class="row-list">{rows}</ul>
            <TroubleNote trouble=trouble />
        </Card>
        <Sheet open=setting title=say!(words, pin) close=move |()| setting.set(false)>
            <PinForm confirm=confirm done=done />
        </Sheet>
        <Sheet open=choosing title=say!(words, free_limit) close=move |()| choosing.set(false)>
            {limits}
        </Sheet>
        <ConfirmSheet confirm=confirm has_password=has_password has_passkey=has_passkey />
    }
}

/// The PIN and the limit.
#[component]
fn Rows(
    /// As they are.
    found: PaymentSettings,
    /// Set when the PIN is pressed.
    setting: RwSignal<bool>,
    /// Set when the limit is pressed.
    choosing: RwSignal<bool>,
) -> View {
    let words = words();
    let tone = match found.pin {
        PinState::Ready => Tone::Jade,
        PinState::None => Tone::Plain,
        PinState::Locked => Tone::Cinnabar,
    };
    let lead = view! { <Mark glyph=Glyph::Shield tone=tone /> };
    let (pin, set_at) = (found.pin, found.pin_set_at);
    let since = (move || match (pin, set_at) {
        (PinState::Ready, Some(at)) => said!(words, pin_since, day = written(at, Style::Full, words.get_locale())),
        (PinState::Locked, _) => said!(words, pin_is_locked),
        _ => said!(words, pin_none),
    })
    .built();
    let limit_tone = if found.free_limit.is_zero() { Tone::Plain } else { Tone::Jade };
    let limit_lead = view! { <Mark glyph=Glyph::Clock tone=limit_tone /> };
    let limit = (move || limit_text(words, &found)).built();
    view! {
        <li>
            <Row lead=lead title=text(say!(words, pin)) detail=since press=move |()| setting.set(true) />
        </li>
        <li>
            <Row lead=limit_lead title=text(say!(words, free_limit)) detail=limit press=move |()| choosing.set(true) />
        </li>
    }
}

fn limit_text(words: Words, found: &PaymentSettings) -> String {
    if found.free_limit.is_zero() {
        return said!(words, free_limit_off);
    }
    let (amount, count) = (AmountParts::of(found.free_limit).text(), found.free_count_max);
    said!(words, free_limit_on, amount = amount, count = count)
}

/// The choices, in minor units, up to the highest; what holds is among them.
fn choices(found: &PaymentSettings) -> Vec<i64> {
    let mut minor: Vec<i64> =
        CHOICES.iter().map(|whole| whole * 100).filter(|minor| *minor <= found.free_limit_max.minor).collect();
    minor.push(found.free_limit.minor);
    minor.sort_unstable();
    minor.dedup();
    minor
}

/// Choosing what goes without being asked. Each choice is taken at once.
#[component]
fn LimitForm(
    /// As it is.
    found: PaymentSettings,
    /// Asks who is there.
    confirm: Confirm,
    /// Told when it was changed.
    done: Callback<()>,
) -> View {
    let (words, wallet, toaster) = (words(), Wallet::get(), Toaster::get());
    let minor = StoredValue::new(choices(&found));
    let (now, currency) = (found.free_limit, found.free_limit.currency);
    let chosen = RwSignal::new(minor.with_value(|minor| minor.iter().position(|one| *one == now.minor).unwrap_or(0)));
    let setting = Act::new(move |limit: Money| async move {
        wallet.client().set_free_limit(limit).await?;
        toaster.say(Glyph::Check, say!(words, free_limit_set));
        // The screen may be gone by now.
        let _ = done.try_run(());
        Outcome::Ok(())
    });
    let limit_of = move |place: usize| {
        let minor = minor.with_value(|minor| minor.get(place).copied());
        Money::new(minor.unwrap_or(now.minor), currency)
    };
    confirm.guard_by(setting, move || limit_of(chosen.get_untracked()));
    let failed = failure(setting);
    let trouble = Signal::derive(move || failed.get().map(Trouble::Request));
    let options = minor.with_value(|minor| {
        let option = |minor: i64| {
            let whole = AmountParts::of(Money::new(minor, currency)).text();
            let short = whole.strip_suffix(".00").map(str::to_owned).unwrap_or(whole);
            if minor == 0 { say!(words, free_limit_none) } else { TextProp::from(move || short.clone()) }
        };
        minor.iter().map(|minor| option(*minor)).collect::<Vec<_>>()
    });
    let choose = move |place: usize| {
        chosen.set(place);
        setting.start(limit_of(place));
    };
    let (count, above) = (found.free_count_max, AmountParts::of(found.passkey_above).text());
    let said = TextProp::from(move || said!(words, free_limit_text, count = count, amount = above.clone()));
    view! {
        <div class="stack">
            <Segmented label=say!(words, free_limit) options=options chosen=chosen choose=choose />
            <TroubleNote trouble=trouble />
            <p class="with-icon">
                <Icon glyph=Glyph::Info />
                {text(said)}
            </p>
        </div>
    }
}
