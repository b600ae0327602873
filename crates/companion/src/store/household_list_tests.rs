//! Finding a door: correctness on a whole district's worth of rows, and the plans behind the speed.

use std::collections::BTreeSet;

use domain::cadence::DueState;
use domain::codes::{NeedCode, NeedState, VisitClass};
use domain::household::Member;
use domain::time::add_days;
use domain::{Household, MemberId, UnixMillis};

use super::*;
use crate::store::{Store, StorePlace};
use crate::tests::phone::{Phone, TODAY, building, home, receive};

fn search(phone: &mut Phone, query: &str) -> Vec<String> {
    let page = phone.run(ListHouseholds { query: query.into(), ..ListHouseholds::default() });
    assert_eq!(page.total as usize, page.rows.len());
    page.rows.into_iter().map(|row| row.place.room).collect()
}

#[test]
fn any_part_of_a_name_finds_the_door() {
    let mut phone = Phone::of_worker();
    phone.receive_home("101", &[("张三丰", "19900000001")]);
    phone.receive_home("102", &[("单雄信", "19900000002"), ("张丰", "")]);
    phone.receive_home("201", &[("欧阳吕梅", "13312340003")]);
    phone.receive_home("1102", &[("John Smith", "09901234567")]);
    for (query, rooms) in [
        ("张三丰", vec!["101"]),
        ("张三", vec!["101"]),
        ("三丰", vec!["101"]),
        ("张丰", vec!["102"]),
        ("张", vec!["101", "102"]),
        ("丰", vec!["101", "102"]),
        ("三", vec!["101"]),
        ("丰单", vec![]),
        ("张 丰", vec!["101", "102"]),
        ("张 201", vec![]),
        ("zsf", vec!["101"]),
        ("ZS", vec!["101"]),
        ("sf", vec!["101"]),
        ("zhangsanf", vec!["101"]),
        ("sanfeng", vec!["101"]),
        ("zhang", vec!["101", "102"]),
        ("zhang san", vec!["101"]),
        ("shanxiongxin", vec!["102"]),
        ("sxx", vec!["102"]),
        ("danxiong", vec!["102"]),
        ("lvmei", vec!["201"]),
        ("lumei", vec!["201"]),
        ("oylm", vec!["201"]),
        ("smith", vec!["1102"]),
        ("102", vec!["102", "1102"]),
        ("2", vec!["102", "201", "1102"]),
        ("1栋", vec!["101", "102", "201", "1102"]),
        ("1栋201", vec!["201"]),
        ("2栋", vec![]),
        ("海棠", vec!["101", "102", "201", "1102"]),
        ("棠", vec!["101", "102", "201", "1102"]),
        ("hthy", vec!["101", "102", "201", "1102"]),
        ("haitang", vec!["101", "102", "201", "1102"]),
        ("海棠花园1栋1单元102", vec!["102", "1102"]),
        ("1-1-102", vec!["102"]),
        ("1-201", vec!["201"]),
        ("１－１－２０１", vec!["201"]),
        ("0003", vec!["201"]),
        ("40003", vec!["201"]),
        ("3312", vec![]),
        ("13312340003", vec!["201"]),
        ("花园2", vec!["102", "201", "1102"]),
        ("不存在", vec![]),
        ("\" OR *", vec![]),
        ("NEAR(张)", vec![]),
        ("'", vec![]),
        ("%", vec![]),
        ("_", vec![]),
        ("1_1", vec!["101", "102", "201", "1102"]),
        ("张%丰", vec!["101", "102"]),
    ] {
        assert_eq!(search(&mut phone, query), rooms, "{query}");
    }
}

/// A home whose door the office wrote so.
fn home_at(place: [&str; 4], people: &[(&str, &str)]) -> (Household, domain::Particulars) {
    let (mut household, particulars) = home(&format!("{}{}", place[1], place[3]), people);
    let [compound, building, unit, room] = place.map(str::to_owned);
    household.place = Place { compound, building, unit, room };
    (household, particulars)
}

