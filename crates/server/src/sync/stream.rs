//! `GET /v1/events`: a stream of hints that the mirror has something to fetch.
//!
//! A stream says `changed` after each commit that touches the subject's account or documents, and once at its beginning, so that whatever
//! happened while nobody listened is heard. Each hint's id says where ledger and documents stood; a client that comes back with the id of
//! where they stand now (`Last-Event-ID`) has heard everything, and its stream begins in silence. Hints may be merged and never carry content.
//! A stream ends with its session, with the server, and when the client goes. There are at most `--streams-max` of them, and of one person in a
//! realm at most `--person-streams-max`, so that nobody takes the places of all others. One that began at the desk before there was a shop
//! becomes the shop's when it is opened.
//!
//! One task a realm follows the ledger while streams are open and tells all of them which accounts were touched, so that a commit is read
//! once and not once for each stream.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::response::sse::Event;
use futures::Stream;
use qianbao_api::ProblemCode;
use qianbao_api::sync::Changed;
use qianbao_core::id::{PersonId, SessionId};
use qianbao_core::posting::AccountId;
use qianbao_ledger::Ledger;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast, watch};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use super::subject::Subject;
use crate::directory::{DirectoryError, Listener, Owner, Rung, last_change};
use crate::door::{Call, Signed};
use crate::hosts::RealmName;
use crate::identity::session;
use crate::problem::Refuses;
use crate::realm::Realm;

/// Batches of touched accounts that a stream may be behind before it only hears that something happened.
const BEHIND_MAX: usize = 256;
/// Records read at once by the task that follows the ledger.
const RECORDS_MAX: usize = 256;
/// How often the following task looks whether anybody still listens, and a stream whether its session still lives.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// How long a following task waits after a failed read.
const PAUSE: Duration = Duration::from_millis(500);

/// All streams of the server: how many there may be, and how they are ended.
#[derive(Debug)]
pub struct Streams {
    places: Arc<Semaphore>,
    person_max: u32,
    of_people: Arc<Mutex<HashMap<Holder, u32>>>,
    stop: watch::Sender<bool>,
}

/// Who holds streams: a person in a realm.
type Holder = (RealmName, PersonId);

impl Streams {
    /// Room for `streams_max` streams, `person_max` of one person.
    pub fn new(streams_max: u32, person_max: u32) -> Self {
        Self {
            places: Arc::new(Semaphore::new(streams_max as usize)),
            person_max,
            of_people: Arc::default(),
            stop: watch::Sender::new(false),
        }
    }

    /// A place for one more stream of `holder`.
    fn place(&self, holder: Holder) -> Result<Place, StreamError> {
        let of_everybody = Arc::clone(&self.places).try_acquire_owned().map_err(|_| StreamError::Full)?;
        let mut of_people = self.of_people.lock().unwrap_or_else(PoisonError::into_inner);
        let open = of_people.entry(holder).or_default();
        if *open >= self.person_max {
            return Err(StreamError::PersonFull { streams_max: self.person_max });
        }
        *open += 1;
        Ok(Place { holder, of_people: Arc::clone(&self.of_people), _of_everybody: of_everybody })
    }

    /// How many are open.
    pub fn open(&self) -> u32 {
        self.of_people.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }

    /// Ends every stream, and lets none begin. A graceful stop would otherwise wait for them for ever.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }
}

/// A stream's place, given back when the stream ends.
struct Place {
    holder: Holder,
    of_people: Arc<Mutex<HashMap<Holder, u32>>>,
    _of_everybody: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut of_people = self.of_people.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut open) = of_people.entry(self.holder) {
            *open.get_mut() -= 1;
            if *open.get() == 0 {
                open.remove();
            }
        }
    }
}

/// Who hears of touched accounts in a realm.
#[derive(Debug)]
pub struct Touches {
    sender: broadcast::Sender<Arc<HashSet<AccountId>>>,
    is_followed: Mutex<bool>,
}

