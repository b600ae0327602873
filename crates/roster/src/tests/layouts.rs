//! Other offices, other lists.

use super::*;

const HEADER: &str = "网格编码,小区,楼栋,单元,房号,姓名,与户主关系,身份证号码,联系电话,备注\n";

#[test]
fn columns_may_stand_in_any_order_under_other_names() {
    let roster = read_text(
        "电话；,公民身份号码,姓 名,与户主的关系,室号,单元,幢号,楼盘,网格号,人员类型,房屋状态,民族,政治面貌,年龄\n\
         19900000001,990101198506120024,甲一,本人,402,1,3,海棠花园,990102003007031,流动人口,出租,某族,群众,41\n",
    );
    assert_eq!(doors(&roster), ["海棠花园|3栋|1单元|402: 甲一"]);
    let person = &roster.households[0].persons[0];
    assert_eq!(person.relation, Some(Relation::Head));
    assert_eq!(person.population_type, Some(PopulationType::Floating));
    assert_eq!((person.sex, person.birth_month.as_str()), (Some(Sex::Female), "1985-06"));
    assert_eq!(roster.households[0].house_status, Some(HouseStatus::Rented));
    assert_eq!((count(&roster, FindingCode::ColumnNotKept), count(&roster, FindingCode::ColumnUnknown)), (2, 1));
}

#[test]
fn an_address_in_one_column_is_split() {
    let roster = read_text(
        "网格编码,家庭住址,姓名,电话\n\
         990102003007031,海棠街道北门社区海棠花园1栋1单元402室,甲一,19900000001\n\
         990102003007031,海棠花园１栋１单元４０２,甲二,\n\
         990102003007031,北门旧街12号,乙一,\n\
         990102003007031,详见附件,丙一,\n",
    );
    assert_eq!(doors(&roster), ["海棠花园|1栋|1单元|402: 甲一,甲二", "北门旧街|||12号: 乙一"]);
    assert_eq!(rows_of(&roster, FindingCode::AddressUnclear), [5]);
    assert_eq!(unplaced(&roster), [5], "what is no door makes no home");
    assert_eq!(rows_of(&roster, FindingCode::FullWidth), [3]);
}

#[test]
fn addresses_of_four_parts_and_floors_of_houses_stay_apart() {
    let roster = read_text(
        "网格编码,家庭住址,姓名\n\
         990102003007031,海棠花园3-1-2-01,甲一\n\
         990102003007031,海棠花园3-1-3-01,乙一\n\
         990102003007031,北门旧街12号(1楼),丙一\n\
         990102003007031,北门旧街12号(2楼),丁一\n\
         990102003007031,海棠花园3栋1单元101(东楼),戊一\n\
         990102003007031,海棠花园3栋1单元101(西楼),己一\n",
    );
    assert_eq!(roster.households.len(), 6, "{:?}", doors(&roster));
    assert_eq!(doors(&roster)[0], "海棠花园|3栋|1单元|201: 甲一");
}

#[test]
fn blank_cells_mean_as_above() {
    let text = format!(
        "{HEADER}{GRID},海棠花园,1栋,1单元,101,甲一,户主,,,\n,,,,,甲二,妻,,,\n,,,,102,乙一,户主,,,\n,,,2单元,101,丙一,户主,,,\n,,2栋,1单元,101,丁一,户主,,,\n,北门旧街,12号,,,戊一,户主,,,\n"
    );
    let roster = read_text(&text);
    assert_eq!(
        doors(&roster),
        [
            "海棠花园|1栋|1单元|101: 甲一,甲二",
            "海棠花园|1栋|1单元|102: 乙一",
            "海棠花园|1栋|2单元|101: 丙一",
            "海棠花园|2栋|1单元|101: 丁一",
            "北门旧街|||12号: 戊一",
        ]
    );
    assert_eq!(rows_of(&roster, FindingCode::RoomMissing), [7]);
}

#[test]
fn a_blank_unit_beside_its_own_building_is_no_unit() {
    let text = format!("{HEADER}{GRID},海棠花园,1栋,1单元,101,甲一,户主,,,\n{GRID},海棠花园,1栋,,101,商铺甲,户主,,,\n");
    assert_eq!(doors(&read_text(&text)), ["海棠花园|1栋|1单元|101: 甲一", "海棠花园|1栋||101: 商铺甲"]);
}

