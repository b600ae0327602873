use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use domain::codes::{Channel, HouseStatus, NeedCode, NeedState, Outcome, Relation, Sex, Source};
use domain::deadline::Stage;
use domain::household::{Member, Place, VisitMark};
use domain::id::TransitionId;
use domain::particulars::PersonParticulars;
use domain::visit::{Answer, Tri};
use domain::workflow::{self, Desk, Payload, Transition, TransitionKind};
use domain::{
    AccountId, Household, HouseholdId, Incident, IncidentId, MemberId, Particulars, Role, UnixMillis, Visit, VisitId,
};
use spreadsheet::formula::guard_formula;

use super::*;

const NOON: UnixMillis = UnixMillis::new(1_795_363_200_000);

fn household(n: u8, room: &str) -> Household {
    let grid: domain::GridCode = "990102003007031".parse().expect("a grid");
    Household {
        id: HouseholdId::new(NOON, [n; 10]),
        building: grid.building(1).expect("in range"),
        grid,
        place: Place {
            compound: "海棠花园".into(), building: "1栋".into(), unit: "1单元".into(), room: room.into()
        },
        house_status: Some(HouseStatus::Rented),
        visit_class: None,
        contact_name: "=甲一".into(),
        needs: [(NeedCode::Medical, NeedState::Open)].into(),
        members: [(
            MemberId::new(NOON, [n; 10]),
            Member { name: "甲一".into(), relation: Some(Relation::Head), residence: None },
        )]
        .into(),
        pairs: BTreeMap::new(),
        last_visit: Some(VisitMark { at: NOON, outcome: Outcome::Met }),
        attempts: BTreeMap::new(),
        first_due: None,
        note: String::new(),
    }
}

fn particulars(of: &Household) -> Particulars {
    let person = PersonParticulars {
        id_no: "990101198506120024".into(),
        tels: ["19900000001".to_owned(), "19900000002".to_owned()].into(),
        sex: Some(Sex::Female),
        ..PersonParticulars::default()
    };
    let members = of.members.keys().map(|id| (*id, person.clone())).collect();
    Particulars { household: of.id, grid: of.grid.clone(), members, consent: None }
}

fn visit(of: &Household, by: AccountId) -> Visit {
    Visit {
        id: VisitId::new(NOON, [1; 10]),
        household: of.id,
        grid: of.grid.clone(),
        building: of.building.clone(),
        by,
        role: Role::GridWorker,
        at_start: NOON,
        at_end: NOON.plus_ms(60_000),
        clock_correction_ms: 0,
        channel: Some(Channel::Home),
        outcome: Outcome::Met,
        template: "three_inquiries@1".into(),
        answers: [("alone".to_owned(), Answer::Tri(Tri::NotAsked))].into(),
        improvements: BTreeMap::new(),
        advice: BTreeSet::new(),
        leaflets: 3,
        incidents: BTreeSet::new(),
        follow_up: None,
        note: "@下周再访".into(),
        amendments: BTreeMap::new(),
    }
}

fn incident(of: &Household, by: AccountId) -> Incident {
    Incident {
        id: IncidentId::new(NOON, [2; 10]),
        category: "03002".into(),
        priority: None,
        title: String::new(),
        text: "+电动车入户".into(),
        happened_at: NOON,
        reported_at: NOON,
        source: Source::Visit,
        grid: of.grid.clone(),
        building: Some(of.building.clone()),
        household: Some(of.id),
        visit: None,
        address_text: of.place.full(),
        by,
        role: Role::GridWorker,
        self_handled: None,
        point: None,
        human_no: Some("9901022026112300001".into()),
        transitions: BTreeMap::new(),
        decisions: BTreeMap::new(),
        notes: BTreeMap::new(),
    }
}

