//! What publishing a value changes, entry by entry.

use std::collections::BTreeMap;

use serde_json::Value;

use super::entries::Entry;
use super::kinds::find_kind;

/// What happens to one key.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ReferenceChange {
    /// The key.
    pub key: String,
    /// What people call it.
    pub title: &'static str,
    /// Whether the value differs from the published one at all; an equal one keeps its version.
    pub is_changed: bool,
    /// Entries that are new, as people know them: code and name.
    pub added: Vec<String>,
    /// Entries that differ.
    pub changed: Vec<String>,
    /// Entries that are gone.
    pub removed: Vec<String>,
}

/// Compares the published value of a key with the one to come.
pub(crate) fn compare(key: &str, before: Option<&Value>, after: &Value) -> ReferenceChange {
    let kind = find_kind(key);
    let mut change = ReferenceChange {
        key: key.to_owned(),
        title: kind.map_or("", |kind| kind.title),
        is_changed: before != Some(after),
        added: Vec::new(),
        changed: Vec::new(),
        removed: Vec::new(),
    };
    let Some(form) = kind.and_then(|kind| kind.entries()) else { return change };
    let show = |id: &str, entry: &Entry| {
        let name = entry.get(form.name).and_then(Value::as_str).unwrap_or_default();
        format!("{id} {name}").trim().to_owned()
    };
    let listed = |value| -> BTreeMap<&str, &Entry> { form.list_published(value).into_iter().collect() };
    let (old, new) = (before.map(listed).unwrap_or_default(), listed(after));
    for (id, entry) in &new {
        match old.get(id) {
            None => change.added.push(show(id, entry)),
            Some(known) if known != entry => change.changed.push(show(id, entry)),
            Some(_) => {}
        }
    }
    let gone = old.iter().filter(|(id, _)| !new.contains_key(*id));
    change.removed = gone.map(|(id, entry)| show(id, entry)).collect();
    change
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_names_its_entries() {
        let before = json!([{"id": "a", "title": "一"}, {"id": "b", "title": "二"}, {"id": "c", "title": "三"}]);
        let after = json!([{"id": "c", "title": "三"}, {"id": "d", "title": "四"}, {"id": "a", "title": "一改"}]);
        let change = compare("notices", Some(&before), &after);
        assert_eq!(
            (change.added, change.changed, change.removed),
            (vec!["d 四".to_owned()], vec!["a 一改".to_owned()], vec!["b 二".to_owned()])
        );
        assert!(!compare("notices", Some(&before), &before).is_changed);
        let moved = compare("notices", Some(&json!([{"id": "a"}, {"id": "b"}])), &json!([{"id": "b"}, {"id": "a"}]));
        assert!(moved.is_changed && moved.changed.is_empty(), "another order is another list");
        let old = compare("notices", Some(&json!(["周三停水"])), &json!([]));
        assert!(old.is_changed && old.removed.is_empty());
        let organisations = compare("organisations", None, &json!({"fire": {"name": "消防救援站"}}));
        assert_eq!(organisations.added, ["fire 消防救援站"]);
    }
}
