//! After a fault: the ledger is opened again and asked for everything.
//!
//! 1. Every acknowledged number has the outcome that was acknowledged: same sequence, same time, same reason.
//! 2. Every other number that may have been sent is sent again, twice: it gets one outcome, the stored one where there was one.
//! 3. The books: each account is the fold of its legs, within its bounds, totals are zero, no claim was taken twice.
//! 4. The ledger's own audit finds nothing.

use qianbao_ledger::Ledger;
use tokio::runtime::Runtime;

use crate::books::Books;
use crate::life::Acknowledged;
use crate::postings::{name, posting};
use crate::said::Short;
use crate::write::insist;
use crate::{Told, hold};

/// What a story knows of its ledger, over all its faults.
#[derive(Default)]
pub struct Memory {
    acknowledged: Acknowledged,
    books: Books,
}

/// The numbers that one life may have used.
#[derive(Clone, Copy, Debug)]
pub struct Numbers {
    /// The first.
    pub first: u64,
    /// How many callers shared them.
    pub callers: u64,
    /// The one after the last.
    pub end: u64,
}

impl Numbers {
    /// Those that may have been sent and were not answered, given what was: each caller sends its next number only when it
    /// was answered.
    fn unanswered(self, acknowledged: &Acknowledged) -> Vec<u64> {
        let step = usize::try_from(self.callers).unwrap_or(1);
        let next =
            |caller| (self.first + caller..self.end).step_by(step).find(|number| !acknowledged.contains_key(number));
        (0..self.callers).filter_map(next).collect()
    }
}

impl Memory {
    /// How many numbers were looked for, over all lives.
    pub fn looked_for(&self) -> u64 {
        self.acknowledged.len() as u64
    }

    /// Checks a ledger at rest after a life; what that life acknowledged is remembered.
    pub fn check(&mut self, runtime: &Runtime, ledger: &Ledger, life: Acknowledged, numbers: Numbers) -> Told<()> {
        self.check_with_late(runtime, ledger, life, &Acknowledged::new(), numbers).map(drop)
    }

    /// The same where some outcomes were heard too late to count as acknowledged: they may be kept or not, and then have one
    /// outcome as everything else that was sent. Answers how many were not kept.
    pub fn check_with_late(
        &mut self,
        runtime: &Runtime,
        ledger: &Ledger,
        life: Acknowledged,
        late: &Acknowledged,
        numbers: Numbers,
    ) -> Told<u64> {
        runtime.block_on(async {
            for (number, outcome) in &life {
                find(ledger, *number, *outcome).await?;
            }
            let mut gone = 0;
            let mut all = life.clone();
            for (number, outcome) in late {
                all.insert(*number, *outcome);
                let settled = settle(ledger, *number).await?;
                gone += u64::from(settled != *outcome);
                self.remember(*number, settled)?;
            }
            for number in numbers.unanswered(&all) {
                let outcome = settle(ledger, number).await?;
                self.remember(number, outcome)?;
            }
            for (number, outcome) in life {
                self.remember(number, outcome)?;
            }
            self.books.follow(ledger, None).await?;
            self.books.compare_all(ledger).await?;
            let audit = ledger.audit().await?;
            hold!(audit.findings.is_empty(), "the audit found {:?}", audit.findings);
            hold!(audit.sequence == self.books.sequence(), "the audit ended at {}", audit.sequence);
            Ok(gone)
        })
    }

    /// Looks again for everything that was ever acknowledged or settled.
    pub fn check_all(&self, runtime: &Runtime, ledger: &Ledger) -> Told<()> {
        runtime.block_on(async {
            for (number, outcome) in &self.acknowledged {
                find(ledger, *number, *outcome).await?;
            }
            Ok(())
        })
    }

    fn remember(&mut self, number: u64, outcome: Short) -> Told<()> {
        let before = self.acknowledged.insert(number, outcome);
        hold!(
            before.is_none_or(|before| before == outcome),
            "{number} was {before:?} and was acknowledged again as {outcome:?}"
        );
        Ok(())
    }
}

/// The stored outcome is the acknowledged one.
async fn find(ledger: &Ledger, number: u64, outcome: Short) -> Told<()> {
    let stored = ledger.posting(name(number)).await?.map(|answer| Short::of_answer(&answer));
    hold!(stored == Some(outcome), "LOST: {number} was acknowledged as {outcome:?} and is {stored:?}");
    Ok(())
}

/// Sends a number that was not answered again, twice.
async fn settle(ledger: &Ledger, number: u64) -> Told<Short> {
    let stored = ledger.posting(name(number)).await?.map(|answer| Short::of_answer(&answer));
    let first = Short::of(&insist(ledger, posting(number)).await?);
    let second = Short::of(&insist(ledger, posting(number)).await?);
    hold!(first == second, "{number} is {first:?}, and {second:?} when it is sent again");
    hold!(
        stored.is_none_or(|stored| stored == first),
        "{number} was {stored:?} and is {first:?} when it is sent again"
    );
    Ok(first)
}
