//! The person, how they sign in, their devices and the settings of this browser.

mod devices;
mod factors;
mod lock;
mod paying;
mod recovery;

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_client::Step;
use qianbao_ui::dom::{Child, View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Act, Banner, Button, ButtonKind, Card, Fact, Glyph, Icon, Mark, Segmented, Sheet, Switch, Tone};

use crate::app::Offers;
use crate::browser::calendar::{Style, written};
use crate::browser::version;
use crate::parts::Screen;
use crate::parts::language::LanguageChoice;
use crate::parts::{Trouble, TroubleNote, moment};
use crate::state::preferences::Theme;
use crate::state::{Preferences, Wallet, receive_code};
use crate::words::{said, say, words};

/// The screen.
#[component]
pub fn Me() -> View {
    let words = words();
    view! {
        <Screen title=say!(words, me)>
            <div class="panes">
                <div class="stack">
                    <recovery::Notice />
                    <Person />
                    <Look />
                    <lock::Locking />
                </div>
                <div class="stack">
                    <ThisDevice />
                    <factors::Factors />
                    <devices::Devices />
                    <Leaving />
                </div>
            </div>
        </Screen>
    }
}

/// A browser and its system in words, as far as they are known.
fn made_with(browser: &str, system: &str) -> Option<String> {
    let known: Vec<&str> = [browser, system].into_iter().filter(|word| !word.is_empty()).collect();
    (!known.is_empty()).then(|| known.join(" · "))
}

/// Who one is.
#[component]
fn Person() -> impl Child {
    let (words, wallet) = (words(), Wallet::get());
    move || {
        wallet.person().map(|person| {
            let letter: String = person.display_name.chars().take(1).collect();
            let since = person.created_at;
            let handle = ["@", &person.handle].concat();
            view! {
                <section class="card person">
                    <Mark letter=letter tone=Tone::Jade />
                    <span class="payee-names">
                        <strong>
                            <bdi>{person.display_name}</bdi>
                        </strong>
                        <span class="quiet">
                            <bdi>{handle}</bdi>
                            " · "
                            <bdi>{person.legal_name_masked}</bdi>
                        </span>
                        <span class="quiet">
                            {move || said!(words, member_since, day = written(since, Style::MonthYear, words.get_locale()))}
                        </span>
                    </span>
                </section>
            }
        })
    }
}

const THEMES: [Theme; 3] = [Theme::System, Theme::Light, Theme::Dark];

/// Language, colours, what is shown and heard.
#[component]
fn Look() -> View {
    let (words, preferences) = (words(), Preferences::get());
    let theme =
        Signal::derive(move || THEMES.iter().position(|theme| *theme == preferences.theme().get()).unwrap_or(0));
    let choose = move |place: usize| preferences.set_theme(THEMES.get(place).copied().unwrap_or_default());
    let themes = vec![say!(words, theme_system), say!(words, theme_light), say!(words, theme_dark)];
    view! {
        <Card title=say!(words, look_settings)>
            <div class="stack settings">
                <div class="stack stack-tight">
                    <span class="field-label" aria-hidden="true">{text(say!(words, language))}</span>
                    <LanguageChoice />
                </div>
                <div class="stack stack-tight">
                    <span class="field-label" aria-hidden="true">{text(say!(words, theme))}</span>
                    <Segmented label=say!(words, theme) options=themes chosen=theme choose=choose />
                </div>
                <Switch
                    label=say!(words, hide_amounts)
                    on=preferences.amounts_hidden()
                    flip=move |hidden| preferences.set_amounts_hidden(hidden)
                />
                <Switch
                    label=say!(words, sound_on_receive)
                    on=Signal::derive(move || !preferences.silent().get())
                    flip=move |heard: bool| preferences.set_silent(!heard)
                />
            </div>
        </Card>
    }
}

/// The app on this device: its copy of the wallet, its build, installing it.
#[component]
fn ThisDevice() -> View {
    let (words, wallet, offers) = (words(), Wallet::get(), Offers::get());
    let age =
        move || if let Some(seconds) = wallet.age_s() { moment::age(words, seconds) } else { said!(words, not_synced) };
    let copy = TextProp::from(move || said!(words, copy_of, count = wallet.entry_count()));
    let install = move || {
        offers.install.get().then(|| {
            let press = move |()| leptos::task::spawn_local(version::install());
            view! { <Button text=say!(words, install) glyph=Glyph::Install kind=ButtonKind::Soft press=press /> }
        })
    };
    let update = move || {
        offers.update.get().then(|| {
            let press = |()| version::apply_update();
            view! { <Button text=say!(words, update_now) glyph=Glyph::Refresh kind=ButtonKind::Soft press=press /> }
        })
    };
    view! {
        <Card title=say!(words, this_device)>
            <div class="stack settings">
                <dl class="facts">
                    <Fact label=say!(words, data_of)>{age}</Fact>
                    <Fact label=say!(words, records_here)>{text(copy)}</Fact>
                    <Fact label=say!(words, version)>{env!("CARGO_PKG_VERSION")}</Fact>
                </dl>
                {install}
                {update}
            </div>
        </Card>
    }
}

/// Signing out, after a question: the device's copy goes.
#[component]
fn Leaving() -> View {
    let (words, wallet) = (words(), Wallet::get());
    let asked = RwSignal::new(false);
    let leaving = Act::new(move |(): ()| async move {
        receive_code::forget();
        wallet.client().sign_out().await
    });
    let trouble = Signal::derive(move || leaving.value().get().and_then(Result::err).map(Trouble::Request));
    let leave = move |()| {
        leaving.start(());
    };
    let is_open = move || wallet.outbox().iter().any(|item| !matches!(item.step, Step::Done(_)));
    let open = move || {
        is_open().then(|| view! { <Banner text=say!(words, sign_out_open) tone=Tone::Gold glyph=Glyph::Clock /> })
    };
    view! {
        <Button text=say!(words, sign_out) glyph=Glyph::SignOut kind=ButtonKind::Danger press=move |()| asked.set(true) />
        <Sheet open=asked title=say!(words, sign_out) close=move |()| asked.set(false)>
            <div class="stack">
                <p class="with-icon">
                    <Icon glyph=Glyph::Info />
                    {text(say!(words, sign_out_text))}
                </p>
                {open}
                <TroubleNote trouble=trouble />
                <div class="actions">
                    <Button text=say!(words, stay) kind=ButtonKind::Quiet press=move |()| asked.set(false) />
                    <Button text=say!(words, sign_out) kind=ButtonKind::Danger busy=leaving.pending() press=leave />
                </div>
            </div>
        </Sheet>
    }
}
