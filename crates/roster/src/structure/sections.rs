//! Rows that are no data but say where the rows below them are, and rows that may be either.

use spreadsheet::Row;
use spreadsheet::text::tight;

use super::context::{Context, Section, read_section};
use super::layout::Layout;
use super::skip::skip_reason;
use super::titles::Field;
use crate::place::address;

/// Whether a row between homes says where the rows below it are; `None` for rows of data, sums and notes.
pub(crate) fn read_as_section(row: &Row, layouts: &[&Layout]) -> Option<Section> {
    let layout = layouts.first()?;
    let field_at = |index: usize| layouts.iter().find_map(|layout| layout.field_at(index));
    // Who leads a building may stand behind it: `1栋 楼长：癸一`.
    let without_lead =
        |text: &str| match text.find("楼长").or_else(|| text.find("栋长")).or_else(|| text.find("单元长")) {
            Some(at) if at > 0 => text[..at].to_owned(),
            _ => text.to_owned(),
        };
    let is_reason = |index: usize| layouts.iter().all(|layout| layout.passes_over(index));
    let own: Vec<(usize, String)> = row
        .filled()
        .filter(|(index, cell)| !cell.copied && !is_reason(*index))
        .map(|(index, cell)| (index, without_lead(&tight(&cell.text))))
        .filter(|(_, text)| !text.starts_with("楼长") && !text.starts_with("栋长") && !text.starts_with("单元长"))
        .filter(|(index, text)| !(layout.serials.contains(index) && text.bytes().all(|b| b.is_ascii_digit())))
        .collect();
    let fields: Vec<Option<Field>> = own.iter().map(|(index, _)| field_at(*index)).collect();
    let is_of_door_or_person = |field: &Option<Field>| {
        !matches!(
            field,
            None | Some(Field::Compound | Field::Group | Field::Building | Field::Unit | Field::Grid | Field::Floor)
        )
    };
    if own.is_empty() || own.len() > 3 || skip_reason(row, layout).is_some() {
        return None;
    }
    match own.len() {
        1 => {
            let text = &own[0].1;
            let read = read_section(text);
            let holds_building = |context: &Context| !context.building.is_empty() || !context.unit.is_empty();
            match fields[0] {
                Some(Field::Name | Field::HeadName) if !is_like_a_name(text) => Some(read),
                Some(Field::Room | Field::Address) if is_prose(text) => Some(Section::Label),
                Some(Field::Name | Field::HeadName) => {
                    matches!(&read, Section::Place(context) if holds_building(context)).then_some(read)
                }
                Some(Field::Room | Field::Address | Field::Chamber | Field::Plate) => match read {
                    // An address with a door is a home that nobody lives in; a word without one may be any place.
                    Section::Place(context) => Some(Section::Place(context)),
                    Section::Label if is_like_a_room(text) => None,
                    Section::Label => Some(Section::Label),
                },
                Some(Field::Building) if text.ends_with('号') || !layout.has(Field::Room) => None,
                Some(Field::Building | Field::Unit | Field::Compound | Field::Group | Field::Grid)
                    if is_prose(text) || text.chars().count() > 16 =>
                {
                    Some(Section::Label)
                }
                Some(field @ (Field::Building | Field::Unit | Field::Compound | Field::Group | Field::Grid)) => {
                    Some(Section::Place(match read {
                        Section::Place(context) if context != Context::default() => context,
                        Section::Place(_) | Section::Label => Context::of_cell(field, text),
                    }))
                }
                Some(Field::Remark | Field::WorkOrSchool | Field::CareTags) => {
                    let is_building = matches!(&read, Section::Place(context) if holds_building(context));
                    is_building.then_some(read)
                }
                Some(_) if text.bytes().filter(u8::is_ascii_digit).count() >= 5 => None,
                Some(_) => matches!(read, Section::Place(_)).then_some(read),
                None => (text.chars().count() <= 40).then_some(read),
            }
        }
        2..=3 if !fields.iter().any(is_of_door_or_person) => {
            let is_cells = fields.iter().all(|field| {
                matches!(field, Some(Field::Compound | Field::Group | Field::Building | Field::Unit | Field::Grid))
            });
            if is_cells && layout.has(Field::Room) {
                let mut context = Context::default();
                for ((_, text), field) in own.iter().zip(&fields) {
                    context = context.with_cell((*field)?, text);
                }
                return Some(Section::Place(context));
            }
            let joined: String = own.iter().map(|(_, text)| text.as_str()).collect();
            match read_section(&joined) {
                place @ Section::Place(_) => Some(place),
                Section::Label => None,
            }
        }
        _ => None,
    }
}

/// Whether a text that stands alone in the column of doors is a door: it has digits, or is a word for a room.
pub(crate) fn is_like_a_room(text: &str) -> bool {
    const ROOMS: [&str; 20] = [
        "室", "铺", "店", "房", "户", "库", "车位", "门面", "顶层", "底层", "阁楼", "地下", "负", "岗", "亭", "间",
        "厅", "号", "门卫", "物业",
    ];
    let starts_with_digit = text.trim_start_matches(['-', '负']).starts_with(|c: char| c.is_ascii_alphanumeric());
    let is_level = text.ends_with(['层', '排']);
    !is_level && (starts_with_digit || text.chars().count() >= 3 && ROOMS.iter().any(|word| text.contains(word)))
        || text.contains(['号', '室', '房', '栋', '幢', '-']) && address::split(text, false).is_some()
}

/// Whether a text is a note between rows.
pub(crate) fn is_prose(text: &str) -> bool {
    ["以下", "以上", "接上", "接下", "续表", "新增", "说明", "注："].iter().any(|word| text.contains(word))
}

/// Whether a text that stands alone in the column of names may be a name: short, without digits and brackets.
pub(crate) fn is_like_a_name(text: &str) -> bool {
    let has_dot = text.contains(['·', '•', '.', '・']);
    let has_latin = text.chars().any(|c| c.is_ascii_alphabetic());
    let is_short = text.chars().count() <= 12 || has_dot || has_latin;
    let is_title =
        ["住户", "登记", "名单", "名册", "台账", "人口", "信息", "统计", "如下"].iter().any(|word| text.contains(word));
    is_short
        && !is_title
        && !is_prose(text)
        && !text.chars().any(|c| c.is_ascii_digit())
        && !text.starts_with(['(', '[', '【'])
}
