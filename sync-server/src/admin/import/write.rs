//! Writing a plan: homes in batches that stand or fall together with what the office said and with the note of what was
//! written.
//!
//! Flow: [`HomeWrite`]s → some dozens at a time: what is stored of them is read, each record is made or edited on the
//! office's own branch → one transaction. Where a phone changed one of them meanwhile the homes of that batch are written
//! one by one, each on its new state. Failure: a record that is damaged costs its home, which is told; one that is there
//! and not known to the plan is never overwritten.

use documents::{Author, RawChange, RecordDocument, inspect};
use domain::account::OFFICE_ACCOUNT;
use domain::flat::{FlatError, flatten, unflatten};
use domain::{
    ChangeHash, GridCode, Household, InstallationId, Kind, MemberId, Particulars, Record, RecordId, UnixMillis,
};
use roster::diff::{RecordEdit, find_changes};
use roster::plan::Imported;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

use super::ImportError;
use crate::ingest::rebuild;
use crate::store::{
    Admission, Base, BaseQuery, Batch, Committed, Grouping, ImportPart, ImportedBase, ImportedHome, ImportedRecord,
    RosterBase, Store, StoreError, StoredChange, StoredDocument,
};

/// Homes of one transaction: many enough to be quick, few enough that a phone's push does not wait long.
const BATCH_HOMES: usize = 200;
/// How often a home that phones keep changing is edited again.
const RETRY_LIMIT: usize = 16;

/// What an import writes of one home.
#[derive(Debug, Clone)]
pub(super) struct HomeWrite<'p> {
    /// Its records as they are now meant to be.
    pub(super) imported: &'p Imported,
    /// Whether it is new to the ledger.
    pub(super) is_added: bool,
    /// Whether the office has said something of it before. Otherwise what the edits add is added to what stands there
    /// now.
    pub(super) has_base: bool,
    /// What differs of records that are there.
    pub(super) edits: Vec<&'p RecordEdit>,
    /// What the office says of it from now on, by key.
    pub(super) bases: Vec<(&'p str, &'p Imported)>,
    /// Keys under which it said something and does not any more.
    pub(super) dropped: Vec<(GridCode, String)>,
}

impl HomeWrite<'_> {
    fn household(&self) -> RecordId {
        self.imported.household.record_id()
    }

    /// The records that are written, the card first.
    fn documents(&self) -> Vec<RecordId> {
        if self.is_added {
            vec![self.household(), self.imported.particulars.record_id()]
        } else {
            self.edits.iter().map(|edit| edit.record).collect()
        }
    }
}

/// How much was written.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) added: usize,
    pub(super) edited: usize,
    /// Homes that could not be written: their doors.
    pub(super) left: Vec<(GridCode, String)>,
}

/// Who writes, for which import, when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Writing<'a> {
    pub(super) author: &'a Author,
    pub(super) import: u64,
    pub(super) now: UnixMillis,
}

