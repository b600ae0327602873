//! Finding incidents: by words, by number, and those that may be the same matter.

use domain::{Incident, IncidentId, UnixMillis};
use rusqlite::{Connection, named_params};

use super::StoreError;
use super::document::{id_bytes, read_id};
use super::filter::Filter;
use super::search::{Condition, normalise, parse_query};

/// Fewest digits that are looked for at the end of human numbers.
const NUMBER_TAIL: usize = 3;
/// Digits of a human number.
const NUMBER_DIGITS: usize = 19;
/// Most incidents that are read to find out whether they are the same matter.
const CANDIDATES: usize = 20;
/// A little more than the 200 m within which reports may be of one matter, in degrees of latitude.
const REACH_DEGREES: f64 = 0.002;

/// What was typed: words that all occur, or the end of a human number, or the last six characters of the id.
pub(super) fn add_search(filter: &mut Filter, query: &str) {
    let mut matches = Vec::new();
    let words: Vec<String> = parse_query(query).iter().filter_map(Condition::expression).collect();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_people_write_it() {
        for (typed, digits) in [
            ("9901012026112300001", Some("9901012026112300001")),
            ("990101-20261123-00001", Some("9901012026112300001")),
            ("990101 20261123 00001", Some("9901012026112300001")),
            ("００００１", Some("00001")),
            ("12", None),
            ("3 402", None),
            ("垃圾001", None),
            ("", None),
        ] {
            assert_eq!(read_number(typed).as_deref(), digits, "{typed}");
        }
    }
}
