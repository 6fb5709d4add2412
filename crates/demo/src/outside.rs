//! Suppliers and customers outside the cluster, as invented as everyone else.

use greenheart_model::OrgNo;

use crate::numbers::org_no;
use crate::place::{ELSEWHERE, Place, REGION};
use crate::rng::Rng;

/// The mark that every invented name carries.
pub const MARK: &str = "(fiktiv)";

/// A company on the other side, by its number in one of four books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outside {
    /// A Norwegian supplier: trade word and one of eight.
    Supplier(u16),
    /// A supplier abroad.
    ForeignSupplier(u16),
    /// A Norwegian customer.
    Customer(u16),
    /// A customer abroad.
    ForeignCustomer(u16),
}

/// How an outside company stands in a file.
#[derive(Debug, Clone)]
pub(crate) struct Card {
    pub(crate) name: String,
    pub(crate) org_no: Option<OrgNo>,
    pub(crate) postcode: String,
    pub(crate) city: String,
    pub(crate) country: &'static str,
}

/// Suppliers of one kind of thing.
pub(crate) const SUPPLIERS_PER_WORD: u16 = 8;
/// Norwegian customers in the book.
pub(crate) const CUSTOMERS: u16 = 640;
/// Customers abroad in the book.
pub(crate) const FOREIGN_CUSTOMERS: u16 = 160;
/// Organisation numbers below this belong to members and their sub-units.
const FIRST_NUMBER: u32 = 2_000;

/// Item keys with the word that a supplier of it has in its name.
const WORDS: &[(&str, &str)] = &[
    ("services", "Tjenesteforum"),
    ("wood", "Skogsamkjøp"),
    ("sawn_timber", "Trelastlager"),
    ("steel", "Stålgrossist"),
    ("aluminium", "Lettmetall"),
    ("components", "Delelager"),
    ("chemicals", "Kjemihandel"),
    ("lubricants", "Oljehandel"),
    ("plastic", "Plastpakk"),
    ("paper", "Papirhandel"),
    ("cardboard", "Kartongpakk"),
    ("pallets", "Pallesentral"),
    ("cement", "Sementlager"),
    ("aggregates", "Grustak"),
    ("lime", "Kalkverk"),
    ("food_raw", "Grønnsaksdyrkerne"),
    ("water", "Vannverk"),
    ("electricity", "Kraftsalg"),
    ("diesel", "Drivstoffdepot"),
    ("diesel_untaxed", "Anleggsdrivstoff"),
    ("hvo100", "Fornybardrivstoff"),
    ("lpg", "Gassdepot"),
    ("bio_oil", "Bioenergi"),
    ("mixed_waste", "Renovasjon"),
    ("wood_waste", "Treretur"),
    ("paper_waste", "Papirretur"),
    ("plastic_waste", "Plastretur"),
    ("metal_waste", "Skraphandel"),
    ("aluminium_waste", "Metallretur"),
    ("organic_waste", "Biogjenvinning"),
    ("concrete_waste", "Massemottak"),
    ("hazardous_waste", "Farligavfall"),
    ("road_freight", "Godsbil"),
    ("flight_km", "Reisebyrå"),
    ("machinery", "Maskinimport"),
];

const SUFFIXES: [&str; SUPPLIERS_PER_WORD as usize] = [
    "Nordre", "Østre", "Glomdal", "Grensen", "Vestre", "Søndre", "Furumo", "Elvebakk",
];
const CUSTOMER_WORDS: [&str; 20] = [
    "Byggmontasje",
    "Handelshus",
    "Engrosforum",
    "Entreprenørlag",
    "Kjøpesenter",
    "Monteringsverk",
    "Innredning",
    "Storkjøkken",
    "Verkstedlag",
    "Husbyggeri",
    "Distribusjon",
    "Detaljhandel",
    "Anleggslag",
    "Ferdighus",
    "Maskinverk",
    "Butikkdrift",
    "Modulbygg",
    "Leverandørforum",
    "Prosjektsalg",
    "Fagvare",
];
const CUSTOMER_PLACES: [&str; 32] = [
    "Nordvik",
    "Østbø",
    "Solheim",
    "Granli",
    "Bergtun",
    "Lillemo",
    "Storøy",
    "Haugland",
    "Fjellheim",
    "Strandby",
    "Vikmo",
    "Dalseng",
    "Åsmark",
    "Elvestad",
    "Lundby",
    "Mosvik",
    "Nesodd",
    "Osmark",
    "Rognli",
    "Sandmo",
    "Tangen",
    "Ulvik",
    "Vestby",
    "Ytterdal",
    "Øvrebø",
    "Årnes",
    "Bjørkmo",
    "Eikeland",
    "Furuset",
    "Heimdal",
    "Kirkebø",
    "Myrvang",
];
/// Countries of trade with the form of a company there.
const ABROAD: [(&str, &str, &str); 8] = [
    ("SE", "AB", "Karlstad"),
    ("SE", "AB", "Arvika"),
    ("DE", "GmbH", "Hamburg"),
    ("DK", "A/S", "Aarhus"),
    ("FI", "Oy", "Turku"),
    ("NL", "BV", "Utrecht"),
    ("GB", "Ltd", "Leeds"),
    ("SE", "AB", "Torsby"),
];
const ABROAD_NAMES: [&str; 20] = [
    "Nordhandel",
    "Holzmarkt",
    "Sundvara",
    "Westimport",
    "Alfaverk",
    "Betaplast",
    "Gammatec",
    "Deltahus",
    "Sigmabygg",
    "Omegapak",
    "Lindvara",
    "Talloy",
    "Havgros",
    "Bergvara",
    "Kontorex",
    "Intermet",
    "Lakehandel",
    "Rundverk",
    "Svealager",
    "Finnvara",
];

