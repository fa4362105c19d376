//! Who is signed in, as far as this page knows.

use qianbao_api::identity::PersonView;
use qianbao_core::id::PersonId;

use crate::client::Client;

/// Who is signed in. Only [`SignedIn`](Self::SignedIn) was confirmed by the server in this page's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Nobody, and the device keeps nobody's copy: show the welcome screen.
    SignedOut,
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
            Self::SignedOut => None,
            Self::Remembered(person) | Self::SignedIn(person) | Self::Expired(person) => Some(person),
        }
    }
}

impl Client {
    /// The person whose wallet this page holds.
    pub(crate) fn owner(&self) -> Option<PersonId> {
        self.inner.presence.borrow().person().map(|person| person.id)
    }
}
