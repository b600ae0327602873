//! Reference data as a workbook that reads back: a sheet for each list, and one that says what its columns hold.

use std::borrow::Cow;

use domain::deadline::CALENDARS;
use rust_xlsxwriter::{Format, FormatAlign, Workbook, Worksheet, XlsxError};
use serde_json::Value;
use spreadsheet::formula::guard_formula;

use super::entries::EntryForm;
use super::kinds::find_kind;
use super::time;

/// Sheet that explains the columns; it is not read.
pub(crate) const GUIDE_SHEET: &str = "说明";

/// Writes every value that is a list, and every calendar.
///
/// # Errors
/// When the workbook's writer refuses.
pub(crate) fn write_workbook(values: &[(String, Value)]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let mut forms: Vec<(String, &EntryForm)> = Vec::new();
    for (key, value) in values {
        let (name, form, entries) = match (find_kind(key).and_then(|kind| kind.entries()), key.strip_prefix(CALENDARS))
        {
            (Some(form), _) => (form.sheet.to_owned(), form, Cow::Borrowed(value)),
            (None, Some(year)) => {
                let name = format!("{}{year}", time::CALENDAR_SHEET);
                (name, &time::CALENDAR, Cow::Owned(time::list_calendar_days(value)))
            }
            (None, None) => continue,
        };
        write_list(book.add_worksheet(), &name, form, &entries)?;
        forms.push((name, form));
    }
    write_guide(book.add_worksheet(), &forms)?;
    book.save_to_buffer()
}

fn write_list(sheet: &mut Worksheet, name: &str, form: &EntryForm, value: &Value) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    sheet.set_freeze_panes(1, 0)?;
    let bold = Format::new().set_bold();
    // Text throughout: a spreadsheet program would drop the first 0 of a telephone number.
    let text = Format::new().set_num_format("@").set_text_wrap().set_align(FormatAlign::Top);
    for (column, field) in (0_u16..).zip(form.fields) {
        sheet.set_column_width(column, f64::from(field.width))?;
        sheet.set_column_format(column, &text)?;
        sheet.write_string_with_format(0, column, field.title, &bold)?;
    }
    for (row, (id, entry)) in (1_u32..).zip(form.list_published(value)) {
        for (column, field) in (0_u16..).zip(form.fields) {
            let shown = if form.is_map && field.name == form.id {
                id.to_owned()
            } else {
                entry.get(field.name).map(|value| field.show(value)).unwrap_or_default()
            };
            if !shown.is_empty() {
                sheet.write_string_with_format(row, column, guard_formula(&shown), &text)?;
            }
        }
    }
    Ok(())
}

fn write_guide(sheet: &mut Worksheet, forms: &[(String, &EntryForm)]) -> Result<(), XlsxError> {
    sheet.set_name(GUIDE_SHEET)?;
    let bold = Format::new().set_bold();
    let wrap = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    for (column, (title, width)) in (0_u16..).zip([("工作表", 12.0), ("列", 12.0), ("必填", 8.0), ("填什么", 80.0)])
    {
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, title, &bold)?;
    }
    let fields = forms.iter().flat_map(|(name, form)| form.fields.iter().map(move |field| (name, field)));
    for (row, (name, field)) in (1_u32..).zip(fields) {
        sheet.write_string(row, 0, name)?;
        sheet.write_string(row, 1, field.title)?;
        sheet.write_string(row, 2, if field.is_needed { "是" } else { "" })?;
        sheet.write_string_with_format(row, 3, field.expected(), &wrap)?;
    }
    Ok(())
}
