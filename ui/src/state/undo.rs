//! What one tap took out of a form, so that one tap brings it back.
//!
//! Kept is the form before and after that tap. What was typed elsewhere in the meantime stays: only what the tap
//! changed, and nobody has changed since, becomes what it was.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A form before and after something was taken out of it. `W` says what that was.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Undo<F, W> {
    before: F,
    after: F,
    what: W,
}

impl<F: Serialize + DeserializeOwned + Clone, W: Copy> Undo<F, W> {
    /// Remembers what was taken.
    pub(crate) const fn new(before: F, after: F, what: W) -> Self {
        Self { before, after, what }
    }

    /// What was taken.
    pub(crate) const fn what(&self) -> W {
        self.what
    }

    /// Puts it back into the form as it is now.
    pub(crate) fn put_back(&self, now: &F) -> F {
        let merged = merge(&to_value(&self.before), &to_value(&self.after), to_value(now));
        crate::ipc::read(&merged.to_string()).unwrap_or_else(|_| self.before.clone())
    }
}

fn to_value<F: Serialize>(form: &F) -> Value {
    let text = serde_json::to_string(form).expect("forms are plain data with string keys");
    crate::ipc::read(&text).expect("what was just written is JSON")
}

fn merge(before: &Value, after: &Value, now: Value) -> Value {
    if before == after {
        return now;
    }
    if now == *after {
        return before.clone();
    }
    match (before, after, now) {
        (Value::Object(before), Value::Object(after), Value::Object(mut now)) => {
            let none = Value::Null;
            for key in before.keys().chain(after.keys().filter(|key| !before.contains_key(*key))) {
                let [old, new] = [before, after].map(|map| map.get(key).unwrap_or(&none));
                let merged = merge(old, new, now.get(key).cloned().unwrap_or_default());
                if merged.is_null() && !before.contains_key(key) {
                    now.remove(key);
                } else {
                    now.insert(key.clone(), merged);
                }
            }
            Value::Object(now)
        }
        (Value::Array(before), Value::Array(after), Value::Array(mut now)) => {
            now.extend(before.iter().filter(|item| !after.contains(item)).cloned());
            Value::Array(now)
        }
        (_, _, now) => now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::IncidentForm;
    use serde_json::json;

    #[test]
    fn what_was_taken_comes_back_and_what_was_typed_since_stays() {
        let before = json!({ "a": "x", "list": [1, 2], "map": { "k": "words" } });
        let after = json!({ "a": "", "list": [2], "map": {} });
        let now = json!({ "a": "", "list": [2, 3], "map": { "other": "new" }, "b": "typed" });
        let merged = merge(&before, &after, now);
        assert_eq!(
            merged,
            json!({ "a": "x", "list": [2, 3, 1], "map": { "k": "words", "other": "new" }, "b": "typed" })
        );
    }

    #[test]
    fn a_field_that_was_typed_into_again_keeps_what_is_newer() {
        let form = |text: &str, place: &str| IncidentForm {
            text: text.into(),
            address_text: place.into(),
            ..IncidentForm::default()
        };
        let undo = Undo::new(form("漏水", "3栋"), form("", ""), ());
        assert_eq!(undo.put_back(&form("着火", "")), form("着火", "3栋"));
    }
}
