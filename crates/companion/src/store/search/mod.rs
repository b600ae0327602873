//! Search over households and incidents: the words that are stored, and the question that is asked.
//!
//! Why not SQLite's own trigrams: a two-character name finds nothing with them. So words are cut here and stored as
//! tokens for the plain `unicode61` tokenizer: every Chinese character alone and every neighbouring pair, runs of
//! digits with all their tails, pinyin and initials from every syllable on. Then any part of a name of any length is a
//! phrase of tokens, and what is typed last is a prefix.
//!
//! Phone numbers are not in `search` but backwards in `phone_tail`, written from particulars only: a phone that has no
//! particulars has no digit of a number in its file.
//!
//! The words of incidents stand in a table of their own that keeps its content: a contentless one only marks a row as
//! deleted and leaves its tokens in the file, and an incident that has left a device has to be gone from it.
//!
//! Missing: typing mistakes, and Chinese numerals (`十栋` is not `10栋`).

mod condition;
mod door;
mod pinyin;
mod query;
mod surname;
mod words;

use domain::{Particulars, RecordId};
use rusqlite::named_params;

use super::document::id_bytes;
use super::{StoreError, Writing};
pub(crate) use condition::Condition;
pub(crate) use query::parse_query;
pub(super) use words::normalise;
pub(crate) use words::{Words, collect_incident_words, collect_name_words, collect_words};

/// Replaces what is stored of a household.
pub(crate) fn put_words(writing: &Writing<'_>, row: i64, words: &Words) -> Result<(), StoreError> {
    remove_words(writing, row)?;
    insert_words(
        writing,
        "INSERT INTO search (rowid, single, pair, digits, door, pinyin, initials)
         VALUES (:row, :single, :pair, :digits, :door, :pinyin, :initials)",
        row,
        words,
    )
}

/// Replaces what is stored of an incident.
pub(crate) fn put_incident_words(writing: &Writing<'_>, row: i64, words: &Words) -> Result<(), StoreError> {
    remove_incident_words(writing, row)?;
    insert_words(
        writing,
        "INSERT INTO incident_search (rowid, single, pair, digits, door, pinyin, initials)
         VALUES (:row, :single, :pair, :digits, :door, :pinyin, :initials)",
        row,
        words,
    )
}

/// Forgets what is stored of an incident.
pub(crate) fn remove_incident_words(writing: &Writing<'_>, row: i64) -> Result<(), StoreError> {
    writing.prepare_cached("DELETE FROM incident_search WHERE rowid = :row")?.execute(named_params! {":row": row})?;
    Ok(())
}

fn insert_words(writing: &Writing<'_>, sql: &str, row: i64, words: &Words) -> Result<(), StoreError> {
    writing.prepare_cached(sql)?.execute(named_params! {
        ":row": row,
        ":single": words.single,
        ":pair": words.pair,
        ":digits": words.digits,
        ":door": words.door,
        ":pinyin": words.pinyin,
        ":initials": words.initials,
    })?;
    Ok(())
}

/// Forgets what is stored of a household.
pub(crate) fn remove_words(writing: &Writing<'_>, row: i64) -> Result<(), StoreError> {
    writing.prepare_cached("DELETE FROM search WHERE rowid = :row")?.execute(named_params! {":row": row})?;
    Ok(())
}

/// Replaces what is stored of a household's phone numbers.
pub(crate) fn put_phone_tails(writing: &Writing<'_>, particulars: &Particulars) -> Result<(), StoreError> {
    let household = id_bytes(particulars.household);
    writing
        .prepare_cached("DELETE FROM phone_tail WHERE household = :household")?
        .execute(named_params! {":household": household})?;
    let mut statement = writing
        .prepare_cached("INSERT OR IGNORE INTO phone_tail (reversed, household) VALUES (:reversed, :household)")?;
    for tel in particulars.members.values().flat_map(|person| &person.tels) {
        let reversed: String = tel.chars().rev().collect();
        statement.execute(named_params! {":reversed": reversed, ":household": household})?;
    }
    Ok(())
}

/// Forgets a household's phone numbers; `id` is that of its particulars, which differs in the version nibble only.
pub(crate) fn remove_phone_tails(writing: &Writing<'_>, id: RecordId) -> Result<(), StoreError> {
    writing
        .prepare_cached(
            "DELETE FROM phone_tail
             WHERE household = coalesce(
                 (SELECT parent FROM document WHERE id = :id),
                 (SELECT id FROM household WHERE particulars = :id)
             )",
        )?
        .execute(named_params! {":id": id_bytes(id)})?;
    Ok(())
}
