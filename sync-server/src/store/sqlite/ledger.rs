//! Documents and their changes: what is known, and taking in a batch.

use std::collections::{BTreeMap, BTreeSet};

use domain::{AccountId, AreaCode, ChangeHash, InstallationId, Kind, RecordId, UnixMillis};
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};

use super::convert::{
    name_row, out_of_form, pack_heads, read_count, read_hash, read_heads, read_parsed, read_record, read_uuid,
    to_column,
};
use super::damage::DamageLog;
use super::{aside, desk, imports, office, streams, withdrawals};
use crate::store::{
    Admission, Answer, Base, BaseQuery, Batch, Committed, Grouping, HomeRecord, ReadRows, Scan, StoreError,
    StoredChange, StoredDocument,
};

const DOCUMENT_COLUMNS: &str = "id, kind, grid, parent, heads, snapshot, change_count, projection";

fn read_document(row: &Row<'_>) -> Answer<StoredDocument> {
    let kind: String = row.get("kind")?;
    let parent: Option<[u8; 16]> = row.get("parent")?;
    Ok(StoredDocument {
        id: read_record(row, "id")?,
        kind: Kind::from_code(&kind).ok_or_else(|| out_of_form("kind"))?,
        grid: read_parsed(row, "grid")?,
        parent: parent.map(|bytes| RecordId::from_uuid(uuid::Uuid::from_bytes(bytes))),
        heads: read_heads(row, "heads")?,
        snapshot: row.get("snapshot")?,
        change_count: read_count(row, "change_count")?,
        projection: row.get("projection")?,
    })
}

/// A document; damage when it has no row but changes, or a place in a stream: whoever takes it for one that never was
/// would begin it anew or drop it.
pub(super) fn find_whole_document(db: &Connection, id: RecordId) -> Answer<Option<StoredDocument>> {
    let found = find_document(db, id)?;
    if found.is_none() && has_traces(db, id)? {
        return Err(out_of_form("document"));
    }
    Ok(found)
}

fn has_traces(db: &Connection, id: RecordId) -> Answer<bool> {
    let mut select = db.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM change WHERE document = :id)
             OR EXISTS (SELECT 1 FROM entry WHERE document = :id AND present = 1) AS has_traces",
    )?;
    Ok(select.query_row(named_params! {":id": id.as_uuid().into_bytes()}, |row| row.get("has_traces"))?)
}

pub(super) fn find_document(db: &Connection, id: RecordId) -> Answer<Option<StoredDocument>> {
    let sql = format!("SELECT {DOCUMENT_COLUMNS} FROM document WHERE id = :id");
    let found = db
        .prepare_cached(&sql)?
        .query_row(named_params! {":id": id.as_uuid().into_bytes()}, |row| Ok(read_document(row)))
        .optional()?;
    found.transpose()
}

/// Which of these changes are stored under these documents. Where that cannot be read the answer is no: whoever asks
/// then reads the base, which says that it is damaged.
pub(super) fn find_known(
    db: &Connection,
    changes: &[(RecordId, ChangeHash)],
    damage: &DamageLog,
) -> Answer<BTreeSet<ChangeHash>> {
    let mut known = BTreeSet::new();
    for (document, hash) in changes {
        if damage.pass_over("change", || hash.to_string(), is_known(db, *document, *hash))? == Some(true) {
            known.insert(*hash);
        }
    }
    Ok(known)
}

fn is_known(db: &Connection, document: RecordId, hash: ChangeHash) -> Answer<bool> {
    let mut select = db.prepare_cached("SELECT document FROM change WHERE hash = :hash")?;
    let owner = select.query_row(named_params! {":hash": hash.0}, |row| Ok(read_record(row, "document"))).optional()?;
    Ok(owner.transpose()? == Some(document))
}

pub(super) fn read_base(db: &Connection, query: &BaseQuery, damage: &DamageLog) -> Answer<Base> {
    let base = damage.pass_over("document", || query.document.to_string(), read_sound_base(db, query))?;
    Ok(base.unwrap_or_else(|| Base { is_damaged: true, ..Base::default() }))
}

