//! The confirmation: everything that is approved, and the one press that sends it.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::text_prop::TextProp;
use qianbao_api::payments::{PayRequest, Preview, Target};
use qianbao_core::Timestamp;
use qianbao_ui::words::text;
use qianbao_ui::{
    Amount, AmountParts, AmountSize, Banner, Button, ButtonKind, Fact, Field, Glyph, LinkButton, Navigation, Tone,
};

use super::model::{self, Approval};
use crate::parts::payee::PayeeHead;
use crate::parts::{Trouble, TroubleNote, order};
use crate::route::Route;
use crate::state::Wallet;
use crate::words::{Words, said, say, words};

/// Sends `request`. As soon as it is stored on the device the payment's own screen takes over; when it could not be
/// stored nothing was sent, and `failed` is told.
fn send(wallet: Wallet, navigation: Navigation, request: PayRequest, failed: impl Fn(Trouble) + 'static) {
    spawn_local(async move {
        let screen = Route::Payment(request.id).path();
        let sent = wallet.client().pay(&request, move |_| navigation.replace(&screen)).await;
        if let Err(error) = sent {
            failed(Trouble::Payment(error));
        }
    });
}

/// The confirmation.
#[component]
pub fn Confirm(
    /// Whom or what for.
    target: Target,
    /// What the server said, with an amount.
    preview: Preview,
    /// Back to the amount, where it was typed.
    back: Option<Callback<()>>,
) -> impl IntoView {
    let (words, wallet, navigation) = (words(), Wallet::get(), Navigation::get());
    let note = RwSignal::new(String::new());
    let sending = RwSignal::new(false);
    let trouble = RwSignal::new(None::<Trouble>);
    let is_enough = model::is_enough(&preview);
    let takes_note = preview.order.is_none();
    let amount = preview.amount;
    let shown = StoredValue::new(preview.clone());
    let press = move |()| {
        let Some(payer) = wallet.presence_now().person().map(|person| person.id) else { return };
        let client = wallet.client();
        let approval = Approval {
            id: client.fresh_id(),
            payer,
            now: client.server_now(),
            note: Some(note.get_untracked().trim().to_owned()).filter(|note| !note.is_empty()),
        };
        if let Ok(request) = shown.with_value(|shown| model::request(target.clone(), shown, approval)) {
            sending.set(true);
            trouble.set(None);
            send(wallet, navigation, request, move |failed| {
                trouble.set(Some(failed));
                sending.set(false);
            });
        }
    };
    let label = TextProp::from(move || {
        let amount = shown.with_value(model::total).map(|total| AmountParts::of(total).text()).unwrap_or_default();
        said!(words, pay_amount, amount = amount)
    });
    let note_field = takes_note.then(|| {
        let typed = move |text| note.set(text);
        view! { <Field label=say!(words, note_optional) value=note input=typed length_max=100 /> }
    });
    let too_little = (!is_enough).then(|| {
        let action = view! { <LinkButton href="/top-up" text=say!(words, top_up) kind=ButtonKind::Plain /> };
        let sentence = say!(words, balance_too_low);
        view! { <Banner text=sentence tone=Tone::Cinnabar glyph=Glyph::Alert action=action.into_any() /> }
    });
    let edit = back.map(|back| {
        view! { <Button text=say!(words, amount_change) kind=ButtonKind::Plain press=back /> }
    });
    view! {
        <div class="stack">
            <PayeeHead payee=preview.payee.clone() />
            <div class="pay-figure">
                {amount.map(|amount| view! { <Amount money=Signal::stored(amount) size=AmountSize::Figure /> })}
                {edit}
            </div>
            <Approved preview=preview />
            {note_field}
            {too_little}
            <TroubleNote trouble=trouble />
            <Button text=label glyph=Glyph::Shield busy=sending disabled=!is_enough press=press />
            <p class="pay-foot">{text(say!(words, pay_foot))}</p>
        </div>
    }
    .into_any()
}

/// What is approved besides payee and amount.
#[component]
fn Approved(
    /// What the server said.
    preview: Preview,
) -> impl IntoView {
    let words = words();
    let available = preview.available;
    let account = move || said!(words, account_balance, amount = AmountParts::of(available).text());
    let order = preview.order.map(|order| order::facts(words, order));
    let fee = (!preview.fee.is_zero()).then(|| {
        view! {
            <Fact label=say!(words, fee)>
                <Amount money=Signal::stored(preview.fee) />
            </Fact>
        }
    });
    let asked = preview.note.map(|note| {
        view! {
            <Fact label=say!(words, payee_says)>
                <bdi>{note}</bdi>
            </Fact>
        }
    });
    let ends = preview.expires_at.map(|end| view! { <TimeLeft end=end words=words /> });
    view! {
        <dl class="facts">
            {order}
            {asked}
            <Fact label=say!(words, pay_from)>{account}</Fact>
            {fee}
            {ends}
        </dl>
    }
    .into_any()
}

/// How long the target can still be paid.
#[component]
fn TimeLeft(
    /// When it ends.
    end: Timestamp,
    /// The words.
    words: Words,
) -> impl IntoView {
    let wallet = Wallet::get();
    let left = RwSignal::new(model::countdown(end, wallet.now()));
    if let Ok(ticking) =
        set_interval_with_handle(move || left.set(model::countdown(end, wallet.now())), Duration::from_secs(1))
    {
        on_cleanup(move || ticking.clear());
    }
    move || {
        left.get().map(|left| {
            view! {
                <Fact label=say!(words, time_left)>
                    <span role="timer">{left}</span>
                </Fact>
            }
        })
    }
}
