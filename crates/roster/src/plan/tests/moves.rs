//! Homes under another address, and people behind another door.

use super::*;

const GRID: &str = "990102003007031";

fn quarter(compound: &str) -> String {
    format!(
        "{HEADER}{GRID},{compound},1栋,1单元,101,自住,甲一,户主,{},,,\n{GRID},{compound},1栋,1单元,101,,甲二,妻,{},,,\n\
         {GRID},{compound},1栋,1单元,102,自住,乙一,户主,{},,,\n{GRID},{compound},2栋,1单元,101,自住,丙一,户主,{},,,\n",
        IDS[0], IDS[1], IDS[2], IDS[3]
    )
}

#[test]
fn a_renamed_compound_makes_no_second_home() {
    let mut town = Town::of(&quarter("海棠花园"));
    let code = town.at("海棠花园1栋1单元101").current.household.building.clone();
    let plan = town.import(&quarter("望江名邸"));
    assert_eq!((plan.additions.len(), plan.outline.questions.renamed), (0, 3));
    assert_eq!(plan.outline.by_grid.values().map(|grid| grid.renamed).sum::<usize>(), 3);
    assert_eq!(town.homes().len(), 3);
    assert_eq!(town.at("望江名邸1栋1单元101").current.household.building, code, "it is the same building");
    assert_empty(&town.import(&quarter("望江名邸")));
    // A new neighbour is in the same building.
    let more = format!("{}{GRID},望江名邸,1栋,1单元,103,自住,戊一,户主,,,,\n", quarter("望江名邸"));
    town.import(&more);
    assert_eq!(town.at("望江名邸1栋1单元103").current.household.building, code);
    // The former door may be used again and is another home.
    let former = format!("{}{GRID},海棠花园,1栋,1单元,101,自住,庚一,户主,,,,\n", quarter("望江名邸"));
    town.import(&former);
    assert_eq!(town.homes().len(), 5);
}

#[test]
fn a_suffix_of_the_compound_is_a_spelling() {
    let mut town = Town::of(&quarter("海棠花园"));
    let plan = town.import(&quarter("海棠花园小区"));
    assert_eq!((plan.additions.len(), plan.edits.len(), plan.outline.questions.renamed), (0, 0, 0));
}

#[test]
fn a_home_behind_another_door_waits_for_a_yes() {
    let mut town = Town::of(&quarter("海棠花园"));
    let moved = format!("{HEADER}{GRID},海棠花园,9栋,1单元,909,自住,乙一,户主,{},,,\n", IDS[2]);
    let plan = town.import(&moved);
    assert_empty(&plan);
    assert_eq!((plan.outline.questions.moved, plan.unplaced.len()), (1, 1));
    let told = &plan.unplaced[0];
    assert_eq!((told.code, told.source.row, told.persons), (FindingCode::MoveUnconfirmed, 2, 1));
    assert!(told.text.contains("海棠花园1栋1单元102") && !told.text.contains("乙一") && !told.text.contains(IDS[2]));
    let plan = town.confirm(&moved);
    assert_eq!((plan.additions.len(), plan.edits.len(), plan.unplaced.len()), (1, 1, 0));
    assert!(town.homes().contains(&"海棠花园1栋1单元102: (乙一)".to_owned()));
    assert!(town.homes().contains(&"海棠花园9栋1单元909: 乙一".to_owned()));
    assert_empty(&town.import(&moved));
}

#[test]
fn a_person_who_joins_another_home_brings_along_what_is_known() {
    let mut town = Town::of(&quarter("海棠花园"));
    let id = *town.at("海棠花园2栋1单元101").current.household.members.keys().next().expect("丙一");
    town.at("海棠花园2栋1单元101").current.particulars.members.get_mut(&id).expect("details").health_note =
        "腿脚不便".into();
    let joins = format!(
        "{}{GRID},海棠花园,1栋,1单元,102,,丙一,母,{},,,\n",
        quarter("海棠花园").lines().take(4).map(|line| format!("{line}\n")).collect::<String>(),
        IDS[3]
    );
    assert_eq!(town.import(&joins).unplaced.len(), 1);
    town.confirm(&joins);
    assert!(town.homes().contains(&"海棠花园1栋1单元102: 丙一,乙一".to_owned()), "{:?}", town.homes());
    let notes: Vec<_> = town
        .at("海棠花园1栋1单元102")
        .current
        .particulars
        .members
        .values()
        .map(|one| one.health_note.clone())
        .collect();
    assert!(notes.contains(&"腿脚不便".to_owned()));
    assert_eq!(town.at("海棠花园2栋1单元101").current.household.members[&id].residence, Some(Residence::MovedOut));
}

#[test]
fn a_number_known_in_another_grid_is_no_new_person() {
    let mut town = Town::of(&quarter("海棠花园"));
    let plan = town.import(&format!("{HEADER}990102003007032,海棠花园,1栋,1单元,102,自住,乙一,户主,{},,,\n", IDS[2]));
    assert_empty(&plan);
    assert!(plan.unplaced[0].text.contains(GRID));
}

#[test]
fn a_number_of_another_name_is_set_aside_also_with_a_yes() {
    let mut town = Town::of(&quarter("海棠花园"));
    let plan = town.confirm(&format!("{HEADER}{GRID},海棠花园,9栋,1单元,909,自住,庚一,户主,{},,,\n", IDS[2]));
    assert_empty(&plan);
    assert_eq!(plan.unplaced[0].code, FindingCode::PersonUncertain);
}

#[test]
fn a_number_behind_two_doors_of_one_list_stays_at_both() {
    let twice = format!("{}{GRID},海棠花园,3栋,1单元,301,自住,乙一,户主,{},,,\n", quarter("海棠花园"), IDS[2]);
    let mut town = Town::of(&twice);
    assert_eq!(town.numbers("乙一").len(), 2);
    let again = town.import(&twice);
    assert_empty(&again);
    assert_eq!(again.unplaced, vec![]);
}

#[test]
fn many_questions_ask_before_anything_is_written() {
    let mut town = Town::default();
    let list = |compound: &str| {
        let rows =
            (0..6).map(|at| format!("{GRID},{compound},{}栋,1单元,101,自住,甲{at},户主,{},,,\n", at + 1, IDS[at]));
        format!("{HEADER}{}", rows.collect::<String>())
    };
    town.import(&list("海棠花园"));
    let plan = town.import(&list("望江名邸"));
    assert!(plan.outline.questions.needs_confirmation() && plan.outline.questions.total() == 6);
}

#[test]
fn a_new_home_with_the_names_of_a_known_one_is_told() {
    let mut town = Town::of(&format!(
        "{HEADER}{GRID},海棠花园,1栋,1单元,101,自住,甲一,户主,,,,\n{GRID},海棠花园,1栋,1单元,101,,甲二,妻,,,,\n"
    ));
    let plan = town.import(&format!(
        "{HEADER}{GRID},望江名邸,1栋,1单元,101,自住,甲一,户主,,,,\n{GRID},望江名邸,1栋,1单元,101,,甲二,妻,,,,\n"
    ));
    assert_eq!((plan.outline.questions.doubled, plan.additions.len()), (1, 1));
    assert!(codes(&plan).contains(&FindingCode::HomePerhapsKnown));
}
