//! Pieces of the sheet: waiting, refusals, the amount to be typed.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_api::ProblemCode;
use qianbao_api::payments::LoweredLimits;
use qianbao_client::{Obstacle, Stop, payment};
use qianbao_core::Money;
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{
    AmountField, AmountParts, Banner, Button, ButtonKind, Glyph, Icon, LinkButton, Navigation, Tone, Wait,
};

use super::model;
use crate::browser::calendar::{Style, written};
use crate::parts::payee::PayeeHead;
use crate::parts::{Trouble, TroubleNote, amount};
use crate::route::Route;
use crate::state::Wallet;
use crate::words::{Words, problem, said, say, words};

/// Payee and amount are on their way.
pub fn waiting(words: Words, again: impl Fn(()) + Send + Sync + 'static) -> View {
    view! {
        <Wait text=say!(words, pay_preparing)>
            <Button text=say!(words, try_again) kind=ButtonKind::Soft press=again />
        </Wait>
    }
}

/// The server refuses, or cannot be asked: what happened, and the way on.
fn refused(words: Words, trouble: Trouble, again: impl Fn(()) + Send + Sync + 'static) -> View {
    let is_signed_out = matches!(&trouble, Trouble::Request(error) if error.is_signed_out());
    let can_help = matches!(&trouble, Trouble::Request(error) if error.is_temporary());
    let here = Navigation::get().path().get_untracked();
    let sign_in = is_signed_out.then(|| {
        view! { <LinkButton href=Route::SignIn.path_then(&here) text=say!(words, sign_in) /> }
    });
    let retry = can_help.then(|| view! { <Button text=say!(words, try_again) glyph=Glyph::Refresh press=again /> });
    view! {
        <div class="stack">
            <TroubleNote trouble=Signal::stored(Some(trouble)) />
            <p class="quiet">{text(say!(words, money_not_moved))}</p>
            {sign_in}
            {retry}
            <LinkButton href="/scan" text=say!(words, scan_again) kind=ButtonKind::Quiet glyph=Glyph::Scan />
        </div>
    }
}

/// The code's signature could not be checked now. It may be as genuine as any, so nothing is said against it.
fn unchecked(words: Words, again: impl Fn(()) + Send + Sync + 'static) -> View {
    view! {
        <div class="stack">
            <Banner text=say!(words, code_unchecked) tone=Tone::Gold glyph=Glyph::Info />
            <p class="quiet">{text(say!(words, money_not_moved))}</p>
            <Button text=say!(words, try_again) glyph=Glyph::Refresh press=again />
            <LinkButton href="/scan" text=say!(words, scan_again) kind=ButtonKind::Quiet glyph=Glyph::Scan />
        </div>
    }
}

/// It cannot be paid: what it is, and what to do.
pub fn stopped(words: Words, stop: Stop, again: impl Fn(()) + Send + Sync + 'static) -> View {
    let content = model::foreign_text(&stop);
    let (tone, sentence) = match stop {
        Stop::Refused(error) => return refused(words, Trouble::Request(error), again),
        Stop::Unchecked(_) => return unchecked(words, again),
        Stop::Suspect(_) | Stop::Forged => (Tone::Cinnabar, say!(words, code_suspect)),
        Stop::Differs => (Tone::Cinnabar, say!(words, code_differs)),
        Stop::Foreign(_) => (Tone::Gold, say!(words, code_foreign)),
        Stop::Damaged(_) => (Tone::Gold, say!(words, code_damaged)),
        Stop::OtherWallet(_) => (Tone::Gold, say!(words, code_other_wallet)),
        Stop::Text(_) => (Tone::Gold, say!(words, code_text)),
        Stop::TooLong => (Tone::Gold, say!(words, code_too_long)),
        Stop::Empty => (Tone::Gold, say!(words, code_empty)),
        Stop::Handle => (Tone::Gold, say!(words, send_handle_wrong)),
        Stop::Expired => (Tone::Gold, TextProp::from(move || problem(words, ProblemCode::OrderExpired))),
    };
    let shown = (!content.is_empty()).then(|| {
        view! {
            <div class="foreign-text">
                <span class="quiet">{text(say!(words, code_says))}</span>
                <bdi>{content}</bdi>
            </div>
        }
    });
    view! {
        <div class="stack">
            <Banner text=sentence tone=tone glyph=Glyph::Alert />
            {shown}
            <p class="quiet">{text(say!(words, money_not_moved))}</p>
            <LinkButton href="/scan" text=say!(words, scan_again) glyph=Glyph::Scan />
        </div>
    }
}

