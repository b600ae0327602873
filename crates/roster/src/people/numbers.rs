//! Phone numbers and identity numbers, cleaned and judged but never repaired.

use std::collections::BTreeSet;

use domain::LocalDate;
use domain::codes::Sex;
use domain::id_number::{IdNumber, InvalidIdNumber};
use domain::text::holds_number;

use crate::structure::given::is_placeholder;
use crate::{FindingCode, RosterPerson};
use spreadsheet::Cell;
use spreadsheet::text::{plain, tight};

/// What a phone cell holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Phones {
    /// Digits only.
    pub(crate) tels: BTreeSet<String>,
    /// Something in the cell is no phone number, or says whose it is.
    pub(crate) has_more: bool,
    /// No number was found in a cell that is not empty, or a part of it is none.
    pub(crate) invalid: bool,
    /// Digits are hidden (199****1000).
    pub(crate) is_masked: bool,
}

/// Reads one or more phone numbers: separated by signs or blanks, with country code, dashes or a name beside them.
pub(crate) fn read_phones(text: &str) -> Phones {
    let text = plain(text);
    let text = text.trim_start_matches(['\'', '’', '`']);
    let mut phones = Phones::default();
    if is_placeholder(text) || is_one_digit(text) {
        return phones;
    }
    if hides_digits(text) {
        phones.is_masked = true;
        return phones;
    }
    // `19900001000.0`, as programs write numbers.
    let text = text.strip_suffix(".0").unwrap_or(text);
    let separators = |c: char| "/、,;；|\n和或&".contains(c);
    for piece in text.split(separators).map(str::trim).filter(|piece| !piece.is_empty()) {
        let numbers = read_numbers(piece);
        phones.has_more |= piece.chars().any(|c| !c.is_ascii() || c.is_ascii_alphabetic());
        phones.invalid |= numbers.is_empty() && piece.chars().any(|c| c.is_ascii_digit());
        phones.tels.extend(numbers);
    }
    phones.invalid |= phones.tels.is_empty();
    phones
}

/// Whether a text is one digit again and again: nobody's number.
fn is_one_digit(text: &str) -> bool {
    let mut digits = text.chars().filter(|c| !c.is_whitespace());
    let first = digits.next();
    first.is_some_and(|c| c.is_ascii_digit()) && text.len() >= 7 && digits.all(|c| Some(c) == first)
}

