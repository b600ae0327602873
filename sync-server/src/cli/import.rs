//! `import`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use domain::GridCode;
use roster::ReadOptions;
use roster::plan::{GridOutline, Questions};
use sync_server::admin::{
    ImportOutcome, Intent, Sources, import_sources, lock_imports, open_sources, show_place, undo_import, write_report,
};
use sync_server::store::{ImportRun, Store};

/// 导入名单（XLSX、XLS、ODS、CSV），列出和撤销以往的导入。
///
/// 有需要确认的地方（很多住户会合并、移动、清空或加倍）而没有加 --yes 时什么都不写，并以 2 结束。
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Import {
    /// 属于同一次导入的文件或文件夹；文件夹里的表格全部读取，不是表格的跳过并说明。
    #[arg(required = true, value_name = "文件")]
    files: Vec<PathBuf>,
    /// 没有写网格的行算作哪个网格，15 位编码。
    #[arg(long, value_parser = super::words::parse_grid)]
    grid: Option<GridCode>,
    /// 只检查并说明会有哪些变化，什么都不写。
    #[arg(long)]
    check: bool,
    /// 已看过需要确认的地方，照样写入。
    #[arg(long, conflicts_with = "check")]
    yes: bool,
    /// 把有问题的行连同原因写成这个工作簿，改好后可以再导入。
    #[arg(long, value_name = "文件.xlsx")]
    report: Option<PathBuf>,
    /// 以 JSON 打印结果。
    #[arg(long)]
    json: bool,
    #[command(subcommand)]
    past: Option<Past>,
}

/// 以往的导入。
#[derive(Debug, clap::Subcommand)]
enum Past {
    /// 列出以往的导入：编号、时间、文件、数量、是否已撤销。
    List {
        /// 每行一次导入，JSON 格式。
        #[arg(long)]
        json: bool,
    },
    /// 撤销一次导入：之后没有人改过的住户和内容恢复原样，改过或走访过的保留并说明。
    Undo {
        /// 导入的编号，见 import list。
        #[arg(value_name = "编号")]
        number: u64,
        /// 以 JSON 打印结果。
        #[arg(long)]
        json: bool,
    },
}

/// Exit code of an import that wrote nothing because somebody has to look first.
const NEEDS_CONFIRMATION: u8 = 3;
/// How many examples of a kind of finding are shown.
const EXAMPLES: usize = 3;

impl Import {
    /// Whether a first ledger may begin with it.
    pub(super) const fn may_begin_ledger(&self) -> bool {
        self.past.is_none()
    }

    pub(super) async fn run<S: Store>(self, data: &Path, store: &S) -> anyhow::Result<ExitCode> {
        match self.past {
            Some(Past::List { json }) => list(store, json).await,
            Some(Past::Undo { number, json }) => undo(data, store, number, json).await,
            None => self.import(data, store).await,
        }
    }

    async fn import<S: Store>(self, data: &Path, store: &S) -> anyhow::Result<ExitCode> {
        let mut sources = open_sources(&self.files)?;
        // Looking needs no lock: nothing is written.
        let _lock = if self.check { None } else { Some(lock_imports(data)?) };
        let now = super::now();
        let options = ReadOptions { today: now.local_date(), grid: self.grid.clone() };
        let intent = match (self.check, self.yes) {
            (true, _) => Intent::Check,
            (false, true) => Intent::Confirmed,
            (false, false) => Intent::Write,
        };
        let outcome = import_sources(store, &mut sources, &options, intent, now).await?;
        if self.json {
            super::print(serde_json::to_string(&outcome.report())?);
        } else {
            print_outcome(&outcome);
        }
        self.write_report(&outcome, &sources)?;
        let is_asked = intent == Intent::Write && outcome.import.is_none();
        if is_asked && !self.json {
            super::print("以上需要确认，什么都没有写入。核对后加 --yes 再导入一次。");
        }
        Ok(if is_asked { ExitCode::from(NEEDS_CONFIRMATION) } else { ExitCode::SUCCESS })
    }

    fn write_report(&self, outcome: &ImportOutcome, sources: &Sources) -> anyhow::Result<()> {
        if let Some(path) = &self.report {
            write_report(outcome, sources, path)?;
            if !self.json {
                super::print(format_args!("有问题的行已写到 {}，在“原因”一列说明；改好后可以再导入。", path.display()));
            }
        } else if !outcome.findings.is_empty() && !self.json {
            super::print("要把这些行连同原因另存为表格，请加 --report 文件名.xlsx。");
        }
        Ok(())
    }
}

