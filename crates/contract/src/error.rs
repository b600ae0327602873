//! What a failed command says. The wording stands in the UI's message catalogue under `error-<code>`; each answers
//! three questions: what happened, is my work safe, what can I do.

use serde::{Deserialize, Serialize};

/// A command that could not be carried out. Whatever was saved before is still saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code:?} {field:?} {detail}")]
pub struct CommandError {
    /// What happened.
    pub code: ErrorCode,
    /// The field concerned, by the form's own path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// For the log and the expert: never a person's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

impl CommandError {
    /// An error with this code and nothing more to say.
    #[must_use]
    pub const fn new(code: ErrorCode) -> Self {
        Self { code, field: None, detail: String::new() }
    }

    /// The same error, naming a field.
    #[must_use]
    pub fn in_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The same error with a technical detail.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }
}

/// Why a command was not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The device is not enrolled yet.
    NotEnrolled,
    /// The text is no enrolment code.
    CodeUnreadable,
    /// The code has expired: ask the office for a new one.
    CodeExpired,
    /// The code has been used.
    CodeUsed,
    /// The server does not know the code.
    CodeUnknown,
    /// The server cannot be reached; work goes on offline.
    Unreachable,
    /// The server's certificate is not trusted.
    Untrusted,
    /// The server answered with an error.
    ServerFailed,
    /// This device's right was withdrawn.
    Revoked,
    /// The record is not on this phone (any more).
    NotFound,
    /// The account may not do this.
    NotAllowed,
    /// A field is missing.
    FieldMissing,
    /// A field is too long.
    FieldTooLong,
    /// A list would get more entries than a record takes.
    FieldTooMany,
    /// A field is not valid.
    FieldInvalid,
    /// The draft was changed elsewhere or is gone.
    DraftGone,
    /// The phone's storage is full: nothing was lost, nothing new can be saved.
    StorageFull,
    /// The store cannot be read or written.
    StorageFailed,
    /// The record was written by a newer version of the app.
    NewerFormat,
    /// The request was not understood: UI and companion do not fit.
    BadRequest,
    /// A mistake of ours.
    Internal,
}
