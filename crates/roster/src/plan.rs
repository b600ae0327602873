//! From a roster to records: which ids, which building codes, which visit class, when first due.
//!
//! Why ids are matched and not computed: an office corrects names, adds numbers and re-orders rows between two
//! imports, and the person must stay the same person on every phone. So the server keeps, under a household's key,
//! the records as the last import made them ([`Imported`]); a new roster is laid over them and persons are matched
//! by name and identity number, then by either.
//!
//! Flow: [`plan_import`] → additions (new households), edits (by [`super::diff`]), findings, and the state to keep
//! for next time. It is pure: times, ids and known buildings are handed in, and the same input gives the same plan.
//!
//! A value that the roster does not give (no such column, or a blank cell) stays as it was: see `keep`.
//!
//! Nobody is ever removed: who is no longer listed stays in the record and is reported.
//!
//! Missing: a household that moves to another door is a new one (its old card is reported as no longer listed).

use std::collections::{BTreeMap, BTreeSet};

use domain::codes::{CareTag, HouseStatus, PopulationType, VisitClass};
use domain::flat::FlatError;
use domain::household::Member;
use domain::particulars::PersonParticulars;
use domain::time::add_days;
use domain::{BuildingCode, GridCode, Household, HouseholdId, LocalDate, MemberId, Particulars, UnixMillis};
use serde::{Deserialize, Serialize};

use super::diff::{RecordEdit, find_edits};
use super::place::normal::door_key;
use super::{Finding, FindingCode, Roster, RosterHousehold, RosterPerson, RowRef, Unplaced};
use keep::{keep_dwelling, keep_person};
use spreadsheet::text::natural_key;

mod doors;
mod keep;
mod outline;

pub use outline::{FEW, GridOutline, Outline, Questions};

/// A building as the office names it, comparable: `1幢` and `1栋` of one compound are one building.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BuildingKey {
    /// The grid.
    pub grid: GridCode,
    /// Compound or street, comparable form; may be empty.
    pub compound: String,
    /// Building, comparable form; empty for houses that have only a number.
    pub building: String,
}

/// The records of one household as an import made them; kept as JSON under [`household_key`] for the next import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Imported {
    /// The card.
    pub household: Household,
    /// The particulars.
    pub particulars: Particulars,
}

/// One household of the ledger, as it is now and as the office last said it.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// As the ledger holds it, with everything that was added or corrected in the field.
    pub current: Imported,
    /// As the last import that listed it said it; `None` when no import did.
    pub base: Option<Imported>,
    /// The key under which the base is stored, if there is one; it may be of an older normal form.
    pub stored_key: Option<String>,
}

/// What the server knows. All grids of the communities that a list touches have to be in it: who is known in another
/// grid is not a new person.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ledger {
    /// Every household.
    pub households: Vec<Known>,
    /// Every building.
    pub buildings: BTreeMap<BuildingKey, BuildingCode>,
}

/// What the office has said about the import as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlanOptions {
    /// `--yes`: the numbers of the outline have been seen and are meant, moves are written.
    pub is_confirmed: bool,
}

/// A household that is new; it is also what the office said, so it is kept as its base.
#[derive(Debug, Clone, PartialEq)]
pub struct Addition {
    /// The key under which its base is stored.
    pub key: String,
    /// The records to write.
    pub records: Imported,
}

/// Everything an import does. Apply `additions` as new documents and `edits` as changes on a fork at the heads of
/// the last import, so that what a worker has edited since becomes a conflict and not a loss. An edit of a household
/// without a base only fills empty fields: it is made at the heads of now.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportPlan {
    /// Every building of the roster and all known ones, with their codes.
    pub buildings: BTreeMap<BuildingKey, BuildingCode>,
    /// New households, in the roster's order.
    pub additions: Vec<Addition>,
    /// Changed records of known households, household before particulars.
    pub edits: Vec<RecordEdit>,
    /// What the office has said of known households, by key: to be kept for the next import. Only what is not stored
    /// so already.
    pub bases: Vec<(String, Imported)>,
    /// Stored keys that `bases` replace by a newer one.
    pub dropped_keys: Vec<String>,
    /// What was odd against the ledger.
    pub findings: Vec<Finding>,
    /// Listed homes and people of whom it is not certain where they belong; beside [`Roster::unplaced`].
    pub unplaced: Vec<Unplaced>,
    /// The plan in numbers.
    pub outline: Outline,
}

