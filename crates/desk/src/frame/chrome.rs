//! Head, main navigation, banners.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_client::SyncState;
use qianbao_ui::dom::{Child, View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Banner, Button, ButtonKind, Glyph, Icon, Link, LinkButton, Tag, Tone};

use super::recovery::Recovery;
use crate::browser::calendar::{Style, written};
use crate::browser::page;
use crate::features::orders::model::checked;
use crate::screen::{Place, Screen};
use crate::state::Till;
use crate::texts::{Language, Locale};
use crate::{say, word};

/// The shop's name, and how the till stands to the server.
#[component]
pub fn Head() -> View {
    let till = Till::get();
    let language = Language::get();
    let name = move || till.shop_name(language.locale() == Locale::zh);
    let state = Memo::new(move |_| till.sync_state());
    let tag = move || match state.get() {
        SyncState::Online => view! { <Tag text=say!(synced) tone=Tone::Jade glyph=Glyph::Check /> },
        SyncState::Stale | SyncState::Catching => view! { <Tag text=say!(syncing) glyph=Glyph::Refresh /> },
        SyncState::Offline => view! { <Tag text=say!(offline) tone=Tone::Gold glyph=Glyph::Offline /> },
    };
    view! {
        <header class="desk-head">
            <img src="/icons/icon.svg" alt="" width="32" height="32" />
            <p class="desk-name">
                <bdi>{name}</bdi>
            </p>
            {page::is_test_realm().then(|| view! { <Tag text=say!(demo_test_realm) tone=Tone::Gold /> })}
            <span role="status">{tag}</span>
        </header>
    }
}

/// The four places.
#[component]
pub fn Places(
    /// Where one is.
    #[prop(into)]
    place: Signal<Option<Place>>,
) -> View {
    let item = move |to: Screen, glyph: Glyph, name: TextProp| {
        let here = Signal::derive(move || place.get() == to.place());
        view! {
            <li>
                <Link href=to.path() class="place" current=here>
                    <Icon glyph=glyph />
                    <span>{text(name)}</span>
                </Link>
            </li>
        }
    };
    view! {
        <nav class="desk-places" aria-label=say!(nav)>
            <ul>
                {item(Screen::Cashier, Glyph::Keyboard, say!(nav_cashier))}
                {item(Screen::Orders, Glyph::Receipt, say!(nav_orders))}
                {item(Screen::Today, Glyph::Clock, say!(nav_today))}
                {item(Screen::Shop, Glyph::Shop, say!(nav_shop))}
            </ul>
        </nav>
    }
}

/// What is to be known on every screen: no network and since when, nothing kept, a refund that is being checked, a newer
/// build.
#[component]
pub fn Banners(
    /// The screen that is shown.
    screen: Memo<Screen>,
) -> View {
    let till = Till::get();
    let language = Language::get();
    let offline = move || {
        (till.sync_state() == SyncState::Offline).then(|| {
            let locale = language.locale();
            let said = match till.as_of() {
                Some(at) => word!(locale, offline_banner, time = written(at, Style::DayTime, locale)),
                None => word!(locale, offline_banner_never).to_owned(),
            };
            view! { <Banner text=said tone=Tone::Gold glyph=Glyph::Offline /> }
        })
    };
    let private =
        (!till.client().is_lasting()).then(|| view! { <Banner text=say!(private_banner) glyph=Glyph::Info /> });
    let update = RwSignal::new(page::update_is_ready());
    let heard = window_event_listener_untyped(page::UPDATE_EVENT, move |_| update.set(true));
    on_cleanup(move || heard.remove());
    let newer = move || {
        update.get().then(|| {
            let action = view! {
                <Button text=say!(update_now) kind=ButtonKind::Plain press=|()| page::apply_update() />
            };
            view! {
                <Banner text=say!(update_ready) tone=Tone::Jade glyph=Glyph::Install action=action.built() />
            }
        })
    };
    // A refund of this page or an earlier one; its own screen says the same, so there it stands once.
    let refund = Memo::new(move |_| {
        let place = till.screen_of(checked(&till.outbox())?);
        (screen.get() != place).then_some(place)
    });
    let refund = move || {
        refund.get().map(|place| {
            let action = view! {
                <LinkButton href=place.path() text=say!(refund_look) kind=ButtonKind::Plain />
            };
            view! {
                <Banner text=say!(refund_unknown) tone=Tone::Gold glyph=Glyph::Clock action=action.built() />
            }
        })
    };
    view! { <div class="banners screen-only"><Recovery /> {offline} {private} {refund} {newer}</div> }
}
