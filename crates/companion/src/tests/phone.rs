//! A phone for tests: temporary store, own clock, repeatable randomness, fictional people.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use contract::{CommandError, OpenVisitForm, SaveVisitForm, SubmitVisit, VisitForm, VisitFormView, VisitReceipt};
use documents::{Author, RecordDocument};
use domain::account::Scope;
use domain::household::{Household, Member, Place};
use domain::id::DraftId;
use domain::particulars::{Particulars, PersonParticulars};
use domain::{
    Account, AccountId, BuildingCode, GridCode, HouseholdId, InstallationId, LocalDate, MemberId, MonotonicMillis,
    OrgCode, Role, UnixMillis,
};
use jiff::civil::date;

use crate::store::StoreError;
use crate::store::document::{DocumentRow, Projection, put_document};
use crate::store::project::{Projected, project_document};
use crate::{Clock, Companion, Random, StorePlace, Surroundings, UseCase};

/// The day on which the stories play.
pub(crate) const TODAY: LocalDate = date(2026, 11, 23);

/// The grid of the stories.
pub(crate) fn grid() -> GridCode {
    "990101001001003".parse().expect("a grid")
}

/// Building `n` of that grid.
pub(crate) fn building(n: u32) -> BuildingCode {
    grid().building(n).expect("in range")
}

/// Account `n`.
pub(crate) fn account_id(n: u8) -> AccountId {
    AccountId::new(UnixMillis::new(1), [n; 10])
}

/// A clock that obeys: the true time, and by how much the device's own is wrong.
#[derive(Clone, Default)]
pub(crate) struct HandClock {
    time: Arc<AtomicI64>,
    wrong_by_ms: Arc<AtomicI64>,
}

impl Clock for HandClock {
    fn now(&self) -> UnixMillis {
        UnixMillis::new(self.time.load(Ordering::Relaxed) + self.wrong_by_ms.load(Ordering::Relaxed))
    }

    fn elapsed(&self) -> MonotonicMillis {
        MonotonicMillis::new(self.time.load(Ordering::Relaxed))
    }
}

/// SplitMix64: enough for ids, the same in every run.
pub(crate) struct SeededRandom(pub(crate) u64);

impl Random for SeededRandom {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            *byte = (mixed >> 40) as u8;
        }
    }
}

/// One phone.
pub(crate) struct Phone {
    pub(crate) companion: Companion,
    clock: HandClock,
    seed: u64,
    folder: Option<tempfile::TempDir>,
}

impl Phone {
    /// A phone that nobody has enrolled; its store lives in memory.
    pub(crate) fn fresh() -> Self {
        Self::make(StorePlace::Memory, None)
    }

    /// The phone of grid worker 赵敏, bound; its store lives in memory.
    pub(crate) fn of_worker() -> Self {
        let mut phone = Self::fresh();
        phone.bind(worker());
        phone
    }

    /// The phone of building lead 钱富, bound.
    pub(crate) fn of_lead() -> Self {
        let mut phone = Self::fresh();
        phone.bind(lead());
        phone
    }

    /// A device of this account, bound; its store lives in memory. Each has randomness of its own.
    pub(crate) fn of(account: Account) -> Self {
        let mut phone = Self::start(StorePlace::Memory, None, seed_of(&account));
        phone.bind(account);
        phone
    }

