//! The stream of hints by `EventSource`. The browser reconnects by itself after a cut and then sends `Last-Event-ID`;
//! after an HTTP error it does not, and the stream ends.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures::channel::{mpsc, oneshot};
use futures::future::LocalBoxFuture;
use futures::stream::{LocalBoxStream, Stream, StreamExt};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventSource, EventTarget};

use crate::events::{Events, Hint};

/// Hints that wait to be read; more of them say nothing new.
const WAITING_MAX: usize = 8;

/// `EventSource` on `/v1/events`, and the window's own signs of life.
pub(crate) struct BrowserEvents;

impl Events for BrowserEvents {
    fn listen(&self) -> LocalBoxStream<'static, Hint> {
        match Source::open("/v1/events") {
            Some(source) => source.boxed_local(),
            None => futures::stream::empty().boxed_local(),
        }
    }

    fn woken(&self) -> LocalBoxFuture<'static, ()> {
        Box::pin(woken())
    }
}

/// A handler of events.
type Listener = Closure<dyn FnMut(Event)>;

/// An open stream; dropping it closes the connection.
struct Source {
    source: EventSource,
    hints: mpsc::Receiver<Hint>,
    _heard: [(&'static str, Listener); 3],
}

impl Source {
    fn open(path: &str) -> Option<Self> {
        let source = EventSource::new(path).ok()?;
        let (sender, hints) = mpsc::channel(WAITING_MAX);
        // The sender closes the channel where the browser gives up, so it is shared and can be taken.
        let sender = Rc::new(RefCell::new(Some(sender)));
        let tell = {
            let sender = sender.clone();
            move |hint: Hint| {
                if let Some(sender) = sender.borrow_mut().as_mut() {
                    // A full queue holds a hint already.
                    let _ = sender.try_send(hint);
                }
            }
        };
        let (tell_open, tell_broken, gone) = (tell.clone(), tell.clone(), source.clone());
        let heard: [(&'static str, Listener); 3] = [
            ("open", Closure::new(move |_: Event| tell_open(Hint::Opened))),
            ("changed", Closure::new(move |_: Event| tell(Hint::Changed))),
            (
                "error",
                Closure::new(move |_: Event| {
                    tell_broken(Hint::Broken);
                    if gone.ready_state() == EventSource::CLOSED {
                        sender.borrow_mut().take();
                    }
                }),
            ),
        ];
        for (name, closure) in &heard {
            source.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref()).ok()?;
        }
        Some(Self { source, hints, _heard: heard })
    }
}

impl Stream for Source {
    type Item = Hint;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Hint>> {
        self.hints.poll_next_unpin(context)
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        self.source.close();
    }
}

/// Ends when the device is on the network again or the page is looked at again.
async fn woken() {
    let Some(window) = web_sys::window() else { return std::future::pending().await };
    let Some(document) = window.document() else { return std::future::pending().await };
    let (sender, receiver) = oneshot::channel();
    let sender = RefCell::new(Some(sender));
    let seen = document.clone();
    let closure = Closure::<dyn FnMut(Event)>::new(move |_: Event| {
        if !seen.hidden()
            && let Some(sender) = sender.borrow_mut().take()
        {
            // The receiver is gone when nobody waits any more.
            let _ = sender.send(());
        }
    });
    let _listening = [
        Listening::begin(window.into(), "online", &closure),
        Listening::begin(document.into(), "visibilitychange", &closure),
    ];
    // The sender lives in the closure, which lives until here.
    let _ = receiver.await;
}

/// Takes the listener off when the wait is over, also when it is dropped.
struct Listening {
    target: EventTarget,
    name: &'static str,
    function: js_sys::Function,
}

impl Listening {
    fn begin(target: EventTarget, name: &'static str, closure: &Closure<dyn FnMut(Event)>) -> Self {
        let function: js_sys::Function = closure.as_ref().unchecked_ref::<js_sys::Function>().clone();
        // A listener that cannot be added only makes the wait longer.
        let _ = target.add_event_listener_with_callback(name, &function);
        Self { target, name, function }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.target.remove_event_listener_with_callback(self.name, &self.function);
    }
}
