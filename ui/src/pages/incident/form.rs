//! What is typed into the form of a step, and what goes with the step then. Which fields a form has, and what it may
//! not lack, follows from the table of the workflow (`domain::workflow::table`); the words for what is missing are
//! the same as the server's for a step that did not take effect.

use std::collections::BTreeSet;

use contract::domain::codes::{BookingKind, CodeList as _, Satisfaction, SettlingWay};
use contract::domain::id::TransitionId;
use contract::domain::time::parse_day;
use contract::domain::workflow::{Booking, JOINT_LIMIT, Need, Payload, Refusal, TransitionKind as Kind, find_rule};
use contract::domain::{AccountId, IncidentId, OrgCode, UnixMillis};
use contract::{IncidentView, ServiceView};

const HOUR_MS: i64 = 3_600_000;
const MINUTE_MS: i64 = 60_000;

/// Which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FormKind {
    /// A step's.
    Step(Kind),
    /// 补充情况
    Note,
}

impl FormKind {
    /// The step; none: a note.
    pub(super) const fn step(self) -> Option<Kind> {
        match self {
            Self::Step(kind) => Some(kind),
            Self::Note => None,
        }
    }
}

/// How a form treats its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    /// There have to be some.
    Required,
    /// There may be some.
    Optional,
}

/// When something is due, as it is chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Due {
    /// As the class of the incident says, or as it was asked for.
    #[default]
    Usual,
    /// One of the moments offered.
    At(UnixMillis),
    /// Typed: the value of a date and time field.
    Typed(String),
}

/// What is typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Form {
    pub(super) text: String,
    pub(super) org: Option<OrgCode>,
    pub(super) person: Option<AccountId>,
    pub(super) due: Due,
    pub(super) joint: BTreeSet<OrgCode>,
    pub(super) passes: Option<bool>,
    pub(super) satisfaction: Option<Satisfaction>,
    pub(super) way: Option<SettlingWay>,
    pub(super) other: Option<IncidentId>,
    pub(super) booking: Option<BookingKind>,
    pub(super) place: String,
    /// The value of a date and time field.
    pub(super) at: String,
    pub(super) service: Option<String>,
}

/// What was typed or chosen.
pub(crate) enum Edit {
    /// The words.
    Text(String),
    /// The organisation.
    Org(OrgCode),
    /// A person of that organisation, as the select names them.
    Person(String),
    /// One of the limits offered, as the select names it.
    Due(String),
    /// A limit of one's own.
    DueAt(String),
    /// Another organisation, to help or no longer.
    Joint(OrgCode),
    /// Verified or not.
    Passes(bool),
    /// What the resident said.
    Satisfaction(Satisfaction),
    /// How it was settled.
    Way(SettlingWay),
    /// The incident that is kept.
    Other(IncidentId),
    /// What kind of appointment.
    Booking(BookingKind),
    /// Where.
    Place(String),
    /// When.
    At(String),
    /// An entry of the service directory.
    Service(Option<ServiceView>),
}

/// What the select calls a limit of one's own.
pub(super) const OWN_LIMIT: &str = "own";

impl Form {
    /// The form as it is opened the first time: what was typed before, or what is most likely is chosen.
    pub(super) fn new(kind: FormKind, view: &IncidentView) -> Self {
        if let Some(draft) = view.drafts.iter().find(|draft| draft.kind == kind.step()) {
            return super::kept::read_draft(draft.payload.clone());
        }
        let suggested = view.choices.orgs.first().filter(|org| org.is_suggested || view.choices.orgs.len() == 1);
        Self {
            org: suggested.filter(|_| kind == FormKind::Step(Kind::Dispatch)).map(|org| org.code.clone()),
            other: view.like.first().map(|like| like.id),
            ..Self::default()
        }
    }

    /// Takes what was typed.
    pub(super) fn apply(&mut self, edit: Edit) {
        match edit {
            Edit::Text(text) => self.text = text,
            Edit::Org(org) => {
                self.joint.remove(&org);
                self.org = Some(org);
                self.person = None;
            }
            Edit::Person(code) => self.person = code.parse().ok(),
            Edit::Due(code) => {
                self.due = match code.parse() {
                    Ok(ms) => Due::At(UnixMillis::new(ms)),
                    Err(_) if code == OWN_LIMIT => Due::Typed(String::new()),
                    Err(_) => Due::Usual,
                }
            }
            Edit::DueAt(text) => self.due = Due::Typed(text),
            Edit::Joint(org) => {
                if !self.joint.remove(&org) && self.joint.len() < JOINT_LIMIT {
                    self.joint.insert(org);
                }
            }
            Edit::Passes(passes) => self.passes = Some(passes),
            Edit::Satisfaction(answer) => self.satisfaction = Some(answer),
            Edit::Way(way) => self.way = (way != SettlingWay::Unknown).then_some(way),
            Edit::Other(other) => self.other = Some(other),
            Edit::Booking(kind) => {
                self.booking = Some(kind);
                self.service = None;
            }
            Edit::Place(place) => self.place = place,
            Edit::At(at) => self.at = at,
            Edit::Service(service) => {
                self.service = service.as_ref().map(|service| service.id.clone());
                if let Some(service) = service.filter(|service| !service.address.is_empty()) {
                    self.place = service.address;
                }
            }
        }
    }

