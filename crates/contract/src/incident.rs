//! 上报: report in three taps.

use domain::codes::{BookingKind, Priority};
use domain::household::Place;
use domain::id::DraftId;
use domain::incident::Point;
use domain::{GridCode, HouseholdId, IncidentId, UnixMillis};
use serde::{Deserialize, Serialize};

/// Opens the report form: the draft that was begun, or a new one, which is written when the first thing is typed into
/// it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenIncidentForm {
    /// The household it is about, if reported from one.
    #[serde(default)]
    pub household: Option<HouseholdId>,
    /// Continue this draft.
    #[serde(default)]
    pub draft: Option<DraftId>,
    /// Begin with this category: the health desk's request, an appeal from the directory.
    #[serde(default)]
    pub category: Option<String>,
}

/// The form as it stands. The category tree is `domain::category`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IncidentFormView {
    /// The draft.
    pub draft: DraftId,
    /// What was typed so far; the place is filled in where it is known.
    pub form: IncidentForm,
    /// The household's door, if there is one.
    pub place: Option<Place>,
    /// The draft was found again, not begun now.
    pub is_resumed: bool,
    /// Grids to choose from, with their names, where no household says it and there are several; else empty.
    pub grids: Vec<(GridCode, String)>,
}

/// What a worker types into the report.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct IncidentForm {
    /// Category code; enough to submit. Level 1 alone (`03`) becomes its first level 2 at submit only if the worker
    /// chose no other.
    #[serde(default)]
    pub category: String,
    /// Priority.
    #[serde(default)]
    pub priority: Option<Priority>,
    /// What happened.
    #[serde(default)]
    pub text: String,
    /// Where, in words.
    #[serde(default)]
    pub address_text: String,
    /// The household it is about.
    #[serde(default)]
    pub household: Option<HouseholdId>,
    /// The grid it happened in; none: the household's, or the first of those I may choose.
    #[serde(default)]
    pub grid: Option<GridCode>,
    /// I settled it on the spot.
    #[serde(default)]
    pub is_self_handled: bool,
    /// What I did, for a matter settled on the spot.
    #[serde(default)]
    pub handled_text: String,
    /// An appointment asked for along with it (disputes, appeals, health, help with papers).
    #[serde(default)]
    pub booking: Option<BookingForm>,
    /// Where exactly, if the reporter chose to say so.
    #[serde(default)]
    pub point: Option<Point>,
}

impl IncidentForm {
    /// Whether nothing was typed beside what the form was opened with: its household's door, the category it was asked
    /// for with. Such a form leaves no draft.
    #[must_use]
    pub fn is_empty(&self, opened: &Self) -> bool {
        let Self {
            category,
            priority,
            text,
            address_text,
            household: _,
            grid,
            is_self_handled,
            handled_text,
            booking,
            point,
        } = self;
        let is_untyped = |text: &str, opened: &str| text.trim().is_empty() || text == opened;
        is_untyped(category, &opened.category)
            && priority.is_none()
            && is_untyped(text, &opened.text)
            && is_untyped(address_text, &opened.address_text)
            && *grid == opened.grid
            && !is_self_handled
            && handled_text.trim().is_empty()
            && booking.is_none()
            && point.is_none()
    }
}

/// An appointment as it is typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingForm {
    /// What kind.
    pub kind: BookingKind,
    /// Where, in words.
    pub place: String,
    /// When.
    pub at: UnixMillis,
    /// The entry of the service directory that offers it.
    #[serde(default)]
    pub service: Option<String>,
}

/// Saves what is typed so far. The first time makes the draft, an empty form removes it ([`IncidentForm::is_empty`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SaveIncidentForm {
    /// The draft.
    pub draft: DraftId,
    /// All of the form.
    pub form: IncidentForm,
}

/// Makes the incident; the draft is gone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubmitIncident {
    /// The draft.
    pub draft: DraftId,
    /// All of the form, as shown at the tap.
    pub form: IncidentForm,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentReceipt {
    /// The incident.
    pub incident: IncidentId,
    /// When it was saved.
    pub at: UnixMillis,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_form_was_opened_with_is_not_typed() {
        let form = |category: &str, text: &str, place: &str| IncidentForm {
            category: category.into(),
            text: text.into(),
            address_text: place.into(),
            ..IncidentForm::default()
        };
        let opened = form("08001", "", "海棠花园1栋1单元402");
        for (typed, is_empty) in [
            (opened.clone(), true),
            (form("", " ", ""), true),
            (form("08001", "发烧", "海棠花园1栋1单元402"), false),
            (form("08001", "", "海棠花园1栋楼下"), false),
            (form("03001", "", "海棠花园1栋1单元402"), false),
            (IncidentForm { priority: Some(Priority::Urgent), ..opened.clone() }, false),
            (IncidentForm { is_self_handled: true, ..opened.clone() }, false),
        ] {
            assert_eq!(typed.is_empty(&opened), is_empty, "{typed:?}");
        }
    }
}
