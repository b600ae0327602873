//! Importing rosters: what an office hands in becomes records, what it corrects becomes edits.
//!
//! Flow: open the files (`sources`) → read them → lay them over the ledger, as it is and as the office last said it
//! (`ledger`) → a plan. `--check` ends here, and so does a plan with questions that nobody has confirmed. Otherwise new
//! homes become documents, differences become changes on the office's own branch (made as somebody who last saw the
//! document after the office's last change), written in batches that stand or fall together with what the office said
//! (`write`). A field that a worker has edited since therefore keeps both values and becomes a conflict card.
//!
//! Each import writes as an installation of its own, author the reserved office account: a ledger that was put back from
//! a copy would otherwise use numbers again that are on devices already. It may run beside a serving
//! process: a document that a phone changes meanwhile is edited again on its new state. If it ends halfway, doing it
//! again goes on where it stopped, and taking it back (`undo`) takes back what it wrote.

use std::collections::{BTreeMap, BTreeSet};

use documents::{Author, EditError, LoadError};
use domain::account::{OFFICE_ACCOUNT, Scope};
use domain::{Account, BuildingCode, HouseholdId, InstallationId, RecordId, Role, UnixMillis};
use roster::plan::{BuildingKey, Environment, ImportPlan, PlanError, PlanOptions, plan_import};
use roster::{Finding, FindingCode, ReadOptions, Roster, RosterError, read_opened};
use sha2::{Digest as _, Sha256};
use spreadsheet::{OpenError, TableFile, open};

use crate::reference;
use crate::secret::random;
use crate::store::{Building, Store, StoreError};

mod ledger;
mod lock;
mod outcome;
mod report;
mod sources;
mod undo;
mod write;

pub use lock::{ImportLock, LockError, lock_imports};
pub use outcome::{ImportOutcome, ImportReport, PlanReport};
pub use report::{ReportError, show_place, write_report};
pub use sources::{SourceError, SourceFile, Sources, open_sources};
pub use undo::{Kept, KeptReason, UndoError, UndoSummary, undo_import};

use ledger::{KnownLedger, read_ledger};
use write::{Writing, write_homes};

/// The reserved account of the office's imports.
#[must_use]
pub fn office_account() -> Account {
    Account { id: OFFICE_ACCOUNT, name: "社区（导入）".into(), role: Role::Office, scope: Scope::default() }
}

/// Why an import stopped. What was written before stays; doing it again goes on.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The files are no roster.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// A file cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
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

/// How far an import goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// Only plans.
    Check,
    /// Writes a plan without questions, and plans one with.
    Write,
    /// Writes: somebody has looked at the questions.
    Confirmed,
}

