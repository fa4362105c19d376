//! Rule 5: two phases.

use std::time::Duration;

use qianbao_core::posting::{AccountState, ChangeTo, ClaimKey, Draft, Mode, OnVoid, Owner, PostingRef, Settled};
use qianbao_core::{Currency, Timestamp};
use qianbao_ledger::{Refusal, Resolution, Sums};

use crate::world::{START, World, wallet};

async fn start(world: &World) {
    world.fund("ming", 1_000).await;
    world.fund("lan", 0).await;
    world.fund("fees", 0).await;
}

async fn reserve(world: &World, amount: i64, expires_at: Option<Timestamp>) -> PostingRef {
    let draft = Draft { mode: Mode::Pending { expires_at }, ..world.pay("ming", "lan", amount) };
    let name = draft.head.posting_ref();
    world.post(draft).await;
    name
}

fn settle(world: &World, pending: PostingRef, settled: Settled) -> Draft {
    Draft { mode: Mode::Settle { pending, settled }, ..world.draft() }
}

fn void(world: &World, pending: PostingRef) -> Draft {
    Draft { mode: Mode::Void { pending }, ..world.draft() }
}

pub async fn it_counts_at_once_and_credits_nothing(world: World) {
    start(&world).await;
    reserve(&world, 700, None).await;
    assert_eq!(world.available(wallet("ming")).await, 300);
    assert_eq!(world.account(wallet("ming")).await.balance(), 1_000);
    assert_eq!(world.available(wallet("lan")).await, 0);
    world.refuse(world.pay("ming", "lan", 301)).await;
    world.refuse(world.pay("lan", "ming", 1)).await;
}

pub async fn settled_whole(world: World) {
    start(&world).await;
    let pending = reserve(&world, 700, None).await;
    let sequence = world.post(settle(&world, pending, Settled::Whole)).await;
    let sums = Sums { debits_posted: 700, credits_posted: 1_000, ..Sums::default() };
    assert_eq!(world.account(wallet("ming")).await.sums, sums);
    assert_eq!(world.available(wallet("lan")).await, 700);
    let state = world.ledger.pending(pending).await.expect("readable").expect("was pending");
    assert_eq!(state.resolved, Some((Resolution::Settled, sequence)));
}

pub async fn settled_in_part(world: World) {
    start(&world).await;
    let pending = reserve(&world, 700, None).await;
    world.post(settle(&world, pending, Settled::Part(vec![450]))).await;
    assert_eq!(world.available(wallet("ming")).await, 550);
    assert_eq!(world.available(wallet("lan")).await, 450);
    assert_eq!(world.account(wallet("ming")).await.sums.debits_pending, 0);
    assert_eq!(world.account(wallet("lan")).await.sums.credits_pending, 0);
}

pub async fn settled_with_further_legs(world: World) {
    start(&world).await;
    let pending = reserve(&world, 700, None).await;
    let draft = settle(&world, pending, Settled::Whole).leg(wallet("lan"), wallet("fees"), Currency::CNY, 701);
    let reason = world.refuse(draft).await;
    assert_eq!(reason, Refusal::Floor { leg: 0, account: wallet("lan"), short: 1 });
    // The refusal left it pending.
    let draft = settle(&world, pending, Settled::Whole).leg(wallet("lan"), wallet("fees"), Currency::CNY, 7);
    world.post(draft).await;
    assert_eq!(world.available(wallet("lan")).await, 693);
    assert_eq!(world.available(wallet("fees")).await, 7);
}

pub async fn voided(world: World) {
    start(&world).await;
    let pending = reserve(&world, 700, None).await;
    let sequence = world.post(void(&world, pending)).await;
    let sums = Sums { credits_posted: 1_000, ..Sums::default() };
    assert_eq!(world.account(wallet("ming")).await.sums, sums);
    assert_eq!(world.account(wallet("lan")).await.sums, Sums::default());
    let state = world.ledger.pending(pending).await.expect("readable").expect("was pending");
    assert_eq!(state.resolved, Some((Resolution::Voided, sequence)));
}

pub async fn resolved_once(world: World) {
    start(&world).await;
    let settled = reserve(&world, 100, None).await;
    world.post(settle(&world, settled, Settled::Whole)).await;
    let is_settled = Refusal::PendingResolved { resolution: Resolution::Settled };
    assert_eq!(world.refuse(settle(&world, settled, Settled::Whole)).await, is_settled);
    assert_eq!(world.refuse(void(&world, settled)).await, is_settled);
    let voided = reserve(&world, 100, None).await;
    world.post(void(&world, voided)).await;
    let is_voided = Refusal::PendingResolved { resolution: Resolution::Voided };
    assert_eq!(world.refuse(settle(&world, voided, Settled::Whole)).await, is_voided);
    assert_eq!(world.available(wallet("lan")).await, 100);
}

