//! `qianbao seed`: demo people, a demo shop and three weeks of history, for a first look.
//!
//! Everything goes through the operations that people use; only the clock is turned back first and then walks through the story to
//! the present. That needs an empty realm, since ledger time never runs backwards: in a realm where anybody lives nothing is done.
//!
//! Everybody's password is [`PASSWORD`], and their payment PIN [`PIN`]. Both stand in the documents of the demo, so a realm that is seeded is for looking only.

mod clock;
mod play;
mod script;
mod stage;

use std::path::Path;
use std::sync::Arc;

use qianbao_core::Timestamp;

use crate::clock::{Sources, SystemRandom};
use crate::database::Database;
use crate::hosts::RealmName;
use crate::identity;
use crate::limits::Limits;
use crate::realm::{OpenRealmError, Realm};

pub use play::PlayError;
pub use script::{PEOPLE, STORY};

use clock::SeedClock;

/// The password of all demo people.
pub const PASSWORD: &str = "jade-river-walks-2026";

/// The payment PIN of all demo people.
pub const PIN: &str = "290417";

/// The realm was not seeded.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The realm could not be opened.
    #[error(transparent)]
    Open(#[from] OpenRealmError),
    /// A step of the story failed.
    #[error(transparent)]
    Play(#[from] PlayError),
}

/// What seeding did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seeded {
    /// The demo people are there now.
    Now,
    /// Somebody lives in the realm already; nothing was done.
    Before,
}

/// Seeds the live realm, which no server may have open.
///
/// # Errors
/// [`SeedError`]. What was done before the failure stays: remove the folder to begin again.
pub async fn seed(data: &Path, database: &Database, now: Timestamp) -> Result<Seeded, SeedError> {
    let clock = SeedClock::at(now);
    let sources = Sources::new(clock.clone(), SystemRandom);
    let limits = Limits::built_in();
    let realm = Realm::open(data, database, RealmName::Live, limits, &sources).await?;
    let seeded = if identity::rows::is_empty(realm.directory.readers()).await.map_err(PlayError::from)? {
        play::play(&realm, &sources, &clock, now).await?;
        Seeded::Now
    } else {
        Seeded::Before
    };
    leave(realm).await;
    // A folder is whole with both realms; the one for trying things out starts empty.
    leave(Realm::open(data, database, RealmName::Test, limits, &sources).await?).await;
    Ok(seeded)
}

/// Waits until the ledger's writer has ended and its file is free for a server.
async fn leave(realm: Arc<Realm>) {
    let mut head = realm.ledger.head();
    realm.close().await;
    drop(realm);
    while head.changed().await.is_ok() {}
}
