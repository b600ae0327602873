//! Putting a sound file in the place of a damaged one.
//!
//! The phone may die at any moment, and the next start must not take an empty store for the worker's. So nothing is
//! moved before everything that can be saved is safe:
//!
//! 1. What can be saved is written to `….salvage` ([`salvage`]); the damaged file stays where it is and is only read,
//!    with its write-ahead log beside it. A phone that dies here begins again: a `….salvage` found at a start is an
//!    attempt that ended, and is thrown away.
//! 2. `….salvage`, closed and synced, is renamed to `….new`. From here on the next start only finishes.
//! 3. The damaged file goes to the first free `….damaged-N`: its journals first, the file last, so that until then the
//!    name is free and found again.
//! 4. `….new` takes its name, and the mark of suspicion goes.
//!
//! What the person is told travels inside the new file and stays there until they have read it.
//!
//! Failure: a full disk leaves the damaged file and no half one; the next start tries again.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use contract::StoreHealth;

use super::error::OpenError;
use super::open::{mark_of, open_fresh, with_suffix};
use super::private::JOURNALS;
use super::setting::{FOUND, put_setting, read_setting, remove_setting};
use super::{Store, StoreError, salvage};

/// One step of the replacement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Saving what can be saved.
    Salvage,
    /// Closing the new file.
    Close,
    /// Declaring it whole.
    Declare,
    /// Moving a journal of the damaged file.
    MoveJournal,
    /// Moving the damaged file.
    MoveDamaged,
    /// Moving the new file into its place.
    MoveNew,
    /// Taking away the mark.
    Unmark,
}

/// Hears of each step before it is done; an error ends the replacement there, as the death of the process would.
pub(crate) type Watch<'a> = dyn FnMut(Step) -> Result<(), OpenError> + 'a;

/// Saves what can be saved of the damaged file at `path` into a new one beside it.
pub(super) fn make_substitute(path: &Path, watch: &mut Watch<'_>) -> Result<(), OpenError> {
    let draft = with_suffix(path, ".salvage");
    remove_all(&draft).map_err(OpenError::SetAside)?;
    let made = fill(path, &draft, watch);
    if matches!(made, Err(OpenError::Full | OpenError::Store(StoreError::Full))) {
        // It stands in the way of what makes room. The next start makes it again.
        let _ = remove_all(&draft);
    }
    made?;
    watch(Step::Declare)?;
    rename(&draft, &substitute_of(path))
}

fn fill(path: &Path, draft: &Path, watch: &mut Watch<'_>) -> Result<(), OpenError> {
    let mut store = open_fresh(draft)?;
    watch(Step::Salvage)?;
    let saved = salvage::carry_over(path, &mut store)?;
    let aside = free_name(path);
    let mut found = StoreHealth::SetAside {
        file: aside.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        salvaged: saved.changes,
        drafts: saved.drafts,
        unreadable: saved.unreadable,
        lost_pages: saved.lost_pages,
    };
    // What was told before and not read yet is told with it: the number of what is lost does not become smaller.
    if let (
        StoreHealth::SetAside { unreadable, lost_pages, .. },
        Some(StoreHealth::SetAside { unreadable: unreadable_before, lost_pages: lost_before, .. }),
    ) = (&mut found, read_health(&store)?)
    {
        *unreadable += unreadable_before;
        *lost_pages += lost_before;
    }
    store.write(|writing| put_setting(writing, FOUND, &found))?;
    watch(Step::Close)?;
    store.close_into_one_file()
}

/// Moves a whole new file into the place of the damaged one, if there is one; begun or not.
pub(super) fn finish(path: &Path, watch: &mut Watch<'_>) -> Result<(), OpenError> {
    let substitute = substitute_of(path);
    if !substitute.exists() {
        return Ok(());
    }
    let aside = free_name(path);
    for journal in JOURNALS {
        let from = with_suffix(path, journal);
        if from.exists() {
            watch(Step::MoveJournal)?;
            rename(&from, &with_suffix(&aside, journal))?;
        }
    }
    if path.exists() {
        watch(Step::MoveDamaged)?;
        rename(path, &aside)?;
        tracing::warn!(file = ?aside.file_name(), "a damaged store was set aside");
    }
    watch(Step::MoveNew)?;
    rename(&substitute, path)?;
    watch(Step::Unmark)?;
    let _ = fs::remove_file(mark_of(path));
    Ok(())
}

/// What has to be told about a file that was set aside, until somebody has read it.
pub(super) fn read_health(store: &Store) -> Result<Option<StoreHealth>, StoreError> {
    read_setting(store.read(), FOUND)
}

/// Somebody has read it.
pub(super) fn forget_health(store: &mut Store) -> Result<(), StoreError> {
    store.write(|writing| remove_setting(writing, FOUND))
}

fn substitute_of(path: &Path) -> PathBuf {
    with_suffix(path, ".new")
}

/// The first free `….damaged-N`.
fn free_name(path: &Path) -> PathBuf {
    (1u32..)
        .map(|n| with_suffix(path, &format!(".damaged-{n}")))
        .find(|candidate| !candidate.exists())
        .expect("a folder does not hold four thousand million files")
}

/// Renames, and has the folder remember it: the steps must reach the disk in their order.
fn rename(from: &Path, to: &Path) -> Result<(), OpenError> {
    fs::rename(from, to).map_err(OpenError::SetAside)?;
    #[cfg(unix)]
    if let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        // A file system that cannot sync a folder keeps its own order.
        let _ = fs::File::open(folder).and_then(|folder| folder.sync_all());
    }
    Ok(())
}

fn remove_all(path: &Path) -> io::Result<()> {
    for name in std::iter::once(path.to_owned()).chain(JOURNALS.map(|journal| with_suffix(path, journal))) {
        if name.exists() {
            fs::remove_file(name)?;
        }
    }
    Ok(())
}
