//! Who uses this phone, and how it should look.

use domain::codes::Language;
use domain::{AccountId, Role};
use serde::{Deserialize, Serialize};

/// Asks for the session: the first thing a window does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetSession {}

/// Binds this phone to an account by a code that was scanned or pasted.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrol {
    /// `gridcompanion://enrol?server=…&code=…`, or the bare code when the server is already known.
    pub text: String,
}

/// Changes how the app looks. Kept on this phone only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaveSettings {
    /// All of them.
    pub settings: Settings,
}

/// The owner has read that this device's clock is wrong. They are told again only after it was right, or when it has
/// become much more wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteClock {}

/// Says that the person has read how the store was found ([`SessionView::store`]): it is not told again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcknowledgeStore {}

/// The session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// Whose phone this is; none before enrolment.
    pub account: Option<AccountView>,
    /// How the app looks.
    pub settings: Settings,
    /// How the store was found, until somebody has read it ([`AcknowledgeStore`]).
    pub store: StoreHealth,
    /// How far the server's clock is ahead of this device's, in milliseconds, as far as the last round told; 0 before
    /// the first. The device's clock plus this is the time by which everything is dated, compared and shown.
    #[serde(default)]
    pub server_ahead_ms: i64,
    /// By how many milliseconds the device's clock is ahead (negative: behind), where its owner has to be told: by more
    /// than some minutes, and they have not said yet that they know.
    #[serde(default)]
    pub clock_wrong_by_ms: Option<i64>,
}

/// The owner of this phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    /// The account.
    pub id: AccountId,
    /// Name as colleagues see it.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Names of the account's grids, buildings, community, town or organisation, for the header: `第二十一网格`.
    pub units: Vec<String>,
    /// Whether the account has households to visit: workers and leads.
    pub has_households: bool,
    /// Whether the account may report incidents.
    pub may_report: bool,
}

/// How the app looks on this phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Settings {
    /// Language of the app.
    pub language: Language,
    /// Light, dark, or as the system says.
    pub theme: Theme,
    /// Large type, large buttons (关怀模式).
    pub care: bool,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// How the store was found when the app started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum StoreHealth {
    /// As it was left.
    Ready,
    /// It was damaged: the file was set aside, and this many unsent changes were saved from it.
    SetAside {
        /// Name of the file that was set aside, in the app's folder.
        file: String,
        /// Unsent changes that were carried over.
        salvaged: u64,
        /// Forms in progress that were carried over.
        #[serde(default)]
        drafts: u64,
        /// Unsent changes that are not whole, and documents with unsent changes that could not be read.
        unreadable: u64,
        /// Places in the file that could not be read and of which nobody can say what stood there.
        #[serde(default)]
        lost_pages: u64,
    },
}

/// Asks for the about page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GetAbout {}

/// The about page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Version of the app.
    pub version: String,
    /// The server this phone is bound to.
    pub server: Option<String>,
    /// Size of the store in bytes.
    pub store_bytes: u64,
    /// Households, visits and incidents on this phone.
    pub households: u64,
    /// Visits on this phone.
    pub visits: u64,
    /// Incidents on this phone.
    pub incidents: u64,
}
