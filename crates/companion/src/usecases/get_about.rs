//! `get_about`.

use contract::{About, GetAbout};

use super::UseCase;
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::outline::{count_records, measure_store};
use crate::store::setting::{SERVER, read_setting};

impl UseCase for GetAbout {
    fn run(self, companion: &mut Companion) -> Result<About, Failure> {
        let db = companion.store.read();
        let [households, visits, incidents] = count_records(db)?;
        Ok(About {
            version: companion.surroundings.version.clone(),
            server: read_setting(db, SERVER)?,
            store_bytes: measure_store(db)?,
            households,
            visits,
            incidents,
        })
    }
}
