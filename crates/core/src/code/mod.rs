//! The codes that this wallet's shops show: EMVCo merchant-presented payloads signed by the operator.
//!
//! - [`ShopCode::seal`]: code → payload, given a way to sign.
//! - [`SealedCode::read`]: payload → code, with what a verifier needs. It proves nothing by itself: the signature is checked
//!   by whoever has the operator's keys (Ed25519 over [`SealedCode::message`], in the browser by WebCrypto).
//!
//! A payload of ours is the canonical print of its [`MerchantCode`](crate::emvco::MerchantCode) and has these objects, no
//! others:
//!
//! | id | what |
//! | --- | --- |
//! | 00, 01 | `01`; `12` for an order's code, `11` for a shop's static one |
//! | 26 | 00: [`GUID`]; 01: the packed reference below, base64url without padding |
//! | 52, 53, 54 | category; currency; the amount with all decimals of the currency (order codes only) |
//! | 58, 59, 60 | country, name, city |
//! | 80, 81 | 00: [`GUID`]; 01: first and second half of the signature, 43 characters each of its base64url form |
//! | 63 | CRC |
//!
//! The packed reference is binary, because two ids as text do not fit into the 99 characters of a template, and because
//! each character makes the picture finer:
//!
//! | offset | length | what |
//! | ---: | ---: | --- |
//! | 0 | 1 | 1 = order, 2 = static code |
//! | 1 | 4 | key id: the first four bytes of SHA-256 of the raw public key |
//! | 5 | 16 | shop id |
//! | 21 | 16 | order id, or the id of the static code |
//! | 37 | 5 | order only: end of validity, seconds since 1970, big-endian |
//! | 42 | 1–4 | order only: version of the order, big-endian without leading zeros, above zero |
//!
//! What is signed is [`DOMAIN`], a line feed, and the text of the payload before object 80: every object that a payer is
//! shown, in the one form that is accepted. 80 and 81 hold the signature, 63 follows from the rest.

mod read;
mod reference;
mod seal;

use std::fmt;
use std::str::FromStr;

use crate::emvco::EmvcoError;
use crate::encoding::{from_hex, hex};
use crate::id::{LinkId, OrderId, ShopId};
use crate::money::ParseMoneyError;
use crate::text::{CategoryCode, City, ShopNameEn};
use crate::{AmountError, Currency, PositiveAmount, Timestamp};

pub use read::is_ours;

/// The word in front of what a code's signature signs.
pub const DOMAIN: &str = "qianbao/code/1";

/// The globally unique id of our templates (a reverse domain name, EMVCo section 4.8).
pub const GUID: &str = "app.qianbao";

/// The merchant account template that holds the reference.
const REFERENCE_ID: u8 = 26;
/// The two unreserved templates that hold the halves of the signature.
const SIGNATURE_IDS: [u8; 2] = [80, 81];
/// Characters of one half of the signature.
const HALF: usize = 43;

/// Which of the operator's keys signed: the first four bytes of the SHA-256 of its raw public key, 8 hex digits as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyId(pub [u8; 4]);

/// How a shop presents itself on a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Face {
    /// Name.
    pub name: ShopNameEn,
    /// City.
    pub city: City,
    /// Category.
    pub category: CategoryCode,
    /// Country of ISO 3166-1, two capital letters.
    pub country: [u8; 2],
}

/// A code that a shop shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShopCode {
    /// One order at one version, for one payment.
    Order(OrderCode),
    /// The shop itself; the payer types the amount.
    Static(StaticCode),
}

/// The code of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderCode {
    /// The shop.
    pub shop: ShopId,
    /// How it presents itself.
    pub face: Face,
    /// The order.
    pub order: OrderId,
    /// Its version, from 1.
    pub version: u32,
    /// What is to be paid.
    pub amount: PositiveAmount,
    /// Until when. The code keeps whole seconds, rounded down; 1970 to the year 36812.
    pub expires_at: Timestamp,
}

/// A shop's static code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaticCode {
    /// The shop.
    pub shop: ShopId,
    /// How it presents itself.
    pub face: Face,
    /// The static code.
    pub link: LinkId,
    /// The currency in which the payer types the amount.
    pub currency: Currency,
}

/// A code as it was read, with its signature, which is still to be verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedCode {
    /// What the code says. To be believed only after the signature has been verified.
    pub code: ShopCode,
    /// Which key is said to have signed.
    pub key: KeyId,
    /// The text that was signed, without [`DOMAIN`].
    pub signed_text: String,
    /// Ed25519 signature (RFC 8032) over [`Self::message`].
    pub signature: [u8; 64],
}

/// A payload is none of ours, or cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Not an EMVCo payload.
    #[error(transparent)]
    Payload(#[from] EmvcoError),
    /// An EMVCo payload of somebody else: no template of ours in object 26.
    #[error("expected a code of this wallet, found one of another issuer")]
    Foreign,
    /// Our template, but no signature in objects 80 and 81.
    #[error("expected the operator's signature in objects 80 and 81, found none")]
    Unsigned,
    /// The reference in object 26-01 cannot be unpacked.
    #[error("expected a packed reference in object 26-01, found something else")]
    Reference,
    /// The signature's halves are not 43 base64url characters each.
    #[error("expected 43 base64url characters each in objects 80-01 and 81-01")]
    Signature,
    /// The payload says the same in another form than the signed one, or more than our codes say.
    #[error("expected the objects of a shop's code in their order, found others")]
    Form,
    /// The currency is none with minor units.
    #[error("expected a numeric currency of ISO 4217 with minor units, found {found}")]
    Currency {
        /// What object 53 says.
        found: String,
    },
    /// The amount cannot be read in its currency.
    #[error(transparent)]
    AmountText(#[from] ParseMoneyError),
    /// The amount is not one that can be paid.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// The order's version is zero, or its end is before 1970 or too far away.
    #[error("expected a version above zero and an end between 1970 and the year 36812")]
    Range,
}

impl ShopCode {
    /// The shop.
    pub fn shop(&self) -> ShopId {
        match self {
            Self::Order(order) => order.shop,
            Self::Static(code) => code.shop,
        }
    }

    /// How the shop presents itself.
    pub fn face(&self) -> &Face {
        match self {
            Self::Order(order) => &order.face,
            Self::Static(code) => &code.face,
        }
    }

    /// The currency that is paid.
    pub fn currency(&self) -> Currency {
        match self {
            Self::Order(order) => order.amount.currency(),
            Self::Static(code) => code.currency,
        }
    }
}

impl SealedCode {
    /// What the signature signs: [`DOMAIN`], a line feed, [`Self::signed_text`].
    pub fn message(&self) -> Vec<u8> {
        [DOMAIN, "\n", &self.signed_text].concat().into_bytes()
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

/// The text is not 8 lower-case hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a key id of 8 lower-case hex digits")]
pub struct KeyIdError;

impl FromStr for KeyId {
    type Err = KeyIdError;

    fn from_str(text: &str) -> Result<Self, KeyIdError> {
        from_hex(text).map(Self).ok_or(KeyIdError)
    }
}
