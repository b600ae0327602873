//! Automerge's scalars and ours. Four of theirs are used; the others read as nothing and may not be written.

use automerge::{ScalarValue, ScalarValueRef};
use domain::flat::Scalar;

/// Most bytes in a path: the longest of ours has under 100.
pub(crate) const MAX_PATH_BYTES: usize = 256;
/// Most segments in a path. Reading builds one map per segment, and dropping a map nested a hundred thousand deep
/// ends the process, which no guard can contain.
pub(crate) const MAX_PATH_DEPTH: usize = 8;

/// Root key of the kind's code.
pub(crate) const KIND_KEY: &str = "kind";
/// Root key of the format number.
pub(crate) const FORMAT_KEY: &str = "format";

/// Whether a root key may be a record's path: not a root key of ours, not too long, no empty segment, not too deep.
pub(crate) fn is_record_path(path: &str) -> bool {
    path != KIND_KEY
        && path != FORMAT_KEY
        && path.len() <= MAX_PATH_BYTES
        && path.split('.').all(|segment| !segment.is_empty())
        && path.split('.').count() <= MAX_PATH_DEPTH
}

/// A value as it lies in a document; `None` for a type that records do not use.
pub(crate) fn read_scalar(value: &ScalarValueRef<'_>) -> Option<Scalar> {
    match value {
        ScalarValueRef::Str(text) => Some(Scalar::Text(text.as_ref().to_owned())),
        ScalarValueRef::Int(n) => Some(Scalar::Int(*n)),
        ScalarValueRef::F64(x) if x.is_finite() => Some(Scalar::Float(*x)),
        ScalarValueRef::Boolean(b) => Some(Scalar::Bool(*b)),
        _ => None,
    }
}

/// An owned value as it lies in a change; `None` for a type that records do not use.
pub(crate) fn read_owned_scalar(value: &ScalarValue) -> Option<Scalar> {
    match value {
        ScalarValue::Str(text) => Some(Scalar::Text(text.to_string())),
        ScalarValue::Int(n) => Some(Scalar::Int(*n)),
        ScalarValue::F64(x) if x.is_finite() => Some(Scalar::Float(*x)),
        ScalarValue::Boolean(b) => Some(Scalar::Bool(*b)),
        _ => None,
    }
}

/// A value as it is written.
pub(crate) fn write_scalar(scalar: &Scalar) -> ScalarValue {
    match scalar {
        Scalar::Text(text) => ScalarValue::Str(text.as_str().into()),
        Scalar::Int(n) => ScalarValue::Int(*n),
        Scalar::Float(x) => ScalarValue::F64(*x),
        Scalar::Bool(b) => ScalarValue::Boolean(*b),
    }
}
