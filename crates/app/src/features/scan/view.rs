//! Pieces of the scanner: the finder over the picture, the light, the other ways in.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_ui::dom::{Child, View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Glyph, Icon, IconButton};

use super::sentence;
use crate::browser::picture::{self, Picture};
use crate::browser::scanner::{Camera, ScannerError};
use crate::words::{said, say, words};

/// The light of the camera, where it has one.
#[component]
pub fn TorchButton(
    /// Whether there is a light.
    there: Signal<bool>,
    /// The camera.
    camera: StoredValue<Option<Camera>, LocalStorage>,
) -> impl Child {
    let words = words();
    let on = RwSignal::new(false);
    let flip = move |()| {
        on.update(|on| *on = !*on);
        camera.with_value(|camera| {
            if let Some(camera) = camera {
                camera.set_torch(on.get_untracked());
            }
        });
    };
    let label = TextProp::from(move || if on.get() { said!(words, torch_off) } else { said!(words, torch_on) });
    move || {
        there.get().then(|| {
            view! { <IconButton label=label.clone() glyph=Glyph::Torch pressed=Signal::from(on) press=flip /> }
        })
    }
}

/// The frame to hold a code into; in its place what is wrong with the camera, and what to do instead.
#[component]
pub fn Finder(
    /// Why there is no picture.
    failed: Signal<Option<ScannerError>>,
    /// Whether the camera is being opened.
    #[prop(into)]
    waiting: Signal<bool>,
) -> View {
    let words = words();
    let hint = move || {
        if let Some(error) = failed.get() {
            sentence(words, error)
        } else if waiting.get() {
            said!(words, camera_opening)
        } else {
            said!(words, scan_hint)
        }
    };
    view! {
        <div class="finder" class:finder-off=move || failed.read().is_some()>
            <div class="finder-frame" aria-hidden="true">
                <span></span>
                <span></span>
                <span></span>
                <span></span>
                {move || {
                    failed
                        .read()
                        .is_some()
                        .then(|| view! { <span class="finder-icon"><Icon glyph=Glyph::Scan /></span> })
                }}
            </div>
            <p class="finder-hint" role="status">
                {hint}
            </p>
        </div>
    }
}

/// Another way in, as a button.
#[component]
pub fn WayButton(
    /// What it does.
    label: TextProp,
    /// Its icon.
    glyph: Glyph,
    /// What pressing does.
    #[prop(into)]
    press: Callback<()>,
) -> View {
    view! {
        <button type="button" class="way" on:click=move |_| press.run(())>
            <Icon glyph=glyph />
            {text(label)}
        </button>
    }
}

/// Chooses a picture.
#[component]
pub fn PictureButton(
    /// Told of the picture.
    choose: impl Fn(Picture) + 'static,
) -> View {
    let words = words();
    view! {
        <label class="way">
            <Icon glyph=Glyph::Image />
            {text(say!(words, from_picture))}
            <input
                type="file"
                accept="image/*"
                class="way-file"
                on:change=move |event| {
                    if let Some(file) = picture::chosen(&event) {
                        choose(file);
                    }
                }
            />
        </label>
    }
}
