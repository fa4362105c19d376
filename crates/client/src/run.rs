//! The background task: keeps the mirror up to date, follows other tabs, and checks what is open in the outbox.
//!
//! One tab of an origin is the **writer** (it holds the lock): it listens to the stream of hints and asks the server. The
//! other tabs **follow**: they read from the device what the writer wrote. When the writer's tab closes, the next one takes
//! over. While the stream stands, the server is asked on each hint and once a minute; without it every 5 seconds to a
//! minute, ever more rarely; after failures likewise.

use std::rc::Rc;

use futures::future::{Either, FutureExt, LocalBoxFuture, select, select_all};
use futures::stream::{LocalBoxStream, StreamExt};
use qianbao_api::identity::PersonView;

use crate::client::Client;
use crate::error::ClientError;
use crate::events::Hint;
use crate::mirror::SyncState;
use crate::notice::Notice;
use crate::presence::Presence;
use crate::tabs::TabMessage;
use crate::wake::Bells;

/// Pause between two polls while the stream stands, in milliseconds.
const QUIET_MS: u32 = 60_000;
/// First pause without a stream, in milliseconds; doubles with each failure.
const POLL_MS: u32 = 5_000;
/// First pause after a failure, in milliseconds; doubles with each failure.
const RETRY_MS: u32 = 1_000;
/// Longest pause after failures, in milliseconds.
const RETRY_MS_MAX: u32 = 30_000;
/// Pause while a request in the outbox is open, in milliseconds.
const OPEN_MS: u32 = 3_000;

/// What one round came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Round {
    /// The mirror is up to date.
    Caught,
    /// The server could not be asked.
    Failed,
    /// Nobody is signed in.
    Nobody,
    /// Nobody is signed in, and the server could not be told of it.
    Parting,
}

/// What ended a wait.
enum Woke {
    Hint(Option<Hint>),
    Bells(Bells),
    Look,
}

/// The stream of hints and what is known of it.
#[derive(Default)]
struct Line {
    stream: Option<LocalBoxStream<'static, Hint>>,
    is_open: bool,
    failures: u32,
}

impl Client {
    /// Keeps the mirror up to date and settles what is open in the outbox; ends never. Start it once, with the page.
    ///
    /// It first tells the server of a sign-out that is owed, then asks who is signed in, if the device remembers somebody or can
    /// remember nobody (a private window).
    pub async fn run(&self) {
        self.listen_to_tabs();
        // Without an answer the rounds of the writer try again.
        let _ = self.part_first().await;
        if self.presence().person().is_some() || !self.inner.platform.storage.is_lasting() {
            // Without an answer the copy is shown as remembered, and the rounds ask again.
            let _ = self.session().await;
        }
        let follow = Box::pin(self.follow());
        match select(self.inner.platform.tabs.writer(), follow).await {
            Either::Left((lock, _)) => {
                self.write_on().await;
                drop(lock);
            }
            Either::Right(((), _)) => {}
        }
    }

    /// Asks the background task, in whichever tab it writes, to look for changes now.
    pub(crate) fn look_now(&self) {
        self.inner.wake.ring(Bells::SYNC);
    }

    fn listen_to_tabs(&self) {
        let inner = Rc::downgrade(&self.inner);
        self.inner.platform.tabs.listen(Rc::new(move |message| {
            let Some(inner) = inner.upgrade() else { return };
            match message {
                TabMessage::MirrorChanged => inner.wake.ring(Bells::MIRROR),
                TabMessage::OutboxChanged => inner.wake.ring(Bells::OUTBOX),
                TabMessage::SignedIn => inner.wake.ring(Bells::SIGNED_IN),
                TabMessage::SignedOut => {
                    Self { inner: inner.clone() }.leave();
                    inner.wake.ring(Bells::SIGNED_OUT);
                }
                TabMessage::Locked => {
                    let client = Self { inner: inner.clone() };
                    // A payment that is under way here is stayed with.
                    if client.can_lock() && !inner.outbox.is_driven() {
                        client.shut();
                    }
                }
                TabMessage::SyncWanted => inner.wake.ring(Bells::SYNC),
                TabMessage::State(state) => {
                    if inner.held.state.replace(state) != state {
                        inner.listeners.tell(Notice::Connection);
                    }
                }
            }
        }));
    }

