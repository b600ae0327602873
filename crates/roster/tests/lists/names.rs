//! What stands in a name cell: people with marks, people spelled in two ways, and what is no person.

use domain::codes::{HouseStatus, Relation, Residence};

use crate::support::*;

fn status_of(seen: &Seen, room: &str) -> Option<HouseStatus> {
    let home = seen.roster().households.iter().find(|home| plain(&home.place.room) == room);
    home.unwrap_or_else(|| panic!("the home {room}\n{}", seen.describe())).house_status
}

#[test]
fn entries_that_are_no_person_are_states_of_the_home() {
    let words =
        ["空置", "出租", "查无此人", "拒访", "空房", "无人居住", "未装修", "长期外出", "敲门无人", "待入住", "租户"];
    let rows: String = (101..).zip(words).map(|(room, word)| format!("1栋,1单元,{room},{word},\n")).collect();
    let seen = read_text(&format!("楼栋,单元,房号,姓名,与户主关系\n{rows}1栋,1单元,201,甲一,户主\n"));
    assert_eq!(seen.roster().households.len(), words.len() + 1, "{}", seen.describe());
    let names: Vec<_> = seen.people().map(|(_, person)| person.name.as_str()).collect();
    assert_eq!(names, ["甲一"], "{}", seen.describe());
    assert_eq!(status_of(&seen, "101"), Some(HouseStatus::Vacant));
    assert_eq!(status_of(&seen, "102"), Some(HouseStatus::Rented));
    // What is no use of a dwelling is not lost: in the home's note, or told.
    for (row, (room, word)) in (4..).zip([("103", "查无此人"), ("104", "拒访")]) {
        let home = seen.roster().households.iter().find(|home| plain(&home.place.room) == room).expect("a home");
        assert!(home.note.contains(word) || seen.is_told(row), "{word}\n{}", seen.describe());
    }
}

#[test]
fn a_shop_is_told_or_a_name_and_takes_no_neighbour_in() {
    let seen = read_text(
        "楼栋,房号,姓名,与户主关系,联系电话
         1栋,101,海棠超市,,19900000001
         1栋,102,北门物业有限公司,,19900000002
         1栋,103,甲一,户主,
         1栋,104,快递驿站,,
        ",
    );
    seen.assert_accounted(2..=5);
    assert_eq!(seen.roster().households.len(), 4, "{}", seen.describe());
    seen.assert_apart(&["甲一"], &["海棠超市", "北门物业有限公司", "快递驿站"]);
    seen.assert_tels("甲一", &[]);
}

#[test]
fn a_vacant_home_between_families_takes_nobody_in() {
    let seen = read_text(
        "楼栋,房号,姓名,与户主关系
         1栋,101,甲一,户主
         1栋,102,空置,
         ,,乙一,户主
         1栋,103,丙一,户主
        ",
    );
    seen.assert_apart(&["甲一"], &["乙一", "丙一"]);
    assert_eq!(status_of(&seen, "102"), Some(HouseStatus::Vacant), "{}", seen.describe());
    seen.assert_told(&[4]);
}

#[test]
fn what_stands_for_a_missing_name_is_nobodys_name() {
    let words = ["？？？", "待查", "无", "xxx", "不详", "/", "-", "待核", "空白", "0", "***"];
    let rows: String = (101..).zip(words).map(|(room, word)| format!("1栋,{room},{word},户主,\n")).collect();
    let seen = read_text(&format!("楼栋,房号,姓名,与户主关系,联系电话\n{rows}"));
    assert_eq!(seen.people().count(), 0, "{}", seen.describe());
    seen.assert_told(&(2..2 + u32::try_from(words.len()).expect("few")).collect::<Vec<_>>());
}

