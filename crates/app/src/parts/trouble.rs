//! What went wrong, in three sentences: what happened, whether money moved, what to do next.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_api::ProblemCode;
use qianbao_client::authenticator::AuthenticatorError;
use qianbao_client::{ClientError, Moved};
use qianbao_ui::dom::{Child, view};
use qianbao_ui::{Banner, Glyph, Tone};

use crate::words::{Words, problem, said, words};

/// A failure to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A request that moves no value failed.
    Request(ClientError),
    /// A request that moves value failed.
    Payment(ClientError),
}

impl Trouble {
    /// The sentences in the language in force.
    pub fn sentences(&self, words: Words) -> String {
        let mut text = String::new();
        match self {
            Self::Request(error) => text.push_str(&happened(words, error)),
            Self::Payment(error) => {
                text.push_str(&happened(words, error));
                text.push_str(&moved(words, error.moved()));
            }
        }
        if let Some(id) = self.request_id() {
            text.push_str(&said!(words, trouble_request_id, id = id));
        }
        text
    }

    /// The number that support asks for, where it is of use.
    fn request_id(&self) -> Option<String> {
        match self {
            Self::Request(error) | Self::Payment(error) => {
                let ours = matches!(error.code(), Some(ProblemCode::Internal))
                    || matches!(error, ClientError::Malformed { .. });
                error.request_id().filter(|_| ours).map(str::to_owned)
            }
        }
    }
}

fn happened(words: Words, error: &ClientError) -> String {
    match error {
        ClientError::Problem(found) => problem(words, found.code).to_owned(),
        ClientError::Offline => said!(words, trouble_offline),
        ClientError::Timeout { .. } => said!(words, trouble_timeout),
        ClientError::Malformed { .. } => said!(words, trouble_malformed),
        ClientError::Storage(_) => said!(words, trouble_storage),
        ClientError::Passkey(error) => match error {
            AuthenticatorError::Declined => said!(words, passkey_declined),
            AuthenticatorError::Known => problem(words, ProblemCode::PasskeyKnown).to_owned(),
            AuthenticatorError::Unsupported => said!(words, passkey_unsupported),
            AuthenticatorError::Failed(_) => said!(words, passkey_failed),
        },
        ClientError::SignedOut => problem(words, ProblemCode::SignInRequired).to_owned(),
    }
}

fn moved(words: Words, moved: Moved) -> String {
    match moved {
        Moved::No => said!(words, money_not_moved),
        Moved::Unknown => said!(words, money_unknown),
    }
}

/// Shows a failure, and reads it out.
#[component]
pub fn TroubleNote(
    /// What went wrong, if anything did.
    #[prop(into)]
    trouble: Signal<Option<Trouble>>,
) -> impl Child {
    let words = words();
    move || {
        trouble.get().map(|trouble| {
            let text = TextProp::from(move || trouble.sentences(words));
            view! { <Banner text=text tone=Tone::Cinnabar glyph=Glyph::Alert /> }
        })
    }
}
