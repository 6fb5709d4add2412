//! The companies, all invented.

use crate::sector::Trade;

/// A company as the plan begins with it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seat {
    /// Company form included, mark of fiction not.
    pub(crate) name: &'static str,
    pub(crate) trade: Trade,
    /// Place of its main site, by position in [`crate::place::REGION`].
    pub(crate) place: usize,
    pub(crate) street: &'static str,
    pub(crate) employees: u32,
    /// Revenue of a year at prices of 2022, MNOK, before the whole is brought to its published size.
    pub(crate) revenue: f64,
    /// Share of revenue from abroad.
    pub(crate) export: f64,
    /// Yearly growth in volume.
    pub(crate) growth: f64,
    /// How its files look.
    pub(crate) files: Files,
    /// Share of its books that belongs to the region, when it also has a site elsewhere.
    pub(crate) share_here: Option<f64>,
    /// Years after the first at whose beginning it joins.
    pub(crate) joins_after: i16,
    /// Years after the first in whose middle it leaves.
    pub(crate) leaves_after: Option<i16>,
    /// Belongs to the small cluster as well.
    pub(crate) small: bool,
    /// One of the 65 companies; the others are partners around them.
    pub(crate) network: bool,
}

/// How a company writes its tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Files {
    /// English instead of Norwegian.
    pub(crate) english: bool,
    /// XLSX instead of CSV.
    pub(crate) workbook: bool,
}

const fn form(english: bool, workbook: bool) -> Files {
    Files { english, workbook }
}

const CSV_NB: Files = form(false, false);
const CSV_EN: Files = form(true, false);
const XLSX_NB: Files = form(false, true);
const XLSX_EN: Files = form(true, true);

#[expect(clippy::too_many_arguments, reason = "one line of the roster is one company")]
const fn seat(
    name: &'static str,
    trade: Trade,
    place: usize,
    street: &'static str,
    employees: u32,
    revenue: f64,
    export: f64,
    growth: f64,
    files: Files,
) -> Seat {
    Seat {
        name,
        trade,
        place,
        street,
        employees,
        revenue,
        export,
        growth,
        files,
        share_here: None,
        joins_after: 0,
        leaves_after: None,
        small: false,
        network: true,
    }
}

impl Seat {
    const fn partly_here(mut self, share: f64) -> Self {
        self.share_here = Some(share);
        self
    }
    const fn joins_after(mut self, years: i16) -> Self {
        self.joins_after = years;
        self
    }
    const fn leaves_after(mut self, years: i16) -> Self {
        self.leaves_after = Some(years);
        self
    }
    const fn also_small(mut self) -> Self {
        self.small = true;
        self
    }
    const fn around_the_network(mut self) -> Self {
        self.network = false;
        self
    }
}

