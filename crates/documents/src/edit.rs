//! Changing a record: only the paths that differ are written, so that a newer app's fields and other people's open
//! conflicts stay as they are.

use automerge::transaction::{Transactable, Transaction};
use automerge::{AutomergeError, ROOT, ReadDoc, ScalarValue};
use domain::flat::{Flat, MergeRule, Scalar, flatten};
use domain::{ChangeHash, Record, UnixMillis};

use crate::author::{Author, RawChange, to_domain, to_engine};
use crate::document::RecordDocument;
use crate::error::{EditError, EngineError};
use crate::format::{CURRENT, FormatRules};
use crate::reading::{ANY_TIME, collect_values, read_document, read_root};
use crate::scalar::{FORMAT_KEY, is_record_path, write_scalar};

/// What an edit does to one path: a value, or its removal.
type Write = (String, Option<Scalar>);

impl RecordDocument {
    /// Turns the record into `new`: writes the paths in which it differs from the record as read, removes those
    /// that vanished. A field in conflict whose shown value is unchanged stays in conflict. `None` when nothing
    /// differs.
    ///
    /// # Errors
    /// When the record is of a newer format or another kind or id, or cannot be read.
    pub fn edit<R: Record>(&mut self, new: &R, author: &Author) -> Result<Option<RawChange>, EditError> {
        self.edit_with(new, author, &CURRENT, ANY_TIME)
    }

    /// The same for a record that was read with [`read_until`](Self::read_until) this horizon.
    ///
    /// # Errors
    /// Those of [`edit`](Self::edit).
    pub fn edit_until<R: Record>(
        &mut self,
        new: &R,
        author: &Author,
        horizon: UnixMillis,
    ) -> Result<Option<RawChange>, EditError> {
        self.edit_with(new, author, &CURRENT, horizon)
    }

    pub(crate) fn edit_with<R: Record>(
        &mut self,
        new: &R,
        author: &Author,
        rules: &FormatRules,
        horizon: UnixMillis,
    ) -> Result<Option<RawChange>, EditError> {
        let loaded = read_document::<R>(&self.doc, rules, horizon)?;
        check_format(loaded.reading.format, rules)?;
        if loaded.reading.record.record_id() != new.record_id() {
            return Err(EditError::Identity);
        }
        let old = flatten(&loaded.reading.record)?;
        let new = flatten(new)?;
        let mut writes = plan_writes(&old, &new, &loaded.unwritten)?;
        if writes.is_empty() {
            return Ok(None);
        }
        if loaded.reading.format < rules.known {
            writes.push((FORMAT_KEY.to_owned(), Some(Scalar::Int(rules.known))));
        }
        Ok(self.commit(author, |tx| write_all(tx, &writes))?)
    }

    /// Settles a conflict: an ordinary edit that puts one of the candidates, also the one already shown. `None` when
    /// the path has that value alone, because somebody else settled it alike.
    ///
    /// # Errors
    /// When the value is not one of the candidates, or the record is of a newer format.
    pub fn choose(&mut self, path: &str, value: &Scalar, author: &Author) -> Result<Option<RawChange>, EditError> {
        let root = read_root(&self.doc, |_| MergeRule::Fact)?;
        check_format(root.format, &CURRENT)?;
        if !is_record_path(path) {
            return Err(EditError::ReservedPath(path.to_owned()));
        }
        if !collect_values(&self.doc, path)?.iter().any(|candidate| candidate.value == *value) {
            return Err(EditError::NotACandidate(path.to_owned()));
        }
        Ok(self.commit(author, |tx| tx.put(ROOT, path, write_scalar(value)))?)
    }

