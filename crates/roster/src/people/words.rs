//! Words that become codes, tags and months. A reader says only that a word is on no list; the caller makes the
//! finding, because it knows row and column.

use std::collections::BTreeSet;

use domain::codes::{CareTag, CodeList, HouseStatus, Language, PopulationType, Relation, Residence, Sex};
use domain::{LocalDate, UnixMillis};

use spreadsheet::text::{plain, tight};

use crate::structure::given::is_placeholder as is_nothing;

/// Sex; `Err` for what is on no list.
pub(crate) fn read_sex(text: &str) -> Result<Option<Sex>, ()> {
    Ok(Some(match tight(text).as_str() {
        "男" | "男性" | "1" | "M" | "m" => Sex::Male,
        "女" | "女性" | "2" | "F" | "f" => Sex::Female,
        "未说明" | "9" => Sex::NotStated,
        other if is_nothing(other) => return Ok(None),
        _ => return Err(()),
    }))
}

/// Words of each relation beside its label (GB/T 4761-2008, the classes by first digit).
const RELATIONS: &[(Relation, &[&str])] = &[
    (Relation::Head, &["本人", "户主本人", "本人(户主)", "主"]),
    (Relation::Spouse, &["妻", "夫", "妻子", "丈夫", "老婆", "老公", "爱人", "户主配偶", "夫妻"]),
    (
        Relation::Son,
        &[
            "子",
            "长子",
            "次子",
            "二子",
            "三子",
            "四子",
            "独生子",
            "独子",
            "养子",
            "继子",
            "女婿",
            "大儿子",
            "小儿子",
            "之子",
        ],
    ),
    (
        Relation::Daughter,
        &[
            "女",
            "长女",
            "次女",
            "二女",
            "三女",
            "四女",
            "独生女",
            "独女",
            "养女",
            "继女",
            "儿媳",
            "媳妇",
            "儿媳妇",
            "大女儿",
            "小女儿",
            "之女",
        ],
    ),
    (
        Relation::Grandchild,
        &[
            "孙子",
            "孙女",
            "外孙",
            "外孙子",
            "外孙女",
            "孙",
            "孙子女",
            "孙媳",
            "外孙子女",
            "曾孙",
            "曾孙子",
            "曾孙女",
            "孙子、孙女",
        ],
    ),
    (
        Relation::Parent,
        &[
            "父",
            "母",
            "父亲",
            "母亲",
            "爸爸",
            "妈妈",
            "公公",
            "婆婆",
            "岳父",
            "岳母",
            "继父",
            "继母",
            "养父",
            "养母",
            "公婆",
            "岳父母",
            "之父",
            "之母",
        ],
    ),
    (
        Relation::Grandparent,
        &[
            "祖父",
            "祖母",
            "爷爷",
            "奶奶",
            "外公",
            "外婆",
            "姥爷",
            "姥姥",
            "外祖父",
            "外祖母",
            "祖父母或外祖父母",
            "曾祖父",
            "曾祖母",
        ],
    ),
    (
        Relation::Sibling,
        &[
            "兄", "弟", "姐", "妹", "哥哥", "弟弟", "姐姐", "妹妹", "兄弟", "姐妹", "嫂", "嫂子", "弟媳", "姐夫",
            "妹夫", "哥", "兄妹", "姐弟",
        ],
    ),
    (
        Relation::Other,
        &[
            "其他亲属",
            "非亲属",
            "亲属",
            "亲戚",
            "租客",
            "租户",
            "承租人",
            "合租",
            "同住",
            "同住人",
            "保姆",
            "朋友",
            "同事",
            "同学",
            "员工",
            "侄子",
            "侄女",
            "外甥",
            "外甥女",
            "叔",
            "伯",
            "姑",
            "舅",
            "姨",
            "叔叔",
            "伯父",
            "其它",
            "寄住",
            "寄居",
        ],
    ),
];

