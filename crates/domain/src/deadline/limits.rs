//! How long each stage may take, per class: the table of domain reference §7 as data.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Stage;
use crate::calendar::OfficeHours;
use crate::category::SlaClass;
use crate::codes::CodeList;

const DAY_MINUTES: i64 = 24 * 60;

/// A length of time, on the clock that it runs on: `{"type": "working_days", "days": 3}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Span {
    /// Until the end of the day on which it begins.
    EndOfDay,
    /// Round the clock.
    Minutes {
        /// How many.
        minutes: u32,
    },
    /// Of office hours.
    WorkingMinutes {
        /// How many.
        minutes: u32,
    },
    /// Of working days; one is as long as the office hours of a day.
    WorkingDays {
        /// How many.
        days: u32,
    },
}

impl Span {
    /// Whether it runs during office hours only.
    #[must_use]
    pub const fn is_working_time(self) -> bool {
        matches!(self, Self::WorkingMinutes { .. } | Self::WorkingDays { .. })
    }

    /// How long it is at most on its own clock, in minutes.
    fn minutes(self, hours: &OfficeHours) -> i64 {
        match self {
            Self::EndOfDay => DAY_MINUTES,
            Self::Minutes { minutes } | Self::WorkingMinutes { minutes } => i64::from(minutes),
            Self::WorkingDays { days } => i64::from(days) * i64::from(hours.minutes_per_day()),
        }
    }
}

/// The limits of one class, all on one clock and all from the report on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassLimits {
    /// 受理; only class S goes without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept: Option<Span>,
    /// 首次处置; only class S goes without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_action: Option<Span>,
    /// 办结.
    pub resolve: Span,
    /// The longest that the dispatcher may extend `resolve` to; absent where there is no extension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended_resolve: Option<Span>,
}

/// Time limits of all classes (reference data `time-limits`), by the code of the class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeLimits {
    /// S 自办.
    #[serde(rename = "S")]
    pub self_handled: ClassLimits,
    /// U 紧急.
    #[serde(rename = "U")]
    pub urgent: ClassLimits,
    /// B 一般.
    #[serde(rename = "B")]
    pub general: ClassLimits,
    /// C 疑难.
    #[serde(rename = "C")]
    pub difficult: ClassLimits,
    /// 核查, for every class; never round the clock.
    pub verify: Span,
    /// 回访, for every class; never round the clock.
    pub feedback: Span,
}

/// Domain reference §7. The longest extensions of U (72 hours) and B (7 working days) are ours.
impl Default for TimeLimits {
    fn default() -> Self {
        let (hours, days) = (|hours: u32| Span::Minutes { minutes: hours * 60 }, |days| Span::WorkingDays { days });
        Self {
            self_handled: ClassLimits {
                accept: None,
                first_action: None,
                resolve: Span::EndOfDay,
                extended_resolve: None,
            },
            urgent: ClassLimits {
                accept: Some(Span::Minutes { minutes: 15 }),
                first_action: Some(hours(2)),
                resolve: hours(24),
                extended_resolve: Some(hours(72)),
            },
            general: ClassLimits {
                accept: Some(Span::WorkingMinutes { minutes: 4 * 60 }),
                first_action: Some(days(1)),
                resolve: days(3),
                extended_resolve: Some(days(7)),
            },
            difficult: ClassLimits {
                accept: Some(days(1)),
                first_action: Some(days(3)),
                resolve: days(7),
                extended_resolve: Some(days(15)),
            },
            verify: days(2),
            feedback: days(2),
        }
    }
}

/// A mistake in the time limits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {fault}")]
pub struct LimitMistake {
    /// Which limit.
    pub place: LimitPlace,
    /// What is wrong.
    pub fault: LimitFault,
}

/// One limit among the time limits, shown as its path: `B.accept`, `C.extended_resolve`, `verify`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitPlace {
    /// A stage of a class.
    Class {
        /// The class.
        class: SlaClass,
        /// The stage.
        stage: Stage,
    },
    /// The extension of a class.
    Extension {
        /// The class.
        class: SlaClass,
    },
    /// A stage that is the same for every class.
    Every {
        /// The stage.
        stage: Stage,
    },
}

impl fmt::Display for LimitPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Class { class, stage } => write!(f, "{}.{}", class.code(), stage.code()),
            Self::Extension { class } => write!(f, "{}.extended_resolve", class.code()),
            Self::Every { stage } => f.write_str(stage.code()),
        }
    }
}

