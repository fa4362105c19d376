//! Rings after a commit that an owner's mirror should hear of.
//!
//! Ringing is a hint: a listener that was too slow hears [`Rung::Anyone`] and looks for itself. Nothing waits for a listener.

use tokio::sync::broadcast;

use super::Owner;

/// Rings that a listener may be behind before it only hears [`Rung::Anyone`].
const RINGS_MAX: usize = 1024;

/// The bell of one realm.
#[derive(Clone, Debug)]
pub struct Bell(broadcast::Sender<Rung>);

/// What a listener heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rung {
    /// Something changed for this owner.
    For(Owner),
    /// Too much happened: anybody may have changes.
    Anyone,
}

/// Listens to a [`Bell`].
#[derive(Debug)]
pub struct Listener(broadcast::Receiver<Rung>);

impl Bell {
    /// A bell that nobody listens to yet.
    pub fn new() -> Self {
        Self(broadcast::Sender::new(RINGS_MAX))
    }

    /// Rings.
    pub fn ring(&self, rung: Rung) {
        // An error only says that nobody listens.
        let _ = self.0.send(rung);
    }

    /// Listens from now on.
    pub fn listen(&self) -> Listener {
        Listener(self.0.subscribe())
    }
}

impl Default for Bell {
    fn default() -> Self {
        Self::new()
    }
}

impl Listener {
    /// Waits for the next ring; `None` when the bell is gone. Safe to cancel.
    pub async fn next(&mut self) -> Option<Rung> {
        match self.0.recv().await {
            Ok(rung) => Some(rung),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(Rung::Anyone),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}
