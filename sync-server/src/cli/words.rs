//! The words of the command line's frame: headings, defaults and mistakes in calling it, in the office's language.
//!
//! Why: clap speaks English. Flow: [`speak_chinese`] puts headings, usage and defaults of every command into Chinese →
//! the line is parsed → a mistake is said by [`say_mistake`]. Failure: a kind of mistake that is not known here is named
//! as such, with the usage. Not done: names of values in angle brackets (`<FILE>`) stay as clap makes them.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command, Error};

const TEMPLATE: &str = "{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}";

/// The same commands with their frame in Chinese.
pub(super) fn speak_chinese(command: Command) -> Command {
    let mut command = translate(command.disable_version_flag(true));
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version).help("显示版本");
    command = command.arg(version.help_heading("选项"));
    command.build();
    word_usage(command)
}

fn translate(command: Command) -> Command {
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).help("显示说明");
    command
        .help_template(TEMPLATE)
        .subcommand_help_heading("命令")
        .subcommand_value_name("命令")
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .mut_args(translate_argument)
        .arg(help.help_heading("选项"))
        .mut_subcommands(translate)
}

fn translate_argument(argument: Arg) -> Arg {
    let heading = if argument.is_positional() { "参数" } else { "选项" };
    let takes_value = argument.get_action().takes_values();
    let defaults: Vec<_> = argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    let values: Vec<String> = argument.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    let mut notes = String::new();
    if takes_value && !values.is_empty() {
        notes.push_str(&format!("（可选：{}）", values.join("、")));
    }
    if takes_value && !defaults.is_empty() {
        notes.push_str(&format!("（默认：{}）", defaults.join(" ")));
    }
    if let Some(variable) = argument.get_env() {
        notes.push_str(&format!("（环境变量：{}）", variable.to_string_lossy()));
    }
    let add = |text: Option<&clap::builder::StyledStr>| text.map(|text| format!("{text}{notes}"));
    let (short, long) = (add(argument.get_help()), add(argument.get_long_help()));
    let mut argument = argument.help_heading(heading).hide_env(true);
    if takes_value {
        argument = argument.hide_default_value(true).hide_possible_values(true);
    }
    if let Some(text) = short {
        argument = argument.help(text);
    }
    if let Some(text) = long {
        argument = argument.long_help(text);
    }
    argument
}

/// Clap writes `[OPTIONS]` into the usage itself.
fn word_usage(mut command: Command) -> Command {
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim().replace("[OPTIONS]", "[选项]").replace("[COMMAND]", "[命令]");
    command.override_usage(usage).mut_subcommands(word_usage)
}

/// What is wrong with the line, and what to do.
pub(super) fn say_mistake(error: &Error) -> String {
    let named = |kind| error.get(kind).map(show_context).unwrap_or_default();
    let (argument, value) = (named(ContextKind::InvalidArg), named(ContextKind::InvalidValue));
    let said = match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => format!("{argument} 后面缺少内容"),
        ErrorKind::InvalidValue => {
            format!("{argument} 不能是“{value}”；可以是：{}", named(ContextKind::ValidValue))
        }
        ErrorKind::UnknownArgument => format!("不认识的参数“{argument}”"),
        ErrorKind::InvalidSubcommand => format!("没有“{}”这个命令", named(ContextKind::InvalidSubcommand)),
        ErrorKind::ValueValidation => {
            let reason = std::error::Error::source(error).map(|source| format!("：{source}")).unwrap_or_default();
            format!("{argument} 的内容“{value}”不对{reason}")
        }
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{argument} 后面的内容多了或少了")
        }
        ErrorKind::ArgumentConflict => {
            let other = named(ContextKind::PriorArg);
            if argument == other || other.is_empty() {
                format!("{argument} 重复，或不能与其他参数同用")
            } else {
                format!("{argument} 不能与 {other} 同用")
            }
        }
        ErrorKind::MissingRequiredArgument => format!("缺少 {argument}"),
        ErrorKind::MissingSubcommand => format!("缺少命令；可以是：{}", named(ContextKind::ValidSubcommand)),
        ErrorKind::InvalidUtf8 => "命令行里有不是 UTF-8 的文字".to_owned(),
        _ => "命令行不对".to_owned(),
    };
    let usage = named(ContextKind::Usage);
    let usage = usage.trim_start_matches("Usage:").trim().replace("[OPTIONS]", "[选项]");
    let usage = if usage.is_empty() { usage } else { format!("\n用法：{}", usage.trim_start_matches("用法：")) };
    format!("{said}{usage}\n说明见 --help")
}

