//! One record of each kind with every field filled, for tests that must see every path.

use jiff::civil::date;

use super::{TODAY, account, bare_household, bare_particulars, incident_by, noon, visit_on};
use crate::account::Role;
use crate::codes::{
    Advice, CareTag, Channel, HouseStatus, NeedCode, NeedState, Outcome, PopulationType, Priority, Relation, Residence,
    Sex, VisitClass,
};
use crate::household::{Household, Member, VisitMark};
use crate::id::{IncidentId, MemberId, NoteId, TransitionId, VisitId};
use crate::incident::{Incident, Note, SelfHandled};
use crate::member_pair::{MemberPair, PairMark};
use crate::particulars::{Consent, ConsentState, Particulars, PersonParticulars};
use crate::visit::{Amendment, Answer, FollowUp, Improvement, Tri, Visit};
use crate::workflow::{Payload, Transition, TransitionKind};

fn member() -> MemberId {
    MemberId::new(noon(TODAY), [3; 10])
}

fn note() -> NoteId {
    NoteId::new(noon(TODAY), [4; 10])
}

/// A household card.
pub(crate) fn household() -> Household {
    let person =
        Member { name: "王秀兰".into(), relation: Some(Relation::Head), residence: Some(Residence::Present) };
    Household {
        house_status: Some(HouseStatus::OwnerOccupied),
        visit_class: Some(VisitClass::A),
        contact_name: "王秀兰".into(),
        needs: [(NeedCode::Medical, NeedState::Open)].into(),
        members: [(member(), person)].into(),
        pairs: MemberPair::new(member(), MemberId::new(noon(TODAY), [9; 10]))
            .map(|pair| (pair, PairMark { at: noon(TODAY), is_same: true }))
            .into_iter()
            .collect(),
        last_visit: Some(VisitMark { at: noon(date(2026, 6, 12)), outcome: Outcome::Met }),
        attempts: [(VisitId::new(noon(TODAY), [5; 10]), VisitMark { at: noon(TODAY), outcome: Outcome::Absent })]
            .into(),
        first_due: Some(date(2026, 1, 1)),
        note: "下午在家".into(),
        ..bare_household()
    }
}

/// Particulars.
pub(crate) fn particulars() -> Particulars {
    let person = PersonParticulars {
        id_no: "990101198506120024".into(),
        tels: ["19900000001".to_owned()].into(),
        sex: Some(Sex::Female),
        birth_month: "1985-06".into(),
        population_type: Some(PopulationType::Registered),
        care_tags: [CareTag::LivesAlone].into(),
        work_or_school: "海棠小学".into(),
        health_note: "听力不好".into(),
        remark: "有备用钥匙".into(),
    };
    let consent = Consent { state: ConsentState::Given, version: "3".into(), by: account(1), at: noon(TODAY) };
    Particulars { members: [(member(), person)].into(), consent: Some(consent), ..bare_particulars() }
}

/// A visit.
pub(crate) fn visit() -> Visit {
    Visit {
        clock_correction_ms: -240_000,
        channel: Some(Channel::Home),
        template: "three-inquiries-peacetime@1".into(),
        answers: [("needs_care".to_owned(), Answer::Tri(Tri::No))].into(),
        improvements: [(
            note(),
            Improvement { field: "contact_name".into(), from: "王秀兰".into(), to: "李建国".into() },
        )]
        .into(),
        advice: [Advice::AntiFraud].into(),
        leaflets: 2,
        incidents: [IncidentId::new(noon(TODAY), [6; 10])].into(),
        follow_up: Some(FollowUp { text: "下周送药".into(), date: Some(date(2026, 11, 30)) }),
        note: "一切都好".into(),
        amendments: [(note(), Amendment { by: account(1), at: noon(TODAY), text: "日期有误".into() })].into(),
        ..visit_on(1, TODAY, Outcome::Met)
    }
}

/// An incident.
pub(crate) fn incident() -> Incident {
    let submitted = Transition {
        kind: TransitionKind::Submit,
        by: account(1),
        role: Role::GridWorker,
        org: None,
        at_device: noon(TODAY),
        round: 0,
        payload: Payload::default(),
    };
    Incident {
        priority: Some(Priority::Normal),
        title: "飞线充电".into(),
        text: "一楼窗口拉线充电".into(),
        household: Some(bare_household().id),
        visit: Some(VisitId::new(noon(TODAY), [1; 10])),
        address_text: "海棠花园1栋1单元402".into(),
        self_handled: Some(SelfHandled { before: "窗口拉线".into(), after: "已劝导收线".into() }),
        transitions: [(TransitionId::new(noon(TODAY), [7; 10]), submitted)].into(),
        notes: [(note(), Note { by: account(1), at: noon(TODAY), text: "已回看".into() })].into(),
        ..incident_by(1)
    }
}