/// Relation to the head; `Err` for what is on no list.
pub(crate) fn read_relation(text: &str) -> Result<Option<Relation>, ()> {
    let text = tight(text);
    if text != "0" && is_nothing(&text) {
        return Ok(None);
    }
    if let Some(relation) = Relation::ALL.iter().find(|relation| relation.label(Language::ZhCn) == text) {
        return Ok(Some(*relation));
    }
    if let Some((relation, _)) = RELATIONS.iter().find(|(_, words)| words.contains(&text.as_str())) {
        return Ok(Some(*relation));
    }
    // Codes of the standard: 01 oneself, 02 head, else the class is the first digit.
    let is_code = text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit());
    match Relation::from_code(&text[..text.chars().next().map_or(0, char::len_utf8)]) {
        Relation::Unknown => Err(()),
        relation if is_code => Ok(Some(relation)),
        _ => Err(()),
    }
}

/// Whether a text is a relation and nobody's name: 户主, 配偶, 儿子.
pub(crate) fn is_relation(text: &str) -> bool {
    let text = tight(text);
    text.chars().count() >= 2 && !text.is_ascii() && matches!(read_relation(&text), Ok(Some(_)))
}

/// Population type; `Err` for what is on no list.
pub(crate) fn read_population_type(text: &str) -> Result<Option<PopulationType>, ()> {
    let text = tight(text);
    Ok(Some(match text.trim_end_matches("人口").trim_end_matches("人员") {
        "户籍" | "01" | "1" | "常住户籍" | "本地户籍" | "本地" | "人户一致" | "户在人在" | "本市户籍" | "本区户籍" => {
            PopulationType::Registered
        }
        "流动" | "02" | "2" | "外来" | "外来流动" | "暂住" | "非户籍" | "寄住" | "租住" | "外地" | "流入"
        | "人在户不在" => PopulationType::Floating,
        "境外" | "03" | "3" | "外籍" | "外国" | "港澳台" | "涉外" => PopulationType::Foreign,
        "" if !text.is_empty() => return Err(()),
        _ if is_nothing(&text) => return Ok(None),
        _ => return Err(()),
    }))
}

/// House status; `Err` for what is on no list (it is then "other").
pub(crate) fn read_house_status(text: &str) -> Result<Option<HouseStatus>, ()> {
    let text = tight(text);
    Ok(Some(match text.as_str() {
        "自住" | "自住房" | "自用" | "自有" | "自有住房" | "自有自住" | "常住" | "有人居住" | "在住" | "业主自住"
        | "自建房" => HouseStatus::OwnerOccupied,
        "1" | "租赁" | "出租" | "出租房" | "出租屋" | "租住" | "租用" | "承租" | "租房" | "已出租" | "整租"
        | "合租" | "群租" | "租借" => HouseStatus::Rented,
        "2" | "空置" | "空置房" | "空房" | "空户" | "空挂" | "闲置" | "无人居住" | "无人" | "未入住" | "空"
        | "长期空置" | "空关" => HouseStatus::Vacant,
        "9" | "其他" | "其它" => HouseStatus::Other,
        "0" => HouseStatus::OwnerOccupied,
        _ if is_nothing(&text) => return Ok(None),
        _ => return Err(()),
    }))
}

/// Words of each state of a person beside its code and label.
const RESIDENCES: &[(Residence, &[&str])] = &[
    (Residence::Present, &["正常", "在住", "居住", "现住", "在家", "本地居住", "人户一致", "户在人在", "是", "在册"]),
    (
        Residence::Away,
        &[
            "外出务工",
            "外出打工",
            "务工",
            "打工",
            "在外",
            "在外地",
            "外地",
            "外出求学",
            "求学",
            "在外读书",
            "外出居住",
            "外住",
            "长期外出",
            "长期在外",
            "人户分离",
            "户在人不在",
            "空挂",
            "空挂户",
            "服役",
            "参军",
            "出国",
            "否",
            "不在住",
        ],
    ),
    (
        Residence::MovedOut,
        &[
            "已迁出",
            "迁走",
            "已迁走",
            "搬走",
            "已搬走",
            "搬离",
            "已搬离",
            "搬出",
            "已搬出",
            "搬迁",
            "已搬迁",
            "户口迁出",
            "已离开",
            "退租",
            "已退租",
            "不住了",
        ],
    ),
    (
        Residence::Deceased,
        &[
            "已故",
            "去世",
            "已去世",
            "亡故",
            "已亡故",
            "病故",
            "已病故",
            "身故",
            "死亡注销",
            "过世",
            "已过世",
            "已死亡",
            "故",
            "亡",
            "已亡",
            "殁",
            "逝世",
            "已逝",
        ],
    ),
];

