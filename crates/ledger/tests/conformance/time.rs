//! Rules 2 and 4: one order, final "no", ledger days.

use qianbao_core::posting::{ClaimKey, Draft, OnVoid};
use qianbao_ledger::{Outcome, Refusal, SubmitError};

use crate::world::{START, World};

pub async fn one_gapless_order(world: World) {
    world.fund("ming", 100).await;
    world.fund("lan", 0).await;
    for round in 0..20 {
        // Every third one is refused and leaves no gap.
        let amount = if round % 3 == 0 { 1_000 } else { 1 };
        let _ = world.submit(world.pay("ming", "lan", amount)).await.expect("an outcome");
    }
    let tail = world.ledger.tail(0, 1_000).await.expect("readable");
    let sequences: Vec<u64> = tail.iter().map(|record| record.sequence).collect();
    assert_eq!(sequences, (1..=tail.len() as u64).collect::<Vec<_>>());
    assert_eq!(tail.len(), 2 + 13);
}

pub async fn too_late_is_final(world: World) {
    let key = |part: &[u8]| ClaimKey::new("qianbao/test/late", &[part]);
    let mut in_time = world.draft().claim(key(b"in time"), OnVoid::Keep);
    in_time.head.not_after = Some(START);
    let answer = world.submit(in_time.clone()).await;
    assert_eq!(answer, Ok(Outcome::Posted { sequence: 1, time: START }));
    world.clock.advance_seconds(1);
    assert_eq!(world.submit(in_time).await, answer, "the stored outcome comes first");
    let mut late = world.draft().claim(key(b"late"), OnVoid::Keep);
    late.head.not_after = Some(START);
    let reason = world.refuse(late).await;
    assert_eq!(reason, Refusal::TooLate { not_after: START, time: START.plus_seconds(1) });
}

pub async fn stale_leaves_the_id_open(world: World) {
    let built_for = world.ledger.day();
    let draft = world.draft().claim(ClaimKey::new("qianbao/test/day", &[]), OnVoid::Keep);
    let draft = Draft { day: Some(built_for), ..draft };
    // START is noon in Shanghai: the day ends 12 hours later.
    world.clock.advance_seconds(12 * 3_600);
    let today = world.ledger.day();
    assert_ne!(built_for, today);
    assert_eq!(world.submit(draft.clone()).await, Err(SubmitError::Stale { built_for, today }));
    assert_eq!(world.ledger.posting(draft.head.posting_ref()).await, Ok(None));
    world.post(Draft { day: Some(today), ..draft }).await;
}

pub async fn time_never_runs_backwards(world: World) {
    let claim = |number: u8| world.draft().claim(ClaimKey::new("qianbao/test/time", &[&[number]]), OnVoid::Keep);
    world.clock.advance_seconds(100);
    world.post(claim(1)).await;
    world.clock.advance_seconds(-50);
    world.post(claim(2)).await;
    let tail = world.ledger.tail(0, 10).await.expect("readable");
    assert_eq!(tail[1].time, START.plus_seconds(100));
}
