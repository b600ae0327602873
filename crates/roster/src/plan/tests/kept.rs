//! What a list does not say is not lost.

use std::collections::BTreeSet;

use super::*;
use domain::codes::Relation;

const FULL: &str = "网格编码,小区,楼栋,单元,房号,居住状态,姓名,与户主关系,身份证号码,联系电话,人口类别,人群类别,工作单位,备注\n\
    990102003007031,海棠花园,1栋,1单元,101,自住,甲一,户主,990101198506120024,19900000001,户籍,独居,北门小学,喜静\n\
    ,,,,,,甲二,妻,99010119900307004X,19900000002,户籍,,,\n\
    990102003007031,海棠花园,1栋,1单元,102,租赁,乙一,户主,,19900000003,流动,,,\n\
    990102003007031,海棠花园,2栋,1单元,101,空置,,,,,,,,\n";
const GRID: &str = "990102003007031";

fn without_tels(state: &BTreeMap<String, Imported>) -> BTreeMap<String, Imported> {
    let mut state = state.clone();
    for imported in state.values_mut() {
        imported.particulars.members.values_mut().for_each(|person| person.tels.clear());
    }
    state
}

/// Plans as an import does.
fn again(text: &str, first: &ImportPlan) -> ImportPlan {
    let mut roster = read_text(text);
    complete_doors(&mut roster, &first.state);
    let mut plan = plan(&roster, &first.state, &first.buildings, 60);
    plan.findings.extend(roster.findings);
    plan
}

#[test]
fn a_phone_list_of_four_columns_changes_phones_and_nothing_else() {
    let first = plan(&read_text(FULL), &BTreeMap::new(), &BTreeMap::new(), 1);
    let update = format!(
        "海棠花园1栋（{GRID}）电话更新,,,\n楼栋,房号,姓名,电话\n1栋,101,甲一,19900000091\n1栋,101,甲二,19900000092(新)\n1栋,102,乙一,19900000093\n"
    );
    let second = again(&update, &first);
    assert_eq!((second.additions.len(), second.edits.len()), (0, 2), "no second household, no card touched");
    let tels: BTreeSet<String> =
        second.state.values().flat_map(|i| i.particulars.members.values()).flat_map(|p| p.tels.clone()).collect();
    assert_eq!(tels, ["19900000091", "19900000092", "19900000093"].map(String::from).into());
    let mut state = second.state.clone();
    let remark = "联系电话：19900000092(新)";
    for imported in state.values_mut() {
        imported.particulars.members.values_mut().filter(|p| p.remark == remark).for_each(|p| p.remark.clear());
    }
    assert_eq!(without_tels(&state), without_tels(&first.state));
    let classes: Vec<_> = second.state.values().map(|i| i.household.visit_class).collect();
    assert_eq!(classes, [Some(VisitClass::A), Some(VisitClass::B), Some(VisitClass::D)]);
    assert!(
        !second.findings.iter().any(|f| matches!(f.code, FindingCode::ValueBlankKept | FindingCode::NoLongerListed))
    );
}

#[test]
fn a_blank_cell_keeps_the_value_and_is_reported() {
    let first = plan(&read_text(FULL), &BTreeMap::new(), &BTreeMap::new(), 1);
    let blank =
        FULL.replace(",户主,990101198506120024,19900000001,户籍,独居,北门小学,喜静", ",,,,,,,").replace("租赁", "");
    let second = again(&blank, &first);
    assert_eq!((second.edits, second.state), (vec![], first.state));
    let told: Vec<_> = second.findings.iter().filter(|f| f.code == FindingCode::ValueBlankKept).collect();
    assert_eq!(told.iter().map(|f| f.row).collect::<Vec<_>>(), [2, 4]);
    assert!(told.iter().any(|f| f.text.contains("身份证号码") && f.text.contains("人群类别")), "{told:?}");
}

#[test]
fn a_number_that_moved_to_another_row_is_not_kept_twice() {
    let first = plan(&read_text(FULL), &BTreeMap::new(), &BTreeMap::new(), 1);
    let moved = FULL.replace("户主,990101198506120024", "户主,").replace("99010119900307004X", "990101198506120024");
    let second = again(&moved, &first);
    let with: Vec<_> = second
        .state
        .values()
        .flat_map(|i| i.particulars.members.iter())
        .filter(|(_, p)| p.id_no == "990101198506120024")
        .collect();
    assert_eq!(with.len(), 1);
}

#[test]
fn a_short_door_that_two_households_fit_is_reported() {
    let two = FULL.replace("2栋,1单元,101", "1栋,2单元,101");
    let first = plan(&read_text(&two), &BTreeMap::new(), &BTreeMap::new(), 1);
    let second = again(&format!("网格编码,楼栋,房号,姓名\n{GRID},1栋,101,甲一\n"), &first);
    assert_eq!(second.additions.len(), 1);
    assert!(second.findings.iter().any(|f| f.code == FindingCode::AddressUnclear));
}

#[test]
fn a_list_of_one_building_reports_nobody_of_the_others() {
    let first = plan(&read_text(FULL), &BTreeMap::new(), &BTreeMap::new(), 1);
    let second = again(
        &format!("网格编码,小区,楼栋,单元,房号,姓名,与户主关系\n{GRID},海棠花园,1栋,1单元,102,乙一,户主\n"),
        &first,
    );
    let texts: Vec<_> =
        second.findings.iter().filter(|f| f.code == FindingCode::NoLongerListed).map(|f| f.text.as_str()).collect();
    assert_eq!(texts.len(), 1, "{texts:?}");
    assert!(texts[0].contains("海棠花园1栋1单元101"));
    let member = second.state.values().flat_map(|i| i.household.members.values()).find(|m| m.name == "乙一");
    assert_eq!(member.and_then(|m| m.relation), Some(Relation::Head));
}

#[test]
fn a_door_written_in_full_and_short_in_one_list_stays_one_household() {
    let first = plan(&read_text(FULL), &BTreeMap::new(), &BTreeMap::new(), 1);
    let mixed = format!(
        "网格编码,小区,楼栋,单元,房号,姓名,电话\n{GRID},,1栋,,101,甲二,19900000092\n{GRID},海棠花园,1栋,1单元,101,甲一,\n{GRID},海棠花园,1栋,1单元,101,甲二,\n"
    );
    let second = again(&mixed, &first);
    assert_eq!((second.additions.len(), second.edits.len(), second.state.len()), (0, 1, 3));
    let changed: Vec<_> = second.edits[0].changes.keys().filter(|path| !path.contains(".tels.")).collect();
    assert_eq!(changed, Vec::<&String>::new());
}
