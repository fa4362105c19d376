//! Recently used accounts in memory, at most [`HALF_MAX`] twice: the younger half fills up, then becomes the older one
//! and the older one goes.

use qianbao_core::posting::AccountId;

use crate::account::Account;
use crate::account_map::AccountMap;

const HALF_MAX: usize = 65_536;

/// Accounts, each with what the backend finds its row by. What is here is what is on disk, as long as nobody else writes.
pub(crate) struct AccountCache<Place> {
    young: AccountMap<(Place, Account)>,
    old: AccountMap<(Place, Account)>,
}

impl<Place> Default for AccountCache<Place> {
    fn default() -> Self {
        Self { young: AccountMap::default(), old: AccountMap::default() }
    }
}

impl<Place: Copy> AccountCache<Place> {
    /// The account, if it was used lately.
    pub(crate) fn get(&mut self, id: AccountId) -> Option<(Place, Account)> {
        if let Some(found) = self.young.get(&id) {
            return Some(*found);
        }
        let (place, account) = self.old.remove(&id)?;
        self.put(place, account);
        Some((place, account))
    }

    /// Keeps an account as it is on disk.
    pub(crate) fn put(&mut self, place: Place, account: Account) {
        if self.young.len() >= HALF_MAX && !self.young.contains_key(&account.id) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(account.id, (place, account));
    }

    /// Forgets everything: somebody else has written.
    pub(crate) fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
    }
}