#[test]
fn marks_on_names_become_states_and_leave_the_name() {
    let cases = [
        ("甲一（已故）", "甲一", Some(Residence::Deceased)),
        ("甲二(迁出)", "甲二", Some(Residence::MovedOut)),
        ("甲三（外出）", "甲三", Some(Residence::Away)),
        ("已故甲四", "甲四", Some(Residence::Deceased)),
        ("甲五-已去世", "甲五", Some(Residence::Deceased)),
        ("甲六【死亡】", "甲六", Some(Residence::Deceased)),
        ("甲七（外出务工）", "甲七", Some(Residence::Away)),
        ("甲八 已迁出", "甲八", Some(Residence::MovedOut)),
        ("甲九（搬走）", "甲九", Some(Residence::MovedOut)),
        ("甲十", "甲十", None),
    ];
    let rows: String = cases.iter().map(|(text, _, _)| format!("1栋,101,{text}\n")).collect();
    let seen = read_text(&format!("楼栋,房号,姓名\n{rows}"));
    for (text, name, state) in cases {
        assert_eq!(seen.find(name).1.residence, state, "{text}\n{}", seen.describe());
    }
}

#[test]
fn a_mark_of_the_head_is_the_relation() {
    let seen = read_text("楼栋,房号,姓名\n1栋,101,王芳（户主）\n1栋,101,甲二(妻)\n1栋,101,甲三（长子）\n");
    seen.assert_homes(&["|1||101: 王芳,甲二,甲三"]);
    assert_eq!(seen.find("王芳").1.relation, Some(Relation::Head), "{}", seen.describe());
    assert_eq!(seen.find("甲二").1.relation, Some(Relation::Spouse), "{}", seen.describe());
    assert_eq!(seen.find("甲三").1.relation, Some(Relation::Son), "{}", seen.describe());
}

#[test]
fn two_of_one_name_told_apart_by_a_mark_stay_two() {
    for (one, other) in [("王芳(大)", "王芳(小)"), ("王芳（老）", "王芳（少）"), ("王芳A", "王芳B"), ("王芳1", "王芳2")]
    {
        let seen = read_text(&format!("楼栋,房号,姓名,与户主关系\n1栋,101,{one},母亲\n1栋,101,{other},女\n"));
        seen.assert_counts(1, 2);
    }
}

#[test]
fn two_of_one_name_and_other_numbers_stay_two() {
    let seen = read_text(&format!(
        "楼栋,房号,姓名,与户主关系,身份证号码\n1栋,101,王芳,母亲,{}\n1栋,101,王芳,女,{}\n",
        id_no(1),
        id_no(2)
    ));
    seen.assert_counts(1, 2);
}

#[test]
fn signs_before_and_after_a_name_are_no_part_of_it() {
    let seen = read_text(
        "楼栋,房号,姓名\n1栋,101,★甲一\n1栋,101,*甲二\n1栋,101,甲三*\n1栋,101,● 甲四\n1栋,101,1.甲五\n1栋,101,甲六、\n",
    );
    seen.assert_homes(&["|1||101: 甲一,甲二,甲三,甲四,甲五,甲六"]);
}

#[test]
fn dots_and_widths_of_a_name_are_one_spelling() {
    let number = id_no(7);
    let rows: String = ["·", "•", "．", ".", "‧", "・", "﹒"]
        .iter()
        .map(|dot| format!("1栋,101,阿卜杜{dot}热依木,{number}\n"))
        .collect();
    let seen = read_text(&format!("楼栋,房号,姓名,身份证号码\n{rows}"));
    seen.assert_counts(1, 1);
    seen.assert_number("阿卜杜·热依木", &number);
}

#[test]
fn blanks_inside_a_name_are_no_letters() {
    let number = id_no(8);
    let seen = read_text(&format!(
        "楼栋,房号,姓名,身份证号码\n1栋,101,王　芳,{number}\n1栋,101,王 芳,{number}\n1栋,101,王芳,{number}\n"
    ));
    seen.assert_counts(1, 1);
    seen.assert_number("王芳", &number);
}

#[test]
fn names_of_every_kind_are_kept_as_written() {
    let names = ["欧阳娜娜", "阿卜杜·热依木", "John Smith", "㐂一", "李𠮷", "司马相如", "爱新觉罗·甲"];
    let rows: String = (101..).zip(names).map(|(room, name)| format!("1栋,{room},{name}\n")).collect();
    let seen = read_text(&format!("楼栋,房号,姓名\n{rows}"));
    let read: Vec<_> = seen.people().map(|(_, person)| person.name.as_str()).collect();
    assert_eq!(read, names, "{}", seen.describe());
}

