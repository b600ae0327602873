//! The district: a real ledger behind the real routes, called without a socket.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use domain::account::Scope;
use domain::workflow::SYSTEM_ACCOUNT;
use domain::{Account, AccountId, GridCode, Incident, IncidentId, InstallationId, RecordId, Role, UnixMillis};
use roster::ReadOptions;
use spreadsheet::TableFile;
use sync::wire::{ENROL_PATH, EnrolReply, EnrolRequest, SYNC_PATH, codec};
use sync_server::admin::{self, create_enrolment_code, import_roster, save_account};
use sync_server::store::sqlite::{SqliteOptions, SqliteStore};
use sync_server::store::{ReferenceValue, Store as _, StoredDocument};
use sync_server::{App, Limits, open_ledger, router};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

use crate::people::org_of;

/// The roster of the grid: two buildings, invented people.
pub(crate) const ROSTER: &str = include_str!("roster.csv");

pub(crate) fn grid() -> GridCode {
    "990101001001003".parse().unwrap()
}

/// The world's clock.
pub(crate) type WorldClock = Arc<AtomicI64>;

pub(crate) struct District {
    runtime: Runtime,
    app: App<SqliteStore>,
    router: Router,
    clock: WorldClock,
    wrong_by_ms: Arc<AtomicI64>,
    pub(crate) data: PathBuf,
}

/// An answer as it leaves the server.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after_ms: Option<u32>,
    pub(crate) body: Vec<u8>,
}

impl District {
    pub(crate) fn found(data: &Path, clock: &WorldClock) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let wrong_by_ms = Arc::new(AtomicI64::new(0));
        let (app, router) = open(&runtime, data, (clock, &wrong_by_ms));
        Self { runtime, app, router, clock: Arc::clone(clock), wrong_by_ms, data: data.to_owned() }
    }

    /// Somebody sets the server's clock: from now on it is wrong by so much.
    pub(crate) fn set_clock_wrong_by(&self, ms: i64) {
        self.wrong_by_ms.store(ms, Ordering::Relaxed);
    }

    /// Stops the server, lets `work` at its files, starts it again.
    pub(crate) fn restart_with(&mut self, work: impl FnOnce(&Path)) {
        self.runtime.block_on(self.app.store().close());
        work(&self.data);
        (self.app, self.router) = open(&self.runtime, &self.data, (&self.clock, &self.wrong_by_ms));
    }

    pub(crate) fn now(&self) -> UnixMillis {
        UnixMillis::new(self.clock.load(Ordering::Relaxed) + self.wrong_by_ms.load(Ordering::Relaxed))
    }

    pub(crate) fn import(&self, csv: &str) {
        let files = [TableFile { name: "台账.csv", bytes: csv.as_bytes() }];
        let options = ReadOptions { today: self.now().local_date(), grid: Some(grid()) };
        self.runtime.block_on(import_roster(self.app.store(), &files, &options, self.now())).unwrap();
    }

    pub(crate) fn save_account(&self, account: Account) {
        self.runtime.block_on(save_account(self.app.store(), account, self.now())).unwrap();
    }

    /// The office notes how to reach somebody at work.
    pub(crate) fn save_tel(&self, account: AccountId, tel: &str) {
        self.runtime.block_on(admin::save_tel(self.app.store(), account, tel, self.now())).unwrap();
    }

    pub(crate) fn revoke(&self, account: AccountId) {
        let revoked = self.runtime.block_on(self.app.store().revoke_devices(account, None, self.now())).unwrap();
        assert!(revoked > 0);
    }

    /// The office takes in everything that is held and fits. Answers how many changes it took.
    pub(crate) fn accept_held(&self) -> usize {
        self.runtime.block_on(admin::accept_held_work(self.app.store(), None, self.now())).unwrap().accepted
    }

    /// The office rejects what is held of a document. Answers how many changes.
    pub(crate) fn reject_held(&self, document: RecordId, reason: &str) -> usize {
        let rejected = admin::reject_held_work(self.app.store(), document, reason, self.now());
        self.runtime.block_on(rejected).unwrap()
    }

    /// Enrols a device of the account, as the app does.
    pub(crate) fn enrol(&self, account: AccountId, installation: InstallationId) -> EnrolReply {
        self.enrol_former(account, installation, None)
    }

    /// The same for a device that had an account before.
    pub(crate) fn enrol_former(
        &self,
        account: AccountId,
        installation: InstallationId,
        former: Option<AccountId>,
    ) -> EnrolReply {
        let store = self.app.store();
        let code = self.runtime.block_on(create_enrolment_code(store, account, 600_000, self.now())).unwrap();
        let request = EnrolRequest {
            code: code.code.reveal().to_owned(),
            installation,
            platform: "story".into(),
            former,
            mark: None,
        };
        let answer = self.post(ENROL_PATH, "", &codec::encode(&request).unwrap());
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        codec::decode(&answer.body, 100_000).unwrap()
    }

    pub(crate) fn sync(&self, token: &str, body: &[u8]) -> Answer {
        self.post(SYNC_PATH, token, body)
    }

    fn post(&self, path: &str, token: &str, body: &[u8]) -> Answer {
        let request = Request::post(path)
            .header("authorization", format!("Bearer {token}"))
            .body(Body::from(body.to_vec()))
            .unwrap();
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let status = response.status().as_u16();
            let retry =
                response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse::<u32>().ok());
            let body = to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec();
            Answer { status, retry_after_ms: retry.map(|seconds| seconds * 1_000), body }
        })
    }

    /// The office publishes a value of reference data.
    pub(crate) fn publish(&self, key: &str, value: &str) {
        let value = ReferenceValue { key: key.into(), unit: None, value: value.into() };
        self.runtime.block_on(self.app.store().put_reference(vec![value])).unwrap();
    }

    /// An incident as the ledger has it.
    pub(crate) fn incident(&self, id: IncidentId) -> Incident {
        let records = self.records();
        let record = records.iter().find(|record| record.id == id.into()).expect("the incident is in the ledger");
        serde_json::from_str(&record.projection).unwrap()
    }

    /// How many changes of a record the server wrote itself.
    pub(crate) fn count_own_changes(&self, id: RecordId) -> u64 {
        let changes = self.runtime.block_on(self.app.store().list_changes(id)).unwrap();
        changes.iter().filter(|change| change.account == SYSTEM_ACCOUNT).count() as u64
    }

    /// The server looks at its clock.
    pub(crate) fn tick(&self) {
        self.runtime.block_on(sync_server::desk::settle_due(&self.app)).unwrap();
    }

    /// Every record once, by id: what the export is made of.
    pub(crate) fn records(&self) -> Vec<StoredDocument> {
        self.runtime.block_on(admin::list_records(self.app.store())).unwrap()
    }

    /// Documents an account may read, with their heads.
    pub(crate) fn heads_for(&self, account: AccountId) -> std::collections::BTreeMap<String, Vec<String>> {
        let store = self.app.store();
        let accounts = self.runtime.block_on(store.list_accounts()).unwrap();
        let account = accounts.into_iter().find(|found| found.id == account).unwrap();
        let mut all = std::collections::BTreeMap::new();
        for collection in domain::rights::subscriptions(&account) {
            if collection == domain::Collection::Reference {
                continue;
            }
            for (document, mut heads) in self.runtime.block_on(store.list_heads(collection)).unwrap() {
                heads.sort_unstable();
                all.insert(document.to_string(), heads.iter().map(ToString::to_string).collect());
            }
        }
        all
    }

    /// Re-reads the whole ledger and expects nothing wrong.
    pub(crate) fn verify(&self) {
        let found = self.runtime.block_on(admin::verify(self.app.store())).unwrap();
        assert_eq!(found.damage, []);
    }
}

