//! One posting: all of its phases, or none.

use qianbao_core::Timestamp;
use qianbao_core::posting::{AccountState, ChangeTo, Mode, Posting};

use super::journal::Journal;
use super::{Holder, Pending, Target, View, bounds, legs, target};
use crate::account::{Account, Sums};
use crate::outcome::{Refusal, Resolution};
use crate::record::{Effect, Record, Touched};
use crate::storage::Tip;

/// Applies one posting to the view at `time`, or leaves the view as it was and gives the posting back with the reason.
/// Ids and ledger days are the caller's to check.
pub(crate) fn post(view: &mut View, posting: Posting, time: Timestamp) -> Result<Record, Box<(Posting, Refusal)>> {
    let tip = Tip { sequence: view.tip.sequence + 1, time };
    let mut journal = Journal::new(view);
    let effects = match run(&mut journal, &posting, tip) {
        Ok(effects) => effects,
        Err(reason) => {
            journal.undo();
            return Err(Box::new((posting, reason)));
        }
    };
    let touched = touch(&mut journal, &effects, tip.sequence);
    let opened = journal.opened();
    remember(view, &posting, tip.sequence);
    view.tip = tip;
    Ok(Record { sequence: tip.sequence, time, posting, effects, touched, opened })
}

fn run(journal: &mut Journal<'_>, posting: &Posting, tip: Tip) -> Result<Vec<Effect>, Refusal> {
    if let Some(not_after) = posting.head.not_after.filter(|&last| tip.time > last) {
        return Err(Refusal::TooLate { not_after, time: tip.time });
    }
    if let Mode::Pending { expires_at: Some(expiry) } = posting.mode
        && expiry <= tip.time
    {
        return Err(Refusal::TooLate { not_after: expiry, time: tip.time });
    }
    let resolved = target::find(journal.view, posting, tip.time)?;
    if let (Mode::Void { .. }, Some(pending)) = (&posting.mode, &resolved) {
        target::free_claims(journal, pending);
    }
    take_claims(journal, posting, tip.sequence)?;
    for ensure in &posting.ensures {
        let account = Account::opened(ensure);
        if !journal.view.accounts.contains_key(&account.id) {
            journal.open(account);
        }
    }
    let mut effects = Vec::with_capacity(posting.legs.len());
    if let Some(pending) = &resolved {
        target::resolve(journal, &posting.mode, pending, &mut effects)?;
    }
    legs::apply(journal, posting, &mut effects)?;
    bounds::check(journal, posting)?;
    check_guards(journal.view, posting)?;
    make_changes(journal, posting)?;
    Ok(effects)
}

fn take_claims(journal: &mut Journal<'_>, posting: &Posting, sequence: u64) -> Result<(), Refusal> {
    for (index, claim) in posting.claims.iter().enumerate() {
        if let Some(holder) = journal.view.holders.get(&claim.key) {
            return Err(Refusal::ClaimTaken { claim: index, holder: holder.posting, holder_sequence: holder.sequence });
        }
        journal.take(claim.key, Holder { posting: posting.head.posting_ref(), sequence });
    }
    Ok(())
}

fn check_guards(view: &View, posting: &Posting) -> Result<(), Refusal> {
    for (index, guard) in posting.guards.iter().enumerate() {
        let measured = view.accounts.get(&guard.account).map_or(0, |account| account.sums.measure(guard.measure));
        if measured > guard.at_most {
            return Err(Refusal::Guard { guard: index, measured, at_most: guard.at_most });
        }
    }
    Ok(())
}

fn make_changes(journal: &mut Journal<'_>, posting: &Posting) -> Result<(), Refusal> {
    for (index, change) in posting.changes.iter().enumerate() {
        let Some(account) = journal.account(change.account) else {
            return Err(Refusal::ChangedMissing { change: index });
        };
        if account.state == AccountState::Closed {
            return Err(Refusal::ChangedClosed { change: index });
        }
        match change.to {
            ChangeTo::State(AccountState::Closed) if !is_empty(&account.sums) => {
                return Err(Refusal::NotEmpty { change: index });
            }
            ChangeTo::State(state) => account.state = state,
            ChangeTo::Floor(floor) => account.floor = floor,
            ChangeTo::Ceiling(ceiling) => account.ceiling = ceiling,
        }
    }
    Ok(())
}

const fn is_empty(sums: &Sums) -> bool {
    sums.debits_posted == sums.credits_posted && sums.debits_pending == 0 && sums.credits_pending == 0
}

/// Threads the history of every account that the effects touch through this posting.
fn touch(journal: &mut Journal<'_>, effects: &[Effect], sequence: u64) -> Vec<Touched> {
    let mut touched: Vec<Touched> = Vec::with_capacity(effects.len() * 2);
    for id in effects.iter().flat_map(|effect| [effect.debit, effect.credit]) {
        if touched.iter().any(|known| known.account == id) {
            continue;
        }
        if let Some(account) = journal.account(id) {
            touched.push(Touched { account: id, previous_sequence: account.last_sequence, sums: account.sums });
            account.last_sequence = sequence;
            account.postings += 1;
        }
    }
    touched
}

/// Makes the posting known to later ones of the same batch that settle or void something.
fn remember(view: &mut View, posting: &Posting, sequence: u64) {
    let name = posting.head.posting_ref();
    let resolution = match &posting.mode {
        Mode::Final => None,
        Mode::Pending { expires_at } => {
            let pending = Pending {
                posting: name,
                sequence,
                legs: posting.legs.clone(),
                claims: posting.claims.clone(),
                expires_at: *expires_at,
                resolved: None,
            };
            view.targets.insert(name, Target::Pending(pending));
            return;
        }
        Mode::Settle { pending, .. } => Some((*pending, Resolution::Settled)),
        Mode::Void { pending } if posting.head.owner == qianbao_core::posting::Owner::ENGINE => {
            Some((*pending, Resolution::Expired))
        }
        Mode::Void { pending } => Some((*pending, Resolution::Voided)),
    };
    if let Some((pending, resolution)) = resolution
        && let Some(Target::Pending(pending)) = view.targets.get_mut(&pending)
    {
        pending.resolved = Some((resolution, sequence));
    }
    view.targets.insert(name, Target::NotPending { sequence });
}
