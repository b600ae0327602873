use std::collections::BTreeSet;

use super::*;
use crate::flat::flatten;
use crate::sample::full;

/// Every path of a fully filled record of each kind.
fn all_paths() -> Vec<(Kind, String)> {
    let flats = [
        (Kind::Household, flatten(&full::household())),
        (Kind::Particulars, flatten(&full::particulars())),
        (Kind::Visit, flatten(&full::visit())),
        (Kind::Incident, flatten(&full::incident())),
    ];
    flats.into_iter().flat_map(|(kind, flat)| flat.expect("flat").into_keys().map(move |path| (kind, path))).collect()
}

#[test]
fn no_field_without_a_purpose() {
    for (kind, path) in all_paths() {
        let registered = find_personal_field(kind, &path).is_some();
        let listed = is_not_personal(kind, &path);
        assert!(registered || listed, "{kind:?} {path}: register it with a purpose or list it as not personal");
        assert!(!(registered && listed), "{kind:?} {path}: registered and listed");
    }
}

#[test]
fn no_entry_without_a_field() {
    let paths = all_paths();
    let patterns = personal_fields().iter().map(|field| (field.kind, field.pattern));
    for (kind, pattern) in patterns.chain(registry::NOT_PERSONAL.iter().copied()) {
        let is_used = paths.iter().any(|(of, path)| *of == kind && matches_pattern(pattern, path));
        assert!(is_used, "{kind:?} {pattern}: no such field");
    }
    let unique: BTreeSet<_> = personal_fields().iter().map(|field| (field.kind, field.pattern)).collect();
    assert_eq!(unique.len(), personal_fields().len());
}

#[test]
fn what_rests_on_consent_is_sensitive_and_never_on_the_card() {
    for field in personal_fields() {
        if field.basis == LegalBasis::Consent {
            assert_eq!(field.sensitivity, Sensitivity::Sensitive, "{}", field.pattern);
        }
        if field.kind == Kind::Household {
            assert_eq!(field.sensitivity, Sensitivity::Ordinary, "{}: building leads see the card", field.pattern);
        }
        assert!(!field.purpose(Language::ZhCn).is_empty() && !field.purpose(Language::En).is_empty());
    }
}

#[test]
fn numbers_are_masked_by_their_entry() {
    let member = "members.019a0000-0000-7000-8000-000000000001";
    for (path, text, shown) in [
        ("id_no", "990101198506120024", "990***********0024"),
        ("tels.19900000001", "19900000001", "199****0001"),
        ("work_or_school", "海棠小学", "海棠小学"),
    ] {
        let field = find_personal_field(Kind::Particulars, &format!("{member}.{path}")).expect(path);
        assert_eq!(field.mask.apply(text), shown);
    }
    assert_eq!(find_personal_field(Kind::Particulars, "members.x.blood_type"), None);
    assert!(!is_not_personal(Kind::Particulars, "members.x.blood_type"), "unknown is not harmless");
}
