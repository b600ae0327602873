//! People and households to draw. All invented; area codes begin with 9901.

use contract::domain::checklist::{BUILDING_LEAD_SHORT, THREE_INQUIRIES_PEACETIME, find_preset};
use contract::domain::codes::{HouseStatus, Language, NeedCode, NeedState, Outcome, Relation, Residence, VisitClass};
use contract::domain::flat::Scalar;
use contract::domain::household::{Place, VisitMark};
use contract::domain::{DueState, LocalDate, Role, UnixMillis};
use contract::{
    About, AccountView, Amending, AmendmentView, BuildingOption, CandidateView, ClearedDrafts, ConflictView, DraftKind,
    DraftRow, DraftStanding, HouseholdPage, HouseholdRow, HouseholdView, IncidentFormView, LastSync, MemberView,
    NeedView, NetworkState, RecordState, SessionView, Settings, StoreHealth, SyncResult, SyncSummary, SyncView,
    TodayView, UnsentPage, UnsentRow, VisitForm, VisitFormView, VisitPage, VisitReceipt, VisitRow, VisitView,
};

pub(crate) use super::sample_incidents::{incident_page, incidents};
use crate::state::{Env, Revision};

/// An id of this kind, number `n`.
pub(crate) fn id<T: std::str::FromStr>(kind: u16, n: u32) -> T
where
    T::Err: std::fmt::Debug,
{
    format!("0190a5b0-{kind:04x}-7000-8000-{n:012}").parse().expect("an id")
}

pub(crate) fn today() -> LocalDate {
    "2026-07-14".parse().expect("a date")
}

/// So many hours before 10:00 of the sample day.
pub(crate) fn hours_ago(hours: i64) -> UnixMillis {
    UnixMillis::start_of(today()).plus_ms((10 - hours) * 3_600_000)
}

pub(crate) fn session(role: Role, settings: Settings) -> SessionView {
    let (name, unit) = match role {
        Role::BuildingLead => ("周桂芳", "海棠苑 3栋"),
        Role::CommunityClerk => ("何静", "北门社区"),
        Role::Supervisor => ("罗宁", "海棠区"),
        Role::Handler => ("高峰", "海棠街道城管中队"),
        Role::Dispatcher => ("沈洁", "海棠街道"),
        _ => ("陈立", "第二十一网格"),
    };
    SessionView {
        account: Some(AccountView {
            id: id(1, 1),
            name: name.into(),
            role,
            units: vec![unit.into()],
            has_households: matches!(role, Role::GridWorker | Role::BuildingLead),
            may_report: !matches!(role, Role::Handler | Role::Supervisor),
        }),
        settings,
        store: StoreHealth::Ready,
        server_ahead_ms: 0,
        clock_wrong_by_ms: None,
    }
}

pub(crate) fn summary() -> SyncSummary {
    SyncSummary { network: NetworkState::Offline, unsent: 3, refused: 0, verified: false, progress: None }
}

pub(crate) fn env(role: Role, language: Language) -> Env {
    let settings = Settings { language, ..Settings::default() };
    Env::new(&session(role, settings), summary(), hours_ago(0), Revision::default())
}

pub(crate) fn worker() -> Env {
    env(Role::GridWorker, Language::ZhCn)
}

pub(crate) fn household(n: u32) -> HouseholdRow {
    HouseholdRow {
        id: id(2, n),
        place: Place {
            compound: "海棠苑".into(),
            building: "3栋".into(),
            unit: "1单元".into(),
            room: format!("{}", 400 + n),
        },
        class: VisitClass::B,
        contact_name: "王秀兰".into(),
        house_status: Some(HouseStatus::OwnerOccupied),
        due: DueState::DueIn { days: 3 },
        last_visit: Some(VisitMark { at: hours_ago(24 * 32), outcome: Outcome::Met }),
        last_attempt: None,
        attempts: 0,
        open_needs: 0,
        has_conflict: false,
        state: RecordState::Confirmed,
        shows_compound: false,
        matched: None,
    }
}

pub(crate) fn households() -> Vec<HouseholdRow> {
    let overdue = HouseholdRow {
        class: VisitClass::A,
        due: DueState::Overdue { days: 2 },
        open_needs: 2,
        has_conflict: true,
        ..household(2)
    };
    let attempted = HouseholdRow {
        contact_name: "赵大勇".into(),
        due: DueState::DueToday,
        last_attempt: Some(VisitMark { at: hours_ago(72), outcome: Outcome::Absent }),
        attempts: 1,
        state: RecordState::Queued,
        ..household(3)
    };
    let rested =
        HouseholdRow { due: DueState::Rested { until: "2027-01-10".parse().expect("a date") }, ..household(4) };
    vec![overdue, attempted, household(5), rested]
}

