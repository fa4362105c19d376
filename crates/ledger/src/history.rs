//! The history of one account, newest first.
//!
//! Every record names, for each account it touched, the record that touched it before: history follows that thread, one
//! row read for each posting, and needs no index that every transfer would have to pay for. To begin in the middle
//! (a date, an old cursor) there is a mark at every 64th posting of an account.

use qianbao_core::Timestamp;
use qianbao_core::chart::AccountCode;
use qianbao_core::posting::{AccountId, Asset, PostingKind, PostingRef};

use crate::account::{Sums, available_of, balance_of};
use crate::record::{Phase, Record};

/// Which way value went, seen from the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The account was debited.
    Debit,
    /// The account was credited.
    Credit,
}

/// Where an entry stands: postings in order, and effects in the order of the posting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cursor {
    /// The posting.
    pub sequence: u64,
    /// Index of the effect within the posting.
    pub effect: u16,
}

/// One line of an account's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it stands; the next older page begins before it.
    pub cursor: Cursor,
    /// Commit time.
    pub time: Timestamp,
    /// The posting.
    pub posting: PostingRef,
    /// Its kind.
    pub kind: PostingKind,
    /// What it refers to.
    pub reference: String,
    /// The details of its head.
    pub details: Vec<u8>,
    /// Which way.
    pub direction: Direction,
    /// How much, in smallest units, above or equal 0.
    pub amount: i64,
    /// The asset.
    pub asset: Asset,
    /// The account on the other side.
    pub counterpart: AccountId,
    /// In which way it moved.
    pub phase: Phase,
    /// The account's posted balance after this line, positive on its normal side.
    pub balance_after: i64,
    /// What was available after this line.
    pub available_after: i64,
}

/// A page of history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Newest first.
    pub entries: Vec<Entry>,
    /// Where the next older page begins: pass it as `before`. None at the beginning of the account.
    pub next: Option<Cursor>,
}

/// The lines that `record` wrote in the history of `account`, newest first, and the sequence of the record before.
/// Nothing when the record does not touch the account.
pub(crate) fn entries_of(record: &Record, account: AccountId, code: AccountCode) -> Option<(Vec<Entry>, u64)> {
    let touched = record.touched.iter().find(|touched| touched.account == account)?;
    let mut sums = touched.sums;
    let mut entries = Vec::new();
    for (index, effect) in record.effects.iter().enumerate().rev() {
        let (direction, counterpart) = if effect.debit == account {
            (Direction::Debit, effect.credit)
        } else if effect.credit == account {
            (Direction::Credit, effect.debit)
        } else {
            continue;
        };
        entries.push(Entry {
            cursor: Cursor { sequence: record.sequence, effect: u16::try_from(index).unwrap_or(u16::MAX) },
            time: record.time,
            posting: record.posting.head.posting_ref(),
            kind: record.posting.head.kind,
            reference: record.posting.head.reference.clone(),
            details: record.posting.head.details.clone(),
            direction,
            amount: effect.amount,
            asset: effect.asset,
            counterpart,
            phase: effect.phase,
            balance_after: balance_of(code.side(), &sums),
            available_after: available_of(code.side(), &sums),
        });
        undo(&mut sums, direction, effect.amount, effect.phase);
    }
    Some((entries, touched.previous_sequence))
}

/// Takes one effect off the sums, so that the line before shows its own balance.
fn undo(sums: &mut Sums, direction: Direction, amount: i64, phase: Phase) {
    let (posted, pending) = match direction {
        Direction::Debit => (&mut sums.debits_posted, &mut sums.debits_pending),
        Direction::Credit => (&mut sums.credits_posted, &mut sums.credits_pending),
    };
    match phase {
        Phase::Posted => *posted -= amount,
        Phase::Reserved => *pending -= amount,
        Phase::Settled { released } => {
            *posted -= amount;
            *pending += amount + released;
        }
        Phase::Released => *pending += amount,
    }
}
