//! From a reason to an answer. The only place that knows HTTP statuses.
//!
//! An operation's error implements [`Refuses`]: it names its [`ProblemCode`], and where it applies the parameter and the time to
//! wait. A handler answers `Result<Json<View>, Refusal>` and uses `?`. The outermost layer ([`crate::door::frame`]) turns the refusal into an RFC
//! 9457 document with the id of the request. What went wrong inside the server is logged under that id and never told.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use qianbao_api::{Problem, ProblemCode};
use qianbao_core::Timestamp;

use crate::directory::DirectoryError;

/// An error of an operation, as far as the wire is concerned. Its `Display` says what was expected, what was found, what to do.
pub trait Refuses: std::error::Error {
    /// The code.
    fn code(&self) -> ProblemCode;

    /// Which field or parameter it is about, as a path such as `lines[2].quantity`.
    fn param(&self) -> Option<String> {
        None
    }

    /// Until when the outcome is open.
    fn unknown_until(&self) -> Option<Timestamp> {
        None
    }

    /// How many tries are left, where something was guessed wrong.
    fn tries_left(&self) -> Option<u32> {
        None
    }

    /// After how many seconds another try makes sense.
    fn retry_after_s(&self) -> Option<u32> {
        None
    }
}

/// A request that was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    code: ProblemCode,
    detail: String,
    param: Option<String>,
    unknown_until: Option<Timestamp>,
    tries_left: Option<u32>,
    retry_after_s: Option<u32>,
}

impl<E: Refuses> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self {
            code: error.code(),
            detail: chain(&error),
            param: error.param(),
            unknown_until: error.unknown_until(),
            tries_left: error.tries_left(),
            retry_after_s: error.retry_after_s(),
        }
    }
}

