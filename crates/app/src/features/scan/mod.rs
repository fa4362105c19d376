//! Reading a code: by the camera, from a picture, from the clipboard, or typed. What it says is decided by the next
//! screen; nothing that is read is ever opened as an address.

mod view;

use leptos::html;
use leptos::prelude::*;
use qianbao_core::scan::SCANNED_CHARACTERS_MAX;
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Act, Button, ButtonKind, Field, FieldKind, Glyph, IconButton, Navigation, Sheet, Toaster};

use crate::browser::clipboard;
use crate::browser::picture::Picture;
use crate::browser::scanner::{self, Camera, ScannerError};
use crate::route::{PayFor, Route};
use crate::words::{Words, said, say, words};

/// How much of a text is taken along, in characters: one more than the longest that is read, so that a longer one is known to be
/// too long and says so.
const TEXT_MAX: usize = SCANNED_CHARACTERS_MAX + 1;

/// How much the field takes, in UTF-16 units as a browser counts: more than [`TEXT_MAX`] characters need, for a browser cuts what
/// is pasted without a word.
const FIELD_MAX: u32 = 30_000;

/// What to say when there is no camera picture or no code in a file.
fn sentence(words: Words, error: ScannerError) -> String {
    match error {
        ScannerError::Denied => said!(words, camera_denied),
        ScannerError::Missing => said!(words, camera_missing),
        ScannerError::Busy => said!(words, camera_busy),
        ScannerError::PictureTooLarge => said!(words, picture_too_large),
        ScannerError::PictureUnreadable => said!(words, picture_unreadable),
        ScannerError::Failed => said!(words, camera_failed),
    }
}

/// Goes on with what was read.
fn take(navigation: Navigation, text: &str) {
    let text: String = text.trim().chars().take(TEXT_MAX).collect();
    if !text.is_empty() {
        navigation.go(&Route::Pay(PayFor::Code(text)).path());
    }
}

/// The screen.
#[component]
pub fn Scan() -> View {
    let (words, navigation, toaster) = (words(), Navigation::get(), Toaster::get());
    let video = NodeRef::<html::Video>::new();
    let camera = StoredValue::<Option<Camera>, LocalStorage>::new_local(None);
    let opened = Act::new(move |element: scanner::Video| {
        async move {
            let open = scanner::open(&element, move |text| take(navigation, &text)).await?;
            let has_torch = open.has_torch();
            // The screen may be gone by now; then the camera is given back at once.
            let _ = camera.try_set_value(Some(open));
            Ok::<bool, ScannerError>(has_torch)
        }
    });
    Effect::new(move || {
        if let Some(element) = video.get() {
            opened.start(element);
        }
    });
    on_cleanup(move || drop(camera.try_update_value(Option::take)));
    let from_picture = Act::new(move |file: Picture| async move {
        match scanner::read_picture(&file).await {
            Ok(Some(text)) => take(navigation, &text),
            Ok(None) => toaster.say(Glyph::Alert, say!(words, picture_without_code)),
            Err(error) => toaster.say(Glyph::Alert, move || sentence(words, error)),
        }
    });
    let typing = RwSignal::new(false);
    let paste = Act::new(move |(): ()| async move {
        match clipboard::paste().await.filter(|text| !text.trim().is_empty()) {
            Some(text) => take(navigation, &text),
            // Where reading the clipboard is not allowed, the field takes what is pasted.
            None => typing.set(true),
        }
    });
    let failed = Signal::derive(move || opened.value().get().and_then(Result::err));
    let has_torch = Signal::derive(move || matches!(opened.value().get(), Some(Ok(true))));
    view! {
        <div class="scan">
            <video class="scan-video" node_ref=video playsinline=true muted=true aria-hidden="true"></video>
            <header class="scan-bar">
                <IconButton
                    label=say!(words, back)
                    glyph=Glyph::Back
                    press=move |()| navigation.back_or(&Route::Home.path())
                />
                <h1>{text(say!(words, scan))}</h1>
                <view::TorchButton there=has_torch camera=camera />
            </header>
            <view::Finder failed=failed waiting=opened.pending() />
            <div class="scan-ways">
                <view::PictureButton choose=move |file| from_picture.start(file) />
                <view::WayButton label=say!(words, paste) glyph=Glyph::Paste press=move |()| paste.start(()) />
                <view::WayButton label=say!(words, type_code) glyph=Glyph::Keyboard press=move |()| typing.set(true) />
            </div>
            <Typing open=typing />
        </div>
    }
}

/// The sheet to type or paste a code, a link or a handle into.
#[component]
fn Typing(
    /// Whether it is open.
    open: RwSignal<bool>,
) -> View {
    let (words, navigation) = (words(), Navigation::get());
    let typed = RwSignal::new(String::new());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        take(navigation, &typed.get_untracked());
    };
    view! {
        <Sheet open=open title=say!(words, type_code) close=move |()| open.set(false)>
            <form class="stack" on:submit=submit>
                <Field
                    label=say!(words, code_or_link)
                    value=typed
                    input=move |text| typed.set(text)
                    kind=FieldKind::Lines
                    hint=say!(words, code_or_link_hint)
                    length_max=FIELD_MAX
                />
                <Button
                    text=say!(words, go_on)
                    kind=ButtonKind::Main
                    disabled=Signal::derive(move || typed.read().trim().is_empty())
                />
            </form>
        </Sheet>
    }
}
