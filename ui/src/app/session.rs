//! The app's own state.

use std::rc::Rc;

use contract::domain::UnixMillis;
use contract::{AppointmentRow, CommandError, Event, NetworkState, SessionView, SyncSummary, Topic};
use yew::Reducible;

use crate::i18n::Words;
use crate::route::Route;
use crate::state::{Env, Load, Revision};

/// What the app knows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AppState {
    /// Who uses this phone and how the app looks.
    pub(crate) session: Load<SessionView>,
    /// The page.
    pub(crate) route: Route,
    /// The sync chip.
    pub(crate) sync: SyncSummary,
    /// What has changed how often.
    pub(crate) revision: Revision,
    /// How often the session may have changed.
    pub(crate) session_revision: u32,
    /// How often the system turned dark or light.
    pub(crate) system_theme: u32,
    /// The device's clock, at most half a minute ago.
    pub(crate) now: UnixMillis,
    /// The window is wide enough for two panes.
    pub(crate) is_wide: bool,
    /// Notices not opened here yet.
    pub(crate) unread: u32,
    /// Appointments of today that the person was reminded of and has not put away, the newest last.
    pub(crate) reminders: Vec<AppointmentRow>,
    /// How often there was a reminder.
    pub(crate) reminded: u32,
}

/// What can happen to the app.
pub(crate) enum AppMsg {
    /// The session was read or changed.
    Session(Result<Box<SessionView>, CommandError>),
    /// Another page.
    Route(Route),
    /// The companion says something; what time it is then.
    Event(Event, UnixMillis),
    /// Half a minute has passed.
    Clock(UnixMillis),
    /// The window became wide enough for two panes, or too narrow.
    Wide(bool),
    /// The system turned dark or light.
    SystemTheme,
    /// So many notices were not opened yet.
    Unread(u32),
    /// The person has seen the reminder on top.
    PutAway,
}

impl AppState {
    /// The app before anything was read.
    pub(crate) fn new(route: Route, now: UnixMillis, is_wide: bool) -> Self {
        Self {
            session: Load::Waiting,
            route,
            sync: SyncSummary {
                network: NetworkState::Unknown,
                unsent: 0,
                refused: 0,
                verified: false,
                progress: None,
            },
            revision: Revision::default(),
            session_revision: 0,
            system_theme: 0,
            now,
            is_wide,
            unread: 0,
            reminders: Vec::new(),
            reminded: 0,
        }
    }

    /// The language; Chinese until the session is read.
    pub(crate) fn words(&self) -> Words {
        self.session.ready().map(|session| Words::new(session.settings.language)).unwrap_or_default()
    }

    /// The surroundings of a page.
    pub(crate) fn env(&self, session: &SessionView) -> Env {
        Env { unread: self.unread, ..Env::new(session, self.sync.clone(), self.now, self.revision) }
    }
}

impl Reducible for AppState {
    type Action = AppMsg;

    fn reduce(self: Rc<Self>, msg: AppMsg) -> Rc<Self> {
        let mut next = (*self).clone();
        match msg {
            AppMsg::Session(result) => next.session.take(result.map(|session| *session)),
            AppMsg::Route(route) => next.route = route,
            AppMsg::Event(Event::Sync { summary }, now) => {
                next.sync = summary;
                next.now = now;
            }
            AppMsg::Event(Event::Changed { topics }, now) => {
                next.revision.advance(&topics);
                next.now = now;
                if topics.contains(&Topic::Session) {
                    next.session_revision += 1;
                }
            }
            AppMsg::Event(Event::Reminder { appointment }, now) => {
                next.reminders.push(appointment);
                next.reminded += 1;
                next.now = now;
            }
            AppMsg::Clock(now) => next.now = now,
            AppMsg::Wide(is_wide) => next.is_wide = is_wide,
            AppMsg::SystemTheme => next.system_theme += 1,
            AppMsg::Unread(count) => next.unread = count,
            AppMsg::PutAway => {
                next.reminders.pop();
            }
        }
        Rc::new(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::sample_services;
    use contract::ErrorCode;

    #[test]
    fn a_change_elsewhere_reaches_only_the_pages_it_concerns() {
        let state = Rc::new(AppState::new(Route::Today, UnixMillis::new(0), false));
        let event = Event::Changed { topics: vec![Topic::Households] };
        let next = Rc::clone(&state).reduce(AppMsg::Event(event, state.now));
        assert_ne!(next.revision.of(&[Topic::Households]), state.revision.of(&[Topic::Households]));
        assert_eq!(next.revision.of(&[Topic::Incidents]), state.revision.of(&[Topic::Incidents]));
        assert_eq!(next.session_revision, 0);
    }

    #[test]
    fn a_reminder_stays_until_it_is_put_away() {
        let state = Rc::new(AppState::new(Route::Today, UnixMillis::new(0), false));
        let appointment = sample_services::appointment();
        let now = state.now;
        let next = state.reduce(AppMsg::Event(Event::Reminder { appointment: appointment.clone() }, now));
        let next = next.reduce(AppMsg::Clock(now));
        assert_eq!(next.reminders, [appointment]);
        assert!(next.reduce(AppMsg::PutAway).reminders.is_empty());
    }

    #[test]
    fn a_session_that_cannot_be_read_is_said() {
        let state = Rc::new(AppState::new(Route::Today, UnixMillis::new(0), false));
        let next = state.reduce(AppMsg::Session(Err(CommandError::new(ErrorCode::StorageFailed))));
        assert!(matches!(next.session, Load::Failed(_)));
    }
}
