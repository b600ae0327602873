//! From rich errors inside to the few codes that a screen can word: the one table between.

use contract::{CommandError, ErrorCode};
use documents::EditError;
use domain::record::{Problem, Record, find_new_breaches};

use crate::store::StoreError;

/// Why a use-case did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A rule, a right or a field speaks against it.
    #[error(transparent)]
    Command(#[from] CommandError),
}

impl From<Failure> for CommandError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Store(error) => Self::from(error),
            Failure::Command(error) => error,
        }
    }
}

impl From<ErrorCode> for Failure {
    fn from(code: ErrorCode) -> Self {
        Self::Command(CommandError::new(code))
    }
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::Full => ErrorCode::StorageFull,
            StoreError::Sqlite(_) | StoreError::Value { .. } | StoreError::Load(_) | StoreError::Read(_) => {
                ErrorCode::StorageFailed
            }
            StoreError::NoDocument(_) => ErrorCode::NotFound,
            StoreError::Edit(EditError::NewerFormat { .. }) => ErrorCode::NewerFormat,
            StoreError::Edit(EditError::NotACandidate(path)) => {
                return Self::new(ErrorCode::FieldInvalid).in_field(path.clone());
            }
            StoreError::Edit(_) | StoreError::Apply(_) => ErrorCode::Internal,
        };
        // None of these texts carries a value of a record (`documents::error`).
        Self::new(code).with_detail(error.to_string())
    }
}

/// The first of a record's own rules that an edit would break or break further, as an error; `before` is `None` for a
/// new record.
pub(crate) fn refuse_breaches<R: Record>(before: Option<&R>, after: &R) -> Result<(), CommandError> {
    let breaches = find_new_breaches(before, after);
    let Some(breach) = breaches.first() else {
        return Ok(());
    };
    let code = match breach.problem {
        Problem::Missing => ErrorCode::FieldMissing,
        Problem::TooLong { .. } => ErrorCode::FieldTooLong,
        Problem::TooMany { .. } => ErrorCode::FieldTooMany,
        Problem::Invalid => ErrorCode::FieldInvalid,
    };
    Err(CommandError::new(code).in_field(breach.field.clone()))
}
