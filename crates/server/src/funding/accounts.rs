//! The accounts of the chart in which money from a bank stands.

use qianbao_core::Currency;
use qianbao_core::chart::AccountCode;
use qianbao_core::posting::{AccountKey, Owner};

/// Owner of the accounts at the bank that collects, and starter of the postings that follow its entries.
pub fn bank() -> Owner {
    Owner::named("bank:sandbox")
}

/// 1001: what stands at the bank.
pub fn bank_settlement(currency: Currency) -> AccountKey {
    AccountKey::new(AccountCode::BankSettlement, bank(), currency)
}

/// 2104: what came with a reference that nobody knows.
pub fn unidentified_receipts(currency: Currency) -> AccountKey {
    AccountKey::new(AccountCode::UnidentifiedReceipts, bank(), currency)
}