#[test]
fn one_door_written_two_ways_is_one_household_wherever_its_rows_stand() {
    let text = format!(
        "{HEADER}{GRID},海棠花园,1栋,1单元,402,甲一,户主,,,\n{GRID},海棠花园,2栋,1单元,402,乙一,户主,,,\n{GRID},海棠花园,01幢,一单元,402室,甲二,妻,,,\n"
    );
    assert_eq!(doors(&read_text(&text)), ["海棠花园|1栋|1单元|402: 甲一,甲二", "海棠花园|2栋|1单元|402: 乙一"]);
}

#[test]
fn vacant_dwellings_are_told_in_three_ways() {
    let text = "网格编码,小区,楼栋,单元,房号,居住状态,姓名,备注\n\
                990102003007031,海棠花园,1栋,1单元,101,空置,,\n\
                990102003007031,海棠花园,1栋,1单元,102,,（空置）,\n\
                990102003007031,海棠花园,1栋,1单元,103,自住,,长期在外\n\
                990102003007031,海棠花园,1栋,1单元,104,空置,甲一,\n";
    let roster = read_text(text);
    assert_eq!((roster.counts.households, roster.counts.persons, roster.counts.vacant), (4, 1, 3));
    assert_eq!(roster.households[1].house_status, Some(HouseStatus::Vacant));
    assert_eq!(roster.households[2].note, "长期在外");
    assert_eq!(rows_of(&roster, FindingCode::NobodyListed), [4]);
    assert_eq!(rows_of(&roster, FindingCode::VacantWithPerson), [5]);
}

#[test]
fn every_row_that_is_not_taken_is_named() {
    let text = format!(
        "北门社区台账,,,,,,,,,\n{HEADER}{GRID},海棠花园,1栋,1单元,101,甲一,户主,,,\n小计,,,,,1人,,,,\n{HEADER}{GRID},海棠花园,1栋,1单元,102,,,990101198506120024,,\n,,,,,,,,19900000001,\n{GRID},海棠花园,1栋,1单元,101,,,,,\n合计：2户,,,,,,,,,\n填表人：,,,,,审核：,,,,\n"
    );
    let roster = read_text(&text);
    assert_eq!(rows_of(&roster, FindingCode::TitleRow), [1]);
    assert_eq!(rows_of(&roster, FindingCode::RowSkipped), [4, 5, 9, 10]);
    assert_eq!(rows_of(&roster, FindingCode::NameMissing), [6, 7]);
    assert_eq!(rows_of(&roster, FindingCode::HouseholdRepeated), [8]);
    assert_eq!((roster.counts.households, roster.counts.persons), (2, 1));
}

#[test]
fn a_person_listed_twice_is_one_and_elsewhere_is_reported() {
    let text = format!(
        "{HEADER}{GRID},海棠花园,1栋,1单元,101,甲一,户主,99010119900307004x,,\n,,,,,甲一,户主,99010119900307004x,19900000001、19900000002,\n{GRID},海棠花园,1栋,1单元,102,甲一,户主,99010119900307004X,,\n"
    );
    let roster = read_text(&text);
    assert_eq!(rows_of(&roster, FindingCode::DuplicatePerson), [3, 4]);
    assert_eq!(rows_of(&roster, FindingCode::LowerX), [2]);
    let persons = &roster.households[0].persons;
    assert_eq!((persons[0].repeats, persons[1].repeats), (false, true));
    assert_eq!(persons[0].tels.len(), 2, "what the second row knows is not lost");
    assert!(!roster.households[1].persons[0].repeats, "another household may truly list the same person");
}

