//! Writes a district as an office would, and remembers who stands on which row.

use std::collections::{BTreeMap, BTreeSet};

use rust_xlsxwriter::{Format as CellFormat, Workbook};

use super::district::{District, Home, Kind, Person};
use super::layout::{Address, Carry, Column, Damage, Format, Layout, Shape};
use super::random::Random;
use super::spelling::{Door, spell_id_no, spell_name, spell_tel, spell_unknown_room};
use crate::support::{GRID, Lists, id_no};

/// Who stands on a row: a home, and one of its people unless it is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) home: usize,
    pub(crate) person: Option<u32>,
}

/// One row of a sheet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line {
    cells: Vec<String>,
    of: Vec<Entry>,
    is_hidden: bool,
    is_struck: bool,
}

/// A sheet, or a CSV file.
#[derive(Debug, Default)]
struct Sheet {
    file: String,
    name: String,
    lines: Vec<Line>,
    /// First and last row from 0, column.
    merges: Vec<(usize, usize, usize)>,
}

/// A list and what is true of it.
pub(crate) struct Written {
    pub(crate) lists: Lists,
    /// Who stands on which row of which file and sheet.
    pub(crate) rows: BTreeMap<(String, String, u32), Vec<Entry>>,
    /// Which identity numbers of a person the list holds, as they may be read.
    pub(crate) numbers: BTreeMap<u32, BTreeSet<String>>,
    /// People without any door: their home is the one behind all homes of the district, and so on.
    pub(crate) homeless: Vec<Person>,
    /// The list as text.
    pub(crate) text: String,
}

/// Writes all homes of the district.
pub(crate) fn write(district: &District, layout: &Layout, random: &mut Random) -> Written {
    let mut writer = Writer {
        district,
        layout,
        random,
        serial: 0,
        numbers: BTreeMap::new(),
        above: None,
        across: 0,
        merges: vec![],
        header: Line::default(),
        homeless: vec![],
    };
    let sheets = writer.write_sheets();
    let (numbers, homeless) = (writer.numbers, writer.homeless);
    let mut rows = BTreeMap::new();
    let mut text = String::new();
    for sheet in &sheets {
        text.push_str(&format!("—— {}〔{}〕\n", sheet.file, sheet.name));
        for (row, line) in (1..).zip(&sheet.lines) {
            let notes = [(line.is_hidden, " (hidden)"), (line.is_struck, " (struck)")];
            let notes: String = notes.iter().filter(|(is, _)| *is).map(|(_, note)| *note).collect();
            text.push_str(&format!("{row}{notes}: {}\n", line.cells.join(",")));
            if !line.of.is_empty() {
                rows.insert((sheet.file.clone(), sheet.name.clone(), row), line.of.clone());
            }
        }
    }
    let mut lists = Lists::new();
    if !layout.columns.contains(&Column::Grid) {
        lists = lists.in_grid(GRID);
    }
    if layout.format == Format::Xlsx {
        lists = lists.file(&sheets[0].file, write_book(&sheets));
    } else {
        for sheet in &sheets {
            let csv = write_csv(sheet);
            let bytes = if layout.format == Format::Gb18030 {
                encoding_rs::GB18030.encode(&csv).0.into_owned()
            } else {
                csv.into_bytes()
            };
            lists = lists.file(&sheet.file, bytes);
        }
    }
    Written { lists, rows, numbers, homeless, text }
}

fn write_csv(sheet: &Sheet) -> String {
    sheet.lines.iter().map(|line| format!("{}\n", line.cells.join(","))).collect()
}

