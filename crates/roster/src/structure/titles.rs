//! What the title of a column means.
//!
//! A title is recognised by the words in it, in a fixed order of rules: what may not be stored first, then whose
//! data it is (a grid worker's phone is not a resident's), then the field.

use spreadsheet::text::tight;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    Grid,
    Compound,
    /// A village, where groups or compounds have columns of their own.
    Village,
    /// A group of a village (组, 队).
    Group,
    Building,
    Unit,
    /// The floor, where it has a column beside the room (`3` and `01` are 301).
    Floor,
    Room,
    /// A part of a flat that is let by itself (房间 A of 房号 301).
    Chamber,
    /// Number of a house on its street, where another column has the room.
    Plate,
    Address,
    /// Where a person is registered: an address of last resort.
    RegisteredAddress,
    HouseStatus,
    /// A title that may speak of the home or of the person (状态, 居住情况); the values decide.
    State,
    /// Whether a person lives here.
    Residence,
    /// Id of the record in our own export.
    HouseholdId,
    /// Id of the person in our own export.
    MemberId,
    HeadName,
    HeadIdNo,
    HeadTel,
    Name,
    Relation,
    IsHead,
    Sex,
    IdNo,
    IdKind,
    Tel,
    PopulationType,
    CareTags,
    BirthDate,
    WorkOrSchool,
    Remark,
}

impl Field {
    /// Values of the dwelling: merged or blank below the first row of a household.
    pub(crate) const fn is_of_dwelling(self) -> bool {
        matches!(
            self,
            Self::Grid
                | Self::Compound
                | Self::Village
                | Self::Group
                | Self::Building
                | Self::Unit
                | Self::Floor
                | Self::Room
                | Self::Chamber
                | Self::Plate
                | Self::Address
                | Self::HouseStatus
                | Self::HouseholdId
                | Self::HeadName
                | Self::HeadIdNo
                | Self::HeadTel
        )
    }

    /// Fields of which several columns make sense.
    pub(crate) const fn may_repeat(self) -> bool {
        matches!(self, Self::Tel | Self::HeadTel | Self::Remark | Self::CareTags)
    }

    /// Numbers that must not go to another person.
    pub(crate) const fn is_number(self) -> bool {
        matches!(self, Self::IdNo | Self::Tel)
    }

    pub(crate) const fn says_where(self) -> bool {
        matches!(self, Self::Compound | Self::Building | Self::Room | Self::Address | Self::Plate)
    }
}

/// What a title was taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    Field(Field),
    /// Must not be stored (domain reference §1 and PIPL 28: politics, ethnicity, faith, labels on people).
    NotKept,
    /// A running number and the like: nothing to take, nothing to report.
    Serial,
    /// A number behind the name of somebody who is no resident.
    NotResidents,
    /// What our own report says of the row.
    Reason,
    /// Names or numbers of owners and other people for whom the record has no field.
    Owner,
    Unknown,
}

impl Meaning {
    /// The field of the record that the column fills, if any.
    pub(crate) const fn field(self) -> Option<Field> {
        match self {
            Self::Field(field) => Some(field),
            Self::NotKept | Self::Serial | Self::Owner | Self::NotResidents | Self::Reason | Self::Unknown => None,
        }
    }
}

/// Words of columns that are not kept whatever else stands in the title.
const NOT_KEPT: &[&str] = &[
    "政治面貌",
    "党派",
    "党员",
    "党组织",
    "党支部",
    "团员",
    "民族",
    "族别",
    "宗教",
    "信仰",
    "信教",
    "教派",
    "信访",
    "上访",
    "重点人员",
    "重点对象",
    "重点管控",
    "管控",
    "稳控",
    "涉稳",
    "前科",
    "社区矫正",
    "刑满",
    "刑释",
    "吸毒",
    "涉毒",
    "戒毒",
    "邪教",
    "嫌疑",
    "可疑",
    "婚姻",
    "婚育",
    "生育",
    "血型",
    "指纹",
    "人脸",
    "照片",
    "相片",
    "收入",
    "银行",
    "账号",
    "存款",
    "车牌",
    "兵役",
    "国籍",
];

