//! The ledger as a plan asks for it: every home of the communities that a list touches, as it is now and as the office
//! last said it.
//!
//! Flow: two statements for each community read cards, particulars and what the office said; they meet by the id of the
//! household. Failure: what cannot be read is passed over and told. A home whose card cannot be read is not known, and
//! `write` sees that its id is taken.

use std::collections::{BTreeMap, BTreeSet};

use domain::{GridCode, Household, HouseholdId, Kind, Particulars, Record as _, RecordId};
use roster::plan::{BuildingKey, ImportPlan, Imported, Known, Ledger};
use roster::{Finding, Roster};

use super::write::HomeWrite;
use super::{ImportError, key_of, tell_damage};
use crate::store::{RosterBase, Store};

/// The ledger of a plan, and where what the office said stands in it.
#[derive(Debug, Default)]
pub(super) struct KnownLedger {
    pub(super) ledger: Ledger,
    /// Grid of every stored key.
    grids: BTreeMap<String, GridCode>,
}

/// Reads the ledger of the communities that a roster touches. What cannot be read is passed over, and told.
pub(super) async fn read_ledger<S: Store>(
    store: &S,
    roster: &Roster,
    findings: &mut Vec<Finding>,
) -> Result<KnownLedger, ImportError> {
    let communities: BTreeSet<_> = roster.counts.grids.iter().map(GridCode::community).collect();
    let records = store.list_home_records(communities.clone()).await?;
    let bases = store.list_roster_bases(communities).await?;
    let buildings = store.list_buildings().await?;
    let (mut cards, mut particulars) = (BTreeMap::new(), BTreeMap::new());
    let (mut bad_records, mut bad_bases) = (records.unreadable, bases.unreadable);
    for record in records.rows {
        let is_read = match record.kind {
            Kind::Household => serde_json::from_str::<Household>(&record.projection)
                .is_ok_and(|card| cards.insert(card.id, card).is_none()),
            _ => serde_json::from_str::<Particulars>(&record.projection)
                .is_ok_and(|details| particulars.insert(details.household, details).is_none()),
        };
        bad_records += usize::from(!is_read);
    }
    let mut said: BTreeMap<HouseholdId, (RosterBase, Imported)> = BTreeMap::new();
    let mut grids = BTreeMap::new();
    for base in bases.rows {
        grids.insert(base.row_key.clone(), base.grid.clone());
        match serde_json::from_str::<Imported>(&base.imported) {
            Ok(imported) => drop(said.insert(imported.household.id, (base, imported))),
            Err(_) => bad_bases += 1,
        }
    }
    let known = buildings.rows.into_iter().map(|building| (key_of(&building), building.code));
    let known: BTreeMap<BuildingKey, _> = known.collect();
    for (what, count) in [("住户记录", bad_records), ("上次名单的内容", bad_bases), ("楼栋", buildings.unreadable)]
    {
        if count > 0 {
            findings.push(tell_damage(format!("数据中有 {count} 条{what}读不出来，已跳过；请运行 verify 查看")));
        }
    }
    let households = cards.into_values().map(|household| {
        let (base, stored_key) = match said.remove(&household.id) {
            Some((row, imported)) => (Some(imported), Some(row.row_key)),
            None => (None, None),
        };
        let particulars = particulars.remove(&household.id).unwrap_or_else(|| Particulars {
            household: household.id,
            grid: household.grid.clone(),
            members: BTreeMap::new(),
            consent: None,
        });
        Known { current: Imported { household, particulars }, base, stored_key }
    });
    let households = households.collect();
    Ok(KnownLedger { ledger: Ledger { households, buildings: known }, grids })
}

impl KnownLedger {
    /// What a plan writes, home by home: new ones, those of which something differs, those of which only what the office
    /// says does.
    pub(super) fn list_writes<'p>(&'p self, plan: &'p ImportPlan) -> Vec<HomeWrite<'p>> {
        let additions = plan.additions.iter().map(|addition| HomeWrite {
            imported: &addition.records,
            is_added: true,
            has_base: true,
            edits: Vec::new(),
            bases: vec![(&addition.key, &addition.records)],
            dropped: Vec::new(),
        });
        let mut changed: BTreeMap<HouseholdId, HomeWrite<'p>> = BTreeMap::new();
        let known: BTreeMap<HouseholdId, &'p Known> =
            self.ledger.households.iter().map(|known| (known.current.household.id, known)).collect();
        let owners: BTreeMap<RecordId, &'p Known> = known
            .values()
            .flat_map(|one| {
                [one.current.household.record_id(), one.current.particulars.record_id()].map(|id| (id, *one))
            })
            .collect();
        let begin = |known: &'p Known| HomeWrite {
            imported: &known.current,
            is_added: false,
            has_base: known.base.is_some(),
            edits: Vec::new(),
            bases: Vec::new(),
            dropped: Vec::new(),
        };
        let dropped_keys: std::collections::BTreeSet<&str> = plan.dropped_keys.iter().map(String::as_str).collect();
        for (key, imported) in &plan.bases {
            let id = imported.household.id;
            let Some(known) = known.get(&id) else { continue };
            let home = changed.entry(id).or_insert_with(|| begin(known));
            home.imported = imported;
            home.bases.push((key, imported));
            // The row under the former key goes with the home that it belongs to.
            let former = known.stored_key.as_ref().filter(|stored| dropped_keys.contains(stored.as_str()));
            home.dropped.extend(former.and_then(|stored| Some((self.grids.get(stored)?.clone(), stored.clone()))));
        }
        for edit in &plan.edits {
            let Some(known) = owners.get(&edit.record) else { continue };
            changed.entry(known.current.household.id).or_insert_with(|| begin(known)).edits.push(edit);
        }
        additions.chain(changed.into_values()).collect()
    }
}
