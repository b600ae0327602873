//! Folder and files for their owner's eyes only: residents' numbers and the device's token stand in them.
//!
//! Rights are set by path, and a file is opened only while it is being made: closing a file that a connection of this
//! process has open would drop the connection's locks ([`super::probe`]). What SQLite makes beside the database gets
//! the database's own rights.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Result};
use std::path::Path;

use super::open::with_suffix;

/// What stands beside a database while it is in use, and after a kill.
pub(super) const JOURNALS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Makes the app's folder, or closes the one that is there, to everybody but its owner.
///
/// # Errors
/// When it is not there and cannot be made.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn make_folder(folder: &Path) -> Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    close_to_others(folder, 0o700);
    Ok(())
}

/// Makes an empty file that only its owner may read; one that is there keeps its contents and is closed to others.
pub(crate) fn make_file(path: &Path) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => close_to_others(path, 0o600),
        // A browser's file layer is SQLite's alone.
        Err(error) if error.kind() == ErrorKind::Unsupported => {}
        Err(error) => return Err(error),
    }
    Ok(())
}

/// The same for a database, with all that an earlier version may have left open to others beside it.
pub(super) fn close_files(database: &Path) -> Result<()> {
    make_file(database)?;
    for journal in JOURNALS {
        let name = with_suffix(database, journal);
        if name.exists() {
            close_to_others(&name, 0o600);
        }
    }
    let (Some(folder), Some(name)) = (database.parent(), database.file_name().and_then(|name| name.to_str())) else {
        return Ok(());
    };
    let aside = format!("{name}.");
    // A folder that cannot be listed is no reason not to start.
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_str().is_some_and(|name| name.starts_with(&aside)) {
            close_to_others(&entry.path(), 0o600);
        }
    }
    Ok(())
}

/// Takes every right from everybody but the owner. A file system without such rights keeps its own, and the log says
/// so.
#[cfg(unix)]
fn close_to_others(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    let closing = std::fs::metadata(path).and_then(|found| match found.permissions().mode() & 0o777 & !mode {
        0 => Ok(()),
        _ => std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)),
    });
    if let Err(error) = closing {
        tracing::warn!(%error, "others on this device may be able to read the app's files");
    }
}

#[cfg(not(unix))]
fn close_to_others(_: &Path, _: u32) {}
