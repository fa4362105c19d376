//! The screen: keypad beside the day.

use leptos::prelude::*;
use qianbao_api::orders::CreateOrder;
use qianbao_client::ClientError;
use qianbao_core::amount::AmountError;
use qianbao_ui::dom::{Child, View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Act, Banner, Button, ButtonKind, Field, Glyph, Navigation, Tone};

use super::model::{self, NOTE_MAX};
use super::pad::AmountPad;
use crate::browser::sound;
use crate::features::today::DayPane;
use crate::screen::Screen;
use crate::state::Till;
use crate::texts::{Language, failure};
use crate::{say, word};

/// The cashier.
#[component]
pub fn Cashier() -> View {
    let till = Till::get();
    let language = Language::get();
    let navigation = Navigation::get();
    let typed = RwSignal::new(String::new());
    let note = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let currency = Signal::derive(move || till.currency());
    // The request of the last press, until an answer came: pressing again after a lost answer sends the same one.
    let pressed = StoredValue::new(None::<CreateOrder>);
    let make = Act::new(move |request: CreateOrder| async move {
        let order = till.client().create_order(&request).await?;
        pressed.set_value(None);
        let code = Screen::Code(order.id).path();
        till.tell(order);
        navigation.go(&code);
        Ok::<(), ClientError>(())
    });
    let chargeable = move || typed.with(|text| model::chargeable(text, currency.get()));
    let wrong = {
        let (missing, large) = (say!(amount_needed), say!(amount_too_large));
        Signal::derive(move || match chargeable() {
            Err(AmountError::TooLarge { .. }) => large.get().to_string(),
            Err(AmountError::NotPositive { .. }) if tried.get() && typed.read().is_empty() => missing.get().to_string(),
            _ => String::new(),
        })
    };
    let submit = move |()| {
        sound::prepare();
        tried.set(true);
        let Ok(amount) = untrack(chargeable) else { return };
        if make.pending().get_untracked() {
            return;
        }
        let wanted = model::order(till.client().fresh_id(), amount, &note.read_untracked());
        let request = pressed.with_value(|pressed| model::repeated(pressed.as_ref(), wanted));
        pressed.set_value(Some(request.clone()));
        make.start(request);
    };
    view! {
        <div class="panes">
            <section class="pane-main till">
                <h1 class="unseen">{text(say!(title_cashier))}</h1>
                <AmountPad typed=typed currency=currency wrong=wrong submit=submit />
                <NoteField note=note />
                {move || make.value().with(|answer| answer.as_ref()?.as_ref().err().map(|error| trouble(language, error)))}
                <Button text=say!(show_code) glyph=Glyph::Qr busy=make.pending() press=submit />
                <p class="quiet till-hint">{text(say!(keys_hint))}</p>
            </section>
            <DayPane />
        </div>
    }
}

/// Why there is no code yet.
fn trouble(language: Language, error: &ClientError) -> View {
    let locale = language.locale();
    // The order may have been made all the same; the next press asks for the very same one.
    let said = if error.is_temporary() { word!(locale, order_lost).to_owned() } else { failure(locale, error) };
    view! { <Banner text=said tone=Tone::Cinnabar glyph=Glyph::Alert /> }
}

/// A note to the customer: a field once it is asked for.
#[component]
fn NoteField(
    /// What is in it.
    note: RwSignal<String>,
) -> impl Child {
    let open = RwSignal::new(false);
    move || {
        if open.get() {
            view! {
                <Field
                    label=say!(note)
                    hint=say!(note_hint)
                    value=note
                    input=move |text| note.set(text)
                    length_max=NOTE_MAX
                />
            }
        } else {
            view! {
                <Button text=say!(note_add) kind=ButtonKind::Plain glyph=Glyph::Plus press=move |()| open.set(true) />
            }
        }
    }
}