fn open(
    runtime: &Runtime,
    data: &Path,
    (clock, wrong_by_ms): (&WorldClock, &Arc<AtomicI64>),
) -> (App<SqliteStore>, Router) {
    let _context = runtime.enter();
    let store = open_ledger(data, &SqliteOptions::default()).unwrap();
    let (time, wrong_by_ms) = (Arc::clone(clock), Arc::clone(wrong_by_ms));
    let now = move || UnixMillis::new(time.load(Ordering::Relaxed) + wrong_by_ms.load(Ordering::Relaxed));
    let limits =
        Limits { burst: u32::MAX.try_into().unwrap(), per_second: u32::MAX.try_into().unwrap(), ..Limits::default() };
    let app = App::new(store, Arc::new(now), limits);
    (app.clone(), router(app))
}

/// An account of the story.
pub(crate) fn account(n: u8, name: &str, role: Role) -> Account {
    let scope = match role {
        Role::BuildingLead => Scope { buildings: [grid().building(1).unwrap()].into(), ..Scope::default() },
        Role::CommunityClerk => Scope { community: Some(grid().community()), ..Scope::default() },
        Role::Dispatcher => Scope { town: Some(grid().town()), ..Scope::default() },
        Role::Handler => Scope { org: Some(org_of(n).parse().unwrap()), ..Scope::default() },
        Role::Supervisor => Scope::default(),
        _ => Scope { grids: [grid()].into(), ..Scope::default() },
    };
    Account { id: AccountId::new(UnixMillis::new(1_700_000_000_000), [n; 10]), name: name.into(), role, scope }
}
