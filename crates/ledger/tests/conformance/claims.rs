//! Claims: one-use things.

use qianbao_core::posting::{ClaimKey, Draft, Mode, OnVoid};
use qianbao_ledger::{Holder, Refusal};

use crate::world::{World, wallet};

fn order(number: u8) -> ClaimKey {
    ClaimKey::new("qianbao/test/order", &[&[number]])
}

async fn start(world: &World) {
    world.fund("ming", 1_000).await;
    world.fund("lan", 0).await;
}

pub async fn a_claim_is_held_once(world: World) {
    start(&world).await;
    assert_eq!(world.ledger.claim_holder(order(1)).await, Ok(None));
    let paid = world.pay("ming", "lan", 100).claim(order(1), OnVoid::Free);
    let holder = paid.head.posting_ref();
    let sequence = world.post(paid).await;
    let reason = world.refuse(world.pay("ming", "lan", 100).claim(order(1), OnVoid::Free)).await;
    assert_eq!(reason, Refusal::ClaimTaken { claim: 0, holder, holder_sequence: sequence });
    assert_eq!(world.ledger.claim_holder(order(1)).await, Ok(Some(Holder { posting: holder, sequence })));
    assert_eq!(world.available(wallet("lan")).await, 100);
}

pub async fn claims_alone_are_a_posting(world: World) {
    start(&world).await;
    let cancel = world.draft().claim(order(2), OnVoid::Free);
    world.post(cancel).await;
    world.refuse(world.pay("ming", "lan", 100).claim(order(2), OnVoid::Free)).await;
    assert_eq!(world.available(wallet("ming")).await, 1_000);
}

pub async fn the_claims_of_one_posting_are_checked_in_order(world: World) {
    start(&world).await;
    world.post(world.draft().claim(order(3), OnVoid::Free)).await;
    let draft = world.pay("ming", "lan", 5_000).claim(order(4), OnVoid::Free).claim(order(3), OnVoid::Free);
    let reason = world.refuse(draft).await;
    assert!(matches!(reason, Refusal::ClaimTaken { claim: 1, .. }), "claims come before floors: {reason:?}");
    world.post(world.draft().claim(order(4), OnVoid::Free)).await;
}

pub async fn a_void_frees_what_its_kind_says(world: World) {
    start(&world).await;
    let reserved = world.pay("ming", "lan", 100).claim(order(5), OnVoid::Free).claim(order(6), OnVoid::Keep);
    let reserved = Draft { mode: Mode::Pending { expires_at: None }, ..reserved };
    let pending = reserved.head.posting_ref();
    world.post(reserved).await;
    world.refuse(world.draft().claim(order(5), OnVoid::Free)).await;
    // The void may take at once what it gives back.
    let void = Draft { mode: Mode::Void { pending }, ..world.draft() };
    let holder = void.head.posting_ref();
    let sequence = world.post(void.claim(order(7), OnVoid::Keep)).await;
    assert_eq!(world.ledger.claim_holder(order(5)).await, Ok(None));
    assert_eq!(world.ledger.claim_holder(order(7)).await, Ok(Some(Holder { posting: holder, sequence })));
    let reason = world.refuse(world.draft().claim(order(6), OnVoid::Free)).await;
    assert!(matches!(reason, Refusal::ClaimTaken { claim: 0, holder, .. } if holder == pending), "{reason:?}");
    world.post(world.draft().claim(order(5), OnVoid::Free)).await;
}

pub async fn a_refusal_takes_nothing(world: World) {
    start(&world).await;
    world.refuse(world.pay("ming", "lan", 5_000).claim(order(8), OnVoid::Free)).await;
    assert_eq!(world.ledger.claim_holder(order(8)).await, Ok(None));
    world.post(world.pay("ming", "lan", 500).claim(order(8), OnVoid::Free)).await;
}
