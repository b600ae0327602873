//! Reminders: an appointment of today is said once, by the clock of this device.
//!
//! Whenever the shell fetches events (after a command, after a round, once a minute), the appointments of today are
//! compared with those already said; so one that arrives during the day is said when it arrives, one that was moved to
//! another hour is said again, and at midnight the day's begin. What was said is kept across restarts. Nothing is said
//! before a screen has asked how things stand: an event that no window hears would count as said.
//!
//! Who only watches over incidents (a dispatcher, the district) goes to no appointments and is not reminded. A store
//! that fails is logged, and asked again the next time.
//!
//! Not done: no alarm while the app is closed; the home page lists what is left of the day.

use std::collections::BTreeSet;

use contract::AppointmentRow;
use domain::{Account, IncidentId, Role, UnixMillis};

use crate::companion::Companion;
use crate::store::incident_list::list_appointments;
use crate::store::setting::{REMINDED, put_setting, read_setting};
use crate::store::{Store, StoreError};

impl Companion {
    /// A screen asks how things stand: from now on it hears of appointments.
    pub(crate) fn note_screen(&mut self) {
        self.has_screen = true;
    }

    /// The appointments of today that were not said yet; from now on they were.
    pub(crate) fn take_reminders(&mut self) -> Vec<AppointmentRow> {
        if !self.has_screen || !self.account().is_some_and(goes_to_appointments) {
            return Vec::new();
        }
        let now = self.now();
        say_new(&mut self.store, now).unwrap_or_else(|error| {
            tracing::warn!(%error, "appointments could not be reminded of");
            Vec::new()
        })
    }
}

const fn goes_to_appointments(account: &Account) -> bool {
    matches!(account.role, Role::GridWorker | Role::BuildingLead | Role::CommunityClerk | Role::Handler)
}

fn say_new(store: &mut Store, now: UnixMillis) -> Result<Vec<AppointmentRow>, StoreError> {
    let midnight = UnixMillis::start_of(now.local_date());
    let mut appointments = list_appointments(store.read(), midnight, midnight.plus_ms(UnixMillis::DAY_MS))?;
    if appointments.is_empty() {
        return Ok(appointments);
    }
    let mut said: BTreeSet<(IncidentId, UnixMillis)> = read_setting(store.read(), REMINDED)?.unwrap_or_default();
    appointments.retain(|appointment| said.insert((appointment.incident, appointment.at)));
    if !appointments.is_empty() {
        // A day longer than needed: a clock that was a day ahead for a while must not say everything twice.
        let oldest = midnight.plus_ms(-UnixMillis::DAY_MS);
        said.retain(|(_, at)| *at >= oldest);
        store.write(|writing| put_setting(writing, REMINDED, &said))?;
    }
    Ok(appointments)
}
