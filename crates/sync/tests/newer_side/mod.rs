//! A newer side says what this version does not know: in every place where a name can stand, and in every struct.

use std::fmt::Debug;
use std::path::Path;

use domain::codes::CodeList as _;
use domain::{Collection, Kind, Role};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sync::wire::{EnrolReply, Item, Named, SyncReply, SyncRequest, UNPACKED_LIMIT_BYTES, codec};

use self::tree::Tree;

mod tree;

/// A name that no version knows.
const FUTURE: &str = "of_the_future/1";

fn to_tree(message: &impl Serialize) -> Tree {
    codec::decode(&codec::encode(message).expect("a body"), UNPACKED_LIMIT_BYTES).expect("a tree")
}

fn read<T: DeserializeOwned>(tree: &Tree, why: &str) -> T {
    let body = codec::encode(tree).expect("a body");
    codec::decode(&body, UNPACKED_LIMIT_BYTES).unwrap_or_else(|error| panic!("{why}: {error:?}"))
}

/// A field that is not known in every struct, one after the other: nothing else changes.
fn check_unknown_fields<T: Serialize + DeserializeOwned + PartialEq + Debug>(message: &T) -> usize {
    let tree = to_tree(message);
    let mut count = 0;
    for path in tree.list_paths() {
        let mut changed = tree.clone();
        let Tree::Map(map) = changed.at(&path) else { continue };
        let extra = Tree::Map(vec![(FUTURE.into(), Tree::List(vec![Tree::Nil, Tree::Text("x".into())]))]);
        map.insert(0, ("from_the_future".into(), extra.clone()));
        map.push(("of_the_future".into(), extra));
        count += 1;
        assert!(read::<T>(&changed, "an unknown field") == *message, "a field at {path:?} changes what is read");
    }
    count
}

/// Where a text stands that names something: a code, a kind, a stream, a variant.
fn is_name(text: &str) -> bool {
    const VARIANTS: [&str; 14] = [
        "done",
        "forked",
        "accepted",
        "known",
        "refused",
        "held",
        "absent",
        "snapshot",
        "changes",
        "reference",
        "leave",
        "erase",
        "rule_broken",
        "right_ended",
    ];
    VARIANTS.contains(&text)
        || Kind::from_code(text).is_some()
        || text.parse::<Collection>().is_ok()
        || Role::from_code(text) != Role::Unknown
        || is_refusal(text)
}

fn is_refusal(text: &str) -> bool {
    let code = serde_json::from_value::<sync::wire::RefusalCode>(text.into()).expect("whatever it is");
    code != sync::wire::RefusalCode::Other
}

/// An unknown name in every place where one stands, one after the other; `look` says what must still be read.
fn check_unknown_names<T: Serialize + DeserializeOwned>(message: &T, mut look: impl FnMut(&str, T)) -> usize {
    let tree = to_tree(message);
    let mut count = 0;
    for path in tree.list_paths() {
        let mut changed = tree.clone();
        let node = changed.at(&path);
        let Tree::Text(name) = node else { continue };
        if !is_name(name) {
            continue;
        }
        let name = std::mem::replace(name, FUTURE.into());
        count += 1;
        look(&name, read(&changed, &name));
    }
    count
}

pub(crate) fn check_request(message: &SyncRequest) {
    let names = check_unknown_names(message, |name, read: SyncRequest| {
        let places = |request: &SyncRequest| request.pull.len() + request.audit.len();
        let lost = usize::from(name.parse::<Collection>().is_ok());
        assert_eq!(places(&read), places(message) - lost, "{name}: a stream of the future is skipped alone");
        let changes = |request: &SyncRequest| -> Vec<_> {
            request.push.iter().map(|part| (part.document, part.changes.clone())).collect()
        };
        assert_eq!(changes(&read), changes(message), "{name}: every change is offered");
        let unknown = read.push.iter().filter(|part| matches!(part.kind, Named::Unknown(_))).count();
        assert_eq!(unknown, usize::from(Kind::from_code(name).is_some()), "{name}: the kind is kept as its text");
    });
    // One capability is called as an item is.
    assert_eq!(names, message.push.len() + message.pull.len() + message.audit.len() + 1);
    assert!(check_unknown_fields(message) > message.push.len() + message.pull.len());
}

