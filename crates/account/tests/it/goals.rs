//! Small clusters whose goals can be checked by hand.

use greenheart_account::{
    Boundary, ClusterBooks, Goal, GoalConfig, GoalInputs, GoalReport, GoalStatus, GoalYear, MemberCoverage, PriceIndex,
    goals, reconcile,
};
use greenheart_model::{
    Activity, ActivityKind, BoundaryKey, CoverageKind, ItemClass, Member, MemberId, Scope2Basis, Site, SiteId,
    Treatment,
};
use greenheart_units::Dimension;

use crate::kit::{A, B, C, With, activity, amount, member, members, sums};

struct Cluster {
    members: Vec<Member>,
    sites: Vec<Site>,
    keys: Vec<BoundaryKey>,
    coverage: Vec<MemberCoverage>,
    posted: Vec<(&'static str, Vec<Activity>)>,
    config: GoalConfig,
}

impl Cluster {
    fn new(members: Vec<Member>, posted: Vec<(&'static str, Vec<Activity>)>) -> Self {
        let coverage = members.iter().flat_map(|member| {
            CoverageKind::ALL.iter().map(|kind| MemberCoverage {
                member: member.id.clone(),
                kind: *kind,
                period: "2019-01-01..2023-12-31".parse().unwrap(),
            })
        });
        let coverage = coverage.collect();
        let index = PriceIndex::parse("test index", "own", "year,index\n2020,100\n2023,110\n".as_bytes()).unwrap();
        let mut config = GoalConfig::standard(2020, 2023);
        config.price_index = Some(index);
        Self {
            members,
            sites: Vec::new(),
            keys: Vec::new(),
            coverage,
            posted,
            config,
        }
    }

    fn report(&self) -> GoalReport {
        let reconciled = reconcile(sums(&self.posted)).unwrap();
        let boundary = Boundary::of(&self.sites, &self.keys);
        let books = ClusterBooks::open(&reconciled, &boundary, self.config.gwp).unwrap();
        goals(&GoalInputs {
            config: &self.config,
            snapshot: "snapshot-1",
            members: &self.members,
            sites: &self.sites,
            coverage: &self.coverage,
            books: &books,
            figures: &[],
        })
        .unwrap()
    }

    fn year(&self, goal: Goal, year: i16) -> GoalYear {
        let report = self.report();
        let series = report.goals.into_iter().find(|series| series.goal == goal).unwrap();
        series.years.into_iter().find(|of| of.year == year).unwrap()
    }

    /// Value, base and target as text, then the status.
    fn check(&self, goal: Goal, year: i16, expect: (&str, &str, &str, GoalStatus)) {
        let found = self.year(goal, year);
        let text = |value: Option<greenheart_units::Amount>| value.map_or("missing".to_owned(), |v| v.to_string());
        let shown = (
            text(found.value.value),
            text(found.base.value),
            text(found.target.value),
            found.status,
        );
        let expect = (expect.0.to_owned(), expect.1.to_owned(), expect.2.to_owned(), expect.3);
        assert_eq!(shown, expect, "{:?}", found.gaps);
    }
}

fn beside(year: &GoalYear, name: &str) -> String {
    let figure = year.beside.iter().find(|figure| figure.name == name).unwrap();
    figure.value.map_or("missing".to_owned(), |value| value.to_string())
}

fn sale(period: &str, nok: &str) -> Activity {
    activity(ActivityKind::Sale, ItemClass::Revenue, "revenue", period)
        .nok(nok)
        .booked("3000")
}

fn power(period: &str, kwh: &str) -> Activity {
    activity(ActivityKind::Electricity, ItemClass::Electricity, "electricity", period)
        .of(kwh, Dimension::Energy)
        .nok("1")
}

fn process(period: &str, kg: &str) -> Activity {
    activity(ActivityKind::ProcessEmission, ItemClass::Process, "co2_process", period)
        .of(kg, Dimension::Mass)
        .nok("1")
}

fn simple() -> Cluster {
    let a = vec![
        sale("2020-06", "1000"),
        sale("2023-06", "1166"),
        process("2020-06", "1000"),
        process("2023-06", "880"),
    ];
    let b = vec![
        sale("2020-06", "500"),
        sale("2023-06", "550"),
        sale("2023-06", "55").with(A),
    ];
    Cluster::new(members()[..2].to_vec(), vec![(A, a), (B, b)])
}

#[test]
fn constant_prices_and_target_line() {
    let cluster = simple();
    // (1166 + 605) / 1.1 = 1610; target 1500 * (1 + 0.10 * 3/5) = 1590.
    cluster.check(Goal::Revenue, 2023, ("1610", "1500", "1590", GoalStatus::OnTrack));
    let year = cluster.year(Goal::Revenue, 2023);
    assert_eq!(beside(&year, "revenue_nominal_nok"), "1771");
    assert_eq!(beside(&year, "revenue_to_members_nok"), "55");
    // Nothing is bought in these books.
    assert_eq!(beside(&year, "value_added_nok"), "1771");
    // 880 against 1000 * (1 - 0.20 * 3/5) = 880.
    cluster.check(Goal::Co2e, 2023, ("880", "1000", "880", GoalStatus::OnTrack));
    cluster.check(Goal::Revenue, 2024, ("missing", "1500", "1620", GoalStatus::Missing));
    let mut without = simple();
    without.config.price_index = None;
    without.check(
        Goal::Revenue,
        2023,
        ("missing", "missing", "missing", GoalStatus::Missing),
    );
    assert_eq!(
        beside(&without.year(Goal::Revenue, 2023), "revenue_nominal_nok"),
        "1771"
    );
}

#[test]
fn a_missing_month_takes_a_member_out_and_says_so() {
    let mut cluster = simple();
    cluster
        .coverage
        .retain(|of| of.member != MemberId::new(B) || of.kind != CoverageKind::Accounts);
    for period in [
        "2020-01-01..2020-12-31",
        "2023-01-01..2023-06-30",
        "2023-08-01..2023-12-31",
    ] {
        let period = period.parse().unwrap();
        cluster.coverage.push(MemberCoverage {
            member: MemberId::new(B),
            kind: CoverageKind::Accounts,
            period,
        });
    }
    let year = cluster.year(Goal::Revenue, 2023);
    assert_eq!(year.panel, [MemberId::new(A)]);
    assert!(
        year.gaps
            .iter()
            .any(|gap| gap.code == "goal.coverage_missing" && gap.detail == "accounts: 2023-07")
    );
    // Revenue of B is not known, so only employees (60 of 100) speak: under 70 %.
    assert_eq!(year.status, GoalStatus::NotAssessable);
    assert_eq!(
        (year.coverage.revenue, year.coverage.employees.map(|r| r.to_string())),
        (None, Some("0.6".into()))
    );
    assert_eq!(year.value.value, Some(amount("1060")));
    assert_eq!(year.estimate_rest.value.map(|v| v.to_fixed(2)), Some("706.67".into()));
}

#[test]
fn a_member_that_joins_restates_the_base() {
    let mut cluster = simple();
    cluster.members[1] = member(B, "2022-05-01", 40);
    cluster.check(Goal::Revenue, 2020, ("1000", "1000", "1000", GoalStatus::OnTrack));
    cluster.check(Goal::Revenue, 2023, ("1610", "1500", "1590", GoalStatus::OnTrack));
    assert_eq!(
        beside(&cluster.year(Goal::Revenue, 2023), "revenue_base_first_panel_nok"),
        "1000"
    );
}

#[test]
fn a_loop_between_members_is_counted_once() {
    let goods = |number, nok: &str| {
        activity(ActivityKind::Purchase, ItemClass::Goods, "goods", "2020-06")
            .nok(nok)
            .booked("4005")
            .with(number)
    };
    let outside = activity(ActivityKind::Purchase, ItemClass::Goods, "goods", "2020-06")
        .nok("1000")
        .booked("4005");
    let cluster = Cluster::new(
        members()[..2].to_vec(),
        vec![
            (
                A,
                vec![process("2020-06", "1000"), goods(B, "600"), sale("2020-01", "1")],
            ),
            (
                B,
                vec![
                    process("2020-06", "500"),
                    goods(A, "1200"),
                    outside,
                    sale("2020-01", "1"),
                ],
            ),
        ],
    );
    let year = cluster.year(Goal::Co2e, 2020);
    // 0.028292662631 kg/NOK: 16.975598 + 33.951195 between members, 28.292663 from outside.
    assert_eq!(year.value.value, Some(amount("1528.292663")));
    assert_eq!(beside(&year, "co2e_plain_kg"), "1579.219456");
    assert_eq!(beside(&year, "co2e_eliminated_kg"), "50.926793");
}

#[test]
fn a_greener_grid_is_told_apart() {
    let a = vec![
        power("2020-06", "1000"),
        power("2023-06", "1000"),
        sale("2020-01", "1"),
        sale("2023-01", "1"),
    ];
    let mut cluster = Cluster::new(members()[..1].to_vec(), vec![(A, a)]);
    cluster.check(Goal::Co2e, 2023, ("15", "8", "7.04", GoalStatus::Behind));
    let year = cluster.year(Goal::Co2e, 2023);
    assert_eq!(beside(&year, "co2e_frozen_grid_kg"), "8");
    assert_eq!(beside(&year, "co2e_market_kg"), "598");
    cluster.config.scope2 = Scope2Basis::Market;
    cluster.check(Goal::Co2e, 2023, ("598", "402", "353.76", GoalStatus::Behind));
}

#[test]
fn much_spend_is_indicative() {
    let spend = |period| {
        activity(ActivityKind::Purchase, ItemClass::Goods, "g", period)
            .nok("100000")
            .booked("4005")
    };
    let a = vec![
        process("2020-06", "1000"),
        spend("2020-06"),
        process("2023-06", "1"),
        spend("2023-06"),
        sale("2020-01", "1"),
        sale("2023-01", "1"),
    ];
    let cluster = Cluster::new(members()[..1].to_vec(), vec![(A, a)]);
    assert_eq!(cluster.year(Goal::Co2e, 2023).status, GoalStatus::Indicative);
    assert!(cluster.year(Goal::Co2e, 2023).spend_share.is_some());
}

#[test]
fn materials_and_boundary_key() {
    let input = |period, kg: &str| {
        activity(ActivityKind::MaterialInput, ItemClass::Goods, "steel", period)
            .of(kg, Dimension::Mass)
            .nok("1")
    };
    let waste = |period, kg: &str, treatment| {
        let mut waste = activity(ActivityKind::Waste, ItemClass::WasteService, "wood_waste", period)
            .of(kg, Dimension::Mass)
            .nok("1");
        waste.treatment = Some(treatment);
        waste
    };
    let a = vec![
        input("2020-06", "1000"),
        input("2020-06", "400").with(B),
        waste("2020-06", "100", Treatment::Landfill),
        waste("2020-06", "50", Treatment::Recycling),
        input("2023-06", "900"),
        waste("2023-06", "50", Treatment::EnergyRecovery),
        sale("2020-01", "1"),
        sale("2023-01", "1"),
    ];
    let mut cluster = Cluster::new(
        members()[..2].to_vec(),
        vec![(A, a), (B, vec![sale("2020-01", "1"), sale("2023-01", "1")])],
    );
    // P + W: 1000 + 100, then 900 + 50; 1100 * (1 - 0.15 * 3/5) = 1001.
    cluster.check(Goal::ResourceDraw, 2023, ("950", "1100", "1001", GoalStatus::OnTrack));
    assert_eq!(
        beside(&cluster.year(Goal::ResourceDraw, 2020), "input_from_members_kg"),
        "400"
    );
    let site = |id: &str, in_boundary| Site {
        id: SiteId::new(id),
        member: MemberId::new(A),
        name: id.into(),
        sub_unit: None,
        coordinates: None,
        municipality: None,
        in_boundary,
    };
    cluster.sites = vec![site("inside", true), site("outside", false)];
    let year = cluster.year(Goal::ResourceDraw, 2023);
    assert!(year.gaps.iter().any(|gap| gap.code == "goal.no_boundary_key"));
    cluster.keys = vec![BoundaryKey {
        member: MemberId::new(A),
        valid_from: "2019-01-01".parse().unwrap(),
        share: "0.5".parse().unwrap(),
        evidence: "payroll".into(),
    }];
    cluster.check(Goal::ResourceDraw, 2023, ("475", "550", "500.5", GoalStatus::OnTrack));
}

#[test]
fn a_report_is_json_with_decimals_as_text() {
    let report = simple().report();
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["goals"][0]["years"][3]["value"]["value"], "1610");
    assert_eq!(json["goals"][1]["years"][3]["status"], "on_track");
    let back: GoalReport = serde_json::from_value(json).unwrap();
    assert_eq!(back, report);
    let _ = C;
}
