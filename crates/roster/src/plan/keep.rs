//! What a list does not say stays as the last import left it: absent columns in silence, blank cells with a finding.

use std::collections::BTreeSet;

use domain::household::Member;
use domain::particulars::PersonParticulars;
use domain::{Household, MemberId};

use super::Imported;
use crate::{Column, Finding, FindingCode, RosterHousehold, RosterPerson};
use spreadsheet::text::cut;

/// Most characters of a remark on a person.
const REMARK_LIMIT: usize = 500;

/// Values that were left as they were.
#[derive(Default)]
struct Kept(Vec<Column>);

impl Kept {
    /// Puts the earlier value where there is none now.
    fn keep<T: Clone + Default + PartialEq>(&mut self, now: &mut T, before: &T, column: Column) {
        if *now == T::default() && *before != T::default() {
            now.clone_from(before);
            self.0.push(column);
        }
    }

    /// The titles of those that the list has a column for, and so left blank.
    fn blank(&self, has: impl Fn(Column) -> bool) -> Option<String> {
        let titles: Vec<_> = self.0.iter().filter(|column| has(**column)).map(|column| column.title()).collect();
        (!titles.is_empty()).then(|| format!("“{}”没有填写，已保留上次名单中的内容", titles.join("”“")))
    }
}

/// Keeps what the list does not say about a dwelling.
pub(super) fn keep_dwelling(
    from: &RosterHousehold,
    before: &Imported,
    now: &mut Household,
    findings: &mut Vec<Finding>,
) {
    let mut kept = Kept::default();
    kept.keep(&mut now.house_status, &before.household.house_status, Column::HouseStatus);
    kept.keep(&mut now.contact_name, &before.household.contact_name, Column::HeadName);
    kept.keep(&mut now.note, &before.household.note, Column::Remark);
    // The remark column is the persons' as well: where they stand, it says nothing about the dwelling.
    let has = |column| from.columns.has(column) && (column != Column::Remark || from.persons.is_empty());
    if let Some(text) = kept.blank(has) {
        findings.push(Finding::new(&from.source, FindingCode::ValueBlankKept, text));
    }
}

/// Keeps what the list does not say about a person. A number that now is another's is not kept.
pub(super) fn keep_person(
    from: &RosterPerson,
    before: &Imported,
    id: MemberId,
    given: &BTreeSet<&str>,
    now: (&mut Member, &mut PersonParticulars),
    findings: &mut Vec<Finding>,
) {
    let (member, details) = now;
    let mut kept = Kept::default();
    if let Some(known) = before.household.members.get(&id) {
        kept.keep(&mut member.relation, &known.relation, Column::Relation);
        member.residence = member.residence.or(known.residence);
    }
    if let Some(known) = before.particulars.members.get(&id) {
        if !given.contains(known.id_no.as_str()) {
            kept.keep(&mut details.id_no, &known.id_no, Column::IdNo);
        }
        kept.keep(&mut details.tels, &known.tels, Column::Tels);
        kept.keep(&mut details.sex, &known.sex, Column::Sex);
        kept.keep(&mut details.birth_month, &known.birth_month, Column::BirthMonth);
        kept.keep(&mut details.population_type, &known.population_type, Column::PopulationType);
        kept.keep(&mut details.care_tags, &known.care_tags, Column::CareTags);
        kept.keep(&mut details.work_or_school, &known.work_or_school, Column::WorkOrSchool);
        if details.remark.is_empty() || from.columns.has(Column::Remark) {
            kept.keep(&mut details.remark, &known.remark, Column::Remark);
        } else {
            details.remark = join_remarks(&known.remark, &details.remark);
        }
        details.health_note.clone_from(&known.health_note);
    }
    if let Some(text) = kept.blank(|column| from.columns.has(column)) {
        findings.push(Finding::new(&from.source, FindingCode::ValueBlankKept, text));
    }
}

/// The earlier remark with what the import itself has to remark now.
fn join_remarks(before: &str, now: &str) -> String {
    let known: Vec<&str> = before.split('；').collect();
    let fresh = now.split('；').filter(|part| !known.contains(part));
    let all: Vec<&str> = known.iter().copied().filter(|part| !part.is_empty()).chain(fresh).collect();
    cut(&all.join("；"), REMARK_LIMIT).0
}
