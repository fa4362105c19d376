//! How a person signs in: their passkeys, their password, and one-time codes beside it; and how they stop everything. What changes it asks who is there first, unless they have just signed in.

mod codes;
mod freeze;
mod passkey;
mod password;
mod recovery;

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_api::identity::{DeviceHost, Factors as Found, PasskeyView};
use qianbao_ui::dom::{Child, View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Act, Button, ButtonKind, Card, Fetched, Glyph, Mark, Row, Sheet, Skeleton, Tag, Toaster, Tone};

use self::codes::CodesForm;
use self::freeze::Freeze;
use self::passkey::{PasskeyForm, title};
use self::password::PasswordForm;
use self::recovery::RecoveryCodes;
use super::paying::Paying;
use crate::browser::calendar::{Style, written};
use crate::parts::confirm::{Confirm, ConfirmSheet, failure};
use crate::parts::{Trouble, TroubleNote, moment};
use crate::state::Wallet;
use crate::words::{Words, said, say, words};

/// The list, and the ways to change it.
#[component]
pub fn Factors() -> View {
    let (words, wallet) = (words(), Wallet::get());
    let found = Fetched::new(move || async move { wallet.client().factors().await });
    let factors = Signal::derive_local(move || found.get().and_then(Result::ok));
    let confirm = Confirm::new();
    let trouble = Signal::derive(move || found.get().and_then(Result::err).map(Trouble::Request));
    let coming = move || found.get().is_none().then(|| view! { <Skeleton lines=2 /> });
    let chosen = RwSignal::new(None::<PasskeyView>);
    // Made here, not in the sheets: what they did is shown also when they were closed before it was done.
    let changed = Callback::new(move |()| found.refetch());
    let rows = move || {
        let passkeys = factors.get().map(|found| found.passkeys).unwrap_or_default();
        passkeys
            .into_iter()
            .map(|passkey| view! { <li><PasskeyRow passkey=passkey chosen=chosen /></li> })
            .collect::<Vec<_>>()
    };
    let (setting, coding) = (RwSignal::new(false), RwSignal::new(false));
    let password = move || factors.get().map(|found| view! { <PasswordRow found=found open=setting codes=coding /> });
    let is_open = Signal::derive(move || chosen.read().is_some());
    let form = move || {
        chosen
            .get()
            .map(|passkey| view! { <PasskeyForm passkey=passkey chosen=chosen confirm=confirm changed=changed /> })
    };
    let heading = TextProp::from(move || {
        chosen.with(|passkey| passkey.as_ref().map(|passkey| title(words, passkey))).unwrap_or_default()
    });
    let done = Callback::new(move |()| {
        setting.set(false);
        coding.set(false);
        found.refetch();
    });
    // Who cannot be asked how they sign in is offered the password.
    let has_password = Signal::derive(move || factors.get().is_none_or(|found| found.password_set_at.is_some()));
    // A memo: a list that is read again does not draw an open form anew.
    let has_codes = Memo::new(move |_| factors.get().is_some_and(|found| found.one_time_codes_since.is_some()));
    let has_passkey = Signal::derive(move || {
        let is_here = |passkey: &PasskeyView| passkey.host == DeviceHost::Wallet;
        factors.get().is_some_and(|found| found.passkeys.iter().any(is_here))
    });
    view! {
        <Card title=say!(words, factors)>
            <p class="quiet">{text(say!(words, factors_text))}</p>
            {coming}
            <ul class="row-list">{rows} {password}</ul>
            <TroubleNote trouble=trouble />
            <Adding confirm=confirm changed=changed />
        </Card>
        <RecoveryCodes found=factors confirm=confirm changed=changed />
        <Paying has_password=has_password has_passkey=has_passkey />
        <Freeze confirm=confirm />
        <Sheet open=is_open title=heading close=move |()| chosen.set(None)>
            {form}
        </Sheet>
        <Sheet open=setting title=say!(words, password) close=move |()| setting.set(false)>
            <PasswordForm has_codes=has_codes.into() confirm=confirm done=done />
        </Sheet>
        <Sheet open=coding title=say!(words, codes) close=move |()| coding.set(false)>
            {move || view! { <CodesForm is_on=has_codes.get() has_passkey=has_passkey confirm=confirm done=done /> }}
        </Sheet>
        <ConfirmSheet confirm=confirm has_password=has_password has_passkey=has_passkey />
    }
}

