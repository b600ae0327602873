//! Importing rosters: what an office hands in becomes records, what it corrects becomes edits.
//!
//! Flow: read the files → lay them over what the last import said → new households become documents, differences
//! become changes on the office's own branch (made as somebody who last saw the document after the office's last
//! change) → written in batches that stand or fall together with what the office said. A field that a worker has
//! edited since therefore keeps both values and becomes a conflict card.
//!
//! Each import writes as an installation of its own, author the reserved office account: a ledger that was put back from
//! a copy would otherwise use numbers again that are on devices already. It may run beside a serving
//! process: a document that a phone changes meanwhile is edited again on its new state. If it ends halfway, doing it
//! again goes on where it stopped.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use documents::{Author, EditError, LoadError, RawChange, RecordDocument};
use domain::account::{OFFICE_ACCOUNT, Scope};
use domain::{Account, HouseholdId, InstallationId, Kind, Record, RecordId, Role, UnixMillis};
use sha2::{Digest as _, Sha256};

use crate::ingest::rebuild;
use crate::reference;
use crate::secret::random;
use crate::store::{
    Admission, BaseQuery, Batch, Building, Committed, Grouping, RosterBase, Store, StoreError, StoredChange,
    StoredDocument,
};
use roster::diff::RecordEdit;
use roster::plan::{
    BuildingKey, ImportPlan, Imported, PlanError, Surroundings, building_key, complete_doors, plan_import,
};
use roster::{Finding, ReadOptions, Roster, RosterError, read};
use spreadsheet::TableFile;

/// Households of one transaction: many enough to be quick, few enough that a phone's push does not wait long.
const BATCH_HOUSEHOLDS: usize = 50;
/// How often a household that phones keep changing is edited again.
const PATIENCE: usize = 16;
/// The reserved account of the office's imports.
#[must_use]
pub fn office_account() -> Account {
    Account { id: OFFICE_ACCOUNT, name: "社区（导入）".into(), role: Role::Office, scope: Scope::default() }
}