    async fn follow(&self) {
        // The writer's next page tells this tab how things stand.
        self.inner.platform.tabs.tell(TabMessage::SyncWanted);
        loop {
            let bells = self.inner.wake.rung().await;
            if bells.has(Bells::SYNC) {
                self.inner.platform.tabs.tell(TabMessage::SyncWanted);
            }
            self.heed(bells).await;
            if bells.has(Bells::MIRROR) && self.inner.held.state.replace(SyncState::Online) != SyncState::Online {
                self.inner.listeners.tell(Notice::Connection);
            }
        }
    }

    /// Does what other tabs told. A device that cannot be read now leaves the copy in memory as it is.
    async fn heed(&self, bells: Bells) {
        if bells.has(Bells::SIGNED_OUT) {
            self.signed_out_elsewhere().await;
        }
        if bells.has(Bells::SIGNED_IN) {
            match self.known_anew().await {
                Some(person) => {
                    self.inner.renewals.set(self.inner.renewals.get().wrapping_add(1));
                    self.set_presence(Presence::SignedIn(person));
                }
                // Each private window remembers for itself only.
                None => drop(self.session().await),
            }
        }
        if bells.has(Bells::MIRROR) || bells.has(Bells::SIGNED_IN) {
            let _ = self.reload_mirror().await;
        }
        if bells.has(Bells::OUTBOX) || bells.has(Bells::SIGNED_IN) {
            let _ = self.reload_outbox().await;
        }
    }

    /// The person whom another tab has signed in or unlocked. The key of this tab may be of another time.
    async fn known_anew(&self) -> Option<PersonView> {
        let known = self.remembered().await.ok().flatten();
        if known.as_ref().is_some_and(|person| self.owner() == Some(person.id)) || !self.inner.vault.storage.seals() {
            return known;
        }
        self.forget();
        self.ensure_open().await.ok()?;
        self.remembered().await.ok().flatten()
    }

    /// Another tab signed out: at once nothing of the person is shown here, and nothing of theirs is sent any more.
    pub(crate) fn leave(&self) {
        if let Some(owner) = self.owner() {
            self.inner.left.set(Some(owner));
            self.forget();
            self.set_presence(Presence::SignedOut);
        }
    }

    /// Another tab signed out. It has wiped the device; what this tab put there before it heard goes too, unless somebody
    /// has signed in again since.
    async fn signed_out_elsewhere(&self) {
        if self.inner.left.take().is_none() {
            return;
        }
        if self.inner.vault.storage.seals() {
            // A device that cannot be wiped cannot be read either: its key is gone.
            let _ = self.sweep().await;
        } else if self.session().await.is_err_and(|error| error.is_signed_out()) {
            let _ = self.wipe().await;
        }
    }

    async fn write_on(&self) {
        let mut line = Line::default();
        let mut failures = 0;
        // The writer before may have written until the moment it let go.
        let _ = self.reload_mirror().await;
        loop {
            let round = self.round().await;
            failures = if matches!(round, Round::Failed | Round::Parting) { failures + 1 } else { 0 };
            if round == Round::Caught {
                self.check_open().await;
                self.keep_keys().await;
            }
            if matches!(round, Round::Nobody | Round::Parting) {
                line = Line::default();
            } else if line.stream.is_none() && round == Round::Caught {
                line.stream = Some(self.inner.platform.events.listen());
            }
            loop {
                let pause_ms = self.pause_ms(round, &line, failures);
                if self.wakes_round(&mut line, round, pause_ms).await {
                    break;
                }
            }
        }
    }

