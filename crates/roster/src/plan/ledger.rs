//! The ledger as lists are matched with it: by door, by number, by name.

use std::collections::{BTreeSet, HashMap};

use domain::codes::{Relation, Residence};
use domain::household::{MEMBER_LIMIT, Place};
use domain::{GridCode, HouseholdId, MemberId};

use super::{Known, Ledger};
use crate::name_key;
use crate::place::normal::door_key;

/// A record that holds fewer people than this short of [`MEMBER_LIMIT`] has no further records. Below the limit because
/// entries may have been erased since.
const NEARLY_FULL: usize = MEMBER_LIMIT - 10;

/// One door of the ledger: one record, or several where more people live than a record holds.
pub(super) struct Home {
    /// Positions in [`Ledger::households`], the one with the plain room first.
    pub(super) records: Vec<usize>,
    pub(super) grid: GridCode,
    pub(super) place: Place,
    /// [`door_key`] of the place.
    pub(super) door: String,
    pub(super) people: Vec<KnownPerson>,
}

/// One person of a home, who may be several entries.
pub(super) struct KnownPerson {
    /// Position in [`Ledger::households`].
    pub(super) record: usize,
    /// The entry that edits go to: one that an import made, if there is one.
    pub(super) entry: MemberId,
    /// All entries, the oldest first.
    pub(super) entries: Vec<MemberId>,
    /// Comparable names of all entries.
    pub(super) names: BTreeSet<String>,
    /// Identity numbers of all entries that can tell people apart.
    pub(super) numbers: BTreeSet<String>,
    pub(super) relation: Option<Relation>,
    pub(super) residence: Option<Residence>,
}

impl KnownPerson {
    pub(super) fn has_left(&self) -> bool {
        matches!(self.residence, Some(Residence::MovedOut | Residence::Deceased))
    }
}

/// Everything that is known.
pub(super) struct Index {
    pub(super) homes: Vec<Home>,
    /// Grid and door → homes.
    by_door: HashMap<(GridCode, String), Vec<usize>>,
    /// Number → home and person of it.
    by_number: HashMap<String, Vec<(usize, usize)>>,
    by_tel: HashMap<String, Vec<usize>>,
    /// Comparable name → homes.
    by_name: HashMap<String, Vec<usize>>,
    by_id: HashMap<HouseholdId, usize>,
}

impl Index {
    pub(super) fn of(ledger: &Ledger) -> Self {
        let mut index = Self {
            homes: Vec::with_capacity(ledger.households.len()),
            by_door: HashMap::new(),
            by_number: HashMap::new(),
            by_tel: HashMap::new(),
            by_name: HashMap::new(),
            by_id: HashMap::new(),
        };
        let doors: Vec<String> =
            ledger.households.iter().map(|known| door_key(&known.current.household.place)).collect();
        let mut full: HashMap<(&GridCode, &str), usize> = HashMap::new();
        for (record, known) in ledger.households.iter().enumerate() {
            if known.current.household.members.len() >= NEARLY_FULL {
                full.entry((&known.current.household.grid, &doors[record])).or_insert(record);
            }
        }
        let mut parts: HashMap<usize, Vec<(u32, usize)>> = HashMap::new();
        let mut plain = Vec::new();
        for (record, known) in ledger.households.iter().enumerate() {
            let first = part_of(&known.current.household.place).and_then(|(place, part)| {
                let first = full.get(&(&known.current.household.grid, door_key(&place).as_str())).copied()?;
                Some((first, part))
            });
            match first {
                Some((first, part)) => parts.entry(first).or_default().push((part, record)),
                None => plain.push(record),
            }
        }
        for record in plain {
            let mut more = parts.remove(&record).unwrap_or_default();
            more.sort_unstable();
            let records = std::iter::once(record).chain(more.into_iter().map(|(_, record)| record)).collect();
            index.add(ledger, records, doors[record].clone());
        }
        // A part whose first record is a part itself stands alone.
        for (_, record) in parts.into_values().flatten().collect::<BTreeSet<_>>() {
            index.add(ledger, vec![record], doors[record].clone());
        }
        index
    }

