//! Freezing the wallet: nothing goes out until its person says so again.

use leptos::prelude::*;
use qianbao_ui::dom::{Child, View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Act, Button, ButtonKind, Card, Glyph, Icon, Toaster};

use crate::parts::confirm::{Confirm, Outcome, failure};
use crate::parts::{Trouble, TroubleNote};
use crate::state::Wallet;
use crate::words::{say, words};

/// The card.
#[component]
pub fn Freeze(
    /// Asks who is there, before money goes out again.
    confirm: Confirm,
) -> View {
    let (words, wallet, toaster) = (words(), Wallet::get(), Toaster::get());
    let freezing = Act::new(move |(): ()| async move {
        wallet.client().freeze().await?;
        toaster.say(Glyph::Check, say!(words, frozen));
        Outcome::Ok(())
    });
    let unfreezing = Act::new(move |(): ()| async move {
        wallet.client().unfreeze().await?;
        toaster.say(Glyph::Check, say!(words, unfrozen));
        Outcome::Ok(())
    });
    confirm.guard(unfreezing, ());
    let failed = failure(unfreezing);
    let trouble = Signal::derive(move || {
        let frozen = freezing.value().get().and_then(Result::err);
        frozen.or_else(|| failed.get()).map(Trouble::Request)
    });
    let is_frozen = Memo::new(move |_| wallet.is_frozen());
    let button = move || {
        if is_frozen.get() {
            let press = move |()| {
                freezing.value().set(None);
                unfreezing.start(());
            };
            view! { <Button text=say!(words, unfreeze) kind=ButtonKind::Soft busy=unfreezing.pending() press=press /> }
        } else {
            let press = move |()| {
                unfreezing.value().set(None);
                freezing.start(());
            };
            let busy = freezing.pending();
            view! { <Button text=say!(words, freeze) kind=ButtonKind::Danger glyph=Glyph::Shield busy=busy press=press /> }
        }
    };
    let state = (move || {
        let said = if is_frozen.get() { say!(words, frozen_text) } else { say!(words, freeze_text) };
        view! {
            <p class="with-icon">
                <Icon glyph=Glyph::Info />
                {text(said)}
            </p>
        }
    })
    .built();
    view! {
        <Card title=say!(words, freeze_title)>
            <div class="stack">
                {state}
                <TroubleNote trouble=trouble />
                {button}
            </div>
        </Card>
    }
}
