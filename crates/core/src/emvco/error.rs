//! What can be wrong with a payload, and where.

use std::fmt;

use super::PAYLOAD_CHARACTERS_MAX;

/// The ids that lead to an object: `62-05` is object 05 in template 62.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag {
    path: [u8; 3],
    depth: usize,
}

impl Tag {
    /// The level of the payload itself, which has no id.
    pub(super) const ROOT: Self = Self { path: [0; 3], depth: 0 };

    /// The object `id` in this template. Templates stand at most two deep.
    pub(super) fn child(self, id: u8) -> Self {
        let mut child = self;
        child.path[self.depth.min(2)] = id;
        child.depth = (self.depth + 1).min(3);
        child
    }

    /// The ids, outermost first.
    pub fn ids(&self) -> &[u8] {
        &self.path[..self.depth]
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (depth, id) in self.ids().iter().enumerate() {
            write!(f, "{}{id:02}", if depth == 0 { "" } else { "-" })?;
        }
        Ok(())
    }
}

/// The text is no merchant-presented payload. Positions count characters of the payload from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmvcoError {
    /// Too long.
    #[error("expected at most {PAYLOAD_CHARACTERS_MAX} characters, found {found}")]
    TooLong {
        /// Characters found.
        found: usize,
    },
    /// The payload does not end in `6304` and four capital hex digits.
    #[error("expected the checksum object 6304 with four capital hex digits at the end")]
    NoChecksum,
    /// The checksum is another one: a character was changed, lost or added.
    #[error("the code is damaged: its checksum is {found}, its content gives {computed:04X}")]
    Checksum {
        /// What the content gives.
        computed: u16,
        /// What object 63 says.
        found: String,
    },
    /// An id is not two digits.
    #[error("expected a two-digit object id at {position}")]
    Id {
        /// Where.
        position: usize,
    },
    /// A length is not two digits above zero.
    #[error("expected a length from 01 to 99 for object {tag} at {position}")]
    Length {
        /// Whose.
        tag: Tag,
        /// Where.
        position: usize,
    },
    /// The value is shorter than its length says.
    #[error("expected {expected} characters for object {tag} at {position}, found {found}")]
    Truncated {
        /// Whose.
        tag: Tag,
        /// Where the value begins.
        position: usize,
        /// What the length says.
        expected: usize,
        /// What is there.
        found: usize,
    },
    /// The object stands twice at its level.
    #[error("object {tag} stands a second time at {position}")]
    Duplicate {
        /// Which.
        tag: Tag,
        /// Where again.
        position: usize,
    },
    /// The first object is not 00.
    #[error("expected object 00 first")]
    NotFirst,
    /// An object that must be there is not.
    #[error("object {tag} is missing")]
    Missing {
        /// Which.
        tag: Tag,
    },
    /// No object of 02 to 51 is there.
    #[error("expected at least one merchant account (objects 02 to 51)")]
    NoAccount,
    /// A value does not have the format of its object.
    #[error("expected {expected} in object {tag} at {position}")]
    Format {
        /// Which.
        tag: Tag,
        /// Where the value begins.
        position: usize,
        /// The format.
        expected: &'static str,
    },
    /// An object that must not stand there, because of what another one says.
    #[error("object {tag} at {position} does not go with the tip flag in object 55")]
    TipConflict {
        /// Which.
        tag: Tag,
        /// Where.
        position: usize,
    },
    /// A value has no text, or more than 99 characters. Only when printing.
    #[error("expected 1 to 99 characters for object {id:02}, found {found}")]
    ValueLength {
        /// Which.
        id: u8,
        /// Characters found.
        found: usize,
    },
    /// The value to print has an object where the specification has none. Only when printing.
    #[error("the objects to print do not stand where the specification has them")]
    Misplaced,
}