fn write_book(sheets: &[Sheet]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let struck = CellFormat::new().set_font_strikethrough();
    let plain = CellFormat::new();
    for sheet in sheets {
        let page = workbook.add_worksheet();
        page.set_name(&sheet.name).expect("a sheet name");
        for (row, line) in (0..).zip(&sheet.lines) {
            for (column, cell) in (0..).zip(&line.cells).filter(|(_, cell)| !cell.is_empty()) {
                let format = if line.is_struck { &struck } else { &plain };
                page.write_string_with_format(row, column, cell, format).expect("in range");
            }
            if line.is_hidden {
                page.set_row_hidden(row).expect("in range");
            }
        }
        for &(first, last, column) in &sheet.merges {
            let text = &sheet.lines[first].cells[column];
            let (first, last) = (u32::try_from(first).expect("few"), u32::try_from(last).expect("few"));
            let column = u16::try_from(column).expect("few");
            page.merge_range(first, column, last, column, text, &plain).expect("a free range");
        }
    }
    workbook.save_to_buffer().expect("a workbook")
}

struct Writer<'a> {
    district: &'a District,
    layout: &'a Layout,
    random: &'a mut Random,
    serial: usize,
    numbers: BTreeMap<u32, BTreeSet<String>>,
    /// The home above in this table, whose door parts need not be said again.
    above: Option<usize>,
    /// How many people the widest row holds, of a list with members across.
    across: usize,
    /// Merges of the table that is being written: first and last line, column.
    merges: Vec<(usize, usize, usize)>,
    /// The header of the table that is being written.
    header: Line,
    /// Those without any door, so far.
    homeless: Vec<Person>,
}

