//! The stored form of a refusal: version 1 · head · time · reason.

use qianbao_core::Timestamp;
use qianbao_core::posting::AccountId;

use super::Refused;
use super::codec::{RecordError, state_number, state_of};
use super::parts::{get_asset, get_head, get_name, put_asset, put_head, put_name};
use super::wire::{Put, Take};
use crate::outcome::{Refusal, Resolution};

const VERSION: u8 = 1;

/// The stored form of `refused`.
pub(crate) fn encode(refused: &Refused) -> Vec<u8> {
    let mut out = Put(Vec::with_capacity(160));
    out.byte(VERSION);
    put_head(&mut out, &refused.head);
    out.signed(refused.time.0);
    put_reason(&mut out, &refused.reason);
    out.0
}

/// The refusal with this stored form.
pub(crate) fn decode(bytes: &[u8]) -> Result<Refused, RecordError> {
    let mut from = Take::new(bytes);
    if from.byte("a version")? != VERSION {
        return Err(from.error("version 1"));
    }
    let head = get_head(&mut from)?;
    let time = Timestamp(from.signed("a time")?);
    let reason = get_reason(&mut from)?;
    from.finish()?;
    Ok(Refused { head, time, reason })
}

fn put_reason(out: &mut Put, reason: &Refusal) {
    match reason {
        Refusal::TooLate { not_after, time } => put(out, 0, &[not_after.0, time.0]),
        Refusal::PendingMissing => put(out, 1, &[]),
        Refusal::NotPending { sequence } => put(out, 2, &[sequence.cast_signed()]),
        Refusal::PendingResolved { resolution } => put(out, 3, &[i64::from(resolution_number(*resolution))]),
        Refusal::SettledCount { expected, found } => put(out, 4, &[place(*expected), place(*found)]),
        Refusal::SettledTooMuch { leg, reserved, found } => put(out, 5, &[place(*leg), *reserved, *found]),
        Refusal::ClaimTaken { claim, holder, holder_sequence } => {
            put(out, 6, &[place(*claim), holder_sequence.cast_signed()]);
            put_name(out, *holder);
        }
        Refusal::AccountMissing { leg, account } => put_at(out, 7, &[place(*leg)], *account),
        Refusal::AssetMismatch { leg, account, expected, found } => {
            put_at(out, 8, &[place(*leg)], *account);
            put_asset(out, *expected);
            put_asset(out, *found);
        }
        Refusal::State { leg, account, state } => {
            put_at(out, 9, &[place(*leg), i64::from(state_number(*state))], *account);
        }
        Refusal::Overflow { leg, account } => put_at(out, 10, &[place(*leg)], *account),
        Refusal::Floor { leg, account, short } => put_at(out, 11, &[place(*leg), *short], *account),
        Refusal::Ceiling { leg, account, excess } => put_at(out, 12, &[place(*leg), *excess], *account),
        Refusal::Guard { guard, measured, at_most } => put(out, 13, &[place(*guard), *measured, *at_most]),
        Refusal::ChangedMissing { change } => put(out, 14, &[place(*change)]),
        Refusal::ChangedClosed { change } => put(out, 15, &[place(*change)]),
        Refusal::NotEmpty { change } => put(out, 16, &[place(*change)]),
    }
}

fn get_reason(from: &mut Take<'_>) -> Result<Refusal, RecordError> {
    Ok(match from.byte("a reason")? {
        0 => Refusal::TooLate { not_after: Timestamp(number(from)?), time: Timestamp(number(from)?) },
        1 => Refusal::PendingMissing,
        2 => Refusal::NotPending { sequence: number(from)?.cast_unsigned() },
        3 => Refusal::PendingResolved { resolution: get_resolution(from)? },
        4 => Refusal::SettledCount { expected: index(from)?, found: index(from)? },
        5 => Refusal::SettledTooMuch { leg: index(from)?, reserved: number(from)?, found: number(from)? },
        6 => {
            let (claim, holder_sequence) = (index(from)?, number(from)?.cast_unsigned());
            Refusal::ClaimTaken { claim, holder: get_name(from)?, holder_sequence }
        }
        7 => Refusal::AccountMissing { leg: index(from)?, account: account(from)? },
        8 => {
            let (leg, account) = (index(from)?, account(from)?);
            Refusal::AssetMismatch { leg, account, expected: get_asset(from)?, found: get_asset(from)? }
        }
        9 => {
            let (leg, number) = (index(from)?, number(from)?);
            let state = u8::try_from(number).ok().and_then(state_of).ok_or_else(|| from.error("a state"))?;
            Refusal::State { leg, account: account(from)?, state }
        }
        10 => Refusal::Overflow { leg: index(from)?, account: account(from)? },
        11 => {
            let (leg, short) = (index(from)?, number(from)?);
            Refusal::Floor { leg, account: account(from)?, short }
        }
        12 => {
            let (leg, excess) = (index(from)?, number(from)?);
            Refusal::Ceiling { leg, account: account(from)?, excess }
        }
        13 => Refusal::Guard { guard: index(from)?, measured: number(from)?, at_most: number(from)? },
        14 => Refusal::ChangedMissing { change: index(from)? },
        15 => Refusal::ChangedClosed { change: index(from)? },
        16 => Refusal::NotEmpty { change: index(from)? },
        _ => return Err(from.error("a reason")),
    })
}

fn put(out: &mut Put, tag: u8, numbers: &[i64]) {
    out.byte(tag);
    for number in numbers {
        out.signed(*number);
    }
}

fn put_at(out: &mut Put, tag: u8, numbers: &[i64], account: AccountId) {
    put(out, tag, numbers);
    out.fixed(&account.bytes());
}

/// An index within a posting; there are at most 128 of anything.
fn place(index: usize) -> i64 {
    i64::try_from(index).unwrap_or(i64::MAX)
}

fn number(from: &mut Take<'_>) -> Result<i64, RecordError> {
    from.signed("a number")
}

fn index(from: &mut Take<'_>) -> Result<usize, RecordError> {
    usize::try_from(number(from)?).map_err(|_| from.error("an index"))
}

fn account(from: &mut Take<'_>) -> Result<AccountId, RecordError> {
    from.fixed("an account id").map(AccountId::from_bytes)
}

fn get_resolution(from: &mut Take<'_>) -> Result<Resolution, RecordError> {
    let found = number(from)?;
    u8::try_from(found).ok().and_then(resolution_of).ok_or_else(|| from.error("a resolution"))
}

/// The number under which a resolution is stored.
pub(crate) const fn resolution_number(resolution: Resolution) -> u8 {
    match resolution {
        Resolution::Settled => 1,
        Resolution::Voided => 2,
        Resolution::Expired => 3,
    }
}

/// The resolution with this number.
pub(crate) const fn resolution_of(number: u8) -> Option<Resolution> {
    Some(match number {
        1 => Resolution::Settled,
        2 => Resolution::Voided,
        3 => Resolution::Expired,
        _ => return None,
    })
}
