//! A document with the proof of who issued it: a heading, a mark that says whether the proof holds, and what it says.

use leptos::prelude::*;
use leptos::text_prop::TextProp;

use crate::button::{Button, ButtonKind};
use crate::dom::{Child, Children, View, view};
use crate::icon::Glyph;
use crate::list::{Tag, Tone};
use crate::state::Skeleton;
use crate::words::text as words;

/// What is known of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It is there, and was proved.
    Verified,
    /// It is there, and its proof does not hold: what it says is not shown.
    Unverified,
    /// It is there, and its proof could not be looked at now: that says nothing against it. What it says is not shown.
    Unchecked,
    /// As [`Unchecked`](Self::Unchecked), and asking again would not help here.
    Uncheckable,
    /// It could not be had.
    Missing,
}

/// What a proof is called.
#[derive(Clone, Debug)]
pub struct ProofWords {
    /// What the document is.
    pub title: TextProp,
    /// The mark of one that was proved.
    pub verified: TextProp,
    /// The mark of one whose proof does not hold.
    pub unverified: TextProp,
    /// The mark of one whose proof was not looked at.
    pub unchecked: TextProp,
    /// What the proof means, below what was proved.
    pub meaning: TextProp,
    /// What to do about one whose proof does not hold.
    pub advice: TextProp,
    /// Why there is none, or why its proof was not looked at.
    pub reason: TextProp,
    /// Asks again for one that could not be had or looked at.
    pub again: TextProp,
}

/// The card of a document. While nothing is known yet, it waits.
#[component]
pub fn ProofCard(
    /// What it is called.
    called: ProofWords,
    /// What is known.
    #[prop(into)]
    proof: Signal<Option<Proof>>,
    /// Asks again.
    #[prop(into)]
    again: Callback<()>,
    /// What it says; to be empty unless it was proved.
    children: Children,
) -> View {
    let ProofWords { title, verified, unverified, unchecked, meaning, advice, reason, again: once_more } = called;
    let mark = move || match proof.get() {
        Some(Proof::Verified) => view! { <Tag text=verified.clone() tone=Tone::Jade glyph=Glyph::Shield /> },
        Some(Proof::Unverified) => view! { <Tag text=unverified.clone() tone=Tone::Cinnabar glyph=Glyph::Alert /> },
        Some(Proof::Unchecked | Proof::Uncheckable) => view! { <Tag text=unchecked.clone() glyph=Glyph::Info /> },
        Some(Proof::Missing) | None => ().built(),
    };
    let below = move || match proof.get() {
        None => view! { <Skeleton lines=3 /> },
        Some(Proof::Verified) => view! { <p class="quiet">{say(&meaning)}</p> },
        Some(Proof::Unverified) => view! { <p>{say(&advice)}</p> },
        Some(Proof::Uncheckable) => view! { <p class="quiet">{say(&reason)}</p> },
        Some(Proof::Unchecked | Proof::Missing) => view! {
            <p class="quiet">{say(&reason)}</p>
            <Button text=once_more.clone() kind=ButtonKind::Plain press=move |()| again.run(()) />
        },
    };
    view! {
        <section class="card proof">
            <div class="card-head">
                <h2>{words(title)}</h2>
                {mark}
            </div>
            {children.view()}
            {below}
        </section>
    }
}

fn say(text: &TextProp) -> View {
    words(text.clone())
}
