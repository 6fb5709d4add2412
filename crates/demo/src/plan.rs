//! The plan: who there is, who buys what from whom, and how each develops.

mod capacity;

use std::sync::OnceLock;

use greenheart_model::{BoundaryKey, Date, Member, MemberId, Membership, Role, Site, SiteId};
use greenheart_units::Rate;

use crate::books::Balances;
use crate::economy::grown;
use crate::num::real;
use crate::numbers::org_no;
use crate::outside::{MARK, Outside, SUPPLIERS_PER_WORD, suppliers_of};
use crate::place::{ELSEWHERE, REGION};
use crate::rng::Rng;
use crate::roster::{ROSTER, Seat};
use crate::sector::{COMMON, Kind, Lever, Need, Sector, Unit, sector};

/// How much of the cluster is generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// Five members.
    Small,
    /// Everyone.
    Full,
}

/// What to generate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Equal seeds give equal bytes.
    pub seed: u64,
    /// How many members.
    pub size: Size,
    /// First year, which is the base year of the goals.
    pub first_year: i16,
    /// Last year: the last one that has ended.
    pub last_year: i16,
}

impl Options {
    /// All 65 companies and their partners, from 2020 to `last_year`.
    pub const fn full(seed: u64, last_year: i16) -> Self {
        Self {
            seed,
            size: Size::Full,
            first_year: 2020,
            last_year,
        }
    }

    /// Five members, from 2022 (2022 and 2023 are the base years) to `last_year`.
    pub const fn small(seed: u64, last_year: i16) -> Self {
        Self {
            seed,
            size: Size::Small,
            first_year: 2022,
            last_year,
        }
    }
}

/// The other side of a deal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Party {
    /// A member, by its position.
    Member(u16),
    /// Someone else.
    Outside(Outside),
}

impl Party {
    /// A number of its own, for keys.
    pub(crate) fn id(self) -> u16 {
        match self {
            Self::Member(at) => 10_000 + at,
            Self::Outside(outside) => outside.id(),
        }
    }
}

/// One of the suppliers of a need.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source {
    pub(crate) party: Party,
    /// Share of the need.
    pub(crate) weight: f64,
}

/// A member sells to a member: the buyer, and which source of which need of the buyer it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Link {
    pub(crate) buyer: u16,
    pub(crate) need: u8,
    pub(crate) source: u8,
}

/// How fast a company changes.
#[derive(Debug, Clone)]
pub(crate) struct Pace {
    energy: f64,
    material: f64,
    freight: f64,
    /// Share of renewable fuel in the first year, and more each year.
    renewable: (f64, f64),
    /// Share of material used before, where there is such material, and more each year.
    secondary: (f64, f64),
    /// Share of waste sorted from loss in the first year, and more each year.
    sorted: (f64, f64),
    /// Thousandths of primary share lost each year.
    primary_drop: u16,
}

/// A member with all that its files are made from.
#[derive(Debug)]
pub(crate) struct Company {
    pub(crate) at: u16,
    pub(crate) seat: &'static Seat,
    pub(crate) sector: &'static Sector,
    pub(crate) member: Member,
    pub(crate) sites: Vec<Site>,
    pub(crate) needs: Vec<&'static Need>,
    /// `[need][source]`
    pub(crate) sources: Vec<Vec<Source>>,
    /// Units of product in the first year.
    pub(crate) output: f64,
    pub(crate) pace: Pace,
    /// Balances at the beginning of each year, computed when first asked for.
    pub(crate) openings: OnceLock<Vec<Balances>>,
}

/// The cluster: everything that its files follow from.
#[derive(Debug)]
pub struct Cluster {
    pub(crate) options: Options,
    pub(crate) companies: Vec<Company>,
    /// Sales to members, by seller.
    pub(crate) links: Vec<Vec<Link>>,
    keys: Vec<BoundaryKey>,
}

