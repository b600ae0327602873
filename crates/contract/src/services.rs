//! 便民服务 and 通知: the service directory, the health desk and the notices of the district, all readable offline.

use domain::codes::BookingKind;
use domain::{IncidentId, LocalDate, UnixMillis};
use serde::{Deserialize, Serialize};

/// Asks for the service directory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListServices {
    /// Words of name, kind, address, or digits of a telephone number.
    #[serde(default)]
    pub query: String,
    /// Only those that offer this kind of appointment.
    #[serde(default)]
    pub booking: Option<BookingKind>,
    /// Only the health desk (健康服务一键通), in its own order.
    #[serde(default)]
    pub is_desk: bool,
}

/// The directory, or the part that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceList {
    /// Entries; emergency numbers first.
    pub rows: Vec<ServiceView>,
    /// Version of the directory on this device; none before the first sync.
    pub version: Option<u64>,
}

/// One service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceView {
    /// Its stable code.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Code of its kind.
    pub kind: String,
    /// Telephone numbers, each to be called with one tap.
    pub phones: Vec<String>,
    /// Where.
    pub address: String,
    /// When it is open.
    pub hours: String,
    /// How it works, to be read offline.
    pub guide: String,
    /// Remark.
    pub note: String,
    /// Place on the health desk, 1–9.
    pub desk: Option<u8>,
    /// Kinds of appointment it offers.
    pub bookings: Vec<BookingKind>,
    /// When the office last looked at the entry.
    #[serde(default, with = "domain::time::as_day_if_any")]
    pub updated: Option<LocalDate>,
}

/// Asks for the notices that hold today, urgent ones first, then the newest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListNotices {}

/// One notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeView {
    /// Its stable code.
    pub id: String,
    /// Title.
    pub title: String,
    /// Text.
    pub text: String,
    /// From when.
    #[serde(with = "domain::time::as_day")]
    pub from: LocalDate,
    /// Until when.
    #[serde(default, with = "domain::time::as_day_if_any")]
    pub until: Option<LocalDate>,
    /// Urgent.
    pub is_urgent: bool,
    /// Opened on this device.
    pub is_read: bool,
}

/// Notes that a notice was opened. Kept on this device only: nobody is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadNotice {
    /// Which.
    pub id: String,
}

/// An appointment of today or later in an incident on this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppointmentRow {
    /// The incident.
    pub incident: IncidentId,
    /// Title; empty means the category's name.
    pub title: String,
    /// Category code.
    pub category: String,
    /// What kind.
    pub kind: BookingKind,
    /// Where.
    pub place: String,
    /// When.
    pub at: UnixMillis,
    /// The handler confirmed it.
    pub is_confirmed: bool,
}
