//! The wallet as screens see it: a reactive face of the client.
//!
//! The client tells by notices that something changed; a trigger for each kind makes views read again. Nothing is copied
//! into signals: the mirror is asked each time, so no two places can disagree.

use std::time::Duration;

use leptos::prelude::*;
use qianbao_api::activity::Entry;
use qianbao_api::identity::PersonView;
use qianbao_api::recovery::RecoveryNotice;
use qianbao_api::topups::TopupView;
use qianbao_api::wallets::WalletView;
use qianbao_client::{Client, Mirror, Notice, Obstacle, OutboxItem, OwnPayment, Presence, Sheet, SyncState};
use qianbao_core::id::{OrderId, PaymentId, TopupId};
use qianbao_core::{Currency, Timestamp};

use super::calendar::Day;
use crate::browser::calendar::day;

/// The wallet. Copy it out of the context.
#[derive(Clone, Copy)]
pub struct Wallet {
    client: StoredValue<Client, LocalStorage>,
    mirror: Trigger,
    connection: Trigger,
    outbox: Trigger,
    session: Trigger,
    minute: Trigger,
}

/// Entries read from the device at once.
pub const PAGE: usize = 256;
/// Most entries that a summary looks at.
const ENTRIES_MAX: usize = 8 * PAGE;
/// How often what depends on the age of the data is written anew.
const TICK: Duration = Duration::from_secs(20);

impl Wallet {
    /// Makes `client` the one of all screens.
    pub fn provide(client: Client) -> Self {
        let [mirror, connection, outbox, session, minute] = std::array::from_fn(|_| Trigger::new());
        let subscription = client.subscribe(move |notice| match notice {
            Notice::Mirror => mirror.notify(),
            Notice::Connection => connection.notify(),
            Notice::Outbox => outbox.notify(),
            Notice::Session => session.notify(),
        });
        // The app lives as long as the page, and so does what it listens to.
        std::mem::forget(subscription);
        set_interval(move || minute.notify(), TICK);
        // The browser knows first that the network is gone: asking at once makes the mirror say so.
        let asked = client.clone();
        let lost = window_event_listener(leptos::ev::offline, move |_| {
            let client = asked.clone();
            leptos::task::spawn_local(async move {
                // It fails, and that is the news.
                let _ = client.refresh().await;
            });
        });
        std::mem::forget(lost);
        let wallet = Self { client: StoredValue::new_local(client), mirror, connection, outbox, session, minute };
        provide_context(wallet);
        wallet
    }

    /// The wallet of the app.
    pub fn get() -> Self {
        expect_context()
    }

    /// The client, for requests.
    pub fn client(self) -> Client {
        self.client.get_value()
    }

    fn mirrored(self) -> Mirror {
        self.mirror.track();
        self.client().mirror()
    }

    /// Who is signed in. Follows the session.
    pub fn presence(self) -> Presence {
        self.session.track();
        self.client().presence()
    }

    /// Whether this device was ended from another one, and nobody has signed in since. Follows the session.
    pub fn was_ended(self) -> bool {
        self.session.track();
        self.client().was_ended()
    }

    /// Whether the copy was wiped because it could not be unlocked too often. Follows the session.
    pub fn was_wiped(self) -> bool {
        self.session.track();
        self.client().was_wiped()
    }

    /// Requests of this device that cannot be opened any more. Follows the outbox.
    pub fn lost_requests(self) -> usize {
        self.outbox.track();
        self.client().lost_requests()
    }

    /// Who is signed in now.
    pub fn presence_now(self) -> Presence {
        self.client().presence()
    }

    /// The person, as far as this device knows. Follows session and mirror.
    pub fn person(self) -> Option<PersonView> {
        self.mirrored().person().or_else(|| self.presence().person().cloned())
    }

    /// The balance in the wallet's main currency: CNY, or the first one where there is none. Follows the mirror.
    pub fn balance(self) -> Option<WalletView> {
        let mirror = self.mirrored();
        mirror.wallet(Currency::CNY).or_else(|| mirror.wallets().into_iter().next())
    }

