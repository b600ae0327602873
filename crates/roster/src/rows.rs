//! From rows to households: fill down, find the door, collect persons, name what is odd.
//!
//! A household is all rows with one door (grid, compound, building, unit, room), wherever they stand. A blank part of
//! a door means "as above" while the parts before it have not changed; merged cells have been filled before.

use std::collections::{BTreeSet, HashMap};

use domain::codes::HouseStatus;
use domain::household::{MEMBER_LIMIT, Place};
use domain::{GridCode, LocalDate};

use super::address::door_key;
use super::cells;
use super::door::{Door, fill, find_door};
use super::header::Header;
use super::layout::Layout;
use super::names::{self, Entry};
use super::numbers::{self, Identity};
use super::person::{self, Person};
use super::skip::skip_reason;
use super::titles::{Field, Meaning};
use super::{
    Columns, Counts, Finding, FindingCode, ReadOptions, Roster, RosterError, RosterHousehold, RosterPerson, RowRef,
};
use spreadsheet::text::{cut, has_full_width, is_nothing, tight};
use spreadsheet::{Row, Sheet};

/// A household while its rows are being collected.
struct Draft {
    household: RosterHousehold,
    head_id: Option<Identity>,
    head_tels: BTreeSet<String>,
    /// Numbers that stood where everybody may read them; the head's, if anybody's.
    loose_numbers: Vec<String>,
    full_width_told: bool,
}

/// What has been read so far, over all files.
pub(crate) struct Reading<'a> {
    pub(crate) options: &'a ReadOptions,
    drafts: Vec<Draft>,
    by_key: HashMap<String, usize>,
    /// Where each identity number stood first.
    by_id: HashMap<String, (usize, usize)>,
    findings: Vec<Finding>,
    /// Files and sheets in reading order, for the order of findings.
    places: Vec<(String, String)>,
}

/// The door of the row above.
#[derive(Clone)]
struct Above {
    grid: GridCode,
    place: Place,
}

/// Reads the sheets of one file.
pub(crate) fn read_file(reading: &mut Reading<'_>, file: &str, sheets: &[Sheet]) -> Result<(), RosterError> {
    let mut missing = None;
    let (mut has_roster, mut has_rows) = (false, false);
    for sheet in sheets.iter().filter(|sheet| !sheet.rows.is_empty()) {
        let at = RowRef { file: file.to_owned(), sheet: sheet.name.clone(), row: sheet.rows[0].number };
        reading.places.push((at.file.clone(), at.sheet.clone()));
        if sheet.damaged_text {
            reading.tell(&at, FindingCode::TextDamaged, "文件编码有误，个别字可能是乱码，请核对");
        }
        if sheet.hidden {
            reading.tell(&at, FindingCode::SheetHidden, "隐藏的工作表，未读取");
            continue;
        }
        let Some(header) = Header::locate(sheet) else {
            reading.tell(&at, FindingCode::SheetSkipped, "没有找到表头，不是台账，未读取");
            continue;
        };
        let lacking = header.find_missing();
        if !lacking.is_empty() {
            let text = format!("缺少{}列，未读取", lacking.join("、"));
            reading.tell(&at, FindingCode::SheetSkipped, text);
            missing.get_or_insert((sheet.name.clone(), lacking));
            continue;
        }
        has_roster = true;
        has_rows |= read_sheet(reading, at, sheet, &header)?;
    }
    let file = file.to_owned();
    match (has_roster, has_rows, missing) {
        (true, true, _) => Ok(()),
        (true, false, _) => Err(RosterError::Empty { file }),
        (false, _, Some((sheet, missing))) => Err(RosterError::MissingColumns { file, sheet, missing }),
        (false, _, None) => Err(RosterError::NotARoster { file }),
    }
}

