//! Taking an import back: homes that it made leave every device, fields that it edited get their earlier values, and what
//! the office said before counts again. As far as nobody has touched them since.
//!
//! Why home by home: a card whose particulars somebody has completed is no home that nobody touched. Flow: what the import
//! noted → what is stored of it now → homes that are as the import left them are taken back, some dozens in a
//! transaction; of the others the reason is told. Nothing is deleted: a record that is taken back stays in the ledger, in
//! no stream. Failure: a home that a device changes at this very moment is judged again on its new state; undoing that
//! was broken off is done again. Not done: buildings keep their codes, for they may be on devices.

use std::collections::{BTreeMap, BTreeSet};

use documents::{Author, RecordDocument};
use domain::flat::flatten;
use domain::{ChangeHash, GridCode, Household, InstallationId, Kind, Particulars, Record, RecordId, UnixMillis};
use roster::diff::find_changes;
use serde::Serialize;

use super::write::{admission, find_office_heads, hash_base, load};
use super::{ImportError, claim_author};
use crate::reference;
use crate::store::{
    Admission, Base, BaseQuery, Batch, Committed, Grouping, ImportPart, ImportedHome, ImportedRecord, RestoredRecord,
    RosterBase, Store, StoreError, StoredChange, StoredDocument, Withdrawal,
};

/// Homes of one transaction.
const BATCH_HOMES: usize = 50;
/// How often a home that devices keep changing is judged again.
const PATIENCE: usize = 16;

/// Why an import cannot be taken back.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// There is none of this number.
    #[error("没有编号为 {0} 的导入，请用 import list 查看")]
    Unknown(u64),
    /// It was taken back before.
    #[error("编号为 {number} 的导入已于 {} 撤销过", at.local().strftime("%Y-%m-%d %H:%M"))]
    Undone {
        /// The import.
        number: u64,
        /// When.
        at: UnixMillis,
    },
    /// A record cannot be read or written.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The ledger failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a home was left as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeptReason {
    /// It has been visited, or a visit was written.
    Visited,
    /// An incident belongs to it.
    Incident,
    /// A later import has written it.
    LaterImport,
    /// Somebody has edited it.
    Edited,
    /// What is stored of it cannot be read.
    Damaged,
}

impl KeptReason {
    /// For the person at the office.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Visited => "已有走访记录",
            Self::Incident => "已有关联的事件",
            Self::LaterImport => "之后的导入又改过，请先撤销那一次",
            Self::Edited => "之后有人改过",
            Self::Damaged => "记录读不出来，请运行 verify 查看",
        }
    }
}

/// A home that was left as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// Its card.
    pub household: RecordId,
    /// Its grid.
    pub grid: GridCode,
    /// Its door, as it stands.
    pub door: String,
    /// Why.
    pub reason: KeptReason,
}

/// What taking an import back did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct UndoSummary {
    /// Homes that are gone from every device.
    pub removed: usize,
    /// Homes that have their earlier values.
    pub restored: usize,
    /// Homes that were left, by grid and door.
    pub kept: Vec<Kept>,
    /// Homes of which the note cannot be read.
    pub unreadable: usize,
}

/// Takes an import back. Hold [`lock_imports`](super::lock_imports) meanwhile.
///
/// # Errors
/// See [`UndoError`]; what was taken back before stays so.
pub async fn undo_import<S: Store>(store: &S, number: u64, now: UnixMillis) -> Result<UndoSummary, UndoError> {
    let imports = store.list_imports().await?;
    let import = imports.into_iter().find(|import| import.number == number).ok_or(UndoError::Unknown(number))?;
    if let Some(at) = import.undone_at {
        return Err(UndoError::Undone { number, at });
    }
    let noted = store.list_imported_homes(number).await?;
    let mut summary = UndoSummary { unreadable: noted.unreadable, ..UndoSummary::default() };
    let homes: Vec<ImportedHome> = noted.rows.into_iter().filter(|home| !home.is_undone).collect();
    let author = claim_author(store, now).await?;
    let mut undoing = Undoing { store, number, author, now, around: Around::read(store, &homes).await? };
    for chunk in homes.chunks(BATCH_HOMES) {
        if !undoing.undo_chunk(chunk, &mut summary).await? {
            for home in chunk {
                undoing.undo_one(home, &mut summary).await?;
            }
        }
    }
    summary.kept.sort_by(|a, b| (&a.grid, &a.door, a.household).cmp(&(&b.grid, &b.door, b.household)));
    reference::refresh(store).await?;
    // What waits for a later import to be taken back first is not over.
    if summary.kept.iter().all(|kept| kept.reason != KeptReason::LaterImport) {
        store.end_undo(number, now).await?;
    }
    let subject =
        format!("{number} removed {} restored {} kept {}", summary.removed, summary.restored, summary.kept.len());
    store.append_audit(now, "import_undo", subject).await?;
    Ok(summary)
}

