//! Collecting: rows with their doors become homes with their people.
//!
//! Why. One home's rows may stand in several places, and two homes may look alike. A home is joined only where the door
//! is complete, where one row follows the other, or where the same people stand on both.
//!
//! Flow: [`Reading::open_household`] → [`Reading::read_dwelling`] and [`Reading::read_person`] → [`Reading::finish`].
//!
//! Failure. [`Reading::set_aside`] keeps what cannot be placed, with its reason; it is a finding as well.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::codes::{HouseStatus, Relation};
use domain::{GridCode, LocalDate};
use spreadsheet::text::{cut, has_full_width, tight};
use spreadsheet::{Cell, Row, Sheet};

use crate::people::names::{self, Entry, Names};
use crate::people::numbers::{self, Identity};
use crate::people::person::{self, Person};
use crate::people::words;
use crate::place::door::{Certainty, Door, fill};
use crate::place::normal::door_key;
use crate::structure::given::{Given, is_placeholder};
use crate::structure::header::Header;
use crate::structure::layout::Layout;
use crate::structure::titles::{Field, Meaning};
use crate::{
    Column, Columns, Counts, Finding, FindingCode, ReadOptions, Roster, RosterHousehold, RosterPerson, RowRef,
    Unplaced, name_key,
};

/// A household while its rows are being collected.
struct Draft {
    household: RosterHousehold,
    head_id: Option<Identity>,
    head_tels: BTreeSet<String>,
    /// Numbers that stood where everybody may read them; the head's, if anybody's.
    loose_numbers: Vec<String>,
    full_width_told: bool,
    certainty: Certainty,
    /// Where its rows stand: sheet and section.
    section: usize,
    /// The head is a person beside the numbered members of a row.
    head_is_beside: bool,
}

/// Whether a grid's name is the one that stands for it so far.
pub(crate) enum Scope {
    New,
    Known,
    Other,
}

/// A row and its door, for which a household is wanted.
pub(crate) struct Opening<'a> {
    pub(crate) grid: GridCode,
    pub(crate) door: &'a Door,
    pub(crate) row: &'a Row,
    pub(crate) layout: &'a Layout,
    pub(crate) names: &'a Names,
}

