//! Incidents to draw: a queue of the street, one with a request, one with two dispatchers at once.

use contract::domain::UnixMillis;
use contract::domain::codes::{BookingKind, Priority};
use contract::domain::deadline::{Light, Limit, Stage};
use contract::domain::workflow::{Booking, Offline, Payload, Refusal, State, StepOffer, TransitionKind as Kind};
use contract::domain::{OrgCode, Role};
use contract::{
    AppointmentView, AskedView, DepartedStep, HistoryEntry, HistoryKind, IncidentPage, IncidentRow, IncidentView,
    LikeView, LimitView, LostTo, OrgOption, PersonOption, Queue, QueueCount, RecordState, StepChoices, StepDraft,
    StepEffect,
};

use super::sample::{hours_ago, id};

const HOUR_MS: i64 = 3_600_000;
const MINUTE_MS: i64 = 60_000;

/// So many minutes after 10:00 of the sample day; negative: before.
pub(crate) fn in_minutes(minutes: i64) -> UnixMillis {
    hours_ago(0).plus_ms(minutes * MINUTE_MS)
}

/// A limit that began so many minutes ago and is due in so many.
pub(crate) fn limit(stage: Stage, begun: i64, left: i64) -> LimitView {
    let whole = (begun + left) * MINUTE_MS;
    let start_at = in_minutes(-begun);
    let limit = Limit { start_at, yellow_at: start_at.plus_ms(whole * 7 / 10), due_at: start_at.plus_ms(whole) };
    LimitView { stage, limit, light: Light::Green, is_marked: left <= 0, is_estimate: false }
}

pub(crate) fn row(n: u32) -> IncidentRow {
    IncidentRow {
        id: id(3, n),
        human_no: Some(format!("990101202607140{n:04}")),
        short_no: "a3f9c1".into(),
        category: "03001".into(),
        title: String::new(),
        priority: None,
        address_text: "海棠苑3栋1单元 一层".into(),
        grid_name: "第二十一网格".into(),
        reported_at: hours_ago(2),
        is_self_handled: false,
        is_mine: false,
        standing: State::Accepted,
        limit: Some(limit(Stage::FirstAction, 45, 75)),
        org_name: None,
        is_urged: false,
        is_supervised: false,
        asks: None,
        pending: 0,
        futile: 0,
        state: RecordState::Confirmed,
    }
}

/// What a worker reported.
pub(crate) fn incidents() -> Vec<IncidentRow> {
    let sent = IncidentRow {
        human_no: None,
        priority: Some(Priority::Urgent),
        reported_at: hours_ago(1),
        is_mine: true,
        standing: State::Reported,
        limit: Some(LimitView { is_estimate: true, ..limit(Stage::Accept, 20, 10) }),
        state: RecordState::Queued,
        ..row(1)
    };
    let refused = IncidentRow {
        category: "03005".into(),
        is_self_handled: true,
        is_mine: true,
        standing: State::Resolved,
        limit: None,
        reported_at: hours_ago(26),
        state: RecordState::Refused { code: "rule_broken".into(), detail: "text".into() },
        ..row(2)
    };
    vec![sent, refused]
}

fn page(rows: Vec<IncidentRow>, queues: &[(Queue, u64)]) -> IncidentPage {
    let queues = queues.iter().map(|(queue, count)| QueueCount { queue: *queue, count: *count }).collect();
    IncidentPage { total: rows.len() as u64, has_more: false, rows, queues }
}

pub(crate) fn incident_page() -> IncidentPage {
    page(incidents(), &[(Queue::Open, 2), (Queue::Mine, 5), (Queue::ToVerify, 1), (Queue::Futile, 1), (Queue::All, 9)])
}

