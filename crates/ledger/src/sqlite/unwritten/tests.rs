//! What each snapshot finds, before and after a writing.

use super::*;
use qianbao_core::Currency;
use qianbao_core::chart::AccountCode;
use qianbao_core::posting::{AccountKey, Ensure, Owner};

fn row(owner: &str) -> Account {
    Account::opened(&Ensure::open(AccountKey::new(AccountCode::PersonalWallet, Owner::named(owner), Currency::CNY)))
}

fn left(id: AccountId, sequence: u64, credits: i64) -> Left {
    let sums = Sums { credits_posted: credits, ..Sums::default() };
    let balances = vec![(id, Balance { sums, last_sequence: sequence, postings: sequence })];
    let name = [u8::try_from(sequence).expect("a small sequence"); 32];
    Left { balances, names: vec![(name, sequence)], marks: vec![Mark { account: id, sequence, postings: sequence }] }
}

fn seen(unwritten: &Unwritten, row: Account, sequence: u64) -> Result<i64, Overtaken> {
    unwritten.account_at(row, sequence).map(|account| account.sums.credits_posted)
}

#[test]
fn each_snapshot_finds_what_it_has_and_nothing_later() {
    let (unwritten, row) = (Unwritten::default(), row("ming"));
    unwritten.note(2, left(row.id, 2, 20));
    unwritten.note(5, left(row.id, 4, 40));
    assert_eq!([1, 2, 4, 5, 9].map(|at| seen(&unwritten, row, at)), [0, 20, 20, 40, 40].map(Ok));
    assert_eq!([3, 4].map(|at| unwritten.name_at(&[4; 32], at)), [Ok(None), Ok(Some(4))]);
    assert_eq!(unwritten.names_at([0; 32], [9; 32], 3), Ok(vec![([2; 32], 2)]));
    assert_eq!([1, 3].map(|wanted| unwritten.mark_at(row.id, wanted, 2, 5)), [Ok(Some(2)), Ok(Some(4))]);
    assert_eq!((unwritten.mark_at(row.id, 1, 4, 5), unwritten.mark_at(row.id, 3, 2, 3)), (Ok(Some(4)), Ok(None)));
}

#[test]
fn a_row_that_is_later_holds() {
    let (unwritten, row) = (Unwritten::default(), row("ming"));
    unwritten.note(2, left(row.id, 2, 20));
    let sums = Sums { credits_posted: 30, ..Sums::default() };
    let written = Account { sums, last_sequence: 3, postings: 3, ..row };
    assert_eq!(seen(&unwritten, written, 9), Ok(30));
}

#[test]
fn a_snapshot_from_before_one_writing_goes_on_and_one_from_before_two_begins_again() {
    let (unwritten, row) = (Unwritten::default(), row("ming"));
    unwritten.note(2, left(row.id, 2, 20));
    assert_eq!(unwritten.waiting().map(|waiting| waiting.names), Some(vec![([2; 32], 2)]));
    unwritten.written(2);
    assert!(unwritten.waiting().is_none());
    unwritten.note(3, left(row.id, 3, 30));
    assert_eq!([2, 3].map(|at| seen(&unwritten, row, at)), [Ok(20), Ok(30)]);
    unwritten.written(3);
    assert_eq!([1, 2].map(|at| seen(&unwritten, row, at)), [Err(Overtaken), Ok(0)], "the row has it by now");
    assert_eq!(seen(&unwritten, row, 3), Ok(30));
}
