//! Lists of entries: from what stands in a file to the value that is published.
//!
//! Two passes, so that a file is corrected once: every field of every entry is read and what is wrong with it said;
//! the entries that can be read are then checked as a whole (`domain` knows what is wrong with a list). Any problem
//! refuses the file.

use std::collections::BTreeMap;
use std::rc::Rc;

use domain::LocalDate;
use domain::reference::{Mistake, Wrong};
use serde_json::{Map, Value};

use super::field::{Field, Given};
use super::problem::{At, Problem, explain};

/// An entry: JSON fields by name.
pub(crate) type Entry = Map<String, Value>;

/// What a list of entries looks like.
#[derive(Debug)]
pub(crate) struct EntryForm {
    /// Its sheet.
    pub(crate) sheet: &'static str,
    /// Name of the field that tells entries apart.
    pub(crate) id: &'static str,
    /// Name of the field that people know an entry by.
    pub(crate) name: &'static str,
    /// Whether the JSON is a map, id → entry, and no list.
    pub(crate) is_map: bool,
    /// Fields, in the order of their columns.
    pub(crate) fields: &'static [Field],
    /// Checks the list and makes the value.
    pub(crate) finish: fn(Vec<Entry>, &Published<'_>) -> Result<Value, Vec<Rejection>>,
}

/// What is there already, and when it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Published<'a> {
    /// The value that is published now.
    pub(crate) value: Option<&'a Value>,
    /// The day of publishing.
    pub(crate) today: LocalDate,
}

/// Why an entry cannot be published.
#[derive(Debug)]
pub(crate) enum Rejection {
    /// A mistake that `domain` found.
    Mistake(Mistake),
    /// An entry that has not its shape although its fields have theirs.
    Shape {
        /// Which entry, from 0.
        position: usize,
        /// What the reader said.
        reason: String,
    },
}

impl From<Mistake> for Rejection {
    fn from(mistake: Mistake) -> Self {
        Self::Mistake(mistake)
    }
}

/// An entry as it stands in a file.
#[derive(Debug)]
pub(crate) struct RawEntry {
    /// Where.
    pub(crate) source: Source,
    /// What stands there, by the fields' names.
    pub(crate) given: BTreeMap<&'static str, Given>,
}

/// Where an entry stands.
#[derive(Debug)]
pub(crate) enum Source {
    /// In a JSON file.
    Json {
        /// The key.
        key: String,
        /// From 1.
        number: usize,
        /// Its code, as far as there is one.
        entry: String,
    },
    /// In a row.
    Row {
        /// The sheet.
        sheet: Rc<str>,
        /// From 1.
        row: u32,
        /// Column of each field, from 0.
        columns: Rc<BTreeMap<&'static str, usize>>,
    },
}

impl Source {
    fn problem(&self, field: Option<&Field>, wrong: String, expected: String) -> Problem {
        match self {
            Self::Json { key, number, entry } => {
                let at = At::Entry { key: key.clone(), number: *number, entry: entry.clone() };
                Problem { field: field.map_or("", |field| field.name).into(), ..Problem::new(at, wrong, expected) }
            }
            Self::Row { sheet, row, columns } => {
                let column = field.and_then(|field| columns.get(field.name).copied());
                let at = At::Row { sheet: sheet.to_string(), row: *row, column };
                Problem { field: field.map_or("", |field| field.title).into(), ..Problem::new(at, wrong, expected) }
            }
        }
    }
}

