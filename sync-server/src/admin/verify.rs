//! Re-reading everything: does each stored thing still follow from the changes it was made of.
//!
//! Flow: the store re-reads what only it can judge → every document that anything names is read by itself, with its
//! changes and streams. Failure: what cannot be read is damage with a name, and reading goes on after it; only a store
//! that is busy or closed ends it.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use documents::{RecordDocument, inspect};
use domain::{Collection, Incident, InstallationId, Kind, RecordId, UnixMillis};

use crate::ingest::rebuild;
use crate::store::{Answer, Base, BaseQuery, Damage, Life, Store, StoredChange, StoredDocument};

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
    /// Everything wrong, each once; empty is well.
    pub damage: Vec<Damage>,
    /// When the data was found older than what was promised. No damage of today: devices offer again what was lost.
    pub renewals: Vec<Life>,
}

/// How far re-reading has come: documents read, and how many there are.
pub type Progress<'a> = dyn FnMut(usize, usize) + Send + 'a;

/// Re-reads every change and document: hashes, checksums, sequence, history, projection, streams, decisions, and whether
/// the desk will come back to it; and lets the store re-read files, rows, positions, digests, counts and seals.
///
/// # Errors
/// When the store is busy or closed. Damage is no error: it is what is answered.
pub async fn verify<S: Store>(store: &S) -> Answer<Verification> {
    verify_with(store, &mut |_, _| ()).await
}

/// The same, and says now and then how far it has come.
///
/// # Errors
/// As [`verify`].
pub async fn verify_with<S: Store>(store: &S, progress: &mut Progress<'_>) -> Answer<Verification> {
    let (damage, renewals) = (store.find_damage().await?, store.list_renewals().await?);
    let mut found = Verification { damage, renewals, ..Verification::default() };
    let ids = store.list_document_ids().await?;
    let mut waking = list_waking(store).await;
    // Where it cannot be read, every record that was withdrawn is named.
    let mut withdrawn = keep_damage(store.list_withdrawn().await)?.unwrap_or_default();
    for page in ids.chunks(PAGE) {
        for (id, base) in page.iter().zip(store.read_bases(page.iter().map(|id| ask(*id)).collect()).await?) {
            let (changes, codes) = read_document(store, *id, base, (&mut waking, &mut withdrawn)).await?;
            found.documents += 1;
            found.changes += changes;
            found.damage.extend(codes.into_iter().map(|code| Damage { code, subject: id.to_string() }));
        }
        progress(found.documents, ids.len());
    }
    let mut seen = BTreeSet::new();
    found.damage.retain(|damage| seen.insert(damage.clone()));
    Ok(found)
}

const fn ask(document: RecordId) -> BaseQuery {
    BaseQuery { document, installation: NOBODY, hashes: Vec::new() }
}

/// How many changes a document has, and what is wrong with it. A document that a phone changes between two reads is
/// read again, so that `verify` may run beside a serving process.
async fn read_document<S: Store>(
    store: &S,
    id: RecordId,
    base: Base,
    (waking, withdrawn): (&mut BTreeSet<RecordId>, &mut BTreeSet<RecordId>),
) -> Answer<(usize, BTreeSet<&'static str>)> {
    let mut base = base;
    loop {
        let changes = keep_damage(store.list_changes(id).await)?;
        let streams = keep_damage(store.list_collections(id).await)?;
        let mut codes = changes.as_deref().map_or_else(|| ["change"].into(), check_changes);
        let Some(document) = base.stored.take() else {
            codes.insert("document");
            return Ok((changes.map_or(0, |changes| changes.len()), codes));
        };
        // Reading guards itself; a panic beyond is a document that nobody can read either.
        let expected = catch_unwind(AssertUnwindSafe(|| check_document(&document, changes.as_deref())));
        match expected.unwrap_or(Err("document_record")) {
            Ok(expected) => {
                // A record that the office took back stands nowhere.
                let stands = |streams: &Option<BTreeSet<Collection>>, withdrawn: &BTreeSet<RecordId>| {
                    let expected = if withdrawn.contains(&id) { &BTreeSet::new() } else { &expected.streams };
                    streams.as_ref() == Some(expected)
                };
                if !stands(&streams, withdrawn) {
                    *withdrawn = keep_damage(store.list_withdrawn().await)?.unwrap_or_default();
                    let streams = keep_damage(store.list_collections(id).await)?;
                    if !stands(&streams, withdrawn) {
                        codes.insert("streams");
                    }
                }
                if expected.wakes && !waking.contains(&id) {
                    *waking = list_waking(store).await;
                    if !waking.contains(&id) {
                        codes.insert("wake");
                    }
                }
            }
            Err(code) => {
                codes.insert(code);
            }
        }
        let count = changes.map_or(0, |changes| changes.len());
        if codes.is_empty() {
            return Ok((count, codes));
        }
        match store.read_bases(vec![ask(id)]).await?.pop() {
            Some(now) if now.stored.as_ref().is_some_and(|now| now.change_count != document.change_count) => base = now,
            _ => return Ok((count, codes)),
        }
    }
}

/// What was read; `None` for damage, an error for a store that cannot be read for now.
fn keep_damage<T>(read: Answer<T>) -> Answer<Option<T>> {
    match read {
        Err(error) if error.is_temporary() => Err(error),
        read => Ok(read.ok()),
    }
}

/// Every document that the desk will look at again.
async fn list_waking<S: Store>(store: &S) -> BTreeSet<RecordId> {
    // Where it cannot be read, every document that should wake is named.
    store.list_waking(UnixMillis::new(i64::MAX), usize::MAX).await.unwrap_or_default().into_iter().collect()
}

/// Each change is what its row says, each after those it builds on, each actor's numbered 1, 2, 3 ….
fn check_changes(changes: &[StoredChange]) -> BTreeSet<&'static str> {
    let mut codes = BTreeSet::new();
    let mut known = BTreeSet::new();
    let mut last_seq = BTreeMap::new();
    for change in changes {
        match inspect(&change.bytes) {
            Ok(header) if header.hash != change.hash => {
                codes.insert("change_hash");
            }
            Ok(header) => {
                let seq = last_seq.entry(header.actor).or_insert(0);
                *seq += 1;
                if (header.actor, header.seq) != (change.actor, change.seq) || header.seq != *seq {
                    codes.insert("change_sequence");
                }
                if header.author != Some(change.account) {
                    codes.insert("change_author");
                }
                if header.deps.iter().any(|dep| !known.contains(dep)) {
                    codes.insert("change_order");
                }
            }
            Err(_) => {
                codes.insert("change_bytes");
            }
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

/// The document follows from its changes; answers what has to be known beside it. Without changes (damage) from its
/// snapshot, as far as that goes.
fn check_document(document: &StoredDocument, changes: Option<&[StoredChange]>) -> Result<Expected, &'static str> {
    let snapshot = RecordDocument::from_history(&document.snapshot).map_err(|_| "document_snapshot");
    let history = match changes {
        Some(changes) => {
            let history: Vec<u8> = changes.iter().flat_map(|change| change.bytes.iter().copied()).collect();
            let history = RecordDocument::from_history(&history).map_err(|_| "document_history")?;
            if history.heads() != document.heads {
                return Err("document_heads");
            }
            let snapshot = snapshot?;
            if snapshot.heads() != document.heads || snapshot.change_count() != changes.len() {
                return Err("document_snapshot");
            }
            history
        }
        None => snapshot?,
    };
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
