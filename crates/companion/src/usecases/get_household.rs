//! `get_household`: one household, one file.

use contract::{CandidateView, ConflictView, ErrorCode, GetHousehold, HouseholdView, MemberView, NeedView};
use domain::rights::{Act, RecordRef, may};
use domain::{Account, Household, HouseholdId, Kind};
use rusqlite::Connection;

use super::UseCase;
use super::members::read_members;
use super::particulars::may_read_particulars;
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::StoreError;
use crate::store::conflict::{StoredCandidate, list_conflicts};
use crate::store::document::find_verified_at;
use crate::store::household::read_needs;
use crate::store::household_list::{Card, find_card};
use crate::store::incident_list::{Viewer, Which, list_incidents};
use crate::store::project::{find_waiting_visits, project_visits_of};
use crate::store::record::read_record;
use crate::store::reference::find_account_name;
use crate::store::visit::{count_visits, list_visits};

/// Visits on the page.
const VISIT_ROWS: u32 = 5;
/// Incidents on the page; a home with more is read in 任务.
const INCIDENT_ROWS: u32 = 50;

impl UseCase for GetHousehold {
    fn run(self, companion: &mut Companion) -> Result<HouseholdView, Failure> {
        let account = companion.require_account()?;
        look_at_visits(companion, self.id)?;
        let card = require_card(companion, self.id)?;
        let viewer = Viewer { account: &account, now: companion.now() };
        let db = companion.store.read();
        let (members, particulars) = read_members(db, &account, &card)?;
        let record = read_record::<Household>(db, self.id.into())?.map(|reading| reading.record);
        let possible_pairs = record.map(|record| record.find_possible_pairs(particulars.as_ref())).unwrap_or_default();
        let needs = read_needs(&card.needs)?;
        Ok(HouseholdView {
            interval_days: card.row.class.interval_days().unsigned_abs(),
            note: card.note.clone(),
            conflicts: read_conflicts(db, &account, self.id, &members)?,
            members,
            possible_pairs: if may_edit_card(&account, &card) { possible_pairs } else { Vec::new() },
            needs: needs.into_iter().map(|(code, state)| NeedView { code, state }).collect(),
            visits: list_visits(db, self.id, None, VISIT_ROWS)?,
            visit_count: count_visits(db, self.id)?,
            incidents: list_incidents(db, &viewer, Which::OfHousehold(self.id), "", None, INCIDENT_ROWS)?,
            has_particulars: may_read_particulars(&account, &card),
            can_edit: may_edit_card(&account, &card),
            verified_at: find_verified_at(db, self.id.into())?,
            row: card.row,
        })
    }
}

/// The card of a household that is on this phone.
pub(super) fn require_card(companion: &Companion, id: HouseholdId) -> Result<Card, Failure> {
    find_card(companion.store.read(), id, companion.today())?.ok_or(Failure::from(ErrorCode::NotFound))
}

/// Shows the visits that were stored and not looked at yet.
pub(super) fn look_at_visits(companion: &mut Companion, id: HouseholdId) -> Result<(), Failure> {
    if !find_waiting_visits(companion.store.read(), id)?.is_empty() {
        companion.store.write::<_, Failure>(|writing| Ok(project_visits_of(writing, id)?))?;
    }
    Ok(())
}

/// Whether the account may edit this card.
pub(super) fn may_edit_card(account: &Account, card: &Card) -> bool {
    let grid = card.building.grid();
    may(account, Act::Edit, &RecordRef::plain(Kind::Household, &grid, Some(&card.building), None))
}

fn read_conflicts(
    db: &Connection,
    account: &Account,
    id: HouseholdId,
    members: &[MemberView],
) -> Result<Vec<ConflictView>, StoreError> {
    let mut conflicts = Vec::new();
    for (field, candidates) in list_conflicts(db, id.into())? {
        let member_id = field.strip_prefix("members.").and_then(|rest| rest.split('.').next());
        let member = members
            .iter()
            .find(|member| member_id == Some(member.id.to_string().as_str()))
            .map(|member| member.name.clone());
        let candidates =
            candidates.into_iter().map(|candidate| name_candidate(db, account, candidate)).collect::<Result<_, _>>()?;
        conflicts.push(ConflictView { field, member, candidates });
    }
    Ok(conflicts)
}

fn name_candidate(db: &Connection, account: &Account, candidate: StoredCandidate) -> Result<CandidateView, StoreError> {
    let (by, role) = match candidate.by {
        Some(by) if by == account.id => (Some(account.name.clone()), Some(account.role)),
        Some(by) => match find_account_name(db, by)? {
            Some(colleague) => (Some(colleague.name), colleague.role),
            None => (None, None),
        },
        None => (None, None),
    };
    Ok(CandidateView { value: candidate.value, by, role, at: candidate.at, is_shown: candidate.is_shown })
}
