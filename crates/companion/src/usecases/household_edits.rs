//! What an edit of a card does to the record.

use std::collections::BTreeMap;

use contract::{CommandError, ErrorCode, HouseholdEdit};
use domain::Kind;
use domain::codes::{CodeList, HouseStatus, NeedCode, NeedState};
use domain::household::{Member, NAME_LIMIT, NOTE_LIMIT};
use domain::rights::may_edit_field;
use domain::{Household, MemberId, Role};

use super::check::{CheckedMember, check_card_text, check_new_member, check_required};

/// An edit, checked; ids of new people are given.
#[derive(Debug)]
pub(super) enum CheckedEdit {
    ContactName(String),
    HouseStatus(HouseStatus),
    Note(String),
    Need(NeedCode, NeedState),
    AddMember(MemberId, CheckedMember),
    Member(MemberId, Member),
}

/// Checks one edit; `index` is its place in the request. What stands unchanged is not held against the editor.
pub(super) fn check_edit(
    edit: &HouseholdEdit,
    index: usize,
    household: &Household,
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
            Self::AddMember(..) | Self::Member(..) => "members",
        }
    }

    /// Whether the role may do it.
    pub(super) fn is_allowed(&self, role: Role) -> bool {
        may_edit_field(role, Kind::Household, self.path())
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
