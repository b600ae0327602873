//! Code lists. A record stores the code; the screen shows the name in the language of the app.
//!
//! Each list names its standard. A code that this version does not know reads as `Unknown`: the screen says so, and
//! the document keeps the code that was written (only changed paths are ever written back).

mod household;
mod people;
mod visit;
mod work;

pub use household::{HouseStatus, NeedCode, NeedState, VisitClass};
pub use people::{CareTag, PopulationType, Relation, Residence, Sex};
pub use visit::{Advice, Channel, Outcome};
pub use work::{BookingKind, DisputeType, Priority, Satisfaction, SettlingWay, Source};

/// Languages of the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum Language {
    /// Simplified Chinese, the default.
    #[default]
    #[serde(rename = "zh-CN")]
    ZhCn,
    /// English.
    #[serde(rename = "en")]
    En,
}

/// One code list.
pub trait CodeList: Copy + Eq + 'static {
    /// The standard or local list the codes come from.
    const STANDARD: &'static str;
    /// Every known code, in list order; never `Unknown`.
    const ALL: &'static [Self];

    /// The stored code.
    fn code(self) -> &'static str;
    /// The name on the screen.
    fn label(self, language: Language) -> &'static str;
    /// The entry with this code; `Unknown` for one that this version does not have.
    fn from_code(code: &str) -> Self;
}

/// Declares a code list: an enum with its codes, names and serde form, and the `Unknown` that every list has.
macro_rules! code_list {
    (
        $(#[$doc:meta])*
        $name:ident from $standard:literal {
            $( $(#[$variant_doc:meta])* $variant:ident = $code:literal, $zh:literal, $en:literal; )+
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $( $(#[$variant_doc])* #[doc = $en] $variant, )+
            /// A code that this version does not know.
            Unknown,
        }

        impl $crate::codes::CodeList for $name {
            const STANDARD: &'static str = $standard;
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)+
                    Self::Unknown => "?",
                }
            }

            fn label(self, language: $crate::codes::Language) -> &'static str {
                use $crate::codes::Language::{En, ZhCn};
                match (self, language) {
                    $((Self::$variant, ZhCn) => $zh, (Self::$variant, En) => $en,)+
                    (Self::Unknown, ZhCn) => "未知代码",
                    (Self::Unknown, En) => "Unknown code",
                }
            }

            fn from_code(code: &str) -> Self {
                match code {
                    $($code => Self::$variant,)+
                    _ => Self::Unknown,
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.serialize_str($crate::codes::CodeList::code(*self))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                let code = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(input)?;
                Ok(<Self as $crate::codes::CodeList>::from_code(&code))
            }
        }
    };
}
pub(crate) use code_list;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_survives_serde_and_an_unknown_one_does_not_fail() {
        let json = serde_json::to_string(&Outcome::Absent).expect("json");
        assert_eq!(json, "\"absent\"");
        assert_eq!(serde_json::from_str::<Outcome>(&json).expect("outcome"), Outcome::Absent);
        assert_eq!(serde_json::from_str::<Outcome>("\"by_drone\"").expect("outcome"), Outcome::Unknown);
    }
}
