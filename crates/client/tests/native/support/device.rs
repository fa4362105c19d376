//! A device with tabs: one store, one lock, one channel; each tab can be killed before any step it takes.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use futures::channel::{mpsc, oneshot};
use futures::future::LocalBoxFuture;
use futures::stream::{LocalBoxStream, StreamExt};
use qianbao_client::Platform;
use qianbao_client::clock::Clock;
use qianbao_client::entropy::Entropy;
use qianbao_client::events::{Events, Hint};
use qianbao_client::owed::{Owed, OwedInMemory};
use qianbao_client::storage::memory::MemoryStorage;
use qianbao_client::storage::{Record, Storage, StorageError, Table, Write};
use qianbao_client::tabs::{TabMessage, Tabs, WriterLock};
use qianbao_client::transport::{Answer, Request, Transport, TransportError};
use qianbao_core::Timestamp;

use super::network::Network;
use super::time::World;

type Heard = Rc<dyn Fn(TabMessage)>;

struct Shared {
    world: World,
    network: Rc<Network>,
    skew_us: i64,
    storage: MemoryStorage,
    entropy: Cell<u64>,
    heard: RefCell<Vec<(u32, Weak<Tab>, Heard)>>,
    holder: Cell<Option<u32>>,
    waiting: RefCell<VecDeque<oneshot::Sender<()>>>,
    streams: RefCell<Vec<(u32, mpsc::UnboundedSender<Hint>)>>,
    next_tab: Cell<u32>,
    is_full: Cell<bool>,
    owed: OwedInMemory,
    cipher: Rc<crate::cipher::Soft>,
    authenticator: Rc<super::authenticator::Scripted>,
}

impl Shared {
    /// Gives the lock to the next tab, if this one holds it.
    fn release(&self, number: u32) {
        if self.holder.get() != Some(number) {
            return;
        }
        self.holder.set(None);
        while let Some(next) = self.waiting.borrow_mut().pop_front() {
            if next.send(()).is_ok() {
                break;
            }
        }
    }
}

/// The device.
#[derive(Clone)]
pub struct Device {
    shared: Rc<Shared>,
}

/// A tab. Dead tabs do nothing any more.
pub struct Tab {
    number: u32,
    shared: Rc<Shared>,
    steps: Cell<u32>,
    dies_at: Cell<u32>,
}

impl Device {
    pub fn new(world: World, network: Rc<Network>, skew_s: i64) -> Self {
        let shared = Shared {
            world,
            network,
            skew_us: skew_s * 1_000_000,
            storage: MemoryStorage::new(),
            entropy: Cell::new(1),
            heard: RefCell::default(),
            holder: Cell::new(None),
            waiting: RefCell::default(),
            streams: RefCell::default(),
            next_tab: Cell::new(0),
            is_full: Cell::new(false),
            owed: OwedInMemory::default(),
            cipher: Rc::default(),
            authenticator: Rc::default(),
        };
        Self { shared: Rc::new(shared) }
    }

    /// A tab that lives.
    pub fn tab(&self) -> Rc<Tab> {
        self.tab_that_dies_at(u32::MAX)
    }

    /// A tab that is killed before its `dies_at`-th step, counted from 0. Each access to the store and each exchange is two
    /// steps: one before it takes effect, one after.
    pub fn tab_that_dies_at(&self, dies_at: u32) -> Rc<Tab> {
        let number = self.shared.next_tab.get() + 1;
        self.shared.next_tab.set(number);
        Rc::new(Tab { number, shared: self.shared.clone(), steps: Cell::new(0), dies_at: Cell::new(dies_at) })
    }

    /// The passkeys of the device.
    pub fn authenticator(&self) -> &super::authenticator::Scripted {
        &self.shared.authenticator
    }

    /// The device's own key.
    pub fn cipher(&self) -> &crate::cipher::Soft {
        &self.shared.cipher
    }

    /// What lies on the device, as it lies there.
    pub fn storage(&self) -> &MemoryStorage {
        &self.shared.storage
    }

    /// From now on the device has no room.
    pub fn fill(&self) {
        self.shared.is_full.set(true);
    }

    /// Streams of hints that are open.
    pub fn streams_open(&self) -> usize {
        self.shared.streams.borrow().iter().filter(|(_, stream)| !stream.is_closed()).count()
    }

    /// The server hints to whoever listens.
    pub fn hint(&self, hint: Hint) {
        for (_, stream) in self.shared.streams.borrow().iter() {
            let _ = stream.unbounded_send(hint);
        }
    }
}

impl Tab {
    pub fn platform(self: &Rc<Self>) -> Platform {
        Platform {
            transport: Rc::new(Handle(self.clone())),
            storage: Rc::new(Handle(self.clone())),
            clock: Rc::new(Handle(self.clone())),
            entropy: Rc::new(Handle(self.clone())),
            tabs: Rc::new(Handle(self.clone())),
            events: Rc::new(Handle(self.clone())),
            authenticator: Rc::new(super::authenticator::Handle(self.shared.authenticator.clone())),
            verifier: Rc::new(super::verifier::Dalek),
            cipher: Rc::new(crate::cipher::Handle(self.shared.cipher.clone())),
            owed: Rc::new(Handle(self.clone())),
            origin: "https://wallet.example".to_owned(),
        }
    }

