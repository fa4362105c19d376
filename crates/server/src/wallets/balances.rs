//! `GET /v1/wallets`: what is there, in each currency.

use qianbao_api::wallets::WalletView;
use qianbao_core::chart::AccountCode;
use qianbao_core::posting::Owner;
use qianbao_core::{Currency, Money};
use qianbao_ledger::ReadError;

use crate::realm::Realm;

/// Most accounts of one owner that are looked at.
const ACCOUNTS_MAX: usize = 200;

/// The balances of an owner's wallets of this kind (2001 or 2002), all as of one sequence, CNY first. A wallet that never
/// moved anything is empty.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn balances(realm: &Realm, owner: Owner, code: AccountCode) -> Result<Vec<WalletView>, ReadError> {
    let accounts = realm.ledger.accounts_of(owner, ACCOUNTS_MAX).await?;
    let ids = accounts.iter().filter(|account| account.key.code == code).map(|account| account.id).collect();
    let (sequence, accounts) = realm.ledger.accounts(ids).await?;
    let mut wallets: Vec<WalletView> = accounts
        .into_iter()
        .flatten()
        .filter_map(|account| {
            let money = |minor| account.key.asset.money().map(|currency| Money::new(minor, currency));
            Some(WalletView {
                available: money(account.available())?,
                reserved: money(account.balance() - account.available())?,
                is_frozen: !account.state.admits_debit(),
                sequence,
            })
        })
        .collect();
    if !wallets.iter().any(|wallet| wallet.available.currency == Currency::CNY) {
        let nothing = Money::zero(Currency::CNY);
        wallets.push(WalletView { available: nothing, reserved: nothing, is_frozen: false, sequence });
    }
    wallets.sort_by_key(|wallet| (wallet.available.currency != Currency::CNY, wallet.available.currency.code()));
    Ok(wallets)
}
