//! Activity tables in the published template format: energy, materials, waste, transport.
//!
//! One table tells all of one kind for one year, so that its coverage line is true and no two tables claim
//! the same thing.

mod csv;
mod rows;
mod workbook;

pub(crate) use rows::table_of;

use std::io::{self, Write};

use greenheart_model::{CoverageKind, Date, Month, OrgNo};

use crate::num::Ore;
use crate::plan::{Cluster, Company};
use crate::sector::Unit;

/// A table of a member and year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TableKind {
    /// Power, heat and fuel.
    Energy,
    /// Material in, product out.
    Materials,
    /// Waste by code and treatment.
    Waste,
    /// Bought freight.
    Transport,
}

impl TableKind {
    /// Every table.
    pub const ALL: [Self; 4] = [Self::Energy, Self::Materials, Self::Waste, Self::Transport];

    /// Norwegian and English file name without its ending.
    pub(crate) const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Energy => ("energi", "energy"),
            Self::Materials => ("materialer", "materials"),
            Self::Waste => ("avfall", "waste"),
            Self::Transport => ("transport", "transport"),
        }
    }

    /// What it covers.
    pub const fn coverage(self) -> CoverageKind {
        match self {
            Self::Energy => CoverageKind::Energy,
            Self::Materials => CoverageKind::Materials,
            Self::Waste => CoverageKind::Waste,
            Self::Transport => CoverageKind::Transport,
        }
    }
}

/// A column of the templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    Kind,
    Item,
    Use,
    WasteCode,
    Treatment,
    Site,
    From,
    To,
    Quantity,
    Unit,
    Primary,
    Dry,
    Amount,
    Currency,
    PartyNumber,
    PartyName,
    Country,
    SupplierCo2e,
    Note,
}

impl Column {
    /// The columns of a table, in the order of its template.
    pub(crate) const fn of(kind: TableKind) -> &'static [Self] {
        use Column as C;
        match kind {
            TableKind::Energy => &[
                C::Kind,
                C::Item,
                C::Use,
                C::Site,
                C::From,
                C::To,
                C::Quantity,
                C::Unit,
                C::Amount,
                C::Currency,
                C::PartyNumber,
                C::PartyName,
                C::SupplierCo2e,
                C::Note,
            ],
            TableKind::Materials => &[
                C::Kind,
                C::Item,
                C::Site,
                C::From,
                C::To,
                C::Quantity,
                C::Unit,
                C::Primary,
                C::Dry,
                C::Amount,
                C::Currency,
                C::PartyNumber,
                C::PartyName,
                C::Country,
                C::SupplierCo2e,
                C::Note,
            ],
            TableKind::Waste => &[
                C::Kind,
                C::Item,
                C::WasteCode,
                C::Treatment,
                C::Site,
                C::From,
                C::To,
                C::Quantity,
                C::Unit,
                C::Dry,
                C::Amount,
                C::Currency,
                C::PartyNumber,
                C::PartyName,
                C::Note,
            ],
            TableKind::Transport => &[
                C::Kind,
                C::Item,
                C::Site,
                C::From,
                C::To,
                C::Quantity,
                C::Unit,
                C::Amount,
                C::Currency,
                C::PartyNumber,
                C::PartyName,
                C::SupplierCo2e,
                C::Note,
            ],
        }
    }

    /// Norwegian and English header.
    pub(crate) const fn header(self) -> (&'static str, &'static str) {
        match self {
            Self::Kind => ("Type", "Kind"),
            Self::Item => ("Vare", "Item"),
            Self::Use => ("Bruk", "Use"),
            Self::WasteCode => ("Avfallskode", "Waste code"),
            Self::Treatment => ("Behandling", "Treatment"),
            Self::Site => ("Anlegg", "Site"),
            Self::From => ("Fra", "From"),
            Self::To => ("Til", "To"),
            Self::Quantity => ("Mengde", "Quantity"),
            Self::Unit => ("Enhet", "Unit"),
            Self::Primary => ("Primærandel (%)", "Primary share (%)"),
            Self::Dry => ("Tørrstoff (%)", "Dry content (%)"),
            Self::Amount => ("Beløp", "Amount"),
            Self::Currency => ("Valuta", "Currency"),
            Self::PartyNumber => ("Motpart orgnr", "Counterparty org no"),
            Self::PartyName => ("Motpart", "Counterparty"),
            Self::Country => ("Land", "Country"),
            Self::SupplierCo2e => ("Leverandør kg CO2e", "Supplier kg CO2e"),
            Self::Note => ("Merknad", "Note"),
        }
    }
}

