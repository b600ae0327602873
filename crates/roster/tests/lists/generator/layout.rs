//! How an office writes its list: which columns in which order, where the door stands, and what went wrong.

use std::collections::BTreeSet;

use super::district::{District, Kind};
use super::random::Random;

/// Into what the rows go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Utf8,
    Gb18030,
    Xlsx,
}

/// How the tables lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One table, a row a person.
    Plain,
    /// Section rows for compound and building, and for the unit.
    Sections,
    /// A sheet for every building; its name says which.
    Sheets,
    /// A file for every building; its name says which.
    Files,
    /// A table for every building below each other, each with a title and columns in an order of its own.
    Stacked,
    /// A sheet for every compound; its name says which.
    CompoundSheets,
    /// A file for every compound; its name says which.
    CompoundFiles,
    /// Two tables beside each other.
    SideBySide,
    /// One row a home, members across, one person after the other.
    MembersByPerson,
    /// One row a home, members across, one field after the other.
    MembersByField,
}

impl Shape {
    /// Whether something beside the columns says the building.
    fn says_building(self) -> bool {
        matches!(self, Self::Sections | Self::Sheets | Self::Files | Self::Stacked)
    }

    /// Whether something beside the columns says the building or the compound.
    fn is_split(self) -> bool {
        self.says_building() || matches!(self, Self::CompoundSheets | Self::CompoundFiles)
    }
}

/// How the door is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Address {
    /// In columns of their own.
    Parts,
    /// In one column.
    Whole,
    /// Building, and `unit-room` in the column of rooms.
    UnitInRoom,
    /// In columns of their own, the room as floor and flat.
    Floors,
}

/// How the door stands on the further rows of a home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carry {
    Repeated,
    Blank,
    /// Blank, and what did not change from the home above is blank too.
    Sparse,
    Ditto,
    Merged,
}

/// What went wrong, each now and then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Damage {
    RoomUnknown,
    IdPlaceholder,
    IdMasked,
    IdWrong,
    IdSpelled,
    IdRounded,
    NameMark,
    NameSpelled,
    NameWord,
    DoorSpelled,
    RoomRemark,
    Sums,
    Notes,
    HeaderAgain,
    EmptyRows,
    Footer,
    Title,
    RowTwice,
    Hidden,
    Struck,
    PhonePlaceholder,
    Floats,
    /// Somebody without any door.
    Homeless,
    /// The cells of a row stand one column too far to the left or right.
    Slipped,
}

const DAMAGES: [Damage; 24] = [
    Damage::RoomUnknown,
    Damage::IdPlaceholder,
    Damage::IdMasked,
    Damage::IdWrong,
    Damage::IdSpelled,
    Damage::IdRounded,
    Damage::NameMark,
    Damage::NameSpelled,
    Damage::NameWord,
    Damage::DoorSpelled,
    Damage::RoomRemark,
    Damage::Sums,
    Damage::Notes,
    Damage::HeaderAgain,
    Damage::EmptyRows,
    Damage::Footer,
    Damage::Title,
    Damage::RowTwice,
    Damage::Hidden,
    Damage::Struck,
    Damage::PhonePlaceholder,
    Damage::Floats,
    Damage::Homeless,
    Damage::Slipped,
];

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    Serial,
    Grid,
    Compound,
    Building,
    Unit,
    Floor,
    Room,
    Address,
    Name,
    Relation,
    IdNo,
    Tel,
    Remark,
}

/// Everything about a list but its people.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) format: Format,
    pub(crate) shape: Shape,
    pub(crate) address: Address,
    pub(crate) carry: Carry,
    pub(crate) columns: Vec<Column>,
    pub(crate) damages: BTreeSet<Damage>,
}

