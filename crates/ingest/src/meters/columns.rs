//! Which column of a meter export holds what.

use super::series::Direction;
use crate::tables::normalise;

/// Where things stand. Positions from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Columns {
    pub from: Option<usize>,
    pub to: Option<usize>,
    /// Hour of a day whose date stands in `from`.
    pub clock: Option<usize>,
    pub meter: Option<usize>,
    pub value: Option<usize>,
    /// The value is the state of the register, not what was used since.
    pub is_register: bool,
    pub unit: Option<usize>,
    pub direction: Option<usize>,
    pub carrier: Option<usize>,
    pub quality: Option<usize>,
    /// One column of values for each metering point.
    pub wide: Vec<(usize, String)>,
    /// Unit in the header of the values.
    pub header_unit: Option<String>,
    /// Direction in the header of the values.
    pub header_direction: Option<Direction>,
    /// A column of a general table: item, kind or amount of money.
    pub is_table: bool,
}

const METER: &[&str] = &[
    "målepunkt",
    "målepunkt-id",
    "målepunktid",
    "målepunkt id",
    "maaler-id",
    "målernummer",
    "målernr",
    "måler-id",
    "måler id",
    "målerid",
    "måler",
    "meteringpointid",
    "metering point",
    "metering point id",
    "meter id",
    "meter",
    "mpid",
    "gsrn",
    "anlegg",
    "anleggsnummer",
    "anleggsnr",
];
const FROM: &[&str] = &[
    "fra",
    "from",
    "start",
    "starttid",
    "fra tid",
    "fra dato",
    "fra tidspunkt",
    "tidspunkt",
    "timestamp",
    "tid",
    "dato/tid",
    "dato og tid",
    "datetime",
    "date time",
    "start time",
    "starttime",
    "period start",
    "measurement time",
    "fratid",
];
const TO: &[&str] = &[
    "til", "to", "slutt", "end", "sluttid", "til tid", "til dato", "end time", "endtime", "tiltid",
];
const DATE: &[&str] = &["dato", "date", "dag", "day"];
const CLOCK: &[&str] = &["time", "klokkeslett", "hour", "kl", "timenr", "klokke"];
const VALUE: &[&str] = &[
    "kwh",
    "mwh",
    "wh",
    "verdi",
    "value",
    "forbruk",
    "consumption",
    "energi",
    "energy",
    "måleverdi",
    "volum",
    "volume",
    "produksjon",
    "production",
    "timeverdi",
    "import",
    "eksport",
    "export",
];
const REGISTER: &[&str] = &[
    "målerstand",
    "stand",
    "meter reading",
    "register",
    "avlesning",
    "tellerstand",
    "målerstand kwh",
];
const UNIT: &[&str] = &["enhet", "unit", "måleenhet"];
const DIRECTION: &[&str] = &["retning", "direction", "flow"];
const CARRIER: &[&str] = &[
    "energikilde",
    "energy source",
    "energibærer",
    "energy carrier",
    "carrier",
];
const QUALITY: &[&str] = &["kvalitet", "quality", "status", "kvalitetskode"];
/// Headers of general tables, which another reader takes.
const TABLE: &[&str] = &[
    "vare",
    "item",
    "type",
    "kind",
    "beløp",
    "amount",
    "mengde",
    "quantity",
    "leverandør",
    "supplier",
    "periode",
    "period",
];

impl Columns {
    /// The columns that these headers name; `None` when they do not say when and how much.
    pub(super) fn of<S: AsRef<str>>(headers: &[S]) -> Option<Self> {
        let mut columns = Self::default();
        for (at, header) in headers.iter().enumerate() {
            columns.note(at, header.as_ref());
        }
        let when = columns.from.is_some();
        let what = columns.value.is_some() || !columns.wide.is_empty();
        (when && what).then_some(columns)
    }

