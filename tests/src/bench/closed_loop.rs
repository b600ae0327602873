//! Incidents: deciding, how long a step takes to reach the other device, and a full desk.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use companion::driver::App;
use contract::{
    Command, GetIncident, IncidentForm, ListIncidents, OpenIncidentForm, Queue, SubmitIncident, SyncNow, TakeStep,
};
use domain::account::Scope;
use domain::codes::Source;
use domain::deadline::TimeRules;
use domain::id::TransitionId;
use domain::workflow::{Desk, Payload, Standing, State, Transition, TransitionKind, decide, settle};
use domain::{AccountId, GridCode, Incident, IncidentId, Role, UnixMillis};
use tempfile::TempDir;
use tokio::sync::mpsc;

use crate::Depth;
use crate::district::{District, GRID, sync_until_verified};
use crate::ingest::{random_bytes, seed_incidents};
use crate::report::{Budget, Report, percentile};

/// Open incidents on a dispatcher's desk.
const DESK: usize = 5_000;
/// A step that has not arrived by then never will.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) async fn measure(report: &mut Report, depth: Depth) -> Result<()> {
    measure_deciding(report, depth)?;
    measure_hand_over(report, depth).await?;
    measure_desk(report, depth).await
}

/// The machine alone: one decision, and the fold of an incident's whole history.
fn measure_deciding(report: &mut Report, depth: Depth) -> Result<()> {
    let rounds = if depth == Depth::Quick { 20_000 } else { 200_000 };
    let worker = AccountId::new(UnixMillis::new(1), [1; 10]);
    let mut incident = report_incident(0, worker, UnixMillis::new(1_795_400_000_000))?;
    let at = incident.reported_at;
    let desk = Desk::default();
    settle(&mut incident, &[], &desk, at);
    for (n, kind, role) in [(1, TransitionKind::Accept, Role::Dispatcher), (2, TransitionKind::Urge, Role::GridWorker)]
    {
        incident.transitions.insert(TransitionId::new(at, [n; 10]), make_step(kind, worker, role, at));
        settle(&mut incident, &[], &desk, at);
    }
    let standing = Standing::of(&incident);
    ensure!(standing.state == State::Accepted, "the incident was not accepted");
    let payload = Payload { to_org: Some("jingui-property".parse()?), ..Payload::default() };
    let step = Transition { payload, ..make_step(TransitionKind::Dispatch, worker, Role::Dispatcher, at) };
    let rules = TimeRules::default();
    let start = Instant::now();
    let mut effective = 0_usize;
    for n in 0..rounds {
        let now = at.plus_ms(i64::try_from(n)?);
        effective += usize::from(std::hint::black_box(decide(&incident, &standing, &step, &rules, now)).is_ok());
    }
    ensure!(effective == rounds, "a dispatch was refused");
    report.tell("decide one step", rounds as f64 / start.elapsed().as_secs_f64(), "per second");
    let start = Instant::now();
    for _ in 0..rounds {
        std::hint::black_box(Standing::of(std::hint::black_box(&incident)));
    }
    report.tell("fold a history of three decisions", rounds as f64 / start.elapsed().as_secs_f64(), "per second");
    Ok(())
}

/// From the tap on one device until the decision is shown on another, over real sockets with hints.
async fn measure_hand_over(report: &mut Report, depth: Depth) -> Result<()> {
    let rounds = if depth == Depth::Quick { 20 } else { 100 };
    let district = District::found(10).await?;
    let grid: GridCode = GRID.parse()?;
    let scope = Scope { town: Some(grid.town()), ..Scope::default() };
    let dispatcher = district.add_account("王敏", Role::Dispatcher, scope).await?;
    let folders = (TempDir::new()?, TempDir::new()?);
    let worker = district.enrol_phone(folders.0.path()).await?;
    let desk = district.enrol_phone_of(dispatcher.id, folders.1.path()).await?;
    sync_until_verified(&worker).await?;
    sync_until_verified(&desk).await?;
    let (heard, mut ear) = mpsc::unbounded_channel();
    worker.subscribe({
        let heard = heard.clone();
        move |_| _ = heard.send(())
    });
    desk.subscribe(move |_| _ = heard.send(()));
    let mut samples = Vec::with_capacity(rounds);
    for n in 0..rounds {
        let opened = worker.run(&OpenIncidentForm::default()).await?;
        let form = IncidentForm { category: "05003".into(), text: format!("暴露垃圾{n}"), ..opened.form };
        let id = worker.run(&SubmitIncident { draft: opened.draft, form }).await?.incident;
        wait_for(&desk, &mut ear, id, State::Reported).await?;
        let start = Instant::now();
        desk.run(&TakeStep { incident: id, kind: TransitionKind::Accept, payload: Payload::default() }).await?;
        // It would wait for being taken back.
        desk.run(&SyncNow {}).await?;
        wait_for(&worker, &mut ear, id, State::Accepted).await?;
        samples.push(start.elapsed().as_secs_f64() * 1_000.0);
    }
    let what = "a step, decided and shown on the other device";
    report.tell(format!("{what} (p50)"), percentile(&mut samples, 0.5), "ms");
    report.hold(format!("{what} (p99)"), percentile(&mut samples, 0.99), "ms", Budget::AtMost(2_000.0));
    worker.shutdown().await;
    desk.shutdown().await;
    district.server.stop().await.context("the server did not stop")
}