fn print_outcome(outcome: &ImportOutcome) {
    let counts = outcome.counts();
    super::print(format_args!(
        "共读到 {} 户、{} 人，其中无人居住登记 {} 户；有 {} 行没有放进任何一户。",
        counts.households,
        counts.persons,
        counts.vacant,
        outcome.unplaced.len()
    ));
    match outcome.import {
        Some(number) => super::print(format_args!(
            "新增 {} 户，修改 {} 份记录。这次导入的编号是 {number}，撤销用 import undo {number}。",
            outcome.added, outcome.edited
        )),
        None => super::print("没有写入。照此导入会有这些变化："),
    }
    for (grid, plan) in &outcome.outline.by_grid {
        super::print(format_args!("  网格 {grid}：{}", show_grid(plan)));
    }
    print_questions(&outcome.outline.questions);
    if outcome.findings.is_empty() {
        return super::print("没有需要核对的地方。");
    }
    super::print(format_args!("有 {} 处请核对：", outcome.findings.len()));
    for (code, findings) in outcome.group_findings() {
        super::print(format_args!("  {code}：{} 处", findings.len()));
        for finding in findings.iter().take(EXAMPLES) {
            let place = show_place(&finding.file, &finding.sheet, finding.row);
            let between = if place.is_empty() { "" } else { "：" };
            super::print(format_args!("    {place}{between}{}", finding.text));
        }
        if findings.len() > EXAMPLES {
            super::print(format_args!("    ……还有 {} 处", findings.len() - EXAMPLES));
        }
    }
}

/// What happens in one grid.
fn show_grid(plan: &GridOutline) -> String {
    let counts = [
        ("新增", plan.new),
        ("变更", plan.changed),
        ("没有变化", plan.unchanged),
        ("整户移到别处", plan.moved),
        ("改了地址写法", plan.renamed),
        ("不能确定是哪一户", plan.unplaced),
        ("这次没有列出", plan.unlisted),
    ];
    let said = counts.iter().filter(|(_, count)| *count > 0).map(|(what, count)| format!("{what} {count} 户"));
    let said: Vec<String> = said.collect();
    if said.is_empty() { "没有住户".to_owned() } else { said.join("，") }
}

/// What somebody has to look at.
fn print_questions(questions: &Questions) {
    let counts = [
        ("户与名单中的另一户合并", questions.joined),
        ("人已登记在别的门牌", questions.moved),
        ("户已按别的地址登记", questions.renamed),
        ("户原来有人、名单里没有人", questions.emptied),
        ("户新增的与没有列出的一户很像", questions.doubled),
    ];
    let said: Vec<String> =
        counts.iter().filter(|(_, count)| *count > 0).map(|(what, count)| format!("{count} {what}")).collect();
    if !said.is_empty() {
        super::print(format_args!("需要确认：{}。", said.join("；")));
    }
}

async fn list<S: Store>(store: &S, json: bool) -> anyhow::Result<ExitCode> {
    let imports = store.list_imports().await?;
    if imports.is_empty() && !json {
        super::print("还没有导入过。");
    }
    for import in imports {
        if json {
            super::print(serde_json::to_string(&import)?);
        } else {
            super::print(show_import(&import));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show_import(import: &ImportRun) -> String {
    let began = import.began_at.local().strftime("%Y-%m-%d %H:%M");
    let state = match (import.undone_at, import.ended_at) {
        (Some(at), _) => format!("  已于 {} 撤销", at.local().strftime("%Y-%m-%d %H:%M")),
        (None, None) => "  未完成（中断，或正在进行）".to_owned(),
        (None, Some(_)) => String::new(),
    };
    let files = import.files.join("、");
    format!("{}  {began}  新增 {} 户，修改 {} 份记录{state}  {files}", import.number, import.added, import.edited)
}

async fn undo<S: Store>(data: &Path, store: &S, number: u64, json: bool) -> anyhow::Result<ExitCode> {
    let _lock = lock_imports(data)?;
    let summary = undo_import(store, number, super::now()).await?;
    if json {
        super::print(serde_json::to_string(&summary)?);
        return Ok(ExitCode::SUCCESS);
    }
    super::print(format_args!(
        "已撤销编号为 {number} 的导入：去掉 {} 户，恢复 {} 户，保留 {} 户。",
        summary.removed,
        summary.restored,
        summary.kept.len()
    ));
    for kept in &summary.kept {
        super::print(format_args!("  保留 网格 {} {}：{}", kept.grid, kept.door, kept.reason.text()));
    }
    if summary.unreadable > 0 {
        super::print(format_args!("  另有 {} 户的登记读不出来，没有动；请运行 verify 查看", summary.unreadable));
    }
    Ok(ExitCode::SUCCESS)
}
