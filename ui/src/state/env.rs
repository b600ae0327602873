//! What every page knows: who works here, in which language, what day it is, how sync stands.

use contract::domain::{LocalDate, Role};
use contract::{AccountView, SessionView, Settings, StoreHealth, SyncSummary, Topic};

use crate::i18n::Words;

/// The surroundings of a page.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Env {
    /// The language.
    pub(crate) words: Words,
    /// Whose phone it is.
    pub(crate) account: Option<AccountView>,
    /// How the app looks.
    pub(crate) settings: Settings,
    /// How the store was found at the start.
    pub(crate) store: StoreHealth,
    /// Today in China.
    pub(crate) today: LocalDate,
    /// The sync chip.
    pub(crate) sync: SyncSummary,
    /// Counts what has changed.
    pub(crate) revision: Revision,
}

impl Env {
    /// The surroundings that a session gives.
    pub(crate) fn new(session: &SessionView, sync: SyncSummary, today: LocalDate, revision: Revision) -> Self {
        Self {
            words: Words::new(session.settings.language),
            account: session.account.clone(),
            settings: session.settings,
            store: session.store.clone(),
            today,
            sync,
            revision,
        }
    }

    /// Whether the owner of this phone is a building lead.
    pub(crate) fn is_lead(&self) -> bool {
        self.account.as_ref().is_some_and(|account| account.role == Role::BuildingLead)
    }

    /// Names of the owner's grids or buildings.
    pub(crate) fn units(&self) -> String {
        self.account.as_ref().map(|account| self.words.list(&account.units)).unwrap_or_default()
    }
}

/// How often each topic has changed since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Revision {
    households: u32,
    incidents: u32,
    outbox: u32,
    session: u32,
}

impl Revision {
    /// Counts a change.
    pub(crate) fn advance(&mut self, topics: &[Topic]) {
        for topic in topics {
            let count = match topic {
                Topic::Households => &mut self.households,
                Topic::Incidents => &mut self.incidents,
                Topic::Outbox => &mut self.outbox,
                Topic::Session => &mut self.session,
            };
            *count = count.wrapping_add(1);
        }
    }

    /// Only what concerns these topics.
    pub(crate) fn of(self, topics: &[Topic]) -> Self {
        let keep = |topic, count| if topics.contains(&topic) { count } else { 0 };
        Self {
            households: keep(Topic::Households, self.households),
            incidents: keep(Topic::Incidents, self.incidents),
            outbox: keep(Topic::Outbox, self.outbox),
            session: keep(Topic::Session, self.session),
        }
    }
}
