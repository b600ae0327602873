//! Which known person a listed one is.
//!
//! Numbers before names, names before guesses. A number that is no number matches nobody; two different numbers are two
//! people; whom only a hidden name or number stands for is known only where exactly one fits. Each known person is
//! meant once.

use std::collections::{BTreeMap, BTreeSet};

use domain::LocalDate;
use domain::id_number::IdNumber;

use super::ledger::{Home, KnownPerson, tells_apart};
use crate::people::marks::is_masked;
use crate::{FindingCode, RosterPerson, name_key};

/// What becomes of a listed person in a known home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// The known one at this position.
    Known(usize),
    /// Not known in this home.
    New,
    /// Not certain, and why.
    Uncertain(FindingCode, &'static str),
}

/// How what a list says of a number stands to what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Agreement {
    Same,
    Open,
    Contrary,
}

/// Compares identity numbers, also one with hidden digits.
pub(super) fn compare_numbers(person: &RosterPerson, known: &KnownPerson) -> Agreement {
    if known.numbers.is_empty() {
        return Agreement::Open;
    }
    if tells_apart(&person.id_no) {
        let is_same = known.numbers.contains(&person.id_no);
        return if is_same { Agreement::Same } else { Agreement::Contrary };
    }
    let fits = person.masked_id.is_empty() || known.numbers.iter().any(|number| fits_number(&person.masked_id, number));
    if fits { Agreement::Open } else { Agreement::Contrary }
}

/// Whether a number is a valid one of a resident's card.
pub(super) fn is_valid(number: &str, today: LocalDate) -> bool {
    IdNumber::parse(number, today).is_ok()
}

/// Whether a name may be the name of a known person: the same, or one hides what the other shows.
pub(super) fn name_fits(name: &str, known: &KnownPerson) -> bool {
    let key = name_key(name);
    known.names.iter().any(|other| *other == key || fits_name(&key, other) || fits_name(other, &key))
}

/// Whether some listed person is some known one, by number or by a full name.
pub(super) fn is_same(person: &RosterPerson, known: &KnownPerson) -> bool {
    match compare_numbers(person, known) {
        Agreement::Same => name_fits(&person.name, known),
        Agreement::Open => !is_masked(&person.name) && known.names.contains(&name_key(&person.name)),
        Agreement::Contrary => false,
    }
}

const SIGNS: [char; 7] = ['*', '＊', '×', '•', '●', '#', '○'];

fn fits_number(pattern: &str, number: &str) -> bool {
    let is_sign = |c: char| SIGNS.contains(&c);
    let (pattern, number): (Vec<char>, Vec<char>) = (pattern.chars().collect(), number.chars().collect());
    if pattern.len() == number.len() {
        let last = pattern.len().saturating_sub(1);
        let hides = |at: usize, c: char| is_sign(c) || c == 'X' && at < last;
        return pattern.iter().zip(&number).enumerate().all(|(at, (p, n))| hides(at, *p) || p == n);
    }
    let is_shown = |c: &char| c.is_ascii_digit();
    let head = pattern.iter().take_while(|c| is_shown(c)).count();
    let tail = pattern.iter().rev().take_while(|c| is_shown(c) || **c == 'X').count().min(4);
    head + tail >= 4
        && number.len() >= head + tail
        && pattern[..head] == number[..head]
        && pattern[pattern.len() - tail..] == number[number.len() - tail..]
}

/// Whether a name with hidden characters may be a full one: 张*, 张**, 张某.
fn fits_name(hidden: &str, full: &str) -> bool {
    if !is_masked(hidden) || is_masked(full) {
        return false;
    }
    let is_sign = |c: char| SIGNS.contains(&c) || c == '某';
    let (Some(first), Some(last)) = (hidden.find(is_sign), hidden.rfind(is_sign)) else { return false };
    let tail = &hidden[last + hidden[last..].chars().next().map_or(0, char::len_utf8)..];
    let (length, shown) = (full.chars().count(), hidden[..first].chars().count() + tail.chars().count());
    length > shown && full.starts_with(&hidden[..first]) && full.ends_with(tail)
}

