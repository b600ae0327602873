//! Lists of incidents: pages by key, and what waits in each queue.
//!
//! Two orders. Queues of work are walked along `incident_open`, the nearest limit first, those without one last;
//! everything else by the time of the report, newest first. A search is asked of each row on the walk, so that it never
//! sorts.

use contract::{AppointmentRow, IncidentRow, Queue, QueueCount};
use domain::codes::{BookingKind, CodeList as _};
use domain::{IncidentId, UnixMillis};
use rusqlite::{Connection, OptionalExtension as _, named_params};

use super::StoreError;
use super::document::{id_bytes, read_id};
use super::filter::Filter;
use super::incident_queue::queue_condition;
pub(crate) use super::incident_queue::{Viewer, Which};
use super::incident_row::{COLUMNS, Names, finish_row, read_row};
use super::incident_search::add_search;

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

/// What waits in each of these queues. All that is open is counted in one walk. Steps that have left with their
/// incidents are in none: the screen that lists them beside 未生效 counts them there.
pub(crate) fn count_queues(
    db: &Connection,
    viewer: &Viewer<'_>,
    queues: &[Queue],
) -> Result<Vec<QueueCount>, StoreError> {
    let mut counts = vec![0; queues.len()];
    let walked: Vec<usize> = (0..queues.len()).filter(|place| Which::Queue(queues[*place]).is_by_limit()).collect();
    if !walked.is_empty() {
        let condition = |place: usize| queue_condition(queues[place], viewer.account.role);
        let sums: Vec<String> =
            walked.iter().map(|place| format!("total({}) AS q{place}", condition(*place))).collect();
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

/// Whether an incident is on this device and not ended.
pub(crate) fn is_open(db: &Connection, id: IncidentId) -> Result<bool, StoreError> {
    let mut statement = db.prepare_cached("SELECT is_ended FROM incident WHERE id = :id")?;
    let is_ended = statement.query_row(named_params! {":id": id_bytes(id)}, |row| row.get::<_, bool>("is_ended"));
    Ok(is_ended.optional()? == Some(false))
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

/// Where an incident stands in an order.
fn find_place_in_order(db: &Connection, id: IncidentId, is_by_limit: bool) -> Result<Option<i64>, StoreError> {
    let mut statement = db.prepare_cached("SELECT sort_at, reported_at FROM incident WHERE id = :id")?;
    let column = if is_by_limit { "sort_at" } else { "reported_at" };
    Ok(statement.query_row(named_params! {":id": id_bytes(id)}, |row| row.get(column)).optional()?)
}

#[cfg(test)]
#[path = "incident_list_tests.rs"]
mod tests;
