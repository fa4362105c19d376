//! What is known of a passkey, its name, and its end.

use leptos::prelude::*;
use qianbao_api::identity::{PasskeyChange, PasskeyView};
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Act, Button, ButtonKind, Fact, Field, Glyph, Icon, Toaster};

use super::super::made_with;
use crate::browser::calendar::{Style, written};
use crate::parts::confirm::{Confirm, Outcome, failure};
use crate::parts::{Trouble, TroubleNote, moment};
use crate::state::Wallet;
use crate::words::{Words, said, say, words};

/// What the person calls a passkey, or else what it was made with.
pub fn title(words: Words, passkey: &PasskeyView) -> String {
    let named = passkey.name.clone();
    named.or_else(|| made_with(&passkey.browser, &passkey.system)).unwrap_or_else(|| said!(words, passkey))
}

/// The form in the sheet of a passkey.
#[component]
pub fn PasskeyForm(
    /// The passkey.
    passkey: PasskeyView,
    /// Which one is looked at; nothing closes the sheet around this.
    chosen: RwSignal<Option<PasskeyView>>,
    /// Asks who is there.
    confirm: Confirm,
    /// Told after a change.
    #[prop(into)]
    changed: Callback<()>,
) -> View {
    let (words, wallet, toaster) = (words(), Wallet::get(), Toaster::get());
    let id = passkey.id;
    let typed = RwSignal::new(passkey.name.unwrap_or_default());
    let leave = move || {
        // The screen may be gone by now, and another sheet open.
        let _ = changed.try_run(());
        let is_this = chosen.try_with_untracked(|open| open.as_ref().is_some_and(|open| open.id == id));
        if is_this == Some(true) {
            chosen.set(None);
        }
    };
    let naming = Act::new(move |name: String| async move {
        wallet.client().name_passkey(id, &PasskeyChange { name }).await?;
        toaster.say(Glyph::Check, say!(words, device_named));
        leave();
        Outcome::Ok(())
    });
    let removing = Act::new(move |(): ()| async move {
        wallet.client().remove_passkey(id).await?;
        toaster.say(Glyph::Check, say!(words, device_ended_toast));
        leave();
        Outcome::Ok(())
    });
    confirm.guard(removing, ());
    let failed = failure(removing);
    let trouble = Signal::derive(move || {
        naming.value().get().and_then(Result::err).or_else(|| failed.get()).map(Trouble::Request)
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        removing.value().set(None);
        naming.start(typed.get_untracked().trim().to_owned());
    };
    let remove = move |()| {
        naming.value().set(None);
        removing.start(());
    };
    let is_nameless = Signal::derive(move || typed.read().trim().is_empty());
    let (made, used) = (passkey.created_at, passkey.used_at);
    let last = move || used.map_or_else(|| said!(words, passkey_never), |at| moment::when(words, at, wallet.now()));
    view! {
        <form class="stack" novalidate on:submit=submit>
            <dl class="facts">
                <Fact label=say!(words, passkey_made)>{move || written(made, Style::Full, words.get_locale())}</Fact>
                <Fact label=say!(words, device_last)>{last}</Fact>
                <Fact label=say!(words, passkey_kept)>
                    {text(if passkey.is_synced { say!(words, passkey_kept_synced) } else { say!(words, passkey_kept_here) })}
                </Fact>
            </dl>
            <Field label=say!(words, device_name) value=typed input=move |text| typed.set(text) length_max=40 />
            <TroubleNote trouble=trouble />
            <Button text=say!(words, device_save) kind=ButtonKind::Soft busy=naming.pending() disabled=is_nameless />
            <p class="with-icon">
                <Icon glyph=Glyph::Info />
                {text(say!(words, passkey_remove_text))}
            </p>
            <Button
                text=say!(words, passkey_remove)
                glyph=Glyph::Close
                kind=ButtonKind::Danger
                busy=removing.pending()
                press=remove
            />
        </form>
    }
}
