//! Putting money in by bank transfer: ask for a reference, see where to send the money, see it arrive.

mod view;

use leptos::prelude::*;
use qianbao_api::topups::{CreateTopup, TopupStatus, TopupView};
use qianbao_core::amount::PositiveAmount;
use qianbao_core::id::TopupId;
use qianbao_core::{Currency, Money};
use qianbao_ui::dom::{Child, View, view};
use qianbao_ui::words::text;
use qianbao_ui::{
    Act, Amount, AmountField, AmountParts, Button, Empty, Fetched, Glyph, Icon, Mark, Navigation, Row, Skeleton, Tag,
    Tone,
};

use crate::parts::{Screen, Trouble, TroubleNote, amount, moment};
use crate::route::Route;
use crate::state::Wallet;
use crate::words::{Words, say, words};

/// Amounts offered at a press, in whole units of the currency.
const OFFERED: [i64; 4] = [100, 200, 500, 1_000];

/// The screen.
#[component]
pub fn TopUp() -> View {
    let (words, wallet, navigation) = (words(), Wallet::get(), Navigation::get());
    let typed = RwSignal::new(String::new());
    let currency = Signal::derive(move || wallet.currency());
    let max = move || PositiveAmount::max(currency.get()).money();
    let read = Memo::new(move |_| typed.with(|typed| amount::typed(typed, currency.get(), max())));
    let error = Signal::derive(move || match read.get() {
        Ok(_) => String::new(),
        Err(error) => error.sentence(words, currency.get(), max()),
    });
    // One id for one asking: a second press after a lost answer asks for the same reference.
    let id = StoredValue::new(wallet.client().fresh_id::<qianbao_core::id::Topup>());
    let asking = Act::new(move |amount: Money| {
        let request = CreateTopup { id: id.get_value(), amount };
        async move {
            let made = wallet.client().create_topup(&request).await?;
            navigation.go(&Route::TopUpDetail(made.id).path());
            Ok(())
        }
    });
    let type_in = move |text: String| {
        id.set_value(wallet.client().fresh_id());
        typed.set(text);
    };
    let trouble = Signal::derive(move || asking.value().get().and_then(Result::err).map(Trouble::Request));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Ok(amount) = read.get_untracked() {
            asking.start(amount.money());
        }
    };
    view! {
        <Screen title=say!(words, top_up) back=Route::Home>
            <div class="panes">
                <form class="card stack" novalidate on:submit=submit>
                    <AmountField
                        label=say!(words, top_up_amount)
                        currency=currency
                        value=typed
                        input=type_in
                        error=error
                    />
                    <Offers currency=currency choose=type_in />
                    <TroubleNote trouble=trouble />
                    <Button
                        text=say!(words, top_up_ask)
                        busy=asking.pending()
                        disabled=Signal::derive(move || read.read().is_err())
                    />
                    <p class="with-icon quiet">
                        <Icon glyph=Glyph::Bank />
                        {text(say!(words, top_up_how))}
                    </p>
                </form>
                <Earlier />
            </div>
        </Screen>
    }
}

/// Amounts at a press.
#[component]
fn Offers(
    /// In which currency.
    currency: Signal<Currency>,
    /// Told of the amount, as it would be typed.
    #[prop(into)]
    choose: Callback<String>,
) -> View {
    let words = words();
    let offers = OFFERED.map(|whole| {
        let label = move || {
            let scale = 10_i64.pow(u32::from(currency.get().exponent()));
            let parts = AmountParts::of(Money::new(whole * scale, currency.get()));
            parts.symbol.into_owned() + &parts.major
        };
        view! {
            <button type="button" class="chip" on:click=move |_| choose.run(whole.to_string())>
                {label}
            </button>
        }
    });
    view! {
        <div class="chips" role="group" aria-label=say!(words, top_up_offers)>
            {Vec::from(offers)}
        </div>
    }
}

/// Top-ups asked for before.
#[component]
fn Earlier() -> View {
    let (words, wallet) = (words(), Wallet::get());
    let topups = Memo::new(move |_| wallet.topups());
    let rows = move || {
        let topups = topups.get();
        if topups.is_empty() {
            return view! {
                <Empty glyph=Glyph::Bank title=say!(words, top_up_empty_title) text=say!(words, top_up_empty_text) />
            };
        }
        let rows = topups.into_iter().take(20).map(|topup| view! { <li>{row(words, wallet, topup)}</li> });
        view! { <ul class="row-list">{rows.collect::<Vec<_>>()}</ul> }
    };
    view! {
        <section>
            <div class="section-head">
                <h2>{text(say!(words, top_up_earlier))}</h2>
            </div>
            {rows}
        </section>
    }
}

fn row(words: Words, wallet: Wallet, topup: TopupView) -> View {
    let href = Route::TopUpDetail(topup.id).path();
    let (at, reference) = (topup.created_at, topup.reference);
    let money = topup.received.unwrap_or(topup.amount);
    let lead = view! { <Mark glyph=Glyph::Bank /> };
    let title = view! {
        <Amount money=Signal::stored(money) />
        {status(words, topup.status)}
    };
    let detail = (move || [moment::when(words, at, wallet.now()), reference.clone()].join(" · ")).built();
    let end = view! { <Icon glyph=Glyph::Chevron /> };
    view! { <Row lead=lead title=title detail=detail end=end href=href /> }
}

/// How a top-up stands, in a tag.
fn status(words: Words, status: TopupStatus) -> View {
    match status {
        TopupStatus::Waiting => view! { <Tag text=say!(words, top_up_waiting) tone=Tone::Gold glyph=Glyph::Clock /> },
        TopupStatus::Done => view! { <Tag text=say!(words, top_up_done) tone=Tone::Jade glyph=Glyph::Check /> },
    }
}

/// One top-up.
#[component]
pub fn TopUpDetail(
    /// Which.
    topup: TopupId,
) -> View {
    let (words, wallet) = (words(), Wallet::get());
    // The mirror has it a moment after it was made; until then the server is asked.
    let asked = Fetched::new(move || async move {
        let page = wallet.client().topups(None, 50).await.ok()?;
        page.data.into_iter().find(|known| known.id == topup)
    });
    let shown = Memo::new(move |_| wallet.topup(topup).or_else(|| asked.get().flatten()));
    let is_asked = move || asked.get().is_some();
    let content = move || match shown.get() {
        Some(topup) => view! { <view::Instructions topup=topup /> },
        None if is_asked() => view! {
            <Empty glyph=Glyph::Search title=say!(words, record_gone_title) text=say!(words, record_gone_text) />
        },
        None => view! { <Skeleton lines=6 /> },
    };
    view! {
        <Screen title=say!(words, top_up) back=Route::TopUp>
            <div aria-live="polite">{content}</div>
        </Screen>
    }
}
