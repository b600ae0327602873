//! Folders and files that hold residents' numbers: for their owner's eyes only, however they came to be.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Result, Write as _};
use std::path::Path;

/// Makes a folder that only its owner may look into; one that is there is closed to others.
pub(crate) fn make_private_folder(folder: &Path) -> Result<()> {
    make_folder(folder)?;
    close_to_others(folder, 0o700);
    Ok(())
}

/// Makes a folder that only its owner may look into; one that is there stays as it is.
pub(crate) fn make_folder(folder: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Makes a file that only its owner may read; one that is there keeps its contents and is closed to others. It is not
/// opened for that: closing it again would take away the POSIX locks that a connection of this process has on it.
pub(crate) fn make_private_file(path: &Path) -> Result<()> {
    match open_private(OpenOptions::new().create_new(true), path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            close_to_others(path, 0o600);
            Ok(())
        }
        made => made.map(drop),
    }
}

/// Writes a file that only its owner may read, in place of one that is there: under another name first, so that whoever
/// looks finds the old file or the new one, whole. A link in its place is replaced, never followed.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let name = path.file_name().ok_or(ErrorKind::InvalidInput)?.to_string_lossy();
    let unfinished = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
    let written = write_new(&unfinished, bytes).and_then(|()| std::fs::rename(&unfinished, path));
    if written.is_err() {
        // Nothing else can be done about what cannot be removed either.
        let _ = std::fs::remove_file(&unfinished);
    }
    written
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    match std::fs::remove_file(path) {
        // Of an earlier process with the same number, or a link that somebody put there.
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = open_private(OpenOptions::new().create_new(true), path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Free room where a folder lies, for whoever runs this; `None` where the system does not say.
#[cfg(unix)]
pub(crate) fn find_free_bytes(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

#[cfg(not(unix))]
pub(crate) fn find_free_bytes(_: &Path) -> Option<u64> {
    None
}

fn open_private(options: &mut OpenOptions, path: &Path) -> Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    let file = options.write(true).open(path)?;
    close_to_others(path, 0o600);
    Ok(file)
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
        tracing::warn!(path = %path.display(), %error, "others on this machine may be able to read this");
    }
}

#[cfg(not(unix))]
fn close_to_others(_: &Path, _: u32) {}
