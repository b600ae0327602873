//! The people and records of the stories, all invented.

use documents::{Author, RawChange, Reading, RecordDocument};
use domain::account::Role;
use domain::codes::{
    Advice, CareTag, Channel, HouseStatus, NeedCode, NeedState, Outcome, PopulationType, Priority, Relation, Residence,
    Sex, Source, VisitClass,
};
use domain::household::{Household, Member, Place, VisitMark};
use domain::id::{NoteId, TransitionId};
use domain::incident::{Incident, Note, SelfHandled};
use domain::particulars::{Consent, ConsentState, Particulars, PersonParticulars};
use domain::visit::{Amendment, Answer, FollowUp, Improvement, Tri, Visit};
use domain::workflow::{Payload, Transition, TransitionKind};
use domain::{
    AccountId, BuildingCode, GridCode, HouseholdId, IncidentId, InstallationId, MemberId, Record, UnixMillis, VisitId,
};

/// The morning all stories begin.
pub(crate) const MORNING: i64 = 1_795_400_000_000;

pub(crate) fn at(seconds: i64) -> UnixMillis {
    UnixMillis::new(MORNING + seconds * 1_000)
}

/// Person and phone number `n`, writing `seconds` after the morning began.
fn author(n: u8, seconds: i64) -> Author {
    Author {
        account: AccountId::new(UnixMillis::new(1), [n; 10]),
        installation: InstallationId::new(UnixMillis::new(2), [n; 10]),
        at: at(seconds),
    }
}

/// The office that imports the roster.
pub(crate) fn office(seconds: i64) -> Author {
    author(1, seconds)
}

/// Wang, grid worker.
pub(crate) fn wang(seconds: i64) -> Author {
    author(2, seconds)
}

/// Li, building lead.
pub(crate) fn li(seconds: i64) -> Author {
    author(3, seconds)
}

/// Device number `n` of the property tests.
pub(crate) fn device(n: usize, seconds: i64) -> Author {
    author(10 + u8::try_from(n).expect("few devices"), seconds)
}

pub(crate) fn grid() -> GridCode {
    "990101001001001".to_owned().try_into().expect("a grid code")
}

pub(crate) fn building() -> BuildingCode {
    grid().building(1).expect("a building code")
}

pub(crate) fn member_id(n: u8) -> MemberId {
    MemberId::new(UnixMillis::new(3), [n; 10])
}

pub(crate) fn visit_id(n: u8) -> VisitId {
    VisitId::new(UnixMillis::new(4), [n; 10])
}

pub(crate) fn note_id(n: u8) -> NoteId {
    NoteId::new(UnixMillis::new(5), [n; 10])
}

pub(crate) fn transition_id(n: u8) -> TransitionId {
    TransitionId::new(UnixMillis::new(6), [n; 10])
}

pub(crate) fn household_id() -> HouseholdId {
    HouseholdId::new(UnixMillis::new(7), [1; 10])
}

pub(crate) fn member(name: &str) -> Member {
    Member { name: name.to_owned(), relation: Some(Relation::Head), residence: Some(Residence::Present) }
}

pub(crate) fn mark(seconds: i64, outcome: Outcome) -> VisitMark {
    VisitMark { at: at(seconds), outcome }
}

pub(crate) fn household() -> Household {
    Household {
        id: household_id(),
        grid: grid(),
        building: building(),
        place: Place {
            compound: "海棠花园".to_owned(),
            building: "1栋".to_owned(),
            unit: "1单元".to_owned(),
            room: "402".to_owned(),
        },
        house_status: Some(HouseStatus::Rented),
        visit_class: Some(VisitClass::B),
        contact_name: "赵一".to_owned(),
        needs: [(NeedCode::Medical, NeedState::Open)].into(),
        members: [(member_id(1), member("赵一"))].into(),
        pairs: [].into(),
        last_visit: Some(mark(-86_400, Outcome::Met)),
        attempts: [(visit_id(1), mark(-90_000, Outcome::Absent))].into(),
        first_due: None,
        note: "二楼有狗".to_owned(),
    }
}

