//! After work: what lies on the lead's phone, and what the office has.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use documents::RecordDocument;
use domain::record::Record;
use domain::{Household, Incident, Kind, Particulars, Visit};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use super::{Day, HAZARD, NEW_MEMBER, NEW_TEL, read_all_files, roster_file};

/// Digits of a telephone number, and of an identity number.
const LENGTHS: [usize; 2] = [11, 18];

impl Day {
    /// 周桂芳's phone holds no phone or identity number of anybody: not in the bytes of any file, and not in what those
    /// bytes mean when they are unpacked. No particulars are there at all.
    pub(super) fn look_for_numbers_on_the_leads_phone(&self) -> Result<()> {
        let mut numbers = read_numbers(&fs::read(roster_file())?);
        ensure!(numbers.len() > 1000, "the roster has only {} numbers", numbers.len());
        numbers.insert(NEW_TEL.to_owned());
        let on_leads = find_numbers(&self.lead.data(), &numbers)?;
        ensure!(
            on_leads.is_empty(),
            "周桂芳's phone holds {} numbers, among them {:?}",
            on_leads.len(),
            on_leads.first()
        );
        let leads = unpack_store(&self.lead.data(), &numbers)?;
        ensure!(!leads.kinds.contains_key("particulars"), "周桂芳's phone holds particulars: {:?}", leads.kinds);
        ensure!(leads.kinds.contains_key("household"), "周桂芳's phone holds no household: {:?}", leads.kinds);
        ensure!(
            leads.found.is_empty(),
            "documents on 周桂芳's phone hold {} numbers, among them {:?}",
            leads.found.len(),
            leads.found.first()
        );
        // The same searches find them where they may be, so they would have found them.
        let on_workers = find_numbers(&self.worker.data(), &numbers)?;
        ensure!(!on_workers.is_empty(), "陈立's phone holds no number at all: this search finds nothing anywhere");
        let workers = unpack_store(&self.worker.data(), &numbers)?;
        ensure!(workers.kinds.contains_key("particulars"), "陈立's phone holds no particulars: {:?}", workers.kinds);
        ensure!(workers.found.len() > 1000, "only {} numbers in 陈立's documents", workers.found.len());
        self.album.tell(&format!(
            "none of {} phone and identity numbers lies on 周桂芳's phone, nor in {} documents unpacked; on 陈立's, {} lie \
             open and {} are in documents",
            numbers.len(),
            leads.kinds.values().sum::<usize>(),
            on_workers.len(),
            workers.found.len()
        ));
        Ok(())
    }

    /// The export holds each record once, and the ledger verifies.
    pub(super) fn count_the_ledger(&mut self) -> Result<()> {
        let records = self.district.list(&["export"])?;
        let ids: BTreeSet<&str> = records.iter().filter_map(|record| record["id"].as_str()).collect();
        ensure!(ids.len() == records.len(), "{} records have {} ids", records.len(), ids.len());
        let of_kind = |kind: &str| records.iter().filter(|record| record["kind"] == kind).collect::<Vec<_>>();

        ensure!(of_kind("household").len() == 365, "{} households", of_kind("household").len());
        let mut outcomes: Vec<_> = of_kind("visit").iter().map(|visit| visit["record"]["outcome"].clone()).collect();
        outcomes.sort_by_key(Value::to_string);
        ensure!(outcomes == ["absent", "met"], "the visits of the day are {outcomes:?}");
        let incidents = of_kind("incident");
        ensure!(incidents.len() == 1, "{} incidents", incidents.len());
        ensure!(incidents[0]["record"]["category"] == HAZARD, "the incident is {}", incidents[0]["record"]["category"]);
        let holds =
            |records: &[&Value], text: &str| records.iter().filter(|each| each.to_string().contains(text)).count();
        ensure!(holds(&of_kind("household"), NEW_MEMBER) == 1, "the new member is in one household");
        ensure!(holds(&of_kind("particulars"), NEW_TEL) == 1, "the new number is in one household's particulars");

        let verified = self.district.ask(&["verify"])?;
        ensure!(verified["damage"] == Value::Array(vec![]), "the ledger is damaged: {verified}");
        self.album.tell(&format!("the export holds {} records, each once; the ledger verifies", records.len()));
        Ok(())
    }
}

/// Telephone and identity numbers of a roster in GB18030, full-width digits as ASCII, `x` as `X`.
fn read_numbers(roster: &[u8]) -> BTreeSet<String> {
    let mut numbers = BTreeSet::new();
    let mut run = String::new();
    let mut rest = roster;
    while let [first, tail @ ..] = rest {
        let (digit, after) = match (first, tail) {
            // A full-width digit is two bytes in GB18030.
            (0xA3, [low @ 0xB0..=0xB9, after @ ..]) => (Some(low - 0x80), after),
            (b'0'..=b'9' | b'x' | b'X', _) => (Some(first.to_ascii_uppercase()), tail),
            // Other Chinese: skip both bytes, the second may look like a letter.
            (0x81..=0xFE, [_, after @ ..]) => (None, after),
            _ => (None, tail),
        };
        match digit {
            Some(digit) => run.push(char::from(digit)),
            None => {
                if LENGTHS.contains(&run.len()) {
                    numbers.insert(run.clone());
                }
                run.clear();
            }
        }
        rest = after;
    }
    numbers
}

