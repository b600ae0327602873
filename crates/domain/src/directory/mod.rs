//! The service directory (便民电话/服务指南): whom a resident can call or go to, and short guides, on every phone.
//!
//! Why. A worker at a door is asked for a doctor, a repair, a mediator; the answer must be there without a network.
//! Guides (购药指南, 互联网诊疗指引) are entries as well: a text and perhaps no number. Nine places of the health desk
//! (健康服务一键通) point at entries.
//!
//! Flow. The office publishes the list as reference data (key [`DIRECTORY`]); [`find_directory_mistakes`] names what
//! is wrong with it, [`with_presets`] puts the emergency numbers back that it left out. A phone reads it with
//! [`crate::reference::read_list`] and answers [`search_services`] and [`find_desk`].
//!
//! Failure. A kind that a newer office wrote reads as unknown and is still shown and called; an entry of another shape
//! is skipped, the others stay.
//!
//! Not done: opening hours are text, nobody computes whether a station is open.

mod check;
mod presets;
mod search;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::area::GridCode;
pub use crate::codes::BookingKind;
use crate::codes::code_list;
use crate::time::LocalDate;

pub use check::find_directory_mistakes;
pub use presets::{presets, with_presets};
pub use search::{find_desk, search_services};

/// Key of the service directory in reference data: [`Directory`] as JSON.
pub const DIRECTORY: &str = "directory";
/// Most characters of a guide.
pub const GUIDE_LIMIT: usize = 4_000;
/// Most characters of an address, of opening hours.
pub const LINE_LIMIT: usize = 120;
/// Most characters of a note.
pub const NOTE_LIMIT: usize = 500;
/// Most telephone numbers of one entry.
pub const PHONES_LIMIT: usize = 6;
/// Places of the health desk: 1 to this.
pub const DESK_PLACES: u8 = 9;

code_list! {
    /// What a service is.
    ServiceKind from "domain reference §8; codes are ours" {
        Emergency = "emergency", "紧急电话", "Emergency number";
        Community = "community", "社区", "Community";
        FamilyDoctor = "family_doctor", "家庭医生", "Family doctor";
        LegalAid = "legal_aid", "公共法律工作站", "Public legal station";
        Police = "police", "派出所", "Police station";
        Property = "property", "物业", "Property company";
        Utilities = "utilities", "水电气", "Water, power, gas";
        EldersCare = "elders_care", "养老", "Care of the elderly";
        WarmStation = "warm_station", "暖心驿站", "Warm-hearted station";
        Counselling = "counselling", "心理援助", "Psychological help";
        Vaccination = "vaccination", "疫苗接种点", "Vaccination point";
        FeverClinic = "fever_clinic", "发热门诊", "Fever clinic";
        Mediation = "mediation", "信访超市", "Mediation hall";
        Other = "other", "其他", "Other";
    }
}

/// One entry of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceEntry {
    /// Plain code (small letters, digits, hyphens); stays for as long as the service does.
    pub id: String,
    /// Name on the screen.
    pub name: String,
    /// What it is.
    pub kind: ServiceKind,
    /// Telephone numbers, the usual one first; none for a guide.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phone: Vec<String>,
    /// Where it is; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// When it is open, in words; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hours: String,
    /// Places it serves: beginnings of grid codes, 6 to 15 digits. Empty: the whole district.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<String>,
    /// A guide to read, at most [`GUIDE_LIMIT`] characters; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub guide: String,
    /// Place on the health desk, 1 to [`DESK_PLACES`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<u8>,
    /// Appointments it offers: codes of [`BookingKind`].
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub booking: BTreeSet<String>,
    /// A remark; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// When the office last looked at it.
    pub updated: LocalDate,
}

/// The whole directory, in the office's order.
pub type Directory = Vec<ServiceEntry>;

impl ServiceEntry {
    /// Whether it serves a grid; without a grid every entry does.
    #[must_use]
    pub fn serves(&self, grid: Option<&GridCode>) -> bool {
        crate::reference::covers(&self.areas, grid)
    }

    /// Whether an appointment of this kind can be asked for.
    #[must_use]
    pub fn offers(&self, booking: BookingKind) -> bool {
        self.booking.contains(crate::codes::CodeList::code(booking))
    }
}
