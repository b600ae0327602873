//! Two whole rosters with known counts.

use super::*;

#[derive(serde::Deserialize)]
struct Expected {
    grids: BTreeSet<GridCode>,
    households: usize,
    persons: usize,
    bad_id: usize,
    lower_x: usize,
    duplicate_person: usize,
    no_id: usize,
    two_phones: usize,
    fullwidth_rooms: usize,
    vacant: usize,
    skipped_rows: usize,
}

fn check(name: &str, bytes: &[u8], expected: &str) -> Roster {
    let expected: Expected = serde_json::from_str(expected).expect("expected counts");
    let roster = read_one(name, bytes).expect("a roster");
    let Counts { grids, households, persons, vacant } = &roster.counts;
    assert_eq!(
        (grids, *households, *persons, *vacant),
        (&expected.grids, expected.households, expected.persons, expected.vacant)
    );
    for (code, number) in [
        (FindingCode::IdChecksum, expected.bad_id),
        (FindingCode::LowerX, expected.lower_x),
        (FindingCode::DuplicatePerson, expected.duplicate_person),
        (FindingCode::IdMissing, expected.no_id),
        (FindingCode::TwoPhones, expected.two_phones),
        (FindingCode::FullWidth, expected.fullwidth_rooms),
        (FindingCode::RowSkipped, expected.skipped_rows),
    ] {
        assert_eq!(count(&roster, code), number, "{code}");
    }
    roster
}

#[test]
fn the_community_workbook_of_three_grids_reads_exactly() {
    let roster = check(
        "roster-book.xlsx",
        include_bytes!("../../testdata/roster-book.xlsx"),
        include_str!("../../testdata/roster-book.xlsx.expected.json"),
    );
    let known = [
        FindingCode::IdChecksum,
        FindingCode::LowerX,
        FindingCode::DuplicatePerson,
        FindingCode::IdMissing,
        FindingCode::TwoPhones,
        FindingCode::FullWidth,
        FindingCode::RowSkipped,
        FindingCode::TitleRow,
        FindingCode::SexMismatch,
    ];
    let others: Vec<_> = roster.findings.iter().filter(|finding| !known.contains(&finding.code)).collect();
    assert_eq!(others, Vec::<&Finding>::new());
    let first = &roster.households[0];
    assert_eq!((first.place.full().as_str(), first.persons.len()), ("海棠花园1栋1单元101", 4));
    assert_eq!(first.source, RowRef { file: "roster-book.xlsx".into(), sheet: "第21网格".into(), row: 3 });
    assert_eq!(first.persons[3].care_tags, [CareTag::MinimumAllowance].into());
}

#[test]
fn the_gb18030_list_of_one_grid_reads_exactly() {
    let roster = check(
        "roster-gb18030.csv",
        include_bytes!("../../testdata/roster-gb18030.csv"),
        include_str!("../../testdata/roster-gb18030.csv.expected.json"),
    );
    let lonely = roster.households.iter().flat_map(|household| &household.persons);
    assert!(lonely.filter(|person| person.care_tags.contains(&CareTag::LivesAlone)).count() >= 8);
    assert!(roster.households.iter().flat_map(|household| &household.persons).all(|person| person.remark.is_empty()));
}

#[test]
fn a_report_names_rows_and_codes_but_nobody() {
    let bytes = include_bytes!("../../testdata/roster-gb18030.csv");
    let roster = read_one("roster-gb18030.csv", bytes).expect("a roster");
    let json = serde_json::to_value(&roster.findings).expect("json");
    assert_eq!(roster.counts.households, 365);
    assert_eq!(json[0].as_object().expect("a finding").keys().count(), 5);
    for household in &roster.households {
        for person in household.persons.iter().filter(|person| person.name.chars().count() > 2) {
            assert!(!roster.findings.iter().any(|finding| finding.text.contains(&person.name)));
        }
    }
    let longest_run = |text: &str| text.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0);
    assert!(roster.findings.iter().all(|finding| longest_run(&finding.text) < 7));
}
