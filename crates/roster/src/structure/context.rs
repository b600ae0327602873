//! What stands around a table and says where its rows are: the file's name, the sheet's, titles, and rows between the
//! homes (1栋, 一单元, 第二网格).
//!
//! Why. Many lists write the building once, above its homes. Whoever passes such a row over puts the people of one
//! building into the homes of another.
//!
//! Flow: [`Context::around`] reads names and titles (loosely: a title is prose that may mention a building);
//! [`read_section`] reads a row between homes (strictly: all of it must be a place). What is neither place nor sum nor
//! note is a [`Section::Label`]: it may be the name of a place that nobody knows, so nothing below it is joined with a
//! home above it without further evidence.

use domain::GridCode;
use spreadsheet::text::{numerals_to_digits, tight};

use super::titles::Field;
use crate::place::address;

/// Where the rows of a table are, as far as it is said outside of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Context {
    pub(crate) grid: Option<GridCode>,
    pub(crate) grid_name: String,
    pub(crate) compound: String,
    pub(crate) building: String,
    pub(crate) unit: String,
}

/// What a row between homes says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Section {
    /// The rows below are there.
    Place(Context),
    /// Something that is no place that we know.
    Label,
}

impl Context {
    /// What the names of file and sheet and the titles say; later ones say it better.
    pub(crate) fn around<'t>(file: &'t str, sheet: &'t str, titles: impl Iterator<Item = &'t str>) -> Self {
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let stem = stem.rsplit(['/', '\\']).next().unwrap_or(stem);
        let mut context = Self::default();
        for text in [stem, sheet].into_iter().chain(titles) {
            context.take(read_title(text));
        }
        context
    }

    /// What a cell of a column says that holds one part of a place.
    pub(crate) fn of_cell(field: Field, text: &str) -> Self {
        Self::default().with_cell(field, text)
    }

    /// With what a cell of a column says.
    pub(crate) fn with_cell(mut self, field: Field, text: &str) -> Self {
        let text = tight(text);
        match field {
            Field::Compound => self.compound = text,
            Field::Group => self.compound.push_str(&text),
            Field::Building => self.building = address::show_building(&text),
            Field::Unit => self.unit = address::show_unit(&text),
            Field::Grid => {
                self.grid = text.split(|c: char| !c.is_ascii_digit()).find_map(|run| run.parse().ok());
                self.grid_name = text;
            }
            _ => {}
        }
        self
    }

    /// The context below a section: what it says replaces, and what is inside what it replaces falls away. `base` is what
    /// names and titles say: of a compound it is the village of the group.
    pub(crate) fn enter(&self, base: &Self, section: &Self) -> Self {
        let mut inner = self.clone();
        if section.grid.is_some() || !section.grid_name.is_empty() {
            inner.grid.clone_from(&section.grid);
            inner.grid_name.clone_from(&section.grid_name);
        }
        if !section.compound.is_empty() {
            let is_part = ["组", "队"].iter().any(|end| section.compound.ends_with(end));
            let holds = is_part && !base.compound.is_empty() && !is_group(&base.compound);
            inner.compound =
                if holds { format!("{}{}", base.compound, section.compound) } else { section.compound.clone() };
            inner.building.clear();
            inner.unit.clear();
        }
        if !section.building.is_empty() {
            inner.building.clone_from(&section.building);
            inner.unit.clear();
        }
        if !section.unit.is_empty() {
            inner.unit.clone_from(&section.unit);
        }
        inner
    }

    fn take(&mut self, other: Self) {
        if other.grid.is_some() {
            self.grid = other.grid;
        }
        if !other.compound.is_empty() {
            self.building.clear();
        }
        if !other.compound.is_empty() || !other.building.is_empty() {
            self.unit.clear();
        }
        for (mine, theirs) in
            [(&mut self.compound, other.compound), (&mut self.building, other.building), (&mut self.unit, other.unit)]
        {
            if !theirs.is_empty() {
                *mine = theirs;
            }
        }
    }
}

fn is_group(compound: &str) -> bool {
    ["组", "队"].iter().any(|end| compound.ends_with(end))
}

