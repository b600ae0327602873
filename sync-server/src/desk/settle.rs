//! Settling one incident as it is stored: what the machine writes becomes one change of the server's.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use documents::{Author, EditError, InspectError, LoadError, RawChange, ReadError, RecordDocument, inspect};
use domain::id::TransitionId;
use domain::workflow::{SYSTEM_ACCOUNT, settle};
use domain::{Incident, Kind, UnixMillis};
use serde::Deserialize;

use super::Registrar;
use crate::ingest::{Rebuilt, rebuild};
use crate::store::{StoredChange, StoredDocument};

/// Most steps decided in one change, so that no device finds it too large to take. Nobody makes that many between two
/// rounds; the others follow when the document wakes, which is at once.
const STEPS_LIMIT: usize = 150;

/// What the server's change makes of an incident.
#[derive(Debug, Clone)]
pub(crate) struct Settled {
    pub(crate) change: StoredChange,
    pub(crate) rebuilt: Rebuilt,
}

/// Why an incident could not be settled. It is damaged, or a defect of ours.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unsettled {
    #[error("the document cannot be loaded")]
    Load(#[from] LoadError),
    #[error("the document makes no incident")]
    Read(#[from] ReadError),
    #[error("the change cannot be made")]
    Edit(#[from] EditError),
    #[error("no device would take the change")]
    Unfit(#[from] InspectError),
    #[error("the document makes no incident after the change")]
    Unreadable,
    #[error("it panicked")]
    Panicked,
}

/// Whether an incident has no number yet, by its projection.
pub(crate) fn lacks_number(stored: &StoredDocument) -> bool {
    #[derive(Deserialize)]
    struct Numbered {
        #[serde(default)]
        human_no: Option<String>,
    }
    serde_json::from_str::<Numbered>(&stored.projection).is_ok_and(|numbered| numbered.human_no.is_none())
}

/// Settles an incident; `None` when there is nothing to write. `arrived`: the undecided steps in the order in which they
/// came ([`list_waiting`](super::list_waiting), then those that have just come). A panic is contained: what is worked
/// on is a copy.
pub(crate) fn settle_contained(
    registrar: &Registrar,
    stored: &StoredDocument,
    arrived: &[TransitionId],
    number: Option<String>,
    now: UnixMillis,
) -> Result<Option<Settled>, Unsettled> {
    catch_unwind(AssertUnwindSafe(|| settle_stored(registrar, stored, arrived, number, now)))
        .unwrap_or(Err(Unsettled::Panicked))
}

fn settle_stored(
    registrar: &Registrar,
    stored: &StoredDocument,
    arrived: &[TransitionId],
    number: Option<String>,
    now: UnixMillis,
) -> Result<Option<Settled>, Unsettled> {
    let mut history = RecordDocument::load(&stored.snapshot)?;
    let mut incident = history.read::<Incident>()?.record;
    if incident.human_no.is_none() {
        incident.human_no = number;
    }
    settle_in_order(&mut incident, arrived, registrar, now);
    let author = Author { account: SYSTEM_ACCOUNT, installation: registrar.installation, at: now };
    let Some(RawChange { hash, seq, bytes }) = history.edit(&incident, &author)? else { return Ok(None) };
    inspect(&bytes)?;
    let rebuilt = rebuild(Kind::Incident, &history).ok_or(Unsettled::Unreadable)?;
    let change = StoredChange { hash, actor: author.installation, seq, account: author.account, bytes };
    Ok(Some(Settled { change, rebuilt }))
}

/// Decides the oldest undecided steps; what is beyond the limit stays for the next time.
fn settle_in_order(incident: &mut Incident, arrived: &[TransitionId], registrar: &Registrar, now: UnixMillis) {
    let order = list_order(incident, arrived);
    let late: BTreeSet<TransitionId> = order.iter().skip(STEPS_LIMIT).copied().collect();
    let kept = incident.transitions.clone();
    incident.transitions.retain(|id, _| !late.contains(id));
    settle(incident, &order, &registrar.desk, now);
    incident.transitions.extend(kept);
}

/// Undecided steps: those of which nobody knows when they came, by their devices' clocks (damage, see `order`), then
/// the others in their order.
fn list_order(incident: &Incident, arrived: &[TransitionId]) -> Vec<TransitionId> {
    let is_undecided = |id: &TransitionId| !incident.decisions.contains_key(id);
    let undecided = incident.transitions.iter().filter(|(id, _)| is_undecided(id));
    let mut before: Vec<_> =
        undecided.filter(|(id, _)| !arrived.contains(id)).map(|(id, step)| (step.at_device, *id)).collect();
    before.sort_unstable();
    before.into_iter().map(|(_, id)| id).chain(arrived.iter().copied().filter(is_undecided)).collect()
}