#[test]
fn a_door_is_found_however_the_office_and_the_worker_write_it() {
    for place in [
        ["海棠花园", "5栋", "4单元", "402"],
        ["海棠花园", "5号楼", "4单元", "402室"],
        ["海棠花园", "05幢", "4", "402"],
        ["海棠花园", "5#", "4门", "0402"],
        ["海棠花园", "", "", "5-4-402"],
        ["", "", "", "5栋4单元402"],
    ] {
        let mut phone = Phone::of_worker();
        let (household, _) = home_at(place, &[("王秀兰", "")]);
        phone.receive(&household);
        let (other, _) = home_at(["海棠花园", "15栋", "2单元", "1402"], &[("李国强", "")]);
        phone.receive(&other);
        for query in [
            "402室",
            "5号楼402",
            "5栋402",
            "5-402",
            "5-4-402",
            "5栋4单元402",
            "5号楼4单元402室",
            "５栋４０２",
            "5幢4门402",
        ] {
            let page = phone.run(ListHouseholds { query: query.into(), ..ListHouseholds::default() });
            let found: Vec<_> = page.rows.iter().map(|row| row.id).collect();
            assert_eq!(found, [household.id], "{query} at {place:?}");
        }
    }
}

#[test]
fn a_name_is_found_without_its_dot_and_by_every_way_to_type_it() {
    let mut phone = Phone::of_worker();
    phone.receive_home("101", &[("阿卜杜拉·买买提", "13312340003")]);
    phone.receive_home("102", &[("尉迟恭", "")]);
    phone.receive_home("103", &[("吕梅", "09901234567")]);
    phone.receive_home("104", &[("万俟雪", "")]);
    for (query, rooms) in [
        ("阿卜杜拉买买提", vec!["101"]),
        ("阿卜杜拉·买买提", vec!["101"]),
        ("阿卜杜拉•买买提", vec!["101"]),
        ("拉买", vec!["101"]),
        ("买买提", vec!["101"]),
        ("abudulamaimaiti", vec!["101"]),
        ("yuchigong", vec!["102"]),
        ("weichigong", vec!["102"]),
        ("yuchi", vec!["102"]),
        ("weichi", vec!["102"]),
        ("moqixue", vec!["104"]),
        ("wansixue", vec!["104"]),
        ("lümei", vec!["103"]),
        ("lu\u{308}mei", vec!["103"]),
        ("lvmei", vec!["103"]),
        ("lyumei", vec!["103"]),
        ("lumei", vec!["103"]),
        ("LÜ", vec!["103"]),
        ("133 1234 0003", vec!["101"]),
        ("133-1234-0003", vec!["101"]),
        ("+86 133 1234 0003", vec!["101"]),
        ("+8613312340003", vec!["101"]),
        ("0086-13312340003", vec!["101"]),
        ("0990-1234567", vec!["103"]),
        ("（0990）1234567", vec!["103"]),
        ("吕 0990 1234567", vec!["103"]),
        ("买 0990 1234567", vec![]),
        ("101 13312340003", vec!["101"]),
    ] {
        assert_eq!(search(&mut phone, query), rooms, "{query}");
    }
}

#[test]
fn a_row_says_which_member_it_was_found_by() {
    let mut phone = Phone::of_worker();
    let (mut household, particulars) =
        home("402", &[("王秀兰", "19900000001"), ("李建国", "13312340003"), ("李晓雨", "")]);
    for member in household.members.values_mut().filter(|member| member.name == "李建国") {
        member.relation = Some(domain::codes::Relation::Son);
    }
    phone.receive(&household);
    phone.receive(&particulars);
    let mut found_by = |query: &str| {
        let page = phone.run(ListHouseholds { query: query.into(), ..ListHouseholds::default() });
        page.rows[0].matched.clone().map(|matched| (matched.name, matched.relation))
    };
    let son = Some(("李建国".to_owned(), Some(domain::codes::Relation::Son)));
    for (query, by) in [
        ("王秀", None),
        ("402", None),
        ("0001", None),
        ("李建", son.clone()),
        ("ljg", son.clone()),
        ("lijian", son.clone()),
        ("0003", son.clone()),
        ("133 1234 0003", son),
        ("晓雨", Some(("李晓雨".to_owned(), None))),
        ("402 晓雨", Some(("李晓雨".to_owned(), None))),
        ("", None),
    ] {
        assert_eq!(found_by(query), by, "{query}");
    }
}