pub(crate) fn household_page(rows: Vec<HouseholdRow>, total: u64) -> HouseholdPage {
    let code = "99010100100100300003".parse().expect("a building");
    HouseholdPage {
        rows,
        next: None,
        total,
        buildings: vec![BuildingOption { code, name: "海棠苑 3栋".into(), households: 48 }],
    }
}

pub(crate) fn drafts() -> Vec<DraftRow> {
    let visit = DraftRow {
        id: id(4, 1),
        kind: DraftKind::Visit,
        household: Some(id(2, 6)),
        title: "5栋1单元603".into(),
        amends: None,
        at: hours_ago(2),
        standing: DraftStanding::Open,
    };
    let report = DraftRow {
        id: id(4, 2),
        kind: DraftKind::Incident,
        household: None,
        title: "03005".into(),
        at: hours_ago(3),
        ..visit.clone()
    };
    vec![visit, report]
}

pub(crate) fn today_view() -> TodayView {
    TodayView {
        date: today(),
        units: vec!["第二十一网格".into()],
        sync: summary(),
        drafts: drafts(),
        cleared: None,
        appointments: vec![super::sample_services::appointment()],
        futile_count: 1,
        notice_count: 1,
        incidents: incidents(),
        incident_count: 5,
        due: households(),
        overdue_count: 1,
        week_count: 3,
        conflict_count: 1,
        household_count: 364,
    }
}

/// Both drafts were cleared with one tap.
pub(crate) fn today_after_clearing() -> TodayView {
    let until = hours_ago(-24);
    TodayView {
        cleared: Some(ClearedDrafts { drafts: drafts().iter().map(|row| row.id).collect(), until }),
        drafts: Vec::new(),
        ..today_view()
    }
}

pub(crate) fn empty_today() -> TodayView {
    TodayView {
        drafts: Vec::new(),
        cleared: None,
        appointments: Vec::new(),
        futile_count: 0,
        notice_count: 0,
        incidents: Vec::new(),
        incident_count: 0,
        due: Vec::new(),
        overdue_count: 0,
        week_count: 0,
        conflict_count: 0,
        household_count: 0,
        ..today_view()
    }
}

pub(crate) fn members(has_particulars: bool) -> Vec<MemberView> {
    let member = |n, name: &str, relation, residence| MemberView {
        id: id(6, n),
        name: name.into(),
        relation: Some(relation),
        residence: Some(residence),
        tel_masked: has_particulars.then(|| "138****0412".into()),
        id_no_masked: None,
        aliases: Vec::new(),
    };
    vec![
        member(1, "王秀兰", Relation::Head, Residence::Present),
        member(2, "李建国", Relation::Son, Residence::Away),
        member(3, "李晓雨", Relation::Grandchild, Residence::MovedOut),
    ]
}

pub(crate) fn conflict() -> ConflictView {
    let candidate = |value: &str, by: &str, role, hours, is_shown| CandidateView {
        value: Scalar::Text(value.into()),
        by: Some(by.into()),
        role: Some(role),
        at: hours_ago(hours),
        is_shown,
    };
    ConflictView {
        field: "contact_name".into(),
        member: None,
        candidates: vec![
            candidate("王秀兰", "陈立", Role::GridWorker, 16, true),
            candidate("李建国（儿子）", "周桂芳", Role::BuildingLead, 18, false),
        ],
    }
}

pub(crate) fn visits() -> Vec<VisitRow> {
    let row = VisitRow {
        id: id(5, 1),
        at: hours_ago(96),
        outcome: Outcome::Absent,
        by: Some("陈立".into()),
        role: Role::GridWorker,
        summary: "傍晚再去".into(),
        incidents: 0,
        improvements: 0,
        state: RecordState::Queued,
    };
    let before = VisitRow {
        id: id(5, 2),
        at: hours_ago(24 * 32),
        outcome: Outcome::Met,
        summary: "配药不便".into(),
        incidents: 1,
        improvements: 2,
        state: RecordState::Confirmed,
        ..row.clone()
    };
    vec![row, before]
}

pub(crate) fn household_view(has_particulars: bool) -> HouseholdView {
    HouseholdView {
        row: households().remove(0),
        interval_days: 30,
        note: "门铃坏了，请敲门".into(),
        conflicts: vec![conflict()],
        members: members(has_particulars),
        needs: vec![NeedView { code: NeedCode::Medical, state: NeedState::InProgress }],
        visits: visits(),
        visit_count: 12,
        possible_pairs: Vec::new(),
        incidents: incidents(),
        has_particulars,
        can_edit: true,
        verified_at: Some(hours_ago(2)),
    }
}

