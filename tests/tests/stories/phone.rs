//! One person's phone: a companion over a file, its pilot, and what its owner does with it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use companion::{Clock, Companion, Errand, Pilot, Surroundings, UseCase};
use contract::{
    AddMember, CommandError, EditHousehold, GetHousehold, GetIncident, HouseholdEdit, HouseholdRow, HouseholdView,
    IncidentForm, IncidentRow, IncidentView, ListHouseholds, ListIncidents, OpenIncidentForm, OpenVisitForm, Queue,
    SubmitIncident, SubmitVisit, TakeStep, VisitForm, VisitReceipt,
};
use documents::{Author, RecordDocument};
use domain::codes::Outcome;
use domain::id::TransitionId;
use domain::workflow::{Payload, Transition, TransitionKind};
use domain::{Account, AccountId, HouseholdId, Incident, IncidentId, InstallationId, MonotonicMillis, UnixMillis};
use rusqlite::Connection;
use sync::machine::{Config, Event, Failure};

use crate::chance::Chance;
use crate::district::{District, WorldClock};

/// A phone's own clock: the world's, wrong by what somebody has set it to.
struct PhoneClock {
    world: WorldClock,
    wrong_by_ms: Arc<AtomicI64>,
    boots: i64,
}

impl Clock for PhoneClock {
    fn now(&self) -> UnixMillis {
        UnixMillis::new(self.world.load(Ordering::Relaxed) + self.wrong_by_ms.load(Ordering::Relaxed))
    }

    fn elapsed(&self) -> MonotonicMillis {
        MonotonicMillis::new(self.world.load(Ordering::Relaxed))
    }

    fn boot(&self) -> Option<String> {
        Some(self.boots.to_string())
    }
}

pub(crate) struct Phone {
    pub(crate) owner: Account,
    file: PathBuf,
    world: WorldClock,
    wrong_by_ms: Arc<AtomicI64>,
    /// How often it was switched on.
    boots: i64,
    chance: Chance,
    companion: Option<Companion>,
    pilot: Pilot,
    config: Config,
    /// When it wants to be woken, by the world's clock.
    pub(crate) wakes_at: Option<i64>,
}

impl Phone {
    /// A phone out of the box, enrolled.
    pub(crate) fn enrolled(
        owner: Account,
        folder: &Path,
        district: &District,
        world: &WorldClock,
        (chance, wrong_by_ms): (Chance, i64),
    ) -> Self {
        std::fs::create_dir_all(folder).unwrap();
        let mut phone = Self {
            owner: owner.clone(),
            file: folder.join("companion.sqlite"),
            world: Arc::clone(world),
            wrong_by_ms: Arc::new(AtomicI64::new(wrong_by_ms)),
            boots: 1,
            chance,
            companion: None,
            pilot: Pilot::new(Config::default()),
            config: Config::default(),
            wakes_at: None,
        };
        phone.switch_on();
        let installation = phone.companion().installation().unwrap();
        let reply = district.enrol(owner.id, installation);
        phone.companion().bind(reply.account, "https://district", &reply.token, installation).unwrap();
        phone
    }

    /// Somebody sets this phone's clock: from now on it is wrong by so much.
    pub(crate) fn set_clock_wrong_by(&self, ms: i64) {
        self.wrong_by_ms.store(ms, Ordering::Relaxed);
    }

    /// The phone is switched off and on, and comes up with a clock that is wrong by so much.
    pub(crate) fn reboot_wrong_by(&mut self, ms: i64) {
        self.boots += 1;
        self.set_clock_wrong_by(ms);
    }

    pub(crate) fn companion(&mut self) -> &mut Companion {
        self.companion.as_mut().expect("the phone is on")
    }

    pub(crate) fn pilot(&self) -> &Pilot {
        &self.pilot
    }

