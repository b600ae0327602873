//! Documents of every released format stay readable for ever. A file here is never changed, only joined by others:
//! `WRITE_FIXTURES=1 cargo test -p documents fixtures` writes those that are missing.

use std::path::{Path, PathBuf};

use documents::{RecordDocument, admit};
use domain::Record;
use domain::flat::{Flat, flatten};

use crate::people::*;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/v1")
}

/// A record with every field, its history with an edit and, where it can have one, a conflict.
fn make_history<R: Record>(record: &R, disagree: fn(&mut R, &str)) -> (RecordDocument, Vec<u8>) {
    let (mut document, _) = RecordDocument::create(record, &office(0)).expect("created");
    let mut other = document.clone();
    edit::<R>(&mut document, &wang(10), |r| disagree(r, "甲"));
    edit::<R>(&mut other, &li(11), |r| disagree(r, "乙"));
    deliver(&other, &mut document);
    let raw = document.changes_since(&[]).into_iter().flat_map(|change| change.bytes).collect();
    (document, raw)
}

/// What must be read from a fixture: the record, and the values in conflict.
#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct Expected {
    record: Flat,
    conflicts: Vec<(String, Vec<domain::flat::Scalar>)>,
}

fn read_expected<R: Record>(document: &RecordDocument) -> Expected {
    let reading = read::<R>(document);
    let conflicts =
        reading.conflicts.into_iter().map(|c| (c.path, c.candidates.into_iter().map(|c| c.value).collect())).collect();
    Expected { record: flatten(&reading.record).expect("flat"), conflicts }
}

fn check_kind<R: Record>(record: &R, disagree: fn(&mut R, &str)) {
    let code = R::KIND.code();
    let file = |ending: &str| folder().join(format!("{code}.{ending}"));
    if std::env::var_os("WRITE_FIXTURES").is_some() && !file("json").exists() {
        let (document, raw) = make_history(record, disagree);
        let expected = serde_json::to_string_pretty(&read_expected::<R>(&document)).expect("json");
        std::fs::write(file("saved"), document.save()).expect("written");
        std::fs::write(file("changes"), raw).expect("written");
        std::fs::write(file("json"), expected + "\n").expect("written");
    }
    let expected = std::fs::read_to_string(file("json")).expect("the fixture is part of the repository");
    let expected: Expected = serde_json::from_str(&expected).expect("json");
    for ending in ["saved", "changes"] {
        let bytes = std::fs::read(file(ending)).expect("the fixture is part of the repository");
        let mut document = RecordDocument::from_history(&bytes).expect("still a document");
        assert_eq!(read_expected::<R>(&document), expected, "{code}.{ending}");
        let change = edit::<R>(&mut document, &wang(90), |r| disagree(r, "丙")).expect("still editable");
        admit::<R>(Some(&document.save()), &[&change.bytes]).expect("still admitted");
    }
}

#[test]
fn fixtures_of_households_stay_readable() {
    check_kind(&household(), |h, text| h.contact_name = text.into());
}

#[test]
fn fixtures_of_particulars_stay_readable() {
    check_kind(&particulars(), |p, text| {
        p.members.get_mut(&member_id(1)).expect("there").remark = text.into();
    });
}

#[test]
fn fixtures_of_visits_stay_readable() {
    check_kind(&visit(), |v, text| v.note = text.into());
}

#[test]
fn fixtures_of_incidents_stay_readable() {
    check_kind(&incident(), |i, text| i.title = text.into());
}

#[expect(dead_code, reason = "names the types once so that a fifth kind is missed by the compiler, not by people")]
fn every_kind_has_a_fixture(kind: domain::Kind) {
    match kind {
        domain::Kind::Household => fixtures_of_households_stay_readable(),
        domain::Kind::Particulars => fixtures_of_particulars_stay_readable(),
        domain::Kind::Visit => fixtures_of_visits_stay_readable(),
        domain::Kind::Incident => fixtures_of_incidents_stay_readable(),
    }
}
