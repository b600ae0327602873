//! Lists of households: filters, search, order by due date or by door, pages by key.
//!
//! Each order is an index (`household_by_sort`, `household_by_door`), so a page costs the same wherever it begins. A
//! search that matches few households starts from the matches and sorts them; one that matches many walks the order and
//! asks of each row whether it matches ([`FEW`]).
//!
//! A row says which member it was found by when that is not whom its title names anyway. Only the rows of a page are
//! asked, in memory, by the same conditions as the search.

use std::collections::BTreeSet;

use contract::{
    BuildingOption, DueFilter, HouseholdOrder, HouseholdPage, HouseholdRow, ListHouseholds, MatchedMember, MemberView,
    PAGE_ROWS, PageKey,
};
use domain::codes::{CodeList as _, HouseStatus, VisitClass};
use domain::household::{Place, VisitMark};
use domain::{BuildingCode, HouseholdId, LocalDate, MemberId, RecordId};
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};

use super::change::read_state;
use super::document::{id_bytes, read_id};
use super::filter::Filter;
use super::household::{SORT_PREFIX_CHARS, day_number, due_state_on, list_members, sort_prefix};
use super::search::{Condition, collect_name_words, parse_query};
use super::{StoreError, reference};

/// Up to so many matches are sorted; beyond, the order is walked.
const FEW: i64 = 2_000;
/// A week, today included.
pub(crate) const WEEK_DAYS: i32 = 7;

const COLUMNS: &str = "SELECT id, particulars, compound, building_name, unit, room, visit_class, contact_name,
    house_status, due_day, is_rested, sort, last_visit, last_attempt, attempts, open_needs, conflicts, building, needs,
    note FROM household";

/// A household's row with what only its own page shows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Card {
    /// As in the list.
    pub(crate) row: HouseholdRow,
    /// Its building.
    pub(crate) building: BuildingCode,
    /// Needs as JSON.
    pub(crate) needs: String,
    /// Remark.
    pub(crate) note: String,
}

/// One row, not finished: the state is asked for afterwards.
struct PlainRow {
    card: Card,
    particulars: RecordId,
    sort: String,
}

/// One page of households.
pub(crate) fn list_households(
    db: &Connection,
    request: &ListHouseholds,
    today: LocalDate,
) -> Result<HouseholdPage, StoreError> {
    let order = request.order;
    let mut filter = collect_filter(db, request, today)?;
    let total = count_where(db, &filter)?;
    if let Some(after) = &request.after {
        add_after(&mut filter, after, order)?;
    }
    let mut rows = read_rows(db, &filter, order, today, i64::from(PAGE_ROWS) + 1)?;
    let next = if rows.len() > PAGE_ROWS as usize {
        rows.truncate(PAGE_ROWS as usize);
        rows.last().map(|last| PageKey { sort: key_of(last, order), id: last.card.row.id.to_string() })
    } else {
        None
    };
    let rows = rows.into_iter().map(|row| finish(db, row).map(|card| card.row)).collect::<Result<_, _>>()?;
    Ok(HouseholdPage { rows, next, total, buildings: list_buildings(db)? })
}

/// Only what follows the end of a page.
fn add_after(filter: &mut Filter, after: &PageKey, order: HouseholdOrder) -> Result<(), StoreError> {
    let id: HouseholdId = after.id.parse().map_err(|_| StoreError::Value { table: "page key" })?;
    filter.add(format!("({}, id) > (:after_sort, :after_id)", order_column(order)));
    filter.bind(":after_sort", after.sort.clone());
    filter.bind(":after_id", id_bytes(id));
    Ok(())
}

/// What a list is ordered by; an index holds it. The door is what follows the due day in `sort`.
const fn order_column(order: HouseholdOrder) -> &'static str {
    match order {
        HouseholdOrder::Due => "sort",
        HouseholdOrder::Door => "substr(sort, 8)",
    }
}

fn key_of(row: &PlainRow, order: HouseholdOrder) -> String {
    match order {
        HouseholdOrder::Due => row.sort.clone(),
        HouseholdOrder::Door => row.sort.chars().skip(SORT_PREFIX_CHARS).collect(),
    }
}

