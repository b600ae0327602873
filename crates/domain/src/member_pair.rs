//! Two entries of one household that may be one person.
//!
//! Two workers who write the same newcomer down without network make two members. Which entries are one person is said
//! about a pair ([`Household::pairs`]), never by changing or removing an entry: both stay with their history, and what
//! was said can be said otherwise later. Of what two devices say of a pair the later wins and nobody is asked.
//!
//! Entries joined by such pairs are one person, however the pairs were drawn; the oldest entry stands for all of them.
//! So two devices that join the same entries in different ways come to the same person.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::codes::Residence;
use crate::household::{Household, Member};
use crate::id::MemberId;
use crate::particulars::{Particulars, PersonParticulars};
use crate::text::to_half_width;
use crate::time::UnixMillis;

/// Two members of one household, the older first; as a text their ids with a `~` between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MemberPair {
    older: MemberId,
    younger: MemberId,
}

impl MemberPair {
    /// The pair of these two; `None`: they are one entry.
    #[must_use]
    pub fn new(one: MemberId, other: MemberId) -> Option<Self> {
        (one != other).then(|| Self { older: one.min(other), younger: one.max(other) })
    }

    /// The entry that was made first.
    #[must_use]
    pub const fn older(self) -> MemberId {
        self.older
    }

    /// The entry that was made later.
    #[must_use]
    pub const fn younger(self) -> MemberId {
        self.younger
    }
}

impl fmt::Display for MemberPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}", self.older, self.younger)
    }
}

impl From<MemberPair> for String {
    fn from(pair: MemberPair) -> Self {
        pair.to_string()
    }
}

/// A text that is not a pair of members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a pair of members (two ids with a ~ between)")]
pub struct InvalidMemberPair;

impl FromStr for MemberPair {
    type Err = InvalidMemberPair;

    fn from_str(text: &str) -> Result<Self, InvalidMemberPair> {
        let (one, other) = text.split_once('~').ok_or(InvalidMemberPair)?;
        let read = |text: &str| text.parse::<MemberId>().map_err(|_| InvalidMemberPair);
        Self::new(read(one)?, read(other)?).ok_or(InvalidMemberPair)
    }
}

impl TryFrom<String> for MemberPair {
    type Error = InvalidMemberPair;

    fn try_from(text: String) -> Result<Self, InvalidMemberPair> {
        text.parse()
    }
}

/// What was said of a pair, as one text that sorts by time: `0001795363200000|same`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PairMark {
    /// When, by the device of whoever said it.
    pub at: UnixMillis,
    /// They are one person; else they are two, whatever looks alike.
    pub is_same: bool,
}

impl From<PairMark> for String {
    fn from(mark: PairMark) -> Self {
        format!("{:016}|{}", mark.at.as_i64().max(0), if mark.is_same { "same" } else { "two" })
    }
}

impl TryFrom<String> for PairMark {
    type Error = InvalidMemberPair;

    fn try_from(text: String) -> Result<Self, InvalidMemberPair> {
        let (ms, said) = text.split_once('|').ok_or(InvalidMemberPair)?;
        let ms = ms.parse().map_err(|_| InvalidMemberPair)?;
        Ok(Self { at: UnixMillis::new(ms), is_same: said == "same" })
    }
}

/// One person: the oldest entry, with what only the others say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The oldest entry.
    pub id: MemberId,
    /// As it is shown: the oldest entry's, and what it leaves open from the next.
    pub member: Member,
    /// The other entries, oldest first.
    pub aliases: Vec<MemberId>,
}

impl Person {
    /// All entries, the one that stands for all first.
    pub fn entries(&self) -> impl Iterator<Item = MemberId> + '_ {
        std::iter::once(self.id).chain(self.aliases.iter().copied())
    }

    /// Whether the person lives here no more.
    #[must_use]
    pub const fn has_left(&self) -> bool {
        matches!(self.member.residence, Some(Residence::MovedOut | Residence::Deceased))
    }

    /// The person's particulars: the oldest entry's, and what it leaves open from the next; numbers and tags of all.
    #[must_use]
    pub fn particulars(&self, particulars: &Particulars) -> Option<PersonParticulars> {
        let mut found = self.entries().filter_map(|id| particulars.members.get(&id));
        let mut all = found.next()?.clone();
        for other in found {
            fill(&mut all.id_no, &other.id_no);
            fill(&mut all.birth_month, &other.birth_month);
            fill(&mut all.work_or_school, &other.work_or_school);
            fill(&mut all.health_note, &other.health_note);
            fill(&mut all.remark, &other.remark);
            all.sex = all.sex.or(other.sex);
            all.population_type = all.population_type.or(other.population_type);
            all.tels.extend(other.tels.iter().cloned());
            all.care_tags.extend(other.care_tags.iter().copied());
        }
        Some(all)
    }
}

