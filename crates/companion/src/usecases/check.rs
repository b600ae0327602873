//! Checks of what was typed. Field names are the form's own paths.

use contract::{AddMember, CommandError, ErrorCode};
use domain::household::NAME_LIMIT;
use domain::text::{holds_new_number, to_half_width};

/// Most digits of a phone number: the international limit (ITU-T E.164) and room for an extension.
const TEL_DIGITS: std::ops::RangeInclusive<usize> = 3..=20;
/// Most characters of an identity number; wrong ones are kept as they were given.
const ID_NO_LIMIT: usize = 40;

/// A text of at most `limit` characters.
pub(super) fn check_length(field: &str, text: &str, limit: usize) -> Result<(), CommandError> {
    if text.chars().count() > limit {
        return Err(CommandError::new(ErrorCode::FieldTooLong).in_field(field));
    }
    Ok(())
}

/// A text that is there, of at most `limit` characters.
pub(super) fn check_required(field: &str, text: &str, limit: usize) -> Result<(), CommandError> {
    if text.trim().is_empty() {
        return Err(CommandError::new(ErrorCode::FieldMissing).in_field(field));
    }
    check_length(field, text, limit)
}

/// An edited text of the card, of at most `limit` characters or as many as it had. Building leads see it too: phone and
/// identity numbers have fields of their own, behind a right of their own. What a list brought is not held against
/// whoever edits it.
pub(super) fn check_card_text(field: &str, before: &str, text: &str, limit: usize) -> Result<(), CommandError> {
    check_length(field, text, limit.max(before.chars().count()))?;
    if holds_new_number(before, text) {
        return Err(CommandError::new(ErrorCode::FieldInvalid).in_field(field).with_detail("holds a number"));
    }
    Ok(())
}

/// A phone number as it is stored: digits only. `None` for an empty one.
pub(super) fn read_tel(field: &str, typed: &str) -> Result<Option<String>, CommandError> {
    let text = to_half_width(typed);
    let text = text.trim();
    let text = text.strip_prefix("+86").unwrap_or(text);
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect();
    if digits.is_empty() && text.is_empty() {
        return Ok(None);
    }
    if !TEL_DIGITS.contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(CommandError::new(ErrorCode::FieldInvalid).in_field(field));
    }
    Ok(Some(digits))
}

/// An identity number as it is stored: half-width, upper-case, not repaired. `None` for an empty one.
pub(super) fn read_id_no(field: &str, typed: &str) -> Result<Option<String>, CommandError> {
    let text = to_half_width(typed).trim().to_uppercase();
    check_length(field, &text, ID_NO_LIMIT)?;
    Ok((!text.is_empty()).then_some(text))
}

/// Someone new, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CheckedMember {
    pub(super) member: domain::household::Member,
    pub(super) tel: Option<String>,
    pub(super) id_no: Option<String>,
}

/// Checks someone new; `field` is the form's path of the entry.
pub(super) fn check_new_member(field: &str, new: &AddMember) -> Result<CheckedMember, CommandError> {
    check_required(&format!("{field}.name"), &new.name, NAME_LIMIT)?;
    check_card_text(&format!("{field}.name"), "", &new.name, NAME_LIMIT)?;
    Ok(CheckedMember {
        member: domain::household::Member {
            name: new.name.trim().to_owned(),
            relation: new.relation,
            residence: new.residence,
        },
        tel: read_tel(&format!("{field}.tel"), &new.tel)?,
        id_no: read_id_no(&format!("{field}.id_no"), &new.id_no)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_number_is_stored_as_digits() {
        for (typed, stored) in [
            ("", None),
            (" 199 0000 0001 ", Some("19900000001")),
            ("＋86 199-0000-0001", Some("19900000001")),
            ("(0990)1234567", Some("09901234567")),
        ] {
            assert_eq!(read_tel("tel", typed).expect(typed).as_deref(), stored, "{typed}");
        }
        for wrong in ["12", "199x", "-", "123456789012345678901"] {
            assert_eq!(read_tel("tel", wrong).expect_err(wrong).code, ErrorCode::FieldInvalid);
        }
    }

    #[test]
    fn a_wrong_identity_number_is_kept_as_given() {
        assert_eq!(read_id_no("id", "99010119900307004ｘ").expect("kept").as_deref(), Some("99010119900307004X"));
        assert_eq!(read_id_no("id", "990101198506120025").expect("kept").as_deref(), Some("990101198506120025"));
        assert_eq!(read_id_no("id", &"9".repeat(41)).expect_err("too long").code, ErrorCode::FieldTooLong);
    }
}
