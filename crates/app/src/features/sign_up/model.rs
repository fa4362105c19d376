//! What is entered to make a wallet, with a passkey or a password, and at which field something is wrong.
//!
//! Here only what is missing is found, and a password that is too short; the rules of names are the server's.

use qianbao_api::ProblemCode;
use qianbao_api::identity::{Locale, Newcomer, SignUp};
use qianbao_client::ClientError;

/// Shortest password, in characters (NIST SP 800-63B-4, section 3.1.1.2: 15 when it is the only factor).
const PASSWORD_MIN: usize = 15;

/// A field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Public name to be found by.
    Handle,
    /// Name shown to others.
    DisplayName,
    /// Legal name.
    LegalName,
    /// Password.
    Password,
}

impl Place {
    /// All fields, in their order.
    pub const ALL: [Self; 4] = [Self::Handle, Self::DisplayName, Self::LegalName, Self::Password];

    /// Those that are asked for whatever the person signs in with.
    const NAMES: [Self; 3] = [Self::Handle, Self::DisplayName, Self::LegalName];

    /// The name of the field on the wire.
    const fn param(self) -> &'static str {
        match self {
            Self::Handle => "handle",
            Self::DisplayName => "display_name",
            Self::LegalName => "legal_name",
            Self::Password => "password",
        }
    }
}

/// What is wrong at a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing is there.
    Missing(Place),
    /// The rule with this code is not kept.
    Refused(ProblemCode),
}

/// What is entered.
#[derive(Clone, Default)]
pub struct Entered {
    fields: [String; 4],
}

impl Entered {
    /// What stands at a field.
    pub fn at(&self, place: Place) -> &str {
        &self.fields[place as usize]
    }

    /// The field, to write.
    pub fn at_mut(&mut self, place: Place) -> &mut String {
        &mut self.fields[place as usize]
    }

    /// What is wrong at a field, before anything is sent.
    pub fn flaw(&self, place: Place) -> Option<Flaw> {
        let text = self.at(place);
        if text.trim().is_empty() {
            Some(Flaw::Missing(place))
        } else if place == Place::Password && text.chars().count() < PASSWORD_MIN {
            Some(Flaw::Refused(ProblemCode::PasswordLength))
        } else {
            None
        }
    }

    /// Who is to be made with a passkey, if nothing is wrong.
    pub fn newcomer(&self, locale: Locale) -> Option<Newcomer> {
        if Place::NAMES.iter().any(|place| self.flaw(*place).is_some()) {
            return None;
        }
        let text = |place| self.at(place).trim().to_owned();
        Some(Newcomer {
            handle: text(Place::Handle),
            display_name: text(Place::DisplayName),
            legal_name: text(Place::LegalName),
            locale,
        })
    }

    /// The request to make them with a password, if nothing is wrong.
    pub fn request(&self, locale: Locale) -> Option<SignUp> {
        let Newcomer { handle, display_name, legal_name, locale } =
            self.newcomer(locale).filter(|_| self.flaw(Place::Password).is_none())?;
        let password = Some(self.at(Place::Password).to_owned());
        Some(SignUp { handle, display_name, legal_name, password, passkey: None, locale })
    }
}

/// What the server found wrong at `place`, if that is where it found it.
pub fn refused_at(error: &ClientError, place: Place) -> Option<Flaw> {
    let ClientError::Problem(problem) = error else { return None };
    let at = match (problem.param.as_deref(), problem.code) {
        (Some(param), _) => param == place.param(),
        (None, ProblemCode::HandleTaken | ProblemCode::HandleInvalid) => place == Place::Handle,
        (None, ProblemCode::PasswordLength | ProblemCode::PasswordCommon) => place == Place::Password,
        (None, _) => false,
    };
    at.then_some(Flaw::Refused(problem.code))
}

#[cfg(test)]
mod tests {
    use qianbao_api::Problem;

    use super::*;

    fn entered() -> Entered {
        let mut entered = Entered::default();
        for (place, text) in Place::ALL.iter().zip([" lan ", "王岚", "王岚", "jade-river-walks-2026"]) {
            text.clone_into(entered.at_mut(*place));
        }
        entered
    }

    fn refusal(code: ProblemCode, param: Option<&str>) -> ClientError {
        ClientError::Problem(Box::new(Problem {
            kind: String::new(),
            title: String::new(),
            status: 422,
            detail: String::new(),
            code,
            param: param.map(str::to_owned),
            request_id: String::new(),
            unknown_until: None,
            tries_left: None,
        }))
    }

    #[test]
    fn a_whole_form_makes_a_request() {
        let request = entered().request(Locale::Zh).expect("nothing is wrong");
        assert_eq!((request.handle.as_str(), request.legal_name.as_str()), ("lan", "王岚"));
    }

    #[test]
    fn spaces_around_a_password_are_part_of_it() {
        let mut entered = entered();
        *entered.at_mut(Place::Password) = " jade-river-walks ".to_owned();
        let request = entered.request(Locale::En).expect("long enough");
        assert_eq!(request.password.as_deref(), Some(" jade-river-walks "));
    }

    #[test]
    fn who_uses_a_passkey_needs_no_password() {
        let mut entered = entered();
        entered.at_mut(Place::Password).clear();
        assert!(entered.request(Locale::Zh).is_none());
        assert_eq!(entered.newcomer(Locale::Zh).map(|newcomer| newcomer.handle).as_deref(), Some("lan"));
        entered.at_mut(Place::LegalName).clear();
        assert!(entered.newcomer(Locale::Zh).is_none());
    }

    #[test]
    fn what_is_missing_is_found_before_anything_is_sent() {
        for place in Place::ALL {
            let mut entered = entered();
            *entered.at_mut(place) = "  ".to_owned();
            assert_eq!(entered.flaw(place), Some(Flaw::Missing(place)));
            assert!(entered.request(Locale::Zh).is_none());
        }
        let mut short = entered();
        *short.at_mut(Place::Password) = "十四个字符的密码还是太短了".to_owned();
        assert_eq!(short.flaw(Place::Password), Some(Flaw::Refused(ProblemCode::PasswordLength)));
    }

    #[test]
    fn a_refusal_is_shown_at_its_field() {
        let taken = refusal(ProblemCode::HandleTaken, None);
        assert_eq!(refused_at(&taken, Place::Handle), Some(Flaw::Refused(ProblemCode::HandleTaken)));
        assert_eq!(refused_at(&taken, Place::Password), None);
        let name = refusal(ProblemCode::NameInvalid, Some("legal_name"));
        assert_eq!(refused_at(&name, Place::LegalName), Some(Flaw::Refused(ProblemCode::NameInvalid)));
        assert_eq!(refused_at(&name, Place::DisplayName), None);
        assert_eq!(refused_at(&ClientError::Offline, Place::Handle), None);
    }
}