    /// Writes `fields` as somebody who last saw the document at `base_heads`: the office importing a corrected list.
    /// What others edited since stands beside the new value as a conflict; what nobody edited is simply updated; a
    /// field that already had the value then, or has it now, is left alone. `None` value: the field is removed.
    ///
    /// An installation cannot un-know its own changes: those count as seen.
    ///
    /// # Errors
    /// When the document never had these heads, is of a newer format, or a path is reserved.
    pub fn edit_at(
        &mut self,
        base_heads: &[ChangeHash],
        fields: &[(String, Option<Scalar>)],
        author: &Author,
    ) -> Result<Option<RawChange>, EditError> {
        let now = read_root(&self.doc, |_| MergeRule::Choose)?;
        check_format(now.format, &CURRENT)?;
        if let Some((path, _)) = fields.iter().find(|(path, _)| !is_record_path(path)) {
            return Err(EditError::ReservedPath(path.clone()));
        }
        if let Some(unknown) = base_heads.iter().find(|hash| !self.has_change(**hash)) {
            return Err(EditError::UnknownHeads(*unknown));
        }
        let mut heads: Vec<_> = base_heads.iter().copied().map(to_engine).collect();
        heads.extend(self.last_change_of(author));
        let mut fork = Self { doc: self.doc.fork_at(&heads).map_err(EngineError::from)? };
        let then = read_root(&fork.doc, |_| MergeRule::Choose)?.flat;
        let settled = |path: &String| now.conflicts.iter().all(|conflict| conflict.path != *path);
        let writes: Vec<Write> = fields
            .iter()
            .filter(|(path, value)| then.get(path) != value.as_ref())
            .filter(|(path, value)| now.flat.get(path) != value.as_ref() || !settled(path))
            .cloned()
            .collect();
        if writes.is_empty() {
            return Ok(None);
        }
        let change = fork.commit(author, |tx| write_all(tx, &writes))?;
        self.doc.merge(&mut fork.doc).map_err(EngineError::from)?;
        Ok(change)
    }

    /// The last change of the author's installation in this document.
    fn last_change_of(&self, author: &Author) -> Option<automerge::ChangeHash> {
        let actor = author.actor();
        let changes = self.doc.get_changes_meta(&[]);
        changes.iter().filter(|meta| *meta.actor == actor).max_by_key(|meta| meta.seq).map(|meta| meta.hash)
    }

    /// The heads the document had after the last change of an installation; empty when it made none. For `edit_at`.
    #[must_use]
    pub fn last_heads_of(&self, author: &Author) -> Vec<ChangeHash> {
        self.last_change_of(author).map(to_domain).into_iter().collect()
    }
}

const fn check_format(found: i64, rules: &FormatRules) -> Result<(), EditError> {
    if found > rules.known { Err(EditError::NewerFormat { found, known: rules.known }) } else { Ok(()) }
}

/// The paths in which `new` differs from `old`; once anything differs, also what the document itself still lacks.
fn plan_writes(old: &Flat, new: &Flat, unwritten: &Flat) -> Result<Vec<Write>, EditError> {
    let mut writes = Vec::new();
    for (path, scalar) in new {
        if old.get(path) != Some(scalar) {
            if !is_record_path(path) {
                return Err(EditError::ReservedPath(path.clone()));
            }
            writes.push((path.clone(), Some(scalar.clone())));
        }
    }
    writes.extend(old.keys().filter(|path| !new.contains_key(*path)).map(|path| (path.clone(), None)));
    if !writes.is_empty() {
        let kept = unwritten.iter().filter(|(path, scalar)| new.get(*path) == Some(scalar) && old.contains_key(*path));
        writes.extend(kept.map(|(path, scalar)| (path.clone(), Some(scalar.clone()))));
    }
    Ok(writes)
}

fn write_all(tx: &mut Transaction<'_>, writes: &[Write]) -> Result<(), AutomergeError> {
    let scalars: Vec<_> = writes.iter().map(|(path, value)| (path.clone(), value.as_ref().map(write_scalar))).collect();
    write_scalars(tx, &scalars)
}

/// Puts and removes paths.
pub(crate) fn write_scalars(
    tx: &mut Transaction<'_>,
    writes: &[(String, Option<ScalarValue>)],
) -> Result<(), AutomergeError> {
    for (path, value) in writes {
        match value {
            Some(scalar) => tx.put(ROOT, path.as_str(), scalar.clone())?,
            None => delete_if_there(tx, path)?,
        }
    }
    Ok(())
}

fn delete_if_there(tx: &mut Transaction<'_>, path: &str) -> Result<(), AutomergeError> {
    if tx.get(ROOT, path)?.is_some() { tx.delete(ROOT, path) } else { Ok(()) }
}