fn fill(text: &mut String, other: &str) {
    if text.is_empty() {
        other.clone_into(text);
    }
}

impl Household {
    /// Everybody who is or was listed, the oldest entry first.
    #[must_use]
    pub fn people(&self) -> Vec<Person> {
        let mut people: BTreeMap<MemberId, Person> = BTreeMap::new();
        let oldest = self.find_oldest_entries();
        for (id, member) in &self.members {
            let first = oldest.get(id).copied().unwrap_or(*id);
            match people.get_mut(&first) {
                None => {
                    people.insert(first, Person { id: *id, member: member.clone(), aliases: Vec::new() });
                }
                Some(person) => {
                    person.aliases.push(*id);
                    person.member.relation = person.member.relation.or(member.relation);
                    person.member.residence = person.member.residence.or(member.residence);
                }
            }
        }
        people.into_values().collect()
    }

    /// The person that an entry belongs to.
    #[must_use]
    pub fn find_person(&self, id: MemberId) -> Option<Person> {
        self.people().into_iter().find(|person| person.entries().any(|entry| entry == id))
    }

    /// For each entry that is joined with others, the oldest of them; ids of entries that are not here join as well.
    fn find_oldest_entries(&self) -> BTreeMap<MemberId, MemberId> {
        let mut oldest: BTreeMap<MemberId, MemberId> = BTreeMap::new();
        for (pair, _) in self.pairs.iter().filter(|(_, mark)| mark.is_same) {
            let [one, other] = [pair.older, pair.younger].map(|id| oldest.get(&id).copied().unwrap_or(id));
            let (first, second) = (one.min(other), one.max(other));
            oldest.values_mut().filter(|root| **root == second).for_each(|root| *root = first);
            oldest.extend([(pair.older, first), (pair.younger, first), (second, first), (first, first)]);
        }
        // An entry that is not here (it was erased) stands for nobody: the oldest that is here does.
        let mut groups: BTreeMap<MemberId, Vec<MemberId>> = BTreeMap::new();
        for (id, root) in oldest.iter().filter(|(id, _)| self.members.contains_key(*id)) {
            groups.entry(*root).or_default().push(*id);
        }
        groups.into_values().flat_map(|ids| ids.clone().into_iter().map(move |id| (id, ids[0]))).collect()
    }

    /// Pairs of people who live here and look like one: the same name or the same identity number, and nobody has said
    /// that they are two. The older first.
    #[must_use]
    pub fn find_possible_pairs(&self, particulars: Option<&Particulars>) -> Vec<MemberPair> {
        let people: Vec<Person> = self.people().into_iter().filter(|person| !person.has_left()).collect();
        let id_no = |person: &Person| {
            let found = particulars.and_then(|particulars| person.particulars(particulars));
            found.map(|found| found.id_no).filter(|id_no| !id_no.is_empty())
        };
        let known: Vec<_> =
            people.iter().map(|person| (person, plain_name(&person.member.name), id_no(person))).collect();
        let mut pairs = Vec::new();
        for (index, (one, name, number)) in known.iter().enumerate() {
            for (other, other_name, other_number) in &known[index + 1..] {
                let differs = number.is_some() && other_number.is_some() && number != other_number;
                let looks_alike = (name == other_name && !differs) || (number.is_some() && number == other_number);
                if looks_alike && !self.are_two(one, other) {
                    pairs.extend(MemberPair::new(one.id, other.id));
                }
            }
        }
        pairs
    }

    /// Whether somebody said of any two entries of these people that they are not one.
    fn are_two(&self, one: &Person, other: &Person) -> bool {
        let others: BTreeSet<MemberId> = other.entries().collect();
        one.entries().any(|id| {
            others.iter().filter_map(|other| MemberPair::new(id, *other)).any(|pair| self.pairs.contains_key(&pair))
        })
    }

    /// Says that these two are one person, or that they are two. An entry that is taken out of a person leaves the rest
    /// of it one person.
    pub fn mark_pair(&mut self, pair: MemberPair, is_same: bool, at: UnixMillis) {
        let mark = PairMark { at, is_same };
        let joined = self.find_person(pair.younger).filter(|person| person.entries().any(|entry| entry == pair.older));
        if let (false, Some(person)) = (is_same, joined) {
            let rest: Vec<MemberId> = person.entries().filter(|entry| *entry != pair.younger).collect();
            let apart = rest.iter().filter_map(|entry| MemberPair::new(*entry, pair.younger));
            self.pairs.extend(apart.map(|apart| (apart, mark)));
            let still = rest.iter().skip(1).filter_map(|entry| MemberPair::new(rest[0], *entry));
            self.pairs.extend(still.map(|still| (still, PairMark { at, is_same: true })));
        }
        self.pairs.insert(pair, mark);
    }
}