/// Lays out the cluster of these options. Opens no file, reads no clock.
pub fn plan(options: &Options) -> Cluster {
    let seats = ROSTER.iter().filter(|seat| seat.small || options.size == Size::Full);
    let mut companies: Vec<Company> = seats
        .enumerate()
        .map(|(at, seat)| company(options, u16::try_from(at).unwrap_or(u16::MAX), seat))
        .collect();
    if options.size == Size::Full {
        bring_to_size(options, &mut companies);
    }
    for at in 0..companies.len() {
        companies[at].sources = sources(options, &companies, at);
    }
    capacity::keep(options, &mut companies);
    let links = links(&companies);
    let keys = companies
        .iter()
        .filter_map(|company| boundary_key(options, company))
        .collect();
    Cluster {
        options: options.clone(),
        companies,
        links,
        keys,
    }
}

/// Published size of the network in its base year, NOK.
const REVENUE: f64 = 9.5e9;

/// Scales volumes so that the network of the base year has its published revenue: what its sites in the region
/// sell, without the company that joins later.
fn bring_to_size(options: &Options, companies: &mut [Company]) {
    let year = options.first_year;
    let sum: f64 = companies
        .iter()
        .filter(|company| company.seat.network && company.seat.joins_after == 0)
        .map(|company| {
            let revenue = company.output * company.price(year) * company.volume(options, year);
            revenue * company.seat.share_here.unwrap_or(1.0)
        })
        .sum();
    for company in companies {
        company.output *= REVENUE / sum;
    }
}

/// Who sells to members: for each seller the sources that it is.
fn links(companies: &[Company]) -> Vec<Vec<Link>> {
    let mut links = vec![Vec::new(); companies.len()];
    for buyer in companies {
        for (need, sources) in (0_u8..).zip(&buyer.sources) {
            for (source, from) in (0_u8..).zip(sources) {
                if let Party::Member(seller) = from.party {
                    links[usize::from(seller)].push(Link {
                        buyer: buyer.at,
                        need,
                        source,
                    });
                }
            }
        }
    }
    links
}

impl Cluster {
    /// The options it was planned from.
    pub const fn options(&self) -> &Options {
        &self.options
    }
    /// Its members, each marked fictional in its name and its flag.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.companies.iter().map(|company| &company.member)
    }
    /// Their sites, at real places of the region.
    pub fn sites(&self) -> impl Iterator<Item = &Site> {
        self.companies.iter().flat_map(|company| &company.sites)
    }
    /// Which share of a member's books belongs to its sites inside the boundary.
    pub fn boundary_keys(&self) -> &[BoundaryKey] {
        &self.keys
    }
    /// The years of its files, in order.
    pub fn years(&self) -> std::ops::RangeInclusive<i16> {
        self.options.first_year..=self.options.last_year
    }
}

impl Company {
    /// Which share of what it needs and makes belongs to each of its sites, in their order.
    pub(crate) fn site_shares(&self) -> Vec<f64> {
        match self.seat.share_here {
            Some(share) => vec![share, 1.0 - share],
            None => vec![1.0],
        }
    }

    /// Whether it makes goods that weigh something.
    pub(crate) fn makes_goods(&self) -> bool {
        self.sector.role == Role::Industry && self.sector.unit == Unit::Kilogram
    }

    /// Whether it hands in files for a year: not after it has left.
    pub(crate) fn reports(&self, year: i16) -> bool {
        self.member.membership.left.is_none_or(|left| year < left.year())
    }

    /// NOK per unit of product in a year.
    pub(crate) fn price(&self, year: i16) -> f64 {
        self.sector.price * self.sector.index.level(year)
    }

    /// Volume of a year over that of the first.
    pub(crate) fn volume(&self, options: &Options, year: i16) -> f64 {
        let mut rng = Rng::keyed(options.seed, &[1, u64::from(self.at), year.unsigned_abs().into()]);
        grown(self.seat.growth, year - options.first_year) * rng.around(0.035)
    }

