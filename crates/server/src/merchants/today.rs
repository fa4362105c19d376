//! `GET /v1/shop/today`: the shop's ledger day so far, by the hour.
//!
//! The figures are a fold over the shop's history since the day began. History never changes, so what was folded before is kept in memory
//! and only what came since is read: the first look at a busy day is slow, the others are not. Nothing is stored.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use qianbao_api::merchants::TodayView;
use qianbao_core::id::ShopId;
use qianbao_core::posting::LedgerDay;
use qianbao_core::{Currency, Money};
use qianbao_ledger::{Cursor, Direction, Entry as Line};

use super::rows::Shop;
use crate::failure::FailureError;
use crate::payments::posting::{PAYMENT, REFUND};
use crate::realm::Realm;
use crate::wallets::accounts;

/// Shops whose figures are kept; when it is full, all are forgotten and folded again.
const KEPT_MAX: usize = 1_024;
/// Lines read at once.
const LINES: usize = 500;

/// Figures folded before, by shop.
#[derive(Debug, Default)]
pub struct Folded(Mutex<HashMap<ShopId, Figures>>);

/// A day's figures up to a place in the ledger, minor units.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Figures {
    day: LedgerDay,
    upto: Cursor,
    taken: i64,
    count: u32,
    refunded: i64,
    refund_count: u32,
    by_hour: [i64; 24],
}

impl Figures {
    const fn none(day: LedgerDay) -> Self {
        let upto = Cursor { sequence: 0, effect: 0 };
        Self { day, upto, taken: 0, count: 0, refunded: 0, refund_count: 0, by_hour: [0; 24] }
    }

    /// Adds a line of the shop's wallet that happened in this hour of the day.
    fn add(&mut self, line: &Line, hour: u8) {
        if line.kind == PAYMENT && line.direction == Direction::Credit {
            self.taken += line.amount;
            self.count += 1;
            if let Some(sum) = self.by_hour.get_mut(usize::from(hour)) {
                *sum += line.amount;
            }
        } else if line.kind == REFUND && line.direction == Direction::Debit {
            self.refunded += line.amount;
            self.refund_count += 1;
        }
    }
}

/// The shop's figures of the present ledger day.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn today(realm: &Realm, folded: &Folded, shop: &Shop) -> Result<TodayView, FailureError> {
    let account = accounts::shop_wallet(shop.view.id, shop.currency).id();
    let (sequence, wallet) = realm.ledger.accounts(vec![account]).await?;
    let day = realm.ledger.day();
    let mut figures = folded.known(shop.view.id, day);
    let known = figures.upto;
    let mut before = None;
    'history: loop {
        let page = realm.ledger.history(account, before, LINES).await?;
        for line in &page.entries {
            if line.cursor <= known || realm.ledger.zone().day(line.time) < day {
                break 'history;
            }
            // What came after the balance was read is left for the next look, so that all figures are of one sequence.
            if line.cursor.sequence <= sequence && realm.ledger.zone().day(line.time) == day {
                figures.upto = figures.upto.max(line.cursor);
                figures.add(line, realm.ledger.zone().hour(line.time));
            }
        }
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    folded.keep(shop.view.id, figures.clone());
    let available = wallet.into_iter().flatten().next().map_or(0, |wallet| wallet.available());
    Ok(view(&figures, shop.currency, available, sequence))
}

fn view(figures: &Figures, currency: Currency, available: i64, sequence: u64) -> TodayView {
    let money = |minor| Money::new(minor, currency);
    TodayView {
        taken: money(figures.taken),
        count: figures.count,
        refunded: money(figures.refunded),
        refund_count: figures.refund_count,
        by_hour: figures.by_hour.iter().map(|minor| money(*minor)).collect(),
        available: money(available),
        sequence,
    }
}

impl Folded {
    fn known(&self, shop: ShopId, day: LedgerDay) -> Figures {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&shop).filter(|figures| figures.day == day).cloned().unwrap_or(Figures::none(day))
    }

    fn keep(&self, shop: ShopId, figures: Figures) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_newer = kept.get(&shop).is_none_or(|known| (known.day, known.upto) <= (figures.day, figures.upto));
        if is_newer {
            if kept.len() >= KEPT_MAX && !kept.contains_key(&shop) {
                kept.clear();
            }
            kept.insert(shop, figures);
        }
    }
}