impl Writer<'_> {
    fn hits(&mut self, damage: Damage, times: usize) -> bool {
        self.layout.has(damage) && self.random.once_in(times)
    }

    fn write_sheets(&mut self) -> Vec<Sheet> {
        let all: Vec<usize> = (0..self.district.homes.len()).collect();
        let (layout, columns) = (self.layout, self.layout.columns.clone());
        let extension = if layout.format == Format::Xlsx { "xlsx" } else { "csv" };
        let single = |lines: Vec<Line>, merges| {
            let name = if layout.format == Format::Xlsx { "Sheet1" } else { "" };
            vec![Sheet { file: format!("台账.{extension}"), name: name.to_owned(), lines, merges }]
        };
        let mut lines = self.begin();
        match layout.shape {
            Shape::Plain | Shape::Sections => {
                lines.push(self.header(&columns));
                let top = lines.len();
                lines.extend(self.table(&all, &columns));
                let merges = self.take_merges(top);
                self.end(&mut lines);
                single(lines, merges)
            }
            Shape::MembersByPerson | Shape::MembersByField => {
                self.across = self.district.homes.iter().map(|home| home.people.len()).max().unwrap_or(1).max(2);
                lines.push(self.header_across(&columns));
                let homes = self.district.homes.iter().enumerate();
                let rows: Vec<_> = homes.map(|(position, _)| self.home_across(position, &columns)).collect();
                lines.extend(rows);
                self.end(&mut lines);
                single(lines, vec![])
            }
            Shape::SideBySide => {
                let header = self.header(&columns);
                let (left, right) = all.split_at(all.len().div_ceil(2));
                let gap = if self.random.once_in(2) { vec![String::new()] } else { vec![] };
                let left = self.table(left, &columns);
                self.above = None;
                let right = self.table(right, &columns);
                lines.push(beside(&header, &header, &gap, columns.len()));
                let empty = Line::default();
                for row in 0..left.len().max(right.len()) {
                    let (left, right) = (left.get(row).unwrap_or(&empty), right.get(row).unwrap_or(&empty));
                    lines.push(beside(left, right, &gap, columns.len()));
                }
                self.end(&mut lines);
                single(lines, vec![])
            }
            Shape::Stacked => {
                let mut merges = vec![];
                for group in self.group() {
                    let mut columns = columns.clone();
                    self.random.shuffle(&mut columns);
                    let title = format!("{}住户登记表", self.name_building(group[0], true));
                    lines.push(Line { cells: vec![title], ..Line::default() });
                    lines.push(self.header(&columns));
                    self.above = None;
                    let top = lines.len();
                    lines.extend(self.table(&group, &columns));
                    merges.extend(self.take_merges(top));
                    if self.random.once_in(2) {
                        lines.push(Line::default());
                    }
                }
                single(lines, merges)
            }
            Shape::Sheets | Shape::Files | Shape::CompoundSheets | Shape::CompoundFiles => self
                .group()
                .into_iter()
                .map(|group| {
                    let place = match layout.shape {
                        Shape::Sheets | Shape::Files => self.name_building(group[0], false),
                        _ => self.district.homes[group[0]].compound.to_owned(),
                    };
                    let mut lines = self.begin();
                    lines.push(self.header(&columns));
                    self.above = None;
                    let top = lines.len();
                    lines.extend(self.table(&group, &columns));
                    let merges = self.take_merges(top);
                    self.end(&mut lines);
                    let is_file = matches!(layout.shape, Shape::Files | Shape::CompoundFiles);
                    let file = if is_file { format!("{place}.{extension}") } else { format!("台账.{extension}") };
                    Sheet { file, name: if is_file { String::new() } else { place }, lines, merges }
                })
                .collect(),
        }
    }

    /// `海棠花园3栋`; without the compound where there is only one, now and then.
    fn name_building(&mut self, home: usize, always_whole: bool) -> String {
        let home = &self.district.homes[home];
        let is_whole = always_whole || self.district.compounds() > 1;
        format!("{}{}栋", if is_whole { home.compound } else { "" }, home.building)
    }

    /// The homes of each building, or of each compound.
    fn group(&self) -> Vec<Vec<usize>> {
        let is_by_compound = matches!(self.layout.shape, Shape::CompoundSheets | Shape::CompoundFiles);
        let same =
            if is_by_compound { |one: &Home, other: &Home| one.compound == other.compound } else { same_building };
        let mut groups: Vec<Vec<usize>> = vec![];
        for (position, home) in self.district.homes.iter().enumerate() {
            match groups.last_mut() {
                Some(group) if same(&self.district.homes[group[0]], home) => group.push(position),
                _ => groups.push(vec![position]),
            }
        }
        groups
    }

    fn take_merges(&mut self, top: usize) -> Vec<(usize, usize, usize)> {
        self.merges.drain(..).map(|(first, last, column)| (top + first, top + last, column)).collect()
    }

    fn begin(&mut self) -> Vec<Line> {
        if !self.layout.has(Damage::Title) {
            return vec![];
        }
        let title = self.random.pick(&["海棠街道北门社区住户登记表", "人口信息采集表（2026年3月）", "北门社区台账"]);
        vec![Line { cells: vec![title.to_owned()], ..Line::default() }]
    }

    fn end(&mut self, lines: &mut Vec<Line>) {
        if self.layout.has(Damage::Footer) {
            let text = self.random.pick(&["制表人：癸某", "填报日期：2026年3月2日", "审核人：癸某　制表人：癸某"]);
            lines.push(Line { cells: vec![text.to_owned()], ..Line::default() });
        }
    }

    fn header(&mut self, columns: &[Column]) -> Line {
        let cells = columns.iter().map(|column| self.title(*column).to_owned()).collect();
        self.header = Line { cells, ..Line::default() };
        self.header.clone()
    }

    fn title(&mut self, column: Column) -> &'static str {
        let is_village = self.district.kind == Kind::Village;
        let titles: &[&str] = match column {
            Column::Serial => &["序号"],
            Column::Grid => &["网格编码"],
            Column::Compound if is_village => &["村"],
            Column::Compound => &["小区", "小区名称"],
            Column::Building if is_village => &["村民小组", "组"],
            Column::Building => &["楼栋", "楼栋号", "幢号"],
            Column::Unit => &["单元", "单元号"],
            Column::Floor => &["楼层", "层"],
            Column::Room if is_village => &["门牌号"],
            Column::Room => &["房号", "室号", "房间号"],
            Column::Address => &["家庭住址", "现住址", "居住地址"],
            Column::Name => &["姓名", "人员姓名"],
            Column::Relation => &["与户主关系", "关系"],
            Column::IdNo => &["身份证号码", "身份证号", "公民身份号码", "证件号码"],
            Column::Tel => &["联系电话", "手机号", "电话"],
            Column::Remark => &["备注"],
        };
        self.random.pick(titles)
    }

    /// The rows of homes, with what stands between them.
    fn table(&mut self, homes: &[usize], columns: &[Column]) -> Vec<Line> {
        let mut lines = vec![];
        for &home in homes {
            if self.layout.shape == Shape::Sections {
                self.begin_sections(home, &mut lines);
            }
            self.between(columns, &mut lines);
            let top = lines.len();
            let rows = self.home(home, columns);
            if self.layout.carry == Carry::Merged && rows.len() > 1 {
                let door = columns.iter().enumerate().filter(|(_, column)| is_door(**column));
                self.merges.extend(door.map(|(position, _)| (top, top + rows.len() - 1, position)));
            }
            lines.extend(rows);
            self.above = Some(home);
            if self.hits(Damage::Homeless, 5) {
                lines.push(self.homeless(columns));
            }
        }
        lines
    }

    /// A row of somebody without any door: the head of a family that nobody can place.
    fn homeless(&mut self, columns: &[Column]) -> Line {
        let serial = 900 + u32::try_from(self.homeless.len()).expect("few");
        let person = Person {
            serial,
            name: format!("游{}", self.homeless.len()),
            relation: "户主",
            id_no: id_no(serial),
            tel: String::new(),
        };
        let written = self.person(&person);
        let cells = columns.iter().map(|column| match column {
            Column::Grid => GRID.to_owned(),
            column => written.get(column).unwrap_or_default(),
        });
        let home = self.district.homes.len() + self.homeless.len();
        let line = Line { cells: cells.collect(), of: vec![Entry { home, person: Some(serial) }], ..Line::default() };
        self.homeless.push(person);
        line
    }

    /// Shifts the cells from some column up to the name by one.
    fn slip(&mut self, columns: &[Column], cells: &mut Vec<String>) {
        let name = columns.iter().position(|column| *column == Column::Name).unwrap_or(0);
        let from = self.random.below(name + 1);
        if from > 0 && self.random.once_in(2) {
            cells.remove(from - 1);
        } else {
            cells.insert(from, String::new());
        }
    }

    fn begin_sections(&mut self, home: usize, lines: &mut Vec<Line>) {
        let homes = &self.district.homes;
        let (above, now) = (self.above.map(|above| &homes[above]), &homes[home]);
        let has_compounds = self.district.compounds() > 1;
        let is_new = above.is_none_or(|above| !same_building(above, now));
        if is_new {
            let compound = if has_compounds { now.compound } else { "" };
            let count = self.random.pick(&["", "", "（共2户）"]);
            lines.push(Line { cells: vec![format!("{compound}{}栋{count}", now.building)], ..Line::default() });
        }
        if !now.unit.is_empty() && (is_new || above.is_none_or(|above| above.unit != now.unit)) {
            let unit = if self.random.once_in(2) { &now.unit } else { ["一", "二"][usize::from(now.unit != "1")] };
            lines.push(Line { cells: vec![format!("{unit}单元")], ..Line::default() });
        }
    }

    fn between(&mut self, columns: &[Column], lines: &mut Vec<Line>) {
        if self.above.is_some() && self.hits(Damage::Sums, 4) {
            let at = columns.iter().position(|column| *column == Column::Name).unwrap_or(0);
            let mut cells = vec![String::new(); at + 1];
            cells[0] = "小计".to_owned();
            if at > 0 {
                cells[at] = "3人".to_owned();
            }
            lines.push(Line { cells, ..Line::default() });
        }
        if self.hits(Damage::Notes, 5) {
            let note = self.random.pick(&["以下为新增", "（接上页）", "注：以下住户由楼长代管"]);
            lines.push(Line { cells: vec![note.to_owned()], ..Line::default() });
        }
        if self.hits(Damage::HeaderAgain, 5) {
            lines.push(self.header.clone());
        }
        if self.hits(Damage::EmptyRows, 5) {
            lines.push(Line::default());
        }
    }

    /// The rows of one home.
    fn home(&mut self, position: usize, columns: &[Column]) -> Vec<Line> {
        let home = &self.district.homes[position];
        let door = Door::spell(self.district, home, self.layout, self.random);
        let unknown = self.lose_room(home);
        let mut lines = vec![];
        let people: Vec<Option<&Person>> =
            if home.people.is_empty() { vec![None] } else { home.people.iter().map(Some).collect() };
        for (row, person) in people.into_iter().enumerate() {
            let written = person.map(|person| self.person(person));
            let cells = columns
                .iter()
                .map(|column| match written.as_ref().and_then(|written| written.get(column)) {
                    Some(text) => text,
                    None if is_door(*column) || *column == Column::Serial || *column == Column::Grid => {
                        self.door_cell(*column, home, &door, unknown.as_deref(), row)
                    }
                    None if *column == Column::Name && self.layout.has(Damage::NameWord) => "空置".to_owned(),
                    None if *column == Column::Remark && person.is_none() => "空置".to_owned(),
                    None => String::new(),
                })
                .collect::<Vec<_>>();
            let mut cells = cells;
            if person.is_some() && self.hits(Damage::Slipped, 12) {
                self.slip(columns, &mut cells);
            }
            let of = vec![Entry { home: position, person: person.map(|person| person.serial) }];
            let is_hidden = self.hits(Damage::Hidden, 8);
            let line = Line { cells, of, is_hidden, is_struck: self.hits(Damage::Struck, 8) };
            if person.is_some() && self.hits(Damage::RowTwice, 8) {
                lines.push(line.clone());
            }
            lines.push(line);
        }
        lines
    }

    fn person(&mut self, person: &Person) -> Fields {
        let (id_no, readable) = spell_id_no(person, self.layout, self.random);
        self.numbers.entry(person.serial).or_default().insert(readable);
        Fields {
            name: spell_name(person, self.layout, self.random),
            relation: person.relation,
            id_no,
            tel: spell_tel(person, self.layout, self.random),
        }
    }

    /// The text in place of the room, now and then.
    fn lose_room(&mut self, home: &Home) -> Option<String> {
        if home.people.is_empty() || !self.hits(Damage::RoomUnknown, 4) {
            return None;
        }
        // A blank room means the one above unless the row begins a family.
        let has_heads = self.layout.columns.contains(&Column::Relation);
        let may_be_blank = has_heads && self.layout.carry != Carry::Merged && self.layout.address != Address::Whole;
        Some(spell_unknown_room(may_be_blank, self.random))
    }

    fn door_cell(&mut self, column: Column, home: &Home, door: &Door, unknown: Option<&str>, row: usize) -> String {
        let carry = self.layout.carry;
        let is_room = matches!(column, Column::Room | Column::Floor | Column::Address);
        let is_further = row > 0 && !matches!(column, Column::Serial);
        match column {
            Column::Serial => {
                self.serial += 1;
                self.serial.to_string()
            }
            _ if is_further && matches!(carry, Carry::Blank | Carry::Sparse | Carry::Merged) => String::new(),
            _ if is_further && carry == Carry::Ditto && column != Column::Grid => "同上".to_owned(),
            Column::Grid => home.grid.to_owned(),
            Column::Floor if unknown.is_some() => String::new(),
            _ if is_room && unknown.is_some() => unknown.unwrap_or_default().to_owned(),
            _ if carry == Carry::Sparse && !is_room && self.is_as_above(column, home) => String::new(),
            _ => door.cell(column, self.layout),
        }
    }

    /// Whether the part of the door, and all before it, is that of the home above.
    fn is_as_above(&self, column: Column, home: &Home) -> bool {
        let Some(above) = self.above.map(|above| &self.district.homes[above]) else { return false };
        let same_compound = above.compound == home.compound;
        match column {
            Column::Compound => same_compound,
            Column::Building => same_building(above, home),
            _ => same_building(above, home) && above.unit == home.unit,
        }
    }

    fn header_across(&mut self, columns: &[Column]) -> Line {
        let mut cells: Vec<String> = vec![];
        let fields: Vec<_> = columns.iter().copied().filter(|column| is_personal(*column)).collect();
        let titles: Vec<_> = fields.iter().map(|column| self.title(*column)).collect();
        for column in columns.iter().filter(|column| !is_personal(**column)) {
            cells.push(self.title(*column).to_owned());
        }
        let member = |member: usize, title: &str| match (member, title) {
            (0, "姓名" | "人员姓名") => "户主姓名".to_owned(),
            (0, title) => format!("户主{title}"),
            (member, "人员姓名") => format!("成员{member}姓名"),
            (member, title) => format!("成员{member}{title}"),
        };
        for (person, field) in self.order_across(fields.len()) {
            // The head's relation is plain.
            if person > 0 || fields[field] != Column::Relation {
                cells.push(member(person, titles[field]));
            }
        }
        Line { cells, ..Line::default() }
    }

    /// Person and field of each column of a list with members across.
    fn order_across(&self, fields: usize) -> Vec<(usize, usize)> {
        let people = 0..self.across;
        if self.layout.shape == Shape::MembersByPerson {
            people.flat_map(|person| (0..fields).map(move |field| (person, field))).collect()
        } else {
            (0..fields).flat_map(|field| people.clone().map(move |person| (person, field))).collect()
        }
    }

    fn home_across(&mut self, position: usize, columns: &[Column]) -> Line {
        let home = &self.district.homes[position];
        let door = Door::spell(self.district, home, self.layout, self.random);
        let unknown = self.lose_room(home);
        let mut cells = vec![];
        for column in columns.iter().filter(|column| !is_personal(**column)) {
            cells.push(self.door_cell(*column, home, &door, unknown.as_deref(), 0));
        }
        let people: Vec<Fields> = home.people.iter().map(|person| self.person(person)).collect();
        let fields: Vec<_> = columns.iter().copied().filter(|column| is_personal(*column)).collect();
        for (person, field) in self.order_across(fields.len()) {
            if person > 0 || fields[field] != Column::Relation {
                cells.push(people.get(person).and_then(|person| person.get(&fields[field])).unwrap_or_default());
            }
        }
        self.above = Some(position);
        let mut of: Vec<_> =
            home.people.iter().map(|person| Entry { home: position, person: Some(person.serial) }).collect();
        if of.is_empty() {
            of.push(Entry { home: position, person: None });
        }
        Line { cells, of, ..Line::default() }
    }
}

/// What a row says of a person.
struct Fields {
    name: String,
    relation: &'static str,
    id_no: String,
    tel: String,
}

impl Fields {
    fn get(&self, column: &Column) -> Option<String> {
        match column {
            Column::Name => Some(self.name.clone()),
            Column::Relation => Some(self.relation.to_owned()),
            Column::IdNo => Some(self.id_no.clone()),
            Column::Tel => Some(self.tel.clone()),
            _ => None,
        }
    }
}

fn is_door(column: Column) -> bool {
    matches!(
        column,
        Column::Compound | Column::Building | Column::Unit | Column::Floor | Column::Room | Column::Address
    )
}

fn is_personal(column: Column) -> bool {
    matches!(column, Column::Name | Column::Relation | Column::IdNo | Column::Tel)
}

fn same_building(one: &Home, other: &Home) -> bool {
    one.compound == other.compound && one.building == other.building
}

fn beside(left: &Line, right: &Line, gap: &[String], width: usize) -> Line {
    let mut cells = left.cells.clone();
    cells.resize(width, String::new());
    cells.extend(gap.iter().cloned());
    cells.extend(right.cells.iter().cloned());
    Line { cells, of: [left.of.clone(), right.of.clone()].concat(), ..Line::default() }
}
