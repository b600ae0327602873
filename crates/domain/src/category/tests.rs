use std::collections::BTreeSet;

use super::*;
use crate::codes::CodeList as _;
use crate::incident::Incident;

fn all() -> impl Iterator<Item = &'static Category> {
    groups().iter().flat_map(|group| group.categories)
}

#[test]
fn the_tree_is_whole() {
    assert_eq!(groups().len(), 22);
    let counts: Vec<_> = groups().iter().map(|group| (group.code, group.categories.len())).collect();
    let expected = [
        ("01", 5),
        ("02", 9),
        ("03", 5),
        ("04", 5),
        ("05", 7),
        ("06", 3),
        ("07", 6),
        ("08", 5),
        ("09", 3),
        ("10", 5), //
        ("11", 5),
        ("12", 2),
        ("13", 3),
        ("14", 3),
        ("15", 2),
        ("16", 2),
        ("17", 3),
        ("18", 3),
        ("19", 5),
        ("20", 4), //
        ("21", 2),
        ("99", 1),
    ];
    assert_eq!(counts, expected);
    let codes: BTreeSet<_> = all().map(|category| category.code).collect();
    assert_eq!(codes.len(), all().count(), "codes are unique");
    assert!(all().zip(all().skip(1)).all(|(one, next)| one.code < next.code), "codes are in order");
    for category in all() {
        assert!(Incident::is_category_code(category.code), "{}", category.code);
        assert!(category.group().categories.contains(category));
        assert!(!category.zh.is_empty() && !category.en.is_empty());
        assert!(category.zh.chars().count() <= crate::incident::TITLE_LIMIT, "serves as a title: {}", category.zh);
    }
}

#[test]
fn the_urgent_ones_are_those_of_the_table() {
    let urgent: Vec<_> = all().filter(|category| category.is_urgent()).map(|category| category.code).collect();
    assert_eq!(
        urgent,
        [
            "01003", "01004", "01006", "03001", "03004", "04001", "04002", "07005", "08002", "08004", "10001", "10002",
            "10003", "10004", "10005", "14002",
        ]
    );
    for (group, sla) in [("01", SlaClass::General), ("02", SlaClass::Difficult), ("21", SlaClass::Difficult)] {
        let first = &find_group(group).expect(group).categories[0];
        assert_eq!(first.sla, sla, "{group}");
    }
}

#[test]
fn priority_moves_a_case_to_the_urgent_clock() {
    let parking = find_category("05004").expect("bad parking");
    for (priority, sla) in [
        (None, SlaClass::General),
        (Some(Priority::Normal), SlaClass::General),
        (Some(Priority::Urgent), SlaClass::Urgent),
        (Some(Priority::Major), SlaClass::Urgent),
    ] {
        assert_eq!(parking.sla_at(priority), sla);
    }
    let gas = find_category("04001").expect("gas");
    assert_eq!(gas.sla_at(Some(Priority::Normal)), SlaClass::Urgent, "normal does not slow an urgent category");
}

#[test]
fn every_dispute_has_a_type_and_nothing_else_has() {
    for category in all() {
        assert_eq!(category.dispute_type().is_some(), category.code.starts_with("02"), "{}", category.code);
    }
    let codes: Vec<_> =
        groups()[1].categories.iter().filter_map(Category::dispute_type).map(DisputeType::code).collect();
    assert_eq!(codes, ["02", "01", "06", "07", "06", "09", "05", "11", "17"]);
}

#[test]
fn hints_point_to_categories_that_exist() {
    for (code, hint) in hint::SHOWN_AT {
        assert!(find_category(code).is_some() || find_group(code).is_some(), "{code}");
        if let Some(target) = hint.prefers() {
            assert!(find_category(target).is_some() || find_group(target).is_some(), "{target}");
            assert!(!code.starts_with(target), "{code} would point at itself");
        }
    }
    let hints = |code| find_hints(find_category(code).expect(code));
    assert_eq!(hints("02002"), [CategoryHint::PersonalSafety]);
    assert_eq!(hints("03004"), [CategoryHint::CallFirst, CategoryHint::InProduction]);
    assert_eq!(hints("20003"), [CategoryHint::ActOfHelping]);
    assert_eq!(hints("21002"), []);
}

#[test]
fn search_finds_by_code_name_and_class() {
    let codes = |query: &str| search_categories(query).iter().map(|category| category.code).collect::<Vec<_>>();
    assert_eq!(codes("飞线"), ["03002"]);
    assert_eq!(codes("０３００２"), ["03002"]);
    assert_eq!(codes("gas"), ["03004", "04001"]);
    assert_eq!(codes("消防")[..2], ["03001", "03003"], "own names first");
    assert_eq!(codes("消防").len(), 5, "then the rest of the class");
    assert_eq!(codes(" ").len(), all().count());
    assert!(codes("上访人员").is_empty());
    assert_eq!(category_label("03002", Language::ZhCn), "电动车入户、飞线充电");
    assert_eq!(category_label("77001", Language::En), "77001");
}
