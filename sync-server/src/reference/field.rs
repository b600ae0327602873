//! Fields of an entry: their titles, what may stand in them, and how a cell or a JSON value becomes one.
//!
//! JSON files and sheets go through the same fields, so that both say the same of the same mistake and a table taken
//! out (`show`) reads back as what it was.

use domain::LocalDate;
use domain::codes::{CodeList, Language};
use serde_json::Value;

use spreadsheet::text::{is_nothing, plain, tight};

/// One field of an entry.
#[derive(Debug)]
pub(crate) struct Field {
    /// Name in the JSON.
    pub(crate) name: &'static str,
    /// Title of its column.
    pub(crate) title: &'static str,
    /// Other titles that offices use.
    pub(crate) aliases: &'static [&'static str],
    /// What it holds.
    pub(crate) form: Form,
    /// Whether an entry cannot be without it.
    pub(crate) is_needed: bool,
    /// Width of its column in characters.
    pub(crate) width: u8,
    /// What is expected in it, for people; choices are added.
    pub(crate) hint: &'static str,
}

/// Code and Chinese label.
pub(crate) type Choice = (&'static str, &'static str);

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    /// Words for people, in lines.
    Prose,
    /// Words for people, in one line.
    Line,
    /// A plain code.
    Code,
    /// One of a list.
    Choice(fn() -> Vec<Choice>),
    /// Several of a list.
    Choices(fn() -> Vec<Choice>),
    /// One telephone number.
    Phone,
    /// Several telephone numbers.
    Phones,
    /// Beginnings of grid codes.
    Areas,
    /// Codes of incident classes (2 digits) and categories (5); a spreadsheet may have dropped their leading 0.
    Categories,
    /// A small whole number.
    Number,
    /// Yes or no.
    Flag,
    /// A day.
    Date,
}

/// What stands in a file for a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Given {
    /// A cell.
    Cell {
        /// As shown.
        text: String,
        /// The spreadsheet has rounded the number.
        is_rounded: bool,
    },
    /// A text, number or truth value of a JSON file.
    Single(String),
    /// A list of them.
    Several(Vec<String>),
    /// Anything else.
    Other,
}

impl From<&Value> for Given {
    fn from(value: &Value) -> Self {
        let single = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(is_so) => Some(is_so.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        };
        match value {
            Value::Null => Self::Single(String::new()),
            Value::Array(values) => values.iter().map(single).collect::<Option<_>>().map_or(Self::Other, Self::Several),
            other => single(other).map_or(Self::Other, Self::Single),
        }
    }
}

/// Every code of a list with its label.
pub(crate) fn choices<T: CodeList>() -> Vec<Choice> {
    T::ALL.iter().map(|entry| (entry.code(), entry.label(Language::ZhCn))).collect()
}

impl Field {
    /// The value; `None` when nothing is said; `Err` says what is wrong.
    pub(crate) fn read(&self, given: &Given) -> Result<Option<Value>, String> {
        let is_cell = matches!(given, Given::Cell { .. });
        match given {
            Given::Other => Err("写法不对".into()),
            Given::Cell { is_rounded: true, .. } => {
                Err("数字超过 15 位，表格已改掉末尾几位；请把这一列设为文本格式后重新填写".into())
            }
            Given::Cell { text, .. } if self.form.is_words() && is_fraction(text) => {
                Err(format!("“{text}”是表格里的时间或小数，不是文字；请把这一列设为文本格式后重新填写"))
            }
            Given::Several(texts) if self.form.is_list() => self.read_list(texts.clone(), is_cell),
            Given::Several(_) => Err("只能有一个值，不能是列表".into()),
            Given::Cell { text, .. } | Given::Single(text) if self.form.is_list() => {
                self.read_list(divide(text), is_cell)
            }
            Given::Cell { text, .. } | Given::Single(text) => self.read_single(text),
        }
    }

