//! What happens in a district between two lists.

use super::district::District;
use super::random::Random;

/// The district some months later: people move, take another name, leave, come, and have their numbers added.
pub(crate) fn live_on(before: &District, random: &mut Random) -> District {
    let mut after = before.clone();
    for home in 0..after.homes.len() {
        if random.once_in(8) {
            move_family(&mut after, home, random);
        } else if random.once_in(6) {
            move_one(&mut after, home, random);
        }
        if random.once_in(6) {
            after.move_in(home, random);
        }
        let Some(person) = after.homes[home].people.last_mut() else { continue };
        match random.below(10) {
            // A name that was written wrongly, or a new one.
            0 if !person.id_no.is_empty() => person.name.push('娃'),
            1 => {
                after.homes[home].people.pop();
            }
            2 if person.id_no.is_empty() => person.id_no = crate::support::id_no(person.serial),
            _ => {}
        }
    }
    after
}

/// All of a home go to one that is empty.
fn move_family(district: &mut District, home: usize, random: &mut Random) {
    let to = random.below(district.homes.len());
    if district.homes[to].people.is_empty() {
        district.homes[to].people = std::mem::take(&mut district.homes[home].people);
    }
}

/// The last of a home goes to another.
fn move_one(district: &mut District, home: usize, random: &mut Random) {
    let to = random.below(district.homes.len());
    let Some(person) = district.homes[home].people.last() else { return };
    let is_taken = district.homes[to].people.iter().any(|other| other.name == person.name);
    if to == home || is_taken {
        return;
    }
    if let Some(mut person) = district.homes[home].people.pop() {
        person.relation = if district.homes[to].people.is_empty() { "户主" } else { "配偶" };
        district.homes[to].people.push(person);
    }
}