/// Imports rosters that belong together, whatever questions there are. Two at once would both add what is new: hold
/// [`lock_imports`] meanwhile.
///
/// # Errors
/// See [`ImportError`].
pub async fn import_roster<S: Store>(
    store: &S,
    files: &[TableFile<'_>],
    options: &ReadOptions,
    now: UnixMillis,
) -> Result<ImportOutcome, ImportError> {
    let mut sources = Sources::default();
    for file in files {
        sources.files.push(SourceFile { name: file.name.to_owned(), sheets: open(file)?, is_named: true });
    }
    import_sources(store, &mut sources, options, Intent::Confirmed, now).await
}

/// Imports open files, or says what importing them would do. A file that only lies in a folder and is no roster is taken
/// out of `sources`, with a finding.
///
/// # Errors
/// See [`ImportError`].
pub async fn import_sources<S: Store>(
    store: &S,
    sources: &mut Sources,
    options: &ReadOptions,
    intent: Intent,
    now: UnixMillis,
) -> Result<ImportOutcome, ImportError> {
    let roster = read_sources(sources, options)?;
    let mut findings = sources.findings.clone();
    let known = read_ledger(store, &roster, &mut findings).await?;
    let secret = store.read_secret().await?;
    let plan = make_plan(&roster, &known, options, intent, &secret, now)?;
    findings.extend(roster.findings.iter().cloned());
    let mut outcome = ImportOutcome::of_plan(roster, &plan, findings);
    if intent == Intent::Check || (intent == Intent::Write && outcome.needs_confirmation()) {
        return Ok(outcome);
    }
    let files = sources.files.iter().map(|file| file.name.clone()).collect();
    let import = store.begin_import(now, files).await?;
    store.put_buildings(name_buildings(&outcome.roster, &plan, &known.ledger.buildings)).await?;
    let author = claim_author(store, now).await?;
    let written = write_homes(store, &known.list_writes(&plan), Writing { author: &author, import, now }).await?;
    reference::refresh(store).await?;
    store.end_import(import, now).await?;
    let subject = format!("{import} added {} edited {}", written.added, written.edited);
    store.append_audit(now, "import", subject).await?;
    outcome.note_written(import, written);
    Ok(outcome)
}

/// Reads the files as one roster, without those in folders that are none.
fn read_sources(sources: &mut Sources, options: &ReadOptions) -> Result<Roster, ImportError> {
    loop {
        let files = sources.files.iter().map(|file| (file.name.as_str(), file.sheets.as_slice()));
        let error = match read_opened(files, options) {
            Ok(roster) => return Ok(roster),
            Err(error) => error,
        };
        let file = match &error {
            RosterError::Empty { file }
            | RosterError::NotARoster { file }
            | RosterError::MissingColumns { file, .. } => file.clone(),
            _ => return Err(error.into()),
        };
        let place = sources.files.iter().position(|source| source.name == file && !source.is_named);
        let Some(place) = place.filter(|_| sources.files.len() > 1) else { return Err(error.into()) };
        sources.files.remove(place);
        let text = error.to_string();
        let why = text.strip_prefix(&format!("{file}：")).unwrap_or(&text);
        sources.findings.push(sources::skip_file(&file, &format!("{why}；没有读")));
    }
}

/// A finding about the ledger: it stands in no file.
fn tell_damage(text: String) -> Finding {
    Finding { file: String::new(), sheet: String::new(), row: 0, code: FindingCode::LedgerDamaged, text }
}

fn make_plan(
    roster: &Roster,
    known: &KnownLedger,
    options: &ReadOptions,
    intent: Intent,
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
        Environment { now, today: options.today, random: &mut fresh, household_id: &|key| derive_id(secret, key) };
    let asked = PlanOptions { is_confirmed: intent == Intent::Confirmed };
    let plan = plan_import(roster, &known.ledger, asked, &mut around)?;
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

/// New buildings with the names under which the roster, or else a new home, first mentions them. A known building keeps its
/// names, also where the list has another.
fn name_buildings(roster: &Roster, plan: &ImportPlan, known: &BTreeMap<BuildingKey, BuildingCode>) -> Vec<Building> {
    let known: BTreeSet<&BuildingCode> = known.values().collect();
    let listed = roster.households.iter().map(|household| (&household.grid, &household.place));
    let added = plan.additions.iter().map(|addition| &addition.records.household);
    let written = added.chain(plan.bases.iter().map(|(_, base)| &base.household));
    let mut named: BTreeMap<BuildingCode, Building> = BTreeMap::new();
    for (grid, place) in listed.chain(written.map(|card| (&card.grid, &card.place))) {
        let key = BuildingKey::of(grid, place);
        if let Some(code) = plan.buildings.get(&key).filter(|code| !known.contains(code)) {
            named.entry(code.clone()).or_insert_with(|| Building {
                code: code.clone(),
                compound_key: key.compound,
                name_key: key.building,
                compound: place.compound.clone(),
                name: place.building.clone(),
            });
        }
    }
    named.into_values().collect()
}

/// The office, writing as an installation of its own.
async fn claim_author<S: Store>(store: &S, now: UnixMillis) -> Result<Author, ImportError> {
    let office = office_account();
    if !store.list_accounts().await?.iter().any(|account| account.id == office.id) {
        store.put_account(office.clone(), now).await?;
    }
    let installation = InstallationId::new(now, random()?);
    store.add_own_installation(installation).await?;
    Ok(Author { account: office.id, installation, at: now })
}