impl Default for Touches {
    fn default() -> Self {
        Self { sender: broadcast::Sender::new(BEHIND_MAX), is_followed: Mutex::new(false) }
    }
}

/// The stream cannot begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// Too many are open.
    #[error("expected fewer open streams; ask `/v1/sync` from time to time instead")]
    Full,
    /// This person has too many open.
    #[error(
        "expected at most {streams_max} open streams of one person; close one, or ask `/v1/sync` from time to time"
    )]
    PersonFull {
        /// The limit.
        streams_max: u32,
    },
}

impl Refuses for StreamError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Full => ProblemCode::Overloaded,
            Self::PersonFull { .. } => ProblemCode::TooManyRequests,
        }
    }

    fn retry_after_s(&self) -> Option<u32> {
        Some(30)
    }
}

/// What one stream listens to.
struct Open {
    call: Call,
    session: SessionId,
    person: PersonId,
    account: Option<AccountId>,
    owner: Option<Owner>,
    touched: broadcast::Receiver<Arc<HashSet<AccountId>>>,
    bell: Listener,
    stop: watch::Receiver<bool>,
    ends_at: Instant,
    look: Interval,
    /// Whether the client has yet to hear that there may be something new.
    is_owed: bool,
    /// Held as long as the stream lives.
    _place: Place,
}

/// The stream of a session. `last_heard` is the id of the last hint that the client heard, if it says so.
///
/// # Errors
/// [`StreamError`].
pub async fn open(
    call: Call,
    signed: Signed,
    subject: &Subject,
    last_heard: Option<&str>,
) -> Result<impl Stream<Item = Result<Event, Infallible>> + use<>, StreamError> {
    let streams = &call.app.streams;
    let place = streams.place((call.realm.name, signed.person))?;
    let left_us = u64::try_from(signed.expires_at.0 - call.now.0).unwrap_or(0);
    let mut look = interval_at(Instant::now() + LOOK_EVERY, LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut open = Open {
        session: signed.session,
        person: signed.person,
        account: subject.account().map(|account| account.id()),
        owner: subject.owner(),
        touched: listen(&call.realm),
        bell: call.realm.directory.bell().listen(),
        stop: streams.stop.subscribe(),
        ends_at: Instant::now() + Duration::from_micros(left_us),
        look,
        is_owed: true,
        _place: place,
        call,
    };
    if let Some(last_heard) = last_heard {
        // Asked after the listening began: what is committed from here on is heard by that.
        let standing = open.standing(open.sequence()).await;
        open.is_owed = !standing.is_ok_and(|standing| standing == last_heard);
    }
    Ok(futures::stream::unfold(open, |mut open| async move {
        let event = open.next().await?;
        Some((Ok(event), open))
    }))
}

impl Open {
    /// Waits for the next hint; nothing when the stream is over.
    async fn next(&mut self) -> Option<Event> {
        if !std::mem::take(&mut self.is_owed) {
            while !self.hears().await? {}
        }
        Some(self.hint().await)
    }

    /// Waits for one thing to happen: whether it concerns this stream; nothing when the stream is over.
    async fn hears(&mut self) -> Option<bool> {
        tokio::select! {
            biased;
            () = stopped(&mut self.stop) => None,
            () = tokio::time::sleep_until(self.ends_at) => None,
            touched = self.touched.recv() => match touched {
                Ok(accounts) => Some(self.account.is_some_and(|account| accounts.contains(&account))),
                // Being behind means that something happened; which account it was is no longer known.
                Err(broadcast::error::RecvError::Lagged(_)) => Some(true),
                Err(broadcast::error::RecvError::Closed) => None,
            },
            rung = self.bell.next() => {
                let rung = rung?;
                // Their session may just have been ended, by themselves from another device.
                if rung == Rung::For(Owner::Person(self.person)) && !self.is_live().await {
                    return None;
                }
                Some(self.concerns(rung).await)
            }
            _ = self.look.tick() => {
                self.is_live().await.then_some(false)
            }
        }
    }

    /// Whether the stream's session is still there, as far as the directory says.
    async fn is_live(&self) -> bool {
        let now = self.call.app.sources.now();
        session::is_live(&self.call.realm.directory, self.session, now).await.unwrap_or(false)
    }

    /// Whether a ring concerns this stream. Without a shop it listens for the person, who may have opened one.
    async fn concerns(&mut self, rung: Rung) -> bool {
        let owner = self.owner.unwrap_or(Owner::Person(self.person));
        if rung != Rung::Anyone && rung != Rung::For(owner) {
            return false;
        }
        if self.owner.is_none()
            && let Ok(subject) = Subject::of(&self.call.realm, self.call.audience, self.person).await
        {
            self.account = subject.account().map(|account| account.id());
            self.owner = subject.owner();
        }
        true
    }

    async fn hint(&self) -> Event {
        let sequence = self.sequence();
        let event = Event::default().event("changed").retry(Duration::from_secs(2));
        let event = event.json_data(Changed { sequence }).unwrap_or_default();
        // A hint without id is a hint all the same; the client keeps the id before it, and hears one hint more when it comes back.
        match self.standing(sequence).await {
            Ok(standing) => event.id(standing),
            Err(_) => event,
        }
    }

    fn sequence(&self) -> u64 {
        *self.call.realm.ledger.head().borrow()
    }

    /// The id of a hint: the ledger's epoch, its `sequence`, and the number of the owner's last changed document, which moves without the ledger.
    async fn standing(&self, sequence: u64) -> Result<String, DirectoryError> {
        let epoch = self.call.realm.ledger.epoch().0;
        let change = match self.owner {
            Some(owner) => last_change(self.call.realm.directory.readers(), owner).await?,
            None => 0,
        };
        Ok(format!("{epoch}:{sequence}:{change}"))
    }
}

/// Waits for the server to stop.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    // The guard of the answer must not live on: it would be held across other waits. An error says that the server is gone.
    drop(stop.wait_for(|stopped| *stopped).await);
}

