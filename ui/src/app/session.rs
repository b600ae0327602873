//! The app's own state.

use std::rc::Rc;

use contract::domain::LocalDate;
use contract::{CommandError, Event, NetworkState, SessionView, SyncSummary, Topic};
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
    /// Today in China.
    pub(crate) today: LocalDate,
}

/// What can happen to the app.
pub(crate) enum AppMsg {
    /// The session was read or changed.
    Session(Result<Box<SessionView>, CommandError>),
    /// Another page.
    Route(Route),
    /// The companion says something; what day it is then.
    Event(Event, LocalDate),
    /// The system turned dark or light.
    SystemTheme,
}

impl AppState {
    /// The app before anything was read.
    pub(crate) fn new(route: Route, today: LocalDate) -> Self {
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
            today,
        }
    }

    /// The language; Chinese until the session is read.
    pub(crate) fn words(&self) -> Words {
        self.session.ready().map(|session| Words::new(session.settings.language)).unwrap_or_default()
    }

    /// The surroundings of a page.
    pub(crate) fn env(&self, session: &SessionView) -> Env {
        Env::new(session, self.sync.clone(), self.today, self.revision)
    }
}

impl Reducible for AppState {
    type Action = AppMsg;

    fn reduce(self: Rc<Self>, msg: AppMsg) -> Rc<Self> {
        let mut next = (*self).clone();
        match msg {
            AppMsg::Session(result) => next.session.take(result.map(|session| *session)),
            AppMsg::Route(route) => next.route = route,
            AppMsg::Event(Event::Sync { summary }, today) => {
                next.sync = summary;
                next.today = today;
            }
            AppMsg::Event(Event::Changed { topics }, today) => {
                next.revision.advance(&topics);
                next.today = today;
                if topics.contains(&Topic::Session) {
                    next.session_revision += 1;
                }
            }
            AppMsg::SystemTheme => next.system_theme += 1,
        }
        Rc::new(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::ErrorCode;
    use contract::domain::UnixMillis;

    #[test]
    fn a_change_elsewhere_reaches_only_the_pages_it_concerns() {
        let state = Rc::new(AppState::new(Route::Today, UnixMillis::new(0).local_date()));
        let event = Event::Changed { topics: vec![Topic::Households] };
        let next = Rc::clone(&state).reduce(AppMsg::Event(event, state.today));
        assert_ne!(next.revision.of(&[Topic::Households]), state.revision.of(&[Topic::Households]));
        assert_eq!(next.revision.of(&[Topic::Incidents]), state.revision.of(&[Topic::Incidents]));
        assert_eq!(next.session_revision, 0);
    }

    #[test]
    fn a_session_that_cannot_be_read_is_said() {
        let state = Rc::new(AppState::new(Route::Today, UnixMillis::new(0).local_date()));
        let next = state.reduce(AppMsg::Session(Err(CommandError::new(ErrorCode::StorageFailed))));
        assert!(matches!(next.session, Load::Failed(_)));
    }
}
