//! Entries as packed rows in blocks.
//!
//! A block is the number of its payees, the payees, the number of its rows, the rows. A row names its payee by place, and
//! its sequence and moment as difference to the row before; most rows take 25–40 bytes.

use qianbao_api::activity::{Entry, EntryKind};
use qianbao_api::merchants::ShopView;
use qianbao_api::payments::PayeeView;
use qianbao_core::Timestamp;

use crate::pack::{Packer, Unpacker};

/// Place of an entry in the ledger: sequence and index of its leg. Entries of one wallet are kept in this order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) sequence: u64,
    pub(crate) leg: u32,
}

impl Place {
    /// The place that an entry's id names, such as `120-0`; nothing if the id is of another form.
    pub(crate) fn of(entry: &Entry) -> Option<Self> {
        let (sequence, leg) = entry.id.split_once('-')?;
        let place = Self { sequence: sequence.parse().ok()?, leg: leg.parse().ok()? };
        (place.sequence == entry.sequence).then_some(place)
    }
}

const KINDS: [EntryKind; 5] =
    [EntryKind::Payment, EntryKind::Transfer, EntryKind::Refund, EntryKind::Topup, EntryKind::Fee];

/// Bits of a row's flags.
const NOTE: u8 = 1;
const PAYMENT: u8 = 2;
const REFUND: u8 = 4;
const ORDER: u8 = 8;
const TOPUP: u8 = 16;

/// The block of these entries; nothing if an id is not of the contract's form.
pub(crate) fn pack(entries: &[Entry]) -> Option<Vec<u8>> {
    let mut packer = Packer::default();
    let mut payees: Vec<&PayeeView> = Vec::new();
    for entry in entries {
        if !payees.contains(&&entry.counterparty) {
            payees.push(&entry.counterparty);
        }
    }
    packer.count(payees.len());
    for payee in &payees {
        pack_payee(&mut packer, payee);
    }
    packer.count(entries.len());
    let (mut sequence, mut at) = (0, Timestamp(0));
    for entry in entries {
        let place = Place::of(entry)?;
        packer.signed(place.sequence.wrapping_sub(sequence).cast_signed());
        packer.number(u64::from(place.leg));
        packer.signed(entry.at.0.wrapping_sub(at.0));
        (sequence, at) = (place.sequence, entry.at);
        packer.count(payees.iter().position(|payee| **payee == entry.counterparty)?);
        pack_rest(&mut packer, entry)?;
    }
    Some(packer.done())
}

fn pack_rest(packer: &mut Packer, entry: &Entry) -> Option<()> {
    packer.byte(u8::try_from(KINDS.iter().position(|kind| *kind == entry.kind)?).ok()?);
    packer.money(entry.amount);
    packer.money(entry.balance_after);
    packer.byte(
        flag(entry.note.is_some(), NOTE)
            | flag(entry.payment.is_some(), PAYMENT)
            | flag(entry.refund.is_some(), REFUND)
            | flag(entry.order.is_some(), ORDER)
            | flag(entry.topup.is_some(), TOPUP),
    );
    if let Some(note) = &entry.note {
        packer.text(note);
    }
    if let Some(payment) = entry.payment {
        packer.id(payment);
    }
    if let Some(refund) = entry.refund {
        packer.id(refund);
    }
    if let Some(order) = entry.order {
        packer.id(order);
    }
    if let Some(topup) = entry.topup {
        packer.id(topup);
    }
    Some(())
}

const fn flag(is_there: bool, bit: u8) -> u8 {
    if is_there { bit } else { 0 }
}

