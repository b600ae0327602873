//! After work: what lies on the lead's phone, and what the office has.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};
use serde_json::Value;

use super::{Day, HAZARD, NEW_MEMBER, NEW_TEL, read_all_files, roster_file};

/// Digits of a telephone number, and of an identity number.
const LENGTHS: [usize; 2] = [11, 18];

impl Day {
    /// No file of 周桂芳's phone holds a phone or identity number of anybody, in whatever form it was typed.
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
        // The same search finds them where they may be, so it would have found them.
        let on_workers = find_numbers(&self.worker.data(), &numbers)?;
        ensure!(!on_workers.is_empty(), "陈立's phone holds no number at all: this search finds nothing anywhere");
        self.album.tell(&format!(
            "none of {} phone and identity numbers lies on 周桂芳's phone ({} lie open on 陈立's)",
            numbers.len(),
            on_workers.len()
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
    Ok(found)
}