/// The SQL of a page, for tests on its plan.
fn page_sql(filter: &Filter, order: HouseholdOrder) -> String {
    format!("{COLUMNS} WHERE {} ORDER BY {}, id LIMIT :limit", filter.sql(), order_column(order))
}

fn read_rows(
    db: &Connection,
    filter: &Filter,
    order: HouseholdOrder,
    today: LocalDate,
    limit: i64,
) -> Result<Vec<PlainRow>, StoreError> {
    let mut statement = db.prepare_cached(&page_sql(filter, order))?;
    let mut params = filter.params();
    params.push((":limit", &limit));
    let rows = statement.query_map(params.as_slice(), |row| read_row(row, today))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn count_where(db: &Connection, filter: &Filter) -> Result<u64, StoreError> {
    let sql = format!("SELECT count(*) AS households FROM household WHERE {}", filter.sql());
    let mut statement = db.prepare_cached(&sql)?;
    let count: i64 = statement.query_row(filter.params().as_slice(), |row| row.get("households"))?;
    Ok(count.unsigned_abs())
}

fn collect_filter(db: &Connection, request: &ListHouseholds, today: LocalDate) -> Result<Filter, StoreError> {
    let mut filter = Filter::default();
    if let Some(building) = &request.building {
        filter.add("building = :building");
        filter.bind(":building", building.as_str().to_owned());
    }
    let before = match request.due {
        DueFilter::Any => None,
        DueFilter::Overdue => Some(day_number(today)),
        DueFilter::ThisWeek => Some(day_number(today) + WEEK_DAYS),
    };
    if let Some(before) = before {
        filter.add("sort < :before");
        filter.bind(":before", sort_prefix(Some(before)));
    }
    if request.has_needs {
        filter.add("open_needs > 0");
    }
    if request.has_conflicts {
        filter.add("conflicts > 0");
    }
    add_search(db, &mut filter, parse_query(&request.query))?;
    Ok(filter)
}

/// What was typed: all plain conditions are one full-text expression; each that may be a phone number stands alone.
fn add_search(db: &Connection, filter: &mut Filter, conditions: Vec<Condition>) -> Result<(), StoreError> {
    if !conditions.is_empty() {
        let condition = write_condition(db, filter, &Condition::All(conditions), &mut 0)?;
        filter.add(condition);
    }
    Ok(())
}

/// A condition as SQL; `count` numbers its parameters.
fn write_condition(
    db: &Connection,
    filter: &mut Filter,
    condition: &Condition,
    count: &mut u32,
) -> Result<String, StoreError> {
    if let (false, Some(expression)) = (condition.has_phone_tail(), condition.expression()) {
        return write_words(db, filter, expression, count);
    }
    let (children, word, whole): (_, _, fn(Vec<Condition>) -> Condition) = match condition {
        Condition::PhoneTail(tail) => {
            *count += 1;
            filter.bind(format!(":tail{count}"), tail.clone());
            return Ok(format!(
                "household.id IN
                 (SELECT household FROM phone_tail WHERE reversed >= :tail{count} AND reversed < :tail{count} || ':')"
            ));
        }
        Condition::Any(children) => (children, " OR ", Condition::Any),
        Condition::All(children) => (children, " AND ", Condition::All),
        Condition::Phrase { .. } => return Err(StoreError::Value { table: "search" }),
    };
    let (with_numbers, plain): (Vec<_>, Vec<_>) = children.iter().cloned().partition(Condition::has_phone_tail);
    let mut parts = Vec::new();
    if let Some(expression) = whole(plain).expression() {
        parts.push(write_words(db, filter, expression, count)?);
    }
    for child in &with_numbers {
        parts.push(write_condition(db, filter, child, count)?);
    }
    Ok(format!("({})", parts.join(word)))
}

fn write_words(
    db: &Connection,
    filter: &mut Filter,
    expression: String,
    count: &mut u32,
) -> Result<String, StoreError> {
    *count += 1;
    // The plus keeps SQLite from starting at the matches.
    let row = if count_matches(db, &expression)? > FEW { "+household.row" } else { "household.row" };
    filter.bind(format!(":words{count}"), expression);
    Ok(format!("{row} IN (SELECT rowid FROM search WHERE search MATCH :words{count})"))
}

/// How many households match, counted no further than needed.
fn count_matches(db: &Connection, expression: &str) -> Result<i64, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT count(*) AS matches FROM (SELECT rowid FROM search WHERE search MATCH :words LIMIT :limit)",
    )?;
    Ok(statement.query_row(named_params! {":words": expression, ":limit": FEW + 1}, |row| row.get("matches"))?)
}

