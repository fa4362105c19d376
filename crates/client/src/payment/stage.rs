//! Where the payment screen is.
//!
//! ```text
//!  Idle ─begin─► Looking ─looked─► Confirming ─confirm─► Paying ─settled─► Done
//!                   └────looked──► Stopped       ▲           │
//!                                                └──failed───┘  (nothing was sent)
//! ```
//!
//! An event that does not belong to the stage changes nothing: a second tap on "confirm" finds `Paying` and gets no sheet,
//! a late answer to an abandoned look finds `Idle`.

use super::{ConfirmError, Sheet, Stop};
use crate::outbox::{Outcome, Step};

/// Where the payment screen is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// Nothing is looked at: show the scanner.
    #[default]
    Idle,
    /// A text is being looked at.
    Looking,
    /// It cannot be paid.
    Stopped(Stop),
    /// The person decides.
    Confirming {
        /// What they see.
        sheet: Box<Sheet>,
        /// Why the try before was not sent, if there was one.
        failed: Option<ConfirmError>,
    },
    /// Confirmed; the outcome is awaited.
    Paying {
        /// What was confirmed.
        sheet: Box<Sheet>,
        /// Where the request is.
        step: Step,
    },
    /// Final.
    Done {
        /// What was confirmed.
        sheet: Box<Sheet>,
        /// What became of it.
        outcome: Outcome,
    },
}

impl Stage {
    /// A text came; whatever was shown is left, unless money is on its way.
    pub fn begin(&mut self) {
        if !matches!(self, Self::Paying { .. }) {
            *self = Self::Looking;
        }
    }

    /// The look at the text is over.
    pub fn looked(&mut self, looked: Result<Sheet, Stop>) {
        if matches!(self, Self::Looking) {
            *self = match looked {
                Ok(sheet) => Self::Confirming { sheet: Box::new(sheet), failed: None },
                Err(stop) => Self::Stopped(stop),
            };
        }
    }

    /// The sheet, where the person may still change it.
    pub fn sheet_mut(&mut self) -> Option<&mut Sheet> {
        match self {
            Self::Confirming { sheet, .. } => Some(sheet),
            _ => None,
        }
    }

    /// The person confirms: the sheet to pay, once.
    pub fn confirm(&mut self) -> Option<Sheet> {
        let Self::Confirming { sheet, .. } = self else { return None };
        let confirmed = (**sheet).clone();
        *self = Self::Paying { sheet: Box::new(confirmed.clone()), step: Step::Sending };
        Some(confirmed)
    }

    /// The request is at another step.
    pub fn stepped(&mut self, newer: &Step) {
        if let Self::Paying { step, .. } = self {
            *step = newer.clone();
        }
    }

    /// The outcome is there, or nothing was sent.
    pub fn settled(&mut self, result: Result<Outcome, ConfirmError>) {
        let Self::Paying { sheet, .. } = self else { return };
        let sheet = sheet.clone();
        *self = match result {
            Ok(outcome) => Self::Done { sheet, outcome },
            Err(error) => Self::Confirming { sheet, failed: Some(error) },
        };
    }

    /// Leaves the payment. One that is under way goes on in the outbox.
    pub fn leave(&mut self) {
        *self = Self::Idle;
    }
}