/// Words behind which a title names what kind of list it is.
const KINDS_OF_LISTS: [&str; 24] = [
    "住户",
    "居民",
    "人口",
    "人员",
    "台账",
    "台帐",
    "登记",
    "名册",
    "花名",
    "名单",
    "信息",
    "一户一档",
    "统计",
    "清单",
    "汇总",
    "明细",
    "情况",
    "摸排",
    "采集",
    "一览",
    "档案",
    "房屋",
    "常住",
    "业主",
];

/// What a title mentions.
fn read_title(text: &str) -> Context {
    let text = tight(text);
    let grid = text.split(|c: char| !c.is_ascii_digit()).find_map(|run| run.parse().ok());
    let mut context = Context { grid, ..Context::default() };
    let end = KINDS_OF_LISTS.iter().filter_map(|kind| text.find(kind)).min().unwrap_or(text.len());
    let named = text[..end].trim_matches(|c: char| "()[]【】《》-—_:：".contains(c));
    let named = named.split(['(', '【', '[']).next().unwrap_or_default();
    if let Some(place) = address::read_prefix(named) {
        context.compound = place.compound;
        context.building = place.building;
        context.unit = place.unit;
    } else if is_compound(named) {
        context.compound = address::drop_administrative(named).to_owned();
    }
    if domain::text::holds_number(&context.compound) {
        context.compound.clear();
    }
    context
}

/// What a row between homes says.
pub(crate) fn read_section(text: &str) -> Section {
    let text = trim_section(&tight(text));
    if text.contains("网格") && text.chars().count() <= 24 {
        let grid = text.split(|c: char| !c.is_ascii_digit()).find_map(|run| run.parse().ok());
        return Section::Place(Context { grid, grid_name: text, ..Context::default() });
    }
    if let Some(place) = address::read_prefix(&text).filter(|place| place.room.is_empty()) {
        return Section::Place(Context {
            compound: place.compound,
            building: place.building,
            unit: place.unit,
            ..Context::default()
        });
    }
    if is_compound(&text) {
        let compound = address::drop_administrative(&text).to_owned();
        return Section::Place(Context { compound, ..Context::default() });
    }
    if let Some(number) = ["门", "梯"].iter().find_map(|mark| text.strip_suffix(mark))
        && !number.is_empty()
        && numerals_to_digits(number).bytes().all(|b| b.is_ascii_digit())
    {
        return Section::Place(Context { unit: address::show_unit(&text), ..Context::default() });
    }
    if text.ends_with('楼') && (2..=6).contains(&text.chars().count()) {
        return Section::Place(Context { building: text, ..Context::default() });
    }
    Section::Label
}

/// A section's text without numbering, label, counts and remarks: `一、2栋（共24户）` → `2栋`.
fn trim_section(text: &str) -> String {
    let end = KINDS_OF_LISTS.iter().filter_map(|kind| text.find(kind)).filter(|at| *at > 0).min().unwrap_or(text.len());
    let text = &text[..end];
    const LABELS: [&str; 12] =
        ["楼栋号", "楼栋", "栋号", "楼号", "小区名称", "小区", "地址", "单元号", "单元", "所属网格", "位置", "所在"];
    let text = text.trim_matches(['[', ']', '【', '】', '(', ')']);
    let mut text = text.split(['(', '[', '【']).next().unwrap_or_default().to_owned();
    if let Some((number, rest)) = text.split_once('、')
        && number.chars().all(|c| c.is_ascii_digit() || "一二三四五六七八九十".contains(c))
    {
        text = rest.to_owned();
    }
    for label in LABELS {
        if let Some(rest) = text.strip_prefix(label).and_then(|rest| rest.strip_prefix(':')) {
            text = rest.to_owned();
        }
    }
    if let Some((before, count)) = text.rsplit_once(['共', ',', ':', ';'])
        && (count.is_empty() || count.ends_with(['户', '人', '套']))
    {
        text = before.to_owned();
    }
    if let Some(rest) = text.strip_suffix("如下") {
        text = rest.to_owned();
    }
    text.trim_matches(|c: char| "-—=*:·.,".contains(c)).to_owned()
}

