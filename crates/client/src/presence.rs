//! Who is signed in, as far as this page knows.

use qianbao_api::identity::PersonView;
use qianbao_core::id::PersonId;

use crate::client::Client;
use crate::error::ClientError;

/// Who is signed in. Only [`SignedIn`](Self::SignedIn) was confirmed by the server in this page's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Nobody, and the device keeps nobody's copy: show the welcome screen.
    SignedOut,
    /// The device keeps somebody's copy, sealed, and its key is not here: show the lock.
    Locked,
    /// The device keeps this person's copy; the server has not been asked or cannot be reached: show the copy with its age.
    Remembered(PersonView),
    /// The server knows this person's session.
    SignedIn(PersonView),
    /// The session is over; the copy is still here: ask this person to sign in again.
    Expired(PersonView),
}

impl Presence {
    /// The person whose copy the device keeps.
    pub fn person(&self) -> Option<&PersonView> {
        match self {
            Self::SignedOut | Self::Locked => None,
            Self::Remembered(person) | Self::SignedIn(person) | Self::Expired(person) => Some(person),
        }
    }
}

/// The time in which one person is here. It ends when they sign out, in this tab or another, or another person signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stay(u32);

impl Client {
    /// The present stay. Whatever goes on for a person takes it along and stops when it is over.
    pub(crate) fn stay(&self) -> Stay {
        Stay(self.inner.stays.get())
    }

    /// Whether `stay` goes on.
    ///
    /// # Errors
    /// [`ClientError::SignedOut`] when it is over.
    pub(crate) fn still(&self, stay: Stay) -> Result<(), ClientError> {
        if self.stay() == stay { Ok(()) } else { Err(ClientError::SignedOut) }
    }

    /// The person whose wallet this page holds.
    pub(crate) fn owner(&self) -> Option<PersonId> {
        self.inner.presence.borrow().person().map(|person| person.id)
    }
}
