//! A bank, as far as the wallet needs one to take money in.
//!
//! The order of events: the wallet subscribes once (and again whenever it likes: the same subscription changes nothing) and
//! learns its account. A person transfers money to that account with a reference. The bank posts a signed notice for each
//! credit, again and again until it is taken. Whoever missed one asks for the list. A credit has one id for ever, so a credit
//! that is told twice is booked once by whoever keeps the ids.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use qianbao_core::{Money, Timestamp};
use serde::{Deserialize, Serialize};

/// Most credits in one page of the list.
pub const CREDITS_PER_PAGE_MAX: u16 = 100;

/// A future of a connector's answer.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, BankError>> + Send + 'a>>;

/// A bank.
pub trait Bank: fmt::Debug + Send + Sync {
    /// Tells the bank where notices go and how they are signed; answers the account that collects. A repeat replaces the
    /// subscription of the same customer.
    fn subscribe<'a>(&'a self, subscription: &'a Subscription) -> Answer<'a, CollectionAccount>;

    /// Credits of the customer's account booked after `cursor`, oldest first. [`Cursor::START`] begins at the first one.
    fn credits<'a>(&'a self, customer: &'a str, cursor: Cursor) -> Answer<'a, CreditPage>;
}

/// Where notices go and how they are signed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscription {
    /// The wallet's name with the bank, one for each realm: 1–40 characters of a–z, 0–9 and hyphen.
    pub customer: String,
    /// The host name of the realm, with its port; the address itself the bank knows.
    pub host: String,
    /// Key of the notices' signatures, 32 bytes as 64 lower-case hex digits.
    pub secret: String,
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription")
            .field("customer", &self.customer)
            .field("host", &self.host)
            .finish_non_exhaustive()
    }
}

/// The account to which people transfer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionAccount {
    /// Name of the holder.
    pub account_name: String,
    /// Number, digits only.
    pub account_number: String,
    /// Name of the bank.
    pub bank_name: String,
    /// Where a demo person makes the transfer; only a sandbox has such a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demo_page: Option<String>,
}

/// Money that arrived. Also the body of a notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// The bank's id of the entry: the same in each notice and list, never used again; 1–64 characters of ASCII.
    pub entry: String,
    /// On which account: number, digits only.
    pub account_number: String,
    /// How much; above zero.
    pub amount: Money,
    /// What the payer wrote into the transfer, as it is; at most 140 characters.
    pub reference: String,
    /// Name of the payer's account.
    pub payer_name: String,
    /// Last four digits of the payer's account.
    pub payer_last4: Option<String>,
    /// When the bank booked it. Strictly ascending within an account.
    pub booked_at: Timestamp,
}

/// A place in the list of credits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor(pub Timestamp);

impl Cursor {
    /// Before the first credit.
    pub const START: Self = Self(Timestamp(0));
}

/// A page of the list of credits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditPage {
    /// Oldest first, at most [`CREDITS_PER_PAGE_MAX`].
    pub credits: Vec<Credit>,
    /// Whether more follow after the last one.
    pub more: bool,
}

/// The bank did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum BankError {
    /// It could not be reached, or did not answer in time. What was asked may have happened; asking again does no harm.
    #[error("the bank cannot be reached")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It refused. Asking again without a change will not help.
    #[error("the bank refused with status {status}")]
    Refused {
        /// HTTP status.
        status: u16,
    },
    /// Its answer is not what was agreed.
    #[error("expected an answer as agreed with the bank, found something else")]
    Unreadable(#[source] Box<dyn std::error::Error + Send + Sync>),
}
