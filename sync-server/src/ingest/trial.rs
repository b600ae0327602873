//! The dry run of one change, by kind of record.

use std::collections::BTreeSet;

use documents::{AdmitError, Admitted, RecordDocument, admit};
use domain::flat::flatten;
use domain::id::TransitionId;
use domain::rights::{self, RecordRef};
use domain::workflow::find_wake;
use domain::{Collection, Household, Incident, Kind, Particulars, Record, RecordId, UnixMillis, Visit};
use sync::wire::RefusalCode;

use super::Sender;
use super::entitle::{check_rights, may_wait};
use super::refusal::Unfit;
use crate::store::StoredDocument;

/// What the ledger has to know of a record besides its fields.
pub(crate) trait LedgerRecord: Record {
    /// The streams it belongs to.
    fn streams(&self) -> BTreeSet<Collection>;
    /// The household it belongs to.
    fn parent(&self) -> Option<RecordId>;
    /// What rights are decided on.
    fn as_ref(&self) -> RecordRef<'_>;
    /// When the server has to look at it again.
    fn wake(&self) -> Option<UnixMillis> {
        None
    }
    /// The steps that were not there before, by their device's clock.
    fn list_arrived(&self, _before: Option<&Self>) -> Vec<TransitionId> {
        Vec::new()
    }
}

macro_rules! ledger_record {
    ($record:ty, $streams:path, |$r:ident| $parent:expr $(, $more:item)*) => {
        impl LedgerRecord for $record {
            fn streams(&self) -> BTreeSet<Collection> {
                $streams(self)
            }
            fn parent(&self) -> Option<RecordId> {
                let $r = self;
                $parent
            }
            fn as_ref(&self) -> RecordRef<'_> {
                self.into()
            }
            $($more)*
        }
    };
}
ledger_record!(Household, rights::collections_of_household, |_h| None);
ledger_record!(Particulars, rights::collections_of_particulars, |p| Some(p.household.into()));
ledger_record!(Visit, rights::collections_of_visit, |v| Some(v.household.into()));
ledger_record!(
    Incident,
    rights::collections_of_incident,
    |i| i.household.map(RecordId::from),
    fn wake(&self) -> Option<UnixMillis> {
        find_wake(self)
    },
    fn list_arrived(&self, before: Option<&Self>) -> Vec<TransitionId> {
        let is_new = |id: &TransitionId| before.is_none_or(|before| !before.transitions.contains_key(id));
        let mut arrived: Vec<_> = self.transitions.iter().filter(|(id, _)| is_new(id)).collect();
        arrived.sort_by_key(|(id, step)| (step.at_device, **id));
        arrived.into_iter().map(|(id, _)| *id).collect()
    }
);

/// Calls a function that is generic over the record with the type of a kind.
macro_rules! by_kind {
    ($kind:expr, $function:ident($($argument:expr),*)) => {
        match $kind {
            Kind::Household => $function::<Household>($($argument),*),
            Kind::Particulars => $function::<Particulars>($($argument),*),
            Kind::Visit => $function::<Visit>($($argument),*),
            Kind::Incident => $function::<Incident>($($argument),*),
        }
    };
}

/// What a document becomes by a change that was found fit.
#[derive(Debug, Clone)]
pub(super) struct Fit {
    pub(super) after: StoredDocument,
    pub(super) streams: BTreeSet<Collection>,
    pub(super) wake_at: Option<UnixMillis>,
    /// Steps of an incident that came with it, in order.
    pub(super) arrived: Vec<TransitionId>,
}

/// Tries one change on a copy of the document.
pub(super) fn try_change(
    sender: &Sender,
    document: RecordId,
    kind: Kind,
    base: Option<&StoredDocument>,
    bytes: &[u8],
) -> Result<Fit, Unfit> {
    by_kind!(kind, try_record(sender, document, base, bytes))
}

fn try_record<R: LedgerRecord>(
    sender: &Sender,
    document: RecordId,
    base: Option<&StoredDocument>,
    bytes: &[u8],
) -> Result<Fit, Unfit> {
    let admitted = match admit::<R>(base.map(|stored| stored.snapshot.as_slice()), &[bytes]) {
        Err(AdmitError::NewerFormat { .. }) if !may_wait(sender, R::KIND, base.map(|stored| &stored.grid)) => {
            return Err(Unfit::refused(RefusalCode::NotAllowed));
        }
        tried => tried?,
    };
    if admitted.record.record_id() != document {
        return Err(Unfit::with_field(RefusalCode::RuleBroken, "id"));
    }
    check_rights(sender, &admitted)?;
    describe(admitted)
}

fn describe<R: LedgerRecord>(admitted: Admitted<R>) -> Result<Fit, Unfit> {
    let Admitted { record, heads, save, before, .. } = admitted;
    let projection = project(&record).ok_or_else(|| Unfit::with_field(RefusalCode::RuleBroken, "record"))?;
    Ok(Fit {
        streams: record.streams(),
        wake_at: record.wake(),
        arrived: record.list_arrived(before.as_ref()),
        after: StoredDocument {
            id: record.record_id(),
            kind: R::KIND,
            grid: record.grid().clone(),
            parent: record.parent(),
            heads,
            snapshot: save,
            change_count: 0,
            projection,
        },
    })
}

/// The record as JSON; `None` when it has no flat form, which devices would not be able to edit either.
fn project<R: Record>(record: &R) -> Option<String> {
    flatten(record).ok()?;
    serde_json::to_string(record).ok()
}

/// What a document follows from its stored bytes: for whoever makes changes on the server, and for `verify`.
#[derive(Debug, Clone)]
pub(crate) struct Rebuilt {
    /// The document as it has to stand in the ledger; `change_count` from its history.
    pub(crate) stored: StoredDocument,
    /// The streams it has to stand in.
    pub(crate) streams: BTreeSet<Collection>,
    /// When the server has to look at it again.
    pub(crate) wake_at: Option<UnixMillis>,
}

/// Reads a document of a kind from its bytes; `None` when they do not make one.
pub(crate) fn rebuild(kind: Kind, history: &RecordDocument) -> Option<Rebuilt> {
    by_kind!(kind, rebuild_record(history))
}

fn rebuild_record<R: LedgerRecord>(history: &RecordDocument) -> Option<Rebuilt> {
    let record = history.read::<R>().ok()?.record;
    let stored = StoredDocument {
        id: record.record_id(),
        kind: R::KIND,
        grid: record.grid().clone(),
        parent: record.parent(),
        heads: history.heads(),
        snapshot: history.save_plain(),
        change_count: u64::try_from(history.change_count()).unwrap_or(u64::MAX),
        projection: project(&record)?,
    };
    Some(Rebuilt { streams: record.streams(), wake_at: record.wake(), stored })
}
