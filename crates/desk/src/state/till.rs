//! The till: a reactive face of the client.
//!
//! The client tells by notices that something changed; a trigger for each kind makes views read again. Nothing of the
//! mirror is copied into signals. Two things beside it are kept here: answers that are newer than the mirror, and the
//! figures of the day, which only the server has.

use leptos::prelude::*;
use leptos::task::spawn_local;
use qianbao_api::activity::Entry;
use qianbao_api::merchants::ShopView;
use qianbao_api::orders::OrderView;
use qianbao_api::recovery::RecoveryNotice;
use qianbao_client::{Client, ClientError, Mirror, Notice, OutboxItem, Presence, RefundOf, SyncState};
use qianbao_core::id::{OrderId, PersonId};
use qianbao_core::{Currency, Money, Timestamp};

use super::ledger_day::{Asking, Figures};
use super::orders::{self, Counter, Item};
use crate::screen::Screen;

/// Answers kept beside the mirror: the mirror has them within a second, so a few are enough.
const TOLD_MAX: usize = 32;
/// Entries in which payments by the printed code are looked for at once: what the mirror has in memory.
pub const ENTRIES_PAGE: usize = 256;

/// Whether this person has a shop.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Shopfront {
    /// Not known yet.
    #[default]
    Unknown,
    /// The server said that there is none.
    Missing,
    /// The shop.
    Open(ShopView),
}

/// The till. Copy it out of the context.
#[derive(Clone, Copy)]
pub struct Till {
    client: StoredValue<Client, LocalStorage>,
    mirror: Trigger,
    connection: Trigger,
    outbox: Trigger,
    session: Trigger,
    person: StoredValue<Option<PersonId>>,
    shop: RwSignal<Shopfront>,
    told: RwSignal<Vec<OrderView>>,
    figures: RwSignal<Option<Figures>>,
    asking: StoredValue<Asking>,
}

impl Till {
    /// Makes `client` the one of all screens.
    pub fn provide(client: &Client) -> Self {
        let [mirror, connection, outbox, session] = std::array::from_fn(|_| Trigger::new());
        let till = Self {
            client: StoredValue::new_local(client.clone()),
            mirror,
            connection,
            outbox,
            session,
            person: StoredValue::new(client.presence().person().map(|person| person.id)),
            shop: RwSignal::default(),
            told: RwSignal::default(),
            figures: RwSignal::default(),
            asking: StoredValue::new(Asking::No),
        };
        let subscription = client.subscribe(move |notice| till.hear(notice));
        // The desk lives as long as the page, and so does what it listens to.
        std::mem::forget(subscription);
        // An offline start has the shop from the copy.
        till.learn_shop();
        provide_context(till);
        till
    }

    /// The till of the app.
    ///
    /// # Panics
    /// Panics where nobody above has called [`Till::provide`].
    pub fn get() -> Self {
        expect_context()
    }

