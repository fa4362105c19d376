//! Reading: history, tail, a posting by id, accounts.

use qianbao_core::posting::{AccountId, Draft, Mode, Owner, Settled};
use qianbao_core::{Currency, Timestamp};
use qianbao_ledger::{Answer, Cursor, Direction, Entry, Phase, ReadError, Refusal};

use crate::world::{START, World, bank, wallet, wallet_key};

/// The whole history in pages of `limit`.
async fn pages(world: &World, account: AccountId, limit: usize) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut before = None;
    loop {
        let page = world.ledger.history(account, before, limit).await.expect("readable");
        assert!(page.entries.len() <= limit);
        assert!(page.next.is_none() || page.entries.len() == limit);
        entries.extend(page.entries);
        before = page.next;
        if before.is_none() {
            return entries;
        }
    }
}

pub async fn history_newest_first_by_cursor(world: World) {
    world.fund("ming", 1_000).await;
    world.fund("lan", 0).await;
    world.fund("chen", 0).await;
    for amount in 1..=10 {
        world.post(world.pay("ming", "lan", amount)).await;
        world.post(world.pay("lan", "chen", 1)).await;
    }
    // Three legs that touch Lan in one posting.
    let draft = world.pay("ming", "lan", 5).leg(wallet("lan"), wallet("chen"), Currency::CNY, 2);
    let last = world.post(draft.leg(wallet("ming"), wallet("lan"), Currency::CNY, 3)).await;
    let all = pages(&world, wallet("lan"), 1_000).await;
    assert_eq!(all.len(), 23);
    for limit in [1, 2, 3, 7] {
        assert_eq!(pages(&world, wallet("lan"), limit).await, all);
    }
    let balances: Vec<i64> = all.iter().take(4).map(|entry| entry.balance_after).collect();
    assert_eq!(balances, [51, 48, 50, 45]);
    let newest = &all[0];
    assert_eq!(newest.cursor, Cursor { sequence: last, effect: 2 });
    assert_eq!((newest.direction, newest.amount, newest.phase), (Direction::Credit, 3, Phase::Posted));
    assert_eq!(newest.counterpart, wallet("ming"));
    // Each line explains the step from the one before.
    for pair in all.windows(2) {
        let step = if pair[0].direction == Direction::Credit { pair[0].amount } else { -pair[0].amount };
        assert_eq!(pair[1].balance_after + step, pair[0].balance_after);
    }
    let nobody = world.ledger.history(wallet("nobody"), None, 5).await.expect("readable");
    assert!(nobody.entries.is_empty() && nobody.next.is_none());
}

pub async fn history_of_a_busy_account(world: World) {
    world.fund("ming", 100_000).await;
    world.fund("lan", 0).await;
    let mut answers = Vec::new();
    for _ in 0..700 {
        let posting = world.pay("ming", "lan", 1).finish().expect("a transfer");
        let ledger = world.ledger.clone();
        answers.push(tokio::spawn(async move { ledger.submit(posting).await }));
    }
    for answer in answers {
        answer.await.expect("ends").expect("an outcome");
    }
    world.fund("other", 5).await;
    assert_eq!(pages(&world, wallet("lan"), 300).await.len(), 700);
    // Entering in the middle, at postings that touch the account and at ones that do not.
    for sequence in [1, 3, 4, 258, 259, 260, 500, 702, 703, 10_000] {
        let before = Some(Cursor { sequence, effect: 0 });
        let page = world.ledger.history(wallet("lan"), before, 2).await.expect("readable");
        let newest = sequence.min(703) - 1;
        let expected: Vec<u64> = [newest, newest.saturating_sub(1)].into_iter().filter(|&s| s >= 3).collect();
        let found: Vec<u64> = page.entries.iter().map(|entry| entry.cursor.sequence).collect();
        assert_eq!(found, expected, "before {sequence}");
        assert!(page.entries.iter().all(|entry| entry.balance_after == entry.cursor.sequence.cast_signed() - 2));
    }
}

