//! Texts in the language in force. Each stands once in `web/locales/{zh,en}/{app,problems}.json`.

use leptos::prelude::*;
use leptos::text_prop::TextProp;
use qianbao_api::ProblemCode;
use qianbao_api::merchants::ShopView;

pub use crate::texts::i18n::Locale;

/// The language in force; reading a text through it follows a change.
#[derive(Clone, Copy, Debug)]
pub struct Words(RwSignal<Locale>);

impl Words {
    /// Speaks `locale` from here on; every part below reads it.
    pub fn provide(locale: Locale) -> Self {
        let words = Self(RwSignal::new(locale));
        provide_context(words);
        words
    }

    /// The language; what reads it follows a change.
    pub fn get_locale(self) -> Locale {
        self.0.get()
    }

    /// The language now.
    pub fn get_locale_untracked(self) -> Locale {
        self.0.get_untracked()
    }

    /// Speaks another language from here on.
    pub fn set_locale(self, locale: Locale) {
        self.0.set(locale);
    }

    /// A text of the kit that follows the language. `text` is a plain function, so that all texts share this code.
    pub fn follow(self, text: fn(Locale) -> &'static str) -> TextProp {
        TextProp::from(move || text(self.get_locale()))
    }
}

/// The words of the app.
pub fn words() -> Words {
    expect_context()
}

/// A reactive text by its key in `app.json`; with values as `say!(words, key, name = value)`, each value evaluated anew
/// whenever the text is.
macro_rules! say {
    ($words:expr, $key:ident) => {{
        let words: $crate::words::Words = $words;
        words.follow(|locale| leptos_i18n::td_string!(locale, app.$key))
    }};
    ($words:expr, $key:ident, $($name:ident = $value:expr),+ $(,)?) => {{
        let words: $crate::words::Words = $words;
        leptos::text_prop::TextProp::from(move || {
            leptos_i18n::td_string!(words.get_locale(), app.$key, $($name = $value),+)
        })
    }};
}
pub(crate) use say;

/// A text now, by its key in `app.json`; inside a reactive closure it follows the language.
macro_rules! said {
    ($words:expr, $key:ident) => {{
        let words: $crate::words::Words = $words;
        leptos_i18n::td_string!(words.get_locale(), app.$key).to_string()
    }};
    ($words:expr, $key:ident, $($name:ident = $value:expr),+ $(,)?) => {{
        let words: $crate::words::Words = $words;
        leptos_i18n::td_string!(words.get_locale(), app.$key, $($name = $value),+).to_string()
    }};
}
pub(crate) use said;

/// The name of a shop in the language in force.
pub fn shop_name(words: Words, shop: &ShopView) -> String {
    match words.get_locale() {
        Locale::zh => shop.name_zh.clone(),
        Locale::en => shop.name_en.clone(),
    }
}

/// What kind of shop a merchant category code of ISO 18245 means, in a word.
pub fn category(words: Words, code: &str) -> String {
    match code {
        "5411" | "5422" | "5441" | "5451" | "5499" => said!(words, category_groceries),
        "5811" | "5812" | "5813" | "5814" => said!(words, category_food),
        "5942" | "5192" | "5994" => said!(words, category_books),
        "4111" | "4121" | "4131" => said!(words, category_transport),
        "5912" | "8011" | "8062" => said!(words, category_health),
        "8211" | "8220" | "8299" => said!(words, category_education),
        "7230" | "7299" | "7542" => said!(words, category_services),
        _ => said!(words, category_retail),
    }
}

macro_rules! sentences {
    ($($code:ident $key:ident;)*) => {
        /// The sentence for a problem's code: what happened and what to do.
        pub fn problem(words: Words, code: ProblemCode) -> &'static str {
            let locale = words.get_locale();
            match code {
                $(ProblemCode::$code => leptos_i18n::td_string!(locale, problems.$key),)*
            }
        }
    };
}

sentences! {
    MalformedRequest malformed_request;
    UnsupportedMediaType unsupported_media_type;
    BodyTooLarge body_too_large;
    NotFound not_found;
    MethodNotAllowed method_not_allowed;
    OriginRefused origin_refused;
    TooManyRequests too_many_requests;
    Overloaded overloaded;
    Timeout timeout;
    Internal internal;
    SignInRequired sign_in_required;
    SignInFailed sign_in_failed;
    OneTimeCodeRequired one_time_code_required;
    OneTimeCodeWrong one_time_code_wrong;
    OneTimeCodesOn one_time_codes_on;
    PasskeyRefused passkey_refused;
    PasskeyUnknown passkey_unknown;
    PasskeyKnown passkey_known;
    PasskeysFull passkeys_full;
    ConfirmationRequired confirmation_required;
    LastFactor last_factor;
    RecoveryFailed recovery_failed;
    RecoveryWaiting recovery_waiting;
    RecoveryOver recovery_over;
    DeviceEnded device_ended;
    HandleInvalid handle_invalid;
    HandleTaken handle_taken;
    NameInvalid name_invalid;
    PasswordLength password_length;
    PasswordCommon password_common;
    AmountNotPositive amount_not_positive;
    AmountTooLarge amount_too_large;
    LimitsLowered limits_lowered;
    CurrencyMismatch currency_mismatch;
    NoteInvalid note_invalid;
    CardNumberInText card_number_in_text;
    PayeeNotFound payee_not_found;
    PaySelf pay_self;
    InsufficientFunds insufficient_funds;
    PayeeCeiling payee_ceiling;
    WalletBlocked wallet_blocked;
    OrderPaid order_paid;
    OrderExpired order_expired;
    OrderCancelled order_cancelled;
    OrderChanged order_changed;
    OrderBusy order_busy;
    AmountMismatch amount_mismatch;
    FeeChanged fee_changed;
    IntentMismatch intent_mismatch;
    ApprovalRequired approval_required;
    PasskeyRequired passkey_required;
    ApprovalInvalid approval_invalid;
    PinMissing pin_missing;
    PinWrong pin_wrong;
    PinLocked pin_locked;
    PinInvalid pin_invalid;
    PinTrivial pin_trivial;
    FreeLimitInvalid free_limit_invalid;
    IdReused id_reused;
    PaymentExpired payment_expired;
    NotAfterInvalid not_after_invalid;
    CodeExpired code_expired;
    OrderInvalid order_invalid;
    OrderState order_state;
    RefundExceeds refund_exceeds;
    PayoutsHalted payouts_halted;
    ShopRequired shop_required;
    ShopExists shop_exists;
    ShopInvalid shop_invalid;
    BankUnavailable bank_unavailable;
    NoticeSignature notice_signature;
}
