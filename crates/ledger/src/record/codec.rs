//! The stored form of a posted posting.
//!
//! ```text
//! version 1 · head · mode · day · accounts (each id once) · legs · claims · guards · ensures · changes
//!   · effects on what was pending · touched · opened
//! ```
//!
//! Everything else names an account by its place in the table of accounts. Effects of the posting's own legs and the
//! order of the touched accounts follow from the legs and are not stored. Sequence and time stand beside the record.

use qianbao_core::Timestamp;
use qianbao_core::posting::{
    AccountId, AccountState, Change, ChangeTo, Claim, ClaimKey, Draft, Guard, LedgerDay, Leg, Measure, Mode, OnVoid,
    Posting, PostingRef, Settled,
};

use super::parts::{get_asset, get_head, get_key, get_name, put_asset, put_head, put_key, put_name};
use super::wire::{Put, Take};
use super::{Effect, Phase, Record, Touched};
use crate::account::Sums;

/// Version of the stored form.
const VERSION: u8 = 1;
/// Most different accounts in one record: two for each own and each pending leg, and those of guards, changes, ensures.
const ACCOUNTS_MAX: usize = 4 * Posting::LEGS_MAX + Posting::GUARDS_MAX + Posting::CHANGES_MAX + Posting::ENSURES_MAX;

/// Stored bytes that are not a record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected} before byte {at} of the record")]
pub struct RecordError {
    /// What should have stood there.
    pub expected: &'static str,
    /// Where reading ended.
    pub at: usize,
}

/// The table of accounts of one record.
#[derive(Default)]
struct Table(Vec<AccountId>);

impl Table {
    fn place(&mut self, id: AccountId) -> usize {
        self.0.iter().position(|known| *known == id).unwrap_or_else(|| {
            self.0.push(id);
            self.0.len() - 1
        })
    }

    fn take(&self, from: &mut Take<'_>) -> Result<AccountId, RecordError> {
        let place = from.count(ACCOUNTS_MAX, "an account's place")?;
        self.0.get(place).copied().ok_or_else(|| from.error("an account of the table"))
    }
}

/// The stored form of `record`.
pub(crate) fn encode(record: &Record) -> Vec<u8> {
    let posting = &record.posting;
    let mut table = Table::default();
    let mut body = Put(Vec::with_capacity(128));
    put_legs(&mut body, &mut table, posting);
    put_conditions(&mut body, &mut table, posting);
    put_effects(&mut body, &mut table, record);
    let mut out = Put(Vec::with_capacity(body.0.len() + 160));
    out.byte(VERSION);
    put_head(&mut out, &posting.head);
    put_mode(&mut out, &posting.mode);
    out.optional(posting.day.map(|day| i64::from(day.epoch_days())));
    out.count(table.0.len());
    for id in &table.0 {
        out.fixed(&id.bytes());
    }
    out.fixed(&body.0);
    out.0
}

/// The record with this stored form.
pub(crate) fn decode(sequence: u64, time: Timestamp, bytes: &[u8]) -> Result<Record, RecordError> {
    let mut from = Take::new(bytes);
    if from.byte("a version")? != VERSION {
        return Err(from.error("version 1"));
    }
    let mut draft = Draft::new(get_head(&mut from)?);
    draft.mode = get_mode(&mut from)?;
    draft.day = match from.optional("a day")? {
        None => None,
        Some(days) => Some(LedgerDay::from_epoch_days(i32::try_from(days).map_err(|_| from.error("a day"))?)),
    };
    let mut table = Table::default();
    for _ in 0..from.count(ACCOUNTS_MAX, "a number of accounts")? {
        table.0.push(AccountId::from_bytes(from.fixed("an account id")?));
    }
    get_legs(&mut from, &table, &mut draft)?;
    get_conditions(&mut from, &table, &mut draft)?;
    let effects = get_effects(&mut from, &table, &draft)?;
    let touched = get_touched(&mut from, &effects, sequence)?;
    let mut opened = Vec::new();
    for _ in 0..from.count(Posting::ENSURES_MAX, "a number of opened accounts")? {
        opened.push(table.take(&mut from)?);
    }
    let end = from.error("a posting of correct form");
    from.finish()?;
    let posting = draft.finish().map_err(|_| end)?;
    Ok(Record { sequence, time, posting, effects, touched, opened })
}