/// Whether digits are replaced by signs: 990101********0016, 199xxxx1000.
pub(crate) fn hides_digits(text: &str) -> bool {
    let is_sign = |c: char| matches!(c, '*' | '＊' | '×' | '•' | '●' | '#' | 'x' | 'X');
    let mut run = 0_usize;
    let mut longest = 0_usize;
    for c in text.chars() {
        run = if is_sign(c) { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let is_star = text.contains(['*', '＊', '•', '●', '×']);
    (longest >= 2 || longest == 1 && is_star) && digits >= 2
}

fn read_numbers(piece: &str) -> Vec<String> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let whole = strip_country(&digits(piece));
    if is_phone(&whole) {
        return vec![whole];
    }
    let runs: Vec<String> = piece
        .split(|c: char| !c.is_ascii_digit() && c != '-')
        .map(|run| strip_country(&digits(run)))
        .filter(|run| !run.is_empty())
        .collect();
    if runs.len() > 1 && runs.iter().all(|run| is_phone(run)) {
        return runs;
    }
    let glued = whole.len() == 22 && is_phone(&whole[..11]) && is_phone(&whole[11..]);
    if glued { vec![whole[..11].to_owned(), whole[11..].to_owned()] } else { Vec::new() }
}

fn strip_country(digits: &str) -> String {
    for code in ["0086", "86"] {
        if let Some(rest) = digits.strip_prefix(code).filter(|rest| rest.len() == 11 && rest.starts_with('1')) {
            return rest.to_owned();
        }
    }
    digits.to_owned()
}

/// Mobile (11 digits from 1), landline (7–8 digits, or with area code from 0).
fn is_phone(digits: &str) -> bool {
    match digits.len() {
        11 if digits.starts_with('1') => true,
        7 | 8 => !digits.starts_with(['0', '1']),
        10..=12 => digits.starts_with('0'),
        _ => false,
    }
}

/// A text without the phone and identity numbers in it, and the numbers: without blanks and dashes, the X capital.
pub(crate) fn take_numbers(text: &str) -> (String, Vec<String>) {
    let text = plain(text);
    let chars: Vec<char> = text.chars().collect();
    let is_inside = |c: char| c.is_ascii_digit() || c == '-' || c.is_whitespace();
    let (mut rest, mut numbers, mut at) = (String::new(), Vec::new(), 0);
    while at < chars.len() {
        let mut end = at + chars[at..].iter().take_while(|c| is_inside(**c)).count();
        if end == at {
            rest.push(chars[at]);
            at += 1;
            continue;
        }
        let digits = chars[at..end].iter().filter(|c| c.is_ascii_digit()).count();
        end += usize::from(digits == 17 && matches!(chars.get(end), Some('x' | 'X')));
        let run: String = chars[at..end].iter().collect();
        if holds_number(&run) {
            rest.push_str(&cut_run(&run, &mut numbers))
        } else {
            rest.push_str(&run)
        }
        at = end;
    }
    if numbers.is_empty() { (text.into_owned(), numbers) } else { (trim_labels(&rest), numbers) }
}

/// Takes the numbers out of a run of digits, blanks and dashes; what is left of it.
fn cut_run(run: &str, numbers: &mut Vec<String>) -> String {
    let whole: String = run.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
    if whole.len() == 18 || is_phone(&strip_country(&whole)) {
        numbers.push(strip_country(&whole));
        return String::new();
    }
    let is_long = |piece: &str| piece.len() >= 7;
    let pieces = || run.split(|c: char| !c.is_ascii_alphanumeric()).filter(|piece| !piece.is_empty());
    if !pieces().any(is_long) {
        let parts = read_numbers(run);
        numbers.extend(if parts.is_empty() { vec![whole] } else { parts });
        return String::new();
    }
    numbers.extend(pieces().filter(|piece| is_long(piece)).map(strip_country));
    pieces().filter(|piece| !is_long(piece)).collect::<Vec<_>>().join("-")
}

/// `王某(电话:)` → `王某`.
fn trim_labels(text: &str) -> String {
    const LABELS: [&str; 9] =
        ["联系电话", "电话号码", "电话", "手机号", "手机", "身份证号码", "身份证号", "身份证", "证件号码"];
    let is_mark = |c: char| c.is_whitespace() || "()[]:：,;、/-+。".contains(c);
    let mut text = text.trim_matches(is_mark);
    while let Some(bare) = LABELS.iter().find_map(|label| text.strip_suffix(label).or_else(|| text.strip_prefix(label)))
    {
        text = bare.trim_matches(is_mark);
    }
    text.replace("()", "")
}

/// Puts numbers that stood in a wrong place into a person's particulars.
pub(crate) fn keep_numbers(person: &mut RosterPerson, numbers: Vec<String>, today: LocalDate) {
    for number in numbers {
        let is_known = person.id_no == number || person.tels.contains(&number);
        if is_known {
            continue;
        }
        if number.len() == 18 && person.id_no.is_empty() {
            let identity = read_identity(&Cell::text(number), false, today);
            person.id_no = identity.id_no;
            person.sex = person.sex.or(identity.sex);
            if person.birth_month.is_empty() {
                person.birth_month = identity.birth_month;
            }
        } else if is_phone(&number) {
            person.add_tels([number]);
        } else {
            person.add_remark(&format!("号码：{number}"));
        }
    }
}

/// What an identity cell holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    /// As stored: no blanks, capital X. Empty: none, or unusable.
    pub(crate) id_no: String,
    /// From a valid number.
    pub(crate) sex: Option<Sex>,
    /// From a valid number, `YYYY-MM`.
    pub(crate) birth_month: String,
    /// The number as it stands, where digits are hidden.
    pub(crate) masked: String,
    /// What was odd, with the text that follows the column's name.
    pub(crate) odd: Vec<(FindingCode, &'static str)>,
}

/// Reads an identity number. `is_other` says that the row names another kind of document.
pub(crate) fn read_identity(cell: &Cell, is_other: bool, today: LocalDate) -> Identity {
    let mut identity = Identity::default();
    let raw = cell.text.trim().trim_start_matches(['\'', '’', '`', '‘']);
    let mut text = tight(raw);
    if is_placeholder(&text) || super::super::structure::given::is_ditto(&text) {
        identity.odd.push((FindingCode::IdMissing, "没有填写"));
        return identity;
    }
    if is_one_digit(&text) || is_pending(&text) {
        identity.odd.push((FindingCode::IdMissing, "写的不是号码（占位或待补），按没有填写处理"));
        return identity;
    }
    if hides_digits(&text) {
        identity.odd.push((FindingCode::IdMasked, "隐去了若干位，不作为号码导入，已有的完整号码保持不变"));
        identity.masked = text.to_uppercase();
        return identity;
    }
    if let Some(whole) = text.strip_suffix(".0") {
        text = whole.to_owned();
    }
    let scientific = text.contains('.') && text.to_ascii_uppercase().contains("E+");
    if cell.rounded || scientific {
        identity.odd.push((
            FindingCode::IdDigitsLost,
            "按数字保存，末几位已被表格软件舍去，无法使用；请把该列改为文本格式后重新填写",
        ));
        return identity;
    }
    if spreadsheet::text::has_full_width(raw) {
        identity.odd.push((FindingCode::FullWidth, "含全角字符，已改为半角"));
    }
    if text.ends_with('x') {
        identity.odd.push((FindingCode::LowerX, "末位是小写 x，已改为大写 X"));
    }
    text.make_ascii_uppercase();
    match IdNumber::parse(&text, today) {
        Ok(number) => {
            identity.sex = Some(number.sex());
            let birth = number.birth_date();
            identity.birth_month = format!("{:04}-{:02}", birth.year(), birth.month());
        }
        Err(_) if is_other => {
            identity.odd.push((FindingCode::IdOtherDocument, "是其他证件，已原样保留，未核对"));
        }
        Err(InvalidIdNumber::CheckDigit) => {
            identity.odd.push((FindingCode::IdChecksum, "校验位不对，已原样保留，请核对"));
        }
        Err(InvalidIdNumber::OldForm15) => {
            identity.odd.push((FindingCode::IdInvalid, "是 15 位旧号码，已原样保留"));
        }
        Err(InvalidIdNumber::Date | InvalidIdNumber::Future) => {
            identity.odd.push((FindingCode::IdInvalid, "出生日期部分不存在或晚于今天，已原样保留，请核对"));
        }
        Err(InvalidIdNumber::Length { .. } | InvalidIdNumber::Characters | InvalidIdNumber::Empty) => {
            identity.odd.push((FindingCode::IdInvalid, "不是 18 位居民身份号码，已原样保留，请核对"));
        }
    }
    identity.id_no = text;
    identity
}

/// The identity number (blank if there is none) and the phone number of a row that has the phone in the identity
/// number's place: of one person, so no number goes to another.
pub(crate) fn find_swapped<'t>(
    id_cell: &str,
    mut tel_cells: impl Iterator<Item = &'t str>,
    today: LocalDate,
) -> Option<(String, String)> {
    let tel = strip_country(&tight(id_cell));
    if tel.len() != 11 || !is_phone(&tel) || !tel.starts_with('1') {
        return None;
    }
    let is_identity = |text: &&str| IdNumber::parse(&tight(text).to_uppercase(), today).is_ok();
    let id_no = tel_cells.find(is_identity).map(|text| tight(text).to_uppercase()).unwrap_or_default();
    Some((id_no, tel))
}

