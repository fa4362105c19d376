//! Recovery codes: how many are left, and a new set, shown once.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::text_prop::TextProp;
use qianbao_api::identity::Factors;
use qianbao_ui::dom::{Child, View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Act, Banner, Button, ButtonKind, Card, Glyph, Icon, Mark, Row, Sheet, Tag, Toaster, Tone};

use crate::browser::calendar::{Style, written};
use crate::browser::{clipboard, paper};
use crate::parts::confirm::{Confirm, Outcome, failure};
use crate::parts::{Trouble, TroubleNote};
use crate::state::Wallet;
use crate::words::{Words, said, say, words};

/// So few codes are worth a word.
const FEW: u32 = 3;
/// Name of the file; whoever finds it is told no name.
const FILE: &str = "recovery-codes.txt";

/// The card with the codes.
#[component]
pub fn RecoveryCodes(
    /// How the person can sign in.
    found: Signal<Option<Factors>, LocalStorage>,
    /// Asks who is there.
    confirm: Confirm,
    /// Told after a change.
    changed: Callback<()>,
) -> View {
    let words = words();
    let open = RwSignal::new(false);
    let made = RwSignal::new(Vec::<String>::new());
    let row = move || {
        found.get().map(|found| {
            let left = found.recovery_codes_left;
            let is_enough = left >= FEW;
            let is_low = !is_enough && found.recovery_codes_made_at.is_some();
            let tone = if is_enough { Tone::Jade } else { Tone::Gold };
            let lead = view! { <Mark glyph=Glyph::Key tone=tone /> };
            let detail = (move || detail(words, &found)).built();
            let end = is_low.then(|| view! { <Tag text=say!(words, recovery_codes_few) tone=Tone::Gold /> });
            view! {
                <li>
                    <Row
                        lead=lead
                        title=text(say!(words, recovery_codes))
                        detail=detail
                        end=end.built()
                        press=move |()| open.set(true)
                    />
                </li>
            }
        })
    };
    let close = move |()| {
        open.set(false);
        // Shown once: whoever opens the sheet again finds none of them.
        made.set(Vec::new());
    };
    let heading = say!(words, recovery_codes);
    view! {
        <Card title=say!(words, recovery)>
            <p class="quiet">{text(say!(words, recovery_codes_text))}</p>
            <ul class="row-list">{row}</ul>
        </Card>
        <Sheet open=open title=heading close=close>
            {move || {
                if made.read().is_empty() {
                    view! { <Make found=found made=made confirm=confirm changed=changed /> }
                } else {
                    view! { <Made codes=made.get() done=close /> }
                }
            }}
        </Sheet>
    }
}

/// How many are left, of which day.
fn detail(words: Words, found: &Factors) -> String {
    match found.recovery_codes_made_at {
        None => said!(words, recovery_codes_none),
        Some(at) => {
            let day = written(at, Style::Full, words.get_locale());
            said!(words, recovery_codes_left, count = found.recovery_codes_left, day = day)
        }
    }
}

/// What they are for, and the button that makes a set.
#[component]
fn Make(
    /// How the person can sign in.
    found: Signal<Option<Factors>, LocalStorage>,
    /// The codes, once they are there.
    made: RwSignal<Vec<String>>,
    /// Asks who is there.
    confirm: Confirm,
    /// Told after a change.
    changed: Callback<()>,
) -> View {
    let (words, wallet) = (words(), Wallet::get());
    let making = Act::new(move |(): ()| async move {
        let codes = wallet.client().make_recovery_codes().await?.codes;
        // The sheet may be closed by now; another set can be made.
        made.try_set(codes);
        let _ = changed.try_run(());
        Outcome::Ok(())
    });
    confirm.guard(making, ());
    let failed = failure(making);
    let trouble = Signal::derive(move || failed.get().map(Trouble::Request));
    let has_some = move || found.get().is_some_and(|found| found.recovery_codes_made_at.is_some());
    let replaces = move || {
        has_some()
            .then(|| view! { <Banner text=say!(words, recovery_codes_replace) tone=Tone::Gold glyph=Glyph::Info /> })
    };
    view! {
        <div class="stack">
            <p>{text(say!(words, recovery_codes_about))}</p>
            {replaces}
            <TroubleNote trouble=trouble />
            <Button
                text=say!(words, recovery_codes_make)
                glyph=Glyph::Key
                busy=making.pending()
                press=move |()| making.start(())
            />
        </div>
    }
}

/// The codes, to be written down, printed, copied or saved.
#[component]
fn Made(
    /// The codes.
    codes: Vec<String>,
    /// Told when they have been kept.
    #[prop(into)]
    done: Callback<()>,
) -> View {
    let (words, toaster) = (words(), Toaster::get());
    let all = StoredValue::new(codes.join("\n") + "\n");
    let copy = move |()| {
        spawn_local(async move {
            if clipboard::copy(&all.get_value()).await {
                toaster.say(Glyph::Check, say!(words, recovery_codes_copied));
            }
        });
    };
    let save = move |()| {
        let text = [said!(words, recovery_codes_file), all.get_value()].join("\n\n");
        if paper::save(FILE, &text) {
            toaster.say(Glyph::Check, say!(words, recovery_codes_saved));
        }
    };
    let rows: Vec<_> = codes.into_iter().map(|code| view! { <li>{code}</li> }).collect();
    let label = TextProp::from(move || said!(words, recovery_codes));
    view! {
        <div class="stack">
            <p class="with-icon">
                <Icon glyph=Glyph::Alert />
                {text(say!(words, recovery_codes_once))}
            </p>
            <ol class="recovery-codes" aria-label=label>
                {rows}
            </ol>
            <div class="actions">
                <Button text=say!(words, copy) kind=ButtonKind::Quiet glyph=Glyph::Copy press=copy />
                <Button
                    text=say!(words, print)
                    kind=ButtonKind::Quiet
                    glyph=Glyph::Print
                    press=move |()| paper::print()
                />
                <Button text=say!(words, save_file) kind=ButtonKind::Quiet glyph=Glyph::Install press=save />
            </div>
            <Button text=say!(words, recovery_codes_kept) glyph=Glyph::Check press=done />
        </div>
    }
}