fn show_context(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join("、"),
        ContextValue::StyledStr(text) => text.to_string(),
        ContextValue::StyledStrs(texts) => texts.iter().map(ToString::to_string).collect::<Vec<_>>().join("、"),
        ContextValue::Number(number) => number.to_string(),
        ContextValue::Bool(flag) => flag.to_string(),
        _ => String::new(),
    }
}

/// Makes a parser of an argument that says in Chinese what it wants.
macro_rules! parser {
    ($name:ident, $type:ty, $wanted:literal) => {
        /// Parses an argument.
        pub(super) fn $name(text: &str) -> Result<$type, String> {
            text.parse().map_err(|_| $wanted.to_owned())
        }
    };
}
parser!(parse_grid, domain::GridCode, "应为 15 位数字的网格编码");
parser!(parse_building, domain::BuildingCode, "应为 20 位数字的楼栋编码，见 building list");
parser!(parse_area, domain::AreaCode, "应为 12 位数字的镇街或社区代码");
parser!(parse_org, domain::OrgCode, "应为单位代码（小写字母、数字、连字符），见 reference get organisations");
parser!(parse_record, domain::RecordId, "应为记录标识，见 held list");
parser!(parse_device, uuid::Uuid, "应为设备编号");
parser!(parse_address, std::net::SocketAddr, "应为“地址:端口”，如 127.0.0.1:7800");
parser!(parse_positive, std::num::NonZeroU32, "应为大于 0 的整数");
parser!(parse_proxy, sync_server::TrustedProxy, "应为地址或网段，如 192.0.2.7 或 192.0.2.0/24");

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Arguments;

    /// Words of ours that are not Chinese: names of formats, of our own things, and of arguments.
    fn list_english(help: &str) -> Vec<String> {
        let is_sentence = |line: &&str| {
            let words = line.split_whitespace().filter(|word| word.chars().all(|c| c.is_ascii_lowercase()));
            words.count() > 3 && !line.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
        };
        let frame = ["Usage", "Options:", "Arguments:", "Commands:", "Print ", "[default", "[possible", "[OPTIONS]"];
        let has_frame = |line: &&str| frame.iter().any(|word| line.contains(word));
        help.lines().filter(|line| is_sentence(line) || has_frame(line)).map(str::to_owned).collect()
    }

    fn check(command: &mut Command) {
        let help = command.render_long_help().to_string();
        assert_eq!(list_english(&help), Vec::<String>::new(), "{}", command.get_name());
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        assert!(!about.is_ascii(), "{}: {about:?}", command.get_name());
        for argument in command.get_arguments() {
            let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
            assert!(!help.is_ascii(), "{} {}: {help:?}", command.get_name(), argument.get_id());
        }
        command.get_subcommands_mut().for_each(check);
    }

    #[test]
    fn every_help_is_in_one_language() {
        check(&mut speak_chinese(Arguments::command()));
    }

    #[test]
    fn a_mistake_is_said_in_the_same_language() {
        let said = |line: &[&str]| {
            let error = speak_chinese(Arguments::command()).try_get_matches_from(line).expect_err("a mistake");
            say_mistake(&error)
        };
        for (line, expected) in [
            (&["sync-server", "imporrt"][..], "没有“imporrt”这个命令"),
            (&["sync-server", "import"], "缺少"),
            (&["sync-server", "import", "名单.csv", "--grid", "123"], "应为 15 位数字的网格编码"),
            (&["sync-server", "import", "名单.csv", "--gird", "123"], "不认识的参数“--gird”"),
            (&["sync-server", "export", "--out"], "缺少内容"),
            (&["sync-server", "export", "--format", "pdf"], "可以是：xlsx、csv"),
        ] {
            let said = said(line);
            assert!(said.contains(expected), "{line:?}: {said}");
            assert_eq!(list_english(&said), Vec::<String>::new(), "{said}");
        }
    }
}
