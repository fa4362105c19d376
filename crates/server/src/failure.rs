//! When the directory or the ledger cannot do its work: the part that all operations' errors share.

use qianbao_api::ProblemCode;
use qianbao_core::posting::PostingError;
use qianbao_ledger::{ReadError, SubmitError};

use crate::directory::DirectoryError;
use crate::payments::details::DetailsError;
use crate::problem::Refuses;

/// Something under the operation failed; what the request asked for is not to blame.
#[derive(Debug, thiserror::Error)]
pub enum FailureError {
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// Reading the ledger.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Posting to the ledger.
    #[error(transparent)]
    Submit(#[from] SubmitError),
    /// A posting was built against the rules of form.
    #[error(transparent)]
    Form(#[from] PostingError),
    /// Details of a posting could not be written or read.
    #[error(transparent)]
    Details(#[from] DetailsError),
    /// What one store says does not fit what another says.
    #[error("expected {0}")]
    Inconsistent(&'static str),
}

impl FailureError {
    /// Whether another try may cure it soon: the store was busy or away, and whatever was to be done is not to blame.
    pub fn is_passing(&self) -> bool {
        self.code() == ProblemCode::Overloaded
            || matches!(self, Self::Submit(SubmitError::Unknown))
            || matches!(self, Self::Directory(error) if error.is_passing())
    }
}

impl Refuses for FailureError {
    fn code(&self) -> ProblemCode {
        match self {
            Self::Read(ReadError::Busy)
            | Self::Submit(SubmitError::Busy | SubmitError::Stale { .. })
            | Self::Directory(DirectoryError::Busy(_) | DirectoryError::Conflict(_) | DirectoryError::Away(_)) => {
                ProblemCode::Overloaded
            }
            Self::Read(ReadError::Storage(error)) if error.is_passing() => ProblemCode::Overloaded,
            Self::Submit(SubmitError::IdReused) => ProblemCode::IdReused,
            // Whether it happened is open: the same request again finds out.
            Self::Submit(SubmitError::Unknown) | Self::Directory(DirectoryError::Unknown(_)) => ProblemCode::Timeout,
            Self::Form(PostingError::IdVersion { .. }) => ProblemCode::MalformedRequest,
            _ => ProblemCode::Internal,
        }
    }

    fn retry_after_s(&self) -> Option<u32> {
        (self.code() == ProblemCode::Overloaded).then_some(1)
    }
}

/// Lets an operation's error take in whatever can fail below it: `failures!(PayError)` for an enum with a variant
/// `Failure(FailureError)`.
macro_rules! failures {
    ($error:ty) => {
        crate::failure::failures!($error:
            crate::failure::FailureError,
            crate::directory::DirectoryError,
            qianbao_ledger::ReadError,
            qianbao_ledger::SubmitError,
            qianbao_core::posting::PostingError,
            crate::payments::details::DetailsError,
        );
    };
    ($error:ty: $($cause:ty,)*) => {$(
        impl From<$cause> for $error {
            fn from(cause: $cause) -> Self {
                Self::Failure(cause.into())
            }
        }
    )*};
}

pub(crate) use failures;
