//! Whose value a column holds: which table of a sheet, which person of a row.
//!
//! Why. Offices print two tables side by side, and write a family in one row: grouped by person (姓名 电话 姓名 电话) or by
//! field (姓名 姓名 电话 电话). Taking the second name's number for the first moves a number to another person, so a column
//! goes to a person only when its title or its position leaves no choice; else it is told and not taken.
//!
//! Flow: [`assign`] → tables side by side (a door's title that comes again) → the columns of each table → persons, by
//! what their titles have in common (`成员1` in 成员1姓名 and 成员1电话), else by position → doors (a 门牌 beside a 房号).

use std::collections::{BTreeMap, BTreeSet};

use super::header::Column;
use super::titles::{Field, Meaning, OTHER_PEOPLE, clean_title};

/// Settles table and person of every column.
pub(super) fn assign(columns: &mut [Column]) {
    drop_codes_beside_labels(columns);
    settle_own_export(columns);
    drop_tables_aside(columns);
    settle_owners_of_numbers(columns);
    split_tables(columns);
    let tables = columns.iter().filter_map(|column| column.table).max().map_or(1, |last| last + 1);
    for table in 0..tables {
        let of_table = |column: &&mut Column| column.table.is_none_or(|of| of == table);
        let mut own: Vec<&mut Column> = columns.iter_mut().filter(of_table).collect();
        settle_heads(&mut own);
        assign_persons(&mut own);
        settle_doors(&mut own);
        mark_repeated(&mut own);
    }
}

/// 性别代码 beside 性别 says the same again, as our own export does.
fn drop_codes_beside_labels(columns: &mut [Column]) {
    let titles: BTreeSet<String> = columns.iter().map(|column| column.title.clone()).collect();
    for column in columns {
        if column.title.strip_suffix("代码").is_some_and(|label| titles.contains(label)) {
            column.meaning = Meaning::Serial;
        }
    }
}

/// Titles of our own export that say nothing which an import takes.
const PASSED_OVER: [&str; 10] = [
    "楼栋编码",
    "走访类别代码",
    "走访类别",
    "在住人数",
    "困难诉求",
    "最近走访时间",
    "最近走访结果",
    "首次走访日期",
    "下次走访日期",
    "健康备注",
];

/// Our own export is told by its ids: what it holds beside the list's columns comes back in silence.
fn settle_own_export(columns: &mut [Column]) {
    if !columns.iter().any(|column| column.meaning == Meaning::Field(Field::HouseholdId)) {
        return;
    }
    for column in columns {
        if PASSED_OVER.contains(&column.title.as_str()) {
            column.meaning = Meaning::Serial;
        } else if column.title == "联系人" {
            column.meaning = Meaning::Field(Field::HeadName);
        }
    }
}

/// A small table far to the right (网格员 and his phone) is none of the list: names behind a gap of two columns, without
/// doors.
fn drop_tables_aside(columns: &mut [Column]) {
    const GAP: usize = 3;
    let is_name = |column: &Column| matches!(column.meaning, Meaning::Field(Field::Name | Field::HeadName));
    let gap = (1..columns.len()).find(|at| {
        columns[*at].index - columns[at - 1].index >= GAP
            && columns[..*at].iter().any(is_name)
            && columns[*at..].iter().any(is_name)
            && !columns[*at..]
                .iter()
                .any(|column| matches!(column.meaning, Meaning::Field(field) if field.says_where()))
    });
    for column in gap.map_or(&mut [][..], |at| &mut columns[at..]) {
        column.meaning = Meaning::Unknown;
    }
}