#[test]
fn a_masked_name_is_told() {
    let seen =
        read_text("楼栋,房号,姓名,联系电话\n1栋,101,王*,19900000001\n1栋,102,李某某,19900000002\n1栋,103,张**,\n");
    seen.assert_told(&[2, 4]);
    seen.assert_accounted(2..=4);
}

#[test]
fn no_word_of_a_state_column_is_lost() {
    let words =
        ["常住", "外出务工", "死亡", "空挂户", "失踪", "注销", "服刑", "参军", "外嫁", "人户分离", "迁出", "在校"];
    let rows: String = (101..).zip(words).map(|(room, word)| format!("1栋,{room},人{room},{word}\n")).collect();
    let seen = read_text(&format!("楼栋,房号,姓名,状态\n{rows}"));
    seen.assert_counts(words.len(), words.len());
    for (row, (room, word)) in (2..).zip((101..).zip(words)) {
        let (home, person) = seen.find(&format!("人{room}"));
        let is_kept = person.residence.is_some() || person.remark.contains(word) || home.note.contains(word);
        assert!(is_kept || seen.is_told(row), "{word}\n{}", seen.describe());
        assert_ne!(home.house_status, Some(HouseStatus::Other), "{word}\n{}", seen.describe());
    }
    let state = |room: u32| seen.find(&format!("人{room}")).1.residence;
    assert_eq!(state(101), Some(Residence::Present), "{}", seen.describe());
    assert_eq!(state(102), Some(Residence::Away), "{}", seen.describe());
    assert_eq!(state(103), Some(Residence::Deceased), "{}", seen.describe());
    assert_eq!(state(111), Some(Residence::MovedOut), "{}", seen.describe());
    // Who is missing is not dead.
    assert_ne!(state(105), Some(Residence::Deceased), "{}", seen.describe());
}

#[test]
fn a_state_column_of_dwellings_is_the_dwellings() {
    let seen = read_text("楼栋,房号,姓名,状态\n1栋,101,甲一,自住\n1栋,102,乙一,出租\n1栋,103,,空置\n");
    assert_eq!(status_of(&seen, "102"), Some(HouseStatus::Rented), "{}", seen.describe());
    assert_eq!(status_of(&seen, "103"), Some(HouseStatus::Vacant), "{}", seen.describe());
}

#[test]
fn usual_relation_words_are_known() {
    let words = [
        ("本人", Relation::Head),
        ("妻子", Relation::Spouse),
        ("丈夫", Relation::Spouse),
        ("爱人", Relation::Spouse),
        ("长子", Relation::Son),
        ("次女", Relation::Daughter),
        ("三子", Relation::Son),
        ("孙子", Relation::Grandchild),
        ("外孙女", Relation::Grandchild),
        ("父亲", Relation::Parent),
        ("岳母", Relation::Parent),
        ("公公", Relation::Parent),
        ("奶奶", Relation::Grandparent),
        ("外公", Relation::Grandparent),
        ("弟弟", Relation::Sibling),
        ("姐", Relation::Sibling),
        ("租客", Relation::Other),
        ("保姆", Relation::Other),
    ];
    let rows: String = words.iter().enumerate().map(|(n, (word, _))| format!("1栋,101,人{n},{word}\n")).collect();
    let seen = read_text(&format!("楼栋,房号,姓名,与户主关系\n{rows}"));
    for (n, (word, relation)) in words.iter().enumerate() {
        let person = seen.find(&format!("人{n}")).1;
        assert_eq!(person.relation, Some(*relation), "{word}\n{}", seen.describe());
    }
}

#[test]
fn relations_of_in_laws_are_no_children_by_blood_of_another_kind() {
    // 儿媳 and 女婿: no son and no daughter; other, with the word kept.
    let seen = read_text("楼栋,房号,姓名,与户主关系\n1栋,101,甲一,户主\n1栋,101,甲二,儿媳\n1栋,101,甲三,女婿\n");
    for (name, word) in [("甲二", "儿媳"), ("甲三", "女婿")] {
        let person = seen.find(name).1;
        assert!(!matches!(person.relation, Some(Relation::Head | Relation::Spouse)), "{}", seen.describe());
        let is_kept = person.relation.is_some() || person.remark.contains(word);
        assert!(is_kept, "{word}\n{}", seen.describe());
    }
}
