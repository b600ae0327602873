//! The author's rights over one change: may they write this record, these fields, under this name.
//!
//! Work done before a right ended is not refused: if the account could ever have done it, it is held for the office.

use std::collections::BTreeSet;

use documents::Admitted;
use domain::account::Scope;
use domain::flat::{Flat, MergeRule, Scalar, flatten};
use domain::rights::{Act, Reach, may, may_edit_field, may_set_field_at_creation, reach};
use domain::{Account, GridCode, Kind, Role};
use sync::wire::RefusalCode;

use super::Sender;
use super::refusal::Unfit;
use super::trial::LedgerRecord;

/// Checks everything an admitted change touched.
pub(super) fn check_rights<R: LedgerRecord>(sender: &Sender, admitted: &Admitted<R>) -> Result<(), Unfit> {
    let account = &sender.session.account;
    let (act, subject) = match &admitted.before {
        None => (Act::Create, &admitted.record),
        Some(before) => (Act::Edit, before),
    };
    if !may(account, act, subject.as_ref()) {
        let before_it_ended = Account { scope: sender.session.past.clone(), ..account.clone() };
        return Err(if may(&before_it_ended, act, subject.as_ref()) {
            Unfit::Held(RefusalCode::RightEnded)
        } else {
            Unfit::refused(RefusalCode::NotAllowed)
        });
    }
    let broken = |_| Unfit::with_field(RefusalCode::RuleBroken, "record");
    let after = flatten(&admitted.record).map_err(broken)?;
    let before = admitted.before.as_ref().map(flatten).transpose().map_err(broken)?;
    check_fields::<R>(account.role, &admitted.changed_paths, before.as_ref(), &after)?;
    check_names(account, &admitted.changed_paths, before.as_ref(), &after)
}

fn check_fields<R: LedgerRecord>(
    role: Role,
    changed: &BTreeSet<String>,
    before: Option<&Flat>,
    after: &Flat,
) -> Result<(), Unfit> {
    for path in changed {
        let is_allowed = match before {
            None => may_set_field_at_creation(role, R::KIND, path),
            Some(before) => {
                let is_fact = R::merge_rule(path) == MergeRule::Fact;
                let (was, is) = (before.get(path), after.get(path));
                // Two devices that both first write a document both write its facts: equal ones say nothing new.
                let says_nothing_new = is_fact && was.is_some() && was == is;
                let rewrites_fact = is_fact && was.is_some() && was != is && role != Role::Office;
                says_nothing_new || (!rewrites_fact && may_edit_field(role, R::KIND, path))
            }
        };
        if !is_allowed {
            return Err(Unfit::with_field(RefusalCode::NotAllowed, path));
        }
    }
    Ok(())
}

/// Nobody signs in another's name: every `by` that a change writes is its author's, every `role` the author's role.
fn check_names(
    account: &Account,
    changed: &BTreeSet<String>,
    before: Option<&Flat>,
    after: &Flat,
) -> Result<(), Unfit> {
    if account.role == Role::Office {
        return Ok(());
    }
    let id = account.id.to_string();
    let role = domain::codes::CodeList::code(account.role);
    for path in changed {
        let expected = match path.rsplit('.').next() {
            Some("by") => id.as_str(),
            Some("role") => role,
            _ => continue,
        };
        let (was, is) = (before.and_then(|flat| flat.get(path)), after.get(path));
        if was != is && !matches!(is, Some(Scalar::Text(text)) if text == expected) {
            return Err(Unfit::with_field(RefusalCode::NotAllowed, path));
        }
    }
    Ok(())
}

/// Whether a change that this server cannot read yet may wait for a newer one: the account's role writes such records
/// at all, and had to do with the place of the record, where that is known.
pub(super) fn may_wait(sender: &Sender, kind: Kind, grid: Option<&GridCode>) -> bool {
    let act = if grid.is_some() { Act::Edit } else { Act::Create };
    reach(sender.session.account.role, kind, act) != Reach::None && grid.is_none_or(|grid| knows_place(sender, grid))
}

/// Whether the account has, or ever had, anything to do with a grid.
pub(super) fn knows_place(sender: &Sender, grid: &GridCode) -> bool {
    if sender.session.account.role == Role::Office {
        return true;
    }
    let past: &Scope = &sender.session.past;
    past.grids.contains(grid)
        || past.buildings.iter().any(|building| building.grid() == *grid)
        || past.town.as_ref() == Some(&grid.town())
}