    fn switch_on(&mut self) {
        let clock = PhoneClock {
            world: Arc::clone(&self.world),
            wrong_by_ms: Arc::clone(&self.wrong_by_ms),
            boots: self.boots,
        };
        let surroundings =
            Surroundings { clock: Box::new(clock), random: Box::new(self.chance.clone()), version: "0.1.0".into() };
        self.companion = Some(Companion::open(self.file.as_path(), surroundings).unwrap());
        self.pilot = Pilot::new(self.config);
        self.wakes_at = None;
    }

    /// The app dies and is started again. What was on its way gets no reply.
    pub(crate) fn restart(&mut self) -> Option<(String, Vec<u8>)> {
        self.companion = None;
        self.switch_on();
        let errands = self.pilot.open(self.companion.as_mut().unwrap());
        self.run(errands)
    }

    /// The app is closed, somebody is at its file, it is opened again.
    pub(crate) fn restart_with(&mut self, work: impl FnOnce(&Path)) -> Option<(String, Vec<u8>)> {
        self.companion = None;
        work(&self.file);
        self.restart()
    }

    /// Enrols again under a fresh installation, as the driver does where the old one belongs to a revoked device.
    pub(crate) fn re_enrol(&mut self, district: &District, fresh: InstallationId) {
        let reply = district.enrol(self.owner.id, fresh);
        self.companion().renew_installation(fresh).unwrap();
        self.companion().bind(reply.account, "https://district", &reply.token, fresh).unwrap();
    }

    /// Enrols for an account that the office has made again, as the driver does: the phone says whose it was.
    pub(crate) fn enrol_again(&mut self, district: &District, account: AccountId) {
        let installation = self.companion().installation().unwrap();
        let former = self.companion().account().map(|account| account.id);
        let reply = district.enrol_former(account, installation, former);
        self.companion().bind(reply.account, "https://district", &reply.token, installation).unwrap();
    }

    /// Notes wake-ups; answers the request to be carried, with its token.
    fn run(&mut self, errands: Vec<Errand>) -> Option<(String, Vec<u8>)> {
        let mut post = None;
        for errand in errands {
            match errand {
                Errand::Post { token, body, .. } => {
                    assert!(post.is_none(), "two requests at once");
                    self.wakes_at = None;
                    post = Some((token, body));
                }
                Errand::WakeAt(at) => self.wakes_at = Some(at.as_i64()),
            }
        }
        post
    }

    pub(crate) fn say(&mut self, event: Event) -> Option<(String, Vec<u8>)> {
        let errands = self.pilot.say(self.companion.as_mut().expect("on"), event);
        self.run(errands)
    }

    pub(crate) fn finish(&mut self, outcome: Result<&[u8], Failure>) -> Option<(String, Vec<u8>)> {
        let errands = self.pilot.finish_round(self.companion.as_mut().expect("on"), outcome);
        self.run(errands)
    }

    pub(crate) fn ask<U: UseCase>(&mut self, request: U) -> Result<U::Reply, CommandError> {
        let reply = self.companion().run(request);
        self.companion().take_events();
        reply
    }

    pub(crate) fn is_settled(&mut self) -> bool {
        let summary = self.companion().sync_summary().unwrap();
        !self.pilot.is_running() && summary.unsent == 0
    }

    pub(crate) fn is_verified(&mut self) -> bool {
        self.companion().sync_summary().unwrap().verified
    }

    /// Households on this phone, by door.
    pub(crate) fn households(&mut self) -> Vec<HouseholdRow> {
        let mut rows = self.ask(ListHouseholds::default()).unwrap().rows;
        rows.sort_by_key(|row| row.place.door());
        rows
    }

    pub(crate) fn find(&mut self, door: &str) -> HouseholdId {
        let rows = self.households();
        rows.iter().find(|row| row.place.door() == door).unwrap_or_else(|| panic!("no {door} on this phone")).id
    }

    pub(crate) fn household(&mut self, door: &str) -> HouseholdView {
        let id = self.find(door);
        self.ask(GetHousehold { id }).unwrap()
    }

