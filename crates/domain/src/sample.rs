//! Records for this crate's tests: one household of fictional people, fully filled where asked.

pub(crate) mod full;

use jiff::civil::date;

use crate::account::Role;
use crate::area::{BuildingCode, GridCode};
use crate::codes::{Outcome, Source};
use crate::household::{Household, Place};
use crate::id::{AccountId, HouseholdId, IncidentId, VisitId};
use crate::incident::Incident;
use crate::particulars::Particulars;
use crate::time::{LocalDate, UnixMillis};
use crate::visit::Visit;

/// The grid of the samples.
pub(crate) fn grid() -> GridCode {
    "990101001001003".parse().expect("a grid")
}

/// The building of the samples.
pub(crate) fn building() -> BuildingCode {
    grid().building(1).expect("in range")
}

/// Noon in China on a day.
pub(crate) fn noon(day: LocalDate) -> UnixMillis {
    UnixMillis::start_of(day).plus_ms(UnixMillis::DAY_MS / 2)
}

/// Account `n`.
pub(crate) fn account(n: u8) -> AccountId {
    AccountId::new(UnixMillis::new(1), [n; 10])
}

/// A household with nothing but its door.
pub(crate) fn bare_household() -> Household {
    Household {
        id: HouseholdId::new(UnixMillis::new(1), [1; 10]),
        grid: grid(),
        building: building(),
        place: Place {
            compound: "海棠花园".into(), building: "1栋".into(), unit: "1单元".into(), room: "402".into()
        },
        house_status: None,
        visit_class: None,
        contact_name: String::new(),
        needs: [].into(),
        members: [].into(),
        pairs: [].into(),
        last_visit: None,
        attempts: [].into(),
        first_due: None,
        note: String::new(),
    }
}

/// Visit `n` of that household at noon of a day.
pub(crate) fn visit_on(n: u8, day: LocalDate, outcome: Outcome) -> Visit {
    Visit {
        id: VisitId::new(noon(day), [n; 10]),
        household: bare_household().id,
        grid: grid(),
        building: building(),
        by: account(1),
        role: Role::GridWorker,
        at_start: noon(day),
        at_end: noon(day).plus_ms(60_000),
        clock_correction_ms: 0,
        channel: None,
        outcome,
        template: String::new(),
        answers: [].into(),
        improvements: [].into(),
        advice: [].into(),
        leaflets: 0,
        incidents: [].into(),
        follow_up: None,
        note: String::new(),
        amendments: [].into(),
    }
}

/// The day on which most tests play.
pub(crate) const TODAY: LocalDate = date(2026, 11, 23);

/// An incident of account `n` in the sample building.
pub(crate) fn incident_by(n: u8) -> Incident {
    Incident {
        id: IncidentId::new(noon(TODAY), [n; 10]),
        category: "03002".into(),
        priority: None,
        title: String::new(),
        text: String::new(),
        happened_at: noon(TODAY),
        reported_at: noon(TODAY),
        source: Source::Visit,
        grid: grid(),
        building: Some(building()),
        household: None,
        visit: None,
        address_text: String::new(),
        by: account(n),
        role: Role::GridWorker,
        self_handled: None,
        point: None,
        human_no: None,
        transitions: [].into(),
        decisions: [].into(),
        notes: [].into(),
    }
}

/// The particulars of the sample household, still empty.
pub(crate) fn bare_particulars() -> Particulars {
    Particulars { household: bare_household().id, grid: grid(), members: [].into(), consent: None }
}
