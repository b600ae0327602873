//! One record as one Automerge document: making, loading, saving, and the changes in it.
//!
//! An open document costs 13–17 KiB and some 60 µs, so it is opened to edit or merge, used, and dropped.

use automerge::transaction::{Transactable, Transaction};
use automerge::{Automerge, AutomergeError, LoadOptions, OnPartialLoad, ReadDoc};
use domain::flat::{Flat, MergeRule, Scalar, flatten};
use domain::{ChangeHash, Kind, Record, UnixMillis};

use crate::apply::apply_and_reload;
use crate::author::{Author, RawChange, to_domain, to_engine};
use crate::error::{EditError, EngineError, LoadError, ReadError};
use crate::format::{CURRENT, FORMAT};
use crate::guard::contain_panic;
use crate::reading::{ANY_TIME, Reading, read_document, read_root};
use crate::scalar::{FORMAT_KEY, KIND_KEY, is_record_path, write_scalar};

/// A record with its history.
#[derive(Debug, Clone)]
pub struct RecordDocument {
    pub(crate) doc: Automerge,
}

impl RecordDocument {
    /// A new document that holds `record`, and the one change that makes it.
    ///
    /// # Errors
    /// When the record has no flat form, or uses a reserved path.
    pub fn create<R: Record>(record: &R, author: &Author) -> Result<(Self, RawChange), EditError> {
        let mut root = flatten(record)?;
        if let Some(path) = root.keys().find(|path| !is_record_path(path)) {
            return Err(EditError::ReservedPath(path.clone()));
        }
        root.insert(KIND_KEY.to_owned(), Scalar::Text(R::KIND.code().to_owned()));
        root.insert(FORMAT_KEY.to_owned(), Scalar::Int(FORMAT));
        let mut document = Self { doc: Automerge::new() };
        let change = document
            .commit(author, |tx| tx.init_root_from_hydrate(&to_hydrate(&root)))?
            .expect("a record has at least its kind, so there is a change");
        Ok((document, change))
    }

    /// A document without any change, to apply a history to. It holds no record yet.
    #[must_use]
    pub fn empty() -> Self {
        Self { doc: Automerge::new() }
    }

    /// Opens bytes of our own: what [`save`](Self::save) gave.
    ///
    /// # Errors
    /// When the bytes are damaged. A panic inside Automerge is contained.
    pub fn load(bytes: &[u8]) -> Result<Self, LoadError> {
        contain_panic(|| load_whole(bytes)).unwrap_or(Err(LoadError::Panicked)).map(|doc| Self { doc })
    }

    /// Opens a snapshot that somebody sent: a saved document, or raw changes one after the other. Saves and loads it
    /// once more before trusting it.
    ///
    /// # Errors
    /// When the bytes are not a document, its history has holes, or it does not survive saving and loading.
    pub fn from_history(bytes: &[u8]) -> Result<Self, LoadError> {
        let reloaded = contain_panic(|| {
            let doc = load_whole(bytes)?;
            apply_and_reload(doc, &[], |_| MergeRule::Choose).map_err(|_| LoadError::Unstable)
        });
        reloaded.unwrap_or(Err(LoadError::Panicked)).map(|reloaded| Self { doc: reloaded.doc })
    }

