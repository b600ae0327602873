//! Compares a ledger after two imports with what was and is true.

use std::collections::{BTreeMap, BTreeSet};

use domain::codes::Residence;

use domain::household::Member;
use domain::particulars::PersonParticulars;
use roster::Roster;

use super::district::{District, Person};
use super::list::Written;
use super::oracle::{Verdict, Violation, fold};
use crate::office::Office;

/// A list with its truth.
type Step<'a> = (&'a District, &'a Written, Roster);

/// Imports both lists, the second one twice, and judges the ledger.
pub(crate) fn judge_imports(steps: [Step<'_>; 2], story: &mut String) -> Verdict {
    let [(before, first, one), (after, second, two)] = steps;
    let people = gather_people([before, after], [first, second]);
    let mut verdict = Verdict::default();
    let mut office = Office::default();
    office.write(one);
    judge_ledger(&office, &people, "after the first list", &mut verdict);
    let valid = valid_numbers(&office, &people);
    let done = office.write(two.clone());
    judge_ledger(&office, &people, "after the second list", &mut verdict);
    let still: BTreeSet<_> = valid_numbers(&office, &people);
    for number in valid.difference(&still) {
        verdict.violations.push(Violation { kind: "valid number replaced", text: number.clone() });
    }
    story.push_str(&format!("\nledger: {:#?}\n", office.doors()));
    for finding in done.findings.iter().filter(|finding| finding.row == 0 || finding.code.code().contains("no_longer"))
    {
        story.push_str(&format!("  {} {}: {}\n", finding.row, finding.code, finding.text));
    }
    let doors = office.doors();
    let again = office.write(two);
    if (again.added, again.edited) != (0, 0) {
        let text = format!("{} added, {} edited", again.added, again.edited);
        verdict.violations.push(Violation { kind: "the same list again changes something", text });
    }
    if office.doors() != doors {
        verdict.violations.push(Violation { kind: "the same list again changes something", text: "doors".to_owned() });
    }
    verdict.homes = office.households().count();
    verdict
}

/// Everybody of both times: their names, numbers as they may be read, and homes.
struct Known {
    names: BTreeSet<String>,
    numbers: BTreeSet<String>,
    valid: String,
    homes: BTreeSet<usize>,
}

fn gather_people(districts: [&District; 2], written: [&Written; 2]) -> BTreeMap<u32, Known> {
    let mut people: BTreeMap<u32, Known> = BTreeMap::new();
    for (district, written) in districts.into_iter().zip(written) {
        for (position, home) in district.homes.iter().enumerate() {
            for Person { serial, name, id_no, .. } in &home.people {
                let known = people.entry(*serial).or_insert_with(|| Known {
                    names: BTreeSet::new(),
                    numbers: BTreeSet::new(),
                    valid: String::new(),
                    homes: BTreeSet::new(),
                });
                known.names.insert(fold(name));
                known.homes.insert(position);
                known.numbers.extend(written.numbers.get(serial).into_iter().flatten().cloned());
                if !id_no.is_empty() {
                    known.valid.clone_from(id_no);
                }
            }
        }
    }
    people
}

/// The right numbers that the ledger holds.
fn valid_numbers(office: &Office, people: &BTreeMap<u32, Known>) -> BTreeSet<String> {
    let right: BTreeSet<_> =
        people.values().map(|known| known.valid.as_str()).filter(|valid| !valid.is_empty()).collect();
    let held = office.people().map(|(_, _, details)| details.id_no);
    held.filter(|number| right.contains(number.as_str())).collect()
}

fn judge_ledger(office: &Office, people: &BTreeMap<u32, Known>, when: &str, verdict: &mut Verdict) {
    let mut blame = |kind, text: String| verdict.violations.push(Violation { kind, text: format!("{text} {when}") });
    let mut bearers: BTreeMap<String, usize> = BTreeMap::new();
    let mut homes: BTreeMap<String, Vec<BTreeSet<usize>>> = BTreeMap::new();
    for (home, member, details) in office.people() {
        let fitting = find_people(people, member, &details);
        if fitting.is_empty() {
            let by_name = people.values().any(|known| known.names.contains(&fold(&member.name)));
            let kind = if by_name { "moved number in the ledger" } else { "invented person in the ledger" };
            blame(kind, format!("{} {}", member.name, details.id_no));
        }
        // Who left one home and lives in another stands in both.
        let has_left = matches!(member.residence, Some(Residence::MovedOut | Residence::Deceased));
        if !details.id_no.is_empty() && !has_left {
            *bearers.entry(details.id_no).or_default() += 1;
        }
        let lived = fitting.iter().flat_map(|known| known.homes.iter().copied()).collect();
        homes.entry(format!("{} ({})", home.place.full(), home.id)).or_default().push(lived);
    }
    for (number, count) in bearers.into_iter().filter(|(_, count)| *count > 1) {
        blame("number twice in the ledger", format!("{number} × {count}"));
    }
    for (door, lived) in homes {
        let mut common = lived.iter().cloned();
        let Some(first) = common.next() else { continue };
        let common = common.fold(first, |all, one| &all & &one);
        if common.is_empty() {
            blame("false join in the ledger", door);
        }
    }
    office.assert_valid();
}

/// Who a member of a record may be: somebody with the name, and with the number when there is one.
fn find_people<'a>(people: &'a BTreeMap<u32, Known>, member: &Member, details: &PersonParticulars) -> Vec<&'a Known> {
    let name = fold(&member.name);
    let is_number = |known: &Known| details.id_no.is_empty() || known.numbers.contains(&details.id_no);
    people.values().filter(|known| known.names.contains(&name) && is_number(known)).collect()
}
