//! Passkeys of the device: the one thing that can say "the person was here".
//!
//! Options and answers are the W3C's JSON, passed through as text: the server makes the one and reads the other. The one thing that is not passed on is
//! the secret that a passkey has for this site (the PRF extension, Web Authentication Level 3, section 10.1.4): it opens what the device keeps, so an
//! authenticator takes it out of the answer and hands it over apart.

use futures::future::LocalBoxFuture;

use crate::vault::cipher::Secret;

/// Why no passkey was made or used. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthenticatorError {
    /// This browser has no passkeys, or none as this app asks for them.
    #[error("expected a browser with passkeys (Chromium 129, Firefox 135, Safari 18.4 or newer)")]
    Unsupported,
    /// The person said no, or let the time run out; browsers do not tell which.
    #[error("expected the person's consent, found none")]
    Declined,
    /// The authenticator holds a passkey of this person already.
    #[error("expected an authenticator without a passkey of this person")]
    Known,
    /// Something else, in the browser's words.
    #[error("expected a passkey, found {0}")]
    Failed(String),
}

/// What came of a touch.
#[derive(Clone, Debug)]
pub struct Touch {
    /// The answer for the server; nothing secret is in it.
    pub answer: String,
    /// The passkey's secret for what the device keeps: always the same of one passkey, and never sent. Nothing where the authenticator has none.
    pub secret: Option<Secret>,
}

/// What makes and uses passkeys.
pub trait Authenticator {
    /// Whether there is any.
    fn is_there(&self) -> bool;

    /// Makes a passkey by `PublicKeyCredentialCreationOptionsJSON`; answers `RegistrationResponseJSON`.
    fn create(&self, options: String) -> LocalBoxFuture<'static, Result<Touch, AuthenticatorError>>;

    /// Uses a passkey by `PublicKeyCredentialRequestOptionsJSON`; answers `AuthenticationResponseJSON`.
    fn get(&self, options: String) -> LocalBoxFuture<'static, Result<Touch, AuthenticatorError>>;

    /// Tells the authenticator that the server does not know this credential, so that it is not offered again.
    fn unknown(&self, credential: &str);
}

/// None, for platforms without.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoAuthenticator;

impl Authenticator for NoAuthenticator {
    fn is_there(&self) -> bool {
        false
    }

    fn create(&self, _options: String) -> LocalBoxFuture<'static, Result<Touch, AuthenticatorError>> {
        Box::pin(std::future::ready(Err(AuthenticatorError::Unsupported)))
    }

    fn get(&self, _options: String) -> LocalBoxFuture<'static, Result<Touch, AuthenticatorError>> {
        Box::pin(std::future::ready(Err(AuthenticatorError::Unsupported)))
    }

    fn unknown(&self, _credential: &str) {}
}