/// Who owns or lets a home. That they live there is not said.
pub(crate) const OWNERS: &[&str] = &["房东", "业主", "产权人", "房主", "出租人", "屋主"];

/// Persons other than residents, or roles of which the record has no field.
pub(crate) const OTHER_PEOPLE: &[&str] = &[
    "网格员",
    "网格长",
    "楼长",
    "栋长",
    "单元长",
    "楼组长",
    "填报",
    "填表",
    "制表",
    "采集",
    "登记人",
    "录入",
    "审核",
    "监护人",
    "紧急联系",
    "民警",
    "医生",
    "包户",
    "包联",
    "责任人",
    "负责人",
    "联系人",
    "父亲",
    "母亲",
    "物业",
    "代理人",
    "走访",
];

/// Ordered rules: the first of which any word occurs wins.
const RULES: &[(&[&str], Field)] = &[
    (&["是否户主", "是否为户主"], Field::IsHead),
    (&["关系", "称谓"], Field::Relation),
    (&["证件类型", "证件类别", "证件种类", "证件名称"], Field::IdKind),
    (&["身份证", "公民身份", "证件号", "证件编号", "身份号"], Field::IdNo),
    (&["手机", "电话", "联系方式", "联系号码", "座机", "联络方式", "电话号码"], Field::Tel),
    (&["性别"], Field::Sex),
    (
        &[
            "人员状态",
            "人口状态",
            "居民状态",
            "在住情况",
            "在住状态",
            "是否在住",
            "居住情况",
            "居住状态",
            "居住现状",
            "人户状态",
            "户籍状态",
            "变动情况",
            "变动类型",
        ],
        Field::State,
    ),
    (&["出生", "生日"], Field::BirthDate),
    (
        &[
            "人口类别",
            "人口类型",
            "人口性质",
            "人口属性",
            "人员类别",
            "人员类型",
            "人员性质",
            "居民类别",
            "居民类型",
            "人员属性",
            "人口分类",
            "人员分类",
        ],
        Field::PopulationType,
    ),
    (
        &[
            "房屋状态",
            "住房状态",
            "居住类型",
            "居住性质",
            "房屋性质",
            "住房性质",
            "房屋用途",
            "房屋类型",
            "住房类型",
            "入住情况",
            "住房情况",
            "房屋情况",
            "使用性质",
            "使用状态",
            "房屋使用",
            "是否空置",
            "房屋现状",
            "入住状态",
            "房屋属性",
        ],
        Field::HouseStatus,
    ),
    (
        &[
            "关爱",
            "照护",
            "困难类型",
            "困难类别",
            "特殊群体",
            "特殊人群",
            "服务对象",
            "人群类型",
            "人群类别",
            "人员标签",
            "人群标签",
            "重点人群",
        ],
        Field::CareTags,
    ),
    (&["备注", "说明", "备考", "附注", "其他情况"], Field::Remark),
    (&["工作单位", "就读", "学校", "服务处所", "工作或学校", "工作/学校"], Field::WorkOrSchool),
];

/// What a title means. Titles longer than any header are no headers.
pub(crate) fn recognise(title: &str) -> Meaning {
    let clean = clean_title(title);
    let has = |word: &str| clean.contains(word);
    let any = |words: &[&str]| words.iter().any(|word| clean.contains(word));
    if clean.is_empty() || clean.chars().count() > 16 {
        return Meaning::Unknown;
    }
    if any(NOT_KEPT) {
        return Meaning::NotKept;
    }
    if matches!(
        clean.as_str(),
        "序号" | "编号" | "序" | "行号" | "户序" | "户序号" | "户数序号" | "No" | "NO" | "No." | "#"
    ) {
        return Meaning::Serial;
    }
    if any(OWNERS) {
        return Meaning::Owner;
    }
    if any(OTHER_PEOPLE) {
        return Meaning::Unknown;
    }
    if has("户主") && !any(&["关系", "是否", "编号", "户号"]) {
        return Meaning::Field(if any(&["身份证", "证件号", "身份号"]) {
            Field::HeadIdNo
        } else if any(&["电话", "手机", "联系"]) {
            Field::HeadTel
        } else if any(&["性别", "出生", "年龄", "地址"]) {
            return Meaning::Unknown;
        } else {
            Field::HeadName
        });
    }
    if let Some(field) = RULES.iter().find(|(words, _)| any(words)).map(|(_, field)| *field) {
        return Meaning::Field(field);
    }
    match clean.as_str() {
        // Bare words, mostly under a group title.
        "状态" | "现状" => return Meaning::Field(Field::State),
        "住户标识" => return Meaning::Field(Field::HouseholdId),
        "人员标识" => return Meaning::Field(Field::MemberId),
        "原因" => return Meaning::Reason,
        "类别" | "类型" => return Meaning::Field(Field::PopulationType),
        _ => {}
    }
    recognise_place(&clean).or_else(|| recognise_name(&clean)).map_or(Meaning::Unknown, Meaning::Field)
}

