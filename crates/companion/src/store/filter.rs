//! A condition put together for one request.

use rusqlite::types::ToSql;

/// A condition and its parameters.
#[derive(Default)]
pub(super) struct Filter {
    conditions: Vec<String>,
    params: Vec<(String, Box<dyn ToSql>)>,
}

impl Filter {
    /// Adds a condition; all of them have to hold.
    pub(super) fn add(&mut self, condition: impl Into<String>) {
        self.conditions.push(condition.into());
    }

    /// Gives a parameter its value.
    pub(super) fn bind(&mut self, name: impl Into<String>, value: impl ToSql + 'static) {
        self.params.push((name.into(), Box::new(value)));
    }

    /// The condition as SQL.
    pub(super) fn sql(&self) -> String {
        if self.conditions.is_empty() { "1".to_owned() } else { self.conditions.join(" AND ") }
    }

    /// The parameters.
    pub(super) fn params(&self) -> Vec<(&str, &dyn ToSql)> {
        self.params.iter().map(|(name, value)| (name.as_str(), value.as_ref())).collect()
    }
}
