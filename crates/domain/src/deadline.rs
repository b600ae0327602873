//! TEMPORARY stand-in while the calendar is being written.
use crate::category::SlaClass;
use crate::time::UnixMillis;
use serde::{Deserialize, Serialize};
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Stage {
    Accept,
    FirstAction,
    Resolve,
    Verify,
    Feedback,
}
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Limit {
    pub start_at: UnixMillis,
    pub yellow_at: UnixMillis,
    pub due_at: UnixMillis,
}
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Light {
    Green,
    Yellow,
    Red,
}
impl Limit {
    #[allow(missing_docs)]
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
}
#[derive(Debug, Clone, Default)]
#[allow(missing_docs)]
pub struct TimeRules;
#[allow(missing_docs)]
#[allow(clippy::unused_self)]
impl TimeRules {
    #[must_use]
    pub fn limit(&self, _c: SlaClass, _s: Stage, from: UnixMillis) -> Option<Limit> {
        Some(Limit { start_at: from, yellow_at: from.plus_ms(70_000), due_at: from.plus_ms(100_000) })
    }
    #[must_use]
    pub fn limit_until(&self, _c: SlaClass, from: UnixMillis, due: UnixMillis) -> Limit {
        Limit { start_at: from, yellow_at: from, due_at: due }
    }
    #[must_use]
    pub fn extended_resolve(&self, _c: SlaClass, from: UnixMillis) -> Option<UnixMillis> {
        Some(from.plus_ms(1_000_000))
    }
    #[must_use]
    pub fn shift(&self, l: &Limit, _c: SlaClass, a: UnixMillis, b: UnixMillis) -> Limit {
        Limit { due_at: l.due_at.plus_ms(b.since_ms(a)), ..*l }
    }
}
