//! The district server as a process: its administration commands, and serving on a port until stopped.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::workspace::{binary, capture, tied_command};

/// The port a first run tries: the server's own default.
const USUAL_PORT: u16 = 7800;
/// How long a server may take until it answers; it opens a file and binds a port.
const START_LIMIT: Duration = Duration::from_secs(20);
/// How often it is asked meanwhile.
const START_PAUSE: Duration = Duration::from_millis(50);

/// A server's data folder.
pub(crate) struct Office {
    folder: PathBuf,
}

impl Office {
    /// The office whose data lies there.
    pub(crate) fn at(folder: &Path) -> Self {
        Self { folder: folder.to_path_buf() }
    }

    /// Runs an administration command and reads its answer: JSON, one value per line.
    pub(crate) fn list(&self, arguments: &[&str]) -> Result<Vec<Value>> {
        let printed = capture(self.command().args(arguments).arg("--json"))?;
        let lines: Result<_, _> = printed.lines().map(serde_json::from_str).collect();
        lines.with_context(|| format!("sync-server {} printed no JSON", arguments.join(" ")))
    }

    /// The same for a command that answers with one value.
    pub(crate) fn ask(&self, arguments: &[&str]) -> Result<Value> {
        self.list(arguments)?.pop().with_context(|| format!("sync-server {} printed nothing", arguments.join(" ")))
    }

    /// Starts serving and waits until it answers. Its log goes to `server.log` in its folder.
    pub(crate) fn serve(&self, port: u16) -> Result<Serving> {
        let log = std::fs::File::create(self.folder.join("server.log"))?;
        let mut child = self
            .command()
            .args(["serve", "--listen", &format!("127.0.0.1:{port}")])
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("could not start sync-server")?;
        let start = Instant::now();
        while !is_healthy(port) {
            if let Some(status) = child.try_wait()? {
                bail!("sync-server ended at once ({status}); see {}", self.folder.join("server.log").display());
            }
            if start.elapsed() > START_LIMIT {
                let _ = child.kill();
                bail!("sync-server does not answer on port {port}");
            }
            #[expect(
                clippy::disallowed_methods,
                reason = "a process that starts sends no signal; the deadline is above"
            )]
            std::thread::sleep(START_PAUSE);
        }
        Ok(Serving { child })
    }

    fn command(&self) -> Command {
        let mut command = tied_command(binary("sync-server"));
        command.arg("--data").arg(&self.folder);
        command
    }
}

/// A server that serves; stopped when dropped.
pub(crate) struct Serving {
    child: Child,
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Ctrl-C has reached it already, or it is told so now; a hard stop loses nothing that it has acknowledged.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The usual port, or another that is free.
pub(crate) fn choose_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, USUAL_PORT))
        .or_else(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
        .context("no free port")?;
    Ok(listener.local_addr()?.port())
}

/// Nobody listens there.
pub(crate) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

fn is_healthy(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else { return false };
    let _ = stream.set_read_timeout(Some(Duration::from_secs(2)));
    let mut answer = [0; 12];
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").is_ok()
        && stream.read_exact(&mut answer).is_ok()
        && answer.ends_with(b" 200")
}
