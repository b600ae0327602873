//! Building, stairwell and room in what the office writes and what a worker types, whatever each is called.
//!
//! Stored beside the plain numbers are one token a part: `b5` for 5栋, 5号楼, 5幢 and 5#, `u4` for 4单元 and 4门, `r402` for
//! 402 and 402室. An office that writes the whole door into one field (`5-4-402`) is understood as well.
//!
//! Missing: Chinese numerals (`十栋` is not `10栋`).

use super::words::{Piece, cut};

/// A part of a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DoorPart {
    /// 楼栋
    Building,
    /// 单元
    Stairwell,
    /// 室
    Room,
}

/// What stands after a number, the longest first, and which part of a door it may mean.
const CLASSIFIERS: &[(&str, &[DoorPart])] = &[
    ("号楼", &[DoorPart::Building]),
    ("单元", &[DoorPart::Stairwell]),
    ("栋", &[DoorPart::Building]),
    ("幢", &[DoorPart::Building]),
    ("座", &[DoorPart::Building]),
    ("楼", &[DoorPart::Building]),
    ("门", &[DoorPart::Stairwell]),
    ("梯", &[DoorPart::Stairwell]),
    ("室", &[DoorPart::Room]),
    ("房", &[DoorPart::Room]),
    ("户", &[DoorPart::Room]),
    ("号", &[DoorPart::Building, DoorPart::Room]),
];

impl DoorPart {
    /// The token of this part with this number or letter.
    pub(super) fn token(self, run: &str) -> String {
        let letter = match self {
            Self::Building => 'b',
            Self::Stairwell => 'u',
            Self::Room => 'r',
        };
        let plain = run.trim_start_matches('0');
        format!("{letter}{}", if plain.is_empty() { "0" } else { plain })
    }
}

/// What the pieces after a number say it counts, and how many pieces that takes.
pub(super) fn read_classifier(after: &[Piece<'_>]) -> Option<(&'static [DoorPart], usize)> {
    CLASSIFIERS.iter().find_map(|(word, parts)| {
        let letters = word.chars().count();
        let stands = after.len() >= letters
            && after.iter().zip(word.chars()).all(|(piece, letter)| *piece == Piece::Letter(letter));
        stands.then_some((*parts, letters))
    })
}

/// The parts of a door with their numbers, in the order building, stairwell, room.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Door {
    parts: Vec<(DoorPart, String)>,
}

impl Door {
    /// Reads what the office wrote into building, stairwell and room.
    pub(super) fn read(building: &str, unit: &str, room: &str) -> Self {
        let mut parts = Vec::new();
        add_parts(&mut parts, building, &[DoorPart::Building]);
        add_parts(&mut parts, unit, &[DoorPart::Stairwell]);
        let is_alone = parts.is_empty();
        let usual: &[DoorPart] = match (is_alone, count_unnamed(room)) {
            (true, 2) => &[DoorPart::Building, DoorPart::Room],
            (true, 3) => &[DoorPart::Building, DoorPart::Stairwell, DoorPart::Room],
            _ => &[DoorPart::Room],
        };
        add_parts(&mut parts, room, usual);
        Self { parts }
    }

    /// One token a part.
    pub(super) fn tokens(&self) -> Vec<String> {
        self.parts.iter().map(|(part, run)| part.token(run)).collect()
    }

    /// The numbers of these parts with spaces between; each part's last.
    pub(super) fn numbers(&self, wanted: &[DoorPart]) -> String {
        let number = |wanted: &DoorPart| {
            let (_, run) = self.parts.iter().rev().find(|(part, run)| part == wanted && is_number(run))?;
            Some(run.trim_start_matches('0').to_owned())
        };
        wanted.iter().filter_map(number).collect::<Vec<_>>().join(" ")
    }
}

fn is_number(run: &str) -> bool {
    run.bytes().all(|byte| byte.is_ascii_digit())
}

/// Numbers that nothing says what they count.
fn count_unnamed(text: &str) -> usize {
    let pieces = cut(text);
    let is_unnamed = |at: &usize| !matches!(read_classifier(&pieces[at + 1..]), Some(([_], _)));
    (0..pieces.len()).filter(|at| matches!(pieces[*at], Piece::Digits(_))).filter(is_unnamed).count()
}

/// Adds the numbers and letters of a text; where nothing says what they count they are `usual`, the last of it repeated.
fn add_parts(parts: &mut Vec<(DoorPart, String)>, text: &str, usual: &[DoorPart]) {
    let pieces = cut(text);
    let mut unnamed = 0;
    for (at, piece) in pieces.iter().enumerate() {
        let (Piece::Digits(run) | Piece::Latin(run)) = piece else { continue };
        let part = match read_classifier(&pieces[at + 1..]) {
            Some(([part], _)) => *part,
            Some(_) | None => {
                let part = usual.get(unnamed).or(usual.last()).copied();
                unnamed += 1;
                let Some(part) = part else { continue };
                part
            }
        };
        parts.push((part, (*run).to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_door_is_the_same_however_the_office_writes_it() {
        for (building, unit, room) in [
            ("5栋", "4单元", "402"),
            ("5号楼", "4", "402室"),
            ("05幢", "4门", "402"),
            ("5", "4单元", "0402"),
            ("", "", "5-4-402"),
            ("", "", "5栋4单元402室"),
            ("", "", "5栋4单元402"),
            ("5栋4单元", "", "402"),
        ] {
            let door = Door::read(building, unit, room);
            assert_eq!(door.tokens(), ["b5", "u4", "r402"], "{building}|{unit}|{room}");
            assert_eq!(door.numbers(&[DoorPart::Building, DoorPart::Room]), "5 402");
        }
        assert_eq!(Door::read("a座", "", "1203").tokens(), ["ba", "r1203"]);
        assert_eq!(Door::read("", "", "5-402").tokens(), ["b5", "r402"]);
        assert_eq!(Door::read("", "", "").tokens(), Vec::<String>::new());
    }
}