/// The entries of a block; nothing if it is damaged.
pub(crate) fn unpack(block: &[u8]) -> Option<Vec<Entry>> {
    let mut unpacker = Unpacker::new(block);
    let payees = (0..unpacker.count()?).map(|_| unpack_payee(&mut unpacker)).collect::<Option<Vec<_>>>()?;
    let count = unpacker.count()?;
    let (mut sequence, mut at) = (0_u64, 0_i64);
    let mut entries = Vec::new();
    for _ in 0..count {
        sequence = sequence.wrapping_add(unpacker.signed()?.cast_unsigned());
        let leg = u32::try_from(unpacker.number()?).ok()?;
        at = at.wrapping_add(unpacker.signed()?);
        let counterparty = payees.get(unpacker.count()?)?.clone();
        let kind = *KINDS.get(usize::from(unpacker.byte()?))?;
        let (amount, balance_after) = (unpacker.money()?, unpacker.money()?);
        let flags = unpacker.byte()?;
        entries.push(Entry {
            id: format!("{sequence}-{leg}"),
            sequence,
            at: Timestamp(at),
            kind,
            amount,
            balance_after,
            counterparty,
            note: if flags & NOTE == 0 { None } else { Some(unpacker.text()?) },
            payment: if flags & PAYMENT == 0 { None } else { Some(unpacker.id()?) },
            refund: if flags & REFUND == 0 { None } else { Some(unpacker.id()?) },
            order: if flags & ORDER == 0 { None } else { Some(unpacker.id()?) },
            topup: if flags & TOPUP == 0 { None } else { Some(unpacker.id()?) },
        });
    }
    unpacker.is_done().then_some(entries)
}

fn pack_payee(packer: &mut Packer, payee: &PayeeView) {
    match payee {
        PayeeView::Shop(shop) => {
            packer.byte(0);
            packer.id(shop.id);
            for text in [&shop.name_zh, &shop.name_en, &shop.category, &shop.city] {
                packer.text(text);
            }
        }
        PayeeView::Person { id, handle, display_name, legal_name_masked } => {
            packer.byte(1);
            packer.id(*id);
            for text in [handle, display_name, legal_name_masked] {
                packer.text(text);
            }
        }
        PayeeView::Bank { name, last4: None } => {
            packer.byte(2);
            packer.text(name);
        }
        PayeeView::Bank { name, last4: Some(last4) } => {
            packer.byte(3);
            packer.text(name);
            packer.text(last4);
        }
    }
}

fn unpack_payee(unpacker: &mut Unpacker<'_>) -> Option<PayeeView> {
    Some(match unpacker.byte()? {
        0 => PayeeView::Shop(ShopView {
            id: unpacker.id()?,
            name_zh: unpacker.text()?,
            name_en: unpacker.text()?,
            category: unpacker.text()?,
            city: unpacker.text()?,
        }),
        1 => PayeeView::Person {
            id: unpacker.id()?,
            handle: unpacker.text()?,
            display_name: unpacker.text()?,
            legal_name_masked: unpacker.text()?,
        },
        2 => PayeeView::Bank { name: unpacker.text()?, last4: None },
        3 => PayeeView::Bank { name: unpacker.text()?, last4: Some(unpacker.text()?) },
        _ => return None,
    })
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scripted::entry;

    proptest! {
        #[test]
        fn a_block_gives_its_entries_back(rows in prop::collection::vec((0_u64..1 << 50, 0_u32..64, any::<i64>(), ".{0,40}"), 0..300)) {
            let entries: Vec<Entry> = rows
                .into_iter()
                .map(|(sequence, leg, minor, note)| Entry { note: Some(note), ..entry(sequence, leg, minor) })
                .collect();
            let block = pack(&entries).expect("ids are of the contract's form");
            prop_assert_eq!(unpack(&block), Some(entries));
        }

        #[test]
        fn damaged_blocks_are_refused_and_never_panic(mut at in 0_usize..200, byte: u8) {
            let mut block = pack(&[entry(7, 0, -1800), entry(9, 1, 500)]).expect("ids are of the contract's form");
            at %= block.len();
            block[at] = byte;
            if let Some(entries) = unpack(&block) {
                prop_assert!(entries.len() <= block.len());
            }
            prop_assert_eq!(unpack(&block[..at]), None);
        }
    }

    #[test]
    fn a_row_is_small() {
        let entries: Vec<Entry> = (0..256).map(|n| entry(1_000_000 + 3 * n, 0, -1800)).collect();
        let block = pack(&entries).expect("ids are of the contract's form");
        assert!(block.len() < 256 * 32, "{} bytes for 256 rows", block.len());
    }

    #[test]
    fn an_id_of_another_form_is_refused() {
        let foreign = Entry { id: "evt_1".to_owned(), ..entry(7, 0, 1) };
        assert_eq!(pack(&[foreign]), None);
    }
}
