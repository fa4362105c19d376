//! The posting's own legs: accounts, assets, states, sums.

use qianbao_core::posting::{AccountId, Leg, Mode, Posting};

use super::journal::Journal;
use crate::account::Sums;
use crate::outcome::Refusal;
use crate::record::{Effect, Phase};

/// Moves or reserves every leg of the posting.
pub(super) fn apply(journal: &mut Journal<'_>, posting: &Posting, effects: &mut Vec<Effect>) -> Result<(), Refusal> {
    let phase = if matches!(posting.mode, Mode::Pending { .. }) { Phase::Reserved } else { Phase::Posted };
    for (index, leg) in posting.legs.iter().enumerate() {
        move_side(journal, index, leg, phase, leg.debit)?;
        move_side(journal, index, leg, phase, leg.credit)?;
        effects.push(Effect { debit: leg.debit, credit: leg.credit, asset: leg.asset, amount: leg.amount, phase });
    }
    Ok(())
}

fn move_side(journal: &mut Journal<'_>, index: usize, leg: &Leg, phase: Phase, id: AccountId) -> Result<(), Refusal> {
    let Some(account) = journal.account(id) else {
        return Err(Refusal::AccountMissing { leg: index, account: id });
    };
    if account.key.asset != leg.asset {
        let found = account.key.asset;
        return Err(Refusal::AssetMismatch { leg: index, account: id, expected: leg.asset, found });
    }
    let is_debit = id == leg.debit;
    let is_admitted = if is_debit { account.state.admits_debit() } else { account.state.admits_credit() };
    if !is_admitted {
        return Err(Refusal::State { leg: index, account: id, state: account.state });
    }
    let sums = &mut account.sums;
    let sum = match (is_debit, phase) {
        (true, Phase::Reserved) => &mut sums.debits_pending,
        (true, _) => &mut sums.debits_posted,
        (false, Phase::Reserved) => &mut sums.credits_pending,
        (false, _) => &mut sums.credits_posted,
    };
    match sum.checked_add(leg.amount).filter(|&total| total <= Sums::MAX) {
        Some(total) => *sum = total,
        None => return Err(Refusal::Overflow { leg: index, account: id }),
    }
    Ok(())
}
