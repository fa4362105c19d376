//! The faces of a payment: going, checking, paid, not paid.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_api::ProblemCode;
use qianbao_api::payments::PaidView;
use qianbao_core::Timestamp;
use qianbao_core::id::PaymentId;
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Amount, AmountSize, Button, ButtonKind, Fact, Glyph, Icon, LinkButton};

use crate::browser::calendar::{Style, written};
use crate::parts::receipt::ReceiptCard;
use crate::parts::{Trouble, TroubleNote, payee};
use crate::route::Route;
use crate::words::{Words, problem, said, say};

/// The face of a result: a mark, a line, what follows.
fn face(class: &'static str, glyph: Glyph, title: TextProp, rest: View) -> View {
    view! {
        <section class=["result ", class].concat()>
            <span class="result-mark">
                <Icon glyph=glyph />
            </span>
            <h2>{text(title)}</h2>
            {rest}
        </section>
    }
}

/// On its way; after two seconds also that nothing has to be done.
pub fn going(words: Words) -> View {
    let rest = view! { <p class="quiet wait-more">{text(say!(words, payment_going_long))}</p> };
    face("result-going", Glyph::Spinner, say!(words, payment_going), rest)
}

/// Nobody knows yet.
pub fn checking(words: Words, final_at: Option<Timestamp>) -> View {
    let by = move || {
        final_at.map(|at| said!(words, payment_checking_by, time = written(at, Style::Time, words.get_locale())))
    };
    let rest = view! {
        <p>{text(say!(words, payment_checking_text))}</p>
        <p class="quiet">{by}</p>
        <LinkButton href="/" text=say!(words, to_home) kind=ButtonKind::Quiet />
    };
    face("result-checking", Glyph::Clock, say!(words, payment_checking), rest)
}

/// Money has moved.
pub fn paid(words: Words, payment: PaymentId, paid: &PaidView) -> View {
    let (amount, refunded, fee, at) = (paid.amount, paid.refunded, paid.fee, paid.committed_at);
    let to = paid.payee.clone();
    let fee = (!fee.is_zero()).then(|| {
        view! {
            <Fact label=say!(words, fee)>
                <Amount money=Signal::stored(fee) />
            </Fact>
        }
    });
    let back = (!refunded.is_zero()).then(|| {
        view! {
            <Fact label=say!(words, refunded)>
                <Amount money=Signal::stored(refunded) />
            </Fact>
        }
    });
    let note = paid.note.clone().map(|note| {
        view! {
            <Fact label=say!(words, note)>
                <bdi>{note}</bdi>
            </Fact>
        }
    });
    let rest = view! {
        <Amount money=Signal::stored(amount) size=AmountSize::Figure />
        <dl class="facts">
            <Fact label=say!(words, payee)>
                <bdi>{move || payee::name(words, &to)}</bdi>
            </Fact>
            <Fact label=say!(words, time)>{move || written(at, Style::Full, words.get_locale())}</Fact>
            {fee}
            {note}
            {back}
        </dl>
        <div class="actions">
            <LinkButton href="/" text=say!(words, done) />
            <LinkButton href="/activity" text=say!(words, activity) kind=ButtonKind::Quiet />
        </div>
    };
    view! {
        {face("result-paid", Glyph::Done, say!(words, payment_paid), rest)}
        <ReceiptCard payment=payment />
    }
}

/// Final, and no money moved by this payment; `instead` is another one of the same person that paid the order.
pub fn not_paid(words: Words, reason: Option<ProblemCode>, instead: Memo<Option<PaymentId>>) -> View {
    let why = move || {
        if let Some(code) = reason { problem(words, code).to_owned() } else { said!(words, payment_never_arrived) }
    };
    let instead = move || {
        instead.get().map(|paid| {
            let href = Route::Payment(paid).path();
            view! {
                <p>{text(say!(words, payment_paid_instead))}</p>
                <LinkButton href=href text=say!(words, look) kind=ButtonKind::Plain />
            }
        })
    };
    let rest = view! {
        <p>{why}</p>
        <p>
            <strong>{text(say!(words, money_not_moved))}</strong>
        </p>
        {instead}
        <div class="actions">
            {(reason == Some(ProblemCode::InsufficientFunds))
                .then(|| view! { <LinkButton href="/top-up" text=say!(words, top_up) glyph=Glyph::Plus /> })}
            <LinkButton href="/scan" text=say!(words, scan_again) kind=ButtonKind::Quiet glyph=Glyph::Scan />
            <LinkButton href="/" text=say!(words, to_home) kind=ButtonKind::Quiet />
        </div>
    };
    face("result-refused", Glyph::Failed, say!(words, payment_not_paid), rest)
}

/// The server could not be asked about a payment that this device does not know.
pub fn not_known(words: Words, trouble: Trouble, again: impl Fn(()) + Send + Sync + 'static) -> View {
    let rest = view! {
        <TroubleNote trouble=Signal::stored(Some(trouble)) />
        <Button text=say!(words, try_again) glyph=Glyph::Refresh press=again />
        <LinkButton href="/activity" text=say!(words, activity) kind=ButtonKind::Quiet />
    };
    face("result-checking", Glyph::Clock, say!(words, payment_not_known), rest)
}