    /// What is left of a need, or has come of it, since the first year.
    pub(crate) fn lever(&self, options: &Options, lever: Lever, year: i16) -> f64 {
        let years = (year - options.first_year).max(0);
        let share = |(first, step): (f64, f64)| (first + step * f64::from(years)).clamp(0.0, 0.85);
        match lever {
            Lever::Steady => 1.0,
            Lever::Energy => grown(-self.pace.energy, years),
            Lever::Material => grown(-self.pace.material, years),
            Lever::Freight => grown(-self.pace.freight, years),
            Lever::LeaveFossil => 1.0 - share(self.pace.renewable),
            Lever::EnterRenewable => share(self.pace.renewable),
            Lever::LeavePrimary => 1.0 - share(self.pace.secondary),
            Lever::EnterSecondary => share(self.pace.secondary),
            Lever::LeaveLoss => 1.0 - share(self.pace.sorted),
            Lever::EnterRecycling => share(self.pace.sorted),
        }
    }

    /// Thousandths of primary material in a need: all or nothing stays, a mixture turns greener.
    pub(crate) fn primary(&self, options: &Options, need: &Need, year: i16) -> u16 {
        let years = u16::try_from((year - options.first_year).max(0)).unwrap_or(0);
        match need.primary {
            0 | 1000 => need.primary,
            mixed => mixed.saturating_sub(self.pace.primary_drop * years).max(100),
        }
    }
}

fn company(options: &Options, at: u16, seat: &'static Seat) -> Company {
    let sector = sector(seat.trade);
    let number = org_no(u32::from(at));
    let id = MemberId::new(number.as_str());
    let member = Member {
        id: id.clone(),
        org_no: number,
        name: format!("{} {MARK}", seat.name),
        nace: sector.nace.parse().ok(),
        role: sector.role,
        membership: Membership {
            joined: Date::constant(options.first_year + seat.joins_after, 1, 1),
            left: seat
                .leaves_after
                .map(|years| Date::constant(options.first_year + years, 6, 30)),
        },
        employees: Some(seat.employees),
        fictional: true,
    };
    let needs: Vec<&'static Need> = sector.needs.iter().chain(COMMON).collect();
    Company {
        at,
        seat,
        sector,
        sites: sites(at, seat, &id),
        member,
        needs,
        sources: Vec::new(),
        output: seat.revenue * 1e6 / sector.price,
        pace: pace(options, at),
        openings: OnceLock::new(),
    }
}

fn sites(at: u16, seat: &Seat, member: &MemberId) -> Vec<Site> {
    let site = |number: u32, name: &str, place: &crate::place::Place, in_boundary| {
        let sub_unit = org_no(number);
        Site {
            id: SiteId::new(sub_unit.as_str()),
            member: member.clone(),
            name: format!("{} {name} {MARK}", seat.name),
            sub_unit: Some(sub_unit),
            coordinates: place.coordinates(),
            municipality: Some(place.municipality.to_owned()),
            in_boundary,
        }
    };
    let number = 500 + 4 * u32::from(at);
    let here = &REGION[seat.place % REGION.len()];
    let mut sites = vec![site(number, &format!("avd. {}", here.city), here, true)];
    if seat.share_here.is_some() {
        let there = &ELSEWHERE[usize::from(at) % 2];
        sites.push(site(number + 1, &format!("avd. {}", there.city), there, false));
    }
    sites
}

fn boundary_key(options: &Options, company: &Company) -> Option<BoundaryKey> {
    let share = company.seat.share_here?;
    Some(BoundaryKey {
        member: company.member.id.clone(),
        valid_from: Date::constant(options.first_year, 1, 1),
        share: Rate::from_mantissa(i128::from(crate::num::whole(share * 1000.0)) * (Rate::ONE_MANTISSA / 1000)),
        evidence: format!("lønnsutbetalinger per avdeling {} {MARK}", options.first_year),
    })
}