/// Words in the place of a number: 待补, 新生儿未办, 外籍.
fn is_pending(text: &str) -> bool {
    !text.chars().any(|c| c.is_ascii_digit() || c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const TODAY: LocalDate = date(2026, 11, 23);

    #[test]
    fn phones_are_found_however_they_are_written() {
        for (text, tels) in [
            ("19900003729", &["19900003729"][..]),
            ("199 0000 3729", &["19900003729"]),
            ("+86 199-0000-3729", &["19900003729"]),
            ("１９９００００３７２９", &["19900003729"]),
            ("19900003729、19900003730", &["19900003729", "19900003730"]),
            ("19900003729/19900003730", &["19900003729", "19900003730"]),
            ("19900003729，19900003730", &["19900003729", "19900003730"]),
            ("19900003729 19900003730", &["19900003729", "19900003730"]),
            ("1990000372919900003730", &["19900003729", "19900003730"]),
            ("0991-5550123", &["09915550123"]),
            ("5550123", &["5550123"]),
            ("19900003729(儿子)", &["19900003729"]),
            ("无", &[]),
            ("", &[]),
        ] {
            let phones = read_phones(text);
            assert_eq!(phones.tels.iter().map(String::as_str).collect::<Vec<_>>(), tels, "{text}");
            assert!(!phones.invalid, "{text}");
        }
        for text in ["1990000", "199000037291", "问物业", "19900003729、12"] {
            assert!(read_phones(text).invalid, "{text}");
        }
        assert!(read_phones("19900003729(儿子)").has_more);
    }

    #[test]
    fn numbers_are_taken_out_of_texts() {
        for (text, rest, numbers) in [
            ("甲一19900003729", "甲一", &["19900003729"][..]),
            ("甲一（电话：199-0000-3729）", "甲一", &["19900003729"]),
            ("甲一 99010119900307004x", "甲一", &["99010119900307004X"]),
            ("甲一 19900003729 19900003730", "甲一", &["19900003729", "19900003730"]),
            ("402-19900003729", "402", &["19900003729"]),
            ("座机0991-5550123", "座机", &["09915550123"]),
            ("12-3-1101", "12-3-1101", &[]),
            ("甲一", "甲一", &[]),
        ] {
            assert_eq!(
                take_numbers(text),
                (rest.to_owned(), numbers.iter().map(|n| (*n).to_owned()).collect()),
                "{text}"
            );
        }
    }

    #[test]
    fn identity_numbers_are_cleaned_and_judged_not_repaired() {
        use FindingCode::*;
        for (text, id_no, odd) in [
            ("990101198506120024", "990101198506120024", &[][..]),
            ("'990101198506120024 ", "990101198506120024", &[]),
            ("\t99010119900307004x", "99010119900307004X", &[LowerX]),
            ("９９０１０１１９８５０６１２００２４", "990101198506120024", &[FullWidth]),
            ("990101198506120025", "990101198506120025", &[IdChecksum]),
            ("990101850612002", "990101850612002", &[IdInvalid]),
            ("E12345678", "E12345678", &[IdInvalid]),
            ("待补", "", &[IdMissing]),
            ("000000000000000000", "", &[IdMissing]),
            ("111111111111111111", "", &[IdMissing]),
            ("新生儿未办", "", &[IdMissing]),
            ("990101********0016", "", &[IdMasked]),
            ("990101195001100016.0", "990101195001100016", &[]),
            ("不详", "", &[IdMissing]),
            ("9.90101E+17", "", &[IdDigitsLost]),
        ] {
            let identity = read_identity(&Cell::text(text), false, TODAY);
            assert_eq!(identity.id_no, id_no, "{text}");
            assert_eq!(identity.odd.iter().map(|(code, _)| *code).collect::<Vec<_>>(), odd, "{text}");
        }
        let rounded = Cell { rounded: true, ..Cell::text("990101198506120064") };
        assert_eq!(read_identity(&rounded, false, TODAY).id_no, "");
        assert_eq!(read_identity(&Cell::text("E12345678"), true, TODAY).odd[0].0, IdOtherDocument);
    }
}
