//! `doctor`

use std::path::Path;
use std::process::ExitCode;

use sync_server::admin::{Advice, Checkup, check_up};

/// 检查数据现状并说明接下来做什么；有事要做时以 1 结束。
#[derive(Debug, clap::Args)]
pub(crate) struct Doctor {
    /// 以 JSON 打印。
    #[arg(long)]
    json: bool,
}

/// Damage of which more is only counted.
const NAMED: usize = 20;

impl Doctor {
    pub(super) async fn run(self, data: &Path) -> anyhow::Result<ExitCode> {
        let checkup = check_up(data, super::now(), &mut super::show_progress).await;
        if self.json {
            super::print(serde_json::to_string(&checkup)?);
        } else {
            print_report(&checkup);
        }
        Ok(if checkup.advice.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn print_report(checkup: &Checkup) {
    let Checkup { file, totals, verification, trouble, advice } = checkup;
    super::print(format_args!("数据文件：{}", file.path.display()));
    let size = file.size_bytes.map_or_else(|| "不存在".to_owned(), show_bytes);
    super::print(format_args!("  大小 {size}，待并入 {}", show_bytes(file.log_bytes)));
    let schema = file.schema.map_or_else(|| "未知".to_owned(), |schema| schema.to_string());
    super::print(format_args!("  结构版本 {schema}，本程序支持到 {}", file.newest_schema));
    let free = file.free_bytes.map_or_else(|| "未知".to_owned(), show_bytes);
    super::print(format_args!("  磁盘剩余 {free}"));
    super::print("上次备份：未知（本程序不做备份）");
    if let Some(trouble) = trouble {
        super::print(format_args!("问题：{trouble}"));
    }
    if let Some(totals) = totals {
        super::print(format_args!(
            "记录 {} 份，变更 {} 条，可用设备 {} 台",
            totals.documents, totals.changes, totals.devices
        ));
        super::print(format_args!("待社区决定 {} 条，已拒收 {} 条", totals.held, totals.refused));
    }
    if let Some(found) = verification {
        super::print(format_args!(
            "已重读 {} 份记录、{} 条变更，损坏 {} 处",
            found.documents,
            found.changes,
            found.damage.len()
        ));
        for damage in found.damage.iter().take(NAMED) {
            super::print(format_args!("  损坏 {}：{}", damage.code, damage.subject));
        }
        if found.damage.len() > NAMED {
            super::print("  其余见 verify");
        }
    }
    super::print(if advice.is_empty() { "一切正常。" } else { "接下来：" });
    for one in advice {
        super::print(format_args!("  {}", word_advice(*one)));
    }
}

const fn word_advice(advice: Advice) -> &'static str {
    match advice {
        Advice::CheckFolder => "这里没有数据：请检查 --data 指向的目录。",
        Advice::InstallNewerServer => "数据由更新的服务器程序写成：请装回那个版本。",
        Advice::PutBackupBack => super::DAMAGE_ADVICE,
        Advice::MakeRoom => "磁盘空间不足：请清理或扩充磁盘；手机上的记录会自动重传，不会丢失。",
        Advice::LookAtLog => "数据文件打不开或正被占用：请查看日志，并确认没有别的程序在使用它。",
        Advice::DecideHeldWork => "有待社区决定的内容：请用 held list 查看，用 held accept 接收。",
    }
}

fn show_bytes(bytes: u64) -> String {
    match bytes / 1024 {
        0 => format!("{bytes} B"),
        kib @ 1..1024 => format!("{kib} KiB"),
        kib if kib < 1024 * 1024 => format!("{} MiB", kib / 1024),
        kib => format!("{} GiB", kib / 1024 / 1024),
    }
}