pub async fn history_oldest_first_is_history_read_backwards(world: World) {
    world.fund("ming", 100_000).await;
    world.fund("lan", 0).await;
    for _ in 0..600 {
        let posting = world.pay("ming", "lan", 1).finish().expect("a transfer");
        world.ledger.submit(posting).await.expect("an outcome");
    }
    let mut backwards = pages(&world, wallet("lan"), 300).await;
    backwards.reverse();
    let (mut found, mut after) = (Vec::new(), 0);
    loop {
        let page = world.ledger.history_after(wallet("lan"), after).await.expect("readable");
        let Some(last) = page.last() else { break };
        assert!(page.len() <= 256 && last.cursor.sequence > after);
        after = last.cursor.sequence;
        found.extend(page);
    }
    assert_eq!(found, backwards);
    for after in [0, 255, 256, 257, 258, 259, 400, 601, 602] {
        let page = world.ledger.history_after(wallet("lan"), after).await.expect("readable");
        let expected = backwards.iter().find(|entry| entry.cursor.sequence > after);
        assert_eq!(page.first(), expected, "after {after}");
    }
    assert!(world.ledger.history_after(wallet("nobody"), 0).await.expect("readable").is_empty());
}

pub async fn history_is_entered_anywhere(world: World) {
    world.fund("ming", 1_000_000).await;
    world.fund("lan", 0).await;
    world.fund("chen", 0).await;
    pay_often(&world, 300).await;
    assert_entered_anywhere(&world).await;
}

/// Transfers to lan, each with one to chen behind it.
pub async fn pay_often(world: &World, times: usize) {
    for _ in 0..times {
        world.post(world.pay("ming", "lan", 1)).await;
        world.post(world.pay("ming", "chen", 1)).await;
    }
}

/// Lan's history is the same wherever it is entered, also at postings that are not in it.
pub async fn assert_entered_anywhere(world: &World) {
    let newest_first = pages(world, wallet("lan"), 300).await;
    let last = *world.ledger.head().borrow();
    for sequence in (1..=last).step_by(13) {
        let before = Cursor { sequence, effect: 0 };
        let page = world.ledger.history(wallet("lan"), Some(before), 5).await.expect("readable");
        let older: Vec<_> = newest_first.iter().filter(|entry| entry.cursor < before).take(5).cloned().collect();
        assert_eq!(page.entries, older, "before {sequence}");
        let page = world.ledger.history_after(wallet("lan"), sequence).await.expect("readable");
        assert!(page.len() <= 256, "{} lines after {sequence}", page.len());
        let newer = newest_first.iter().rev().filter(|entry| entry.cursor.sequence > sequence);
        assert!(newer.take(page.len()).eq(&page), "after {sequence}");
        assert_eq!(page.is_empty(), newest_first[0].cursor.sequence <= sequence, "after {sequence}");
    }
}

pub async fn history_shows_each_step_of_a_reservation(world: World) {
    world.fund("ming", 1_000).await;
    world.fund("lan", 0).await;
    let reserve = |amount| Draft { mode: Mode::Pending { expires_at: None }, ..world.pay("ming", "lan", amount) };
    let (first, second) = (reserve(300), reserve(200));
    let names = [first.head.posting_ref(), second.head.posting_ref()];
    world.post(first).await;
    world.post(second).await;
    let settle = Mode::Settle { pending: names[0], settled: Settled::Part(vec![250]) };
    world.post(Draft { mode: settle, ..world.draft() }).await;
    world.post(Draft { mode: Mode::Void { pending: names[1] }, ..world.draft() }).await;
    let lines: Vec<_> = pages(&world, wallet("ming"), 10)
        .await
        .iter()
        .map(|entry| (entry.phase, entry.amount, entry.balance_after, entry.available_after))
        .collect();
    let expected = [
        (Phase::Released, 200, 750, 750),
        (Phase::Settled { released: 50 }, 250, 750, 550),
        (Phase::Reserved, 200, 1_000, 500),
        (Phase::Reserved, 300, 1_000, 700),
        (Phase::Posted, 1_000, 1_000, 1_000),
    ];
    assert_eq!(lines, expected);
}