/// Why an import stopped. What was written before stays; doing it again goes on.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Another import holds the ledger: both would take the same households for new.
    #[error("另一个导入正在进行，请等它结束后再导入")]
    Running,
    /// The lock of imports cannot be used.
    #[error("{}：无法加锁", path.display())]
    Lock {
        /// The lock file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The files are no roster.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// No plan can be made.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The ledger failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored document cannot be opened; `verify` names what is wrong.
    #[error("记录 {document} 打不开，请用 verify 查看损坏之处")]
    Document {
        /// The document.
        document: RecordId,
        /// Why.
        #[source]
        source: LoadError,
    },
    /// A record cannot be written.
    #[error("记录 {document} 无法写入")]
    Edit {
        /// The document.
        document: RecordId,
        /// Why.
        #[source]
        source: EditError,
    },
    /// A record that was just written cannot be read: a mistake in the program.
    #[error("记录 {0} 写成后读不回来")]
    Unreadable(RecordId),
    /// The system gives no random bytes.
    #[error("系统不能提供随机数")]
    Random(#[from] getrandom::Error),
}

/// Name of the lock file inside the data folder. It stays; what counts is who holds it.
const LOCK_NAME: &str = "import.lock";

/// The right to import into a ledger, held until it is dropped or its process ends.
#[derive(Debug)]
pub struct ImportLock {
    _file: File,
}

/// Takes the right to import into the ledger of a data folder.
///
/// # Errors
/// [`ImportError::Running`] when another import has it, [`ImportError::Lock`] when the folder cannot be used.
pub fn lock_imports(data: &Path) -> Result<ImportLock, ImportError> {
    let path = data.join(LOCK_NAME);
    let opened = File::options().create(true).truncate(false).write(true).open(&path);
    let file = opened.map_err(|source| ImportError::Lock { path: path.clone(), source })?;
    match file.try_lock() {
        Ok(()) => Ok(ImportLock { _file: file }),
        Err(TryLockError::WouldBlock) => Err(ImportError::Running),
        Err(TryLockError::Error(source)) => Err(ImportError::Lock { path, source }),
    }
}

/// What an import did.
#[derive(Debug)]
pub struct ImportSummary {
    /// What the files hold.
    pub roster: Roster,
    /// Who and what is no longer listed.
    pub unlisted: Vec<Finding>,
    /// Households that are new.
    pub added: usize,
    /// Records that were edited.
    pub edited: usize,
}

/// Imports rosters that belong together. Two at once would both add what is new: hold [`lock_imports`] meanwhile.
///
/// # Errors
/// See [`ImportError`].
pub async fn import_roster<S: Store>(
    store: &S,
    files: &[TableFile<'_>],
    options: &ReadOptions,
    now: UnixMillis,
) -> Result<ImportSummary, ImportError> {
    let mut roster = read(files, options)?;
    let last = read_last(store, &roster).await?;
    complete_doors(&mut roster, &last);
    let known: BTreeMap<BuildingKey, _> =
        store.list_buildings().await?.rows.into_iter().map(|b| (key_of(&b), b.code)).collect();
    let secret = store.read_secret().await?;
    let plan = make_plan(&roster, (&last, &known), options, &secret, now)?;
    store.put_buildings(name_buildings(&roster, &plan, &known)).await?;
    let author = claim_author(store, now).await?;
    add_households(store, &plan, &author, now).await?;
    let edited = edit_households(store, &plan, &last, &author, now).await?;
    reference::refresh(store).await?;
    store.append_audit(now, "import", format!("added {} edited {edited}", plan.additions.len())).await?;
    Ok(ImportSummary { added: plan.additions.len(), edited, unlisted: plan.findings, roster })
}

async fn read_last<S: Store>(store: &S, roster: &Roster) -> Result<BTreeMap<String, Imported>, ImportError> {
    let communities = roster.counts.grids.iter().map(domain::GridCode::community).collect();
    let bases = store.list_roster_bases(communities).await?.rows;
    let parsed = bases.into_iter().map(|base| {
        let imported = serde_json::from_str(&base.imported).map_err(|_| StoreError::Value("imported".into()))?;
        Ok((base.row_key, imported))
    });
    parsed.collect()
}

fn make_plan(
    roster: &Roster,
    (last, known): (&BTreeMap<String, Imported>, &BTreeMap<BuildingKey, domain::BuildingCode>),
    options: &ReadOptions,
    secret: &[u8; 32],
    now: UnixMillis,
) -> Result<ImportPlan, ImportError> {
    let mut failure = None;
    let mut fresh = || {
        random().unwrap_or_else(|error| {
            failure = Some(error);
            [0; 10]
        })
    };
    let mut around =
        Surroundings { now, today: options.today, random: &mut fresh, household_id: &|key| derive_id(secret, key) };
    let plan = plan_import(roster, last, known, &mut around)?;
    failure.map_or(Ok(plan), |error| Err(error.into()))
}

/// The moment in ids that are derived: they tell no time.
const DERIVED_ID_TIME: UnixMillis = UnixMillis::new(1_700_000_000_000);

/// The id of a household that an import finds at a door: the same each time, so that a ledger which was put back from a
/// copy and imports again gives it the id that it has on phones. Nobody without the ledger's secret can guess it.
fn derive_id(secret: &[u8; 32], key: &str) -> HouseholdId {
    let mut hasher = Sha256::new();
    hasher.update(secret);
    hasher.update(b"household");
    hasher.update(key.as_bytes());
    let random: [u8; 10] = hasher.finalize()[..10].try_into().expect("a hash has 32 bytes");
    HouseholdId::new(DERIVED_ID_TIME, random)
}

fn key_of(building: &Building) -> BuildingKey {
    BuildingKey {
        grid: building.code.grid(),
        compound: building.compound_key.clone(),
        building: building.name_key.clone(),
    }
}

/// New buildings with the names under which the roster first mentions them.
fn name_buildings(
    roster: &Roster,
    plan: &ImportPlan,
    known: &BTreeMap<BuildingKey, domain::BuildingCode>,
) -> Vec<Building> {
    let mut named: BTreeMap<BuildingKey, Building> = BTreeMap::new();
    for household in &roster.households {
        let key = building_key(household);
        if let Some(code) = plan.buildings.get(&key).filter(|_| !known.contains_key(&key)) {
            named.entry(key.clone()).or_insert_with(|| Building {
                code: code.clone(),
                compound_key: key.compound,
                name_key: key.building,
                compound: household.place.compound.clone(),
                name: household.place.building.clone(),
            });
        }
    }
    let mut buildings: Vec<Building> = named.into_values().collect();
    buildings.sort();
    buildings
}

async fn claim_author<S: Store>(store: &S, now: UnixMillis) -> Result<Author, ImportError> {
    let office = office_account();
    if !store.list_accounts().await?.iter().any(|account| account.id == office.id) {
        store.put_account(office.clone(), now).await?;
    }
    let installation = InstallationId::new(now, random()?);
    store.add_own_installation(installation).await?;
    Ok(Author { account: office.id, installation, at: now })
}

async fn add_households<S: Store>(
    store: &S,
    plan: &ImportPlan,
    author: &Author,
    now: UnixMillis,
) -> Result<(), ImportError> {
    for households in plan.additions.chunks(BATCH_HOUSEHOLDS) {
        let mut batch = Batch { received_at: now, grouping: Grouping::Together, ..Batch::default() };
        for (key, imported) in households {
            batch.admissions.push(create(&imported.household, author)?);
            if !imported.particulars.members.is_empty() {
                batch.admissions.push(create(&imported.particulars, author)?);
            }
            batch.roster.push(base_of(key, imported)?);
        }
        // Fresh ids cannot have moved.
        store.commit(batch).await?;
    }
    Ok(())
}

/// Edits what differs, household by household, and remembers what the office said of each.
async fn edit_households<S: Store>(
    store: &S,
    plan: &ImportPlan,
    last: &BTreeMap<String, Imported>,
    author: &Author,
    now: UnixMillis,
) -> Result<usize, ImportError> {
    let mut by_key: BTreeMap<&str, Vec<&RecordEdit>> = BTreeMap::new();
    for edit in &plan.edits {
        by_key.entry(&edit.key).or_default().push(edit);
    }
    let added: BTreeSet<&str> = plan.additions.iter().map(|(key, _)| key.as_str()).collect();
    let mut edited = 0;
    for (key, imported) in &plan.state {
        if last.get(key) != Some(imported) && !added.contains(key.as_str()) {
            let edits = by_key.remove(key.as_str()).unwrap_or_default();
            edited += edit_household(store, key, imported, &edits, author, now).await?;
        }
    }
    Ok(edited)
}

async fn edit_household<S: Store>(
    store: &S,
    key: &str,
    imported: &Imported,
    edits: &[&RecordEdit],
    author: &Author,
    now: UnixMillis,
) -> Result<usize, ImportError> {
    for _ in 0..PATIENCE {
        let query = |edit: &&RecordEdit| BaseQuery {
            document: edit.record,
            installation: author.installation,
            hashes: Vec::new(),
        };
        let bases = store.read_bases(edits.iter().map(query).collect()).await?;
        let mut batch = Batch { received_at: now, grouping: Grouping::Together, ..Batch::default() };
        for (edit, base) in edits.iter().zip(bases) {
            batch.admissions.extend(match (base.stored, edit.kind) {
                (Some(stored), _) => edit_stored(edit, stored, author)?,
                (None, Kind::Particulars) => Some(create(&imported.particulars, author)?),
                (None, _) => Some(create(&imported.household, author)?),
            });
        }
        batch.roster.push(base_of(key, imported)?);
        let changed = batch.admissions.len();
        if store.commit(batch).await?.iter().all(|one| *one == Committed::Stored) {
            return Ok(changed);
        }
    }
    Err(StoreError::Busy.into())
}

fn edit_stored(edit: &RecordEdit, stored: StoredDocument, author: &Author) -> Result<Option<Admission>, ImportError> {
    let document = edit.record;
    let mut history =
        RecordDocument::load(&stored.snapshot).map_err(|source| ImportError::Document { document, source })?;
    let fields: Vec<_> = edit.changes.iter().map(|(path, value)| (path.clone(), value.clone())).collect();
    let change = history
        .edit_at(&history.last_heads_of(author), &fields, author)
        .map_err(|source| ImportError::Edit { document, source })?;
    change.map(|change| admission(edit.kind, document, &history, stored.heads, change, author)).transpose()
}

fn create<R: Record>(record: &R, author: &Author) -> Result<Admission, ImportError> {
    let document = record.record_id();
    let (history, change) =
        RecordDocument::create(record, author).map_err(|source| ImportError::Edit { document, source })?;
    admission(R::KIND, document, &history, Vec::new(), change, author)
}

fn admission(
    kind: Kind,
    document: RecordId,
    history: &RecordDocument,
    base: Vec<domain::ChangeHash>,
    change: RawChange,
    author: &Author,
) -> Result<Admission, ImportError> {
    let rebuilt = rebuild(kind, history).ok_or(ImportError::Unreadable(document))?;
    let RawChange { hash, seq, bytes } = change;
    let stored = StoredChange { hash, actor: author.installation, seq, account: author.account, bytes };
    Ok(Admission {
        after: rebuilt.stored,
        base,
        changes: vec![stored],
        collections: rebuilt.streams,
        wake_at: rebuilt.wake_at,
    })
}

fn base_of(key: &str, imported: &Imported) -> Result<RosterBase, ImportError> {
    let text = serde_json::to_string(imported).map_err(|_| StoreError::Value("imported".into()))?;
    Ok(RosterBase { grid: imported.household.grid.clone(), row_key: key.to_owned(), imported: text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_import_waits_until_the_first_has_ended() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let first = lock_imports(folder.path()).expect("free");
        let refused = lock_imports(folder.path()).expect_err("held");
        assert!(matches!(refused, ImportError::Running));
        assert!(refused.to_string().starts_with("另一个导入正在进行"));
        drop(first);
        lock_imports(folder.path()).expect("free again");
    }
}
