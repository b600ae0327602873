//! The driver over a real socket: enrol by link, sync, notice what was written, hear what others wrote, lose the server,
//! find it again.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use companion::driver::{App, AppOptions};
use companion::{Clock, Surroundings};
use contract::{
    EditHousehold, Enrol, ErrorCode, Event, GetSession, GetSync, HouseholdEdit, IncidentForm, ListHouseholds,
    NetworkState, OpenIncidentForm, OpenVisitForm, RetractStep, SubmitIncident, SubmitVisit, SyncNow, SyncResult,
    TakeStep, VisitForm,
};
use domain::codes::Outcome;
use domain::workflow::{Payload, Refusal, Standing, State, TransitionKind};
use domain::{HouseholdId, Incident, IncidentId, Kind, MonotonicMillis, Role, UnixMillis};
use roster::ReadOptions;
use spreadsheet::TableFile;
use sync_server::admin::{create_enrolment_code, enrolment_link, import_roster, list_records, save_account};
use sync_server::{Config, Running, start};

use crate::district::{ROSTER, account, grid};

async fn open_district(folder: &std::path::Path) -> Running {
    open_district_with(Config::new(folder.join("district"))).await
}

async fn open_district_with(config: Config) -> Running {
    let running = start(config).await.unwrap();
    let now = running.app().now();
    let files = [TableFile { name: "台账.csv", bytes: ROSTER.as_bytes() }];
    let options = ReadOptions { today: now.local_date(), grid: Some(grid()) };
    import_roster(running.app().store(), &files, &options, now).await.unwrap();
    for (n, name) in [(1, "陈立"), (2, "李敏")] {
        save_account(running.app().store(), account(n, name, Role::GridWorker), now).await.unwrap();
    }
    running
}

async fn link(running: &Running) -> String {
    link_of(running, 1).await
}

async fn link_of(running: &Running, n: u8) -> String {
    link_by(&running.base_url(), running, n).await
}

/// A link to this base address, with a new code.
async fn link_by(base_url: &str, running: &Running, n: u8) -> String {
    let now = running.app().now();
    let owner = account(n, "", Role::GridWorker).id;
    let code = create_enrolment_code(running.app().store(), owner, 60_000, now).await.unwrap();
    enrolment_link(base_url, &code.code)
}

async fn open_app(folder: &std::path::Path) -> App {
    open_app_in(folder.join("app")).await
}

async fn open_app_in(data_dir: std::path::PathBuf) -> App {
    open_app_with(data_dir, Surroundings::of_device("0.1.0")).await
}

async fn open_app_with(data_dir: std::path::PathBuf, surroundings: Surroundings) -> App {
    let options = AppOptions { data_dir, surroundings, site_ca: None, platform: "story".into() };
    App::start(options).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_enrols_by_link_syncs_by_itself_and_survives_a_lost_server() {
    let folder = tempfile::tempdir().unwrap();
    let district = open_district(folder.path()).await;
    let app = open_app(folder.path()).await;
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ear = Arc::clone(&heard);
    app.subscribe(move |event| ear.lock().unwrap().push(event));

    assert_eq!(app.run(&SyncNow {}).await.unwrap_err().code, ErrorCode::NotEnrolled);
    let text = link(&district).await;
    let session = app.run(&Enrol { text: text.clone() }).await.unwrap();
    assert_eq!(session.account.map(|account| account.name).as_deref(), Some("陈立"));
    let view = app.run(&SyncNow {}).await.unwrap();
    assert!(view.summary.verified, "{view:?}");
    assert_eq!(view.last.map(|last| last.result), Some(SyncResult::Done));
    let rows = app.run(&ListHouseholds::default()).await.unwrap().rows;
    assert_eq!(rows.len(), 8);

    let opened = app.run(&OpenVisitForm { household: rows[0].id, draft: None }).await.unwrap();
    let form = VisitForm { outcome: Some(Outcome::Met), ..VisitForm::default() };
    app.run(&SubmitVisit { draft: opened.draft, form }).await.unwrap();
    assert!(app.run(&SyncNow {}).await.unwrap().summary.verified);
    let records = list_records(district.app().store()).await.unwrap();
    assert_eq!(records.iter().filter(|record| record.kind == Kind::Visit).count(), 1);
    let has_heard = |wanted: fn(&Event) -> bool| heard.lock().unwrap().iter().any(wanted);
    assert!(has_heard(|event| matches!(event, Event::Sync { summary } if summary.network == NetworkState::Syncing)));
    assert!(has_heard(|event| matches!(event, Event::Changed { .. })));

    let error = app.run(&Enrol { text }).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::CodeUsed, "{error:?}");
    let wrong = app.run(&Enrol { text: "https://example.cn".into() }).await.unwrap_err();
    assert_eq!(wrong.code, ErrorCode::CodeUnreadable);
    let unknown = app.run(&Enrol { text: "0000-0000-0000-0000".into() }).await.unwrap_err();
    assert_eq!(unknown.code, ErrorCode::CodeUnknown, "a bare code goes to the server that is known");

    let address = district.base_url();
    district.stop().await.unwrap();
    let view = app.run(&SyncNow {}).await.unwrap();
    assert_eq!(
        (view.summary.network, view.last.map(|last| last.result)),
        (NetworkState::Offline, Some(SyncResult::Unreachable))
    );
    let text = format!("gridcompanion://enrol?server={address}&code=0000-0000-0000-0000");
    assert_eq!(app.run(&Enrol { text }).await.unwrap_err().code, ErrorCode::Unreachable);
    app.shutdown().await;
    drop(app);

    let again = open_app(folder.path()).await;
    let session = again.run(&GetSession {}).await.unwrap();
    assert_eq!(session.account.map(|account| account.name).as_deref(), Some("陈立"), "it is still this phone");
    assert_eq!(again.run(&ListHouseholds::default()).await.unwrap().rows.len(), 8);
    again.shutdown().await;
}