fn put_mode(out: &mut Put, mode: &Mode) {
    match mode {
        Mode::Final => out.byte(0),
        Mode::Pending { expires_at } => {
            out.byte(1);
            out.optional(expires_at.map(|time| time.0));
        }
        Mode::Settle { pending, settled: Settled::Whole } => {
            out.byte(2);
            put_name(out, *pending);
        }
        Mode::Settle { pending, settled: Settled::Part(amounts) } => {
            out.byte(3);
            put_name(out, *pending);
            out.count(amounts.len());
            for amount in amounts {
                out.signed(*amount);
            }
        }
        Mode::Void { pending } => {
            out.byte(4);
            put_name(out, *pending);
        }
    }
}

fn get_mode(from: &mut Take<'_>) -> Result<Mode, RecordError> {
    Ok(match from.byte("a mode")? {
        0 => Mode::Final,
        1 => Mode::Pending { expires_at: from.optional("an expiry")?.map(Timestamp) },
        2 => Mode::Settle { pending: get_name(from)?, settled: Settled::Whole },
        3 => {
            let pending: PostingRef = get_name(from)?;
            let mut amounts = Vec::new();
            for _ in 0..from.count(Posting::LEGS_MAX, "a number of settled amounts")? {
                amounts.push(from.signed("a settled amount")?);
            }
            Mode::Settle { pending, settled: Settled::Part(amounts) }
        }
        4 => Mode::Void { pending: get_name(from)? },
        _ => return Err(from.error("a mode")),
    })
}

fn put_legs(out: &mut Put, table: &mut Table, posting: &Posting) {
    out.count(posting.legs.len());
    for leg in &posting.legs {
        out.count(table.place(leg.debit));
        out.count(table.place(leg.credit));
        put_asset(out, leg.asset);
        out.signed(leg.amount);
    }
}

fn get_legs(from: &mut Take<'_>, table: &Table, draft: &mut Draft) -> Result<(), RecordError> {
    for _ in 0..from.count(Posting::LEGS_MAX, "a number of legs")? {
        let (debit, credit) = (table.take(from)?, table.take(from)?);
        draft.legs.push(Leg { debit, credit, asset: get_asset(from)?, amount: from.signed("an amount")? });
    }
    Ok(())
}

fn put_conditions(out: &mut Put, table: &mut Table, posting: &Posting) {
    out.count(posting.claims.len());
    for claim in &posting.claims {
        out.fixed(&claim.key.bytes());
        out.byte(u8::from(claim.on_void == OnVoid::Free));
    }
    out.count(posting.guards.len());
    for guard in &posting.guards {
        out.count(table.place(guard.account));
        out.byte(u8::from(guard.measure == Measure::NetCredits));
        out.signed(guard.at_most);
    }
    out.count(posting.ensures.len());
    for ensure in &posting.ensures {
        put_key(out, &ensure.key);
        out.optional(ensure.floor);
        out.optional(ensure.ceiling);
    }
    out.count(posting.changes.len());
    for change in &posting.changes {
        out.count(table.place(change.account));
        match change.to {
            ChangeTo::State(state) => {
                out.byte(0);
                out.byte(state_number(state));
            }
            ChangeTo::Floor(floor) => {
                out.byte(1);
                out.optional(floor);
            }
            ChangeTo::Ceiling(ceiling) => {
                out.byte(2);
                out.optional(ceiling);
            }
        }
    }
}

fn get_conditions(from: &mut Take<'_>, table: &Table, draft: &mut Draft) -> Result<(), RecordError> {
    for _ in 0..from.count(Posting::CLAIMS_MAX, "a number of claims")? {
        let key = ClaimKey::from_bytes(from.fixed("a claim")?);
        let on_void = if from.flag("a claim's kind")? { OnVoid::Free } else { OnVoid::Keep };
        draft.claims.push(Claim { key, on_void });
    }
    for _ in 0..from.count(Posting::GUARDS_MAX, "a number of guards")? {
        let account = table.take(from)?;
        let measure = if from.flag("a measure")? { Measure::NetCredits } else { Measure::NetDebits };
        draft.guards.push(Guard { account, measure, at_most: from.signed("a bound")? });
    }
    for _ in 0..from.count(Posting::ENSURES_MAX, "a number of accounts to open")? {
        let key = get_key(from)?;
        let (floor, ceiling) = (from.optional("a floor")?, from.optional("a ceiling")?);
        draft.ensures.push(qianbao_core::posting::Ensure { key, floor, ceiling });
    }
    for _ in 0..from.count(Posting::CHANGES_MAX, "a number of changes")? {
        let account = table.take(from)?;
        let to = match from.byte("a change")? {
            0 => {
                let number = from.byte("a state")?;
                ChangeTo::State(state_of(number).ok_or_else(|| from.error("a state"))?)
            }
            1 => ChangeTo::Floor(from.optional("a floor")?),
            2 => ChangeTo::Ceiling(from.optional("a ceiling")?),
            _ => return Err(from.error("a change")),
        };
        draft.changes.push(Change { account, to });
    }
    Ok(())
}

