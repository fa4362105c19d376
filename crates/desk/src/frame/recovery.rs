//! Somebody is coming back to this person's wallet with a recovery code: the desk is one of the devices that are told, and one press here stops it.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_client::ClientError;
use qianbao_ui::dom::{Child, view};
use qianbao_ui::{Act, Banner, Button, ButtonKind, Glyph, Tone};

use crate::browser::calendar::{Style, written};
use crate::state::Till;
use crate::texts::Language;
use crate::{say, word};

/// The notice, and that it was stopped.
#[component]
pub fn Recovery() -> impl Child {
    let (till, language) = (Till::get(), Language::get());
    let ready = Memo::new(move |_| till.recovery().map(|recovery| recovery.ready_at));
    let stopped = RwSignal::new(false);
    let stopping = Act::new(move |(): ()| async move {
        till.client().cancel_recovery().await?;
        stopped.set(true);
        Ok::<(), ClientError>(())
    });
    let failed = move || matches!(stopping.value().get(), Some(Err(_)));
    move || match ready.get() {
        Some(at) => {
            let action = view! {
                <Button
                    text=say!(recovery_not_me)
                    kind=ButtonKind::Plain
                    busy=stopping.pending()
                    press=move |()| stopping.start(())
                />
            };
            let said = TextProp::from(move || {
                let locale = language.locale();
                let failed = if failed() { word!(locale, recovery_stop_failed) } else { "" };
                word!(locale, recovery_banner, time = written(at, Style::DayTime, locale)) + failed
            });
            Some(view! { <Banner text=said tone=Tone::Cinnabar glyph=Glyph::Alert action=action.built() /> })
        }
        None => {
            stopped.get().then(|| view! { <Banner text=say!(recovery_stopped) tone=Tone::Gold glyph=Glyph::Shield /> })
        }
    }
}
