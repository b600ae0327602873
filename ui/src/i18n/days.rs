//! Days and times in words: `今天 08:12`, `7月14日`, `2025年8月2日`.

use contract::domain::codes::Language;
use contract::domain::{LocalDate, UnixMillis};

use super::{Words, t};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl Words {
    /// A day; the year only when it is not `today`'s.
    pub(crate) fn day(self, date: LocalDate, today: LocalDate) -> String {
        let is_this_year = date.year() == today.year();
        let (year, month, day) = (date.year(), date.month(), date.day());
        match self.language() {
            Language::ZhCn if is_this_year => format!("{month}月{day}日"),
            Language::ZhCn => format!("{year}年{month}月{day}日"),
            Language::En => {
                let month = MONTHS[usize::try_from(month - 1).unwrap_or_default().min(11)];
                if is_this_year { format!("{day} {month}") } else { format!("{day} {month} {year}") }
            }
        }
    }

    /// A day within a year of today: never with the year.
    pub(crate) fn near_day(self, date: LocalDate) -> String {
        self.day(date, date)
    }

    /// The day of the week, short.
    pub(crate) fn weekday(self, date: LocalDate) -> &'static str {
        let index = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default().min(6);
        match self.language() {
            Language::ZhCn => ["周一", "周二", "周三", "周四", "周五", "周六", "周日"][index],
            Language::En => ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][index],
        }
    }

    /// A moment: today and yesterday by name, other days by date, always with the time.
    pub(crate) fn moment(self, at: UnixMillis, today: LocalDate) -> String {
        let local = at.local();
        let time = format!("{:02}:{:02}", local.hour(), local.minute());
        let date = local.date();
        let day = match contract::domain::time::days_between(date, today) {
            -1 => t!(self, DAY_TOMORROW),
            0 => t!(self, DAY_TODAY),
            1 => t!(self, DAY_YESTERDAY),
            _ => self.day(date, today),
        };
        format!("{day} {time}")
    }

    /// The day of a moment: today and yesterday by name, other days by date.
    pub(crate) fn moment_day(self, at: UnixMillis, today: LocalDate) -> String {
        let date = at.local_date();
        match contract::domain::time::days_between(date, today) {
            0 => t!(self, DAY_TODAY),
            1 => t!(self, DAY_YESTERDAY),
            _ => self.day(date, today),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff_date as date;

    fn jiff_date(year: i16, month: i8, day: i8) -> LocalDate {
        format!("{year:04}-{month:02}-{day:02}").parse().expect("a date")
    }

    #[test]
    fn near_days_have_names_and_far_ones_a_year() {
        let zh = Words::new(Language::ZhCn);
        let en = Words::new(Language::En);
        let today = date(2026, 7, 14);
        let at = |d: LocalDate| UnixMillis::start_of(d).plus_ms(8 * 3_600_000 + 12 * 60_000);
        assert_eq!(zh.moment(at(today), today), "今天 08:12");
        assert_eq!(zh.moment(at(date(2026, 7, 13)), today), "昨天 08:12");
        assert_eq!(zh.moment(at(date(2026, 6, 12)), today), "6月12日 08:12");
        assert_eq!(zh.day(date(2025, 8, 2), today), "2025年8月2日");
        assert_eq!(en.day(date(2025, 8, 2), today), "2 Aug 2025");
        assert_eq!((zh.weekday(today), en.weekday(today)), ("周二", "Tue"));
    }
}