/// Reads one sheet below its header; whether it held anything.
fn read_sheet(reading: &mut Reading<'_>, mut at: RowRef, sheet: &Sheet, header: &Header) -> Result<bool, RosterError> {
    for row in &sheet.rows[..header.first] {
        at.row = row.number;
        reading.tell(&at, FindingCode::TitleRow, "表头上方的标题，未作为数据读取");
    }
    at.row = sheet.rows[header.first].number;
    reading.tell_columns(&at, sheet, header);
    let mut layout = Layout::of_sheet(sheet, header);
    let mut filled = sheet.clone();
    let below = sheet.rows.get(header.below).map_or(u32::MAX, |row| row.number);
    let of_dwelling: BTreeSet<usize> = (header.columns.iter())
        .filter(|column| matches!(column.meaning, Meaning::Field(field) if field.is_of_dwelling()))
        .map(|column| column.index)
        .collect();
    filled.fill_merged(below, |column| of_dwelling.contains(&column));
    let sheet_grid = find_grid_code(sheet, header, &at).or_else(|| reading.options.grid.clone());
    let mut above = None;
    let mut has_rows = false;
    for (index, row) in filled.rows.iter().enumerate().skip(header.below) {
        at.row = row.number;
        if let Some(again) = header.repeat_at(sheet, index) {
            reading.tell(&at, FindingCode::RowSkipped, "重复的表头，已跳过");
            layout = Layout::of_sheet(sheet, &again);
            continue;
        }
        if let Some(why) = skip_reason(row, &layout) {
            reading.tell(&at, FindingCode::RowSkipped, why);
            continue;
        }
        has_rows |= read_row(reading, &at, row, &layout, sheet_grid.as_ref(), &mut above)?;
    }
    Ok(has_rows)
}

/// A 15-digit code in the sheet's titles, its name or the file's name.
fn find_grid_code(sheet: &Sheet, header: &Header, at: &RowRef) -> Option<GridCode> {
    let titles = sheet.rows[..header.first].iter().flat_map(Row::filled).map(|(_, cell)| cell.text.as_str());
    let mut codes = titles.chain([at.sheet.as_str(), at.file.as_str()]).flat_map(|text| {
        let text = tight(text);
        text.split(|c: char| !c.is_ascii_digit()).map(str::to_owned).collect::<Vec<_>>()
    });
    codes.find_map(|run| run.parse().ok())
}

/// Reads one row; whether it held a dwelling or a person.
fn read_row(
    reading: &mut Reading<'_>,
    at: &RowRef,
    row: &Row,
    layout: &Layout,
    sheet_grid: Option<&GridCode>,
    above: &mut Option<Above>,
) -> Result<bool, RosterError> {
    let names = names::read(row, layout);
    let has_number = (0..layout.persons).any(|person| layout.has_any_number(row, person))
        || names.entries.iter().any(|entry| !entry.numbers.is_empty());
    let own = |field| layout.cell(row, field, 0).filter(|cell| !cell.copied && !is_nothing(&tight(&cell.text)));
    let has_door =
        [Field::Room, Field::Address, Field::Building, Field::RegisteredAddress].into_iter().any(|f| own(f).is_some());
    if !names.has_person() && !has_door {
        let (code, why) = if has_number {
            (FindingCode::NameMissing, "有证件号码或电话但没有姓名，此行未导入")
        } else {
            (FindingCode::RowSkipped, "没有姓名也没有房号，已跳过")
        };
        reading.tell(at, code, why);
        return Ok(false);
    }
    let grid = find_grid(reading, at, row, layout, sheet_grid, above.as_ref())?;
    let carried = above.as_ref().filter(|above| above.grid == grid).map(|above| &above.place);
    let Some(Door { place, numbers }) = find_door(reading, at, row, layout, carried) else {
        reading.tell(at, FindingCode::RoomMissing, "没有房号或门牌，无法确定是哪一户，此行未导入");
        return Ok(true);
    };
    *above = Some(Above { grid: grid.clone(), place: place.clone() });
    let (household, is_new) = reading.open_household(at, grid, place);
    reading.drafts[household].loose_numbers.extend(numbers);
    reading.read_dwelling(at, row, layout, household, names.status);
    if !names.has_person() && !is_new && !has_number {
        reading.tell(at, FindingCode::HouseholdRepeated, "同一户在前面已列出，此行没有姓名，未增加人员");
    }
    for entry in names.entries {
        reading.read_person(at, row, layout, household, entry);
    }
    Ok(true)
}