fn recognise_place(clean: &str) -> Option<Field> {
    let has = |word: &str| clean.contains(word);
    let any = |words: &[&str]| words.iter().any(|word| clean.contains(word));
    if any(&["地址", "住址", "住所", "坐落", "居住地", "现住地"]) {
        let registered = any(&["户籍", "户口", "身份", "籍贯", "原", "迁"]);
        return Some(if registered { Field::RegisteredAddress } else { Field::Address });
    }
    if any(&["户籍", "户口", "籍贯", "面积", "层数", "总层", "社区", "街道办", "乡镇", "镇街", "人数", "户数", "年限"])
    {
        return None;
    }
    if matches!(clean, "村" | "行政村" | "村名" | "村庄" | "所在村" | "所属村" | "村委" | "村委会") {
        return Some(Field::Village);
    }
    if matches!(
        clean,
        "组" | "组别" | "组号" | "小组" | "村民小组" | "村小组" | "队" | "生产队" | "所在组" | "所属组" | "村民组"
    ) {
        return Some(Field::Group);
    }
    if matches!(clean, "宿舍" | "宿舍楼" | "楼宇" | "座" | "樓棟" | "栋座" | "楼座号") {
        return Some(Field::Building);
    }
    if matches!(clean, "寝室" | "寝室号" | "宿舍号") {
        return Some(Field::Room);
    }
    if matches!(clean, "門洞" | "门洞" | "门洞号" | "梯位" | "單元" | "楼梯") {
        return Some(Field::Unit);
    }
    if matches!(clean, "期" | "期数" | "分期" | "区域" | "片区" | "分区" | "苑" | "组团" | "弄" | "排")
    {
        return Some(Field::Group);
    }
    if matches!(clean, "楼层" | "层" | "层号" | "所在楼层" | "楼层号" | "所在层" | "所在层数") {
        return Some(Field::Floor);
    }
    if has("楼层") {
        return None;
    }
    if has("网格") {
        return (!any(&["名称", "类型", "类别"])).then_some(Field::Grid);
    }
    let parts = [any(&["栋", "幢", "楼"]), any(&["单元"]), any(&["房", "室", "门牌", "户"])];
    if parts.iter().filter(|part| **part).count() >= 2 && !has("房屋") {
        return Some(Field::Address);
    }
    if any(&["编码", "代码", "编号"]) && !any(&["房间", "门牌", "楼栋", "单元"]) {
        return None;
    }
    if any(&[
        "小区",
        "楼盘",
        "院落",
        "街巷",
        "道路",
        "路名",
        "路街",
        "巷",
        "自然村",
        "村组",
        "院名",
        "楼宇名",
        "小组",
        "家属院",
    ]) {
        return Some(Field::Compound);
    }
    if matches!(clean, "房间" | "房间名" | "隔间" | "床位" | "床位号" | "间号" | "分间号") {
        return Some(Field::Chamber);
    }
    if clean.starts_with("门牌") || matches!(clean, "户号牌" | "户牌" | "门户牌" | "户牌号") {
        return Some(Field::Plate);
    }
    if any(&["房号", "室号", "房间", "门牌", "户室", "房屋号", "门号", "室", "房"]) && !any(&["房屋", "住房"])
        || matches!(clean, "房" | "户" | "房屋号" | "住房号")
    {
        return Some(Field::Room);
    }
    if has("单元") || clean == "梯号" {
        return Some(Field::Unit);
    }
    any(&["栋", "幢", "楼号", "楼座", "座号", "楼房号", "大楼"]).then_some(Field::Building)
}

