//! Re-reading everything: does each stored thing still follow from the changes it was made of.

use std::collections::BTreeSet;

use documents::{RecordDocument, inspect};
use domain::{Collection, Incident, InstallationId, Kind, RecordId, UnixMillis};

use crate::ingest::rebuild;
use crate::store::{Answer, BaseQuery, Damage, Life, Store, StoredChange, StoredDocument};

/// Documents read at once.
const PAGE: usize = 200;
/// An installation that writes nothing: here nobody's sequence numbers are asked for.
const NOBODY: InstallationId = InstallationId::from_uuid(uuid::Uuid::nil());

/// What was read, and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Verification {
    /// Documents re-read.
    pub documents: usize,
    /// Changes re-read.
    pub changes: usize,
    /// Everything wrong; empty is well.
    pub damage: Vec<Damage>,
    /// When the data was found older than what was promised. No damage of today: devices offer again what was lost.
    pub renewals: Vec<Life>,
}

/// Re-reads every change and document: hashes, checksums, sequence, history, projection, streams, decisions, and whether
/// the desk will come back to it; and lets the store re-read positions, digests and seals.
///
/// # Errors
/// When the store cannot be read at all.
pub async fn verify<S: Store>(store: &S) -> Answer<Verification> {
    let (damage, renewals) = (store.find_damage().await?, store.list_renewals().await?);
    let mut found = Verification { damage, renewals, ..Verification::default() };
    let mut after: Option<RecordId> = None;
    let mut waking = list_waking(store).await?;
    loop {
        let documents = store.scan_documents(after, PAGE).await?;
        let Some(last) = documents.last() else { return Ok(found) };
        after = Some(last.id);
        for document in documents {
            let id = document.id;
            let (changes, codes) = read_document(store, document, &mut waking).await?;
            found.documents += 1;
            found.changes += changes;
            found.damage.extend(codes.into_iter().map(|code| Damage { code, subject: id.to_string() }));
        }
    }
}

/// How many changes a document has, and what is wrong with it. A document that a phone changes between two reads is
/// read again, so that `verify` may run beside a serving process.
async fn read_document<S: Store>(
    store: &S,
    document: StoredDocument,
    waking: &mut BTreeSet<RecordId>,
) -> Answer<(usize, Vec<&'static str>)> {
    let mut document = document;
    loop {
        let changes = store.list_changes(document.id).await?;
        let streams = store.list_collections(document.id).await?;
        let mut codes = check_changes(&changes);
        match check_document(&document, &changes) {
            Ok(expected) if expected.streams != streams => codes.push("streams"),
            Ok(expected) if expected.wakes && !waking.contains(&document.id) => {
                *waking = list_waking(store).await?;
                if !waking.contains(&document.id) {
                    codes.push("wake");
                }
            }
            Ok(_) => {}
            Err(code) => codes.push(code),
        }
        if codes.is_empty() {
            return Ok((changes.len(), codes));
        }
        let query = BaseQuery { document: document.id, installation: NOBODY, hashes: Vec::new() };
        match store.read_bases(vec![query]).await?.pop().and_then(|base| base.stored) {
            Some(now) if now.change_count != document.change_count => document = now,
            _ => return Ok((changes.len(), codes)),
        }
    }
}

/// Every document that the desk will look at again.
async fn list_waking<S: Store>(store: &S) -> Answer<BTreeSet<RecordId>> {
    Ok(store.list_waking(UnixMillis::new(i64::MAX), usize::MAX).await?.into_iter().collect())
}

/// Each change is what its row says, each after those it builds on, each actor's numbered 1, 2, 3 ….
fn check_changes(changes: &[StoredChange]) -> Vec<&'static str> {
    let mut codes = Vec::new();
    let mut known = BTreeSet::new();
    let mut last_seq = std::collections::BTreeMap::new();
    for change in changes {
        match inspect(&change.bytes) {
            Ok(header) if header.hash != change.hash => codes.push("change_hash"),
            Ok(header) => {
                let seq = last_seq.entry(header.actor).or_insert(0);
                *seq += 1;
                if (header.actor, header.seq) != (change.actor, change.seq) || header.seq != *seq {
                    codes.push("change_sequence");
                }
                if header.author != Some(change.account) {
                    codes.push("change_author");
                }
                if header.deps.iter().any(|dep| !known.contains(dep)) {
                    codes.push("change_order");
                }
            }
            Err(_) => codes.push("change_bytes"),
        }
        known.insert(change.hash);
    }
    codes
}

/// What has to be known of a document beside it.
struct Expected {
    streams: BTreeSet<Collection>,
    wakes: bool,
}

/// The document follows from its changes; answers what has to be known beside it.
fn check_document(document: &StoredDocument, changes: &[StoredChange]) -> Result<Expected, &'static str> {
    let history: Vec<u8> = changes.iter().flat_map(|change| change.bytes.iter().copied()).collect();
    let history = RecordDocument::from_history(&history).map_err(|_| "document_history")?;
    if history.heads() != document.heads {
        return Err("document_heads");
    }
    let snapshot = RecordDocument::from_history(&document.snapshot).map_err(|_| "document_snapshot")?;
    if snapshot.heads() != document.heads || snapshot.change_count() != changes.len() {
        return Err("document_snapshot");
    }
    let rebuilt = rebuild(document.kind, &history).ok_or("document_record")?;
    let is_same = |a: &StoredDocument, b: &StoredDocument| {
        (a.id, &a.grid, a.parent, &a.projection) == (b.id, &b.grid, b.parent, &b.projection)
    };
    if !is_same(&rebuilt.stored, document) {
        return Err("document_projection");
    }
    if document.kind == Kind::Incident && !has_sound_decisions(document) {
        return Err("decisions");
    }
    Ok(Expected { streams: rebuilt.streams, wakes: rebuilt.wake_at.is_some() })
}

/// The server's decisions on an incident have the positions 1, 2, 3 …, each on a step that is there.
fn has_sound_decisions(document: &StoredDocument) -> bool {
    let Ok(incident) = serde_json::from_str::<Incident>(&document.projection) else { return false };
    let mut positions: Vec<u32> = incident.decisions.values().map(|decision| decision.position).collect();
    positions.sort_unstable();
    positions.into_iter().eq(1..=u32::try_from(incident.decisions.len()).unwrap_or(u32::MAX))
        && incident.decisions.keys().all(|id| incident.transitions.contains_key(id))
}
