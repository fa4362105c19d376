//! When the wallet locks itself, and locking it now.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_ui::dom::{Child, View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Act, Button, ButtonKind, Card, Glyph, Segmented, Toaster};

use crate::state::preferences::LOCK_AFTER_MINUTES;
use crate::state::{Preferences, Wallet};
use crate::words::{said, say, words};

/// The card; nothing where this browser keeps nothing to lock.
#[component]
pub fn Locking() -> impl Child {
    let wallet = Wallet::get();
    let can_lock = Memo::new(move |_| {
        wallet.presence();
        wallet.client().can_lock()
    });
    move || can_lock.get().then(|| view! { <LockCard /> })
}

#[component]
fn LockCard() -> View {
    let (words, wallet, preferences, toaster) = (words(), Wallet::get(), Preferences::get(), Toaster::get());
    let chosen = Signal::derive(move || {
        let minutes = preferences.lock_after().get();
        LOCK_AFTER_MINUTES.iter().position(|known| *known == minutes).unwrap_or(0)
    });
    let choose = move |place: usize| {
        if let Some(minutes) = LOCK_AFTER_MINUTES.get(place) {
            preferences.set_lock_after(*minutes);
        }
    };
    let options = LOCK_AFTER_MINUTES.iter().map(|minutes| TextProp::from(minutes.to_string())).collect::<Vec<_>>();
    let locking = Act::new(move |(): ()| async move {
        if !wallet.client().lock().await {
            toaster.say(Glyph::Clock, said!(words, lock_busy));
        }
    });
    let lock = move |()| {
        locking.start(());
    };
    view! {
        <Card title=say!(words, lock_title)>
            <div class="stack settings">
                <p class="quiet">{text(say!(words, lock_text))}</p>
                <div class="stack stack-tight">
                    <span class="field-label" aria-hidden="true">
                        {text(say!(words, lock_after))}
                    </span>
                    <Segmented label=say!(words, lock_after) options=options chosen=chosen choose=choose />
                </div>
                <Button
                    text=say!(words, lock_now)
                    glyph=Glyph::Lock
                    kind=ButtonKind::Soft
                    busy=locking.pending()
                    press=lock
                />
            </div>
        </Card>
    }
}