    /// The same with a file, so that it can be started again and looked into.
    pub(crate) fn with_file_of(account: Account) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = StorePlace::File(folder.path().join("store.sqlite"));
        let mut phone = Self::start(place, Some(folder), seed_of(&account));
        phone.bind(account);
        phone
    }

    /// The worker's phone with a file, so that it can be started again.
    pub(crate) fn with_file() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = StorePlace::File(folder.path().join("store.sqlite"));
        let mut phone = Self::make(place, Some(folder));
        phone.bind(worker());
        phone
    }

    /// The phone whose store lies at `path`, started; each start has its own `seed`.
    pub(crate) fn at(path: &std::path::Path, seed: u64) -> Self {
        Self::start(StorePlace::File(path.to_owned()), None, seed)
    }

    fn make(place: StorePlace, folder: Option<tempfile::TempDir>) -> Self {
        Self::start(place, folder, 1)
    }

    fn start(place: StorePlace, folder: Option<tempfile::TempDir>, seed: u64) -> Self {
        let clock = HandClock::default();
        clock.time.store(UnixMillis::start_of(TODAY).plus_ms(10 * 3_600_000).as_i64(), Ordering::Relaxed);
        let companion = Companion::open(place, surroundings(&clock, seed)).expect("a store");
        Self { companion, clock, seed, folder }
    }

    /// It is enrolled.
    pub(crate) fn bind(&mut self, account: Account) {
        let installation = InstallationId::new(UnixMillis::new(7), [account.id.as_uuid().as_bytes()[15]; 10]);
        self.companion.bind(account, "https://district.example", "token", installation).expect("bound");
    }

    /// Where its store lies.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.as_ref().expect("a phone with a file").path().join("store.sqlite")
    }

    /// The app is killed and started again.
    pub(crate) fn restart(self) -> Self {
        self.restart_after(|_| ())
    }

    /// The same, with something happening to the file in between.
    pub(crate) fn restart_after(self, happen: impl FnOnce(&std::path::Path)) -> Self {
        let path = self.file();
        let Self { companion, clock, seed, folder } = self;
        drop(companion);
        happen(&path);
        let seed = seed + 1;
        let companion = Companion::open(path, surroundings(&clock, seed)).expect("opens again");
        Self { companion, clock, seed, folder }
    }

    /// Time passes.
    pub(crate) fn wait_minutes(&self, minutes: i64) {
        self.clock.time.fetch_add(minutes * 60_000, Ordering::Relaxed);
    }

    /// Somebody sets the device's clock: from now on it is wrong by so much.
    pub(crate) fn set_clock_wrong_by(&self, ms: i64) {
        self.clock.wrong_by_ms.store(ms, Ordering::Relaxed);
    }

    /// Carries out a command that must succeed.
    pub(crate) fn run<U: UseCase>(&mut self, request: U) -> U::Reply {
        self.companion.run(request).expect(U::NAME)
    }

    /// Carries out a command that must be refused.
    pub(crate) fn refuse<U: UseCase>(&mut self, request: U) -> CommandError {
        self.companion.run(request).err().expect("refused")
    }

    /// A document arrives as the office made it.
    pub(crate) fn receive<R: Projected>(&mut self, record: &R) {
        self.companion.store.write(|writing| receive(writing, record)).expect("stored");
    }

    /// A household arrives with its particulars.
    pub(crate) fn receive_home(&mut self, room: &str, people: &[(&str, &str)]) -> HouseholdId {
        let (household, particulars) = home(room, people);
        self.receive(&household);
        if self.companion.account().is_some_and(|account| account.role == Role::GridWorker) {
            self.receive(&particulars);
        }
        household.id
    }

    /// A colleague edits the household at the same time: made from what this phone has now.
    pub(crate) fn colleague_edits(&self, id: HouseholdId, edit: impl FnOnce(&mut Household)) -> Vec<u8> {
        let row = crate::store::document::find_document(self.companion.store.read(), id.into())
            .expect("store")
            .expect("here");
        let mut document = RecordDocument::from_history(&row.bytes).expect("document");
        let mut record = document.read::<Household>().expect("record").record;
        edit(&mut record);
        let author = Author {
            account: account_id(2),
            installation: InstallationId::new(UnixMillis::new(9), [99; 10]),
            at: self.companion.now().plus_ms(-3_600_000),
        };
        document.edit(&record, &author).expect("edited").expect("differs").bytes
    }

    /// That edit arrives.
    pub(crate) fn receive_change(&mut self, id: HouseholdId, change: &[u8]) {
        let store = &mut self.companion.store;
        store
            .write::<_, StoreError>(|writing| {
                let mut row = crate::store::document::find_document(writing, id.into())?.expect("here");
                let mut document = RecordDocument::from_history(&row.bytes)?;
                document.apply(&[change])?;
                row.bytes = document.save();
                row.heads = document.heads();
                put_document(writing, &row)?;
                project_document(writing, id.into())?;
                Ok(())
            })
            .expect("stored");
    }

    /// Opens the form, writes this remark and leaves it at that.
    pub(crate) fn begin_visit(&mut self, household: HouseholdId, note: &str) -> DraftId {
        let VisitFormView { draft, form, .. } = self.run(OpenVisitForm { household, draft: None });
        self.run(SaveVisitForm { draft, form: VisitForm { note: note.into(), ..form } });
        draft
    }

    /// Opens the form and submits it as `fill` leaves it.
    pub(crate) fn visit(&mut self, household: HouseholdId, fill: impl FnOnce(&mut VisitForm)) -> VisitReceipt {
        let mut opened = self.run(OpenVisitForm { household, draft: None });
        fill(&mut opened.form);
        self.wait_minutes(5);
        self.run(SubmitVisit { draft: opened.draft, form: opened.form })
    }
}

