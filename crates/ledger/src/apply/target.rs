//! Settling and voiding what is pending.

use qianbao_core::Timestamp;
use qianbao_core::posting::{Leg, Mode, OnVoid, Owner, Posting, Settled};

use super::journal::Journal;
use super::{Pending, Target, View};
use crate::outcome::{Refusal, Resolution};
use crate::record::{Effect, Phase};

/// The pending posting that this one settles or voids, if it does either.
pub(super) fn find(view: &View, posting: &Posting, time: Timestamp) -> Result<Option<Pending>, Refusal> {
    let name = match &posting.mode {
        Mode::Final | Mode::Pending { .. } => return Ok(None),
        Mode::Settle { pending, .. } | Mode::Void { pending } => pending,
    };
    let pending = match view.targets.get(name) {
        None => return Err(Refusal::PendingMissing),
        Some(&Target::NotPending { sequence }) => return Err(Refusal::NotPending { sequence }),
        Some(Target::Pending(pending)) => pending,
    };
    if let Some((resolution, _)) = pending.resolved {
        return Err(Refusal::PendingResolved { resolution });
    }
    // The engine's void of it may still wait for its turn, the answer does not.
    let is_over = pending.expires_at.is_some_and(|expiry| expiry <= time);
    if is_over && posting.head.owner != Owner::ENGINE {
        return Err(Refusal::PendingResolved { resolution: Resolution::Expired });
    }
    Ok(Some(pending.clone()))
}

/// Gives back the claims of a voided posting, where their kind says so.
pub(super) fn free_claims(journal: &mut Journal<'_>, pending: &Pending) {
    for claim in pending.claims.iter().filter(|claim| claim.on_void == OnVoid::Free) {
        journal.free(claim.key, pending.sequence);
    }
}

/// Moves or releases what was reserved. States, floors and ceilings were checked when it was reserved and are not
/// checked again: a freeze that came later has its place in the order after it.
pub(super) fn resolve(
    journal: &mut Journal<'_>,
    mode: &Mode,
    pending: &Pending,
    effects: &mut Vec<Effect>,
) -> Result<(), Refusal> {
    if let Mode::Settle { settled: Settled::Part(amounts), .. } = mode
        && amounts.len() != pending.legs.len()
    {
        return Err(Refusal::SettledCount { expected: pending.legs.len(), found: amounts.len() });
    }
    for (index, leg) in pending.legs.iter().enumerate() {
        let effect = match mode {
            Mode::Settle { settled: Settled::Whole, .. } => settle(leg, leg.amount),
            Mode::Settle { settled: Settled::Part(amounts), .. } => {
                let found = amounts[index];
                if found > leg.amount {
                    return Err(Refusal::SettledTooMuch { leg: index, reserved: leg.amount, found });
                }
                settle(leg, found)
            }
            Mode::Final | Mode::Pending { .. } | Mode::Void { .. } => Effect {
                debit: leg.debit,
                credit: leg.credit,
                asset: leg.asset,
                amount: leg.amount,
                phase: Phase::Released,
            },
        };
        move_reserved(journal, &effect, leg.amount, index)?;
        effects.push(effect);
    }
    Ok(())
}

fn settle(leg: &Leg, amount: i64) -> Effect {
    let phase = Phase::Settled { released: leg.amount - amount };
    Effect { debit: leg.debit, credit: leg.credit, asset: leg.asset, amount, phase }
}

fn move_reserved(journal: &mut Journal<'_>, effect: &Effect, reserved: i64, leg: usize) -> Result<(), Refusal> {
    let moved = if effect.phase == Phase::Released { 0 } else { effect.amount };
    for (id, is_debit) in [(effect.debit, true), (effect.credit, false)] {
        let Some(account) = journal.account(id) else {
            return Err(Refusal::AccountMissing { leg, account: id });
        };
        let sums = &mut account.sums;
        let (posted, pending) = if is_debit {
            (&mut sums.debits_posted, &mut sums.debits_pending)
        } else {
            (&mut sums.credits_posted, &mut sums.credits_pending)
        };
        debug_assert!(*pending >= reserved, "more is released than was reserved on {id}");
        *pending -= reserved;
        *posted += moved;
        if *posted > crate::account::Sums::MAX {
            return Err(Refusal::Overflow { leg, account: id });
        }
    }
    Ok(())
}