/// Whose numbers stand in a column that does not say so: those of whoever the column before it names. 户主 身份证号 家庭成员
/// gives the head a number; what follows 房东 or 网格员 is no resident's.
fn settle_owners_of_numbers(columns: &mut [Column]) {
    #[derive(Clone, Copy, PartialEq)]
    enum Owner {
        Person,
        Head,
        Nobody,
    }
    let has_name_behind = |at: usize, columns: &[Column]| {
        columns[at..].iter().any(|column| column.meaning == Meaning::Field(Field::Name))
    };
    let mut owner = Owner::Person;
    let mut has_name = false;
    for at in 0..columns.len() {
        let column = &columns[at];
        let is_other = column.meaning == Meaning::Owner
            || column.meaning == Meaning::Unknown && OTHER_PEOPLE.iter().any(|who| column.title.contains(who));
        let is_number_of_other =
            ["电话", "手机", "联系方式", "证", "号码"].iter().any(|word| column.title.contains(word));
        match column.meaning {
            Meaning::Field(Field::Name) => {
                owner = Owner::Person;
                has_name = true;
            }
            Meaning::Field(Field::HeadName) if !has_name && has_name_behind(at, columns) => owner = Owner::Head,
            _ if is_other && !is_number_of_other => owner = Owner::Nobody,
            Meaning::Field(field) if field.is_number() && label_of(&column.title).is_empty() => match owner {
                Owner::Person => {}
                Owner::Head if field == Field::IdNo => columns[at].meaning = Meaning::Field(Field::HeadIdNo),
                Owner::Head => columns[at].meaning = Meaning::Field(Field::HeadTel),
                Owner::Nobody => columns[at].meaning = Meaning::NotResidents,
            },
            _ => {}
        }
    }
}

/// Numbers tables that stand side by side: a door's title comes again with its neighbours. Columns before the first of
/// them (网格编码, 序号) belong to all.
fn split_tables(columns: &mut [Column]) {
    let key = |column: &Column| clean_title(&column.title);
    let is_door =
        |column: &Column| matches!(column.meaning, Meaning::Field(Field::Room | Field::Address | Field::Plate));
    let Some(door) = columns.iter().position(|column| {
        is_door(column) && columns.iter().filter(|other| is_door(other) && key(other) == key(column)).count() > 1
    }) else {
        return;
    };
    let count = columns.iter().filter(|other| is_door(other) && key(other) == key(&columns[door])).count();
    // The leftmost title that comes as often as the door begins a table.
    let comes_as_often = |column: &Column| columns.iter().filter(|other| key(other) == key(column)).count() == count;
    let first = columns.iter().take(door).position(comes_as_often).unwrap_or(door);
    let leader = key(&columns[first]);
    let starts: Vec<usize> = columns.iter().filter(|column| key(column) == leader).map(|column| column.index).collect();
    let names = |from: usize, to: usize| {
        columns
            .iter()
            .filter(|c| (from..to).contains(&c.index))
            .any(|c| matches!(c.meaning, Meaning::Field(Field::Name | Field::HeadName | Field::HouseStatus)))
    };
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([usize::MAX]).collect();
    // Two 房号 before one 姓名 are two columns of one table.
    if !starts.iter().zip(&ends).all(|(start, end)| names(*start, *end)) {
        return;
    }
    for column in columns.iter_mut() {
        column.table = starts.iter().rposition(|start| *start <= column.index);
    }
}

/// One row per household: without a name column the head's values are the person's.
fn settle_heads(columns: &mut [&mut Column]) {
    // Our own sheet of homes names whom to ask for, and no people.
    let names_people = |column: &Column| matches!(column.meaning, Meaning::Field(Field::Name | Field::HouseholdId));
    if columns.iter().any(|column| names_people(column)) {
        return;
    }
    for column in columns {
        column.meaning = match column.meaning {
            Meaning::Field(Field::HeadName) => Meaning::Field(Field::Name),
            Meaning::Field(Field::HeadIdNo) => Meaning::Field(Field::IdNo),
            Meaning::Field(Field::HeadTel) => Meaning::Field(Field::Tel),
            other => other,
        };
    }
}

const fn is_of_person(meaning: Meaning) -> Option<Field> {
    match meaning {
        Meaning::Field(field) if !field.is_of_dwelling() => Some(field),
        _ => None,
    }
}

/// Numbers the persons of a row.
fn assign_persons(columns: &mut [&mut Column]) {
    let names: Vec<String> = columns
        .iter()
        .filter(|column| column.meaning == Meaning::Field(Field::Name))
        .map(|column| label_of(&column.title))
        .collect();
    if names.len() < 2 {
        return;
    }
    let labels: BTreeSet<&String> = names.iter().collect();
    if labels.len() == names.len() {
        by_label(columns, &names);
    } else {
        by_position(columns, names.len());
    }
}

