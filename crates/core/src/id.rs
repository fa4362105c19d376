//! Typed ids: a UUIDv7 with the kind of thing in front, such as `pay_06bkq3…`.
//!
//! Text form: prefix, underscore, 26 lower-case Crockford base32 digits (alphabet without i, l, o, u) of the 128 bits,
//! most significant first. Ids are compared and ordered by their bits; nothing in the wallet orders *events* by id.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// What kind of thing an id names.
pub trait Kind {
    /// The letters before the underscore.
    const PREFIX: &'static str;
}

/// An id of a `K`.
pub struct Id<K>(Uuid, PhantomData<fn() -> K>);

/// The text is not an id of the expected kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an id such as {prefix}_01k2m3n4p5q6r7s8t9v0w1x2y3, found {found:?}")]
pub struct IdError {
    /// The expected prefix.
    pub prefix: &'static str,
    /// What was found, cut to 40 characters.
    pub found: String,
}

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const DIGITS: usize = 26;

impl<K: Kind> Id<K> {
    /// An id made at `unix_ms` (milliseconds) with ten random bytes.
    pub fn from_parts(unix_ms: u64, random: [u8; 10]) -> Self {
        Self::from_uuid(uuid::Builder::from_unix_timestamp_millis(unix_ms, &random).into_uuid())
    }

    /// The id with these bits.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    /// The bits.
    pub const fn uuid(self) -> Uuid {
        self.0
    }

    /// When it was made, in milliseconds since 1970, as its first 48 bits say: the claim of whoever made it. Of an id that is no UUIDv7
    /// they say nothing.
    pub fn made_ms(self) -> u64 {
        u64::try_from(self.0.as_u128() >> 80).expect("48 bits fit")
    }
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = self.0.as_u128();
        f.write_str(K::PREFIX)?;
        f.write_str("_")?;
        for place in (0..DIGITS).rev() {
            let digit = usize::try_from((bits >> (5 * place)) & 31).unwrap_or(0);
            fmt::Write::write_char(f, char::from(ALPHABET[digit]))?;
        }
        Ok(())
    }
}

impl<K: Kind> FromStr for Id<K> {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let error = || IdError { prefix: K::PREFIX, found: text.chars().take(40).collect() };
        let digits = text.strip_prefix(K::PREFIX).and_then(|rest| rest.strip_prefix('_')).ok_or_else(error)?;
        if digits.len() != DIGITS || digits.as_bytes()[0] > b'7' {
            return Err(error());
        }
        let mut bits = 0_u128;
        for byte in digits.bytes() {
            let digit = ALPHABET.iter().position(|&known| known == byte).ok_or_else(error)?;
            bits = (bits << 5) | digit as u128;
        }
        Ok(Self::from_uuid(Uuid::from_u128(bits)))
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> std::hash::Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $alias:ident $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $kind {}
        impl Kind for $kind { const PREFIX: &'static str = $prefix; }
        #[doc = concat!("Id with the prefix `", $prefix, "_`.")]
        pub type $alias = Id<$kind>;
    )*};
}

kinds! {
    /// A payment: made by the payer before it is first sent.
    Payment PaymentId "pay";
    /// A refund of a payment.
    Refund RefundId "ref";
    /// A shop's order.
    Order OrderId "ord";
    /// A person who has a wallet.
    Person PersonId "per";
    /// A shop.
    Shop ShopId "shp";
    /// A top-up: money asked for from outside.
    Topup TopupId "top";
    /// A signed-in session.
    Session SessionId "ses";
    /// A browser or phone that holds a copy of the wallet.
    Device DeviceId "dev";
    /// A passkey: a key pair whose private half an authenticator of a person keeps.
    Passkey PasskeyId "pky";
    /// A recovery of somebody's ways in, begun with a recovery code.
    Recovery RecoveryId "rcv";
    /// A personal payment link or static shop code.
    Link LinkId "lnk";
    /// An entry in the directory's event log.
    Event EventId "evt";
    /// An exchange quote.
    Quote QuoteId "quo";
    /// One HTTP request, for support.
    Request RequestId "req";
}
