//! What a list does not say is not lost.

use super::*;
use domain::codes::Relation;

const FULL: &str = "网格编码,小区,楼栋,单元,房号,居住状态,姓名,与户主关系,身份证号码,联系电话,人口类别,人群类别,工作单位,备注\n\
    990102003007031,海棠花园,1栋,1单元,101,自住,甲一,户主,990101198506120024,19900000001,户籍,独居,北门小学,喜静\n\
    ,,,,,,甲二,妻,99010119900307004X,19900000002,户籍,,,\n\
    990102003007031,海棠花园,1栋,1单元,102,租赁,乙一,户主,,19900000003,流动,,,\n\
    990102003007031,海棠花园,2栋,1单元,101,空置,,,,,,,,\n";
const GRID: &str = "990102003007031";

fn tels(town: &Town) -> Vec<String> {
    let people = town.ledger.households.iter().flat_map(|known| known.current.particulars.members.values());
    let mut tels: Vec<_> = people.flat_map(|person| person.tels.clone()).collect();
    tels.sort();
    tels
}

/// Everything of the ledger but phones and what an import itself remarks.
fn others(town: &Town) -> Vec<Imported> {
    let mut all: Vec<_> = town.ledger.households.iter().map(|known| known.current.clone()).collect();
    for person in all.iter_mut().flat_map(|one| one.particulars.members.values_mut()) {
        person.tels.clear();
        if person.remark.starts_with("联系电话：") {
            person.remark.clear();
        }
    }
    all
}

#[test]
fn a_phone_list_of_four_columns_changes_phones_and_nothing_else() {
    let mut town = Town::of(FULL);
    let before = others(&town);
    let second = town.import(&format!(
        "海棠花园1栋（{GRID}）电话更新,,,\n楼栋,房号,姓名,电话\n1栋,101,甲一,19900000091\n1栋,101,甲二,19900000092(新)\n1栋,102,乙一,19900000093\n"
    ));
    assert_eq!((second.additions.len(), second.edits.len()), (0, 2), "no second household, no card touched");
    assert_eq!(tels(&town), ["19900000091", "19900000092", "19900000093"]);
    assert_eq!(others(&town), before);
    let classes: Vec<_> = town.ledger.households.iter().map(|one| one.current.household.visit_class).collect();
    assert_eq!(classes, [Some(VisitClass::A), Some(VisitClass::B), Some(VisitClass::D)]);
    assert!(
        !second.findings.iter().any(|f| matches!(f.code, FindingCode::ValueBlankKept | FindingCode::NoLongerListed))
    );
}

#[test]
fn a_blank_cell_keeps_the_value_and_is_reported() {
    let mut town = Town::of(FULL);
    let blank =
        FULL.replace(",户主,990101198506120024,19900000001,户籍,独居,北门小学,喜静", ",,,,,,,").replace("租赁", "");
    let second = town.import(&blank);
    assert_empty(&second);
    let told: Vec<_> = second.findings.iter().filter(|f| f.code == FindingCode::ValueBlankKept).collect();
    assert_eq!(told.iter().map(|f| f.row).collect::<Vec<_>>(), [2, 4]);
    assert!(told.iter().any(|f| f.text.contains("身份证号码") && f.text.contains("人群类别")), "{told:?}");
}

#[test]
fn a_number_that_moved_to_another_row_is_not_kept_twice() {
    let two = FULL.replace("99010119900307004X", "");
    let mut town = Town::of(&two);
    town.import(&two.replace("户主,990101198506120024", "户主,").replace("妻,,", "妻,990101198506120024,"));
    assert_eq!(town.numbers("甲二")[0].0, "990101198506120024");
    assert_eq!(town.numbers("甲一")[0].0, "");
}

#[test]
fn a_list_of_one_building_reports_nobody_of_the_others() {
    let mut town = Town::of(FULL);
    let second = town
        .import(&format!("网格编码,小区,楼栋,单元,房号,姓名,与户主关系\n{GRID},海棠花园,1栋,1单元,102,乙一,户主\n"));
    let texts: Vec<_> =
        second.findings.iter().filter(|f| f.code == FindingCode::NoLongerListed).map(|f| f.text.as_str()).collect();
    assert_eq!(texts.len(), 1, "{texts:?}");
    assert!(texts[0].contains("海棠花园1栋1单元101"));
    assert_eq!(second.outline.by_grid.values().map(|grid| grid.unlisted).sum::<usize>(), 1);
    let people = town.ledger.households.iter().flat_map(|known| known.current.household.members.values());
    let member = people.into_iter().find(|member| member.name == "乙一");
    assert_eq!(member.and_then(|m| m.relation), Some(Relation::Head));
}

#[test]
fn a_class_set_by_hand_is_not_taken_back() {
    let mut town = Town::of(FULL);
    town.at("海棠花园1栋1单元102").current.household.visit_class = Some(VisitClass::A);
    assert_empty(&town.import(FULL));
    town.import(&FULL.replace("19900000003", "19900000009"));
    assert_eq!(town.at("海棠花园1栋1单元102").current.household.visit_class, Some(VisitClass::A));
}
