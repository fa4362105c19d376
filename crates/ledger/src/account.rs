//! An account as the ledger keeps it: its four sums and what they allow.

use qianbao_core::chart::Side;
use qianbao_core::posting::{AccountId, AccountKey, AccountState, Ensure, Measure};

/// The four sums of an account, in smallest units of its asset; each is at least 0 and at most [`Sums::MAX`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sums {
    /// Everything ever debited.
    pub debits_posted: i64,
    /// Everything ever credited.
    pub credits_posted: i64,
    /// Debits that wait to be settled or voided.
    pub debits_pending: i64,
    /// Credits that wait to be settled or voided.
    pub credits_pending: i64,
}

impl Sums {
    /// Largest value of one sum, 2^61: so that any measure of three sums fits 64 bits.
    pub const MAX: i64 = 1 << 61;

    /// Whether each sum is in its range. Stored sums are checked before anything is computed from them.
    pub(crate) const fn are_in_range(&self) -> bool {
        const fn is_in_range(sum: i64) -> bool {
            sum >= 0 && sum <= Sums::MAX
        }
        is_in_range(self.debits_posted)
            && is_in_range(self.credits_posted)
            && is_in_range(self.debits_pending)
            && is_in_range(self.credits_pending)
    }

    /// The value of a guard's measure.
    pub const fn measure(&self, measure: Measure) -> i64 {
        match measure {
            Measure::NetDebits => self.debits_posted + self.debits_pending - self.credits_posted,
            Measure::NetCredits => self.credits_posted + self.credits_pending - self.debits_posted,
        }
    }
}

/// An account after some posting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id, derived from the key.
    pub id: AccountId,
    /// Code, owner, asset, period.
    pub key: AccountKey,
    /// What may be done with it.
    pub state: AccountState,
    /// What must stay available, if anything.
    pub floor: Option<i64>,
    /// What the balance with pending income may reach, if anything.
    pub ceiling: Option<i64>,
    /// Its sums.
    pub sums: Sums,
    /// Sequence of the last posting that moved something here; 0 before the first.
    pub last_sequence: u64,
    /// How many postings moved something here.
    pub postings: u64,
}

impl Account {
    /// The account that `ensure` opens.
    pub fn opened(ensure: &Ensure) -> Self {
        Self {
            id: ensure.key.id(),
            key: ensure.key,
            state: AccountState::Open,
            floor: ensure.floor,
            ceiling: ensure.ceiling,
            sums: Sums::default(),
            last_sequence: 0,
            postings: 0,
        }
    }

    /// The posted balance, positive on the account's normal side.
    pub const fn balance(&self) -> i64 {
        balance_of(self.key.code.side(), &self.sums)
    }

    /// What may still leave the account: the posted balance less what is pending against it. The floor is not taken off.
    pub const fn available(&self) -> i64 {
        available_of(self.key.code.side(), &self.sums)
    }

    /// The posted balance with pending income: what a ceiling bounds.
    pub const fn expected(&self) -> i64 {
        self.sums.measure(match self.key.code.side() {
            Side::Credit => Measure::NetCredits,
            Side::Debit | Side::Either => Measure::NetDebits,
        })
    }
}

/// The posted balance of sums that stand on `side`.
pub(crate) const fn balance_of(side: Side, sums: &Sums) -> i64 {
    match side {
        Side::Credit => sums.credits_posted - sums.debits_posted,
        Side::Debit | Side::Either => sums.debits_posted - sums.credits_posted,
    }
}

/// What may still leave an account with these sums that stands on `side`.
pub(crate) const fn available_of(side: Side, sums: &Sums) -> i64 {
    match side {
        Side::Credit => -sums.measure(Measure::NetDebits),
        Side::Debit | Side::Either => -sums.measure(Measure::NetCredits),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use qianbao_core::Currency;
    use qianbao_core::chart::AccountCode;
    use qianbao_core::posting::Owner;

    #[test]
    fn the_sides_mirror_each_other() {
        let sums = Sums { debits_posted: 30, credits_posted: 100, debits_pending: 5, credits_pending: 7 };
        let mirrored = Sums { debits_posted: 100, credits_posted: 30, debits_pending: 7, credits_pending: 5 };
        let open = |code| Account::opened(&Ensure::open(AccountKey::new(code, Owner::named("a"), Currency::CNY)));
        let wallet = Account { sums, ..open(AccountCode::PersonalWallet) };
        let bank = Account { sums: mirrored, ..open(AccountCode::BankSettlement) };
        assert_eq!((wallet.balance(), wallet.available(), wallet.expected()), (70, 65, 77));
        assert_eq!((bank.balance(), bank.available(), bank.expected()), (70, 65, 77));
    }
}
