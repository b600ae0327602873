//! The app's log: `logs/app.log` in its folder. Ids and codes only, never a resident's name, number or words; the
//! file before the last start is kept beside it once it has grown. Like all files of the app it is its owner's alone.

use std::fs::{self, OpenOptions};
use std::path::Path;
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;

/// A log of this size is set aside at start; what came before it is dropped.
const LARGE_BYTES: u64 = 1_000_000;

/// Starts logging. A folder that cannot be written gives no log, never an app that does not start.
pub(crate) fn begin(folder: &Path) {
    let logs = folder.join("logs");
    let file = logs.join("app.log");
    let mut folder_builder = fs::DirBuilder::new();
    folder_builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder_builder, 0o700);
    if folder_builder.create(&logs).is_err() {
        return;
    }
    if fs::metadata(&file).is_ok_and(|found| found.len() > LARGE_BYTES) {
        let _ = fs::rename(&file, logs.join("app.1.log"));
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let Ok(file) = options.open(&file) else { return };
    // `try_init`: a second phone in the same process keeps the first one's log.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_env("GRID_COMPANION_LOG").unwrap_or_else(|_| EnvFilter::new("info")))
        .with_ansi(false)
        .with_writer(Mutex::new(file))
        .try_init();
}
