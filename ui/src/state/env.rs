//! What every page knows: who works here, in which language, what day it is, how sync stands.

use contract::domain::{IncidentId, LocalDate, Role, UnixMillis};
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
    /// The time, at most half a minute ago: the device's clock as the server's corrects it. Dates and limits are written
    /// against it.
    pub(crate) now: UnixMillis,
    /// How far the time is ahead of the device's clock, in milliseconds.
    pub(crate) server_ahead_ms: i64,
    /// By how much the device's clock is wrong, where its owner has to be told.
    pub(crate) clock_wrong_by_ms: Option<i64>,
    /// Today in China.
    pub(crate) today: LocalDate,
    /// The sync chip.
    pub(crate) sync: SyncSummary,
    /// Counts what has changed.
    pub(crate) revision: Revision,
    /// Which part of the window the page has.
    pub(crate) pane: Pane,
    /// Notices not opened here yet: the mark on 我的.
    pub(crate) unread: u32,
}

/// Which part of the window a page has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Pane {
    /// All of it.
    #[default]
    Whole,
    /// The left pane of a desk: the queue; which incident is open beside it.
    Queue(Option<IncidentId>),
    /// The right pane of a desk: one incident.
    Detail,
}

impl Env {
    /// The surroundings that a session gives when the device's clock says `device_now`.
    pub(crate) fn new(session: &SessionView, sync: SyncSummary, device_now: UnixMillis, revision: Revision) -> Self {
        let now = device_now.plus_ms(session.server_ahead_ms);
        Self {
            words: Words::new(session.settings.language),
            account: session.account.clone(),
            settings: session.settings,
            store: session.store.clone(),
            now,
            server_ahead_ms: session.server_ahead_ms,
            clock_wrong_by_ms: session.clock_wrong_by_ms,
            today: now.local_date(),
            sync,
            revision,
            pane: Pane::Whole,
            unread: 0,
        }
    }

    /// The same surroundings in one pane of a desk.
    pub(crate) fn in_pane(&self, pane: Pane) -> Self {
        Self { pane, ..self.clone() }
    }

    /// Whose phone it is, as far as that decides what is offered first.
    pub(crate) fn role(&self) -> Role {
        self.account.as_ref().map_or(Role::Unknown, |account| account.role)
    }

    /// Whether the owner of this phone is a building lead.
    pub(crate) fn is_lead(&self) -> bool {
        self.account.as_ref().is_some_and(|account| account.role == Role::BuildingLead)
    }

    /// Whether the owner has households to visit.
    pub(crate) fn has_households(&self) -> bool {
        self.account.as_ref().is_some_and(|account| account.has_households)
    }

    /// Whether the owner may report incidents.
    pub(crate) fn may_report(&self) -> bool {
        self.account.as_ref().is_some_and(|account| account.may_report)
    }

    /// Names of the owner's grids or buildings.
    pub(crate) fn units(&self) -> String {
        self.account.as_ref().map(|account| self.words.list(&account.units)).unwrap_or_default()
    }
}

/// How often each topic has changed since the start, and how many minutes have passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Revision {
    households: u32,
    incidents: u32,
    outbox: u32,
    session: u32,
    minutes: u32,
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

    /// A minute has passed: what is due by then is another queue's.
    pub(crate) const fn advance_minute(&mut self) {
        self.minutes = self.minutes.wrapping_add(1);
    }

    /// Only what concerns these topics. Incidents change with the hour, too.
    pub(crate) fn of(self, topics: &[Topic]) -> Self {
        let keep = |topic, count| if topics.contains(&topic) { count } else { 0 };
        Self {
            households: keep(Topic::Households, self.households),
            incidents: keep(Topic::Incidents, self.incidents),
            outbox: keep(Topic::Outbox, self.outbox),
            session: keep(Topic::Session, self.session),
            minutes: keep(Topic::Incidents, self.minutes),
        }
    }
}
