//! One person of a row.

use std::collections::BTreeSet;

use domain::LocalDate;
use domain::codes::Relation;
use domain::household::NAME_LIMIT;
use domain::particulars::TEL_LIMIT;
use spreadsheet::Row;
use spreadsheet::formula::unguard_formula;
use spreadsheet::text::{cut, plain, prose, tight};

use super::marks::{self, MarkedName};
use super::{numbers, words};
use crate::structure::given::{has_lost_character, is_ditto, is_placeholder as is_nothing};
use crate::structure::layout::Layout;
use crate::structure::titles::Field;
use crate::{Column, Columns, FindingCode, RosterPerson, RowRef};

/// Most characters of a remark on a person.
const REMARK_LIMIT: usize = 500;
/// What is said of phones beyond the record's limit.
pub(crate) const TELS_CUT: &str = "电话超过一人可存的个数，其余写入备注";
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

    /// Adds phone numbers as far as a record takes them; the rest goes to the remark, once. Whether some did.
    pub(crate) fn add_tels(&mut self, tels: impl IntoIterator<Item = String>) -> bool {
        let mut rest = Vec::new();
        for tel in tels {
            if self.tels.len() < TEL_LIMIT {
                self.tels.insert(tel);
            } else if !self.tels.contains(&tel) && !self.remark.contains(&tel) {
                rest.push(tel);
            }
        }
        if rest.is_empty() {
            return false;
        }
        self.add_remark(&format!("联系电话：{}", rest.join("、")));
        true
    }

    /// Adds to the remark as far as a record takes it; whether something was cut.
    pub(crate) fn add_remark(&mut self, text: &str) -> bool {
        let separator = if self.remark.is_empty() { "" } else { "；" };
        let (remark, was_cut) = cut(&format!("{}{separator}{text}", self.remark), REMARK_LIMIT);
        self.remark = remark;
        was_cut
    }

    /// Adds what a second row of the same person knows and this one does not; whether phones went to the remark.
    pub(crate) fn take_missing_from(&mut self, other: &Self) -> bool {
        self.columns = self.columns.or(other.columns);
        self.residence = self.residence.or(other.residence);
        self.relation = self.relation.or(other.relation);
        self.sex = self.sex.or(other.sex);
        self.population_type = self.population_type.or(other.population_type);
        self.care_tags.extend(other.care_tags.iter().copied());
        for (mine, theirs) in [
            (&mut self.birth_month, &other.birth_month),
            (&mut self.work_or_school, &other.work_or_school),
            (&mut self.id_no, &other.id_no),
        ] {
            if mine.is_empty() {
                mine.clone_from(theirs);
            }
        }
        if !other.remark.is_empty() && !self.remark.contains(&other.remark) {
            self.add_remark(&other.remark);
        }
        self.add_tels(other.tels.iter().cloned())
    }
}

/// Reads person number `index` of a row.
pub(crate) fn read(
    at: &RowRef,
    row: &Row,
    layout: &Layout,
    (index, name, marks): (usize, String, &MarkedName),
    head_name: &str,
    today: LocalDate,
) -> Person {
    let (name, was_cut) = cut(&name, NAME_LIMIT);
    let mut read = Person { person: RosterPerson::named(name, at.clone()), odd: Vec::new() };
    if was_cut {
        read.tell(FindingCode::TextCut, "姓名过长，已截断");
    }
    read.person.columns = Columns::of(layout);
    read.person.id = layout.text(row, Field::MemberId, index).parse().ok();
    let mut remarks = Vec::new();
    read.read_codes(row, layout, index, head_name, &mut remarks);
    read.read_residence(row, layout, index, &mut remarks);
    read.take_marks(marks, &mut remarks);
    read.add_remarks(remarks.drain(..));
    read.read_numbers(row, layout, index, today);
    let office_remarks = read.read_texts(row, layout, index, &mut remarks);
    read.add_remarks(remarks.into_iter());
    if !office_remarks && !read.person.remark.is_empty() {
        // Only what the import itself has to remark: it joins the office's remark and does not replace it.
        read.person.columns = read.person.columns.without(Column::Remark);
    }
    read
}

