//! What somebody who comes back with a recovery code is told of here: who it seems to be, until when it waits, and the two presses that stop them.

use leptos::prelude::*;
use qianbao_api::recovery::RecoveryNotice;
use qianbao_client::ClientError;
use qianbao_ui::dom::{Child, View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Act, Button, ButtonKind, Card, Fact, Glyph, Icon, Toaster};

use super::made_with;
use crate::browser::calendar::{Style, written};
use crate::parts::{Trouble, TroubleNote};
use crate::state::Wallet;
use crate::words::{said, say, words};

/// The card, as long as a recovery is running.
#[component]
pub fn Notice() -> impl Child {
    let wallet = Wallet::get();
    let notice = Memo::new(move |_| wallet.recovery());
    move || notice.get().map(|notice| view! { <Running notice=notice /> })
}

#[component]
fn Running(
    /// What is known of it.
    notice: RecoveryNotice,
) -> View {
    let (words, wallet, toaster) = (words(), Wallet::get(), Toaster::get());
    let stopping = Act::new(move |(): ()| async move {
        wallet.client().cancel_recovery().await?;
        toaster.say(Glyph::Check, say!(words, recovery_stopped));
        Ok::<(), ClientError>(())
    });
    let freezing = Act::new(move |(): ()| async move {
        wallet.client().cancel_recovery().await?;
        wallet.client().freeze().await?;
        toaster.say(Glyph::Check, say!(words, frozen));
        Ok::<(), ClientError>(())
    });
    let trouble = Signal::derive(move || {
        let stopped = stopping.value().get().and_then(Result::err);
        stopped.or_else(|| freezing.value().get().and_then(Result::err)).map(Trouble::Request)
    });
    let with = made_with(&notice.browser, &notice.system);
    let (started, ready) = (notice.started_at, notice.ready_at);
    let moment = move |at| move || written(at, Style::Full, words.get_locale());
    let by = move || with.clone().unwrap_or_else(|| said!(words, device_unknown));
    view! {
        <Card title=say!(words, recovery_running)>
            <div class="stack">
                <p class="with-icon">
                    <Icon glyph=Glyph::Alert />
                    {text(say!(words, recovery_running_text))}
                </p>
                <dl class="facts">
                    <Fact label=say!(words, recovery_by)>{by}</Fact>
                    <Fact label=say!(words, recovery_since)>{moment(started)}</Fact>
                    <Fact label=say!(words, recovery_until)>{moment(ready)}</Fact>
                </dl>
                <TroubleNote trouble=trouble />
                <Button
                    text=say!(words, recovery_not_me)
                    kind=ButtonKind::Danger
                    glyph=Glyph::Close
                    busy=stopping.pending()
                    press=move |()| stopping.start(())
                />
                <Button
                    text=say!(words, recovery_stop_and_freeze)
                    kind=ButtonKind::Quiet
                    glyph=Glyph::Shield
                    busy=freezing.pending()
                    press=move |()| freezing.start(())
                />
            </div>
        </Card>
    }
}
