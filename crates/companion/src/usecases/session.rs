//! `get_session`, `save_settings`, `note_clock`, `acknowledge_store`: whose phone this is, how it looks, what its clock
//! is worth, how its store was found.

use contract::{AccountView, AcknowledgeStore, GetSession, NoteClock, SaveSettings, SessionView, Topic};
use domain::Kind;
use domain::rights::{Act, Reach, reach};

use super::UseCase;
use super::units::{list_units, may_report};
use crate::clock::find_untold;
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::setting::{CLOCK_TOLD, LOOKS, put_setting, read_setting};

impl UseCase for GetSession {
    fn run(self, companion: &mut Companion) -> Result<SessionView, Failure> {
        let account = match companion.account().cloned() {
            Some(account) => Some(AccountView {
                units: list_units(companion.store.read(), &account)?,
                may_report: may_report(companion.store.read(), &account)?,
                has_households: reach(account.role, Kind::Household, Act::Read) != Reach::None,
                id: account.id,
                name: account.name,
                role: account.role,
            }),
            None => None,
        };
        let settings = read_setting(companion.store.read(), LOOKS)?.unwrap_or_default();
        let server_ahead_ms = companion.clock_ahead_ms();
        let told_ms = read_setting(companion.store.read(), CLOCK_TOLD)?;
        let clock_wrong_by_ms = find_untold(-server_ahead_ms, told_ms);
        let store = companion.store.health().clone();
        Ok(SessionView { account, settings, store, server_ahead_ms, clock_wrong_by_ms })
    }
}

impl UseCase for SaveSettings {
    fn run(self, companion: &mut Companion) -> Result<SessionView, Failure> {
        companion.store.write::<_, Failure>(|writing| Ok(put_setting(writing, LOOKS, &self.settings)?))?;
        companion.mark_changed([Topic::Session]);
        GetSession {}.run(companion)
    }
}

impl UseCase for NoteClock {
    fn run(self, companion: &mut Companion) -> Result<SessionView, Failure> {
        let told_ms = -companion.clock_ahead_ms();
        companion.store.write::<_, Failure>(|writing| Ok(put_setting(writing, CLOCK_TOLD, &told_ms)?))?;
        companion.mark_changed([Topic::Session]);
        GetSession {}.run(companion)
    }
}

impl UseCase for AcknowledgeStore {
    fn run(self, companion: &mut Companion) -> Result<SessionView, Failure> {
        companion.store.acknowledge_health()?;
        companion.mark_changed([Topic::Session]);
        GetSession {}.run(companion)
    }
}