/// The dispatcher's queue.
pub(crate) fn dispatch_page() -> IncidentPage {
    let late = IncidentRow {
        category: "03004".into(),
        title: "井盖缺失，北门西街".into(),
        address_text: "北门西街".into(),
        grid_name: "第十九网格".into(),
        limit: Some(limit(Stage::FirstAction, 140, -20)),
        is_supervised: true,
        ..row(10)
    };
    let soon = IncidentRow {
        priority: Some(Priority::Urgent),
        limit: Some(limit(Stage::FirstAction, 95, 25)),
        is_urged: true,
        ..row(11)
    };
    let calm = IncidentRow {
        category: "02001".into(),
        title: "楼上漏水，协商不成".into(),
        limit: Some(limit(Stage::FirstAction, 180, 300)),
        pending: 1,
        futile: 1,
        ..row(12)
    };
    let queues = [(Queue::ToDispatch, 3), (Queue::DueSoon, 1), (Queue::Overdue, 1), (Queue::Requests, 1)];
    page(vec![late, soon, calm], &queues)
}

/// What waits for the dispatcher's answer.
pub(crate) fn asked_page() -> IncidentPage {
    let asked = IncidentRow {
        title: "占道经营".into(),
        standing: State::Dispatched,
        org_name: Some("城管中队".into()),
        asks: Some(Kind::AskRefusal),
        ..row(20)
    };
    page(vec![asked], &[(Queue::Requests, 1)])
}

pub(crate) fn departed() -> Vec<DepartedStep> {
    let lost = DepartedStep {
        step: id(7, 40),
        is_unsent: false,
        number: "9901012026071300012".into(),
        category: "03001".into(),
        kind: Some(Kind::SubmitResult),
        text: "已清出通道，旧家具明早清运。".into(),
        at: hours_ago(20),
        reason: Some(Refusal::NotAssigned),
    };
    let open =
        DepartedStep { step: id(7, 41), kind: Some(Kind::Start), text: String::new(), reason: None, ..lost.clone() };
    let unsent = DepartedStep {
        step: id(7, 42),
        is_unsent: true,
        kind: None,
        text: "业主明早在家。".into(),
        reason: None,
        ..lost.clone()
    };
    vec![lost, open, unsent]
}

pub(crate) fn org(code: &str) -> OrgCode {
    code.parse().expect("a code")
}

pub(crate) fn choices() -> StepChoices {
    let option = |code: &str, name: &str, is_suggested| OrgOption { code: org(code), name: name.into(), is_suggested };
    StepChoices {
        orgs: vec![
            option("jingui-property", "金桂物业", true),
            option("fire-station", "消防救援站", true),
            option("urban-management", "城管中队", false),
        ],
        people: vec![
            PersonOption { account: id(1, 7), name: "高峰".into(), org: org("jingui-property") },
            PersonOption { account: id(1, 9), name: "石磊".into(), org: org("urban-management") },
        ],
        usual_due_at: Some(in_minutes(24 * 60)),
        latest_extension: Some(in_minutes(48 * 60)),
    }
}

fn entry(n: u32, kind: Kind, by: &str, role: Role, minutes: i64) -> HistoryEntry {
    HistoryEntry {
        step: Some(id(7, n)),
        kind: HistoryKind::Step(kind),
        by: Some(by.into()),
        role: Some(role),
        org_name: None,
        payload: Payload::default(),
        to_org_name: None,
        to_person_name: None,
        joint_names: Vec::new(),
        limits: Vec::new(),
        at_device: in_minutes(minutes),
        at_server: Some(in_minutes(minutes)),
        effect: StepEffect::Effective,
    }
}

fn pending(offline: Offline, can_retract: bool) -> StepEffect {
    StepEffect::Pending { offline, can_retract, is_likely: true, is_taken_back: false }
}

/// Newest first: reported, accepted, and a note.
fn early_history() -> Vec<HistoryEntry> {
    let note = HistoryEntry {
        step: None,
        kind: HistoryKind::Note,
        payload: Payload { text: "夜里仍有人推车进出。".into(), ..Payload::default() },
        at_server: None,
        ..entry(3, Kind::Submit, "陈立", Role::GridWorker, -60)
    };
    let accepted = HistoryEntry {
        org_name: Some("北门社区".into()),
        limits: vec![(Stage::Resolve, limit(Stage::Resolve, 95, 1_345).limit)],
        ..entry(2, Kind::Accept, "何静", Role::CommunityClerk, -90)
    };
    // The worker's clock is three hours slow.
    let reported =
        HistoryEntry { at_server: Some(in_minutes(-95)), ..entry(1, Kind::Submit, "陈立", Role::GridWorker, -275) };
    vec![note, accepted, reported]
}

