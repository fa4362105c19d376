//! Documents of mirrors whose content follows from the ledger: orders (paid, refunded, ended) and top-ups (booked).

use qianbao_ledger::Record;

use super::Projection;
use crate::directory::Write;
use crate::failure::FailureError;
use crate::orders::follow;

/// Notes which documents a record changes, so that mirrors fetch them again.
#[derive(Clone, Copy, Debug, Default)]
pub struct Documents;

impl Projection for Documents {
    const NAME: &'static str = "documents";

    fn concerns(&self, record: &Record) -> bool {
        // What cannot be read concerns it too: `apply` then says why.
        !matches!(follow::changed_order(record), Ok(None))
    }

    async fn apply(&self, write: &mut Write, record: &Record) -> Result<(), FailureError> {
        follow::follow(write, record).await
    }
}
