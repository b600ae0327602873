//! Incidents → rows: one table of incidents as they stand, one of every step with its decision and the limits it set.

use std::collections::BTreeMap;

use domain::codes::{CodeList as _, Language};
use domain::deadline::Stage;
use domain::id::TransitionId;
use domain::workflow::{Decision, Standing, Transition};
use domain::{Incident, OrgCode, RecordId};

use super::tables::{AccountNames, code_and_label, join, label, name_of, number, show_time, text};
use super::{Column, Table};

/// Names that tables of incidents mention.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Accounts.
    pub accounts: AccountNames,
    /// Organisations.
    pub organisations: BTreeMap<OrgCode, String>,
}

impl Names {
    fn of_org(&self, code: &OrgCode) -> String {
        self.organisations.get(code).cloned().unwrap_or_else(|| code.to_string())
    }
}

const INCIDENT_COLUMNS: &[Column] = &[
    text("编号", 22),
    text("简号", 8),
    text("网格编码", 17),
    text("类别代码", 8),
    text("紧急程度代码", 8),
    text("紧急程度", 8),
    text("标题", 24),
    text("内容", 40),
    text("地址", 26),
    text("发生时间", 18),
    text("上报时间", 18),
    text("来源代码", 6),
    text("来源", 12),
    text("上报人", 10),
    text("角色代码", 12),
    text("角色", 10),
    text("状态代码", 12),
    text("状态", 10),
    text("时限类别代码", 8),
    text("时限类别", 10),
    text("受理期限", 18),
    text("首次处置期限", 18),
    text("办结期限", 18),
    text("核查期限", 18),
    text("回访期限", 18),
    text("正在超期", 16),
    text("处置单位代码", 18),
    text("处置单位", 18),
    text("协同单位", 24),
    text("延期", 6),
    number("催办次数"),
    text("督办", 6),
    number("轮次"),
    text("满意度代码", 10),
    text("满意度", 10),
    text("并入事件标识", 38),
    text("自办前情况", 24),
    text("自办结果", 24),
    text("办理过程", 30),
    text("跟进记录", 30),
    text("住户标识", 38),
    text("走访标识", 38),
    text("事件标识", 38),
];

const STEP_COLUMNS: &[Column] = &[
    text("编号", 22),
    text("简号", 8),
    number("序号"),
    text("操作代码", 14),
    text("操作", 12),
    text("经办人", 10),
    text("角色代码", 12),
    text("角色", 10),
    text("单位代码", 18),
    text("单位", 18),
    text("设备时间", 18),
    text("服务器时间", 18),
    text("是否生效", 8),
    text("未生效原因代码", 14),
    text("未生效原因", 30),
    number("轮次"),
    text("内容", 40),
    text("派往单位代码", 18),
    text("派往单位", 18),
    text("派往人", 10),
    text("要求期限", 18),
    text("协同单位", 24),
    text("核查结论", 8),
    text("满意度代码", 10),
    text("满意度", 10),
    text("化解方式代码", 8),
    text("化解方式", 12),
    text("并入事件标识", 38),
    text("预约", 30),
    text("超期环节", 10),
    text("对应步骤", 10),
    text("时限类别代码", 8),
    text("时限类别", 10),
    text("设定的期限", 40),
    text("事件标识", 38),
];

/// 事件: one row per incident as the server has decided, by time of report and id.
pub fn incident_table<'a>(incidents: impl IntoIterator<Item = &'a Incident>, names: &Names) -> Table {
    let rows = sort_incidents(incidents).into_iter().map(|incident| incident_row(incident, names)).collect();
    Table { sheet: "事件", file: "incidents.csv", columns: INCIDENT_COLUMNS, rows }
}

/// 办理经过: one row per step, also those that did not take effect; by incident, then by the order of the decisions,
/// undecided ones last.
pub fn step_table<'a>(incidents: impl IntoIterator<Item = &'a Incident>, names: &Names) -> Table {
    let mut rows = Vec::new();
    for incident in sort_incidents(incidents) {
        rows.extend(
            sort_steps(incident).into_iter().map(|(_, step, decision)| step_row(incident, step, decision, names)),
        );
    }
    Table { sheet: "办理经过", file: "incident-steps.csv", columns: STEP_COLUMNS, rows }
}

type DecidedStep<'a> = (TransitionId, &'a Transition, Option<&'a Decision>);

/// Every step in the order of the decisions; undecided ones last, by the device's clock.
fn sort_steps(incident: &Incident) -> Vec<DecidedStep<'_>> {
    let mut steps: Vec<DecidedStep<'_>> =
        incident.transitions.iter().map(|(id, step)| (*id, step, incident.decisions.get(id))).collect();
    steps.sort_by_key(|(id, step, decision)| {
        (decision.map_or(u32::MAX, |decision| decision.position), step.at_device.as_i64(), *id)
    });
    steps
}

fn sort_incidents<'a>(incidents: impl IntoIterator<Item = &'a Incident>) -> Vec<&'a Incident> {
    let mut incidents: Vec<_> = incidents.into_iter().collect();
    incidents.sort_by_key(|incident| (incident.find_reported_at(), incident.id));
    incidents
}

