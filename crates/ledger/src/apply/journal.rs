//! What one posting has changed in the view so far, so that a refusal can take it back.

use qianbao_core::posting::{AccountId, ClaimKey};

use super::{Holder, View};
use crate::account::Account;

/// The view while one posting is applied to it.
pub(super) struct Journal<'view> {
    pub(super) view: &'view mut View,
    /// Accounts as they were before the posting, each once, in order of first touch; None for those it opened.
    accounts: Vec<(AccountId, Option<Account>)>,
    freed: Vec<(ClaimKey, Holder)>,
    taken: Vec<ClaimKey>,
}

impl<'view> Journal<'view> {
    pub(super) fn new(view: &'view mut View) -> Self {
        Self { view, accounts: Vec::new(), freed: Vec::new(), taken: Vec::new() }
    }

    /// The account, to be changed.
    pub(super) fn account(&mut self, id: AccountId) -> Option<&mut Account> {
        let account = self.view.accounts.get_mut(&id)?;
        if !self.accounts.iter().any(|(known, _)| *known == id) {
            self.accounts.push((id, Some(*account)));
        }
        Some(account)
    }

    /// The account as it was before the posting; as it was opened, if the posting opened it.
    pub(super) fn before(&self, id: AccountId) -> Option<Account> {
        match self.accounts.iter().find(|(known, _)| *known == id) {
            Some((_, Some(account))) => Some(*account),
            Some((_, None)) => {
                self.view.accounts.get(&id).map(|account| Account { sums: crate::account::Sums::default(), ..*account })
            }
            None => self.view.accounts.get(&id).copied(),
        }
    }

    /// Opens an account that is not there.
    pub(super) fn open(&mut self, account: Account) {
        self.accounts.push((account.id, None));
        self.view.accounts.insert(account.id, account);
    }

    /// The accounts that the posting has opened.
    pub(super) fn opened(&self) -> Vec<AccountId> {
        self.accounts.iter().filter(|(_, before)| before.is_none()).map(|(id, _)| *id).collect()
    }

    /// Gives a claim back if `sequence` holds it.
    pub(super) fn free(&mut self, key: ClaimKey, sequence: u64) {
        if let Some(holder) = self.view.holders.get(&key).copied().filter(|holder| holder.sequence == sequence) {
            self.view.holders.remove(&key);
            self.freed.push((key, holder));
        }
    }

    /// Takes a claim that nobody holds.
    pub(super) fn take(&mut self, key: ClaimKey, holder: Holder) {
        self.view.holders.insert(key, holder);
        self.taken.push(key);
    }

    /// Puts everything back as it was.
    pub(super) fn undo(self) {
        for (id, before) in self.accounts {
            match before {
                Some(account) => self.view.accounts.insert(id, account),
                None => self.view.accounts.remove(&id),
            };
        }
        for key in self.taken {
            self.view.holders.remove(&key);
        }
        for (key, holder) in self.freed {
            self.view.holders.insert(key, holder);
        }
    }
}