/// Why no plan can be made.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// More buildings than serials (99,999) in one grid.
    #[error("网格 {0} 的楼栋超过 99999 个")]
    TooManyBuildings(GridCode),
    /// A record that cannot be flat: a mistake in the program.
    #[error(transparent)]
    Flat(#[from] FlatError),
}

/// What a plan needs from outside.
pub struct Environment<'a> {
    /// The time of the import, for new ids.
    pub now: UnixMillis,
    /// The date of the import, from which first visits are spread.
    pub today: LocalDate,
    /// Ten random bytes for each new id of a person.
    pub random: &'a mut dyn FnMut() -> [u8; 10],
    /// The id of a household by its key ([`household_key`]): always the same.
    pub household_id: &'a dyn Fn(&str) -> HouseholdId,
}

/// The stable key of a household: `grid|compound|building|unit|room`, comparable forms.
#[must_use]
pub fn household_key(household: &RosterHousehold) -> String {
    format!("{}|{}", household.grid, door_key(&household.place))
}

/// The key of a household's building.
#[must_use]
pub fn building_key(household: &RosterHousehold) -> BuildingKey {
    let key = door_key(&household.place);
    let mut parts = key.split('|').map(str::to_owned);
    let (compound, building) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    BuildingKey { grid: household.grid.clone(), compound, building }
}

/// Codes for all buildings of a roster: the known ones keep theirs, new ones get the next serials of their grid in
/// order of first appearance.
///
/// # Errors
/// When a grid runs out of serials.
pub fn assign_buildings(
    roster: &Roster,
    known: &BTreeMap<BuildingKey, BuildingCode>,
) -> Result<BTreeMap<BuildingKey, BuildingCode>, PlanError> {
    let mut codes = known.clone();
    let mut last: BTreeMap<GridCode, u32> = BTreeMap::new();
    for code in known.values() {
        let serial = last.entry(code.grid()).or_default();
        *serial = (*serial).max(code.serial());
    }
    for household in &roster.households {
        let key = building_key(household);
        if codes.contains_key(&key) {
            continue;
        }
        let serial = last.entry(household.grid.clone()).or_default();
        *serial += 1;
        let code = household.grid.building(*serial);
        codes.insert(key, code.ok_or_else(|| PlanError::TooManyBuildings(household.grid.clone()))?);
    }
    Ok(codes)
}

/// Lays a roster over the ledger.
///
/// # Errors
/// See [`PlanError`].
pub fn plan_import(
    roster: &Roster,
    ledger: &Ledger,
    _options: PlanOptions,
    around: &mut Environment<'_>,
) -> Result<ImportPlan, PlanError> {
    let last: BTreeMap<String, Imported> = (ledger.households.iter())
        .filter_map(|known| Some((known.stored_key.clone()?, known.base.clone()?)))
        .collect();
    let mut completed = roster.clone();
    doors::complete_doors(&mut completed, &last);
    let roster = &completed;
    let buildings = assign_buildings(roster, &ledger.buildings)?;
    let first_dues = spread_first_visits(roster, &last, around.today);
    let mut plan = ImportPlan {
        buildings,
        additions: vec![],
        edits: vec![],
        bases: vec![],
        dropped_keys: vec![],
        findings: vec![],
        unplaced: vec![],
        outline: Outline::default(),
    };
    let mut listed = BTreeSet::new();
    for household in &roster.households {
        let key = household_key(household);
        let before = last.get(&key);
        let building = plan.buildings[&building_key(household)].clone();
        let first_due = first_dues.get(&key).copied();
        let now = make_records(household, building, first_due, before, around, &mut plan.findings);
        let outline = plan.outline.by_grid.entry(household.grid.clone()).or_default();
        match before {
            None => {
                outline.new += 1;
                plan.additions.push(Addition { key: key.clone(), records: now });
            }
            Some(before) => {
                let edits = find_edits(&key, before, &now)?;
                *if edits.is_empty() { &mut outline.unchanged } else { &mut outline.changed } += 1;
                plan.edits.extend(edits);
                if *before != now {
                    plan.bases.push((key.clone(), now));
                }
            }
        }
        listed.insert(key);
    }
    report_unlisted_households(roster, &last, &listed, &mut plan.findings);
    Ok(plan)
}