    pub fn is_dead(&self) -> bool {
        self.steps.get() >= self.dies_at.get()
    }

    /// The tab is killed before its `dies_at`-th step.
    pub fn die_at(&self, dies_at: u32) {
        self.dies_at.set(dies_at);
    }

    pub fn steps(&self) -> u32 {
        self.steps.get()
    }

    /// Kills the tab; the browser takes its lock and its connections.
    pub fn kill(&self) {
        self.dies_at.set(0);
        self.shared.streams.borrow_mut().retain(|(number, _)| *number != self.number);
        self.shared.release(self.number);
    }

    /// Takes a step, or never comes back.
    async fn step(&self) {
        if !self.is_dead() {
            self.steps.set(self.steps.get() + 1);
            self.shared.world.sleep_us(1).await;
        }
        if self.is_dead() {
            std::future::pending::<()>().await;
        }
    }
}

struct Handle(Rc<Tab>);

impl Handle {
    fn effect<T: 'static>(
        &self,
        effect: impl FnOnce(Rc<Tab>) -> LocalBoxFuture<'static, T> + 'static,
    ) -> LocalBoxFuture<'static, T> {
        let tab = self.0.clone();
        Box::pin(async move {
            tab.step().await;
            let value = effect(tab.clone()).await;
            tab.step().await;
            value
        })
    }
}

impl Transport for Handle {
    fn send(&self, request: Request) -> LocalBoxFuture<'static, Result<Answer, TransportError>> {
        self.0.shared.network.begin(&request);
        self.effect(|tab| Box::pin(async move { tab.shared.network.exchange(request).await }))
    }
}

impl Storage for Handle {
    fn get(&self, table: Table, key: &str) -> LocalBoxFuture<'static, Result<Option<Vec<u8>>, StorageError>> {
        let key = key.to_owned();
        self.effect(move |tab| tab.shared.storage.get(table, &key))
    }

    fn list(
        &self,
        table: Table,
        after: Option<&str>,
        limit: u32,
    ) -> LocalBoxFuture<'static, Result<Vec<Record>, StorageError>> {
        let after = after.map(str::to_owned);
        self.effect(move |tab| tab.shared.storage.list(table, after.as_deref(), limit))
    }

    fn write(&self, write: Write) -> LocalBoxFuture<'static, Result<(), StorageError>> {
        self.effect(move |tab| {
            if tab.shared.is_full.get() {
                return Box::pin(std::future::ready(Err(StorageError::Full)));
            }
            tab.shared.storage.write(write)
        })
    }

    fn is_lasting(&self) -> bool {
        true
    }
}

impl Owed for Handle {
    fn is_owed(&self) -> bool {
        self.0.shared.owed.is_owed()
    }

    fn note(&self) {
        if !self.0.is_dead() {
            self.0.shared.owed.note();
        }
    }

    fn settle(&self) {
        if !self.0.is_dead() {
            self.0.shared.owed.settle();
        }
    }
}

impl Clock for Handle {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.shared.world.now().0 + self.0.shared.skew_us)
    }

    fn sleep(&self, ms: u32) -> LocalBoxFuture<'static, ()> {
        let (tab, wait) = (self.0.clone(), self.0.shared.world.sleep_us(i64::from(ms) * 1_000));
        Box::pin(async move {
            wait.await;
            if tab.is_dead() {
                std::future::pending::<()>().await;
            }
        })
    }
}

impl Entropy for Handle {
    fn ten_bytes(&self) -> [u8; 10] {
        let next = self.0.shared.entropy.get() + 1;
        self.0.shared.entropy.set(next);
        let mut bytes = [0; 10];
        bytes[..8].copy_from_slice(&next.to_le_bytes());
        bytes
    }
}

impl Tabs for Handle {
    fn writer(&self) -> LocalBoxFuture<'static, WriterLock> {
        let (shared, number) = (self.0.shared.clone(), self.0.number);
        Box::pin(async move {
            while shared.holder.get().is_some() {
                let (sender, receiver) = oneshot::channel();
                shared.waiting.borrow_mut().push_back(sender);
                let _ = receiver.await;
            }
            shared.holder.set(Some(number));
            WriterLock::new(move || shared.release(number))
        })
    }

    fn tell(&self, message: TabMessage) {
        if self.0.is_dead() {
            return;
        }
        let others: Vec<Heard> = self
            .0
            .shared
            .heard
            .borrow()
            .iter()
            .filter(|(number, tab, _)| *number != self.0.number && tab.upgrade().is_some_and(|tab| !tab.is_dead()))
            .map(|(_, _, heard)| heard.clone())
            .collect();
        for heard in others {
            heard(message);
        }
    }

    fn listen(&self, heard: Heard) {
        self.0.shared.heard.borrow_mut().push((self.0.number, Rc::downgrade(&self.0), heard));
    }
}

impl Events for Handle {
    fn listen(&self) -> LocalBoxStream<'static, Hint> {
        let (sender, receiver) = mpsc::unbounded();
        let _ = sender.unbounded_send(Hint::Opened);
        self.0.shared.streams.borrow_mut().push((self.0.number, sender));
        receiver.boxed_local()
    }

    fn woken(&self) -> LocalBoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}