/// Says in each row which member it was found by, if it is not the one in the title. `tels` answers the phone numbers
/// of a household's members; it is asked only where no name matches.
pub(crate) fn name_matches<E: From<StoreError>>(
    db: &Connection,
    query: &str,
    rows: &mut [HouseholdRow],
    tels: impl Fn(HouseholdId) -> Result<Vec<(MemberId, BTreeSet<String>)>, E>,
) -> Result<(), E> {
    let conditions = parse_query(query);
    if conditions.is_empty() {
        return Ok(());
    }
    let may_be_number = conditions.iter().any(Condition::has_phone_tail);
    for row in rows {
        if matches_name(&conditions, &row.contact_name) {
            continue;
        }
        let members = list_members(db, row.id)?;
        let mut found = members.iter().find(|member| matches_name(&conditions, &member.name));
        if found.is_none() && may_be_number {
            let tels = tels(row.id)?;
            let has_number = |member: &&MemberView| {
                tels.iter().any(|(id, tels)| *id == member.id && tels.iter().any(|tel| has_tel(&conditions, tel)))
            };
            found = members.iter().find(has_number);
        }
        row.matched = found
            .filter(|member| member.name != row.contact_name)
            .map(|member| MatchedMember { name: member.name.clone(), relation: member.relation });
    }
    Ok(())
}

/// Whether a part of what was typed is in this name.
fn matches_name(conditions: &[Condition], name: &str) -> bool {
    let words = collect_name_words(name);
    conditions.iter().any(|condition| condition.holds_in(&words))
}

fn has_tel(conditions: &[Condition], tel: &str) -> bool {
    conditions.iter().any(|condition| condition.holds_for_tel(tel))
}

/// Whether doors on this phone stand in more than one compound, so that a door alone does not say where it is.
pub(crate) fn has_several_compounds(db: &Connection) -> Result<bool, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT (SELECT min(compound) FROM household) <> (SELECT max(compound) FROM household) AS several",
    )?;
    let several: Option<bool> = statement.query_row([], |row| row.get("several"))?;
    Ok(several.unwrap_or_default())
}

/// What a household is called where its compound does not stand elsewhere: `1栋1单元402`, and `海棠花园1栋1单元402` on a
/// phone with several compounds. Nothing: it is not on this phone.
pub(crate) fn name_door(db: &Connection, id: HouseholdId) -> Result<Option<String>, StoreError> {
    let Some(place) = find_place(db, id)? else { return Ok(None) };
    Ok(Some(if has_several_compounds(db)? { place.full() } else { place.door() }))
}

/// One household's card.
pub(crate) fn find_card(db: &Connection, id: HouseholdId, today: LocalDate) -> Result<Option<Card>, StoreError> {
    let mut statement = db.prepare_cached(&format!("{COLUMNS} WHERE id = :id"))?;
    let row = statement.query_row(named_params! {":id": id_bytes(id)}, |row| read_row(row, today)).optional()?;
    row.map(|row| finish(db, row)).transpose()
}

/// Where a household's door is.
pub(crate) fn find_place(db: &Connection, id: HouseholdId) -> Result<Option<Place>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT compound, building_name, unit, room FROM household WHERE id = :id")?;
    Ok(statement.query_row(named_params! {":id": id_bytes(id)}, read_place).optional()?)
}

/// The households most overdue, for 今日; at most `limit`.
pub(crate) fn list_due(db: &Connection, today: LocalDate, limit: u32) -> Result<Vec<HouseholdRow>, StoreError> {
    let request = ListHouseholds { due: DueFilter::ThisWeek, ..ListHouseholds::default() };
    let filter = collect_filter(db, &request, today)?;
    let rows = read_rows(db, &filter, HouseholdOrder::Due, today, i64::from(limit))?;
    rows.into_iter().map(|row| finish(db, row).map(|card| card.row)).collect()
}