fn offers(kinds: &[Kind]) -> Vec<StepOffer> {
    let offline = |kind| contract::domain::workflow::find_rule(kind).map_or(Offline::Requested, |rule| rule.offline);
    kinds.iter().map(|kind| StepOffer { kind: *kind, offline: offline(*kind) }).collect()
}

/// An accepted incident as the dispatcher sees it.
pub(crate) fn incident_view() -> IncidentView {
    let row = dispatch_page().rows.remove(1);
    IncidentView {
        limits: vec![limit(Stage::FirstAction, 95, 25), limit(Stage::Resolve, 95, 1_345)],
        row,
        text: "一层消防通道被旧家具堵住，只能侧身通过。".into(),
        handled_text: String::new(),
        household: Some((id(2, 2), "3栋1单元402".into())),
        reporter: Some("陈立".into()),
        reporter_tel: None,
        joint: Vec::new(),
        assigned_person: None,
        asked: None,
        appointment: None,
        steps: offers(&[Kind::Dispatch, Kind::Void, Kind::Merge, Kind::Supervise]),
        choices: choices(),
        drafts: Vec::new(),
        like: vec![LikeView {
            id: id(3, 30),
            number: "9901012026071400009".into(),
            title: "楼道堆物".into(),
            category: "03001".into(),
            reporter: Some("周桂芳".into()),
            reported_at: in_minutes(-80),
        }],
        history: early_history(),
    }
}

/// The same a moment after it was dispatched; what has become of that, if it waits no more.
pub(crate) fn dispatching_view(effect: Option<StepEffect>) -> IncidentView {
    let view = incident_view();
    let dispatched = HistoryEntry {
        to_org_name: Some("金桂物业".into()),
        payload: Payload { text: "今天内先清出一人宽的通道。".into(), ..Payload::default() },
        effect: effect.unwrap_or(pending(Offline::Requested, true)),
        at_server: None,
        ..entry(12, Kind::Dispatch, "王敏", Role::Dispatcher, 0)
    };
    IncidentView {
        row: IncidentRow { pending: 1, ..view.row.clone() },
        steps: offers(&[Kind::Supervise]),
        history: std::iter::once(dispatched).chain(early_history()).collect(),
        ..view
    }
}

/// What waits to be accepted: five, one of which is being returned.
pub(crate) fn accept_page() -> IncidentPage {
    let waiting = |n: u32| IncidentRow {
        standing: State::Reported,
        limit: Some(limit(Stage::Accept, 20, 220)),
        address_text: format!("海棠苑{n}栋"),
        ..row(40 + n)
    };
    let mut rows: Vec<IncidentRow> = (1..=5).map(waiting).collect();
    rows[2].pending = 1;
    page(rows, &[(Queue::ToAccept, 5), (Queue::Overdue, 0)])
}

