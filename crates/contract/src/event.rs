//! What the companion says without being asked.

use serde::{Deserialize, Serialize};

use crate::{AppointmentRow, SyncSummary};

/// An event for the UI; sent to every window as `companion` with this as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// Sync moved on.
    Sync {
        /// As it stands now.
        summary: SyncSummary,
    },
    /// Something a screen may be showing has changed.
    Changed {
        /// What.
        topics: Vec<Topic>,
    },
    /// An appointment is today; said once a day for each, by the device's clock.
    Reminder {
        /// The appointment.
        appointment: AppointmentRow,
    },
}

/// What has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Households or what belongs to them.
    Households,
    /// Incidents.
    Incidents,
    /// The outbox.
    Outbox,
    /// Account, reference data, settings or the difference to the server's clock.
    Session,
}