/// State of a person; `Err` for what is on no list.
pub(crate) fn read_residence(text: &str) -> Result<Option<Residence>, ()> {
    let text = tight(text);
    if is_nothing(&text) {
        return Ok(None);
    }
    let by_code = Residence::ALL.iter().find(|one| one.label(Language::ZhCn) == text || one.code() == text);
    let by_word = RESIDENCES.iter().find(|(_, words)| words.contains(&text.as_str())).map(|(one, _)| one);
    by_code.or(by_word).copied().map(Some).ok_or(())
}

/// The state that a remark on a person speaks of, as in `2020年去世` or `已迁出`.
pub(crate) fn find_residence(text: &str) -> Option<Residence> {
    const INSIDE: [(Residence, &[&str]); 3] = [
        (Residence::Deceased, &["去世", "死亡", "已故", "病故", "亡故", "过世", "逝世"]),
        (Residence::MovedOut, &["迁出", "迁走", "搬走", "搬离", "搬出"]),
        (Residence::Away, &["外出", "务工", "打工", "在外"]),
    ];
    let text = tight(text);
    let negated = ["未", "不", "没"].iter().any(|word| text.contains(word));
    match read_residence(&text) {
        Ok(found) => found.filter(|found| *found != Residence::Present && text != "否"),
        Err(()) if negated => None,
        Err(()) => INSIDE.iter().find(|(_, words)| words.iter().any(|word| text.contains(word))).map(|(one, _)| *one),
    }
}

/// Whose state a word tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// How a dwelling is used.
    Home,
    /// Where a person is.
    Person,
}

/// Whose state a word tells; `None` for words of both (常住) and of neither.
pub(crate) fn whose_state(text: &str) -> Option<Whose> {
    let text = tight(text);
    if ["常住", "在住", "居住", "暂住", "是", "否", "其他", "其它", "空挂"].contains(&text.as_str())
        || is_nothing(&text)
        || text.bytes().all(|b| b.is_ascii_digit())
    {
        return None;
    }
    if read_residence(&text).is_ok() || ["注销", "失踪", "失联"].contains(&text.as_str()) {
        return Some(Whose::Person);
    }
    read_house_status(&text).is_ok().then_some(Whose::Home)
}

/// How a dwelling is used whose name cell names nobody: `空置`, `出租`; `None` when it may be a name.
pub(crate) fn status_of_name(name: &str) -> Option<HouseStatus> {
    let text = tight(name);
    let text = text.trim_matches(|c: char| "()[]【】<>《》-—*/.。".contains(c));
    match text {
        "空" | "空房" | "空户" | "无人" | "闲置" | "未入住" | "无住户" | "无人住" | "没人" | "没人住" | "空关"
        | "空挂" | "待售" | "待租" | "招租" | "未售" | "待出租" | "待出售" | "出售" | "毛坯" | "毛坯房" | "未交房"
        | "未装修" | "暂无人" | "常年无人" | "长期不住" | "无人在家" | "无人入住" | "无户主" => {
            Some(HouseStatus::Vacant)
        }
        "出租" | "已出租" | "出租房" | "出租屋" | "租赁" | "租房" | "租户" => {
            Some(HouseStatus::Rented)
        }
        _ if text.chars().count() > VACANCY_LENGTH => None,
        _ => VACANCY.iter().any(|word| text.contains(word)).then_some(HouseStatus::Vacant),
    }
}

/// What a name cell says that names nobody: how the dwelling is used, or why nobody was met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HomeWord {
    /// How it is used.
    pub(crate) status: Option<HouseStatus>,
    /// What to remark on the dwelling.
    pub(crate) note: String,
}