impl Refusal {
    /// A refusal for this reason.
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), param: None, unknown_until: None, tries_left: None, retry_after_s: None }
    }

    /// The same, about a field or parameter.
    pub fn about(self, param: impl Into<String>) -> Self {
        Self { param: Some(param.into()), ..self }
    }

    /// The reason.
    pub fn code(&self) -> ProblemCode {
        self.code
    }

    /// What only the log may say, when the fault is the server's.
    pub fn secret(&self) -> Option<&str> {
        is_servers_fault(self.code).then_some(self.detail.as_str())
    }

    /// The whole answer.
    pub fn answer(self, request_id: &str) -> Response {
        let status = status(self.code);
        let detail = if is_servers_fault(self.code) { title(self.code).to_owned() } else { self.detail };
        let problem = Problem {
            kind: format!("https://qianbao.example/problems/{}", word(self.code)),
            title: title(self.code).to_owned(),
            status: status.as_u16(),
            detail,
            code: self.code,
            param: self.param,
            request_id: request_id.to_owned(),
            unknown_until: self.unknown_until,
            tries_left: self.tries_left,
        };
        let mut response = (status, axum::Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after_s.or_else(|| retry_after_s(self.code)) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl IntoResponse for Refusal {
    /// The status with the refusal beside it; the outermost layer writes the document, since it knows the request's id.
    fn into_response(self) -> Response {
        let mut response = status(self.code).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl Refuses for DirectoryError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Busy(_) | Self::Conflict(_) | Self::Away(_) => ProblemCode::Overloaded,
            // Whether it happened is open: the same request again finds out.
            Self::Unknown(_) => ProblemCode::Timeout,
            Self::Taken { .. } | Self::Rule(_) | Self::Damaged { .. } | Self::Failed(_) => ProblemCode::Internal,
        }
    }

    fn retry_after_s(&self) -> Option<u32> {
        (self.code() == ProblemCode::Overloaded).then_some(1)
    }
}

/// For `Retry-After`: whole seconds after which `end` is over.
pub fn seconds_to_wait(now: Timestamp, end: Timestamp) -> u32 {
    u32::try_from((end.0 - now.0).div_euclid(1_000_000) + 1).unwrap_or(1)
}

/// The answer "you have it already", for files with an `ETag`.
pub fn not_modified() -> StatusCode {
    StatusCode::NOT_MODIFIED
}

/// Whether the answer says that the request was not done.
pub fn is_refused(response: &Response) -> bool {
    response.status().is_client_error() || response.status().is_server_error()
}

/// Whether the answer says that a body was too large; made below the routes.
pub fn is_too_large(status: StatusCode) -> bool {
    status == StatusCode::PAYLOAD_TOO_LARGE
}

/// The code as it stands on the wire.
pub fn word(code: ProblemCode) -> String {
    match serde_json::to_value(code) {
        Ok(serde_json::Value::String(word)) => word,
        _ => unreachable!("a code without data is serialised as a string"),
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let more = next.to_string();
        if !text.ends_with(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = next.source();
    }
    text
}

/// When another try makes sense where the reason itself does not say it.
fn retry_after_s(code: ProblemCode) -> Option<u32> {
    matches!(code, ProblemCode::Overloaded | ProblemCode::TooManyRequests).then_some(1)
}

fn is_servers_fault(code: ProblemCode) -> bool {
    matches!(code, ProblemCode::Internal | ProblemCode::Overloaded | ProblemCode::Timeout)
}

#[expect(clippy::too_many_lines, reason = "a table of all codes, a line each")]
fn status(code: ProblemCode) -> StatusCode {
    use ProblemCode as P;
    match code {
        P::MalformedRequest => StatusCode::BAD_REQUEST,
        P::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        P::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        P::NotFound => StatusCode::NOT_FOUND,
        P::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        P::OriginRefused
        | P::ShopRequired
        | P::ConfirmationRequired
        | P::ApprovalRequired
        | P::PasskeyRequired
        | P::PinWrong
        | P::PinLocked => StatusCode::FORBIDDEN,
        P::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
        P::Overloaded | P::BankUnavailable | P::PayoutsHalted => StatusCode::SERVICE_UNAVAILABLE,
        P::Timeout => StatusCode::GATEWAY_TIMEOUT,
        P::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        P::SignInRequired
        | P::SignInFailed
        | P::OneTimeCodeRequired
        | P::OneTimeCodeWrong
        | P::RecoveryFailed
        | P::PasskeyUnknown
        | P::DeviceEnded
        | P::NoticeSignature => StatusCode::UNAUTHORIZED,
        P::HandleTaken
        | P::OneTimeCodesOn
        | P::PasskeyKnown
        | P::PasskeysFull
        | P::LastFactor
        | P::RecoveryWaiting
        | P::LimitsLowered
        | P::PinMissing
        | P::OrderPaid
        | P::OrderExpired
        | P::OrderCancelled
        | P::OrderChanged
        | P::OrderBusy
        | P::OrderState
        | P::FeeChanged
        | P::IdReused
        | P::PaymentExpired
        | P::ShopExists
        | P::RefundExceeds
        | P::InsufficientFunds
        | P::PayeeCeiling
        | P::WalletBlocked => StatusCode::CONFLICT,
        P::CodeExpired | P::RecoveryOver => StatusCode::GONE,
        P::PasskeyRefused
        | P::HandleInvalid
        | P::NameInvalid
        | P::PasswordLength
        | P::PasswordCommon
        | P::AmountNotPositive
        | P::AmountTooLarge
        | P::CurrencyMismatch
        | P::NoteInvalid
        | P::CardNumberInText
        | P::PayeeNotFound
        | P::PaySelf
        | P::AmountMismatch
        | P::IntentMismatch
        | P::ApprovalInvalid
        | P::PinInvalid
        | P::PinTrivial
        | P::FreeLimitInvalid
        | P::NotAfterInvalid
        | P::OrderInvalid
        | P::ShopInvalid => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

#[expect(clippy::too_many_lines, reason = "a table of all codes, a line each")]
fn title(code: ProblemCode) -> &'static str {
    use ProblemCode as P;
    match code {
        P::MalformedRequest => "The request could not be read",
        P::UnsupportedMediaType => "The body is not application/json",
        P::BodyTooLarge => "The body is too large",
        P::NotFound => "There is no such thing",
        P::MethodNotAllowed => "The route does not know this method",
        P::OriginRefused => "The request came from another origin",
        P::TooManyRequests => "Too many requests",
        P::Overloaded => "The server is over its load; nothing happened",
        P::Timeout => "The answer took too long; ask for the outcome by id",
        P::Internal => "The server failed",
        P::SignInRequired => "Nobody is signed in",
        P::SignInFailed => "Handle and password do not belong together",
        P::OneTimeCodeRequired => "A one-time code is needed",
        P::OneTimeCodeWrong => "The one-time code is wrong",
        P::OneTimeCodesOn => "One-time codes are on already",
        P::PasskeyRefused => "The answer of the passkey is not to be believed",
        P::PasskeyUnknown => "The passkey is not known here",
        P::PasskeyKnown => "The passkey is known already",
        P::PasskeysFull => "The person has enough passkeys",
        P::ConfirmationRequired => "The person has to confirm who they are",
        P::LastFactor => "Nothing else signs in to the wallet",
        P::RecoveryFailed => "Handle and recovery code do not belong together",
        P::RecoveryWaiting => "The recovery has to wait",
        P::RecoveryOver => "The recovery is over",
        P::DeviceEnded => "The person has ended this device",
        P::HandleInvalid => "The handle cannot be used",
        P::HandleTaken => "Somebody has this handle",
        P::NameInvalid => "The name cannot be used",
        P::PasswordLength => "The password is too short or too long",
        P::PasswordCommon => "The password is a common one",
        P::AmountNotPositive => "The amount is not positive",
        P::AmountTooLarge => "The amount is too large",
        P::LimitsLowered => "For a while after a recovery less can be done",
        P::CurrencyMismatch => "The currency does not fit",
        P::NoteInvalid => "The note cannot be used",
        P::CardNumberInText => "A text looks like a card number",
        P::PayeeNotFound => "The payee cannot be paid",
        P::PaySelf => "Payer and payee are one",
        P::InsufficientFunds => "The balance is not enough",
        P::PayeeCeiling => "The payee's wallet may not hold that much",
        P::WalletBlocked => "The wallet is frozen or closed",
        P::OrderPaid => "The order has been paid",
        P::OrderExpired => "The order is over",
        P::OrderCancelled => "The order has been cancelled",
        P::OrderChanged => "The order has been edited",
        P::OrderBusy => "Another payment holds the order",
        P::AmountMismatch => "The amount does not fit",
        P::FeeChanged => "The fee has changed",
        P::IntentMismatch => "What was approved is not what was sent",
        P::ApprovalRequired => "The payment or refund needs an approval",
        P::PasskeyRequired => "The payment or refund needs an approval by passkey",
        P::ApprovalInvalid => "The approval is not of this request, or is over",
        P::PinMissing => "The person has no payment PIN",
        P::PinWrong => "The payment PIN is wrong",
        P::PinLocked => "The payment PIN is locked",
        P::PinInvalid => "The payment PIN is not 6 digits",
        P::PinTrivial => "The payment PIN is too easy to guess",
        P::FreeLimitInvalid => "The amount that goes without asking is out of range",
        P::IdReused => "The id was used for another request",
        P::PaymentExpired => "The request came too late and is finally not paid",
        P::NotAfterInvalid => "The end of the request's validity cannot be used",
        P::CodeExpired => "The code is over",
        P::OrderInvalid => "The order cannot be used",
        P::OrderState => "The order's state does not allow this",
        P::RefundExceeds => "The refund is above what is left",
        P::PayoutsHalted => "Nothing goes out while the books are checked",
        P::ShopRequired => "This session does not act for a shop",
        P::ShopExists => "The person already has a shop",
        P::ShopInvalid => "The shop's data cannot be used",
        P::BankUnavailable => "The bank cannot be reached; nothing happened",
        P::NoticeSignature => "The notice's signature is wrong or too old",
    }
}
