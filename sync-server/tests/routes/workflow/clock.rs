//! What the server does when time passes, whoever is asleep: after a restart, beside another server.

use std::time::Duration;

use domain::deadline::Stage;
use domain::incident::SelfHandled;
use domain::workflow::{Payload, State, TransitionKind};
use domain::{Incident, IncidentId, UnixMillis};
use sync::wire::{SyncRequest, Verdict};
use sync_server::desk::{Settlement, settle_due};
use sync_server::store::sqlite::{FILE_NAME, SqliteOptions};
use sync_server::store::{Admission, Batch, Committed, Store as _, StoredChange};
use sync_server::{App, Config, Limits, open_ledger};

use super::people::{accepted, change_count, make_step, new_step_id, read, report, report_well, standing, take_step};
use crate::support::{DAY_MS, District, grid, household, incident, visit};

pub(super) async fn settle(district: &District) -> Settlement {
    settle_due(district.server.app()).await.expect("settled")
}

fn count_steps(incident: &Incident, kind: TransitionKind) -> usize {
    incident.transitions.values().filter(|step| step.kind == kind).count()
}

#[tokio::test]
async fn a_passed_limit_is_marked_once() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let id = report_well(&district, &lin, 1).await[0];
    assert_eq!(settle(&district).await, Settlement::default(), "nothing is due");
    district.pass_ms(DAY_MS);
    assert_eq!(settle(&district).await.settled, 1);
    assert_eq!(settle(&district).await, Settlement::default());
    let marked = read(&district, id).await;
    assert!(standing(&marked).overdue.contains(&Stage::Accept), "{:?}", standing(&marked));
    assert!(standing(&marked).is_watched(), "the district sees it");
    // Whoever reported it hears of it, without having asked anybody.
    let after = district.pull(&lin, domain::Collection::GridIncidents(grid()), 0, 1_000_000).await;
    assert_eq!(after.pages[0].items.len(), 1);
    district.pass_ms(30 * DAY_MS);
    settle(&district).await;
    let marked = read(&district, id).await;
    assert_eq!(count_steps(&marked, TransitionKind::MarkOverdue), 3, "each limit once");
    district.pass_ms(30 * DAY_MS);
    assert_eq!(settle(&district).await, Settlement::default());
    let metrics = district.read_metrics().await;
    assert!(metrics.contains("gridcompanion_due_incidents_total{result=\"settled\"} 2"), "{metrics}");
    district.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_over_one_ledger_act_once() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let ids = report_well(&district, &lin, 30).await;
    district.pass_ms(DAY_MS);
    let now = district.now();
    let mut servers = Vec::new();
    for _ in 0..3 {
        let store = open_ledger(district.folder.path(), &SqliteOptions::default()).expect("opened");
        servers.push(App::new(store, std::sync::Arc::new(move || now), Limits::default()));
    }
    let settling: Vec<_> =
        servers.iter().cloned().map(|app| tokio::spawn(async move { settle_due(&app).await })).collect();
    let mut settled = 0;
    for one in settling {
        settled += one.await.expect("no panic").expect("settled").settled;
    }
    for app in &servers {
        // What was in another's way is left for the next time.
        settled += settle_due(app).await.expect("settled").settled;
        app.store().close().await;
    }
    assert_eq!(settled, ids.len());
    for id in ids {
        let marked = read(&district, id).await;
        assert_eq!(count_steps(&marked, TransitionKind::MarkOverdue), 2, "受理 and 首次处置, each once");
        assert_eq!(change_count(&district, id).await, 3);
    }
    district.assert_sound().await;
}

#[tokio::test]
async fn what_was_settled_on_the_spot_closes_at_the_end_of_the_day() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let mut ids = Vec::new();
    for _ in 0..20 {
        let handled = SelfHandled { before: "楼道纸箱".into(), after: "已清走".into() };
        let mut done = Incident { self_handled: Some(handled), ..incident(&lin, &household(&grid(), "402")) };
        let step = make_step(&lin, TransitionKind::SelfHandle, 0, 0, Payload::default());
        done.transitions.insert(new_step_id(), step);
        district.push_well(&lin, vec![lin.create(&done).1]).await;
        ids.push(done.id);
    }
    district.pass_ms(DAY_MS - 1);
    assert_eq!(settle(&district).await, Settlement::default(), "the day has not ended");
    district.pass_ms(1);
    settle(&district).await;
    for id in ids {
        let done = read(&district, id).await;
        let expected = if domain::workflow::is_sampled(&done) { State::Resolved } else { State::Closed };
        assert_eq!(standing(&done).state, expected);
        assert!(done.human_no.is_some(), "also numbered");
    }
    district.assert_sound().await;
}

