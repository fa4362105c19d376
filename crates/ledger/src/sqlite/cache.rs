//! Recently used accounts in memory, at most [`HALF_MAX`] twice: the younger half fills up, then becomes the older one
//! and the older one goes.

use qianbao_core::posting::AccountId;

use crate::account::Account;
use crate::account_map::AccountMap;

const HALF_MAX: usize = 65_536;

/// Accounts with their row numbers. Only the writer changes balances, so what is here is what is on disk.
#[derive(Default)]
pub(super) struct AccountCache {
    young: AccountMap<(i64, Account)>,
    old: AccountMap<(i64, Account)>,
}

impl AccountCache {
    /// The account, if it was used lately.
    pub(super) fn get(&mut self, id: AccountId) -> Option<(i64, Account)> {
        if let Some(found) = self.young.get(&id) {
            return Some(*found);
        }
        let (number, account) = self.old.remove(&id)?;
        self.put(number, account);
        Some((number, account))
    }

    /// Keeps an account as it is on disk.
    pub(super) fn put(&mut self, number: i64, account: Account) {
        if self.young.len() >= HALF_MAX && !self.young.contains_key(&account.id) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(account.id, (number, account));
    }
}
