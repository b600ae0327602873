//! Forms in progress. A row is written as the worker types and found again after a kill. One that became empty leaves
//! none; what becomes of those that are submitted or cleared says [`super::closed_draft`].

use contract::{DraftKind, IncidentForm, VisitForm};
use domain::id::DraftId;
use domain::{HouseholdId, UnixMillis, VisitId};
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};

use super::document::{id_bytes, read_id};
use super::{StoreError, Writing};

/// One form in progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draft {
    /// Which.
    pub(crate) id: DraftId,
    /// Which form.
    pub(crate) kind: DraftKind,
    /// The household it is about.
    pub(crate) household: Option<HouseholdId>,
    /// The form as JSON.
    pub(crate) form: String,
    /// The checklist it began with, as JSON; empty: none.
    pub(crate) template: String,
    /// When it was begun.
    pub(crate) started_at: UnixMillis,
    /// Last typed.
    pub(crate) saved_at: UnixMillis,
}

impl Draft {
    /// The visit's form; `None` when it is not whole, or another version wrote it.
    pub(crate) fn read_visit(&self) -> Option<VisitForm> {
        serde_json::from_str(&self.form).ok().filter(|_| self.kind == DraftKind::Visit)
    }

    /// The visit that it corrects; none: it is no correction.
    pub(crate) fn amends(&self) -> Option<VisitId> {
        self.read_visit()?.amends
    }

    /// The report's form; `None` likewise.
    pub(crate) fn read_incident(&self) -> Option<IncidentForm> {
        serde_json::from_str(&self.form).ok().filter(|_| self.kind == DraftKind::Incident)
    }

    /// Whether it can go on as a form. One that cannot is left as it is, and another is begun beside it.
    pub(crate) fn is_readable(&self) -> bool {
        self.read_visit().is_some() || self.read_incident().is_some()
    }

    /// Whether it can go on as the form of a visit; a correction has a form of its own.
    pub(crate) fn is_form_of_visit(&self) -> bool {
        self.read_visit().is_some_and(|form| form.amends.is_none())
    }

    /// Whether nothing was ever typed into it. Earlier versions wrote a row as soon as a form was opened.
    fn is_untyped(&self) -> bool {
        let is_as_opened = self.saved_at == self.started_at;
        self.read_visit().is_some_and(|form| form.is_empty())
            || (is_as_opened && self.read_incident().is_some_and(|form| form.text.is_empty() && form.booking.is_none()))
    }
}

const COLUMNS: &str = "SELECT id, kind, household, form, template, started_at, saved_at FROM draft";

/// Writes a draft, whole.
pub(crate) fn put_draft(writing: &Writing<'_>, draft: &Draft) -> Result<(), StoreError> {
    writing
        .prepare_cached(
            "INSERT OR REPLACE INTO draft (id, kind, household, form, template, started_at, saved_at)
             VALUES (:id, :kind, :household, :form, :template, :started_at, :saved_at)",
        )?
        .execute(named_params! {
            ":id": draft.id.as_uuid().into_bytes(),
            ":kind": kind_code(draft.kind),
            ":household": draft.household.map(id_bytes),
            ":form": draft.form,
            ":template": draft.template,
            ":started_at": draft.started_at.as_i64(),
            ":saved_at": draft.saved_at.as_i64(),
        })?;
    Ok(())
}

/// Writes what is typed; the first time, the row.
pub(crate) fn save_form(writing: &Writing<'_>, draft: Draft, form: String, at: UnixMillis) -> Result<(), StoreError> {
    // A row that is as old as its form was never typed into: see `is_untyped`.
    let saved_at = at.max(draft.started_at.plus_ms(1));
    let rows = writing.prepare_cached("UPDATE draft SET form = :form, saved_at = :at WHERE id = :id")?.execute(
        named_params! {
            ":id": draft.id.as_uuid().into_bytes(),
            ":form": form,
            ":at": saved_at.as_i64(),
        },
    )?;
    if rows == 0 { put_draft(writing, &Draft { form, saved_at, ..draft }) } else { Ok(()) }
}