    /// The kind of the record; `None` when there is none, or one that this version does not know.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        read_root(&self.doc, |_| MergeRule::Fact).ok()?.kind.and_then(|code| Kind::from_code(&code))
    }

    /// The record as it stands, and the fields on which people differ.
    ///
    /// # Errors
    /// When the document holds another kind, or its paths do not make the record.
    pub fn read<R: Record>(&self) -> Result<Reading<R>, ReadError> {
        self.read_until(ANY_TIME)
    }

    /// The same for somebody who knows the time: of several values those that claim to be later than `horizon` (by their
    /// change's time, a summary by its own) give way to the others. What stands alone is shown in any case.
    ///
    /// # Errors
    /// Those of [`read`](Self::read).
    pub fn read_until<R: Record>(&self, horizon: UnixMillis) -> Result<Reading<R>, ReadError> {
        read_document::<R>(&self.doc, &CURRENT, horizon).map(|loaded| loaded.reading)
    }

    /// The hashes of the changes that nothing follows, ascending.
    #[must_use]
    pub fn heads(&self) -> Vec<ChangeHash> {
        self.doc.get_heads().into_iter().map(to_domain).collect()
    }

    /// The whole document, deflated: for rest.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        self.doc.save()
    }

    /// The whole document, not deflated: for the wire, where the body is compressed as a whole.
    #[must_use]
    pub fn save_plain(&self) -> Vec<u8> {
        self.doc.save_nocompress()
    }

    /// The changes that a holder of `heads` does not have, each after those it depends on. Unknown heads are ignored.
    #[must_use]
    pub fn changes_since(&self, heads: &[ChangeHash]) -> Vec<RawChange> {
        let known: Vec<_> = heads.iter().copied().map(to_engine).collect();
        self.doc.get_changes(&known).iter().map(RawChange::from).collect()
    }

    /// Whether the document holds this change.
    #[must_use]
    pub fn has_change(&self, hash: ChangeHash) -> bool {
        self.doc.get_change_meta_by_hash(&to_engine(hash)).is_some()
    }

    /// The number of the operation that wrote what stands at a path. It is higher than that of everything that its
    /// writer knew: an order that no clock turns round.
    #[must_use]
    pub fn find_write(&self, path: &str) -> Option<u64> {
        match self.doc.get(automerge::ROOT, path).ok()?? {
            (_, automerge::ObjId::Id(number, ..)) => Some(number),
            (_, automerge::ObjId::Root) => None,
        }
    }

    /// How many changes there are.
    #[must_use]
    pub fn change_count(&self) -> usize {
        self.doc.get_changes_meta(&[]).len()
    }

    /// One change of the author's; `None`, and no trace, when `write` wrote nothing.
    pub(crate) fn commit(
        &mut self,
        author: &Author,
        write: impl FnOnce(&mut Transaction<'_>) -> Result<(), AutomergeError>,
    ) -> Result<Option<RawChange>, EngineError> {
        self.doc.set_actor(author.actor());
        let mut tx = self.doc.transaction();
        if let Err(error) = write(&mut tx) {
            tx.rollback();
            return Err(error.into());
        }
        if tx.pending_ops() == 0 {
            tx.rollback();
            return Ok(None);
        }
        let (hash, _) = tx.commit_with(author.commit_options());
        Ok(hash.and_then(|hash| self.doc.get_change_by_hash(&hash)).as_ref().map(RawChange::from))
    }
}

/// Loads a document none of whose changes waits for another.
fn load_whole(bytes: &[u8]) -> Result<Automerge, LoadError> {
    if bytes.is_empty() {
        return Err(LoadError::Empty);
    }
    let doc = match Automerge::load(bytes) {
        // Only to name what is missing: the same bytes once more, leniently.
        Err(AutomergeError::MissingDeps) => {
            let lenient = LoadOptions::new().on_partial_load(OnPartialLoad::Ignore);
            Automerge::load_with_options(bytes, lenient).map_err(EngineError::from)?
        }
        loaded => loaded.map_err(EngineError::from)?,
    };
    let missing = doc.get_missing_deps(&[]);
    if missing.is_empty() {
        Ok(doc)
    } else {
        Err(LoadError::MissingDependencies(missing.into_iter().map(to_domain).collect()))
    }
}

/// The root map from which Automerge makes a document in one go: 35–47 µs, against 230–340 µs by single puts.
fn to_hydrate(root: &Flat) -> automerge::hydrate::Map {
    root.iter()
        .map(|(path, scalar)| (path.clone(), automerge::hydrate::Value::scalar(write_scalar(scalar))))
        .collect::<std::collections::HashMap<_, _>>()
        .into()
}