/// The book number of the first supplier of an item.
pub(crate) fn suppliers_of(item: &str) -> u16 {
    let word = WORDS.iter().position(|(key, _)| *key == item).unwrap_or(0);
    u16::try_from(word).unwrap_or(0) * SUPPLIERS_PER_WORD
}

impl Outside {
    /// A number of its own among all outside companies.
    pub(crate) const fn id(self) -> u16 {
        match self {
            Self::Supplier(at) => at,
            Self::ForeignSupplier(at) => 1_000 + at,
            Self::Customer(at) => 2_000 + at,
            Self::ForeignCustomer(at) => 3_000 + at,
        }
    }

    /// Whether it lies abroad.
    pub(crate) const fn is_foreign(self) -> bool {
        matches!(self, Self::ForeignSupplier(_) | Self::ForeignCustomer(_))
    }

    /// How it stands in a file.
    pub(crate) fn card(self) -> Card {
        let mut rng = Rng::keyed(u64::from(self.id()), &[17]);
        if self.is_foreign() {
            return self.foreign_card(&mut rng);
        }
        let place = Self::place(&mut rng);
        Card {
            name: format!("{} AS {MARK}", self.stem()),
            org_no: Some(org_no(FIRST_NUMBER + u32::from(self.id()))),
            postcode: place.postcode.to_owned(),
            city: place.city.to_owned(),
            country: "NO",
        }
    }

    fn stem(self) -> String {
        match self {
            Self::Supplier(at) => {
                let (_, word) = WORDS[usize::from(at / SUPPLIERS_PER_WORD) % WORDS.len()];
                format!("{word} {}", SUFFIXES[usize::from(at % SUPPLIERS_PER_WORD)])
            }
            Self::Customer(at) => {
                let at = usize::from(at);
                let (place, word) = (at % CUSTOMER_PLACES.len(), at / CUSTOMER_PLACES.len());
                format!(
                    "{} {}",
                    CUSTOMER_PLACES[place],
                    CUSTOMER_WORDS[word % CUSTOMER_WORDS.len()]
                )
            }
            Self::ForeignSupplier(at) | Self::ForeignCustomer(at) => {
                let at = usize::from(at);
                format!(
                    "{}{}",
                    ABROAD_NAMES[at % ABROAD_NAMES.len()],
                    at / ABROAD_NAMES.len() + 1
                )
            }
        }
    }

    fn foreign_card(self, rng: &mut Rng) -> Card {
        let (country, form, city) = ABROAD[usize::try_from(rng.below(8)).unwrap_or(0)];
        Card {
            name: format!("{} {form} {MARK}", self.stem()),
            org_no: None,
            postcode: format!("{}", 10_000 + rng.below(89_999)),
            city: city.to_owned(),
            country,
        }
    }

    fn place(rng: &mut Rng) -> &'static Place {
        let all = REGION.len() + ELSEWHERE.len();
        let at = usize::try_from(rng.below(u64::try_from(all).unwrap_or(1))).unwrap_or(0);
        REGION.get(at).unwrap_or_else(|| &ELSEWHERE[at % ELSEWHERE.len()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_marked_and_numbers_distinct() {
        let mut numbers = std::collections::BTreeSet::new();
        let mut names = std::collections::BTreeSet::new();
        for at in 0..CUSTOMERS {
            let card = Outside::Customer(at).card();
            assert!(card.name.ends_with(MARK), "{}", card.name);
            assert!(names.insert(card.name));
            assert!(numbers.insert(card.org_no));
        }
        assert!(Outside::ForeignSupplier(3).card().org_no.is_none());
        assert_eq!(suppliers_of("no such thing"), suppliers_of("services"));
    }
}
