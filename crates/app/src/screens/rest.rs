//! The second part of the program: every screen but home and welcome.
//!
//! The release build for browsers (cfg `split`, set by `build.rs`) marks [`draw`] as the door to a module of its own:
//! `web/build/split.mjs` takes everything that only this function reaches out of the wasm that the page starts with.
//! Other builds have one part, and loading it does nothing.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use qianbao_ui::dom::{Child, View, view};

use crate::features;
use crate::route::Route;

/// Draws the screen of `route`. Home and welcome are drawn elsewhere; here they are missing.
fn draw(route: Route) -> View {
    match route {
        Route::SignIn => features::sign_in::SignIn().built(),
        Route::SignUp => features::sign_up::SignUp().built(),
        Route::Recovery => features::recovery::Recovery().built(),
        Route::Unlock => features::unlock::Unlock().built(),
        Route::Scan => features::scan::Scan().built(),
        Route::Pay(what) => view! { <features::pay::Pay what=what /> },
        Route::Payment(payment) => view! { <features::payment::Payment payment=payment /> },
        Route::Send => features::send::Send().built(),
        Route::Receive => features::receive::Receive().built(),
        Route::Activity | Route::Entry(_) => features::activity::Activity().built(),
        Route::TopUp => features::top_up::TopUp().built(),
        Route::TopUpDetail(topup) => view! { <features::top_up::TopUpDetail topup=topup /> },
        Route::Me => features::me::Me().built(),
        Route::Home | Route::Welcome | Route::Missing => features::missing::Missing().built(),
    }
}

pub use part::load;

/// The screen of `route`, drawn within the owner of the caller; nothing before [`load`] has succeeded.
pub fn drawn(route: Route) -> Option<View> {
    // Once the part is there the call does not wait, so it is polled once, where signals find their owner.
    match pin!(part::enter(route)).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(view) => view.ok(),
        Poll::Pending => None,
    }
}

#[cfg(split)]
#[allow(unsafe_code, reason = "the macro links to the function in the other module, which no safe declaration can")]
mod part {
    use qianbao_ui::dom::View;
    use wasm_split_helpers::{SplitLoaderError, wasm_split};

    use crate::route::Route;

    /// The part could not be loaded; another try may succeed.
    pub type Missing = SplitLoaderError;

    /// Draws the screen of `route` after [`load`].
    #[wasm_split(
        screens,
        preload(
            /// Loads the part, once; a failure is not kept.
            load
        ),
        fallible
    )]
    pub fn enter(route: Route) -> Result<View, Missing> {
        Ok(super::draw(route))
    }
}

#[cfg(not(split))]
#[allow(clippy::unused_async, reason = "the two parts are called alike")]
mod part {
    use std::convert::Infallible;

    use qianbao_ui::dom::View;

    use crate::route::Route;

    /// The only part is always there.
    pub type Missing = Infallible;

    /// Nothing to load.
    pub async fn load() -> Result<(), Missing> {
        Ok(())
    }

    /// Draws the screen of `route`.
    pub async fn enter(route: Route) -> Result<View, Missing> {
        Ok(super::draw(route))
    }
}
