//! Pieces of the receive screen: the card with the code, the sheet for amount and note, the list of what came in.

use leptos::prelude::*;
use qianbao_api::keys::{CreateLink, LinkView};
use qianbao_core::amount::PositiveAmount;
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{
    Act, Amount, AmountField, AmountSize, Button, ButtonKind, Empty, Field, Glyph, Icon, QrCode, Sheet, Wait,
};

use super::{Made, model};
use crate::browser::calendar::{Style, written};
use crate::parts::{EntryRow, Trouble, TroubleNote, amount};
use crate::state::Wallet;
use crate::words::{said, say, words};

/// The white card: whose code it is, the code, what is asked for.
#[component]
pub fn CodeCard(
    /// The code to show; nothing while it is on its way.
    shown: Signal<Option<Made>>,
    /// Asks again.
    #[prop(into)]
    again: Callback<()>,
) -> View {
    let (words, wallet) = (words(), Wallet::get());
    let name = move || wallet.person().map(|person| person.legal_name_masked).unwrap_or_default();
    let handle = move || wallet.person().map(|person| ["@", &person.handle].concat()).unwrap_or_default();
    let code = move || match shown.get() {
        Some(Ok(link)) => view! { <Code link=link /> },
        Some(Err(_)) => {
            view! { <Button text=say!(words, try_again) kind=ButtonKind::Soft glyph=Glyph::Refresh press=again /> }
        }
        None => view! {
            <Wait text=say!(words, code_coming)>
                <Button text=say!(words, try_again) kind=ButtonKind::Soft press=again />
            </Wait>
        },
    };
    view! {
        <section class="code-card">
            <p class="code-card-name">
                <strong>
                    <bdi>{name}</bdi>
                </strong>
                " "
                <bdi>{handle}</bdi>
            </p>
            {code}
        </section>
    }
}

#[component]
fn Code(
    /// The code.
    link: LinkView,
) -> View {
    let words = words();
    let amount = link.amount.map(|money| {
        view! { <Amount money=Signal::stored(money) size=AmountSize::Figure /> }
    });
    let note = link.note.map(|note| view! { <p class="code-card-note"><bdi>{note}</bdi></p> });
    let hint = move || {
        if let Some(end) = link.expires_at {
            said!(words, code_until, time = written(end, Style::DayTime, words.get_locale()))
        } else {
            said!(words, receive_hint)
        }
    };
    view! {
        {amount}
        {note}
        <QrCode content=link.url label=say!(words, receive_code) />
        <p class="code-card-hint">{hint}</p>
    }
}

/// Asks for an amount and a note, and makes a code of them.
#[component]
pub fn AskSheet(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Told of the code.
    #[prop(into)]
    made: Callback<LinkView>,
) -> View {
    let (words, wallet) = (words(), Wallet::get());
    let (typed, note) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let currency = Signal::derive(move || wallet.currency());
    let max = move || PositiveAmount::max(currency.get()).money();
    let read = Memo::new(move |_| typed.with(|typed| amount::typed(typed, currency.get(), max())));
    let error = Signal::derive(move || match read.get() {
        Ok(_) => String::new(),
        Err(error) => error.sentence(words, currency.get(), max()),
    });
    let making = Act::new(move |request: CreateLink| async move {
        let link = wallet.client().create_link(&request).await?;
        // The screen may be gone by now; then nobody asks for the code.
        let _ = made.try_run(link);
        open.set(false);
        Ok(())
    });
    let trouble = Signal::derive(move || making.value().get().and_then(Result::err).map(Trouble::Request));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Ok(amount) = read.get_untracked() {
            let note = Some(note.get_untracked().trim().to_owned()).filter(|note| !note.is_empty());
            making.start(CreateLink { amount: Some(amount.money()), note });
        }
    };
    view! {
        <Sheet open=open title=say!(words, set_amount) close=move |()| open.set(false)>
            <form class="stack" novalidate on:submit=submit>
                <AmountField
                    label=say!(words, amount_to_receive)
                    currency=currency
                    value=typed
                    input=move |text| typed.set(text)
                    error=error
                />
                <Field
                    label=say!(words, note_optional)
                    value=note
                    input=move |text| note.set(text)
                    hint=say!(words, note_seen_by_payer)
                    length_max=100
                />
                <TroubleNote trouble=trouble />
                <Button
                    text=say!(words, make_code)
                    busy=making.pending()
                    disabled=Signal::derive(move || read.read().is_err())
                />
            </form>
        </Sheet>
    }
}

/// What came in since the screen was opened, the newest large and read out.
#[component]
pub fn CameIn() -> View {
    let (words, wallet) = (words(), Wallet::get());
    let since = model::last_sequence(&wallet.client().mirror().newest(1));
    let came = Memo::new(move |_| model::came_in(&wallet.newest(model::LOOKED_AT), since));
    let newest = move || {
        came.with(|came| came.first().map(|entry| entry.amount)).map(|amount| {
            view! {
                <div class="came-in">
                    <span class="came-in-icon">
                        <Icon glyph=Glyph::Check />
                    </span>
                    <span>{text(say!(words, received))}</span>
                    <Amount money=Signal::stored(amount) size=AmountSize::Figure />
                </div>
            }
        })
    };
    let rows = move || {
        let entries = came.get();
        if entries.is_empty() {
            let (title, line) = (say!(words, receive_waiting_title), say!(words, receive_waiting));
            return view! { <Empty glyph=Glyph::Receive title=title text=line /> };
        }
        let rows: Vec<_> = entries.into_iter().map(|entry| view! { <li><EntryRow entry=entry /></li> }).collect();
        view! { <ul class="row-list">{rows}</ul> }
    };
    view! {
        <section class="card">
            <div role="status" aria-live="assertive">
                {newest}
            </div>
            {rows}
        </section>
    }
}
