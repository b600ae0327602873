use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use domain::codes::{Channel, HouseStatus, NeedCode, NeedState, Outcome, Relation, Sex, Source};
use domain::household::{Member, Place, VisitMark};
use domain::particulars::PersonParticulars;
use domain::visit::{Answer, Tri};
use domain::{
    AccountId, Household, HouseholdId, Incident, IncidentId, MemberId, Particulars, Role, UnixMillis, Visit, VisitId,
};

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
        transitions: BTreeMap::new(),
        notes: BTreeMap::new(),
    }
}

fn tables() -> Vec<Table> {
    let households = [household(3, "1001"), household(2, "302"), household(1, "1002")];
    let particulars: BTreeMap<_, _> = households.iter().map(|card| (card.id, particulars(card))).collect();
    let worker = AccountId::new(NOON, [7; 10]);
    let names: AccountNames = [(worker, "网格员甲".to_owned())].into();
    let addresses = households.iter().map(|card| (card.id, card.place.full())).collect();
    vec![
        household_table(&households),
        person_table(&households, &particulars),
        visit_table(&[visit(&households[0], worker)], &addresses, &names),
        incident_table(&[incident(&households[0], worker)], &names),
    ]
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
fn the_workbook_reads_back_with_numbers_as_text() {
    let tables = tables();
    let bytes = write_workbook(&tables).expect("a workbook");
    let mut book = Xlsx::new(Cursor::new(bytes)).expect("readable");
    assert_eq!(book.sheet_names(), ["住户", "人员", "走访", "事件"]);
    for table in &tables {
        let range = book.worksheet_range(table.sheet).expect("a sheet");
        assert_eq!(range.height(), table.rows.len() + 1);
        for (row, cells) in range.rows().skip(1).zip(&table.rows) {
            for ((column, found), cell) in table.columns.iter().zip(row).zip(cells) {
                match (found, column.kind) {
                    (Data::Empty, _) => assert!(cell.is_empty()),
                    (Data::Float(number), CellKind::Number) => assert_eq!(&number.to_string(), cell),
                    (Data::String(text), CellKind::Text) => assert_eq!(text, &guard_formula(cell)),
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
    let options = crate::roster::ReadOptions { today: NOON.local_date(), grid: None };
    let file = crate::roster::RosterFile { name: "persons.csv", bytes: &bytes };
    let roster = crate::roster::read(&[file], &options).expect("a roster");
    assert_eq!((roster.counts.households, roster.counts.persons), (3, 3));
    assert_eq!(roster.households[0].place, household(2, "302").place);
    assert_eq!(roster.households[0].persons[0].tels.len(), 2);
}