/// The draft with this id.
pub(crate) fn find_draft(db: &Connection, id: DraftId) -> Result<Option<Draft>, StoreError> {
    let mut statement = db.prepare_cached(&format!("{COLUMNS} WHERE id = :id"))?;
    Ok(statement.query_row(named_params! {":id": id.as_uuid().into_bytes()}, read_row).optional()?)
}

/// The latest draft of a form for a household that can go on; not of a correction.
pub(crate) fn find_draft_for(
    db: &Connection,
    kind: DraftKind,
    household: HouseholdId,
) -> Result<Option<Draft>, StoreError> {
    let drafts = list_drafts_for(db, kind, household)?;
    Ok(drafts.into_iter().find(|draft| draft.is_readable() && draft.amends().is_none()))
}

/// The latest draft of a correction of this visit to a household.
pub(crate) fn find_amendment_draft(
    db: &Connection,
    household: HouseholdId,
    visit: VisitId,
) -> Result<Option<Draft>, StoreError> {
    let drafts = list_drafts_for(db, DraftKind::Visit, household)?;
    Ok(drafts.into_iter().find(|draft| draft.amends() == Some(visit)))
}

/// The drafts of a form for a household, last typed first.
fn list_drafts_for(db: &Connection, kind: DraftKind, household: HouseholdId) -> Result<Vec<Draft>, StoreError> {
    let mut statement = db.prepare_cached(&format!(
        "{COLUMNS} WHERE kind = :kind AND household = :household ORDER BY saved_at DESC, id DESC"
    ))?;
    let params = named_params! {":kind": kind_code(kind), ":household": id_bytes(household)};
    let drafts = statement.query_map(params, read_row)?;
    Ok(drafts.collect::<rusqlite::Result<_>>()?)
}

/// Every draft, last typed first.
pub(crate) fn list_drafts(db: &Connection) -> Result<Vec<Draft>, StoreError> {
    let mut statement = db.prepare_cached(&format!("{COLUMNS} ORDER BY saved_at DESC, id DESC"))?;
    let drafts = statement.query_map([], read_row)?;
    Ok(drafts.collect::<rusqlite::Result<_>>()?)
}

/// How many forms are in progress.
pub(crate) fn count_drafts(db: &Connection) -> Result<u64, StoreError> {
    let mut statement = db.prepare_cached("SELECT count(*) AS n FROM draft")?;
    let count: i64 = statement.query_row([], |row| row.get("n"))?;
    Ok(count.unsigned_abs())
}

/// Drafts that nothing was ever typed into.
pub(crate) fn list_untyped(db: &Connection) -> Result<Vec<DraftId>, StoreError> {
    Ok(list_drafts(db)?.into_iter().filter(Draft::is_untyped).map(|draft| draft.id).collect())
}

/// Forgets a draft's row.
pub(crate) fn remove_draft(writing: &Writing<'_>, id: DraftId) -> Result<(), StoreError> {
    writing
        .prepare_cached("DELETE FROM draft WHERE id = :id")?
        .execute(named_params! {":id": id.as_uuid().into_bytes()})?;
    Ok(())
}

const fn kind_code(kind: DraftKind) -> &'static str {
    match kind {
        DraftKind::Visit => "visit",
        DraftKind::Incident => "incident",
    }
}

/// The column `id` of a draft, in progress or over.
pub(super) fn read_draft_id(row: &Row<'_>) -> rusqlite::Result<DraftId> {
    Ok(DraftId::from_uuid(read_id(row.get("id")?).as_uuid()))
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<Draft> {
    Ok(Draft {
        id: read_draft_id(row)?,
        kind: if row.get_ref("kind")?.as_str()? == "visit" { DraftKind::Visit } else { DraftKind::Incident },
        household: row.get::<_, Option<[u8; 16]>>("household")?.map(|bytes| read_id(bytes).into()),
        form: row.get("form")?,
        template: row.get("template")?,
        started_at: UnixMillis::new(row.get("started_at")?),
        saved_at: UnixMillis::new(row.get("saved_at")?),
    })
}