fn incident_row(incident: &Incident, names: &Names) -> Vec<String> {
    let standing = Standing::of(incident);
    let [priority_code, priority] = code_and_label(incident.priority);
    let [source_code, source] = code_and_label(Some(incident.source));
    let [role_code, role] = code_and_label(Some(incident.role));
    let [state_code, state] = code_and_label(Some(standing.state));
    let [class_code, class] = code_and_label(standing.class);
    let [satisfaction_code, satisfaction] = code_and_label(standing.satisfaction);
    let due = |stage| standing.limits.get(&stage).map(|limit| show_time(limit.due_at)).unwrap_or_default();
    let org = standing.assigned.as_ref().map(|assigned| &assigned.org);
    let (before, after) = incident
        .self_handled
        .as_ref()
        .map(|handled| (handled.before.clone(), handled.after.clone()))
        .unwrap_or_default();
    let steps = sort_steps(incident).into_iter().map(|(_, step, decision)| {
        let mark = match decision {
            Some(decision) if decision.effective => "",
            Some(_) => "（未生效）",
            None => "（待定）",
        };
        format!("{} {} {}{mark}", show_time(step.at_device), name_of(&names.accounts, step.by), label(step.kind))
    });
    let notes = incident
        .notes
        .values()
        .map(|note| format!("{} {}：{}", show_time(note.at), name_of(&names.accounts, note.by), note.text));
    vec![
        incident.human_no.clone().unwrap_or_default(),
        RecordId::from(incident.id).short(),
        incident.grid.to_string(),
        incident.category.clone(),
        priority_code,
        priority,
        incident.title.clone(),
        incident.text.clone(),
        incident.address_text.clone(),
        show_time(incident.happened_at.min(incident.find_reported_at())),
        show_time(incident.find_reported_at()),
        source_code,
        source,
        name_of(&names.accounts, incident.by),
        role_code,
        role,
        state_code,
        state,
        class_code,
        class,
        due(Stage::Accept),
        due(Stage::FirstAction),
        due(Stage::Resolve),
        due(Stage::Verify),
        due(Stage::Feedback),
        join(standing.overdue.iter().map(|stage| stage.label(Language::ZhCn).to_owned())),
        org.map(ToString::to_string).unwrap_or_default(),
        org.map(|org| names.of_org(org)).unwrap_or_default(),
        join(standing.joint.iter().map(|org| names.of_org(org))),
        show_flag(standing.is_extended),
        standing.urged.to_string(),
        show_flag(standing.is_supervised),
        standing.round.to_string(),
        satisfaction_code,
        satisfaction,
        standing.duplicate_of.map(|id| id.to_string()).unwrap_or_default(),
        before,
        after,
        join(steps),
        join(notes),
        incident.household.map(|id| id.to_string()).unwrap_or_default(),
        incident.visit.map(|id| id.to_string()).unwrap_or_default(),
        incident.id.to_string(),
    ]
}

fn step_row(incident: &Incident, step: &Transition, decision: Option<&Decision>, names: &Names) -> Vec<String> {
    let payload = &step.payload;
    let [kind_code, kind] = [step.kind.code().to_owned(), label(step.kind)];
    let [role_code, role] = code_and_label(Some(step.role));
    let [reason_code, reason] = code_and_label(decision.and_then(|decision| decision.reason));
    let [satisfaction_code, satisfaction] = code_and_label(payload.satisfaction);
    let [way_code, way] = code_and_label(payload.way);
    let effect = match decision {
        Some(decision) if decision.effective => "生效",
        Some(_) => "未生效",
        None => "待定",
    };
    let [class_code, class] = code_and_label(decision.and_then(|decision| decision.class));
    let set = decision.into_iter().flat_map(|decision| &decision.limits);
    let limits = set.map(|(stage, limit)| format!("{} {}", stage.label(Language::ZhCn), show_time(limit.due_at)));
    let position_of = |id: TransitionId| incident.decisions.get(&id).map(|decision| decision.position.to_string());
    let booking = payload.booking.as_ref();
    vec![
        incident.human_no.clone().unwrap_or_default(),
        RecordId::from(incident.id).short(),
        decision.map(|decision| decision.position.to_string()).unwrap_or_default(),
        kind_code,
        kind,
        name_of(&names.accounts, step.by),
        role_code,
        role,
        step.org.as_ref().map(ToString::to_string).unwrap_or_default(),
        step.org.as_ref().map(|org| names.of_org(org)).unwrap_or_default(),
        show_time(step.at_device),
        decision.map(|decision| show_time(decision.at_server)).unwrap_or_default(),
        effect.to_owned(),
        reason_code,
        reason,
        step.round.to_string(),
        payload.text.clone(),
        payload.to_org.as_ref().map(ToString::to_string).unwrap_or_default(),
        payload.to_org.as_ref().map(|org| names.of_org(org)).unwrap_or_default(),
        payload.to_person.map(|person| name_of(&names.accounts, person)).unwrap_or_default(),
        payload.due_at.map(show_time).unwrap_or_default(),
        join(payload.joint.iter().map(|org| names.of_org(org))),
        payload.passes.map(|passes| if passes { "通过" } else { "不通过" }.to_owned()).unwrap_or_default(),
        satisfaction_code,
        satisfaction,
        way_code,
        way,
        payload.duplicate_of.map(|id| id.to_string()).unwrap_or_default(),
        booking.map(|b| format!("{} {} {}", show_time(b.at), label(b.kind), b.place)).unwrap_or_default(),
        payload.stage.map(|stage| stage.label(Language::ZhCn).to_owned()).unwrap_or_default(),
        payload.of.map(|id| position_of(id).unwrap_or_else(|| id.to_string())).unwrap_or_default(),
        class_code,
        class,
        join(limits),
        incident.id.to_string(),
    ]
}

fn show_flag(is_set: bool) -> String {
    if is_set { "是" } else { "否" }.to_owned()
}
