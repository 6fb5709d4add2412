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
    /// Revenue of a year at prices of 2022, MNOK.
    pub(crate) revenue: f64,
    /// Share of revenue from abroad.
    pub(crate) export: f64,
    /// Yearly growth in volume.
    pub(crate) growth: f64,
    /// How its files look.
    pub(crate) files: Files,
    /// Share of its books that belongs to the region, when it also has a site elsewhere.
    pub(crate) share_here: Option<f64>,
    /// Belongs to the small cluster as well.
    pub(crate) small: bool,
}

/// How a company writes its tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Files {
    /// English instead of Norwegian.
    pub(crate) english: bool,
    /// XLSX instead of CSV.
    pub(crate) workbook: bool,
}

const CSV_NB: Files = Files {
    english: false,
    workbook: false,
};
const CSV_EN: Files = Files {
    english: true,
    workbook: false,
};
const XLSX_NB: Files = Files {
    english: false,
    workbook: true,
};
const XLSX_EN: Files = Files {
    english: true,
    workbook: true,
};

/// Everyone, in the order of their organisation numbers.
pub(crate) const ROSTER: &[Seat] = &[
    Seat {
        name: "Storgrana Sag AS",
        trade: Trade::Sawmill,
        place: 15,
        street: "Tømmervegen 4",
        employees: 85,
        revenue: 380.0,
        export: 0.34,
        growth: 0.016,
        files: CSV_NB,
        share_here: None,
        small: true,
    },
    Seat {
        name: "Finnflis Plater AS",
        trade: Trade::Panels,
        place: 6,
        street: "Platevegen 11",
        employees: 150,
        revenue: 520.0,
        export: 0.31,
        growth: 0.024,
        files: XLSX_NB,
        share_here: None,
        small: true,
    },
    Seat {
        name: "Odalsmørtel AS",
        trade: Trade::Mortar,
        place: 7,
        street: "Sandtakvegen 20",
        employees: 90,
        revenue: 240.0,
        export: 0.05,
        growth: 0.03,
        files: CSV_NB,
        share_here: None,
        small: true,
    },
    Seat {
        name: "Lynspon Presisjon AS",
        trade: Trade::Metal,
        place: 3,
        street: "Dreiebenken 2",
        employees: 88,
        revenue: 172.0,
        export: 0.44,
        growth: 0.052,
        files: XLSX_EN,
        share_here: Some(0.78),
        small: true,
    },
    Seat {
        name: "Solåker Grønt AS",
        trade: Trade::Food,
        place: 18,
        street: "Potetgata 8",
        employees: 105,
        revenue: 310.0,
        export: 0.03,
        growth: 0.036,
        files: CSV_EN,
        share_here: None,
        small: true,
    },
];