/// A row, before it is written in one language or the other.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// Words for the kind, Norwegian and English.
    pub(crate) kind: (&'static str, &'static str),
    /// Key of the item catalogue, which both languages accept.
    pub(crate) item: &'static str,
    pub(crate) fuel_use: Option<(&'static str, &'static str)>,
    pub(crate) waste: Option<(&'static str, &'static str, &'static str)>,
    pub(crate) site: Option<OrgNo>,
    pub(crate) from: Date,
    pub(crate) to: Date,
    /// Whole units of `unit`.
    pub(crate) quantity: i64,
    pub(crate) unit: Unit,
    pub(crate) primary_permille: Option<u16>,
    pub(crate) dry_permille: Option<u16>,
    pub(crate) amount: Option<Ore>,
    pub(crate) party: Option<(Option<OrgNo>, String, &'static str)>,
    /// Norwegian and English.
    pub(crate) note: (&'static str, &'static str),
}

/// A value as a cell holds it.
pub(crate) enum Value<'a> {
    Text(&'a str),
    /// A number of so many decimals, in units of the last.
    Number(i64, u32),
    Date(Date),
    Empty,
}

impl Row {
    /// What stands in a column.
    pub(crate) fn value(&self, column: Column, english: bool) -> Value<'_> {
        let word = |(nb, en): (&'static str, &'static str)| Value::Text(if english { en } else { nb });
        let permille = |share: Option<u16>| share.map_or(Value::Empty, |share| Value::Number(share.into(), 1));
        match column {
            Column::Kind => word(self.kind),
            Column::Item => Value::Text(self.item),
            Column::Use => self.fuel_use.map_or(Value::Empty, word),
            Column::WasteCode => self.waste.map_or(Value::Empty, |(code, ..)| Value::Text(code)),
            Column::Treatment => self.waste.map_or(Value::Empty, |(_, nb, en)| word((nb, en))),
            Column::Site => self
                .site
                .as_ref()
                .map_or(Value::Empty, |site| Value::Text(site.as_str())),
            Column::From => Value::Date(self.from),
            Column::To => Value::Date(self.to),
            Column::Quantity => Value::Number(self.quantity, self.unit.decimals()),
            Column::Unit => word(self.unit.symbols()),
            Column::Primary => permille(self.primary_permille),
            Column::Dry => permille(self.dry_permille),
            Column::Amount => self.amount.map_or(Value::Empty, |amount| Value::Number(amount, 2)),
            Column::Currency => self.amount.map_or(Value::Empty, |_| Value::Text("NOK")),
            Column::PartyNumber => match &self.party {
                Some((Some(number), ..)) => Value::Text(number.as_str()),
                _ => Value::Empty,
            },
            Column::PartyName => self
                .party
                .as_ref()
                .map_or(Value::Empty, |(_, name, _)| Value::Text(name)),
            Column::Country => self
                .party
                .as_ref()
                .map_or(Value::Empty, |(.., country)| Value::Text(country)),
            Column::SupplierCo2e => Value::Empty,
            Column::Note => word(self.note),
        }
    }
}

impl Unit {
    /// Decimals that its quantities are written with: a kilogram is the thousandth of a tonne.
    const fn decimals(self) -> u32 {
        match self {
            Self::Kilogram => 3,
            Self::KilowattHour | Self::Litre | Self::CubicMetre | Self::TonneKilometre | Self::Krone => 0,
        }
    }

    /// Norwegian and English.
    const fn symbols(self) -> (&'static str, &'static str) {
        match self {
            Self::Kilogram => ("tonn", "t"),
            Self::KilowattHour => ("kWh", "kWh"),
            Self::Litre => ("liter", "l"),
            Self::CubicMetre => ("m3", "m3"),
            Self::TonneKilometre => ("tkm", "tkm"),
            Self::Krone => ("NOK", "NOK"),
        }
    }
}

/// Writes a table in the form that the company prefers.
pub(crate) fn write(
    cluster: &Cluster,
    company: &Company,
    year: i16,
    kind: TableKind,
    out: &mut dyn Write,
) -> io::Result<()> {
    let rows = rows::rows(cluster, company, year, kind);
    let sheet = Sheet {
        kind,
        year,
        missing: cluster.missing_months(company, year, kind),
        english: company.seat.files.english,
        rows: &rows,
    };
    if company.seat.files.workbook {
        workbook::write(&sheet, out)
    } else {
        csv::write(&sheet, out)
    }
}

/// A table ready to be written.
pub(crate) struct Sheet<'a> {
    kind: TableKind,
    year: i16,
    missing: std::ops::Range<i8>,
    english: bool,
    rows: &'a [Row],
}

impl Sheet<'_> {
    /// `# coverage: energy 2024`, as the reader of tables wants it; month by month where some are missing.
    fn coverage_lines(&self) -> Vec<String> {
        let line = |period: &dyn std::fmt::Display| format!("# coverage: {} {period}", self.kind.coverage());
        if self.missing.is_empty() {
            return vec![line(&self.year)];
        }
        let told = (1..=12).filter(|number| !self.missing.contains(number));
        told.filter_map(|number| Month::new(self.year, number))
            .map(|month| line(&month))
            .collect()
    }

    fn headers(&self) -> impl Iterator<Item = &'static str> {
        let english = self.english;
        Column::of(self.kind).iter().map(move |column| {
            let (nb, en) = column.header();
            if english { en } else { nb }
        })
    }
}
