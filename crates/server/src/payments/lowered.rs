//! Lower limits for a while after a recovery.
//!
//! Who has come back with a recovery code may be somebody else, and their person is told and may not have seen it yet. So each of their payments is
//! bounded, and all of a day of the ledger together: the day is a budget (8001), spent by a leg and bounded by a guard in the payment's own posting, so
//! that payments at once cannot pass it together. A posting that comes too late for its day is stale and is built again. A refund gives nothing back.

use qianbao_api::payments::LoweredLimits;
use qianbao_core::id::PersonId;
use qianbao_core::posting::{Draft, Ensure, LedgerDay, Measure};
use qianbao_core::{Currency, Money, Timestamp};

use crate::failure::FailureError;
use crate::identity::rows::kept_person;
use crate::realm::Realm;
use crate::wallets::accounts;

/// The limits of a person who came back a while ago, on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lowered {
    /// Until when they hold.
    pub until: Timestamp,
    /// The day.
    pub day: LedgerDay,
    /// Largest payment, minor units.
    pub payment_max: i64,
    /// Most of all payments of the day, minor units.
    pub day_max: i64,
}

impl Lowered {
    /// The lower limits of `person` at `now`, if theirs are lowered.
    ///
    /// # Errors
    /// When the directory fails.
    pub async fn of(realm: &Realm, person: PersonId, now: Timestamp) -> Result<Option<Self>, FailureError> {
        let found = kept_person(realm, person).await?;
        let until = found.and_then(|person| person.limits_lowered_until).filter(|until| *until > now);
        Ok(until.map(|until| Self {
            until,
            day: realm.ledger.day(),
            payment_max: realm.limits.recovered_payment_max,
            day_max: realm.limits.recovered_day_max,
        }))
    }

    /// The draft of a payment that also spends the day's budget.
    pub fn spend(self, draft: Draft, payer: PersonId, amount: Money) -> Draft {
        let spent = accounts::recovered_budget(payer, amount.currency, self.day);
        let counter = accounts::budget_counter(amount.currency);
        let draft = draft
            .ensure(Ensure::open(spent))
            .ensure(Ensure::open(counter))
            .leg(spent.id(), counter.id(), spent.asset, amount.minor)
            .guard(spent.id(), Measure::NetDebits, self.day_max);
        Draft { day: Some(self.day), ..draft }
    }

    /// As the payer is told.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn view(self, realm: &Realm, payer: PersonId, currency: Currency) -> Result<LoweredLimits, FailureError> {
        let spent = realm.ledger.account(accounts::recovered_budget(payer, currency, self.day).id()).await?;
        let spent = spent.map_or(0, |account| account.balance());
        Ok(LoweredLimits {
            until: self.until,
            payment_max: Money::new(self.payment_max, currency),
            day_max: Money::new(self.day_max, currency),
            day_left: Money::new((self.day_max - spent).max(0), currency),
        })
    }
}