/// The district's incident with this id.
async fn read_incident(district: &Running, id: IncidentId) -> Incident {
    let records = list_records(district.app().store()).await.unwrap();
    let record = records.iter().find(|record| record.id == id.into()).expect("it is there");
    serde_json::from_str(&record.projection).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_waits_for_second_thoughts_and_leaves_at_once_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let district = open_district(folder.path()).await;
    let app = open_app(folder.path()).await;
    app.run(&Enrol { text: link(&district).await }).await.unwrap();
    let mut reported = Vec::new();
    for _ in 0..2 {
        let opened = app.run(&OpenIncidentForm::default()).await.unwrap();
        let form = IncidentForm { category: "05003".into(), text: "垃圾".into(), ..opened.form };
        reported.push(app.run(&SubmitIncident { draft: opened.draft, form }).await.unwrap().incident);
    }
    app.run(&SyncNow {}).await.unwrap();
    let withdraw = |incident| TakeStep { incident, kind: TransitionKind::Withdraw, payload: Payload::default() };
    app.run(&withdraw(reported[0])).await.unwrap();
    assert_eq!(app.run(&GetSync {}).await.unwrap().summary.unsent, 1);
    assert_eq!(read_incident(&district, reported[0]).await.transitions.len(), 1, "it waits");
    app.run(&SyncNow {}).await.unwrap();
    assert_eq!(app.run(&GetSync {}).await.unwrap().summary.unsent, 0);
    let standing = |incident: &Incident| Standing::of(incident).state;
    assert_eq!(standing(&read_incident(&district, reported[0]).await), State::Withdrawn);

    let view = app.run(&withdraw(reported[1])).await.unwrap();
    let step = view.history[0].step.unwrap();
    app.run(&RetractStep { incident: reported[1], step }).await.unwrap();
    app.run(&SyncNow {}).await.unwrap();
    let incident = read_incident(&district, reported[1]).await;
    assert_eq!(incident.decisions[&step].reason, Some(Refusal::Retracted));
    assert_eq!(standing(&incident), State::Reported);
    // The window is closed before the time has come.
    app.run(&withdraw(reported[1])).await.unwrap();
    app.shutdown().await;
    assert_eq!(standing(&read_incident(&district, reported[1]).await), State::Withdrawn);
    district.stop().await.unwrap();
}

