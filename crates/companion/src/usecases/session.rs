//! `get_session`, `save_settings`: whose phone this is, and how it looks.

use contract::{AccountView, GetSession, SaveSettings, SessionView, Topic};
use domain::Kind;
use domain::rights::{Act, Reach, reach};

use super::UseCase;
use super::open_incident_form::may_report;
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::reference::{building_name, grid_name};
use crate::store::setting::{LOOKS, put_setting, read_setting};

impl UseCase for GetSession {
    fn run(self, companion: &mut Companion) -> Result<SessionView, Failure> {
        let account = match companion.account().cloned() {
            Some(account) => Some(AccountView {
                units: list_units(companion)?,
                has_households: reach(account.role, Kind::Household, Act::Read) != Reach::None,
                may_report: may_report(&account),
                id: account.id,
                name: account.name,
                role: account.role,
            }),
            None => None,
        };
        let settings = read_setting(companion.store.read(), LOOKS)?.unwrap_or_default();
        Ok(SessionView { account, settings, store: companion.store.health().clone() })
    }
}

impl UseCase for SaveSettings {
    fn run(self, companion: &mut Companion) -> Result<SessionView, Failure> {
        companion.store.write::<_, Failure>(|writing| Ok(put_setting(writing, LOOKS, &self.settings)?))?;
        companion.mark_changed([Topic::Session]);
        GetSession {}.run(companion)
    }
}

/// Names of the account's grids and buildings.
pub(super) fn list_units(companion: &Companion) -> Result<Vec<String>, Failure> {
    let Some(account) = companion.account() else {
        return Ok(Vec::new());
    };
    let db = companion.store.read();
    let grids = account.scope.grids.iter().map(|grid| grid_name(db, grid));
    let buildings = account.scope.buildings.iter().map(|building| building_name(db, building.as_str()));
    Ok(grids.chain(buildings).collect::<Result<_, _>>()?)
}
