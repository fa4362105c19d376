//! The one-time code beside a password: asked for once the server wants it.

use leptos::prelude::*;
use qianbao_api::ProblemCode;
use qianbao_client::ClientError;
use qianbao_ui::dom::{Child, view};
use qianbao_ui::{Field, FieldKind};

use crate::words::{problem, say, words};

/// The code, and whether it is asked for. Copy it into the form that sends it.
#[derive(Clone, Copy)]
pub struct Second {
    typed: RwSignal<String>,
    asked: RwSignal<bool>,
    /// What the server says of it.
    said: RwSignal<Option<ProblemCode>>,
}

impl Second {
    /// Not asked for yet.
    pub fn new() -> Self {
        Self { typed: RwSignal::new(String::new()), asked: RwSignal::new(false), said: RwSignal::new(None) }
    }

    /// What was typed, if it was asked for.
    pub fn code(self) -> Option<String> {
        let typed = self.typed.get_untracked();
        Some(typed.trim().to_owned()).filter(|typed| self.asked.get_untracked() && !typed.is_empty())
    }

    /// Passes an answer on, and asks from now on if the server wants a code.
    pub fn heard<T>(self, answer: Result<T, ClientError>) -> Result<T, ClientError> {
        let code = answer.as_ref().err().filter(|error| is_about_code(error)).and_then(ClientError::code);
        // The form may be gone by now. The first time that a code is wanted is no fault of anybody.
        let is_first = code.is_some() && self.asked.try_get_untracked() == Some(false);
        self.said.try_set(code.filter(|_| !is_first));
        if code.is_some() {
            self.asked.try_set(true);
        }
        answer
    }
}

/// Whether a failure is about the one-time code: then its field says so, and nothing else does.
pub fn is_about_code(error: &ClientError) -> bool {
    matches!(error.code(), Some(ProblemCode::OneTimeCodeRequired | ProblemCode::OneTimeCodeWrong))
}

/// The field, once it is asked for.
#[component]
pub fn SecondField(
    /// The code.
    second: Second,
) -> impl Child {
    let words = words();
    let error =
        Signal::derive(move || second.said.get().map(|code| problem(words, code).to_owned()).unwrap_or_default());
    let input = move |text: String| {
        second.said.set(None);
        second.typed.set(text);
    };
    move || {
        second.asked.get().then(|| {
            view! {
                <Field
                    label=say!(words, one_time_code)
                    value=second.typed
                    input=input
                    kind=FieldKind::Digits
                    hint=say!(words, one_time_code_hint)
                    autocomplete="one-time-code"
                    length_max=9
                    error=error
                />
            }
        })
    }
}