/// What has to be known beside the records.
struct Around {
    children: BTreeMap<RecordId, Vec<(RecordId, Kind)>>,
    /// What the office says now, as [`hash_base`] has it.
    bases: BTreeMap<(GridCode, String), [u8; 32]>,
}

impl Around {
    async fn read<S: Store>(store: &S, homes: &[ImportedHome]) -> Result<Self, StoreError> {
        let grids = homes.iter().flat_map(|home| home.bases.iter().map(|base| &base.grid).chain([&home.grid]));
        let communities: BTreeSet<_> = grids.map(GridCode::community).collect();
        let bases = store.list_roster_bases(communities).await?.rows.into_iter();
        let bases = bases.map(|base| ((base.grid, base.row_key), hash_base(&base.imported))).collect();
        Ok(Self { children: store.list_children().await?, bases })
    }

    /// Whether the office still says what the import wrote.
    fn is_base_kept(&self, home: &ImportedHome) -> bool {
        let now = |grid: &GridCode, key: &str| self.bases.get(&(grid.clone(), key.to_owned())).copied();
        home.bases.iter().all(|base| now(&base.grid, &base.row_key) == base.after_sha256)
    }
}

struct Undoing<'s, S> {
    store: &'s S,
    number: u64,
    author: Author,
    now: UnixMillis,
    around: Around,
}

impl<S: Store> Undoing<'_, S> {
    async fn undo_one(&mut self, home: &ImportedHome, summary: &mut UndoSummary) -> Result<(), UndoError> {
        for _ in 0..PATIENCE {
            if self.undo_chunk(std::slice::from_ref(home), summary).await? {
                return Ok(());
            }
            self.around.children = self.store.list_children().await?;
        }
        Err(StoreError::Busy.into())
    }

    /// Takes some homes back in one transaction; false: one of them has moved, and nothing was written.
    async fn undo_chunk(&self, homes: &[ImportedHome], summary: &mut UndoSummary) -> Result<bool, UndoError> {
        let asked: Vec<RecordId> = homes
            .iter()
            .flat_map(|home| home.records.iter().map(|record| record.document).chain([home.household]))
            .collect();
        let ask = |document: &RecordId| BaseQuery {
            document: *document,
            installation: InstallationId::from_uuid(uuid::Uuid::nil()),
            hashes: Vec::new(),
        };
        let bases = self.store.read_bases(asked.iter().map(ask).collect()).await?;
        let stored: BTreeMap<RecordId, Base> = asked.into_iter().zip(bases).collect();
        let mut batch = Batch { received_at: self.now, grouping: Grouping::Together, ..Batch::default() };
        let mut part =
            ImportPart { number: self.number, homes: Vec::new(), edited: 0, undone: Vec::new(), restored: Vec::new() };
        let mut kept = Vec::new();
        let mut counts = (0, 0);
        for home in homes {
            match self.find_reason(home, &stored) {
                Some(reason) => kept.push(describe_kept(home, &stored, reason)),
                None => {
                    self.take_back(home, &stored, &mut batch, &mut part).await?;
                    if home.is_added { counts.0 += 1 } else { counts.1 += 1 }
                }
            }
        }
        batch.import = Some(part);
        if !self.store.commit(batch).await?.iter().all(|one| *one == Committed::Stored) {
            return Ok(false);
        }
        summary.removed += counts.0;
        summary.restored += counts.1;
        summary.kept.append(&mut kept);
        Ok(true)
    }

    /// Why a home is not as the import left it; `None`: it is.
    fn find_reason(&self, home: &ImportedHome, stored: &BTreeMap<RecordId, Base>) -> Option<KeptReason> {
        let is_sound = |id: &RecordId| stored.get(id).is_some_and(|base| !base.is_damaged && base.stored.is_some());
        if !home.records.iter().all(|record| is_sound(&record.document)) {
            return Some(KeptReason::Damaged);
        }
        let children = self.around.children.get(&home.household).map(Vec::as_slice).unwrap_or_default();
        let has = |kind| children.iter().any(|(_, found)| *found == kind);
        if home.is_added && has(Kind::Visit) {
            return Some(KeptReason::Visited);
        }
        if home.is_added && has(Kind::Incident) {
            return Some(KeptReason::Incident);
        }
        if !self.around.is_base_kept(home) {
            return Some(KeptReason::LaterImport);
        }
        let is_untouched = |record: &ImportedRecord| {
            let heads =
                |id| stored.get(id).and_then(|base: &Base| base.stored.as_ref()).map(|stored| sort(&stored.heads));
            heads(&record.document) == Some(sort(&record.heads_after))
        };
        let is_written = |id: &RecordId| home.records.iter().any(|record| record.document == *id);
        let has_more = home.is_added && children.iter().any(|(id, _)| !is_written(id));
        if has_more || !home.records.iter().all(is_untouched) {
            return Some(if has(Kind::Visit) { KeptReason::Visited } else { KeptReason::Edited });
        }
        None
    }

    async fn take_back(
        &self,
        home: &ImportedHome,
        stored: &BTreeMap<RecordId, Base>,
        batch: &mut Batch,
        part: &mut ImportPart,
    ) -> Result<(), UndoError> {
        for record in &home.records {
            let Some(document) = stored.get(&record.document).and_then(|base| base.stored.as_ref()) else { continue };
            if home.is_added || record.changes_before == 0 {
                let heads = record.heads_after.clone();
                batch.withdrawals.push(Withdrawal { document: record.document, household: home.household, heads });
                continue;
            }
            let changes = self.store.list_changes(record.document).await?;
            if let Some((made, heads_before)) = restore(record, document, &changes, &self.author)? {
                let heads_now = made.after.heads.clone();
                part.restored.push(RestoredRecord { document: record.document, heads_before, heads_now });
                batch.admissions.push(made);
            }
        }
        for base in &home.bases {
            match &base.before {
                None => batch.dropped_roster.push((base.grid.clone(), base.row_key.clone())),
                Some(before) => batch.roster.push(RosterBase {
                    grid: base.grid.clone(),
                    row_key: base.row_key.clone(),
                    imported: before.clone(),
                }),
            }
        }
        part.undone.push(home.household);
        Ok(())
    }
}