/// An address that leads to the server; of the first connections the answers are lost on the way.
async fn lose_answers(server: std::net::SocketAddr, mut count: usize) -> std::net::SocketAddr {
    use tokio::io::{AsyncReadExt as _, copy, copy_bidirectional};
    use tokio::net::{TcpListener, TcpStream};
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut phone, _)) = listener.accept().await {
            let Ok(mut server) = TcpStream::connect(server).await else { return };
            if count == 0 {
                tokio::spawn(async move { copy_bidirectional(&mut phone, &mut server).await });
                continue;
            }
            count -= 1;
            let (mut asked, _answer) = phone.split();
            let (mut answered, mut asking) = server.split();
            let mut first = [0];
            // The server has answered, so it has done what it was asked to; then the line is cut.
            tokio::select! {
                _ = answered.read_exact(&mut first) => {}
                _ = async { let _ = copy(&mut asked, &mut asking).await; std::future::pending::<()>().await } => {}
            }
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_still_binds_the_phone_after_replies_were_lost() {
    use sync_server::store::Store as _;
    let folder = tempfile::tempdir().unwrap();
    let district = open_district(folder.path()).await;
    let app = open_app(folder.path()).await;
    // Three times for a request that is made again by itself, once more for a person who tries again.
    let address = lose_answers(district.addr, 4).await;
    let text = link(&district).await.replace(&district.addr.port().to_string(), &address.port().to_string());
    assert_eq!(app.run(&Enrol { text: text.clone() }).await.unwrap_err().code, ErrorCode::Unreachable);
    let session = app.run(&Enrol { text }).await.unwrap();
    let owner = session.account.expect("it is bound");
    assert_eq!(owner.name, "陈立");
    let view = app.run(&SyncNow {}).await.unwrap();
    assert!(view.summary.verified, "its token counts: {view:?}");
    let devices = district.app().store().list_devices(owner.id).await.unwrap();
    assert_eq!(devices.len(), 1, "one phone is one device, however often it asked");
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backlog_of_more_than_a_rounds_share_arrives_in_several_rounds() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::new(folder.path().join("district"));
    // One change a round.
    config.limits.rounds.judging = Duration::ZERO;
    config.limits.rounds.pause = Duration::ZERO;
    let district = open_district_with(config).await;
    let app = open_app(folder.path()).await;
    app.run(&Enrol { text: link(&district).await }).await.unwrap();
    let rows = app.run(&ListHouseholds::default()).await.unwrap().rows;
    let rows = if rows.is_empty() {
        app.run(&SyncNow {}).await.unwrap();
        app.run(&ListHouseholds::default()).await.unwrap().rows
    } else {
        rows
    };
    for row in rows.iter().take(3) {
        let opened = app.run(&OpenVisitForm { household: row.id, draft: None }).await.unwrap();
        let form = VisitForm { outcome: Some(Outcome::Met), ..VisitForm::default() };
        app.run(&SubmitVisit { draft: opened.draft, form }).await.unwrap();
    }
    let mut asked = 0;
    while !app.run(&SyncNow {}).await.unwrap().summary.verified {
        asked += 1;
        assert!(asked < 100, "each round gets on");
    }
    let records = list_records(district.app().store()).await.unwrap();
    assert_eq!(records.iter().filter(|record| record.kind == Kind::Visit).count(), 3, "nothing is lost");
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_enrols_again_brings_its_work_along() {
    use sync_server::store::Store as _;
    let folder = tempfile::tempdir().unwrap();
    let district = open_district(folder.path()).await;
    let app = open_app(folder.path()).await;
    app.run(&Enrol { text: link(&district).await }).await.unwrap();
    app.run(&SyncNow {}).await.unwrap();
    let owner = account(1, "陈立", Role::GridWorker).id;
    district.app().store().revoke_devices(owner, None, district.app().now()).await.unwrap();
    let rows = app.run(&ListHouseholds::default()).await.unwrap().rows;
    let opened = app.run(&OpenVisitForm { household: rows[0].id, draft: None }).await.unwrap();
    let form = VisitForm { outcome: Some(Outcome::Met), ..VisitForm::default() };
    app.run(&SubmitVisit { draft: opened.draft, form }).await.unwrap();
    let view = app.run(&SyncNow {}).await.unwrap();
    assert_eq!(view.last.map(|last| last.result), Some(SyncResult::Revoked));
    app.run(&Enrol { text: link(&district).await }).await.unwrap();
    let view = app.run(&SyncNow {}).await.unwrap();
    assert!(view.summary.verified, "{view:?}");
    let records = list_records(district.app().store()).await.unwrap();
    assert_eq!(records.iter().filter(|record| record.kind == Kind::Visit).count(), 1);
    app.shutdown().await;
    district.stop().await.unwrap();
}

/// An app of the person with this number that has everything.
async fn open_loaded(district: &Running, folder: &std::path::Path, n: u8) -> App {
    let app = open_app_in(folder.join(format!("app-{n}"))).await;
    app.run(&Enrol { text: link_of(district, n).await }).await.unwrap();
    assert!(app.run(&SyncNow {}).await.unwrap().summary.verified);
    app
}

async fn rename(app: &App, id: HouseholdId, name: &str) {
    let edits = vec![HouseholdEdit::ContactName { name: name.into() }];
    app.run(&EditHousehold { id, edits }).await.unwrap();
}

/// Waits for what the app shows by itself: it is looked at whenever the app says that something has changed. What no
/// hint brings would come with the next interval, long after the patience of this has ended.
async fn wait_until(app: &App, what: &str, mut is_shown: impl AsyncFnMut() -> bool) {
    let (say, mut said) = tokio::sync::mpsc::unbounded_channel();
    app.subscribe(move |_| {
        // Who has seen it does not listen any more.
        let _ = say.send(());
    });
    let waiting = async {
        while !is_shown().await {
            said.recv().await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waiting).await.unwrap_or_else(|_| panic!("never shown: {what}"));
}

async fn wait_for_name(app: &App, id: HouseholdId, name: &str) {
    let shows = async || {
        let rows = app.run(&ListHouseholds::default()).await.unwrap().rows;
        rows.iter().any(|row| row.id == id && row.contact_name == name)
    };
    wait_until(app, name, shows).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_writes_the_other_sees_without_asking_and_again_after_the_server_was_away() {
    let folder = tempfile::tempdir().unwrap();
    let district = open_district(folder.path()).await;
    let chen = open_loaded(&district, folder.path(), 1).await;
    let li = open_loaded(&district, folder.path(), 2).await;
    let home = chen.run(&ListHouseholds::default()).await.unwrap().rows[0].id;
    rename(&chen, home, "孙秀英").await;
    wait_for_name(&li, home, "孙秀英").await;
    rename(&li, home, "孙秀兰").await;
    wait_for_name(&chen, home, "孙秀兰").await;

    let listen = district.addr;
    district.stop().await.unwrap();
    rename(&chen, home, "孙秀梅").await;
    assert_eq!(chen.run(&SyncNow {}).await.unwrap().summary.network, NetworkState::Offline);
    let district = start(Config { listen, ..Config::new(folder.path().join("district")) }).await.unwrap();
    chen.note_network();
    wait_for_name(&li, home, "孙秀梅").await;
    rename(&li, home, "孙秀云").await;
    wait_for_name(&chen, home, "孙秀云").await;
    chen.shutdown().await;
    li.shutdown().await;
    district.stop().await.unwrap();
}

/// A line between the phone and its server that can fall silent without being closed, as a link does in a lift.
struct Line {
    base_url: String,
    is_silent: Arc<std::sync::atomic::AtomicBool>,
}

impl Line {
    async fn open(server: std::net::SocketAddr) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let is_silent = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let silence = Arc::clone(&is_silent);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let silence = Arc::clone(&silence);
                tokio::spawn(async move {
                    let Ok(far) = tokio::net::TcpStream::connect(server).await else { return };
                    let ((near_read, near_write), (far_read, far_write)) = (near.into_split(), far.into_split());
                    let up = carry(near_read, far_write, Arc::clone(&silence));
                    let down = carry(far_read, near_write, silence);
                    tokio::join!(up, down);
                });
            }
        });
        Self { base_url, is_silent }
    }

    fn fall_silent(&self, is_silent: bool) {
        self.is_silent.store(is_silent, Ordering::Relaxed);
    }
}

