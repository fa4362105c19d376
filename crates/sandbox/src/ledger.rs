//! What the bank knows: customers, their accounts, what arrived.
//!
//! An account's number is derived from the customer's name, so that it is the same after a restart: 6 digits of the bank and
//! 13 of SHA-256. Moments of booking ascend strictly, so that one is a place in the list.

use std::collections::{BTreeMap, VecDeque};

use qianbao_connectors::bank::{CREDITS_PER_PAGE_MAX, CollectionAccount, Credit, CreditPage, Cursor, Subscription};
use qianbao_connectors::notice::Secret;
use qianbao_connectors::sandbox::wire::{MakeTransfer, Trouble};
use qianbao_core::{AmountError, Currency, PositiveAmount, Timestamp};
use sha2::{Digest, Sha256};

/// Most customers.
const CUSTOMERS_MAX: usize = 64;
/// Most credits kept for an account; the oldest are forgotten first.
const CREDITS_MAX: usize = 10_000;
/// Longest reference, characters.
pub const REFERENCE_CHARACTERS_MAX: usize = 140;
/// Longest name of a payer, characters.
pub const PAYER_CHARACTERS_MAX: usize = 60;

/// A customer: one realm of a wallet.
#[derive(Clone, Debug)]
pub struct Customer {
    /// Host name for notices.
    pub host: String,
    /// Key of their signatures.
    pub secret: Secret,
    /// Number of the account.
    pub account_number: String,
    credits: VecDeque<Credit>,
}

/// The whole bank.
#[derive(Debug)]
pub struct Bank {
    demo_page: String,
    customers: BTreeMap<String, Customer>,
    last_booked: Timestamp,
}

/// The bank does not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BankRefusal {
    /// Name, host or secret of the subscription cannot be used.
    #[error("expected a customer of 1-40 characters a-z 0-9 -, a host name, and a secret of 64 hex digits")]
    Subscription,
    /// Too many customers.
    #[error("expected at most {CUSTOMERS_MAX} customers")]
    Customers,
    /// Nobody has this account.
    #[error("nobody has this account")]
    Account,
    /// The amount cannot be transferred.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// The account takes another currency.
    #[error("the account takes {expected} only")]
    Currency {
        /// What it takes.
        expected: Currency,
    },
    /// Reference or name is empty or too long, or holds control characters.
    #[error("expected a reference of 1-{REFERENCE_CHARACTERS_MAX} and a name of 1-{PAYER_CHARACTERS_MAX} characters")]
    Text,
}

impl Bank {
    /// A bank without customers, whose page for people is at `demo_page`.
    pub fn new(demo_page: String) -> Self {
        Self { demo_page, customers: BTreeMap::new(), last_booked: Timestamp::default() }
    }

    /// Takes or replaces a customer's subscription.
    ///
    /// # Errors
    /// [`BankRefusal::Subscription`], [`BankRefusal::Customers`].
    pub fn subscribe(&mut self, subscription: &Subscription) -> Result<CollectionAccount, BankRefusal> {
        let Subscription { customer, host, secret } = subscription;
        let named = (1..=40).contains(&customer.len())
            && customer.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        let hosted = (1..=253).contains(&host.len())
            && host.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b':' | b'[' | b']'));
        let secret = data_encoding::HEXLOWER.decode(secret.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
        let (true, true, Some(secret)) = (named, hosted, secret) else { return Err(BankRefusal::Subscription) };
        if !self.customers.contains_key(customer) && self.customers.len() >= CUSTOMERS_MAX {
            return Err(BankRefusal::Customers);
        }
        let entry = self.customers.entry(customer.clone()).or_insert_with(|| Customer {
            host: String::new(),
            secret,
            account_number: account_number(customer),
            credits: VecDeque::new(),
        });
        entry.host.clone_from(host);
        entry.secret = secret;
        Ok(CollectionAccount {
            account_name: "钱包备付金 Qianbao Client Money".to_owned(),
            account_number: entry.account_number.clone(),
            bank_name: "青禾银行 Qinghe Bank".to_owned(),
            demo_page: Some(self.demo_page.clone()),
        })
    }

    /// A page of what arrived at a customer's account after `cursor`.
    ///
    /// # Errors
    /// [`BankRefusal::Account`] for an unknown customer.
    pub fn credits(&self, customer: &str, cursor: Cursor) -> Result<CreditPage, BankRefusal> {
        let customer = self.customers.get(customer).ok_or(BankRefusal::Account)?;
        let limit = usize::from(CREDITS_PER_PAGE_MAX);
        let after = |credit: &&Credit| credit.booked_at > cursor.0;
        let mut credits: Vec<Credit> = customer.credits.iter().filter(after).take(limit + 1).cloned().collect();
        let more = credits.len() > limit;
        credits.truncate(limit);
        Ok(CreditPage { credits, more })
    }

    /// Books a transfer; answers the credit and the customer who is to be told.
    ///
    /// # Errors
    /// [`BankRefusal`] when the account, the amount or a text cannot be taken.
    pub fn transfer(
        &mut self,
        transfer: &MakeTransfer,
        now: Timestamp,
        random: [u8; 10],
    ) -> Result<(Credit, Customer), BankRefusal> {
        let number: String = transfer.account_number.chars().filter(|c| !c.is_whitespace()).collect();
        let amount = PositiveAmount::new(transfer.amount)?.money();
        let customer = self.customers.values_mut().find(|customer| customer.account_number == number);
        let customer = customer.ok_or(BankRefusal::Account)?;
        if amount.currency != Currency::CNY {
            return Err(BankRefusal::Currency { expected: Currency::CNY });
        }
        let mut reference = text(&transfer.reference, REFERENCE_CHARACTERS_MAX)?;
        if transfer.trouble == Trouble::UnknownReference {
            "?".clone_into(&mut reference);
        }
        let payer_name = text(&transfer.payer_name, PAYER_CHARACTERS_MAX)?;
        let booked_at = now.max(Timestamp(self.last_booked.0.saturating_add(1)));
        self.last_booked = booked_at;
        let id =
            uuid::Builder::from_unix_timestamp_millis(u64::try_from(now.millis()).unwrap_or(0), &random).into_uuid();
        let credit = Credit {
            entry: format!("QH{}", id.simple()),
            account_number: number,
            amount,
            reference,
            payer_last4: Some(last4(&payer_name)),
            payer_name,
            booked_at,
        };
        customer.credits.push_back(credit.clone());
        if customer.credits.len() > CREDITS_MAX {
            customer.credits.pop_front();
        }
        Ok((credit, customer.clone()))
    }

    /// The numbers of all accounts, by name of the customer.
    pub fn account_numbers(&self) -> impl Iterator<Item = &str> {
        self.customers.values().map(|customer| customer.account_number.as_str())
    }
}

fn text(typed: &str, max: usize) -> Result<String, BankRefusal> {
    let text = typed.trim();
    let fits = !text.is_empty() && text.chars().nth(max).is_none() && !text.contains(char::is_control);
    if fits { Ok(text.to_owned()) } else { Err(BankRefusal::Text) }
}

/// Decimal digits of the SHA-256 of a text.
fn digits(text: &str, count: usize) -> String {
    Sha256::digest(text.as_bytes()).iter().take(count).map(|byte| char::from(b'0' + byte % 10)).collect()
}

fn account_number(customer: &str) -> String {
    ["620912", &digits(customer, 13)].concat()
}

/// The end of the account that a demo person always pays from.
fn last4(payer_name: &str) -> String {
    digits(payer_name, 4)
}
