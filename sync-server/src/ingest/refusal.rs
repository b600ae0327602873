//! Why a change is not taken in, as the stable codes of the wire.

use documents::{AdmitError, ApplyError, InspectError, ReadError};
use sync::wire::RefusalCode;

/// Longest detail that travels.
const DETAIL_LIMIT: usize = 120;

/// A verdict against a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unfit {
    /// The device keeps the text and shows why.
    Refused(RefusalCode, String),
    /// Kept for the office.
    Held(RefusalCode),
    /// The installation repeats its sequence numbers.
    Forked,
}

impl Unfit {
    pub(super) fn refused(code: RefusalCode) -> Self {
        Self::Refused(code, String::new())
    }

    /// `field` is a path of the record; one that is not made of ids and codes is left out, it might be anything.
    pub(super) fn with_field(code: RefusalCode, field: &str) -> Self {
        let is_plain = field.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
        let detail = if is_plain && field.len() <= DETAIL_LIMIT { field } else { "" };
        Self::Refused(code, detail.to_owned())
    }
}

impl From<InspectError> for Unfit {
    fn from(error: InspectError) -> Self {
        Self::refused(match error {
            InspectError::TooLarge(_) | InspectError::TooManyOps => RefusalCode::TooLarge,
            _ => RefusalCode::Malformed,
        })
    }
}

impl From<AdmitError> for Unfit {
    fn from(error: AdmitError) -> Self {
        match error {
            // Our own bytes are damaged: the sender's work is kept for the office, `verify` names the document.
            AdmitError::Base(_) => Self::Held(RefusalCode::LedgerDamaged),
            AdmitError::Apply(ApplyError::Inspect { source, .. }) => source.into(),
            AdmitError::Apply(ApplyError::DuplicateSeq { .. }) => Self::Forked,
            AdmitError::Apply(_) | AdmitError::OpNumber | AdmitError::Panicked => {
                Self::refused(RefusalCode::Unappliable)
            }
            AdmitError::SequenceGap { .. } => Self::refused(RefusalCode::SequenceGap),
            AdmitError::MissingDependencies(_) => Self::refused(RefusalCode::UnknownDependency),
            AdmitError::Operation { path, .. } => Self::with_field(RefusalCode::RuleBroken, &path),
            AdmitError::TooLarge { what, path } => {
                Self::with_field(RefusalCode::TooLarge, if path.is_empty() { what } else { &path })
            }
            AdmitError::Structural(path) => Self::with_field(RefusalCode::NotAllowed, &path),
            // A newer app wrote it: nothing is wrong with it, this server cannot read it yet.
            AdmitError::NewerFormat { .. } => Self::Held(RefusalCode::NewerFormat),
            AdmitError::Read(ReadError::WrongKind { .. }) => Self::refused(RefusalCode::WrongKind),
            AdmitError::Read(_) => Self::with_field(RefusalCode::RuleBroken, "record"),
            AdmitError::Breaches(breaches) => {
                let field = breaches.first().map_or("", |breach| breach.field.as_str());
                Self::with_field(RefusalCode::RuleBroken, field)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_never_carries_a_persons_words() {
        let unfit = Unfit::with_field(RefusalCode::RuleBroken, "members.018f.name");
        assert_eq!(unfit, Unfit::Refused(RefusalCode::RuleBroken, "members.018f.name".into()));
        let smuggled = Unfit::with_field(RefusalCode::RuleBroken, "张三 的电话");
        assert_eq!(smuggled, Unfit::refused(RefusalCode::RuleBroken));
    }
}