/// The two records of a household. Persons of `before` that the roster no longer lists are kept and reported.
fn make_records(
    from: &RosterHousehold,
    building: BuildingCode,
    first_due: Option<LocalDate>,
    before: Option<&Imported>,
    around: &mut Environment<'_>,
    findings: &mut Vec<Finding>,
) -> Imported {
    let id = before.map_or_else(|| (around.household_id)(&household_key(from)), |before| before.household.id);
    let mut household = Household {
        id,
        grid: from.grid.clone(),
        building,
        place: from.place.clone(),
        house_status: from.house_status,
        visit_class: None,
        contact_name: from.head_name.clone(),
        needs: BTreeMap::new(),
        members: BTreeMap::new(),
        pairs: before.map(|before| before.household.pairs.clone()).unwrap_or_default(),
        last_visit: None,
        attempts: BTreeMap::new(),
        first_due: before.map_or(first_due, |before| before.household.first_due),
        note: from.note.clone(),
    };
    let mut particulars =
        Particulars { household: id, grid: from.grid.clone(), members: BTreeMap::new(), consent: None };
    let persons: Vec<&RosterPerson> = from.persons.iter().filter(|person| !person.repeats).collect();
    let known = before.map(|before| match_persons(&persons, before)).unwrap_or_default();
    let given: BTreeSet<&str> = persons.iter().map(|person| person.id_no.as_str()).collect();
    for (position, person) in persons.iter().enumerate() {
        let known = known.get(&position).copied();
        let id = known.unwrap_or_else(|| MemberId::new(around.now, (around.random)()));
        let (mut member, mut details) = (make_member(person), make_particulars(person));
        if let (Some(before), Some(_)) = (before, known) {
            keep_person(person, before, id, &given, (&mut member, &mut details), findings);
        }
        household.members.insert(id, member);
        if details != PersonParticulars::default() {
            particulars.members.insert(id, details);
        }
    }
    if let Some(before) = before {
        keep_dwelling(from, before, &mut household, findings);
        keep_unlisted(from, before, &mut household, &mut particulars, findings);
    }
    // From what is known now, not from what this list says: a list of phones changes nobody's class.
    let is_told_empty = from.persons.is_empty() && from.house_status.is_some();
    household.visit_class =
        class_of(household.house_status, household.members.is_empty() || is_told_empty, particulars.members.values());
    Imported { household, particulars }
}

fn make_member(person: &RosterPerson) -> Member {
    Member { name: person.name.clone(), relation: person.relation, residence: None }
}

fn make_particulars(person: &RosterPerson) -> PersonParticulars {
    PersonParticulars {
        id_no: person.id_no.clone(),
        tels: person.tels.clone(),
        sex: person.sex,
        birth_month: person.birth_month.clone(),
        population_type: person.population_type,
        care_tags: person.care_tags.clone(),
        work_or_school: person.work_or_school.clone(),
        health_note: String::new(),
        remark: person.remark.clone(),
    }
}

fn keep_unlisted(
    from: &RosterHousehold,
    before: &Imported,
    household: &mut Household,
    particulars: &mut Particulars,
    findings: &mut Vec<Finding>,
) {
    let unlisted: Vec<_> =
        before.household.members.iter().filter(|(id, _)| !household.members.contains_key(*id)).collect();
    let is_listed = |id: &MemberId| household.members.contains_key(id);
    // An entry that is one person with a listed one is listed.
    let missing =
        before.household.people().into_iter().filter(|person| !person.entries().any(|id| is_listed(&id))).count();
    if missing > 0 {
        let text = format!("上次名单中此户有 {missing} 人这次没有列出，未作删除，请网格员核实是否迁出");
        findings.push(Finding::new(&from.source, FindingCode::NoLongerListed, text));
    }
    for (id, member) in unlisted {
        household.members.insert(*id, member.clone());
        if let Some(details) = before.particulars.members.get(id) {
            particulars.members.insert(*id, details.clone());
        }
    }
}

