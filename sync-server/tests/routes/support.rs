//! A district of invented people: a server on port 0 with a clock that obeys, and phones that write documents.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use documents::{Author, RawChange, RecordDocument};
use domain::account::Scope;
use domain::codes::{Outcome as VisitOutcome, Source};
use domain::household::Place;
use domain::{
    Account, AccountId, BuildingCode, Collection, GridCode, Household, HouseholdId, Incident, IncidentId,
    InstallationId, Kind, Record, RecordId, Role, UnixMillis, Visit, VisitId,
};
use sync::wire::{
    Blob, Cursor, ENROL_PATH, EnrolReply, EnrolRequest, Epoch, PushDocument, SYNC_PATH, SyncReply, SyncRequest, Verdict,
};
use sync_server::{Config, Running, admin};
use tempfile::TempDir;

use crate::http::{Response, post_message};

/// The first moment of every test: 2026-11-23 in China.
pub(crate) const START_MS: i64 = 1_795_363_200_000;
/// A day.
pub(crate) const DAY_MS: i64 = 86_400_000;

pub(crate) fn grid() -> GridCode {
    "990101001001003".parse().expect("a grid")
}

pub(crate) fn other_grid() -> GridCode {
    "990101001001004".parse().expect("a grid")
}

pub(crate) fn building(grid: &GridCode) -> BuildingCode {
    grid.building(1).expect("in range")
}