impl Layout {
    /// A way in which this district can be written so that a careful reader can place everybody.
    pub(crate) fn make(district: &District, random: &mut Random) -> Self {
        let is_village = district.kind == Kind::Village;
        let mut shape = match random.below(14) {
            0..4 => Shape::Plain,
            4 | 5 => Shape::Sections,
            6 => Shape::Sheets,
            7 => Shape::Files,
            8 => Shape::Stacked,
            9 => Shape::SideBySide,
            10 => Shape::MembersByPerson,
            11 => Shape::CompoundSheets,
            12 => Shape::CompoundFiles,
            _ => Shape::MembersByField,
        };
        if is_village && shape.is_split() {
            shape = Shape::Plain;
        }
        let format = match shape {
            Shape::Sheets | Shape::CompoundSheets => Format::Xlsx,
            Shape::Files | Shape::CompoundFiles => Format::Utf8,
            _ => random.pick(&[Format::Utf8, Format::Gb18030, Format::Xlsx]),
        };
        let has_units = district.homes.iter().any(|home| !home.unit.is_empty());
        let address = match random.below(9) {
            0 | 1 if !shape.is_split() => Address::Whole,
            2 | 3 if has_units && shape != Shape::Sections => Address::UnitInRoom,
            4 if !is_village => Address::Floors,
            _ => Address::Parts,
        };
        let carry = match random.below(5) {
            0 => Carry::Blank,
            1 if address != Address::Whole => Carry::Sparse,
            2 => Carry::Ditto,
            3 if format == Format::Xlsx && shape != Shape::SideBySide => Carry::Merged,
            _ => Carry::Repeated,
        };
        let columns = pick_columns(district, shape, address, has_units, random);
        let mut layout = Self { format, shape, address, carry, columns, damages: BTreeSet::new() };
        if !random.once_in(4) {
            let damages = (0..1 + random.below(4)).map(|_| random.pick(&DAMAGES));
            layout.damages = damages.filter(|damage| layout.allows(*damage)).collect();
        }
        layout
    }

    fn allows(&self, damage: Damage) -> bool {
        let is_across = matches!(self.shape, Shape::MembersByPerson | Shape::MembersByField);
        let is_neighboured = self.shape == Shape::SideBySide;
        match damage {
            Damage::Hidden | Damage::Struck => self.format == Format::Xlsx && !is_across && !is_neighboured,
            Damage::IdRounded | Damage::Floats => self.format != Format::Xlsx,
            Damage::Homeless | Damage::Slipped => {
                let is_plain = self.shape == Shape::Plain && self.carry == Carry::Repeated;
                let has = |column| self.columns.contains(&column);
                is_plain && has(Column::Relation) && (damage == Damage::Homeless || has(Column::IdNo))
            }
            Damage::Sums | Damage::Notes | Damage::EmptyRows | Damage::HeaderAgain => !is_neighboured,
            Damage::RowTwice => !is_across && !is_neighboured && self.carry == Carry::Repeated,
            _ => true,
        }
    }

    pub(crate) fn has(&self, damage: Damage) -> bool {
        self.damages.contains(&damage)
    }
}

fn pick_columns(
    district: &District,
    shape: Shape,
    address: Address,
    has_units: bool,
    random: &mut Random,
) -> Vec<Column> {
    let mut door = match address {
        Address::Whole => vec![Column::Address],
        Address::Floors => vec![Column::Floor, Column::Room],
        _ => vec![Column::Room],
    };
    if matches!(address, Address::Parts | Address::Floors) && has_units && shape != Shape::Sections {
        door.insert(0, Column::Unit);
    }
    if address != Address::Whole && !shape.says_building() {
        door.insert(0, Column::Building);
    }
    if address != Address::Whole && !shape.is_split() {
        // With two compounds or in a village the doors are unclear without it.
        if district.compounds() > 1 || district.kind == Kind::Village || random.once_in(2) {
            door.insert(0, Column::Compound);
        }
    }
    let grids = district.homes.iter().any(|home| home.grid != district.homes[0].grid);
    if grids || random.once_in(2) {
        door.insert(0, Column::Grid);
    }
    let mut fields = vec![Column::Name];
    for (column, times) in [(Column::Relation, 4), (Column::IdNo, 5), (Column::Tel, 2), (Column::Remark, 2)] {
        if !random.once_in(times) {
            fields.push(column);
        }
    }
    random.shuffle(&mut fields);
    let mut columns = if random.once_in(2) { vec![Column::Serial] } else { vec![] };
    // Most offices write the door first and in its order; some do not.
    match random.below(6) {
        0 => {
            columns.extend(fields);
            columns.extend(door);
        }
        1 => {
            columns.extend(door);
            columns.extend(fields);
            random.shuffle(&mut columns);
        }
        _ => {
            columns.extend(door);
            columns.extend(fields);
        }
    }
    columns
}
