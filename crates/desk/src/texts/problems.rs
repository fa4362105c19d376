//! What went wrong, in words: what happened, whether money moved, what to do.

use qianbao_api::ProblemCode;
use qianbao_client::ClientError;
use qianbao_client::authenticator::AuthenticatorError;

use super::Locale;
use super::generated::i18n;
use crate::word;

macro_rules! problems {
    ($($code:ident $key:ident)*) => {
        /// The text of a problem.
        pub fn problem(locale: Locale, code: ProblemCode) -> &'static str {
            match code {
                $(ProblemCode::$code => i18n::td_string!(locale, problems.$key),)*
            }
        }
    };
}

problems! {
    MalformedRequest malformed_request
    UnsupportedMediaType unsupported_media_type
    BodyTooLarge body_too_large
    NotFound not_found
    MethodNotAllowed method_not_allowed
    OriginRefused origin_refused
    TooManyRequests too_many_requests
    Overloaded overloaded
    Timeout timeout
    Internal internal
    SignInRequired sign_in_required
    SignInFailed sign_in_failed
    OneTimeCodeRequired one_time_code_required
    OneTimeCodeWrong one_time_code_wrong
    OneTimeCodesOn one_time_codes_on
    PasskeyRefused passkey_refused
    PasskeyUnknown passkey_unknown
    PasskeyKnown passkey_known
    PasskeysFull passkeys_full
    ConfirmationRequired confirmation_required
    LastFactor last_factor
    RecoveryFailed recovery_failed
    RecoveryWaiting recovery_waiting
    RecoveryOver recovery_over
    DeviceEnded device_ended
    HandleInvalid handle_invalid
    HandleTaken handle_taken
    NameInvalid name_invalid
    PasswordLength password_length
    PasswordCommon password_common
    AmountNotPositive amount_not_positive
    AmountTooLarge amount_too_large
    LimitsLowered limits_lowered
    CurrencyMismatch currency_mismatch
    NoteInvalid note_invalid
    CardNumberInText card_number_in_text
    PayeeNotFound payee_not_found
    PaySelf pay_self
    InsufficientFunds insufficient_funds
    PayeeCeiling payee_ceiling
    WalletBlocked wallet_blocked
    OrderPaid order_paid
    OrderExpired order_expired
    OrderCancelled order_cancelled
    OrderChanged order_changed
    OrderBusy order_busy
    AmountMismatch amount_mismatch
    FeeChanged fee_changed
    IntentMismatch intent_mismatch
    ApprovalRequired approval_required
    PasskeyRequired passkey_required
    ApprovalInvalid approval_invalid
    PinMissing pin_missing
    PinWrong pin_wrong
    PinLocked pin_locked
    PinInvalid pin_invalid
    PinTrivial pin_trivial
    FreeLimitInvalid free_limit_invalid
    IdReused id_reused
    PaymentExpired payment_expired
    NotAfterInvalid not_after_invalid
    CodeExpired code_expired
    OrderInvalid order_invalid
    OrderState order_state
    RefundExceeds refund_exceeds
    PayoutsHalted payouts_halted
    ShopRequired shop_required
    ShopExists shop_exists
    ShopInvalid shop_invalid
    BankUnavailable bank_unavailable
    NoticeSignature notice_signature
}

/// The text of a failed request, with the number that support asks for where there is one.
pub fn failure(locale: Locale, error: &ClientError) -> String {
    let said = match error {
        ClientError::Problem(found) => problem(locale, found.code),
        ClientError::Offline => word!(locale, error_offline),
        ClientError::Timeout { .. } => word!(locale, error_timeout),
        ClientError::Malformed { .. } => word!(locale, error_malformed),
        ClientError::Storage(_) => word!(locale, error_storage),
        ClientError::Passkey(error) => match error {
            AuthenticatorError::Declined => word!(locale, passkey_declined),
            AuthenticatorError::Known => problem(locale, ProblemCode::PasskeyKnown),
            AuthenticatorError::Unsupported => word!(locale, passkey_unsupported),
            AuthenticatorError::Failed(_) => word!(locale, passkey_failed),
        },
        ClientError::SignedOut => problem(locale, ProblemCode::SignInRequired),
    };
    let ours = matches!(error.code(), Some(ProblemCode::Internal)) || matches!(error, ClientError::Malformed { .. });
    match error.request_id().filter(|_| ours) {
        Some(id) => [said, " ", &word!(locale, error_reference, id = id)].concat(),
        None => said.to_owned(),
    }
}