/// Hears of touched accounts from now on; makes sure that somebody follows the ledger.
fn listen(realm: &Arc<Realm>) -> broadcast::Receiver<Arc<HashSet<AccountId>>> {
    let mut is_followed = realm.touches.is_followed.lock().unwrap_or_else(PoisonError::into_inner);
    let receiver = realm.touches.sender.subscribe();
    if !*is_followed {
        *is_followed = true;
        // Read here and not in the task: a commit before the task's first turn would be told to nobody.
        let read = *realm.ledger.head().borrow();
        tokio::spawn(follow(Arc::clone(realm), read));
    }
    receiver
}

/// Tells the streams of a realm which accounts each commit after `read` touched, until nobody listens.
async fn follow(realm: Arc<Realm>, mut read: u64) {
    let mut head = realm.ledger.head();
    loop {
        while *head.borrow_and_update() > read {
            match touched_after(&realm.ledger, read).await {
                Some((accounts, last)) => {
                    read = last;
                    // An error only says that nobody listens any more.
                    let _ = realm.touches.sender.send(Arc::new(accounts));
                }
                None => tokio::time::sleep(PAUSE).await,
            }
        }
        let changed = tokio::time::timeout(LOOK_EVERY, head.changed()).await;
        if nobody_listens(&realm.touches) || matches!(changed, Ok(Err(_))) {
            return;
        }
    }
}

/// Marks the realm as not followed when nobody listens. Under the lock, so that a stream that begins now starts a new task.
fn nobody_listens(touches: &Touches) -> bool {
    let mut is_followed = touches.is_followed.lock().unwrap_or_else(PoisonError::into_inner);
    *is_followed = touches.sender.receiver_count() > 0;
    !*is_followed
}

async fn touched_after(ledger: &Ledger, after: u64) -> Option<(HashSet<AccountId>, u64)> {
    let records = ledger.tail(after, RECORDS_MAX).await.ok()?;
    let last = records.last()?.sequence;
    Some((records.iter().flat_map(|record| record.touched.iter().map(|touched| touched.account)).collect(), last))
}