pub(crate) fn particulars() -> Particulars {
    let person = PersonParticulars {
        id_no: "990101199001010000".to_owned(),
        tels: ["99900000001".to_owned()].into(),
        sex: Some(Sex::Female),
        birth_month: "1990-01".to_owned(),
        population_type: Some(PopulationType::Registered),
        care_tags: [CareTag::LivesAlone].into(),
        work_or_school: "示例学校".to_owned(),
        health_note: String::new(),
        remark: "午后在家".to_owned(),
    };
    Particulars {
        household: household_id(),
        grid: grid(),
        members: [(member_id(1), person)].into(),
        consent: Some(Consent {
            state: ConsentState::Given,
            version: "1".to_owned(),
            by: wang(0).account,
            at: at(-100),
        }),
    }
}

pub(crate) fn visit() -> Visit {
    Visit {
        id: visit_id(2),
        household: household_id(),
        grid: grid(),
        building: building(),
        by: wang(0).account,
        role: Role::GridWorker,
        at_start: at(-60),
        at_end: at(0),
        clock_correction_ms: 0,
        channel: Some(Channel::Home),
        outcome: Outcome::Met,
        template: "three-inquiries@1".to_owned(),
        answers: [
            ("safety".to_owned(), Answer::Tri(Tri::Yes)),
            ("needs".to_owned(), Answer::Many(["02".to_owned(), "06".to_owned()].into())),
            ("persons".to_owned(), Answer::Number(3)),
        ]
        .into(),
        improvements: [(
            note_id(1),
            Improvement { field: "contact_name".to_owned(), from: "赵一".to_owned(), to: "赵二".to_owned() },
        )]
        .into(),
        advice: [Advice::FireSafety].into(),
        leaflets: 2,
        incidents: [IncidentId::new(UnixMillis::new(8), [1; 10])].into(),
        follow_up: Some(FollowUp { text: "下周带表格".to_owned(), date: None }),
        note: "一切都好".to_owned(),
        amendments: [(note_id(2), Amendment { by: wang(0).account, at: at(1), text: "是二单元".to_owned() })].into(),
    }
}

pub(crate) fn transition(seconds: i64) -> Transition {
    Transition {
        kind: TransitionKind::Submit,
        by: wang(0).account,
        role: Role::GridWorker,
        org: None,
        at_device: at(seconds),
        round: 0,
        payload: Payload::default(),
    }
}

pub(crate) fn note(text: &str) -> Note {
    Note { by: wang(0).account, at: at(0), text: text.to_owned() }
}

pub(crate) fn incident() -> Incident {
    Incident {
        id: IncidentId::new(UnixMillis::new(8), [1; 10]),
        category: "03002".to_owned(),
        priority: Some(Priority::Normal),
        title: "楼道堆物".to_owned(),
        text: "三楼楼道堆放纸箱".to_owned(),
        happened_at: at(-120),
        reported_at: at(0),
        source: Source::Visit,
        grid: grid(),
        building: Some(building()),
        household: Some(household_id()),
        visit: Some(visit_id(2)),
        address_text: "1栋1单元三楼".to_owned(),
        by: wang(0).account,
        role: Role::GridWorker,
        self_handled: Some(SelfHandled { before: "纸箱".to_owned(), after: "已清走".to_owned() }),
        point: None,
        human_no: None,
        transitions: [(transition_id(1), transition(0))].into(),
        decisions: [].into(),
        notes: [(note_id(3), note("已拍照"))].into(),
    }
}

/// The record as a person's phone reads it.
pub(crate) fn read<R: Record>(document: &RecordDocument) -> Reading<R> {
    document.read().expect("a readable record")
}

/// An edit made with a closure on the record as it stands.
pub(crate) fn edit<R: Record>(
    document: &mut RecordDocument,
    author: &Author,
    change: impl FnOnce(&mut R),
) -> Option<RawChange> {
    let mut record = read::<R>(document).record;
    change(&mut record);
    document.edit(&record, author).expect("an edit")
}

/// Everything that `from` has and `to` lacks is delivered.
pub(crate) fn deliver(from: &RecordDocument, to: &mut RecordDocument) {
    let changes = from.changes_since(&to.heads());
    let bytes: Vec<&[u8]> = changes.iter().map(|change| change.bytes.as_slice()).collect();
    let applied = to.apply(&bytes).expect("honest changes");
    assert_eq!(applied.missing, []);
}