    pub(crate) fn card(&mut self, id: HouseholdId) -> HouseholdView {
        self.ask(GetHousehold { id }).unwrap()
    }

    pub(crate) fn visit(&mut self, household: HouseholdId, fill: impl FnOnce(&mut VisitForm)) -> VisitReceipt {
        let opened = self.ask(OpenVisitForm { household, draft: None }).unwrap();
        let mut form = VisitForm { outcome: Some(Outcome::Met), ..opened.form };
        fill(&mut form);
        self.ask(SubmitVisit { draft: opened.draft, form }).unwrap()
    }

    pub(crate) fn edit(&mut self, household: HouseholdId, edits: Vec<HouseholdEdit>) -> Result<(), CommandError> {
        self.ask(EditHousehold { id: household, edits }).map(drop)
    }

    pub(crate) fn rename_contact(&mut self, door: &str, name: &str) {
        let id = self.find(door);
        self.edit(id, vec![HouseholdEdit::ContactName { name: name.into() }]).unwrap();
    }

    pub(crate) fn add_member(&mut self, household: HouseholdId, name: &str, tel: &str) {
        let member =
            AddMember { name: name.into(), relation: None, residence: None, tel: tel.into(), id_no: String::new() };
        self.edit(household, vec![HouseholdEdit::AddMember(member)]).unwrap();
    }

    pub(crate) fn report(&mut self, household: Option<HouseholdId>, category: &str, text: &str) -> IncidentId {
        let opened = self.ask(OpenIncidentForm { household, ..OpenIncidentForm::default() }).unwrap();
        let form = IncidentForm {
            category: category.into(),
            text: text.into(),
            address_text: if household.is_none() {
                "海棠花园东门".into()
            } else {
                opened.form.address_text.clone()
            },
            ..opened.form
        };
        self.ask(SubmitIncident { draft: opened.draft, form }).unwrap().incident
    }

    /// Reports something in the street, without a household.
    pub(crate) fn report_in_street(&mut self, category: &str, text: &str) -> IncidentId {
        self.report(None, category, text)
    }

    /// Does something with an incident.
    pub(crate) fn take(
        &mut self,
        incident: IncidentId,
        kind: TransitionKind,
        payload: Payload,
    ) -> Result<IncidentView, CommandError> {
        self.ask(TakeStep { incident, kind, payload })
    }

    pub(crate) fn incident(&mut self, id: IncidentId) -> IncidentView {
        self.ask(GetIncident { id }).unwrap()
    }

    pub(crate) fn has_incident(&mut self, id: IncidentId) -> bool {
        self.ask(GetIncident { id }).is_ok()
    }

    /// The incidents of a queue.
    pub(crate) fn queue(&mut self, queue: Queue) -> Vec<IncidentRow> {
        self.ask(ListIncidents { queue, ..ListIncidents::default() }).unwrap().rows
    }

    /// The incident as the document on this phone has it.
    pub(crate) fn read_incident(&self, id: IncidentId) -> Option<Incident> {
        let id = domain::RecordId::from(id).as_uuid().into_bytes();
        let sql = "SELECT bytes FROM document WHERE id = ?1";
        let bytes: Vec<u8> = self.open_file().query_row(sql, [id], |row| row.get("bytes")).ok()?;
        Some(documents::RecordDocument::load(&bytes).unwrap().read().unwrap().record)
    }

    /// Takes a step, or writes it past the app where that refuses it: as a changed app would, signed with its own name.
    pub(crate) fn force(&mut self, incident: IncidentId, kind: TransitionKind, payload: Payload) {
        if self.take(incident, kind, payload.clone()).is_err() {
            self.write_past_the_app(incident, kind, payload);
        }
    }

