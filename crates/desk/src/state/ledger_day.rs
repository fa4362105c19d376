//! The figures of the day, as the server told last.

use qianbao_api::merchants::TodayView;
use qianbao_core::Timestamp;

/// Figures with the moment they were told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// The figures.
    pub today: TodayView,
    /// When they were told, by the server's clock.
    pub told_at: Timestamp,
}

/// One request for figures at a time: a change that comes meanwhile is remembered, and asks once more afterwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Asking {
    /// Nothing is under way.
    #[default]
    No,
    /// A request is under way.
    Once,
    /// A request is under way, and what it will tell may be old already.
    Again,
}

impl Asking {
    /// Something changed: the next state, and whether a request is to be made now.
    pub const fn on_change(self) -> (Self, bool) {
        match self {
            Self::No => (Self::Once, true),
            Self::Once | Self::Again => (Self::Again, false),
        }
    }

    /// The request has ended: the next state, and whether another is to be made now.
    pub const fn on_end(self) -> (Self, bool) {
        match self {
            Self::No | Self::Once => (Self::No, false),
            Self::Again => (Self::Once, true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_changes_ask_at_most_twice() {
        let (asking, now) = Asking::No.on_change();
        assert!(now);
        let asking = (0..50).fold(asking, |asking, _| {
            let (next, now) = asking.on_change();
            assert!(!now, "one request at a time");
            next
        });
        let (asking, again) = asking.on_end();
        assert!(again, "the changes came after the request");
        assert_eq!(asking.on_end(), (Asking::No, false));
    }
}
