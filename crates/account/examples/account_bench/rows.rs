//! Invented activities.
//!
//! The mix is that of books, invoices and meters together: half of the rows are spend from the books, the rest
//! fuel, power, heat, freight, waste, material and travel with quantities. A third names the other side, which
//! is a member one time in four; some are in euro; prices are brought to the year of the spend factors.

use greenheart_account::{Options, PriceIndex};
use greenheart_model::{
    AccountRef, Activity, ActivityKind, Counterparty, Date, Identifiers, ItemClass, Member, MemberId, Membership,
    OrgNo, Period, Role, RowPlace, SiteId, Treatment,
};
use greenheart_units::{Amount, Currency, Dimension, Rate, Reading};

pub const ROWS: u64 = 1_000_000;
const YEARS: [i16; 6] = [2020, 2021, 2022, 2023, 2024, 2025];

type Row = (ActivityKind, ItemClass, &'static str, Option<Dimension>);

const MIX: [Row; 20] = {
    use ActivityKind::{
        CapitalGood, Electricity, Fuel, Heat, MaterialInput, OtherPosting, ProductOutput, Purchase, Sale, Transport,
        Travel, Waste,
    };
    use Dimension::{Count, Energy, FreightWork, Mass, Volume};
    use ItemClass as Class;
    [
        (Sale, Class::Revenue, "revenue.goods", None),
        (Purchase, Class::Goods, "purchase.4005", None),
        (Purchase, Class::Services, "purchase.6700", None),
        (Purchase, Class::Goods, "chemicals", None),
        (Purchase, Class::Electricity, "purchase.6340", None),
        (Sale, Class::Revenue, "revenue.goods", None),
        (Purchase, Class::Freight, "purchase.6100", None),
        (OtherPosting, Class::None, "payroll", None),
        (CapitalGood, Class::Capital, "machinery", None),
        (Purchase, Class::VehicleFuel, "purchase.7000", None),
        (Electricity, Class::Electricity, "electricity", Some(Energy)),
        (Fuel, Class::VehicleFuel, "diesel", Some(Volume)),
        (Fuel, Class::StationaryFuel, "lpg", Some(Mass)),
        (Heat, Class::Heat, "district_heat", Some(Energy)),
        (Transport, Class::Freight, "road_freight", Some(FreightWork)),
        (Waste, Class::WasteService, "mixed_waste", Some(Mass)),
        (MaterialInput, Class::Goods, "aluminium", Some(Mass)),
        (MaterialInput, Class::Goods, "Ukjent råvare 40 mm", Some(Mass)),
        (Travel, Class::Travel, "hotel_night", Some(Count)),
        (ProductOutput, Class::None, "product", Some(Mass)),
    ]
};

pub fn options() -> Options {
    let euro: Currency = "EUR".parse().expect("a currency");
    let rate = |tenths: i128| Rate::from_mantissa(tenths * Rate::ONE_MANTISSA / 10);
    let level = |year: i16| (year, Rate::from_integer(100 + 3 * i64::from(year - 2015)));
    Options {
        country: "NO".into(),
        rates: YEARS
            .into_iter()
            .zip([107, 102, 101, 114, 116, 117])
            .map(|(year, of)| ((euro, year), rate(of)))
            .collect(),
        price_index: Some(PriceIndex {
            name: "bench".into(),
            source: "invented".into(),
            by_year: (2015..=2026).map(level).collect(),
        }),
    }
}

/// Members with the first organisation numbers that are valid.
pub fn members(count: usize) -> Vec<Member> {
    let numbers = (910_000_000_u32..).filter_map(|number| number.to_string().parse::<OrgNo>().ok());
    numbers
        .take(count)
        .map(|org_no| Member {
            id: MemberId::new(org_no.as_str()),
            org_no,
            name: format!("Oppdiktet {org_no} AS"),
            nace: None,
            role: Role::Industry,
            membership: Membership {
                joined: Date::constant(2019, 1, 1),
                left: None,
            },
            employees: Some(40),
            fictional: true,
        })
        .collect()
}

pub fn activity(row_no: u64, members: &[Member]) -> Activity {
    // Numbers of different size that repeat late, so that no branch is learnt.
    let mixed = row_no.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let pick = |shift: u32, bound: usize| usize::try_from(mixed >> shift).unwrap_or_default() % bound;
    let (kind, class, item, dimension) = MIX[pick(0, MIX.len())];
    let booked = dimension.is_none().then(|| AccountRef {
        id: "4005".into(),
        grouping_category: "varekostnad".into(),
        grouping_code: "4005".into(),
    });
    let (month, day) = (pick(5, 12), pick(9, 28));
    let date = |at: usize| i8::try_from(at).unwrap_or_default() + 1;
    let size = i64::try_from(pick(11, 900_000)).unwrap_or_default();
    let euro = kind == ActivityKind::Purchase && pick(13, 16) == 0;
    Activity {
        row_no,
        place: RowPlace { file: 0, row: row_no },
        kind,
        class,
        item: item.into(),
        site: (pick(14, 4) == 0).then(|| SiteId::new("s1")),
        period: Period::day(Date::constant(YEARS[pick(3, 6)], date(month), date(day))),
        quantity: dimension.map(|dimension| Reading::new(Amount::from_mantissa(i128::from(size) * 10_000), dimension)),
        raw_quantity: None,
        amount: Some(Amount::from_mantissa(i128::from(size) * 20_000)),
        currency: if euro {
            "EUR".parse().expect("a currency")
        } else {
            Currency::NOK
        },
        counterparty: (pick(7, 3) == 0).then(|| counterparty(pick(15, 260), members)),
        account: booked,
        tax_code: (kind == ActivityKind::Sale && pick(17, 3) == 0).then(|| "52".into()),
        waste_code: None,
        treatment: (kind == ActivityKind::Waste)
            .then(|| [Treatment::Recycling, Treatment::EnergyRecovery, Treatment::Landfill][pick(16, 3)]),
        primary_permille: (pick(18, 2) == 0).then_some(700),
        dry_permille: None,
        supplier_co2e: (pick(19, 30) == 0).then(|| Amount::from_integer(12)),
        ambiguous_split: false,
        carriage: None,
        identifiers: Identifiers::default(),
    }
}

/// A member, or somebody else.
fn counterparty(at: usize, members: &[Member]) -> Counterparty {
    Counterparty {
        org_no: members.get(at).map(|member| member.org_no),
        local_id: Some("20017".into()),
        name: None,
        country: Some("NO".into()),
    }
}
