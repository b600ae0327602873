//! Collecting: rows with their doors become homes with their people.
//!
//! Why. One home's rows may stand in several places, and two homes may look alike. A home is joined only where the door
//! is complete, where one row follows the other, or where the same people stand on both.
//!
//! Flow: [`Reading::open_household`] → [`Reading::read_dwelling`] and `people` → `finish`.
//!
//! Failure. [`Reading::set_aside`] keeps what cannot be placed, with its reason; it is a finding as well.

mod columns;
mod finish;
mod people;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::GridCode;
use domain::codes::{HouseStatus, Relation};
use spreadsheet::Row;
use spreadsheet::text::{cut, has_full_width, tight};

use crate::people::names::Names;
use crate::people::numbers::{self, Identity};
use crate::people::words;
use crate::place::door::{Certainty, Door};
use crate::place::normal::door_key;
use crate::structure::given::{Given, is_placeholder};
use crate::structure::layout::Layout;
use crate::structure::titles::Field;
use crate::{Columns, Finding, FindingCode, ReadOptions, RosterHousehold, RosterPerson, RowRef, Unplaced, name_key};

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
        // Without any building a room that comes again may be another building's.
        let is_of_section = draft.section == self.section
            && (!door.place.building.is_empty() || !door.place.compound.is_empty() || door.place.room.ends_with('号'));
        is_certain && (door.is_full || is_of_section || is_one_book)
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
