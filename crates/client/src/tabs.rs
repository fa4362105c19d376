//! The other tabs of the same wallet: one of them writes and listens, the others follow.

use std::rc::Rc;

use futures::future::LocalBoxFuture;

use crate::mirror::SyncState;

/// What one tab tells the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TabMessage {
    /// The mirror on the device has new rows or documents: read them again.
    MirrorChanged,
    /// The outbox has changed.
    OutboxChanged,
    /// Somebody signed in.
    SignedIn,
    /// Somebody signed out: forget everything.
    SignedOut,
    /// Somebody locked the copy, or was away: forget it until it is unlocked.
    Locked,
    /// A follower asks the writer to ask the server now.
    SyncWanted,
    /// The writer stands so to the server.
    State(SyncState),
}

/// Held by the one tab that writes; dropping it lets the next one write.
pub struct WriterLock(Option<Box<dyn FnOnce()>>);

impl WriterLock {
    /// A lock that calls `release` when it is dropped.
    pub fn new(release: impl FnOnce() + 'static) -> Self {
        Self(Some(Box::new(release)))
    }

    /// A lock that holds nothing, where there is nobody to keep out or no way to do so.
    pub fn free() -> Self {
        Self(None)
    }
}

impl Drop for WriterLock {
    fn drop(&mut self) {
        if let Some(release) = self.0.take() {
            release();
        }
    }
}

/// The link between the tabs of one origin.
pub trait Tabs {
    /// Waits until this tab may write. Where the browser has no locks every tab may write at once, which costs requests
    /// and nothing else: a page of changes is applied only on the token it was asked with.
    fn writer(&self) -> LocalBoxFuture<'static, WriterLock>;
    /// Tells the other tabs.
    fn tell(&self, message: TabMessage);
    /// Calls `heard` for what other tabs tell, until the client is gone.
    fn listen(&self, heard: Rc<dyn Fn(TabMessage)>);
}

/// The only tab there is.
#[derive(Clone, Copy, Debug, Default)]
pub struct OnlyTab;

impl Tabs for OnlyTab {
    fn writer(&self) -> LocalBoxFuture<'static, WriterLock> {
        Box::pin(std::future::ready(WriterLock::free()))
    }
    fn tell(&self, _message: TabMessage) {}
    fn listen(&self, _heard: Rc<dyn Fn(TabMessage)>) {}
}
