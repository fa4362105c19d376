//! A sheet over the screen: from below on a phone, in the middle of a desktop. It is the browser's own modal dialog, so
//! that focus stays inside, comes back afterwards, and Escape closes.

use crate::dom::{ChildrenFn, View, view};
use leptos::html;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use leptos::wasm_bindgen::JsCast;

use crate::button::IconButton;
use crate::field::fresh_id;
use crate::icon::Glyph;
use crate::words::{KitWords, text as words};

/// A sheet.
#[component]
pub fn Sheet(
    /// Whether it is there. What is in it is made when it opens and dropped when it closes.
    #[prop(into)]
    open: Signal<bool>,
    /// What it is about.
    #[prop(into)]
    title: TextProp,
    /// Told when it is to be closed: by its cross, by Escape, by a press beside it.
    #[prop(into)]
    close: Callback<()>,
    /// What is in it.
    children: ChildrenFn,
) -> View {
    let dialog = NodeRef::<html::Dialog>::new();
    let title_id = fresh_id("sheet-");
    let labelled = title_id.clone();
    Effect::new(move || {
        let Some(dialog) = dialog.get() else { return };
        if open.get() && !dialog.open() {
            // Fails only when the element has left the page; then there is nothing to show either.
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    let beside = move |event: &web_sys::MouseEvent| {
        let pressed = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        pressed.is_some_and(|pressed| pressed.tag_name() == "DIALOG")
    };
    let close_word = KitWords::get().close;
    view! {
        <dialog
            class="sheet"
            node_ref=dialog
            aria-labelledby=labelled
            on:cancel=move |event: web_sys::Event| {
                event.prevent_default();
                close.run(());
            }
            on:click=move |event| {
                if beside(&event) {
                    close.run(());
                }
            }
        >
            {move || {
                open.get()
                    .then(|| {
                        view! {
                            <div class="sheet-body">
                                <div class="sheet-grip"></div>
                                <div class="sheet-head">
                                    // Focus starts here: what the sheet is about is read first, and no button is pressed by chance.
                                    <h2 id=title_id.clone() tabindex="-1" autofocus=true>{words(title.clone())}</h2>
                                    <IconButton label=close_word.clone() glyph=Glyph::Close press=close />
                                </div>
                                {children.view()}
                            </div>
                        }
                    })
            }}
        </dialog>
    }
}
