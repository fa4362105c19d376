//! The posting of a credit: 1001 → 2001 of the person, or 1001 → 2104.
//!
//! Its id is made of the bank's entry, so a repeat is the same posting; its claim is made of the entry alone, so an entry that
//! the bank would tell differently still is booked once.

use qianbao_core::id::{PersonId, TopupId};
use qianbao_core::posting::{ClaimKey, Draft, Ensure, Head, OnVoid, Posting, PostingId, PostingKind};
use sha2::{Digest, Sha256};

use super::accounts as bank;
use super::rows::CreditRow;
use crate::failure::FailureError;
use crate::payments::details::{Details, TopupDetails};
use crate::wallets::accounts;

/// Kind of the posting.
pub const TOPUP: PostingKind = PostingKind::literal("topup");

/// Where the money goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Into {
    /// To the wallet of a person; `ceiling` is that of a wallet that has to be opened, minor units.
    Wallet {
        /// The person.
        person: PersonId,
        /// The top-up whose reference the transfer names.
        topup: TopupId,
        /// Ceiling of a wallet that has to be opened, minor units.
        ceiling: i64,
    },
    /// To unidentified receipts.
    Held,
}

/// The claim on a bank's entry.
pub fn claim(digest: &[u8; 32]) -> ClaimKey {
    ClaimKey::new("qianbao/claim/bank-entry/1", &[digest])
}

/// The posting.
///
/// # Errors
/// [`FailureError`] when the parts break a rule of form.
pub fn posting(credit: &CreditRow, into: Into) -> Result<Posting, FailureError> {
    let (amount, currency) = (credit.amount.minor, credit.amount.currency);
    let (word, details) = match into {
        Into::Wallet { person, topup, .. } => ("wallet", (Some(topup), Some(person))),
        Into::Held => ("held", (None, None)),
    };
    let (topup, person) = details;
    let details = Details::Topup(TopupDetails { topup, person, bank_entry: credit.digest });
    let head = Head {
        owner: bank::bank(),
        id: id(credit, word),
        kind: TOPUP,
        reference: credit.reference.chars().take(32).collect(),
        digest: Sha256::new()
            .chain_update(b"qianbao/bank-credit/1\n")
            .chain_update(credit.digest)
            .chain_update(amount.to_be_bytes())
            .chain_update(currency.code())
            .chain_update(word)
            .finalize()
            .into(),
        not_after: None,
        details: details.encode()?,
    };
    let settlement = bank::bank_settlement(currency);
    let draft = Draft::new(head).ensure(Ensure::open(settlement)).claim(claim(&credit.digest), OnVoid::Keep);
    let (ensure, credited) = match into {
        Into::Wallet { person, ceiling, .. } => {
            (accounts::open_personal_wallet(person, currency, ceiling), accounts::personal_wallet(person, currency))
        }
        Into::Held => {
            let held = bank::unidentified_receipts(currency);
            (Ensure::open(held), held)
        }
    };
    Ok(draft.ensure(ensure).leg(settlement.id(), credited.id(), currency, amount).finish()?)
}

/// The moment of booking and ten bytes of the entry's digest, with the word of the way it takes.
fn id(credit: &CreditRow, word: &str) -> PostingId {
    let hash = Sha256::new().chain_update(credit.digest).chain_update(word).finalize();
    let mut random = [0; 10];
    random.copy_from_slice(&hash[..10]);
    PostingId::from_parts(u64::try_from(credit.booked_at.millis()).unwrap_or(0), random)
}