    fn add(&mut self, ledger: &Ledger, records: Vec<usize>, door: String) {
        let home = self.homes.len();
        let card = &ledger.households[records[0]].current.household;
        let mut people = Vec::new();
        for record in &records {
            let known = &ledger.households[*record];
            for tel in known.current.particulars.members.values().flat_map(|details| &details.tels) {
                self.by_tel.entry(tel.clone()).or_default().push(home);
            }
            self.by_id.insert(known.current.household.id, home);
            people.extend(list_people(*record, known));
        }
        for (position, person) in people.iter().enumerate() {
            for number in &person.numbers {
                self.by_number.entry(number.clone()).or_default().push((home, position));
            }
            for name in &person.names {
                self.by_name.entry(name.clone()).or_default().push(home);
            }
        }
        self.by_door.entry((card.grid.clone(), door.clone())).or_default().push(home);
        self.homes.push(Home { records, grid: card.grid.clone(), place: card.place.clone(), door, people });
    }

    pub(super) fn at_door(&self, grid: &GridCode, door: &str) -> &[usize] {
        self.by_door.get(&(grid.clone(), door.to_owned())).map_or(&[], Vec::as_slice)
    }

    /// Homes in which somebody has a phone number.
    pub(super) fn with_tel(&self, tel: &str) -> &[usize] {
        self.by_tel.get(tel).map_or(&[], Vec::as_slice)
    }

    /// Home and person of everybody who has a number.
    pub(super) fn with_number(&self, number: &str) -> &[(usize, usize)] {
        self.by_number.get(number).map_or(&[], Vec::as_slice)
    }

    pub(super) fn with_name(&self, name: &str) -> &[usize] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    pub(super) fn with_id(&self, id: HouseholdId) -> Option<usize> {
        self.by_id.get(&id).copied()
    }
}

fn list_people(record: usize, known: &Known) -> Vec<KnownPerson> {
    let card = &known.current.household;
    let said = |entry: &MemberId| known.base.as_ref().is_some_and(|base| base.household.members.contains_key(entry));
    let describe = |person: domain::member_pair::Person| {
        let entries: Vec<MemberId> = person.entries().collect();
        let details = entries.iter().filter_map(|entry| known.current.particulars.members.get(entry));
        KnownPerson {
            record,
            entry: entries.iter().copied().find(said).unwrap_or(person.id),
            names: entries.iter().filter_map(|entry| card.members.get(entry)).map(|m| name_key(&m.name)).collect(),
            numbers: details.map(|one| one.id_no.clone()).filter(|number| tells_apart(number)).collect(),
            relation: person.member.relation,
            residence: person.member.residence,
            entries,
        }
    };
    card.people().into_iter().map(describe).collect()
}

/// The place without the `(2)` of a further record, and that number.
pub(super) fn part_of(place: &Place) -> Option<(Place, u32)> {
    let (room, part) = place.room.strip_suffix(')')?.rsplit_once('(')?;
    let part: u32 = part.parse().ok().filter(|part| (2..100).contains(part))?;
    Some((Place { room: room.to_owned(), ..place.clone() }, part))
}

/// Whether a text in the place of an identity number tells people apart: 待补, eighteen zeros and numbers with hidden
/// digits do not.
pub(super) fn tells_apart(number: &str) -> bool {
    let kinds: BTreeSet<char> = number.chars().filter(char::is_ascii_alphanumeric).collect();
    number.len() >= 7
        && kinds.len() >= 4
        && number.chars().all(|c| c.is_ascii_alphanumeric() || "()-/".contains(c))
        && number.bytes().filter(u8::is_ascii_digit).count() >= 4
        && !number.starts_with("12345678")
}