    fn hear(self, notice: Notice) {
        match notice {
            Notice::Mirror => {
                self.mirror.notify();
                self.learn_shop();
                self.ask_figures();
            }
            Notice::Connection => self.connection.notify(),
            Notice::Outbox => self.outbox.notify(),
            Notice::Session => {
                self.part_from_the_former();
                self.session.notify();
            }
        }
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

    /// The shop, as far as it is known.
    pub fn shop(self) -> Shopfront {
        self.shop.get()
    }

    /// The name of the shop in `chinese` or English; empty before it is known.
    pub fn shop_name(self, chinese: bool) -> String {
        match self.shop.get() {
            Shopfront::Open(shop) if chinese => shop.name_zh,
            Shopfront::Open(shop) => shop.name_en,
            Shopfront::Unknown | Shopfront::Missing => String::new(),
        }
    }

    /// Takes the shop from the mirror, so that an offline start has it.
    fn learn_shop(self) {
        if let Some(shop) = self.client().mirror().shop() {
            let shop = Shopfront::Open(shop);
            if self.shop.with_untracked(|known| *known != shop) {
                self.shop.set(shop);
            }
        }
    }

    /// Asks the server for the shop; the error only when nothing is known.
    ///
    /// # Errors
    /// What stood in the way, except that there is no shop, which is an answer.
    pub async fn find_shop(self) -> Result<(), ClientError> {
        match self.client().shop().await {
            Ok(shop) => self.set_shop(shop),
            Err(error) if error.code() == Some(qianbao_api::ProblemCode::ShopRequired) => {
                self.shop.set(Shopfront::Missing);
            }
            Err(error) => {
                self.learn_shop();
                if self.shop.with_untracked(|known| *known == Shopfront::Unknown) {
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// The shop is this one.
    pub fn set_shop(self, shop: ShopView) {
        self.shop.set(Shopfront::Open(shop));
        self.ask_figures();
    }

    /// The currency that the shop collects. Follows the mirror.
    pub fn currency(self) -> Currency {
        self.mirrored().wallets().first().map_or(Currency::CNY, |wallet| wallet.available.currency)
    }

    /// The shop's balance. Follows the mirror.
    pub fn available(self) -> Option<Money> {
        self.mirrored().wallets().first().map(|wallet| wallet.available)
    }

    /// An answer told of this order.
    pub fn tell(self, order: OrderView) {
        self.told.update(|told| {
            told.retain(|known| known.id != order.id);
            told.push(order);
            let surplus = told.len().saturating_sub(TOLD_MAX);
            told.drain(..surplus);
        });
    }

    /// Orders, newest first. Follows the mirror.
    pub fn orders(self) -> Vec<OrderView> {
        let mirrored = self.mirrored().orders();
        self.told.with(|told| orders::merged(mirrored, told))
    }

    /// One order. Follows the mirror.
    pub fn order(self, order: OrderId) -> Option<OrderView> {
        let mirrored = self.mirrored().order(order);
        let told = self.told.with(|told| told.iter().find(|known| known.id == order).cloned());
        match (mirrored, told) {
            (Some(mirrored), Some(told)) => Some(orders::further(mirrored, told)),
            (known, None) | (None, known) => known,
        }
    }

    /// Asks the server for one order.
    ///
    /// # Errors
    /// What stood in the way.
    pub async fn find_order(self, order: OrderId) -> Result<(), ClientError> {
        let found = self.client().order(order).await?;
        self.tell(found);
        Ok(())
    }

    /// Orders and newest payments by the printed code, newest first. Follows the mirror.
    pub fn items(self) -> Vec<Item> {
        orders::items(self.orders(), &self.mirrored().newest(ENTRIES_PAGE))
    }

    /// Orders and payments by the printed code, these as far back as `depth` entries. Follows the mirror.
    pub fn items_to(self, depth: usize) -> impl Future<Output = Vec<Item>> {
        let (orders, mirror) = (self.orders(), self.mirrored());
        async move { orders::items(orders, &mirror.entries(0, depth).await.unwrap_or_default()) }
    }

    /// How many entries the device has. Follows the mirror.
    pub fn entry_count(self) -> usize {
        self.mirrored().entry_count()
    }

    /// The payment by the printed code at this place of the ledger, however long ago it came. Follows the mirror.
    pub fn counter(self, sequence: u64) -> impl Future<Output = Option<Counter>> {
        let mirror = self.mirrored();
        async move {
            let mut seen = Vec::new();
            let mut skip = 0;
            loop {
                let page = mirror.entries(skip, ENTRIES_PAGE).await.ok()?;
                skip += page.len();
                let is_past = page.len() < ENTRIES_PAGE || page.last().is_some_and(|last| last.sequence < sequence);
                // What became of it are refunds, which came later.
                seen.extend(page.into_iter().filter(|entry| entry.sequence == sequence || entry.refund.is_some()));
                if is_past {
                    return orders::counters(&seen).into_iter().find(|counter| counter.entry.sequence == sequence);
                }
            }
        }
    }

    /// Where what a refund gives back is shown; the list where it came too long ago to be in memory. Follows the mirror.
    pub fn screen_of(self, paid: RefundOf) -> Screen {
        let RefundOf::Order(order) = paid else {
            let counters = orders::counters(&self.mirrored().newest(ENTRIES_PAGE));
            let found = counters.iter().find(|counter| counter.paid() == Some(paid));
            return found.map_or(Screen::Orders, |counter| Screen::Counter(counter.entry.sequence));
        };
        Screen::Order(order)
    }

    /// The newest entry that is a customer's money. Follows the mirror.
    pub fn newest_income(self) -> Option<Entry> {
        self.mirrored().newest(ENTRIES_PAGE).into_iter().find(orders::is_income)
    }

    /// Requests that are open or not yet seen. Follows the outbox.
    pub fn outbox(self) -> Vec<OutboxItem> {
        self.outbox.track();
        self.client().outbox()
    }

    /// The recovery of the person's ways in that is running. Follows session and mirror.
    pub fn recovery(self) -> Option<RecoveryNotice> {
        self.session.track();
        let person = self.mirrored().person().or_else(|| self.client().presence().person().cloned());
        person?.recovery.filter(|recovery| self.now() < recovery.closes_at)
    }

    /// How the mirror stands to the server. Follows the connection.
    pub fn sync_state(self) -> SyncState {
        self.connection.track();
        self.client().mirror().state()
    }

    /// The moment the data is of, by the server's clock. Follows the connection.
    pub fn as_of(self) -> Option<Timestamp> {
        self.connection.track();
        self.mirrored().as_of()
    }

    /// The figures of the day, as they were told last.
    pub fn figures(self) -> Option<Figures> {
        self.figures.get()
    }

    /// Asks for the figures of the day, unless somebody is asking already.
    pub fn ask_figures(self) {
        let known = self.shop.with_untracked(|shop| matches!(shop, Shopfront::Open(_)));
        let (next, now) = self.asking.with_value(|asking| asking.on_change());
        if !known {
            return;
        }
        self.asking.set_value(next);
        if now {
            spawn_local(async move {
                loop {
                    if let Ok(today) = self.client().shop_today().await {
                        self.figures.set(Some(Figures { today, told_at: self.client().server_now() }));
                    }
                    let (next, again) = self.asking.with_value(|asking| asking.on_end());
                    self.asking.set_value(next);
                    if !again {
                        return;
                    }
                }
            });
        }
    }

    /// Forgets what this page was told, if the person it was told to is not the one who is here now.
    fn part_from_the_former(self) {
        let person = self.client().presence().person().map(|person| person.id);
        if self.person.get_value() != person {
            self.person.set_value(person);
            self.shop.set(Shopfront::Unknown);
            self.told.set(Vec::new());
            self.figures.set(None);
        }
    }

    /// The server's time as well as it is known.
    pub fn now(self) -> Timestamp {
        self.client().server_now()
    }
}