    fn read_single(&self, text: &str) -> Result<Option<Value>, String> {
        let short = tight(text);
        let is_blank = is_nothing(&short);
        let not = |what: &str| Err(format!("“{short}”不是{what}"));
        match self.form {
            Form::Flag => match short.to_ascii_lowercase().as_str() {
                "是" | "√" | "✓" | "true" | "1" | "y" | "yes" => Ok(Some(Value::Bool(true))),
                "否" | "×" | "false" | "n" | "no" => Ok(Some(Value::Bool(false))),
                _ if is_blank => Ok(None),
                _ => not("“是”或“否”"),
            },
            // 0 is no place, but it was meant.
            Form::Number if short != "0" && is_blank => Ok(None),
            Form::Number => short.parse::<u8>().map(|number| Some(number.into())).or_else(|_| not("合适的数字")),
            _ if is_blank => Ok(None),
            Form::Prose => Ok(Some(Value::String(prose(text)))),
            Form::Line => {
                let words: Vec<String> = prose(text).split_whitespace().map(str::to_owned).collect();
                Ok(Some(Value::String(words.join(" "))))
            }
            Form::Date => match read_date(&short) {
                Some(day) => Ok(Some(Value::String(day.to_string()))),
                None => not("日期"),
            },
            Form::Choice(choices) => find_choice(&choices(), &short).map(|code| Some(Value::from(code))),
            Form::Code | Form::Phone => Ok(Some(Value::String(short))),
            Form::Choices(_) | Form::Phones | Form::Areas | Form::Categories => {
                self.read_list(vec![text.to_owned()], false)
            }
        }
    }

    fn read_list(&self, texts: Vec<String>, is_cell: bool) -> Result<Option<Value>, String> {
        let mut values: Vec<String> = Vec::new();
        for text in texts.iter().map(|text| tight(text)).filter(|text| !is_nothing(text)) {
            let value = match self.form {
                Form::Choices(choices) => find_choice(&choices(), &text)?.to_owned(),
                Form::Categories if is_cell && matches!(text.len(), 1 | 4) => format!("0{text}"),
                _ => text,
            };
            if !values.contains(&value) {
                values.push(value);
            }
        }
        Ok((!values.is_empty()).then(|| Value::from(values)))
    }

    /// What is expected, for people.
    pub(crate) fn expected(&self) -> String {
        match self.form {
            Form::Choice(choices) | Form::Choices(choices) => {
                let labels: Vec<&str> = choices().into_iter().map(|(_, label)| label).collect();
                format!("{}{}", self.hint, labels.join("、"))
            }
            _ => self.hint.to_owned(),
        }
    }

    /// A value as it stands in a cell.
    pub(crate) fn show(&self, value: &Value) -> String {
        let label = |code: &str| match self.form {
            Form::Choice(choices) | Form::Choices(choices) => {
                let choices = choices();
                choices.into_iter().find(|(known, _)| *known == code).map_or(code.to_owned(), |(_, label)| label.into())
            }
            _ => code.to_owned(),
        };
        match value {
            Value::String(text) => label(text),
            Value::Number(number) => number.to_string(),
            Value::Bool(is_so) => if *is_so { "是" } else { "否" }.to_owned(),
            Value::Array(values) => {
                let shown: Vec<String> = values.iter().filter_map(Value::as_str).map(label).collect();
                shown.join("、")
            }
            Value::Null | Value::Object(_) => String::new(),
        }
    }
}

impl Form {
    const fn is_words(self) -> bool {
        matches!(self, Self::Prose | Self::Line)
    }

    const fn is_list(self) -> bool {
        matches!(self, Self::Choices(_) | Self::Phones | Self::Areas | Self::Categories)
    }
}

/// Words for people as they are, without invisible characters, in lines.
fn prose(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let is_seen = |c: &char| *c == '\n' || !(c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}'));
    text.chars().filter(is_seen).collect::<String>().trim().to_owned()
}

/// Whether a cell holds a fraction: a spreadsheet keeps half past eight as 0.3541666.
fn is_fraction(text: &str) -> bool {
    text.contains('.') && text.trim().parse::<f64>().is_ok()
}

/// The parts of a cell that lists several things.
fn divide(text: &str) -> Vec<String> {
    plain(text).split(['、', ',', ';', '/', '\n']).map(str::to_owned).collect()
}

/// The code of what is written as a code or as its label.
fn find_choice(choices: &[Choice], text: &str) -> Result<&'static str, String> {
    let found = choices.iter().find(|(code, label)| *code == text || tight(label) == text);
    found.map(|(code, _)| *code).ok_or_else(|| format!("“{text}”不在列表里"))
}

/// `2026-11-23`, `2026/11/23`, `2026.11.23`, `2026年11月23日`, `20261123`.
fn read_date(text: &str) -> Option<LocalDate> {
    let parts: Vec<&str> = if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        vec![&text[..4], &text[4..6], &text[6..]]
    } else {
        text.strip_suffix('日').unwrap_or(text).split(['-', '/', '.', '年', '月']).collect()
    };
    let [year, month, day] = parts[..] else { return None };
    let year: i16 = year.parse().ok()?;
    let day = LocalDate::new(year, month.parse().ok()?, day.parse().ok()?).ok()?;
    (2000..=2199).contains(&year).then_some(day)
}

