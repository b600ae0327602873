//! The log of who looked at what is masked. Append-only.

use domain::{AccountId, HouseholdId, UnixMillis};
use rusqlite::named_params;

use super::document::id_bytes;
use super::{StoreError, Writing};

/// Writes down that an account looked at a household's particulars.
pub(crate) fn append_unmasking(
    writing: &Writing<'_>,
    household: HouseholdId,
    account: AccountId,
    at: UnixMillis,
) -> Result<(), StoreError> {
    writing
        .prepare_cached("INSERT INTO unmasking (household, account, at) VALUES (:household, :account, :at)")?
        .execute(named_params! {
            ":household": id_bytes(household),
            ":account": account.as_uuid().into_bytes(),
            ":at": at.as_i64(),
        })?;
    Ok(())
}
