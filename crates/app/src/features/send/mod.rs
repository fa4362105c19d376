//! Choosing a person to pay: by handle, or one of those paid before. Name and amount come on the next screen.

mod model;

use leptos::prelude::*;
use qianbao_core::text::Handle;
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Button, ButtonKind, Empty, Field, FieldKind, Glyph, Icon, LinkButton, Mark, Navigation, Row};

use crate::parts::Screen;
use crate::route::{PayFor, Route};
use crate::state::Wallet;
use crate::words::{said, say, words};

/// How many of the newest entries are looked through for people.
const LOOKED_AT: usize = 200;

/// The screen.
#[component]
pub fn Send() -> View {
    let (words, navigation) = (words(), Navigation::get());
    let typed = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let error = Signal::derive(move || {
        let wrong = tried.get() && typed.with(|typed| Handle::typed(typed).is_err());
        if wrong { said!(words, send_handle_wrong) } else { String::new() }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        // A link that somebody sent is taken as well as a handle.
        let typed = typed.get_untracked();
        if let Ok(handle) = Handle::typed(&typed) {
            navigation.go(&Route::Pay(PayFor::Handle(handle.to_string())).path());
        } else if typed.contains("://") {
            navigation.go(&Route::Pay(PayFor::Code(typed.trim().to_owned())).path());
        }
    };
    view! {
        <Screen title=say!(words, send) back=Route::Home>
            <div class="panes">
                <form class="card stack" novalidate on:submit=submit>
                    <Field
                        label=say!(words, send_to)
                        value=typed
                        input=move |text| typed.set(text)
                        kind=FieldKind::Handle
                        hint=say!(words, send_to_hint)
                        placeholder=say!(words, send_to_example)
                        error=error
                    />
                    <Button text=say!(words, go_on) />
                    <p class="with-icon quiet">
                        <Icon glyph=Glyph::Shield />
                        {text(say!(words, send_name_check))}
                    </p>
                    <LinkButton href="/scan" text=say!(words, scan_instead) glyph=Glyph::Scan kind=ButtonKind::Plain />
                </form>
                <Known />
            </div>
        </Screen>
    }
}

/// People paid before, the latest first.
#[component]
fn Known() -> View {
    let (words, wallet) = (words(), Wallet::get());
    let people = Memo::new(move |_| model::people(&wallet.newest(LOOKED_AT)));
    let rows = move || {
        let people = people.get();
        if people.is_empty() {
            return view! {
                <Empty glyph=Glyph::Person title=say!(words, known_empty_title) text=say!(words, known_empty_text) />
            };
        }
        let rows = people.into_iter().map(|person| {
            let href = Route::Pay(PayFor::Handle(person.handle.clone())).path();
            let letter: String =
                person.legal_name_masked.chars().filter(|letter| letter.is_alphanumeric()).take(1).collect();
            let lead = view! { <Mark letter=letter /> };
            let title = view! { <bdi>{person.legal_name_masked}</bdi> };
            let detail = view! { <bdi>{["@", &person.handle].concat()}</bdi> };
            let end = view! { <Icon glyph=Glyph::Chevron /> };
            view! { <li><Row lead=lead title=title detail=detail end=end href=href /></li> }
        });
        view! { <ul class="row-list">{rows.collect::<Vec<_>>()}</ul> }
    };
    view! {
        <section>
            <div class="section-head">
                <h2>{text(say!(words, known_people))}</h2>
            </div>
            {rows}
        </section>
    }
}
