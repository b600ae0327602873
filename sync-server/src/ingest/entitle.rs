//! The author's rights over one change: may they write this record, these fields, under this name.
//!
//! Work done before a right ended is not refused: if the account could ever have done it, it is held for the office.

use std::collections::BTreeSet;
use std::ops::Bound;

use documents::Admitted;
use domain::account::Scope;
use domain::flat::{Flat, MergeRule, Scalar, flatten};
use domain::rights::{
    Act, Reach, entry_of, is_appended, is_honest_authorship, may, may_edit_field, may_set_field_at_creation, reach,
};
use domain::{Account, GridCode, Kind, Role};
use sync::wire::RefusalCode;
use uuid::Uuid;

use super::Sender;
use super::refusal::Unfit;
use super::trial::LedgerRecord;

/// The version of ids that the server derives for its own steps (`TransitionId::of_system`).
const SERVER_ID_VERSION: usize = 8;

/// Checks everything an admitted change touched.
pub(super) fn check_rights<R: LedgerRecord>(sender: &Sender, admitted: &Admitted<R>) -> Result<(), Unfit> {
    let account = &sender.session.account;
    check_place(sender, admitted)?;
    let judged = check_contents(account, admitted);
    // A device that has not heard yet that its account moved writes the organisation that it knows, or none.
    if R::KIND == Kind::Incident && matches!(judged, Err(Unfit::Refused(..))) {
        let is_honest = |org| {
            let before = Account { scope: Scope { org, ..account.scope.clone() }, ..account.clone() };
            check_contents(&before, admitted).is_ok()
        };
        let former = [sender.session.past.org.clone(), None];
        if former.into_iter().filter(|org| *org != account.scope.org).any(is_honest) {
            return Err(Unfit::Held(RefusalCode::RightEnded));
        }
    }
    judged
}

/// Whether the author may write this record at all.
fn check_place<R: LedgerRecord>(sender: &Sender, admitted: &Admitted<R>) -> Result<(), Unfit> {
    let account = &sender.session.account;
    let (act, subject) = match &admitted.before {
        None => (Act::Create, &admitted.record),
        Some(before) => (Act::Edit, before),
    };
    let subject = subject.as_ref();
    if may(account, act, &subject) {
        return Ok(());
    }
    let before_it_ended = Account { scope: sender.session.past.clone(), ..account.clone() };
    Err(if may(&before_it_ended, act, &subject) {
        Unfit::Held(RefusalCode::RightEnded)
    } else {
        Unfit::refused(RefusalCode::NotAllowed)
    })
}

/// Whether an account may write what was written, under the names that it bears.
fn check_contents<R: LedgerRecord>(account: &Account, admitted: &Admitted<R>) -> Result<(), Unfit> {
    let broken = |_| Unfit::with_field(RefusalCode::RuleBroken, "record");
    let after = flatten(&admitted.record).map_err(broken)?;
    let before = admitted.before.as_ref().map(flatten).transpose().map_err(broken)?;
    check_fields::<R>(account.role, &admitted.changed_paths, before.as_ref(), &after)?;
    check_entries::<R>(account, &admitted.changed_paths, before.as_ref(), &after)?;
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
                let says_nothing_new = is_fact && was.is_some() && was == is && !is_servers_own(R::KIND, path);
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

/// What not even the office sets is the server's own.
fn is_servers_own(kind: Kind, path: &str) -> bool {
    !may_set_field_at_creation(Role::Office, kind, path)
}

/// Nobody signs in another's name: every author and role that a change writes is the account's own.
fn check_names(
    account: &Account,
    changed: &BTreeSet<String>,
    before: Option<&Flat>,
    after: &Flat,
) -> Result<(), Unfit> {
    // What is taken away names nobody.
    let nobody = Scalar::Bool(false);
    for path in changed {
        let (was, is) = (before.and_then(|flat| flat.get(path)), after.get(path));
        if was != is && !is_honest_authorship(account, path, is.unwrap_or(&nobody)) {
            return Err(Unfit::with_field(RefusalCode::NotAllowed, path));
        }
    }
    Ok(())
}

/// What people append to a record is theirs as they wrote it: an entry comes whole, in one change, and nobody adds
/// to it later, not even its author.
fn check_entries<R: LedgerRecord>(
    account: &Account,
    changed: &BTreeSet<String>,
    before: Option<&Flat>,
    after: &Flat,
) -> Result<(), Unfit> {
    for path in changed {
        let refuse = || Err(Unfit::with_field(RefusalCode::NotAllowed, path));
        let Some(entry) = entry_of(R::KIND, path) else {
            if is_appended(R::KIND, path) {
                return refuse();
            }
            continue;
        };
        let known = before.filter(|flat| has_entry(flat, entry));
        if let Some(known) = known {
            // The same once more: a device that makes its pending work again under a new installation.
            if known.get(path).is_none() || known.get(path) != after.get(path) {
                return refuse();
            }
        } else if !has_sound_id(entry) {
            return refuse();
        } else if !names_own_org(account, entry, after) {
            return Err(Unfit::with_field(RefusalCode::NotAllowed, &format!("{entry}.org")));
        }
    }
    Ok(())
}

fn has_entry(flat: &Flat, entry: &str) -> bool {
    let first = flat.range::<str, _>((Bound::Excluded(entry), Bound::Unbounded)).next();
    first.is_some_and(|(path, _)| path.strip_prefix(entry).is_some_and(|rest| rest.starts_with('.')))
}

/// Whether a new entry has an id in the one form in which it is read again, and not one of those that the server gives.
fn has_sound_id(entry: &str) -> bool {
    let id = entry.split_once('.').map_or("", |(_, id)| id);
    Uuid::parse_str(id).is_ok_and(|uuid| uuid.to_string() == id && uuid.get_version_num() != SERVER_ID_VERSION)
}

/// Whether a step says for which organisation it was made, if its author has one. That it is the right one is a matter
/// of names.
fn names_own_org(account: &Account, entry: &str, after: &Flat) -> bool {
    let names_org = after.contains_key(&format!("{entry}.org"));
    account.role == Role::Office || !entry.starts_with("transitions.") || names_org == account.scope.org.is_some()
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
    let knows = |scope: &Scope| {
        scope.grids.contains(grid)
            || scope.buildings.iter().any(|building| building.grid() == *grid)
            || scope.community.as_ref() == Some(&grid.community())
            || scope.town.as_ref() == Some(&grid.town())
    };
    knows(&sender.session.account.scope) || knows(&sender.session.past)
}
