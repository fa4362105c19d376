//! Rule 1: one id, one outcome.

use qianbao_core::posting::{Draft, Owner};
use qianbao_ledger::{Outcome, Refusal, SubmitError};

use crate::world::{World, wallet};

pub async fn a_repeat_gets_the_first_answer(world: World) {
    world.fund("ming", 1_000).await;
    world.fund("lan", 0).await;
    let draft = world.pay("ming", "lan", 400);
    let first = world.submit(draft.clone()).await;
    world.clock.advance_seconds(60);
    for _ in 0..3 {
        assert_eq!(world.submit(draft.clone()).await, first);
    }
    assert_eq!(world.available(wallet("lan")).await, 400);
}

pub async fn a_refusal_closes_the_id(world: World) {
    world.fund("ming", 100).await;
    world.fund("lan", 0).await;
    let draft = world.pay("ming", "lan", 400);
    let first = world.submit(draft.clone()).await;
    assert!(matches!(first, Ok(Outcome::Refused { reason: Refusal::Floor { short: 300, .. }, .. })), "{first:?}");
    world.fund("ming", 1_000).await;
    assert_eq!(world.submit(draft.clone()).await, first);
    let new_try = Draft { head: world.head(), ..draft };
    world.post(new_try).await;
}

pub async fn another_request_is_refused(world: World) {
    world.fund("ming", 1_000).await;
    world.fund("lan", 0).await;
    for amount in [400, 4_000] {
        let draft = world.pay("ming", "lan", amount);
        let first = world.submit(draft.clone()).await;
        let mut other = draft.clone();
        other.head.digest = [9; 32];
        assert_eq!(world.submit(other).await, Err(SubmitError::IdReused));
        // The digest of the request counts, not what was computed from it.
        let mut recomputed = draft;
        recomputed.legs[0].amount += 1;
        assert_eq!(world.submit(recomputed).await, first);
    }
    assert_eq!(world.available(wallet("lan")).await, 400);
}

pub async fn ids_belong_to_their_owner(world: World) {
    world.fund("ming", 1_000).await;
    world.fund("lan", 0).await;
    let draft = world.pay("ming", "lan", 10);
    let mut other = draft.clone();
    other.head.owner = Owner::named("somebody else");
    let first = world.post(draft).await;
    assert_eq!(world.post(other).await, first + 1);
}

pub async fn one_of_many_callers_wins(world: World) {
    world.fund("ming", 1_000).await;
    world.fund("lan", 0).await;
    let posting = world.pay("ming", "lan", 900).finish().expect("a transfer");
    let tries: Vec<_> = (0..64)
        .map(|_| {
            let (ledger, posting) = (world.ledger.clone(), posting.clone());
            tokio::spawn(async move { ledger.submit(posting).await })
        })
        .collect();
    let mut answers = Vec::new();
    for attempt in tries {
        answers.push(attempt.await.expect("the attempt ends"));
    }
    assert!(matches!(answers[0], Ok(Outcome::Posted { .. })));
    answers.dedup();
    assert_eq!(answers.len(), 1);
    assert_eq!(world.available(wallet("ming")).await, 100);
}

pub async fn the_engine_keeps_its_own_owner(world: World) {
    world.fund("ming", 1_000).await;
    let mut draft = world.pay("ming", "lan", 1);
    draft.head.owner = Owner::ENGINE;
    assert_eq!(world.submit(draft).await, Err(SubmitError::OwnerReserved));
}
