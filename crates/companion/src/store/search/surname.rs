//! Surnames that are read otherwise than the same character elsewhere.
//!
//! Source: common knowledge of the language (《现代汉语词典》 marks these readings 姓). A character that is missing here
//! is still found by each of its readings.

/// Surnames of one character.
const SURNAMES: &[(char, &str)] = &[
    ('单', "shan"),
    ('解', "xie"),
    ('仇', "qiu"),
    ('区', "ou"),
    ('查', "zha"),
    ('翟', "zhai"),
    ('盖', "ge"),
    ('曾', "zeng"),
    ('任', "ren"),
    ('华', "hua"),
    ('朴', "piao"),
    ('尹', "yin"),
    ('冼', "xian"),
    ('洗', "xian"),
    ('覃', "qin"),
    ('谌', "chen"),
    ('乐', "yue"),
    ('員', "yun"),
    ('员', "yun"),
    ('贠', "yun"),
    ('秘', "bi"),
    ('逄', "pang"),
    ('逯', "lu"),
    ('尉', "wei"),
    ('折', "she"),
    ('佘', "she"),
    ('黑', "he"),
    ('繁', "po"),
    ('种', "chong"),
    ('重', "chong"),
    ('宓', "mi"),
    ('缪', "miao"),
    ('谬', "miao"),
    ('令', "ling"),
    ('过', "guo"),
    ('哈', "ha"),
    ('句', "gou"),
    ('勾', "gou"),
    ('宁', "ning"),
    ('甯', "ning"),
    ('燕', "yan"),
    ('应', "ying"),
    ('訾', "zi"),
    ('祭', "zhai"),
    ('藏', "zang"),
    ('都', "du"),
    ('车', "che"),
    ('卜', "bu"),
    ('占', "zhan"),
    ('晁', "chao"),
    ('朝', "chao"),
    ('召', "shao"),
    ('盛', "sheng"),
    ('石', "shi"),
    ('隗', "kui"),
    ('那', "na"),
    ('能', "nai"),
    ('乜', "nie"),
    ('牟', "mu"),
    ('适', "kuo"),
    ('沈', "shen"),
    ('瞿', "qu"),
    ('阚', "kan"),
    ('券', "xuan"),
    ('撒', "sa"),
    ('葛', "ge"),
    ('万', "wan"),
    ('纪', "ji"),
    ('褚', "chu"),
    ('长', "zhang"),
    ('俞', "yu"),
    ('於', "yu"),
    ('臧', "zang"),
];

/// Surnames of two characters.
const DOUBLE_SURNAMES: &[(char, char, [&str; 2])] = &[
    ('尉', '迟', ["yu", "chi"]),
    ('长', '孙', ["zhang", "sun"]),
    ('万', '俟', ["mo", "qi"]),
    ('澹', '台', ["tan", "tai"]),
    ('单', '于', ["chan", "yu"]),
    ('宿', '六', ["su", "liu"]),
    ('令', '狐', ["ling", "hu"]),
    ('鲜', '于', ["xian", "yu"]),
    ('呼', '延', ["hu", "yan"]),
    ('夏', '侯', ["xia", "hou"]),
    ('皇', '甫', ["huang", "fu"]),
    ('宰', '父', ["zai", "fu"]),
    ('亓', '官', ["qi", "guan"]),
    ('乐', '正', ["yue", "zheng"]),
    ('相', '里', ["xiang", "li"]),
];

/// How this character is read when it is a surname; `None`: as always.
pub(super) fn read_surname(letter: char) -> Option<&'static str> {
    SURNAMES.iter().find(|(surname, _)| *surname == letter).map(|(_, reading)| *reading)
}

/// How a surname of these two characters is read.
pub(super) fn read_double_surname(first: char, second: char) -> Option<[&'static str; 2]> {
    DOUBLE_SURNAMES.iter().find(|(one, two, _)| (*one, *two) == (first, second)).map(|(.., reading)| *reading)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_table_covers_what_an_office_meets_and_names_nobody_twice() {
        let letters: BTreeSet<_> = SURNAMES.iter().map(|(letter, _)| letter).collect();
        assert_eq!(letters.len(), SURNAMES.len(), "a surname stands twice");
        assert!(SURNAMES.len() >= 40);
        for (letter, reading) in [
            ('单', "shan"),
            ('解', "xie"),
            ('仇', "qiu"),
            ('区', "ou"),
            ('查', "zha"),
            ('翟', "zhai"),
            ('盖', "ge"),
            ('曾', "zeng"),
            ('任', "ren"),
            ('华', "hua"),
            ('朴', "piao"),
            ('覃', "qin"),
            ('缪', "miao"),
            ('乐', "yue"),
        ] {
            assert_eq!(read_surname(letter), Some(reading), "{letter}");
        }
        assert_eq!(read_surname('王'), None);
        assert_eq!(read_double_surname('尉', '迟'), Some(["yu", "chi"]));
        assert_eq!(read_double_surname('王', '明'), None);
    }
}