/// Reads a name cell that names no person; `None` when it may be a name.
pub(crate) fn read_home_word(name: &str) -> Option<HomeWord> {
    const NOBODY_MET: &[&str] = &[
        "查无此人",
        "拒访",
        "拒绝登记",
        "拒绝采集",
        "拒不配合",
        "不配合",
        "敲门无人",
        "敲门无应",
        "敲门不应",
        "敲门未应",
        "联系不上",
        "无法联系",
        "未联系上",
        "未见面",
        "入户未遇",
        "多次上门无人",
        "待入户",
        "装修中",
        "公租房",
        "已拆",
        "已拆迁",
        "居委会",
        "测试",
        "外地",
        "业主",
        "未入户",
        "长期外出",
        "全家外出",
        "举家外出",
        "外出",
        "外出务工",
        "长期在外",
        "不在家",
        "家中无人",
        "待入住",
        "搬走",
        "已搬走",
        "已搬离",
        "已迁出",
        "迁出",
        "空挂户",
        "户口空挂",
        "人户分离",
        "不居住",
    ];
    const USES: [&str; 48] = [
        "有限公司",
        "公司",
        "超市",
        "商店",
        "便利店",
        "小卖部",
        "饭店",
        "餐馆",
        "餐厅",
        "面馆",
        "酒店",
        "宾馆",
        "旅馆",
        "旅社",
        "民宿",
        "诊所",
        "药店",
        "药房",
        "大药房",
        "幼儿园",
        "学校",
        "培训班",
        "银行",
        "工作室",
        "门市",
        "门市部",
        "门面",
        "门面房",
        "商铺",
        "店铺",
        "仓库",
        "车库",
        "储藏室",
        "储藏间",
        "杂物间",
        "办公室",
        "物业用房",
        "物业公司",
        "社区用房",
        "活动室",
        "配电室",
        "棋牌室",
        "理发店",
        "美容院",
        "网吧",
        "茶馆",
        "宿舍",
        "底商",
    ];
    if let Some(status) = status_of_name(name) {
        return Some(HomeWord { status: Some(status), note: String::new() });
    }
    let text = tight(name);
    let text = text.trim_matches(|c: char| "()[]【】".contains(c));
    if NOBODY_MET.contains(&text) {
        return Some(HomeWord { status: None, note: text.to_owned() });
    }
    USES.iter()
        .any(|end| text.ends_with(end))
        .then(|| HomeWord { status: Some(HouseStatus::Other), note: text.to_owned() })
}

/// Words that no name holds.
const VACANCY: [&str; 4] = ["空置", "闲置", "无人居住", "长期无人"];
/// Longer texts are remarks that only mention such a word.
const VACANCY_LENGTH: usize = 8;

/// Words of each care tag beside its label.
const CARE_TAGS: &[(CareTag, &[&str])] = &[
    (CareTag::LivesAlone, &["独居老人", "独居老年人"]),
    (CareTag::EmptyNest, &["空巢老人", "空巢老年人"]),
    (CareTag::Disabled, &["残疾人", "残障"]),
    (CareTag::CannotSelfCare, &["失能老人", "半失能", "失能半失能", "失能人员"]),
    (CareTag::Maternity, &["孕产妇", "孕妇", "产妇"]),
    (CareTag::ChildInDifficulty, &["困难儿童", "留守儿童", "孤儿", "事实无人抚养儿童"]),
    (CareTag::ChronicIllness, &["慢性病", "慢病患者", "慢性病患者"]),
    (CareTag::MentalHealth, &["精神障碍", "精神残疾"]),
    (CareTag::Veteran, &["退伍军人", "退役士兵", "复员军人"]),
    (CareTag::MinimumAllowance, &["低保户", "低保人员", "低保对象"]),
    (CareTag::BereavedOfOnlyChild, &["失独家庭", "失独老人"]),
    (CareTag::HardToEmploy, &["就业困难人员"]),
];

/// The tags of a cell that holds nothing but tags; `None` otherwise.
pub(crate) fn read_care_tags(text: &str) -> Option<BTreeSet<CareTag>> {
    let text = plain(text);
    let words = text.split(|c: char| c.is_whitespace() || "、,;/|+；".contains(c)).filter(|word| !word.is_empty());
    let tags: Option<BTreeSet<_>> = words.map(read_care_tag).collect();
    tags.filter(|tags| !tags.is_empty())
}

fn read_care_tag(word: &str) -> Option<CareTag> {
    CareTag::ALL
        .iter()
        .copied()
        .find(|tag| tag.label(Language::ZhCn) == word)
        .or_else(|| CARE_TAGS.iter().find(|(_, words)| words.contains(&word)).map(|(tag, _)| *tag))
}

