//! The form.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_api::merchants::OpenShop as OpenShopRequest;
use qianbao_core::Currency;
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Act, Banner, Button, Field, Glyph, Tone};

use super::model::{Answers, CATEGORIES, CITY_MAX, NAME_EN_MAX, NAME_ZH_MAX, Wrong, wrong_ascii, wrong_text};
use crate::say;
use crate::state::Till;
use crate::texts::{self, Language, failure};

/// The screen of a person who has no shop yet.
#[component]
pub fn OpenShop() -> View {
    let till = Till::get();
    let language = Language::get();
    let answers = RwSignal::new(Answers { category: CATEGORIES[0].to_owned(), ..Answers::default() });
    let tried = RwSignal::new(false);
    let open = Act::new(move |request: OpenShopRequest| async move {
        till.client().open_shop(&request).await.map(|shop| till.set_shop(shop))
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if let Some(request) = answers.with_untracked(|answers| answers.request(Currency::CNY)) {
            open.start(request);
        }
    };
    let (needed, ascii) = (say!(needed), say!(ascii_only));
    let said = move |wrong: Option<Wrong>| match wrong.filter(|_| tried.get()) {
        None => String::new(),
        Some(Wrong::Missing) => needed.get().to_string(),
        Some(Wrong::NotAscii) => ascii.get().to_string(),
    };
    let (said_zh, said_en, said_city) = (said.clone(), said.clone(), said);
    let failed = move || {
        open.value().with(|answer| match answer {
            Some(Err(error)) => Some(failure(language.locale(), error)),
            _ => None,
        })
    };
    view! {
        <div class="door">
            <h1>{text(say!(title_open_shop))}</h1>
            <p class="door-lead">{text(say!(open_shop_lead))}</p>
            <form class="stack" on:submit=submit novalidate>
                <Field
                    label=say!(shop_name_zh)
                    value=Signal::derive(move || answers.read().name_zh.clone())
                    input=move |text| answers.update(|answers| answers.name_zh = text)
                    error=Signal::derive(move || said_zh(wrong_text(&answers.read().name_zh)))
                    autocomplete="organization"
                    length_max=NAME_ZH_MAX
                />
                <Field
                    label=say!(shop_name_en)
                    hint=say!(shop_name_en_hint)
                    value=Signal::derive(move || answers.read().name_en.clone())
                    input=move |text| answers.update(|answers| answers.name_en = text)
                    error=Signal::derive(move || said_en(wrong_ascii(&answers.read().name_en)))
                    length_max=NAME_EN_MAX
                />
                <Field
                    label=say!(shop_city)
                    hint=say!(shop_city_hint)
                    value=Signal::derive(move || answers.read().city.clone())
                    input=move |text| answers.update(|answers| answers.city = text)
                    error=Signal::derive(move || said_city(wrong_ascii(&answers.read().city)))
                    length_max=CITY_MAX
                />
                <Categories
                    chosen=Signal::derive(move || answers.read().category.clone())
                    choose=move |code| answers.update(|answers| answers.category = code)
                />
                {move || failed().map(|failed| view! { <Banner text=failed tone=Tone::Cinnabar glyph=Glyph::Alert /> })}
                <Button text=say!(open_shop) busy=open.pending() />
            </form>
        </div>
    }
}

/// The lines of business, in the browser's own list of choices.
#[component]
fn Categories(
    /// The code that holds.
    #[prop(into)]
    chosen: Signal<String>,
    /// Told of another one.
    #[prop(into)]
    choose: Callback<String>,
) -> View {
    let options = CATEGORIES.map(|code| {
        let name: TextProp = texts::category(code.to_owned());
        view! {
            <option value=code selected=move || chosen.read().as_str() == code>
                {move || name.get()}
            </option>
        }
    });
    view! {
        <div class="field">
            <label class="field-label" for="category">
                {text(say!(shop_category))}
            </label>
            <div class="field-box choice-box">
                <select id="category" on:change=move |event| choose.run(event_target_value(&event))>
                    {options}
                </select>
            </div>
        </div>
    }
}