#[test]
fn three_doors_of_the_same_number_are_told_apart_by_their_compound() {
    let mut phone = Phone::of_worker();
    let lone = phone.receive_home("101", &[("王秀兰", "")]);
    assert!(!phone.run(ListHouseholds::default()).rows[0].shows_compound, "one compound needs no name");
    phone.visit(lone, |form| form.outcome = Some(domain::codes::Outcome::Met));
    assert_eq!(phone.run(contract::ListUnsent::default()).rows[0].title, "1栋1单元101");
    for (n, compound) in ["桂花苑", "玉兰小区"].into_iter().enumerate() {
        let (mut household, _) = home(&format!("10{n}"), &[("李国强", "")]);
        household.place = Place { compound: compound.into(), room: "101".into(), ..household.place };
        household.id = HouseholdId::new(UnixMillis::new(5), [n as u8; 10]);
        phone.receive(&household);
    }
    let rows = phone.run(ListHouseholds::default()).rows;
    assert!(rows.iter().all(|row| row.shows_compound && row.place.door() == "1栋1单元101"));
    let compounds: BTreeSet<_> = rows.iter().map(|row| row.place.compound.as_str()).collect();
    assert_eq!(compounds.len(), 3);
    assert_eq!(phone.run(contract::ListUnsent::default()).rows[0].title, "海棠花园1栋1单元101");
}

#[test]
fn a_name_that_changed_is_found_by_the_new_one_only() {
    let mut phone = Phone::of_worker();
    let (mut household, _) = home("101", &[("张三丰", "")]);
    phone.receive(&household);
    household.contact_name = "仇小雨".into();
    for member in household.members.values_mut() {
        "仇小雨".clone_into(&mut member.name);
    }
    phone.receive(&household);
    assert_eq!(search(&mut phone, "张三"), Vec::<String>::new());
    assert_eq!(search(&mut phone, "qxy"), ["101"]);
    phone
        .companion
        .store
        .write(|writing| crate::store::project::forget_document(writing, household.id.into()))
        .expect("gone");
    assert_eq!(search(&mut phone, "qxy"), Vec::<String>::new());
}

#[test]
fn a_phone_number_that_left_the_particulars_is_not_found_any_more() {
    let mut phone = Phone::of_worker();
    let (household, mut particulars) = home("101", &[("张三丰", "19900000001")]);
    phone.receive(&household);
    phone.receive(&particulars);
    assert_eq!(search(&mut phone, "0001"), ["101"]);
    particulars.members.clear();
    phone.receive(&particulars);
    assert_eq!(search(&mut phone, "0001"), Vec::<String>::new());
}

/// Ten thousand homes in forty buildings, due from 40 days ago on, some with needs.
fn district(count: u32) -> Store {
    let mut store = Store::open(&StorePlace::Memory).expect("a store");
    let surnames = ["王", "李", "张", "刘", "陈", "单", "曾"];
    store
        .write::<_, StoreError>(|writing| {
            for n in 0..count {
                let mut bytes = [0; 10];
                bytes[6..].copy_from_slice(&n.to_be_bytes());
                let (mut household, _) = home("1", &[]);
                household.id = HouseholdId::new(UnixMillis::new(1), bytes);
                household.building = building(1 + n % 40);
                household.place.building = format!("{}栋", 1 + n % 40);
                household.place.room = format!("{}0{}", 1 + n / 40 % 30, 1 + n / 1_200);
                household.contact_name =
                    format!("{}小{}", surnames[n as usize % 7], ["雨", "明", "丽"][n as usize % 3]);
                household.first_due = (n % 97 != 0).then(|| add_days(TODAY, (n % 200) as i32 - 40));
                if n % 50 == 0 {
                    household.needs.insert(NeedCode::Medical, NeedState::Open);
                }
                household.members.insert(
                    MemberId::new(UnixMillis::new(1), bytes),
                    Member { name: household.contact_name.clone(), relation: None, residence: None },
                );
                receive(writing, &household)?;
            }
            Ok(())
        })
        .expect("a district");
    store
}

fn collect(store: &Store, request: &ListHouseholds) -> (Vec<HouseholdRow>, u64) {
    let mut rows = Vec::new();
    let mut request = request.clone();
    loop {
        let page = list_households(store.read(), &request, TODAY).expect("a page");
        assert!(page.rows.len() <= PAGE_ROWS as usize);
        rows.extend(page.rows);
        match page.next {
            Some(next) => request.after = Some(next),
            None => return (rows, page.total),
        }
    }
}

