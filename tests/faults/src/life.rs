//! One life of a writing process: begun, listened to, ended.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::said::{Said, Short};
use crate::{Told, hold};

/// What was acknowledged, by number.
pub type Acknowledged = HashMap<u64, Short>;

/// A process and the threads that read what it says. It does not outlive this value.
pub struct Life {
    child: Child,
    heard: Arc<Mutex<Acknowledged>>,
    count: Arc<AtomicU64>,
    listeners: Vec<JoinHandle<()>>,
    words: Arc<Mutex<String>>,
}

/// A life that is over.
pub struct Ended {
    /// What was acknowledged.
    pub acknowledged: Acknowledged,
    /// How it ended.
    pub status: ExitStatus,
    /// What it said on standard error.
    pub words: String,
}

impl Life {
    /// Starts the command.
    pub fn begin(command: &mut Command) -> Told<Self> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let heard = Arc::new(Mutex::new(Acknowledged::new()));
        let count = Arc::new(AtomicU64::new(0));
        let words = Arc::new(Mutex::new(String::new()));
        let mut listeners = Vec::new();
        if let Some(out) = child.stdout.take() {
            let (heard, count) = (Arc::clone(&heard), Arc::clone(&count));
            listeners.push(std::thread::spawn(move || {
                for said in BufReader::new(out).lines().map_while(Result::ok).filter_map(|line| Said::parse(&line)) {
                    heard.lock().unwrap_or_else(PoisonError::into_inner).insert(said.number, said.outcome);
                    count.fetch_add(1, Ordering::SeqCst);
                }
            }));
        }
        if let Some(mut from) = child.stderr.take() {
            let words = Arc::clone(&words);
            listeners.push(std::thread::spawn(move || {
                let mut bytes = Vec::new();
                let _ = from.read_to_end(&mut bytes);
                words.lock().unwrap_or_else(PoisonError::into_inner).push_str(&String::from_utf8_lossy(&bytes));
            }));
        }
        Ok(Self { child, heard, count, listeners, words })
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How many acknowledgements were heard.
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::SeqCst)
    }

    /// What was heard until now.
    pub fn so_far(&self) -> Acknowledged {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until so many were heard or the process has ended by itself.
    pub fn hear(&mut self, wanted: u64, longest: Duration) -> Told<()> {
        let began = Instant::now();
        while self.count() < wanted && self.child.try_wait()?.is_none() {
            hold!(began.elapsed() < longest, "only {} of {wanted} acknowledgements in {longest:?}", self.count());
            std::thread::sleep(Duration::from_micros(200));
        }
        Ok(())
    }

    /// `kill -9`, and what was heard until then.
    pub fn kill(mut self) -> Told<Ended> {
        self.child.kill()?;
        self.end(Duration::from_secs(30))
    }

    /// Waits until it has ended by itself.
    pub fn end(mut self, longest: Duration) -> Told<Ended> {
        let began = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait()? {
                break status;
            }
            hold!(began.elapsed() < longest, "the writing process has not ended within {longest:?}");
            std::thread::sleep(Duration::from_micros(500));
        };
        for listener in self.listeners.drain(..) {
            let _ = listener.join();
        }
        let acknowledged = std::mem::take(&mut *self.heard.lock().unwrap_or_else(PoisonError::into_inner));
        let words = std::mem::take(&mut *self.words.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(Ended { acknowledged, status, words })
    }
}

impl Drop for Life {
    /// Also after a failed story no process stays behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
