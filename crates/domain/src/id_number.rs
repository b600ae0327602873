//! Identity number 公民身份号码, GB 11643: 6 digits area, 8 birth date, 3 sequence (odd: male), 1 check.
//!
//! Why strict: a number is either whole and plausible or a finding for the worker; nothing is repaired by guessing.
//! A record keeps what was given (see `particulars`), this type says whether it holds.
//!
//! Flow: trim → full-width to half-width → upper-case X → length → characters → date → check digit. The first thing
//! that is wrong is reported, date before check digit because it tells the worker more.
//!
//! Not here: whether the area code exists (old codes stay valid for ever), the 15-digit numbers issued before 1999
//! (no longer accepted anywhere; recognised so that the message can say so), documents of other countries.

use std::fmt;

use crate::codes::Sex;
use crate::text::{mask_id_no, to_half_width};
use crate::time::LocalDate;

/// A whole and plausible identity number. `Debug` and `Display` show it masked; [`IdNumber::as_str`] is the number.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdNumber {
    digits: Box<str>,
    birth_date: LocalDate,
}

/// Why a text is not an identity number. Carries nothing of the text, so that it may be logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidIdNumber {
    /// Nothing was given.
    #[error("no identity number given")]
    Empty,
    /// Fifteen digits: the form before 1999, which lacks century and check digit.
    #[error("a 15-digit identity number of the old form")]
    OldForm15,
    /// Not eighteen characters.
    #[error("an identity number has 18 characters, this has {found}")]
    Length {
        /// How many it has.
        found: usize,
    },
    /// Something else than digits, or than an X at the end.
    #[error("an identity number is 17 digits and a digit or X")]
    Characters,
    /// Digits 7–14 are no date of the calendar.
    #[error("the birth date in the identity number does not exist")]
    Date,
    /// The birth date is after today.
    #[error("the birth date in the identity number lies in the future")]
    Future,
    /// The last character does not follow from the others: a typing error.
    #[error("the check digit of the identity number is wrong")]
    CheckDigit,
}

/// Weights of the first seventeen digits (GB 11643, ISO 7064 MOD 11-2).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check character for each remainder of the weighted sum by 11.
const CHECKS: &[u8; 11] = b"10X98765432";
/// Beyond this age a number is more likely wrong than its bearer alive.
const PLAUSIBLE_AGE_YEARS: i16 = 120;

impl IdNumber {
    /// Reads and checks a number as it was typed or imported.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn parse(text: &str, today: LocalDate) -> Result<Self, InvalidIdNumber> {
        let number = to_half_width(text).trim().to_ascii_uppercase();
        let bytes = number.as_bytes();
        let all_digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
        match number.chars().count() {
            0 => return Err(InvalidIdNumber::Empty),
            15 if all_digits(bytes) => return Err(InvalidIdNumber::OldForm15),
            18 => {}
            found => return Err(InvalidIdNumber::Length { found }),
        }
        let [body @ .., check] = bytes else { return Err(InvalidIdNumber::Empty) };
        if !all_digits(body) || !(check.is_ascii_digit() || *check == b'X') {
            return Err(InvalidIdNumber::Characters);
        }
        let birth_date = read_date(&number[6..14]).ok_or(InvalidIdNumber::Date)?;
        if birth_date > today {
            return Err(InvalidIdNumber::Future);
        }
        if check_character(body) != *check {
            return Err(InvalidIdNumber::CheckDigit);
        }
        Ok(Self { digits: number.into(), birth_date })
    }

    /// The eighteen characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.digits
    }

    /// Date of birth.
    #[must_use]
    pub fn birth_date(&self) -> LocalDate {
        self.birth_date
    }

    /// Sex at issue: the seventeenth digit is odd for men.
    #[must_use]
    pub fn sex(&self) -> Sex {
        if self.digits.as_bytes()[16] % 2 == 1 { Sex::Male } else { Sex::Female }
    }

    /// County of first registration, six digits; may be a code that no longer exists.
    #[must_use]
    pub fn area6(&self) -> &str {
        &self.digits[..6]
    }

    /// For lists: `990***********0024`.
    #[must_use]
    pub fn masked(&self) -> String {
        mask_id_no(&self.digits)
    }

    /// Whether the bearer would be over 120 years old: worth a second look, not an error.
    #[must_use]
    pub fn is_over_120(&self, today: LocalDate) -> bool {
        let years = today.year() - self.birth_date.year();
        let had_birthday = (today.month(), today.day()) >= (self.birth_date.month(), self.birth_date.day());
        let age = if had_birthday { years } else { years - 1 };
        age > PLAUSIBLE_AGE_YEARS
    }
}