#[test]
fn odd_values_are_kept_as_remarks_and_reported() {
    let text = "网格编码,房号,楼栋,姓名,与户主关系,手机,座机,人口类别,出生日期,性别,证件类型,证件号码,备注\n\
                990102003007031,101,1,甲一,邻家,12,0991-5550123,常住人口,六五年,雄,护照,E1234567,独居、慢病\n\
                990102003007031,102,1,乙一,户主,19900000001(女儿),,,1965.11,,,'990101850612002,喜静\n";
    let roster = read_text(text);
    let [first, second] = [&roster.households[0].persons[0], &roster.households[1].persons[0]];
    assert_eq!(first.remark, "与户主关系：邻家；人口类别：常住人口；出生日期：六五年；联系电话：12");
    assert_eq!(first.tels, ["09915550123".to_owned()].into());
    assert_eq!(first.care_tags, [CareTag::LivesAlone, CareTag::ChronicIllness].into());
    assert_eq!((first.id_no.as_str(), second.id_no.as_str()), ("E1234567", "990101850612002"));
    assert_eq!((second.birth_month.as_str(), second.remark.as_str()), ("1965-11", "联系电话：19900000001(女儿)；喜静"));
    let tally = roster.tally();
    for code in [
        FindingCode::RelationUnknown,
        FindingCode::PhoneInvalid,
        FindingCode::BirthInvalid,
        FindingCode::IdOtherDocument,
        FindingCode::IdInvalid,
    ] {
        assert_eq!(tally.get(&code), Some(&1), "{code}");
    }
    assert_eq!(tally.get(&FindingCode::ValueUnknown), Some(&2));
}

#[test]
fn labels_on_people_are_not_kept_unless_they_are_care_tags() {
    let roster =
        read_text("网格编码,房号,楼栋,姓名,重点人群,重点人员类型\n990102003007031,101,1,甲一,空巢 某类人员,某类\n");
    assert_eq!(roster.households[0].persons[0].care_tags, [CareTag::EmptyNest].into());
    assert!(roster.households[0].persons[0].remark.is_empty());
    assert_eq!((count(&roster, FindingCode::ValueNotKept), count(&roster, FindingCode::ColumnNotKept)), (1, 1));
}

#[test]
fn a_list_of_heads_reads_one_row_per_household() {
    let roster = read_text(
        "网格编码,小区,楼栋,房号,户主姓名,户主电话,家庭人口数\n990102003007031,海棠花园,1栋,101,甲一,19900000001,3\n",
    );
    let household = &roster.households[0];
    assert_eq!((household.head_name.as_str(), household.persons.len()), ("甲一", 1));
    assert_eq!(household.persons[0].relation, Some(Relation::Head));
    assert_eq!(household.persons[0].tels.len(), 1);
    assert_eq!(rows_of(&roster, FindingCode::ColumnMissing), [1]);
}

#[test]
fn members_beside_the_head_in_one_row_are_all_read() {
    let roster = read_text(
        "网格编码,小区,楼栋,房号,户主姓名,户主身份证号,成员姓名,与户主关系,成员姓名,与户主关系\n990102003007031,海棠花园,1栋,101,甲一,990101198506120024,甲二,妻,甲三,儿子\n",
    );
    assert_eq!(doors(&roster), ["海棠花园|1栋||101: 甲一,甲二,甲三"]);
    assert_eq!(roster.households[0].persons[0].id_no, "990101198506120024");
    assert_eq!(roster.households[0].persons[2].relation, Some(Relation::Son));
}

#[test]
fn a_second_column_of_one_meaning_is_told() {
    let roster = read_text(
        "网格编码,楼栋,房号,姓名,性别,性别,电话,电话\n990102003007031,1,101,甲一,,女,19900000001,19900000002\n",
    );
    let person = &roster.households[0].persons[0];
    assert_eq!((person.sex, person.tels.len()), (Some(Sex::Female), 2));
    assert_eq!(count(&roster, FindingCode::ColumnRepeated), 1);
}

#[test]
fn a_grid_may_come_from_the_title_or_the_command_line() {
    let text = "北门社区台账（网格编码：990102003007035）,,,\n楼栋,单元,房号,姓名\n1,1,101,甲一\n";
    assert_eq!(read_text(text).households[0].grid.as_str(), "990102003007035");
    let text = "所属网格,楼栋,单元,房号,姓名\n第31网格,1,1,101,甲一\n第31网格,1,1,102,乙一\n";
    let roster = read_in_grid(text);
    assert_eq!(roster.households[0].grid.as_str(), GRID);
    assert_eq!(rows_of(&roster, FindingCode::GridMissing), [2]);
}

