//! Lists and what stands in them: cards, rows, marks, tags, facts, priced lines, and the list that only draws what is seen.

mod scroll;

use crate::dom::{Children, View, view};
use leptos::prelude::*;
use leptos::text_prop::TextProp;

pub use scroll::{RowView, ScrollList};

use qianbao_core::Money;

use crate::amount::AmountParts;
use crate::icon::{Glyph, Icon};
use crate::navigation::Link;
use crate::words::text as words;

/// What a colour says. The words say it too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing in particular.
    #[default]
    Plain,
    /// Good, or checked.
    Jade,
    /// Waits.
    Gold,
    /// Danger or loss.
    Cinnabar,
}

/// A small word about a thing.
#[component]
pub fn Tag(
    /// What it says.
    #[prop(into)]
    text: TextProp,
    /// Its colour.
    #[prop(optional)]
    tone: Tone,
    /// An icon before it.
    #[prop(optional)]
    glyph: Option<Glyph>,
) -> View {
    let class = match tone {
        Tone::Plain => "tag",
        Tone::Jade => "tag tag-jade",
        Tone::Gold => "tag tag-gold",
        Tone::Cinnabar => "tag tag-cinnabar",
    };
    view! {
        <span class=class>
            {glyph.map(|glyph| view! { <Icon glyph=glyph /> })}
            {words(text)}
        </span>
    }
}

/// A surface that holds one thing, with a heading if it has one.
#[component]
pub fn Card(
    /// What it is about.
    #[prop(optional, into)]
    title: Option<TextProp>,
    /// What stands at the end of the heading.
    #[prop(optional, into)]
    end: Option<View>,
    /// What is in it.
    children: Children,
) -> View {
    let head = title.map(|title| {
        view! {
            <div class="card-head">
                <h2>{words(title)}</h2>
                {end}
            </div>
        }
    });
    view! {
        <section class="card">
            {head}
            {children.view()}
        </section>
    }
}

/// A row of a list: a mark, two lines, something at the end.
#[component]
pub fn Row(
    /// The mark at the start.
    #[prop(into)]
    lead: View,
    /// First line.
    #[prop(into)]
    title: View,
    /// Second line.
    #[prop(optional, into)]
    detail: Option<View>,
    /// At the end.
    #[prop(optional, into)]
    end: Option<View>,
    /// Where it leads.
    #[prop(optional, into)]
    href: Option<TextProp>,
    /// Whether it leads to where the person is.
    #[prop(optional, into)]
    current: Signal<bool>,
    /// What pressing does, for a row that does not lead elsewhere.
    #[prop(optional, into)]
    press: Option<Callback<()>>,
) -> View {
    let content = view! {
        {lead}
        <span>
            <span class="row-title">{title}</span>
            {detail.map(|detail| view! { <span class="row-detail">{detail}</span> })}
        </span>
        <span class="row-end">{end}</span>
    };
    match (href, press) {
        (Some(href), _) => view! { <Link href=href class="row" current=current>{content}</Link> },
        (None, Some(press)) => {
            view! { <button type="button" class="row" on:click=move |_| press.run(())>{content}</button> }
        }
        (None, None) => view! { <div class="row">{content}</div> },
    }
}

/// The mark at the start of a row: the first letter of a name, or an icon.
#[component]
pub fn Mark(
    /// A letter.
    #[prop(optional, into)]
    letter: Option<String>,
    /// An icon instead.
    #[prop(optional)]
    glyph: Option<Glyph>,
    /// Its colour: plain or jade.
    #[prop(optional)]
    tone: Tone,
) -> View {
    let class = if tone == Tone::Jade { "mark mark-jade" } else { "mark" };
    view! {
        <span class=class aria-hidden="true">
            {glyph.map(|glyph| view! { <Icon glyph=glyph /> })}
            {letter}
        </span>
    }
}

/// A fact in a list of facts (`<dl class="facts">`): what it is, and what it says.
#[component]
pub fn Fact(
    /// What it is.
    #[prop(into)]
    label: TextProp,
    /// What it says.
    children: Children,
) -> View {
    view! {
        <dt>{words(label)}</dt>
        <dd>{children.view()}</dd>
    }
}

/// A line of what is bought, in a list: `龙井 × 2 · ¥9.00`, the price of one only when there are more.
#[component]
pub fn LineItem(
    /// What it is.
    name: String,
    /// How many.
    quantity: u32,
    /// Price of one.
    unit_price: Money,
) -> View {
    let count = [" × ", &quantity.to_string()].concat();
    let price = (quantity > 1).then(|| [" · ", &AmountParts::of(unit_price).text()].concat());
    view! {
        <li>
            <bdi>{name}</bdi>
            {count}
            {price}
        </li>
    }
}
