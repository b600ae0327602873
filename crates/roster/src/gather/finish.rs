//! Closing a reading: heads, vacancies, totals, order of findings.

use std::collections::HashMap;

use domain::LocalDate;
use domain::codes::{HouseStatus, Relation};

use super::{Draft, Reading};
use crate::people::numbers;
use crate::people::person;
use crate::place::door::fill;
use crate::{Column, Counts, FindingCode, Roster, RosterHousehold, RosterPerson, RowRef, name_key};

impl Reading<'_> {
    /// Closes the reading: heads, vacancies, totals, order of findings; or the first row without a grid, if no row has
    /// one.
    pub(crate) fn finish(mut self) -> Result<Roster, RowRef> {
        let drafts = std::mem::take(&mut self.drafts);
        if drafts.is_empty()
            && !self.has_grid
            && let Some(first) = self.lacks_grid
        {
            return Err(first);
        }
        let mut households = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let today = self.options.today;
            let (household, is_lost, overflows) = finish_head(draft, today);
            if overflows {
                self.tell(&household.source, FindingCode::TextCut, person::TELS_CUT);
            }
            if is_lost {
                let text = "户主栏（或地址、备注）里的号码不能确定是谁的，号码未导入，请核对";
                self.leave_out(&household.source.clone(), FindingCode::NameMissing, text, 0);
            }
            let is_vacant = household.house_status == Some(HouseStatus::Vacant);
            let at = household.source.clone();
            match (household.persons.is_empty(), is_vacant) {
                (true, false) if household.columns.has(Column::Name) => {
                    self.tell(&at, FindingCode::NobodyListed, "此户没有列出任何人，按无人登记处理")
                }
                (false, true) => {
                    self.tell(&at, FindingCode::VacantWithPerson, "居住状态为空置但列有人员，人员已导入，请核对")
                }
                _ => {}
            }
            households.push(household);
        }
        let counts = Counts {
            grids: households.iter().map(|household| household.grid.clone()).collect(),
            households: households.len(),
            persons: households.iter().map(|household| household.persons.iter().filter(|p| !p.repeats).count()).sum(),
            vacant: households.iter().filter(|household| household.persons.is_empty()).count(),
        };
        let order: HashMap<(String, String), usize> =
            self.sheets.into_iter().enumerate().map(|(position, place)| (place, position)).collect();
        let position = |file: &String, sheet: &String| order.get(&(file.clone(), sheet.clone())).copied();
        self.findings.sort_by_cached_key(|finding| (position(&finding.file, &finding.sheet), finding.row));
        self.unplaced.sort_by_cached_key(|one| (position(&one.source.file, &one.source.sheet), one.source.row));
        Ok(Roster { households, unplaced: self.unplaced, findings: self.findings, counts })
    }
}

/// Puts the head's own columns where they belong and finds the name to ask for; and whether numbers found nobody, and
/// whether phones went to the remark.
fn finish_head(draft: Draft, today: LocalDate) -> (RosterHousehold, bool, bool) {
    let Draft { mut household, head_id, head_tels, loose_numbers, head_is_beside, .. } = draft;
    let by_relation = household.persons.iter().position(|person| person.relation == Some(Relation::Head));
    let head_key = name_key(&household.head_name);
    let by_name = household.persons.iter().position(|person| name_key(&person.name) == head_key);
    let has_own_columns = head_id.is_some() || !head_tels.is_empty();
    let has_own_numbers = head_id.as_ref().is_some_and(|id| !id.id_no.is_empty()) || !head_tels.is_empty();
    let has_numbers = has_own_numbers || !loose_numbers.is_empty();
    let (mut overflows, mut is_lost) = (false, false);
    let mut head = if household.head_name.is_empty() { by_relation } else { by_name.or(by_relation) };
    let is_a_person = has_own_columns || has_numbers || head_is_beside;
    if by_name.is_none() && by_relation.is_none() && is_a_person && !household.head_name.is_empty() {
        let mut person = RosterPerson::named(household.head_name.clone(), household.source.clone());
        person.relation = Some(Relation::Head);
        household.persons.insert(0, person);
        head = Some(0);
    }
    if let Some(head) = head {
        let person = &mut household.persons[head];
        if household.head_name.is_empty() {
            household.head_name.clone_from(&person.name);
        }
        if name_key(&person.name) == name_key(&household.head_name) {
            overflows = person.add_tels(head_tels);
            match head_id {
                Some(id) if person.id_no.is_empty() => {
                    person.id_no = id.id_no;
                    person.sex = person.sex.or(id.sex);
                    fill(&mut person.birth_month, id.birth_month);
                }
                // Two numbers of one person: the person's own counts.
                Some(id) => is_lost |= !id.id_no.is_empty() && id.id_no != person.id_no,
                None => {}
            }
            numbers::keep_numbers(person, loose_numbers, today);
        } else {
            // Another is the head by relation: whose the numbers are is not certain.
            is_lost = has_numbers;
        }
    } else {
        is_lost = has_numbers;
    }
    (household, is_lost, overflows)
}