/// Those of the numbers that lie open in any file of a folder.
fn find_numbers(folder: &Path, numbers: &BTreeSet<String>) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for (_, bytes) in read_all_files(folder)? {
        search(&bytes, numbers, &mut found);
    }
    Ok(found)
}

/// Adds those of the numbers that lie open in some bytes.
fn search(bytes: &[u8], numbers: &BTreeSet<String>, found: &mut BTreeSet<String>) {
    for length in LENGTHS {
        for window in bytes.windows(length) {
            // Most windows are no number; looking them up would take minutes.
            if !window[..length - 1].iter().all(u8::is_ascii_digit) {
                continue;
            }
            let text = String::from_utf8_lossy(window).to_uppercase();
            if numbers.contains(&text) {
                found.insert(text);
            }
        }
    }
}

/// What a phone's documents hold once they are unpacked.
#[derive(Debug, Default)]
struct Unpacked {
    /// How many documents of each kind.
    kinds: BTreeMap<String, usize>,
    /// Numbers in their fields, or anywhere in their history.
    found: BTreeSet<String>,
}

/// Unpacks every document of the store in a folder, and every change of its own that the office has not taken over.
/// Documents are stored compressed: in the bytes of the file a number would not show.
fn unpack_store(folder: &Path, numbers: &BTreeSet<String>) -> Result<Unpacked> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let stores: Vec<_> =
        read_all_files(folder)?.into_iter().filter(|(_, bytes)| bytes.starts_with(b"SQLite format 3\0")).collect();
    let mut unpacked = Unpacked::default();
    let mut has_documents = false;
    for (path, _) in stores {
        let store = Connection::open_with_flags(&path, flags)?;
        // The window keeps files of its own.
        if !store.table_exists(None, "document")? {
            continue;
        }
        has_documents = true;
        let mut statement = store.prepare("SELECT id, kind, bytes FROM document")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (id, kind): ([u8; 16], String) = (row.get("id")?, row.get("kind")?);
            let mut document = RecordDocument::load(&row.get::<_, Vec<u8>>("bytes")?).context("a document")?;
            let changes = read_open_changes(&store, id)?;
            search(&read_fields(&kind, &document)?, numbers, &mut unpacked.found);
            // What was written and overwritten is still in the history.
            search(&document.save_plain(), numbers, &mut unpacked.found);
            document.apply(&changes.iter().map(Vec::as_slice).collect::<Vec<_>>()).context("an open change")?;
            search(&read_fields(&kind, &document)?, numbers, &mut unpacked.found);
            search(&document.save_plain(), numbers, &mut unpacked.found);
            *unpacked.kinds.entry(kind).or_default() += 1;
        }
        let homeless = "SELECT count(*) AS n FROM change
             WHERE state <> 'confirmed' AND document NOT IN (SELECT id FROM document)";
        let homeless: i64 = store.query_row(homeless, [], |row| row.get("n"))?;
        ensure!(homeless == 0, "{homeless} open changes belong to no document and cannot be unpacked");
    }
    ensure!(has_documents, "no store was found");
    Ok(unpacked)
}

/// The changes of a document that the office has not taken over.
fn read_open_changes(store: &Connection, document: [u8; 16]) -> Result<Vec<Vec<u8>>> {
    let mut statement =
        store.prepare_cached("SELECT bytes FROM change WHERE document = ?1 AND state <> 'confirmed' ORDER BY seq")?;
    let bytes = statement.query_map([document], |row| row.get("bytes"))?;
    Ok(bytes.collect::<rusqlite::Result<_>>()?)
}

/// A document's fields as JSON, and what else people wrote into the same fields at the same time.
fn read_fields(kind: &str, document: &RecordDocument) -> Result<Vec<u8>> {
    fn to_json<R: Record>(document: &RecordDocument) -> Result<Vec<u8>> {
        let reading = document.read::<R>()?;
        let mut json = serde_json::to_vec(&reading.record)?;
        for conflict in &reading.conflicts {
            json.extend(format!("{conflict:?}").into_bytes());
        }
        Ok(json)
    }
    match Kind::from_code(kind).with_context(|| format!("kind {kind}"))? {
        Kind::Household => to_json::<Household>(document),
        Kind::Particulars => to_json::<Particulars>(document),
        Kind::Visit => to_json::<Visit>(document),
        Kind::Incident => to_json::<Incident>(document),
    }
}
