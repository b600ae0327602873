//! A desk with five thousand open incidents.

use contract::{INCIDENT_ROWS_LIMIT, IncidentRow, ListIncidents, PAGE_ROWS, Queue};
use domain::incident::Incident;
use domain::workflow::{Desk, State, settle};
use domain::{IncidentId, RecordId, UnixMillis};

use super::phone::{Phone, account_id, dispatcher, grid, receive};
use crate::store::StoreError;

/// Open incidents.
const MANY: u32 = 5_000;

/// Incident `n`, reported `n` minutes before now; every fifth is accepted, every tenth was withdrawn.
fn incident(n: u32, now: UnixMillis) -> Incident {
    let at = now.plus_ms(-60_000 * i64::from(n));
    let mut random = [0; 10];
    random[6..].copy_from_slice(&n.to_be_bytes());
    let id = IncidentId::new(at, random);
    let step = |kind: &str, by: u8, role: &str, ms: i64| serde_json::json!({"kind": kind, "by": account_id(by), "role": role, "at_device": at.plus_ms(ms).as_i64()});
    let mut steps = serde_json::Map::new();
    let key = |k: u8| domain::id::TransitionId::new(at, [k, 0, 0, 0, 0, 0, random[6], random[7], random[8], random[9]]);
    steps.insert(key(1).to_string(), step("submit", 1, "grid_worker", 0));
    if n.is_multiple_of(5) {
        let (kind, by, role) =
            if n.is_multiple_of(10) { ("withdraw", 1, "grid_worker") } else { ("accept", 5, "dispatcher") };
        steps.insert(key(2).to_string(), step(kind, by, role, 1));
    }
    let mut incident: Incident = serde_json::from_value(serde_json::json!({
        "id": id, "category": "05003", "happened_at": at.as_i64(), "reported_at": at.as_i64(), "source": "01",
        "grid": grid(), "by": account_id(1), "role": "grid_worker", "transitions": steps,
        "text": format!("第{n}处垃圾没有清运，居民反映强烈"), "address_text": format!("海棠花园{}栋{n}号门前", n % 30 + 1),
    }))
    .expect("an incident");
    settle(&mut incident, &[], &Desk::default(), at);
    incident.human_no = Some(format!("99010120261123{n:05}"));
    incident
}

fn list(phone: &mut Phone, queue: Queue, query: &str) -> contract::IncidentPage {
    phone.run(ListIncidents { queue, query: query.into(), ..ListIncidents::default() })
}

/// Every row of a queue, page by page.
fn walk(phone: &mut Phone, queue: Queue) -> Vec<IncidentRow> {
    let mut rows: Vec<IncidentRow> = Vec::new();
    loop {
        let after = rows.last().map(|row| row.id);
        let page = phone.run(ListIncidents { queue, after, ..ListIncidents::default() });
        assert!(page.rows.len() <= PAGE_ROWS as usize);
        rows.extend(page.rows);
        if !page.has_more {
            return rows;
        }
    }
}

