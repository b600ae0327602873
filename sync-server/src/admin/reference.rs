//! Publishing reference data: what the office hands in as a file reaches every phone with the next round.
//!
//! A file is published as a whole or not at all, and only values that differ get a new version. It may be done beside
//! a serving process; of two offices that publish at once the later one stands, entry by entry nothing is mixed.

use std::collections::{BTreeMap, BTreeSet};

use domain::organisation::ORGANISATIONS;
use domain::workflow::Standing;
use domain::{Incident, UnixMillis};
use serde_json::Value;

use super::export::gather_incidents;
use crate::reference::{
    FileError, Present, Problem, ReferenceChange, ReferenceKind, builtin_values, compare, everybodys, find_kind,
    known_keys, read_file, write_workbook,
};
use crate::store::{PublishedValue, Store, StoreError};
use spreadsheet::{OpenError, TableFile};

/// Whether a file is published or only looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publishing {
    /// Write what differs.
    Publish,
    /// Write nothing.
    DryRun,
}

/// Why nothing was published or taken out. The texts are for the person at the office.
#[derive(Debug, thiserror::Error)]
pub enum ReferenceError {
    /// The file cannot be opened.
    #[error(transparent)]
    Unreadable(OpenError),
    /// Something is wrong in the file.
    #[error("{file}：有 {} 处要改，什么都没有写入：{}", .problems.len(), list(.problems))]
    Refused {
        /// Its name.
        file: String,
        /// Everything that is wrong, in the order of the file.
        problems: Vec<Problem>,
    },
    /// No such value is published.
    #[error("没有“{0}”；可以编辑的有：{known}", known = known_keys())]
    Unknown(String),
    /// A value that is no list cannot be a sheet.
    #[error("“{0}”不能写成表格，请用 JSON")]
    NoSheet(String),
    /// The workbook's writer refused.
    #[error("工作簿写不出来")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// The ledger failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn list(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("\n  {problem}")).collect()
}

/// A published value in short.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ReferenceSummary {
    /// The key.
    pub key: String,
    /// From 1; 0 for what is built in.
    pub version: u64,
    /// Whether it came with this version and nobody has published another.
    pub is_built_in: bool,
    /// Length of the JSON.
    pub bytes: usize,
    /// Entries, if it is a list that the office publishes.
    pub entries: Option<usize>,
}

/// Publishes the values of a file and says what changed, key by key.
///
/// # Errors
/// When the file cannot be opened or anything in it is wrong; nothing was written then. When the ledger fails.
pub async fn set_reference<S: Store>(
    store: &S,
    file: &TableFile<'_>,
    publishing: Publishing,
    now: UnixMillis,
) -> Result<Vec<ReferenceChange>, ReferenceError> {
    let present = Present { values: read_values(store).await?, today: now.local_date() };
    let values = read_file(file, &present).map_err(|error| match error {
        FileError::Unreadable(error) => ReferenceError::Unreadable(error),
        FileError::Refused(problems) => ReferenceError::Refused { file: file.name.to_owned(), problems },
    })?;
    let mut changes: Vec<ReferenceChange> =
        values.iter().map(|(key, value)| compare(key, present.values.get(key), value)).collect();
    for change in changes.iter_mut().filter(|change| change.key == ORGANISATIONS && !change.removed.is_empty()) {
        let (before, after) = (present.values.get(ORGANISATIONS), values.get(ORGANISATIONS));
        change.warnings = find_orphans(store, list_codes(before).difference(&list_codes(after))).await?;
    }
    let changed: Vec<&str> =
        changes.iter().filter(|change| change.is_changed).map(|change| change.key.as_str()).collect();
    if publishing == Publishing::Publish && !changed.is_empty() {
        let new = values.iter().filter(|(key, _)| changed.contains(&key.as_str()));
        let new = new.map(|(key, value)| everybodys(key.clone(), value)).collect::<Result<_, _>>()?;
        store.put_reference(new).await?;
        store.append_audit(now, "reference_set", changed.join(" ")).await?;
    }
    Ok(changes)
}

