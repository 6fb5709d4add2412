//! The chart of accounts: numbers in the manner of NS 4102, the grouping codes of SAF-T 1.30.

/// An account of the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Account {
    PlantBuildings,
    Machines,
    Stock,
    Receivables,
    Bank,
    ShareCapital,
    Equity,
    Loans,
    Payables,
    TaxDue,
    WithheldTax,
    VatOut,
    VatOutMiddle,
    VatOutImport,
    VatIn,
    VatInMiddle,
    VatInImport,
    VatSettlement,
    SocialDue,
    HolidayPay,
    Sales,
    SalesExempt,
    Grants,
    Goods,
    GoodsAbroad,
    HiredLabour,
    Wages,
    HolidayCost,
    Social,
    Pension,
    Depreciation,
    Freight,
    Power,
    ProcessFuel,
    Heat,
    Rent,
    Software,
    WasteAndWater,
    Tools,
    Buildings,
    Maintenance,
    Advice,
    Office,
    VehicleFuel,
    Travel,
    Advertising,
    Insurance,
    Interest,
    IncomeTax,
    Result,
}

/// How an account stands in a file.
pub(crate) struct Entry {
    pub(crate) number: &'static str,
    pub(crate) name: &'static str,
    pub(crate) category: &'static str,
    pub(crate) code: &'static str,
}

const FIXED: &str = "balanseverdiForAnleggsmiddel";
const CURRENT: &str = "balanseverdiForOmloepsmiddel";
const EQUITY: &str = "egenkapital";
const LONG: &str = "langsiktigGjeld";
const SHORT: &str = "kortsiktigGjeld";
const SALES: &str = "salgsinntekt";
const INCOME: &str = "annenDriftsinntekt";
const GOODS: &str = "varekostnad";
const PAY: &str = "loennskostnad";
const COST: &str = "annenDriftskostnad";

const fn entry(number: &'static str, name: &'static str, category: &'static str, code: &'static str) -> Entry {
    Entry {
        number,
        name,
        category,
        code,
    }
}

/// In the order of [`Account`].
const CHART: [Entry; Account::COUNT] = [
    entry("1100", "Bygninger", FIXED, "1105"),
    entry("1200", "Maskiner og anlegg", FIXED, "1205"),
    entry("1400", "Varelager", CURRENT, "1400"),
    entry("1500", "Kundefordringer", CURRENT, "1500"),
    entry("1920", "Bankinnskudd", CURRENT, "1920"),
    entry("2000", "Aksjekapital", EQUITY, "2000"),
    entry("2050", "Annen egenkapital", EQUITY, "2050"),
    entry("2220", "Gjeld til kredittinstitusjoner", LONG, "2220"),
    entry("2400", "Leverandørgjeld", SHORT, "2400"),
    entry("2500", "Betalbar skatt", SHORT, "2500"),
    entry("2600", "Forskuddstrekk", SHORT, "2600"),
    entry("2700", "Utgående mva, høy sats", SHORT, "2740"),
    entry("2701", "Utgående mva, middels sats", SHORT, "2740"),
    entry("2702", "Utgående mva, innførsel", SHORT, "2740"),
    entry("2710", "Inngående mva, høy sats", SHORT, "2740"),
    entry("2711", "Inngående mva, middels sats", SHORT, "2740"),
    entry("2712", "Inngående mva, innførsel", SHORT, "2740"),
    entry("2740", "Oppgjørskonto mva", SHORT, "2740"),
    entry("2770", "Skyldig arbeidsgiveravgift", SHORT, "2770"),
    entry("2940", "Skyldige feriepenger", SHORT, "2949"),
    entry("3000", "Salgsinntekt, avgiftspliktig", SALES, "3000"),
    entry("3100", "Salgsinntekt, utførsel", SALES, "3100"),
    entry("3400", "Offentlige tilskudd", INCOME, "3400"),
    entry("4000", "Innkjøp av råvarer", GOODS, "4005"),
    entry("4010", "Innkjøp av råvarer fra utlandet", GOODS, "4005"),
    entry("4500", "Innleid arbeidskraft", GOODS, "4500"),
    entry("5000", "Lønn", PAY, "5000"),
    entry("5180", "Feriepenger", PAY, "5000"),
    entry("5400", "Arbeidsgiveravgift", PAY, "5400"),
    entry("5420", "Pensjonspremie", PAY, "5420"),
    entry("6000", "Avskrivninger", COST, "6000"),
    entry("6100", "Frakt ved salg", COST, "6100"),
    entry("6205", "Elektrisk kraft, produksjon", COST, "6200"),
    entry("6210", "Brensel: gass og olje", COST, "6200"),
    entry("6220", "Fjernvarme", COST, "6200"),
    entry("6300", "Leie av lokaler", COST, "6300"),
    entry("6550", "Programvare og IT", COST, "6350"),
    entry("6395", "Renovasjon, vann og avløp", COST, "6395"),
    entry("6500", "Verktøy og driftsmateriell", COST, "6500"),
    entry("6600", "Vedlikehold av bygninger", COST, "6600"),
    entry("6695", "Vedlikehold av maskiner", COST, "6695"),
    entry("6700", "Regnskap, revisjon og rådgivning", COST, "6700"),
    entry("6900", "Telefon, porto og kontor", COST, "6995"),
    entry("7000", "Drivstoff", COST, "7000"),
    entry("7140", "Reisekostnader", COST, "7165"),
    entry("7320", "Reklame", COST, "7330"),
    entry("7500", "Forsikring", COST, "7500"),
    entry("8150", "Rentekostnad", "finanskostnad", "8150"),
    entry("8300", "Betalbar skatt", "skattekostnad", "8300"),
    entry(
        "8800",
        "Disponering av årsresultat",
        "resultatDisponeringForSAF-T",
        "8800",
    ),
];

impl Account {
    /// How many there are.
    pub(crate) const COUNT: usize = Self::Result as usize + 1;

    /// Its place in balances.
    pub(crate) const fn at(self) -> usize {
        self as usize
    }

    /// Its place in the chart.
    pub(crate) const fn entry(self) -> &'static Entry {
        &CHART[self.at()]
    }

    /// The chart, in order.
    pub(crate) const fn chart() -> &'static [Entry; Self::COUNT] {
        &CHART
    }
}

/// Whether the account at this place of the chart begins each year at zero.
pub(crate) const fn is_result(at: usize) -> bool {
    at >= Account::Sales.at()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_stand_where_they_are_named() {
        for (account, number) in [
            (Account::PlantBuildings, "1100"),
            (Account::Sales, "3000"),
            (Account::WasteAndWater, "6395"),
            (Account::VehicleFuel, "7000"),
            (Account::Result, "8800"),
        ] {
            assert_eq!(account.entry().number, number);
        }
        let mut numbers: Vec<&str> = CHART.iter().map(|entry| entry.number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), Account::COUNT);
    }
}
