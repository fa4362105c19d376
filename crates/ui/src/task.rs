//! What takes time: a value that is fetched, and an act that was started.
//!
//! Leptos' resources and actions do the same for servers, transitions and cancellation too, each compiled anew for each
//! type. These are small, and never drop a future half way: a transaction of the browser's database does not bear that.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;

type Work = Pin<Box<dyn Future<Output = ()>>>;

/// A value that is fetched at once, and again whenever a signal has changed that the fetching read before its first
/// wait. Until the first answer it is `None`; while it is fetched again, the last answer stays.
#[derive(Debug)]
pub struct Fetched<T: 'static> {
    value: RwSignal<Option<T>, LocalStorage>,
    again: Trigger,
}

impl<T> Clone for Fetched<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Fetched<T> {}

impl<T: Clone + 'static> Fetched<T> {
    /// Fetches by `fetch`. An answer that a later one overtook is dropped.
    pub fn new<F: Future<Output = T> + 'static>(fetch: impl Fn() -> F + 'static) -> Self {
        let (value, again) = (RwSignal::new_local(None), Trigger::new());
        let latest = StoredValue::new_local(0_u32);
        repeat(Box::new(move || {
            again.track();
            let number = latest.get_value() + 1;
            latest.set_value(number);
            let answer = fetch();
            Box::pin(async move {
                let answer = answer.await;
                // Both are gone when the screen is.
                if latest.try_get_value() == Some(number) {
                    value.try_set(Some(answer));
                }
            })
        }));
        Self { value, again }
    }

    /// The last answer; what reads it follows the next.
    pub fn get(&self) -> Option<T> {
        self.value.get()
    }

    /// The last answer, now.
    pub fn get_untracked(&self) -> Option<T> {
        self.value.get_untracked()
    }

    /// Fetches again.
    pub fn refetch(&self) {
        self.again.notify();
    }
}

/// Compiled once for all types.
fn repeat(work: Box<dyn Fn() -> Work>) {
    StoredValue::new_local(RenderEffect::new(move |_: Option<()>| spawn_local(work())));
}

/// An act that a person starts, and its last outcome.
#[derive(Debug)]
pub struct Act<I: 'static, O: 'static> {
    run: StoredValue<Runner<I>, LocalStorage>,
    running: RwSignal<u32>,
    value: RwSignal<Option<O>, LocalStorage>,
}

type Runner<I> = Rc<dyn Fn(I)>;

impl<I, O> Clone for Act<I, O> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<I, O> Copy for Act<I, O> {}

impl<I: 'static, O: 'static> Act<I, O> {
    /// What `act` does with what it is given. It goes on to its end, also after the screen has gone.
    pub fn new<F: Future<Output = O> + 'static>(act: impl Fn(I) -> F + 'static) -> Self {
        let (running, value) = (RwSignal::new(0), RwSignal::new_local(None));
        let run: Runner<I> = Rc::new(move |input| {
            let outcome = act(input);
            begin(
                running,
                Box::pin(async move {
                    value.try_set(Some(outcome.await));
                }),
            );
        });
        Self { run: StoredValue::new_local(run), running, value }
    }

    /// Starts it.
    pub fn start(self, input: I) {
        (self.run.get_value())(input);
    }

    /// Whether it is going on.
    pub fn pending(self) -> Signal<bool> {
        Signal::derive(move || self.running.get() > 0)
    }

    /// The last outcome.
    pub fn value(self) -> RwSignal<Option<O>, LocalStorage> {
        self.value
    }
}

/// Compiled once for all types.
fn begin(running: RwSignal<u32>, work: Work) {
    running.update(|running| *running += 1);
    spawn_local(async move {
        work.await;
        running.try_update(|running| *running = running.saturating_sub(1));
    });
}