/// 成员1姓名 成员2姓名 成员1电话 成员2电话: what stands beside the field's words names the person.
fn by_label(columns: &mut [&mut Column], names: &[String]) {
    let mut last_named = 0;
    for column in columns {
        let Some(field) = is_of_person(column.meaning) else { continue };
        let label = label_of(&column.title);
        let known = names.iter().position(|name| *name == label);
        if field == Field::Name {
            last_named = known.unwrap_or(0);
        }
        // Another number of the person before it: 姓名1 电话1 备用电话; after all names it may be anybody's.
        column.person = known.unwrap_or(last_named);
        if known.is_none() && field.is_number() && names.iter().all(|name| !name.is_empty()) {
            column.is_unclear = true;
        }
    }
}

/// Without labels: 姓名 电话 姓名 电话 (what follows a name is that person's) or 姓名 姓名 电话 电话 (the second number is
/// the second person's, if there is one for each).
fn by_position(columns: &mut [&mut Column], count: usize) {
    let fields: Vec<Field> = columns.iter().filter_map(|column| is_of_person(column.meaning)).collect();
    let first_name = fields.iter().position(|field| *field == Field::Name).unwrap_or(0);
    let last_name = fields.iter().rposition(|field| *field == Field::Name).unwrap_or(0);
    let is_by_field = fields[first_name..=last_name].iter().all(|field| *field == Field::Name);
    let mut seen: BTreeMap<Field, usize> = BTreeMap::new();
    for field in &fields {
        *seen.entry(*field).or_default() += 1;
    }
    // The field that begins each person: the first one that comes as often as the names.
    let leader = fields.iter().copied().find(|field| seen[field] == count).unwrap_or(Field::Name);
    let mut nth: BTreeMap<Field, usize> = BTreeMap::new();
    let mut person = 0;
    for column in columns {
        let Some(field) = is_of_person(column.meaning) else { continue };
        let position = nth.entry(field).or_default();
        if is_by_field {
            column.person = if seen[&field] == count { *position } else { 0 };
            column.is_unclear = seen[&field] != count && field.is_number();
        } else {
            if field == leader && *position > 0 {
                person = *position;
            }
            column.person = person.min(count - 1);
            // 姓名 身份证 姓名 身份证 电话: the last person's or the home's.
            column.is_unclear = field.is_number() && seen[&field] == 1 && column.person == count - 1;
        }
        *position += 1;
    }
}

/// What a title says beside its field: `成员1` of `成员1身份证号`, nothing of `姓名`.
fn label_of(title: &str) -> String {
    const FIELD_WORDS: [&str; 34] = [
        "公民身份号码",
        "身份证件号码",
        "居民身份证号码",
        "身份证号码",
        "身份证件号",
        "身份证号",
        "身份证",
        "证件号码",
        "证件号",
        "证件类型",
        "与户主的关系",
        "与户主关系",
        "关系",
        "联系电话",
        "联系方式",
        "手机号码",
        "手机号",
        "手机",
        "电话号码",
        "电话",
        "出生日期",
        "出生年月",
        "性别",
        "姓名",
        "备注",
        "人口类别",
        "人员类别",
        "工作单位",
        "学校",
        "人员状态",
        "状态",
        "号码",
        "家庭",
        "居民",
    ];
    let mut label: String = title.chars().filter(|c| !"/*:()（）[]【】. 　".contains(*c)).collect();
    for word in FIELD_WORDS {
        label = label.replace(word, "");
    }
    label
}

/// Which columns make the door: a 门牌 or a 房间 is the room where no other column is.
fn settle_doors(columns: &mut [&mut Column]) {
    let has = |columns: &[&mut Column], field| columns.iter().any(|column| column.meaning == Meaning::Field(field));
    let turn = |columns: &mut [&mut Column], from, to| {
        for column in columns.iter_mut().filter(|column| column.meaning == Meaning::Field(from)) {
            column.meaning = Meaning::Field(to);
        }
    };
    if !has(columns, Field::Room) {
        let from = if has(columns, Field::Chamber) { Field::Chamber } else { Field::Plate };
        turn(columns, from, Field::Room);
    }
    if !has(columns, Field::Building) {
        turn(columns, Field::Plate, Field::Building);
    }
    if has(columns, Field::Compound) {
        for column in columns.iter_mut().filter(|column| column.meaning == Meaning::Field(Field::Village)) {
            column.meaning = Meaning::Unknown;
        }
    } else {
        turn(columns, Field::Village, Field::Compound);
    }
}

