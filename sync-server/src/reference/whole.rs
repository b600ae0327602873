//! Values of their own shape as named parts, so that a change can be told part by part.

use std::collections::BTreeMap;

use domain::calendar::{DayKind, OfficeHours};
use domain::codes::{CodeList as _, Language};
use domain::deadline::{CALENDARS, OFFICE_HOURS, Span, Stage, TIME_LIMITS};
use serde_json::Value;

/// What people call each part of a value, and what stands there.
pub(super) fn list_parts(key: &str, value: &Value) -> BTreeMap<String, String> {
    match key {
        OFFICE_HOURS => list_spans(value),
        TIME_LIMITS => list_limits(value),
        _ if key.starts_with(CALENDARS) => list_days(value),
        _ => BTreeMap::new(),
    }
}

fn list_days(table: &Value) -> BTreeMap<String, String> {
    let days = table["days"].as_object().into_iter().flatten();
    let label = |kind: &Value| match DayKind::from_code(kind.as_str().unwrap_or_default()) {
        DayKind::Unknown => kind.to_string(),
        known => known.label(Language::ZhCn).to_owned(),
    };
    let mut parts: BTreeMap<String, String> = days.map(|(date, kind)| (date.clone(), label(kind))).collect();
    parts.insert("依据".into(), table["source"].as_str().unwrap_or_default().into());
    let is_provisional = table["is_provisional"].as_bool().unwrap_or_default();
    parts.insert("暂定".into(), if is_provisional { "是" } else { "否" }.into());
    parts
}

fn list_spans(value: &Value) -> BTreeMap<String, String> {
    let hours: Option<OfficeHours> = serde_json::from_value(value.clone()).ok();
    let spans = hours.iter().flat_map(OfficeHours::spans);
    spans.map(|(open, close)| (format!("{open}–{close}"), String::new())).collect()
}

fn list_limits(value: &Value) -> BTreeMap<String, String> {
    let mut parts = BTreeMap::new();
    for (name, value) in value.as_object().into_iter().flatten() {
        match serde_json::from_value::<Span>(value.clone()) {
            Ok(span) => _ = parts.insert(name_limit(name), show_span(span)),
            Err(_) => {
                for (limit, span) in value.as_object().into_iter().flatten() {
                    let shown = serde_json::from_value(span.clone()).map_or_else(|_| span.to_string(), show_span);
                    parts.insert(format!("{name} 类{}", name_limit(limit)), shown);
                }
            }
        }
    }
    parts
}

fn name_limit(name: &str) -> String {
    let stage = Stage::ALL.iter().find(|stage| stage.code() == name);
    match stage {
        Some(stage) => stage.label(Language::ZhCn).to_owned(),
        None if name == "extended_resolve" => "延期".to_owned(),
        None => name.to_owned(),
    }
}

fn show_span(span: Span) -> String {
    match span {
        Span::EndOfDay => "当天".to_owned(),
        Span::Minutes { minutes } => format!("{minutes} 分钟（自然时间）"),
        Span::WorkingMinutes { minutes } => format!("{minutes} 分钟（工作时间）"),
        Span::WorkingDays { days } => format!("{days} 个工作日"),
    }
}
