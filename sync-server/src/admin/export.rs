//! Taking records out: as tables for other offices, or every record once as JSON lines.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use domain::codes::{CodeList as _, Language};
use domain::organisation::{ORGANISATIONS, Organisations};
use domain::workflow::SYSTEM_ACCOUNT;
use domain::{Household, HouseholdId, Incident, Kind, Particulars, RecordId, Role, Visit};
use serde::de::DeserializeOwned;

use crate::export::{
    ExportError, Names, Table, household_table, incident_table, person_table, step_table, visit_table, write_csv,
    write_workbook,
};
use crate::files::{make_folder, write_private};
use crate::store::{Answer, Scan, Store, StoreError, StoredDocument};

/// Documents read at once.
const PAGE: usize = 500;

/// File formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One CSV file per table, for any program.
    Csv,
    /// One workbook with a sheet per table.
    Xlsx,
}

/// What is taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Every table.
    Everything,
    /// Incidents, with every step and every limit.
    Incidents,
}

/// Why an export stopped.
#[derive(Debug, thiserror::Error)]
pub enum ExportFailure {
    /// The ledger failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A table cannot be written.
    #[error(transparent)]
    Table(#[from] ExportError),
    /// The folder is a link: who made it decides where residents' data would go.
    #[error("{path}：是符号链接，请直接给出目录本身")]
    Link {
        /// The folder.
        path: PathBuf,
    },
    /// A folder or file cannot be written.
    #[error("{path}：无法写入")]
    Io {
        /// The folder or file.
        path: PathBuf,
        /// The operating system's word.
        #[source]
        source: std::io::Error,
    },
}

/// Every record once, by id.
///
/// # Errors
/// When the store fails.
pub async fn list_records<S: Store>(store: &S) -> Answer<Vec<StoredDocument>> {
    gather(store, |record| Ok(Some(StoredDocument { snapshot: Vec::new(), ..record }))).await
}

/// Every record of a kind once, by id; at no time more than a page of the others is held.
///
/// # Errors
/// When the store fails.
pub async fn list_records_of<S: Store>(store: &S, kind: Kind) -> Answer<Vec<StoredDocument>> {
    gather(store, |record| Ok((record.kind == kind).then(|| StoredDocument { snapshot: Vec::new(), ..record }))).await
}

/// What `take` makes of every record, by id, page by page.
async fn gather<S: Store, T>(store: &S, take: impl Fn(StoredDocument) -> Answer<Option<T>>) -> Answer<Vec<T>> {
    let (mut taken, mut after) = (Vec::new(), None::<RecordId>);
    loop {
        let Scan { documents, last, .. } = store.scan_documents(after, PAGE).await?;
        let Some(last) = last else { return Ok(taken) };
        after = Some(last);
        for record in documents {
            let id = record.id;
            match take(record) {
                Ok(one) => taken.extend(one),
                Err(error) => tracing::error!(document = %id, %error, "left out, unreadable"),
            }
        }
    }
}

/// What `take` makes of every incident, by id, page by page.
pub(super) async fn gather_incidents<S: Store, T>(store: &S, take: impl Fn(Incident) -> Option<T>) -> Answer<Vec<T>> {
    gather(store, |record| if record.kind == Kind::Incident { Ok(take(read_one(&record)?)) } else { Ok(None) }).await
}

/// Writes tables into a folder; answers the files.
///
/// # Errors
/// When the store fails or the folder cannot be written.
pub async fn write_tables<S: Store>(
    store: &S,
    content: Content,
    format: Format,
    folder: &Path,
) -> Result<Vec<PathBuf>, ExportFailure> {
    let names = read_names(store).await?;
    let tables = match content {
        Content::Everything => {
            // What the office took back is nobody's home.
            let withdrawn = store.list_withdrawn().await?;
            let mut records = list_records(store).await?;
            records.retain(|record| !withdrawn.contains(&record.id));
            make_tables(&records, &names)
        }
        Content::Incidents => make_incident_tables(&gather_incidents(store, Some).await?, &names),
    };
    make_out_folder(folder)?;
    match format {
        Format::Xlsx => {
            let path = folder.join(match content {
                Content::Everything => "grid-companion.xlsx",
                Content::Incidents => "incidents.xlsx",
            });
            write_file(&path, &write_workbook(&tables)?)?;
            Ok(vec![path])
        }
        Format::Csv => tables
            .iter()
            .map(|table| {
                let (path, mut bytes) = (folder.join(table.file), Vec::new());
                write_csv(table, &mut bytes)?;
                write_file(&path, &bytes)?;
                Ok(path)
            })
            .collect(),
    }
}

/// A folder for what is taken out.
pub(super) fn make_out_folder(folder: &Path) -> Result<(), ExportFailure> {
    // Without a slash at the end, which would mean what the link points to.
    let named: PathBuf = folder.components().collect();
    if std::fs::symlink_metadata(named).is_ok_and(|found| found.is_symlink()) {
        return Err(ExportFailure::Link { path: folder.to_owned() });
    }
    make_folder(folder).map_err(|source| ExportFailure::Io { path: folder.to_owned(), source })
}

pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), ExportFailure> {
    write_private(path, bytes).map_err(|source| ExportFailure::Io { path: path.to_owned(), source })
}

/// Names of the people and organisations that tables name.
async fn read_names<S: Store>(store: &S) -> Answer<Names> {
    let mut accounts: BTreeMap<_, _> =
        store.list_accounts().await?.into_iter().map(|account| (account.id, account.name)).collect();
    accounts.insert(SYSTEM_ACCOUNT, Role::System.label(Language::ZhCn).to_owned());
    let values = store.list_reference().await?;
    let organisations = values.iter().find(|value| value.reference.key == ORGANISATIONS);
    let organisations: Organisations =
        organisations.and_then(|value| serde_json::from_str(&value.reference.value).ok()).unwrap_or_default();
    Ok(Names { accounts, organisations: organisations.into_iter().map(|(code, org)| (code, org.name)).collect() })
}

fn make_incident_tables(incidents: &[Incident], names: &Names) -> Vec<Table> {
    vec![incident_table(incidents, names), step_table(incidents, names)]
}

fn make_tables(records: &[StoredDocument], names: &Names) -> Vec<Table> {
    let households: Vec<Household> = read_all(records, Kind::Household);
    let particulars: Vec<Particulars> = read_all(records, Kind::Particulars);
    let visits: Vec<Visit> = read_all(records, Kind::Visit);
    let incidents: Vec<Incident> = read_all(records, Kind::Incident);
    let particulars: BTreeMap<HouseholdId, Particulars> = particulars.into_iter().map(|p| (p.household, p)).collect();
    let addresses = households.iter().map(|household| (household.id, household.place.full())).collect();
    let mut tables = vec![
        household_table(&households),
        person_table(&households, &particulars),
        visit_table(&visits, &addresses, &names.accounts),
    ];
    tables.extend(make_incident_tables(&incidents, names));
    tables
}

/// Records of a kind; one whose projection is damaged is left out, which the log says.
fn read_all<R: DeserializeOwned>(records: &[StoredDocument], kind: Kind) -> Vec<R> {
    let read = records.iter().filter(|record| record.kind == kind).map(|record| (record.id, read_one(record)));
    read.filter_map(|(document, read)| {
        read.inspect_err(|error| tracing::error!(%document, %error, "left out, unreadable")).ok()
    })
    .collect()
}

fn read_one<R: DeserializeOwned>(record: &StoredDocument) -> Answer<R> {
    serde_json::from_str(&record.projection).map_err(|_| StoreError::Value(format!("projection of {}", record.id)))
}
