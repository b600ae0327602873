//! Words of the screen, in Simplified Chinese and English.
//!
//! Messages stand in `locales/<language>/*.ftl`, embedded at build time. Every message of the Chinese catalogue is a
//! constant in [`key`], made by `build.rs`, so a key that does not exist does not compile; a test finds missing,
//! extra and unused ones. Names of codes come from `domain` ([`CodeList::label`]).
//!
//! Failure: a message that cannot be formatted shows its key; nothing panics over a word. Missing: a third language.

use std::fmt::Display;

use contract::domain::codes::{CodeList, Language};
use contract::{CommandError, ErrorCode, SyncResult};
use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use serde::Serialize;
use unic_langid::langid;

mod days;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::read_sources;

/// One constant per message.
#[expect(dead_code, reason = "whole families are looked up by code; a test finds keys that nothing uses")]
pub(crate) mod key {
    include!(concat!(env!("OUT_DIR"), "/keys.rs"));
}

/// The key of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key(pub(crate) &'static str);

const ZH: &[&str] = &[
    include_str!("../../locales/zh-CN/errors.ftl"),
    include_str!("../../locales/zh-CN/forms.ftl"),
    include_str!("../../locales/zh-CN/incidents.ftl"),
    include_str!("../../locales/zh-CN/pages.ftl"),
    include_str!("../../locales/zh-CN/services.ftl"),
    include_str!("../../locales/zh-CN/states.ftl"),
];
const EN: &[&str] = &[
    include_str!("../../locales/en/errors.ftl"),
    include_str!("../../locales/en/forms.ftl"),
    include_str!("../../locales/en/incidents.ftl"),
    include_str!("../../locales/en/pages.ftl"),
    include_str!("../../locales/en/services.ftl"),
    include_str!("../../locales/en/states.ftl"),
];

type Catalogue = FluentBundle<FluentResource>;

thread_local! {
    static CATALOGUES: (Catalogue, Catalogue) =
        (read_catalogue(langid!("zh-CN"), ZH), read_catalogue(langid!("en"), EN));
}

fn read_catalogue(language: unic_langid::LanguageIdentifier, sources: &[&str]) -> Catalogue {
    let mut catalogue = FluentBundle::new(vec![language]);
    catalogue.set_use_isolating(false);
    for source in sources {
        // What parses is kept; a test holds that everything parses.
        let resource = FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(resource, _)| resource);
        catalogue.add_resource_overriding(resource);
    }
    catalogue
}

/// Speaks one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Words {
    language: Language,
}

/// A named argument of a message.
pub(crate) type Arg<'a> = (&'static str, FluentValue<'a>);

impl Words {
    pub(crate) const fn new(language: Language) -> Self {
        Self { language }
    }

    pub(crate) const fn language(self) -> Language {
        self.language
    }

