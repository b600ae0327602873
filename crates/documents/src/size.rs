//! How large a record may become by what is pushed: one place for known paths and for those of newer apps.
//!
//! Why: a body of four kilobytes unpacks to megabytes of text under paths that nobody knows, every colleague's phone
//! keeps them, and a record of sixteen thousand paths takes a second to open. The rules of a record bound the fields that
//! this version knows; these bounds hold for all.
//!
//! Flow: [`measure_shape`](crate::shape::measure_shape) bounds a change before it is parsed → [`check_operations`] bounds
//! its values and the number of paths before it is applied → [`check_growth`] weighs the result.
//!
//! Failure: only what makes a record worse is refused. One that is beyond a bound already (an earlier version let it in)
//! takes every edit that does not add to it; one with too long a history takes small edits.
//!
//! Missing: histories are not shortened; a record that is edited without end goes on growing by small edits.

use std::collections::BTreeSet;

use automerge::legacy::{Key, Op, OpType};
use automerge::{Automerge, Change, ROOT, ReadDoc, ScalarValue, ScalarValueRef, Value, ValueRef};
use domain::flat::{Flat, Scalar};

use crate::error::AdmitError;

/// Most bytes of one value. The longest text of a record has 2,000 characters, under 8 KiB.
pub const MAX_VALUE_BYTES: usize = 16 * 1024;
/// Most paths of one record, those of newer apps included.
pub const MAX_RECORD_PATHS: usize = 8_192;
/// Most bytes of paths and values of one record as it stands, with every value that is in conflict.
pub const MAX_RECORD_BYTES: usize = 1024 * 1024;
/// Most paths that this version does not know.
pub const MAX_UNKNOWN_PATHS: usize = 1_024;
/// Most bytes of paths that this version does not know, with their values.
pub const MAX_UNKNOWN_BYTES: usize = 64 * 1024;
/// Most values of one path that were written without knowing of each other.
pub const MAX_PATH_VALUES: usize = 64;
/// From how many bytes of history on a record takes small changes only.
pub const LONG_HISTORY_BYTES: usize = 4 * 1024 * 1024;
/// From how many operations on a record takes small changes only.
pub const LONG_HISTORY_OPS: u64 = 262_144;
/// Most operations of a small change.
pub const SMALL_CHANGE_OPS: usize = 64;
/// Most bytes of a small change.
pub const SMALL_CHANGE_BYTES: usize = 8 * 1024;

/// What a number or a truth value counts for.
const NUMBER_BYTES: usize = 8;

fn refuse(what: &'static str, path: &str) -> AdmitError {
    AdmitError::TooLarge { what, path: path.to_owned() }
}

/// Bounds what the operations of a change write, before it is applied to a record that stands as `base`.
pub(crate) fn check_operations(operations: &[Op], base: &Flat) -> Result<(), AdmitError> {
    let mut fresh = BTreeSet::new();
    for op in operations {
        let Key::Map(path) = &op.key else { continue };
        let OpType::Put(value) = &op.action else { continue };
        let path = path.as_str();
        if let ScalarValue::Str(text) = value
            && text.len() > MAX_VALUE_BYTES
            && base.get(path) != Some(&Scalar::Text(text.to_string()))
        {
            return Err(refuse("value", path));
        }
        if !base.contains_key(path) {
            fresh.insert(path);
        }
    }
    // What the change removes is not counted back: adding thousands of paths and removing as many is no edit.
    if fresh.is_empty() || base.len() + fresh.len() <= MAX_RECORD_PATHS { Ok(()) } else { Err(refuse("paths", "")) }
}

/// A record as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Size {
    paths: usize,
    bytes: usize,
    /// Values of the path that has most.
    values: usize,
}

/// Measures every root key with all its values.
pub(crate) fn measure_size(doc: &Automerge) -> Size {
    let mut size = Size::default();
    for item in doc.map_range(ROOT, ..) {
        size.paths += 1;
        size.bytes += item.key.len();
        let values = if item.conflict { doc.get_all(ROOT, item.key.as_ref()).unwrap_or_default() } else { Vec::new() };
        if values.is_empty() {
            size.values = size.values.max(1);
            size.bytes += match &item.value {
                ValueRef::Scalar(ScalarValueRef::Str(text)) => text.len(),
                _ => NUMBER_BYTES,
            };
        }
        size.values = size.values.max(values.len());
        size.bytes += values.iter().map(|(value, _)| count_value(value)).sum::<usize>();
    }
    size
}

fn count_value(value: &Value<'_>) -> usize {
    if let Some(ScalarValue::Str(text)) = value.as_scalar() { text.len() } else { NUMBER_BYTES }
}

/// Bounds what a record has become. `before` is asked only when a bound is passed: what was as large is left alone.
pub(crate) fn check_growth(after: Size, before: impl FnOnce() -> Size) -> Result<(), AdmitError> {
    let bounds = |size: Size| {
        [
            ("paths", size.paths, MAX_RECORD_PATHS),
            ("record", size.bytes, MAX_RECORD_BYTES),
            ("values", size.values, MAX_PATH_VALUES),
        ]
    };
    if bounds(after).iter().all(|(_, size, most)| size <= most) {
        return Ok(());
    }
    for ((what, size, most), (_, was, _)) in bounds(after).into_iter().zip(bounds(before())) {
        if size > most && size > was {
            return Err(refuse(what, ""));
        }
    }
    Ok(())
}

/// How many paths of a flat form another does not have, and their bytes.
pub(crate) fn measure_unknown(shown: &Flat, known: &Flat) -> (usize, usize) {
    let unknown = shown.iter().filter(|(path, _)| !known.contains_key(*path));
    unknown.fold((0, 0), |(paths, bytes), (path, value)| {
        let text = if let Scalar::Text(text) = value { text.len() } else { NUMBER_BYTES };
        (paths + 1, bytes + path.len() + text)
    })
}

/// Whether there can be more unknown paths, or more bytes of them, than there may be.
pub(crate) fn may_hide_too_much(size: Size) -> bool {
    size.paths > MAX_UNKNOWN_PATHS || size.bytes > MAX_UNKNOWN_BYTES
}

/// Bounds what this version does not know of a record; `before` is asked only when a bound is passed.
pub(crate) fn check_unknown(
    (paths, bytes): (usize, usize),
    before: impl FnOnce() -> (usize, usize),
) -> Result<(), AdmitError> {
    if paths <= MAX_UNKNOWN_PATHS && bytes <= MAX_UNKNOWN_BYTES {
        return Ok(());
    }
    let (paths_before, bytes_before) = before();
    let is_worse =
        (paths > MAX_UNKNOWN_PATHS && paths > paths_before) || (bytes > MAX_UNKNOWN_BYTES && bytes > bytes_before);
    if is_worse { Err(refuse("unknown", "")) } else { Ok(()) }
}

/// Bounds the history of a record: beyond, it takes small changes only.
pub(crate) fn check_history(saved_bytes: usize, ready: &[Change]) -> Result<(), AdmitError> {
    let is_long = |change: &Change| saved_bytes > LONG_HISTORY_BYTES || change.max_op() > LONG_HISTORY_OPS;
    let is_small = |change: &Change| change.len() <= SMALL_CHANGE_OPS && change.raw_bytes().len() <= SMALL_CHANGE_BYTES;
    if ready.iter().any(|change| is_long(change) && !is_small(change)) { Err(refuse("history", "")) } else { Ok(()) }
}
