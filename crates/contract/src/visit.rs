//! 记录走访: outcome, 无变化, submit — three taps. Everything typed is a draft row at once.

use std::collections::{BTreeMap, BTreeSet};

use domain::checklist::Template;
use domain::codes::{Advice, Channel, HouseStatus, Outcome};
use domain::id::DraftId;
use domain::visit::{Answer, FollowUp, Improvement};
use domain::{HouseholdId, IncidentId, MemberId, Role, UnixMillis, VisitId};
use serde::{Deserialize, Serialize};

use crate::{AddMember, HouseholdRow, MemberView, RecordState};

/// Opens the form for a household: the draft that was begun, or a new one, which is written when the first thing is
/// typed into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenVisitForm {
    /// The household.
    pub household: HouseholdId,
    /// This draft of it; none, or one that is not there any more: the latest.
    #[serde(default)]
    pub draft: Option<DraftId>,
}

/// The form as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VisitFormView {
    /// The draft.
    pub draft: DraftId,
    /// The household as in the list.
    pub household: HouseholdRow,
    /// Who lives there.
    pub members: Vec<MemberView>,
    /// The checklist in the version this form began with.
    pub template: Template,
    /// What was typed so far.
    pub form: VisitForm,
    /// Answers of the last visit with this checklist, for 无变化.
    pub last_answers: BTreeMap<String, Answer>,
    /// When that visit was.
    pub last_at: Option<UnixMillis>,
    /// Consent to sensitive questions was given and not withdrawn.
    pub has_consent: bool,
    /// The draft was found again, not begun now.
    pub is_resumed: bool,
}

/// What a worker types into the form.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct VisitForm {
    /// The household it is about, as the form was opened with it: what is typed finds its place without anything else.
    #[serde(default)]
    pub household: Option<HouseholdId>,
    /// The visit that the remark corrects ([`AmendVisit`]); none: the form of a new visit.
    #[serde(default)]
    pub amends: Option<VisitId>,
    /// How it ended; needed to submit.
    #[serde(default)]
    pub outcome: Option<Outcome>,
    /// Where it took place.
    #[serde(default)]
    pub channel: Option<Channel>,
    /// Answers by question.
    #[serde(default)]
    pub answers: BTreeMap<String, Answer>,
    /// Consent to sensitive questions was given at the door now.
    #[serde(default)]
    pub consent_given: bool,
    /// A new contact name, if it changed.
    #[serde(default)]
    pub contact_name: Option<String>,
    /// A new house status, if it changed.
    #[serde(default)]
    pub house_status: Option<HouseStatus>,
    /// People who moved in.
    #[serde(default)]
    pub new_members: Vec<AddMember>,
    /// People who left.
    #[serde(default)]
    pub left_members: BTreeSet<MemberId>,
    /// Ticked hazards and disputes that become incidents at submit: `<question>.<option>` (e.g. `hazards.03002`; the
    /// question alone for the yes of a tri-state) → words to add.
    #[serde(default)]
    pub incidents: BTreeMap<String, String>,
    /// What was explained.
    #[serde(default)]
    pub advice: BTreeSet<Advice>,
    /// Leaflets handed out.
    #[serde(default)]
    pub leaflets: u32,
    /// A promise.
    #[serde(default)]
    pub follow_up: Option<FollowUp>,
    /// Remark.
    #[serde(default)]
    pub note: String,
}

impl VisitForm {
    /// Whether nothing stands in it: no text, no tick, no result. Such a form leaves no draft.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self {
            household: _,
            amends: _,
            outcome,
            channel,
            answers,
            consent_given,
            contact_name,
            house_status,
            new_members,
            left_members,
            incidents,
            advice,
            leaflets,
            follow_up,
            note,
        } = self;
        let says_nothing = |answer: &Answer| match answer {
            Answer::Many(codes) => codes.is_empty(),
            Answer::Text(text) => text.trim().is_empty(),
            Answer::Tri(_) | Answer::One(_) | Answer::Number(_) | Answer::Date(_) | Answer::Unknown(_) => false,
        };
        let is_nobody =
            |member: &AddMember| [&member.name, &member.tel, &member.id_no].iter().all(|text| text.trim().is_empty());
        outcome.is_none()
            && channel.is_none()
            && answers.values().all(says_nothing)
            && !consent_given
            && contact_name.is_none()
            && house_status.is_none()
            && new_members.iter().all(is_nobody)
            && left_members.is_empty()
            && incidents.is_empty()
            && advice.is_empty()
            && *leaflets == 0
            && follow_up.as_ref().is_none_or(|promise| promise.text.trim().is_empty() && promise.date.is_none())
            && note.trim().is_empty()
    }
}

/// Saves what is typed so far. Called while typing; the form is found again after a kill. The first time makes the
/// draft, an empty form removes it ([`VisitForm::is_empty`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SaveVisitForm {
    /// The draft.
    pub draft: DraftId,
    /// All of the form.
    pub form: VisitForm,
}

