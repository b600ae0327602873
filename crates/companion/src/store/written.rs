//! What a change wrote, as far as it is somebody's words: for reading it again where no record shows it.

use documents::list_writes;
use domain::Kind;
use domain::flat::Scalar;
use domain::personal_fields::find_personal_field;

/// Fields that keep books and say nothing that anybody wrote.
const BOOKKEEPING: [&str; 5] = ["attempts", "consent", "improvements", "last_visit", "pairs"];

/// The fields that a change wrote, by path, with the words or the code; empty where it took something away. Telephone and
/// identity numbers are masked.
pub(super) fn list_written(kind: Kind, bytes: &[u8]) -> Vec<(String, String)> {
    let Ok(writes) = list_writes(bytes) else { return Vec::new() };
    let mut lines: Vec<_> = writes.into_iter().filter_map(|(path, value)| read_line(kind, path, value)).collect();
    lines.sort();
    lines
}

fn read_line(kind: Kind, path: String, value: Option<Scalar>) -> Option<(String, String)> {
    let head = path.split('.').next().unwrap_or_default();
    let field = find_personal_field(kind, &path);
    let is_words = field.is_some() || path.ends_with(".text") || (kind == Kind::Incident && path == "category");
    if !is_words || BOOKKEEPING.contains(&head) {
        return None;
    }
    let last = path.rsplit('.').next().unwrap_or_default();
    let text = match value {
        Some(Scalar::Text(text)) => text,
        // The entry of a set: its name is what was written.
        Some(Scalar::Bool(true)) => last.to_owned(),
        Some(Scalar::Int(number)) => number.to_string(),
        Some(_) | None => String::new(),
    };
    Some((path, field.map_or(text.clone(), |field| field.mask.apply(&text))))
}