    /// Whether nothing goes out: the person has frozen it. Follows the mirror.
    pub fn is_frozen(self) -> bool {
        self.balance().is_some_and(|wallet| wallet.is_frozen)
    }

    /// The recovery of the person's ways in that is running. Follows session and mirror, and the passing of time.
    pub fn recovery(self) -> Option<RecoveryNotice> {
        self.minute.track();
        self.person()?.recovery.filter(|recovery| self.now() < recovery.closes_at)
    }

    /// Until when less can be paid after a recovery; nothing when that is over. Follows session and mirror, and the passing of time.
    pub fn limits_lowered_until(self) -> Option<Timestamp> {
        self.minute.track();
        self.person()?.limits_lowered_until.filter(|until| self.now() < *until)
    }

    /// The main currency. Follows the mirror.
    pub fn currency(self) -> Currency {
        self.balance().map_or(Currency::CNY, |wallet| wallet.available.currency)
    }

    /// The newest entries, newest first. Follows the mirror.
    pub fn newest(self, limit: usize) -> Vec<Entry> {
        self.mirrored().newest(limit)
    }

    /// Entries from the newest back to the first day of the month `since`, newest first; at most `count`, at most
    /// [`ENTRIES_MAX`]. What cannot be read from the device counts as not there.
    pub async fn entries_since(self, since: Day, count: usize) -> Vec<Entry> {
        let mirror = self.client().mirror();
        let mut entries: Vec<Entry> = Vec::new();
        while entries.len() < count.min(ENTRIES_MAX) {
            let page = mirror.entries(entries.len(), PAGE).await.unwrap_or_default();
            let is_last = page.last().is_none_or(|entry| day(entry.at) < since);
            entries.extend(page);
            if is_last {
                break;
            }
        }
        entries
    }

    /// How many entries the device keeps. Follows the mirror.
    pub fn entry_count(self) -> usize {
        self.mirrored().entry_count()
    }

    /// Top-ups, newest first. Follows the mirror.
    pub fn topups(self) -> Vec<TopupView> {
        self.mirrored().topups()
    }

    /// One top-up. Follows the mirror.
    pub fn topup(self, topup: TopupId) -> Option<TopupView> {
        self.mirrored().topup(topup)
    }

    /// Requests that are open or not yet seen. Follows the outbox.
    pub fn outbox(self) -> Vec<OutboxItem> {
        self.outbox.track();
        self.client().outbox()
    }

    /// What stands in the way of confirming `sheet` now. Follows the session, not the passing of time.
    pub fn obstacle(self, sheet: &Sheet) -> Option<Obstacle> {
        self.session.track();
        self.client().obstacle(sheet)
    }

    /// The person's own payment of `order`, from this tab or another. Follows outbox and mirror.
    pub fn own_payment(self, order: OrderId) -> Option<OwnPayment> {
        self.outbox.track();
        self.mirrored();
        self.client().own_payment(order)
    }

    /// The person's payment that paid the order which `payment` was for. Follows outbox and mirror.
    pub fn paid_instead_of(self, payment: PaymentId) -> Option<PaymentId> {
        self.outbox.track();
        self.mirrored();
        self.client().paid_instead_of(payment)
    }

    /// How the mirror stands to the server. Follows the connection.
    pub fn sync_state(self) -> SyncState {
        self.connection.track();
        self.client().mirror().state()
    }

    /// How old the data is, in seconds. Follows the connection and the passing of time.
    pub fn age_s(self) -> Option<i64> {
        self.connection.track();
        self.minute.track();
        self.mirrored().age_s()
    }

    /// How far the server's clock is ahead of the device's, in microseconds. Follows the connection.
    pub fn clock_ahead_us(self) -> i64 {
        self.connection.track();
        self.client().clock_ahead_us()
    }

    /// The server's time as well as it is known.
    pub fn now(self) -> Timestamp {
        self.client().server_now()
    }
}