/// Whether a listed person is a known member.
type Rule<'a> = dyn Fn(&RosterPerson, &MemberId, &Member) -> bool + 'a;

/// Which known member each listed person is: position → member. First by number and name, then by name and relation,
/// by name, and at last by number alone (a corrected name); each member once, earlier rows first. The name comes
/// before the number because offices mend numbers that stood on the wrong row.
fn match_persons(persons: &[&RosterPerson], before: &Imported) -> BTreeMap<usize, MemberId> {
    let id_of = |member: &MemberId| before.particulars.members.get(member).map_or("", |known| known.id_no.as_str());
    let same_number = |person: &RosterPerson, id: &MemberId| !person.id_no.is_empty() && person.id_no == id_of(id);
    let rules: [&Rule<'_>; 4] = [
        &|person, id, member| person.name == member.name && same_number(person, id),
        &|person, _, member| person.name == member.name && person.relation == member.relation,
        &|person, _, member| person.name == member.name,
        &|person, id, _| same_number(person, id),
    ];
    let mut matched = BTreeMap::new();
    let mut taken = BTreeSet::new();
    for rule in rules {
        for (position, person) in persons.iter().enumerate() {
            if matched.contains_key(&position) {
                continue;
            }
            let found =
                before.household.members.iter().find(|(id, member)| !taken.contains(*id) && rule(person, id, member));
            if let Some((id, _)) = found {
                matched.insert(position, *id);
                taken.insert(*id);
            }
        }
    }
    matched
}

fn report_unlisted_households(
    roster: &Roster,
    last: &BTreeMap<String, Imported>,
    listed: &BTreeSet<String>,
    findings: &mut Vec<Finding>,
) {
    let buildings: BTreeSet<_> = listed.iter().filter_map(|key| building_part(key)).collect();
    for grid in &roster.counts.grids {
        let Some(first) = roster.households.iter().find(|household| household.grid == *grid) else { continue };
        // A list of one building says nothing about the others.
        let is_missed = |key: &str| !listed.contains(key) && building_part(key).is_some_and(|b| buildings.contains(b));
        for known in last.iter().filter(|(key, known)| known.household.grid == *grid && is_missed(key)) {
            let at = RowRef { row: 0, ..first.source.clone() };
            let text = format!("上次名单中的“{}”这次没有列出，未作删除", known.1.household.place.full());
            findings.push(Finding::new(&at, FindingCode::NoLongerListed, text));
        }
    }
}

/// Grid, compound and building of a household's key.
fn building_part(key: &str) -> Option<&str> {
    key.match_indices('|').nth(2).map(|(at, _)| &key[..at])
}

/// The visit class that tags and status suggest (domain reference §5); `None` is the ordinary class C.
#[must_use]
pub fn suggest_class(household: &RosterHousehold) -> Option<VisitClass> {
    let details: Vec<_> = household.persons.iter().map(make_particulars).collect();
    class_of(household.house_status, household.persons.is_empty(), details.iter())
}

fn class_of<'a>(
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
/// nobody finds a whole grid due on the day after the import.
fn spread_first_visits(
    roster: &Roster,
    last: &BTreeMap<String, Imported>,
    today: LocalDate,
) -> BTreeMap<String, LocalDate> {
    let mut queues: BTreeMap<(GridCode, VisitClass), Vec<(String, String)>> = BTreeMap::new();
    for household in &roster.households {
        let key = household_key(household);
        if !last.contains_key(&key) {
            let class = suggest_class(household).unwrap_or(VisitClass::C);
            queues.entry((household.grid.clone(), class)).or_default().push((natural_key(&key), key));
        }
    }
    let mut dues = BTreeMap::new();
    for ((_, class), mut queue) in queues {
        queue.sort_unstable();
        let length = i64::try_from(queue.len()).unwrap_or(i64::MAX).max(1);
        for (position, (_, key)) in (0_i64..).zip(queue) {
            let offset = position * i64::from(class.interval_days()) / length;
            dues.insert(key, add_days(today, i32::try_from(offset).unwrap_or(0)));
        }
    }
    dues
}

#[cfg(test)]
mod tests;
