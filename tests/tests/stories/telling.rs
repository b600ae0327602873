//! What a person sees, as plain text in the language of the app. Ids and times of day are left out or masked.

use std::fmt::Write as _;

use contract::{HistoryKind, HouseholdView, IncidentView, RecordState, StepEffect, TodayView};
use domain::cadence::DueState;
use domain::codes::{CodeList as _, Language};
use domain::flat::Scalar;

const ZH: Language = Language::ZhCn;

pub(crate) fn tell_today(name: &str, view: &TodayView) -> String {
    let mut text = String::new();
    writeln!(text, "【{name}·今日】{}　{}", view.date, view.units.join("、")).unwrap();
    let verified = if view.sync.verified { "与服务器一致" } else { "尚未核对" };
    writeln!(text, "未上报 {}　未接受 {}　{verified}", view.sync.unsent, view.sync.refused).unwrap();
    writeln!(
        text,
        "住户 {}　逾期 {}　本周 {}　待核对 {}",
        view.household_count, view.overdue_count, view.week_count, view.conflict_count
    )
    .unwrap();
    for row in &view.incidents {
        writeln!(text, "事件　{}　{}", row.category, tell_state(&row.state)).unwrap();
    }
    text
}

pub(crate) fn tell_household(view: &HouseholdView) -> String {
    let mut text = String::new();
    writeln!(text, "〔{}〕联系人 {}", view.row.place.full(), view.row.contact_name).unwrap();
    writeln!(text, "　{}", tell_due(view.row.due)).unwrap();
    if !view.note.is_empty() {
        writeln!(text, "　备注 {}", view.note).unwrap();
    }
    for member in &view.members {
        let relation = member.relation.map_or("关系未填", |relation| relation.label(ZH));
        let tel = member.tel_masked.as_deref().unwrap_or("—");
        let id_no = member.id_no_masked.as_deref().unwrap_or("—");
        writeln!(text, "　成员 {}（{relation}）电话 {tel}　证件 {id_no}", member.name).unwrap();
    }
    for conflict in &view.conflicts {
        writeln!(text, "　两种说法 {}", conflict.field).unwrap();
        for candidate in &conflict.candidates {
            let value = match &candidate.value {
                Scalar::Text(text) => text.clone(),
                other => format!("{other:?}"),
            };
            let by = candidate.by.as_deref().unwrap_or("不详");
            let role = candidate.role.map_or("", |role| role.label(ZH));
            let shown = if candidate.is_shown { "（当前显示）" } else { "" };
            writeln!(text, "　　“{value}”　{by} {role}　{}{shown}", candidate.at.local_date()).unwrap();
        }
    }
    for visit in &view.visits {
        let by = visit.by.as_deref().unwrap_or("不详");
        let state = tell_state(&visit.state);
        writeln!(text, "　走访 {}　{by}　{}　{state}", visit.outcome.label(ZH), visit.summary).unwrap();
    }
    for incident in &view.incidents {
        writeln!(text, "　事件 {}　{}", incident.category, tell_state(&incident.state)).unwrap();
    }
    text
}

fn tell_due(due: DueState) -> String {
    match due {
        DueState::Overdue { days } => format!("逾期 {days} 天"),
        DueState::DueToday => "今日待访".into(),
        DueState::DueIn { days } => format!("{days} 天后待访"),
        DueState::Rested { until } => format!("多次未遇，{until} 再访"),
        DueState::NotScheduled => "未排期".into(),
    }
}

fn tell_state(state: &RecordState) -> String {
    match state {
        RecordState::Queued => "待上报".into(),
        RecordState::Confirmed => "已上报".into(),
        RecordState::Refused { code, .. } => format!("未接受（{code}）"),
        RecordState::Held { code } => format!("待办公室处理（{code}）"),
        RecordState::SetAside { code } => format!("暂缓（{code}）"),
    }
}

/// An incident with its whole history, without ids and times of day.
pub(crate) fn tell_incident(view: &IncidentView) -> String {
    let row = &view.row;
    let mut text = String::new();
    let number = row.human_no.as_deref().unwrap_or("（无编号）");
    writeln!(text, "〔{number}〕{}　{}　{}", row.category, row.standing.label(ZH), view.text).unwrap();
    writeln!(text, "　处置 {}　协同 {}", row.org_name.as_deref().unwrap_or("—"), view.joint.join("、")).unwrap();
    for limit in &view.limits {
        let mark = if limit.is_marked { "　已超期" } else { "" };
        writeln!(text, "　期限 {:?} {}{mark}", limit.stage, limit.limit.due_at.local().strftime("%m-%d %H:%M"))
            .unwrap();
    }
    for entry in view.history.iter().rev() {
        let what = match entry.kind {
            HistoryKind::Step(kind) => kind.label(ZH),
            HistoryKind::Note => "补充",
            HistoryKind::Refused => "未接受",
        };
        let effect = match &entry.effect {
            StepEffect::Effective => "",
            StepEffect::Pending { .. } => "　待确认",
            StepEffect::Futile { reason, .. } => &format!("　未生效：{}", reason.label(ZH)),
        };
        let to = entry.to_org_name.as_ref().map(|org| format!("给 {org}")).unwrap_or_default();
        let by = entry.by.as_deref().unwrap_or("不详");
        writeln!(text, "　{by} {what}{to}　{}{effect}", entry.payload.text).unwrap();
        for (stage, limit) in &entry.limits {
            writeln!(text, "　　{stage:?} 至 {}", limit.due_at.local().strftime("%m-%d %H:%M")).unwrap();
        }
    }
    text
}