pub(crate) fn check_reply(message: &SyncReply) {
    let items =
        |reply: &SyncReply| reply.pages.iter().map(|page| page.items.len()).sum::<usize>() + reply.fetched.len();
    let streams = |reply: &SyncReply| reply.subscriptions.len() + reply.pages.len() + reply.audits.len();
    let names = check_unknown_names(message, |name, read: SyncReply| {
        let outcomes = |reply: &SyncReply| -> Vec<_> {
            reply.outcomes.iter().map(|outcome| (outcome.document, outcome.hash)).collect()
        };
        assert_eq!(outcomes(&read), outcomes(message), "{name}: every outcome is taken");
        assert_eq!((&read.rulings, &read.contacts, read.epoch), (&message.rulings, &message.contacts, message.epoch));
        if name.parse::<Collection>().is_ok() {
            assert_eq!(streams(&read), streams(message) - 1, "{name}: a stream of the future is skipped alone");
            return;
        }
        assert_eq!(streams(&read), streams(message));
        assert_eq!(items(&read), items(message), "{name}: no item is lost");
        if Kind::from_code(name).is_some() {
            let all = read.pages.iter().flat_map(|page| &page.items).chain(&read.fetched);
            let kept = all.filter(|item| match item {
                Item::Snapshot { kind, .. } | Item::Changes { kind, .. } => *kind == Named::Unknown(FUTURE.into()),
                _ => false,
            });
            assert_eq!(kept.count(), 1, "{name}: the kind is kept as its text");
        }
    });
    assert!(names >= streams(message) + items(message) + 2 * message.outcomes.len().saturating_sub(2), "{names}");
    let structs = 1 + message.pages.len() + items(message) + 2 * message.outcomes.len() + message.rulings.len();
    assert!(check_unknown_fields(message) >= structs);
}

pub(crate) fn check_enrolment(message: &EnrolReply) {
    let names = check_unknown_names(message, |name, read: EnrolReply| {
        assert_eq!((read.token, read.account.scope), (message.token.clone(), message.account.scope.clone()), "{name}");
    });
    assert_eq!(names, 1, "the role");
    let tree = to_tree(message);
    for path in tree.list_paths() {
        let mut changed = tree.clone();
        if let Tree::Map(map) = changed.at(&path) {
            map.push((FUTURE.into(), Tree::Nil));
            assert_eq!(read::<EnrolReply>(&changed, "a field").account, message.account);
        }
    }
}

/// Codes in whose place something else than a text stands: still a code that is not known.
pub(crate) fn check_forms(message: &SyncReply) {
    let tree = to_tree(message);
    let mut count = 0;
    for path in tree.list_paths() {
        let mut plain = tree.clone();
        let Tree::Text(text) = plain.at(&path).clone() else { continue };
        if !(is_refusal(&text) || ["done", "forked"].contains(&text.as_str())) {
            continue;
        }
        count += 1;
        let map = Tree::Map(vec![(FUTURE.into(), Tree::Unsigned(7))]);
        for form in [map, Tree::List(vec![Tree::Nil]), Tree::Nil, Tree::Bool(true), Tree::Unsigned(9), Tree::Signed(-9)]
        {
            let mut changed = tree.clone();
            *changed.at(&path) = form;
            assert_eq!(read::<SyncReply>(&changed, &text).outcomes.len(), message.outcomes.len());
        }
    }
    assert!(count > message.outcomes.len() / 2, "{count}");
}

/// What is added to the wire is added to the samples that are walked here, and to this list.
#[test]
fn every_type_of_the_wire_is_walked() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/wire");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        // How a body is read, and nothing that is in one.
        if path.ends_with("codec.rs") || path.ends_with("structure.rs") {
            continue;
        }
        let text = std::fs::read_to_string(path).expect("a source");
        for line in text.lines() {
            let name = line.strip_prefix("pub enum ").or_else(|| line.strip_prefix("pub struct "));
            found
                .extend(name.map(|name| name.split(|c: char| !c.is_alphanumeric()).next().expect("a name").to_owned()));
        }
    }
    found.sort();
    let walked = [
        "Advance",
        "Advanced",
        "AwaitedChange",
        "AwaitedStep",
        "Blob",
        "Contact",
        "Cursor",
        "Digest",
        "EnrolReply",
        "EnrolRequest",
        "Epoch",
        "Item",
        "Mark",
        "Named",
        "Outcome",
        "Page",
        "PushDocument",
        "RefusalCode",
        "RoundOutcome",
        "Ruling",
        "SyncReply",
        "SyncRequest",
        "Verdict",
    ];
    assert_eq!(found, walked);
}
