//! Records → rows. One function per table; columns stand beside the code that fills them.

use std::collections::BTreeMap;

use domain::codes::{CodeList, Language};
use domain::household::VisitMark;
use domain::member_pair::Person;
use domain::visit::{Answer, Tri};
use domain::{AccountId, Household, HouseholdId, Particulars, UnixMillis, Visit};

use super::{CellKind, Column, Table};

/// Names of accounts, for the columns that say who.
pub type AccountNames = BTreeMap<AccountId, String>;

pub(super) const fn text(title: &'static str, width: u8) -> Column {
    Column { title, kind: CellKind::Text, width }
}

pub(super) const fn number(title: &'static str) -> Column {
    Column { title, kind: CellKind::Number, width: 8 }
}

const HOUSEHOLD_COLUMNS: &[Column] = &[
    text("网格编码", 17),
    text("楼栋编码", 22),
    text("小区", 14),
    text("楼栋", 8),
    text("单元", 8),
    text("房号", 8),
    text("居住状态代码", 8),
    text("居住状态", 10),
    text("走访类别代码", 8),
    text("走访类别", 12),
    text("联系人", 10),
    number("在住人数"),
    text("困难诉求", 24),
    text("最近走访时间", 18),
    text("最近走访结果", 12),
    text("首次走访日期", 12),
    text("下次走访日期", 12),
    text("备注", 24),
    text("住户标识", 38),
];

const PERSON_COLUMNS: &[Column] = &[
    text("网格编码", 17),
    text("小区", 14),
    text("楼栋", 8),
    text("单元", 8),
    text("房号", 8),
    text("姓名", 10),
    text("与户主关系代码", 8),
    text("与户主关系", 10),
    text("居住情况代码", 10),
    text("居住情况", 10),
    text("性别代码", 8),
    text("性别", 6),
    text("证件号码", 22),
    text("出生年月", 10),
    text("联系电话", 26),
    text("人口类别代码", 8),
    text("人口类别", 10),
    text("关爱标签代码", 20),
    text("关爱标签", 16),
    text("工作单位或学校", 20),
    text("健康备注", 20),
    text("备注", 24),
    text("住户标识", 38),
    text("人员标识", 38),
];

const VISIT_COLUMNS: &[Column] = &[
    text("网格编码", 17),
    text("地址", 26),
    text("走访人", 10),
    text("角色代码", 12),
    text("角色", 10),
    text("开始时间", 18),
    text("结束时间", 18),
    text("方式代码", 8),
    text("方式", 8),
    text("结果代码", 8),
    text("结果", 10),
    text("模板", 20),
    text("询问内容", 40),
    text("信息更新", 30),
    text("宣传", 16),
    number("发放资料"),
    text("跟进事项", 24),
    text("跟进日期", 12),
    text("备注", 30),
    text("更正", 30),
    text("关联事件标识", 38),
    text("住户标识", 38),
    text("走访标识", 38),
];

/// 住户: one row per household, by grid and door.
pub fn household_table<'a>(households: impl IntoIterator<Item = &'a Household>) -> Table {
    let mut rows: Vec<_> = households.into_iter().map(|household| (door_order(household), household)).collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    let rows = rows.into_iter().map(|(_, household)| household_row(household)).collect();
    Table { sheet: "住户", file: "households.csv", columns: HOUSEHOLD_COLUMNS, rows }
}

fn household_row(household: &Household) -> Vec<String> {
    let [status_code, status] = code_and_label(household.house_status);
    let [class_code, class] = code_and_label(Some(household.class()));
    let needs = household.needs.iter().map(|(need, state)| format!("{}：{}", label(*need), label(*state)));
    vec![
        household.grid.to_string(),
        household.building.to_string(),
        household.place.compound.clone(),
        household.place.building.clone(),
        household.place.unit.clone(),
        household.place.room.clone(),
        status_code,
        status,
        class_code,
        class,
        household.contact_name.clone(),
        household.current_members().len().to_string(),
        join(needs),
        household.last_visit.map(|mark: VisitMark| show_time(mark.at)).unwrap_or_default(),
        household.last_visit.map(|mark| label(mark.outcome)).unwrap_or_default(),
        household.first_due.map(|date| date.to_string()).unwrap_or_default(),
        domain::next_due(household).map(|date| date.to_string()).unwrap_or_default(),
        household.note.clone(),
        household.id.to_string(),
    ]
}

