//! The confirmation: everything that is approved, and the one press that sends it.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::text_prop::TextProp;
use qianbao_api::ProblemCode;
use qianbao_api::payments::Preview;
use qianbao_client::{ConfirmError, Obstacle, OwnPayment, Step, payment};
use qianbao_core::Timestamp;
use qianbao_core::id::OrderId;
use qianbao_ui::dom::{Child, View, view};
use qianbao_ui::words::text;
use qianbao_ui::{
    Amount, AmountParts, AmountSize, Banner, Button, ButtonKind, Fact, Field, Glyph, LinkButton, Navigation, Tone,
};

use super::model;
use crate::parts::payee::PayeeHead;
use crate::parts::{Trouble, TroubleNote, order};
use crate::route::Route;
use crate::state::Wallet;
use crate::words::{Words, problem, said, say, words};

/// What stands in the way, in the language in force.
fn sentence(words: Words, obstacle: &Obstacle) -> String {
    match obstacle {
        Obstacle::Insufficient { missing } => {
            said!(words, balance_too_low, missing = AmountParts::of(*missing).text())
        }
        Obstacle::Frozen => said!(words, banner_frozen),
        other => problem(words, other.code()).to_owned(),
    }
}

/// Pays what the sheet says. As soon as the request is stored on the device the payment's own screen takes over; when
/// it could not be stored nothing was sent, and the error says why.
async fn send(wallet: Wallet, navigation: Navigation, sheet: payment::Sheet) -> Result<(), ConfirmError> {
    let client = wallet.client();
    let payment = client.fresh_id();
    // Once only: whoever has gone on from there is not fetched back when the outcome comes.
    let stored = move |step: &Step| {
        if *step == Step::Sending {
            navigation.replace(&Route::Payment(payment).path());
        }
    };
    client.confirm(payment, &sheet, None, stored).await.map(drop)
}

/// The confirmation.
#[component]
pub fn Confirm(
    /// What is approved, with an amount.
    sheet: payment::Sheet,
    /// Back to the amount, where it was typed.
    back: Option<Callback<()>>,
) -> View {
    let (words, wallet, navigation) = (words(), Wallet::get(), Navigation::get());
    let sending = RwSignal::new(false);
    let trouble = RwSignal::new(None::<Trouble>);
    let preview = sheet.preview.clone();
    let (amount, total, mark) = (sheet.amount, sheet.total(), sheet.mark);
    let order = preview.order.as_ref().map(|order| order.id);
    let sheet = RwSignal::new(sheet);
    let now = RwSignal::new(wallet.now());
    if preview.expires_at.is_some() {
        keep(now, wallet);
    }
    let obstacle = Memo::new(move |_| {
        now.track();
        sheet.with(|sheet| wallet.obstacle(sheet))
    });
    let press = move |()| {
        sending.set(true);
        trouble.set(None);
        let approved = sheet.get_untracked();
        spawn_local(async move {
            if let Err(error) = send(wallet, navigation, approved).await {
                match error {
                    ConfirmError::Approval(error) => trouble.set(Some(Trouble::Request(error))),
                    ConfirmError::Client(error) => trouble.set(Some(Trouble::Payment(error))),
                    // Looked at again, the sheet says what stands in the way.
                    ConfirmError::Obstacle(_) => now.set(wallet.now()),
                }
                sending.set(false);
            }
        });
    };
    let label = TextProp::from(move || {
        said!(words, pay_amount, amount = total.map(|total| AmountParts::of(total).text()).unwrap_or_default())
    });
    let edit = back.map(|back| {
        view! { <Button text=say!(words, amount_change) kind=ButtonKind::Plain press=back /> }
    });
    let is_stopped = Signal::derive(move || obstacle.read().is_some());
    view! {
        <div class="stack">
            <PayeeHead payee=preview.payee.clone() known=mark />
            <div class="pay-figure">
                {amount.map(|amount| view! { <Amount money=Signal::stored(amount) size=AmountSize::Figure /> })}
                {edit}
            </div>
            <Approved preview=preview now=now />
            {order.is_none().then(|| note(words, sheet, obstacle))}
            {in_the_way(words, obstacle)}
            {order.map(|order| paid_before(words, order))}
            <TroubleNote trouble=trouble />
            <Button text=label glyph=Glyph::Shield busy=sending disabled=is_stopped press=press />
            <p class="pay-foot">{text(say!(words, pay_foot))}</p>
        </div>
    }
}

