//! Lists of incidents: queues, search, pages by key, and what waits in each queue.
//!
//! Two orders. Queues of work are walked along `incident_open`, the nearest limit first, those without one last;
//! everything else by the time of the report, newest first. A search is asked of each row on the walk, so that it never
//! sorts. Conditions compare stored limits with the hour of the server as far as this device knows it
//! ([`Viewer::now`]): a device whose clock is wrong shows the same colours as the others.

use contract::{AppointmentRow, IncidentRow, LimitView, Queue, QueueCount};
use domain::codes::{BookingKind, CodeList as _, Priority};
use domain::deadline::Limit;
use domain::organisation::Organisations;
use domain::workflow::{State, TransitionKind};
use domain::{Account, GridCode, HouseholdId, Incident, IncidentId, OrgCode, Role, UnixMillis};
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};

use super::StoreError;
use super::change::read_state;
use super::document::{id_bytes, read_id};
use super::filter::Filter;
use super::incident::{NEVER, read_stage};
use super::reference::{GridNames, read_grid_names, read_organisations};
use super::search::{normalise, parse_query};

/// The columns of a row, in one place.
const COLUMNS: &str = "SELECT id, human_no, short_no, grid, account, category, title, priority, address_text,
    reported_at, is_self_handled, state, stage, start_at, yellow_at, due_at, is_marked, is_estimate, org, is_urged,
    is_supervised, asks, pending, futile FROM incident";
/// Fewest digits that are looked for at the end of human numbers.
const NUMBER_TAIL: usize = 3;
/// Digits of a human number.
const NUMBER_DIGITS: usize = 19;

/// Most incidents that are read to find out whether they are the same matter.
const CANDIDATES: usize = 20;
/// A little more than the 200 m within which reports may be of one matter, in degrees of latitude.
const REACH_DEGREES: f64 = 0.002;

/// Who looks, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Viewer<'a> {
    /// Whose device it is.
    pub(crate) account: &'a Account,
    /// The moment now, by the server's clock as far as it is known.
    pub(crate) now: UnixMillis,
}

/// Which incidents are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// Those of a queue.
    Queue(Queue),
    /// Those that wait for somebody of the viewer's role, and the viewer's own open ones.
    Waiting,
    /// Those of a household.
    OfHousehold(HouseholdId),
}

impl Which {
    /// Whether the nearest limit comes first, and not the newest report.
    const fn is_by_limit(self) -> bool {
        !matches!(
            self,
            Self::OfHousehold(_)
                | Self::Queue(Queue::Mine | Queue::Unsatisfied | Queue::Futile | Queue::Ended | Queue::All)
        )
    }

    /// The condition. `:me`, `:org` and `:now` are the viewer's.
    const fn condition(self, role: Role) -> &'static str {
        match self {
            Self::OfHousehold(_) => "household = :household",
            Self::Waiting => waiting_condition(role),
            Self::Queue(queue) => queue_condition(queue, role),
        }
    }
}

const fn queue_condition(queue: Queue, role: Role) -> &'static str {
    match queue {
        Queue::Open => "is_ended = 0",
        Queue::Mine => "account = :me",
        Queue::ToAccept => "is_ended = 0 AND state = 'reported'",
        Queue::ToDispatch => "is_ended = 0 AND state = 'accepted'",
        Queue::Requests => "is_ended = 0 AND asks IS NOT NULL",
        Queue::ToHandle => "is_ended = 0 AND org = :org AND state IN ('dispatched', 'handling')",
        Queue::ToVerify => match role {
            Role::CommunityClerk => "is_ended = 0 AND verifier = 'clerk' AND handler IS NOT :me",
            _ => "is_ended = 0 AND verifier = 'worker' AND handler IS NOT :me",
        },
        Queue::ToCallBack => "is_ended = 0 AND state = 'verified'",
        Queue::DueSoon => "is_ended = 0 AND yellow_at <= :now AND due_at > :now AND is_marked = 0",
        Queue::Overdue => "is_ended = 0 AND (due_at <= :now OR is_marked = 1)",
        Queue::Unsatisfied => "is_unsatisfied = 1",
        Queue::Futile => "futile > 0",
        Queue::Ended => "is_ended = 1",
        Queue::All => "1",
    }
}

