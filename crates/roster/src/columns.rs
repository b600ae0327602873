//! Which values a list can speak of at all. A list without phone numbers takes nobody's phone away.

use super::structure::layout::Layout;
use super::structure::titles::Field;

/// A value that the next import may leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Names of people: a list without them says nothing of who lives where.
    Name,
    /// How the dwelling is used.
    HouseStatus,
    /// Name of the head.
    HeadName,
    /// Relation to the head.
    Relation,
    /// Sex.
    Sex,
    /// Identity number.
    IdNo,
    /// Phone numbers.
    Tels,
    /// Population type.
    PopulationType,
    /// Care tags, from a column of their own.
    CareTags,
    /// Month of birth.
    BirthMonth,
    /// Work or school.
    WorkOrSchool,
    /// Remark.
    Remark,
}

impl Column {
    /// What offices call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Name => "姓名",
            Self::HouseStatus => "居住状态",
            Self::HeadName => "户主",
            Self::Relation => "与户主关系",
            Self::Sex => "性别",
            Self::IdNo => "身份证号码",
            Self::Tels => "联系电话",
            Self::PopulationType => "人口类别",
            Self::CareTags => "人群类别",
            Self::BirthMonth => "出生日期",
            Self::WorkOrSchool => "工作单位或学校",
            Self::Remark => "备注",
        }
    }
}

/// A set of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Columns(u16);

impl Columns {
    /// Whether a list has the column.
    #[must_use]
    pub const fn has(self, column: Column) -> bool {
        self.0 & (1 << column as u16) != 0
    }

    /// The columns of either.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Without one column.
    #[must_use]
    pub const fn without(self, column: Column) -> Self {
        Self(self.0 & !(1 << column as u16))
    }

    /// The columns of a sheet.
    pub(crate) fn of(layout: &Layout) -> Self {
        let known = [
            (Field::Name, Column::Name),
            (Field::HouseStatus, Column::HouseStatus),
            (Field::HeadName, Column::HeadName),
            (Field::Relation, Column::Relation),
            (Field::Sex, Column::Sex),
            (Field::IdNo, Column::IdNo),
            (Field::Tel, Column::Tels),
            (Field::PopulationType, Column::PopulationType),
            (Field::CareTags, Column::CareTags),
            (Field::BirthDate, Column::BirthMonth),
            (Field::WorkOrSchool, Column::WorkOrSchool),
            (Field::Remark, Column::Remark),
        ];
        known
            .into_iter()
            .filter(|(field, _)| layout.has(*field))
            .fold(Self::default(), |columns, (_, column)| Self(columns.0 | 1 << column as u16))
    }
}