    /// The value of the document's `lang` attribute.
    pub(crate) const fn lang_tag(self) -> &'static str {
        match self.language {
            Language::ZhCn => "zh-CN",
            Language::En => "en",
        }
    }

    /// The message with its arguments; its key when there is none.
    pub(crate) fn say(self, key: Key, args: &[Arg<'_>]) -> String {
        self.find(key.0, None, args).unwrap_or_else(|| key.0.to_owned())
    }

    /// The name of a code.
    pub(crate) fn name(self, code: impl CodeList) -> &'static str {
        code.label(self.language)
    }

    /// Joins parts of a line with the middle dot of this language, leaving empty ones out.
    pub(crate) fn join<S: AsRef<str>>(self, parts: impl IntoIterator<Item = S>) -> String {
        let dot = match self.language {
            Language::ZhCn => "·",
            Language::En => " · ",
        };
        let parts: Vec<S> = parts.into_iter().filter(|part| !part.as_ref().is_empty()).collect();
        parts.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(dot)
    }

    /// Joins the entries of a list with the comma of this language.
    pub(crate) fn list<S: AsRef<str>>(self, entries: impl IntoIterator<Item = S>) -> String {
        let comma = match self.language {
            Language::ZhCn => "、",
            Language::En => ", ",
        };
        let entries: Vec<S> = entries.into_iter().collect();
        entries.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(comma)
    }

    /// What happened, whether the work is safe, what can be done.
    pub(crate) fn explain(self, error: &CommandError) -> Explanation {
        let key = format!("error-{}", code_of(error.code));
        let part = |attribute| self.find(&key, attribute, &[]).unwrap_or_default();
        let in_field = error.field.as_deref().and_then(|path| self.explain_field(error.code, path));
        Explanation {
            what: in_field.unwrap_or_else(|| part(None)),
            is_safe: part(Some("safe")),
            todo: part(Some("todo")),
        }
    }

    /// The same on the first page: nothing is on the device yet, so nothing is said about work that goes on without a
    /// network.
    pub(crate) fn explain_enrolment(self, error: &CommandError) -> Explanation {
        let key = match error.code {
            ErrorCode::Unreachable => "error-enrol-unreachable",
            ErrorCode::ServerFailed => "error-enrol-server-failed",
            _ => return self.explain(error),
        };
        let part = |attribute| self.find(key, attribute, &[]).unwrap_or_default();
        Explanation { what: part(None), is_safe: part(Some("safe")), todo: part(Some("todo")) }
    }

    /// What is wrong with a field, by its name: `电话号码不对。`
    fn explain_field(self, code: ErrorCode, path: &str) -> Option<String> {
        let last = path.rsplit('.').next().unwrap_or_default().replace('_', "-");
        let names = [field_key(path), format!("field-{last}")];
        let name = names.iter().find_map(|name| self.find(name, None, &[]))?;
        match code {
            ErrorCode::FieldMissing => Some(t!(self, IN_FIELD_MISSING, field = &name)),
            ErrorCode::FieldTooLong => Some(t!(self, IN_FIELD_TOO_LONG, field = &name)),
            // Some say what would be right.
            ErrorCode::FieldInvalid => Some(
                self.find(&format!("in-field-invalid-{last}"), None, &[])
                    .unwrap_or_else(|| t!(self, IN_FIELD_INVALID, field = &name)),
            ),
            _ => None,
        }
    }

    /// Why the server did not accept or keeps aside a record; the general words for a code this version does not
    /// know.
    pub(crate) fn refusal(self, code: &str) -> String {
        self.find(&format!("refused-{}", code.replace('_', "-")), None, &[])
            .unwrap_or_else(|| self.say(key::REFUSED_OTHER, &[]))
    }

    /// How an attempt to sync ended.
    pub(crate) fn sync_result(self, result: SyncResult) -> String {
        self.of_family("sync-result", result)
    }

    /// The words of a code in a family of messages: `queue-to-accept`, `stage-verify`, `step-dispatch`.
    pub(crate) fn of_family(self, family: &str, code: impl Serialize) -> String {
        self.find(&format!("{family}-{}", code_of(code)), None, &[]).unwrap_or_default()
    }

    /// The name of a field, by its path in the household's flat form.
    pub(crate) fn field(self, path: &str) -> String {
        let key = field_key(path);
        self.find(&key, None, &[]).unwrap_or_else(|| self.say(key::FIELD_OTHER, &[]))
    }

    fn find(self, key: &str, attribute: Option<&str>, args: &[Arg<'_>]) -> Option<String> {
        CATALOGUES.with(|(zh, en)| {
            let catalogue = match self.language {
                Language::ZhCn => zh,
                Language::En => en,
            };
            let message = catalogue.get_message(key)?;
            let pattern = match attribute {
                None => message.value()?,
                Some(name) => message.get_attribute(name)?.value(),
            };
            let mut named = FluentArgs::new();
            for (name, value) in args {
                named.set(*name, value.clone());
            }
            Some(catalogue.format_pattern(pattern, Some(&named), &mut Vec::new()).into_owned())
        })
    }
}

/// An error in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Explanation {
    /// What happened.
    pub(crate) what: String,
    /// Whether the work is safe.
    pub(crate) is_safe: String,
    /// What can be done.
    pub(crate) todo: String,
}

/// The serde name of a fieldless variant, with dashes.
pub(crate) fn code_of(code: impl Serialize) -> String {
    let text = serde_json::to_string(&code).unwrap_or_default();
    text.trim_matches('"').replace('_', "-")
}

/// `members.<id>.name` → `field-members-name`; `contact_name` → `field-contact-name`.
fn field_key(path: &str) -> String {
    let mut segments = path.split('.');
    let first = segments.next().unwrap_or_default();
    let key = match segments.next_back() {
        Some(last) if first != "needs" => format!("field-{first}-{last}"),
        _ => format!("field-{first}"),
    };
    key.replace('_', "-")
}

/// A value as an argument of a message.
pub(crate) trait IntoArg<'a> {
    /// The argument.
    fn into_arg(self) -> FluentValue<'a>;
}

impl<'a> IntoArg<'a> for &'a str {
    fn into_arg(self) -> FluentValue<'a> {
        FluentValue::from(self)
    }
}

impl<'a> IntoArg<'a> for &'a String {
    fn into_arg(self) -> FluentValue<'a> {
        FluentValue::from(self.as_str())
    }
}

impl<'a> IntoArg<'a> for String {
    fn into_arg(self) -> FluentValue<'a> {
        FluentValue::from(self)
    }
}

macro_rules! number_args {
    ($($number:ty),+) => {
        $(impl<'a> IntoArg<'a> for $number {
            fn into_arg(self) -> FluentValue<'a> {
                FluentValue::from(self)
            }
        })+
    };
}
number_args!(u32, u64, usize, i32);

/// A message: `t!(words, TODAY_TITLE)`, `t!(words, DUE_OVERDUE, days = 3)`.
macro_rules! t {
    ($words:expr, $key:ident) => {
        $words.say($crate::i18n::key::$key, &[])
    };
    ($words:expr, $key:ident, $($name:ident = $value:expr),+ $(,)?) => {
        $words.say($crate::i18n::key::$key, &[$((stringify!($name), $crate::i18n::IntoArg::into_arg($value))),+])
    };
}
pub(crate) use t;

/// For logs: an error without anything personal.
pub(crate) fn describe(code: ErrorCode, detail: impl Display) -> String {
    format!("{}: {detail}", code_of(code))
}
