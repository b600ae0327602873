//! What publishing a value changes, entry by entry.

use std::collections::BTreeMap;

use serde_json::Value;

use super::builtin::find_lost_days;
use super::entries::Entry;
use super::kinds::find_kind;
use super::whole::list_parts;

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
    /// What the office should look at, although it is published.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
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
        warnings: Vec::new(),
    };
    let Some(form) = kind.and_then(|kind| kind.entries()) else {
        compare_whole(&mut change, before, after);
        return change;
    };
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

/// Parts of a value of its own shape; days that the built-in calendar had are warned of.
fn compare_whole(change: &mut ReferenceChange, before: Option<&Value>, after: &Value) {
    if !change.is_changed {
        return;
    }
    let (old, new) =
        (before.map(|value| list_parts(&change.key, value)).unwrap_or_default(), list_parts(&change.key, after));
    let show = |name: &str, value: &str| format!("{name} {value}").trim().to_owned();
    for (name, value) in &new {
        match old.get(name) {
            None => change.added.push(show(name, value)),
            Some(known) if known != value => change.changed.push(format!("{name} {known} → {value}")),
            Some(_) => {}
        }
    }
    let gone = old.iter().filter(|(name, _)| !new.contains_key(*name));
    change.removed = gone.map(|(name, value)| show(name, value)).collect();
    change.warnings.extend(find_lost_days(&change.key, after));
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

    #[test]
    fn a_change_of_the_rules_of_time_names_its_parts() {
        let builtin = crate::reference::builtin_values().expect("plain data");
        let mut table = builtin["calendar/2026"].clone();
        assert!(!compare("calendar/2026", Some(&table), &table).is_changed);
        let days = table["days"].as_object_mut().expect("days");
        days.remove("2026-10-10");
        days.insert("2026-11-24".into(), "rest".into());
        table["source"] = "本区通知".into();
        let change = compare("calendar/2026", builtin.get("calendar/2026"), &table);
        assert_eq!(
            (&change.added, &change.removed),
            (&vec!["2026-11-24 休息日".into()], &vec!["2026-10-10 调休上班".into()])
        );
        assert!(change.changed.len() == 1 && change.changed[0].ends_with(" → 本区通知"), "{change:?}");
        assert_eq!(change.warnings, ["新表替换整年，内置工作日历里的 1 天不再有：2026-10-10 调休上班"]);

        let mut limits = builtin["time-limits"].clone();
        limits["B"]["resolve"] = json!({"type": "working_days", "days": 2});
        let change = compare("time-limits", builtin.get("time-limits"), &limits);
        assert_eq!(change.changed, ["B 类办结 3 个工作日 → 2 个工作日"]);
        let change = compare("office-hours", builtin.get("office-hours"), &json!({"spans": [["08:30", "12:00"]]}));
        assert_eq!(change.removed, ["14:30–17:30"]);
    }
}
