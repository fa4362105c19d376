//! What stands around every screen: navigation, news about the whole app, and the choice of the screen.
//!
//! Who is not signed in sees the way in at any address; the address stays what it was, so that signing in leads on to
//! it. Who is signed in never sees the way in.

mod banners;
mod incoming;

use leptos::prelude::*;
use qianbao_client::Presence;
use qianbao_core::id::PersonId;
use qianbao_ui::dom::{View, view};
use qianbao_ui::{Glyph, Icon, Link, Navigation, Toasts, kept};

use crate::browser::document;
use crate::route::Route;
use crate::screens::Screens;
use crate::state::{Wallet, ended, receive_code};
use crate::words::{Words, said, say, words};

/// The screen to show for `route`, given who is signed in.
fn admitted(route: Route, presence: &Presence) -> Route {
    match presence {
        Presence::SignedOut if !route.is_way_in() || route == Route::Unlock => Route::Welcome,
        Presence::Locked if route != Route::SignIn => Route::Unlock,
        Presence::SignedIn(_) | Presence::Remembered(_) if route.is_way_in() => Route::Home,
        Presence::Expired(_) if route.is_way_in() && route != Route::SignIn => Route::Home,
        _ => route,
    }
}

/// The whole page.
#[component]
pub fn Frame() -> View {
    let (words, wallet, navigation) = (words(), Wallet::get(), Navigation::get());
    let screens = Screens::get();
    let route = Memo::new(move |_| admitted(Route::parse(&navigation.path().read()), &wallet.presence()));
    incoming::announce();
    // Signing out clears this site's storage under the open page, in every tab: what was open starts anew. So it does when
    // another person signed in: nothing on the screen is theirs.
    Effect::new(move |before: Option<Option<PersonId>>| {
        let presence = wallet.presence();
        let person = presence.person().map(|person| person.id);
        if presence == Presence::Locked {
            // A page that starts anew has nothing of it in memory either.
            if before.flatten().is_some() {
                document::start_anew(&navigation.path().get_untracked());
            }
            return None;
        }
        if person.is_some() {
            ended::forget();
        } else if wallet.was_ended() {
            ended::note();
        }
        if before.flatten().is_some_and(|before| person != Some(before)) {
            receive_code::forget();
            kept::keep_again();
            document::start_anew(&Route::Home.path());
        } else if before == Some(None) && person.is_none() {
            // The server heard of an earlier sign-out only now, and its answer has cleared the storage of this page.
            kept::keep_again();
        }
        person
    });
    // The address of a way in is not kept once somebody is signed in.
    Effect::new(move |_| {
        let at = Route::parse(&navigation.path().read());
        if at.is_way_in() && !route.with(Route::is_way_in) {
            navigation.replace(&route.read().path());
        }
    });
    Effect::new(move |before: Option<Route>| {
        let now = route.get();
        document::set_title(&title(words, &now));
        if before.is_some_and(|before| before != now) {
            document::focus_heading();
        }
        now
    });
    // The records stay as they are while one of them is looked at.
    let kind = Memo::new(move |_| match route.get() {
        Route::Entry(_) => Route::Activity,
        other => other,
    });
    let bare = move || route.with(|route| route.is_way_in() || matches!(route, Route::Scan | Route::Pay(_)));
    view! {
        <div class="frame" class:frame-bare=bare>
            <a class="skip" href="#main">
                {qianbao_ui::words::text(say!(words, skip_to_content))}
            </a>
            {move || (!bare()).then(|| view! { <Tabs route=route /> })}
            <main id="main" class="main">
                <banners::Banners />
                {move || screens.show(kind.get())}
            </main>
            <Toasts />
        </div>
    }
}

