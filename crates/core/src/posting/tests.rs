//! Rules of form: what is not a posting.

use super::*;
use crate::Currency;
use crate::chart::AccountCode;

fn head() -> Head {
    Head {
        owner: Owner::named("starter"),
        id: PostingId::from_parts(1, [0; 10]),
        kind: PostingKind::literal("payment"),
        reference: String::new(),
        digest: [0; 32],
        not_after: None,
        details: Vec::new(),
    }
}

fn account(name: &str) -> AccountId {
    AccountKey::new(AccountCode::PersonalWallet, Owner::named(name), Currency::CNY).id()
}

fn transfer() -> Draft {
    Draft::new(head()).leg(account("a"), account("b"), Currency::CNY, 100)
}

#[test]
fn a_transfer_is_a_posting() {
    let posting = transfer().finish().expect("a plain transfer has the right form");
    assert_eq!(posting.legs.len(), 1);
    assert_eq!(posting.clone().into_draft().finish(), Ok(posting));
}

#[test]
fn nothing_is_not_a_posting() {
    assert_eq!(Draft::new(head()).finish(), Err(PostingError::Empty));
    let guarded = Draft::new(head()).guard(account("a"), Measure::NetDebits, 1);
    assert_eq!(guarded.finish(), Err(PostingError::Empty));
}

#[test]
fn claims_alone_are_a_posting() {
    let key = ClaimKey::new("order", &[b"1"]);
    assert!(Draft::new(head()).claim(key, OnVoid::Free).finish().is_ok());
    let twice = Draft::new(head()).claim(key, OnVoid::Free).claim(key, OnVoid::Keep);
    assert_eq!(twice.finish(), Err(PostingError::SameClaim { claim: 1 }));
}

#[test]
fn legs_move_something_between_two_accounts() {
    for found in [0, -1, i64::MIN] {
        let draft = Draft::new(head()).leg(account("a"), account("b"), Currency::CNY, found);
        assert_eq!(draft.finish(), Err(PostingError::Amount { leg: 0, found }));
    }
    let draft = transfer().leg(account("a"), account("a"), Currency::CNY, 1);
    assert_eq!(draft.finish(), Err(PostingError::SameAccount { leg: 1 }));
}

#[test]
fn everything_has_a_limit() {
    let mut draft = transfer();
    draft.legs = vec![draft.legs[0]; Posting::LEGS_MAX];
    assert!(draft.clone().finish().is_ok());
    draft.legs.push(draft.legs[0]);
    assert_eq!(draft.finish(), Err(PostingError::TooMany { part: "legs", max: 64, found: 65 }));

    let mut draft = transfer();
    for index in 0..=Posting::GUARDS_MAX {
        draft = draft.guard(account("a"), Measure::NetDebits, i64::try_from(index).expect("small"));
    }
    assert_eq!(draft.finish(), Err(PostingError::TooMany { part: "guards", max: 8, found: 9 }));

    let mut draft = transfer();
    draft.head.details = vec![0; 513];
    assert_eq!(draft.finish(), Err(PostingError::TooLong { part: "details", max: 512, found: 513 }));
}

#[test]
fn modes_carry_only_what_is_theirs() {
    let pending = head().posting_ref();
    let void = Draft { mode: Mode::Void { pending }, ..transfer() };
    assert_eq!(void.finish(), Err(PostingError::NotInMode { part: "legs", mode: "a void" }));
    let change = Draft { mode: Mode::Pending { expires_at: None }, ..transfer() }
        .change(account("a"), ChangeTo::State(AccountState::Frozen));
    assert_eq!(change.finish(), Err(PostingError::NotInMode { part: "account changes", mode: "pending" }));
    let part = Draft { mode: Mode::Settle { pending, settled: Settled::Part(vec![3, -1]) }, ..Draft::new(head()) };
    assert_eq!(part.finish(), Err(PostingError::SettledAmount { leg: 1, found: -1 }));
    let whole = Draft { mode: Mode::Settle { pending, settled: Settled::Whole }, ..Draft::new(head()) };
    assert!(whole.finish().is_ok());
}

#[test]
fn ids_are_of_version_7() {
    let found = uuid::Uuid::from_u128(0);
    assert_eq!(PostingId::new(found), Err(PostingError::IdVersion { found }));
}

#[test]
fn a_floor_is_not_above_its_ceiling() {
    let key = AccountKey::new(AccountCode::PersonalWallet, Owner::named("a"), Currency::CNY);
    let draft = Draft::new(head()).ensure(Ensure::open(key).floor(2).ceiling(1));
    assert_eq!(draft.finish(), Err(PostingError::Bounds { floor: 2, ceiling: 1 }));
}