/// Year and month of birth, `YYYY-MM`; `Err` when the cell holds no date between 1900 and today.
pub(crate) fn read_birth_month(text: &str, today: LocalDate) -> Result<String, ()> {
    let text = tight(text);
    if is_nothing(&text) {
        return Ok(String::new());
    }
    let runs: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).collect();
    let (year, month) = match runs[..] {
        [whole] if matches!(whole.len(), 6 | 8) => (&whole[..4], &whole[4..6]),
        // An Excel serial day in a cell without date format.
        [whole] if whole.len() == 5 && text.len() == 5 => return read_serial_day(whole, today).ok_or(()),
        [year, month, ..] if year.len() == 4 => (year, month),
        _ => return Err(()),
    };
    let (year, month) = (year.parse::<i16>().map_err(|_| ())?, month.parse::<i8>().map_err(|_| ())?);
    let in_range = year >= 1900 && (year, month) <= (today.year(), today.month()) && (1..=12).contains(&month);
    if in_range { Ok(format!("{year:04}-{month:02}")) } else { Err(()) }
}

fn read_serial_day(text: &str, today: LocalDate) -> Option<String> {
    let day: i64 = text.parse().ok()?;
    // Day 25569 of the spreadsheet calendar is 1970-01-01.
    let date = UnixMillis::new((day - 25_569) * UnixMillis::DAY_MS).local_date();
    (date <= today).then(|| format!("{:04}-{:02}", date.year(), date.month()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const TODAY: LocalDate = date(2026, 11, 23);

    #[test]
    fn words_become_codes() {
        assert_eq!(read_relation("儿媳"), Ok(Some(Relation::Daughter)));
        assert_eq!(read_relation("女"), Ok(Some(Relation::Daughter)));
        assert_eq!(read_relation("女儿"), Ok(Some(Relation::Daughter)));
        assert_eq!([read_relation("子"), read_relation("儿子")], [Ok(Some(Relation::Son)); 2]);
        assert_eq!(read_relation("21"), Ok(Some(Relation::Son)));
        assert_eq!(read_relation("02"), Ok(Some(Relation::Head)));
        assert_eq!(read_relation("邻家"), Err(()));
        assert_eq!(read_population_type("流动人口"), Ok(Some(PopulationType::Floating)));
        assert_eq!(read_population_type("常住人口"), Err(()));
        assert_eq!(read_house_status("出租"), Ok(Some(HouseStatus::Rented)));
        assert_eq!(read_house_status("仓库"), Err(()));
        assert_eq!(read_sex("男性"), Ok(Some(Sex::Male)));
        for (word, status) in [
            ("（空置）", HouseStatus::Vacant),
            ("长期无人", HouseStatus::Vacant),
            ("空置（外地）", HouseStatus::Vacant),
            ("待售", HouseStatus::Vacant),
            ("出租", HouseStatus::Rented),
        ] {
            assert_eq!(status_of_name(word), Some(status), "{word}");
        }
        for name in ["空明", "吴仁", "租花", "原为空置现由亲戚照看"] {
            assert_eq!(status_of_name(name), None, "{name}");
        }
    }

    #[test]
    fn a_remark_is_tags_only_when_it_is_nothing_else() {
        assert_eq!(read_care_tags("空巢、慢病"), Some([CareTag::EmptyNest, CareTag::ChronicIllness].into()));
        assert_eq!(read_care_tags("独居老人"), Some([CareTag::LivesAlone].into()));
        assert_eq!(read_care_tags("空巢，养了一只狗"), None);
        assert_eq!(read_care_tags(""), None);
    }

    #[test]
    fn births_are_read_as_offices_write_them() {
        for text in ["1965-11-26", "1965.11", "1965年11月26日", "19651126", "196511", "1965/11/26", "24072"] {
            assert_eq!(read_birth_month(text, TODAY), Ok("1965-11".into()), "{text}");
        }
        assert_eq!(read_birth_month("", TODAY), Ok(String::new()));
        for text in ["65年", "1965", "2099-01-01", "1965-13-01"] {
            assert_eq!(read_birth_month(text, TODAY), Err(()), "{text}");
        }
    }
}
