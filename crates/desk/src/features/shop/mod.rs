//! The shop: what is known of it, the code to print, the settings of this device, a passkey for the desk.

mod passkey;

use leptos::prelude::*;
use leptos::task::spawn_local;
use qianbao_client::Step;
use qianbao_ui::dom::{Child, View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Banner, Button, ButtonKind, Card, Fact, Glyph, Icon, Mark, Row, Segmented, Sheet, Switch, Tone};

use crate::browser::preferences::{self, Theme};
use crate::browser::sound;
use crate::say;
use crate::screen::Screen;
use crate::state::{Shopfront, Till};
use crate::texts::{self, Language, Locale};

/// The screen.
#[component]
pub fn Shop() -> View {
    view! {
        <div class="column">
            <h1>{text(say!(title_shop))}</h1>
            <About />
            <Card>
                <Row
                    href=Screen::Poster.path()
                    lead=view! { <Mark glyph=Glyph::Print tone=Tone::Jade /> }
                    title=text(say!(shop_code))
                    detail=text(say!(shop_code_text))
                    end=view! { <Icon glyph=Glyph::Chevron /> }
                />
            </Card>
            <Settings />
            <passkey::Passkey />
            <SignOut />
        </div>
    }
}

/// What customers see of the shop.
#[component]
fn About() -> impl Child {
    let till = Till::get();
    let known = move || match till.shop() {
        Shopfront::Open(shop) => Some(shop),
        Shopfront::Unknown | Shopfront::Missing => None,
    };
    move || {
        known().map(|shop| {
            view! {
                <Card>
                    <p class="shop-name">
                        <bdi>{shop.name_zh}</bdi>
                        <span class="quiet">
                            <bdi>{shop.name_en}</bdi>
                        </span>
                    </p>
                    <dl class="facts">
                        <Fact label=say!(category)>{text(texts::category(shop.category))}</Fact>
                        <Fact label=say!(city)>
                            <bdi>{shop.city}</bdi>
                        </Fact>
                        <Fact label=say!(shop_number)>
                            <span class="facts-code">{shop.id.to_string()}</span>
                        </Fact>
                    </dl>
                </Card>
            }
        })
    }
}

const THEMES: [Theme; 3] = [Theme::System, Theme::Light, Theme::Dark];
const LANGUAGES: [Locale; 2] = [Locale::zh, Locale::en];

/// Language, theme, sound.
#[component]
fn Settings() -> View {
    let language = Language::get();
    let theme = RwSignal::new(preferences::theme());
    let sounds = RwSignal::new(preferences::sound());
    let chosen_theme = move || THEMES.iter().position(|one| *one == theme.get()).unwrap_or(0);
    let choose_theme = move |place: usize| {
        if let Some(chosen) = THEMES.get(place) {
            preferences::keep_theme(*chosen);
            theme.set(*chosen);
        }
    };
    let chosen_language = move || LANGUAGES.iter().position(|one| *one == language.locale()).unwrap_or(0);
    let choose_language = move |place: usize| {
        if let Some(chosen) = LANGUAGES.get(place) {
            language.change(*chosen);
        }
    };
    let flip_sound = move |on: bool| {
        preferences::keep_sound(on);
        sounds.set(on);
    };
    let listen = move |()| {
        sound::prepare();
        sound::paid();
    };
    view! {
        <Card title=say!(settings)>
            <div class="stack settings">
                <div class="setting">
                    <span>{text(say!(language))}</span>
                    <Segmented
                        label=say!(language)
                        options=vec!["中文".into(), "English".into()]
                        chosen=Signal::derive(chosen_language)
                        choose=choose_language
                    />
                </div>
                <div class="setting">
                    <span>{text(say!(theme))}</span>
                    <Segmented
                        label=say!(theme)
                        options=vec![say!(theme_system), say!(theme_light), say!(theme_dark)]
                        chosen=Signal::derive(chosen_theme)
                        choose=choose_theme
                    />
                </div>
                <Switch label=say!(sound) on=sounds flip=flip_sound />
                <Button text=say!(sound_try) kind=ButtonKind::Quiet press=listen />
            </div>
        </Card>
    }
}

/// Who is signed in, and the way out.
#[component]
fn SignOut() -> View {
    let till = Till::get();
    let asking = RwSignal::new(false);
    let handle = move || till.presence().person().map(|person| person.handle.clone()).unwrap_or_default();
    let leave = move |()| {
        spawn_local(async move {
            // Also without a network this device forgets; the client tells the server as soon as it can.
            let _ = till.client().sign_out().await;
        });
    };
    let is_open = move || till.outbox().iter().any(|item| !matches!(item.step, Step::Done(_)));
    let open =
        move || is_open().then(|| view! { <Banner text=say!(sign_out_open) tone=Tone::Gold glyph=Glyph::Clock /> });
    view! {
        <Card>
            <dl class="facts">
                <Fact label=say!(signed_in_as)>
                    <bdi>{handle}</bdi>
                </Fact>
            </dl>
        </Card>
        <Button text=say!(sign_out) kind=ButtonKind::Quiet glyph=Glyph::SignOut press=move |()| asking.set(true) />
        <Sheet open=asking title=say!(sign_out_ask) close=move |()| asking.set(false)>
            <div class="stack">
                <p>{text(say!(sign_out_text))}</p>
                {open}
                <div class="actions">
                    <Button text=say!(back) kind=ButtonKind::Quiet press=move |()| asking.set(false) />
                    <Button text=say!(sign_out) kind=ButtonKind::Danger press=leave />
                </div>
            </div>
        </Sheet>
    }
}