/// The button that adds a passkey, where the browser has them.
#[component]
fn Adding(
    /// Asks who is there.
    confirm: Confirm,
    /// Told once it is added.
    changed: Callback<()>,
) -> View {
    let (words, wallet, toaster) = (words(), Wallet::get(), Toaster::get());
    let adding = Act::new(move |(): ()| async move {
        wallet.client().add_passkey().await?;
        toaster.say(Glyph::Check, say!(words, passkey_added));
        // The screen may be gone by now; then there is no list to read again.
        let _ = changed.try_run(());
        Ok(())
    });
    confirm.guard(adding, ());
    let failed = failure(adding);
    let trouble = Signal::derive(move || failed.get().map(Trouble::Request));
    let button = wallet.client().has_passkeys().then(|| {
        let press = move |()| adding.start(());
        view! { <Button text=say!(words, passkey_add) kind=ButtonKind::Soft glyph=Glyph::Key busy=adding.pending() press=press /> }
    });
    view! {
        <TroubleNote trouble=trouble />
        {button}
    }
}

/// A passkey.
#[component]
fn PasskeyRow(
    /// The passkey.
    passkey: PasskeyView,
    /// Set when it is pressed.
    chosen: RwSignal<Option<PasskeyView>>,
) -> View {
    let (words, wallet) = (words(), Wallet::get());
    let (for_title, for_press) = (passkey.clone(), passkey.clone());
    let (used_at, is_desks) = (passkey.used_at, passkey.host == DeviceHost::Desk);
    let lead = view! { <Mark glyph=Glyph::Key tone=Tone::Jade /> };
    let name = view! { <bdi>{move || title(words, &for_title)}</bdi> };
    let detail = (move || {
        let place = if is_desks { said!(words, device_at_desk) + " · " } else { String::new() };
        place
            + &used_at.map_or_else(
                || said!(words, passkey_never),
                |at| said!(words, device_seen, moment = moment::when(words, at, wallet.now())),
            )
    })
    .built();
    let end = passkey.is_synced.then(|| view! { <Tag text=say!(words, passkey_synced) tone=Tone::Plain /> }).built();
    view! { <Row lead=lead title=name detail=detail end=end press=move |()| chosen.set(Some(for_press.clone())) /> }
}

/// The password, or that there is none; and the codes beside it, where there is one.
#[component]
fn PasswordRow(
    /// How the person can sign in.
    found: Found,
    /// Set when the password is pressed.
    open: RwSignal<bool>,
    /// Set when the codes are pressed.
    codes: RwSignal<bool>,
) -> View {
    let words = words();
    let (set_at, on_since) = (found.password_set_at, found.one_time_codes_since);
    let tone = |at: Option<_>| if at.is_some() { Tone::Jade } else { Tone::Plain };
    let since = move |at, none: fn(Words) -> String, some: fn(Words, String) -> String| {
        move || match at {
            None => none(words),
            Some(at) => some(words, written(at, Style::Full, words.get_locale())),
        }
    };
    let lead = view! { <Mark glyph=Glyph::Keyboard tone=tone(set_at) /> };
    let set = since(set_at, |words| said!(words, password_none), |words, day| said!(words, password_since, day = day));
    let beside = (set_at.is_some() || on_since.is_some()).then(|| {
        let lead = view! { <Mark glyph=Glyph::Shield tone=tone(on_since) /> };
        let on = since(on_since, |words| said!(words, codes_none), |words, day| said!(words, codes_since, day = day));
        view! {
            <li>
                <Row lead=lead title=text(say!(words, codes)) detail=on.built() press=move |()| codes.set(true) />
            </li>
        }
    });
    view! {
        <li>
            <Row lead=lead title=text(say!(words, password)) detail=set.built() press=move |()| open.set(true) />
        </li>
        {beside}
    }
}