/// What can be wrong with a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LimitFault {
    /// A class other than S without it.
    #[error("is missing")]
    Missing,
    /// Nobody could keep it.
    #[error("is zero")]
    Zero,
    /// More than [`TimeLimits::LONGEST_DAYS`].
    #[error("is longer than {} days", TimeLimits::LONGEST_DAYS)]
    TooLong,
    /// Ends before an earlier stage must.
    #[error("is shorter than {}", .0.code())]
    ShorterThan(Stage),
    /// Runs on another clock than the class's `resolve`.
    #[error("mixes working time and plain time within one class")]
    OtherClock,
    /// Runs round the clock, or ends with the day, where only working time counts.
    #[error("must be counted in working time")]
    NotWorkingTime,
}

impl TimeLimits {
    /// Longest limit in days, on the clock of the limit: about a year either way.
    pub const LONGEST_DAYS: u32 = 366;

    /// The limits of a class; a class of a newer version has those of B.
    #[must_use]
    pub const fn of_class(&self, class: SlaClass) -> &ClassLimits {
        match class {
            SlaClass::SelfHandled => &self.self_handled,
            SlaClass::Urgent => &self.urgent,
            SlaClass::General | SlaClass::Unknown => &self.general,
            SlaClass::Difficult => &self.difficult,
        }
    }

    /// How long a stage of a class may take; `None` where the class has no such limit.
    #[must_use]
    pub const fn span(&self, class: SlaClass, stage: Stage) -> Option<Span> {
        let limits = self.of_class(class);
        match stage {
            Stage::Accept => limits.accept,
            Stage::FirstAction => limits.first_action,
            Stage::Resolve => Some(limits.resolve),
            Stage::Verify => Some(self.verify),
            Stage::Feedback => Some(self.feedback),
        }
    }

    /// Every mistake; empty when they may be published. Office hours say how working hours compare with working days.
    #[must_use]
    pub fn validate(&self, hours: &OfficeHours) -> Vec<LimitMistake> {
        let mut mistakes = Vec::new();
        for class in SlaClass::ALL {
            self.check_class(*class, hours, &mut mistakes);
        }
        for (stage, span) in [(Stage::Verify, self.verify), (Stage::Feedback, self.feedback)] {
            let fault =
                if span.is_working_time() { find_length_fault(span, hours) } else { Some(LimitFault::NotWorkingTime) };
            mistakes.extend(fault.map(|fault| LimitMistake { place: LimitPlace::Every { stage }, fault }));
        }
        mistakes
    }

    fn check_class(&self, class: SlaClass, hours: &OfficeHours, mistakes: &mut Vec<LimitMistake>) {
        let limits = self.of_class(class);
        let is_working_time = limits.resolve.is_working_time();
        let mut earlier: Option<(Stage, Span)> = None;
        let steps = [
            (Stage::Accept, limits.accept, false),
            (Stage::FirstAction, limits.first_action, false),
            (Stage::Resolve, Some(limits.resolve), false),
            (Stage::Resolve, limits.extended_resolve, true),
        ];
        for (stage, span, is_extension) in steps {
            let place = if is_extension { LimitPlace::Extension { class } } else { LimitPlace::Class { class, stage } };
            let Some(span) = span else {
                if !is_extension && class != SlaClass::SelfHandled {
                    mistakes.push(LimitMistake { place, fault: LimitFault::Missing });
                }
                continue;
            };
            let fault = if span.is_working_time() == is_working_time {
                find_length_fault(span, hours).or_else(|| {
                    let is_shorter = |(_, other): &(Stage, Span)| span.minutes(hours) < other.minutes(hours);
                    earlier.filter(is_shorter).map(|(other, _)| LimitFault::ShorterThan(other))
                })
            } else {
                Some(LimitFault::OtherClock)
            };
            match fault {
                Some(fault) => mistakes.push(LimitMistake { place, fault }),
                None => earlier = Some((stage, span)),
            }
        }
    }
}

fn find_length_fault(span: Span, hours: &OfficeHours) -> Option<LimitFault> {
    let day_minutes = if span.is_working_time() { i64::from(hours.minutes_per_day()) } else { DAY_MINUTES };
    match span.minutes(hours) {
        0 => Some(LimitFault::Zero),
        minutes if minutes > i64::from(TimeLimits::LONGEST_DAYS) * day_minutes => Some(LimitFault::TooLong),
        _ => None,
    }
}