/// The same with the handler: it has asked for more time, and somebody else dispatched it a moment later.
pub(crate) fn handled_view() -> IncidentView {
    let view = incident_view();
    let dispatched = HistoryEntry {
        to_org_name: Some("金桂物业".into()),
        joint_names: vec!["消防救援站".into()],
        payload: Payload { text: "今天内先清出一人宽的通道。".into(), ..Payload::default() },
        limits: vec![(Stage::Resolve, limit(Stage::Resolve, 95, 1_345).limit)],
        ..entry(4, Kind::Dispatch, "王敏", Role::Dispatcher, -50)
    };
    let lost = HistoryEntry {
        to_org_name: Some("城管中队".into()),
        effect: StepEffect::Futile {
            reason: Refusal::WrongState,
            lost_to: Some(LostTo {
                kind: Kind::Dispatch,
                by: Some("王敏".into()),
                to_org_name: Some("金桂物业".into()),
                at_server: in_minutes(-50),
            }),
            can_send_again: true,
            can_dismiss: true,
        },
        ..entry(5, Kind::Dispatch, "李航", Role::Dispatcher, -42)
    };
    let started =
        HistoryEntry { org_name: Some("金桂物业".into()), ..entry(6, Kind::Start, "高峰", Role::Handler, -30) };
    let asked = HistoryEntry {
        org_name: Some("金桂物业".into()),
        payload: Payload { text: "要等清运车。".into(), due_at: Some(in_minutes(48 * 60)), ..Payload::default() },
        effect: pending(Offline::Shown, true),
        at_server: None,
        ..entry(7, Kind::AskExtension, "高峰", Role::Handler, -5)
    };
    let transfer = HistoryEntry {
        to_org_name: Some("消防救援站".into()),
        effect: StepEffect::Pending {
            offline: Offline::Requested,
            can_retract: false,
            is_likely: false,
            is_taken_back: false,
        },
        at_server: None,
        ..entry(8, Kind::Transfer, "王敏", Role::Dispatcher, -3)
    };
    let urged = HistoryEntry {
        effect: StepEffect::Pending {
            offline: Offline::Shown,
            can_retract: false,
            is_likely: true,
            is_taken_back: true,
        },
        at_server: None,
        ..entry(11, Kind::Urge, "高峰", Role::Handler, -4)
    };
    let mut history = vec![transfer, urged, asked, started, lost, dispatched];
    history.extend(early_history());
    IncidentView {
        row: IncidentRow {
            standing: State::Handling,
            limit: Some(limit(Stage::Resolve, 95, 1_345)),
            org_name: Some("金桂物业".into()),
            asks: Some(Kind::AskExtension),
            pending: 1,
            ..view.row.clone()
        },
        limits: vec![limit(Stage::Resolve, 95, 1_345)],
        joint: vec!["消防救援站".into()],
        assigned_person: Some("高峰".into()),
        asked: Some(AskedView {
            step: id(7, 7),
            kind: Kind::AskExtension,
            by: Some("高峰".into()),
            text: "要等清运车。".into(),
            until: Some(in_minutes(48 * 60)),
        }),
        appointment: None,
        steps: offers(&[Kind::SubmitResult, Kind::AskExtension]),
        drafts: vec![
            StepDraft {
                kind: Some(Kind::SubmitResult),
                payload: Payload { text: "旧家具已搬走，".into(), ..Payload::default() },
            },
            StepDraft {
                kind: Some(Kind::AskRefusal),
                payload: Payload { text: "不属于物业范围".into(), ..Payload::default() },
            },
        ],
        like: Vec::new(),
        history,
        ..view
    }
}

/// A dispute with an appointment that the handler has to confirm.
pub(crate) fn booked_view() -> IncidentView {
    let view = handled_view();
    IncidentView {
        row: IncidentRow { category: "02001".into(), standing: State::Dispatched, asks: None, ..view.row.clone() },
        asked: None,
        appointment: Some(AppointmentView {
            booking: Booking {
                kind: BookingKind::OnSite,
                place: "海棠苑 3 栋 402".into(),
                at: hours_ago(0).plus_ms(28 * HOUR_MS),
                service: None,
            },
            step: id(7, 9),
            is_confirmed: false,
        }),
        steps: offers(&[Kind::AskRefusal, Kind::Start, Kind::ConfirmBooking, Kind::CancelBooking, Kind::Book]),
        drafts: Vec::new(),
        ..view
    }
}

/// A result that a worker looks at on the spot.
pub(crate) fn verify_view() -> IncidentView {
    let view = handled_view();
    let result = HistoryEntry {
        payload: Payload { text: "已清空，楼道通畅。".into(), ..Payload::default() },
        org_name: Some("金桂物业".into()),
        ..entry(10, Kind::SubmitResult, "高峰", Role::Handler, -2)
    };
    IncidentView {
        row: IncidentRow {
            standing: State::Resolved,
            limit: Some(limit(Stage::Verify, 2, 1_438)),
            asks: None,
            pending: 0,
            ..view.row.clone()
        },
        limits: vec![limit(Stage::Verify, 2, 1_438)],
        asked: None,
        steps: offers(&[Kind::Verify, Kind::Urge]),
        drafts: Vec::new(),
        history: std::iter::once(result).chain(early_history()).collect(),
        ..view
    }
}
