//! The lists that an office publishes: service directory, notices, organisations.

use std::collections::BTreeMap;

use domain::directory::{BookingKind, Directory, ServiceEntry, ServiceKind, find_directory_mistakes, with_presets};
use domain::notice::{Notice, find_notice_mistakes};
use domain::organisation::{OrgCode, OrgKind, Organisation, Organisations, find_organisation_mistakes};
use domain::reference::{Mistake, Wrong};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::entries::{Entry, EntryForm, Published, Rejection};
use super::field::{Field, Form, choices};

const CODE_HINT: &str = "小写字母、数字、连字符，最多 40 个字符，定了不要改，如 haitang-1";
const AREAS_HINT: &str =
    "网格编码或其开头 6–15 位数字（区县 6、镇街 9、社区 12、网格 15），多个用顿号隔开；空着表示全区";
const PHONES_HINT: &str = "电话号码，多个用顿号隔开，固话带区号，如 0990-1234567（设为文本格式，免得丢掉开头的 0）";
const PHONE_HINT: &str = "一个电话号码，固话带区号，如 0990-1234567（设为文本格式，免得丢掉开头的 0）";
const DATE_HINT: &str = "日期，如 2026-11-23";

const fn needed(name: &'static str, title: &'static str, form: Form, width: u8, hint: &'static str) -> Field {
    Field { name, title, aliases: &[], form, is_needed: true, width, hint }
}

const fn optional(name: &'static str, title: &'static str, form: Form, width: u8, hint: &'static str) -> Field {
    Field { is_needed: false, ..needed(name, title, form, width, hint) }
}

const fn alias(field: Field, aliases: &'static [&'static str]) -> Field {
    Field { aliases, ..field }
}

/// The service directory.
pub(crate) const SERVICES: EntryForm = EntryForm {
    sheet: "服务目录",
    id: "id",
    name: "name",
    is_map: false,
    fields: &[
        alias(needed("id", "编号", Form::Code, 18, CODE_HINT), &["编码", "代码"]),
        alias(needed("name", "名称", Form::Line, 24, "最多 60 个字"), &["服务名称", "单位名称"]),
        alias(needed("kind", "类型", Form::Choice(choices::<ServiceKind>), 14, "其中之一："), &["类别"]),
        alias(optional("phone", "电话", Form::Phones, 28, PHONES_HINT), &["联系电话", "电话号码"]),
        optional("address", "地址", Form::Line, 30, "最多 120 个字"),
        alias(optional("hours", "服务时间", Form::Line, 20, "最多 120 个字"), &["时间", "开放时间"]),
        alias(optional("areas", "服务范围", Form::Areas, 20, AREAS_HINT), &["范围", "区域"]),
        alias(optional("guide", "指南", Form::Prose, 40, "最多 4000 个字"), &["办事指南", "服务指南"]),
        alias(optional("desk", "健康服务台", Form::Number, 12, "健康服务一键通的位置，1 到 9"), &["一键通"]),
        alias(optional("booking", "预约", Form::Choices(choices::<BookingKind>), 20, "可预约的："), &["可预约"]),
        alias(optional("note", "备注", Form::Prose, 24, "最多 500 个字"), &["说明"]),
        alias(optional("updated", "更新日期", Form::Date, 12, "日期，如 2026-11-23；空着时由程序填写"), &["更新"]),
    ],
    finish: finish_directory,
};

/// The notices.
pub(crate) const NOTICES: EntryForm = EntryForm {
    sheet: "通知",
    id: "id",
    name: "title",
    is_map: false,
    fields: &[
        alias(needed("id", "编号", Form::Code, 18, CODE_HINT), &["编码", "代码"]),
        alias(needed("title", "标题", Form::Line, 30, "最多 60 个字"), &["通知标题"]),
        alias(needed("text", "内容", Form::Prose, 50, "最多 2000 个字"), &["正文", "通知内容"]),
        alias(needed("from", "开始日期", Form::Date, 12, DATE_HINT), &["开始", "起始日期"]),
        alias(
            optional("until", "截止日期", Form::Date, 12, "最后一天，不早于开始日期；空着表示长期"),
            &["截止", "结束日期"],
        ),
        alias(optional("areas", "范围", Form::Areas, 20, AREAS_HINT), &["通知范围", "区域"]),
        alias(optional("is_urgent", "紧急", Form::Flag, 8, "是、否"), &["是否紧急"]),
    ],
    finish: finish_notices,
};