/// A name as it is compared: without spaces and dots, half-width, in one case.
fn plain_name(name: &str) -> String {
    to_half_width(name).to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{bare_household, bare_particulars};

    fn id(n: u8) -> MemberId {
        MemberId::new(UnixMillis::new(i64::from(n)), [n; 10])
    }

    fn pair(one: u8, other: u8) -> MemberPair {
        MemberPair::new(id(one), id(other)).expect("two")
    }

    fn home(names: &[&str]) -> Household {
        let member = |name: &&str| Member { name: (*name).to_owned(), relation: None, residence: None };
        let members = names.iter().enumerate().map(|(n, name)| (id(n as u8 + 1), member(name))).collect();
        Household { members, ..bare_household() }
    }

    fn ids(household: &Household) -> Vec<(MemberId, Vec<MemberId>)> {
        household.people().into_iter().map(|person| (person.id, person.aliases)).collect()
    }

    #[test]
    fn a_pair_is_one_text_whichever_is_named_first() {
        let text = pair(2, 1).to_string();
        assert_eq!(text, pair(1, 2).to_string());
        assert_eq!(text.parse(), Ok(pair(1, 2)));
        assert!(!text.contains('.'), "a part of a path");
        assert_eq!(MemberPair::new(id(1), id(1)), None);
        assert!("x~y".parse::<MemberPair>().is_err());
        let mark = PairMark { at: UnixMillis::new(1_795_363_200_000), is_same: true };
        assert_eq!(String::from(mark), "0001795363200000|same");
        assert_eq!(PairMark::try_from(String::from(mark)), Ok(mark));
    }

    #[test]
    fn joined_in_any_way_they_are_one_person() {
        for joined in [vec![(1, 2), (2, 3)], vec![(2, 3), (1, 2)], vec![(1, 3), (2, 3)], vec![(3, 1), (2, 1), (3, 2)]] {
            let mut household = home(&["张小雨", "张小雨", "张晓雨", "李雷"]);
            for (one, other) in &joined {
                household.mark_pair(pair(*one, *other), true, UnixMillis::new(9));
            }
            assert_eq!(ids(&household), [(id(1), vec![id(2), id(3)]), (id(4), vec![])], "{joined:?}");
        }
    }

    #[test]
    fn who_was_joined_wrongly_is_taken_apart_and_not_suggested_again() {
        let mut household = home(&["张小雨", "张小雨"]);
        assert_eq!(household.find_possible_pairs(None), [pair(1, 2)]);
        household.mark_pair(pair(1, 2), true, UnixMillis::new(1));
        assert!(household.find_possible_pairs(None).is_empty());
        assert_eq!(household.people().len(), 1);
        household.mark_pair(pair(1, 2), false, UnixMillis::new(2));
        assert_eq!(household.people().len(), 2);
        assert!(household.find_possible_pairs(None).is_empty());
    }

    #[test]
    fn an_entry_leaves_a_person_of_three_and_the_others_stay_one() {
        let mut household = home(&["张小雨", "张小雨", "张小雨"]);
        household.mark_pair(pair(1, 3), true, UnixMillis::new(1));
        household.mark_pair(pair(2, 3), true, UnixMillis::new(1));
        household.mark_pair(pair(1, 3), false, UnixMillis::new(2));
        assert_eq!(ids(&household), [(id(1), vec![id(2)]), (id(3), vec![])]);
    }

    #[test]
    fn numbers_tell_people_of_one_name_apart_and_join_two_spellings() {
        let household = home(&["阿卜杜拉·买买提", "阿卜杜拉买买提", "张小雨", "章小雨"]);
        assert_eq!(household.find_possible_pairs(None), [pair(1, 2)]);
        let person = |id_no: &str| PersonParticulars { id_no: id_no.into(), ..PersonParticulars::default() };
        let numbers = ["990101198506120024", "99010119900307004X", "990101199003070058", "990101199003070058"];
        let members = numbers.iter().enumerate().map(|(n, id_no)| (id(n as u8 + 1), person(id_no))).collect();
        let particulars = Particulars { members, ..bare_particulars() };
        assert_eq!(household.find_possible_pairs(Some(&particulars)), [pair(3, 4)]);
    }

    #[test]
    fn one_person_shows_what_either_entry_knows() {
        let mut household = home(&["张小雨", "张小雨"]);
        household.members.get_mut(&id(2)).expect("there").residence = Some(Residence::Away);
        household.mark_pair(pair(1, 2), true, UnixMillis::new(1));
        let tels = |tel: &str| PersonParticulars { tels: [tel.to_owned()].into(), ..PersonParticulars::default() };
        let members = [(id(1), tels("19900000001")), (id(2), tels("19900000002"))].into();
        let particulars = Particulars { members, ..bare_particulars() };
        let person = &household.people()[0];
        assert_eq!(person.member.residence, Some(Residence::Away));
        assert_eq!(person.particulars(&particulars).map(|found| found.tels.len()), Some(2));
        assert_eq!(household.current_members().len(), 1);
    }
}