fn put_effects(out: &mut Put, table: &mut Table, record: &Record) {
    let on_pending = &record.effects[..record.effects.len() - record.posting.legs.len()];
    out.count(on_pending.len());
    for effect in on_pending {
        out.count(table.place(effect.debit));
        out.count(table.place(effect.credit));
        put_asset(out, effect.asset);
        out.signed(effect.amount);
        // What was reserved shows which it is: settled carries what was released, plus one.
        out.unsigned(match effect.phase {
            Phase::Settled { released } => released.cast_unsigned() + 1,
            Phase::Posted | Phase::Reserved | Phase::Released => 0,
        });
    }
    for touched in &record.touched {
        out.unsigned(record.sequence - touched.previous_sequence);
        let Sums { debits_posted, credits_posted, debits_pending, credits_pending } = touched.sums;
        for sum in [debits_posted, credits_posted, debits_pending, credits_pending] {
            out.signed(sum);
        }
    }
    out.count(record.opened.len());
    for id in &record.opened {
        out.count(table.place(*id));
    }
}

fn get_effects(from: &mut Take<'_>, table: &Table, draft: &Draft) -> Result<Vec<Effect>, RecordError> {
    let mut effects = Vec::with_capacity(draft.legs.len());
    for _ in 0..from.count(Posting::LEGS_MAX, "a number of pending legs")? {
        let (debit, credit) = (table.take(from)?, table.take(from)?);
        let (asset, amount) = (get_asset(from)?, from.signed("an amount")?);
        let phase = match from.unsigned("what was released")? {
            0 => Phase::Released,
            more => Phase::Settled { released: (more - 1).cast_signed() },
        };
        effects.push(Effect { debit, credit, asset, amount, phase });
    }
    let phase = if matches!(draft.mode, Mode::Pending { .. }) { Phase::Reserved } else { Phase::Posted };
    effects.extend(draft.legs.iter().map(|leg| Effect {
        debit: leg.debit,
        credit: leg.credit,
        asset: leg.asset,
        amount: leg.amount,
        phase,
    }));
    Ok(effects)
}

fn get_touched(from: &mut Take<'_>, effects: &[Effect], sequence: u64) -> Result<Vec<Touched>, RecordError> {
    let mut touched: Vec<Touched> = Vec::with_capacity(effects.len() * 2);
    for account in effects.iter().flat_map(|effect| [effect.debit, effect.credit]) {
        if touched.iter().any(|known| known.account == account) {
            continue;
        }
        let back = from.unsigned("the posting before")?;
        let previous_sequence = sequence.checked_sub(back).ok_or_else(|| from.error("an earlier posting"))?;
        let sums = Sums {
            debits_posted: from.signed("a sum")?,
            credits_posted: from.signed("a sum")?,
            debits_pending: from.signed("a sum")?,
            credits_pending: from.signed("a sum")?,
        };
        if !sums.are_in_range() {
            return Err(from.error("sums from 0 to 2^61"));
        }
        touched.push(Touched { account, previous_sequence, sums });
    }
    Ok(touched)
}

/// The number under which a state is stored.
pub(crate) const fn state_number(state: AccountState) -> u8 {
    match state {
        AccountState::Open => 0,
        AccountState::NoDebit => 1,
        AccountState::Frozen => 2,
        AccountState::Dormant => 3,
        AccountState::Closed => 4,
    }
}

/// The state with this number.
pub(crate) const fn state_of(number: u8) -> Option<AccountState> {
    Some(match number {
        0 => AccountState::Open,
        1 => AccountState::NoDebit,
        2 => AccountState::Frozen,
        3 => AccountState::Dormant,
        4 => AccountState::Closed,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
