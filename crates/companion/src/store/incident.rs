//! Incidents in the tables for reading: one row of `incident` and its words in `incident_search`.
//!
//! The row says where the incident stands as its owner sees it: what the server has decided, own undecided steps on
//! top. Limits are stored as moments; colours and queues that depend on the hour compare them with the clock when they
//! are read, so that nothing has to be written when time passes.

use domain::codes::{CodeList as _, Satisfaction};
use domain::deadline::{Limit, Stage};
use domain::workflow::{Outlook, Standing, State, TransitionKind, is_sampled, look};
use domain::{Account, Incident, IncidentId, RecordId, UnixMillis};
use rusqlite::{Connection, named_params};

use super::clock::{on_server_clock, read_horizon};
use super::document::id_bytes;
use super::own_steps::count_own_steps;
use super::reference::read_time_rules;
use super::setting::{ACCOUNT, read_setting};
use super::{StoreError, Writing, search};

/// Stands for "no limit runs" in sort keys: after every real moment.
pub(super) const NEVER: i64 = i64::MAX;

/// Looks at an incident as its tables show it: undecided steps are judged as of the moment at which the last of them
/// was made, so that looking twice shows the same.
pub(crate) fn look_at(db: &Connection, incident: &Incident) -> Result<Outlook, StoreError> {
    let undecided = incident.transitions.iter().filter(|(id, _)| !incident.decisions.contains_key(id));
    let Some(last) = undecided.map(|(_, step)| step.at_device).max() else {
        let confirmed = Standing::of(incident);
        return Ok(Outlook { shown: confirmed.clone(), confirmed, pending: Vec::new() });
    };
    let now = on_server_clock(db, last)?;
    Ok(look(incident, &read_time_rules(db, now)?, now))
}

pub(crate) fn put_incident(writing: &Writing<'_>, incident: &Incident) -> Result<(), StoreError> {
    let outlook = look_at(writing, incident)?;
    let shown = &outlook.shown;
    let own = match read_setting::<Account>(writing, ACCOUNT)? {
        Some(account) => count_own_steps(incident, account.id),
        None => Default::default(),
    };
    let next = shown.next_limit();
    let limit = |moment: fn(&Limit) -> UnixMillis| next.as_ref().map(|(_, limit)| moment(limit).as_i64());
    let booking = shown.appointment.as_ref();
    let words = search::collect_incident_words(incident);
    let hash = words.hash();
    let indexed = find_index(writing, incident.id)?;
    let row: i64 = writing.prepare_cached(include_str!("incident_put.sql"))?.query_row(
        named_params! {
            ":id": id_bytes(incident.id),
            ":human_no": incident.human_no,
            ":number_tail": incident.human_no.iter().flat_map(|number| number.chars().rev()).collect::<String>(),
            ":short_no": RecordId::from(incident.id).short(),
            ":grid": incident.grid.as_str(),
            ":household": incident.household.map(id_bytes),
            ":account": incident.by.as_uuid().into_bytes(),
            ":category": incident.category,
            ":title": incident.title,
            ":priority": incident.priority.map(|priority| priority.code()),
            ":address_text": incident.address_text,
            ":lat": incident.point.map(|point| point.lat),
            ":lng": incident.point.map(|point| point.lng),
            ":reported_at": incident.find_reported_at().min(read_horizon(writing)?).as_i64(),
            ":is_self_handled": incident.self_handled.is_some(),
            ":state": shown.state.code(),
            ":is_ended": shown.state.is_ended(),
            ":stage": next.map(|(stage, _)| stage_code(stage)),
            ":start_at": limit(|limit| limit.start_at),
            ":yellow_at": limit(|limit| limit.yellow_at),
            ":due_at": limit(|limit| limit.due_at),
            ":sort_at": limit(|limit| limit.due_at).unwrap_or(NEVER),
            ":is_marked": next.is_some_and(|(stage, _)| shown.overdue.contains(&stage)),
            ":is_estimate": next.is_some_and(|(stage, limit)| is_estimate(&outlook, stage, limit)),
            ":org": shown.assigned.as_ref().map(|assigned| assigned.org.as_str()),
            ":person": shown.assigned.as_ref().and_then(|assigned| assigned.person).map(|id| id.as_uuid().into_bytes()),
            ":handler": shown.handler.map(|account| account.as_uuid().into_bytes()),
            ":verifier": find_verifier(incident, shown),
            ":is_urged": shown.urged > 0,
            ":is_supervised": shown.is_supervised,
            ":asks": find_request(shown).map(|kind| kind.code()),
            ":is_unsatisfied": shown.satisfaction == Some(Satisfaction::Dissatisfied),
            ":pending": own.pending,
            ":futile": own.futile,
            ":booking_kind": booking.map(|appointment| appointment.booking.kind.code()),
            ":booking_place": booking.map_or("", |appointment| appointment.booking.place.as_str()),
            ":booking_at": booking.map(|appointment| appointment.booking.at.as_i64()),
            ":is_booking_confirmed": booking.is_some_and(|appointment| appointment.is_confirmed),
            ":search_hash": hash,
        },
        |row| row.get("row"),
    )?;
    if indexed != Some((row, hash)) {
        search::put_incident_words(writing, row, &words)?;
    }
    Ok(())
}