async fn wait_for(phone: &App, ear: &mut mpsc::UnboundedReceiver<()>, id: IncidentId, state: State) -> Result<()> {
    let arrival = async {
        loop {
            // Not there yet is not an error: it is on its way.
            if phone
                .run(&GetIncident { id })
                .await
                .is_ok_and(|view| view.row.standing == state && view.row.pending == 0)
            {
                return Ok(());
            }
            ear.recv().await.context("the phone says nothing any more")?;
        }
    };
    tokio::time::timeout(PATIENCE, arrival).await.context("a step did not arrive")?
}

/// A dispatcher's device with thousands of open incidents.
async fn measure_desk(report: &mut Report, depth: Depth) -> Result<()> {
    let rounds = if depth == Depth::Quick { 60 } else { 200 };
    let district = District::found(10).await?;
    let now = district.server.app().now();
    let incidents: Vec<Incident> =
        (0..DESK).map(|n| report_incident(n, district.worker.id, now)).collect::<Result<_>>()?;
    seed_incidents(&district, &incidents).await?;
    let grid: GridCode = GRID.parse()?;
    let scope = Scope { town: Some(grid.town()), ..Scope::default() };
    let dispatcher = district.add_account("王敏", Role::Dispatcher, scope).await?;
    let folder = TempDir::new()?;
    let desk = district.enrol_phone_of(dispatcher.id, folder.path()).await?;
    sync_until_verified(&desk).await?;
    let list = |queue| ListIncidents { queue, ..ListIncidents::default() };
    let first = desk.run(&list(Queue::ToAccept)).await?;
    ensure!(first.total == DESK as u64, "{} of {DESK} incidents on the desk", first.total);
    let search = |query: &str| ListIncidents { query: query.into(), ..list(Queue::Open) };
    let number = first.rows.first().and_then(|row| row.human_no.clone()).context("no number")?;
    let middle = first.rows.last().map(|row| row.id);
    let mut asking = Asking { report, desk: &desk, rounds };
    asking.ask("list the queue", |_| list(Queue::ToAccept)).await?;
    asking.ask("list its second page", |_| ListIncidents { after: middle, ..list(Queue::ToAccept) }).await?;
    asking.ask("filter those due soon", |_| list(Queue::DueSoon)).await?;
    asking.ask("search by number", |_| search(&number)).await?;
    asking.ask("search by words", |_| search("北门")).await?;
    asking.ask("open an incident", |n| GetIncident { id: first.rows[n % first.rows.len()].id }).await?;
    desk.shutdown().await;
    district.server.stop().await.context("the server did not stop")
}

struct Asking<'a> {
    report: &'a mut Report,
    desk: &'a App,
    rounds: usize,
}

impl Asking<'_> {
    async fn ask<C: Command>(&mut self, what: &str, request: impl Fn(usize) -> C) -> Result<()> {
        let mut samples = Vec::with_capacity(self.rounds);
        for round in 0..self.rounds {
            let request = request(round);
            let start = Instant::now();
            self.desk.run(&request).await?;
            samples.push(start.elapsed().as_secs_f64() * 1_000.0);
        }
        let p99 = percentile(&mut samples, 0.99);
        self.report.hold(format!("{what}, {DESK} open incidents (p99)"), p99, "ms", Budget::AtMost(50.0));
        Ok(())
    }
}

fn make_step(kind: TransitionKind, by: AccountId, role: Role, at: UnixMillis) -> Transition {
    Transition { kind, by, role, org: None, at_device: at, round: 0, payload: Payload::default() }
}

/// The `n`-th report of a busy town.
fn report_incident(n: usize, by: AccountId, now: UnixMillis) -> Result<Incident> {
    const CATEGORIES: [&str; 6] = ["03002", "05001", "05003", "11001", "19001", "02001"];
    const STREETS: [&str; 4] = ["北门西街", "海棠路", "金桂巷", "东门外"];
    let at = now.plus_ms(-i64::try_from(n)? * 1_000);
    let submit = make_step(TransitionKind::Submit, by, Role::GridWorker, at);
    Ok(Incident {
        id: IncidentId::new(at, random_bytes(usize::MAX, n)),
        category: CATEGORIES[n % CATEGORIES.len()].into(),
        priority: None,
        title: String::new(),
        text: format!("第{n}件，居民反映多次"),
        happened_at: at,
        reported_at: at,
        source: Source::Patrol,
        grid: GRID.parse()?,
        building: None,
        household: None,
        visit: None,
        address_text: format!("{}{}号", STREETS[n % STREETS.len()], n % 97),
        by,
        role: Role::GridWorker,
        self_handled: None,
        point: None,
        human_no: None,
        transitions: BTreeMap::from([(TransitionId::new(at, random_bytes(n, 7)), submit)]),
        decisions: BTreeMap::new(),
        notes: BTreeMap::new(),
    })
}