/// The date written `YYYYMMDD`, if the calendar has it.
fn read_date(digits: &str) -> Option<LocalDate> {
    let year = digits[..4].parse().ok()?;
    let month = digits[4..6].parse().ok()?;
    let day = digits[6..].parse().ok()?;
    LocalDate::new(year, month, day).ok()
}

/// The check character that belongs to seventeen digits.
fn check_character(body: &[u8]) -> u8 {
    let sum: u32 = body.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    CHECKS[(sum % 11) as usize]
}

impl fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdNumber({})", self.masked())
    }
}

impl fmt::Display for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const TODAY: LocalDate = date(2026, 11, 23);

    #[test]
    fn valid_numbers_tell_birth_date_and_sex() {
        for (text, birth_date, sex) in [
            ("11010519491231002X", date(1949, 12, 31), Sex::Female),
            ("440524188001010014", date(1880, 1, 1), Sex::Male),
            ("990101198506120024", date(1985, 6, 12), Sex::Female),
            ("990101200002290142", date(2000, 2, 29), Sex::Female),
            ("990101196001010031", date(1960, 1, 1), Sex::Male),
            ("99010119900307004x", date(1990, 3, 7), Sex::Female),
            ("　９９０１０１１９９００３０７００４ｘ ", date(1990, 3, 7), Sex::Female),
        ] {
            let number = IdNumber::parse(text, TODAY).expect(text);
            assert_eq!((number.birth_date(), number.sex()), (birth_date, sex), "{text}");
        }
        let upper = IdNumber::parse("99010119900307004x", TODAY).expect("valid");
        assert_eq!((upper.as_str(), upper.area6()), ("99010119900307004X", "990101"));
    }

    #[test]
    fn an_invalid_number_says_what_is_wrong() {
        use InvalidIdNumber::{Characters, CheckDigit, Date, Empty, Future, Length, OldForm15};
        for (text, why) in [
            ("", Empty),
            (" 　", Empty),
            ("990101198506120025", CheckDigit),
            ("990101200102290019", Date),
            ("990101198513010018", Date),
            ("990101209912310019", Future),
            ("990101850612002", OldForm15),
            ("99010185061200X", Length { found: 15 }),
            ("99010119850612002", Length { found: 17 }),
            ("9901011985061200244", Length { found: 19 }),
            ("不详", Length { found: 2 }),
            ("990101198506X20024", Characters),
            ("99010119850612002Y", Characters),
            ("九九〇一〇一一九八五〇六一二〇〇二四", Characters),
        ] {
            assert_eq!(IdNumber::parse(text, TODAY).err(), Some(why), "{text}");
        }
    }

    #[test]
    fn born_today_is_valid_and_over_120_is_a_doubt_not_an_error() {
        let newborn = "990101202611230019";
        let check = char::from(check_character(&newborn.as_bytes()[..17]));
        let newborn = format!("{}{check}", &newborn[..17]);
        assert!(IdNumber::parse(&newborn, TODAY).is_ok());
        assert_eq!(IdNumber::parse(&newborn, date(2026, 11, 22)).err(), Some(InvalidIdNumber::Future));

        let old = IdNumber::parse("440524188001010014", TODAY).expect("the standard's example");
        assert!(old.is_over_120(TODAY));
        assert!(old.is_over_120(date(2001, 1, 1)));
        assert!(!old.is_over_120(date(2000, 12, 31)));
    }

    #[test]
    fn a_log_line_shows_the_mask() {
        let number = IdNumber::parse("990101198506120024", TODAY).expect("valid");
        assert_eq!(format!("{number} {number:?}"), "990***********0024 IdNumber(990***********0024)");
    }
}
