//! Floors and ceilings after the legs. They bind only what a posting makes worse: an account that lies below a floor
//! raised later can still be filled up.

use qianbao_core::posting::{AccountId, Posting};

use super::journal::Journal;
use crate::outcome::Refusal;

/// Checks every account that the posting's own legs touch.
pub(super) fn check(journal: &Journal<'_>, posting: &Posting) -> Result<(), Refusal> {
    for (index, leg) in posting.legs.iter().enumerate() {
        check_account(journal, index, leg.debit)?;
        check_account(journal, index, leg.credit)?;
    }
    Ok(())
}

fn check_account(journal: &Journal<'_>, leg: usize, id: AccountId) -> Result<(), Refusal> {
    let (Some(after), Some(before)) = (journal.view.accounts.get(&id), journal.before(id)) else {
        return Ok(());
    };
    if let Some(floor) = after.floor {
        let available = after.available();
        if available < floor && available < before.available() {
            return Err(Refusal::Floor { leg, account: id, short: floor.saturating_sub(available) });
        }
    }
    if let Some(ceiling) = after.ceiling {
        let expected = after.expected();
        if expected > ceiling && expected > before.expected() {
            return Err(Refusal::Ceiling { leg, account: id, excess: expected.saturating_sub(ceiling) });
        }
    }
    Ok(())
}
