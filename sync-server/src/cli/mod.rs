//! The command line, one file per command. Results go to standard output, log and errors to standard error.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use sync_server::store::sqlite::{Opening, SqliteOptions, SqliteStore};
use sync_server::system_clock;
use tracing_subscriber::EnvFilter;

mod account;
mod address;
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
mod words;

/// 网格随行的区级服务器，也是管理员的命令行工具。
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    /// 数据目录。
    #[arg(long, global = true, env = "GRID_COMPANION_DATA", default_value = "data")]
    data: PathBuf,
    /// 目录里还没有数据时新建（用于 serve、import、account add）；不加它，目录填错或为空会报错，不会另起一份空数据。
    #[arg(long, global = true)]
    create: bool,
    /// 日志写成每行一条 JSON。
    #[arg(long, global = true)]
    log_json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// 启动服务，供手机连接，直到被中断。
    Serve(serve::Serve),
    /// 导入名单（XLSX、XLS、ODS、CSV），列出和撤销以往的导入。
    Import(import::Import),
    /// 新增、列出、停用账号，更改负责范围，停用设备。
    #[command(subcommand)]
    Account(account::Account),
    /// 生成开通码，供一台手机绑定到账号。
    Enrol(enrol::Enrol),
    /// 列出楼栋及其编码。
    #[command(subcommand)]
    Building(building::Building),
    /// 把记录导出为表格，或每条记录一行 JSON。
    Export(export::Export),
    /// 列出超过时限、尚未办结的事件。
    Overdue(overdue::Overdue),
    /// 列出、接收、退回或导出待社区决定的内容。
    #[command(subcommand)]
    Held(held::Held),
    /// 发布、列出、取出基础数据：便民服务、通知、单位、工作日历、办公时间、时限。
    #[command(subcommand)]
    Reference(reference::Reference),
    /// 重读全部数据；有损坏时逐处指出，并以 1 结束。
    Verify(verify::Verify),
    /// 检查数据现状并说明接下来做什么；有事要做时以 1 结束。
    Doctor(doctor::Doctor),
}

impl Command {
    /// Whether a first ledger may begin with it. The others speak of a ledger that is there.
    fn may_begin_ledger(&self) -> bool {
        match self {
            Self::Serve(_) => true,
            Self::Import(import) => import.may_begin_ledger(),
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

/// Reads the command line; a mistake in it, or a request for help, ends the process.
pub(crate) fn parse_arguments() -> Arguments {
    let mut command = words::speak_chinese(Arguments::command());
    let parsed = command.clone().try_get_matches().and_then(|matches| Arguments::from_arg_matches(&matches));
    parsed.unwrap_or_else(|error| {
        if !error.use_stderr() {
            error.exit();
        }
        if error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
            error.format(&mut command).exit();
        }
        let _ = writeln!(std::io::stderr(), "sync-server: {}", words::say_mistake(&error));
        std::process::exit(USAGE_MISTAKE);
    })
}

/// Exit code of a command line that cannot be understood, as clap has it.
const USAGE_MISTAKE: i32 = 2;

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
        Command::Serve(_) | Command::Doctor(_) => bail!("这两个命令自行打开数据"),
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

/// Says on standard error what should be looked at; the command goes on.
fn warn(text: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "注意：{text}");
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
