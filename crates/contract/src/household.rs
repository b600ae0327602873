//! One household, one file (一户一档).

use domain::codes::{HouseStatus, NeedCode, NeedState, Relation, Residence};
use domain::flat::Scalar;
use domain::{HouseholdId, MemberId, MemberPair, Role, UnixMillis};
use serde::{Deserialize, Serialize};

use crate::{HouseholdRow, IncidentRow, VisitRow};

/// Asks for one household's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetHousehold {
    /// Which.
    pub id: HouseholdId,
}

/// One household's file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HouseholdView {
    /// As in the list.
    pub row: HouseholdRow,
    /// Days between two visits of its class.
    pub interval_days: u32,
    /// Remark on the card.
    pub note: String,
    /// Fields with two entries.
    pub conflicts: Vec<ConflictView>,
    /// Who lives here; those who left come last.
    pub members: Vec<MemberView>,
    /// Needs that were said.
    pub needs: Vec<NeedView>,
    /// The latest visits, at most five.
    pub visits: Vec<VisitRow>,
    /// Visits on this phone in all.
    pub visit_count: u64,
    /// Pairs of members who may be one person written down twice.
    #[serde(default)]
    pub possible_pairs: Vec<MemberPair>,
    /// Incidents of this household.
    pub incidents: Vec<IncidentRow>,
    /// This account may see particulars (masked until revealed).
    pub has_particulars: bool,
    /// This account may edit the card.
    pub can_edit: bool,
    /// When the server last vouched for what is shown.
    pub verified_at: Option<UnixMillis>,
}

/// One person of a household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberView {
    /// The person.
    pub id: MemberId,
    /// Name.
    pub name: String,
    /// Relation to the head.
    pub relation: Option<Relation>,
    /// Where they are now.
    pub residence: Option<Residence>,
    /// First phone number, masked; none where the account may not see it.
    pub tel_masked: Option<String>,
    /// Identity number, masked; none where the account may not see it.
    pub id_no_masked: Option<String>,
    /// Other entries of the same person, oldest first, with the names they were written down under.
    #[serde(default)]
    pub aliases: Vec<(MemberId, String)>,
}

/// A need that was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeedView {
    /// Which.
    pub code: NeedCode,
    /// How far it is met.
    pub state: NeedState,
}

/// A field that two people changed without knowing of each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConflictView {
    /// Path of the field in the household's flat form; worded under `field-<first and last segment>`.
    pub field: String,
    /// Whose name the field holds, if it is a member's.
    pub member: Option<String>,
    /// The entries, newest first; the first is what is shown.
    pub candidates: Vec<CandidateView>,
}

/// One of several entries of a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CandidateView {
    /// The value as stored.
    pub value: Scalar,
    /// Who wrote it, if known on this phone.
    pub by: Option<String>,
    /// In which role.
    pub role: Option<Role>,
    /// When, by their device's clock.
    pub at: UnixMillis,
    /// This one is shown now.
    pub is_shown: bool,
}

/// Settles a conflict. An ordinary edit: the other entry stays in the history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChooseValue {
    /// The household.
    pub household: HouseholdId,
    /// The field.
    pub field: String,
    /// The entry to keep.
    pub value: Scalar,
}

/// Changes the card of a household. All edits of one request are saved together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EditHousehold {
    /// The household.
    pub id: HouseholdId,
    /// What to change.
    pub edits: Vec<HouseholdEdit>,
}

/// One change of a card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum HouseholdEdit {
    /// Whom to ask for.
    ContactName {
        /// At most 40 characters.
        name: String,
    },
    /// How the dwelling is used.
    HouseStatus {
        /// New status.
        status: HouseStatus,
    },
    /// Remark on the card.
    Note {
        /// At most 500 characters.
        note: String,
    },
    /// A need and its state.
    Need {
        /// Which.
        code: NeedCode,
        /// New state.
        state: NeedState,
    },
    /// Someone new.
    AddMember(AddMember),
    /// Someone's name, relation or whereabouts.
    Member {
        /// Who.
        id: MemberId,
        /// Name.
        name: String,
        /// Relation to the head.
        relation: Option<Relation>,
        /// Where they are now.
        residence: Option<Residence>,
    },
    /// Someone's numbers; saved to the particulars. Only where the account may see them.
    Numbers {
        /// Who.
        id: MemberId,
        /// Phone numbers that are new.
        #[serde(default)]
        add_tels: Vec<String>,
        /// Phone numbers that are wrong, as they are stored.
        #[serde(default)]
        remove_tels: Vec<String>,
        /// The identity number; none: unchanged, empty: removed.
        #[serde(default)]
        id_no: Option<String>,
    },
    /// Two entries are one person, or they are two. Nothing is removed: both entries stay in the history.
    Pair {
        /// The entries.
        pair: MemberPair,
        /// One person.
        is_same: bool,
    },
}

/// Someone new in a household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddMember {
    /// Name, at most 40 characters.
    pub name: String,
    /// Relation to the head.
    #[serde(default)]
    pub relation: Option<Relation>,
    /// Where they are now.
    #[serde(default)]
    pub residence: Option<Residence>,
    /// Phone number, digits; saved to the particulars, ignored where the account may not see those.
    #[serde(default)]
    pub tel: String,
    /// Identity number; the same.
    #[serde(default)]
    pub id_no: String,
}

/// Shows what is masked. A logged act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevealParticulars {
    /// The household.
    pub household: HouseholdId,
}

/// What was masked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevealedMember {
    /// The person.
    pub id: MemberId,
    /// Phone numbers.
    pub tels: Vec<String>,
    /// Identity number; empty if none is kept.
    pub id_no: String,
    /// The identity number's check digit fits.
    pub is_id_valid: bool,
}
