//! Notices: something about the client changed; read it again.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

/// What changed. A notice carries nothing; the listener reads from the client what it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The mirror has other entries or documents.
    Mirror,
    /// The state of the connection, or the age of the data, is another.
    Connection,
    /// A request in the outbox is at another step, or there are other ones.
    Outbox,
    /// Another person is signed in, or nobody.
    Session,
}

type Heard = Rc<dyn Fn(Notice)>;

#[derive(Default)]
struct List {
    next: Cell<u32>,
    heard: RefCell<Vec<(u32, Heard)>>,
}

/// Those who listen.
#[derive(Default)]
pub(crate) struct Listeners {
    list: Rc<List>,
}

/// Ends the listening when dropped.
pub struct Subscription {
    number: u32,
    list: Weak<List>,
}

impl Listeners {
    pub(crate) fn subscribe(&self, heard: impl Fn(Notice) + 'static) -> Subscription {
        let number = self.list.next.get();
        self.list.next.set(number.wrapping_add(1));
        self.list.heard.borrow_mut().push((number, Rc::new(heard)));
        Subscription { number, list: Rc::downgrade(&self.list) }
    }

    /// Tells everybody. The list is copied first, so that a listener may end its own subscription.
    pub(crate) fn tell(&self, notice: Notice) {
        let heard: Vec<Heard> = self.list.heard.borrow().iter().map(|(_, heard)| heard.clone()).collect();
        for listener in heard {
            listener(notice);
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(list) = self.list.upgrade() {
            list.heard.borrow_mut().retain(|(number, _)| *number != self.number);
        }
    }
}