/// Why less can be paid for a while after a recovery, how much, and until when.
pub fn lowered_line(words: Words, lowered: &LoweredLimits) -> String {
    said!(
        words,
        lowered_line,
        each = AmountParts::of(lowered.payment_max).text(),
        left = AmountParts::of(lowered.day_left).text(),
        moment = written(lowered.until, Style::DayTime, words.get_locale())
    )
}

/// The same, below the amount.
fn lowered_note(words: Words, lowered: Option<LoweredLimits>) -> Option<View> {
    let lowered = lowered?;
    let line = TextProp::from(move || lowered_line(words, &lowered));
    Some(view! {
        <p class="with-icon quiet">
            <Icon glyph=Glyph::Clock />
            {text(line)}
        </p>
    })
}

/// The amount, where the payer chooses it.
#[component]
pub fn AmountStage(
    /// What the client found.
    sheet: payment::Sheet,
    /// What is typed; kept when one comes back from the confirmation.
    typed: RwSignal<String>,
    /// Whether the server is being asked.
    #[prop(into)]
    busy: Signal<bool>,
    /// What went wrong when it was asked.
    trouble: Option<Trouble>,
    /// Told of the amount.
    #[prop(into)]
    next: Callback<Money>,
) -> View {
    let (words, wallet) = (words(), Wallet::get());
    let (preview, mark) = (sheet.preview.clone(), sheet.mark);
    let (currency, max, available) = (preview.currency, preview.amount_max, preview.available);
    let read = Memo::new(move |_| typed.with(|typed| amount::typed(typed, currency, max)));
    let obstacle = Memo::new(move |_| {
        let amount = read.read().as_ref().ok()?.money();
        wallet.obstacle(&payment::Sheet { amount: Some(amount), ..sheet.clone() })
    });
    let too_much = Memo::new(move |_| matches!(*obstacle.read(), Some(Obstacle::Insufficient { .. })));
    let error = Signal::derive(move || match read.get() {
        Ok(_) => match obstacle.get() {
            Some(Obstacle::Insufficient { .. }) => {
                said!(words, amount_above_balance, available = AmountParts::of(available).text())
            }
            Some(Obstacle::Frozen) => said!(words, banner_frozen),
            Some(Obstacle::Lowered { at_most, .. }) => {
                said!(words, lowered_above, amount = AmountParts::of(at_most).text())
            }
            Some(other) => problem(words, other.code()).to_owned(),
            None => String::new(),
        },
        Err(error) => error.sentence(words, currency, max),
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Ok(amount) = read.get_untracked() {
            next.run(amount.money());
        }
    };
    let asked = preview.note.clone().map(|note| {
        view! {
            <p class="quiet">
                {text(say!(words, payee_says))} " "
                <bdi>{note}</bdi>
            </p>
        }
    });
    let balance = TextProp::from(move || said!(words, balance_is, amount = AmountParts::of(available).text()));
    let lowered = lowered_note(words, preview.lowered.clone());
    let top_up = move || {
        too_much.get().then(|| {
            view! { <LinkButton href="/top-up" text=say!(words, top_up) kind=ButtonKind::Soft glyph=Glyph::Plus /> }
        })
    };
    view! {
        <form class="stack" novalidate on:submit=submit>
            <PayeeHead payee=preview.payee known=mark />
            {asked}
            <AmountField
                label=say!(words, amount_to_pay)
                currency=Signal::stored(currency)
                value=typed
                input=move |text| typed.set(text)
                error=error
            />
            <p class="with-icon quiet">
                <Icon glyph=Glyph::Card />
                {text(balance)}
            </p>
            {lowered}
            {top_up}
            <TroubleNote trouble=Signal::stored(trouble) />
            <Button
                text=say!(words, go_on)
                busy=busy
                disabled=Signal::derive(move || read.read().is_err() || obstacle.read().is_some())
            />
        </form>
    }
}
