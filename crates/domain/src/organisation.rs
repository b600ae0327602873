//! Organisations that handle incidents: departments, stations, property companies, family-doctor teams, halls.
//!
//! They are reference data (key [`ORGANISATIONS`]: code → organisation). An incident that is dispatched to one joins
//! the stream `inbox/{code}`; the accounts of that organisation receive the stream.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::area::GridCode;
use crate::category::{find_category, find_group};
use crate::codes::code_list;
use crate::reference::{CODE_LIMIT, Inspection, Mistake, NAME_LIMIT, Wrong, is_plain_code, report_twice};

/// Key of the organisations in reference data: [`Organisations`] as JSON.
pub const ORGANISATIONS: &str = "organisations";

/// Code of an organisation: small letters, digits and hyphens, at most 40, e.g. `haitang-property`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OrgCode(Box<str>);

/// A text that is not the code of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an organisation's code (small letters, digits, hyphens, at most {CODE_LIMIT}): {0:?}")]
pub struct InvalidOrgCode(pub String);

impl OrgCode {
    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OrgCode {
    type Err = InvalidOrgCode;

    fn from_str(text: &str) -> Result<Self, InvalidOrgCode> {
        if is_plain_code(text) { Ok(Self(text.into())) } else { Err(InvalidOrgCode(text.to_owned())) }
    }
}

impl TryFrom<String> for OrgCode {
    type Error = InvalidOrgCode;

    fn try_from(text: String) -> Result<Self, InvalidOrgCode> {
        text.parse()
    }
}

impl From<OrgCode> for String {
    fn from(code: OrgCode) -> Self {
        code.0.into()
    }
}

impl fmt::Display for OrgCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

code_list! {
    /// What an organisation is.
    OrgKind from "domain reference §6, §8; codes are ours" {
        Department = "department", "职能部门", "Department";
        Station = "station", "派出所/站所", "Station";
        Property = "property", "物业", "Property company";
        Community = "community", "社区", "Community";
        DoctorTeam = "doctor_team", "家庭医生团队", "Family-doctor team";
        Mediation = "mediation", "信访超市/调解", "Mediation hall";
        Other = "other", "其他", "Other";
    }
}

/// One organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Name on the screen.
    pub name: String,
    /// What it is.
    pub kind: OrgKind,
    /// Places it serves: prefixes of grid codes, 6 to 15 digits. Empty: the whole district.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<String>,
    /// Categories it is suggested for: prefixes of category codes (`03`, `08001`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Whether an incident of its categories goes to it at once, without the desk: a family-doctor team.
    #[serde(default, skip_serializing_if = "is_false")]
    pub takes_direct: bool,
    /// Telephone for colleagues; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phone: String,
}

/// Every organisation by code.
pub type Organisations = BTreeMap<OrgCode, Organisation>;

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the form that serde asks for")]
const fn is_false(value: &bool) -> bool {
    !*value
}

impl Organisation {
    /// Whether it serves a grid.
    #[must_use]
    pub fn serves(&self, grid: &GridCode) -> bool {
        self.areas.is_empty() || self.areas.iter().any(|area| grid.as_str().starts_with(area.as_str()))
    }

    /// Whether a category is one of its own.
    #[must_use]
    pub fn handles(&self, category: &str) -> bool {
        self.categories.iter().any(|prefix| category.starts_with(prefix.as_str()))
    }
}

/// The organisations that serve a grid, those whose category it is first, the nearest and most special of them in
/// front, then by name.
#[must_use]
pub fn suggest_organisations<'a>(
    all: &'a Organisations,
    grid: &GridCode,
    category: &str,
) -> Vec<(&'a OrgCode, &'a Organisation)> {
    let mut serving: Vec<_> = all.iter().filter(|(_, org)| org.serves(grid)).collect();
    let longest = |prefixes: &[String], of: &str| {
        prefixes.iter().filter(|prefix| of.starts_with(prefix.as_str())).map(String::len).max().unwrap_or(0)
    };
    serving.sort_by_key(|(code, org)| {
        let special = longest(&org.categories, category);
        let near = longest(&org.areas, grid.as_str());
        (std::cmp::Reverse((special, near)), org.name.clone(), (*code).clone())
    });
    serving
}

/// The organisation that takes this category in this grid without the desk, if there is one.
#[must_use]
pub fn find_direct<'a>(all: &'a Organisations, grid: &GridCode, category: &str) -> Option<&'a OrgCode> {
    suggest_organisations(all, grid, category)
        .into_iter()
        .find(|(_, org)| org.takes_direct && org.handles(category))
        .map(|(code, _)| code)
}