/// Puts a report into the ledger as a server that stopped between taking in and deciding would have left it.
async fn leave_undecided(district: &District, phone: &crate::support::Phone) -> IncidentId {
    let (incident, document, push) = report(phone);
    let header = documents::inspect(&push.changes[0].0).expect("a change");
    let change = StoredChange {
        hash: header.hash,
        actor: header.actor,
        seq: header.seq,
        account: phone.account.id,
        bytes: push.changes[0].0.clone(),
    };
    let after = sync_server::store::StoredDocument {
        id: incident.id.into(),
        kind: domain::Kind::Incident,
        grid: incident.grid.clone(),
        parent: None,
        heads: document.heads(),
        snapshot: document.save_plain(),
        change_count: 1,
        projection: serde_json::to_string(&incident).expect("JSON"),
    };
    let admission = Admission {
        after,
        base: Vec::new(),
        changes: vec![change],
        collections: domain::rights::collections_of_incident(&incident),
        wake_at: Some(UnixMillis::new(0)),
    };
    let batch = Batch { received_at: district.now(), admissions: vec![admission], ..Batch::default() };
    assert_eq!(district.server.app().store().commit(batch).await.expect("written"), [Committed::Stored]);
    incident.id
}

#[tokio::test]
async fn a_server_that_starts_again_decides_what_was_left() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let decided = report_well(&district, &lin, 1).await[0];
    let left = leave_undecided(&district, &lin).await;
    assert!(read(&district, left).await.decisions.is_empty());
    let District { server, folder, clock } = district;
    server.stop().await.expect("stopped");

    let ticking = std::sync::Arc::clone(&clock);
    let config = Config {
        clock: std::sync::Arc::new(move || UnixMillis::new(ticking.load(std::sync::atomic::Ordering::Relaxed))),
        desk_pause: Some(Duration::from_millis(10)),
        ..Config::new(folder.path().to_owned())
    };
    let server = sync_server::start(config).await.expect("started again");
    let district = District { server, folder, clock };
    let wait = async {
        while read(&district, left).await.decisions.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), wait).await.expect("the desk decides by itself");
    assert_eq!(standing(&read(&district, left).await).state, State::Reported);
    assert!(read(&district, left).await.human_no.is_some());
    assert_eq!(change_count(&district, decided).await, 2, "what was decided is not decided again");
    district.assert_sound().await;
}

#[tokio::test]
async fn steps_of_many_devices_at_once_are_each_decided_once_while_the_clock_goes_round() {
    let district = District::open().await;
    let mut workers = Vec::new();
    for n in 0..6 {
        workers.push(district.worker(&format!("网格员{n}"), &[grid()]).await);
    }
    let id = report_well(&district, &workers[0], 1).await[0];
    district.pass_ms(DAY_MS);
    let seen = super::people::fetch(&district, &workers[0], id).await;
    let now = district.now();
    let store = open_ledger(district.folder.path(), &SqliteOptions::default()).expect("opened");
    let beside = App::new(store, std::sync::Arc::new(move || now), Limits::default());

    let pushing = workers.iter().map(|worker| {
        let (district, mut document) = (&district, seen.clone());
        async move {
            let mut steps = Vec::new();
            for n in 0..5 {
                let (step, push) = take_step(worker, &mut document, TransitionKind::Urge, n, Payload::default());
                district.push_well(worker, vec![push]).await;
                steps.push(step);
            }
            steps
        }
    });
    let ticking = async {
        for _ in 0..5 {
            settle_due(district.server.app()).await.expect("settled");
            settle_due(&beside).await.expect("settled");
        }
    };
    let (steps, ()) = tokio::join!(super::people::all(pushing), ticking);
    settle(&district).await;
    beside.store().close().await;
    let read = read(&district, id).await;
    for of_one in &steps {
        let positions: Vec<u32> = of_one.iter().map(|step| read.decisions[step].position).collect();
        assert!(positions.is_sorted() && of_one.iter().all(|step| accepted(&read, *step).is_ok()), "{positions:?}");
    }
    assert_eq!((standing(&read).urged, count_steps(&read, TransitionKind::MarkOverdue)), (30, 2));
    assert_eq!(read.decisions.len(), 33, "the report, 30 steps, two limits");
    district.assert_sound().await;
}

#[tokio::test]
async fn visits_from_a_phone_whose_clock_is_ahead_are_corrected_by_one_installation_of_the_server() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let home = household(&grid(), "402");
    district.push_well(&lin, vec![lin.create(&home).1]).await;
    let ledger = rusqlite::Connection::open(district.folder.path().join(FILE_NAME)).expect("opened");
    let count_own = || -> i64 {
        let count = "SELECT COUNT(*) AS count FROM own_installation";
        ledger.query_row(count, [], |row| row.get("count")).expect("counted")
    };
    let ahead_ms = 2 * 3_600_000;
    let mut counted = Vec::new();
    for _ in 0..3 {
        let mut late = visit(&lin, &home);
        late.at_start = late.at_start.plus_ms(ahead_ms);
        late.at_end = late.at_end.plus_ms(ahead_ms);
        let device_clock = district.now().plus_ms(ahead_ms + 120_000);
        let request = SyncRequest { device_clock, push: vec![lin.create(&late).1], ..lin.request(district.now()) };
        let reply = district.round(&lin, &request).await;
        assert_eq!(reply.outcomes[0].verdict, Verdict::Accepted);
        let store = district.server.app().store();
        let changes = store.list_changes(late.id.into()).await.expect("read");
        assert_eq!(changes.len(), 2, "the server's correction stands beside what was pushed");
        counted.push(count_own());
    }
    assert_eq!(counted, [counted[0]; 3]);
    district.assert_sound().await;
}
