//! From a document to a record: which value of each path is shown, and on which paths people differ.
//!
//! Flow: every root key with all its concurrent values → one shown value per key by the record's merge rule → the
//! upgrade of an older format → the record. When an entry was removed on one device and edited on another, what the
//! edit left is half an entry; being there wins, so `restore` brings back what the record cannot do without.
//!
//! The newest by the writer's clock is shown, not Automerge's own winner: the office's import is made at an old
//! point of the history and would always lose by operation number. Who reads says until when a time is believed (the
//! horizon): what claims to be later was written under a wrong clock and is shown only where there is nothing else. The
//! card names all values in either case.

use std::cmp::Ordering;

use automerge::{ActorId, Automerge, ObjId, ROOT, ReadDoc, ValueRef};
use domain::flat::{Flat, MergeRule, Scalar, unflatten};
use domain::{AccountId, Kind, Record, UnixMillis};

use crate::author::read_account;
use crate::error::{EngineError, ReadError};
use crate::format::FormatRules;
use crate::restore::restore_entries;
use crate::scalar::{FORMAT_KEY, KIND_KEY, is_record_path, read_owned_scalar, read_scalar};

/// A record as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading<R> {
    /// The record, with the shown value of every field.
    pub record: R,
    /// Fields on which people differ, by path.
    pub conflicts: Vec<FieldConflict>,
    /// The format the document has; above [`crate::FORMAT`] the record can be read but not edited.
    pub format: i64,
}

/// A field that was edited on two devices at once.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldConflict {
    /// Path of the field in the flat form.
    pub path: String,
    /// The values, newest first; always two or more, all different.
    pub candidates: Vec<Candidate>,
}

/// One of the values of a field on which people differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The value.
    pub value: Scalar,
    /// Who wrote it; `None` when the change names nobody we can read.
    pub by: Option<AccountId>,
    /// When, by the writer's clock.
    pub at: UnixMillis,
    /// Whether it is the one the record shows.
    pub shown: bool,
}

/// A reading together with what an edit must know about it.
#[derive(Debug)]
pub(crate) struct Loaded<R> {
    pub(crate) reading: Reading<R>,
    /// Paths that the record shows although the document lacks them: added by an upgrade, or restored.
    pub(crate) unwritten: Flat,
}

/// The root of a document, one shown value per path.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Root {
    pub(crate) kind: Option<String>,
    pub(crate) format: i64,
    pub(crate) flat: Flat,
    pub(crate) conflicts: Vec<FieldConflict>,
}

/// Reads the document as the record.
pub(crate) fn read_document<R: Record>(
    doc: &Automerge,
    rules: &FormatRules,
    horizon: UnixMillis,
) -> Result<Loaded<R>, ReadError> {
    read_record(doc, read_root_until(doc, R::merge_rule, horizon)?, rules)
}

/// The record that a root makes, which was read from `doc` by the record's own rules.
pub(crate) fn read_record<R: Record>(doc: &Automerge, root: Root, rules: &FormatRules) -> Result<Loaded<R>, ReadError> {
    let Root { kind, format, mut flat, conflicts } = root;
    let kind = kind.ok_or(ReadError::NotARecord)?;
    if Kind::from_code(&kind) != Some(R::KIND) {
        return Err(ReadError::WrongKind { found: kind, expected: R::KIND });
    }
    let mut unwritten = rules.plan_upgrade(R::KIND, format, &flat);
    flat.extend(unwritten.clone());
    let record = match unflatten(&flat) {
        Ok(record) => record,
        Err(source) => {
            let (record, restored) = restore_entries::<R>(doc, &flat).ok_or(ReadError::Shape { format, source })?;
            unwritten.extend(restored);
            record
        }
    };
    Ok(Loaded { reading: Reading { record, conflicts, format }, unwritten })
}

/// Later than every moment: all times are believed.
pub(crate) const ANY_TIME: UnixMillis = UnixMillis::new(i64::MAX);

/// Every root key with its shown value, all times believed.
pub(crate) fn read_root(doc: &Automerge, rule: fn(&str) -> MergeRule) -> Result<Root, ReadError> {
    read_root_until(doc, rule, ANY_TIME)
}

/// Every root key with its shown value. Keys that are no path of ours and values of foreign types are passed over.
fn read_root_until(doc: &Automerge, rule: fn(&str) -> MergeRule, horizon: UnixMillis) -> Result<Root, ReadError> {
    let mut root = Root::default();
    for item in doc.map_range(ROOT, ..) {
        let path = item.key.as_ref();
        if path == FORMAT_KEY {
            // The highest of concurrent numbers: an upgrade is not undone by an edit that did not know of it.
            let numbers = collect_values(doc, path)?.into_iter();
            root.format =
                numbers.filter_map(|v| if let Scalar::Int(n) = v.value { Some(n) } else { None }).max().unwrap_or(0);
        } else if path == KIND_KEY {
            let mut kinds = collect_values(doc, path)?;
            kinds.sort_by(|a, b| a.compare_origin(b));
            root.kind =
                kinds.into_iter().find_map(|v| if let Scalar::Text(code) = v.value { Some(code) } else { None });
        } else if !is_record_path(path) {
        } else if item.conflict {
            let (shown, conflict) = settle(path, collect_values(doc, path)?, rule(path), horizon);
            root.flat.extend(shown.map(|shown| (path.to_owned(), shown)));
            root.conflicts.extend(conflict);
        } else if let ValueRef::Scalar(value) = &item.value
            && let Some(scalar) = read_scalar(value)
        {
            root.flat.insert(path.to_owned(), scalar);
        }
    }
    Ok(root)
}