/// State of a matching.
struct Matching<'a> {
    persons: &'a [&'a RosterPerson],
    home: &'a Home,
    keys: Vec<String>,
    found: BTreeMap<usize, usize>,
    taken: BTreeSet<usize>,
}

impl Matching<'_> {
    fn take(&mut self, position: usize, known: usize) {
        self.found.insert(position, known);
        self.taken.insert(known);
    }

    fn open(&self) -> Vec<usize> {
        (0..self.persons.len()).filter(|position| !self.found.contains_key(position)).collect()
    }

    fn candidates(&self, fits: impl Fn(&KnownPerson) -> bool) -> Vec<usize> {
        let free = self.home.people.iter().enumerate().filter(|(known, _)| !self.taken.contains(known));
        free.filter(|(_, known)| fits(known)).map(|(known, _)| known).collect()
    }

    /// Takes the first known one that fits, listed one by listed one.
    fn take_first(&mut self, fits: impl Fn(&RosterPerson, &str, &KnownPerson) -> bool) {
        for position in self.open() {
            let found = self.candidates(|known| fits(self.persons[position], &self.keys[position], known));
            if let Some(known) = found.first() {
                self.take(position, *known);
            }
        }
    }

    /// Takes a known one where exactly one fits and it fits no other listed one.
    fn take_only(&mut self, fits: impl Fn(&RosterPerson, &str, &KnownPerson) -> bool) {
        let open = self.open();
        let mut claims: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for position in open {
            let found = self.candidates(|known| fits(self.persons[position], &self.keys[position], known));
            for known in &found {
                claims.entry(*known).or_default().push(if found.len() == 1 { position } else { usize::MAX });
            }
        }
        for (known, positions) in claims {
            if let [position] = positions[..]
                && position != usize::MAX
            {
                self.take(position, known);
            }
        }
    }
}

