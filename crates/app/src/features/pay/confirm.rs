//! The confirmation: everything that is approved, and the one press that sends it.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::text_prop::TextProp;
use qianbao_api::ProblemCode;
use qianbao_api::approvals::PinState;
use qianbao_api::payments::Preview;
use qianbao_client::{ClientError, ConfirmError, Obstacle, OwnPayment, Shown, Step, Ways, payment, ways};
use qianbao_core::Timestamp;
use qianbao_core::id::OrderId;
use qianbao_ui::dom::{Child, View, view};
use qianbao_ui::words::text;
use qianbao_ui::{
    Act, Amount, AmountParts, AmountSize, Banner, Button, ButtonKind, Fact, Field, Glyph, LinkButton, Navigation, Tone,
};

use super::approve::{self, PinStage, SetUp};
use super::model;
use super::view::lowered_line;
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
        Obstacle::Lowered { at_most, .. } => said!(words, lowered_above, amount = AmountParts::of(*at_most).text()),
        other => problem(words, other.code()).to_owned(),
    }
}

/// Pays what the sheet says, with what the person shows. As soon as the request is stored on the device the payment's own screen takes over;
/// when it was not approved or could not be stored nothing was sent, and the error says why.
async fn send(
    wallet: Wallet,
    navigation: Navigation,
    sheet: payment::Sheet,
    shown: Option<Shown>,
) -> Result<(), ConfirmError> {
    let client = wallet.client();
    let payment = client.fresh_id();
    // Once only: whoever has gone on from there is not fetched back when the outcome comes.
    let stored = move |step: &Step| {
        if *step == Step::Sending {
            navigation.replace(&Route::Payment(payment).path());
        }
    };
    client.confirm(payment, &sheet, shown, stored).await.map(drop)
}

/// What the sheet and the PIN have in common. Copy it into both.
#[derive(Clone, Copy)]
struct Paying {
    wallet: Wallet,
    navigation: Navigation,
    sheet: RwSignal<payment::Sheet>,
    sending: RwSignal<bool>,
    trouble: RwSignal<Option<Trouble>>,
    /// What went wrong with what was shown.
    refused: RwSignal<Option<ClientError>>,
    /// The server's clock.
    now: RwSignal<Timestamp>,
    obstacle: Memo<Option<Obstacle>>,
}

impl Paying {
    fn press(self, shown: Option<Shown>) {
        let (wallet, navigation) = (self.wallet, self.navigation);
        self.sending.set(true);
        self.trouble.set(None);
        self.refused.set(None);
        let approved = self.sheet.get_untracked();
        spawn_local(async move {
            if let Err(error) = send(wallet, navigation, approved, shown).await {
                match error {
                    ConfirmError::Client(error) => self.trouble.set(Some(Trouble::Payment(error))),
                    ConfirmError::Approval(error) => self.refuse(error),
                    // Looked at again, the sheet says what stands in the way.
                    ConfirmError::Obstacle(_) => self.now.set(wallet.now()),
                }
                self.sending.set(false);
            }
        });
    }

    /// What was shown was not enough: the sheet knows what is left.
    fn refuse(self, error: ClientError) {
        if let (ClientError::Problem(problem), true) = (&error, error.code() == Some(ProblemCode::PinLocked)) {
            let left = problem.tries_left.unwrap_or(0);
            self.sheet.update(|sheet| {
                if let Some(need) = &mut sheet.preview.approval {
                    (need.pin, need.pin_tries_left) = (PinState::Locked, left);
                }
            });
        }
        self.refused.set(Some(error));
    }
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
    let preview = sheet.preview.clone();
    let (amount, mark) = (sheet.amount, sheet.mark);
    let sheet = RwSignal::new(sheet);
    let now = RwSignal::new(wallet.now());
    if preview.expires_at.is_some() {
        keep(now, wallet);
    }
    let obstacle = Memo::new(move |_| {
        now.track();
        sheet.with(|sheet| wallet.obstacle(sheet))
    });
    let (sending, trouble, refused) = (RwSignal::new(false), RwSignal::new(None), RwSignal::new(None));
    let paying = Paying { wallet, navigation, sheet, sending, trouble, refused, now, obstacle };
    let typing = RwSignal::new(false);
    let edit = move || {
        let back = back.filter(|_| !typing.get());
        back.map(|back| view! { <Button text=say!(words, amount_change) kind=ButtonKind::Plain press=back /> })
    };
    let preview = StoredValue::new(preview);
    let payee = preview.with_value(|preview| preview.payee.clone());
    let body = move || {
        if typing.get() {
            let ways = sheet.with_untracked(|sheet| ways_of(sheet, wallet));
            let show = move |shown| paying.press(Some(shown));
            let back = move |()| {
                refused.set(None);
                typing.set(false);
            };
            view! { <PinStage ways=ways show=show busy=sending.into() failed=refused back=back /> }
        } else {
            view! { <Look paying=paying preview=preview.get_value() typing=typing /> }
        }
    };
    view! {
        <div class="stack">
            <PayeeHead payee=payee known=mark />
            <div class="pay-figure">
                {amount.map(|amount| view! { <Amount money=Signal::stored(amount) size=AmountSize::Figure /> })}
                {edit}
            </div>
            {body}
        </div>
    }
}