fn read_sound_base(db: &Connection, query: &BaseQuery) -> Answer<Base> {
    let mut known = BTreeSet::new();
    for hash in &query.hashes {
        if is_known(db, query.document, *hash)? {
            known.insert(*hash);
        }
    }
    Ok(Base {
        stored: find_whole_document(db, query.document)?,
        known,
        held: aside::find_held(db, &query.hashes)?,
        last_seq: find_last_seq(db, query.document, query.installation)?,
        is_damaged: false,
    })
}

fn find_last_seq(db: &Connection, document: RecordId, actor: InstallationId) -> Answer<u64> {
    let mut select = db.prepare_cached(
        "SELECT COALESCE(MAX(seq), 0) AS last FROM change WHERE document = :document AND actor = :actor",
    )?;
    let mut rows = select.query(named_params! {
        ":document": document.as_uuid().into_bytes(),
        ":actor": actor.as_uuid().into_bytes(),
    })?;
    rows.next()?.map_or(Ok(0), |row| read_count(row, "last"))
}

pub(super) fn commit(db: &Connection, batch: &Batch, damage: &DamageLog) -> Answer<Vec<Committed>> {
    let mut outcomes = Vec::with_capacity(batch.admissions.len());
    if batch.grouping == Grouping::Together {
        for admission in &batch.admissions {
            if !find_state(db, admission.after.id)?.is_base_of(admission) {
                return Ok(vec![Committed::Moved; batch.admissions.len()]);
            }
        }
        if !withdrawals::are_unmoved(db, &batch.withdrawals)? {
            return Ok(vec![Committed::Moved; batch.admissions.len().max(1)]);
        }
    }
    if let Some(part) = &batch.import {
        imports::note(db, part)?;
    }
    for admission in &batch.admissions {
        outcomes.push(match batch.grouping {
            Grouping::Each => admit_apart(db, admission, batch.received_at, damage)?,
            Grouping::Together => admit(db, admission, batch.received_at)?,
        });
    }
    for one in &batch.aside {
        aside::set_aside(db, one, batch.received_at)?;
    }
    for (grid, row_key) in &batch.dropped_roster {
        office::drop_roster_base(db, grid, row_key)?;
    }
    for withdrawal in &batch.withdrawals {
        withdrawals::withdraw(db, withdrawal)?;
    }
    for base in &batch.roster {
        office::put_roster_base(db, base)?;
    }
    Ok(outcomes)
}

/// What a document is at this moment: empty for one that does not exist.
pub(super) struct State {
    pub(super) heads: Vec<ChangeHash>,
    pub(super) change_count: u64,
}

impl State {
    fn is_base_of(&self, admission: &Admission) -> bool {
        pack_heads(&self.heads) == pack_heads(&admission.base)
    }
}

pub(super) fn find_state(db: &Connection, document: RecordId) -> Answer<State> {
    let mut select = db.prepare_cached("SELECT heads, change_count FROM document WHERE id = :id")?;
    let mut rows = select.query(named_params! {":id": document.as_uuid().into_bytes()})?;
    match rows.next()? {
        Some(row) => Ok(State { heads: read_heads(row, "heads")?, change_count: read_count(row, "change_count")? }),
        None => Ok(State { heads: Vec::new(), change_count: 0 }),
    }
}

/// Stores an admission in a savepoint of its own, so that one that meets damage takes nothing of the others with it.
fn admit_apart(
    db: &Connection,
    admission: &Admission,
    received_at: UnixMillis,
    damage: &DamageLog,
) -> Answer<Committed> {
    db.prepare_cached("SAVEPOINT admission")?.execute([])?;
    let admitted = admit(db, admission, received_at);
    if db.is_autocommit() {
        // The whole transaction is gone (a full disk can do that).
        return Err(admitted.err().unwrap_or(StoreError::Closed));
    }
    if admitted.is_err() {
        db.prepare_cached("ROLLBACK TO admission")?.execute([])?;
    }
    db.prepare_cached("RELEASE admission")?.execute([])?;
    let admitted = damage.pass_over("document", || admission.after.id.to_string(), admitted)?;
    Ok(admitted.unwrap_or(Committed::Damaged))
}