const fn waiting_condition(role: Role) -> &'static str {
    match role {
        Role::GridWorker => {
            "is_ended = 0 AND ((verifier = 'worker' AND handler IS NOT :me) OR state = 'verified'
                 OR (account = :me AND NOT (is_self_handled = 1 AND state = 'resolved')))"
        }
        Role::CommunityClerk => {
            "is_ended = 0 AND (state IN ('reported', 'accepted') OR (verifier = 'clerk' AND handler IS NOT :me)
                 OR (org = :org AND state IN ('dispatched', 'handling')))"
        }
        Role::Dispatcher => {
            "is_ended = 0 AND (state IN ('reported', 'accepted') OR asks IS NOT NULL OR due_at <= :now
                 OR is_marked = 1)"
        }
        Role::Handler => queue_condition(Queue::ToHandle, role),
        Role::Supervisor => queue_condition(Queue::Overdue, role),
        _ => "is_ended = 0 AND account = :me",
    }
}

/// Incidents, those after `after`; at most `limit`.
pub(crate) fn list_incidents(
    db: &Connection,
    viewer: &Viewer<'_>,
    which: Which,
    query: &str,
    after: Option<IncidentId>,
    limit: u32,
) -> Result<Vec<IncidentRow>, StoreError> {
    let mut filter = collect_filter(viewer, which, query);
    let place = match after {
        Some(id) => find_place_in_order(db, id, which.is_by_limit())?.map(|at| (at, id_bytes(id))),
        None => None,
    };
    if let Some((at, id)) = place {
        filter.add(if which.is_by_limit() { "(sort_at, id) > (:at, :id)" } else { "(reported_at, id) < (:at, :id)" });
        filter.bind(":at", at);
        filter.bind(":id", id);
    }
    let mut statement = db.prepare_cached(&page_sql(&filter, which))?;
    let mut params = filter.params();
    params.push((":limit", &limit));
    let names = Names::read(db)?;
    let rows = statement.query_map(params.as_slice(), |row| read_row(row, viewer, &names))?;
    rows.map(|row| finish_row(db, row?)).collect()
}

/// The SQL of a page, for tests on its plan.
fn page_sql(filter: &Filter, which: Which) -> String {
    let order = if which.is_by_limit() { "sort_at, id" } else { "reported_at DESC, id DESC" };
    format!("{COLUMNS} WHERE {} ORDER BY {order} LIMIT :limit", filter.sql())
}

/// How many there are.
pub(crate) fn count_incidents(
    db: &Connection,
    viewer: &Viewer<'_>,
    which: Which,
    query: &str,
) -> Result<u64, StoreError> {
    let filter = collect_filter(viewer, which, query);
    let mut statement = db.prepare_cached(&format!("SELECT count(*) AS n FROM incident WHERE {}", filter.sql()))?;
    let count: i64 = statement.query_row(filter.params().as_slice(), |row| row.get("n"))?;
    Ok(count.unsigned_abs())
}

/// What waits in each of these queues. All that is open is counted in one walk.
pub(crate) fn count_queues(
    db: &Connection,
    viewer: &Viewer<'_>,
    queues: &[Queue],
) -> Result<Vec<QueueCount>, StoreError> {
    let mut counts = vec![0; queues.len()];
    let walked: Vec<usize> = (0..queues.len()).filter(|place| Which::Queue(queues[*place]).is_by_limit()).collect();
    if !walked.is_empty() {
        let condition = |place: usize| queue_condition(queues[place], viewer.account.role);
        let sums: Vec<String> = walked.iter().map(|place| format!("total({}) AS q{place}", condition(*place))).collect();
        let sql = format!("SELECT {} FROM incident WHERE is_ended = 0", sums.join(", "));
        let mut filter = Filter::default();
        bind_viewer(&mut filter, viewer, &sql);
        db.prepare_cached(&sql)?.query_row(filter.params().as_slice(), |row| {
            for place in &walked {
                counts[*place] = row.get::<_, f64>(format!("q{place}").as_str())? as u64;
            }
            Ok(())
        })?;
    }
    for (place, queue) in queues.iter().enumerate() {
        if !walked.contains(&place) {
            counts[place] = count_incidents(db, viewer, Which::Queue(*queue), "")?;
        }
    }
    Ok(queues.iter().zip(counts).map(|(&queue, count)| QueueCount { queue, count }).collect())
}