pub async fn the_tail_follows(world: World) {
    world.fund("ming", 100).await;
    world.fund("lan", 0).await;
    let draft = world.pay("ming", "lan", 60);
    let posting = draft.clone().finish().expect("a transfer");
    world.post(draft).await;
    let tail = world.ledger.tail(2, 10).await.expect("readable");
    assert_eq!(tail.len(), 1);
    assert_eq!((tail[0].sequence, tail[0].time, &tail[0].posting), (3, START, &posting));
    assert_eq!(tail[0].touched[0].account, wallet("ming"));
    assert_eq!(tail[0].touched[0].previous_sequence, 1);
    assert_eq!(tail[0].touched[1].sums.credits_posted, 60);
    let first_two = world.ledger.tail(0, 2).await.expect("readable");
    assert_eq!(first_two.iter().map(|record| record.sequence).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(world.ledger.tail(3, 10).await, Ok(Vec::new()));
    assert_eq!(world.ledger.record(0).await, Ok(None));
}

pub async fn a_posting_by_id(world: World) {
    world.fund("ming", 100).await;
    world.fund("lan", 0).await;
    let mut draft = world.pay("ming", "lan", 60);
    draft.head.details = vec![7; 512];
    let name = draft.head.posting_ref();
    assert_eq!(world.ledger.posting(name).await, Ok(None));
    world.post(draft.clone()).await;
    match world.ledger.posting(name).await {
        Ok(Some(Answer::Posted(record))) => assert_eq!(record.posting.head, draft.head),
        other => panic!("expected the record, found {other:?}"),
    }
    let refused = world.pay("ming", "lan", 60);
    let head = refused.head.clone();
    world.refuse(refused).await;
    match world.ledger.posting(head.posting_ref()).await {
        Ok(Some(Answer::Refused(found))) => {
            assert_eq!((&found.head, found.time), (&head, START));
            assert_eq!(found.reason, Refusal::Floor { leg: 0, account: wallet("ming"), short: 20 });
        }
        other => panic!("expected the refusal, found {other:?}"),
    }
}

pub async fn accounts_of_an_owner(world: World) {
    world.fund("ming", 100).await;
    world.fund("lan", 7).await;
    let found = world.ledger.accounts_of(Owner::named("ming"), 10).await.expect("readable");
    assert_eq!(found.iter().map(|account| account.key).collect::<Vec<_>>(), [wallet_key("ming")]);
    let (sequence, both) =
        world.ledger.accounts(vec![wallet("lan"), wallet("nobody"), wallet("ming")]).await.expect("readable");
    let balances: Vec<_> = both.iter().map(|account| account.map(|account| account.balance())).collect();
    assert_eq!((sequence, balances), (2, vec![Some(7), None, Some(100)]));
}

pub async fn limits_are_limits(world: World) {
    for found in [0, 1_001] {
        let error = ReadError::Limit { max: 1_000, found };
        assert_eq!(world.ledger.tail(0, found).await, Err(error.clone()));
        assert_eq!(world.ledger.history(bank(), None, found).await, Err(error));
    }
    assert!(world.ledger.accounts(vec![bank(); 1_001]).await.is_err());
}

pub async fn the_head_is_announced(world: World) {
    let mut head = world.ledger.head();
    assert_eq!(*head.borrow_and_update(), 0);
    world.fund("ming", 100).await;
    head.changed().await.expect("the engine runs");
    assert_eq!(*head.borrow_and_update(), 1);
    world.refuse(world.pay("ming", "nobody", 1)).await;
    assert!(!head.has_changed().expect("the engine runs"), "a refusal is no posting");
    assert_eq!(world.ledger.epoch().0, 7);
}

pub async fn a_day_follows_the_zone(world: World) {
    assert_eq!(world.ledger.zone().name(), "Asia/Shanghai");
    assert_eq!(world.ledger.day().to_string(), "2026-11-23");
    assert_eq!(world.ledger.zone().day(Timestamp(0)).to_string(), "1970-01-01");
}

pub async fn the_audit_agrees(world: World) {
    world.fund("ming", 1_000).await;
    world.fund("lan", 0).await;
    let reserved = Draft { mode: Mode::Pending { expires_at: None }, ..world.pay("ming", "lan", 300) };
    world.post(reserved).await;
    world.refuse(world.pay("ming", "lan", 3_000)).await;
    world.post(world.pay("ming", "lan", 30)).await;
    let report = world.ledger.audit().await.expect("readable");
    assert_eq!((report.sequence, report.accounts, report.findings), (4, 3, Vec::new()));
}

pub async fn postings_with_an_id(world: World) {
    world.fund("ming", 100).await;
    world.fund("lan", 0).await;
    let first = world.pay("ming", "lan", 1);
    let mut second = world.pay("ming", "lan", 2);
    second.head.id = first.head.id;
    second.head.owner = Owner::named("somebody else");
    let mut refused = world.pay("ming", "lan", 2_000);
    refused.head.id = first.head.id;
    refused.head.owner = Owner::named("a third");
    let id = first.head.id;
    let mut expected = [first.head.owner, second.head.owner];
    expected.sort();
    world.post(first).await;
    world.post(second).await;
    world.refuse(refused).await;
    let owners = |records: Vec<qianbao_ledger::Record>| -> Vec<Owner> {
        records.iter().map(|record| record.posting.head.owner).collect()
    };
    assert_eq!(owners(world.ledger.postings_with_id(id, 10).await.expect("readable")), expected);
    assert_eq!(owners(world.ledger.postings_with_id(id, 1).await.expect("readable")), expected[..1]);
}
