//! One incident as a list shows it, read from its row.

use contract::{IncidentRow, LimitView};
use domain::codes::{CodeList as _, Priority};
use domain::deadline::Limit;
use domain::organisation::Organisations;
use domain::workflow::{State, TransitionKind};
use domain::{GridCode, OrgCode, UnixMillis};
use rusqlite::{Connection, Row};

use super::StoreError;
use super::change::read_state;
use super::document::read_id;
use super::incident::{NEVER, read_stage};
use super::incident_queue::Viewer;
use super::reference::{GridNames, read_grid_names, read_organisations};

/// The columns of a row, in one place.
pub(super) const COLUMNS: &str =
    "SELECT id, human_no, short_no, grid, account, category, title, priority, address_text,
    reported_at, is_self_handled, state, stage, start_at, yellow_at, due_at, is_marked, is_estimate, org, is_urged,
    is_supervised, asks, pending, futile FROM incident";

/// Names that rows show, read once for a list.
pub(super) struct Names {
    grids: GridNames,
    organisations: Organisations,
}

impl Names {
    pub(super) fn read(db: &Connection) -> Result<Self, StoreError> {
        Ok(Self { grids: read_grid_names(db)?, organisations: read_organisations(db)? })
    }

    fn grid(&self, code: &str) -> String {
        code.parse::<GridCode>().map_or_else(|_| code.to_owned(), |grid| self.grids.name(&grid))
    }

    fn organisation(&self, code: &str) -> String {
        let known = code.parse::<OrgCode>().ok().and_then(|code| self.organisations.get(&code));
        known.map_or_else(|| code.to_owned(), |organisation| organisation.name.clone())
    }
}

/// Reads a row; the state of its record is asked for afterwards ([`finish_row`]).
pub(super) fn read_row(row: &Row<'_>, viewer: &Viewer<'_>, names: &Names) -> rusqlite::Result<IncidentRow> {
    Ok(IncidentRow {
        id: read_id(row.get("id")?).into(),
        human_no: row.get("human_no")?,
        short_no: row.get("short_no")?,
        category: row.get("category")?,
        title: row.get("title")?,
        priority: row.get::<_, Option<String>>("priority")?.map(|code| Priority::from_code(&code)),
        address_text: row.get("address_text")?,
        grid_name: names.grid(row.get_ref("grid")?.as_str()?),
        reported_at: UnixMillis::new(row.get("reported_at")?),
        is_self_handled: row.get("is_self_handled")?,
        is_mine: row.get::<_, [u8; 16]>("account")? == viewer.account.id.as_uuid().into_bytes(),
        standing: State::from_code(row.get_ref("state")?.as_str()?),
        limit: read_limit(row, viewer.now)?,
        org_name: row.get::<_, Option<String>>("org")?.map(|code| names.organisation(&code)),
        is_urged: row.get("is_urged")?,
        is_supervised: row.get("is_supervised")?,
        asks: row.get::<_, Option<String>>("asks")?.map(|code| TransitionKind::from_code(&code)),
        pending: row.get("pending")?,
        futile: row.get("futile")?,
        state: contract::RecordState::Confirmed,
    })
}

fn read_limit(row: &Row<'_>, now: UnixMillis) -> rusqlite::Result<Option<LimitView>> {
    let Some(stage) = row.get::<_, Option<String>>("stage")?.and_then(read_stage) else {
        return Ok(None);
    };
    let moment =
        |column| Ok::<_, rusqlite::Error>(UnixMillis::new(row.get::<_, Option<i64>>(column)?.unwrap_or(NEVER)));
    let limit = Limit { start_at: moment("start_at")?, yellow_at: moment("yellow_at")?, due_at: moment("due_at")? };
    Ok(Some(LimitView {
        stage,
        limit,
        light: limit.light(now),
        is_marked: row.get("is_marked")?,
        is_estimate: row.get("is_estimate")?,
    }))
}

/// Says where the record stands with the server.
pub(super) fn finish_row(db: &Connection, mut row: IncidentRow) -> Result<IncidentRow, StoreError> {
    row.state = read_state(db, &[row.id.into()])?;
    Ok(row)
}
