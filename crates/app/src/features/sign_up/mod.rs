//! Making a wallet: handle, names, password. What the server refuses is shown at its field.

mod model;

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_api::identity::SignUp as Request;
use qianbao_client::ClientError;
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Act, Button, Field, FieldKind, Link, Navigation};

use self::model::{Entered, Flaw, Place};
use crate::features::welcome::way_in;
use crate::parts::{Screen, Trouble, TroubleNote};
use crate::route::{Route, next_of};
use crate::state::Wallet;
use crate::words::{Locale, Words, problem, said, say, words};

/// The sentence for a flaw found before anything is sent.
fn sentence(words: Words, flaw: Flaw) -> String {
    match flaw {
        Flaw::Missing(Place::Handle) => said!(words, handle_missing),
        Flaw::Missing(Place::DisplayName) => said!(words, display_name_missing),
        Flaw::Missing(Place::LegalName) => said!(words, legal_name_missing),
        Flaw::Missing(Place::Password) => said!(words, password_missing),
        Flaw::Refused(code) => problem(words, code).to_owned(),
    }
}

/// The screen.
#[component]
pub fn SignUp() -> View {
    let (words, wallet, navigation) = (words(), Wallet::get(), Navigation::get());
    let entered = RwSignal::new(Entered::default());
    let tried = RwSignal::new(false);
    let next = next_of(&navigation.path().get_untracked());
    let signing_up = Act::new(move |request: Request| {
        let next = next.clone();
        async move {
            wallet.client().sign_up(&request).await?;
            navigation.replace(&next);
            Ok::<(), ClientError>(())
        }
    });
    let failed = Signal::derive(move || signing_up.value().get().and_then(Result::err));
    let flaw_at = move |place: Place| {
        let before = tried.get().then(|| entered.with(|entered| entered.flaw(place))).flatten();
        let flaw =
            before.or_else(|| failed.with(|error| error.as_ref().and_then(|error| model::refused_at(error, place))));
        flaw.map(|flaw| sentence(words, flaw)).unwrap_or_default()
    };
    let trouble = Signal::derive(move || {
        failed
            .get()
            .filter(|error| Place::ALL.iter().all(|place| model::refused_at(error, *place).is_none()))
            .map(Trouble::Request)
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let locale = match words.get_locale_untracked() {
            Locale::zh => qianbao_api::identity::Locale::Zh,
            Locale::en => qianbao_api::identity::Locale::En,
        };
        if let Some(request) = entered.with_untracked(|entered| entered.request(locale)) {
            signing_up.start(request);
        }
    };
    let field = move |place: Place, label: TextProp, hint: TextProp, kind: FieldKind, autocomplete: &'static str| {
        let value = Signal::derive(move || entered.with(|entered| entered.at(place).to_owned()));
        let input = move |typed: String| entered.update(|entered| *entered.at_mut(place) = typed);
        let error = Signal::derive(move || flaw_at(place));
        view! { <Field label=label value=value input=input kind=kind hint=hint autocomplete=autocomplete error=error /> }
    };
    view! {
        <Screen title=say!(words, sign_up) back=Route::Welcome class="screen-form">
            <form class="card stack" novalidate on:submit=submit>
                {field(Place::Handle, say!(words, handle), say!(words, handle_hint), FieldKind::Handle, "username")}
                {field(Place::DisplayName, say!(words, display_name), say!(words, display_name_hint), FieldKind::Text, "nickname")}
                {field(Place::LegalName, say!(words, legal_name), say!(words, legal_name_hint), FieldKind::Text, "name")}
                {field(Place::Password, say!(words, password), say!(words, password_hint), FieldKind::Password, "new-password")}
                <TroubleNote trouble=trouble />
                <Button text=say!(words, sign_up_now) busy=signing_up.pending() />
            </form>
            <p class="form-foot">
                {text(say!(words, wallet_already))} " "
                <Link href=way_in(&Route::SignIn)>{text(say!(words, sign_in))}</Link>
            </p>
        </Screen>
    }
}
