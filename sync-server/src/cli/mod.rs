//! The command line, one file per command. Results go to standard output, log and errors to standard error.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use clap::{Parser, Subcommand};
use sync_server::store::sqlite::{Opening, SqliteOptions, SqliteStore};
use sync_server::system_clock;
use tracing_subscriber::EnvFilter;

mod account;
mod building;
mod doctor;
mod enrol;
mod export;
mod held;
mod import;
mod overdue;
mod reference;
mod serve;
mod verify;

/// The district server of Grid Companion (网格随行), and its administrator's tool.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    /// Folder of the ledger.
    #[arg(long, global = true, env = "GRID_COMPANION_DATA", default_value = "data")]
    data: PathBuf,
    /// Begin a new ledger if there is none in the folder (serve, import, account add). Without it a wrong or empty --data is
    /// an error, and not a district whose phones are all strangers.
    #[arg(long, global = true)]
    create: bool,
    /// Log as JSON lines.
    #[arg(long, global = true)]
    log_json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer devices until interrupted.
    Serve(serve::Serve),
    /// Import rosters (XLSX, XLS, ODS, CSV).
    Import(import::Import),
    /// Add, list and close accounts, change their places, take trust from their devices.
    #[command(subcommand)]
    Account(account::Account),
    /// Make a code that binds one device to an account.
    Enrol(enrol::Enrol),
    /// List buildings and their codes.
    #[command(subcommand)]
    Building(building::Building),
    /// Write records as tables, or each one as a line of JSON.
    Export(export::Export),
    /// List open incidents that are past a limit.
    Overdue(overdue::Overdue),
    /// List, accept or take out work that is held for the office.
    #[command(subcommand)]
    Held(held::Held),
    /// Publish, list and take out reference data: service directory, notices, organisations, calendars, office hours,
    /// time limits.
    #[command(subcommand)]
    Reference(reference::Reference),
    /// Re-read everything; ends with 1 and names what is damaged.
    Verify(verify::Verify),
    /// Say how the ledger is and what to do next; ends with 1 when something is to be done.
    Doctor(doctor::Doctor),
}

impl Command {
    /// Whether a first ledger may begin with it. The others speak of a ledger that is there.
    fn may_begin_ledger(&self) -> bool {
        match self {
            Self::Serve(_) | Self::Import(_) => true,
            Self::Account(account) => account.may_begin_ledger(),
            Self::Enrol(_)
            | Self::Building(_)
            | Self::Export(_)
            | Self::Overdue(_)
            | Self::Held(_)
            | Self::Reference(_)
            | Self::Verify(_)
            | Self::Doctor(_) => false,
        }
    }
}

/// Carries out a command.
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { data, create, command, .. } = arguments;
    let opening = if create && command.may_begin_ledger() { Opening::Create } else { Opening::Existing };
    let sqlite = SqliteOptions { opening, ..SqliteOptions::default() };
    let command = match command {
        Command::Serve(serve) => return serve.run(data, sqlite).await,
        Command::Doctor(doctor) => return doctor.run(&data).await,
        other => other,
    };
    let store = sync_server::open_ledger(&data, &sqlite)?;
    let ended = administer(command, &data, &store).await;
    store.close().await;
    ended
}

async fn administer(command: Command, data: &Path, store: &SqliteStore) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(_) | Command::Doctor(_) => bail!("these open the ledger by themselves"),
        Command::Import(import) => import.run(data, store).await,
        Command::Account(account) => account.run(store).await,
        Command::Enrol(enrol) => enrol.run(store).await,
        Command::Building(building) => building.run(store).await,
        Command::Export(export) => export.run(store).await,
        Command::Overdue(overdue) => overdue.run(store).await,
        Command::Held(held) => held.run(store).await,
        Command::Reference(reference) => reference.run(store).await,
        Command::Verify(verify) => verify.run(store).await,
    }
}

fn now() -> domain::UnixMillis {
    system_clock()()
}

/// What to do about damage.
const DAMAGE_ADVICE: &str = "请先停止服务器，把整个数据目录原样复制一份留存，再换回此前备份的数据目录。换回之后，\
     服务器会发现数据比已答应的旧，请各手机把缺少的内容重新上报：在它们都连接过一次之前，请不要重装或清空手机上的应用。";

/// From how many documents on progress is shown.
const LONG_READ: usize = 10_000;

/// Says on standard error how far a long reading has come.
fn show_progress(read: usize, total: usize) {
    if total >= LONG_READ && (read.is_multiple_of(LONG_READ) || read == total) {
        let _ = writeln!(std::io::stderr(), "  {read} / {total}");
    }
}

/// Writes to standard output; a reader that went away is no error of ours.
fn print(text: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Says what went wrong, with its causes.
pub(crate) fn fail(error: &anyhow::Error) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "sync-server: {error:#}");
    ExitCode::FAILURE
}

/// Starts the log: quiet for administration, every request for `serve`.
pub(crate) fn start_log(arguments: &Arguments) {
    let usual = if matches!(arguments.command, Command::Serve(_)) { "info" } else { "warn" };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if arguments.log_json {
        log.json().init();
    } else {
        log.with_target(false).init();
    }
}
