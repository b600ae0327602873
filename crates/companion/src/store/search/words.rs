//! Cutting names, addresses and reports into tokens.

use std::collections::BTreeSet;

use domain::category::find_category;
use domain::text::to_half_width;
use domain::{Household, Incident};

use super::door::{Door, DoorPart};
use super::pinyin::read_aloud;

/// Stands between two fields so that no phrase reaches over: a private-use character, a token that nobody types.
const BOUNDARY: &str = "\u{e000}";

/// The tokens of one household or incident, a column each; see the tables `search` and `incident_search`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Words {
    pub(super) single: String,
    pub(super) pair: String,
    pub(super) digits: String,
    pub(super) door: String,
    pub(super) pinyin: String,
    pub(super) initials: String,
}

impl Words {
    /// Tells whether the tokens have changed (FNV-1a, 64 bit: cheap, stable, and a collision merely keeps old words).
    pub(crate) fn hash(&self) -> i64 {
        let columns = [&self.single, &self.pair, &self.digits, &self.door, &self.pinyin, &self.initials];
        let bytes = columns.into_iter().flat_map(|column| column.bytes().chain([0xff]));
        let hash = bytes
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        hash.cast_signed()
    }
}

/// One piece of a text that tokens are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// One Chinese (or other non-ASCII) letter.
    Letter(char),
    /// A run of ASCII digits.
    Digits(&'a str),
    /// A run of ASCII letters.
    Latin(&'a str),
    /// Anything else: it ends a phrase.
    Gap,
}

/// Cuts a text that is half-width and lower-case.
pub(super) fn cut(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_same = |c: char| {
            if first.is_ascii_digit() {
                c.is_ascii_digit()
            } else {
                first.is_ascii_alphabetic() && c.is_ascii_alphabetic()
            }
        };
        let length = rest.find(|c| !is_same(c)).unwrap_or(rest.len()).max(first.len_utf8());
        let (run, tail) = rest.split_at(length);
        rest = tail;
        pieces.push(match first {
            c if c.is_ascii_digit() => Piece::Digits(run),
            c if c.is_ascii_alphabetic() => Piece::Latin(run),
            c if c.is_alphanumeric() => Piece::Letter(c),
            _ => Piece::Gap,
        });
    }
    pieces
}

/// A text as it is cut and compared; `ü` is `v`, as it is typed.
pub(in crate::store) fn normalise(text: &str) -> String {
    to_half_width(text).trim().to_lowercase().replace("u\u{308}", "v").replace('ü', "v")
}

/// The tokens of a household.
pub(crate) fn collect_words(household: &Household) -> Words {
    let place = &household.place;
    let names: BTreeSet<&str> = std::iter::once(household.contact_name.as_str())
        .chain(household.members.values().map(|member| member.name.as_str()))
        .filter(|name| !name.trim().is_empty())
        .collect();
    let mut words = Words::default();
    let address = [&place.compound, &place.building, &place.unit, &place.room].map(|part| normalise(part));
    // As one text too, so that 海棠花园1栋 is a phrase.
    add_text(&mut words, &address.concat());
    for part in &address {
        add_digits(&mut words, part);
    }
    for name in &names {
        add_name(&mut words, name);
    }
    add_pinyin(&mut words, &address[0], false);
    add_door(&mut words, &address);
    words
}

/// The tokens of one name.
pub(crate) fn collect_name_words(name: &str) -> Words {
    let mut words = Words::default();
    add_name(&mut words, name);
    words
}

/// The tokens of an incident: title, text, address, and what its category is called. The long text is not read aloud.
pub(crate) fn collect_incident_words(incident: &Incident) -> Words {
    let mut words = Words::default();
    let [title, text, address] = [&incident.title, &incident.text, &incident.address_text].map(|part| normalise(part));
    for part in [&title, &text, &address] {
        add_text(&mut words, part);
        add_digits(&mut words, part);
    }
    let category = find_category(&incident.category);
    let names = category.iter().flat_map(|category| [category.zh, category.en, category.group().zh]);
    let names: Vec<String> = names.map(normalise).collect();
    for name in &names {
        add_text(&mut words, name);
    }
    for spoken in names.iter().chain([&title, &address]) {
        add_pinyin(&mut words, spoken, false);
    }
    push(&mut words.door, &numbers_of(&[&address]));
    words
}

fn push(column: &mut String, token: &str) {
    if !column.is_empty() {
        column.push(' ');
    }
    column.push_str(token);
}

fn add_text(words: &mut Words, text: &str) {
    let mut before = None;
    let mut buffer = [0; 4];
    for piece in cut(text) {
        match piece {
            Piece::Letter(letter) => {
                push(&mut words.single, letter.encode_utf8(&mut buffer));
                if let Some(before) = before {
                    push(&mut words.pair, &String::from_iter([before, letter]));
                }
                before = Some(letter);
                continue;
            }
            Piece::Digits(run) | Piece::Latin(run) => push(&mut words.single, run),
            Piece::Gap => {}
        }
        if before.take().is_some() {
            push(&mut words.pair, BOUNDARY);
        }
    }
    push(&mut words.single, BOUNDARY);
    push(&mut words.pair, BOUNDARY);
}

/// A name as it is written, and without the dot or the spaces that stand in it: 阿卜杜拉·买买提 is typed without.
fn add_name(words: &mut Words, name: &str) {
    let name = normalise(name);
    add_text(words, &name);
    let joined: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
    if joined != name {
        add_text(words, &joined);
    }
    add_digits(words, &name);
    add_pinyin(words, &name, true);
}

/// Every tail of every run, so that any part of a number is a prefix of a token.
fn add_digits(words: &mut Words, text: &str) {
    for piece in cut(text) {
        if let Piece::Digits(run) = piece {
            for start in 0..run.len() {
                push(&mut words.digits, &run[start..]);
            }
        }
    }
}

/// `1 1 402` and `1 402`, building, stairwell and room as one says them, and a token for each.
fn add_door(words: &mut Words, address: &[String; 4]) {
    let [_, building, unit, room] = address;
    let door = Door::read(building, unit, room);
    let all = [DoorPart::Building, DoorPart::Stairwell, DoorPart::Room];
    let phrases = BTreeSet::from([
        numbers_of(&[building, unit, room]),
        numbers_of(&[building, room]),
        door.numbers(&all),
        door.numbers(&[DoorPart::Building, DoorPart::Room]),
        door.tokens().join(" "),
    ]);
    for phrase in phrases.iter().filter(|phrase| !phrase.is_empty()) {
        push(&mut words.door, phrase);
        push(&mut words.door, BOUNDARY);
    }
}

fn numbers_of(parts: &[&String]) -> String {
    let runs = parts.iter().flat_map(|part| cut(part)).filter_map(|piece| match piece {
        Piece::Digits(run) => Some(run.trim_start_matches('0').to_owned()),
        _ => None,
    });
    runs.collect::<Vec<_>>().join(" ")
}

fn add_pinyin(words: &mut Words, text: &str, is_name: bool) {
    for reading in read_aloud(text, is_name) {
        for start in 0..reading.len() {
            push(&mut words.pinyin, &reading[start..].concat());
            let initials: String = reading[start..].iter().filter_map(|syllable| syllable.chars().next()).collect();
            push(&mut words.initials, &initials);
        }
    }
}
