//! What is said of the columns of a table: those that are not kept, not known, not clear, hidden.

use spreadsheet::Sheet;
use spreadsheet::text::cut;

use super::Reading;
use crate::structure::header::Header;
use crate::structure::titles::{Field, Meaning};
use crate::{FindingCode, RowRef};

impl Reading<'_> {
    pub(crate) fn tell_columns(&mut self, at: &RowRef, sheet: &Sheet, header: &Header) {
        for column in &header.columns {
            let title = cut(&column.title, 20).0;
            let cells =
                || sheet.rows[header.below..].iter().filter_map(|row| row.cell(column.index)).filter(|c| !c.is_blank());
            let has_values = cells().next().is_some();
            match column.meaning {
                Meaning::NotKept => {
                    self.tell(at, FindingCode::ColumnNotKept, format!("列“{title}”属于不应收集的信息，未导入"));
                }
                Meaning::Owner if has_values => {
                    let text = format!("列“{title}”是业主或房东的信息，没有对应的登记项，不等于住在这里的人，未导入");
                    self.tell(at, FindingCode::ColumnOwner, text);
                }
                Meaning::Unknown if has_values => {
                    self.tell(at, FindingCode::ColumnUnknown, format!("列“{title}”没有对应的登记项，未导入"));
                }
                Meaning::NotResidents if has_values => {
                    let text = format!(
                        "列“{title}”跟在业主、网格员等人的姓名后面，不是住户的号码，未导入；是住户的请在列名里写明"
                    );
                    self.tell(at, FindingCode::ColumnUnclear, text);
                }
                Meaning::Field(_) if column.is_unclear => {
                    let text = format!("列“{title}”不能确定属于哪一个人，未导入；请在列名里写上是谁的，如“成员2电话”");
                    self.tell(at, FindingCode::ColumnUnclear, text);
                }
                Meaning::Field(_) if column.repeated => {
                    self.tell(at, FindingCode::ColumnRepeated, format!("列“{title}”重复，前一列为空时才采用"));
                }
                Meaning::Field(_)
                | Meaning::Serial
                | Meaning::Unknown
                | Meaning::Owner
                | Meaning::NotResidents
                | Meaning::Reason => {}
            }
            if has_values && sheet.hidden_columns.contains(&column.index) {
                self.tell(at, FindingCode::ColumnHidden, format!("列“{title}”是隐藏的，已照常读取，请核对"));
            }
            if let Meaning::Field(_) = column.meaning
                && let Some(cell) = cells().find(|cell| cell.stored.is_some())
            {
                let differing = cells().filter(|cell| cell.stored.is_some()).count();
                let kind = if cell.text.is_empty() { "没有显示" } else { "显示的与保存的不同" };
                let text = format!("列“{title}”有 {differing} 格{kind}（数字格式），按显示的读取，请核对");
                self.tell(at, FindingCode::ValueShown, text);
            }
        }
        let is_of_owners = !header.has(Field::Name) && !header.has(Field::HeadName);
        let owners: Vec<usize> = header
            .columns
            .iter()
            .filter(|column| column.meaning == Meaning::Owner)
            .map(|column| column.index)
            .collect();
        if is_of_owners && !owners.is_empty() {
            for row in &sheet.rows[header.below..] {
                if owners.iter().any(|index| row.cell(*index).is_some_and(|cell| !cell.is_blank())) {
                    let at = RowRef { row: row.number, ..at.clone() };
                    let text =
                        "只写了业主，没有写住在这里的人；住户已导入，业主未导入。如业主就住在这里，请把列名改为“姓名”";
                    self.tell(&at, FindingCode::ColumnOwner, text);
                }
            }
        }
        if !(header.has(Field::IdNo) || header.has(Field::HeadIdNo)) {
            self.tell(at, FindingCode::ColumnMissing, "没有“身份证号码”列，按姓名识别人员");
        }
    }
}
