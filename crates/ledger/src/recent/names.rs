//! Ids used lately, so that a new one need not be looked up on disk.
//!
//! Every stored name above the watermark is in the set; a name above it that is not in the set is therefore new. Names
//! begin with the time of their id, so new ones come above the watermark nearly always.

use std::collections::BTreeSet;

const NAMES_MAX: usize = 65_536;

/// The newest names.
#[derive(Default)]
pub(crate) struct RecentNames {
    names: BTreeSet<[u8; 32]>,
    watermark: Option<[u8; 32]>,
}

/// What the set says about a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lookup {
    /// It was never used.
    New,
    /// It was, or may have been: look on disk.
    OnDisk,
}

impl RecentNames {
    /// How many names are kept; the newest so many are read at start.
    pub(crate) const MAX: usize = NAMES_MAX;

    /// Looks for a name.
    pub(crate) fn look_up(&self, name: &[u8; 32]) -> Lookup {
        let is_below = self.watermark.is_some_and(|mark| *name <= mark);
        if is_below || self.names.contains(name) { Lookup::OnDisk } else { Lookup::New }
    }

    /// Notes a name that is stored now. At start: every stored name, or the newest [`Self::MAX`] of them.
    pub(crate) fn note(&mut self, name: [u8; 32]) {
        if self.watermark.is_some_and(|mark| name <= mark) {
            return;
        }
        self.names.insert(name);
        if self.names.len() > NAMES_MAX {
            self.watermark = self.names.pop_first();
        }
    }

    /// Says at start that names at and below this one are on disk only.
    pub(crate) fn begin_above(&mut self, watermark: [u8; 32]) {
        self.watermark = Some(watermark);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(number: usize) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&(number as u64).to_be_bytes());
        bytes
    }

    #[test]
    fn no_used_name_is_ever_called_new() {
        let mut recent = RecentNames::default();
        // Every third name comes late.
        for number in 0..NAMES_MAX * 2 {
            recent.note(name(if number % 3 == 0 { number / 2 } else { number }));
            assert_eq!(recent.look_up(&name(number + 1)), Lookup::New);
        }
        for number in (0..NAMES_MAX * 2).filter(|number| number % 3 != 0) {
            assert_eq!(recent.look_up(&name(number)), Lookup::OnDisk, "{number}");
        }
        assert_eq!(recent.names.len(), NAMES_MAX);
    }
}