fn tables() -> Vec<Table> {
    let households = [household(3, "1001"), household(2, "302"), household(1, "1002")];
    let particulars: BTreeMap<_, _> = households.iter().map(|card| (card.id, particulars(card))).collect();
    let worker = AccountId::new(NOON, [7; 10]);
    let names: AccountNames = [(worker, "网格员甲".to_owned())].into();
    let addresses = households.iter().map(|card| (card.id, card.place.full())).collect();
    let visits = [visit(&households[0], worker)];
    let visits = visit_table(&visits, &addresses, &names);
    let org = ("jingui-property".parse().expect("a code"), "金桂物业".to_owned());
    let names = Names { accounts: names, organisations: [org].into() };
    let incidents = [disputed_dispatch(incident(&households[0], worker), worker)];
    vec![
        household_table(&households),
        person_table(&households, &particulars),
        visits,
        incident_table(&incidents, &names),
        step_table(&incidents, &names),
    ]
}

/// Reported, accepted, dispatched; a second dispatch came too late; one step is not decided.
fn disputed_dispatch(mut incident: Incident, worker: AccountId) -> Incident {
    let to = |code: &str| Payload { to_org: Some(code.parse().expect("a code")), ..Payload::default() };
    let steps = [
        (TransitionKind::Submit, Role::GridWorker, Payload::default()),
        (TransitionKind::Accept, Role::CommunityClerk, Payload::default()),
        (TransitionKind::Dispatch, Role::Dispatcher, to("jingui-property")),
        (TransitionKind::Dispatch, Role::Dispatcher, to("city-police")),
    ];
    let step_at = |minute: i64, kind, role, payload| Transition {
        kind,
        by: worker,
        role,
        org: None,
        at_device: NOON.plus_ms(minute * 60_000),
        round: 0,
        payload,
    };
    for (n, (kind, role, payload)) in (1..).zip(steps) {
        let id = TransitionId::new(NOON, [n; 10]);
        incident.transitions.insert(id, step_at(n.into(), kind, role, payload));
        workflow::settle(&mut incident, &[id], &Desk::default(), NOON.plus_ms(i64::from(n) * 60_000));
    }
    // Its clock is far behind; the order is that of the decisions all the same.
    let dispatched = TransitionId::new(NOON, [3; 10]);
    let retract = Payload { of: Some(dispatched), ..Payload::default() };
    let overdue = Payload { stage: Some(Stage::Accept), of: Some(TransitionId::new(NOON, [8; 10])), ..retract.clone() };
    for (n, kind, payload) in [(9, TransitionKind::Retract, retract), (10, TransitionKind::MarkOverdue, overdue)] {
        let step = step_at(i64::from(n) - 60, kind, Role::GridWorker, payload);
        incident.transitions.insert(TransitionId::new(NOON, [n; 10]), step);
    }
    incident
}

#[test]
fn every_step_is_told_with_its_decision() {
    let tables = tables();
    let (incidents, steps) = (&tables[3], &tables[4]);
    assert_eq!(cell(incidents, 0, "编号"), "9901022026112300001");
    assert_eq!((cell(incidents, 0, "状态代码"), cell(incidents, 0, "处置单位")), ("dispatched", "金桂物业"));
    assert!(cell(incidents, 0, "办结期限").starts_with("2026-11-"));
    let told: Vec<_> = (0..steps.rows.len())
        .map(|row| ["序号", "操作代码", "是否生效", "未生效原因代码", "派往单位"].map(|title| cell(steps, row, title)))
        .collect();
    let expected = [
        ["1", "submit", "生效", "", ""],
        ["2", "accept", "生效", "", ""],
        ["3", "dispatch", "生效", "", "金桂物业"],
        ["4", "dispatch", "未生效", "wrong_state", "city-police"],
        ["", "retract", "待定", "", ""],
        ["", "mark_overdue", "待定", "", ""],
    ];
    assert_eq!(told, expected);
    assert_eq!(cell(steps, 3, "未生效原因"), "事件已进入其他环节，这一步没有赶上");
    assert!(cell(steps, 0, "设定的期限").contains("受理 2026-11-"));
    assert!(!cell(steps, 0, "时限类别").is_empty() && cell(steps, 3, "时限类别代码").is_empty());
    assert_eq!((cell(steps, 4, "对应步骤"), cell(steps, 4, "超期环节")), ("3", ""));
    let unknown = TransitionId::new(NOON, [8; 10]).to_string();
    assert_eq!((cell(steps, 5, "对应步骤"), cell(steps, 5, "超期环节")), (unknown.as_str(), "受理"));
    let marked: Vec<_> = cell(incidents, 0, "办理过程").split('、').map(|step| step.rsplit(' ').next()).collect();
    let expected = ["上报", "受理", "派单", "派单（未生效）", "收回操作（待定）", "超期（待定）"];
    assert_eq!(marked, expected.map(Some));
}

