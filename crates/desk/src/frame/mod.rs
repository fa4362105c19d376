//! What stands around the screens: who is signed in decides whether there is a till at all; head, navigation, banners.

mod announcer;
mod chrome;
mod recovery;

use leptos::prelude::*;
use leptos::task::spawn_local;
use qianbao_client::{Client, ClientError, Presence};
use qianbao_ui::dom::{Child, View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Button, ButtonKind, Empty, Glyph, LinkButton, Navigation, Toaster, Toasts, Wait, kept};

use crate::browser::{page, preferences};
use crate::features::cashier::Cashier;
use crate::features::code::Code;
use crate::features::open_shop::OpenShop;
use crate::features::orders::{Chosen, Orders};
use crate::features::poster::Poster;
use crate::features::shop::Shop;
use crate::features::sign_in::SignIn;
use crate::features::today::Today;
use crate::screen::Screen;
use crate::state::{Shopfront, Till};
use crate::texts::{self, Language, failure};
use crate::{say, word};
use announcer::Announcer;
use chrome::{Banners, Head, Places};

/// What the page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The server is being asked who is here, and nothing is known yet.
    Opening,
    /// Nobody is signed in, or the session is over.
    Door,
    /// Somebody without a shop.
    NoShop,
    /// A shop.
    Till,
}

/// What to show.
fn stage(presence: &Presence, shop: &Shopfront) -> Stage {
    match (presence, shop) {
        (Presence::SignedOut | Presence::Locked | Presence::Expired(_), _) => Stage::Door,
        (Presence::Remembered(_) | Presence::SignedIn(_), Shopfront::Open(_)) => Stage::Till,
        (Presence::SignedIn(_), Shopfront::Missing) => Stage::NoShop,
        (Presence::Remembered(_) | Presence::SignedIn(_), _) => Stage::Opening,
    }
}

/// The desk.
#[component]
pub fn Desk(
    /// The engine.
    client: Client,
) -> View {
    Navigation::provide();
    preferences::hold();
    Language::provide();
    texts::provide_kit_words();
    Toaster::provide();
    let till = Till::provide(&client);
    let trouble = RwSignal::new(None::<ClientError>);
    let find_shop = move || {
        spawn_local(async move {
            trouble.set(None);
            if let Err(error) = till.find_shop().await {
                trouble.set(Some(error));
            }
        });
    };
    // It asks first who is here, if this device has had somebody.
    spawn_local(async move { client.run().await });
    let inside = Memo::new(move |_| match till.presence() {
        Presence::SignedIn(person) => Some(person.id),
        Presence::SignedOut | Presence::Locked | Presence::Remembered(_) | Presence::Expired(_) => None,
    });
    Effect::new(move || {
        if inside.get().is_some() {
            find_shop();
        }
    });
    // Signing out clears this site's storage under the open page, in every tab; so does the server's answer when it hears of it later.
    Effect::new(move |before: Option<bool>| {
        let is_out = matches!(till.presence(), Presence::SignedOut);
        if is_out && before.is_some() {
            kept::keep_again();
        }
        is_out
    });
    let stage = Memo::new(move |_| stage(&till.presence(), &till.shop()));
    let shown = move || match stage.get() {
        Stage::Opening => view! { <Opening trouble=trouble again=move |()| find_shop() /> },
        Stage::Door => view! { <main class="plain" id="main"><SignIn /></main> },
        Stage::NoShop => view! { <main class="plain" id="main"><OpenShop /></main> },
        Stage::Till => view! { <Counter /> },
    };
    view! {
        {shown}
        <Toasts />
    }
}

/// While the server is being asked, and when it does not answer.
#[component]
fn Opening(
    /// What stood in the way.
    trouble: RwSignal<Option<ClientError>>,
    /// Asks again.
    #[prop(into)]
    again: Callback<()>,
) -> impl Child {
    let language = Language::get();
    move || {
        if let Some(error) = trouble.get() {
            let said = failure(language.locale(), &error);
            return view! {
                <main class="plain" id="main">
                    <Empty glyph=Glyph::Offline title=say!(app_name) text=said>
                        <Button text=say!(again) kind=ButtonKind::Quiet glyph=Glyph::Refresh press=again />
                    </Empty>
                </main>
            };
        }
        view! {
            <main class="plain" id="main">
                <Wait text=say!(loading)>
                    <Button text=say!(again) kind=ButtonKind::Quiet glyph=Glyph::Refresh press=again />
                </Wait>
            </main>
        }
    }
}

