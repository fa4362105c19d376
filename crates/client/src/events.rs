//! The server's stream of hints: it says that there is something new, never what.

use futures::future::LocalBoxFuture;
use futures::stream::LocalBoxStream;

/// Something the stream says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// The stream stands (again). `Changed` follows, unless nothing came while nobody listened.
    Opened,
    /// There is something new.
    Changed,
    /// The stream broke and is trying again by itself.
    Broken,
}

/// A way to listen. The stream ends when it will not try again by itself; the caller opens another after a pause.
pub trait Events {
    /// Opens the stream.
    fn listen(&self) -> LocalBoxStream<'static, Hint>;
    /// Ends when the device is on the network again or the page is looked at again: a reason to ask the server now.
    fn woken(&self) -> LocalBoxFuture<'static, ()>;
}

/// No stream: the client polls.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoEvents;

impl Events for NoEvents {
    fn listen(&self) -> LocalBoxStream<'static, Hint> {
        Box::pin(futures::stream::empty())
    }
    fn woken(&self) -> LocalBoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}