    /// Waits once, does what woke it, and tells whether the server is to be asked now. That the stream stands is a reason only
    /// where the server could not be asked before: what was missed, the stream says by itself.
    async fn wakes_round(&self, line: &mut Line, last: Round, pause_ms: Option<u32>) -> bool {
        match self.wait(line, pause_ms).await {
            Woke::Hint(hint) => {
                line.heard(hint);
                hint != Some(Hint::Opened) || last == Round::Failed
            }
            Woke::Bells(bells) => {
                self.heed(bells).await;
                [Bells::SYNC, Bells::SESSION, Bells::SIGNED_IN, Bells::SIGNED_OUT]
                    .into_iter()
                    .any(|bell| bells.has(bell))
            }
            Woke::Look => true,
        }
    }

    async fn round(&self) -> Round {
        if self.part_first().await.is_err() {
            return Round::Parting;
        }
        if self.presence() == Presence::Locked {
            match self.unlock_by_session().await {
                Ok(()) => self.inner.platform.tabs.tell(TabMessage::SignedIn),
                Err(error) if error.is_signed_out() || matches!(error, ClientError::Storage(_)) => {
                    return Round::Nobody;
                }
                Err(_) => {
                    self.set_state(SyncState::Offline);
                    return Round::Failed;
                }
            }
        }
        if let Presence::Remembered(_) = self.presence()
            && let Err(error) = self.session().await
            && !error.is_signed_out()
        {
            self.set_state(SyncState::Offline);
            return Round::Failed;
        }
        if !matches!(self.presence(), Presence::SignedIn(_)) {
            return Round::Nobody;
        }
        match self.catch_up().await {
            Ok(()) => Round::Caught,
            Err(error) if error.is_signed_out() => Round::Nobody,
            Err(_) => Round::Failed,
        }
    }

    /// How long to wait at most; nothing where only a bell helps.
    fn pause_ms(&self, round: Round, line: &Line, failures: u32) -> Option<u32> {
        let pause_ms = match round {
            Round::Nobody => return None,
            Round::Failed | Round::Parting => doubled(RETRY_MS, failures.saturating_sub(1)).min(RETRY_MS_MAX),
            Round::Caught if line.is_open => QUIET_MS,
            Round::Caught => doubled(POLL_MS, line.failures).min(QUIET_MS),
        };
        Some(if self.inner.outbox.has_open() { pause_ms.min(OPEN_MS) } else { pause_ms })
    }

    async fn wait(&self, line: &mut Line, pause_ms: Option<u32>) -> Woke {
        let platform = &self.inner.platform;
        let mut waits: Vec<LocalBoxFuture<'_, Woke>> = vec![
            Box::pin(async { Woke::Bells(self.inner.wake.rung().await) }),
            Box::pin(async { Woke::Hint(line.next().await) }),
        ];
        if let Some(pause_ms) = pause_ms {
            waits.push(Box::pin(platform.events.woken().map(|()| Woke::Look)));
            waits.push(Box::pin(platform.clock.sleep(pause_ms).map(|()| Woke::Look)));
        }
        select_all(waits).await.0
    }
}

impl Line {
    /// The next hint; waits for ever where there is no stream. Hints that are there already are taken together.
    async fn next(&mut self) -> Option<Hint> {
        let Some(stream) = &mut self.stream else { return std::future::pending().await };
        let mut hint = stream.next().await;
        while let Some(Some(newer)) = stream.next().now_or_never() {
            self.is_open |= hint == Some(Hint::Opened);
            hint = Some(newer);
        }
        hint
    }

    fn heard(&mut self, hint: Option<Hint>) {
        match hint {
            Some(Hint::Opened) => {
                self.is_open = true;
                self.failures = 0;
            }
            Some(Hint::Changed) => {}
            Some(Hint::Broken) => self.is_open = false,
            None => {
                *self = Self { failures: self.failures + 1, ..Self::default() };
            }
        }
    }
}

/// `ms` doubled `times` times, without overflow.
fn doubled(ms: u32, times: u32) -> u32 {
    ms.saturating_mul(1_u32.checked_shl(times.min(16)).unwrap_or(u32::MAX))
}