/// Everyone, in the order of their organisation numbers: name, trade, place, street, people, MNOK, export, growth.
#[rustfmt::skip]
pub(crate) const ROSTER: &[Seat] = &[
    seat("Storgrana Sag AS", Trade::Sawmill, 15, "Tømmervegen 4", 85, 380.0, 0.34, 0.016, CSV_NB).also_small(),
    seat("Finnflis Plater AS", Trade::Panels, 6, "Platevegen 11", 150, 520.0, 0.31, 0.024, XLSX_NB).also_small(),
    seat("Odalsmørtel AS", Trade::Mortar, 7, "Sandtakvegen 20", 90, 240.0, 0.05, 0.03, CSV_NB).also_small(),
    seat("Lynspon Presisjon AS", Trade::Metal, 3, "Dreiebenken 2", 88, 172.0, 0.44, 0.052, XLSX_EN).partly_here(0.78).also_small(),
    seat("Solåker Grønt AS", Trade::Food, 18, "Potetgata 8", 105, 310.0, 0.03, 0.036, CSV_EN).also_small(),
    seat("Furukant Trelast AS", Trade::Sawmill, 18, "Høvelvegen 1", 104, 468.0, 0.36, 0.012, CSV_NB),
    seat("Skogbryn Sagbruk AS", Trade::Sawmill, 12, "Stokkvegen 9", 60, 270.0, 0.36, 0.012, XLSX_NB),
    seat("Gransvill Tre AS", Trade::Sawmill, 11, "Kantvegen 3", 38, 171.0, 0.36, -0.02, CSV_NB),
    seat("Sponhuset Plater AS", Trade::Panels, 15, "Fiberlinja 5", 120, 420.0, 0.31, 0.02, CSV_EN),
    seat("Karmfolk Vinduer AS", Trade::Joinery, 13, "Karmvegen 7", 110, 220.0, 0.14, 0.012, XLSX_NB),
    seat("Bjelkelaget Elementer AS", Trade::Joinery, 1, "Bjelkegata 12", 80, 160.0, 0.14, 0.012, CSV_NB),
    seat("Dørgløtt Snekkeri AS", Trade::Joinery, 17, "Hengselvegen 2", 48, 96.0, 0.14, 0.012, CSV_NB),
    seat("Trappestua AS", Trade::Joinery, 5, "Trinnvegen 16", 36, 72.0, 0.14, 0.012, CSV_EN),
    seat("Limtrefjøla AS", Trade::Joinery, 8, "Lamellvegen 10", 69, 138.0, 0.24, 0.012, XLSX_NB),
    seat("Hyttemodul Finnskog AS", Trade::Joinery, 6, "Modulvegen 3", 42, 84.0, 0.14, -0.03, CSV_NB),
    seat("Eskekroken Emballasje AS", Trade::Cardboard, 0, "Bølgegata 4", 89, 240.0, 0.12, 0.015, XLSX_NB),
    seat("Kartongtun AS", Trade::Cardboard, 9, "Stansevegen 6", 45, 122.0, 0.12, 0.015, CSV_NB),
    seat("Folieporten AS", Trade::PlasticPack, 2, "Granulatvegen 8", 67, 168.0, 0.3, 0.01, XLSX_EN),
    seat("Beholderverk Odal AS", Trade::PlasticPack, 7, "Sprøytegata 1", 51, 128.0, 0.3, 0.01, CSV_NB).joins_after(2),
    seat("Glommen Meierimat AS", Trade::Food, 1, "Ystegata 5", 123, 357.0, 0.07, 0.03, XLSX_NB),
    seat("Kornøyet Bakeri AS", Trade::Food, 0, "Deigvegen 2", 88, 255.0, 0.07, 0.03, CSV_NB),
    seat("Slakterhagen Kjøtt AS", Trade::Food, 16, "Fjøsvegen 30", 82, 238.0, 0.07, 0.03, CSV_EN),
    seat("Finnebær Konserves AS", Trade::Food, 12, "Saftgata 7", 40, 116.0, 0.07, 0.03, CSV_NB),
    seat("Melsekken Mølle AS", Trade::Food, 15, "Kvernvegen 3", 34, 99.0, 0.07, 0.03, XLSX_NB),
    seat("Eplehatt Drikker AS", Trade::Food, 19, "Tappevegen 9", 27, 78.0, 0.07, 0.03, CSV_NB),
    seat("Potetskreppa AS", Trade::Food, 18, "Skrellevegen 4", 57, 165.0, 0.09, 0.03, XLSX_EN),
    seat("Tørrpuss Grue AS", Trade::Mortar, 16, "Pussvegen 2", 31, 84.0, 0.06, 0.02, CSV_NB),
    seat("Magnblås Glass AS", Trade::Glass, 13, "Hyttegata 1", 54, 103.0, 0.35, 0.008, XLSX_EN),
    seat("Ruteglimt AS", Trade::Glass, 4, "Speilvegen 11", 62, 118.0, 0.22, 0.008, CSV_NB),
    seat("Nyomsmelt Aluminium AS", Trade::Aluminium, 2, "Ovnsvegen 20", 58, 371.0, 0.7, 0.02, XLSX_EN),
    seat("Barreverket Odal AS", Trade::Aluminium, 8, "Barrevegen 2", 35, 224.0, 0.58, 0.02, CSV_NB),
    seat("Freseglød AS", Trade::Metal, 0, "Fresegata 3", 86, 168.0, 0.46, 0.035, XLSX_NB),
    seat("Stansefoss Mek AS", Trade::Metal, 10, "Stansegata 15", 62, 121.0, 0.46, 0.035, CSV_NB),
    seat("Skjæreilden AS", Trade::Metal, 1, "Laservegen 6", 45, 88.0, 0.46, 0.035, CSV_EN),
    seat("Sveiselauget AS", Trade::Metal, 7, "Elektrodevegen 1", 51, 99.0, 0.46, 0.035, CSV_NB),
    seat("Rørbøyen Mek AS", Trade::Metal, 14, "Bøyegata 8", 37, 72.0, 0.46, 0.035, XLSX_NB),
    seat("Fjærspiss AS", Trade::Metal, 13, "Spiralvegen 5", 71, 138.0, 0.62, 0.035, XLSX_EN),
    seat("Overflateverket AS", Trade::Metal, 3, "Lakkvegen 9", 41, 80.0, 0.46, 0.035, CSV_NB),
    seat("Støpegodset Finnskog AS", Trade::Metal, 6, "Formgata 4", 54, 105.0, 0.46, 0.035, CSV_NB).leaves_after(3),
    seat("Kuttpunkt Verktøy AS", Trade::Metal, 4, "Bitvegen 2", 30, 58.0, 0.46, 0.035, CSV_NB),
    seat("Gripeklo Maskin AS", Trade::Machinery, 0, "Hydraulikkvegen 10", 116, 267.0, 0.6, 0.045, XLSX_EN).partly_here(0.7),
    seat("Tømmerkran Nord AS", Trade::Machinery, 18, "Krangata 3", 76, 175.0, 0.6, 0.045, XLSX_NB),
    seat("Sorteringslinja AS", Trade::Machinery, 2, "Transportørvegen 7", 53, 122.0, 0.6, 0.045, CSV_NB),
    seat("Styreskap Øst AS", Trade::Machinery, 1, "Kontaktorgata 5", 43, 99.0, 0.3, 0.045, CSV_EN),
    seat("Betongryggen Elementer AS", Trade::Concrete, 9, "Forskalingsvegen 1", 124, 310.0, 0.03, 0.015, XLSX_NB),
    seat("Kantsteinen AS", Trade::Concrete, 16, "Støpevegen 12", 46, 115.0, 0.03, 0.015, CSV_NB),
    seat("Hullplata AS", Trade::Concrete, 11, "Armeringsgata 2", 59, 148.0, 0.03, 0.015, CSV_EN),
    seat("Ferdigblanda Kongsvinger AS", Trade::Concrete, 3, "Blandevegen 6", 26, 65.0, 0.03, 0.015, CSV_NB),
    seat("Finnskogfrakt AS", Trade::Haulage, 6, "Lastevegen 1", 73, 139.0, 0.06, 0.015, CSV_NB),
    seat("Tømmertur AS", Trade::Haulage, 15, "Stropvegen 4", 50, 95.0, 0.06, 0.015, CSV_NB),
    seat("Odalsbilen AS", Trade::Haulage, 7, "Rampevegen 8", 62, 118.0, 0.06, 0.015, XLSX_NB),
    seat("Kjølebil Glomdal AS", Trade::Haulage, 0, "Termovegen 3", 43, 82.0, 0.06, 0.015, CSV_EN),
    seat("Massekjøring Eidskog AS", Trade::Haulage, 12, "Tippvegen 2", 33, 63.0, 0.06, 0.015, CSV_NB),
    seat("Grensegods AS", Trade::Haulage, 13, "Tollvegen 6", 38, 72.0, 0.06, 0.015, XLSX_NB),
    seat("Distribusjonslaget AS", Trade::Haulage, 1, "Terminalvegen 5", 54, 103.0, 0.06, 0.015, CSV_NB),
    seat("Ressursretur Glåmdal IKS", Trade::Waste, 3, "Sorteringsvegen 1", 79, 221.0, 0.05, 0.02, XLSX_NB),
    seat("Skrapsirkelen AS", Trade::Waste, 2, "Metallvegen 9", 33, 92.0, 0.05, 0.02, CSV_NB),
    seat("Treretur Grinder AS", Trade::Waste, 16, "Knusevegen 3", 23, 64.0, 0.05, 0.02, CSV_NB),
    seat("Glåmdal Vannverk IKS", Trade::Water, 0, "Kildevegen 2", 29, 99.0, 0.0, 0.01, CSV_NB),
    seat("Fjernvarmetunet AS", Trade::Heat, 2, "Kjelvegen 4", 13, 78.0, 0.0, 0.03, XLSX_NB),
    seat("Flisvarme Solør AS", Trade::Heat, 18, "Fyrvegen 1", 9, 54.0, 0.0, 0.03, CSV_NB),
    seat("Elvestrøm Kraft AS", Trade::Power, 0, "Demningsvegen 1", 63, 567.0, 0.0, 0.01, XLSX_NB),
    seat("Byggmester Råbygg AS", Trade::Construction, 1, "Stillasvegen 3", 90, 234.0, 0.0, 0.02, CSV_NB),
    seat("Anleggslaget Odal AS", Trade::Construction, 7, "Gravevegen 5", 76, 198.0, 0.0, 0.02, XLSX_NB),
    seat("Takryggen Bygg AS", Trade::Construction, 18, "Mønevegen 7", 44, 114.0, 0.0, 0.02, CSV_NB),
    seat("Skogbygda Sparebank ASA", Trade::Bank, 0, "Torggata 1", 58, 186.0, 0.0, 0.02, CSV_NB).around_the_network(),
    seat("Granvinger kommune", Trade::Municipality, 1, "Rådhusgata 2", 640, 704.0, 0.0, 0.01, XLSX_NB).around_the_network(),
    seat("Østskogen Regionråd IKS", Trade::Region, 0, "Regionvegen 4", 22, 26.0, 0.0, 0.01, CSV_NB).around_the_network(),
    seat("Skogvarme Forskningssenter AS", Trade::Research, 1, "Laboratorievegen 3", 31, 40.0, 0.12, 0.03, CSV_EN).around_the_network(),
];

#[cfg(test)]
mod tests {
    use super::ROSTER;

    #[test]
    fn the_network_has_its_published_size() {
        let network = || ROSTER.iter().filter(|seat| seat.network);
        assert_eq!(network().count(), 65);
        assert_eq!(network().map(|seat| seat.employees).sum::<u32>(), 4000);
        assert_eq!(ROSTER.iter().filter(|seat| seat.small).count(), 5);
    }
}
