//! Findings: what was odd in a roster, said so that a person at the office finds the cell.

use std::fmt;

use serde::{Serialize, Serializer};

use super::RowRef;

/// Something odd. Its text is Chinese and names row and column, never a resident's name or number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// File name.
    pub file: String,
    /// Sheet name; empty for CSV.
    pub sheet: String,
    /// Row, from 1, as the spreadsheet program shows it; 0 when it concerns what is *not* in the file.
    pub row: u32,
    /// What kind of oddity.
    pub code: FindingCode,
    /// What it is and what was done about it.
    pub text: String,
}

impl Finding {
    pub(crate) fn new(at: &RowRef, code: FindingCode, text: impl Into<String>) -> Self {
        Self { file: at.file.clone(), sheet: at.sheet.clone(), row: at.row, code, text: text.into() }
    }
}

macro_rules! finding_codes {
    ($( $(#[$doc:meta])* $variant:ident = $code:literal; )+) => {
        /// The kinds of findings. The codes are stable: scripts of the office read them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FindingCode { $( $(#[$doc])* $variant, )+ }

        impl FindingCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }
        }
    };
}

finding_codes! {
    /// The check digit of an identity number is wrong; the number is kept.
    IdChecksum = "id_checksum";
    /// Not an identity number at all (length, letters, date of birth); kept as given.
    IdInvalid = "id_invalid";
    /// The person has no identity number.
    IdMissing = "id_missing";
    /// The spreadsheet has rounded the number (more than 15 digits as a number); it cannot be used.
    IdDigitsLost = "id_digits_lost";
    /// Another identity document than the resident's card; kept, not checked.
    IdOtherDocument = "id_other_document";
    /// A lower-case x at the end of an identity number became a capital one.
    LowerX = "lower_x";
    /// The same identity number stands on an earlier row.
    DuplicatePerson = "duplicate_person";
    /// The sex column and the identity number disagree.
    SexMismatch = "sex_mismatch";
    /// Two or more phone numbers of one person, in one cell or several columns; all kept.
    TwoPhones = "two_phones";
    /// Not a phone number; what was written is kept as a remark.
    PhoneInvalid = "phone_invalid";
    /// A date of birth that cannot be read; kept as a remark.
    BirthInvalid = "birth_invalid";
    /// A relation that is not on the list; kept as a remark.
    RelationUnknown = "relation_unknown";
    /// A sex, population type or house status that is not on its list.
    ValueUnknown = "value_unknown";
    /// A value that may not be kept (a label on a person that is no care tag).
    ValueNotKept = "value_not_kept";
    /// A cell that was filled in the last import is blank now; the earlier value stays.
    ValueBlankKept = "value_blank_kept";
    /// A phone or identity number stood where everybody may read it; it was moved to the particulars.
    NumberInName = "number_in_name";
    /// Several persons in one name cell whose numbers cannot be told apart.
    SeveralPersons = "several_persons";
    /// A spreadsheet made a date of a door (`3-2`); it was turned back.
    DateInPlace = "date_in_place";
    /// A door cell holds an error, a formula without result, or is struck out.
    DoorError = "door_error";
    /// What the row leaves blank, or where it stands, leaves open which home it is.
    DoorUncertain = "door_uncertain";
    /// A remark in the room's cell was moved to the home's state or remark.
    RemarkInDoor = "remark_in_door";
    /// More than one head behind one door.
    SecondHead = "second_head";
    /// A row of another name than the grid that was given.
    GridOther = "grid_other";
    /// A row between homes that says where the rows below it are.
    SectionRow = "section_row";
    /// A row that the spreadsheet program does not show; it was read.
    RowHidden = "row_hidden";
    /// A quotation mark without its partner was read as a character.
    QuoteRepaired = "quote_repaired";
    /// A struck-out row or name; not taken.
    RowStruck = "row_struck";
    /// A column that the spreadsheet program does not show; it was read.
    ColumnHidden = "column_hidden";
    /// Names or numbers of owners, who need not live there; not taken.
    ColumnOwner = "column_owner";
    /// A column of which it is not certain whose values it holds; not taken.
    ColumnUnclear = "column_unclear";
    /// Cells show something else than the file holds; what is shown was read.
    ValueShown = "value_shown";
    /// An error, a formula without result or a struck-out value; not taken.
    ValueError = "value_error";
    /// A name holds a stand-in for a character that was lost.
    CharacterLost = "character_lost";
    /// A mark on a name became the person's state, relation or remark.
    NameMarked = "name_marked";
    /// The name cell names nobody; it became the home's remark.
    NameIsNote = "name_is_note";
    /// Identity and phone number of one person stood in each other's place.
    NumbersSwapped = "numbers_swapped";
    /// A name with hidden characters; a known full one stays.
    NameMasked = "name_masked";
    /// An identity number with hidden digits; not taken, a known one stays.
    IdMasked = "id_masked";
    /// A phone number with hidden digits; not taken, known ones stay.
    TelMasked = "tel_masked";
    /// 同上 in place of a phone number; nobody's number was copied.
    TelDitto = "tel_ditto";
    /// A person without a name; the row was not taken.
    NameMissing = "name_missing";
    /// A row with persons but without a room.
    RoomMissing = "room_missing";
    /// A one-column address that could not be split; taken as a whole.
    AddressUnclear = "address_unclear";
    /// A grid that is no 15-digit code.
    GridMissing = "grid_missing";
    /// Full-width digits of an address or number were made plain.
    FullWidth = "full_width";
    /// A dwelling called vacant that lists a person; the person was taken.
    VacantWithPerson = "vacant_with_person";
    /// A dwelling not called vacant that lists nobody.
    NobodyListed = "nobody_listed";
    /// A vacant dwelling that is listed more than once.
    HouseholdRepeated = "household_repeated";
    /// More persons than one household may have; the rest became further households.
    HouseholdSplit = "household_split";
    /// A text longer than its field; cut.
    TextCut = "text_cut";
    /// A row that is no person and no dwelling: sub-total, footer, repeated header, note.
    RowSkipped = "row_skipped";
    /// A title above the header.
    TitleRow = "title_row";
    /// A sheet without a roster header (notes, code lists) was not read.
    SheetSkipped = "sheet_skipped";
    /// A hidden sheet was not read.
    SheetHidden = "sheet_hidden";
    /// A column of a kind that must not be stored.
    ColumnNotKept = "column_not_kept";
    /// A column of unknown meaning; not taken.
    ColumnUnknown = "column_unknown";
    /// Two columns of one meaning; the first counts, the second fills its blanks.
    ColumnRepeated = "column_repeated";
    /// A useful column is not there.
    ColumnMissing = "column_missing";
    /// The text of a file did not decode cleanly.
    TextDamaged = "text_damaged";
    /// Somebody or some dwelling of the last import is not in this one; nothing was deleted.
    NoLongerListed = "no_longer_listed";
    /// A file that is no table, or is there twice, was passed over.
    FileSkipped = "file_skipped";
    /// Something in the ledger cannot be read or written; `verify` names it.
    LedgerDamaged = "ledger_damaged";
    /// The ledger has another value than the list; it stays.
    ValueKept = "value_kept";
    /// A person or home is known behind another door; not written before somebody has confirmed the move.
    MoveUnconfirmed = "move_unconfirmed";
    /// A confirmed move was written: the person is at the new door, and moved out at the old one.
    MoveWritten = "move_written";
    /// Which person of a known home is meant is not certain.
    PersonUncertain = "person_uncertain";
    /// A home is known under another address; the address was changed.
    HomeRenamed = "home_renamed";
    /// Two doors of the list turned out to be one known home.
    HomesJoined = "homes_joined";
    /// The list names nobody for a home with people; nobody was removed.
    HomeEmptied = "home_emptied";
    /// A new home looks like a known one that the list does not mention.
    HomePerhapsKnown = "home_perhaps_known";
}

impl fmt::Display for FindingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for FindingCode {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self.code())
    }
}