#[test]
fn every_household_is_listed_once_in_order_of_due_date_and_door() {
    let store = district(2_000);
    let (rows, total) = collect(&store, &ListHouseholds::default());
    assert_eq!((rows.len(), total), (2_000, 2_000));
    let ids: BTreeSet<_> = rows.iter().map(|row| row.id).collect();
    assert_eq!(ids.len(), 2_000, "none twice, none left out");
    let days: Vec<_> = rows
        .iter()
        .map(|row| match row.due {
            DueState::Overdue { days } => -days,
            DueState::DueToday => 0,
            DueState::DueIn { days } => days,
            DueState::Rested { .. } | DueState::NotScheduled => i32::MAX,
        })
        .collect();
    assert!(days.is_sorted(), "most overdue first, not scheduled last");
    for pair in rows.windows(2).filter(|pair| pair[0].due == pair[1].due) {
        let number = |row: &HouseholdRow| row.place.building.trim_end_matches('栋').parse::<u32>().expect("a number");
        assert!(number(&pair[0]) <= number(&pair[1]), "2栋 before 10栋");
    }

    let is_overdue = |row: &HouseholdRow| matches!(row.due, DueState::Overdue { .. });
    let (overdue, total) = collect(&store, &ListHouseholds { due: DueFilter::Overdue, ..ListHouseholds::default() });
    assert_eq!(overdue.len(), rows.iter().filter(|row| is_overdue(row)).count());
    assert!(overdue.iter().all(is_overdue) && total == overdue.len() as u64);
    let (week, _) = collect(&store, &ListHouseholds { due: DueFilter::ThisWeek, ..ListHouseholds::default() });
    assert_eq!(week.len(), days.iter().filter(|day| **day < WEEK_DAYS).count());

    let request = ListHouseholds { building: Some(building(10)), has_needs: true, ..ListHouseholds::default() };
    let (needy, _) = collect(&store, &request);
    let expected = rows
        .iter()
        .filter(|row| row.place.building == "10栋" && row.open_needs > 0)
        .map(|row| row.id)
        .collect::<Vec<_>>();
    assert_eq!(needy.iter().map(|row| row.id).collect::<Vec<_>>(), expected);

    for query in ["王小", "wxy", "雨", "10栋", "101"] {
        let (found, total) = collect(&store, &ListHouseholds { query: query.into(), ..ListHouseholds::default() });
        assert_eq!(found.len() as u64, total, "{query}");
        let is_found = |row: &&HouseholdRow| match query {
            "王小" => row.contact_name.starts_with("王小"),
            "wxy" => row.contact_name == "王小雨",
            "雨" => row.contact_name.contains('雨'),
            "10栋" => row.place.building == "10栋",
            _ => row.place.room.contains("101") || row.place.building.contains("101"),
        };
        let expected: Vec<_> = rows.iter().filter(is_found).map(|row| row.id).collect();
        assert_eq!(found.iter().map(|row| row.id).collect::<Vec<_>>(), expected, "{query}");
    }
    let by_door = ListHouseholds { order: HouseholdOrder::Door, ..ListHouseholds::default() };
    let (walked, total) = collect(&store, &by_door);
    assert_eq!((walked.len(), total), (2_000, 2_000));
    let door = |row: &HouseholdRow| {
        let number = |text: &str| text.trim_matches(|c: char| !c.is_ascii_digit()).parse::<u32>().expect("a number");
        (number(&row.place.building), number(&row.place.unit), number(&row.place.room))
    };
    assert!(walked.iter().map(door).is_sorted(), "as one walks");
    let request = ListHouseholds { due: DueFilter::Overdue, building: Some(building(10)), ..by_door };
    let (walked, _) = collect(&store, &request);
    assert!(walked.iter().all(is_overdue) && walked.iter().map(door).is_sorted() && !walked.is_empty());

    let page = list_households(store.read(), &ListHouseholds::default(), TODAY).expect("a page");
    assert_eq!(page.buildings.len(), 40);
    assert_eq!(page.buildings.iter().map(|building| building.households).sum::<u64>(), 2_000);
    assert_eq!(page.buildings[9].name, "海棠花园 10栋");
}

