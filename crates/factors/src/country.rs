//! Countries as publications name them, by ISO 3166 code.

const COUNTRIES: &str = include_str!("../../../data/factors/countries.csv");

/// The code of a country or group of countries named in English; `None` when it is not known.
pub(crate) fn code(name: &str) -> Option<&'static str> {
    let name = name.trim();
    let rows = COUNTRIES.lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|line| line.split_once(';'))
        .find(|(known, code)| known.eq_ignore_ascii_case(name) || (name.len() == 2 && code.eq_ignore_ascii_case(name)))
        .map(|(_, code)| code)
}

/// How near a factor's region is to the country of the user, as a pedigree score: 1 the same, 2 a group
/// that holds it or the world, 3 Europe or a neighbouring economy, 4 elsewhere.
pub fn distance(region: &str, country: &str) -> u8 {
    const NEAR: &[&str] = &[
        "NO", "SE", "DK", "FI", "IS", "GB", "DE", "NL", "BE", "FR", "IE", "AT", "CH", "LU", "EE", "LV", "LT", "PL",
        "CZ", "SK", "SI", "HR", "HU", "ES", "PT", "IT", "GR", "MT", "CY", "RO", "BG",
    ];
    match region {
        same if same == country => 1,
        "EU" if NEAR.contains(&country) => 2,
        "GLO" => 2,
        near if NEAR.contains(&near) && NEAR.contains(&country) => 3,
        _ => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_nearness() {
        assert_eq!(code("Norway"), Some("NO"));
        assert_eq!(code("EU-27"), Some("EU"));
        assert_eq!(code("se"), Some("SE"));
        assert_eq!(code("Atlantis"), None);
        assert_eq!(
            ["NO", "GLO", "SE", "US"].map(|region| distance(region, "NO")),
            [1, 2, 3, 4]
        );
        for line in COUNTRIES.lines().filter(|line| !line.starts_with('#')) {
            let code = line.split_once(';').map(|(_, code)| code.len());
            assert!(matches!(code, Some(2 | 3)), "{line}");
        }
    }
}
