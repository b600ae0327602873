//! Pinyin of names and places, with every common reading of a character that has several.

use pinyin::ToPinyinMulti as _;

use super::surname::{read_double_surname, read_surname};

/// Most readings of one text: a name of three characters with two readings each.
const READINGS: usize = 8;

/// Every reading of a text as syllables without tones, `ü` as `v`. Characters that are not Chinese are left out. A
/// name's first character (or two) is read as a surname.
pub(super) fn read_aloud(text: &str, is_name: bool) -> Vec<Vec<String>> {
    let letters: Vec<char> = text.chars().filter(|c| !c.is_ascii()).collect();
    let mut choices: Vec<Vec<String>> = letters.iter().map(|letter| read_letter(*letter)).collect();
    if is_name {
        if let [first, second, ..] = letters.as_slice()
            && letters.len() > 2
            && let Some([one, two]) = read_double_surname(*first, *second)
        {
            // Also here not everybody who types knows the surname's reading.
            for (choice, reading) in choices.iter_mut().zip([one, two]) {
                choice.retain(|everyday| everyday != reading);
                choice.insert(0, reading.to_owned());
            }
        } else if let Some(first) = letters.first()
            && let Some(surname) = read_surname(*first)
        {
            // The everyday reading is kept second: not everybody who types knows the surname's.
            choices[0].retain(|reading| reading != surname);
            choices[0].insert(0, surname.to_owned());
        }
    }
    choices.retain(|readings| !readings.is_empty());
    let mut all: Vec<Vec<String>> = vec![Vec::new()];
    for readings in choices {
        let room = (READINGS / all.len()).max(1);
        all = all
            .iter()
            .flat_map(|begun| {
                readings.iter().take(room).map(|reading| begun.iter().chain([reading]).cloned().collect::<Vec<_>>())
            })
            .collect();
    }
    all.retain(|reading| !reading.is_empty());
    all
}

fn read_letter(letter: char) -> Vec<String> {
    let mut readings: Vec<String> = Vec::new();
    for reading in letter.to_pinyin_multi().into_iter().flatten() {
        let plain = reading.plain().replace('ü', "v");
        if !readings.contains(&plain) {
            readings.push(plain);
        }
    }
    readings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken(name: &str) -> Vec<String> {
        read_aloud(name, true).iter().map(|reading| reading.concat()).collect()
    }

    #[test]
    fn a_surname_is_read_as_a_surname_first() {
        for (name, reading) in [
            ("单雄信", "shanxiongxin"),
            ("仇英", "qiuying"),
            ("曾国强", "zengguoqiang"),
            ("尉迟恭", "yuchigong"),
            ("尉迟恭", "weichigong"),
            ("万俟雪", "wansixue"),
            ("长孙红", "changsunhong"),
            ("万俟雪", "moqixue"),
            ("长孙红", "zhangsunhong"),
            ("吕梅", "lvmei"),
        ] {
            assert!(spoken(name).contains(&reading.to_owned()), "{name}: {:?}", spoken(name));
        }
        assert_eq!(spoken("单雄信")[0], "shanxiongxin");
    }

    #[test]
    fn a_place_is_read_with_every_common_reading() {
        let readings: Vec<_> = read_aloud("重庆路", false).iter().map(|reading| reading.concat()).collect();
        assert!(readings.contains(&"chongqinglu".to_owned()) && readings.contains(&"zhongqinglu".to_owned()));
    }

    #[test]
    fn what_is_not_chinese_has_no_reading() {
        assert_eq!(read_aloud("402", true), Vec::<Vec<String>>::new());
        assert_eq!(read_aloud("", true), Vec::<Vec<String>>::new());
    }

    #[test]
    fn readings_do_not_multiply_without_bound() {
        assert!(read_aloud("重重重重重重重重重重", false).len() <= READINGS);
    }
}