/// Ends of the names of compounds, streets and villages.
const ENDS_OF_PLACES: [&str; 44] = [
    "小区", "花园", "家园", "公寓", "大厦", "广场", "新村", "片区", "大院", "宿舍", "山庄", "组", "队", "村", "巷",
    "街", "路", "里", "弄", "胡同", "园", "苑", "院", "城", "府", "湾", "庄", "屯", "寨", "坊", "庭", "轩", "阁", "居",
    "邸", "台", "郡", "墅", "区", "期", "排", "湖", "岸", "景",
];

/// Whether a text is the name of a compound, a street or a village.
fn is_compound(text: &str) -> bool {
    let length = text.chars().count();
    let is_plain = text.chars().all(|c| c.is_alphanumeric());
    let is_digits = text.chars().all(|c| c.is_ascii_digit());
    let is_administrative = text.ends_with("社区") || text.ends_with("街道");
    let is_generic = ["小区", "片区", "社区", "街区", "城区", "辖区"].contains(&text);
    (2..=16).contains(&length)
        && is_plain
        && !is_digits
        && !is_administrative
        && !is_generic
        && ENDS_OF_PLACES.iter().any(|end| text.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> [String; 3] {
        match read_section(text) {
            Section::Place(Context { compound, building, unit, .. }) => [compound, building, unit],
            Section::Label => ["?".into(), String::new(), String::new()],
        }
    }

    #[test]
    fn rows_between_homes_are_places_or_labels() {
        for (text, parts) in [
            ("1栋", ["", "1栋", ""]),
            ("一单元", ["", "", "1单元"]),
            ("一、2栋（共24户）", ["", "2栋", ""]),
            ("海棠花园3栋2单元", ["海棠花园", "3栋", "2单元"]),
            ("楼栋：5号楼", ["", "5号楼", ""]),
            ("玉兰苑", ["玉兰苑", "", ""]),
            ("北门村三组", ["北门村三组", "", ""]),
            ("三组", ["三组", "", ""]),
            ("教师楼", ["", "教师楼", ""]),
            ("1栋：12户", ["", "1栋", ""]),
            ("以下为新增", ["?", "", ""]),
            ("请核对", ["?", "", ""]),
        ] {
            assert_eq!(place(text), parts, "{text}");
        }
        let Section::Place(context) = read_section("第二网格") else { panic!("a grid") };
        assert_eq!(context.grid_name, "第二网格");
    }

    #[test]
    fn names_and_titles_say_where_a_table_is() {
        let around = |file: &str, sheet: &str, titles: &[&str]| {
            let Context { compound, building, unit, .. } = Context::around(file, sheet, titles.iter().copied());
            [compound, building, unit]
        };
        assert_eq!(around("海棠花园1栋.csv", "", &[]), ["海棠花园", "1栋", ""]);
        assert_eq!(around("台账.xlsx", "海棠花园2栋", &[]), ["海棠花园", "2栋", ""]);
        assert_eq!(around("台账.xlsx", "玉兰苑", &[]), ["玉兰苑", "", ""]);
        assert_eq!(
            around("台账.xlsx", "Sheet1", &["海棠街道北门社区海棠花园3栋2单元住户登记表"]),
            ["海棠花园", "3栋", "2单元"]
        );
        for nothing in ["海棠花园1-3栋住户表", "1栋至3栋人口", "2026年人口信息表", "第21网格", "1、2栋台账", "Sheet1"]
        {
            assert_eq!(around("台账.xlsx", nothing, &[])[1], "", "{nothing}");
        }
    }

    #[test]
    fn a_section_ends_what_is_inside_it() {
        let base = Context { compound: "北门村".into(), ..Context::default() };
        let enter = |context: &Context, text: &str| match read_section(text) {
            Section::Place(section) => context.enter(&base, &section),
            Section::Label => panic!("{text}"),
        };
        let second = enter(&enter(&base, "1栋一单元"), "2栋");
        assert_eq!((second.building.as_str(), second.unit.as_str()), ("2栋", ""));
        assert_eq!(enter(&base, "三组").compound, "北门村三组");
        assert_eq!(enter(&enter(&base, "三组"), "四组").compound, "北门村四组");
    }
}
