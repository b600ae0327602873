//! Both catalogues say the same things, everything that is said is used, everything used is said.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use contract::{ErrorCode, SyncResult};
use serde::Deserialize;

use super::*;

/// All source text of this crate but its tests.
pub(crate) fn read_sources() -> String {
    fn read(folder: &Path, text: &mut String) {
        let mut entries: Vec<_> =
            fs::read_dir(folder).expect("source").map(|entry| entry.expect("entry").path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                read(&path, text);
            } else if !path.ends_with("tests.rs") && !path.to_string_lossy().contains("/src/tests/") {
                text.push_str(&fs::read_to_string(&path).expect("text"));
            }
        }
    }
    let mut text = String::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut text);
    text
}

/// Messages by key, each with its variables and attributes.
fn read_messages(sources: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let mut messages = BTreeMap::new();
    let mut present = String::new();
    for line in sources.iter().flat_map(|source| source.lines()).filter(|line| !line.starts_with('#')) {
        if !line.starts_with([' ', '}'])
            && let Some((key, _)) = line.split_once(" =")
        {
            present = key.to_owned();
            assert!(messages.insert(present.clone(), BTreeSet::new()).is_none(), "{present} is said twice");
        }
        let Some(parts) = messages.get_mut(&present) else { continue };
        if let Some(attribute) = line.trim().strip_prefix('.') {
            parts.insert(format!(".{}", attribute.split(' ').next().unwrap_or_default()));
        }
        for variable in line.split('$').skip(1) {
            let name: String = variable.chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
            parts.insert(name);
        }
    }
    messages
}

#[test]
fn both_languages_say_the_same_things() {
    let (zh, en) = (read_messages(ZH), read_messages(EN));
    assert_eq!(zh.keys().collect::<Vec<_>>(), en.keys().collect::<Vec<_>>());
    for (key, parts) in &zh {
        assert_eq!(parts, &en[key], "{key}");
    }
}

#[test]
fn every_catalogue_parses() {
    for source in ZH.iter().chain(EN) {
        assert!(FluentResource::try_new((*source).to_owned()).is_ok(), "{}", &source[..60]);
    }
}

const FAMILIES: &[&str] =
    &["error-", "refused-", "sync-result-", "in-field-invalid-", "field-", "queue-", "stage-", "step-", "did-"];

#[test]
fn every_message_is_used_with_its_arguments() {
    let source = read_sources();
    for (key, parts) in read_messages(ZH) {
        let constant = key.to_uppercase().replace('-', "_");
        let mut uses = source.match_indices(&constant).filter(|(at, _)| {
            let after = source[at + constant.len()..].chars().next();
            let before = source[..*at].chars().next_back();
            let is_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
            !is_word(after) && !is_word(before)
        });
        if FAMILIES.iter().any(|family| key.starts_with(family)) && uses.next().is_none() {
            continue;
        }
        let used: Vec<usize> = source
            .match_indices(&constant)
            .map(|(at, _)| at + constant.len())
            .filter(|end| !source[*end..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
            .collect();
        assert!(!used.is_empty(), "{key} is never said");
        for end in used {
            let window: String = source[end..].chars().take(300).collect();
            for variable in parts.iter().filter(|part| !part.starts_with('.')) {
                assert!(window.contains(&format!("{variable} = ")), "{key} is said without {variable}: {window}");
            }
        }
    }
}

/// The codes of a fieldless enum, out of its source: a new one must get words.
fn read_variants(source: &str, name: &str) -> Vec<String> {
    let body =
        source.split(&format!("pub enum {name} {{")).nth(1).expect("the enum").split("\n}").next().expect("its end");
    let lines = body.lines().map(str::trim);
    let names = lines.filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()) && line.ends_with(','));
    let kebab = |name: &str| {
        let mut code = String::new();
        for c in name.trim_end_matches(',').chars() {
            if c.is_ascii_uppercase() && !code.is_empty() {
                code.push('-');
            }
            code.push(c.to_ascii_lowercase());
        }
        code
    };
    names.map(kebab).collect()
}

fn read_codes<T: for<'de> Deserialize<'de>>(source: &str, name: &str) -> Vec<T> {
    let codes = read_variants(source, name);
    codes.iter().map(|code| serde_json::from_str(&format!("\"{}\"", code.replace('-', "_"))).expect("a code")).collect()
}

#[test]
fn every_error_says_what_happened_whether_work_is_safe_and_what_to_do() {
    let codes: Vec<ErrorCode> = read_codes(include_str!("../../../crates/contract/src/error.rs"), "ErrorCode");
    assert!(codes.len() >= 20);
    for language in [Language::ZhCn, Language::En] {
        for code in &codes {
            let told = Words::new(language).explain(&CommandError::new(*code));
            assert!(![&told.what, &told.is_safe, &told.todo].iter().any(|part| part.is_empty()), "{code:?}");
        }
    }
}

#[test]
fn every_end_of_a_sync_and_every_refusal_has_words() {
    let results: Vec<SyncResult> = read_codes(include_str!("../../../crates/contract/src/sync_state.rs"), "SyncResult");
    let refusals = read_variants(include_str!("../../../crates/sync/src/wire/reply.rs"), "RefusalCode");
    assert!(results.len() >= 9 && refusals.len() >= 13);
    for words in [Words::new(Language::ZhCn), Words::new(Language::En)] {
        assert!(results.iter().all(|result| !words.sync_result(*result).is_empty()));
        for code in &refusals {
            assert!(words.find(&format!("refused-{code}"), None, &[]).is_some(), "{code}");
        }
        assert_eq!(words.refusal("invented_later"), words.refusal("other"));
    }
}

#[test]
fn every_field_that_can_conflict_has_a_name() {
    let id = "0190a5b0-0006-7000-8000-000000000001";
    let fields = [
        "contact_name",
        "house_status",
        "visit_class",
        "needs.02",
        "note",
        "place.compound",
        "place.building",
        "place.unit",
        "place.room",
        "grid",
        "building",
        "first_due",
    ];
    let members =
        ["name", "relation", "residence", "id_no", "birth_month"].map(|field| format!("members.{id}.{field}"));
    let words = Words::new(Language::ZhCn);
    let other = words.field("invented_later");
    for field in fields.iter().map(|field| (*field).to_owned()).chain(members) {
        assert_ne!(words.field(&field), other, "{field}");
    }
}

#[test]
fn a_plural_is_one_in_english() {
    let en = Words::new(Language::En);
    assert_eq!(t!(en, DUE_OVERDUE, days = 1), "1 day overdue");
    assert_eq!(t!(en, DUE_OVERDUE, days = 3), "3 days overdue");
    assert_eq!(t!(Words::new(Language::ZhCn), CHIP_OFFLINE_UNSENT, count = 3_u64), "离线·3 条待同步");
}

#[test]
fn every_queue_and_every_limit_has_a_name() {
    use contract::Queue;
    use contract::domain::deadline::Stage;
    let queues: Vec<Queue> = read_codes(include_str!("../../../crates/contract/src/incidents.rs"), "Queue");
    assert!(queues.len() >= 14);
    let stages = Stage::ALL;
    for words in [Words::new(Language::ZhCn), Words::new(Language::En)] {
        assert!(queues.iter().all(|queue| !words.of_family("queue", queue).is_empty()));
        assert!(stages.iter().all(|stage| !words.of_family("stage", stage).is_empty()));
    }
}