fn find_grid(
    reading: &mut Reading<'_>,
    at: &RowRef,
    row: &Row,
    layout: &Layout,
    sheet_grid: Option<&GridCode>,
    above: Option<&Above>,
) -> Result<GridCode, RosterError> {
    let text = tight(&layout.text(row, Field::Grid, 0));
    let code = text.split(|c: char| !c.is_ascii_digit()).find_map(|run| run.parse::<GridCode>().ok());
    if let Some(code) = code {
        return Ok(code);
    }
    let fallback = if text.is_empty() { above.map(|above| &above.grid).or(sheet_grid) } else { sheet_grid };
    let Some(grid) = fallback.cloned() else {
        return Err(RosterError::GridMissing { file: at.file.clone(), sheet: at.sheet.clone(), row: at.row });
    };
    if !text.is_empty() && above.is_none_or(|above| above.grid != grid) {
        reading.tell(at, FindingCode::GridMissing, "网格列不是 15 位网格编码，已按指定的网格导入（本表以下各行相同）");
    }
    Ok(grid)
}

impl<'a> Reading<'a> {
    pub(crate) fn new(options: &'a ReadOptions) -> Self {
        Self {
            options,
            drafts: Vec::new(),
            by_key: HashMap::new(),
            by_id: HashMap::new(),
            findings: Vec::new(),
            places: Vec::new(),
        }
    }

    pub(crate) fn tell(&mut self, at: &RowRef, code: FindingCode, text: impl Into<String>) {
        self.findings.push(Finding::new(at, code, text));
    }

    fn tell_columns(&mut self, at: &RowRef, sheet: &Sheet, header: &Header) {
        for column in &header.columns {
            let title = cut(&column.title, 20).0;
            let has_values = sheet.rows[header.below..]
                .iter()
                .any(|row| row.cell(column.index).is_some_and(|cell| !cell.is_blank()));
            match column.meaning {
                Meaning::NotKept => {
                    self.tell(at, FindingCode::ColumnNotKept, format!("列“{title}”属于不应收集的信息，未导入"));
                }
                Meaning::Unknown if has_values => {
                    self.tell(at, FindingCode::ColumnUnknown, format!("列“{title}”没有对应的登记项，未导入"));
                }
                Meaning::Field(_) if column.repeated => {
                    self.tell(at, FindingCode::ColumnRepeated, format!("列“{title}”重复，前一列为空时才采用"));
                }
                Meaning::Field(_) | Meaning::Serial | Meaning::Unknown => {}
            }
        }
        if !(header.has(Field::IdNo) || header.has(Field::HeadIdNo)) {
            self.tell(at, FindingCode::ColumnMissing, "没有“身份证号码”列，按姓名识别人员");
        }
    }

    /// The household of a door, new or known.
    fn open_household(&mut self, at: &RowRef, grid: GridCode, place: Place) -> (usize, bool) {
        let key = format!("{grid}|{}", door_key(&place));
        if let Some(index) = self.by_key.get(&key) {
            return (*index, false);
        }
        let index = self.drafts.len();
        self.by_key.insert(key, index);
        self.drafts.push(Draft {
            household: RosterHousehold {
                id: None,
                grid,
                place,
                house_status: None,
                head_name: String::new(),
                note: String::new(),
                persons: Vec::new(),
                columns: Columns::default(),
                source: at.clone(),
            },
            head_id: None,
            head_tels: BTreeSet::new(),
            loose_numbers: Vec::new(),
            full_width_told: false,
        });
        (index, true)
    }