impl EntryForm {
    /// The field with this name.
    pub(crate) fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Entries of a JSON value; what cannot be an entry is a problem.
    pub(crate) fn list_raw(&self, key: &str, value: &Value, problems: &mut Vec<Problem>) -> Vec<RawEntry> {
        let entries: Vec<(Option<&String>, &Value)> = match value {
            Value::Object(entries) if self.is_map => entries.iter().map(|(id, entry)| (Some(id), entry)).collect(),
            Value::Array(entries) if !self.is_map => entries.iter().map(|entry| (None, entry)).collect(),
            _ => {
                let expected = if self.is_map { "{ 编号: { … }, … }" } else { "[ { … }, … ]" };
                problems.push(Problem::new(At::Key(key.into()), "整体写法不对", expected));
                return Vec::new();
            }
        };
        let mut raw = Vec::new();
        for (number, (id, entry)) in (1..).zip(entries) {
            let shown = id.map(String::as_str).or_else(|| entry.get(self.id)?.as_str()).unwrap_or_default();
            let source = Source::Json { key: key.into(), number, entry: shown.into() };
            let Value::Object(fields) = entry else {
                problems.push(source.problem(None, "写法不对".into(), "{ \"名\": 值, … }".into()));
                continue;
            };
            let mut given: BTreeMap<&'static str, Given> = BTreeMap::new();
            for (name, value) in fields {
                match self.field(name).filter(|field| !(self.is_map && field.name == self.id)) {
                    Some(field) => {
                        given.insert(field.name, Given::from(value));
                    }
                    None => {
                        let known = self.fields.iter().filter(|field| !(self.is_map && field.name == self.id));
                        let known: Vec<&str> = known.map(|field| field.name).collect();
                        problems.push(source.problem(None, format!("没有“{name}”这一项"), known.join("、")));
                    }
                }
            }
            if let Some(id) = id {
                given.insert(self.id, Given::Single(id.clone()));
            }
            raw.push(RawEntry { source, given });
        }
        raw
    }

    /// The value to publish, unless something is wrong.
    pub(crate) fn read(
        &self,
        raw: Vec<RawEntry>,
        published: &Published<'_>,
        problems: &mut Vec<Problem>,
    ) -> Option<Value> {
        let (mut sources, mut entries) = (Vec::new(), Vec::new());
        let mut is_whole = true;
        for RawEntry { source, given } in raw {
            match self.read_entry(&source, &given, problems) {
                Some(entry) => {
                    sources.push(source);
                    entries.push(entry);
                }
                None => is_whole = false,
            }
        }
        match (self.finish)(entries, published) {
            Ok(value) => is_whole.then_some(value),
            Err(rejections) => {
                problems.extend(rejections.into_iter().map(|rejection| self.describe(&sources, rejection)));
                None
            }
        }
    }

    fn read_entry(
        &self,
        source: &Source,
        given: &BTreeMap<&'static str, Given>,
        problems: &mut Vec<Problem>,
    ) -> Option<Entry> {
        let mut entry = Entry::new();
        let before = problems.len();
        for field in self.fields {
            let read = given.get(field.name).map_or(Ok(None), |given| field.read(given));
            match read {
                Ok(Some(value)) => {
                    entry.insert(field.name.into(), value);
                }
                Ok(None) if field.is_needed => {
                    problems.push(source.problem(Some(field), explain(&Wrong::Missing), field.expected()));
                }
                Ok(None) => {}
                Err(wrong) => problems.push(source.problem(Some(field), wrong, field.expected())),
            }
        }
        (problems.len() == before).then_some(entry)
    }

    fn describe(&self, sources: &[Source], rejection: Rejection) -> Problem {
        let (position, field, wrong) = match rejection {
            Rejection::Mistake(mistake) => (mistake.position, self.field(mistake.field), explain(&mistake.wrong)),
            Rejection::Shape { position, reason } => (position, None, format!("写法不对（{reason}）")),
        };
        match sources.get(position) {
            Some(source) => source.problem(field, wrong, field.map(Field::expected).unwrap_or_default()),
            None => Problem::new(At::Sheet(self.sheet.into()), wrong, ""),
        }
    }

    /// The entries of a published value with their ids; what is no entry is left out.
    pub(crate) fn list_published<'a>(&self, value: &'a Value) -> Vec<(&'a str, &'a Entry)> {
        match value {
            Value::Object(entries) if self.is_map => {
                entries.iter().filter_map(|(id, entry)| Some((id.as_str(), entry.as_object()?))).collect()
            }
            Value::Array(entries) => entries
                .iter()
                .filter_map(Value::as_object)
                .filter_map(|entry| Some((entry.get(self.id)?.as_str()?, entry)))
                .collect(),
            _ => Vec::new(),
        }
    }
}