/// Matches the listed people of one home with its known ones; one fate for each.
pub(super) fn match_people(
    persons: &[&RosterPerson],
    home: &Home,
    is_name_elsewhere: &dyn Fn(&str) -> bool,
    today: LocalDate,
) -> Vec<Fate> {
    let keys: Vec<String> = persons.iter().map(|person| name_key(&person.name)).collect();
    let mut matching = Matching { persons, home, keys: keys.clone(), found: BTreeMap::new(), taken: BTreeSet::new() };
    let listed_names: BTreeSet<&str> = keys.iter().map(String::as_str).collect();
    let known_names: BTreeSet<&str> = home.people.iter().flat_map(|known| &known.names).map(String::as_str).collect();
    let same = |person: &RosterPerson, known: &KnownPerson| compare_numbers(person, known) == Agreement::Same;
    let open = |person: &RosterPerson, known: &KnownPerson| compare_numbers(person, known) != Agreement::Contrary;
    // Whose name is free: it is nobody else's on either side, so that nobody is renamed across.
    let is_free = |key: &str, known: &KnownPerson| {
        !known_names.contains(key) && !known.names.iter().any(|name| listed_names.contains(name.as_str()))
    };
    matching.take_first(|person, key, known| {
        let is_named = person.id.is_some_and(|id| known.entries.contains(&id));
        is_named
            && open(person, known)
            && (known.names.contains(key)
                || same(person, known)
                || is_free(key, known)
                || name_fits(&person.name, known))
    });
    matching.take_first(|person, key, known| same(person, known) && known.names.contains(key));
    matching.take_first(|person, _, known| same(person, known) && name_fits(&person.name, known));
    matching.take_first(|person, key, known| {
        known.names.contains(key)
            && !is_masked(key)
            && open(person, known)
            && person.relation.is_some()
            && person.relation == known.relation
    });
    let uncertain = take_by_name(&mut matching);
    // A mended number: the only one of this name and relation, and one of the two numbers is none.
    matching.take_only(|person, key, known| {
        let is_one_wrong =
            !is_valid(&person.id_no, today) || !known.numbers.iter().any(|number| is_valid(number, today));
        known.names.contains(key)
            && person.relation == known.relation
            && is_one_wrong
            && person.masked_id.is_empty()
            && compare_numbers(person, known) == Agreement::Contrary
    });
    // Names that have moved up against the numbers are names of others: nobody is given one.
    matching.take_first(|person, key, known| same(person, known) && is_free(key, known) && !is_name_elsewhere(key));
    let is_hidden_name = |known: &KnownPerson| known.names.iter().all(|name| is_masked(name));
    let is_hidden = |person: &RosterPerson| is_masked(&person.name) || !person.masked_id.is_empty();
    matching.take_only(|person, _, known| {
        // A full name may replace a hidden one only where no number belongs to the hidden one.
        let hides = is_hidden(person) || is_hidden_name(known) && known.numbers.is_empty();
        hides && name_fits(&person.name, known) && open(person, known)
    });
    let may_be_hidden = |person: &RosterPerson| {
        let free = home.people.iter().enumerate().filter(|(at, _)| !matching.taken.contains(at));
        free.map(|(_, known)| known)
            .any(|known| is_hidden_name(known) && name_fits(&person.name, known) && open(person, known))
    };
    let has_other_number = |position: usize| {
        let person = persons[position];
        let free = home.people.iter().enumerate().filter(|(at, _)| !matching.taken.contains(at));
        person.relation.is_some()
            && free.map(|(_, known)| known).any(|known| {
                known.relation == person.relation
                    && known.names.contains(&keys[position])
                    && compare_numbers(person, known) == Agreement::Contrary
            })
    };
    let held: BTreeSet<&String> = home.people.iter().flat_map(|known| &known.numbers).collect();
    let fate = |position: usize| {
        let person = persons[position];
        if let Some(known) = matching.found.get(&position) {
            Fate::Known(*known)
        } else if uncertain.contains(&position) {
            Fate::Uncertain(FindingCode::PersonUncertain, "此户有几个同名的人，名单没有写明是哪一个，未导入此人")
        } else if has_other_number(position) {
            let why = "与此户已登记的同名同关系的人证件号码不同，未导入此人，请核对是更正号码还是另一人";
            Fate::Uncertain(FindingCode::PersonUncertain, why)
        } else if held.contains(&person.id_no) {
            Fate::Uncertain(FindingCode::PersonUncertain, "证件号码在此户登记在另一姓名下，未导入此人，请核对")
        } else if is_hidden(person) && !home.people.is_empty() || may_be_hidden(person) {
            Fate::Uncertain(
                FindingCode::PersonUncertain,
                "姓名或证件号码有隐去的字，与此户已登记的人对不上，未导入此人",
            )
        } else {
            Fate::New
        }
    };
    (0..persons.len()).map(fate).collect()
}

/// By name alone: one by one where as many are known as are listed, or only one is known. Whoever is listed under a
/// name that more people have is uncertain.
fn take_by_name(matching: &mut Matching<'_>) -> BTreeSet<usize> {
    let mut uncertain = BTreeSet::new();
    let names: BTreeSet<String> = matching.open().iter().map(|at| matching.keys[*at].clone()).collect();
    for name in names.iter().filter(|name| !is_masked(name)) {
        let listed: Vec<usize> = matching.open().into_iter().filter(|at| matching.keys[*at] == *name).collect();
        let known = matching.candidates(|known| known.names.contains(name));
        let is_one_to_one = known.len() <= listed.len();
        for position in listed {
            let fits = |known: &KnownPerson| {
                known.names.contains(name) && compare_numbers(matching.persons[position], known) != Agreement::Contrary
            };
            let found = matching.candidates(fits);
            match found[..] {
                [] => {}
                [only] => matching.take(position, only),
                [first, ..] if is_one_to_one => matching.take(position, first),
                _ => {
                    uncertain.insert(position);
                }
            }
        }
    }
    uncertain
}
