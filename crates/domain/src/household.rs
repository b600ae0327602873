//! The household card (住户卡): what a building lead may see.
//!
//! Two edits of one field at once keep both values and make a conflict card; needs and members are keyed entries of
//! which being there wins; `last_visit` is a summary of which the later wins; attempts are facts, united.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::area::{BuildingCode, GridCode};
use crate::codes::{HouseStatus, NeedCode, NeedState, Outcome, Relation, Residence, VisitClass};
use crate::flat::MergeRule;
use crate::id::{HouseholdId, MemberId, RecordId, VisitId};
use crate::member_pair::{MemberPair, PairMark, Person};
use crate::record::{Breach, Kind, Problem, Record, check_length};
use crate::time::{LocalDate, UnixMillis};

/// One dwelling and who lives there, without anything that a building lead may not see.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Household {
    /// Made by whoever first wrote the household down.
    pub id: HouseholdId,
    /// The grid it belongs to.
    pub grid: GridCode,
    /// The building it stands in.
    pub building: BuildingCode,
    /// Where the door is.
    pub place: Place,
    /// How the dwelling is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub house_status: Option<HouseStatus>,
    /// How often it is visited; set by the office. Absent means class C.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit_class: Option<VisitClass>,
    /// Whom to ask for: a name, at most 40 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub contact_name: String,
    /// Needs that were said, by code, with their state.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub needs: BTreeMap<NeedCode, NeedState>,
    /// Who lives here.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub members: BTreeMap<MemberId, Member>,
    /// What was said of entries that may be one person; of one pair the later word wins.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pairs: BTreeMap<MemberPair, PairMark>,
    /// The latest completed visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_visit: Option<VisitMark>,
    /// Attempts that did not complete a visit, by visit. Those before `last_visit` are history.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attempts: BTreeMap<VisitId, VisitMark>,
    /// When the first visit is due, for a household that has none yet; set by the import.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_due: Option<LocalDate>,
    /// Free remark, at most 500 characters. Seen by building leads: nothing sensitive.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Where the door is, as the office writes it: `海棠花园 1栋 1单元 402`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Place {
    /// Compound or street (小区/街巷).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub compound: String,
    /// Building (楼栋), e.g. `1栋`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub building: String,
    /// Stairwell (单元), e.g. `1单元`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Room (室), e.g. `402`. Never empty in a saved household.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub room: String,
}

impl Place {
    /// The door within its compound: `1栋1单元402`.
    #[must_use]
    pub fn door(&self) -> String {
        format!("{}{}{}", self.building, self.unit, self.room)
    }

    /// The whole address text: `海棠花园1栋1单元402`.
    #[must_use]
    pub fn full(&self) -> String {
        format!("{}{}", self.compound, self.door())
    }
}

/// One person of a household, as the card shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Name, at most 40 characters.
    pub name: String,
    /// Relation to the head.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<Relation>,
    /// Whether they live here now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residence: Option<Residence>,
}

/// When a visit took place and how it ended, as one text that sorts by time: `0001795363200000|met`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VisitMark {
    /// When it began, by the visitor's device as the server's clock corrects it.
    pub at: UnixMillis,
    /// How it ended.
    pub outcome: Outcome,
}

impl From<VisitMark> for String {
    fn from(mark: VisitMark) -> Self {
        use crate::codes::CodeList as _;
        format!("{:016}|{}", mark.at.as_i64().max(0), mark.outcome.code())
    }
}

/// A text that is not a visit mark.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a visit mark (sixteen digits, a bar, an outcome)")]
pub struct InvalidVisitMark;

impl TryFrom<String> for VisitMark {
    type Error = InvalidVisitMark;

    fn try_from(text: String) -> Result<Self, InvalidVisitMark> {
        use crate::codes::CodeList as _;
        let (ms, outcome) = text.split_once('|').ok_or(InvalidVisitMark)?;
        let ms = ms.parse().map_err(|_| InvalidVisitMark)?;
        Ok(Self { at: UnixMillis::new(ms), outcome: Outcome::from_code(outcome) })
    }
}

/// Most characters in a name.
pub const NAME_LIMIT: usize = 40;
/// Most characters in a household's note.
pub const NOTE_LIMIT: usize = 500;
/// Most pairs of which something was said.
pub const PAIR_LIMIT: usize = 200;
/// Most members that are written down in one household. Lists bring larger ones (dormitories); those take every edit
/// that does not add to them.
pub const MEMBER_LIMIT: usize = 60;

impl Household {
    /// The visit class that counts: C unless the office set another.
    #[must_use]
    pub fn class(&self) -> VisitClass {
        self.visit_class.unwrap_or(VisitClass::C)
    }

    /// Attempts since the last completed visit.
    #[must_use]
    pub fn open_attempts(&self) -> usize {
        let since = self.last_visit.map_or(UnixMillis::new(0), |mark| mark.at);
        self.attempts.values().filter(|mark| mark.at > since).count()
    }

    /// The household without marks of visits that claim to be later than `horizon`: a wrong clock wrote them.
    #[must_use]
    pub fn without_marks_after(&self, horizon: UnixMillis) -> Cow<'_, Self> {
        let is_late = |mark: &VisitMark| mark.at > horizon;
        if !self.last_visit.as_ref().is_some_and(is_late) && !self.attempts.values().any(is_late) {
            return Cow::Borrowed(self);
        }
        let mut counted = self.clone();
        counted.last_visit = counted.last_visit.filter(|mark| !is_late(mark));
        counted.attempts.retain(|_, mark| !is_late(mark));
        Cow::Owned(counted)
    }

    /// People who have not moved out or died, head first, then by relation and age of the entry.
    #[must_use]
    pub fn current_members(&self) -> Vec<Person> {
        let mut people: Vec<_> = self.people().into_iter().filter(|person| !person.has_left()).collect();
        people.sort_by_key(|person| (person.member.relation.unwrap_or(Relation::Unknown), person.id));
        people
    }
}

impl Record for Household {
    const KIND: Kind = Kind::Household;

    fn record_id(&self) -> RecordId {
        self.id.into()
    }

    fn grid(&self) -> &GridCode {
        &self.grid
    }

    fn merge_rule(path: &str) -> MergeRule {
        match path.split('.').next().unwrap_or_default() {
            "last_visit" | "pairs" => MergeRule::Latest,
            "id" | "attempts" => MergeRule::Fact,
            _ => MergeRule::Choose,
        }
    }

    fn find_breaches(&self) -> Vec<Breach> {
        let mut breaches = Vec::new();
        if self.place.room.trim().is_empty() {
            breaches.push(Breach::new("place.room", Problem::Missing));
        }
        if self.building.grid() != self.grid {
            breaches.push(Breach::new("building", Problem::Invalid));
        }
        check_length(&mut breaches, "contact_name", &self.contact_name, NAME_LIMIT);
        check_length(&mut breaches, "note", &self.note, NOTE_LIMIT);
        if self.members.len() > MEMBER_LIMIT {
            breaches.push(Breach::new("members", Problem::TooMany { limit: MEMBER_LIMIT, found: self.members.len() }));
        }
        if self.pairs.len() > PAIR_LIMIT {
            breaches.push(Breach::new("pairs", Problem::TooMany { limit: PAIR_LIMIT, found: self.pairs.len() }));
        }
        for (id, member) in &self.members {
            let field = format!("members.{id}.name");
            if member.name.trim().is_empty() {
                breaches.push(Breach::new(field, Problem::Missing));
            } else {
                check_length(&mut breaches, &field, &member.name, NAME_LIMIT);
            }
        }
        breaches
    }
}
