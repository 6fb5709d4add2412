//! Entries of an invented cluster: the same on every run, in the mix that posting makes.

use greenheart_model::{
    BatchId, Entry, FactorId, GasMasses, ItemClass, MemberId, Method, Month, Scope, Scope2Basis, Text,
};
use greenheart_units::Amount;

/// Members of the generated cluster: with 18 pairs of scope and category and six years 21 060 groups.
pub const MEMBERS: u64 = 195;
/// First year.
pub const FIRST_YEAR: i16 = 2020;
/// Years.
pub const YEARS: i16 = 6;

/// Splitmix64: small, well mixed, the same everywhere.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

/// One kind of entry: how often (of a thousand), where it counts, and micro-kilograms of gas for each unit.
struct Kind {
    weight: u64,
    scope: Scope,
    category: u8,
    class: ItemClass,
    line: &'static str,
    method: Method,
    factor: &'static str,
    rule: &'static str,
    part: &'static str,
    gases: [i128; 6],
}

const fn kind(weight: u64, scope: Scope, category: u8, class: ItemClass, line: &'static str) -> Kind {
    Kind {
        weight,
        scope,
        category,
        class,
        line,
        method: Method::Spend,
        factor: "spend",
        rule: "purchase.spend@1",
        part: "",
        gases: [0, 0, 0, 0, 0, 31_415],
    }
}

const fn physical(base: Kind, rule: &'static str, part: &'static str, gases: [i128; 6]) -> Kind {
    Kind {
        method: Method::Activity,
        factor: "physical",
        rule,
        part,
        gases,
        ..base
    }
}

use ItemClass as C;
use Scope::{None as Outside, One, Three, Two};

const KINDS: [Kind; 22] = [
    kind(290, Three, 1, C::Goods, "spend.goods"),
    kind(170, Three, 1, C::Services, "spend.services"),
    kind(18, Three, 2, C::Capital, "spend.capital"),
    kind(14, Three, 6, C::Travel, "spend.travel"),
    kind(6, Three, 7, C::Commuting, "spend.commuting"),
    kind(8, Three, 8, C::Services, "spend.leased"),
    kind(8, Three, 10, C::Services, "processing"),
    kind(8, Three, 11, C::Services, "use_of_products"),
    kind(8, Three, 12, C::WasteService, "end_of_life"),
    kind(6, Three, 13, C::Services, "leased_out"),
    kind(6, Three, 14, C::Services, "franchises"),
    kind(6, Three, 15, C::Services, "investments"),
    physical(
        kind(30, One, 0, C::VehicleFuel, "diesel"),
        "fuel.combustion@1",
        "",
        [2_663_000, 120, 0, 133, 181_000, 0],
    ),
    physical(
        kind(20, One, 0, C::StationaryFuel, "wood_chips"),
        "fuel.combustion@1",
        "",
        [0, 0, 29, 4, 352_000, 0],
    ),
    physical(
        kind(50, Three, 3, C::VehicleFuel, "diesel"),
        "upstream@1",
        "",
        [0, 0, 0, 0, 0, 624_000],
    ),
    physical(
        kind(40, Two, 0, C::Electricity, "electricity"),
        "electricity.location@1",
        "",
        [17_000, 1, 0, 0, 0, 0],
    ),
    physical(
        kind(40, Two, 0, C::Electricity, "electricity"),
        "electricity.market@1",
        "",
        [0, 0, 0, 0, 0, 599_000],
    ),
    physical(
        kind(45, Three, 4, C::Freight, "road_freight"),
        "transport@1",
        "",
        [0, 0, 0, 0, 0, 97_000],
    ),
    physical(
        kind(12, Three, 9, C::Freight, "road_freight_out"),
        "transport@1",
        "",
        [0, 0, 0, 0, 0, 97_000],
    ),
    physical(
        kind(35, Three, 5, C::WasteService, "mixed_waste"),
        "waste@1",
        "waste_lost",
        [0, 0, 0, 0, 0, 21_300],
    ),
    physical(
        kind(40, Three, 1, C::Goods, "steel"),
        "material@1",
        "primary_input",
        [0, 0, 0, 0, 0, 1_890_000],
    ),
    physical(
        kind(140, Outside, 0, C::Revenue, "revenue.domestic"),
        "sale@1",
        "",
        [0; 6],
    ),
];

