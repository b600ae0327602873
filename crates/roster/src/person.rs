//! One person of a row.

use std::collections::BTreeSet;

use domain::LocalDate;
use domain::codes::Relation;
use domain::household::NAME_LIMIT;
use domain::particulars::TEL_LIMIT;

use super::cells;
use super::layout::Layout;
use super::numbers;
use super::titles::Field;
use super::{Column, Columns, FindingCode, RosterPerson, RowRef};
use spreadsheet::Row;
use spreadsheet::text::{cut, is_nothing, tight};

/// Most characters of a remark on a person.
const REMARK_LIMIT: usize = 500;
/// Most characters of work or school.
const WORK_LIMIT: usize = 100;

/// A person and what was odd about the row.
pub(crate) struct Person {
    pub(crate) person: RosterPerson,
    pub(crate) odd: Vec<(FindingCode, String)>,
}

impl RosterPerson {
    /// A person of whom only the name is known.
    pub(crate) fn named(name: String, source: RowRef) -> Self {
        Self {
            id: None,
            name,
            relation: None,
            sex: None,
            id_no: String::new(),
            masked_id: String::new(),
            tels: BTreeSet::new(),
            residence: None,
            population_type: None,
            care_tags: BTreeSet::new(),
            birth_month: String::new(),
            work_or_school: String::new(),
            remark: String::new(),
            columns: Columns::default(),
            source,
            repeats: false,
        }
    }

    /// Adds what a second row of the same person knows and this one does not.
    pub(crate) fn take_missing_from(&mut self, other: &Self) {
        self.columns = self.columns.or(other.columns);
        self.relation = self.relation.or(other.relation);
        self.sex = self.sex.or(other.sex);
        self.population_type = self.population_type.or(other.population_type);
        self.tels.extend(other.tels.iter().cloned());
        self.care_tags.extend(other.care_tags.iter().copied());
        for (mine, theirs) in [
            (&mut self.birth_month, &other.birth_month),
            (&mut self.work_or_school, &other.work_or_school),
            (&mut self.remark, &other.remark),
        ] {
            if mine.is_empty() {
                mine.clone_from(theirs);
            }
        }
    }
}

/// Reads person number `index` of a row.
pub(crate) fn read(
    at: &RowRef,
    row: &Row,
    layout: &Layout,
    index: usize,
    name: String,
    head_name: &str,
    today: LocalDate,
) -> Person {
    let (name, was_cut) = cut(&name, NAME_LIMIT);
    let mut read = Person { person: RosterPerson::named(name, at.clone()), odd: Vec::new() };
    if was_cut {
        read.tell(FindingCode::TextCut, "姓名过长，已截断");
    }
    read.person.columns = Columns::of(layout);
    let mut remarks = Vec::new();
    read.read_codes(row, layout, index, head_name, &mut remarks);
    read.read_numbers(row, layout, index, today, &mut remarks);
    read.read_texts(row, layout, index, &mut remarks);
    let (remark, was_cut) = cut(&remarks.join("；"), REMARK_LIMIT);
    if was_cut {
        read.tell(FindingCode::TextCut, "备注过长，已截断");
    }
    if layout.text(row, Field::Remark, index).is_empty() && !remark.is_empty() {
        // Only what the import itself has to remark: it joins the office's remark and does not replace it.
        read.person.columns = read.person.columns.without(Column::Remark);
    }
    read.person.remark = remark;
    read
}

impl Person {
    fn tell(&mut self, code: FindingCode, text: impl Into<String>) {
        self.odd.push((code, text.into()));
    }

    fn read_codes(&mut self, row: &Row, layout: &Layout, index: usize, head_name: &str, remarks: &mut Vec<String>) {
        let relation = layout.text(row, Field::Relation, index);
        match cells::read_relation(&relation) {
            Ok(found) => self.person.relation = found,
            Err(()) => {
                self.tell(FindingCode::RelationUnknown, "“与户主关系”不在代码表内，原文已写入备注");
                remarks.push(format!("与户主关系：{relation}"));
            }
        }
        let is_head =
            matches!(tight(&layout.text(row, Field::IsHead, index)).as_str(), "是" | "户主" | "1" | "Y" | "√")
                || layout.names_are_heads() && index == 0
                || self.person.name == head_name;
        if is_head && relation.is_empty() {
            self.person.relation = Some(Relation::Head);
        }
        match cells::read_sex(&layout.text(row, Field::Sex, index)) {
            Ok(sex) => self.person.sex = sex,
            Err(()) => self.tell(FindingCode::ValueUnknown, "“性别”不在代码表内，未采用"),
        }
        let population = layout.text(row, Field::PopulationType, index);
        match cells::read_population_type(&population) {
            Ok(found) => self.person.population_type = found,
            Err(()) => {
                self.tell(FindingCode::ValueUnknown, "“人口类别”不在代码表内，原文已写入备注");
                remarks.push(format!("人口类别：{population}"));
            }
        }
    }