impl Person {
    fn tell(&mut self, code: FindingCode, text: impl Into<String>) {
        self.odd.push((code, text.into()));
    }

    fn read_codes(&mut self, row: &Row, layout: &Layout, index: usize, head_name: &str, remarks: &mut Vec<String>) {
        let relation = layout.text(row, Field::Relation, index);
        match words::read_relation(&relation) {
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
        match words::read_sex(&layout.text(row, Field::Sex, index)) {
            Ok(sex) => self.person.sex = sex,
            Err(()) => self.tell(FindingCode::ValueUnknown, "“性别”不在代码表内，未采用"),
        }
        let population = layout.text(row, Field::PopulationType, index);
        match words::read_population_type(&population) {
            Ok(found) => self.person.population_type = found,
            Err(()) => {
                self.tell(FindingCode::ValueUnknown, "“人口类别”不在代码表内，原文已写入备注");
                remarks.push(format!("人口类别：{population}"));
            }
        }
    }

    fn add_remarks(&mut self, remarks: impl Iterator<Item = String>) {
        for remark in remarks {
            if self.person.add_remark(&remark) {
                self.tell(FindingCode::TextCut, "备注过长，已截断");
            }
        }
    }

    fn read_residence(&mut self, row: &Row, layout: &Layout, index: usize, remarks: &mut Vec<String>) {
        let cells = layout.cells(row, Field::Residence, index);
        let mixed = layout
            .cells(row, Field::State, index)
            .filter(|cell| words::whose_state(&cell.text) != Some(words::Whose::Home));
        for cell in cells.chain(mixed) {
            match words::read_residence(&cell.text) {
                Ok(residence) => self.person.residence = self.person.residence.or(residence),
                Err(()) => {
                    self.tell(FindingCode::ValueUnknown, "人员状态不在代码表内，原文已写入备注");
                    remarks.push(format!("状态：{}", plain(&cell.text)));
                }
            }
        }
    }

    fn take_marks(&mut self, marks: &MarkedName, remarks: &mut Vec<String>) {
        if marks::is_masked(&self.person.name) {
            self.tell(FindingCode::NameMasked, "姓名隐去了字，已有的完整姓名保持不变");
        }
        if !marks.is_marked {
            if has_lost_character(&self.person.name) {
                self.tell(FindingCode::CharacterLost, "姓名里有丢失或无法显示的字（? □ 〓 等），已照原样导入，请补正");
            }
            return;
        }
        self.tell(FindingCode::NameMarked, "姓名上的标注（已故、迁出、户主等）已改为人员的状态、关系或备注");
        self.person.residence = marks.residence.or(self.person.residence);
        self.person.relation = self.person.relation.or(marks.relation);
        self.person.sex = self.person.sex.or(marks.sex);
        if !marks.remark.is_empty() {
            remarks.push(marks.remark.clone());
        }
    }

    fn read_numbers(&mut self, row: &Row, layout: &Layout, index: usize, today: LocalDate) {
        let kind = tight(&layout.text(row, Field::IdKind, index));
        let is_other = !kind.is_empty() && !kind.contains("身份证") && kind != "01" && kind != "111";
        let blank = spreadsheet::Cell::default();
        if layout.filled(row, Field::IdNo, index).any(|cell| cell.says_error() || cell.is_struck) {
            self.tell(FindingCode::ValueError, "证件号码是错误值、没有结果的公式或已被划掉，未采用");
        }
        let mut cell = numbers::as_stored(layout.cell(row, Field::IdNo, index).unwrap_or(&blank));
        let tels = layout.cells(row, Field::Tel, index).map(|cell| cell.text.as_str());
        if let Some((id_no, tel)) = numbers::find_swapped(&cell.text, tels, today) {
            self.tell(FindingCode::NumbersSwapped, "证件号码和联系电话写反了，已各归其位，请核对");
            cell = spreadsheet::Cell::text(id_no);
            self.person.add_tels([tel]);
        }
        let identity = numbers::read_identity(&cell, is_other, today);
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
        self.person.masked_id = cut(&identity.masked, 40).0;
        self.person.birth_month = identity.birth_month;
        let birth = layout.text(row, Field::BirthDate, index);
        match words::read_birth_month(&birth, today) {
            Ok(month) if !month.is_empty() && self.person.birth_month.is_empty() => self.person.birth_month = month,
            Ok(_) => {}
            Err(()) => {
                self.tell(FindingCode::BirthInvalid, "“出生日期”无法识别，原文已写入备注");
                self.person.add_remark(&format!("出生日期：{birth}"));
            }
        }
        self.read_tels(row, layout, index);
    }

    fn read_tels(&mut self, row: &Row, layout: &Layout, index: usize) {
        let mut all = BTreeSet::new();
        for cell in layout.filled(row, Field::Tel, index) {
            if cell.says_error() || cell.is_struck {
                self.tell(FindingCode::ValueError, "联系电话是错误值、没有结果的公式或已被划掉，未采用");
                continue;
            }
            if is_ditto(&cell.text) {
                self.tell(FindingCode::TelDitto, "联系电话写的是“同上”，没有当作此人的号码，请填写号码");
                continue;
            }
            if !self.person.id_no.is_empty() && self.person.id_no == tight(&cell.text).to_uppercase() {
                continue;
            }
            let phones = numbers::read_phones(&numbers::as_stored(cell).text);
            if phones.is_masked {
                self.tell(FindingCode::TelMasked, "联系电话隐去了若干位，不作为号码导入，已有的完整号码保持不变");
            }
            if phones.invalid {
                self.tell(FindingCode::PhoneInvalid, "联系电话不是有效号码，原文已写入备注，请核对");
            }
            if phones.invalid || phones.has_more {
                self.person.add_remark(&format!("联系电话：{}", plain(&cell.text)));
            }
            if phones.tels.len() > 1 {
                self.tell(FindingCode::TwoPhones, format!("一格内有 {} 个电话，已全部保留", phones.tels.len()));
            }
            all.extend(phones.tels);
        }
        let is_told = self.odd.iter().any(|(code, _)| *code == FindingCode::TwoPhones);
        if all.len() > 1 && !is_told {
            self.tell(FindingCode::TwoPhones, format!("共有 {} 个电话，已全部保留", all.len()));
        }
        if self.person.add_tels(all) {
            self.tell(FindingCode::TextCut, TELS_CUT);
        }
    }

    /// Reads work, tags and remarks; whether the office wrote a remark.
    fn read_texts(&mut self, row: &Row, layout: &Layout, index: usize, remarks: &mut Vec<String>) -> bool {
        let (work, was_cut) = cut(&layout.prose(row, Field::WorkOrSchool, index), WORK_LIMIT);
        if was_cut {
            self.tell(FindingCode::TextCut, "“工作单位或学校”过长，已截断");
        }
        if !is_nothing(&work) {
            self.person.work_or_school = work;
        }
        for cell in layout.cells(row, Field::CareTags, index) {
            let words = plain(&cell.text).into_owned();
            for word in words.split(|c: char| c.is_whitespace() || "、,;/|".contains(c)) {
                if let Some(tags) = words::read_care_tags(word) {
                    self.person.care_tags.extend(tags);
                } else if !is_nothing(word) && word != "否" {
                    self.tell(FindingCode::ValueNotKept, "人群类别中有不属于关爱标签的内容，未导入");
                }
            }
        }
        for cell in layout.cells(row, Field::Remark, index) {
            match words::read_care_tags(&cell.text) {
                Some(tags) => self.person.care_tags.extend(tags),
                None => {
                    let text = prose(unguard_formula(&cell.text));
                    if !is_nothing(&text) {
                        remarks.push(text);
                    }
                }
            }
        }
        layout.cell(row, Field::Remark, index).is_some_and(|cell| !is_nothing(&plain(&cell.text)))
    }
}
