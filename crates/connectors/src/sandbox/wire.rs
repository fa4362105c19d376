//! What is said between the wallet and the sandbox bank. Bodies are JSON.
//!
//! | request | body → answer |
//! | --- | --- |
//! | `PUT /v1/customers/{customer}` | [`Subscription`](crate::bank::Subscription) → [`CollectionAccount`](crate::bank::CollectionAccount) |
//! | `GET /v1/customers/{customer}/credits?after=µs` | → [`CreditPage`](crate::bank::CreditPage) |
//! | `POST /v1/transfers` | [`MakeTransfer`] → [`Credit`](crate::bank::Credit) |
//! | `POST` [`NOTICE_PATH`] at the wallet | [`Credit`](crate::bank::Credit), signed as in [`notice`](crate::notice) → any 2xx takes it |

use qianbao_core::Money;
use serde::{Deserialize, Serialize};

/// Path at the wallet to which notices are posted.
pub const NOTICE_PATH: &str = "/v1/connectors/bank/notices";

/// A transfer that somebody makes at the sandbox bank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MakeTransfer {
    /// To which account: number, spaces allowed.
    pub account_number: String,
    /// How much.
    pub amount: Money,
    /// What is written into the transfer, at most 140 characters.
    pub reference: String,
    /// Who pays, at most 60 characters.
    pub payer_name: String,
    /// What is to go wrong.
    #[serde(default)]
    pub trouble: Trouble,
}

/// What goes wrong with the notice of a transfer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// Nothing.
    #[default]
    None,
    /// The notice is sent three times at once, and again after it was taken.
    Duplicate,
    /// The notice is sent 20 seconds late.
    Late,
    /// The notice is signed with another secret; the next try is right.
    WrongSignature,
    /// The notice says that it was sent an hour ago; the next try is right.
    OldSignature,
    /// The reference of the notice is another one: the money cannot be assigned.
    UnknownReference,
    /// The bank hangs up before it has read the wallet's answer, once; then it sends again.
    Timeout,
    /// The notice is never sent; only the list of credits tells.
    Lost,
}

impl Trouble {
    /// All of them, in the order of a menu.
    pub const ALL: [Self; 8] = [
        Self::None,
        Self::Duplicate,
        Self::Late,
        Self::WrongSignature,
        Self::OldSignature,
        Self::UnknownReference,
        Self::Timeout,
        Self::Lost,
    ];

    /// The word for it on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Duplicate => "duplicate",
            Self::Late => "late",
            Self::WrongSignature => "wrong_signature",
            Self::OldSignature => "old_signature",
            Self::UnknownReference => "unknown_reference",
            Self::Timeout => "timeout",
            Self::Lost => "lost",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_wire() {
        for trouble in Trouble::ALL {
            assert_eq!(serde_json::to_value(trouble).expect("a word"), trouble.word());
        }
    }
}
