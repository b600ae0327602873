//! Particulars (住户隐私资料): phone and identity numbers, care tags, health notes, consent.
//!
//! A document of its own beside the household card, replicated to the grid's workers only. Its record id follows
//! from the household's id ([`HouseholdId::particulars`]), its members are keyed by the card's member ids.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::area::GridCode;
use crate::codes::{CareTag, PopulationType, Sex};
use crate::flat::{MergeRule, as_set};
use crate::id::{AccountId, HouseholdId, MemberId, RecordId};
use crate::record::{Breach, Kind, Problem, Record, check_length};
use crate::time::UnixMillis;

/// What only the grid's workers may see of a household.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Particulars {
    /// The household these belong to.
    pub household: HouseholdId,
    /// Its grid.
    pub grid: GridCode,
    /// By member of the card.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub members: BTreeMap<MemberId, PersonParticulars>,
    /// Consent to sensitive questions (PIPL 14–16, 29).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
}

/// What only the grid's workers may see of a person.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PersonParticulars {
    /// Identity number (GB 11643), 18 characters, lower-case x already upper. Kept as given when its check digit is
    /// wrong: the finding is reported, the worker decides. Masked on lists, sensitive.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id_no: String,
    /// Phone numbers, digits only. Masked on lists.
    #[serde(default, with = "as_set", skip_serializing_if = "BTreeSet::is_empty")]
    pub tels: BTreeSet<String>,
    /// Sex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// Year and month of birth, `YYYY-MM`; the full date only follows from an identity number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub birth_month: String,
    /// Population type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub population_type: Option<PopulationType>,
    /// Care tags. Sensitive; written with consent only.
    #[serde(default, with = "as_set", skip_serializing_if = "BTreeSet::is_empty")]
    pub care_tags: BTreeSet<CareTag>,
    /// Work or school, at most 100 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub work_or_school: String,
    /// Health note, at most 500 characters. Sensitive.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub health_note: String,
    /// The office's remark on this person, at most 500 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remark: String,
}

/// Consent to sensitive questions, as given or refused at the door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Given, refused or withdrawn.
    pub state: ConsentState,
    /// Version of the spoken notice.
    pub version: String,
    /// Who asked.
    pub by: AccountId,
    /// When, by the device's clock.
    pub at: UnixMillis,
}

/// The state of a consent. A refusal is remembered so that nobody asks again and again (NDSR 22).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentState {
    /// Given; may be withdrawn at any time.
    Given,
    /// Asked and refused.
    Refused,
    /// Given once, taken back.
    Withdrawn,
    /// Written by a newer app.
    #[serde(other)]
    Unknown,
}

/// Most phone numbers of one person.
pub const TEL_LIMIT: usize = 6;

impl Record for Particulars {
    const KIND: Kind = Kind::Particulars;

    fn record_id(&self) -> RecordId {
        self.household.particulars()
    }

    fn grid(&self) -> &GridCode {
        &self.grid
    }

    fn merge_rule(path: &str) -> MergeRule {
        let mut segments = path.split('.');
        match (segments.next(), segments.nth(1)) {
            (Some("household" | "grid"), _) => MergeRule::Fact,
            (Some("members"), Some("tels" | "care_tags")) => MergeRule::Present,
            _ => MergeRule::Choose,
        }
    }

    fn find_breaches(&self) -> Vec<Breach> {
        let mut breaches = Vec::new();
        for (id, person) in &self.members {
            let field = |name: &str| format!("members.{id}.{name}");
            check_length(&mut breaches, &field("id_no"), &person.id_no, 40);
            check_length(&mut breaches, &field("work_or_school"), &person.work_or_school, 100);
            check_length(&mut breaches, &field("health_note"), &person.health_note, 500);
            check_length(&mut breaches, &field("remark"), &person.remark, 500);
            if person.tels.len() > TEL_LIMIT {
                breaches
                    .push(Breach::new(field("tels"), Problem::TooMany { limit: TEL_LIMIT, found: person.tels.len() }));
            }
            let is_wrong = |tel: &&String| tel.is_empty() || !tel.bytes().all(|b| b.is_ascii_digit());
            for _ in person.tels.iter().filter(is_wrong) {
                breaches.push(Breach::new(field("tels"), Problem::Invalid));
            }
        }
        breaches
    }
}
