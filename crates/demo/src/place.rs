//! Towns and villages that sites and counterparties lie in.
//!
//! Postcodes, municipality numbers and positions (WGS84) as in Erik Bolstad's list of Norwegian postcodes with
//! coordinates (www.erikbolstad.no/postnummer, CC BY 3.0), rounded to four decimals; codes of municipalities as of 2024.

use greenheart_model::Coordinates;

/// A place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Place {
    pub(crate) postcode: &'static str,
    pub(crate) city: &'static str,
    pub(crate) municipality: &'static str,
    pub(crate) latitude: &'static str,
    pub(crate) longitude: &'static str,
}

impl Place {
    /// Where it lies.
    pub(crate) fn coordinates(&self) -> Option<Coordinates> {
        Coordinates::parse(self.latitude, self.longitude).ok()
    }
}

const fn place(
    postcode: &'static str,
    city: &'static str,
    municipality: &'static str,
    latitude: &'static str,
    longitude: &'static str,
) -> Place {
    Place {
        postcode,
        city,
        municipality,
        latitude,
        longitude,
    }
}

/// The region: Kongsvinger, Nord-Odal, Sør-Odal, Eidskog, Grue, Åsnes.
pub(crate) const REGION: [Place; 20] = [
    place("2208", "Kongsvinger", "3401", "60.1844", "11.9869"),
    place("2211", "Kongsvinger", "3401", "60.1846", "12.0297"),
    place("2212", "Kongsvinger", "3401", "60.2034", "11.9646"),
    place("2210", "Granli", "3401", "60.1474", "12.0563"),
    place("2216", "Roverud", "3401", "60.2527", "12.0585"),
    place("2219", "Brandval", "3401", "60.3174", "12.0149"),
    place("2224", "Austmarka", "3401", "60.0965", "12.3216"),
    place("2100", "Skarnes", "3415", "60.2522", "11.6813"),
    place("2114", "Disenå", "3415", "60.2066", "11.6416"),
    place("2116", "Sander", "3415", "60.2275", "11.8088"),
    place("2120", "Sagstua", "3414", "60.3926", "11.5419"),
    place("2133", "Gardvik", "3414", "60.4254", "11.6401"),
    place("2230", "Skotterud", "3416", "59.9853", "12.1216"),
    place("2240", "Magnor", "3416", "59.9509", "12.2015"),
    place("2220", "Åbogen", "3416", "60.1118", "12.1174"),
    place("2260", "Kirkenær", "3417", "60.4571", "12.0597"),
    place("2264", "Grinder", "3417", "60.4076", "12.0498"),
    place("2265", "Namnå", "3417", "60.4969", "12.0777"),
    place("2270", "Flisa", "3418", "60.6092", "12.0154"),
    place("2266", "Arneberg", "3418", "60.5343", "12.0193"),
];

/// Elsewhere in Norway.
pub(crate) const ELSEWHERE: [Place; 4] = [
    place("2316", "Hamar", "3403", "60.8021", "11.0378"),
    place("2406", "Elverum", "3420", "60.8832", "11.5625"),
    place("0359", "Oslo", "0301", "59.9337", "10.7316"),
    place("1783", "Halden", "3101", "59.1351", "11.3507"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_lie_where_they_should() {
        for place in REGION.iter().chain(&ELSEWHERE) {
            let at = place.coordinates().expect(place.city);
            let text = at.to_string();
            assert!(text.starts_with("59.") || text.starts_with("60."), "{text}");
        }
    }
}