fn cell<'a>(table: &'a Table, row: usize, title: &str) -> &'a str {
    let column = table.columns.iter().position(|column| column.title == title).expect(title);
    &table.rows[row][column]
}

#[test]
fn rows_fit_their_columns_and_stand_in_door_order() {
    let tables = tables();
    for table in &tables {
        assert!(table.rows.iter().all(|row| row.len() == table.columns.len()), "{}", table.sheet);
    }
    let rooms: Vec<_> = (0..3).map(|row| cell(&tables[0], row, "房号")).collect();
    assert_eq!(rooms, ["302", "1001", "1002"]);
    assert_eq!((cell(&tables[0], 0, "居住状态代码"), cell(&tables[0], 0, "居住状态")), ("1", "租赁"));
    assert_eq!(cell(&tables[1], 0, "联系电话"), "19900000001、19900000002");
    assert_eq!(cell(&tables[2], 0, "开始时间"), "2026-11-23 00:00");
    assert_eq!((cell(&tables[2], 0, "走访人"), cell(&tables[2], 0, "询问内容")), ("网格员甲", "alone：未问"));
    assert_eq!(cell(&tables[3], 0, "地址"), "海棠花园1栋1单元1001");
}

#[test]
fn csv_reads_back_and_holds_no_formula() {
    for table in tables() {
        let mut bytes = Vec::new();
        write_csv(&table, &mut bytes).expect("written");
        let text = std::str::from_utf8(&bytes).expect("UTF-8").strip_prefix('\u{feff}').expect("a BOM");
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let titles: Vec<_> = reader.headers().expect("titles").iter().map(str::to_owned).collect();
        assert_eq!(titles, table.columns.iter().map(|column| column.title).collect::<Vec<_>>());
        for (record, row) in reader.records().zip(&table.rows) {
            let record = record.expect("a row");
            assert!(record.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@'])));
            let guarded: Vec<_> = row.iter().map(|cell| guard_formula(cell).into_owned()).collect();
            assert_eq!(record.iter().collect::<Vec<_>>(), guarded);
        }
    }
}

#[test]
fn the_workbook_reads_back_as_it_was_with_numbers_as_text() {
    let tables = tables();
    let bytes = write_workbook(&tables).expect("a workbook");
    let mut book = Xlsx::new(Cursor::new(bytes)).expect("readable");
    assert_eq!(book.sheet_names(), ["住户", "人员", "走访", "事件", "办理经过"]);
    for table in &tables {
        let range = book.worksheet_range(table.sheet).expect("a sheet");
        assert_eq!(range.height(), table.rows.len() + 1);
        for (row, cells) in range.rows().skip(1).zip(&table.rows) {
            for ((column, found), cell) in table.columns.iter().zip(row).zip(cells) {
                match (found, column.kind) {
                    (Data::Empty, _) => assert!(cell.is_empty()),
                    (Data::Float(number), CellKind::Number) => assert_eq!(&number.to_string(), cell),
                    (Data::String(text), CellKind::Text) => assert_eq!(text, cell),
                    other => panic!("{}: {other:?}", column.title),
                }
            }
        }
    }
}

#[test]
fn an_exported_list_can_be_imported_again() {
    let mut bytes = Vec::new();
    write_csv(&tables()[1], &mut bytes).expect("written");
    let options = roster::ReadOptions { today: NOON.local_date(), grid: None };
    let file = spreadsheet::TableFile { name: "persons.csv", bytes: &bytes };
    let roster = roster::read(&[file], &options).expect("a roster");
    assert_eq!((roster.counts.households, roster.counts.persons), (3, 3));
    assert_eq!(roster.households[0].place, household(2, "302").place);
    assert_eq!(roster.households[0].persons[0].tels.len(), 2);
}
