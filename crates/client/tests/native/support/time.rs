//! Virtual time and the executor that moves it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};

use futures::executor::{LocalPool, LocalSpawner};
use futures::task::{ArcWake, LocalSpawnExt, waker};
use qianbao_core::Timestamp;

/// Time stops here: a run that reaches it is waiting for what never comes.
const END_S: i64 = 30 * 86_400;

#[derive(Default)]
struct Timers {
    next: u64,
    waiting: BTreeMap<(i64, u64), Waker>,
}

/// True time, shared by everything in the world.
#[derive(Clone)]
pub struct World {
    now_us: Rc<Cell<i64>>,
    began_us: i64,
    timers: Rc<RefCell<Timers>>,
    pool: Rc<RefCell<LocalPool>>,
    spawner: LocalSpawner,
}

impl World {
    pub fn new() -> Self {
        let began_us = 1_800_000_000_000_000;
        let pool = LocalPool::new();
        let spawner = pool.spawner();
        Self {
            now_us: Rc::new(Cell::new(began_us)),
            began_us,
            timers: Rc::default(),
            pool: Rc::new(RefCell::new(pool)),
            spawner,
        }
    }

    pub fn now(&self) -> Timestamp {
        Timestamp(self.now_us.get())
    }

    pub fn sleep_us(&self, us: i64) -> impl Future<Output = ()> + 'static {
        let (now_us, timers) = (self.now_us.clone(), self.timers.clone());
        let due = now_us.get() + us;
        poll_fn(move |context| {
            if now_us.get() >= due {
                return Poll::Ready(());
            }
            let mut timers = timers.borrow_mut();
            timers.next += 1;
            let number = timers.next;
            timers.waiting.insert((due, number), context.waker().clone());
            Poll::Pending
        })
    }

    /// Runs `task` beside whatever runs.
    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        self.spawner.spawn_local(task).expect("the pool lives as long as the world");
    }

    /// Runs `future` to its end, moving time as needed.
    pub fn run<T: 'static>(&self, future: impl Future<Output = T>) -> T {
        let mut future = Box::pin(future);
        let woken = Arc::new(Woken(AtomicBool::new(true)));
        let waker = waker(woken.clone());
        loop {
            while woken.0.swap(false, Ordering::Relaxed) {
                if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                    return value;
                }
                self.pool.borrow_mut().run_until_stalled();
            }
            self.advance();
            self.pool.borrow_mut().run_until_stalled();
        }
    }

    /// Lets everything that was spawned run for `seconds`.
    pub fn pass(&self, seconds: i64) {
        self.run(self.sleep_us(seconds * 1_000_000));
    }

    /// Moves to the next moment at which something waits.
    fn advance(&self) {
        let mut timers = self.timers.borrow_mut();
        let (next, _) = *timers.waiting.first_key_value().expect("nothing will ever happen here").0;
        self.now_us.set(next.max(self.now_us.get()));
        assert!(next < self.began_us + END_S * 1_000_000, "what is awaited never comes");
        let later = timers.waiting.split_off(&(next + 1, 0));
        let due = std::mem::replace(&mut timers.waiting, later);
        drop(timers);
        for waker in due.into_values() {
            waker.wake();
        }
    }
}

/// Whether the future that runs has to be polled again.
struct Woken(AtomicBool);

impl ArcWake for Woken {
    fn wake_by_ref(woken: &Arc<Self>) {
        woken.0.store(true, Ordering::Relaxed);
    }
}
