//! Making a wallet: handle, names, and a passkey; or a password, where the person or the browser wants that. What the server refuses is shown
//! at its field.

mod model;

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_api::identity::{Newcomer, SignUp as Request};
use qianbao_client::ClientError;
use qianbao_ui::dom::{View, view};
use qianbao_ui::words::text;
use qianbao_ui::{Act, Button, ButtonKind, Field, FieldKind, Glyph, Icon, Link, Navigation};

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

/// What is sent.
enum Way {
    Passkey(Newcomer),
    Password(Request),
}

/// What is entered, whether it was sent once, and what became of it. Copy it into every part of the form.
#[derive(Clone, Copy)]
struct Form {
    entered: RwSignal<Entered>,
    tried: RwSignal<bool>,
    by_password: RwSignal<bool>,
    signing_up: Act<Way, Result<(), ClientError>>,
    words: Words,
}

impl Form {
    fn new() -> Self {
        let (words, wallet, navigation) = (words(), Wallet::get(), Navigation::get());
        let next = next_of(&navigation.path().get_untracked());
        let signing_up = Act::new(move |way: Way| {
            let next = next.clone();
            async move {
                match way {
                    Way::Passkey(newcomer) => wallet.client().sign_up_by_passkey(&newcomer).await?,
                    Way::Password(request) => wallet.client().sign_up(&request).await?,
                };
                navigation.replace(&next);
                Ok(())
            }
        });
        Self {
            entered: RwSignal::new(Entered::default()),
            tried: RwSignal::new(false),
            by_password: RwSignal::new(!wallet.client().has_passkeys()),
            signing_up,
            words,
        }
    }

    fn failed(self) -> Option<ClientError> {
        self.signing_up.value().get().and_then(Result::err)
    }

    /// The sentence at a field: what is missing, or what the server refused there.
    fn flaw_at(self, place: Place) -> String {
        let before = self.tried.get().then(|| self.entered.with(|entered| entered.flaw(place))).flatten();
        let flaw = before.or_else(|| self.failed().and_then(|error| model::refused_at(&error, place)));
        flaw.map(|flaw| sentence(self.words, flaw)).unwrap_or_default()
    }

    /// What went wrong at no field.
    fn trouble(self) -> Option<Trouble> {
        let is_elsewhere =
            |error: &ClientError| Place::ALL.iter().all(|place| model::refused_at(error, *place).is_none());
        self.failed().filter(is_elsewhere).map(Trouble::Request)
    }

    fn submit(self) {
        self.tried.set(true);
        let locale = match self.words.get_locale_untracked() {
            Locale::zh => qianbao_api::identity::Locale::Zh,
            Locale::en => qianbao_api::identity::Locale::En,
        };
        let way = self.entered.with_untracked(|entered| {
            if self.by_password.get_untracked() {
                entered.request(locale).map(Way::Password)
            } else {
                entered.newcomer(locale).map(Way::Passkey)
            }
        });
        if let Some(way) = way {
            self.signing_up.start(way);
        }
    }

    fn flip(self) {
        self.signing_up.value().set(None);
        self.tried.set(false);
        self.by_password.update(|by_password| *by_password = !*by_password);
    }

    fn field(self, place: Place, label: TextProp, hint: TextProp, kind: FieldKind, autocomplete: &'static str) -> View {
        let entered = self.entered;
        let value = Signal::derive(move || entered.with(|entered| entered.at(place).to_owned()));
        let input = move |typed: String| entered.update(|entered| *entered.at_mut(place) = typed);
        let error = Signal::derive(move || self.flaw_at(place));
        view! { <Field label=label value=value input=input kind=kind hint=hint autocomplete=autocomplete error=error /> }
    }
}

/// The screen.
#[component]
pub fn SignUp() -> View {
    let (words, form) = (words(), Form::new());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.submit();
    };
    let field = move |place, label, hint, kind, autocomplete| form.field(place, label, hint, kind, autocomplete);
    view! {
        <Screen title=say!(words, sign_up) back=Route::Welcome class="screen-form">
            <form class="card stack" novalidate on:submit=submit>
                {field(Place::Handle, say!(words, handle), say!(words, handle_hint), FieldKind::Handle, "username")}
                {field(Place::DisplayName, say!(words, display_name), say!(words, display_name_hint), FieldKind::Text, "nickname")}
                {field(Place::LegalName, say!(words, legal_name), say!(words, legal_name_hint), FieldKind::Text, "name")}
                <Key form=form />
            </form>
            <p class="form-foot">
                {text(say!(words, wallet_already))} " "
                <Link href=way_in(&Route::SignIn)>{text(say!(words, sign_in))}</Link>
            </p>
        </Screen>
    }
}

/// What the wallet is opened with, the button that opens it, and the way to the other one.
#[component]
fn Key(
    /// The form around it.
    form: Form,
) -> View {
    let (words, by_password, busy) = (form.words, form.by_password, form.signing_up.pending());
    let key = move || {
        if by_password.get() {
            let (label, hint) = (say!(words, password), say!(words, password_hint));
            form.field(Place::Password, label, hint, FieldKind::Password, "new-password")
        } else {
            view! {
                <p class="with-icon">
                    <Icon glyph=Glyph::Key />
                    {text(say!(words, sign_up_by_passkey_text))}
                </p>
            }
        }
    };
    let now = move || {
        if by_password.get() {
            view! { <Button text=say!(words, sign_up_now) busy=busy /> }
        } else {
            view! { <Button text=say!(words, sign_up_by_passkey) glyph=Glyph::Key busy=busy /> }
        }
    };
    let other = Wallet::get().client().has_passkeys().then(|| {
        let label = TextProp::from(move || {
            if by_password.get() { said!(words, by_passkey_instead) } else { said!(words, by_password_instead) }
        });
        view! { <Button text=label kind=ButtonKind::Plain press=move |()| form.flip() /> }
    });
    view! {
        {key}
        <TroubleNote trouble=Signal::derive(move || form.trouble()) />
        {now}
        {other}
    }
}
