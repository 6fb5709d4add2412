//! Public codes: organisation numbers, waste codes, industry codes, coordinates.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a code was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// It does not have the form of the code.
    #[error("`{text}` is not {what}")]
    Form {
        /// As written.
        text: String,
        /// What it should have been.
        what: &'static str,
    },
    /// The check digit does not match.
    #[error("`{0}` has nine digits but its check digit is wrong")]
    CheckDigit(String),
    /// Outside the possible values.
    #[error("`{text}` is outside {what}")]
    Range {
        /// As written.
        text: String,
        /// The limits.
        what: &'static str,
    },
}

macro_rules! text_serde {
    ($name:ty) => {
        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

/// A Norwegian organisation number, also that of a sub-unit (underenhet): nine digits, the last a
/// modulus-11 check on the weights 3 2 7 6 5 4 3 2. Source: Brønnøysundregistrene.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrgNo([u8; 9]);

impl OrgNo {
    /// The nine digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for OrgNo {
    type Err = CodeError;

    /// Accepts `987 654 325`, `NO987654325MVA`, `NO 987654325`.
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let compact: String = text.chars().filter(|c| !c.is_whitespace() && *c != '.').collect();
        let upper = compact.to_ascii_uppercase();
        let bare = upper.strip_prefix("NO").unwrap_or(&upper);
        let bare = bare.strip_suffix("MVA").unwrap_or(bare);
        let form = || CodeError::Form {
            text: text.to_owned(),
            what: "an organisation number of nine digits",
        };
        let digits: [u8; 9] = bare.as_bytes().try_into().map_err(|_| form())?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(form());
        }
        let weights = [3_u32, 2, 7, 6, 5, 4, 3, 2, 1];
        let sum: u32 = digits
            .iter()
            .zip(weights)
            .map(|(digit, weight)| u32::from(digit - b'0') * weight)
            .sum();
        if !sum.is_multiple_of(11) || digits[0] == b'0' {
            return Err(CodeError::CheckDigit(text.to_owned()));
        }
        Ok(Self(digits))
    }
}

impl fmt::Display for OrgNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl fmt::Debug for OrgNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
text_serde!(OrgNo);

/// A six-digit code of the European list of waste (EWC; in Norway EAL). Whether it is hazardous
/// differs between countries and is looked up, not part of the code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WasteCode([u8; 6]);

impl WasteCode {
    /// The six digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
    /// The two digits of the chapter.
    pub fn chapter(&self) -> &str {
        &self.as_str()[..2]
    }
}

impl FromStr for WasteCode {
    type Err = CodeError;

    /// Accepts `170201`, `17 02 01`, `17.02.01`, `17 02 04*`, and `20108` where a spreadsheet lost
    /// the leading zero.
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let form = || CodeError::Form {
            text: text.to_owned(),
            what: "a waste code of six digits",
        };
        let bare = text.trim().trim_end_matches('*').trim_end();
        let mut digits: String = bare
            .chars()
            .filter(|c| !matches!(c, ' ' | '.' | '-' | '\u{a0}'))
            .collect();
        if digits.len() == 5 {
            digits.insert(0, '0');
        }
        let code: [u8; 6] = digits.as_bytes().try_into().map_err(|_| form())?;
        if !code.iter().all(u8::is_ascii_digit) {
            return Err(form());
        }
        let chapter = (code[0] - b'0') * 10 + (code[1] - b'0');
        if !(1..=20).contains(&chapter) {
            return Err(CodeError::Range {
                text: text.to_owned(),
                what: "the chapters 01 to 20 of the list of waste",
            });
        }
        Ok(Self(code))
    }
}

impl fmt::Display for WasteCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.as_str();
        write!(f, "{} {} {}", &code[..2], &code[2..4], &code[4..])
    }
}
impl fmt::Debug for WasteCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
text_serde!(WasteCode);

/// An industry code of NACE or its Norwegian five-digit form (SN2007, SN2025), kept as received.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nace(String);

impl Nace {
    /// As `25.610` or `25.6`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// The two digits of the division.
    pub fn division(&self) -> &str {
        &self.0[..2]
    }
    /// The four digits shared by the national and the European code, `25.61`, where given.
    pub fn class(&self) -> Option<&str> {
        self.0.get(..5)
    }
}

impl FromStr for Nace {
    type Err = CodeError;

