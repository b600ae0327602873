//! Plans of the lists: every queue is a walk along an index, nothing is sorted.

use domain::Role;

use super::*;
use crate::store::{Store, StorePlace};
use crate::tests::phone::{clerk, dispatcher, handler, property, worker};

const QUEUES: [Queue; 14] = [
    Queue::Open,
    Queue::Mine,
    Queue::ToAccept,
    Queue::ToDispatch,
    Queue::Requests,
    Queue::ToHandle,
    Queue::ToVerify,
    Queue::ToCallBack,
    Queue::DueSoon,
    Queue::Overdue,
    Queue::Unsatisfied,
    Queue::Futile,
    Queue::Ended,
    Queue::All,
];

fn explain(db: &Connection, sql: &str) -> String {
    let mut statement = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect(sql);
    // What is bound makes no difference to a plan.
    let mut rows = statement.raw_query();
    let mut plan = String::new();
    while let Some(row) = rows.next().expect("a plan") {
        plan += &row.get::<_, String>("detail").expect("a line");
        plan.push('\n');
    }
    plan
}

fn index_of(queue: Queue) -> &'static str {
    match queue {
        Queue::Mine => "incident_by_account",
        Queue::Unsatisfied => "incident_unsatisfied",
        Queue::Futile => "incident_futile",
        Queue::Ended => "incident_ended",
        Queue::All => "incident_by_time",
        _ => "incident_open",
    }
}

#[test]
fn every_queue_is_a_walk_along_its_index() {
    let store = Store::open(&StorePlace::Memory).expect("a store");
    for account in [worker(), clerk(3), dispatcher(4), handler(5, property())] {
        let viewer = Viewer { account: &account, now: UnixMillis::new(9) };
        for queue in QUEUES {
            let which = Which::Queue(queue);
            for (query, after) in [("", false), ("", true), ("垃圾 7391", false), ("垃圾 7391", true)] {
                let mut filter = collect_filter(&viewer, which, query);
                if after {
                    let key = if which.is_by_limit() {
                        "(sort_at, id) > (1, x'00')"
                    } else {
                        "(reported_at, id) < (1, x'00')"
                    };
                    filter.add(key);
                }
                let plan = explain(store.read(), &page_sql(&filter, which));
                assert!(plan.contains(index_of(queue)), "{queue:?} {query:?}: {plan}");
                assert!(!plan.contains("FOR ORDER BY"), "{queue:?} {query:?}: {plan}");
            }
        }
        let plan = explain(store.read(), &page_sql(&collect_filter(&viewer, Which::Waiting, ""), Which::Waiting));
        assert!(plan.contains("incident_open") && !plan.contains("FOR ORDER BY"), "{plan}");
    }
}

#[test]
fn what_waits_is_counted_without_looking_at_the_rows() {
    let store = Store::open(&StorePlace::Memory).expect("a store");
    for queue in QUEUES {
        let sql =
            format!("SELECT total({}) AS n FROM incident WHERE is_ended = 0", queue_condition(queue, Role::Unknown));
        if Which::Queue(queue).is_by_limit() {
            let plan = explain(store.read(), &sql);
            assert!(plan.contains("COVERING INDEX incident_"), "{queue:?}: {plan}");
        }
    }
}
