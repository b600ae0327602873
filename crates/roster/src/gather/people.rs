//! Taking the people of a row into their home: who stands there already, whose number is whose.

use std::borrow::Cow;

use domain::codes::Relation;
use spreadsheet::{Cell, Row};

use super::Reading;
use crate::people::names::{self, Entry};
use crate::people::numbers;
use crate::people::person::{self, Person};
use crate::structure::layout::Layout;
use crate::structure::titles::Field;
use crate::{FindingCode, RosterPerson, RowRef, name_key};

impl Reading<'_> {
    /// Takes one person of a row, or says why not.
    pub(crate) fn read_person(
        &mut self,
        at: &RowRef,
        row: &Row,
        layout: &Layout,
        household: usize,
        (entry, of_door): (Entry, &[String]),
    ) {
        let Entry { index, name, marks, numbers, own_row, several, is_unreadable } = entry;
        let row = own_row.as_ref().unwrap_or(row);
        if is_unreadable {
            let why = "姓名是错误值、没有结果的公式或已被划掉，此人未导入";
            self.leave_out(at, FindingCode::RowStruck, why, 1);
            return;
        }
        let Some(name) = name else {
            if layout.has_any_number(row, index) || !numbers.is_empty() {
                self.leave_out(at, FindingCode::NameMissing, "有证件号码或电话但没有姓名，未导入此人", 1);
            }
            return;
        };
        if several {
            let count = names::divide(&name).len();
            let why = "姓名格里有几个人，与号码对不上，这几个人未导入，请分行填写";
            self.leave_out(at, FindingCode::SeveralPersons, why, count);
            return;
        }
        let row = &self.repeat_tels(household, row, layout, index);
        let head_name = self.drafts[household].household.head_name.clone();
        let mut read = person::read(at, row, layout, (index, name, &marks), &head_name, self.options.today);
        numbers::keep_numbers(&mut read.person, of_door.to_vec(), self.options.today);
        if !numbers.is_empty() {
            self.tell(at, FindingCode::NumberInName, "姓名里有号码，已移到人员资料");
            numbers::keep_numbers(&mut read.person, numbers, self.options.today);
        }
        self.add_person(at, household, read);
    }

    /// The row with 同上 in place of a phone replaced by the number of the row above, where that is of the same home.
    fn repeat_tels<'r>(&self, household: usize, row: &'r Row, layout: &Layout, index: usize) -> Cow<'r, Row> {
        let Some(column) = layout.ditto_at(row, Field::Tel, index) else { return Cow::Borrowed(row) };
        let above = self.drafts[household].household.persons.last().filter(|_| self.follows);
        let Some(tels) = above.map(|person| &person.tels).filter(|tels| !tels.is_empty()) else {
            return Cow::Borrowed(row);
        };
        let mut row = row.clone();
        row.cells[column] = Cell::text(tels.iter().cloned().collect::<Vec<_>>().join("、"));
        Cow::Owned(row)
    }

    /// The row before that lists the same person of this home: the same name, no other relation, and numbers that do not
    /// contradict.
    fn find_repeated(&self, at: &RowRef, household: usize, person: &RosterPerson) -> Option<usize> {
        let key = name_key(&person.name);
        let fits = |earlier: &RosterPerson| {
            let is_elsewhere = earlier.source.file != at.file || earlier.source.sheet != at.sheet;
            let is_same_tels = earlier.tels.is_empty() || person.tels.is_empty() || earlier.tels == person.tels;
            // In one table a second row of a name is another person, unless it says nothing else.
            let says_nothing_else = earlier.id_no.is_empty() && person.id_no.is_empty() && is_same_tels;
            let is_same_relation = earlier.relation == person.relation && (is_elsewhere || person.relation.is_some())
                || is_elsewhere && (earlier.relation.is_none() || person.relation.is_none());
            let one_number = (earlier.id_no.is_empty() || person.id_no.is_empty())
                && fits_masked(&earlier.id_no, &person.masked_id)
                && fits_masked(&person.id_no, &earlier.masked_id)
                && (is_elsewhere || says_nothing_else);
            let is_same_birth = earlier.birth_month == person.birth_month
                || earlier.birth_month.is_empty()
                || person.birth_month.is_empty();
            !earlier.repeats && is_same_relation && one_number && is_same_birth && name_key(&earlier.name) == key
        };
        self.drafts[household].household.persons.iter().position(fits)
    }

    /// Whether somebody of the same name stands in this home already and nothing tells the two apart.
    fn has_namesake(&self, household: usize, person: &RosterPerson) -> bool {
        let key = name_key(&person.name);
        self.drafts[household].household.persons.iter().any(|earlier| {
            let is_one_relation =
                earlier.relation == person.relation || earlier.relation.is_none() || person.relation.is_none();
            !earlier.repeats
                && is_one_relation
                && (earlier.id_no.is_empty() || person.id_no.is_empty())
                && name_key(&earlier.name) == key
        })
    }

    fn add_person(&mut self, at: &RowRef, household: usize, read: Person) {
        let Person { mut person, odd } = read;
        let first = if person.id_no.is_empty() { None } else { self.by_id.get(&person.id_no).copied() };
        let first = first.or_else(|| self.find_repeated(at, household, &person).map(|position| (household, position)));
        if first.is_none() && self.has_namesake(household, &person) {
            let why = "此户已有同名的人，没有证件号码或关系可以区分是不是同一人，此人未导入，请补全";
            return self.leave_out(at, FindingCode::PersonUncertain, why, 1);
        }
        let mut overflows = false;
        let persons = &self.drafts[household].household.persons;
        let heads = || persons.iter().filter(|earlier| earlier.relation == Some(Relation::Head) && !earlier.repeats);
        let is_other_head = person.relation == Some(Relation::Head)
            && heads().next().is_some()
            && !heads().any(|earlier| name_key(&earlier.name) == name_key(&person.name));
        if is_other_head {
            self.tell(at, FindingCode::SecondHead, "同一个门牌有不止一位户主，已按一户登记，请核对是否房号有误");
        }
        if let Some((other, position)) = first {
            let earlier = &mut self.drafts[other].household.persons[position];
            let is_same_number = !person.id_no.is_empty() && earlier.id_no == person.id_no;
            let text = if is_same_number {
                format!("证件号码与{}相同", describe(&earlier.source, at))
            } else {
                format!("与{}是同一人（姓名、关系相同，证件号码不矛盾），只登记一次", describe(&earlier.source, at))
            };
            person.repeats = other == household && name_key(&earlier.name) == name_key(&person.name);
            if person.repeats {
                overflows = earlier.take_missing_from(&person);
            }
            self.tell(at, FindingCode::DuplicatePerson, text);
        }
        if overflows {
            self.tell(at, FindingCode::TextCut, person::TELS_CUT);
        }
        if !person.id_no.is_empty() && !self.by_id.contains_key(&person.id_no) {
            let position = match first {
                Some((_, position)) if person.repeats => position,
                _ => self.drafts[household].household.persons.len(),
            };
            self.by_id.insert(person.id_no.clone(), (household, position));
        }
        if !person.repeats {
            for (code, text) in odd {
                self.tell(at, code, text);
            }
        }
        self.drafts[household].household.persons.push(person);
    }
}

/// Whether a number fits one with hidden digits; blanks fit all.
fn fits_masked(number: &str, masked: &str) -> bool {
    number.is_empty()
        || masked.is_empty()
        || number.chars().count() == masked.chars().count()
            && number.chars().zip(masked.chars()).all(|(known, shown)| known == shown || !shown.is_ascii_alphanumeric())
}

fn describe(earlier: &RowRef, at: &RowRef) -> String {
    let file = if earlier.file == at.file { String::new() } else { format!("文件“{}”", earlier.file) };
    let sheet = if earlier.sheet == at.sheet { String::new() } else { format!("〔{}〕", earlier.sheet) };
    format!("{file}{sheet}第{}行", earlier.row)
}