/// Every mistake of the organisations, in the order of their codes; empty when they may be published.
#[must_use]
pub fn find_organisation_mistakes(all: &Organisations) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for (position, (code, org)) in all.iter().enumerate() {
        let mut inspection = Inspection { position, entry: code.as_str(), mistakes: &mut mistakes };
        inspection.require("name", &org.name, NAME_LIMIT);
        if org.kind == OrgKind::Unknown {
            inspection.report("kind", Wrong::Unlisted(String::new()));
        }
        inspection.check_areas("areas", &org.areas);
        for category in &org.categories {
            if find_group(category).is_none() && find_category(category).is_none() {
                inspection.report("categories", Wrong::Category(category.clone()));
            }
        }
        if org.takes_direct && org.categories.is_empty() {
            inspection.report("categories", Wrong::Missing);
        }
        if !org.phone.is_empty() {
            inspection.check_phone("phone", &org.phone);
        }
    }
    report_twice(all.iter().map(|(code, org)| (code.as_str(), org.name.trim())), "name", &mut mistakes);
    mistakes.sort_by_key(|mistake| mistake.position);
    mistakes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn org(name: &str, areas: &[&str], categories: &[&str]) -> Organisation {
        Organisation {
            name: name.into(),
            kind: OrgKind::Department,
            areas: areas.iter().map(|&area| area.to_owned()).collect(),
            categories: categories.iter().map(|&category| category.to_owned()).collect(),
            takes_direct: false,
            phone: String::new(),
        }
    }

    #[test]
    fn the_nearest_and_most_special_is_suggested_first() {
        let code = |text: &str| text.parse::<OrgCode>().expect("a code");
        let doctors =
            Organisation { takes_direct: true, ..org("海棠家医三组", &["990101001001003"], &["08001", "08003"]) };
        let all: Organisations = [
            (code("fire"), org("消防救援站", &[], &["03"])),
            (code("property"), org("金桂物业", &["990101001001"], &["03001", "19"])),
            (code("far"), org("外区", &["990199"], &["03001"])),
            (code("doctors"), doctors),
        ]
        .into();
        let grid: GridCode = "990101001001003".parse().expect("a grid");
        let names: Vec<_> =
            suggest_organisations(&all, &grid, "03001").iter().map(|(_, org)| org.name.as_str()).collect();
        assert_eq!(names, ["金桂物业", "消防救援站", "海棠家医三组"]);
        assert_eq!(find_direct(&all, &grid, "08001"), Some(&code("doctors")));
        assert_eq!(find_direct(&all, &grid, "08002"), None, "an infection goes to the desk");
    }

    #[test]
    fn mistakes_name_organisation_and_field() {
        let code = |text: &str| text.parse::<OrgCode>().expect("a code");
        let bad = Organisation {
            kind: OrgKind::Unknown,
            phone: "9901234567".into(),
            ..org(" ", &["9901", "990101001000"], &["0800", "98"])
        };
        let idle = Organisation { takes_direct: true, ..org("消防救援站", &["990101"], &[]) };
        let all: Organisations = [
            (code("a-fire"), org("消防救援站", &["990101001001"], &["03", "08001"])),
            (code("b-bad"), bad),
            (code("c-idle"), idle),
        ]
        .into();
        let found: Vec<_> = find_organisation_mistakes(&all)
            .into_iter()
            .map(|mistake| (mistake.entry, mistake.field, mistake.wrong))
            .collect();
        let bad = |field, wrong| ("b-bad".to_owned(), field, wrong);
        let expected = [
            bad("name", Wrong::Missing),
            bad("kind", Wrong::Unlisted(String::new())),
            bad("areas", Wrong::Area("9901".into())),
            bad("areas", Wrong::AreaEndsInZeros("990101001000".into())),
            bad("categories", Wrong::Category("0800".into())),
            bad("categories", Wrong::Category("98".into())),
            bad("phone", Wrong::Phone("9901234567".into())),
            ("c-idle".to_owned(), "categories", Wrong::Missing),
            ("c-idle".to_owned(), "name", Wrong::Twice("消防救援站".into())),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_code_is_plain() {
        for wrong in ["", "金桂", "A", "a b", "a/b", &"x".repeat(41)] {
            assert!(wrong.parse::<OrgCode>().is_err(), "{wrong}");
        }
    }
}
