//! The browsers that a person signed in with: which, since when, named, and ended from here.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_api::identity::{DeviceChange, DeviceHost, DeviceView};
use qianbao_client::ClientError;
use qianbao_ui::dom::{Child, View, view};
use qianbao_ui::words::text;
use qianbao_ui::{
    Act, Button, ButtonKind, Card, Fact, Fetched, Field, Glyph, Icon, Mark, Row, Sheet, Skeleton, Tag, Toaster, Tone,
};

use super::made_with;
use crate::browser::calendar::{Style, written};
use crate::parts::{Trouble, TroubleNote, moment};
use crate::state::Wallet;
use crate::words::{Words, said, say, words};

/// So many are shown at first.
const FEW: usize = 5;

/// What the person calls a device, or else what it says of itself.
fn title(words: Words, device: &DeviceView) -> String {
    let named = device.name.clone();
    named.or_else(|| made_with(&device.browser, &device.system)).unwrap_or_else(|| said!(words, device_unknown))
}

/// The list of devices.
#[component]
pub fn Devices() -> View {
    let (words, wallet) = (words(), Wallet::get());
    let found = Fetched::new(move || async move { wallet.client().devices().await });
    let chosen = RwSignal::new(None::<DeviceView>);
    // Made here, not in the sheet: what it did is shown also when it was closed before that was done.
    let changed = Callback::new(move |()| found.refetch());
    let all = RwSignal::new(false);
    let trouble = Signal::derive(move || found.get().and_then(Result::err).map(Trouble::Request));
    let again = move || {
        trouble.read().is_some().then(|| {
            let press = move |()| found.refetch();
            view! { <Button text=say!(words, try_again) kind=ButtonKind::Quiet glyph=Glyph::Refresh press=press /> }
        })
    };
    let coming = move || found.get().is_none().then(|| view! { <Skeleton lines=2 /> });
    let rows = move || {
        let devices = found.get().and_then(Result::ok).unwrap_or_default();
        let shown = if all.get() { devices.len() } else { FEW };
        devices
            .into_iter()
            .take(shown)
            .map(|device| view! { <li><DeviceRow device=device chosen=chosen /></li> })
            .collect::<Vec<_>>()
    };
    let more = move || {
        let hidden = found.get().and_then(Result::ok).is_some_and(|devices| devices.len() > FEW);
        (hidden && !all.get()).then(|| {
            view! { <Button text=say!(words, show_all) kind=ButtonKind::Plain press=move |()| all.set(true) /> }
        })
    };
    let heading = TextProp::from(move || {
        chosen.with(|device| device.as_ref().map(|device| title(words, device))).unwrap_or_default()
    });
    let form = move || chosen.get().map(|device| view! { <DeviceForm device=device chosen=chosen changed=changed /> });
    let is_open = Signal::derive(move || chosen.read().is_some());
    view! {
        <Card title=say!(words, devices)>
            <p class="quiet">{text(say!(words, devices_text))}</p>
            <TroubleNote trouble=trouble />
            {again}
            {coming}
            <ul class="row-list">{rows}</ul>
            {more}
        </Card>
        <Sheet open=is_open title=heading close=move |()| chosen.set(None)>
            {form}
        </Sheet>
    }
}

/// One of them.
#[component]
fn DeviceRow(
    /// The device.
    device: DeviceView,
    /// Set when it is pressed.
    chosen: RwSignal<Option<DeviceView>>,
) -> View {
    let (words, wallet) = (words(), Wallet::get());
    let (for_title, for_detail, for_press) = (device.clone(), device.clone(), device.clone());
    let glyph = if device.host == DeviceHost::Desk { Glyph::Shop } else { Glyph::System };
    let tone = if device.is_current { Tone::Jade } else { Tone::Plain };
    let lead = view! { <Mark glyph=glyph tone=tone /> };
    let name = view! { <bdi>{move || title(words, &for_title)}</bdi> };
    let detail = (move || {
        let place =
            if for_detail.host == DeviceHost::Desk { said!(words, device_at_desk) + " · " } else { String::new() };
        place + &said!(words, device_seen, moment = moment::when(words, for_detail.seen_at, wallet.now()))
    })
    .built();
    let end = device.is_current.then(|| view! { <Tag text=say!(words, device_current) tone=Tone::Jade /> }).built();
    let press = move |()| chosen.set(Some(for_press.clone()));
    view! { <Row lead=lead title=name detail=detail end=end press=press /> }
}

/// What is known of a device, its name, and its end.
#[component]
fn DeviceForm(
    /// The device.
    device: DeviceView,
    /// Which one is looked at; nothing closes the sheet around this.
    chosen: RwSignal<Option<DeviceView>>,
    /// Told after a change.
    #[prop(into)]
    changed: Callback<()>,
) -> View {
    let (words, wallet, toaster) = (words(), Wallet::get(), Toaster::get());
    let id = device.id;
    let typed = RwSignal::new(device.name.clone().unwrap_or_default());
    let leave = move || {
        // The screen may be gone by now, and another sheet open.
        let _ = changed.try_run(());
        let is_this = chosen.try_with_untracked(|open| open.as_ref().is_some_and(|open| open.id == id));
        if is_this == Some(true) {
            chosen.set(None);
        }
    };
    let naming = Act::new(move |name: String| async move {
        wallet.client().name_device(id, &DeviceChange { name }).await?;
        toaster.say(Glyph::Check, say!(words, device_named));
        leave();
        Ok::<(), ClientError>(())
    });
    let ending = Act::new(move |(): ()| async move {
        wallet.client().end_device(id).await?;
        toaster.say(Glyph::Check, say!(words, device_ended_toast));
        leave();
        Ok::<(), ClientError>(())
    });
    let trouble = Signal::derive(move || {
        let error = naming.value().get().and_then(Result::err).or_else(|| ending.value().get().and_then(Result::err));
        error.map(Trouble::Request)
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        ending.value().set(None);
        naming.start(typed.get_untracked().trim().to_owned());
    };
    let is_nameless = Signal::derive(move || typed.read().trim().is_empty());
    let since = device.created_at;
    let seen = device.seen_at;
    let end = (!device.is_current).then(|| {
        view! {
            <p class="with-icon">
                <Icon glyph=Glyph::Info />
                {text(say!(words, device_end_text))}
            </p>
            <Button
                text=say!(words, device_end)
                glyph=Glyph::SignOut
                kind=ButtonKind::Danger
                busy=ending.pending()
                press=move |()| {
                    naming.value().set(None);
                    ending.start(());
                }
            />
        }
    });
    view! {
        <form class="stack" novalidate on:submit=submit>
            <dl class="facts">
                <Fact label=say!(words, device_since)>
                    {move || written(since, Style::Full, words.get_locale())}
                </Fact>
                <Fact label=say!(words, device_last)>{move || moment::when(words, seen, wallet.now())}</Fact>
                <Fact label=say!(words, device_state)>
                    {text(if device.is_signed_in { say!(words, device_signed_in) } else { say!(words, device_signed_out) })}
                </Fact>
            </dl>
            <Field
                label=say!(words, device_name)
                value=typed
                input=move |text| typed.set(text)
                length_max=40
            />
            <TroubleNote trouble=trouble />
            <Button
                text=say!(words, device_save)
                kind=ButtonKind::Soft
                busy=naming.pending()
                disabled=is_nameless
            />
            {end}
        </form>
    }
}