fn sort(heads: &[ChangeHash]) -> Vec<ChangeHash> {
    let mut heads = heads.to_vec();
    heads.sort_unstable();
    heads
}

fn describe_kept(home: &ImportedHome, stored: &BTreeMap<RecordId, Base>, reason: KeptReason) -> Kept {
    let card = stored.get(&home.household).and_then(|base| base.stored.as_ref());
    let card = card.and_then(|card| serde_json::from_str::<Household>(&card.projection).ok());
    let door = card.map(|card| card.place.full()).unwrap_or_default();
    Kept { household: home.household, grid: home.grid.clone(), door, reason }
}

/// The record with the values that it had before the import, and its heads then; `None` when nothing differs.
fn restore(
    record: &ImportedRecord,
    stored: &StoredDocument,
    changes: &[StoredChange],
    author: &Author,
) -> Result<Option<(Admission, Vec<ChangeHash>)>, ImportError> {
    match stored.kind {
        Kind::Household => restore_record::<Household>(record, stored, changes, author),
        Kind::Particulars => restore_record::<Particulars>(record, stored, changes, author),
        // An import writes no others.
        Kind::Visit | Kind::Incident => Ok(None),
    }
}

fn restore_record<R: Record>(
    record: &ImportedRecord,
    stored: &StoredDocument,
    changes: &[StoredChange],
    author: &Author,
) -> Result<Option<(Admission, Vec<ChangeHash>)>, ImportError> {
    let document = record.document;
    let count = usize::try_from(record.changes_before).unwrap_or(usize::MAX);
    let bytes: Vec<u8> = changes.iter().take(count).flat_map(|change| change.bytes.iter().copied()).collect();
    let earlier = RecordDocument::from_history(&bytes).map_err(|source| ImportError::Document { document, source })?;
    let unreadable = || ImportError::Unreadable(document);
    let before = earlier.read::<R>().map_err(|_| unreadable())?;
    let mut history = load(document, stored)?;
    let after = history.read::<R>().map_err(|_| unreadable())?;
    let flat = |record: &R| flatten(record).map_err(|error| ImportError::Plan(error.into()));
    let (was, is) = (flat(&before.record)?, flat(&after.record)?);
    let mut fields = find_changes(&is, &was);
    // Where the office's value only stood beside a worker's, the worker's stands alone again.
    for conflict in &after.conflicts {
        if before.conflicts.iter().all(|known| known.path != conflict.path) {
            fields.entry(conflict.path.clone()).or_insert_with(|| was.get(&conflict.path).cloned());
        }
    }
    // On the office's own branch: it knows no more of what workers wrote than it did.
    let fields: Vec<_> = fields.into_iter().collect();
    let made = history
        .edit_at(&find_office_heads(&history), &fields, author)
        .map_err(|source| ImportError::Edit { document, source })?;
    if made.is_none() {
        return Ok(None);
    }
    let heads_before = earlier.heads();
    admission(R::KIND, document, &history, stored.heads.clone(), made, author).map(|made| Some((made, heads_before)))
}
