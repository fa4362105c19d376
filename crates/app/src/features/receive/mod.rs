//! Being paid: the personal code, with an amount and a note if wanted, and what came in while it was shown.

mod model;
mod view;

use leptos::prelude::*;
use qianbao_api::keys::{CreateLink, LinkView};
use qianbao_client::ClientError;
use qianbao_ui::dom::{View, view};
use qianbao_ui::{Button, ButtonKind, Fetched, Glyph, Rosette, Toaster};

use crate::browser::clipboard;
use crate::parts::{Screen, Trouble, TroubleNote};
use crate::route::Route;
use crate::state::{Wallet, receive_code};
use crate::words::{said, say, words};

/// Puts a link on the clipboard and says so.
fn copy_link(words: crate::words::Words, toaster: Toaster, url: String) {
    leptos::task::spawn_local(async move {
        if clipboard::copy(&url).await {
            toaster.say(Glyph::Check, say!(words, copied));
        } else {
            toaster.say(Glyph::Alert, say!(words, copy_failed));
        }
    });
}

/// The screen.
#[component]
pub fn Receive() -> View {
    let (words, wallet, toaster) = (words(), Wallet::get(), Toaster::get());
    let fixed = RwSignal::new(None::<LinkView>);
    let asking = RwSignal::new(false);
    let own = Fetched::new(move || async move {
        let client = wallet.client();
        match client.create_link(&CreateLink { amount: None, note: None }).await {
            Ok(link) => {
                receive_code::keep(wallet.presence_now().person(), &link);
                Ok(link)
            }
            // The code does not change: the one shown last time is good without a network.
            Err(error) => receive_code::kept(wallet.presence_now().person()).ok_or(error),
        }
    });
    let shown = Signal::derive(move || fixed.get().map(Ok).or_else(|| own.get()));
    let url = Signal::derive(move || shown.get().and_then(Result::ok).map(|link| link.url));
    let trouble = Signal::derive(move || shown.get().and_then(Result::err).map(Trouble::Request));
    let share = move |()| {
        if let Some(url) = url.get_untracked() {
            let (title, line) = (said!(words, wallet), said!(words, receive_share));
            leptos::task::spawn_local(async move { clipboard::share(&title, &line, &url).await });
        }
    };
    let copy = move |()| {
        if let Some(url) = url.get_untracked() {
            copy_link(words, toaster, url);
        }
    };
    view! {
        <Screen title=say!(words, receive) back=Route::Home class="screen-face">
            <div class="panes">
                <div class="face">
                    <Rosette />
                    <view::CodeCard shown=shown again=move |()| own.refetch() />
                    <TroubleNote trouble=trouble />
                    <div class="face-actions">
                        <Button
                            text=say!(words, set_amount)
                            glyph=Glyph::Plus
                            kind=ButtonKind::Quiet
                            press=move |()| asking.set(true)
                        />
                        <Button text=say!(words, copy_link) glyph=Glyph::Copy kind=ButtonKind::Quiet press=copy />
                        {clipboard::can_share()
                            .then(|| {
                                view! {
                                    <Button
                                        text=say!(words, share)
                                        glyph=Glyph::Share
                                        kind=ButtonKind::Quiet
                                        press=share
                                    />
                                }
                            })}
                    </div>
                    {move || {
                        fixed
                            .read()
                            .is_some()
                            .then(|| {
                                let clear = move |()| fixed.set(None);
                                view! { <Button text=say!(words, amount_clear) kind=ButtonKind::Plain press=clear /> }
                            })
                    }}
                </div>
                <view::CameIn />
            </div>
            <view::AskSheet open=asking made=move |link| fixed.set(Some(link)) />
        </Screen>
    }
}

/// What became of asking for a code.
type Made = Result<LinkView, ClientError>;
