//! Incident categories (事件分类): 22 classes, their categories, time limit class, default route, tie-break hints.
//!
//! A full code is the class (two digits) and three digits: `03002`. A category describes a hazard, a need, a dispute
//! or a public matter; there is none for reporting people for who they are, believe, say or petition for.
//!
//! This is the built-in default, version [`CATEGORY_VERSION`]. Codes are never reused; a code that is not found here
//! was written by a newer version and is shown as it is. Missing: a district's own tree as reference data.

mod hint;
mod tree;

pub use hint::{CategoryHint, find_hints};

use crate::codes::{DisputeType, Language, Priority, code_list};

/// Version of the built-in tree; raised with every change of a code, limit or route.
pub const CATEGORY_VERSION: u32 = 1;

code_list! {
    /// Class of time limits (限时办结).
    SlaClass from "local default (domain reference §7)" {
        SelfHandled = "S", "自办", "Handled on the spot";
        Urgent = "U", "紧急", "Urgent";
        General = "B", "一般", "General";
        Difficult = "C", "疑难", "Difficult";
    }
}

/// One class (level 1).
#[derive(Debug, PartialEq, Eq)]
pub struct CategoryGroup {
    /// Two digits.
    pub code: &'static str,
    /// Chinese name.
    pub zh: &'static str,
    /// English name.
    pub en: &'static str,
    /// Who handles it by default, in Chinese.
    pub route_zh: &'static str,
    /// Who handles it by default, in English.
    pub route_en: &'static str,
    /// Its categories, by code.
    pub categories: &'static [Category],
}

/// One category (level 2).
#[derive(Debug, PartialEq, Eq)]
pub struct Category {
    /// Five digits.
    pub code: &'static str,
    /// Chinese name.
    pub zh: &'static str,
    /// English name.
    pub en: &'static str,
    /// Class of its time limits when the priority is normal.
    pub sla: SlaClass,
}

impl CategoryGroup {
    /// The name on the screen.
    #[must_use]
    pub const fn label(&self, language: Language) -> &'static str {
        match language {
            Language::ZhCn => self.zh,
            Language::En => self.en,
        }
    }

    /// Who handles it by default, for the screen.
    #[must_use]
    pub const fn route(&self, language: Language) -> &'static str {
        match language {
            Language::ZhCn => self.route_zh,
            Language::En => self.route_en,
        }
    }
}

impl Category {
    /// The name on the screen.
    #[must_use]
    pub const fn label(&self, language: Language) -> &'static str {
        match language {
            Language::ZhCn => self.zh,
            Language::En => self.en,
        }
    }

    /// The class it belongs to.
    #[must_use]
    pub fn group(&self) -> &'static CategoryGroup {
        tree::GROUPS.iter().find(|group| self.code.starts_with(group.code)).expect("built from its group's code")
    }

    /// Whether it runs on the urgent clock by default (`!` in the table).
    #[must_use]
    pub fn is_urgent(&self) -> bool {
        self.sla == SlaClass::Urgent
    }

    /// The class of time limits that counts: 紧急 and 重大 always run on the urgent clock.
    #[must_use]
    pub const fn sla_at(&self, priority: Option<Priority>) -> SlaClass {
        match priority {
            Some(Priority::Urgent | Priority::Major) => SlaClass::Urgent,
            Some(Priority::Normal | Priority::Unknown) | None => self.sla,
        }
    }

    /// The dispute type that statistics use for a category of class 02.
    #[must_use]
    pub fn dispute_type(&self) -> Option<DisputeType> {
        Some(match self.code {
            "02001" => DisputeType::Neighbours,
            "02002" => DisputeType::Family,
            "02003" | "02005" => DisputeType::Contract,
            "02004" => DisputeType::Labour,
            "02006" => DisputeType::LandTitle,
            "02007" => DisputeType::Tort,
            "02008" => DisputeType::UrbanConstruction,
            "02009" => DisputeType::Other,
            _ => return None,
        })
    }
}

/// Every class, in the order of the codes.
#[must_use]
pub const fn groups() -> &'static [CategoryGroup] {
    tree::GROUPS
}

/// The category with this full code.
#[must_use]
pub fn find_category(code: &str) -> Option<&'static Category> {
    tree::GROUPS.iter().flat_map(|group| group.categories).find(|category| category.code == code)
}

/// The class with this two-digit code.
#[must_use]
pub fn find_group(code: &str) -> Option<&'static CategoryGroup> {
    tree::GROUPS.iter().find(|group| group.code == code)
}

/// The name of the category with this code; the code itself when this version does not have it.
#[must_use]
pub fn category_label(code: &str, language: Language) -> &str {
    find_category(code).map_or(code, |category| category.label(language))
}

/// Categories for what was typed: code prefix, part of the name or of the class's name, in both languages. Those
/// whose own name matches come first; an empty query finds all.
#[must_use]
pub fn search_categories(query: &str) -> Vec<&'static Category> {
    let query = crate::text::to_half_width(query).trim().to_lowercase();
    let is_in = |text: &str| text.to_lowercase().contains(&query);
    let all = || tree::GROUPS.iter().flat_map(|group| group.categories.iter().map(move |c| (group, c)));
    let by_name = |c: &Category| c.code.starts_with(&query) || is_in(c.zh) || is_in(c.en);
    let own = all().filter(|(_, c)| by_name(c));
    let through_group = all().filter(|(group, c)| !by_name(c) && (is_in(group.zh) || is_in(group.en)));
    own.chain(through_group).map(|(_, category)| category).collect()
}

#[cfg(test)]
mod tests;