/// Ten bytes that no other call gave.
pub(crate) fn unique() -> [u8; 10] {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let mut bytes = [0; 10];
    bytes[2..].copy_from_slice(&NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    bytes
}

/// A running server.
pub(crate) struct District {
    pub(crate) server: Running,
    pub(crate) clock: Arc<AtomicI64>,
    pub(crate) folder: TempDir,
}

impl District {
    pub(crate) async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    pub(crate) async fn open_with(adjust: impl FnOnce(&mut Config)) -> Self {
        let folder = TempDir::new().expect("a folder");
        let clock = Arc::new(AtomicI64::new(START_MS));
        let mut config = Config::new(folder.path().to_owned());
        config.desk_pause = None;
        config.metrics.listen = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
        let ticking = Arc::clone(&clock);
        config.clock = Arc::new(move || UnixMillis::new(ticking.load(Ordering::Relaxed)));
        adjust(&mut config);
        let server = sync_server::start(config).await.expect("the server starts");
        Self { server, clock, folder }
    }

    pub(crate) fn now(&self) -> UnixMillis {
        self.server.app().now()
    }

    pub(crate) fn pass_ms(&self, ms: i64) {
        self.clock.fetch_add(ms, Ordering::Relaxed);
    }

    pub(crate) async fn add_account(&self, name: &str, role: Role, scope: Scope) -> Account {
        let account = Account { id: AccountId::new(self.now(), unique()), name: name.into(), role, scope };
        admin::save_account(self.server.app().store(), account.clone(), self.now()).await.expect("saved");
        account
    }

    /// A grid worker with an enrolled phone.
    pub(crate) async fn worker(&self, name: &str, grids: &[GridCode]) -> Phone {
        let scope = Scope { grids: grids.iter().cloned().collect(), ..Scope::default() };
        let account = self.add_account(name, Role::GridWorker, scope).await;
        self.enrol(account.id).await
    }

    /// A building lead with an enrolled phone.
    pub(crate) async fn lead(&self, name: &str, buildings: &[BuildingCode]) -> Phone {
        let scope = Scope { buildings: buildings.iter().cloned().collect(), ..Scope::default() };
        let account = self.add_account(name, Role::BuildingLead, scope).await;
        self.enrol(account.id).await
    }

    pub(crate) async fn make_code(&self, account: AccountId) -> String {
        let code = admin::create_enrolment_code(self.server.app().store(), account, DAY_MS, self.now());
        code.await.expect("a code").code.reveal().to_owned()
    }

    pub(crate) async fn show_code(&self, code: &str, installation: InstallationId) -> Response {
        let message =
            EnrolRequest { code: code.into(), installation, platform: "test".into(), former: None, mark: None };
        post_message(self.server.addr, ENROL_PATH, None, &message).await
    }

    pub(crate) async fn enrol(&self, account: AccountId) -> Phone {
        let installation = InstallationId::new(self.now(), unique());
        let code = self.make_code(account).await;
        let reply: EnrolReply = self.show_code(&code, installation).await.message();
        Phone { token: reply.token, account: reply.account, installation, epoch: None }
    }

    pub(crate) async fn send(&self, phone: &Phone, request: &SyncRequest) -> Response {
        post_message(self.server.addr, SYNC_PATH, Some(&phone.token), request).await
    }

    pub(crate) async fn round(&self, phone: &Phone, request: &SyncRequest) -> SyncReply {
        self.send(phone, request).await.message()
    }

    /// Pushes and answers with the verdicts, in order.
    pub(crate) async fn push(&self, phone: &Phone, push: Vec<PushDocument>) -> Vec<Verdict> {
        let reply = self.round(phone, &SyncRequest { push, ..phone.request(self.now()) }).await;
        reply.outcomes.into_iter().map(|outcome| outcome.verdict).collect()
    }

    /// Pushes what must be accepted.
    pub(crate) async fn push_well(&self, phone: &Phone, push: Vec<PushDocument>) {
        let verdicts = self.push(phone, push).await;
        assert!(!verdicts.is_empty() && verdicts.iter().all(|v| *v == Verdict::Accepted), "{verdicts:?}");
    }

    pub(crate) async fn pull(&self, phone: &Phone, collection: Collection, after: u64, limit_bytes: u32) -> SyncReply {
        let pull = vec![Cursor { collection, after }];
        self.round(phone, &SyncRequest { pull, limit_bytes, ..phone.request(self.now()) }).await
    }

    /// The counters.
    pub(crate) async fn read_metrics(&self) -> String {
        let addr = self.server.metrics_addr.expect("they have a listener");
        crate::http::get(addr, "/metrics").await.text().to_owned()
    }

    /// Nothing in the ledger is damaged.
    pub(crate) async fn assert_sound(&self) {
        self.assert_sound_but(&[]).await;
    }

    /// Nothing in the ledger is damaged but what was done on purpose, by its codes.
    pub(crate) async fn assert_sound_but(&self, codes: &[&str]) {
        let mut damage = admin::verify(self.server.app().store()).await.expect("read").damage;
        damage.retain(|found| !codes.contains(&found.code));
        assert_eq!(damage, []);
    }
}

/// An enrolled phone.
#[derive(Clone)]
pub(crate) struct Phone {
    pub(crate) token: String,
    pub(crate) account: Account,
    pub(crate) installation: InstallationId,
    pub(crate) epoch: Option<Epoch>,
}

impl Phone {
    pub(crate) fn author(&self, at_ms: i64) -> Author {
        Author { account: self.account.id, installation: self.installation, at: UnixMillis::new(at_ms) }
    }

    /// A round that asks for nothing.
    pub(crate) fn request(&self, now: UnixMillis) -> SyncRequest {
        SyncRequest {
            capabilities: Vec::new(),
            installation: self.installation,
            epoch: self.epoch,
            push: Vec::new(),
            pull: Vec::new(),
            audit: Vec::new(),
            fetch: Vec::new(),
            awaited: Vec::new(),
            awaited_steps: Vec::new(),
            mark: None,
            numbers: Vec::new(),
            limit_bytes: 0,
            device_clock: now,
        }
    }

    /// A new document with its one change.
    pub(crate) fn create<R: Record>(&self, record: &R) -> (RecordDocument, PushDocument) {
        let (document, change) = RecordDocument::create(record, &self.author(START_MS)).expect("a document");
        let push = part(record.record_id(), R::KIND, [change]);
        (document, push)
    }

    /// An edit of a document.
    pub(crate) fn edit<R: Record>(&self, document: &mut RecordDocument, change: impl FnOnce(&mut R)) -> PushDocument {
        let mut record = document.read::<R>().expect("a record").record;
        change(&mut record);
        let made = document.edit(&record, &self.author(START_MS + 1)).expect("an edit").expect("a change");
        part(record.record_id(), R::KIND, [made])
    }
}

pub(crate) fn part(document: RecordId, kind: Kind, changes: impl IntoIterator<Item = RawChange>) -> PushDocument {
    PushDocument {
        document,
        kind: kind.into(),
        changes: changes.into_iter().map(|change| Blob(change.bytes)).collect(),
    }
}

pub(crate) fn household(grid: &GridCode, room: &str) -> Household {
    Household {
        id: HouseholdId::new(UnixMillis::new(START_MS), unique()),
        grid: grid.clone(),
        building: building(grid),
        place: Place {
            compound: "海棠花园".into(), building: "1栋".into(), unit: "1单元".into(), room: room.into()
        },
        house_status: None,
        visit_class: None,
        contact_name: "周敏".into(),
        needs: [].into(),
        members: [].into(),
        pairs: [].into(),
        last_visit: None,
        attempts: [].into(),
        first_due: None,
        note: String::new(),
    }
}

pub(crate) fn incident(phone: &Phone, household: &Household) -> Incident {
    Incident {
        id: IncidentId::new(UnixMillis::new(START_MS), unique()),
        category: "03002".into(),
        priority: None,
        title: String::new(),
        text: String::new(),
        happened_at: UnixMillis::new(START_MS),
        reported_at: UnixMillis::new(START_MS),
        source: Source::Visit,
        grid: household.grid.clone(),
        building: Some(household.building.clone()),
        household: None,
        visit: None,
        address_text: String::new(),
        by: phone.account.id,
        role: phone.account.role,
        self_handled: None,
        point: None,
        human_no: None,
        transitions: [].into(),
        decisions: [].into(),
        notes: [].into(),
    }
}

pub(crate) fn visit(phone: &Phone, household: &Household) -> Visit {
    Visit {
        id: VisitId::new(UnixMillis::new(START_MS), unique()),
        household: household.id,
        grid: household.grid.clone(),
        building: household.building.clone(),
        by: phone.account.id,
        role: phone.account.role,
        at_start: UnixMillis::new(START_MS),
        at_end: UnixMillis::new(START_MS + 60_000),
        clock_correction_ms: 0,
        channel: None,
        outcome: VisitOutcome::Met,
        template: String::new(),
        answers: [].into(),
        improvements: [].into(),
        advice: [].into(),
        leaflets: 0,
        incidents: [].into(),
        follow_up: None,
        note: String::new(),
        amendments: [].into(),
    }
}