pub(crate) fn remove_incident(writing: &Writing<'_>, id: RecordId) -> Result<(), StoreError> {
    if let Some((row, _)) = find_index(writing, id.into())? {
        search::remove_incident_words(writing, row)?;
    }
    writing.prepare_cached("DELETE FROM incident WHERE id = :id")?.execute(named_params! {":id": id_bytes(id)})?;
    Ok(())
}

/// Whether a running limit was worked out on this device: the server has not set it so.
pub(crate) fn is_estimate(outlook: &Outlook, stage: Stage, limit: Limit) -> bool {
    outlook.confirmed.limits.get(&stage) != Some(&limit)
}

/// The request that waits for an answer.
pub(crate) fn find_request(standing: &Standing) -> Option<TransitionKind> {
    let refusal = standing.refusal_asked.is_some().then_some(TransitionKind::AskRefusal);
    refusal.or(standing.extension_asked.is_some().then_some(TransitionKind::AskExtension))
}

/// Who is to look at the result: a worker of the grid; the desk at one matter in ten that was settled on the spot.
fn find_verifier(incident: &Incident, standing: &Standing) -> Option<&'static str> {
    match (standing.state, standing.is_self_handled) {
        (State::Resolved, false) => Some("worker"),
        (State::Resolved, true) => is_sampled(incident).then_some("clerk"),
        _ => None,
    }
}

/// A stage as it is stored: its serde form.
pub(super) fn stage_code(stage: Stage) -> String {
    match serde_json::to_value(stage) {
        Ok(serde_json::Value::String(code)) => code,
        _ => String::new(),
    }
}

/// The stage with this stored form.
pub(super) fn read_stage(code: String) -> Option<Stage> {
    serde_json::from_value(serde_json::Value::String(code)).ok()
}

/// The row of an incident and what `incident_search` holds of it.
fn find_index(db: &Connection, id: IncidentId) -> Result<Option<(i64, i64)>, StoreError> {
    let mut statement = db.prepare_cached("SELECT row, search_hash FROM incident WHERE id = :id")?;
    let mut rows = statement.query(named_params! {":id": id_bytes(id)})?;
    Ok(match rows.next()? {
        Some(row) => Some((row.get("row")?, row.get("search_hash")?)),
        None => None,
    })
}

/// The highest number of an incident here, of each area and day, newest days first.
pub(crate) fn list_highest_numbers(db: &Connection, limit: usize) -> Result<Vec<String>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT max(human_no) AS number FROM incident WHERE human_no IS NOT NULL
         GROUP BY substr(human_no, 1, 14) ORDER BY substr(number, 7, 8) DESC, number LIMIT :limit",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let numbers = statement.query_map(named_params! {":limit": limit}, |row| row.get("number"))?;
    Ok(numbers.collect::<rusqlite::Result<_>>()?)
}
