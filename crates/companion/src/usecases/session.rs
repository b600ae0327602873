//! `get_session`, `save_settings`: whose phone this is, and how it looks.

use contract::{AccountView, GetSession, SaveSettings, SessionView, Topic};
use domain::Kind;
use domain::rights::{Act, Reach, reach};

use super::UseCase;
use super::units::{list_units, may_report};
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::setting::{LOOKS, SERVER_AHEAD, put_setting, read_setting};

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
        let server_ahead_ms = read_setting(companion.store.read(), SERVER_AHEAD)?.unwrap_or(0);
        Ok(SessionView { account, settings, store: companion.store.health().clone(), server_ahead_ms })
    }
}

impl UseCase for SaveSettings {
    fn run(self, companion: &mut Companion) -> Result<SessionView, Failure> {
        companion.store.write::<_, Failure>(|writing| Ok(put_setting(writing, LOOKS, &self.settings)?))?;
        companion.mark_changed([Topic::Session]);
        GetSession {}.run(companion)
    }
}
