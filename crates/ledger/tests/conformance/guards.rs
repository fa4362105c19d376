//! Guards: conditions on accounts after the legs.

use qianbao_core::Currency;
use qianbao_core::posting::{Asset, Draft, Ensure, Measure, Mode};
use qianbao_ledger::Refusal;

use crate::world::{World, budget_key, counter_key, wallet};

/// A payment that spends a budget of 500.
fn spend(world: &World, amount: i64) -> Draft {
    let budget = budget_key("ming");
    world
        .pay("ming", "lan", amount)
        .ensure(Ensure::open(budget))
        .ensure(Ensure::open(counter_key()))
        .leg(budget.id(), counter_key().id(), Asset::Limit(Currency::CNY), amount)
        .guard(budget.id(), Measure::NetDebits, 500)
}

async fn start(world: &World) {
    world.fund("ming", 10_000).await;
    world.fund("lan", 0).await;
}

pub async fn budgets_hold(world: World) {
    start(&world).await;
    world.post(spend(&world, 300)).await;
    let reserved = Draft { mode: Mode::Pending { expires_at: None }, ..spend(&world, 150) };
    world.post(reserved.clone()).await;
    // 300 posted, 150 pending: both count.
    let reason = world.refuse(spend(&world, 51)).await;
    assert_eq!(reason, Refusal::Guard { guard: 0, measured: 501, at_most: 500 });
    world.post(spend(&world, 50)).await;
    let void = Draft { mode: Mode::Void { pending: reserved.head.posting_ref() }, ..world.draft() };
    world.post(void).await;
    world.post(spend(&world, 150)).await;
    assert_eq!(world.available(wallet("lan")).await, 500);
}

pub async fn a_guard_is_named(world: World) {
    start(&world).await;
    let draft = world.pay("ming", "lan", 100).guard(wallet("ming"), Measure::NetDebits, -9_900).guard(
        wallet("lan"),
        Measure::NetCredits,
        99,
    );
    let reason = world.refuse(draft).await;
    assert_eq!(reason, Refusal::Guard { guard: 1, measured: 100, at_most: 99 });
}

pub async fn a_missing_account_measures_nothing(world: World) {
    start(&world).await;
    let guarded = |at_most| world.pay("ming", "lan", 1).guard(wallet("nobody"), Measure::NetCredits, at_most);
    world.post(guarded(0)).await;
    let reason = world.refuse(guarded(-1)).await;
    assert_eq!(reason, Refusal::Guard { guard: 0, measured: 0, at_most: -1 });
}
