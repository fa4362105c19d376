//! Where to send the money, with each value ready to be copied; and that it has come.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::text_prop::TextProp;
use qianbao_api::topups::{TopupStatus, TopupView};
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Amount, AmountSize, Banner, Glyph, Icon, IconButton, LinkButton, Toaster, Tone};

use super::status;
use crate::browser::clipboard;
use crate::words::{said, say, words};

/// The instructions of a top-up, or its arrival.
#[component]
pub fn Instructions(
    /// The top-up.
    topup: TopupView,
) -> View {
    let words = words();
    let is_done = topup.status == TopupStatus::Done;
    let money = topup.received.unwrap_or(topup.amount);
    let plain_number: String = topup.account_number.chars().filter(|letter| !letter.is_whitespace()).collect();
    let steps = (!is_done).then(|| {
        view! {
            <ol class="steps">
                <li>{text(say!(words, top_up_step_1))}</li>
                <li>{text(say!(words, top_up_step_2))}</li>
                <li>{text(say!(words, top_up_step_3))}</li>
            </ol>
        }
    });
    let arrived = is_done.then(|| {
        view! { <Banner text=say!(words, top_up_arrived) tone=Tone::Jade glyph=Glyph::Done /> }
    });
    let demo = topup.demo_bank_url.filter(|_| !is_done).map(|url| {
        view! {
            <a class="button button-main" href=url target="_blank" rel="noopener noreferrer">
                <Icon glyph=Glyph::Bank />
                {text(say!(words, demo_bank))}
            </a>
            <p class="quiet">{text(say!(words, demo_bank_hint))}</p>
        }
    });
    let home = is_done.then(|| view! { <LinkButton href="/" text=say!(words, to_home) /> });
    view! {
        <div class="panes">
            <section class="card stack">
                <div class="record-head">
                    <Amount money=Signal::stored(money) size=AmountSize::Figure />
                    {status(words, topup.status)}
                </div>
                {arrived}
                {steps}
                {demo}
                {home}
            </section>
            <section class="card">
                <dl class="copy-facts">
                    <CopyFact label=say!(words, top_up_reference) value=topup.reference.clone() copied=topup.reference strong=true />
                    <CopyFact label=say!(words, account_name) value=topup.account_name.clone() copied=topup.account_name />
                    <CopyFact label=say!(words, account_number) value=topup.account_number copied=plain_number />
                    <CopyFact label=say!(words, bank) value=topup.bank_name.clone() copied=topup.bank_name />
                </dl>
            </section>
        </div>
    }
}

/// A value with a button that copies it.
#[component]
fn CopyFact(
    /// What it is.
    label: TextProp,
    /// As it is shown.
    value: String,
    /// As it is copied.
    copied: String,
    /// Whether it stands out.
    #[prop(optional)]
    strong: bool,
) -> View {
    let (words, toaster) = (words(), Toaster::get());
    let what = label.clone();
    let press = move |()| {
        let copied = copied.clone();
        spawn_local(async move {
            let (glyph, said) = if clipboard::copy(&copied).await {
                (Glyph::Check, say!(words, copied))
            } else {
                (Glyph::Alert, say!(words, copy_failed))
            };
            toaster.say(glyph, said);
        });
    };
    let action = TextProp::from(move || said!(words, copy_what, what = what.get().to_string()));
    view! {
        <div class="copy-fact">
            <dt>{text(label)}</dt>
            <dd>
                <span class:copy-fact-strong=strong>{value}</span>
                <IconButton label=action glyph=Glyph::Copy press=press />
            </dd>
        </div>
    }
}
