//! How many people one person may look up by handle: who is told the names of others by their handles could collect them.
//!
//! Each person may ask for [`HANDLES_MAX`] different handles in [`WINDOW_S`], whether anybody has them or not; the same one again is free. It is
//! counted in memory, each process for itself: a restart begins anew, which costs an attacker more than it brings. Codes, links and orders
//! are not counted, since nobody can guess their ids.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use qianbao_core::Timestamp;
use qianbao_core::id::PersonId;
use qianbao_core::text::Handle;

/// Different handles that one person may ask for in a window.
pub const HANDLES_MAX: usize = 60;
/// Length of a window, seconds. It starts with its first handle.
pub const WINDOW_S: i64 = 15 * 60;
/// Most windows in memory, each of at most some 3 kB; at this number those that are over are forgotten.
const WINDOWS_MAX: usize = 16_384;

/// Who asked for whom of late, in one realm.
#[derive(Debug, Default)]
pub struct Lookups {
    windows: Mutex<HashMap<PersonId, Window>>,
}

#[derive(Debug)]
struct Window {
    started_at: Timestamp,
    handles: HashSet<String>,
}

impl Window {
    fn ends_at(&self) -> Timestamp {
        self.started_at.plus_seconds(WINDOW_S)
    }
}

impl Lookups {
    /// Counts that `person` asks for `handle` at `now`. The error is the number of seconds after which they may ask again.
    ///
    /// # Errors
    /// When the person has asked for [`HANDLES_MAX`] others in this window.
    pub fn count(&self, person: PersonId, handle: &Handle, now: Timestamp) -> Result<(), u32> {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= WINDOWS_MAX {
            windows.retain(|_, window| now < window.ends_at());
        }
        let window = windows.entry(person).or_insert_with(|| Window { started_at: now, handles: HashSet::new() });
        if now >= window.ends_at() {
            *window = Window { started_at: now, handles: HashSet::new() };
        }
        if window.handles.contains(handle.as_str()) {
            return Ok(());
        }
        if window.handles.len() >= HANDLES_MAX {
            let seconds = (window.ends_at().0 - now.0).div_euclid(1_000_000) + 1;
            return Err(u32::try_from(seconds).unwrap_or(1));
        }
        window.handles.insert(handle.as_str().to_owned());
        Ok(())
    }
}
