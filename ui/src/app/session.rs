//! The app's own state.

use std::rc::Rc;

use contract::domain::{AccountId, UnixMillis};
use contract::{AppointmentRow, CommandError, Event, NetworkState, SessionView, SyncSummary, Topic};
use yew::{AttrValue, Reducible};

use crate::i18n::Words;
use crate::route::Route;
use crate::state::{Env, Load, Revision};

/// How old what depends on the hour may get before it is asked for again; a little less than two ticks of the clock.
const REFRESH_MS: i64 = 59_000;

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
    /// How often the session, or an appointment the person was reminded of, may have changed.
    pub(crate) session_revision: u32,
    /// How often the system turned dark or light.
    pub(crate) system_theme: u32,
    /// The device's clock, at most half a minute ago.
    pub(crate) now: UnixMillis,
    /// When what depends on the hour was last asked for.
    pub(crate) refreshed_at: UnixMillis,
    /// The window is wide enough for two panes.
    pub(crate) is_wide: bool,
    /// Notices not opened here yet.
    pub(crate) unread: u32,
    /// Appointments of today that the person was reminded of and has not put away, the newest last.
    pub(crate) reminders: Vec<AppointmentRow>,
    /// How often there was a reminder.
    pub(crate) reminded: u32,
    /// Address of a page that was left with something that is not stored.
    pub(crate) unsaved: Option<AttrValue>,
}

/// What can happen to the app.
pub(crate) enum AppMsg {
    /// The session was read or changed.
    Session(Result<Box<SessionView>, CommandError>),
    /// Another page.
    Route(Route),
    /// The companion says something; what time it is then.
    Event(Event, UnixMillis),
    /// Half a minute has passed; whether the window can be seen.
    Clock(UnixMillis, bool),
    /// The window became wide enough for two panes, or too narrow.
    Wide(bool),
    /// The system turned dark or light.
    SystemTheme,
    /// So many notices were not opened yet.
    Unread(u32),
    /// Appointments of today as they are now.
    Appointments(Vec<AppointmentRow>),
    /// The person has seen the reminder on top.
    PutAway,
    /// The page at this address was left with something that is not stored; none: no page was.
    Unsaved(Option<AttrValue>),
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
            refreshed_at: now,
            is_wide,
            unread: 0,
            reminders: Vec::new(),
            reminded: 0,
            unsaved: None,
        }
    }

    /// The language; Chinese until the session is read.
    pub(crate) fn words(&self) -> Words {
        self.session.ready().map(|session| Words::new(session.settings.language)).unwrap_or_default()
    }

    /// Whose device it is.
    pub(super) fn account(&self) -> Option<AccountId> {
        self.session.ready()?.account.as_ref().map(|account| account.id)
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
            AppMsg::Session(result) => {
                next.session.take(result.map(|session| *session));
                if next.account() != self.account() {
                    next.reminders.clear();
                }
            }
            AppMsg::Route(route) => next.route = route,
            AppMsg::Event(Event::Sync { summary }, now) => {
                next.sync = summary;
                next.now = now;
            }
            AppMsg::Event(Event::Changed { topics }, now) => {
                next.revision.advance(&topics);
                next.now = now;
                let concerns_reminders = topics.contains(&Topic::Incidents) && !next.reminders.is_empty();
                if topics.contains(&Topic::Session) || concerns_reminders {
                    next.session_revision += 1;
                }
            }
            AppMsg::Event(Event::Reminder { appointment }, now) => {
                next.reminders.push(appointment);
                next.reminded += 1;
                next.now = now;
            }
            AppMsg::Clock(now, is_visible) => {
                next.now = now;
                if is_visible && now.since_ms(next.refreshed_at).abs() >= REFRESH_MS {
                    next.refreshed_at = now;
                    next.revision.advance_minute();
                }
            }
            AppMsg::Wide(is_wide) => next.is_wide = is_wide,
            AppMsg::SystemTheme => next.system_theme += 1,
            AppMsg::Unread(count) => next.unread = count,
            AppMsg::Appointments(rows) => {
                let find =
                    |old: &AppointmentRow| rows.iter().find(|row| row.incident == old.incident && row.at == old.at);
                next.reminders = next.reminders.iter().filter_map(find).cloned().collect();
            }
            AppMsg::PutAway => {
                next.reminders.pop();
            }
            AppMsg::Unsaved(address) => next.unsaved = address,
        }
        Rc::new(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{sample, sample_services};
    use contract::domain::Role;
    use contract::{ErrorCode, Settings};

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
        let next = next.reduce(AppMsg::Clock(now, true));
        assert_eq!(next.reminders, [appointment]);
        assert!(next.reduce(AppMsg::PutAway).reminders.is_empty());
    }

    fn session(account: u32) -> AppMsg {
        let mut session = sample::session(Role::GridWorker, Settings::default());
        if let Some(owner) = &mut session.account {
            owner.id = sample::id(1, account);
        }
        AppMsg::Session(Ok(Box::new(session)))
    }

    #[test]
    fn a_reminder_goes_with_its_appointment_and_with_the_account() {
        let now = UnixMillis::new(0);
        let state = Rc::new(AppState::new(Route::Today, now, false)).reduce(session(1));
        let changed = || AppMsg::Event(Event::Changed { topics: vec![Topic::Incidents] }, now);
        let state = state.reduce(changed());
        assert_eq!(state.session_revision, 0, "nothing to look after");
        let proposed = AppointmentRow { is_confirmed: false, ..sample_services::appointment() };
        let confirmed = sample_services::appointment();
        let state = state.reduce(AppMsg::Event(Event::Reminder { appointment: proposed }, now));
        let state = state.reduce(changed());
        assert_eq!(state.session_revision, 1);
        let state = state.reduce(session(1)).reduce(AppMsg::Appointments(vec![confirmed.clone()]));
        assert_eq!(state.reminders, [confirmed], "confirmed meanwhile");
        assert!(Rc::clone(&state).reduce(AppMsg::Appointments(Vec::new())).reminders.is_empty(), "called off");
        assert!(state.reduce(session(2)).reminders.is_empty(), "somebody else's");
    }

    #[test]
    fn what_depends_on_the_hour_is_asked_again_once_a_minute_while_it_can_be_seen() {
        let at = |seconds: i64| UnixMillis::new(seconds * 1_000);
        let topics = [Topic::Incidents];
        let mut state = Rc::new(AppState::new(Route::Tasks, at(0), false));
        let mut asked = Vec::new();
        for (seconds, is_visible) in [(30, true), (60, true), (90, true), (120, false), (150, false), (180, true)] {
            let before = state.revision.of(&topics);
            state = state.reduce(AppMsg::Clock(at(seconds), is_visible));
            if state.revision.of(&topics) != before {
                asked.push(seconds);
            }
        }
        assert_eq!(asked, [60, 180]);
        assert_eq!(state.revision.of(&[Topic::Households]), Revision::default());
    }

    #[test]
    fn a_session_that_cannot_be_read_is_said() {
        let state = Rc::new(AppState::new(Route::Today, UnixMillis::new(0), false));
        let next = state.reduce(AppMsg::Session(Err(CommandError::new(ErrorCode::StorageFailed))));
        assert!(matches!(next.session, Load::Failed(_)));
    }
}