/// Marks second columns of a field that has one value.
fn mark_repeated(columns: &mut [&mut Column]) {
    let mut seen: BTreeSet<(Field, usize)> = BTreeSet::new();
    for column in columns {
        let Meaning::Field(field) = column.meaning else { continue };
        if field.is_of_dwelling() {
            column.person = 0;
        }
        column.repeated = !seen.insert((field, column.person)) && !field.may_repeat();
    }
}

#[cfg(test)]
mod tests {
    use super::super::titles::recognise;
    use super::*;

    fn read(titles: &[&str]) -> Vec<Column> {
        let mut columns: Vec<Column> = titles
            .iter()
            .enumerate()
            .map(|(index, title)| Column::new(index, (*title).to_owned(), recognise(title)))
            .collect();
        assign(&mut columns);
        columns
    }

    fn persons(titles: &[&str]) -> Vec<usize> {
        read(titles).iter().map(|column| column.person).collect()
    }

    #[test]
    fn columns_go_to_the_person_that_title_or_position_names() {
        assert_eq!(persons(&["房号", "姓名", "电话", "姓名", "电话"]), [0, 0, 0, 1, 1]);
        assert_eq!(persons(&["房号", "姓名", "姓名", "电话", "电话"]), [0, 0, 1, 0, 1]);
        assert_eq!(persons(&["房号", "身份证号", "姓名", "身份证号", "姓名"]), [0, 0, 0, 1, 1]);
        assert_eq!(
            persons(&["房号", "成员1姓名", "成员2姓名", "成员2电话", "成员1电话", "成员1身份证号"]),
            [0, 0, 1, 1, 0, 0]
        );
        assert_eq!(persons(&["房号", "户主姓名", "姓名1", "电话1", "姓名2", "电话2", "电话2"]), [0, 0, 0, 0, 1, 1, 1]);
        assert_eq!(persons(&["房号", "姓名", "电话", "电话2"]), [0, 0, 0, 0]);
    }

    #[test]
    fn numbers_that_might_be_anybodys_are_unclear() {
        let unclear =
            |titles: &[&str]| read(titles).iter().filter(|c| c.is_unclear).map(|c| c.index).collect::<Vec<_>>();
        assert_eq!(unclear(&["房号", "姓名", "姓名", "姓名", "电话", "电话"]), [4, 5]);
        assert_eq!(unclear(&["房号", "姓名", "姓名", "电话"]), [3]);
        assert_eq!(unclear(&["房号", "姓名1", "姓名2", "联系电话"]), [3]);
        assert_eq!(unclear(&["房号", "姓名", "身份证号", "姓名", "身份证号", "电话"]), [5]);
        assert_eq!(unclear(&["房号", "姓名", "电话", "姓名", "电话"]), Vec::<usize>::new());
    }

    #[test]
    fn tables_side_by_side_are_told_from_two_columns_of_one() {
        let tables = |titles: &[&str]| read(titles).iter().map(|column| column.table).collect::<Vec<_>>();
        assert_eq!(
            tables(&["网格编码", "楼栋", "房号", "姓名", "楼栋", "房号", "姓名"]),
            [None, Some(0), Some(0), Some(0), Some(1), Some(1), Some(1)]
        );
        assert_eq!(tables(&["楼栋", "房号", "房号", "姓名"]), [None; 4]);
        assert_eq!(tables(&["房号", "姓名", "姓名"]), [None; 3]);
    }

    #[test]
    fn a_plate_beside_a_room_is_the_building() {
        let meanings = |titles: &[&str]| read(titles).iter().map(|column| column.meaning).collect::<Vec<_>>();
        assert_eq!(meanings(&["门牌号"]), [Meaning::Field(Field::Room)]);
        assert_eq!(meanings(&["门牌号", "房间号"]), [Meaning::Field(Field::Building), Meaning::Field(Field::Room)]);
        assert_eq!(meanings(&["房号", "房间"]), [Meaning::Field(Field::Room), Meaning::Field(Field::Chamber)]);
    }
}
