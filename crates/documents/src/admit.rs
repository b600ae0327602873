//! The dry run of a stranger's changes: everything that is checked before they may enter a record.
//!
//! Flow: load the base → parse and order the changes → look at every operation (only scalars at the root, no
//! structural path rewritten, operation numbers that follow the history, nothing larger than [`crate::size`] allows) →
//! apply to the copy, save, load, compare → weigh the result → read as the record → its own rules. Who may write which
//! field is the caller's question: `changed_paths` names every path an operation touched, `before` and `record` say what
//! it was and is.
//!
//! Failure: an error names the first thing found; the base, being bytes, is never altered. A breach that was there
//! before, and no worse, is not held against the sender; nor is one that only comes of two edits meeting: within its
//! own view of the record each kept to the rules.

use std::collections::{BTreeMap, BTreeSet};

use automerge::legacy::{Key, ObjectId, Op, OpType};
use automerge::{Automerge, Change};
use domain::flat::{Flat, Scalar, flatten};
use domain::record::{Breach, find_new_breaches};
use domain::{ChangeHash, Kind, Record};

use crate::apply::{Reloaded, apply_and_reload, sort_changes};
use crate::author::to_domain;
use crate::error::{AdmitError, ApplyError, EngineError, LoadError};
use crate::format::CURRENT;
use crate::guard::contain_panic;
use crate::reading::{FieldConflict, read_record, read_root};
use crate::scalar::{FORMAT_KEY, KIND_KEY, is_record_path, read_owned_scalar};
use crate::size;

/// Changes that may enter, and what the record becomes by them.
#[derive(Debug, Clone)]
pub struct Admitted<R> {
    /// The record afterwards.
    pub record: R,
    /// Its heads afterwards, ascending.
    pub heads: Vec<ChangeHash>,
    /// The record before; `None` when these changes create it.
    pub before: Option<R>,
    /// Every path of the record that an operation of the changes put or removed, whether or not its shown value
    /// changed by it.
    pub changed_paths: BTreeSet<String>,
    /// The whole document afterwards, not deflated: the wire compresses the body as a whole.
    pub save: Vec<u8>,
}

/// Tries the changes on a throw-away copy of `base` (a saved document; `None`: the record does not exist yet).
/// Changes the base already holds are passed over.
///
/// # Errors
/// When anything about the changes or the result is not acceptable. Panics are contained.
pub fn admit<R: Record>(base: Option<&[u8]>, changes: &[&[u8]]) -> Result<Admitted<R>, AdmitError> {
    contain_panic(|| admit_unguarded(base, changes)).unwrap_or(Err(AdmitError::Panicked))
}

fn admit_unguarded<R: Record>(base: Option<&[u8]>, changes: &[&[u8]]) -> Result<Admitted<R>, AdmitError> {
    let doc = match base {
        Some(bytes) => Automerge::load(bytes).map_err(|e| AdmitError::Base(LoadError::Engine(EngineError::from(e))))?,
        None => Automerge::new(),
    };
    let root = read_root(&doc, R::merge_rule)?;
    let before = match base {
        Some(_) => Some(read_record::<R>(&doc, root.clone(), &CURRENT)?.reading.record),
        None => None,
    };
    let sorted = sort_changes(&doc, changes)?;
    if !sorted.applied.waiting.is_empty() {
        return Err(AdmitError::MissingDependencies(sorted.applied.missing));
    }
    check_numbers(&doc, &sorted.ready)?;
    let mut touched = BTreeSet::new();
    for change in &sorted.ready {
        let operations = change.decode().operations;
        for op in &operations {
            touched.insert(check_op(op, R::KIND, &root.flat, root.kind.as_deref())?);
        }
        size::check_operations(&operations, &root.flat)?;
    }
    size::check_history(base.map_or(0, <[u8]>::len), &sorted.ready)?;
    touched.remove(KIND_KEY);
    touched.remove(FORMAT_KEY);

    let base_heads = doc.get_heads();
    let Reloaded { doc, bytes: save, root: after } = apply_and_reload(doc, &sorted.ready, R::merge_rule)?;
    if after.format > CURRENT.known {
        return Err(AdmitError::NewerFormat { found: after.format, known: CURRENT.known });
    }
    if after.format < root.format || after.format < 1 {
        return Err(AdmitError::Structural(FORMAT_KEY.to_owned()));
    }
    let now = size::measure_size(&doc);
    size::check_growth(now, || {
        base.and_then(|bytes| Automerge::load(bytes).ok()).map_or_else(Default::default, |doc| size::measure_size(&doc))
    })?;
    let shown = size::may_hide_too_much(now).then(|| after.flat.clone());
    let record = read_record::<R>(&doc, after, &CURRENT)?.reading.record;
    if let Some(shown) = shown {
        let unknown_in = |shown: &Flat, record: Option<&R>| {
            let known = record.and_then(|record| flatten(record).ok()).unwrap_or_default();
            size::measure_unknown(shown, &known)
        };
        size::check_unknown(unknown_in(&shown, Some(&record)), || unknown_in(&root.flat, before.as_ref()))?;
    }
    check_identity(before.as_ref(), &record)?;
    let mut breaches = find_new_breaches(before.as_ref(), &record);
    breaches.retain(|breach| !is_choice(&root.conflicts, &record, breach));
    if !breaches.is_empty() && breaks_own_view::<R>(&doc, &base_heads, &sorted.ready) {
        return Err(AdmitError::Breaches(breaches));
    }
    let heads = doc.get_heads().into_iter().map(to_domain).collect();
    Ok(Admitted { record, heads, before, changed_paths: touched, save })
}