    /// Whether something was typed that must not be lost.
    pub(super) fn has_words(&self) -> bool {
        !self.text.is_empty()
            || !self.place.is_empty()
            || !self.joint.is_empty()
            || self.due != Due::Usual
            || self.person.is_some()
    }

    /// What goes with the step, or what is missing.
    pub(super) fn check(&self, kind: Kind, view: &IncidentView, now: UnixMillis) -> Result<Payload, Refusal> {
        let mut payload = Payload { text: self.text.trim().to_owned(), way: self.way, ..Payload::default() };
        if text_of(FormKind::Step(kind)) == Text::Required && payload.text.is_empty() {
            return Err(Refusal::TextMissing);
        }
        for need in find_rule(kind).map(|rule| rule.needs).unwrap_or_default() {
            match need {
                Need::TargetOrg => {
                    payload.to_org = Some(self.org.clone().ok_or(Refusal::TargetMissing)?);
                    payload.to_person = self.person;
                    payload.joint = self.joint.clone();
                }
                Need::SoundLimit => payload.due_at = self.due(now)?,
                Need::ExtensionAsked => {
                    payload.due_at = self.due(now)?;
                    payload.of = find_asked(view, Kind::AskExtension);
                }
                Need::RefusalAsked => payload.of = find_asked(view, Kind::AskRefusal),
                Need::Extension => {
                    let until = self.due(now)?.or(view.choices.latest_extension);
                    payload.due_at = Some(until.ok_or(Refusal::BadLimit)?);
                }
                Need::ForeignVerdict => {
                    payload.passes = Some(self.passes.ok_or(Refusal::AnswerMissing)?);
                    if payload.passes == Some(false) && payload.text.is_empty() {
                        return Err(Refusal::TextMissing);
                    }
                }
                Need::Answer => payload.satisfaction = Some(self.satisfaction.ok_or(Refusal::AnswerMissing)?),
                Need::OtherIncident => {
                    // One that was merged or ended meanwhile is on offer no more.
                    let other = self.other.filter(|other| view.like.iter().any(|like| like.id == *other));
                    payload.duplicate_of = Some(other.ok_or(Refusal::TargetMissing)?);
                }
                Need::Joint if self.joint.is_empty() => return Err(Refusal::TargetMissing),
                Need::Joint => payload.joint = self.joint.clone(),
                Need::Booking => payload.booking = Some(self.booking(now)?),
                Need::ProposedBooking => payload.of = view.appointment.as_ref().map(|appointment| appointment.step),
                _ => {}
            }
        }
        Ok(payload)
    }

    fn due(&self, now: UnixMillis) -> Result<Option<UnixMillis>, Refusal> {
        let due = match &self.due {
            Due::Usual => return Ok(None),
            Due::At(at) => Some(*at),
            Due::Typed(text) => read_moment(text),
        };
        due.filter(|at| *at > now).map(Some).ok_or(Refusal::BadLimit)
    }

    fn booking(&self, now: UnixMillis) -> Result<Booking, Refusal> {
        let kind = self.booking.ok_or(Refusal::AnswerMissing)?;
        let at = read_moment(&self.at).filter(|at| *at > now).ok_or(Refusal::BadLimit)?;
        let place = self.place.trim().to_owned();
        if place.is_empty() {
            return Err(Refusal::TargetMissing);
        }
        Ok(Booking { kind, place, at, service: self.service.clone() })
    }
}

/// The request that is answered.
fn find_asked(view: &IncidentView, kind: Kind) -> Option<TransitionId> {
    view.asked.as_ref().filter(|asked| asked.kind == kind).map(|asked| asked.step)
}

/// How a form treats its words.
pub(super) fn text_of(kind: FormKind) -> Text {
    let FormKind::Step(kind) = kind else { return Text::Required };
    let needs = find_rule(kind).map(|rule| rule.needs).unwrap_or_default();
    if needs.contains(&Need::Text) || matches!(kind, Kind::SelfHandle | Kind::AskExtension) {
        Text::Required
    } else {
        Text::Optional
    }
}

/// Whether a step is taken with one tap: nothing goes with it.
pub(super) const fn is_immediate(kind: Kind) -> bool {
    matches!(kind, Kind::Accept | Kind::Start | Kind::ConfirmBooking)
}

/// Moments to choose as a limit: the ends of office hours of the next days.
pub(super) fn preset_limits(now: UnixMillis) -> Vec<UnixMillis> {
    let end_of = |days: i32| {
        let date = contract::domain::time::add_days(now.local_date(), days);
        UnixMillis::start_of(date).plus_ms(17 * HOUR_MS + 30 * MINUTE_MS)
    };
    [0, 1, 3, 7].map(end_of).into_iter().filter(|at| *at > now).collect()
}

/// Reads the value of a date and time field: `2026-07-14T17:30`.
pub(super) fn read_moment(text: &str) -> Option<UnixMillis> {
    let (date, time) = text.split_once('T')?;
    let date = parse_day(date)?;
    let mut parts = time.split(':');
    let hours: i64 = parts.next()?.parse().ok()?;
    let minutes: i64 = parts.next()?.parse().ok()?;
    let is_time = (0..24).contains(&hours) && (0..60).contains(&minutes);
    is_time.then(|| UnixMillis::start_of(date).plus_ms(hours * HOUR_MS + minutes * MINUTE_MS))
}

/// A code out of a list, by its value in a form.
pub(super) fn read_way(code: &str) -> SettlingWay {
    SettlingWay::from_code(code)
}