    /// Takes what a row says about its dwelling.
    fn read_dwelling(&mut self, at: &RowRef, row: &Row, layout: &Layout, index: usize, named: Option<HouseStatus>) {
        let mut told = Vec::new();
        let draft = &mut self.drafts[index];
        draft.household.columns = draft.household.columns.or(Columns::of(layout));
        let parts = [Field::Compound, Field::Building, Field::Unit, Field::Room, Field::Address];
        let is_full = |field| layout.cell(row, field, 0).is_some_and(|cell| has_full_width(&cell.text));
        if !draft.full_width_told && parts.into_iter().any(is_full) {
            draft.full_width_told = true;
            told.push((FindingCode::FullWidth, "地址含全角数字，已改为半角"));
        }
        let status = layout.cell(row, Field::HouseStatus, 0);
        if draft.household.house_status.is_none()
            && let Some(status) = status
        {
            draft.household.house_status = cells::read_house_status(&status.text).unwrap_or_else(|()| {
                told.push((FindingCode::ValueUnknown, "居住状态不在代码表内，已记为“其他”"));
                Some(HouseStatus::Other)
            });
        }
        if let Some(status) = named {
            draft.household.house_status.get_or_insert(status);
        }
        let (head, numbers) = numbers::take_numbers(&layout.text(row, Field::HeadName, 0));
        if !numbers.is_empty() {
            told.push((FindingCode::NumberInName, "户主姓名里有号码，已移到人员资料"));
            draft.loose_numbers.extend(numbers);
        }
        let head = tight(&head);
        if draft.household.head_name.is_empty() && !is_nothing(&head) && cells::status_of_name(&head).is_none() {
            draft.household.head_name = cut(&head, domain::household::NAME_LIMIT).0;
        }
        if let Some(cell) = layout.cell(row, Field::HeadIdNo, 0).filter(|cell| !cell.copied) {
            draft.head_id.get_or_insert_with(|| numbers::read_identity(cell, false, self.options.today));
        }
        for cell in layout.cells(row, Field::HeadTel, 0).filter(|cell| !cell.copied) {
            draft.head_tels.extend(numbers::read_phones(&cell.text).tels);
        }
        if layout.text(row, Field::Name, 0).is_empty() || named.is_some() {
            let remark = layout.text(row, Field::Remark, 0);
            if let Some(status) = cells::status_of_name(&remark) {
                draft.household.house_status.get_or_insert(status);
            }
            told.extend(read_note(draft, &remark));
        }
        for (code, text) in told {
            self.tell(at, code, text);
        }
    }

    /// Takes one person of a row, or says why not.
    fn read_person(&mut self, at: &RowRef, row: &Row, layout: &Layout, household: usize, entry: Entry) {
        let Entry { index, name, numbers, own_row, several } = entry;
        let row = own_row.as_ref().unwrap_or(row);
        let Some(name) = name else {
            if layout.has_any_number(row, index) || !numbers.is_empty() {
                self.tell(at, FindingCode::NameMissing, "有证件号码或电话但没有姓名，未导入此人");
            }
            return;
        };
        if several {
            self.tell(
                at,
                FindingCode::SeveralPersons,
                "姓名格里有几个人，与证件号码对不上，已作为一人导入，请分行填写",
            );
        }
        let head_name = self.drafts[household].household.head_name.clone();
        let mut read = person::read(at, row, layout, index, name, &head_name, self.options.today);
        if !numbers.is_empty() {
            self.tell(at, FindingCode::NumberInName, "姓名里有号码，已移到人员资料");
            numbers::keep_numbers(&mut read.person, numbers, self.options.today);
        }
        self.add_person(at, household, read);
    }

    fn add_person(&mut self, at: &RowRef, household: usize, read: Person) {
        let Person { mut person, odd } = read;
        let first = if person.id_no.is_empty() { None } else { self.by_id.get(&person.id_no).copied() };
        if let Some((other, position)) = first {
            let earlier = &mut self.drafts[other].household.persons[position];
            let text = format!("证件号码与{}相同", describe(&earlier.source, at));
            person.repeats = other == household && earlier.name == person.name;
            if person.repeats {
                earlier.take_missing_from(&person);
            }
            self.tell(at, FindingCode::DuplicatePerson, text);
        } else if !person.id_no.is_empty() {
            let position = self.drafts[household].household.persons.len();
            self.by_id.insert(person.id_no.clone(), (household, position));
        }
        if !person.repeats {
            for (code, text) in odd {
                self.tell(at, code, text);
            }
        }
        self.drafts[household].household.persons.push(person);
    }