fn admit(db: &Connection, admission: &Admission, received_at: UnixMillis) -> Answer<Committed> {
    let before = find_state(db, admission.after.id)?;
    if !before.is_base_of(admission) {
        return Ok(Committed::Moved);
    }
    insert_changes(db, admission, before.change_count, received_at)?;
    let change_count = before.change_count + u64::try_from(admission.changes.len()).unwrap_or(u64::MAX);
    put_document(db, &admission.after, before.change_count, change_count)?;
    // What only joins or leaves brings no change of its own.
    let from_ordinal = (before.change_count + 1).min(change_count);
    streams::advance(db, admission, &before.heads, from_ordinal)?;
    if before.change_count > 0 && !admission.collections.is_empty() {
        withdrawals::bring_back(db, admission.after.id)?;
    }
    // Most documents never have one: a new one without a wake costs nothing.
    if admission.wake_at.is_some() || before.change_count > 0 {
        desk::put_wake(db, admission.after.id, admission.wake_at)?;
    }
    Ok(Committed::Stored)
}

fn insert_changes(db: &Connection, admission: &Admission, count_before: u64, received_at: UnixMillis) -> Answer<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO change (document, ordinal, hash, actor, seq, account, received_at, bytes)
         VALUES (:document, :ordinal, :hash, :actor, :seq, :account, :received_at, :bytes)",
    )?;
    for (ordinal, change) in (count_before + 1..).zip(&admission.changes) {
        insert.execute(named_params! {
            ":document": admission.after.id.as_uuid().into_bytes(),
            ":ordinal": to_column(ordinal),
            ":hash": change.hash.0,
            ":actor": change.actor.as_uuid().into_bytes(),
            ":seq": to_column(change.seq),
            ":account": change.account.as_uuid().into_bytes(),
            ":received_at": received_at.as_i64(),
            ":bytes": change.bytes,
        })?;
        aside::forget(db, change.hash)?;
    }
    Ok(())
}

fn put_document(db: &Connection, after: &StoredDocument, count_before: u64, change_count: u64) -> Answer<()> {
    let values = named_params! {
        ":grid": after.grid.as_str(),
        ":id": after.id.as_uuid().into_bytes(),
        ":kind": after.kind.code(),
        ":parent": after.parent.map(|parent| parent.as_uuid().into_bytes()),
        ":heads": pack_heads(&after.heads),
        ":snapshot": after.snapshot,
        ":change_count": to_column(change_count),
        ":projection": after.projection,
    };
    let sql = if count_before == 0 {
        "INSERT INTO document (grid, id, kind, parent, heads, snapshot, change_count, projection)
         VALUES (:grid, :id, :kind, :parent, :heads, :snapshot, :change_count, :projection)"
    } else {
        "UPDATE document SET grid = :grid, kind = :kind, parent = :parent, heads = :heads, snapshot = :snapshot,
             change_count = :change_count, projection = :projection WHERE id = :id"
    };
    db.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

pub(super) fn scan_documents(
    db: &Connection,
    after: Option<RecordId>,
    limit: usize,
    damage: &DamageLog,
) -> Answer<Scan> {
    let mut select = db.prepare_cached("SELECT id FROM document WHERE id > :after ORDER BY id LIMIT :limit")?;
    let after = after.map_or_else(Vec::new, |id| id.as_uuid().into_bytes().to_vec());
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = select.query(named_params! {":after": after, ":limit": limit})?;
    let mut scan = Scan::default();
    while let Some(row) = rows.next()? {
        let read = read_record(row, "id").map(|id| (id, find_document(db, id)));
        // An id that is none comes from damage only; what follows it has a greater one all the same.
        let Some((id, found)) = damage.pass_over("document", || "id".to_owned(), read)? else {
            scan.unreadable += 1;
            continue;
        };
        scan.last = Some(id);
        match damage.pass_over("document", || id.to_string(), found)?.flatten() {
            Some(document) => scan.documents.push(document),
            None => scan.unreadable += 1,
        }
    }
    Ok(scan)
}

/// The ids of all documents, ascending. Where one way of finding them is damaged the others are asked as well.
pub(super) fn list_document_ids(db: &Connection, damage: &DamageLog) -> Answer<Vec<RecordId>> {
    let ways = [
        "SELECT id FROM document INDEXED BY document_by_id ORDER BY id",
        "SELECT id FROM document INDEXED BY document_by_id ORDER BY id DESC",
        "SELECT id FROM document NOT INDEXED",
        "SELECT id FROM document NOT INDEXED ORDER BY grid DESC, id DESC",
        "SELECT DISTINCT document AS id FROM change ORDER BY document",
        "SELECT DISTINCT document AS id FROM entry WHERE present = 1",
    ];
    let mut found = BTreeSet::new();
    for (place, sql) in ways.into_iter().enumerate() {
        let read = collect_ids(db, sql, &mut found, damage);
        let is_whole = damage.pass_over("document", || "ids".to_owned(), read)?.is_some();
        if is_whole && place == 0 {
            break;
        }
    }
    Ok(found.into_iter().collect())
}

fn collect_ids(db: &Connection, sql: &str, found: &mut BTreeSet<RecordId>, damage: &DamageLog) -> Answer<()> {
    let mut select = db.prepare(sql)?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        found.extend(damage.pass_over("document", || "id".to_owned(), read_record(row, "id"))?);
    }
    Ok(())
}