/// One incident's row.
pub(crate) fn find_incident(
    db: &Connection,
    viewer: &Viewer<'_>,
    id: IncidentId,
) -> Result<Option<IncidentRow>, StoreError> {
    let names = Names::read(db)?;
    let mut statement = db.prepare_cached(&format!("{COLUMNS} WHERE id = :id"))?;
    let row =
        statement.query_row(named_params! {":id": id_bytes(id)}, |row| read_row(row, viewer, &names)).optional()?;
    row.map(|row| finish_row(db, row)).transpose()
}

/// Appointments of open incidents from one moment to another, the earliest first.
pub(crate) fn list_appointments(
    db: &Connection,
    from: UnixMillis,
    until: UnixMillis,
) -> Result<Vec<AppointmentRow>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT id, title, category, booking_kind, booking_place, booking_at, is_booking_confirmed FROM incident
         WHERE booking_at IS NOT NULL AND booking_at >= :from AND booking_at < :until AND is_ended = 0
         ORDER BY booking_at, id",
    )?;
    let rows = statement.query_map(named_params! {":from": from.as_i64(), ":until": until.as_i64()}, |row| {
        Ok(AppointmentRow {
            incident: read_id(row.get("id")?).into(),
            title: row.get("title")?,
            category: row.get("category")?,
            kind: BookingKind::from_code(row.get_ref("booking_kind")?.as_str()?),
            place: row.get("booking_place")?,
            at: UnixMillis::new(row.get("booking_at")?),
            is_confirmed: row.get("is_booking_confirmed")?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Open incidents that may be the same matter as this one, the nearest in time first: the same category within a day,
/// and about the same place as far as a row can tell.
pub(crate) fn list_candidates(db: &Connection, incident: &Incident) -> Result<Vec<IncidentId>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT id, household, address_text, lat, lng FROM incident
         WHERE is_ended = 0 AND category = :category AND reported_at BETWEEN :from AND :until AND id <> :id
         ORDER BY abs(reported_at - :at), id",
    )?;
    let at = incident.reported_at;
    let params = named_params! {
        ":id": id_bytes(incident.id),
        ":category": incident.category,
        ":at": at.as_i64(),
        ":from": at.plus_ms(-UnixMillis::DAY_MS).as_i64(),
        ":until": at.plus_ms(UnixMillis::DAY_MS).as_i64(),
    };
    let plain = |text: &str| normalise(text).replace(char::is_whitespace, "");
    let address = plain(&incident.address_text);
    let household = incident.household.map(id_bytes);
    let rows = statement.query_map(params, |row| {
        let point = row.get::<_, Option<f64>>("lat")?.zip(row.get::<_, Option<f64>>("lng")?);
        let is_near = incident.point.zip(point).is_some_and(|(here, (lat, lng))| {
            (here.lat - lat).abs() < REACH_DEGREES
                && (here.lng - lng).abs() * here.lat.to_radians().cos() < REACH_DEGREES
        });
        let is_same_home = household.is_some() && row.get::<_, Option<[u8; 16]>>("household")? == household;
        let is_same_address = !address.is_empty() && plain(row.get_ref("address_text")?.as_str()?) == address;
        Ok((is_near || is_same_home || is_same_address).then_some(row.get::<_, [u8; 16]>("id")?))
    })?;
    let found = rows.filter_map(Result::transpose).take(CANDIDATES).collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(found.into_iter().map(|id| read_id(id).into()).collect())
}

/// How many own steps did not take effect and ask for attention, in incidents on this device.
pub(crate) fn count_futile_steps(db: &Connection) -> Result<u64, StoreError> {
    let mut statement = db.prepare_cached("SELECT coalesce(sum(futile), 0) AS n FROM incident WHERE futile > 0")?;
    let count: i64 = statement.query_row([], |row| row.get("n"))?;
    Ok(count.unsigned_abs())
}

fn collect_filter(viewer: &Viewer<'_>, which: Which, query: &str) -> Filter {
    let mut filter = Filter::default();
    let condition = which.condition(viewer.account.role);
    filter.add(condition);
    bind_viewer(&mut filter, viewer, condition);
    if let Which::OfHousehold(household) = which {
        filter.bind(":household", id_bytes(household));
    }
    add_search(&mut filter, query);
    filter
}

fn bind_viewer(filter: &mut Filter, viewer: &Viewer<'_>, sql: &str) {
    if sql.contains(":me") {
        filter.bind(":me", viewer.account.id.as_uuid().into_bytes());
    }
    if sql.contains(":org") {
        filter.bind(":org", viewer.account.scope.org.as_ref().map(|org| org.as_str().to_owned()));
    }
    if sql.contains(":now") {
        filter.bind(":now", viewer.now.as_i64());
    }
}

/// What was typed: words that all occur, or the end of a human number, or the last six characters of the id.
fn add_search(filter: &mut Filter, query: &str) {
    let mut matches = Vec::new();
    let words: Vec<String> = parse_query(query).into_iter().map(|term| term.expression).collect();
    if !words.is_empty() {
        matches.push("SELECT rowid FROM incident_search WHERE incident_search MATCH :words");
        filter.bind(":words", words.join(" AND "));
    }
    if let Some(digits) = read_number(query) {
        matches.push(
            "SELECT row FROM incident WHERE number_tail >= :tail AND number_tail < :tail || ':' AND number_tail <> ''",
        );
        filter.bind(":tail", digits.chars().rev().collect::<String>());
    }
    let typed = normalise(query);
    if typed.len() == 6 && typed.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        matches.push("SELECT row FROM incident WHERE short_no = :short");
        filter.bind(":short", typed.to_uppercase());
    }
    if !matches.is_empty() {
        // The plus keeps SQLite from starting at the matches: the walk stays in order.
        filter.add(format!("+incident.row IN ({})", matches.join(" UNION ")));
    }
}

/// The digits of what may be a human number or its end: hyphens may stand inside, spaces only in a whole one.
fn read_number(query: &str) -> Option<String> {
    let typed = normalise(query).replace('-', "");
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let is_whole = digits.len() == NUMBER_DIGITS;
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && (is_whole || (digits.len() >= NUMBER_TAIL && digits.len() == typed.len()))).then_some(digits)
}