/// It is still the same record.
fn check_identity<R: Record>(before: Option<&R>, after: &R) -> Result<(), AdmitError> {
    if before.is_some_and(|before| before.record_id() != after.record_id()) {
        return Err(AdmitError::Structural("id".to_owned()));
    }
    Ok(())
}

/// Whether a breach stands in a value that was one of several before: choosing it brings nothing new.
fn is_choice<R: Record>(conflicts: &[FieldConflict], after: &R, breach: &Breach) -> bool {
    let Some(conflict) = conflicts.iter().find(|conflict| conflict.path == breach.field) else { return false };
    let flat = flatten(after).unwrap_or_default();
    flat.get(&breach.field).is_some_and(|value| conflict.candidates.iter().any(|one| one.value == *value))
}

/// Whether the changes break a rule also in the record as their author saw it. Two people who each add the sixtieth
/// member without knowing of each other make sixty-one; neither of them did wrong. What cannot be looked at is taken
/// to be broken.
fn breaks_own_view<R: Record>(after: &Automerge, base_heads: &[automerge::ChangeHash], ready: &[Change]) -> bool {
    let own: BTreeSet<_> = ready.iter().map(Change::hash).collect();
    let seen: BTreeSet<_> = ready.iter().flat_map(Change::deps).filter(|dep| !own.contains(dep)).copied().collect();
    if seen == base_heads.iter().copied().collect() {
        return true;
    }
    let Ok(mut view) = after.fork_at(&seen.into_iter().collect::<Vec<_>>()) else { return true };
    let read = |view: &Automerge| {
        let root = read_root(view, R::merge_rule)?;
        read_record::<R>(view, root, &CURRENT).map(|loaded| loaded.reading.record)
    };
    let before = if view.get_heads().is_empty() {
        None
    } else {
        let Ok(record) = read(&view) else { return true };
        Some(record)
    };
    let after = view.apply_changes(ready.iter().cloned()).ok().and_then(|()| read(&view).ok());
    after.is_none_or(|after| !find_new_breaches(before.as_ref(), &after).is_empty())
}

/// Sequence numbers go up one by one per installation, operation numbers follow the history the change has seen. An
/// operation number that runs ahead would be accepted by Automerge and use up the numbers (32 bits) of the document,
/// so that nobody could edit it again.
fn check_numbers(doc: &Automerge, ready: &[Change]) -> Result<(), AdmitError> {
    let mut max_op = 0;
    let mut last_seq = BTreeMap::new();
    for meta in doc.get_changes_meta(&[]) {
        max_op = max_op.max(meta.max_op);
        let last = last_seq.entry(meta.actor.into_owned()).or_insert(0);
        *last = meta.seq.max(*last);
    }
    for change in ready {
        let hash = to_domain(change.hash());
        let last = last_seq.entry(change.actor_id().clone()).or_insert(0);
        match change.seq() {
            seq if seq <= *last => return Err(ApplyError::DuplicateSeq { hash }.into()),
            seq if seq > *last + 1 => return Err(AdmitError::SequenceGap { hash }),
            seq => *last = seq,
        }
        if change.start_op().get() > max_op + 1 {
            return Err(AdmitError::OpNumber);
        }
        if !change.is_empty() {
            max_op = max_op.max(change.max_op());
        }
    }
    Ok(())
}

/// The path that makes a record of this kind the one it is.
const fn identity_path(kind: Kind) -> &'static str {
    match kind {
        Kind::Household | Kind::Visit | Kind::Incident => "id",
        Kind::Particulars => "household",
    }
}

/// The path one operation touches, if it is one that a flat record needs.
fn check_op(op: &Op, kind: Kind, base: &Flat, base_kind: Option<&str>) -> Result<String, AdmitError> {
    let refuse = |path: &str, problem| Err(AdmitError::Operation { path: path.to_owned(), problem });
    let (ObjectId::Root, Key::Map(path)) = (&op.obj, &op.key) else {
        return refuse("", "a write inside a nested object");
    };
    let path = path.as_str();
    if path != KIND_KEY && path != FORMAT_KEY && !is_record_path(path) {
        let short: String = path.chars().take(60).collect();
        return refuse(&short, "not a path of a record");
    }
    let structural = path == KIND_KEY || path == FORMAT_KEY || path == identity_path(kind);
    let value = match &op.action {
        OpType::Put(value) => match read_owned_scalar(value) {
            Some(value) => value,
            None => return refuse(path, "a value of a type that records do not use"),
        },
        OpType::Delete if structural => return Err(AdmitError::Structural(path.to_owned())),
        OpType::Delete => return Ok(path.to_owned()),
        OpType::Make(_) => return refuse(path, "a nested object"),
        OpType::Increment(_) => return refuse(path, "a counter"),
        OpType::MarkBegin(_) | OpType::MarkEnd(_) => return refuse(path, "a text mark"),
    };
    if path == KIND_KEY
        && (value != Scalar::Text(kind.code().to_owned()) || base_kind.is_some_and(|k| k != kind.code()))
    {
        return Err(AdmitError::Structural(path.to_owned()));
    }
    if path == FORMAT_KEY && !matches!(value, Scalar::Int(1..)) {
        return Err(AdmitError::Structural(path.to_owned()));
    }
    if structural && base.get(path).is_some_and(|known| *known != value) {
        return Err(AdmitError::Structural(path.to_owned()));
    }
    Ok(path.to_owned())
}
