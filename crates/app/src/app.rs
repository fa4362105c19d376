//! The app: contexts, texts, and the frame.

use leptos::prelude::*;
use qianbao_client::Client;
use qianbao_ui::dom::{View, mount_to_body, view};
use qianbao_ui::words::KitWords;
use qianbao_ui::{Navigation, Toaster};
use wasm_bindgen_futures::spawn_local;

use crate::browser::{document, version};
use crate::frame::Frame;
use crate::route::{PayFor, Route};
use crate::screens::Screens;
use crate::state::{Preferences, Wallet, idle};
use crate::words::{Words, say};

/// Opens the client on what this browser keeps, then shows the app. Called once, by the page.
pub fn start() {
    console_error_panic_hook::set_once();
    // Leptos has no executor of its own before something is mounted.
    spawn_local(async {
        let client = Client::in_browser().await;
        if idle::is_over() {
            // Somebody was away for long: the session alone does not unlock any more.
            client.lock().await;
        } else {
            // As locked as it was where this does not succeed; the lock screen says so.
            let _ = client.unlock_by_session().await;
        }
        let running = client.clone();
        mount_to_body(move || view! { <App client=client.clone() /> });
        running.run().await;
    });
}

/// Whether a newer build waits, and whether the browser offers to install the app.
#[derive(Clone, Copy)]
pub struct Offers {
    /// A newer build waits.
    pub update: RwSignal<bool>,
    /// The app can be installed.
    pub install: RwSignal<bool>,
}

impl Offers {
    fn provide() {
        let offers = Self { update: RwSignal::new(version::update_is_ready()), install: RwSignal::new(false) };
        version::on_update(move || offers.update.set(true));
        version::on_install_offer(move |offered| offers.install.set(offered));
        provide_context(offers);
    }

    /// The offers of the page.
    pub fn get() -> Self {
        expect_context()
    }
}

/// The whole app.
#[component]
fn App(
    /// The open client.
    client: Client,
) -> View {
    let wallet = Wallet::provide(client);
    let words = Words::provide(document::language());
    Preferences::provide();
    idle::watch(wallet);
    Offers::provide();
    Toaster::provide();
    KitWords {
        close: say!(words, close),
        back: say!(words, back),
        amount_hidden: say!(words, amount_hidden),
        password_show: say!(words, password_show),
        password_hide: say!(words, password_hide),
        key_delete: say!(words, key_delete),
        key_point: say!(words, key_point),
        loading: say!(words, loading),
    }
    .provide();
    let navigation = Navigation::provide();
    Screens::provide();
    if let Some(address) = document::address_with_link() {
        navigation.replace(&Route::Pay(PayFor::Code(address)).path());
    }
    view! { <Frame /> }
}