    fn note(&mut self, at: usize, header: &str) {
        let plain = normalise(header.trim_matches('"'));
        let (name, unit) = without_unit(&plain);
        let first = |slot: &mut Option<usize>| {
            slot.get_or_insert(at);
        };
        match name {
            name if METER.contains(&name) => first(&mut self.meter),
            name if FROM.contains(&name) || DATE.contains(&name) => first(&mut self.from),
            name if TO.contains(&name) => first(&mut self.to),
            name if CLOCK.contains(&name) => first(&mut self.clock),
            name if UNIT.contains(&name) => first(&mut self.unit),
            name if DIRECTION.contains(&name) => first(&mut self.direction),
            name if CARRIER.contains(&name) => first(&mut self.carrier),
            name if QUALITY.contains(&name) => first(&mut self.quality),
            name if REGISTER.contains(&name) && self.value.is_none() => {
                self.value = Some(at);
                self.is_register = true;
                self.header_unit = unit.map(str::to_owned);
            }
            name if is_value(name) && self.value.is_none() => {
                self.value = Some(at);
                self.header_unit = unit.map(str::to_owned).or_else(|| leading_unit(name));
                self.header_direction = Direction::of_words(name);
            }
            name if TABLE.contains(&name) => self.is_table = true,
            name => {
                if let Some(meter) = metering_point(name) {
                    self.wide.push((at, meter.to_owned()));
                }
            }
        }
    }

    /// How many columns at least a row must have.
    pub(super) fn width(&self) -> usize {
        let wide = self.wide.iter().map(|(at, _)| *at);
        let value = if self.wide.is_empty() { self.value } else { None };
        self.from
            .into_iter()
            .chain(value)
            .chain(wide.min())
            .max()
            .map_or(0, |at| at + 1)
    }
}

/// `forbruk (kwh)` and `forbruk [kwh]` have a unit, `kwh 60 forbruk` begins with one.
fn without_unit(plain: &str) -> (&str, Option<&str>) {
    match plain.rfind(['(', '[']) {
        Some(open) => (
            plain[..open].trim_end(),
            Some(plain[open + 1..].trim_end_matches([')', ']']).trim()),
        ),
        None => (plain, None),
    }
}

fn leading_unit(name: &str) -> Option<String> {
    let first = name.split(' ').next()?;
    matches!(first, "kwh" | "mwh" | "wh" | "gwh").then(|| first.to_owned())
}

fn is_value(name: &str) -> bool {
    VALUE.contains(&name) || leading_unit(name).is_some()
}

/// Eighteen digits (a GSRN) in a name.
pub(super) fn metering_point(name: &str) -> Option<&str> {
    let bytes = name.as_bytes();
    let mut from = 0;
    while from < bytes.len() {
        let length = bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if length == 18 {
            return Some(&name[from..from + 18]);
        }
        from += length.max(1);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_known_exports() {
        let elhub = Columns::of(&["Fra", "Til", "KWH 60 Forbruk", "Kvalitet"]).expect("an export");
        assert_eq!(
            (elhub.from, elhub.to, elhub.value, elhub.quality),
            (Some(0), Some(1), Some(2), Some(3))
        );
        assert_eq!(elhub.header_unit.as_deref(), Some("kwh"));
        assert_eq!(elhub.header_direction, Some(Direction::Import));
        let portal = Columns::of(&["Maaler-Id", "Tidspunkt", "Verdi", "Retning", "Energikilde"]).expect("an export");
        assert_eq!(
            (portal.meter, portal.from, portal.value, portal.direction),
            (Some(0), Some(1), Some(2), Some(3))
        );
        let wide =
            Columns::of(&["Dato", "Time", "707057500000000012", "Kontor 707057500000000029"]).expect("an export");
        assert_eq!((wide.clock, wide.wide.len()), (Some(1), 2));
        assert!(
            Columns::of(&["Fra", "Til", "Målerstand (kWh)"])
                .expect("an export")
                .is_register
        );
        assert!(Columns::of(&["Vare", "Mengde"]).is_none());
        assert!(Columns::of(&["Fra", "Vare", "Forbruk"]).is_some_and(|columns| columns.is_table));
    }
}