/// What has been read so far, over all files.
pub(crate) struct Reading<'a> {
    pub(crate) options: &'a ReadOptions,
    drafts: Vec<Draft>,
    by_key: HashMap<String, Vec<usize>>,
    /// Where each identity number stood first.
    by_id: HashMap<String, (usize, usize)>,
    /// The home of the row before, and its section.
    last: Option<(usize, usize)>,
    /// The row before was of the same home.
    follows: bool,
    section: usize,
    /// The file of sections that begin with a sheet whose name says nothing of a place.
    place_of_sections: BTreeMap<usize, Option<String>>,
    /// The name under which rows without a code were taken for a grid.
    grid_names: BTreeMap<GridCode, String>,
    /// The first row without any grid.
    lacks_grid: Option<RowRef>,
    has_grid: bool,
    unplaced: Vec<Unplaced>,
    findings: Vec<Finding>,
    /// Files and sheets in reading order, for the order of findings.
    sheets: Vec<(String, String)>,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(options: &'a ReadOptions) -> Self {
        Self {
            options,
            drafts: Vec::new(),
            by_key: HashMap::new(),
            by_id: HashMap::new(),
            last: None,
            follows: false,
            section: 0,
            place_of_sections: BTreeMap::new(),
            grid_names: BTreeMap::new(),
            lacks_grid: None,
            has_grid: false,
            unplaced: Vec::new(),
            findings: Vec::new(),
            sheets: Vec::new(),
        }
    }

    pub(crate) fn tell(&mut self, at: &RowRef, code: FindingCode, text: impl Into<String>) {
        self.findings.push(Finding::new(at, code, text));
    }

    /// Keeps a row that has no certain home.
    pub(crate) fn set_aside(&mut self, at: &RowRef, code: FindingCode, text: impl Into<String>, persons: usize) {
        let text = text.into();
        self.tell(at, code, text.clone());
        self.unplaced.push(Unplaced { source: at.clone(), code, text, persons });
        self.last = None;
    }

    /// Keeps people of a row whose home is certain, but who are not.
    fn leave_out(&mut self, at: &RowRef, code: FindingCode, text: &str, persons: usize) {
        self.tell(at, code, text);
        self.unplaced.push(Unplaced { source: at.clone(), code, text: text.to_owned(), persons });
    }

    pub(crate) fn enter_sheet(&mut self, at: &RowRef) {
        self.sheets.push((at.file.clone(), at.sheet.clone()));
        self.begin_section();
        let file = says_no_place(&at.sheet).then(|| at.file.clone());
        self.place_of_sections.insert(self.section, file);
    }

    /// What follows may be another place than what came before.
    pub(crate) fn begin_section(&mut self) {
        self.section += 1;
        self.last = None;
    }

    /// Notes that some row has its grid.
    pub(crate) fn note_grid(&mut self) {
        self.has_grid = true;
    }

    /// Notes that a row has no grid.
    pub(crate) fn lack_grid(&mut self, at: &RowRef) -> (FindingCode, &'static str) {
        self.lacks_grid.get_or_insert_with(|| at.clone());
        (FindingCode::GridMissing, "没有网格编码（15 位数字），不知是哪个网格，此行未导入")
    }

    /// Takes a name for a grid whose code is given elsewhere; two names are two grids.
    pub(crate) fn name_grid(&mut self, grid: &GridCode, name: &str) -> Scope {
        match self.grid_names.get(grid) {
            None => {
                self.grid_names.insert(grid.clone(), name.to_owned());
                Scope::New
            }
            Some(known) if known == name => Scope::Known,
            Some(_) => Scope::Other,
        }
    }

    pub(crate) fn tell_columns(&mut self, at: &RowRef, sheet: &Sheet, header: &Header) {
        for column in &header.columns {
            let title = cut(&column.title, 20).0;
            let cells =
                || sheet.rows[header.below..].iter().filter_map(|row| row.cell(column.index)).filter(|c| !c.is_blank());
            let has_values = cells().next().is_some();
            match column.meaning {
                Meaning::NotKept => {
                    self.tell(at, FindingCode::ColumnNotKept, format!("列“{title}”属于不应收集的信息，未导入"));
                }
                Meaning::Owner if has_values => {
                    let text = format!("列“{title}”是业主或房东的信息，没有对应的登记项，不等于住在这里的人，未导入");
                    self.tell(at, FindingCode::ColumnOwner, text);
                }
                Meaning::Unknown if has_values => {
                    self.tell(at, FindingCode::ColumnUnknown, format!("列“{title}”没有对应的登记项，未导入"));
                }
                Meaning::NotResidents if has_values => {
                    let text = format!(
                        "列“{title}”跟在业主、网格员等人的姓名后面，不是住户的号码，未导入；是住户的请在列名里写明"
                    );
                    self.tell(at, FindingCode::ColumnUnclear, text);
                }
                Meaning::Field(_) if column.is_unclear => {
                    let text = format!("列“{title}”不能确定属于哪一个人，未导入；请在列名里写上是谁的，如“成员2电话”");
                    self.tell(at, FindingCode::ColumnUnclear, text);
                }
                Meaning::Field(_) if column.repeated => {
                    self.tell(at, FindingCode::ColumnRepeated, format!("列“{title}”重复，前一列为空时才采用"));
                }
                Meaning::Field(_) | Meaning::Serial | Meaning::Unknown | Meaning::Owner | Meaning::NotResidents => {}
            }
            if has_values && sheet.hidden_columns.contains(&column.index) {
                self.tell(at, FindingCode::ColumnHidden, format!("列“{title}”是隐藏的，已照常读取，请核对"));
            }
            if let Meaning::Field(_) = column.meaning
                && let Some(cell) = cells().find(|cell| cell.stored.is_some())
            {
                let differing = cells().filter(|cell| cell.stored.is_some()).count();
                let kind = if cell.text.is_empty() { "没有显示" } else { "显示的与保存的不同" };
                let text = format!("列“{title}”有 {differing} 格{kind}（数字格式），按显示的读取，请核对");
                self.tell(at, FindingCode::ValueShown, text);
            }
        }
        let is_of_owners = !header.has(Field::Name) && !header.has(Field::HeadName);
        let owners: Vec<usize> = header
            .columns
            .iter()
            .filter(|column| column.meaning == Meaning::Owner)
            .map(|column| column.index)
            .collect();
        if is_of_owners && !owners.is_empty() {
            for row in &sheet.rows[header.below..] {
                if owners.iter().any(|index| row.cell(*index).is_some_and(|cell| !cell.is_blank())) {
                    let at = RowRef { row: row.number, ..at.clone() };
                    let text =
                        "只写了业主，没有写住在这里的人；住户已导入，业主未导入。如业主就住在这里，请把列名改为“姓名”";
                    self.tell(&at, FindingCode::ColumnOwner, text);
                }
            }
        }
        if !(header.has(Field::IdNo) || header.has(Field::HeadIdNo)) {
            self.tell(at, FindingCode::ColumnMissing, "没有“身份证号码”列，按姓名识别人员");
        }
    }

    /// The household of a door, new or known; `None`: whether it is a known one is not certain.
    pub(crate) fn open_household(&mut self, at: &RowRef, opening: &Opening<'_>) -> Option<(usize, bool)> {
        let Opening { grid, door, row, layout, .. } = opening;
        let id = layout.text(row, Field::HouseholdId, 0).parse().ok();
        let key = format!("{grid}|{}", door_key(&door.place));
        let known = self.by_key.get(&key).cloned().unwrap_or_default();
        // Two ids are two records, whatever their doors say.
        let fits = |draft: &Draft| id.is_none() || draft.household.id.is_none() || draft.household.id == id;
        let same_id = known.iter().copied().find(|index| id.is_some() && self.drafts[*index].household.id == id);
        let fitting: Vec<usize> = known.iter().copied().filter(|index| fits(&self.drafts[*index])).collect();
        let last = self.last.filter(|(_, section)| *section == self.section).map(|(index, _)| index);
        let above = last.filter(|index| door.is_continued && known.contains(index));
        let found = same_id.or(above).or(fitting.first().copied());
        if same_id.is_none() && above.is_none() && fitting.len() > 1 {
            return None;
        }
        if let Some(index) = found {
            if same_id.is_none() && !self.may_join(index, opening) {
                return None;
            }
            self.follows = self.last == Some((index, self.section));
            self.last = Some((index, self.section));
            return Some((index, false));
        }
        let index = self.drafts.len();
        self.by_key.entry(key).or_default().push(index);
        self.follows = false;
        self.last = Some((index, self.section));
        self.drafts.push(Draft {
            household: RosterHousehold {
                id,
                grid: grid.clone(),
                place: door.place.clone(),
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
            certainty: door.certainty,
            section: self.section,
            head_is_beside: layout.head_is_beside,
        });
        Some((index, true))
    }

    /// Whether somebody on a row is listed in the home of the row above.
    pub(crate) fn lists_above(&self, row: &Row, layout: &Layout, names: &Names) -> bool {
        self.last.is_some_and(|(index, section)| section == self.section && self.lists(index, row, layout, names))
    }

    /// Whether the home of the row above lists relations of a head who is not among them.
    pub(crate) fn awaits_head_above(&self) -> bool {
        let Some((index, _)) = self.last.filter(|(_, section)| *section == self.section) else { return false };
        let persons = &self.drafts[index].household.persons;
        !persons.is_empty()
            && persons.iter().all(|person| person.relation.is_some_and(|relation| relation != Relation::Head))
    }

    /// Whether a row with the door of a home is of that home: the door is complete, or the row follows the home's last
    /// one, or somebody of it stands on the row.
    fn may_join(&self, index: usize, opening: &Opening<'_>) -> bool {
        let Opening { door, row, layout, names, .. } = opening;
        let draft = &self.drafts[index];
        let is_certain = door.certainty == Certainty::Certain && draft.certainty == Certainty::Certain;
        let follows = self.last == Some((index, self.section));
        let relation = words::read_relation(&layout.text(row, Field::Relation, 0)).ok().flatten();
        let is_member = relation.is_some_and(|relation| relation != Relation::Head);
        // Sheets of one book that are named by what they list (户主, 成员, 三月) are of one place.
        let is_one_book = self.place_of_sections.get(&draft.section).is_some_and(Option::is_some)
            && self.place_of_sections.get(&draft.section) == self.place_of_sections.get(&self.section)
            && !door.place.building.is_empty();
        is_certain && (door.is_full || draft.section == self.section || is_one_book)
            || follows && (is_certain || is_member || door.is_continued)
            || self.lists(index, row, layout, names)
    }

    /// Whether somebody on a row is listed in a home already, by name or number.
    fn lists(&self, index: usize, row: &Row, layout: &Layout, names: &Names) -> bool {
        let draft = &self.drafts[index];
        let persons = &draft.household.persons;
        // Two numbers are two people, whatever their names.
        let own = layout.cell(row, Field::IdNo, 0).map(|cell| tight(&cell.text).to_uppercase()).unwrap_or_default();
        let contradicts = |person: &RosterPerson| own.len() == 18 && person.id_no.len() == 18 && person.id_no != own;
        let is_listed = |name: &str| {
            let key = name_key(name);
            let mut named = persons.iter().filter(|person| name_key(&person.name) == key).peekable();
            match named.peek() {
                Some(_) => named.any(|person| !contradicts(person)),
                None => name_key(&draft.household.head_name) == key,
            }
        };
        let head = layout.text(row, Field::HeadName, 0);
        let numbers = (0..layout.persons).filter_map(|person| layout.cell(row, Field::IdNo, person));
        let mut numbers = numbers.map(|cell| tight(&cell.text).to_uppercase()).filter(|number| number.len() == 18);
        names.entries.iter().filter_map(|entry| entry.name.as_deref()).any(is_listed)
            || !head.is_empty() && !is_placeholder(&head) && is_listed(&head)
            || numbers.any(|number| persons.iter().any(|person| person.id_no == number))
    }

    /// Takes what a row says about its dwelling.
    pub(crate) fn read_dwelling(
        &mut self,
        at: &RowRef,
        row: &Row,
        layout: &Layout,
        index: usize,
        door: &Door,
        names: &Names,
    ) {
        let mut told = Vec::new();
        let draft = &mut self.drafts[index];
        draft.household.columns = draft.household.columns.or(Columns::of(layout));
        let is_nobodys = names.count() != 1 && !door.numbers.is_empty();
        let parts = [Field::Compound, Field::Building, Field::Unit, Field::Room, Field::Address];
        let is_full = |field| layout.cell(row, field, 0).is_some_and(|cell| has_full_width(&cell.text));
        if !draft.full_width_told && parts.into_iter().any(is_full) {
            draft.full_width_told = true;
            told.push((FindingCode::FullWidth, "地址含全角数字，已改为半角"));
        }
        let states = layout
            .cells(row, Field::State, 0)
            .filter(|cell| words::whose_state(&cell.text) == Some(words::Whose::Home));
        let status = layout.cell(row, Field::HouseStatus, 0).or_else(|| states.into_iter().next());
        if draft.household.house_status.is_none()
            && let Some(status) = status
        {
            draft.household.house_status = words::read_house_status(&status.text).unwrap_or_else(|()| {
                told.push((FindingCode::ValueUnknown, "居住状态不在代码表内，已记为“其他”"));
                Some(HouseStatus::Other)
            });
        }
        if let Some(status) = names.status.or(door.status) {
            draft.household.house_status.get_or_insert(status);
        }
        let (head, numbers) = numbers::take_numbers(&layout.text(row, Field::HeadName, 0));
        if !numbers.is_empty() {
            told.push((FindingCode::NumberInName, "户主姓名里有号码，已移到人员资料"));
            draft.loose_numbers.extend(numbers);
        }
        let head = crate::people::marks::read(&tight(&head)).name;
        let is_name = !is_placeholder(&head) && words::read_home_word(&head).is_none();
        let is_other_head =
            is_name && !draft.household.head_name.is_empty() && name_key(&head) != name_key(&draft.household.head_name);
        if is_other_head {
            told.push((FindingCode::SecondHead, "同一个门牌写了不止一位户主，已按一户登记，请核对是否房号有误"));
        }
        if draft.household.head_name.is_empty()
            && is_name
            && Given::of(layout.cell(row, Field::HeadName, 0)) != Given::Ditto
        {
            draft.household.head_name = cut(&head, domain::household::NAME_LIMIT).0;
        }
        if let Some(cell) = layout.cell(row, Field::HeadIdNo, 0).filter(|cell| !cell.copied) {
            draft.head_id.get_or_insert_with(|| numbers::read_identity(cell, false, self.options.today));
        }
        for cell in layout.cells(row, Field::HeadTel, 0).filter(|cell| !cell.copied) {
            draft.head_tels.extend(numbers::read_phones(&cell.text).tels);
        }
        for note in [&door.note, &names.note] {
            if !note.is_empty() && !draft.household.note.contains(note.as_str()) {
                let separator = if draft.household.note.is_empty() { "" } else { "；" };
                let (text, was_cut) =
                    cut(&format!("{}{separator}{note}", draft.household.note), domain::household::NOTE_LIMIT);
                draft.household.note = text;
                if was_cut {
                    told.push((FindingCode::TextCut, "备注过长，已截断"));
                }
            }
        }
        if !door.note.is_empty() || door.status.is_some() {
            told.push((FindingCode::RemarkInDoor, "房号里的备注已移到住户的状态或备注"));
        }
        if !names.note.is_empty() {
            told.push((FindingCode::NameIsNote, "姓名格里写的不是人名，已作为住户备注"));
        }
        if !names.has_person() || names.status.is_some() {
            let remark = layout.prose(row, Field::Remark, 0);
            if let Some(status) = words::status_of_name(&remark) {
                draft.household.house_status.get_or_insert(status);
            }
            told.extend(read_note(draft, &remark));
        }
        if is_nobodys {
            self.leave_out(at, FindingCode::NameMissing, "地址里的号码不知是谁的，号码未导入", 0);
        }
        for (code, text) in told {
            if code == FindingCode::NameMissing {
                self.leave_out(at, code, text, 0);
            } else {
                self.tell(at, code, text);
            }
        }
    }

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

/// A remark on a row without a person is the dwelling's, if a building lead may read it.
fn read_note(draft: &mut Draft, text: &str) -> Vec<(FindingCode, &'static str)> {
    let mut told = Vec::new();
    if is_placeholder(text) || words::status_of_name(text).is_some() || !draft.household.note.is_empty() {
        return told;
    }
    let (without, numbers) = numbers::take_numbers(text);
    let text = if numbers.is_empty() { text.to_owned() } else { without };
    if !numbers.is_empty() {
        told.push((FindingCode::NameMissing, "住户备注里有号码，不知是谁的，号码未导入；楼长可见的备注不能保存号码"));
    }
    let (note, was_cut) = cut(&text, domain::household::NOTE_LIMIT);
    draft.household.note = note;
    if was_cut {
        told.push((FindingCode::TextCut, "备注过长，已截断"));
    }
    told
}

/// Whether a sheet's name tells what it lists and not where.
fn says_no_place(sheet: &str) -> bool {
    const LISTS: [&str; 22] = [
        "户主", "成员", "家庭", "人员", "人口", "住户", "居民", "党员", "残疾", "低保", "老人", "老年", "儿童", "流动",
        "租户", "租客", "名单", "台账", "登记", "户籍", "Sheet", "sheet",
    ];
    let name = tight(sheet);
    let is_month = name.ends_with('月') || name.ends_with("季度");
    !name.is_empty() && (is_month || LISTS.iter().any(|word| name.contains(word)))
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