pub async fn expires_by_itself(world: World) {
    start(&world).await;
    let claim = ClaimKey::new("qianbao/test/order", &[b"expires"]);
    let expires_at = Some(START.plus_seconds(600));
    let draft = Draft { mode: Mode::Pending { expires_at }, ..world.pay("ming", "lan", 700) };
    let pending = draft.head.posting_ref();
    let sequence = world.post(draft.claim(claim, OnVoid::Free)).await;
    world.clock.advance_seconds(599);
    world.fund("chen", 1).await;
    assert_eq!(world.available(wallet("ming")).await, 300);
    world.clock.advance_seconds(1);
    // Nobody submits anything: the engine's timer finds it.
    let mut head = world.ledger.head();
    let expired = tokio::time::timeout(Duration::from_secs(10), head.wait_for(|&head| head == sequence + 2)).await;
    expired.expect("the engine voids within its timer").expect("the engine runs");
    assert_eq!(world.available(wallet("ming")).await, 1_000);
    assert_eq!(world.ledger.claim_holder(claim).await, Ok(None));
    let state = world.ledger.pending(pending).await.expect("readable").expect("was pending");
    assert_eq!(state.resolved, Some((Resolution::Expired, sequence + 2)));
    let record = world.ledger.record(sequence + 2).await.expect("readable").expect("posted");
    assert_eq!(record.posting.head.owner, Owner::ENGINE);
    assert_eq!(record.time, START.plus_seconds(600));
}

pub async fn an_expired_one_cannot_be_settled(world: World) {
    start(&world).await;
    let pending = reserve(&world, 700, Some(START.plus_seconds(600))).await;
    world.clock.advance_seconds(600);
    let is_expired = Refusal::PendingResolved { resolution: Resolution::Expired };
    assert_eq!(world.refuse(settle(&world, pending, Settled::Whole)).await, is_expired);
    assert_eq!(world.refuse(void(&world, pending)).await, is_expired);
    assert_eq!(world.available(wallet("ming")).await, 1_000);
}

pub async fn without_expiry_it_waits(world: World) {
    start(&world).await;
    let pending = reserve(&world, 700, None).await;
    world.clock.advance_seconds(10 * 365 * 86_400);
    world.fund("chen", 1).await;
    assert_eq!(world.available(wallet("ming")).await, 300);
    world.post(settle(&world, pending, Settled::Whole)).await;
}

pub async fn a_freeze_does_not_stop_a_settlement(world: World) {
    start(&world).await;
    let first = reserve(&world, 100, None).await;
    let second = reserve(&world, 100, None).await;
    for name in ["ming", "lan"] {
        world.post(world.draft().change(wallet(name), ChangeTo::State(AccountState::Frozen))).await;
    }
    world.post(settle(&world, first, Settled::Whole)).await;
    let further = settle(&world, second, Settled::Whole).leg(wallet("lan"), wallet("fees"), Currency::CNY, 1);
    let state = AccountState::Frozen;
    assert_eq!(world.refuse(further).await, Refusal::State { leg: 0, account: wallet("lan"), state });
    world.post(void(&world, second)).await;
}

pub async fn only_pending_ones_are_settled(world: World) {
    start(&world).await;
    let paid = world.pay("ming", "lan", 1);
    let name = paid.head.posting_ref();
    let missing = settle(&world, name, Settled::Whole);
    assert_eq!(world.refuse(missing).await, Refusal::PendingMissing);
    let sequence = world.post(paid).await;
    assert_eq!(world.refuse(settle(&world, name, Settled::Whole)).await, Refusal::NotPending { sequence });
    assert_eq!(world.ledger.pending(name).await, Ok(None));
    let refused = world.pay("ming", "lan", 1_000_000);
    let name = refused.head.posting_ref();
    world.refuse(refused).await;
    assert_eq!(world.refuse(void(&world, name)).await, Refusal::PendingMissing);
}

pub async fn too_much_is_refused(world: World) {
    start(&world).await;
    let pending = reserve(&world, 700, None).await;
    let reason = world.refuse(settle(&world, pending, Settled::Part(vec![701]))).await;
    assert_eq!(reason, Refusal::SettledTooMuch { leg: 0, reserved: 700, found: 701 });
    let reason = world.refuse(settle(&world, pending, Settled::Part(vec![1, 1]))).await;
    assert_eq!(reason, Refusal::SettledCount { expected: 1, found: 2 });
    assert_eq!(world.available(wallet("ming")).await, 300);
    world.post(settle(&world, pending, Settled::Part(vec![0]))).await;
    assert_eq!(world.available(wallet("ming")).await, 1_000);
}

pub async fn pending_and_settled_in_one_batch(world: World) {
    start(&world).await;
    let reserved = Draft { mode: Mode::Pending { expires_at: None }, ..world.pay("ming", "lan", 10) };
    let settled = settle(&world, reserved.head.posting_ref(), Settled::Whole);
    // Sent without waiting: they meet in one batch or in two, in this order.
    let (first, second) = tokio::join!(world.submit(reserved), world.submit(settled));
    assert!(matches!(first, Ok(qianbao_ledger::Outcome::Posted { .. })), "{first:?}");
    assert!(matches!(second, Ok(qianbao_ledger::Outcome::Posted { .. })), "{second:?}");
    assert_eq!(world.available(wallet("lan")).await, 10);
}

pub async fn expired_before_it_began(world: World) {
    start(&world).await;
    let draft = Draft { mode: Mode::Pending { expires_at: Some(START) }, ..world.pay("ming", "lan", 1) };
    assert_eq!(world.refuse(draft).await, Refusal::TooLate { not_after: START, time: START });
}
