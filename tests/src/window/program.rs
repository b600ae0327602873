//! Finished programs, and processes that end with their owner.

use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use anyhow::{Context, Result, ensure};

/// A program of this workspace: it lies beside the folder of the test that is running.
pub(super) fn find_program(name: &str) -> Result<PathBuf> {
    let test = std::env::current_exe().context("a test has a file")?;
    let folder = test.parent().and_then(Path::parent).context("a test lies in deps/")?;
    let program = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    ensure!(program.is_file(), "{} is not built: use `cargo xtask run --headless`", program.display());
    Ok(program)
}

/// A process that is ended when this is dropped.
pub(super) struct Process(Child);

impl Process {
    pub(super) fn start(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        Ok(Self(command.spawn().with_context(|| format!("could not start {name}"))?))
    }

    pub(super) fn child(&mut self) -> &mut Child {
        &mut self.0
    }

    /// The process has ended by itself.
    pub(super) fn has_ended(&mut self) -> bool {
        !matches!(self.0.try_wait(), Ok(None))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to end.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port that nobody listens on.
pub(super) fn find_free_port() -> Result<u16> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).context("no free port")?;
    Ok(listener.local_addr()?.port())
}