#[cfg(test)]
mod tests {
    use domain::directory::{BookingKind, ServiceKind};
    use serde_json::json;

    use super::*;

    fn field(form: Form) -> Field {
        Field { name: "f", title: "列", aliases: &[], form, is_needed: false, width: 10, hint: "" }
    }

    fn cell(text: &str) -> Given {
        Given::Cell { text: text.into(), is_rounded: false }
    }

    #[test]
    fn cells_are_read_as_offices_fill_them() {
        let kinds = Form::Choice(choices::<ServiceKind>);
        let bookings = Form::Choices(choices::<BookingKind>);
        for (form, text, value) in [
            (Form::Prose, " 周一至周五，８:30\r\n周末休息\u{200b} ", json!("周一至周五，８:30\n周末休息")),
            (Form::Prose, "无", json!(null)),
            (Form::Line, "海棠花园\n  1栋旁 ", json!("海棠花园 1栋旁")),
            (Form::Code, " doctors－3 ", json!("doctors-3")),
            (kinds, "家庭 医生", json!("family_doctor")),
            (kinds, "family_doctor", json!("family_doctor")),
            (bookings, "现场办理；远程调解", json!(["on_site", "remote"])),
            (Form::Phones, "０９９０—1234567 / 199 0000 0001、110\n110", json!(["0990-1234567", "19900000001", "110"])),
            (Form::Areas, "990101001001003", json!(["990101001001003"])),
            (Form::Categories, "3，8001", json!(["03", "08001"])),
            (Form::Number, "９", json!(9)),
            (Form::Number, "/", json!(null)),
            (Form::Flag, "√", json!(true)),
            (Form::Flag, "", json!(null)),
            (Form::Date, "２０２６年1月3日", json!("2026-01-03")),
            (Form::Date, "20261123", json!("2026-11-23")),
            (Form::Date, "2026/11/23", json!("2026-11-23")),
        ] {
            let read = field(form).read(&cell(text)).expect(text);
            assert_eq!(read.unwrap_or(Value::Null), value, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        for (form, text, wrong) in [
            (
                Form::Line,
                "0.354166666666667",
                "“0.354166666666667”是表格里的时间或小数，不是文字；请把这一列设为文本格式后重新填写",
            ),
            (Form::Choice(choices::<ServiceKind>), "医院", "“医院”不在列表里"),
            (Form::Choices(choices::<BookingKind>), "现场办理、传送", "“传送”不在列表里"),
            (Form::Number, "二", "“二”不是合适的数字"),
            (Form::Number, "-1", "“-1”不是合适的数字"),
            (Form::Flag, "也许", "“也许”不是“是”或“否”"),
            (Form::Date, "2026-02-30", "“2026-02-30”不是日期"),
            (Form::Date, "明天", "“明天”不是日期"),
            (Form::Date, "0026-11-23", "“0026-11-23”不是日期"),
        ] {
            assert_eq!(field(form).read(&cell(text)), Err(wrong.to_owned()));
        }
        let rounded = Given::Cell { text: "990101001001003000".into(), is_rounded: true };
        assert!(field(Form::Areas).read(&rounded).expect_err("rounded").contains("文本格式"));
        assert!(field(Form::Date).read(&Given::from(&json!(["2026-11-23"]))).is_err());
        assert!(field(Form::Phones).read(&Given::from(&json!({"a": 1}))).is_err());
        assert_eq!(field(Form::Categories).read(&Given::from(&json!(["3"]))), Ok(Some(json!(["3"]))));
    }

    #[test]
    fn what_is_shown_reads_back() {
        for (form, value) in [
            (Form::Choices(choices::<BookingKind>), json!(["doctor", "on_site"])),
            (Form::Choice(choices::<ServiceKind>), json!("warm_station")),
            (Form::Phones, json!(["0990-1234567转801", "+86-19900000001"])),
            (Form::Number, json!(5)),
            (Form::Flag, json!(true)),
            (Form::Prose, json!("第一步\n第二步")),
        ] {
            let field = field(form);
            assert_eq!(field.read(&cell(&field.show(&value))), Ok(Some(value)));
        }
    }
}
