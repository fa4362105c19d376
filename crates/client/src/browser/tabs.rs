//! The other tabs: Web Locks for the one writer, `BroadcastChannel` for the news.

use std::cell::RefCell;
use std::rc::Rc;

use futures::channel::oneshot;
use futures::future::LocalBoxFuture;
use js_sys::{Function, Promise};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, MessageEvent};

use crate::mirror::SyncState;
use crate::tabs::{TabMessage, Tabs, WriterLock};

#[wasm_bindgen]
extern "C" {
    // web-sys keeps Web Locks behind an unstable flag.
    #[wasm_bindgen(catch, js_namespace = ["navigator", "locks"], js_name = request)]
    fn request_lock(name: &str, granted: &JsValue) -> Result<Promise, JsValue>;
}

/// Name of the channel and of the lock, within the origin.
const NAME: &str = "qianbao";

/// The handler of what other tabs say.
type Listener = Closure<dyn FnMut(MessageEvent)>;

/// The tabs of this origin.
pub(crate) struct BrowserTabs {
    channel: Option<BroadcastChannel>,
    heard: RefCell<Option<Listener>>,
}

impl BrowserTabs {
    /// Joins the channel.
    pub(crate) fn new() -> Self {
        Self { channel: BroadcastChannel::new(NAME).ok(), heard: RefCell::default() }
    }
}

impl Tabs for BrowserTabs {
    fn writer(&self) -> LocalBoxFuture<'static, WriterLock> {
        Box::pin(async {
            let (sender, granted) = oneshot::channel::<Function>();
            // The lock is held until the promise given to the browser is resolved.
            let callback = Closure::once_into_js(move |_lock: JsValue| -> Promise {
                let mut sender = Some(sender);
                Promise::new(&mut |resolve, _reject| {
                    if let Some(sender) = sender.take() {
                        // A writer that nobody waits for any more keeps the lock until its page closes.
                        let _ = sender.send(resolve);
                    }
                })
            });
            if request_lock(NAME, &callback).is_err() {
                return WriterLock::free();
            }
            match granted.await {
                Ok(resolve) => WriterLock::new(move || {
                    let _ = resolve.call0(&JsValue::UNDEFINED);
                }),
                Err(_) => WriterLock::free(),
            }
        })
    }

    fn tell(&self, message: TabMessage) {
        if let Some(channel) = &self.channel {
            // Nobody hears: the other tabs find out at their next read.
            let _ = channel.post_message(&JsValue::from_str(word(message)));
        }
    }

    fn listen(&self, heard: Rc<dyn Fn(TabMessage)>) {
        let Some(channel) = &self.channel else { return };
        let closure = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(message) = event.data().as_string().as_deref().and_then(message) {
                heard(message);
            }
        });
        channel.set_onmessage(Some(closure.as_ref().unchecked_ref()));
        self.heard.replace(Some(closure));
    }
}

impl Drop for BrowserTabs {
    fn drop(&mut self) {
        if let Some(channel) = &self.channel {
            channel.close();
        }
    }
}

const WORDS: [(TabMessage, &str); 10] = [
    (TabMessage::MirrorChanged, "mirror"),
    (TabMessage::OutboxChanged, "outbox"),
    (TabMessage::SignedIn, "in"),
    (TabMessage::SignedOut, "out"),
    (TabMessage::Locked, "locked"),
    (TabMessage::SyncWanted, "sync"),
    (TabMessage::State(SyncState::Stale), "stale"),
    (TabMessage::State(SyncState::Catching), "catching"),
    (TabMessage::State(SyncState::Online), "online"),
    (TabMessage::State(SyncState::Offline), "offline"),
];

fn word(message: TabMessage) -> &'static str {
    WORDS.iter().find(|(known, _)| *known == message).map_or("sync", |(_, word)| word)
}

fn message(word: &str) -> Option<TabMessage> {
    WORDS.iter().find(|(_, known)| *known == word).map(|(message, _)| *message)
}
