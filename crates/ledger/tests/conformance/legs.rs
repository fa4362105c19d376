//! Legs: transfers within one asset between accounts that exist, all or nothing.

use qianbao_core::Currency;
use qianbao_core::chart::AccountCode;
use qianbao_core::posting::{AccountKey, Asset, Ensure, Owner};
use qianbao_ledger::{Refusal, Sums};

use crate::world::{World, bank, bank_key, wallet, wallet_ensure};

pub async fn money_moves_and_nothing_is_lost(world: World) {
    world.fund("ming", 1_000).await;
    world.fund("lan", 200).await;
    world.post(world.pay("ming", "lan", 150)).await;
    let sums = |debits_posted, credits_posted| Sums { debits_posted, credits_posted, ..Sums::default() };
    assert_eq!(world.account(wallet("ming")).await.sums, sums(150, 1_000));
    assert_eq!(world.account(wallet("lan")).await.sums, sums(0, 350));
    assert_eq!(world.account(bank()).await.sums, sums(1_200, 0));
    assert_eq!(world.account(bank()).await.balance(), 1_200);
}

pub async fn only_existing_accounts(world: World) {
    world.fund("ming", 1_000).await;
    let reason = world.refuse(world.pay("ming", "nobody", 1)).await;
    assert_eq!(reason, Refusal::AccountMissing { leg: 0, account: wallet("nobody") });
}

pub async fn one_asset_a_leg(world: World) {
    world.fund("ming", 1_000).await;
    world.fund("lan", 0).await;
    let draft = world.draft().leg(wallet("ming"), wallet("lan"), Currency::CNY, 1).leg(
        wallet("ming"),
        wallet("lan"),
        Asset::Limit(Currency::CNY),
        1,
    );
    let reason = world.refuse(draft).await;
    let expected = Asset::Limit(Currency::CNY);
    let found = Asset::Money(Currency::CNY);
    assert_eq!(reason, Refusal::AssetMismatch { leg: 1, account: wallet("ming"), expected, found });
}

pub async fn the_posting_is_all_or_nothing(world: World) {
    world.fund("ming", 1_000).await;
    let draft = world.pay("ming", "lan", 100).ensure(wallet_ensure("lan")).leg(
        wallet("lan"),
        wallet("nobody"),
        Currency::CNY,
        1,
    );
    world.refuse(draft).await;
    assert_eq!(world.available(wallet("ming")).await, 1_000);
    let lan = world.ledger.account(wallet("lan")).await.expect("the ledger can be read");
    assert_eq!(lan, None, "a refused posting opens nothing");
}

pub async fn a_chain_is_judged_by_its_end(world: World) {
    world.fund("ming", 500).await;
    world.fund("lan", 0).await;
    world.fund("chen", 0).await;
    // Lan passes on what she gets in the same posting.
    let draft = world.draft().leg(wallet("lan"), wallet("chen"), Currency::CNY, 500).leg(
        wallet("ming"),
        wallet("lan"),
        Currency::CNY,
        500,
    );
    world.post(draft).await;
    assert_eq!(world.available(wallet("chen")).await, 500);
    assert_eq!(world.available(wallet("lan")).await, 0);
}

pub async fn sums_have_a_limit(world: World) {
    world.fund("ming", Sums::MAX).await;
    let reason = world.refuse(world.draft().leg(bank(), wallet("ming"), Currency::CNY, 1)).await;
    assert_eq!(reason, Refusal::Overflow { leg: 0, account: bank() });
    let other = AccountKey::new(AccountCode::BankSettlement, Owner::named("other bank"), Currency::CNY);
    let draft = world.draft().ensure(Ensure::open(other)).leg(other.id(), wallet("ming"), Currency::CNY, i64::MAX);
    assert_eq!(world.refuse(draft).await, Refusal::Overflow { leg: 0, account: other.id() });
}

pub async fn sixty_four_legs(world: World) {
    let mut draft = world.draft().ensure(Ensure::open(bank_key()));
    for index in 0..64 {
        let name = format!("person {index}");
        draft = draft.ensure(wallet_ensure(&name)).leg(bank(), wallet(&name), Currency::CNY, index + 1);
    }
    let sequence = world.post(draft).await;
    assert_eq!(world.available(wallet("person 63")).await, 64);
    assert_eq!(world.account(bank()).await.balance(), 64 * 65 / 2);
    let record = world.ledger.record(sequence).await.expect("readable").expect("posted");
    assert_eq!((record.effects.len(), record.touched.len(), record.opened.len()), (64, 65, 65));
}
