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

use crate::problem::seconds_to_wait;

/// Different handles that one person may ask for in a window.
pub const HANDLES_MAX: usize = 60;
/// Length of a window, seconds. It starts with its first handle.
pub const WINDOW_S: i64 = 15 * 60;
/// Most windows in memory, each of at most some 5 kB. At this number those that are over are forgotten, and all where that leaves more than half:
/// so a look through all of them is rare, and who makes so many people ask at once gains one window more for each.
const WINDOWS_MAX: usize = 65_536;

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
        if windows.len() >= WINDOWS_MAX && !windows.contains_key(&person) {
            windows.retain(|_, window| now < window.ends_at());
            if windows.len() > WINDOWS_MAX / 2 {
                windows.clear();
            }
        }
        let window = windows.entry(person).or_insert_with(|| Window { started_at: now, handles: HashSet::new() });
        if now >= window.ends_at() {
            *window = Window { started_at: now, handles: HashSet::new() };
        }
        if window.handles.contains(handle.as_str()) {
            return Ok(());
        }
        if window.handles.len() >= HANDLES_MAX {
            return Err(seconds_to_wait(now, window.ends_at()));
        }
        window.handles.insert(handle.as_str().to_owned());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use qianbao_core::id::Id;

    #[test]
    fn the_windows_in_memory_are_bounded_and_those_that_are_over_go_first() {
        let lookups = Lookups::default();
        let person = |number: usize| {
            let mut random = [0; 10];
            random[2..].copy_from_slice(&(number as u64).to_be_bytes());
            Id::from_parts(1, random)
        };
        let handle = Handle::typed("lan").expect("a handle");
        let count = |number, now| lookups.count(person(number), &handle, now);
        let kept = || lookups.windows.lock().expect("nobody panicked").len();
        let (early, late) = (Timestamp(0), Timestamp(0).plus_seconds(WINDOW_S));
        for number in 0..WINDOWS_MAX {
            assert_eq!(count(number, if number < WINDOWS_MAX - 10 { early } else { late }), Ok(()));
        }
        assert_eq!(kept(), WINDOWS_MAX);
        assert_eq!((count(WINDOWS_MAX - 1, late), kept()), (Ok(()), WINDOWS_MAX), "who is known needs no room");
        assert_eq!((count(WINDOWS_MAX, late), kept()), (Ok(()), 11));
        for number in WINDOWS_MAX + 1..=WINDOWS_MAX * 2 {
            assert_eq!(count(number, late), Ok(()));
        }
        assert!(kept() <= WINDOWS_MAX);
    }
}
