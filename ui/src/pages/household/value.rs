//! Values of the card in words: what is stored is a code, what is shown its name.

use contract::domain::codes::{CodeList, HouseStatus, NeedCode, NeedState, Relation, Residence, VisitClass};
use contract::domain::flat::Scalar;

use crate::i18n::{Words, t};

/// The value of a field, in words.
pub(crate) fn describe_value(words: Words, path: &str, value: &Scalar) -> String {
    let text = match value {
        Scalar::Bool(true) => return t!(words, TRI_YES),
        Scalar::Bool(false) => return t!(words, TRI_NO),
        Scalar::Int(number) => return number.to_string(),
        Scalar::Float(number) => return number.to_string(),
        Scalar::Text(text) => text,
    };
    let first = path.split('.').next().unwrap_or_default();
    let last = path.rsplit('.').next().unwrap_or_default();
    match (first, last) {
        ("house_status", _) => name::<HouseStatus>(words, text),
        ("visit_class", _) => name::<VisitClass>(words, text),
        ("needs", _) => name::<NeedState>(words, text),
        ("members", "relation") => name::<Relation>(words, text),
        ("members", "residence") => name::<Residence>(words, text),
        _ if text.is_empty() => t!(words, VALUE_EMPTY),
        _ => text.clone(),
    }
}

fn name<C: CodeList>(words: Words, code: &str) -> String {
    words.name(C::from_code(code)).to_owned()
}

/// The field of a conflict, in words: `联系人`, `李建国·与户主关系`, `需求·医疗`.
pub(crate) fn describe_field(words: Words, path: &str, member: Option<&str>) -> String {
    let field = words.field(path);
    if let Some(code) = path.strip_prefix("needs.") {
        return words.join([field, words.name(NeedCode::from_code(code)).to_owned()]);
    }
    match member {
        Some(name) => words.join([name.to_owned(), field]),
        None => field,
    }
}