/// The till with its screens.
#[component]
fn Counter() -> View {
    let navigation = Navigation::get();
    let language = Language::get();
    let address = navigation.path();
    let screen = Memo::new(move |_| address.with(|address| Screen::at(address)));
    // The list of orders stays while one order after the other is looked at.
    let shown = Memo::new(move |_| match screen.get() {
        Screen::Order(_) | Screen::Counter(_) => Screen::Orders,
        other => other,
    });
    let chosen = Signal::derive(move || match screen.get() {
        Screen::Order(order) => Some(Chosen::Order(order)),
        Screen::Counter(sequence) => Some(Chosen::Counter(sequence)),
        _ => None,
    });
    Effect::new(move |before: Option<Screen>| {
        let screen = screen.get();
        page::set_title(&title(language, screen));
        if before.is_some_and(|before| before != screen) {
            request_animation_frame(page::focus_heading);
        }
        screen
    });
    let body = move || match shown.get() {
        Screen::Cashier => view! { <Cashier /> },
        Screen::Code(order) => view! { <Code id=order /> },
        Screen::Orders | Screen::Order(_) | Screen::Counter(_) => view! { <Orders chosen=chosen /> },
        Screen::Today => view! { <Today /> },
        Screen::Shop => view! { <Shop /> },
        Screen::Poster => view! { <Poster /> },
        Screen::Unknown => view! {
            <h1 class="unseen">{text(say!(not_found))}</h1>
            <Empty glyph=Glyph::Info title=say!(not_found) text=say!(not_found_text)>
                <LinkButton href="/" text=say!(to_cashier) />
            </Empty>
        },
    };
    view! {
        <a class="skip" href="#main">
            {text(say!(skip))}
        </a>
        <div class="desk">
            <Head />
            <Places place=Signal::derive(move || screen.get().place()) />
            <main class="desk-main" id="main">
                <Banners screen=screen />
                {body}
            </main>
        </div>
        <Announcer screen=screen />
    }
}

/// The page's title for a screen.
fn title(language: Language, screen: Screen) -> String {
    let locale = language.locale();
    let name = match screen {
        Screen::Cashier => word!(locale, title_cashier),
        Screen::Code(_) => word!(locale, title_order_code),
        Screen::Orders => word!(locale, title_orders),
        Screen::Order(_) => word!(locale, title_order),
        Screen::Counter(_) => word!(locale, counter_payment),
        Screen::Today => word!(locale, title_today),
        Screen::Shop => word!(locale, title_shop),
        Screen::Poster => word!(locale, title_shop_code),
        Screen::Unknown => word!(locale, not_found),
    };
    [name, " · ", word!(locale, app_name)].concat()
}

#[cfg(test)]
mod tests {
    use qianbao_api::identity::{Locale, PersonView};
    use qianbao_core::Timestamp;
    use qianbao_core::id::PersonId;

    use super::*;
    use crate::state::orders::tests::order;

    #[test]
    fn a_till_is_shown_only_to_a_person_with_a_shop() {
        let person = PersonView {
            id: PersonId::from_parts(1, [1; 10]),
            handle: "chen".to_owned(),
            display_name: "晨".to_owned(),
            legal_name_masked: "*晨".to_owned(),
            locale: Locale::Zh,
            created_at: Timestamp::default(),
            recovery: None,
            limits_lowered_until: None,
        };
        let shop = Shopfront::Open(order(1, qianbao_api::orders::OrderStatus::Open, 0).shop);
        let (inside, offline) = (Presence::SignedIn(person.clone()), Presence::Remembered(person.clone()));
        assert_eq!(stage(&Presence::SignedOut, &Shopfront::Unknown), Stage::Door);
        assert_eq!(stage(&Presence::Expired(person), &shop), Stage::Door);
        assert_eq!(stage(&inside, &Shopfront::Missing), Stage::NoShop);
        assert_eq!(stage(&inside, &Shopfront::Unknown), Stage::Opening);
        assert_eq!(stage(&offline, &Shopfront::Unknown), Stage::Opening);
        assert_eq!(stage(&offline, &shop), Stage::Till, "an offline start has the copy");
        assert_eq!(stage(&inside, &shop), Stage::Till);
    }
}
