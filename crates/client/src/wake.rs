//! The bells that wake the background task.
//!
//! There is one who waits ([`Client::run`](crate::Client::run)) and many who ring; ringing twice before the waiter looks is
//! ringing once, so nothing queues up.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker};

/// What is to be done. A set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bells(u8);

impl Bells {
    /// Ask the server for changes.
    pub(crate) const SYNC: Self = Self(1);
    /// Another tab wrote the mirror: read it.
    pub(crate) const MIRROR: Self = Self(2);
    /// Another tab wrote the outbox: read it.
    pub(crate) const OUTBOX: Self = Self(4);
    /// Somebody signed in or out in this tab.
    pub(crate) const SESSION: Self = Self(8);
    /// Somebody signed in in another tab.
    pub(crate) const SIGNED_IN: Self = Self(16);
    /// Somebody signed out in another tab.
    pub(crate) const SIGNED_OUT: Self = Self(32);

    pub(crate) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// The bells of a client.
#[derive(Default)]
pub(crate) struct Wake {
    rung: Cell<u8>,
    waker: RefCell<Option<Waker>>,
}

impl Wake {
    pub(crate) fn ring(&self, bells: Bells) {
        self.rung.set(self.rung.get() | bells.0);
        if let Some(waker) = self.waker.borrow_mut().take() {
            waker.wake();
        }
    }

    /// Waits until a bell rings; takes all that have.
    pub(crate) async fn rung(&self) -> Bells {
        poll_fn(|context| {
            let rung = self.rung.take();
            if rung == 0 {
                self.waker.replace(Some(context.waker().clone()));
                return Poll::Pending;
            }
            Poll::Ready(Bells(rung))
        })
        .await
    }
}