fn list_codes(organisations: Option<&Value>) -> BTreeSet<String> {
    organisations.and_then(Value::as_object).into_iter().flatten().map(|(code, _)| code.clone()).collect()
}

/// Warns of organisations that go while accounts belong to them or open incidents are with them.
async fn find_orphans<S: Store>(store: &S, gone: impl Iterator<Item = &String>) -> Result<Vec<String>, StoreError> {
    let mut counts: BTreeMap<&str, (usize, usize)> = gone.map(|code| (code.as_str(), (0, 0))).collect();
    for account in store.list_accounts().await? {
        let count = account.scope.org.as_ref().and_then(|org| counts.get_mut(org.as_str()));
        count.into_iter().for_each(|(accounts, _)| *accounts += 1);
    }
    let open = |incident: Incident| {
        let standing = Standing::of(&incident);
        if standing.state.is_ended() { None } else { standing.assigned.map(|assigned| assigned.org) }
    };
    for org in gather_incidents(store, open).await? {
        counts.get_mut(org.as_str()).into_iter().for_each(|(_, incidents)| *incidents += 1);
    }
    let left = counts.into_iter().filter(|(_, counts)| *counts != (0, 0));
    Ok(left
        .map(|(code, (accounts, incidents))| {
            format!("删除的单位 {code} 还有 {accounts} 个账号、{incidents} 件未办结事件")
        })
        .collect())
}

/// Every value in short, published or built in, by key.
///
/// # Errors
/// When the ledger fails.
pub async fn list_reference<S: Store>(store: &S) -> Result<Vec<ReferenceSummary>, StoreError> {
    let summary = |PublishedValue { version, reference }| {
        let form = find_kind(&reference.key).and_then(|kind| kind.entries());
        let entries = form.zip(serde_json::from_str(&reference.value).ok());
        let entries = entries.map(|(form, value)| form.list_published(&value).len());
        ReferenceSummary { version, is_built_in: false, bytes: reference.value.len(), entries, key: reference.key }
    };
    let mut listed: Vec<_> = store.list_reference().await?.into_iter().map(summary).collect();
    for (key, value) in builtin_values()? {
        if listed.iter().all(|published| published.key != key) {
            let bytes = value.to_string().len();
            listed.push(ReferenceSummary { version: 0, is_built_in: true, bytes, entries: None, key });
        }
    }
    listed.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(listed)
}

/// A value, or all that an office may publish, as published or else as built in; [`set_reference`] takes what this
/// gives.
///
/// # Errors
/// When there is no such value, or the ledger fails.
pub async fn get_reference<S: Store>(store: &S, key: Option<&str>) -> Result<Vec<(String, Value)>, ReferenceError> {
    let values = read_values(store).await?;
    let Some(key) = key else {
        return Ok(values.into_iter().filter(|(key, _)| find_kind(key).is_some()).collect());
    };
    let found = values.into_iter().find(|(known, _)| known == key);
    found.map(|found| vec![found]).ok_or_else(|| ReferenceError::Unknown(key.to_owned()))
}

/// A list or calendar, or every one that an office may publish, as a workbook; [`set_reference`] takes what this gives.
///
/// # Errors
/// When there is none such, or the ledger or the workbook's writer fails.
pub async fn reference_workbook<S: Store>(store: &S, key: Option<&str>) -> Result<Vec<u8>, ReferenceError> {
    let values = get_reference(store, key).await?;
    if let Some(key) = key
        && !find_kind(key).is_some_and(ReferenceKind::has_sheet)
    {
        return Err(ReferenceError::NoSheet(key.to_owned()));
    }
    Ok(write_workbook(&values)?)
}

/// Values by key, what is not published as it is built in; a published one that is no JSON is as good as none
/// (`verify` names it), so that any good one replaces it.
async fn read_values<S: Store>(store: &S) -> Result<BTreeMap<String, Value>, StoreError> {
    let mut values = builtin_values()?;
    for PublishedValue { reference, .. } in store.list_reference().await? {
        match serde_json::from_str(&reference.value) {
            Ok(value) => values.insert(reference.key, value),
            Err(_) => values.remove(&reference.key),
        };
    }
    Ok(values)
}