/// One of several concurrent values of a path.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub(crate) value: Scalar,
    pub(crate) by: Option<AccountId>,
    pub(crate) at: UnixMillis,
    pub(crate) counter: u64,
    pub(crate) actor: ActorId,
}

impl Written {
    /// Newest first: change time, then operation number, then actor. What claims to be later than the horizon stands
    /// behind everything that does not.
    pub(crate) fn compare_newest(&self, other: &Self, horizon: UnixMillis) -> Ordering {
        let place = |written: &Self| (written.at <= horizon, written.at, written.counter);
        place(other).cmp(&place(self)).then_with(|| other.actor.cmp(&self.actor))
    }

    /// Greatest first, those behind that are summaries of a moment beyond the horizon.
    fn compare_latest(&self, other: &Self, horizon: UnixMillis) -> Ordering {
        let is_believed = |written: &Self| find_moment(&written.value).is_none_or(|at| at <= horizon);
        is_believed(other).cmp(&is_believed(self)).then_with(|| compare_scalars(&other.value, &self.value))
    }

    /// First by actor, then by operation number.
    fn compare_origin(&self, other: &Self) -> Ordering {
        (&self.actor, self.counter).cmp(&(&other.actor, other.counter))
    }
}

/// All concurrent values of a path that are of our types, in Automerge's order.
pub(crate) fn collect_values(doc: &Automerge, path: &str) -> Result<Vec<Written>, ReadError> {
    let mut values = Vec::new();
    for (value, id) in doc.get_all(ROOT, path).map_err(EngineError::from)? {
        let Some(value) = value.as_scalar().and_then(read_owned_scalar) else { continue };
        let meta = doc.hash_for_opid(&id).and_then(|hash| doc.get_change_meta_by_hash(&hash));
        let ObjId::Id(counter, actor, _) = id else { continue };
        values.push(Written {
            value,
            by: meta.as_ref().and_then(|meta| read_account(meta.message.as_deref())),
            at: UnixMillis::new(meta.as_ref().map_or(0, |meta| meta.timestamp)),
            counter,
            actor,
        });
    }
    Ok(values)
}

/// The moment of a summary: a text that begins with sixteen digits and a bar.
fn find_moment(value: &Scalar) -> Option<UnixMillis> {
    let Scalar::Text(text) = value else { return None };
    let (digits, _) = text.split_once('|')?;
    let is_moment = digits.len() == 16 && digits.bytes().all(|digit| digit.is_ascii_digit());
    is_moment.then(|| digits.parse().ok().map(UnixMillis::new)).flatten()
}

/// The value shown of a path with several, and the conflict if people have to be asked.
fn settle(
    path: &str,
    mut values: Vec<Written>,
    rule: MergeRule,
    horizon: UnixMillis,
) -> (Option<Scalar>, Option<FieldConflict>) {
    match rule {
        MergeRule::Fact => values.sort_by(Written::compare_origin),
        MergeRule::Latest => values.sort_by(|a, b| a.compare_latest(b, horizon)),
        MergeRule::Present => {
            values.sort_by(|a, b| {
                let gone = |v: &Written| v.value == Scalar::Bool(false);
                gone(a).cmp(&gone(b)).then_with(|| a.compare_newest(b, horizon))
            });
        }
        MergeRule::Choose => return settle_by_choice(path, values, horizon),
    }
    (values.into_iter().next().map(|first| first.value), None)
}

fn settle_by_choice(
    path: &str,
    mut values: Vec<Written>,
    horizon: UnixMillis,
) -> (Option<Scalar>, Option<FieldConflict>) {
    values.sort_by(|a, b| a.compare_newest(b, horizon));
    let mut candidates: Vec<Candidate> = Vec::with_capacity(values.len());
    for Written { value, by, at, .. } in values {
        if !candidates.iter().any(|known| known.value == value) {
            candidates.push(Candidate { value, by, at, shown: candidates.is_empty() });
        }
    }
    let shown = candidates.first().map(|first| first.value.clone());
    let conflict = (candidates.len() > 1).then(|| FieldConflict { path: path.to_owned(), candidates });
    (shown, conflict)
}

/// A total order of scalars: by type, then by value. Summaries are texts that begin with a zero-padded moment.
fn compare_scalars(a: &Scalar, b: &Scalar) -> Ordering {
    const fn rank(scalar: &Scalar) -> u8 {
        match scalar {
            Scalar::Bool(_) => 0,
            Scalar::Int(_) => 1,
            Scalar::Float(_) => 2,
            Scalar::Text(_) => 3,
        }
    }
    match (a, b) {
        (Scalar::Bool(a), Scalar::Bool(b)) => a.cmp(b),
        (Scalar::Int(a), Scalar::Int(b)) => a.cmp(b),
        (Scalar::Float(a), Scalar::Float(b)) => a.total_cmp(b),
        (Scalar::Text(a), Scalar::Text(b)) => a.cmp(b),
        _ => rank(a).cmp(&rank(b)),
    }
}