    fn read_numbers(&mut self, row: &Row, layout: &Layout, index: usize, today: LocalDate, remarks: &mut Vec<String>) {
        let kind = tight(&layout.text(row, Field::IdKind, index));
        let is_other = !kind.is_empty() && !kind.contains("身份证") && kind != "01" && kind != "111";
        let blank = spreadsheet::Cell::default();
        let cell = layout.cell(row, Field::IdNo, index).unwrap_or(&blank);
        let identity = numbers::read_identity(cell, is_other, today);
        for (code, text) in identity.odd {
            if code != FindingCode::IdMissing || layout.has(Field::IdNo) {
                self.tell(code, format!("证件号码{text}"));
            }
        }
        if let (Some(told), Some(known)) = (self.person.sex, identity.sex)
            && told != known
        {
            self.tell(FindingCode::SexMismatch, "“性别”与证件号码不一致，按表中性别导入，请核对");
        }
        self.person.sex = self.person.sex.or(identity.sex);
        self.person.id_no = cut(&identity.id_no, 40).0;
        self.person.birth_month = identity.birth_month;
        let birth = layout.text(row, Field::BirthDate, index);
        match cells::read_birth_month(&birth, today) {
            Ok(month) if !month.is_empty() && self.person.birth_month.is_empty() => self.person.birth_month = month,
            Ok(_) => {}
            Err(()) => {
                self.tell(FindingCode::BirthInvalid, "“出生日期”无法识别，原文已写入备注");
                remarks.push(format!("出生日期：{birth}"));
            }
        }
        self.read_tels(row, layout, index, remarks);
    }

    fn read_tels(&mut self, row: &Row, layout: &Layout, index: usize, remarks: &mut Vec<String>) {
        for cell in layout.cells(row, Field::Tel, index) {
            let phones = numbers::read_phones(&cell.text);
            if phones.invalid {
                self.tell(FindingCode::PhoneInvalid, "联系电话不是有效号码，原文已写入备注，请核对");
            }
            if phones.invalid || phones.has_more {
                remarks.push(format!("联系电话：{}", spreadsheet::text::plain(&cell.text)));
            }
            if phones.tels.len() > 1 {
                self.tell(FindingCode::TwoPhones, format!("一格内有 {} 个电话，已全部保留", phones.tels.len()));
            }
            self.person.tels.extend(phones.tels);
        }
        let is_told = self.odd.iter().any(|(code, _)| *code == FindingCode::TwoPhones);
        if self.person.tels.len() > 1 && !is_told {
            self.tell(FindingCode::TwoPhones, format!("共有 {} 个电话，已全部保留", self.person.tels.len()));
        }
        if self.person.tels.len() > TEL_LIMIT {
            self.tell(FindingCode::TextCut, format!("电话超过 {TEL_LIMIT} 个，其余写入备注"));
            let rest: Vec<_> = self.person.tels.iter().skip(TEL_LIMIT).cloned().collect();
            remarks.push(format!("联系电话：{}", rest.join("、")));
            self.person.tels = std::mem::take(&mut self.person.tels).into_iter().take(TEL_LIMIT).collect();
        }
    }

    fn read_texts(&mut self, row: &Row, layout: &Layout, index: usize, remarks: &mut Vec<String>) {
        let (work, was_cut) = cut(&layout.text(row, Field::WorkOrSchool, index), WORK_LIMIT);
        if was_cut {
            self.tell(FindingCode::TextCut, "“工作单位或学校”过长，已截断");
        }
        if !is_nothing(&work) {
            self.person.work_or_school = work;
        }
        for cell in layout.cells(row, Field::CareTags, index) {
            let words = spreadsheet::text::plain(&cell.text).into_owned();
            for word in words.split(|c: char| c.is_whitespace() || "、,;/|".contains(c)) {
                if let Some(tags) = cells::read_care_tags(word) {
                    self.person.care_tags.extend(tags);
                } else if !is_nothing(word) && word != "否" {
                    self.tell(FindingCode::ValueNotKept, "人群类别中有不属于关爱标签的内容，未导入");
                }
            }
        }
        for cell in layout.cells(row, Field::Remark, index) {
            match cells::read_care_tags(&cell.text) {
                Some(tags) => self.person.care_tags.extend(tags),
                None => {
                    let text = spreadsheet::text::plain(&cell.text);
                    if !is_nothing(&text) {
                        remarks.push(text.into_owned());
                    }
                }
            }
        }
    }
}
