//! Hints beside a chosen category: where the case belongs when two categories fit, and what to do first.

use super::{Category, SlaClass};
use crate::codes::code_list;

code_list! {
    /// A hint shown beside a category.
    CategoryHint from "published county list (tie-breaks); local default (call first)" {
        CallFirst = "call-first",
            "情况紧急请先拨打 110、119 或 120，本应用不是报警电话",
            "In danger, call 110, 119 or 120 first: this app is no alarm";
        PersonalSafety = "personal-safety",
            "涉及人身安全（如家庭暴力）的，归入治安隐患",
            "If somebody's safety is at stake (domestic violence), choose public order";
        CausedByWeather = "caused-by-weather",
            "由天气灾害造成的，归入自然灾害",
            "If the weather caused it, choose natural disaster";
        FireFacilities = "fire-facilities",
            "属于消防设施的，归入消防安全",
            "If it is fire equipment, choose fire safety";
        InProduction = "in-production",
            "发生在生产经营中的，归入安全生产",
            "If it happened at work, choose safety at work";
        ActOfHelping = "act-of-helping",
            "属于帮扶救助的，归入困难救助",
            "If somebody needs help, choose help in hardship";
        TrappedIsUrgent = "trapped-is-urgent",
            "电梯困人请选紧急",
            "Somebody trapped in a lift is urgent";
    }
}

impl CategoryHint {
    /// Where the hint points: the code of a class (two digits) or of a category (five); `None` when it advises
    /// something else than another category.
    #[must_use]
    pub const fn prefers(self) -> Option<&'static str> {
        match self {
            Self::PersonalSafety => Some("01004"),
            Self::CausedByWeather => Some("10"),
            Self::FireFacilities => Some("03003"),
            Self::InProduction => Some("04"),
            Self::ActOfHelping => Some("07"),
            Self::CallFirst | Self::TrappedIsUrgent | Self::Unknown => None,
        }
    }
}

/// Which categories show which hint; a two-digit code stands for its whole class.
pub(super) const SHOWN_AT: &[(&str, CategoryHint)] = &[
    ("02002", CategoryHint::PersonalSafety),
    ("07001", CategoryHint::PersonalSafety),
    ("17001", CategoryHint::PersonalSafety),
    ("05001", CategoryHint::CausedByWeather),
    ("05007", CategoryHint::CausedByWeather),
    ("06002", CategoryHint::CausedByWeather),
    ("14001", CategoryHint::CausedByWeather),
    ("19001", CategoryHint::CausedByWeather),
    ("19005", CategoryHint::CausedByWeather),
    ("05001", CategoryHint::FireFacilities),
    ("19003", CategoryHint::FireFacilities),
    ("16002", CategoryHint::FireFacilities),
    ("03004", CategoryHint::InProduction),
    ("06001", CategoryHint::InProduction),
    ("11004", CategoryHint::InProduction),
    ("13003", CategoryHint::InProduction),
    ("08001", CategoryHint::ActOfHelping),
    ("09001", CategoryHint::ActOfHelping),
    ("17002", CategoryHint::ActOfHelping),
    ("20", CategoryHint::ActOfHelping),
    ("13003", CategoryHint::TrappedIsUrgent),
    ("19002", CategoryHint::TrappedIsUrgent),
];

/// The hints for a category, the most pressing first.
#[must_use]
pub fn find_hints(category: &Category) -> Vec<CategoryHint> {
    let call = (category.sla == SlaClass::Urgent).then_some(CategoryHint::CallFirst);
    let shown = SHOWN_AT.iter().filter(|(code, _)| category.code.starts_with(code)).map(|(_, hint)| *hint);
    call.into_iter().chain(shown).collect()
}
