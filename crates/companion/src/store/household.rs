//! Cards in the tables for reading: `household`, `member`, and their words in `search`.

use std::collections::BTreeMap;

use contract::MemberView;
use documents::Reading;
use domain::codes::{CodeList as _, NeedCode, NeedState, Relation, Residence};
use domain::household::Place;
use domain::member_pair::Person;
use domain::time::{add_days, days_between};
use domain::{DueState, Household, HouseholdId, LocalDate, MemberId, RecordId, due_state, next_due};
use jiff::civil::date;
use rusqlite::{Connection, named_params};
use uuid::Uuid;

use super::clock::read_horizon;
use super::document::id_bytes;
use super::{StoreError, Writing, conflict, search};

/// Day 0 of `due_day`.
const DAY_ZERO: LocalDate = date(1970, 1, 1);
/// Stands for "not scheduled" in sort keys: after every real day.
const NEVER: i32 = 9_999_999;

/// A day as it is stored.
pub(crate) fn day_number(day: LocalDate) -> i32 {
    days_between(DAY_ZERO, day)
}

/// The day stored as this number.
pub(crate) fn day_of(number: i32) -> LocalDate {
    add_days(DAY_ZERO, number)
}

/// Characters of a sort key that are the due day; the door follows.
pub(crate) const SORT_PREFIX_CHARS: usize = 7;

/// The first seven characters of a sort key: the due day.
pub(crate) fn sort_prefix(due_day: Option<i32>) -> String {
    format!("{:07}", due_day.unwrap_or(NEVER).max(0))
}

/// A door so that `2栋` stands before `10栋`: every run of digits padded.
pub(crate) fn door_key(place: &Place) -> String {
    let mut key = String::new();
    for part in [&place.compound, &place.building, &place.unit, &place.room] {
        let text = domain::text::to_half_width(part);
        let mut rest = text.trim();
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            if digits > 0 {
                key.push_str(&format!("{:0>8}", &rest[..digits]));
                rest = &rest[digits..];
            } else {
                let words = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
                key.push_str(&rest[..words]);
                rest = &rest[words..];
            }
        }
        key.push('\u{1}');
    }
    key
}

/// When the household is due, and whether the cycle before was ended by attempts. Does not depend on today.
fn read_due(household: &Household) -> (Option<i32>, bool) {
    let Some(due) = next_due(household) else {
        return (None, false);
    };
    let is_rested = matches!(due_state(household, add_days(due, -1)), DueState::Rested { .. });
    (Some(day_number(due)), is_rested)
}

/// How a household stands today, from what its row says: what `domain::due_state` says of the card.
pub(crate) fn due_state_on(due_day: Option<i32>, is_rested: bool, today: LocalDate) -> DueState {
    let Some(due_day) = due_day else {
        return DueState::NotScheduled;
    };
    match due_day - day_number(today) {
        0 => DueState::DueToday,
        days if days < 0 => DueState::Overdue { days: -days },
        _ if is_rested => DueState::Rested { until: day_of(due_day) },
        days => DueState::DueIn { days },
    }
}

pub(crate) fn put_household(writing: &Writing<'_>, reading: &Reading<Household>) -> Result<(), StoreError> {
    let household = reading.record.without_marks_after(read_horizon(writing)?);
    let household = household.as_ref();
    let (due_day, is_rested) = read_due(household);
    let sort = format!("{}{}", sort_prefix(due_day), door_key(&household.place));
    let since = household.last_visit.map(|mark| mark.at);
    let last_attempt =
        household.attempts.values().filter(|mark| since.is_none_or(|since| mark.at > since)).max().copied();
    let open_needs = household.needs.values().filter(|state| **state != NeedState::Met).count();
    let needs = serde_json::to_string(&household.needs).map_err(|_| StoreError::Value { table: "household" })?;
    let words = search::collect_words(household);
    let hash = words.hash();
    let indexed = find_index(writing, household.id)?;
    let row: i64 = writing.prepare_cached(include_str!("household_put.sql"))?.query_row(
        named_params! {
            ":id": id_bytes(household.id),
            ":particulars": id_bytes(household.id.particulars()),
            ":grid": household.grid.as_str(),
            ":building": household.building.as_str(),
            ":compound": household.place.compound,
            ":building_name": household.place.building,
            ":unit": household.place.unit,
            ":room": household.place.room,
            ":visit_class": household.class().code(),
            ":contact_name": household.contact_name,
            ":house_status": household.house_status.map(|status| status.code()),
            ":due_day": due_day,
            ":is_rested": is_rested,
            ":sort": sort,
            ":last_visit": household.last_visit.map(String::from),
            ":last_attempt": last_attempt.map(String::from),
            ":attempts": household.open_attempts() as i64,
            ":open_needs": open_needs as i64,
            ":conflicts": reading.conflicts.len() as i64,
            ":needs": needs,
            ":note": household.note,
            ":search_hash": hash,
        },
        |row| row.get("row"),
    )?;
    put_members(writing, household)?;
    conflict::put_conflicts(writing, household.id.into(), &reading.conflicts)?;
    if indexed != Some((row, hash)) {
        search::put_words(writing, row, &words)?;
    }
    Ok(())
}