/// Carries bytes one way; what arrives during a silence is lost, and the connection with it.
async fn carry(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    is_silent: Arc<std::sync::atomic::AtomicBool>,
) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut is_lost = false;
    let mut piece = [0; 4_096];
    while let Ok(length @ 1..) = from.read(&mut piece).await {
        is_lost |= is_silent.load(Ordering::Relaxed);
        if !is_lost && to.write_all(&piece[..length]).await.is_err() {
            return;
        }
    }
}

async fn wait_for_network(app: &App, network: NetworkState) {
    let is_shown = async || app.run(&GetSync {}).await.unwrap().summary.network == network;
    wait_until(app, &format!("{network:?}"), is_shown).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_only_lies_there_shows_that_the_server_is_gone_and_that_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::new(folder.path().join("district"));
    config.limits.streams.keep_alive = Duration::from_millis(500);
    let district = open_district_with(config.clone()).await;
    config.listen = district.addr;
    let line = Line::open(district.addr).await;
    let chen = open_app(folder.path()).await;
    chen.run(&Enrol { text: link_by(&line.base_url, &district, 1).await }).await.unwrap();
    assert!(chen.run(&SyncNow {}).await.unwrap().summary.verified);
    let home = chen.run(&ListHouseholds::default()).await.unwrap().rows[0].id;
    // A hint proves that the line of hints stands.
    let li = open_loaded(&district, folder.path(), 2).await;
    rename(&li, home, "孙秀英").await;
    wait_for_name(&chen, home, "孙秀英").await;

    // The server stops: connections are closed.
    district.stop().await.unwrap();
    wait_for_network(&chen, NetworkState::Offline).await;
    rename(&chen, home, "孙秀兰").await;
    let district = start(config).await.unwrap();
    let has_gone_up = async || {
        let summary = chen.run(&GetSync {}).await.unwrap().summary;
        summary.network == NetworkState::Online && summary.unsent == 0
    };
    wait_until(&chen, "what was written meanwhile is there", has_gone_up).await;

    // The link falls silent: nothing is closed.
    line.fall_silent(true);
    wait_for_network(&chen, NetworkState::Offline).await;
    line.fall_silent(false);
    wait_for_network(&chen, NetworkState::Online).await;
    chen.shutdown().await;
    li.shutdown().await;
    district.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_lost_its_right_finds_out_by_itself() {
    use sync_server::store::Store as _;
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::new(folder.path().join("district"));
    config.limits.streams.recheck = Duration::ZERO;
    let district = open_district_with(config).await;
    let chen = open_loaded(&district, folder.path(), 1).await;
    let owner = account(1, "陈立", Role::GridWorker).id;
    assert_eq!(district.app().store().revoke_devices(owner, None, district.app().now()).await.unwrap(), 1);
    let has_found_out = async || {
        let last = chen.run(&GetSync {}).await.unwrap().last;
        last.is_some_and(|last| last.result == SyncResult::Revoked)
    };
    wait_until(&chen, "the lost right", has_found_out).await;
    assert_eq!(chen.run(&GetSync {}).await.unwrap().summary.network, NetworkState::Revoked);
    // Opened again where there is no network, it does not promise that a network would help.
    chen.shutdown().await;
    drop(chen);
    let chen = open_app_in(folder.path().join("app-1")).await;
    wait_for_network(&chen, NetworkState::Revoked).await;
    // Enrolled again, it listens again.
    chen.run(&Enrol { text: link_of(&district, 1).await }).await.unwrap();
    let summary = chen.run(&SyncNow {}).await.unwrap().summary;
    assert!(summary.verified && summary.network == NetworkState::Online, "{summary:?}");
    let li = open_loaded(&district, folder.path(), 2).await;
    let home = li.run(&ListHouseholds::default()).await.unwrap().rows[0].id;
    rename(&li, home, "孙秀英").await;
    wait_for_name(&chen, home, "孙秀英").await;
    chen.shutdown().await;
    li.shutdown().await;
    district.stop().await.unwrap();
}

/// The clock of a device that somebody sets.
struct SetClock {
    started: Instant,
    wrong_by_ms: Arc<AtomicI64>,
}

impl Clock for SetClock {
    fn now(&self) -> UnixMillis {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        UnixMillis::new(i64::try_from(since.as_millis()).unwrap() + self.wrong_by_ms.load(Ordering::Relaxed))
    }

    fn elapsed(&self) -> MonotonicMillis {
        MonotonicMillis::new(i64::try_from(self.started.elapsed().as_millis()).unwrap())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_whose_clock_is_set_back_while_the_server_is_away_hands_in_as_soon_as_it_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let district = open_district(folder.path()).await;
    let wrong_by_ms = Arc::new(AtomicI64::new(0));
    let clock = SetClock { started: Instant::now(), wrong_by_ms: Arc::clone(&wrong_by_ms) };
    let surroundings = Surroundings { clock: Box::new(clock), ..Surroundings::of_device("0.1.0") };
    let chen = open_app_with(folder.path().join("app-1"), surroundings).await;
    chen.run(&Enrol { text: link_of(&district, 1).await }).await.unwrap();
    assert!(chen.run(&SyncNow {}).await.unwrap().summary.verified);
    let li = open_loaded(&district, folder.path(), 2).await;
    let home = chen.run(&ListHouseholds::default()).await.unwrap().rows[0].id;

    let listen = district.addr;
    district.stop().await.unwrap();
    // The round fails, the next one waits for its moment; then the clock is set back by three hours.
    rename(&chen, home, "孙秀英").await;
    assert_eq!(chen.run(&SyncNow {}).await.unwrap().summary.network, NetworkState::Offline);
    wrong_by_ms.store(-3 * 3_600_000, Ordering::Relaxed);
    let district = start(Config { listen, ..Config::new(folder.path().join("district")) }).await.unwrap();
    rename(&chen, home, "孙秀兰").await;
    wait_for_name(&li, home, "孙秀兰").await;
    let last = chen.run(&GetSync {}).await.unwrap().last.unwrap();
    assert!(district.app().now().since_ms(last.at).abs() < 10 * 60_000, "said in the server's time: {last:?}");
    chen.shutdown().await;
    li.shutdown().await;
    district.stop().await.unwrap();
}
