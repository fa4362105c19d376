//! Every kind of record and refusal comes back as it was; damaged bytes are an error or another record, never a panic.

use qianbao_core::chart::AccountCode;
use qianbao_core::posting::{
    AccountKey, AccountState, Asset, AssetName, ChangeTo, ClaimKey, Draft, Ensure, Head, LedgerDay, LimitName, Measure,
    Mode, OnVoid, Owner, Period, PostingId, PostingKind, Settled, Window,
};
use qianbao_core::{Currency, Timestamp};

use super::*;
use crate::apply::{View, post};
use crate::outcome::{Refusal, Resolution};
use crate::record::{Refused, refusal};

fn head(number: u8) -> Head {
    Head {
        owner: Owner::named("starter"),
        id: PostingId::from_parts(1_795_406_400_000, [number; 10]),
        kind: PostingKind::literal("payment"),
        reference: "ord_01k2m3 云山".to_owned(),
        digest: [number; 32],
        not_after: Some(Timestamp(i64::MAX)),
        details: vec![number; 40],
    }
}

fn key(name: &str, asset: Asset) -> AccountKey {
    AccountKey::new(AccountCode::PersonalWallet, Owner::named(name), asset)
}

/// One record of each mode, with everything that a posting can carry.
fn records() -> Vec<Record> {
    let cny = Asset::Money(Currency::CNY);
    let points = Asset::Points(AssetName::literal("tea"));
    let units = Asset::Units(AssetName::literal("000198"));
    let day = LedgerDay::from_epoch_days(20_780);
    let limit = LimitName::literal("barcode_b");
    let windows = [Window::Always, Window::Day(day), Window::Month(day), Window::Year(day)];
    let budgets = windows.map(|window| key("ming", Asset::Limit(Currency::CNY)).during(Period::of(limit, window)));
    let (ming, lan) = (key("ming", cny).id(), key("lan", cny).id());
    let opening =
        [key("ming", cny), key("lan", cny), key("ming", points), key("ming", units), key("lan", Asset::Count)];
    let mut open = Draft { day: Some(day), ..Draft::new(head(1)) };
    for key in opening.into_iter().chain(budgets) {
        open = open.ensure(Ensure::open(key).floor(-1_000).ceiling(i64::MAX));
    }
    let open = open
        .leg(ming, lan, cny, 300)
        .guard(ming, Measure::NetDebits, 300)
        .guard(lan, Measure::NetCredits, i64::MAX)
        .claim(ClaimKey::new("order", &[b"1"]), OnVoid::Free)
        .change(ming, ChangeTo::Floor(None))
        .change(ming, ChangeTo::Ceiling(Some(7)))
        .change(key("ming", points).id(), ChangeTo::State(AccountState::Closed));
    let pending = |number, expires_at| {
        let draft = Draft { mode: Mode::Pending { expires_at }, ..Draft::new(head(number)) };
        draft.leg(lan, ming, cny, 5).leg(ming, lan, cny, 6).claim(ClaimKey::new("code", &[&[number]]), OnVoid::Keep)
    };
    let resolve = |number, mode| Draft { mode, ..Draft::new(head(number)) };
    let named = |number| head(number).posting_ref();
    let part = Mode::Settle { pending: named(2), settled: Settled::Part(vec![0, 4]) };
    let drafts = [
        open,
        pending(2, None),
        pending(3, Some(Timestamp(9))),
        pending(4, None),
        resolve(5, part).leg(lan, ming, cny, 1),
        resolve(6, Mode::Settle { pending: named(4), settled: Settled::Whole }),
        resolve(7, Mode::Void { pending: named(3) }),
    ];
    let mut view = View::default();
    let apply = |draft: Draft| post(&mut view, draft.finish().expect("the right form"), Timestamp(5)).expect("posted");
    drafts.into_iter().map(apply).collect()
}

#[test]
fn every_record_comes_back() {
    for record in records() {
        assert_eq!(decode(record.sequence, record.time, &encode(&record)), Ok(record));
    }
}

#[test]
fn damaged_records_are_errors_and_never_panics() {
    for record in records() {
        let bytes = encode(&record);
        for length in 0..bytes.len() {
            assert!(decode(record.sequence, record.time, &bytes[..length]).is_err(), "cut at {length}");
        }
        let mut longer = bytes.clone();
        longer.push(0);
        assert!(decode(record.sequence, record.time, &longer).is_err());
        for place in 0..bytes.len() {
            for damage in [0x01, 0x7f, 0x80, 0xff] {
                let mut damaged = bytes.clone();
                damaged[place] ^= damage;
                if let Ok(other) = decode(record.sequence, record.time, &damaged) {
                    assert_ne!(other, record, "byte {place} says nothing");
                }
            }
        }
    }
}

#[test]
fn every_refusal_comes_back() {
    let account = key("ming", Asset::Count).id();
    let asset = Asset::Money(Currency::CNY);
    let (leg, claim, change) = (63, 3, 7);
    let reasons = [
        Refusal::TooLate { not_after: Timestamp(1), time: Timestamp(2) },
        Refusal::PendingMissing,
        Refusal::NotPending { sequence: u64::MAX >> 1 },
        Refusal::PendingResolved { resolution: Resolution::Settled },
        Refusal::PendingResolved { resolution: Resolution::Voided },
        Refusal::PendingResolved { resolution: Resolution::Expired },
        Refusal::SettledCount { expected: 64, found: 0 },
        Refusal::SettledTooMuch { leg, reserved: 1, found: i64::MAX },
        Refusal::ClaimTaken { claim, holder: head(1).posting_ref(), holder_sequence: 9 },
        Refusal::AccountMissing { leg, account },
        Refusal::AssetMismatch { leg, account, expected: asset, found: Asset::Count },
        Refusal::State { leg, account, state: AccountState::Dormant },
        Refusal::Overflow { leg, account },
        Refusal::Floor { leg, account, short: 1 },
        Refusal::Ceiling { leg, account, excess: i64::MAX },
        Refusal::Guard { guard: 7, measured: -1, at_most: i64::MIN },
        Refusal::ChangedMissing { change },
        Refusal::ChangedClosed { change },
        Refusal::NotEmpty { change },
    ];
    for reason in reasons {
        let refused = Refused { head: head(8), time: Timestamp(-5), reason };
        let bytes = refusal::encode(&refused);
        for length in 0..bytes.len() {
            assert!(refusal::decode(&bytes[..length]).is_err());
        }
        assert_eq!(refusal::decode(&bytes), Ok(refused));
    }
}
