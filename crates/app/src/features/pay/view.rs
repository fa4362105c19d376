//! Pieces of the sheet: waiting, refusals, the amount to be typed.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_api::payments::Preview;
use qianbao_core::Money;
use qianbao_ui::words::text;
use qianbao_ui::{AmountField, Banner, Button, ButtonKind, Glyph, Icon, LinkButton, Navigation, Tone, Wait};

use super::reading::ReadingError;
use crate::parts::payee::PayeeHead;
use crate::parts::{Trouble, TroubleNote, amount};
use crate::route::Route;
use crate::words::{Words, said, say, words};

/// Payee and amount are on their way.
pub fn waiting(words: Words, again: impl Fn(()) + Send + Sync + 'static) -> AnyView {
    view! {
        <Wait text=say!(words, pay_preparing)>
            <Button text=say!(words, try_again) kind=ButtonKind::Soft press=again />
        </Wait>
    }
    .into_any()
}

/// The server refuses, or cannot be asked: what happened, and the way on.
pub fn refused(words: Words, trouble: Trouble, again: impl Fn(()) + Send + Sync + 'static) -> AnyView {
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
    .into_any()
}

/// The text is nothing that can be paid: what it is, and what to do.
pub fn unreadable(words: Words, error: ReadingError) -> AnyView {
    let (tone, sentence) = match &error {
        ReadingError::Suspect => (Tone::Cinnabar, say!(words, code_suspect)),
        ReadingError::Foreign(_) => (Tone::Gold, say!(words, code_foreign)),
        ReadingError::Damaged => (Tone::Gold, say!(words, code_damaged)),
        ReadingError::OtherWallet(_) => (Tone::Gold, say!(words, code_other_wallet)),
        ReadingError::Text(_) => (Tone::Gold, say!(words, code_text)),
        ReadingError::TooLong => (Tone::Gold, say!(words, code_too_long)),
        ReadingError::Handle => (Tone::Gold, say!(words, send_handle_wrong)),
    };
    let content = match error {
        ReadingError::Foreign(text) | ReadingError::OtherWallet(text) | ReadingError::Text(text) => text,
        ReadingError::Suspect | ReadingError::Damaged | ReadingError::TooLong | ReadingError::Handle => String::new(),
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
    .into_any()
}

/// The amount, where the payer chooses it.
#[component]
pub fn AmountStage(
    /// What the server said.
    preview: Preview,
    /// What is typed; kept when one comes back from the confirmation.
    typed: RwSignal<String>,
    /// Whether the server is being asked.
    #[prop(into)]
    busy: Signal<bool>,
    /// What went wrong when it was asked.
    trouble: Signal<Option<Trouble>>,
    /// Told of the amount.
    #[prop(into)]
    next: Callback<Money>,
) -> impl IntoView {
    let words = words();
    let (currency, max, available) = (preview.currency, preview.amount_max, preview.available);
    let read = Memo::new(move |_| typed.with(|typed| amount::typed(typed, currency, max)));
    let too_much = Memo::new(move |_| {
        read.with(|read| read.as_ref().is_ok_and(|a| a.currency() == available.currency && a.minor() > available.minor))
    });
    let error = Signal::derive(move || match read.get() {
        Ok(_) if too_much.get() => {
            said!(words, amount_above_balance, available = qianbao_ui::AmountParts::of(available).text())
        }
        Ok(_) => String::new(),
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
    let balance =
        TextProp::from(move || said!(words, balance_is, amount = qianbao_ui::AmountParts::of(available).text()));
    let top_up = move || {
        too_much.get().then(|| {
            view! { <LinkButton href="/top-up" text=say!(words, top_up) kind=ButtonKind::Soft glyph=Glyph::Plus /> }
        })
    };
    view! {
        <form class="stack" novalidate on:submit=submit>
            <PayeeHead payee=preview.payee />
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
            {top_up}
            <TroubleNote trouble=trouble />
            <Button
                text=say!(words, go_on)
                busy=busy
                disabled=Signal::derive(move || read.read().is_err() || too_much.get())
            />
        </form>
    }
    .into_any()
}
