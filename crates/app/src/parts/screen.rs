//! A screen: its heading, the way back, what stands at the end of its bar, and its content.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_ui::dom::{Children, View, view};
use qianbao_ui::words::{KitWords, text};
use qianbao_ui::{Glyph, IconButton, Navigation};

use crate::route::Route;

/// A screen.
#[component]
pub fn Screen(
    /// Its heading.
    #[prop(into)]
    title: TextProp,
    /// Where back leads when nothing of the app lies behind; a screen of the tabs has none.
    #[prop(optional, into)]
    back: Option<Route>,
    /// Another class of its own.
    #[prop(optional)]
    class: &'static str,
    /// What stands at the end of the bar.
    #[prop(optional, into)]
    end: Option<View>,
    /// Its content.
    children: Children,
) -> View {
    let navigation = Navigation::get();
    let back = back.map(|route| {
        let label = KitWords::get().back;
        view! { <IconButton label=label glyph=Glyph::Back press=move |()| navigation.back_or(&route.path()) /> }
    });
    view! {
        <div class=["screen ", class].concat()>
            <header class="bar">
                {back}
                <h1>{text(title)}</h1>
                <div class="bar-end">{end}</div>
            </header>
            {children.view()}
        </div>
    }
}
