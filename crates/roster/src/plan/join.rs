//! Two doors of a list that are one known home: what both say is of one home.

use super::ledger::tells_apart;
use crate::place::door::fill;
use crate::{RosterHousehold, RosterPerson, name_key};

/// Joins what a later door says to an earlier one. Who stands behind both is one person: the same entry, or one name and
/// no other number, relation or entry.
pub(super) fn join(earlier: &mut RosterHousehold, later: RosterHousehold) {
    earlier.columns = earlier.columns.or(later.columns);
    earlier.house_status = earlier.house_status.or(later.house_status);
    fill(&mut earlier.head_name, later.head_name);
    fill(&mut earlier.note, later.note);
    for mut person in later.persons {
        if let Some(known) = earlier.persons.iter_mut().find(|known| !known.repeats && is_repeated(known, &person)) {
            known.take_missing_from(&person);
            person.repeats = true;
        }
        earlier.persons.push(person);
    }
}

fn is_repeated(known: &RosterPerson, person: &RosterPerson) -> bool {
    if known.id.is_some() && person.id.is_some() {
        return known.id == person.id;
    }
    let is_open = !tells_apart(&known.id_no) || !tells_apart(&person.id_no) || known.id_no == person.id_no;
    let is_same_relation = known.relation.is_none() || person.relation.is_none() || known.relation == person.relation;
    is_open && is_same_relation && name_key(&known.name) == name_key(&person.name)
}