/// Writes homes.
///
/// # Errors
/// When the ledger fails; what was written before stays, and is noted.
pub(super) async fn write_homes<S: Store>(
    store: &S,
    homes: &[HomeWrite<'_>],
    writing: Writing<'_>,
) -> Result<Written, ImportError> {
    let mut written = Written::default();
    for chunk in homes.chunks(BATCH_HOMES) {
        if !write_chunk(store, chunk, writing, &mut written).await? {
            for home in chunk {
                write_one(store, home, writing, &mut written).await?;
            }
        }
    }
    Ok(written)
}

async fn write_one<S: Store>(
    store: &S,
    home: &HomeWrite<'_>,
    writing: Writing<'_>,
    written: &mut Written,
) -> Result<(), ImportError> {
    for _ in 0..RETRY_LIMIT {
        if write_chunk(store, std::slice::from_ref(home), writing, written).await? {
            return Ok(());
        }
    }
    Err(StoreError::Busy.into())
}

/// Writes some homes in one transaction; false: one of them has moved, and nothing was written.
async fn write_chunk<S: Store>(
    store: &S,
    homes: &[HomeWrite<'_>],
    writing: Writing<'_>,
    written: &mut Written,
) -> Result<bool, ImportError> {
    let Writing { author, import, now } = writing;
    let asked: Vec<RecordId> = homes.iter().flat_map(HomeWrite::documents).collect();
    let ask = |document: &RecordId| BaseQuery {
        document: *document,
        installation: InstallationId::from_uuid(uuid::Uuid::nil()),
        hashes: Vec::new(),
    };
    let withdrawn = &store.list_withdrawn().await?;
    let bases = store.read_bases(asked.iter().map(ask).collect()).await?;
    let stored: BTreeMap<RecordId, Base> = asked.into_iter().zip(bases).collect();
    let mut batch = Batch { received_at: now, grouping: Grouping::Together, ..Batch::default() };
    let mut part =
        ImportPart { number: import, homes: Vec::new(), edited: 0, undone: Vec::new(), restored: Vec::new() };
    let (mut added, mut left) = (0, Vec::new());
    for home in homes {
        match make_admissions(home, &stored, withdrawn, author)? {
            Some(records) => {
                part.edited += if home.is_added { 0 } else { u64::try_from(records.len()).unwrap_or(0) };
                added += usize::from(home.is_added);
                note_home(home, records, &mut batch, &mut part)?;
            }
            None => left.push((home.imported.household.grid.clone(), home.imported.household.place.full())),
        }
    }
    let edited = usize::try_from(part.edited).unwrap_or(usize::MAX);
    batch.import = Some(part);
    if !store.commit(batch).await?.iter().all(|one| *one == Committed::Stored) {
        return Ok(false);
    }
    written.added += added;
    written.edited += edited;
    written.left.append(&mut left);
    Ok(true)
}

/// Adds a home's records to the batch, with what the office says of it and the note for taking it back.
fn note_home(
    home: &HomeWrite<'_>,
    records: Vec<(Admission, u64)>,
    batch: &mut Batch,
    part: &mut ImportPart,
) -> Result<(), ImportError> {
    let mut bases = Vec::new();
    for (grid, row_key) in &home.dropped {
        batch.dropped_roster.push((grid.clone(), row_key.clone()));
        bases.push(ImportedBase { grid: grid.clone(), row_key: row_key.clone(), before: None, after_sha256: None });
    }
    for (key, imported) in &home.bases {
        let base = base_of(key, imported)?;
        let after_sha256 = Some(hash_base(&base.imported));
        bases.retain(|dropped| (&dropped.grid, &dropped.row_key) != (&base.grid, &base.row_key));
        bases.push(ImportedBase { grid: base.grid.clone(), row_key: base.row_key.clone(), before: None, after_sha256 });
        batch.roster.push(base);
    }
    let note = |(admission, changes_before): &(Admission, u64)| ImportedRecord {
        document: admission.after.id,
        heads_after: admission.after.heads.clone(),
        changes_before: *changes_before,
    };
    part.homes.push(ImportedHome {
        household: home.household(),
        grid: home.imported.household.grid.clone(),
        is_added: home.is_added,
        is_undone: false,
        records: records.iter().map(note).collect(),
        bases,
    });
    batch.admissions.extend(records.into_iter().map(|(admission, _)| admission));
    Ok(())
}

/// The records of a home and how many changes each had; `None` when it cannot be written.
fn make_admissions(
    home: &HomeWrite<'_>,
    stored: &BTreeMap<RecordId, Base>,
    withdrawn: &BTreeSet<RecordId>,
    author: &Author,
) -> Result<Option<Vec<(Admission, u64)>>, ImportError> {
    if home.documents().iter().any(|id| stored.get(id).is_none_or(|base| base.is_damaged)) {
        return Ok(None);
    }
    let find = |id: &RecordId| stored.get(id).and_then(|base| base.stored.as_ref());
    if home.is_added {
        return add_home(home.imported, find, withdrawn, author);
    }
    let mut records = Vec::new();
    for edit in &home.edits {
        let made = match (find(&edit.record), edit.kind) {
            (Some(stored), Kind::Particulars) if withdrawn.contains(&edit.record) => {
                Some((bring_back(&home.imported.particulars, stored, author)?, stored.change_count))
            }
            (Some(stored), _) => {
                edit_stored(edit, stored, home.has_base, author)?.map(|made| (made, stored.change_count))
            }
            (None, Kind::Particulars) if home.has_base => Some((create(&home.imported.particulars, author)?, 0)),
            (None, Kind::Particulars) => {
                let particulars = apply(&home.imported.particulars, edit)?;
                Some((create(&particulars, author)?, 0))
            }
            (None, _) => Some((create(&home.imported.household, author)?, 0)),
        };
        records.extend(made);
    }
    Ok(Some(records))
}

/// A home that is new, or comes back after it was taken back. One that is there otherwise is nobody's to overwrite.
fn add_home<'s>(
    imported: &Imported,
    find: impl Fn(&RecordId) -> Option<&'s StoredDocument>,
    withdrawn: &BTreeSet<RecordId>,
    author: &Author,
) -> Result<Option<Vec<(Admission, u64)>>, ImportError> {
    let ids = [imported.household.record_id(), imported.particulars.record_id()];
    let [card, particulars] = ids.map(|id| find(&id));
    if ids.iter().zip([card, particulars]).any(|(id, found)| found.is_some() && !withdrawn.contains(id)) {
        return Ok(None);
    }
    let imported = keep_person_ids(imported, card, particulars);
    let mut records = vec![match card {
        Some(card) => (bring_back(&imported.household, card, author)?, card.change_count),
        None => (create(&imported.household, author)?, 0),
    }];
    match particulars {
        Some(stored) => records.push((bring_back(&imported.particulars, stored, author)?, stored.change_count)),
        None if imported.particulars.members.is_empty() => {}
        None => records.push((create(&imported.particulars, author)?, 0)),
    }
    Ok(Some(records))
}

/// People of a home that was taken back keep their ids where name and number say that they are the same.
fn keep_person_ids(
    imported: &Imported,
    card: Option<&StoredDocument>,
    particulars: Option<&StoredDocument>,
) -> Imported {
    let mut now = imported.clone();
    let Some(card) = card.and_then(|card| serde_json::from_str::<Household>(&card.projection).ok()) else { return now };
    let details = particulars.and_then(|stored| serde_json::from_str::<Particulars>(&stored.projection).ok());
    let number = |of: Option<&Particulars>, id: &MemberId| {
        of.and_then(|particulars| particulars.members.get(id)).map(|person| person.id_no.clone()).unwrap_or_default()
    };
    let mut earlier: BTreeMap<(String, String), Vec<MemberId>> = BTreeMap::new();
    for (id, member) in &card.members {
        earlier.entry((member.name.clone(), number(details.as_ref(), id))).or_default().push(*id);
    }
    let mut members = BTreeMap::new();
    let mut people = BTreeMap::new();
    for (id, member) in &imported.household.members {
        let same = earlier.get_mut(&(member.name.clone(), number(Some(&imported.particulars), id)));
        let kept = same.filter(|same| same.len() == 1).and_then(Vec::pop).unwrap_or(*id);
        members.insert(kept, member.clone());
        if let Some(person) = imported.particulars.members.get(id) {
            people.insert(kept, person.clone());
        }
    }
    now.household.members = members;
    now.particulars.members = people;
    now
}

/// Lays a record over what was taken back of it; it stands in its streams again.
fn bring_back<R: Record>(record: &R, stored: &StoredDocument, author: &Author) -> Result<Admission, ImportError> {
    let document = record.record_id();
    let mut history = load(document, stored)?;
    let before = history.read::<R>().map_err(|_| ImportError::Unreadable(document))?.record;
    let changes = find_changes(&flatten(&before).map_err(flat)?, &flatten(record).map_err(flat)?);
    let fields: Vec<_> = changes.into_iter().collect();
    let heads = history.heads();
    let change = history.edit_at(&heads, &fields, author).map_err(|source| ImportError::Edit { document, source })?;
    admission(R::KIND, document, &history, stored.heads.clone(), change, author)
}

fn flat(error: FlatError) -> ImportError {
    ImportError::Plan(error.into())
}

pub(super) fn load(document: RecordId, stored: &StoredDocument) -> Result<RecordDocument, ImportError> {
    RecordDocument::load(&stored.snapshot).map_err(|source| ImportError::Document { document, source })
}

/// A record with an edit applied.
fn apply<R: Record>(record: &R, edit: &RecordEdit) -> Result<R, ImportError> {
    let mut fields = flatten(record).map_err(flat)?;
    for (path, value) in &edit.changes {
        match value {
            Some(value) => drop(fields.insert(path.clone(), value.clone())),
            None => drop(fields.remove(path)),
        }
    }
    unflatten(&fields).map_err(flat)
}

fn edit_stored(
    edit: &RecordEdit,
    stored: &StoredDocument,
    has_base: bool,
    author: &Author,
) -> Result<Option<Admission>, ImportError> {
    let document = edit.record;
    let mut history = load(document, stored)?;
    let mut fields: Vec<_> = edit.changes.iter().map(|(path, value)| (path.clone(), value.clone())).collect();
    if !has_base {
        // What the office had never said fills blanks only, also those that were blank when the plan was made.
        let filled = read_filled(edit.kind, &history);
        fields.retain(|(path, _)| !filled.contains(path));
    }
    let change = history
        .edit_at(&if has_base { find_office_heads(&history) } else { history.heads() }, &fields, author)
        .map_err(|source| ImportError::Edit { document, source })?;
    match change {
        None => Ok(None),
        change => admission(edit.kind, document, &history, stored.heads.clone(), change, author).map(Some),
    }
}

/// The paths of a record that hold a value.
fn read_filled(kind: Kind, history: &RecordDocument) -> BTreeSet<String> {
    let flat = match kind {
        Kind::Household => history.read::<Household>().ok().and_then(|read| flatten(&read.record).ok()),
        _ => history.read::<Particulars>().ok().and_then(|read| flatten(&read.record).ok()),
    };
    flat.unwrap_or_default().into_keys().collect()
}

/// Where the office last saw a document: its last change, by whichever installation; none where it made none. What
/// others wrote since it does not know, and what it writes stands beside that.
pub(super) fn find_office_heads(history: &RecordDocument) -> Vec<ChangeHash> {
    let changes = history.changes_since(&[]);
    let is_offices =
        |change: &&RawChange| inspect(&change.bytes).is_ok_and(|header| header.author == Some(OFFICE_ACCOUNT));
    changes.iter().rev().find(is_offices).map(|change| change.hash).into_iter().collect()
}

fn create<R: Record>(record: &R, author: &Author) -> Result<Admission, ImportError> {
    let document = record.record_id();
    let (history, change) =
        RecordDocument::create(record, author).map_err(|source| ImportError::Edit { document, source })?;
    admission(R::KIND, document, &history, Vec::new(), [change], author)
}

/// What a document becomes by changes of the office.
pub(super) fn admission(
    kind: Kind,
    document: RecordId,
    history: &RecordDocument,
    base: Vec<ChangeHash>,
    changes: impl IntoIterator<Item = RawChange>,
    author: &Author,
) -> Result<Admission, ImportError> {
    let rebuilt = rebuild(kind, history).ok_or(ImportError::Unreadable(document))?;
    let store = |RawChange { hash, seq, bytes }| StoredChange {
        hash,
        actor: author.installation,
        seq,
        account: author.account,
        bytes,
    };
    Ok(Admission {
        after: rebuilt.stored,
        base,
        changes: changes.into_iter().map(store).collect(),
        collections: rebuilt.streams,
        wake_at: rebuilt.wake_at,
    })
}

fn base_of(key: &str, imported: &Imported) -> Result<RosterBase, ImportError> {
    let text = serde_json::to_string(imported).map_err(|_| StoreError::Value("imported".into()))?;
    Ok(RosterBase { grid: imported.household.grid.clone(), row_key: key.to_owned(), imported: text })
}

/// By what a row of what the office said is compared with what an import wrote there.
pub(super) fn hash_base(imported: &str) -> [u8; 32] {
    Sha256::digest(imported.as_bytes()).into()
}