pub(crate) fn visit_form_view(role: Role) -> VisitFormView {
    let preset = if role == Role::BuildingLead { BUILDING_LEAD_SHORT } else { THREE_INQUIRIES_PEACETIME };
    let last = [("needs_care", "tri:no"), ("needs", "many:02"), ("hazards", "many:04001")];
    VisitFormView {
        draft: id(4, 9),
        household: households().remove(0),
        members: members(false),
        template: find_preset(preset).expect("a preset"),
        form: VisitForm::default(),
        last_answers: last.map(|(key, answer)| (key.to_owned(), answer.parse().expect("an answer"))).into(),
        last_at: Some(hours_ago(24 * 32)),
        has_consent: false,
        is_resumed: false,
    }
}

pub(crate) fn visit_receipt() -> VisitReceipt {
    VisitReceipt {
        visit: id(5, 9),
        household: id(2, 2),
        door: "3栋1单元402".into(),
        incidents: vec![(id(3, 9), "03002".into())],
        at: hours_ago(0),
        state: RecordState::Queued,
        next: households().into_iter().nth(1),
    }
}

pub(crate) fn visit_page() -> VisitPage {
    VisitPage { rows: visits(), has_more: true }
}

pub(crate) fn visit_view() -> VisitView {
    let answers = [("needs_care", "tri:no"), ("needs", "many:02,06"), ("voice", "voice:9")];
    VisitView {
        row: visits().remove(1),
        household: id(2, 2),
        door: "3栋1单元402".into(),
        template: find_preset(THREE_INQUIRIES_PEACETIME),
        channel: None,
        answers: answers.map(|(key, answer)| (key.to_owned(), answer.parse().expect("an answer"))).into(),
        improvements: Vec::new(),
        advice: Vec::new(),
        leaflets: 2,
        follow_up: None,
        note: "配药不便，希望医生回电".into(),
        amendments: vec![AmendmentView {
            by: Some("陈立".into()),
            at: hours_ago(3),
            text: "更正：药已配好，不用医生回电。".into(),
        }],
        amending: Some(Amending { draft: id(4, 7), text: String::new(), is_resumed: false }),
    }
}

pub(crate) fn incident_form_view() -> IncidentFormView {
    IncidentFormView {
        draft: id(4, 8),
        form: contract::IncidentForm::default(),
        place: None,
        is_resumed: false,
        grids: Vec::new(),
    }
}

pub(crate) fn sync_view() -> SyncView {
    SyncView {
        summary: summary(),
        last: Some(LastSync { at: hours_ago(1), result: SyncResult::Unreachable, sent: 0, received: 0 }),
        verified_at: Some(hours_ago(26)),
        next_at: Some(hours_ago(-1)),
    }
}

pub(crate) fn unsent_page() -> UnsentPage {
    let row = |n, kind, title: &str, state| UnsentRow {
        record: id(9, n),
        kind,
        household: Some(id(2, 2)),
        is_amendment: false,
        title: title.into(),
        at: hours_ago(1),
        state,
        is_here: true,
        lines: Vec::new(),
    };
    use contract::domain::Kind;
    let refused = RecordState::Refused { code: "not_allowed".into(), detail: String::new() };
    let rows = vec![
        row(1, Kind::Visit, "3栋1单元302", RecordState::Queued),
        UnsentRow { is_amendment: true, ..row(4, Kind::Visit, "3栋1单元402", RecordState::Queued) },
        row(2, Kind::Incident, "03005", RecordState::Queued),
        UnsentRow {
            lines: vec![("members.019.relation".into(), "2".into()), ("note".into(), "门铃坏，敲门要用力".into())],
            ..row(3, Kind::Household, "5栋2单元601", refused)
        },
    ];
    UnsentPage { rows, total: 4, put_away: 0 }
}

/// What was put away: a visit that the server never had.
pub(crate) fn put_away_page() -> UnsentPage {
    let mut row = unsent_page().rows.remove(3);
    row.kind = contract::domain::Kind::Visit;
    row.is_here = false;
    row.lines = vec![("note".into(), "老人白天在儿子家".into()), ("outcome".into(), "met".into())];
    UnsentPage { rows: vec![row], total: 1, put_away: 1 }
}

pub(crate) fn about() -> About {
    About {
        version: "0.1.0".into(),
        server: Some("https://grid.example".into()),
        store_bytes: 18_400_000,
        households: 364,
        visits: 4_400,
        incidents: 31,
    }
}
