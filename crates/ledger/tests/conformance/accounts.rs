//! Accounts: opening, floors, ceilings, states.

use qianbao_core::Currency;
use qianbao_core::posting::{AccountState, Change, ChangeTo, Draft, Ensure, Mode};
use qianbao_ledger::Refusal;

use crate::world::{World, bank, bank_key, wallet, wallet_ensure, wallet_key};

fn set(world: &World, name: &str, to: ChangeTo) -> Draft {
    world.draft().change(wallet(name), to)
}

pub async fn ensures_open_once(world: World) {
    world.fund("ming", 1_000).await;
    // A second ensure changes nothing, whatever its bounds.
    world.post(world.draft().ensure(Ensure::open(wallet_key("ming")).floor(-500).ceiling(1))).await;
    let account = world.account(wallet("ming")).await;
    assert_eq!((account.floor, account.ceiling, account.available()), (Some(0), None, 1_000));
    assert_eq!(account.key, wallet_key("ming"));
    assert_eq!(account.state, AccountState::Open);
}

pub async fn floors_hold(world: World) {
    world.fund("ming", 1_000).await;
    world.fund("lan", 0).await;
    let reason = world.refuse(world.pay("ming", "lan", 1_001)).await;
    assert_eq!(reason, Refusal::Floor { leg: 0, account: wallet("ming"), short: 1 });
    world.post(world.pay("ming", "lan", 1_000)).await;
    world.refuse(world.pay("ming", "lan", 1)).await;
}

pub async fn ceilings_hold(world: World) {
    let ensure = wallet_ensure("ming").ceiling(500);
    let draft = world.draft().ensure(Ensure::open(bank_key())).ensure(ensure);
    world.post(draft.leg(bank(), wallet("ming"), Currency::CNY, 500)).await;
    let reason = world.refuse(world.draft().leg(bank(), wallet("ming"), Currency::CNY, 3)).await;
    assert_eq!(reason, Refusal::Ceiling { leg: 0, account: wallet("ming"), excess: 3 });
    // A lowered ceiling does not stop what leaves.
    world.post(set(&world, "ming", ChangeTo::Ceiling(Some(100)))).await;
    world.post(world.draft().leg(wallet("ming"), bank(), Currency::CNY, 50)).await;
    world.post(set(&world, "ming", ChangeTo::Ceiling(None))).await;
    world.post(world.draft().leg(bank(), wallet("ming"), Currency::CNY, 10_000)).await;
}

pub async fn ceilings_count_pending_income(world: World) {
    world.fund("ming", 1_000).await;
    world.post(world.draft().ensure(wallet_ensure("lan").ceiling(500))).await;
    let reserved = Draft { mode: Mode::Pending { expires_at: None }, ..world.pay("ming", "lan", 400) };
    world.post(reserved).await;
    let reason = world.refuse(world.pay("ming", "lan", 101)).await;
    assert_eq!(reason, Refusal::Ceiling { leg: 0, account: wallet("lan"), excess: 1 });
}

pub async fn states_bind(world: World) {
    world.fund("ming", 1_000).await;
    world.fund("lan", 1_000).await;
    for (state, may_pay, may_get) in [
        (AccountState::NoDebit, false, true),
        (AccountState::Frozen, false, false),
        (AccountState::Dormant, false, true),
        (AccountState::Open, true, true),
    ] {
        world.post(set(&world, "ming", ChangeTo::State(state))).await;
        let pays = world.submit(world.pay("ming", "lan", 1)).await;
        let gets = world.submit(world.pay("lan", "ming", 1)).await;
        let refused = |is_allowed: bool| {
            let reason = Refusal::State { leg: 0, account: wallet("ming"), state };
            (!is_allowed).then_some(reason)
        };
        for (answer, is_allowed) in [(pays, may_pay), (gets, may_get)] {
            match answer.expect("an outcome") {
                qianbao_ledger::Outcome::Posted { .. } => assert!(is_allowed, "{state:?}"),
                qianbao_ledger::Outcome::Refused { reason, .. } => assert_eq!(Some(reason), refused(is_allowed)),
            }
        }
    }
}

pub async fn a_freeze_and_a_payment_have_an_order(world: World) {
    world.fund("ming", 1_000).await;
    world.fund("lan", 0).await;
    let before = world.post(world.pay("ming", "lan", 1)).await;
    let freeze = world.post(set(&world, "ming", ChangeTo::State(AccountState::Frozen))).await;
    assert!(before < freeze);
    world.refuse(world.pay("ming", "lan", 1)).await;
    let missing = world.refuse(set(&world, "nobody", ChangeTo::State(AccountState::Open))).await;
    assert_eq!(missing, Refusal::ChangedMissing { change: 0 });
}

pub async fn closing_needs_zero(world: World) {
    world.fund("ming", 10).await;
    world.fund("lan", 0).await;
    let close = || set(&world, "ming", ChangeTo::State(AccountState::Closed));
    assert_eq!(world.refuse(close()).await, Refusal::NotEmpty { change: 0 });
    // Sweeping and closing may be one posting: changes come after the legs.
    let to = ChangeTo::State(AccountState::Closed);
    let mut sweep = world.pay("ming", "lan", 10);
    sweep.changes.push(Change { account: wallet("ming"), to });
    world.post(sweep).await;
    assert_eq!(world.refuse(close()).await, Refusal::ChangedClosed { change: 0 });
    world.refuse(world.pay("lan", "ming", 1)).await;

    let reserved = Draft { mode: Mode::Pending { expires_at: None }, ..world.pay("lan", "chen", 10) };
    world.post(reserved.ensure(wallet_ensure("chen"))).await;
    let pending = world.refuse(set(&world, "chen", to)).await;
    assert_eq!(pending, Refusal::NotEmpty { change: 0 });
}

pub async fn a_raised_floor_binds_only_debits(world: World) {
    world.fund("ming", 100).await;
    world.fund("lan", 100).await;
    world.post(set(&world, "ming", ChangeTo::Floor(Some(500)))).await;
    let reason = world.refuse(world.pay("ming", "lan", 1)).await;
    assert_eq!(reason, Refusal::Floor { leg: 0, account: wallet("ming"), short: 401 });
    world.post(world.pay("lan", "ming", 50)).await;
}
