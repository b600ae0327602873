//! The edits of known records, and what is kept for the next import.

use super::Planner;
use crate::diff::{compare, said_nothing};
use crate::place::normal::door_key;
use crate::plan::visits::class_of;
use crate::plan::{Imported, PlanError};
use crate::{Column, FindingCode, RowRef};
use domain::codes::VisitClass;
use std::collections::{BTreeMap, BTreeSet};

impl Planner<'_, '_> {
    /// Compares field by field; the records that change.
    pub(super) fn write_edits(&mut self) -> Result<BTreeSet<usize>, PlanError> {
        let mut changed = BTreeSet::new();
        for record in std::mem::take(&mut self.order) {
            let known = &self.ledger.households[record];
            let mut said = self.said.remove(&record).unwrap_or_else(|| said_nothing(&known.current));
            let forced = self.forced.remove(&record).unwrap_or_default();
            let key = self.key_of(record, &said);
            let merged = compare(&key, known, &said, &forced)?.merged;
            said.household.visit_class = self.visit_class(record, &merged, &said);
            let compared = compare(&key, known, &said, &forced)?;
            self.tell_kept(record, &compared.kept);
            if !compared.edits.is_empty() {
                changed.insert(record);
            }
            self.plan.edits.extend(compared.edits);
            if known.base.as_ref() != Some(&said) || known.stored_key.as_ref() != Some(&key) {
                if let Some(old) = known.stored_key.as_ref().filter(|old| **old != key) {
                    self.plan.dropped_keys.push(old.clone());
                }
                self.plan.bases.push((key, said));
            }
        }
        Ok(changed)
    }

    /// The key for the base of a known record: by its door, or beside another one's.
    pub(super) fn key_of(&mut self, record: usize, said: &Imported) -> String {
        let known = &self.ledger.households[record];
        let door = format!("{}|{}", said.household.grid, door_key(&said.household.place));
        let beside = format!("{door}#");
        if let Some(stored) = known.stored_key.as_ref().filter(|key| **key == door || key.starts_with(&beside)) {
            return stored.clone();
        }
        let key = if self.keys.contains(&door) { format!("{beside}{}", said.household.id) } else { door };
        self.keys.insert(key.clone());
        key
    }

    /// From what is known after this list, not from what it says alone: a list of phones changes nobody's class. A
    /// class stays where nothing that it follows from has changed, so that one set by hand is not taken back.
    pub(super) fn visit_class(&self, record: usize, merged: &Imported, said: &Imported) -> Option<VisitClass> {
        let known = &self.ledger.households[record];
        let is_empty = |records: &Imported| records.household.members.is_empty();
        let class = |records: &Imported, is_empty: bool| {
            class_of(records.household.house_status, is_empty, records.particulars.members.values())
        };
        let before = class(&known.current, is_empty(&known.current));
        let after = class(merged, is_empty(merged) || self.told_empty.contains(&record));
        let last = said.household.visit_class;
        let was_put_off = last == Some(VisitClass::D) && after != last;
        if after != before || was_put_off { after } else { last }
    }

    pub(super) fn tell_kept(&mut self, record: usize, paths: &[String]) {
        let mut titles: BTreeMap<RowRef, BTreeSet<&'static str>> = BTreeMap::new();
        for path in paths {
            let Some(title) = title_of(path) else { continue };
            let member = path.strip_prefix("members.").and_then(|rest| rest.split('.').next()?.parse().ok());
            let source = self.sources.get(&(record, member)).or_else(|| self.sources.get(&(record, None)));
            if let Some(source) = source {
                titles.entry(source.clone()).or_default().insert(title);
            }
        }
        for (source, titles) in titles {
            let titles: Vec<_> = titles.into_iter().collect();
            let text = format!("“{}”与已登记的不同或已登记满，保留已登记的，请核对", titles.join("”“"));
            self.tell(&source, FindingCode::ValueKept, text);
        }
    }
}

/// What offices call a path; `None` for what no list gives.
fn title_of(path: &str) -> Option<&'static str> {
    let names: Vec<&str> = path.split('.').collect();
    Some(match names[..] {
        ["house_status"] => Column::HouseStatus.title(),
        ["contact_name"] => Column::HeadName.title(),
        ["note"] => "住户备注",
        ["place", ..] => "地址",
        ["members", _, field, ..] => match field {
            "name" => "姓名",
            "relation" => Column::Relation.title(),
            "residence" => "人员状态",
            "id_no" => Column::IdNo.title(),
            "tels" => Column::Tels.title(),
            "sex" => Column::Sex.title(),
            "birth_month" => Column::BirthMonth.title(),
            "population_type" => Column::PopulationType.title(),
            "care_tags" => Column::CareTags.title(),
            "work_or_school" => Column::WorkOrSchool.title(),
            "remark" => Column::Remark.title(),
            _ => return None,
        },
        _ => return None,
    })
}