#[test]
fn two_header_rows_and_a_header_in_row_four_are_found() {
    let bytes = book(|sheet| {
        sheet.merge_range(0, 0, 0, 8, "海棠街道人口台账", &Format::new()).expect("free");
        write_rows(sheet, 1, &[&["填报单位：北门社区"]]);
        sheet.merge_range(3, 0, 4, 0, "网格编码", &Format::new()).expect("free");
        sheet.merge_range(3, 1, 3, 4, "房屋信息", &Format::new()).expect("free");
        sheet.merge_range(3, 5, 3, 6, "户主信息", &Format::new()).expect("free");
        sheet.merge_range(3, 7, 3, 8, "家庭成员", &Format::new()).expect("free");
        write_rows(sheet, 4, &[&["", "小区", "楼栋", "单元", "房号", "姓名", "电话", "姓名", "关系"]]);
        write_rows(sheet, 5, &[&[GRID, "海棠花园", "1栋", "1单元", "101", "甲一", "19900000001", "甲一", "户主"]]);
        write_rows(sheet, 6, &[&["", "", "", "", "", "", "", "甲二", "配偶"]]);
    });
    let roster = read_one("台账.xlsx", &bytes).expect("a roster");
    assert_eq!(doors(&roster), ["海棠花园|1栋|1单元|101: 甲一,甲二"]);
    assert_eq!(roster.households[0].head_name, "甲一");
    assert_eq!(roster.households[0].persons[0].tels.len(), 1);
    assert_eq!(rows_of(&roster, FindingCode::TitleRow), [1, 2]);
}

#[test]
fn merged_cells_reach_as_far_as_they_are_merged() {
    let bytes = book(|sheet| {
        write_rows(sheet, 0, &[&["网格编码", "小区", "楼栋单元", "房号", "姓名", "电话"]]);
        merge_down(sheet, 0, 1, 4, GRID);
        merge_down(sheet, 1, 1, 4, "海棠花园");
        merge_down(sheet, 2, 1, 2, "3栋2单元");
        merge_down(sheet, 3, 1, 2, "402");
        merge_down(sheet, 5, 1, 2, "19900000001");
        write_rows(sheet, 1, &[&["", "", "", "", "甲一"], &["", "", "", "", "甲二"]]);
        write_rows(sheet, 3, &[&["", "", "4栋1单元", "101", "乙一"], &["", "", "4栋1单元", "102"]]);
    });
    let roster = read_one("台账.xlsx", &bytes).expect("a roster");
    assert_eq!(
        doors(&roster),
        ["海棠花园|3栋|2单元|402: 甲一,甲二", "海棠花园|4栋|1单元|101: 乙一", "海棠花园|4栋|1单元|102: "]
    );
    let tels: Vec<_> = roster.households[0].persons.iter().map(|person| person.tels.len()).collect();
    assert_eq!(tels, [1, 0], "a phone is one person's, merged or not");
}

#[test]
fn numbers_and_hidden_sheets_of_a_workbook() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    write_rows(sheet, 0, &[&["网格编码", "楼栋", "单元", "房号", "姓名", "身份证号码", "电话"]]);
    for (column, number) in [
        (0, 990_102_003_007_031.0),
        (1, 1.0),
        (2, 2.0),
        (3, 402.0),
        (5, 990_101_198_506_120_024.0),
        (6, 19_900_000_001.0),
    ] {
        sheet.write_number(1, column, number).expect("in range");
    }
    write_rows(sheet, 1, &[&["", "", "", "", "甲一"]]);
    let notes = workbook.add_worksheet().set_name("填表说明").expect("a name");
    write_rows(notes, 0, &[&["请如实填写"]]);
    let old = workbook.add_worksheet().set_name("旧表").expect("a name");
    write_rows(old, 0, &[&["网格编码", "房号", "姓名"], &[GRID, "101", "旧人"]]);
    old.set_hidden(true);
    let roster = read_one("台账.xlsx", &workbook.save_to_buffer().expect("a workbook")).expect("a roster");
    assert_eq!(doors(&roster), ["|1栋|2单元|402: 甲一"]);
    let person = &roster.households[0].persons[0];
    assert_eq!((person.id_no.as_str(), person.tels.len()), ("", 1));
    assert_eq!(count(&roster, FindingCode::IdDigitsLost), 1);
    assert_eq!((count(&roster, FindingCode::SheetSkipped), count(&roster, FindingCode::SheetHidden)), (1, 1));
}