/// The name of the page in tabs and history. Never a name, an amount or a code.
fn title(words: Words, route: &Route) -> String {
    let screen = match route {
        Route::Home | Route::Welcome => return said!(words, wallet),
        Route::SignIn => said!(words, sign_in),
        Route::SignUp => said!(words, sign_up),
        Route::Recovery => said!(words, recovery),
        Route::Unlock => said!(words, unlock),
        Route::Scan => said!(words, scan),
        Route::Pay(_) => said!(words, pay),
        Route::Payment(_) => said!(words, payment_result),
        Route::Send => said!(words, send),
        Route::Receive => said!(words, receive),
        Route::Activity | Route::Entry(_) => said!(words, activity),
        Route::TopUp | Route::TopUpDetail(_) => said!(words, top_up),
        Route::Me => said!(words, me),
        Route::Missing => said!(words, missing),
    };
    screen + " · " + &said!(words, wallet)
}

/// The tabs: below on a phone, at the side of a desktop.
#[component]
fn Tabs(
    /// The screen that is shown.
    route: Memo<Route>,
) -> View {
    let words = words();
    let tabs = [
        (Route::Home, Glyph::Home, say!(words, home)),
        (Route::Scan, Glyph::Scan, say!(words, scan)),
        (Route::Receive, Glyph::Receive, say!(words, receive)),
        (Route::Activity, Glyph::Receipt, say!(words, activity)),
        (Route::Me, Glyph::Person, say!(words, me)),
    ]
    .map(|(leads_to, glyph, label)| {
        let href = leads_to.path();
        let current = Signal::derive(move || {
            route.with(|route| *route == leads_to || leads_to == Route::Activity && matches!(route, Route::Entry(_)))
        });
        view! {
            <Link href=href class="tab" current=current>
                <Icon glyph=glyph />
                <span>{qianbao_ui::words::text(label)}</span>
            </Link>
        }
    });
    let label = say!(words, navigation);
    view! {
        <nav class="tabs" aria-label=label>
            <span class="tabs-brand" aria-hidden="true">
                <span class="seal">"钱"</span>
                {qianbao_ui::words::text(say!(words, wallet))}
            </span>
            {Vec::from(tabs)}
        </nav>
    }
}

#[cfg(test)]
mod tests {
    use qianbao_api::identity::PersonView;
    use qianbao_core::Timestamp;

    use super::*;

    fn person() -> PersonView {
        PersonView {
            id: PersonId::from_parts(1, [1; 10]),
            handle: "ming".to_owned(),
            display_name: "李明".to_owned(),
            legal_name_masked: "*明".to_owned(),
            locale: qianbao_api::identity::Locale::Zh,
            created_at: Timestamp(0),
            recovery: None,
            limits_lowered_until: None,
        }
    }

    #[test]
    fn nobody_sees_a_wallet_without_being_known() {
        assert_eq!(admitted(Route::Home, &Presence::SignedOut), Route::Welcome);
        assert_eq!(admitted(Route::Entry("1-0".to_owned()), &Presence::SignedOut), Route::Welcome);
        assert_eq!(admitted(Route::SignUp, &Presence::SignedOut), Route::SignUp);
    }

    #[test]
    fn a_locked_copy_is_unlocked_at_any_address() {
        assert_eq!(admitted(Route::Me, &Presence::Locked), Route::Unlock);
        assert_eq!(admitted(Route::SignUp, &Presence::Locked), Route::Unlock);
        assert_eq!(admitted(Route::SignIn, &Presence::Locked), Route::SignIn);
        assert_eq!(admitted(Route::Unlock, &Presence::SignedOut), Route::Welcome);
        assert_eq!(admitted(Route::Unlock, &Presence::Remembered(person())), Route::Home);
    }

    #[test]
    fn who_is_in_does_not_see_the_way_in() {
        assert_eq!(admitted(Route::SignIn, &Presence::SignedIn(person())), Route::Home);
        assert_eq!(admitted(Route::Me, &Presence::Remembered(person())), Route::Me);
    }

    #[test]
    fn who_was_signed_out_may_sign_in_again_and_still_sees_the_copy() {
        assert_eq!(admitted(Route::SignIn, &Presence::Expired(person())), Route::SignIn);
        assert_eq!(admitted(Route::Activity, &Presence::Expired(person())), Route::Activity);
        assert_eq!(admitted(Route::SignUp, &Presence::Expired(person())), Route::Home);
    }
}
