//! 便民服务: whom a resident can call or go to, and the health desk; all of it is on the phone, network or not.

mod entry;
mod health;
mod list;
mod row;

#[cfg(test)]
mod tests;

use contract::domain::codes::CodeList as _;
use contract::domain::directory::ServiceKind;

use crate::i18n::Words;

pub(crate) use entry::Entry;
#[cfg(test)]
pub(crate) use entry::Msg as EntryMsg;
pub(crate) use health::HealthDesk;
#[cfg(test)]
pub(crate) use health::Msg as HealthMsg;
#[cfg(test)]
pub(crate) use list::Msg as ListMsg;
pub(crate) use list::Services;

/// The name of a kind of service; of one that a newer office wrote, the general name.
fn kind_name(words: Words, kind: &str) -> &'static str {
    match ServiceKind::from_code(kind) {
        ServiceKind::Unknown => words.name(ServiceKind::Other),
        known => words.name(known),
    }
}