/// The end of some page.
fn somewhere() -> PageKey {
    let (household, _) = home("1", &[]);
    PageKey { sort: "海棠".into(), id: household.id.to_string() }
}

/// What SQLite says it will do.
fn plan(store: &Store, request: &ListHouseholds) -> String {
    let mut filter = collect_filter(store.read(), request, TODAY).expect("a filter");
    if let Some(after) = &request.after {
        add_after(&mut filter, after, request.order).expect("a key");
    }
    let mut statement =
        store.read().prepare(&format!("EXPLAIN QUERY PLAN {}", page_sql(&filter, request.order))).expect("a plan");
    let mut params = filter.params();
    let limit = 51_i64;
    params.push((":limit", &limit));
    let lines = statement.query_map(params.as_slice(), |row| row.get::<_, String>("detail")).expect("a plan");
    lines.collect::<rusqlite::Result<Vec<_>>>().expect("a plan").join("\n")
}

#[test]
fn a_page_is_read_from_an_index_and_never_sorted() {
    let store = district(3_000);
    let any = ListHouseholds::default();
    for (request, index) in [
        (any.clone(), "household_by_sort"),
        (ListHouseholds { due: DueFilter::Overdue, ..any.clone() }, "household_by_sort"),
        (ListHouseholds { building: Some(building(3)), ..any.clone() }, "household_by_building"),
        (ListHouseholds { has_needs: true, ..any.clone() }, "household_with_needs"),
        (ListHouseholds { has_conflicts: true, ..any.clone() }, "household_with_conflicts"),
        // Everything matches: walked, not sorted.
        (ListHouseholds { query: "海棠".into(), ..any.clone() }, "household_by_sort"),
        (ListHouseholds { order: HouseholdOrder::Door, ..any.clone() }, "household_by_door"),
        (
            ListHouseholds { order: HouseholdOrder::Door, building: Some(building(3)), ..any.clone() },
            "household_by_building_door",
        ),
        (ListHouseholds { order: HouseholdOrder::Door, after: Some(somewhere()), ..any.clone() }, "household_by_door"),
        (ListHouseholds { order: HouseholdOrder::Door, query: "海棠".into(), ..any.clone() }, "household_by_door"),
    ] {
        let plan = plan(&store, &request);
        assert!(plan.contains(index), "{request:?}\n{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{request:?}\n{plan}");
    }
    // Few match: started from the matches, which alone are sorted.
    let few = plan(&store, &ListHouseholds { query: "wxy".into(), ..any });
    assert!(few.contains("INTEGER PRIMARY KEY"), "{few}");
}

#[test]
fn the_row_says_of_the_due_date_what_the_card_says() {
    let (mut household, _) = home("1", &[]);
    let cases: Vec<(Option<VisitClass>, Option<i32>, Vec<i32>)> = vec![
        (None, None, vec![]),
        (Some(VisitClass::A), Some(0), vec![]),
        (Some(VisitClass::D), Some(-400), vec![]),
        (Some(VisitClass::B), Some(-3), vec![-3, -2, -1]),
        (Some(VisitClass::A), Some(-200), vec![-200, -199, -198, -3, -2]),
    ];
    for (class, first_due, attempts) in cases {
        household.visit_class = class;
        household.first_due = first_due.map(|days| add_days(TODAY, days));
        household.attempts = attempts
            .iter()
            .enumerate()
            .map(|(n, days)| {
                let at = UnixMillis::start_of(add_days(TODAY, *days)).plus_ms(3_600_000);
                let mark = VisitMark { at, outcome: domain::codes::Outcome::Absent };
                (domain::VisitId::new(at, [n as u8; 10]), mark)
            })
            .collect();
        let mut store = Store::open(&StorePlace::Memory).expect("a store");
        store.write(|writing| receive(writing, &household)).expect("stored");
        for shift in [-500, -1, 0, 1, 30, 500] {
            let day = add_days(TODAY, shift);
            let row = find_card(store.read(), household.id, day).expect("store").expect("here").row;
            assert_eq!(row.due, expected_due(&household, day), "{class:?} {first_due:?} {attempts:?} {day}");
        }
    }
}

fn expected_due(household: &Household, day: LocalDate) -> DueState {
    domain::due_state(household, day)
}