#[test]
fn old_workbooks_with_dates_and_open_documents_are_read() {
    let roster = read_one("odd-dates.xls", include_bytes!("../../testdata/odd-dates.xls")).expect("a roster");
    assert_eq!(doors(&roster), ["海棠花园|5幢|1单元|101: 甲一,甲二", "海棠花园|5幢|1单元|102: 乙一"]);
    assert_eq!(roster.households[0].grid.as_str(), "990102003007035");
    assert_eq!(roster.households[0].persons[1].birth_month, "1986-01");
    assert_eq!(roster.households[1].persons[0].tels.len(), 2);
    let bytes = include_bytes!("../../testdata/one-column-address.ods");
    let roster = read_one("one-column-address.ods", bytes).expect("a roster");
    assert_eq!(doors(&roster), ["海棠花园|1栋|1单元|402: 甲一,甲二", "海棠花园|1栋|1单元|403: "]);
    assert_eq!(roster.households[0].persons[1].relation, Some(Relation::Spouse));
}

#[test]
fn a_household_in_two_files_is_one() {
    let first = format!("{HEADER}{GRID},海棠花园,1栋,1单元,101,甲一,户主,,,\n");
    let second = format!("{HEADER}{GRID},海棠花园,1栋,1单元,101,甲二,妻,,,\n");
    let files =
        [TableFile { name: "一.csv", bytes: first.as_bytes() }, TableFile { name: "二.csv", bytes: second.as_bytes() }];
    let roster = read(&files, &ReadOptions { today: TODAY, grid: None }).expect("a roster");
    assert_eq!(doors(&roster), ["海棠花园|1栋|1单元|101: 甲一,甲二"]);
}

#[test]
fn fifty_thousand_rows_are_read_whole() {
    let mut text = HEADER.to_owned();
    for number in 0..50_000 {
        let (building, room) = (number / 1000 + 1, number % 1000 / 4 + 1);
        text.push_str(&format!("{GRID},海棠花园,{building}栋,1单元,{room},某人{number},其他,,19900000001,\n"));
    }
    let roster = read_text(&text);
    assert_eq!((roster.counts.persons, roster.counts.households), (50_000, 12_500));
}

#[test]
fn official_forms_with_column_numbers_examples_and_sums_are_read() {
    let text = "小区,楼栋,单元,房号,姓名,备注\n1,2,3,4,5,6\n例：,1栋,1单元,101,张某某,\n\
                海棠小区,A栋,东单元,顶层东室,甲一,\n海棠小区,A栋,东单元,102,,空置\nA栋小计,,,,1人,\n共 2 户,,,,,\n";
    let roster = read_in_grid(text);
    assert_eq!(rows_of(&roster, FindingCode::RowSkipped), [2, 3, 6, 7]);
    assert_eq!(doors(&roster), ["海棠小区|A栋|东单元|顶层东室: 甲一", "海棠小区|A栋|东单元|102: "]);
    assert_eq!(roster.households[1].house_status, Some(HouseStatus::Vacant));
    assert_eq!(rows_of(&roster, FindingCode::NobodyListed), Vec::<u32>::new());
}

#[test]
fn one_sheet_per_building_keeps_the_buildings_apart() {
    let mut workbook = Workbook::new();
    for name in ["1栋", "海棠花园2栋"] {
        let sheet = workbook.add_worksheet().set_name(name).expect("a name");
        write_rows(sheet, 0, &[&["网格编码", "单元", "房号", "姓名"], &[GRID, "1", "101", "甲一"]]);
    }
    let roster = read_one("台账.xlsx", &workbook.save_to_buffer().expect("a workbook")).expect("a roster");
    assert_eq!(doors(&roster), ["|1栋|1单元|101: 甲一", "海棠花园|2栋|1单元|101: 甲一"]);
}

#[test]
fn a_wider_table_below_makes_no_titles_of_the_first() {
    let roster = read_in_grid(
        "1栋住户登记表,,,,\n房号,姓名,电话,,\n101,甲一,19900000001,,\n2栋住户登记表,,,,\n单元,房号,姓名,与户主关系,电话\n1单元,101,乙一,户主,19900000002\n",
    );
    assert_eq!(doors(&roster), ["|1栋||101: 甲一", "|2栋|1单元|101: 乙一"]);
}
