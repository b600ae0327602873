//! Places by code: area (12 digits), grid (15), building (20).
//!
//! Sources: area code 区划代码 GB/T 2260 extended by the statistical town and village parts (2+2+2+3+3); grid code
//! 网格编码 = area code of one village or community + 3-digit serial; building serial 00001–99999 within its grid
//! (DB6101/T 3185-2024). The first six digits need not equal the civil-affairs code, so codes are taken from
//! imported tables and never derived from names.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A text that is not a code of the expected length of ASCII digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} must be {digits} digits, got {text:?}")]
pub struct InvalidCode {
    /// Which code was expected.
    pub what: &'static str,
    /// How many digits it has.
    pub digits: usize,
    /// The text that was given.
    pub text: String,
}

macro_rules! digit_code {
    ($(#[$doc:meta])* $name:ident, $digits:literal, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// How many digits this code has.
            pub const DIGITS: usize = $digits;

            /// The digits.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidCode;

            fn from_str(text: &str) -> Result<Self, InvalidCode> {
                if text.len() == $digits && text.bytes().all(|b| b.is_ascii_digit()) {
                    Ok(Self(text.into()))
                } else {
                    Err(InvalidCode { what: $what, digits: $digits, text: text.to_owned() })
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidCode;

            fn try_from(text: String) -> Result<Self, InvalidCode> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> Self {
                code.0.into()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    };
}

digit_code! {
    /// A village or community (村/社区) or, with trailing zeros, a town, county or city. 12 digits.
    AreaCode, 12, "area code"
}
digit_code! {
    /// A grid (网格). 15 digits: community + serial.
    GridCode, 15, "grid code"
}
digit_code! {
    /// A building (楼栋). 20 digits: grid + serial.
    BuildingCode, 20, "building code"
}

impl AreaCode {
    /// The town or street (镇/街道) this community belongs to: nine digits and three zeros.
    #[must_use]
    pub fn town(&self) -> Self {
        Self(format!("{}000", &self.0[..9]).into())
    }
}

impl GridCode {
    /// The community this grid hangs under.
    #[must_use]
    pub fn community(&self) -> AreaCode {
        AreaCode(self.0[..AreaCode::DIGITS].into())
    }

    /// The town or street of this grid.
    #[must_use]
    pub fn town(&self) -> AreaCode {
        self.community().town()
    }

    /// The serial within the community, 1–999: "第二十一网格" is 21.
    #[must_use]
    pub fn serial(&self) -> u16 {
        self.0[AreaCode::DIGITS..].parse().unwrap_or_default()
    }

    /// The building with this serial (1–99,999) in the grid; `None` beyond.
    #[must_use]
    pub fn building(&self, serial: u32) -> Option<BuildingCode> {
        (1..=99_999).contains(&serial).then(|| BuildingCode(format!("{}{serial:05}", self.0).into()))
    }
}

impl BuildingCode {
    /// The grid this building stands in.
    #[must_use]
    pub fn grid(&self) -> GridCode {
        GridCode(self.0[..GridCode::DIGITS].into())
    }

    /// The serial within the grid.
    #[must_use]
    pub fn serial(&self) -> u32 {
        self.0[GridCode::DIGITS..].parse().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_nest() {
        let grid: GridCode = "990102003007021".parse().expect("a grid");
        assert_eq!(grid.community().as_str(), "990102003007");
        assert_eq!(grid.town().as_str(), "990102003000");
        assert_eq!(grid.serial(), 21);
        let building = grid.building(7).expect("in range");
        assert_eq!(building.as_str(), "99010200300702100007");
        assert_eq!((building.grid(), building.serial()), (grid.clone(), 7));
        assert_eq!(grid.building(0), None);
        assert_eq!(grid.building(100_000), None);
    }

    #[test]
    fn a_code_is_ascii_digits_of_the_right_length() {
        for wrong in ["", "99010200300702", "9901020030070211", "99010200300702x", "９90102003007021"] {
            let error = wrong.parse::<GridCode>().expect_err(wrong);
            assert_eq!((error.digits, error.text.as_str()), (15, wrong));
        }
    }
}