/// Where an incident stands in an order.
fn find_place_in_order(db: &Connection, id: IncidentId, is_by_limit: bool) -> Result<Option<i64>, StoreError> {
    let mut statement = db.prepare_cached("SELECT sort_at, reported_at FROM incident WHERE id = :id")?;
    let column = if is_by_limit { "sort_at" } else { "reported_at" };
    Ok(statement.query_row(named_params! {":id": id_bytes(id)}, |row| row.get(column)).optional()?)
}

/// Names that rows show, read once for a list.
struct Names {
    grids: GridNames,
    organisations: Organisations,
}

impl Names {
    fn read(db: &Connection) -> Result<Self, StoreError> {
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

fn read_row(row: &Row<'_>, viewer: &Viewer<'_>, names: &Names) -> rusqlite::Result<IncidentRow> {
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
    let moment = |column| Ok::<_, rusqlite::Error>(UnixMillis::new(row.get::<_, Option<i64>>(column)?.unwrap_or(NEVER)));
    let limit = Limit { start_at: moment("start_at")?, yellow_at: moment("yellow_at")?, due_at: moment("due_at")? };
    Ok(Some(LimitView {
        stage,
        limit,
        light: limit.light(now),
        is_marked: row.get("is_marked")?,
        is_estimate: row.get("is_estimate")?,
    }))
}

fn finish_row(db: &Connection, mut row: IncidentRow) -> Result<IncidentRow, StoreError> {
    row.state = read_state(db, &[row.id.into()])?;
    Ok(row)
}

#[cfg(test)]
#[path = "incident_list_tests.rs"]
mod tests;
