//! What a list says laid over what the office said before. A blank or absent value says nothing: the earlier word stays.

use std::collections::BTreeSet;

use domain::codes::Residence;
use domain::household::Member;
use domain::particulars::PersonParticulars;
use domain::{Household, MemberId};
use spreadsheet::text::cut;

use super::{Imported, Known};
use crate::people::marks::is_masked;
use crate::{Column, Columns, RosterHousehold, RosterPerson, name_key};

/// Most characters of a remark on a person.
const REMARK_LIMIT: usize = 500;

pub(super) fn make_member(person: &RosterPerson) -> Member {
    Member { name: person.name.clone(), relation: person.relation, residence: person.residence }
}

pub(super) fn make_particulars(person: &RosterPerson) -> PersonParticulars {
    PersonParticulars {
        id_no: person.id_no.clone(),
        tels: person.tels.clone(),
        sex: person.sex,
        birth_month: person.birth_month.clone(),
        population_type: person.population_type,
        care_tags: person.care_tags.clone(),
        work_or_school: person.work_or_school.clone(),
        health_note: String::new(),
        remark: person.remark.clone(),
    }
}

/// Blank cells of values that the office gave before.
pub(super) struct Blanks {
    columns: Columns,
    titles: Vec<&'static str>,
}

impl Blanks {
    fn of(columns: Columns) -> Self {
        Self { columns, titles: Vec::new() }
    }

    /// Takes a value, if there is one.
    fn lay<T: Clone + Default + PartialEq>(&mut self, said: &mut T, now: &T, column: Column) {
        if *now != T::default() {
            said.clone_from(now);
        } else if *said != T::default() && self.columns.has(column) {
            self.titles.push(column.title());
        }
    }

    /// What to tell of them.
    pub(super) fn tell(&self) -> Option<String> {
        let titles = self.titles.join("”“");
        (!self.titles.is_empty()).then(|| format!("“{titles}”没有填写，已保留上次名单中的内容"))
    }
}

/// Lays what a list says of a dwelling over a card.
pub(super) fn lay_dwelling(from: &RosterHousehold, said: &mut Household) -> Blanks {
    // The remark column is the persons' as well: where they stand, it says nothing about the dwelling.
    let columns = if from.persons.is_empty() { from.columns } else { from.columns.without(Column::Remark) };
    let mut blanks = Blanks::of(columns);
    blanks.lay(&mut said.house_status, &from.house_status, Column::HouseStatus);
    let is_spelling = is_masked(&from.head_name) && !said.contact_name.is_empty()
        || name_key(&said.contact_name) == name_key(&from.head_name);
    if !is_spelling {
        blanks.lay(&mut said.contact_name, &from.head_name, Column::HeadName);
    }
    blanks.lay(&mut said.note, &from.note, Column::Remark);
    blanks
}

/// How a listed person is to be taken.
#[derive(Default)]
pub(super) struct Taken<'a> {
    /// The number of the list is not certain: the earlier one stays.
    pub(super) is_number_kept: bool,
    /// The row has phones with hidden digits: those that are not listed may be those.
    pub(super) has_masked_tels: bool,
    /// Numbers that the list gives to people of this home.
    pub(super) given: BTreeSet<&'a str>,
}