    /// Closes the reading: heads, vacancies, oversize households, totals, order of findings.
    pub(crate) fn finish(mut self) -> Roster {
        let drafts = std::mem::take(&mut self.drafts);
        let mut households = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let today = self.options.today;
            let (mut household, is_lost) = finish_head(draft, today);
            if is_lost {
                let text = "有号码但没有可以保存的人（没有姓名），号码未导入";
                self.tell(&household.source, FindingCode::NameMissing, text);
            }
            let is_vacant = household.house_status == Some(HouseStatus::Vacant);
            let at = household.source.clone();
            match (household.persons.is_empty(), is_vacant) {
                (true, false) => self.tell(&at, FindingCode::NobodyListed, "此户没有列出任何人，按无人登记处理"),
                (false, true) => {
                    self.tell(&at, FindingCode::VacantWithPerson, "居住状态为空置但列有人员，人员已导入，请核对")
                }
                _ => {}
            }
            if household.persons.len() > MEMBER_LIMIT {
                let text = format!("一户超过 {MEMBER_LIMIT} 人，已拆分为多户");
                self.tell(&at, FindingCode::HouseholdSplit, text);
            }
            let mut part = 1;
            while household.persons.len() > MEMBER_LIMIT {
                let rest = household.persons.split_off(MEMBER_LIMIT);
                part += 1;
                let mut next = household.clone();
                next.persons = rest;
                next.place.room = format!("{}({part})", household.place.room.split('(').next().unwrap_or_default());
                households.push(std::mem::replace(&mut household, next));
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
            self.places.into_iter().enumerate().map(|(position, place)| (place, position)).collect();
        self.findings.sort_by_cached_key(|finding| {
            (order.get(&(finding.file.clone(), finding.sheet.clone())).copied(), finding.row)
        });
        Roster { households, unplaced: Vec::new(), findings: self.findings, counts }
    }
}

/// A remark on a row without a person is the dwelling's, if a building lead may read it.
fn read_note(draft: &mut Draft, text: &str) -> Vec<(FindingCode, &'static str)> {
    let mut told = Vec::new();
    if is_nothing(text) || cells::status_of_name(text).is_some() || !draft.household.note.is_empty() {
        return told;
    }
    let (text, numbers) = numbers::take_numbers(text);
    if !numbers.is_empty() {
        told.push((FindingCode::ValueNotKept, "住户备注里有号码，楼长可见的备注不能保存号码，已移到人员资料"));
        draft.loose_numbers.extend(numbers);
    }
    let (note, was_cut) = cut(&text, domain::household::NOTE_LIMIT);
    draft.household.note = note;
    if was_cut {
        told.push((FindingCode::TextCut, "备注过长，已截断"));
    }
    told
}

fn describe(earlier: &RowRef, at: &RowRef) -> String {
    let file = if earlier.file == at.file { String::new() } else { format!("文件“{}”", earlier.file) };
    let sheet = if earlier.sheet == at.sheet { String::new() } else { format!("〔{}〕", earlier.sheet) };
    format!("{file}{sheet}第{}行", earlier.row)
}

/// Puts the head's own columns where they belong and finds the name to ask for; and whether numbers found nobody.
fn finish_head(draft: Draft, today: LocalDate) -> (RosterHousehold, bool) {
    use domain::codes::Relation;
    let Draft { mut household, head_id, head_tels, loose_numbers, .. } = draft;
    let by_relation = household.persons.iter().position(|person| person.relation == Some(Relation::Head));
    let by_name = household.persons.iter().position(|person| person.name == household.head_name);
    let has_own_columns = head_id.is_some() || !head_tels.is_empty();
    let has_own_numbers = head_id.as_ref().is_some_and(|id| !id.id_no.is_empty()) || !head_tels.is_empty();
    let has_numbers = has_own_numbers || !loose_numbers.is_empty();
    let mut head = if household.head_name.is_empty() { by_relation } else { by_name.or(by_relation) };
    if by_name.is_none() && by_relation.is_none() && (has_own_columns || has_numbers) && !household.head_name.is_empty()
    {
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
        if person.name == household.head_name {
            person.tels.extend(head_tels);
            if let Some(id) = head_id.filter(|_| person.id_no.is_empty()) {
                person.id_no = id.id_no;
                person.sex = person.sex.or(id.sex);
                fill(&mut person.birth_month, id.birth_month);
            }
        }
    }
    let is_lost = match household.persons.get_mut(head.unwrap_or(0)) {
        Some(person) => {
            numbers::keep_numbers(person, loose_numbers, today);
            head.is_none() && has_own_numbers
        }
        None => has_numbers,
    };
    (household, is_lost)
}