/// 人员: one row per person ever listed, in the order of their households; entries that are one person are one row.
pub fn person_table<'a>(
    households: impl IntoIterator<Item = &'a Household>,
    particulars: &BTreeMap<HouseholdId, Particulars>,
) -> Table {
    let mut ordered: Vec<_> = households.into_iter().map(|household| (door_order(household), household)).collect();
    ordered.sort_by(|a, b| a.0.cmp(&b.0));
    let mut rows = Vec::new();
    for (_, household) in ordered {
        let details = particulars.get(&household.id);
        let mut people = household.people();
        people.sort_by_key(|listed| (listed.member.relation, listed.id));
        for listed in people {
            let person = details.and_then(|details| listed.particulars(details)).unwrap_or_default();
            let Person { id, member, .. } = listed;
            let [relation_code, relation] = code_and_label(member.relation);
            let [residence_code, residence] = code_and_label(member.residence);
            let [sex_code, sex] = code_and_label(person.sex);
            let [population_code, population] = code_and_label(person.population_type);
            rows.push(vec![
                household.grid.to_string(),
                household.place.compound.clone(),
                household.place.building.clone(),
                household.place.unit.clone(),
                household.place.room.clone(),
                member.name.clone(),
                relation_code,
                relation,
                residence_code,
                residence,
                sex_code,
                sex,
                person.id_no,
                person.birth_month,
                join(person.tels.iter().cloned()),
                population_code,
                population,
                join(person.care_tags.iter().map(|tag| tag.code().to_owned())),
                join(person.care_tags.iter().map(|tag| label(*tag))),
                person.work_or_school,
                person.health_note,
                person.remark,
                household.id.to_string(),
                id.to_string(),
            ]);
        }
    }
    Table { sheet: "人员", file: "persons.csv", columns: PERSON_COLUMNS, rows }
}

/// 走访: one row per visit, by time and id. `addresses` gives the door of each household.
pub fn visit_table<'a>(
    visits: impl IntoIterator<Item = &'a Visit>,
    addresses: &BTreeMap<HouseholdId, String>,
    names: &AccountNames,
) -> Table {
    let mut visits: Vec<_> = visits.into_iter().collect();
    visits.sort_by_key(|visit| (visit.at_start, visit.id));
    let rows = visits.into_iter().map(|visit| visit_row(visit, addresses, names)).collect();
    Table { sheet: "走访", file: "visits.csv", columns: VISIT_COLUMNS, rows }
}

fn visit_row(visit: &Visit, addresses: &BTreeMap<HouseholdId, String>, names: &AccountNames) -> Vec<String> {
    let [role_code, role] = code_and_label(Some(visit.role));
    let [channel_code, channel] = code_and_label(visit.channel);
    let [outcome_code, outcome] = code_and_label(Some(visit.outcome));
    let improvements =
        visit.improvements.values().map(|change| format!("{}：{}→{}", change.field, change.from, change.to));
    let amendments = visit
        .amendments
        .values()
        .map(|amendment| format!("{} {}：{}", show_time(amendment.at), name_of(names, amendment.by), amendment.text));
    vec![
        visit.grid.to_string(),
        addresses.get(&visit.household).cloned().unwrap_or_default(),
        name_of(names, visit.by),
        role_code,
        role,
        show_time(visit.at_start),
        show_time(visit.at_end),
        channel_code,
        channel,
        outcome_code,
        outcome,
        visit.template.clone(),
        join(visit.answers.iter().map(|(question, answer)| format!("{question}：{}", show_answer(answer)))),
        join(improvements),
        join(visit.advice.iter().map(|advice| label(*advice))),
        visit.leaflets.to_string(),
        visit.follow_up.as_ref().map(|promise| promise.text.clone()).unwrap_or_default(),
        visit.follow_up.as_ref().and_then(|promise| promise.date).map(|date| date.to_string()).unwrap_or_default(),
        visit.note.clone(),
        join(amendments),
        join(visit.incidents.iter().map(ToString::to_string)),
        visit.household.to_string(),
        visit.id.to_string(),
    ]
}

fn show_answer(answer: &Answer) -> String {
    match answer {
        Answer::Tri(Tri::Yes) => "是".to_owned(),
        Answer::Tri(Tri::No) => "否".to_owned(),
        Answer::Tri(Tri::NotAsked) => "未问".to_owned(),
        Answer::One(code) => code.clone(),
        Answer::Many(codes) => codes.iter().cloned().collect::<Vec<_>>().join(","),
        Answer::Number(number) => number.to_string(),
        Answer::Date(date) => date.to_string(),
        Answer::Text(text) | Answer::Unknown(text) => text.clone(),
    }
}

/// Grid, then door as people count, then id.
fn door_order(household: &Household) -> (String, [String; 4], HouseholdId) {
    let place = &household.place;
    let doors = [&place.compound, &place.building, &place.unit, &place.room];
    (household.grid.to_string(), doors.map(|part| spreadsheet::text::natural_key(part)), household.id)
}

pub(super) fn label(code: impl CodeList) -> String {
    code.label(Language::ZhCn).to_owned()
}

pub(super) fn code_and_label(code: Option<impl CodeList>) -> [String; 2] {
    code.map_or_else(Default::default, |code| [code.code().to_owned(), label(code)])
}

pub(super) fn join(parts: impl IntoIterator<Item = String>) -> String {
    parts.into_iter().collect::<Vec<_>>().join("、")
}

pub(super) fn name_of(names: &AccountNames, id: AccountId) -> String {
    names.get(&id).cloned().unwrap_or_else(|| id.to_string())
}

pub(super) fn show_time(at: UnixMillis) -> String {
    at.local().strftime("%Y-%m-%d %H:%M").to_string()
}