    /// Accepts `25.610`, `25610`, `25.61`, `25`, with or without a leading section letter.
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let form = || CodeError::Form {
            text: text.to_owned(),
            what: "an industry code such as `25.610`",
        };
        let bare = text.trim().trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let digits: String = bare.chars().filter(|c| !matches!(c, '.' | ' ')).collect();
        if !(2..=5).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(form());
        }
        let division: u8 = digits[..2].parse().map_err(|_| form())?;
        if division == 0 {
            return Err(form());
        }
        let (head, tail) = digits.split_at(2);
        Ok(Self(if tail.is_empty() {
            head.to_owned()
        } else {
            format!("{head}.{tail}")
        }))
    }
}

impl fmt::Display for Nace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl fmt::Debug for Nace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
text_serde!(Nace);

/// A place on earth (WGS 84), in millionths of a degree so that it is exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Coordinates {
    /// Latitude, millionths of a degree north.
    pub latitude_microdegrees: i32,
    /// Longitude, millionths of a degree east.
    pub longitude_microdegrees: i32,
}

impl Coordinates {
    /// Reads decimal degrees with a point or a comma: `60.19`, `12,0`.
    pub fn parse(latitude: &str, longitude: &str) -> Result<Self, CodeError> {
        Ok(Self {
            latitude_microdegrees: degrees(latitude, 90, "latitudes from -90 to 90")?,
            longitude_microdegrees: degrees(longitude, 180, "longitudes from -180 to 180")?,
        })
    }
}

fn degrees(text: &str, limit: i32, what: &'static str) -> Result<i32, CodeError> {
    let number = greenheart_units::Amount::parse_rounded(
        &text.trim().replace(',', ".").replace('\u{2212}', "-"),
        greenheart_units::Rounding::HalfEven,
    )
    .map_err(|_| CodeError::Form {
        text: text.to_owned(),
        what: "a coordinate in decimal degrees",
    })?;
    i32::try_from(number.mantissa())
        .ok()
        .filter(|micro| micro.abs() <= limit * 1_000_000)
        .ok_or_else(|| CodeError::Range {
            text: text.to_owned(),
            what,
        })
}

impl fmt::Display for Coordinates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = |micro: i32| greenheart_units::Amount::from_mantissa(micro.into());
        write!(
            f,
            "{}, {}",
            show(self.latitude_microdegrees),
            show(self.longitude_microdegrees)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn organisation_numbers() {
        for good in [
            "923609016",
            "811143758",
            "987 654 325",
            "NO888888888MVA",
            "no 999999999 mva",
        ] {
            assert!(good.parse::<OrgNo>().is_ok(), "{good}");
        }
        assert_eq!(
            "112233445".parse::<OrgNo>(),
            Err(CodeError::CheckDigit("112233445".into()))
        );
        for bad in ["", "12345678", "1234567890", "98765432A", "a", "01010112345"] {
            assert!(matches!(bad.parse::<OrgNo>(), Err(CodeError::Form { .. })), "{bad}");
        }
    }

    #[test]
    fn waste_codes_in_every_spelling() {
        for text in ["170201", "17 02 01", "17.02.01", "17 02 01*", " 170201 * "] {
            assert_eq!(
                text.parse::<WasteCode>().map(|c| c.to_string()),
                Ok("17 02 01".into()),
                "{text}"
            );
        }
        assert_eq!(
            "20108".parse::<WasteCode>().map(|c| c.to_string()),
            Ok("02 01 08".into())
        );
        for bad in ["1702", "21 01 01", "00 01 01", "1702011", "ab cd ef"] {
            assert!(bad.parse::<WasteCode>().is_err(), "{bad}");
        }
    }

    #[test]
    fn industry_codes() {
        for (text, shown) in [
            ("25.610", "25.610"),
            ("25610", "25.610"),
            ("C25.61", "25.61"),
            ("25", "25"),
        ] {
            assert_eq!(text.parse::<Nace>().map(|n| n.to_string()), Ok(shown.into()), "{text}");
        }
        assert_eq!(
            "25.610".parse::<Nace>().ok().and_then(|n| n.class().map(str::to_owned)),
            Some("25.61".into())
        );
        assert!("2".parse::<Nace>().is_err());
        assert!("00.11".parse::<Nace>().is_err());
    }

    #[test]
    fn coordinates() {
        let place = Coordinates::parse("60,1905", "11.9977").expect("Kongsvinger");
        assert_eq!(place.to_string(), "60.1905, 11.9977");
        assert!(Coordinates::parse("91", "0").is_err());
        assert!(Coordinates::parse("north", "0").is_err());
    }
}