fn recognise_name(clean: &str) -> Option<Field> {
    matches!(
        clean,
        "姓名"
            | "名字"
            | "名称"
            | "居民姓名"
            | "人员姓名"
            | "成员姓名"
            | "家庭成员"
            | "家庭成员姓名"
            | "成员"
            | "住户姓名"
            | "居住人姓名"
            | "居住人"
            | "居住人员"
            | "住户"
            | "居民"
            | "人员"
            | "居住人员姓名"
            | "姓名全称"
            | "村民姓名"
            | "本人姓名"
            | "租客姓名"
            | "租户姓名"
    )
    .then_some(Field::Name)
    .or_else(|| (clean.starts_with("姓名") || clean.ends_with("姓名")).then_some(Field::Name))
}

/// A title without blanks, notes in brackets, stars, colons and numbering: `*联系电话2（必填）` → `联系电话`.
pub(super) fn clean_title(title: &str) -> String {
    let mut depth = 0_u32;
    let mut clean = String::new();
    for c in tight(title).chars() {
        match c {
            '(' | '[' | '【' | '〔' | '{' => depth += 1,
            ')' | ']' | '】' | '〕' | '}' => depth = depth.saturating_sub(1),
            '*' | ':' | '.' | '。' | '★' | '"' | '\'' => {}
            c if depth == 0 => clean.push(c),
            _ => {}
        }
    }
    clean.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_recognised_by_meaning() {
        use Field::*;
        for (titles, field) in [
            (&["所属网格", "网格编码", "网格号", "网格编号", "网格"][..], Grid),
            (&["小区名称", "小区", "楼盘", "小区/街巷", "所在小区"], Compound),
            (&["楼栋号", "栋号", "幢", "楼栋", "楼号", "幢号", "栋"], Building),
            (&["单元号", "单元"], Unit),
            (&["房号", "室号", "房间号", "室", "户室号"], Room),
            (&["门牌号", "门牌"], Plate),
            (&["楼层", "所在楼层"], Floor),
            (
                &["详细地址", "家庭住址", "现住址", "居住地址", "房屋坐落", "楼栋单元房号", "现居住地址(详细到室)"],
                Address,
            ),
            (&["户籍地址", "户口所在地地址"], RegisteredAddress),
            (&["房屋状态", "房屋使用情况", "入住情况"], HouseStatus),
            (&["居住状态", "状态", "人员状态", "居住情况"], State),
            (&["姓名", "姓 名", "*姓名（必填）", "居民姓名", "家庭成员姓名"], Name),
            (&["户主", "户主姓名"], HeadName),
            (&["户主电话", "户主联系方式"], HeadTel),
            (&["与户主关系", "关系", "与户主的关系", "家庭关系"], Relation),
            (&["身份证号码", "公民身份号码", "证件号码", "身份证", "身份证\n号码"], IdNo),
            (&["手机", "联系电话", "电话", "手机号", "联系方式", "联系电话2"], Tel),
            (&["人口类别", "人员类型", "人口类型", "类别"], PopulationType),
            (&["出生日期", "出生年月"], BirthDate),
            (&["备注", "备　注"], Remark),
        ] {
            for title in titles {
                assert_eq!(recognise(title), Meaning::Field(field), "{title}");
            }
        }
    }

    #[test]
    fn what_must_not_be_stored_is_told_from_what_is_unknown() {
        for title in ["政治面貌", "民族", "宗教信仰", "是否党员", "重点人员类型", "婚姻状况"] {
            assert_eq!(recognise(title), Meaning::NotKept, "{title}");
        }
        for title in ["房东电话", "业主姓名", "产权人"] {
            assert_eq!(recognise(title), Meaning::Owner, "{title}");
        }
        for title in ["网格员姓名", "网格员电话", "年龄", "总楼层", "建筑面积", "户号", "所属社区", "户籍地"]
        {
            assert_eq!(recognise(title), Meaning::Unknown, "{title}");
        }
        assert_eq!(recognise("序号"), Meaning::Serial);
    }
}