/// Makes entries; texts that repeat are made once.
pub struct Maker {
    texts: Vec<[Text; 3]>,
    factors: Vec<Vec<FactorId>>,
    others: Vec<MemberId>,
    by_weight: Vec<usize>,
    /// Which member is at work: members differ in whom they trade with.
    pub turn: usize,
}

impl Maker {
    pub fn new() -> Self {
        let factors = |kind: &Kind| {
            let years = FIRST_YEAR..FIRST_YEAR + YEARS;
            years
                .map(|year| FactorId::new(format!("{}.{}.{year}", kind.factor, kind.line)))
                .collect()
        };
        Self {
            texts: KINDS
                .iter()
                .map(|kind| [kind.line.into(), kind.rule.into(), kind.part.into()])
                .collect(),
            factors: KINDS.iter().map(factors).collect(),
            others: (0..MEMBERS).map(member).collect(),
            by_weight: KINDS
                .iter()
                .enumerate()
                .flat_map(|(at, kind)| std::iter::repeat_n(at, usize::try_from(kind.weight).unwrap_or_default()))
                .collect(),
            turn: 0,
        }
    }

    /// Row `row_no` of a batch of `year`, booked in `month`.
    pub fn entry(&self, random: &mut Random, row_no: u64, year: i16, month: i8) -> Entry {
        let pick =
            |random: &mut Random, length: usize| usize::try_from(random.below(length as u64)).unwrap_or_default();
        let at = self.by_weight[pick(random, self.by_weight.len())];
        let (kind, [line, rule, part]) = (&KINDS[at], &self.texts[at]);
        // Hundredths of a krone, kilogram or kilowatt-hour, small ones more often than large ones.
        let size = 1 + random.below(2_000) * random.below(5_000) / 3;
        let hundredths = i128::from(size);
        let quantity = Amount::from_mantissa(hundredths * 10_000);
        let gas = |kg_millionths: i128| Amount::from_mantissa(hundredths * kg_millionths / 100);
        let [co2, ch4_fossil, ch4_biogenic, n2o, co2_biogenic, co2e_other] = kind.gases.map(gas);
        // One row in twenty is with another member: each kind with the same few of them.
        let with_member = random.below(20) == 0 && kind.scope != Scope::One;
        let other = (self.turn + at * 7 + pick(random, 3)) % self.others.len();
        let physical = kind.method == Method::Activity;
        let revenue = kind.scope == Outside;
        let energy = matches!(kind.class, C::Electricity | C::VehicleFuel | C::StationaryFuel);
        let year_at = usize::try_from(year - FIRST_YEAR).unwrap_or_default();
        Entry {
            row_no,
            site: None,
            month: Month::new(year, month).expect("a month"),
            scope: kind.scope,
            category: kind.category,
            class: kind.class,
            line: line.clone(),
            method: if revenue { Method::NotApplicable } else { kind.method },
            basis: match &**rule {
                "electricity.location@1" => Scope2Basis::Location,
                "electricity.market@1" => Scope2Basis::Market,
                _ => Scope2Basis::Both,
            },
            factor: (!revenue).then(|| self.factors[at][year_at].clone()),
            rule: rule.clone(),
            counterparty: with_member.then(|| self.others[other].clone()),
            gases: GasMasses {
                co2,
                ch4_fossil,
                ch4_biogenic,
                n2o,
                co2_biogenic,
                co2e_other,
            },
            amount_nok: (!physical || revenue || random.below(2) == 0).then_some(quantity),
            mass_kg: (!part.is_empty()).then_some(quantity),
            material_part: part.clone(),
            energy_kwh: energy.then_some(quantity),
        }
    }
}

/// Member number `at`.
pub fn member(at: u64) -> MemberId {
    MemberId::new(format!("9{:08}", 10_000_019 + at * 37))
}

/// The batch of a member and year.
pub fn batch(member: &MemberId, year: i16) -> BatchId {
    BatchId::new(format!("b-{member}-{year}"))
}
