//! An address that leads to no screen.

use leptos::prelude::*;
use qianbao_ui::dom::{View, view};
use qianbao_ui::{Empty, Glyph, LinkButton};

use crate::parts::Screen;
use crate::route::Route;
use crate::words::{say, words};

/// Says so, and leads home.
#[component]
pub fn Missing() -> View {
    let words = words();
    view! {
        <Screen title=say!(words, missing) back=Route::Home>
            <Empty glyph=Glyph::Search title=say!(words, missing_title) text=say!(words, missing_text)>
                <LinkButton href="/" text=say!(words, to_home) />
            </Empty>
        </Screen>
    }
}