/// What the person can show for this sheet, here.
fn ways_of(sheet: &payment::Sheet, wallet: Wallet) -> Ways {
    let has_passkeys = wallet.client().has_passkeys();
    sheet.preview.approval.as_ref().map(|need| ways(need, has_passkeys)).unwrap_or_default()
}

/// Everything that is approved, and the presses that send it.
#[component]
fn Look(
    /// What is paid.
    paying: Paying,
    /// What the server said at first.
    preview: Preview,
    /// Set when the PIN is to be typed.
    typing: RwSignal<bool>,
) -> View {
    let words = words();
    let Paying { sheet, trouble, refused, now, obstacle, .. } = paying;
    let order = preview.order.as_ref().map(|order| order.id);
    let refusal = Signal::derive(move || refused.get().map(Trouble::Request));
    view! {
        <Approved preview=preview now=now sheet=sheet />
        {order.is_none().then(|| note(words, sheet, obstacle))}
        {in_the_way(words, obstacle)}
        {order.map(|order| paid_before(words, order))}
        <TroubleNote trouble=trouble />
        <TroubleNote trouble=refusal />
        <Presses paying=paying typing=typing />
        <p class="pay-foot">{text(say!(words, pay_foot))}</p>
    }
}

/// The one press that pays, by what is needed for it; or what has to be set up first.
#[component]
fn Presses(
    /// What is paid.
    paying: Paying,
    /// Set when the PIN is to be typed.
    typing: RwSignal<bool>,
) -> impl Child {
    let (words, wallet) = (words(), Wallet::get());
    let Paying { sheet, sending, obstacle, .. } = paying;
    let total = sheet.with_untracked(payment::Sheet::total);
    let amount = move || total.map(|total| AmountParts::of(total).text()).unwrap_or_default();
    let is_stopped = Memo::new(move |_| obstacle.read().is_some());
    // What is needed is asked anew once it was set up, so that a long pause at it does no harm.
    let asking = Act::new(move |(): ()| async move {
        let asked = sheet.get_untracked();
        let Some(amount) = asked.amount else { return };
        if let Ok(priced) = wallet.client().price(&asked, amount).await {
            sheet.try_update(|sheet| sheet.preview.approval = priced.preview.approval);
        }
    });
    let done = Callback::new(move |()| asking.start(()));
    let need = Memo::new(move |_| sheet.with(|sheet| sheet.preview.approval.clone()));
    move || {
        let found = need.get();
        let ways = found.as_ref().map(|need| ways(need, wallet.client().has_passkeys())).unwrap_or_default();
        // What cannot be paid anyway is no reason to set something up.
        if let (Some(need), Some(lacking), false) = (&found, ways.lacking, is_stopped.get()) {
            let has_passkey = Signal::stored(!need.passkeys.is_empty());
            return view! { <SetUp pin=need.pin has_passkey=has_passkey lacking=lacking done=done /> };
        }
        if ways.by_passkey {
            let label = TextProp::from(move || said!(words, pay_by_passkey, amount = amount()));
            let touch = move |()| paying.press(Some(Shown::Passkey));
            let pin = ways.by_pin.then(|| {
                let press = move |()| typing.set(true);
                view! { <Button text=say!(words, pay_by_pin) kind=ButtonKind::Plain disabled=is_stopped press=press /> }
            });
            return view! {
                <Button text=label glyph=Glyph::Key busy=sending disabled=is_stopped press=touch />
                {pin}
            };
        }
        let label = TextProp::from(move || said!(words, pay_amount, amount = amount()));
        let press = move |()| if ways.by_pin { typing.set(true) } else { paying.press(None) };
        view! { <Button text=label glyph=Glyph::Shield busy=sending disabled=is_stopped press=press /> }
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
    /// What is needed for it now.
    sheet: RwSignal<payment::Sheet>,
) -> View {
    let words = words();
    let need = move || sheet.with(|sheet| sheet.preview.approval.as_ref().map(|need| approve::fact(words, need)));
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
    let lowered = preview.lowered.map(|lowered| {
        let line = move || lowered_line(words, &lowered);
        view! { <Fact label=say!(words, lowered_limit)>{line}</Fact> }
    });
    let ends = preview.expires_at.map(|end| view! { <TimeLeft end=end now=now words=words /> });
    view! {
        <dl class="facts">
            {order}
            {asked}
            <Fact label=say!(words, pay_from)>{account}</Fact>
            {fee}
            {lowered}
            {need}
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
