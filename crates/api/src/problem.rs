//! Problems: RFC 9457 documents (`application/problem+json`) with a closed list of codes.

use qianbao_core::Timestamp;
use serde::{Deserialize, Serialize};

/// Why a request was not done. The list is closed: clients translate each code, and an unknown one is a bug.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    // The request itself.
    /// The body, a header or a parameter could not be read; `param` names it.
    MalformedRequest,
    /// The body is not `application/json`.
    UnsupportedMediaType,
    /// The body is larger than the route allows.
    BodyTooLarge,
    /// No such thing, or it belongs to somebody else.
    NotFound,
    /// The route does not know this method.
    MethodNotAllowed,
    /// The request came from a page of another origin.
    OriginRefused,
    /// Too many requests; see `Retry-After`.
    TooManyRequests,
    /// The server is over its load; nothing happened.
    Overloaded,
    /// The answer took too long; ask for the outcome by id.
    Timeout,
    /// The server failed; the `request_id` helps support.
    Internal,
    // Identity.
    /// Nobody is signed in, or the session is over.
    SignInRequired,
    /// Handle and password do not belong together (also for an unknown handle).
    SignInFailed,
    /// The password is right; a one-time code is needed with it.
    OneTimeCodeRequired,
    /// The one-time code is wrong, over, or was used before.
    OneTimeCodeWrong,
    /// One-time codes are on already.
    OneTimeCodesOn,
    /// The answer of the passkey is none to a challenge of this server for this page, or its signature is wrong; begin again.
    PasskeyRefused,
    /// No person has this passkey here (any more).
    PasskeyUnknown,
    /// This authenticator holds a passkey of the person already.
    PasskeyKnown,
    /// The person has as many passkeys as one may have.
    PasskeysFull,
    /// The person signed in too long ago for a change of this weight: confirm who is there first.
    ConfirmationRequired,
    /// Without this passkey the person could not sign in to the wallet any more.
    LastFactor,
    /// Handle and recovery code do not belong together, or the code was used (also for an unknown handle).
    RecoveryFailed,
    /// The recovery cannot be finished yet.
    RecoveryWaiting,
    /// The recovery was cancelled, replaced or finished, or its time has run out.
    RecoveryOver,
    /// The person has ended this device from another one; whatever it keeps of them is to be wiped.
    DeviceEnded,
    /// The handle is not 3–30 characters of a–z, 0–9, dot and underscore.
    HandleInvalid,
    /// Somebody has this handle.
    HandleTaken,
    /// A name is empty, too long, or holds invisible, direction-changing or mixed-script characters.
    NameInvalid,
    /// The password is shorter than 15 or longer than 128 characters.
    PasswordLength,
    /// The password is one of the common ones.
    PasswordCommon,
    // Amounts and text.
    /// The amount is zero or negative.
    AmountNotPositive,
    /// The amount is above what one payment may be.
    AmountTooLarge,
    /// The currency is not the wallet's, the order's or the shop's.
    CurrencyMismatch,
    /// For a while after a recovery less can be done: the payment is above its lower limits, or the wallet was frozen meanwhile and stays so.
    LimitsLowered,
    /// The note is longer than 100 bytes or holds forbidden characters.
    NoteInvalid,
    /// A text field holds what looks like a card number.
    CardNumberInText,
    // Payments.
    /// The payee does not exist or cannot be paid.
    PayeeNotFound,
    /// Payer and payee are one.
    PaySelf,
    /// The balance is not enough.
    InsufficientFunds,
    /// The payee's wallet may not hold that much.
    PayeeCeiling,
    /// The wallet is frozen or closed.
    WalletBlocked,
    /// The order has been paid.
    OrderPaid,
    /// The order is over.
    OrderExpired,
    /// The shop has cancelled the order.
    OrderCancelled,
    /// The order has been edited since the code was made.
    OrderChanged,
    /// Another payment holds the order right now.
    OrderBusy,
    /// The amount is not the order's or the code's.
    AmountMismatch,
    /// The fee changed since it was shown.
    FeeChanged,
    /// What the payer approved is not what was sent.
    IntentMismatch,
    /// The payment or refund needs the PIN or a passkey: show the preview again, approve, and send it under a new id.
    ApprovalRequired,
    /// The payment or refund is so large that only a passkey approves it.
    PasskeyRequired,
    /// The approval is not of this request and person, or is over; approve again.
    ApprovalInvalid,
    /// The person has no payment PIN.
    PinMissing,
    /// The payment PIN is wrong; `tries_left` says how many tries are left.
    PinWrong,
    /// The payment PIN was wrong too often: use a passkey, or set a new PIN.
    PinLocked,
    /// The payment PIN is not 6 digits.
    PinInvalid,
    /// The payment PIN is among the first that are tried.
    PinTrivial,
    /// The amount that goes without being asked is below zero or above the operator's highest.
    FreeLimitInvalid,
    /// The id was used for another request; nothing happened.
    IdReused,
    /// The request came after its `not_after`; it is finally not paid.
    PaymentExpired,
    /// `not_after` is over, or further away than 10 minutes.
    NotAfterInvalid,
    /// The personal code or static code is over or revoked.
    CodeExpired,
    // Orders and refunds.
    /// An order has no lines, too many, or they do not add up.
    OrderInvalid,
    /// The order is not in a state that allows this.
    OrderState,
    /// The refund is above what is left of the payment.
    RefundExceeds,
    /// Nothing goes out (refunds, payouts) while the operator checks the books; nothing happened.
    PayoutsHalted,
    // Shops.
    /// This session does not act for a shop.
    ShopRequired,
    /// The person already has a shop.
    ShopExists,
    /// City, category or name of the shop cannot be used.
    ShopInvalid,
    // Money in.
    /// The bank is not to be reached; nothing happened.
    BankUnavailable,
    /// The bank's notice has a wrong signature or is too old.
    NoticeSignature,
}

/// A problem document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// Address of the documentation of the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// Short English title of the code.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What was expected, what was found, what to do. English; clients translate `code`.
    pub detail: String,
    /// The code.
    pub code: ProblemCode,
    /// Which field or parameter it is about, as a path such as `lines[2].quantity`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub param: Option<String>,
    /// Id of the request, as in the header `X-Request-Id`.
    pub request_id: String,
    /// Until when the outcome is open, where a payment's outcome is not known yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown_until: Option<Timestamp>,
    /// How many tries are left, where something was guessed wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tries_left: Option<u32>,
}
