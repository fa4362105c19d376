//! The one-time code beside a password: asked for once the server wants it.

use leptos::prelude::*;
use qianbao_api::ProblemCode;
use qianbao_client::ClientError;
use qianbao_ui::dom::{Child, view};
use qianbao_ui::{Field, FieldKind};

use crate::say;

/// The code, and whether it is asked for. Copy it into the form that sends it.
#[derive(Clone, Copy)]
pub struct Second {
    typed: RwSignal<String>,
    asked: RwSignal<bool>,
}

impl Second {
    /// Not asked for yet.
    pub fn new() -> Self {
        Self { typed: RwSignal::new(String::new()), asked: RwSignal::new(false) }
    }

    /// What was typed, if it was asked for.
    pub fn code(self) -> Option<String> {
        let typed = self.typed.get_untracked();
        Some(typed.trim().to_owned()).filter(|typed| self.asked.get_untracked() && !typed.is_empty())
    }

    /// Passes an answer on, and asks from now on if the server wants a code.
    pub fn heard<T>(self, answer: Result<T, ClientError>) -> Result<T, ClientError> {
        if let Err(error) = &answer
            && error.code() == Some(ProblemCode::OneTimeCodeRequired)
        {
            // The form may be gone by now.
            self.asked.try_set(true);
        }
        answer
    }
}

/// The field, once it is asked for.
#[component]
pub fn SecondField(
    /// The code.
    second: Second,
) -> impl Child {
    move || {
        second.asked.get().then(|| {
            view! {
                <Field
                    label=say!(one_time_code)
                    value=second.typed
                    input=move |text| second.typed.set(text)
                    kind=FieldKind::Digits
                    hint=say!(one_time_code_hint)
                    autocomplete="one-time-code"
                    length_max=9
                />
            }
        })
    }
}