fn pace(options: &Options, at: u16) -> Pace {
    let mut rng = Rng::keyed(options.seed, &[2, u64::from(at)]);
    Pace {
        energy: rng.range(0.004, 0.028),
        material: rng.range(0.003, 0.018),
        freight: rng.range(0.0, 0.02),
        renewable: (rng.range(0.02, 0.12), rng.range(0.015, 0.12)),
        secondary: (rng.range(0.04, 0.12), rng.range(0.012, 0.05)),
        sorted: (rng.range(0.3, 0.48), rng.range(0.01, 0.065)),
        primary_drop: u16::try_from(rng.between(4, 34)).unwrap_or(2),
    }
}

/// Who supplies each need of the company at `at`.
fn sources(options: &Options, companies: &[Company], at: usize) -> Vec<Vec<Source>> {
    let buyer = &companies[at];
    let mut all = Vec::new();
    for (number, need) in (0_u64..).zip(&buyer.needs) {
        let mut rng = Rng::keyed(options.seed, &[3, u64::from(buyer.at), number]);
        let member = member_supplier(companies, buyer, need, &mut rng);
        let mut own = Vec::new();
        if let Some(seller) = member.filter(|_| need.kind != Kind::Electricity) {
            own.push(Source {
                party: Party::Member(seller),
                weight: need.from_members,
            });
        }
        match member.filter(|_| need.kind == Kind::Electricity && rng.unit() < need.from_members) {
            // A metering point has one supplier.
            Some(seller) => own.push(Source {
                party: Party::Member(seller),
                weight: 1.0,
            }),
            None => outside_suppliers(need, &mut rng, &mut own),
        }
        all.push(own);
    }
    all
}

fn member_supplier(companies: &[Company], buyer: &Company, need: &Need, rng: &mut Rng) -> Option<u16> {
    let able: Vec<u16> = companies
        .iter()
        .filter(|company| company.at != buyer.at && need.from.contains(&company.seat.trade))
        .map(|company| company.at)
        .collect();
    let at = rng.below(able.len() as u64);
    able.get(usize::try_from(at).unwrap_or(0)).copied()
}

/// What members do not supply: the share from abroad, then one or two Norwegian suppliers.
fn outside_suppliers(need: &Need, rng: &mut Rng, own: &mut Vec<Source>) {
    let mut left = 1.0 - own.iter().map(|source| source.weight).sum::<f64>();
    let first = suppliers_of(need.item);
    let pick = |rng: &mut Rng| first + u16::try_from(rng.below(SUPPLIERS_PER_WORD.into())).unwrap_or(0);
    if need.imported > 0.0 {
        let weight = left * need.imported;
        left -= weight;
        own.push(Source {
            party: Party::Outside(Outside::ForeignSupplier(pick(rng))),
            weight,
        });
    }
    let main = pick(rng);
    let share = if need.invoices >= 3.0 {
        rng.range(0.6, 0.85)
    } else {
        1.0
    };
    own.push(Source {
        party: Party::Outside(Outside::Supplier(main)),
        weight: left * share,
    });
    if share < 1.0 {
        let other = first + (main - first + 1 + u16::try_from(rng.below(6)).unwrap_or(0)) % SUPPLIERS_PER_WORD;
        own.push(Source {
            party: Party::Outside(Outside::Supplier(other)),
            weight: left * (1.0 - share),
        });
    }
}

/// Customers outside that a company has: how many at home and abroad.
pub(crate) fn customers(company: &Company) -> (u16, u16) {
    let home = 5 + company.seat.employees / 12;
    let abroad = if company.seat.export > 0.0 {
        1 + crate::num::whole(company.seat.export * real(i64::from(company.seat.employees)).min(200.0) / 8.0)
    } else {
        0
    };
    (u16::try_from(home).unwrap_or(5), u16::try_from(abroad).unwrap_or(1))
}
