//! Taking in what was held for the office, when the office says so.
//!
//! Each change is judged as if it had arrived while its author still had every right they ever had. What does not fit
//! even so (a rule is broken, a newer app wrote it) stays held.

use std::collections::BTreeMap;
use std::sync::Arc;

use documents::{RecordDocument, inspect};
use domain::account::Scope;
use domain::{Account, ChangeHash, InstallationId, Kind, RecordId, UnixMillis};
use sync::wire::{Blob, PushDocument, RefusalCode, Verdict};
use uuid::Uuid;

use super::{Sender, TakenIn, Voice, WorkBudget, take_in};
use crate::desk::{Clocks, Registrar};
use crate::store::{BaseQuery, DeviceId, HeldChange, Session, Store, StoreError, StoredDocument, TokenUse, Trust};

/// The document of held changes, if it is stored.
pub(crate) async fn find_stored<S: Store>(store: &S, document: RecordId) -> Result<Option<StoredDocument>, StoreError> {
    let query = BaseQuery { document, installation: InstallationId::from_uuid(Uuid::nil()), hashes: Vec::new() };
    Ok(store.read_bases(vec![query]).await?.pop().and_then(|base| base.stored))
}

/// Of which kind a document is: as it is stored, or as its held changes make it.
pub(crate) fn find_kind(stored: Option<&StoredDocument>, held: &[HeldChange]) -> Option<Kind> {
    stored.map(|stored| stored.kind).or_else(|| {
        let changes: Vec<&[u8]> = held.iter().filter_map(|change| change.bytes.as_deref()).collect();
        let mut document = RecordDocument::empty();
        document.apply(&changes).ok()?;
        document.kind()
    })
}

/// Takes in the held changes of one document as far as they fit; answers what became of each.
pub(crate) async fn accept_held<S: Store>(
    store: &S,
    document: RecordId,
    held: &[HeldChange],
    now: UnixMillis,
) -> Result<BTreeMap<ChangeHash, Verdict>, StoreError> {
    let unread = Verdict::Held { code: RefusalCode::Malformed };
    let mut verdicts: BTreeMap<ChangeHash, Verdict> = held.iter().map(|one| (one.hash, unread.clone())).collect();
    let Some(kind) = find_kind(find_stored(store, document).await?.as_ref(), held) else { return Ok(verdicts) };
    let registrar = Arc::new(Registrar::read(store, None, now).await?);
    // Work of one person may build on another's that is held as well: as long as something fits, more may.
    loop {
        let mut has_moved = false;
        let groups = Rights::ALL.map(|rights| group_by_sender(held, &verdicts, rights));
        for (sender, changes) in groups.into_iter().flatten() {
            let hashes: Vec<ChangeHash> = changes.iter().map(|(_, hash, _)| *hash).collect();
            let changes = changes.into_iter().map(|(_, _, bytes)| Blob(bytes)).collect();
            let push = vec![PushDocument { document, kind: kind.into(), changes }];
            match take_in(store, Some(&registrar), &sender, push, now, &WorkBudget::unlimited()).await? {
                TakenIn::Judged { outcomes, .. } => {
                    for outcome in outcomes {
                        has_moved |= is_stored(&outcome.verdict);
                        verdicts.insert(outcome.hash, outcome.verdict);
                    }
                }
                TakenIn::Forked => {
                    let verdict = Verdict::Held { code: RefusalCode::SequenceReused };
                    verdicts.extend(hashes.into_iter().map(|hash| (hash, verdict.clone())));
                }
            }
        }
        if !has_moved {
            return Ok(verdicts);
        }
    }
}

/// Whether a change is in the ledger now.
pub(crate) fn is_stored(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Accepted | Verdict::Known)
}

/// A held change in its device's order: sequence number, name, bytes.
type Numbered = (u64, ChangeHash, Vec<u8>);

/// With which rights held work is tried. Of a town, community or organisation an account has one at a time.
#[derive(Debug, Clone, Copy)]
enum Rights {
    /// Those that had ended.
    Former,
    /// Today's, and every grid and building there ever was.
    Todays,
    /// The same with the former organisation.
    FormerOrg,
    /// The same without an organisation: the account had none when the work was done.
    WithoutOrg,
}

impl Rights {
    const ALL: [Self; 4] = [Self::Former, Self::Todays, Self::FormerOrg, Self::WithoutOrg];
}

/// What each device wrote and is not stored yet.
fn group_by_sender(
    held: &[HeldChange],
    verdicts: &BTreeMap<ChangeHash, Verdict>,
    rights: Rights,
) -> Vec<(Sender, Vec<Numbered>)> {
    let mut groups: BTreeMap<_, (Sender, Vec<_>)> = BTreeMap::new();
    for change in held.iter().filter(|one| !verdicts.get(&one.hash).is_some_and(is_stored)) {
        let Some(bytes) = &change.bytes else { continue };
        let Ok(header) = inspect(bytes) else { continue };
        let key = (change.author.id, change.installation);
        let group = groups.entry(key).or_insert_with(|| (speak_for(change, rights), Vec::new()));
        group.1.push((header.seq, change.hash, bytes.clone()));
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    for (_, changes) in &mut groups {
        changes.sort_unstable();
    }
    groups
}

/// The author, with rights they have or had.
fn speak_for(change: &HeldChange, rights: Rights) -> Sender {
    let (past, today) = (change.past.clone(), change.author.scope.clone());
    let scope = match rights {
        Rights::Former => past,
        Rights::Todays => Scope { town: today.town, community: today.community, org: today.org, ..past },
        Rights::FormerOrg => Scope { town: today.town, community: today.community, ..past },
        Rights::WithoutOrg => Scope { town: today.town, community: today.community, org: None, ..past },
    };
    let account = Account { scope, ..change.author.clone() };
    let device = DeviceId(Uuid::nil());
    let session =
        Session { device, account, past: change.past.clone(), trust: Trust::Trusted, token_use: TokenUse::Used };
    // Which clock the device had is not known any more: what it wrote was not written after it had arrived.
    let clocks = Some(Clocks { server: change.first_at, device: change.first_at });
    Sender { session, installation: change.installation, voice: Voice::Office, clocks }
}
