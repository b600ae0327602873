//! Marks on a name: 甲秀兰（已故）, 甲二(迁出), ★甲三. The name is what is left; the mark becomes the person's state, relation or
//! remark. What is on no list stays part of the name as it was written (王芳(大) and 王芳(小) are two people).

use domain::codes::{Relation, Residence, Sex};

use super::words;

/// A name without its marks, and what they said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MarkedName {
    pub(crate) name: String,
    pub(crate) residence: Option<Residence>,
    pub(crate) relation: Option<Relation>,
    pub(crate) sex: Option<Sex>,
    /// What a mark says beyond its word: `2020年去世`.
    pub(crate) remark: String,
    /// Anything was taken off.
    pub(crate) is_marked: bool,
}

/// Signs before or behind names.
const SIGNS: &str = "★☆▲△●◆◇※#＊✓√＋+";
/// Words that stand before or behind a name without brackets.
const WORDS: [&str; 12] =
    ["外出务工", "已去世", "已死亡", "已迁出", "已搬走", "已故", "死亡", "去世", "病故", "迁出", "搬走", "外出"];

/// Reads a name cell.
pub(crate) fn read(text: &str) -> MarkedName {
    let mut read = MarkedName { name: text.trim().to_owned(), ..MarkedName::default() };
    while let Some((before, inside, after)) = find_brackets(&read.name) {
        if !read.take(&inside) {
            break;
        }
        read.name = format!("{before}{after}").trim().to_owned();
    }
    let bare = trim_signs(&read.name);
    if !bare.is_empty() && bare.len() < read.name.len() {
        read.name = bare.to_owned();
        read.is_marked = true;
    }
    for word in WORDS {
        let rest = read.name.strip_suffix(word).or_else(|| read.name.strip_prefix(word));
        let rest = rest.map(|rest| rest.trim_matches(|c: char| c.is_whitespace() || "-:,、.".contains(c)).to_owned());
        if let Some(rest) = rest.filter(|rest| rest.chars().count() >= 2) {
            read.take(word);
            read.name = rest;
            break;
        }
    }
    read
}

/// A name without signs, numbering and commas around it: `★甲一`, `1.甲一`, `甲一*`, `甲一、`. The star of `张*` hides characters and
/// stays.
fn trim_signs(name: &str) -> &str {
    let is_around = |c: char| SIGNS.contains(c) || "、,;:。".contains(c);
    let bare = name.trim_matches(is_around).trim_start_matches('*').trim();
    let numbered = bare.split_once(['.', '、']).filter(|(number, rest)| {
        !number.is_empty()
            && number.bytes().all(|b| b.is_ascii_digit())
            && rest.chars().next().is_some_and(|c| !c.is_ascii_digit())
    });
    let bare = numbered.map_or(bare, |(_, rest)| rest.trim());
    match bare.strip_suffix('*') {
        Some(rest) if rest.chars().count() >= 2 && !rest.contains('*') => rest.trim(),
        _ => bare,
    }
}

impl MarkedName {
    /// Takes what a mark says; whether it was understood.
    fn take(&mut self, mark: &str) -> bool {
        let mark = mark.trim();
        if let Some(residence) = words::find_residence(mark) {
            self.residence = Some(residence);
            if words::read_residence(mark).is_err() {
                mark.clone_into(&mut self.remark);
            }
        } else if matches!(mark, "男" | "女") {
            self.sex = words::read_sex(mark).unwrap_or_default();
        } else if let Some(relation) = read_mark_of_relation(mark) {
            self.relation = Some(relation);
        } else {
            return false;
        }
        self.is_marked = true;
        true
    }
}

fn read_mark_of_relation(mark: &str) -> Option<Relation> {
    // 子, 大 and the like may tell two people of one name apart.
    (mark.chars().count() >= 2 || matches!(mark, "妻" | "夫"))
        .then(|| words::read_relation(mark).ok().flatten())
        .flatten()
}

/// The last pair of brackets: before, inside, behind.
fn find_brackets(text: &str) -> Option<(String, String, String)> {
    let open = text.rfind(['(', '（', '[', '【', '〔'])?;
    let inner = open + text[open..].chars().next().map_or(1, char::len_utf8);
    let close = inner + text[inner..].find([')', '）', ']', '】', '〕'])?;
    let behind = close + text[close..].chars().next().map_or(1, char::len_utf8);
    Some((text[..open].to_owned(), text[inner..close].to_owned(), text[behind..].to_owned()))
}

/// Whether a name hides characters: 张*, 张**, 张某, 张某某.
pub(crate) fn is_masked(name: &str) -> bool {
    let length = name.chars().count();
    let hidden = name.chars().filter(|c| matches!(c, '*' | '＊' | '某' | '×' | '○')).count();
    hidden > 0 && length <= 4 && hidden < length && hidden + 2 >= length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_what_they_say() {
        let marked = |text: &str| {
            let read = read(text);
            (read.name, read.residence, read.remark)
        };
        let none = String::new;
        assert_eq!(marked("甲秀兰（已故）"), ("甲秀兰".into(), Some(Residence::Deceased), none()));
        assert_eq!(marked("甲二(迁出)"), ("甲二".into(), Some(Residence::MovedOut), none()));
        assert_eq!(marked("已故甲三"), ("甲三".into(), Some(Residence::Deceased), none()));
        assert_eq!(marked("甲三 去世"), ("甲三".into(), Some(Residence::Deceased), none()));
        assert_eq!(marked("甲四（2020年去世）"), ("甲四".into(), Some(Residence::Deceased), "2020年去世".into()));
        assert_eq!(marked("★甲五"), ("甲五".into(), None, none()));
        assert_eq!(marked("王芳(大)"), ("王芳(大)".into(), None, none()));
        assert_eq!(marked("外出"), ("外出".into(), None, none()));
        assert_eq!(read("甲六(户主)").relation, Some(Relation::Head));
        assert_eq!(read("甲七（妻）").relation, Some(Relation::Spouse));
        assert_eq!(marked("阿依古丽·热合曼"), ("阿依古丽·热合曼".into(), None, none()));
    }

    #[test]
    fn hidden_names_are_told_from_names() {
        for name in ["张*", "张**", "张某", "张某某", "王*明"] {
            assert!(is_masked(name), "{name}");
        }
        for name in ["张明", "某", "*", "张"] {
            assert!(!is_masked(name), "{name}");
        }
    }
}
