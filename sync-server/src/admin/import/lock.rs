//! One import or undo at a time: two would both take what is new for new.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

/// Why the ledger cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another import holds the ledger.
    #[error("另一个导入正在进行，请等它结束后再导入")]
    Running,
    /// The lock of imports cannot be used.
    #[error("{}：无法加锁", path.display())]
    Io {
        /// The lock file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// Name of the lock file inside the data folder. It stays; what counts is who holds it.
const LOCK_NAME: &str = "import.lock";

/// The right to import into a ledger, held until it is dropped or its process ends.
#[derive(Debug)]
pub struct ImportLock {
    _file: File,
}

/// Takes the right to import into the ledger of a data folder.
///
/// # Errors
/// [`LockError::Running`] when another import has it, [`LockError::Io`] when the folder cannot be used.
pub fn lock_imports(data: &Path) -> Result<ImportLock, LockError> {
    let path = data.join(LOCK_NAME);
    let opened = File::options().create(true).truncate(false).write(true).open(&path);
    let file = opened.map_err(|source| LockError::Io { path: path.clone(), source })?;
    match file.try_lock() {
        Ok(()) => Ok(ImportLock { _file: file }),
        Err(TryLockError::WouldBlock) => Err(LockError::Running),
        Err(TryLockError::Error(source)) => Err(LockError::Io { path, source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_import_waits_until_the_first_has_ended() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let first = lock_imports(folder.path()).expect("free");
        let refused = lock_imports(folder.path()).expect_err("held");
        assert!(matches!(refused, LockError::Running));
        assert!(refused.to_string().starts_with("另一个导入正在进行"));
        drop(first);
        lock_imports(folder.path()).expect("free again");
    }
}