/// The row of a household and what `search` holds of it.
fn find_index(db: &Connection, id: HouseholdId) -> Result<Option<(i64, i64)>, StoreError> {
    let mut statement = db.prepare_cached("SELECT row, search_hash FROM household WHERE id = :id")?;
    let mut rows = statement.query(named_params! {":id": id_bytes(id)})?;
    Ok(match rows.next()? {
        Some(row) => Some((row.get("row")?, row.get("search_hash")?)),
        None => None,
    })
}

fn put_members(writing: &Writing<'_>, household: &Household) -> Result<(), StoreError> {
    remove_members(writing, household.id.into())?;
    let left = household.people().into_iter().filter(Person::has_left);
    let mut statement = writing.prepare_cached(
        "INSERT INTO member (household, id, position, name, relation, residence)
         VALUES (:household, :id, :position, :name, :relation, :residence)",
    )?;
    for (position, Person { id, member, .. }) in household.current_members().into_iter().chain(left).enumerate() {
        statement.execute(named_params! {
            ":household": id_bytes(household.id),
            ":id": id.as_uuid().into_bytes(),
            ":position": position as i64,
            ":name": member.name,
            ":relation": member.relation.map(|relation| relation.code()),
            ":residence": member.residence.map(|residence| residence.code()),
        })?;
    }
    Ok(())
}

fn remove_members(writing: &Writing<'_>, id: RecordId) -> Result<(), StoreError> {
    let mut statement = writing.prepare_cached("DELETE FROM member WHERE household = :household")?;
    statement.execute(named_params! {":household": id_bytes(id)})?;
    Ok(())
}

pub(crate) fn remove_household(writing: &Writing<'_>, id: RecordId) -> Result<(), StoreError> {
    if let Some((row, _)) = find_index(writing, id.into())? {
        search::remove_words(writing, row)?;
    }
    remove_members(writing, id)?;
    conflict::put_conflicts(writing, id, &[])?;
    writing.prepare_cached("DELETE FROM household WHERE id = :id")?.execute(named_params! {":id": id_bytes(id)})?;
    Ok(())
}

/// The members of a household as the card shows them, nothing of their particulars.
pub(crate) fn list_members(db: &Connection, household: HouseholdId) -> Result<Vec<MemberView>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT id, name, relation, residence FROM member WHERE household = :household ORDER BY position",
    )?;
    let members = statement.query_map(named_params! {":household": id_bytes(household)}, |row| {
        Ok(MemberView {
            id: MemberId::from_uuid(Uuid::from_bytes(row.get("id")?)),
            name: row.get("name")?,
            relation: row.get::<_, Option<String>>("relation")?.map(|code| Relation::from_code(&code)),
            residence: row.get::<_, Option<String>>("residence")?.map(|code| Residence::from_code(&code)),
            tel_masked: None,
            id_no_masked: None,
            aliases: Vec::new(),
        })
    })?;
    Ok(members.collect::<rusqlite::Result<_>>()?)
}

/// Needs as the `needs` column holds them.
pub(crate) fn read_needs(json: &str) -> Result<BTreeMap<NeedCode, NeedState>, StoreError> {
    serde_json::from_str(json).map_err(|_| StoreError::Value { table: "household" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(building: &str, unit: &str, room: &str) -> String {
        door_key(&Place {
            compound: "海棠花园".into(),
            building: building.into(),
            unit: unit.into(),
            room: room.into(),
        })
    }

    #[test]
    fn doors_stand_in_the_order_in_which_one_walks() {
        let mut doors = [
            key("10栋", "1单元", "101"),
            key("2栋", "1单元", "1001"),
            key("2栋", "1单元", "201"),
            key("２栋", "2单元", "101"),
            key("A座", "", "3"),
        ];
        let walked = [doors[2].clone(), doors[1].clone(), doors[3].clone(), doors[0].clone(), doors[4].clone()];
        doors.sort();
        assert_eq!(doors, walked);
    }

    #[test]
    fn a_day_and_its_number_belong_together() {
        for day in [date(1970, 1, 1), date(2026, 11, 23), date(1969, 12, 31)] {
            assert_eq!(day_of(day_number(day)), day);
        }
    }
}
