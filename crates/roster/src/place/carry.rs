//! What a row may take from the one above.
//!
//! Why. A blank cell means "as above" in a list that writes each value once, and "not known" in a list that repeats it.
//! Taking the second for the first puts people into the home of strangers.
//!
//! Flow: [`Habits::of`] counts, column by column, how the list writes; [`Habits::fills_down`] says whether a blank cell
//! may be filled from above.

use std::collections::BTreeMap;

use spreadsheet::Row;

use crate::structure::given::Given;
use crate::structure::layout::Layout;
use crate::structure::titles::Field;

/// How one column writes its values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Habit {
    values: usize,
    /// Values written again below the same value.
    repeats: usize,
    /// Blank cells below a value.
    blanks: usize,
    /// Values unlike the first.
    others: usize,
}

/// How a table writes the parts of its doors.
#[derive(Debug, Clone, Default)]
pub(crate) struct Habits {
    by_field: BTreeMap<Field, Habit>,
    first: BTreeMap<Field, String>,
}

/// What is written once for many homes; counted from home to home.
const OUTER: [Field; 6] = [Field::Grid, Field::Compound, Field::Group, Field::Building, Field::Unit, Field::Floor];
/// What is written once for many people; counted from row to row.
const DOORS: [Field; 3] = [Field::Room, Field::Address, Field::RegisteredAddress];

impl Habits {
    /// Counts over the rows of a table; `None` stands for a section between them. Cells that a merged range fills are neither value nor blank.
    pub(crate) fn of<'r>(rows: impl Iterator<Item = Option<(&'r Row, &'r Layout)>>) -> Self {
        let mut habits = Self::default();
        let mut above: BTreeMap<Field, String> = BTreeMap::new();
        let mut home_above: BTreeMap<Field, String> = BTreeMap::new();
        for row in rows {
            let Some((row, layout)) = row else {
                above.clear();
                home_above.clear();
                continue;
            };
            let is_filled = |field| layout.filled(row, field, 0).next().is_some();
            let has_door = DOORS.into_iter().any(is_filled);
            if !(has_door || is_filled(Field::Name)) {
                continue;
            }
            let mut outer_is_same = true;
            for field in OUTER {
                if has_door || matches!(layout.given(row, field), Given::Value(_)) {
                    // 1单元 below 1单元 of another building repeats nothing.
                    if !outer_is_same {
                        home_above.remove(&field);
                    }
                    outer_is_same &= habits.count(row, layout, field, &mut home_above).unwrap_or(true);
                }
            }
            for field in DOORS {
                // 101 below 101 of another building repeats nothing.
                if !outer_is_same {
                    above.remove(&field);
                }
                habits.count(row, layout, field, &mut above);
            }
        }
        habits
    }

    /// Counts one cell; whether it leaves the value as it was, where that can be said.
    fn count(&mut self, row: &Row, layout: &Layout, field: Field, above: &mut BTreeMap<Field, String>) -> Option<bool> {
        if !layout.has(field) || layout.filled(row, field, 0).any(|cell| cell.copied) {
            return None;
        }
        let habit = self.by_field.entry(field).or_default();
        match layout.given(row, field) {
            Given::Value(text) => {
                habit.values += 1;
                let first = self.first.entry(field).or_insert_with(|| text.clone());
                habit.others += usize::from(*first != text);
                let is_same = above.get(&field) == Some(&text);
                habit.repeats += usize::from(is_same);
                above.insert(field, text);
                Some(is_same)
            }
            Given::Blank => {
                habit.blanks += usize::from(self.first.contains_key(&field));
                above.remove(&field);
                None
            }
            Given::Nothing | Given::Error | Given::Ditto | Given::Typed(_) => None,
        }
    }

    fn of_field(&self, field: Field) -> Habit {
        self.by_field.get(&field).copied().unwrap_or_default()
    }

    /// Whether a blank cell means "as above": the list writes each value once.
    pub(crate) fn fills_down(&self, field: Field) -> bool {
        self.of_field(field).repeats == 0
    }

    /// The only value of a column.
    pub(crate) fn only(&self, field: Field) -> Option<&str> {
        self.first.get(&field).filter(|_| self.of_field(field).others == 0).map(String::as_str)
    }

    /// Whether a column has any value.
    pub(crate) fn has_values(&self, field: Field) -> bool {
        self.of_field(field).values > 0
    }

    /// Whether a blank cell means "as above" even where nothing else on the row says so: blank cells are usual.
    pub(crate) fn fills_down_often(&self, field: Field) -> bool {
        let Habit { values, repeats, blanks, .. } = self.of_field(field);
        repeats == 0 && blanks > 0 && blanks * 2 >= values
    }

    /// Whether the unit is written once for its rooms even where the building is repeated.
    pub(crate) fn unit_fills_down_alone(&self) -> bool {
        let Habit { values, repeats, blanks, .. } = self.of_field(Field::Unit);
        repeats == 0 && blanks >= 2 * values
    }
}
