//! What reads meet and pass over, and what cannot be written where it belongs.
//!
//! Why: one row that cannot be read must not fail the round of a whole grid. Whoever reads many things reads each by
//! itself and hands the result to [`DamageLog::pass_over`]: a failure for now (full, busy) goes on upwards, damage is
//! noted once by table and id, and its place stays empty.
//!
//! Failure: only the first [`REMEMBERED`] are remembered by name; the log of the process has the same. What is not
//! noted here: damage that nobody has read yet. `verify` looks for it.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use crate::store::{Answer, Damage, StoreError};

/// Most things remembered.
const REMEMBERED: usize = 4_096;

/// What this process has met since the store was opened.
#[derive(Debug, Default)]
pub(super) struct DamageLog {
    met: Mutex<BTreeSet<Damage>>,
}

impl DamageLog {
    /// The value; `None` when it cannot be read. `subject` names it by ids and codes.
    pub(super) fn pass_over<T>(
        &self,
        table: &'static str,
        subject: impl FnOnce() -> String,
        read: Answer<T>,
    ) -> Answer<Option<T>> {
        match read {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.is_temporary() => Err(error),
            Err(error) => {
                self.note(table, subject(), &error);
                Ok(None)
            }
        }
    }

    /// Remembers and logs damage; what is known already is not logged again.
    pub(super) fn note(&self, table: &'static str, subject: String, error: &StoreError) {
        let mut met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        let damage = Damage { code: table, subject };
        if met.len() >= REMEMBERED || met.contains(&damage) {
            return;
        }
        tracing::error!(table, id = damage.subject, error = error as &dyn std::error::Error, "damage was met");
        met.insert(damage);
    }

    pub(super) fn list(&self) -> Vec<Damage> {
        self.met.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