/// Changes from an ordinal on, in order of taking in.
pub(super) fn list_changes(db: &Connection, document: RecordId, from_ordinal: u64) -> Answer<Vec<StoredChange>> {
    let mut select = db.prepare_cached(
        "SELECT hash, actor, seq, account, bytes FROM change
         WHERE document = :document AND ordinal >= :from_ordinal ORDER BY ordinal",
    )?;
    let mut rows = select.query(named_params! {
        ":document": document.as_uuid().into_bytes(),
        ":from_ordinal": to_column(from_ordinal),
    })?;
    let mut changes = Vec::new();
    while let Some(row) = rows.next()? {
        changes.push(StoredChange {
            hash: read_hash(row, "hash")?,
            actor: InstallationId::from_uuid(read_uuid(row, "actor")?),
            seq: read_count(row, "seq")?,
            account: AccountId::from_uuid(read_uuid(row, "account")?),
            bytes: row.get("bytes")?,
        });
    }
    Ok(changes)
}

/// The cards and particulars of these communities, without those that were withdrawn; one statement for each.
pub(super) fn list_home_records(
    db: &Connection,
    communities: &BTreeSet<AreaCode>,
    damage: &DamageLog,
) -> Answer<ReadRows<HomeRecord>> {
    let mut select = db.prepare_cached(
        "SELECT id, kind, projection FROM document
         WHERE grid >= :first AND grid < :beyond AND kind IN ('household', 'particulars')
             AND id NOT IN (SELECT document FROM withdrawn)
         ORDER BY grid, id",
    )?;
    let mut records = ReadRows { rows: Vec::new(), unreadable: 0 };
    for community in communities {
        let (first, beyond) = office::grids_of(community);
        let mut rows = select.query(named_params! {":first": first, ":beyond": beyond})?;
        while let Some(row) = rows.next()? {
            match damage.pass_over("document", || name_row(row, "id"), read_home_record(row))? {
                Some(record) => records.rows.push(record),
                None => records.unreadable += 1,
            }
        }
    }
    Ok(records)
}

fn read_home_record(row: &Row<'_>) -> Answer<HomeRecord> {
    let kind: String = row.get("kind")?;
    Ok(HomeRecord {
        id: read_record(row, "id")?,
        kind: Kind::from_code(&kind).ok_or_else(|| out_of_form("kind"))?,
        projection: row.get("projection")?,
    })
}

/// What hangs on which card: visits, incidents and particulars by the id of their household. One statement: nothing but
/// a reading of all would find them.
pub(super) fn list_children(db: &Connection, damage: &DamageLog) -> Answer<BTreeMap<RecordId, Vec<(RecordId, Kind)>>> {
    let mut select = db.prepare_cached("SELECT parent, id, kind FROM document WHERE parent IS NOT NULL")?;
    let mut rows = select.query([])?;
    let mut children: BTreeMap<RecordId, Vec<(RecordId, Kind)>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        if let Some((parent, id, kind)) = damage.pass_over("document", || name_row(row, "id"), read_child(row))? {
            children.entry(parent).or_default().push((id, kind));
        }
    }
    Ok(children)
}

fn read_child(row: &Row<'_>) -> Answer<(RecordId, RecordId, Kind)> {
    let kind: String = row.get("kind")?;
    let kind = Kind::from_code(&kind).ok_or_else(|| out_of_form("kind"))?;
    Ok((read_record(row, "parent")?, read_record(row, "id")?, kind))
}