    fn write_past_the_app(&mut self, id: IncidentId, kind: TransitionKind, payload: Payload) {
        let Some(mut incident) = self.read_incident(id) else { return };
        let at = UnixMillis::new(self.world.load(Ordering::Relaxed) + self.wrong_by_ms.load(Ordering::Relaxed));
        let mut random = [0; 10];
        companion::Random::fill(&mut self.chance, &mut random);
        let step = Transition {
            kind,
            by: self.owner.id,
            role: self.owner.role,
            org: self.owner.scope.org.clone(),
            at_device: at,
            round: 0,
            payload,
        };
        incident.transitions.insert(TransitionId::new(at, random), step);
        let author = Author { account: self.owner.id, installation: self.companion().installation().unwrap(), at };
        let db = self.open_file();
        let record = domain::RecordId::from(id).as_uuid().into_bytes();
        let bytes: Vec<u8> =
            db.query_row("SELECT bytes FROM document WHERE id = ?1", [record], |row| row.get("bytes")).unwrap();
        let mut document = RecordDocument::load(&bytes).unwrap();
        let change = document.edit(&incident, &author).unwrap().expect("a new step");
        let heads: Vec<u8> = document.heads().iter().flat_map(|head| head.0).collect();
        let actor = author.installation.as_uuid().into_bytes();
        db.execute(
            "UPDATE document SET bytes = ?2, heads = ?3 WHERE id = ?1",
            rusqlite::params![record, document.save(), heads],
        )
        .unwrap();
        db.execute(
            "INSERT INTO change (document, hash, actor, seq, kind, bytes, state, made_at)
             VALUES (?1, ?2, ?3, ?4, 'incident', ?5, 'pending', ?6)",
            rusqlite::params![record, change.hash.0, actor, change.seq as i64, change.bytes, at.as_i64()],
        )
        .unwrap();
    }

    /// The phone's file, with its journals: what somebody finds who takes the phone apart.
    pub(crate) fn raw_bytes(&self) -> Vec<u8> {
        let mut all = std::fs::read(&self.file).unwrap();
        for journal in ["-wal", "-journal"] {
            let mut name = self.file.clone().into_os_string();
            name.push(journal);
            all.extend(std::fs::read(name).unwrap_or_default());
        }
        all
    }

    /// A connection beside the app's own, to look (or to tamper).
    pub(crate) fn open_file(&self) -> Connection {
        Connection::open(&self.file).unwrap()
    }

    /// Documents on this phone with their heads; without those that are here only because the office has to decide
    /// about a change of theirs, or has rejected one.
    pub(crate) fn heads(&self) -> std::collections::BTreeMap<String, Vec<String>> {
        let db = self.open_file();
        let sql = "SELECT id, heads FROM document AS d
             WHERE EXISTS (SELECT 1 FROM membership AS m WHERE m.document = d.id)
                 OR NOT EXISTS (SELECT 1 FROM change AS c WHERE c.document = d.id AND c.state IN ('held', 'refused'))
             ORDER BY id";
        let mut select = db.prepare(sql).unwrap();
        let rows = select.query_map([], |row| Ok((row.get::<_, [u8; 16]>("id")?, row.get::<_, Vec<u8>>("heads")?)));
        rows.unwrap()
            .map(|row| {
                let (id, heads) = row.unwrap();
                let id = domain::RecordId::from_uuid(uuid_of(id)).to_string();
                (id, heads.chunks_exact(32).map(|h| domain::ChangeHash::try_from(h).unwrap().to_string()).collect())
            })
            .collect()
    }

    /// How many records the chip says were not accepted.
    pub(crate) fn count_stuck(&mut self) -> u64 {
        self.companion().sync_summary().unwrap().refused
    }

    /// How many of this phone's changes stand in this state.
    pub(crate) fn count_changes(&self, state: &str) -> usize {
        let sql = "SELECT count(*) AS n FROM change WHERE state = ?1";
        let count: i64 = self.open_file().query_row(sql, [state], |row| row.get("n")).unwrap();
        usize::try_from(count).unwrap()
    }
}

fn uuid_of(bytes: [u8; 16]) -> uuid::Uuid {
    uuid::Uuid::from_bytes(bytes)
}