/// Lays what a list says of a known person over what the office said before; blanks where it had said something.
pub(super) fn lay_person(
    from: &RosterPerson,
    known: &Known,
    entry: MemberId,
    taken: &Taken<'_>,
    said: &mut Imported,
) -> Option<Blanks> {
    let current = known.current.household.members.get(&entry);
    let has_base = said.household.members.contains_key(&entry);
    let blank =
        Member { name: current.map_or_else(|| from.name.clone(), |m| m.name.clone()), relation: None, residence: None };
    let member = said.household.members.entry(entry).or_insert(blank);
    let mut columns = from.columns;
    let key = name_key(&from.name);
    let is_known_spelling =
        name_key(&member.name) == key || current.is_some_and(|current| name_key(&current.name) == key);
    if let Some(current) = current.filter(|current| name_key(&current.name) == key && name_key(&member.name) != key) {
        member.name.clone_from(&current.name);
    } else if !is_known_spelling && !is_masked(&from.name) {
        member.name.clone_from(&from.name);
    }
    let mut details = said.particulars.members.remove(&entry).unwrap_or_default();
    if taken.is_number_kept || !from.masked_id.is_empty() {
        columns = columns.without(Column::IdNo);
    }
    if taken.has_masked_tels {
        columns = columns.without(Column::Tels);
    }
    let mut blanks = Blanks::of(columns);
    blanks.lay(&mut member.relation, &from.relation, Column::Relation);
    member.residence = from.residence.or(member.residence);
    if from.id_no.is_empty() && from.masked_id.is_empty() && taken.given.contains(details.id_no.as_str()) {
        details.id_no.clear();
    } else if !taken.is_number_kept {
        blanks.lay(&mut details.id_no, &from.id_no, Column::IdNo);
    }
    if taken.has_masked_tels {
        details.tels.extend(from.tels.iter().cloned());
    } else {
        blanks.lay(&mut details.tels, &from.tels, Column::Tels);
    }
    // What follows from a number that is not taken is not taken either; of one that the ledger has already it is no
    // word of the list.
    let ledger = known.current.particulars.members.get(&entry);
    let has_number = ledger.is_some_and(|ledger| !from.id_no.is_empty() && ledger.id_no == from.id_no);
    let is_own = |column, is_blank: bool| {
        if taken.is_number_kept { from.columns.has(column) } else { !(has_number && is_blank) }
    };
    if is_own(Column::Sex, details.sex.is_none() && ledger.is_some_and(|ledger| ledger.sex.is_none())) {
        blanks.lay(&mut details.sex, &from.sex, Column::Sex);
    }
    let is_unknown = ledger.is_some_and(|ledger| ledger.birth_month.is_empty());
    if is_own(Column::BirthMonth, details.birth_month.is_empty() && is_unknown) {
        blanks.lay(&mut details.birth_month, &from.birth_month, Column::BirthMonth);
    }
    blanks.lay(&mut details.population_type, &from.population_type, Column::PopulationType);
    blanks.lay(&mut details.care_tags, &from.care_tags, Column::CareTags);
    blanks.lay(&mut details.work_or_school, &from.work_or_school, Column::WorkOrSchool);
    if from.remark.is_empty() || from.columns.has(Column::Remark) {
        blanks.lay(&mut details.remark, &from.remark, Column::Remark);
    } else {
        details.remark = join_remarks(&details.remark, &from.remark);
    }
    if details != PersonParticulars::default() {
        said.particulars.members.insert(entry, details);
    }
    has_base.then_some(blanks)
}

/// The earlier remark with what the import itself has to remark now.
fn join_remarks(before: &str, now: &str) -> String {
    let known: Vec<&str> = before.split('；').collect();
    let fresh = now.split('；').filter(|part| !known.contains(part));
    let all: Vec<&str> = known.iter().copied().filter(|part| !part.is_empty()).chain(fresh).collect();
    cut(&all.join("；"), REMARK_LIMIT).0
}

/// A listed person with what the ledger knows of them behind another door.
pub(super) fn carry_over(from: &RosterPerson, known: &Known, entries: &[MemberId]) -> (Member, PersonParticulars) {
    let (mut member, mut details) = (make_member(from), make_particulars(from));
    for entry in entries {
        if let Some(old) = known.current.household.members.get(entry).filter(|_| is_masked(&member.name)) {
            member.name.clone_from(&old.name);
        }
        let Some(old) = known.current.particulars.members.get(entry) else { continue };
        for (now, before) in [
            (&mut details.id_no, &old.id_no),
            (&mut details.birth_month, &old.birth_month),
            (&mut details.work_or_school, &old.work_or_school),
            (&mut details.health_note, &old.health_note),
            (&mut details.remark, &old.remark),
        ] {
            if now.is_empty() {
                now.clone_from(before);
            }
        }
        details.sex = details.sex.or(old.sex);
        details.population_type = details.population_type.or(old.population_type);
        if details.tels.is_empty() {
            details.tels.clone_from(&old.tels);
        }
        if details.care_tags.is_empty() {
            details.care_tags.clone_from(&old.care_tags);
        }
    }
    member.residence = member.residence.filter(|residence| *residence != Residence::MovedOut);
    (member, details)
}
