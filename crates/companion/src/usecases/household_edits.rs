//! What an edit of a card does to the record.

use std::collections::BTreeMap;

use contract::{CommandError, ErrorCode, HouseholdEdit};
use domain::Kind;
use domain::codes::{CodeList, HouseStatus, NeedCode, NeedState};
use domain::household::{Member, NAME_LIMIT, NOTE_LIMIT};
use domain::rights::may_edit_field;
use domain::{Account, GridCode, Household, MemberId, MemberPair, UnixMillis};

use super::check::{CheckedMember, check_card_text, check_new_member, check_required, read_id_no, read_tel};
use super::particulars::{NumbersEdit, may_write_particulars};

/// An edit, checked; ids of new people are given.
#[derive(Debug)]
pub(super) enum CheckedEdit {
    ContactName(String),
    HouseStatus(HouseStatus),
    Note(String),
    Need(NeedCode, NeedState),
    AddMember(MemberId, CheckedMember),
    Member(MemberId, Member),
    Numbers(NumbersEdit),
    Pair(MemberPair, bool, UnixMillis),
}

/// Checks one edit; `index` is its place in the request. What stands unchanged is not held against the editor.
pub(super) fn check_edit(
    edit: &HouseholdEdit,
    index: usize,
    household: &Household,
    now: UnixMillis,
    new_id: impl FnOnce() -> MemberId,
) -> Result<CheckedEdit, CommandError> {
    Ok(match edit {
        HouseholdEdit::ContactName { name } => {
            check_card_text("contact_name", &household.contact_name, name.trim(), NAME_LIMIT)?;
            CheckedEdit::ContactName(name.trim().to_owned())
        }
        HouseholdEdit::HouseStatus { status } => {
            refuse_unknown("house_status", *status, HouseStatus::Unknown)?;
            CheckedEdit::HouseStatus(*status)
        }
        HouseholdEdit::Note { note } => {
            check_card_text("note", &household.note, note.trim(), NOTE_LIMIT)?;
            CheckedEdit::Note(note.trim().to_owned())
        }
        HouseholdEdit::Need { code, state } => {
            refuse_unknown("needs", *code, NeedCode::Unknown)?;
            refuse_unknown("needs", *state, NeedState::Unknown)?;
            CheckedEdit::Need(*code, *state)
        }
        HouseholdEdit::AddMember(new) => {
            CheckedEdit::AddMember(new_id(), check_new_member(&format!("edits.{index}"), new)?)
        }
        HouseholdEdit::Member { id, name, relation, residence } => {
            let Some(before) = household.members.get(id) else {
                return Err(CommandError::new(ErrorCode::NotFound).in_field(format!("members.{id}")));
            };
            let field = format!("members.{id}.name");
            if !before.name.trim().is_empty() {
                check_required(&field, name.trim(), NAME_LIMIT.max(before.name.chars().count()))?;
            }
            check_card_text(&field, &before.name, name.trim(), NAME_LIMIT)?;
            let member = Member { name: name.trim().to_owned(), relation: *relation, residence: *residence };
            CheckedEdit::Member(*id, member)
        }
        HouseholdEdit::Numbers { id, add_tels, remove_tels, id_no } => {
            let Some(person) = household.find_person(*id) else {
                return Err(CommandError::new(ErrorCode::NotFound).in_field(format!("members.{id}")));
            };
            let field = format!("edits.{index}.tel");
            let tels = add_tels.iter().map(|tel| read_tel(&field, tel)).collect::<Result<Vec<_>, _>>()?;
            let id_no = match id_no {
                Some(id_no) => Some(read_id_no(&format!("edits.{index}.id_no"), id_no)?.unwrap_or_default()),
                None => None,
            };
            CheckedEdit::Numbers(NumbersEdit {
                entries: person.entries().collect(),
                add_tels: tels.into_iter().flatten().collect(),
                remove_tels: remove_tels.clone(),
                id_no,
            })
        }
        HouseholdEdit::Pair { pair, is_same } => {
            if let Some(gone) = [pair.older(), pair.younger()].iter().find(|id| !household.members.contains_key(id)) {
                return Err(CommandError::new(ErrorCode::NotFound).in_field(format!("members.{gone}")));
            }
            CheckedEdit::Pair(*pair, *is_same, now)
        }
    })
}

/// A code that this version does not know can be shown, not written.
pub(super) fn refuse_unknown<C: CodeList>(field: &str, code: C, unknown: C) -> Result<(), CommandError> {
    if code == unknown {
        return Err(CommandError::new(ErrorCode::FieldInvalid).in_field(field));
    }
    Ok(())
}

impl CheckedEdit {
    /// Path of what it changes, for the rights.
    fn path(&self) -> &'static str {
        match self {
            Self::ContactName(_) => "contact_name",
            Self::HouseStatus(_) => "house_status",
            Self::Note(_) => "note",
            Self::Need(..) => "needs",
            Self::AddMember(..) | Self::Member(..) | Self::Numbers(_) => "members",
            Self::Pair(..) => "pairs",
        }
    }

    /// Whether the account may do it in this grid.
    pub(super) fn is_allowed(&self, account: &Account, grid: &GridCode) -> bool {
        match self {
            Self::Numbers(_) => may_write_particulars(account, grid),
            _ => may_edit_field(account.role, Kind::Household, self.path()),
        }
    }

    /// Does it.
    pub(super) fn apply(&self, household: &mut Household) {
        match self {
            Self::ContactName(name) => household.contact_name.clone_from(name),
            Self::HouseStatus(status) => household.house_status = Some(*status),
            Self::Note(note) => household.note.clone_from(note),
            Self::Need(code, state) => {
                household.needs.insert(*code, *state);
            }
            Self::AddMember(id, new) => {
                household.members.insert(*id, new.member.clone());
            }
            Self::Member(id, member) => keep_unknown(&mut household.members, *id, member),
            Self::Numbers(_) => {}
            Self::Pair(pair, is_same, at) => household.mark_pair(*pair, *is_same, *at),
        }
    }
}

/// A code of a newer app that the form handed back as `Unknown` means "left as it was".
fn keep_unknown(members: &mut BTreeMap<MemberId, Member>, id: MemberId, new: &Member) {
    use domain::codes::{Relation, Residence};
    let Some(member) = members.get_mut(&id) else { return };
    member.name.clone_from(&new.name);
    if new.relation != Some(Relation::Unknown) {
        member.relation = new.relation;
    }
    if new.residence != Some(Residence::Unknown) {
        member.residence = new.residence;
    }
}