/// The household to visit after this one: due within the week, and nobody has been there today. First on the same
/// stairwell from its door upward, then what is below, then in the building by door; elsewhere the most overdue, in its
/// own grid first.
pub(crate) fn find_next_due(
    db: &Connection,
    here: HouseholdId,
    today: LocalDate,
) -> Result<Option<HouseholdRow>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT household.id AS id, last_visit, last_attempt FROM household
         JOIN (SELECT building AS b, unit AS u, grid AS g, substr(sort, 8) AS door FROM household WHERE id = :here)
         WHERE sort < :before AND id <> :here
         ORDER BY CASE WHEN building = b AND unit = u THEN substr(sort, 8) < door
                 WHEN building = b THEN 2 WHEN grid = g THEN 3 ELSE 4 END,
             CASE WHEN building = b THEN substr(sort, 8) ELSE sort END, id",
    )?;
    let before = sort_prefix(Some(day_number(today) + WEEK_DAYS));
    let mut rows = statement.query(named_params! {":here": id_bytes(here), ":before": before})?;
    while let Some(row) = rows.next()? {
        let was_there = |column| {
            let mark = read_mark(row, column)?;
            Ok::<_, rusqlite::Error>(mark.is_some_and(|mark| mark.at.local_date() == today))
        };
        if !was_there("last_visit")? && !was_there("last_attempt")? {
            return Ok(find_card(db, read_id(row.get("id")?).into(), today)?.map(|card| card.row));
        }
    }
    Ok(None)
}

/// How many households a request finds in all.
pub(crate) fn count_households(db: &Connection, request: &ListHouseholds, today: LocalDate) -> Result<u64, StoreError> {
    count_where(db, &collect_filter(db, request, today)?)
}

fn list_buildings(db: &Connection) -> Result<Vec<BuildingOption>, StoreError> {
    let mut statement = db
        .prepare_cached("SELECT building, count(*) AS households FROM household GROUP BY building ORDER BY building")?;
    let rows =
        statement.query_map([], |row| Ok((row.get::<_, String>("building")?, row.get::<_, i64>("households")?)))?;
    let mut buildings = Vec::new();
    for row in rows {
        let (code, households) = row?;
        let name = reference::building_name(db, &code)?;
        if let Ok(code) = code.parse() {
            buildings.push(BuildingOption { code, name, households: households.unsigned_abs() });
        }
    }
    Ok(buildings)
}

fn read_place(row: &Row<'_>) -> rusqlite::Result<Place> {
    Ok(Place {
        compound: row.get("compound")?,
        building: row.get("building_name")?,
        unit: row.get("unit")?,
        room: row.get("room")?,
    })
}

fn read_mark(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<VisitMark>> {
    let text: Option<String> = row.get(column)?;
    Ok(text.and_then(|text| VisitMark::try_from(text).ok()))
}

fn read_row(row: &Row<'_>, today: LocalDate) -> rusqlite::Result<PlainRow> {
    let building: String = row.get("building")?;
    let conflicts: i64 = row.get("conflicts")?;
    let view = HouseholdRow {
        id: read_id(row.get("id")?).into(),
        place: read_place(row)?,
        class: VisitClass::from_code(row.get_ref("visit_class")?.as_str()?),
        contact_name: row.get("contact_name")?,
        house_status: row.get::<_, Option<String>>("house_status")?.map(|code| HouseStatus::from_code(&code)),
        due: due_state_on(row.get("due_day")?, row.get("is_rested")?, today),
        last_visit: read_mark(row, "last_visit")?,
        last_attempt: read_mark(row, "last_attempt")?,
        attempts: row.get("attempts")?,
        open_needs: row.get("open_needs")?,
        has_conflict: conflicts > 0,
        state: contract::RecordState::Confirmed,
        shows_compound: false,
        matched: None,
    };
    let building = building.parse().map_err(|_| rusqlite::Error::InvalidQuery)?;
    Ok(PlainRow {
        card: Card { row: view, building, needs: row.get("needs")?, note: row.get("note")? },
        particulars: read_id(row.get("particulars")?),
        sort: row.get("sort")?,
    })
}

fn finish(db: &Connection, row: PlainRow) -> Result<Card, StoreError> {
    let mut card = row.card;
    card.row.state = read_state(db, &[card.row.id.into(), row.particulars])?;
    card.row.shows_compound = has_several_compounds(db)?;
    Ok(card)
}

#[cfg(test)]
#[path = "household_list_tests.rs"]
mod tests;
