//! Time limits (限时办结): how long each stage of an incident may take, and how a running limit stands.
//!
//! Flow: the server computes a [`Limit`] with [`TimeRules`] when a stage begins and writes its three moments into the
//! decision; everyone else only compares them with a clock. So a change of the rules or of the calendar never moves a
//! limit that was given. Lengths per class are reference data ([`TimeLimits`]); classes B and C run on working time
//! (see [`calendar`](crate::calendar)), U round the clock, S until the end of the day. In the emergency period (急时)
//! all classes run round the clock: a working day counts 24 hours, a working hour one. Verification and call-back stay
//! on working time even then: nobody is called back at night.
//!
//! The clock stands still while an incident is returned (退回补充): [`TimeRules::shift`].
//!
//! Failure: moments outside the calendar saturate; a class of a newer version runs as B, which is what a category of a
//! newer version is classed as. Not done: limits that differ by organisation; turning limits that already run when
//! the emergency period begins or ends.

mod limits;
mod published;
mod rules;

pub use limits::{ClassLimits, LimitFault, LimitMistake, LimitPlace, Span, TimeLimits};
pub use published::{CALENDARS, OFFICE_HOURS, TIME_LIMITS, list_rule_keys};
pub use rules::TimeRules;

use serde::{Deserialize, Serialize};

use crate::codes::Language;
use crate::time::UnixMillis;

/// Share of the time after which a limit turns yellow, in percent (domain reference §7).
pub const YELLOW_PERCENT: i64 = 70;

/// [`YELLOW_PERCENT`] as [`Limit::share_used`] gives it.
pub const YELLOW_SHARE: f32 = 0.7;

/// A stage that has a time limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// 受理: from the report until it is accepted.
    Accept,
    /// 首次处置: from the report until somebody begins to handle it.
    FirstAction,
    /// 办结: from the report until a result is handed in.
    Resolve,
    /// 核查: from the result until somebody has looked.
    Verify,
    /// 回访: from the verification until the resident was called back.
    Feedback,
}

impl Stage {
    /// Every stage, in the order of the loop.
    pub const ALL: &'static [Self] = &[Self::Accept, Self::FirstAction, Self::Resolve, Self::Verify, Self::Feedback];

    /// The stored code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::FirstAction => "first_action",
            Self::Resolve => "resolve",
            Self::Verify => "verify",
            Self::Feedback => "feedback",
        }
    }

    /// The name on the screen.
    #[must_use]
    pub const fn label(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Accept, Language::ZhCn) => "受理",
            (Self::Accept, Language::En) => "Accept",
            (Self::FirstAction, Language::ZhCn) => "首次处置",
            (Self::FirstAction, Language::En) => "First action",
            (Self::Resolve, Language::ZhCn) => "办结",
            (Self::Resolve, Language::En) => "Resolve",
            (Self::Verify, Language::ZhCn) => "核查",
            (Self::Verify, Language::En) => "Verify",
            (Self::Feedback, Language::ZhCn) => "回访",
            (Self::Feedback, Language::En) => "Call back",
        }
    }
}

/// A limit that was given: `start_at` ≤ `yellow_at` ≤ `due_at`, all on the server's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Limit {
    /// Since when it runs. After a pause it is moved, as if the clock had never stopped.
    pub start_at: UnixMillis,
    /// From when on it is yellow.
    pub yellow_at: UnixMillis,
    /// From when on it is passed.
    pub due_at: UnixMillis,
}

/// The colour of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    /// In time.
    Green,
    /// Most of the time is used.
    Yellow,
    /// 超期: passed.
    Red,
}

impl Limit {
    /// Its colour at a moment; red from `due_at` on.
    #[must_use]
    pub fn light(&self, now: UnixMillis) -> Light {
        if now >= self.due_at {
            Light::Red
        } else if now >= self.yellow_at {
            Light::Yellow
        } else {
            Light::Green
        }
    }

    /// How much of it is used, 0 to 1, for a bar. Below [`YELLOW_SHARE`] exactly while green, 1 exactly when red;
    /// between the three moments it runs evenly on the wall clock.
    #[must_use]
    pub fn share_used(&self, now: UnixMillis) -> f32 {
        let part = |from: UnixMillis, to: UnixMillis| -> f32 {
            let share = now.since_ms(from) as f64 / to.since_ms(from) as f64;
            share.clamp(0.0, 1.0) as f32
        };
        match self.light(now) {
            Light::Green => (YELLOW_SHARE * part(self.start_at, self.yellow_at)).min(YELLOW_SHARE.next_down()),
            Light::Yellow => {
                let share = YELLOW_SHARE + (1.0 - YELLOW_SHARE) * part(self.yellow_at, self.due_at);
                share.min(1.0_f32.next_down())
            }
            Light::Red => 1.0,
        }
    }

    /// Milliseconds on the wall clock until it is due; negative when it is passed.
    #[must_use]
    pub const fn remaining_ms(&self, now: UnixMillis) -> i64 {
        self.due_at.since_ms(now)
    }
}

#[cfg(test)]
mod tests;