/// The field of the note, with what is wrong with it.
fn note(words: Words, sheet: RwSignal<payment::Sheet>, obstacle: Memo<Option<Obstacle>>) -> View {
    let value = Signal::derive(move || sheet.with(|sheet| sheet.note.clone()));
    let typed = move |text| sheet.update(|sheet| sheet.note = text);
    let error = Signal::derive(move || match obstacle.get() {
        Some(obstacle @ Obstacle::Note(_)) => sentence(words, &obstacle),
        _ => String::new(),
    });
    view! { <Field label=say!(words, note_optional) value=value input=typed error=error length_max=100 /> }
}

/// What stands in the way, besides the note, and the way on where there is one.
fn in_the_way(words: Words, obstacle: Memo<Option<Obstacle>>) -> impl Child {
    move || {
        obstacle.get().filter(|obstacle| !matches!(obstacle, Obstacle::Note(_))).map(|obstacle| {
            let action = matches!(obstacle, Obstacle::Insufficient { .. }).then(|| {
                view! { <LinkButton href="/top-up" text=say!(words, top_up) kind=ButtonKind::Plain /> }
            });
            let sentence = TextProp::from(move || sentence(words, &obstacle));
            view! { <Banner text=sentence tone=Tone::Cinnabar glyph=Glyph::Alert action=action.built() /> }
        })
    }
}

/// The person's other payment of the same order, where there is one: another tab was faster.
fn paid_before(words: Words, order: OrderId) -> impl Child {
    let wallet = Wallet::get();
    let own = Memo::new(move |_| wallet.own_payment(order));
    move || {
        own.get().map(|own| {
            let (payment, code) = match own {
                OwnPayment::UnderWay(payment) => (payment, ProblemCode::OrderBusy),
                OwnPayment::Paid(payment) => (payment, ProblemCode::OrderPaid),
            };
            let href = Route::Payment(payment).path();
            let action = view! { <LinkButton href=href text=say!(words, look) kind=ButtonKind::Plain /> };
            let sentence = TextProp::from(move || problem(words, code));
            view! { <Banner text=sentence tone=Tone::Gold glyph=Glyph::Info action=action.built() /> }
        })
    }
}

/// What is approved besides payee and amount.
#[component]
fn Approved(
    /// What the server said.
    preview: Preview,
    /// The server's clock.
    now: RwSignal<Timestamp>,
) -> View {
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
    let ends = preview.expires_at.map(|end| view! { <TimeLeft end=end now=now words=words /> });
    view! {
        <dl class="facts">
            {order}
            {asked}
            <Fact label=say!(words, pay_from)>{account}</Fact>
            {fee}
            {ends}
        </dl>
    }
}

/// Keeps `now` at the server's time as long as the sheet is shown.
fn keep(now: RwSignal<Timestamp>, wallet: Wallet) {
    if let Ok(ticking) = set_interval_with_handle(move || now.set(wallet.now()), Duration::from_secs(1)) {
        on_cleanup(move || ticking.clear());
    }
}

/// How long the target can still be paid.
#[component]
fn TimeLeft(
    /// When it ends.
    end: Timestamp,
    /// The server's clock.
    now: RwSignal<Timestamp>,
    /// The words.
    words: Words,
) -> impl Child {
    let left = Memo::new(move |_| model::countdown(end, now.get()));
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