/// The draft is on the phone's storage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftSaved {
    /// When.
    pub at: UnixMillis,
}

/// Makes the visit (and its incidents and changes to the household) in one transaction; the draft is gone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubmitVisit {
    /// The draft.
    pub draft: DraftId,
    /// All of the form, as shown at the tap.
    pub form: VisitForm,
}

/// What was made, and where it stands now: the receipt on the screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VisitReceipt {
    /// The visit.
    pub visit: VisitId,
    /// The household.
    pub household: HouseholdId,
    /// Its door.
    pub door: String,
    /// Incidents that grew out of it: id and category code.
    pub incidents: Vec<(IncidentId, String)>,
    /// When it was saved.
    pub at: UnixMillis,
    /// Where it stands with the server.
    pub state: RecordState,
    /// The next door due within the week that nobody has been to today: on the same stairwell from here upward, then
    /// what is below, then in the building, then by due day, this grid first. None: there is none.
    pub next: Option<HouseholdRow>,
}

/// Asks for the receipt of a visit as things stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetVisitReceipt {
    /// Which visit.
    pub visit: VisitId,
}

/// Asks for a household's visits, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListVisits {
    /// The household.
    pub household: HouseholdId,
    /// The last visit of the page before.
    #[serde(default)]
    pub after: Option<VisitId>,
}

/// One page of visits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VisitPage {
    /// Rows.
    pub rows: Vec<VisitRow>,
    /// There are more.
    pub has_more: bool,
}

/// One visit in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitRow {
    /// The visit.
    pub id: VisitId,
    /// When.
    pub at: UnixMillis,
    /// How it ended.
    pub outcome: Outcome,
    /// The visitor's name, if known on this phone.
    pub by: Option<String>,
    /// In which role.
    pub role: Role,
    /// First words of the remark or promise.
    pub summary: String,
    /// Incidents that grew out of it.
    pub incidents: u32,
    /// Changes it made to the card.
    pub improvements: u32,
    /// Where it stands with the server.
    pub state: RecordState,
}

/// Asks for one visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetVisit {
    /// Which.
    pub id: VisitId,
}

/// One visit, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VisitView {
    /// As in the list.
    pub row: VisitRow,
    /// The household.
    pub household: HouseholdId,
    /// Its door.
    pub door: String,
    /// The checklist, if this phone has that version.
    pub template: Option<Template>,
    /// Where it took place.
    pub channel: Option<Channel>,
    /// Answers.
    pub answers: BTreeMap<String, Answer>,
    /// What it changed.
    pub improvements: Vec<Improvement>,
    /// What was explained.
    pub advice: Vec<Advice>,
    /// Leaflets handed out.
    pub leaflets: u32,
    /// Promise.
    pub follow_up: Option<FollowUp>,
    /// Remark.
    pub note: String,
    /// Corrections and additions, oldest first.
    pub amendments: Vec<AmendmentView>,
    /// The form of another one; none: I may not write one.
    pub amending: Option<Amending>,
}

/// A correction of a visit, or an addition: what was written stays, this stands below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmendmentView {
    /// Who, if known on this phone.
    pub by: Option<String>,
    /// When.
    pub at: UnixMillis,
    /// What should be read instead or as well.
    pub text: String,
}

/// A correction that is being written. What is typed is saved by [`SaveVisitForm`] as the remark of a form that names
/// the visit ([`VisitForm::amends`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amending {
    /// The draft.
    pub draft: DraftId,
    /// What was typed so far.
    pub text: String,
    /// The draft was found again, not begun now.
    pub is_resumed: bool,
}

/// Appends a correction or an addition to a visit that was submitted; the draft is gone. Nobody changes it afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmendVisit {
    /// Which visit.
    pub visit: VisitId,
    /// The draft.
    pub draft: DraftId,
    /// The text, at most 2,000 characters.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_empty_when_nobody_said_anything_in_it() {
        let nobody =
            AddMember { name: " ".into(), relation: None, residence: None, tel: String::new(), id_no: String::new() };
        let blank = VisitForm {
            answers: [
                ("hazards".to_owned(), Answer::Many(BTreeSet::new())),
                ("note".to_owned(), Answer::Text(String::new())),
            ]
            .into(),
            new_members: vec![nobody.clone()],
            follow_up: Some(FollowUp { text: String::new(), date: None }),
            note: "\n".into(),
            ..VisitForm::default()
        };
        assert!(blank.is_empty());
        let ticked = [("hazards".to_owned(), Answer::Many(["03002".to_owned()].into()))];
        for typed in [
            VisitForm { outcome: Some(Outcome::Absent), ..blank.clone() },
            VisitForm { answers: ticked.into(), ..blank.clone() },
            VisitForm { new_members: vec![AddMember { tel: "19900000001".into(), ..nobody }], ..blank.clone() },
            VisitForm { contact_name: Some(String::new()), ..blank.clone() },
            VisitForm { note: "门铃坏了".into(), ..blank.clone() },
        ] {
            assert!(!typed.is_empty(), "{typed:?}");
        }
    }
}