/// The organisations.
pub(crate) const ORGANISATIONS: EntryForm = EntryForm {
    sheet: "单位",
    id: "code",
    name: "name",
    is_map: true,
    fields: &[
        alias(needed("code", "编号", Form::Code, 18, CODE_HINT), &["编码", "代码"]),
        alias(needed("name", "名称", Form::Line, 24, "最多 60 个字，不重名"), &["单位名称"]),
        alias(needed("kind", "类型", Form::Choice(choices::<OrgKind>), 16, "其中之一："), &["类别"]),
        alias(optional("areas", "服务范围", Form::Areas, 20, AREAS_HINT), &["范围", "区域"]),
        alias(
            optional(
                "categories",
                "事件类别",
                Form::Categories,
                24,
                "事件大类（2 位）或小类（5 位）的代码，多个用顿号隔开，如 03、08001；直派的单位必填",
            ),
            &["事项", "承接类别"],
        ),
        alias(optional("takes_direct", "直派", Form::Flag, 8, "是、否；是：不经派单直接到该单位"), &["是否直派"]),
        alias(optional("phone", "电话", Form::Phone, 18, PHONE_HINT), &["联系电话"]),
    ],
    finish: finish_organisations,
};

fn finish_directory(entries: Vec<Entry>, published: &Published<'_>) -> Result<Value, Vec<Rejection>> {
    let before: Directory = published
        .value
        .and_then(Value::as_array)
        .map(|all| all.iter().filter_map(|entry| serde_json::from_value(entry.clone()).ok()).collect())
        .unwrap_or_default();
    let is_dated: Vec<bool> = entries.iter().map(|entry| entry.contains_key("updated")).collect();
    let mut directory: Directory = to_list(entries, |entry| {
        entry.entry("updated").or_insert_with(|| published.today.to_string().into());
    })?;
    for (entry, _) in directory.iter_mut().zip(is_dated).filter(|(_, is_dated)| !is_dated) {
        // What did not change was not updated.
        let same = |known: &&ServiceEntry| ServiceEntry { updated: entry.updated, ..(*known).clone() } == *entry;
        if let Some(known) = before.iter().find(same) {
            entry.updated = known.updated;
        }
    }
    accept(find_directory_mistakes(&directory))?;
    Ok(to_value(&with_presets(directory)))
}

fn finish_notices(entries: Vec<Entry>, _: &Published<'_>) -> Result<Value, Vec<Rejection>> {
    let notices: Vec<Notice> = to_list(entries, |_| {})?;
    accept(find_notice_mistakes(&notices))?;
    Ok(to_value(&notices))
}

fn finish_organisations(entries: Vec<Entry>, _: &Published<'_>) -> Result<Value, Vec<Rejection>> {
    let mut codes = Vec::new();
    let listed: Vec<Organisation> = to_list(entries, |entry| {
        codes.push(entry.remove("code").and_then(|code| code.as_str().map(str::to_owned)).unwrap_or_default());
    })?;
    let mut mistakes = Vec::new();
    let mut all = Organisations::new();
    let mut positions: BTreeMap<String, usize> = BTreeMap::new();
    for (position, (text, organisation)) in codes.into_iter().zip(listed).enumerate() {
        let mut report = |wrong| mistakes.push(Mistake { position, entry: text.clone(), field: "code", wrong });
        let Ok(code) = text.parse::<OrgCode>() else {
            report(Wrong::Code(text.clone()));
            continue;
        };
        if all.insert(code, organisation).is_some() {
            report(Wrong::Twice(text.clone()));
        }
        positions.insert(text, position);
    }
    // The checks count in the order of codes, people in the order of their file.
    mistakes.extend(find_organisation_mistakes(&all).into_iter().map(|mistake| {
        let position = positions.get(&mistake.entry).copied().unwrap_or(mistake.position);
        Mistake { position, ..mistake }
    }));
    mistakes.sort_by_key(|mistake| mistake.position);
    accept(mistakes)?;
    Ok(to_value(&all))
}

fn to_list<T: DeserializeOwned>(
    entries: Vec<Entry>,
    mut complete: impl FnMut(&mut Entry),
) -> Result<Vec<T>, Vec<Rejection>> {
    let (mut list, mut rejections) = (Vec::new(), Vec::new());
    for (position, mut entry) in entries.into_iter().enumerate() {
        complete(&mut entry);
        match serde_json::from_value(Value::Object(entry)) {
            Ok(read) => list.push(read),
            Err(error) => rejections.push(Rejection::Shape { position, reason: error.to_string() }),
        }
    }
    if rejections.is_empty() { Ok(list) } else { Err(rejections) }
}

fn accept(mistakes: Vec<Mistake>) -> Result<(), Vec<Rejection>> {
    if mistakes.is_empty() { Ok(()) } else { Err(mistakes.into_iter().map(Rejection::from).collect()) }
}

/// These types hold nothing that JSON cannot say.
fn to_value(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