fn seed_of(account: &Account) -> u64 {
    1_000 * u64::from(account.id.as_uuid().as_bytes()[15])
}

fn surroundings(clock: &HandClock, seed: u64) -> Surroundings {
    Surroundings { clock: Box::new(clock.clone()), random: Box::new(SeededRandom(seed)), version: "0.1.0".into() }
}

/// Stores a record as it comes from the server, and shows it.
pub(crate) fn receive<R: Projected>(writing: &crate::store::Writing<'_>, record: &R) -> Result<(), StoreError> {
    let office = Author {
        account: account_id(200),
        installation: InstallationId::new(UnixMillis::new(3), [200; 10]),
        at: UnixMillis::start_of(date(2026, 9, 1)),
    };
    let (document, change) = RecordDocument::create(record, &office)?;
    let row = DocumentRow {
        id: record.record_id(),
        kind: R::KIND,
        parent: record.parent(),
        heads: document.heads(),
        server_heads: document.heads(),
        bytes: change.bytes,
        projection: Projection::Waiting,
        verified_at: None,
    };
    put_document(writing, &row)?;
    project_document(writing, row.id)?;
    Ok(())
}

/// Grid worker 赵敏.
pub(crate) fn worker() -> Account {
    Account {
        id: account_id(1),
        name: "赵敏".into(),
        role: Role::GridWorker,
        scope: Scope { grids: BTreeSet::from([grid()]), ..Scope::default() },
    }
}

/// The organisation of handler 冯刚.
pub(crate) fn property() -> OrgCode {
    "haitang-property".parse().expect("a code")
}

/// Another organisation.
pub(crate) fn station() -> OrgCode {
    "haitang-station".parse().expect("a code")
}

/// Dispatcher `n` of the street.
pub(crate) fn dispatcher(n: u8) -> Account {
    let scope = Scope { town: Some(grid().town()), ..Scope::default() };
    Account { id: account_id(n), name: format!("调度员{n}"), role: Role::Dispatcher, scope }
}

/// Handler `n` of an organisation.
pub(crate) fn handler(n: u8, org: OrgCode) -> Account {
    let scope = Scope { org: Some(org), ..Scope::default() };
    Account { id: account_id(n), name: format!("经办人{n}"), role: Role::Handler, scope }
}

/// Clerk `n` of the community.
pub(crate) fn clerk(n: u8) -> Account {
    let scope = Scope { community: Some(grid().community()), ..Scope::default() };
    Account { id: account_id(n), name: format!("受理员{n}"), role: Role::CommunityClerk, scope }
}

/// Building lead 钱富 of building 1.
pub(crate) fn lead() -> Account {
    Account {
        id: account_id(2),
        name: "钱富".into(),
        role: Role::BuildingLead,
        scope: Scope { buildings: BTreeSet::from([building(1)]), ..Scope::default() },
    }
}

/// A household of building 1 with these people (name, phone number); the first is the contact. The id follows from
/// the room.
pub(crate) fn home(room: &str, people: &[(&str, &str)]) -> (Household, Particulars) {
    let mut random = [0; 10];
    for (slot, byte) in random.iter_mut().zip(room.bytes().rev()) {
        *slot = byte;
    }
    let id = HouseholdId::new(UnixMillis::new(1), random);
    let member_id = |n: usize| MemberId::new(UnixMillis::new(2), [random[0], n as u8, 0, 0, 0, 0, 0, 0, 0, random[1]]);
    let household = Household {
        id,
        grid: grid(),
        building: building(1),
        place: Place {
            compound: "海棠花园".into(), building: "1栋".into(), unit: "1单元".into(), room: room.into()
        },
        house_status: None,
        visit_class: None,
        contact_name: people.first().map_or(String::new(), |(name, _)| (*name).to_owned()),
        needs: [].into(),
        members: people
            .iter()
            .enumerate()
            .map(|(n, (name, _))| (member_id(n), Member { name: (*name).to_owned(), relation: None, residence: None }))
            .collect(),
        pairs: [].into(),
        last_visit: None,
        attempts: [].into(),
        first_due: Some(TODAY),
        note: String::new(),
    };
    let particulars = Particulars {
        household: id,
        grid: grid(),
        members: people
            .iter()
            .enumerate()
            .filter(|(_, (_, tel))| !tel.is_empty())
            .map(|(n, (_, tel))| {
                let person = PersonParticulars {
                    tels: BTreeSet::from([(*tel).to_owned()]),
                    id_no: "990101198506120024".into(),
                    ..PersonParticulars::default()
                };
                (member_id(n), person)
            })
            .collect(),
        consent: None,
    };
    (household, particulars)
}
