//! News about the whole app: private window, no network, session over, somebody who comes back, a frozen wallet, lower limits, a wrong clock, payments being checked, a newer build.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_client::{ClientError, OutboxItem, Presence, Step, Subject, SyncState};
use qianbao_ui::dom::{Child, View, view};
use qianbao_ui::{Act, Banner, Button, ButtonKind, Glyph, LinkButton, Tone};

use crate::app::Offers;
use crate::browser::version;
use crate::parts::moment;
use crate::route::Route;
use crate::state::Wallet;
use crate::words::{said, say, words};

/// A device clock that is further off than this is worth a word, in microseconds: five minutes.
const CLOCK_OFF_US: i64 = 5 * 60 * 1_000_000;

/// All news, most pressing first.
#[component]
pub fn Banners() -> View {
    view! {
        <div class="banners">
            <Expired />
            <Recovery />
            <Frozen />
            <Lowered />
            <Lost />
            <Open />
            <Offline />
            <Clock />
            <PrivateWindow />
            <Update />
        </div>
    }
}

#[component]
fn Expired() -> impl Child {
    let (words, wallet) = (words(), Wallet::get());
    move || {
        matches!(wallet.presence(), Presence::Expired(_)).then(|| {
            let action = view! { <LinkButton href="/sign-in" text=say!(words, sign_in) kind=ButtonKind::Plain /> };
            let text = say!(words, banner_session_over);
            view! { <Banner text=text tone=Tone::Gold glyph=Glyph::Info action=action.built() /> }
        })
    }
}

/// Somebody is coming back with a recovery code: one press stops it, and then the wallet can be frozen.
#[component]
fn Recovery() -> impl Child {
    let (words, wallet) = (words(), Wallet::get());
    let ready = Memo::new(move |_| wallet.recovery().map(|recovery| recovery.ready_at));
    let stopped = RwSignal::new(false);
    let stopping = Act::new(move |(): ()| async move {
        wallet.client().cancel_recovery().await?;
        stopped.set(true);
        Ok::<(), ClientError>(())
    });
    let failed = move || matches!(stopping.value().get(), Some(Err(_)));
    move || match ready.get() {
        Some(at) => {
            let action = view! {
                <Button
                    text=say!(words, recovery_not_me)
                    kind=ButtonKind::Plain
                    busy=stopping.pending()
                    press=move |()| stopping.start(())
                />
            };
            let text = TextProp::from(move || {
                let failed = if failed() { said!(words, recovery_stop_failed) } else { String::new() };
                let moment = moment::when(words, at, wallet.now());
                said!(words, banner_recovery, moment = moment) + &failed
            });
            Some(view! { <Banner text=text tone=Tone::Cinnabar glyph=Glyph::Alert action=action.built() /> })
        }
        None => stopped.get().then(|| {
            let action = view! { <LinkButton href="/me" text=say!(words, look) kind=ButtonKind::Plain /> };
            let text = say!(words, banner_recovery_stopped);
            view! { <Banner text=text tone=Tone::Gold glyph=Glyph::Shield action=action.built() /> }
        }),
    }
}

/// For a while after a recovery less can be paid.
#[component]
fn Lowered() -> impl Child {
    let (words, wallet) = (words(), Wallet::get());
    let until = Memo::new(move |_| wallet.limits_lowered_until());
    move || {
        until.get().map(|until| {
            let text =
                TextProp::from(move || said!(words, banner_lowered, moment = moment::when(words, until, wallet.now())));
            view! { <Banner text=text tone=Tone::Gold glyph=Glyph::Clock /> }
        })
    }
}

#[component]
fn Frozen() -> impl Child {
    let (words, wallet) = (words(), Wallet::get());
    let frozen = Memo::new(move |_| wallet.is_frozen());
    move || {
        frozen.get().then(|| {
            let action = view! { <LinkButton href="/me" text=say!(words, look) kind=ButtonKind::Plain /> };
            let text = say!(words, banner_frozen);
            view! { <Banner text=text tone=Tone::Gold glyph=Glyph::Shield action=action.built() /> }
        })
    }
}

/// Whether an item of the outbox is a payment whose outcome nobody knows yet.
fn is_open(item: &OutboxItem) -> bool {
    matches!(item.step, Step::Checking { .. })
}

#[component]
fn Open() -> impl Child {
    let (words, wallet) = (words(), Wallet::get());
    move || {
        wallet.outbox().iter().find(|item| is_open(item)).and_then(|item| match item.subject {
            Subject::Payment(payment) => {
                let href = Route::Payment(payment).path();
                let action = view! { <LinkButton href=href text=say!(words, look) kind=ButtonKind::Plain /> };
                let text = say!(words, banner_checking);
                Some(view! { <Banner text=text tone=Tone::Gold glyph=Glyph::Clock action=action.built() /> })
            }
            Subject::Refund { .. } => None,
        })
    }
}

/// Requests of this device that cannot be opened: said until the person has read it.
#[component]
fn Lost() -> impl Child {
    let (words, wallet) = (words(), Wallet::get());
    let lost = Memo::new(move |_| wallet.lost_requests());
    let seen = Act::new(move |(): ()| async move { wallet.client().lost_requests_seen().await });
    move || {
        (lost.get() > 0).then(|| {
            let press = move |()| {
                seen.start(());
            };
            let action = view! { <Button text=say!(words, read) kind=ButtonKind::Plain press=press /> };
            let text = TextProp::from(move || said!(words, banner_lost, count = lost.get()));
            view! { <Banner text=text tone=Tone::Cinnabar glyph=Glyph::Alert action=action.built() /> }
        })
    }
}

#[component]
fn Offline() -> impl Child {
    let (words, wallet) = (words(), Wallet::get());
    let again = Act::new(move |(): ()| async move { wallet.client().refresh().await });
    let offline = Memo::new(move |_| wallet.sync_state() == SyncState::Offline && wallet.presence().person().is_some());
    move || {
        offline.get().then(|| {
            let text = TextProp::from(move || {
                if let Some(seconds) = wallet.age_s() {
                    said!(words, banner_offline, age = moment::age(words, seconds))
                } else {
                    said!(words, banner_offline_empty)
                }
            });
            let press = move |()| {
                again.start(());
            };
            let action = view! {
                <Button text=say!(words, try_again) kind=ButtonKind::Plain busy=again.pending() press=press />
            };
            view! { <Banner text=text glyph=Glyph::Offline action=action.built() /> }
        })
    }
}

#[component]
fn Clock() -> impl Child {
    let (words, wallet) = (words(), Wallet::get());
    let off = Memo::new(move |_| wallet.clock_ahead_us().abs() > CLOCK_OFF_US);
    move || off.get().then(|| view! { <Banner text=say!(words, banner_clock) glyph=Glyph::Clock /> })
}

#[component]
fn PrivateWindow() -> impl Child {
    let (words, wallet) = (words(), Wallet::get());
    let private = !wallet.client().is_lasting();
    private.then(|| view! { <Banner text=say!(words, banner_private) tone=Tone::Gold glyph=Glyph::Info /> })
}

#[component]
fn Update() -> impl Child {
    let words = words();
    let ready = Offers::get().update;
    move || {
        ready.get().then(|| {
            let action = view! {
                <Button text=say!(words, update_now) kind=ButtonKind::Plain press=|()| version::apply_update() />
            };
            let text = say!(words, banner_update);
            view! { <Banner text=text tone=Tone::Jade glyph=Glyph::Refresh action=action.built() /> }
        })
    }
}
