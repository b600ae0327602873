//! How often a home is visited, and when first.

use std::collections::BTreeMap;

use domain::codes::{CareTag, HouseStatus, PopulationType, VisitClass};
use domain::particulars::PersonParticulars;
use domain::time::add_days;
use domain::{GridCode, LocalDate};
use spreadsheet::text::natural_key;

use super::household_key;
use super::lay::make_particulars;
use crate::RosterHousehold;

/// The visit class that tags and status suggest (domain reference §5); `None` is the ordinary class C.
#[must_use]
pub fn suggest_class(household: &RosterHousehold) -> Option<VisitClass> {
    let details: Vec<_> = household.persons.iter().map(make_particulars).collect();
    class_of(household.house_status, household.persons.is_empty(), details.iter())
}

pub(super) fn class_of<'a>(
    status: Option<HouseStatus>,
    is_empty: bool,
    persons: impl Iterator<Item = &'a PersonParticulars> + Clone,
) -> Option<VisitClass> {
    use CareTag as Tag;
    const PRIORITY: [CareTag; 6] = [
        Tag::MinimumAllowance,
        Tag::LivesAlone,
        Tag::EmptyNest,
        Tag::CannotSelfCare,
        Tag::ChildInDifficulty,
        Tag::BereavedOfOnlyChild,
    ];
    const ATTENTION: [CareTag; 5] =
        [Tag::ChronicIllness, Tag::Disabled, Tag::Maternity, Tag::Veteran, Tag::HardToEmploy];
    let has_tag =
        |tags: &[CareTag]| persons.clone().any(|person| person.care_tags.iter().any(|tag| tags.contains(tag)));
    if is_empty {
        // A dwelling in use whose people are not listed is no vacant one: somebody has to be met there.
        return matches!(status, None | Some(HouseStatus::Vacant)).then_some(VisitClass::D);
    }
    let floats = persons.clone().any(|person| person.population_type == Some(PopulationType::Floating));
    if has_tag(&PRIORITY) {
        Some(VisitClass::A)
    } else if has_tag(&ATTENTION) || floats || status == Some(HouseStatus::Rented) {
        Some(VisitClass::B)
    } else {
        None
    }
}

/// First visits of new households, spread evenly over their class's interval in door order within each grid, so that
/// nobody finds a whole grid due on the day after the import. By position in the roster.
pub(super) fn spread_first_visits<'a>(
    new: impl Iterator<Item = (usize, &'a RosterHousehold)>,
    today: LocalDate,
) -> BTreeMap<usize, LocalDate> {
    let mut queues: BTreeMap<(GridCode, VisitClass), Vec<(String, usize)>> = BTreeMap::new();
    for (position, household) in new {
        let class = suggest_class(household).unwrap_or(VisitClass::C);
        let order = natural_key(&household_key(household));
        queues.entry((household.grid.clone(), class)).or_default().push((order, position));
    }
    let mut dues = BTreeMap::new();
    for ((_, class), mut queue) in queues {
        queue.sort_unstable();
        let length = i64::try_from(queue.len()).unwrap_or(i64::MAX).max(1);
        for (order, (_, position)) in (0_i64..).zip(queue) {
            let offset = order * i64::from(class.interval_days()) / length;
            dues.insert(position, add_days(today, i32::try_from(offset).unwrap_or(0)));
        }
    }
    dues
}
