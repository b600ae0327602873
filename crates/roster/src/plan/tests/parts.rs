//! More people behind one door than a record holds.

use super::*;

fn dormitory(people: impl Iterator<Item = usize>) -> String {
    let rows = people.map(|at| format!("990102003007031,海棠花园,1栋,,1201,租赁,工人{at:03},,,,流动,\n"));
    format!("{HEADER}{}", rows.collect::<String>())
}

fn names(town: &Town) -> Vec<String> {
    let people = town.ledger.households.iter().flat_map(|known| known.current.household.members.values());
    let mut names: Vec<_> = people.map(|member| member.name.clone()).collect();
    names.sort();
    names
}

#[test]
fn one_of_seventy_leaves_and_nobody_shifts() {
    let mut town = Town::of(&dormitory(0..70));
    assert_eq!(town.ledger.households.len(), 2);
    let before = town.clone();
    let plan = town.import(&dormitory((0..70).filter(|at| *at != 5)));
    assert_eq!((&plan.additions, &plan.edits), (&vec![], &vec![]));
    assert_eq!((names(&town).len(), names(&town)), (70, names(&before)));
    // Two new ones go where there is room.
    let plan = town.import(&dormitory((0..72).filter(|at| *at != 5)));
    assert_eq!(plan.additions, vec![]);
    assert_eq!(names(&town).len(), 72);
    assert_empty(&town.import(&dormitory((0..72).filter(|at| *at != 5))));
}

#[test]
fn a_home_that_grows_gets_further_records() {
    let mut town = Town::of(&dormitory(0..30));
    let plan = town.import(&dormitory(0..130));
    assert_eq!((plan.additions.len(), names(&town).len()), (2, 130));
    let rooms: Vec<_> = plan.additions.iter().map(|one| one.records.household.place.room.as_str()).collect();
    assert_eq!(rooms, ["1201(2)", "1201(3)"]);
    assert_empty(&town.import(&dormitory(0..130)));
}

#[test]
fn the_parts_of_our_own_export_are_one_home() {
    let mut town = Town::of(&dormitory(0..70));
    let mut roster = read_text(&dormitory(0..70));
    let mut second = roster.households[0].clone();
    second.persons = roster.households[0].persons.split_off(60);
    second.place.room = "1201(2)".to_owned();
    roster.households[0].id = Some(town.ledger.households[0].current.household.id);
    second.id = Some(town.ledger.households[1].current.household.id);
    roster.households.push(second);
    let plan = town.import_roster(&roster, false);
    assert_empty(&plan);
    assert_eq!(plan.outline.questions.joined, 0);
}