#[test]
fn a_desk_finds_its_way_through_five_thousand_incidents() {
    let mut desk = Phone::of(dispatcher(5));
    let now = desk.companion.now();
    let store = &mut desk.companion.store;
    store
        .write::<_, StoreError>(|writing| (1..=MANY).try_for_each(|n| receive(writing, &incident(n, now))))
        .expect("stored");
    let (ended, accepted) = (u64::from(MANY / 10), u64::from(MANY / 10));
    let page = list(&mut desk, Queue::Open, "");
    let count = |queue| page.queues.iter().find(|count| count.queue == queue).map(|count| count.count);
    assert_eq!(count(Queue::Open), Some(u64::from(MANY) - ended));
    assert_eq!((count(Queue::Ended), count(Queue::ToDispatch)), (Some(ended), Some(accepted)));
    assert_eq!(count(Queue::ToAccept), Some(u64::from(MANY) - ended - accepted));
    assert_eq!((count(Queue::Requests), count(Queue::Futile), count(Queue::Unsatisfied)), (Some(0), Some(0), Some(0)));

    let rows = walk(&mut desk, Queue::Open);
    let keys: Vec<_> = rows.iter().map(|row| (row.limit.expect("a limit").limit.due_at, row.id)).collect();
    assert!(keys.is_sorted() && keys.windows(2).all(|pair| pair[0] != pair[1]), "nearest limit first, none twice");
    assert_eq!(rows.len() as u64, page.total);
    // A long list is read anew by one request; what waits is counted with the first page only.
    let long = desk.run(ListIncidents { rows: Some(300), ..ListIncidents::default() });
    assert!(long.rows == rows[..300] && long.has_more && !long.queues.is_empty());
    let next = desk.run(ListIncidents { rows: Some(9_999), after: Some(rows[299].id), ..ListIncidents::default() });
    assert!(next.rows.len() == INCIDENT_ROWS_LIMIT as usize && next.queues.is_empty() && next.total == page.total);
    let times: Vec<_> = walk(&mut desk, Queue::Ended).iter().map(|row| row.reported_at).collect();
    assert!(times.len() as u64 == ended && times.is_sorted_by(|newer, older| newer > older));

    // Every limit is green, yellow or red by the hour, without anything being written.
    let sum = |page: &contract::IncidentPage| {
        let count = |queue| page.queues.iter().find(|count| count.queue == queue).map_or(0, |count| count.count);
        (count(Queue::DueSoon), count(Queue::Overdue))
    };
    desk.wait_minutes(60 * 24 * 365);
    assert_eq!(sum(&list(&mut desk, Queue::Open, "")), (0, u64::from(MANY) - ended), "a year later all are late");

    // Searched by number (whole, with hyphens, its end), by the end of the id, by words, pinyin and category.
    let wanted = incident(4_321, now);
    for query in
        ["9901012026112304321", "990101-20261123-04321", "04321", &RecordId::from(wanted.id).short(), "第4321处"]
    {
        let found = list(&mut desk, Queue::Open, query);
        assert_eq!(found.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [wanted.id], "{query}");
    }
    for query in ["垃圾", "海棠花园", "hthy", "haitang", "居民反映"] {
        assert_eq!(list(&mut desk, Queue::Open, query).total, u64::from(MANY), "{query}: whatever the queue");
    }
    let label = domain::category::category_label("05003", domain::codes::Language::ZhCn);
    assert_eq!(list(&mut desk, Queue::ToDispatch, label).total, u64::from(MANY));
    assert_eq!(list(&mut desk, Queue::ToAccept, "4320").rows[0].standing, State::Withdrawn);
    assert_eq!(list(&mut desk, Queue::Open, "没有这样的字").total, 0);
}

#[test]
fn an_incident_moves_from_queue_to_queue_as_time_passes() {
    let mut desk = Phone::of(dispatcher(5));
    let fresh = incident(1, desk.companion.now());
    desk.receive(&fresh);
    let row = list(&mut desk, Queue::ToAccept, "").rows.remove(0);
    assert_eq!(row.standing, State::Reported);
    let limit = row.limit.expect("a limit").limit;
    let mut where_at = |moment: UnixMillis| {
        let minutes = moment.since_ms(desk.companion.now()).div_euclid(60_000) + 1;
        desk.wait_minutes(minutes);
        let page = list(&mut desk, Queue::Open, "");
        let count = |queue| page.queues.iter().find(|count| count.queue == queue).map_or(0, |count| count.count);
        (count(Queue::DueSoon), count(Queue::Overdue), page.rows[0].limit.expect("a limit").light)
    };
    assert_eq!(where_at(limit.due_at), (0, 1, domain::deadline::Light::Red));
    assert_eq!(where_at(limit.start_at.plus_ms(-60_000)), (0, 0, domain::deadline::Light::Green));
}
