//! An authenticator that answers as the test says, and notes what it was asked.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures::future::LocalBoxFuture;
use qianbao_client::authenticator::{Authenticator, AuthenticatorError, Touch};
use qianbao_client::vault::cipher::Secret;

/// The answer of [`Scripted`] when it makes a passkey.
pub const MADE: &str = r#"{"id":"AAEC","rawId":"AAEC","type":"public-key","response":{"clientDataJSON":"AAEC","attestationObject":"AAEC"}}"#;
/// Its answer when it uses one; the browser's own members are in it too.
pub const USED: &str = r#"{"id":"AAEC","rawId":"AAEC","type":"public-key","clientExtensionResults":{},
    "response":{"clientDataJSON":"AAEC","authenticatorData":"AAEC","signature":"AAEC","userHandle":"cGVy"}}"#;

/// The authenticator.
#[derive(Default)]
pub struct Scripted {
    /// Why it refuses, if it does.
    pub refusal: RefCell<Option<AuthenticatorError>>,
    /// Options that it was given.
    pub asked: RefCell<Vec<String>>,
    /// Credentials that it was told to be unknown.
    pub unknown: RefCell<Vec<String>>,
    /// The secret of its passkey, if it has any.
    pub secret: RefCell<Option<Vec<u8>>>,
    /// Whether it is not there.
    pub is_missing: Cell<bool>,
}

impl Scripted {
    fn answer(&self, options: String, answer: &str) -> LocalBoxFuture<'static, Result<Touch, AuthenticatorError>> {
        self.asked.borrow_mut().push(options);
        let touch = || Touch { answer: answer.to_owned(), secret: self.secret.borrow().clone().map(Secret::new) };
        Box::pin(std::future::ready(self.refusal.borrow().clone().map_or_else(|| Ok(touch()), Err)))
    }
}

/// The authenticator as the client has it.
pub struct Handle(pub Rc<Scripted>);

impl Authenticator for Handle {
    fn is_there(&self) -> bool {
        !self.0.is_missing.get()
    }

    fn create(&self, options: String) -> LocalBoxFuture<'static, Result<Touch, AuthenticatorError>> {
        self.0.answer(options, MADE)
    }

    fn get(&self, options: String) -> LocalBoxFuture<'static, Result<Touch, AuthenticatorError>> {
        self.0.answer(options, USED)
    }

    fn unknown(&self, credential: &str) {
        self.0.unknown.borrow_mut().push(credential.to_owned());
    }
}
