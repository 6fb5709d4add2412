//! What every company buys: services, machines, the canteen's power and the bin's content.

use super::{Kind, Need, Per, Unit};
use crate::account::Account;
use crate::economy::Index;
use crate::sector::Lever;

/// Needs of every industry.
pub(crate) const COMMON: &[Need] = &[
    Need::service("services", ("Leie av lokaler og utstyr", "Rent"), 0.012, Account::Rent).invoices(0.5),
    Need::service(
        "services",
        ("Programvare og IT-drift", "Software and operations"),
        0.007,
        Account::Software,
    )
    .invoices(0.6)
    .imported(0.3),
    Need::service(
        "services",
        ("Regnskap, revisjon og rådgivning", "Accounting and advice"),
        0.006,
        Account::Advice,
    )
    .invoices(0.5),
    Need::service(
        "services",
        ("Reparasjon og vedlikehold", "Repair and maintenance"),
        0.024,
        Account::Maintenance,
    )
    .invoices(3.0),
    Need::service(
        "services",
        ("Vedlikehold bygninger", "Maintenance of buildings"),
        0.006,
        Account::Buildings,
    )
    .invoices(0.5),
    Need::service(
        "services",
        ("Verktøy og driftsmateriell", "Tools and supplies"),
        0.006,
        Account::Tools,
    )
    .invoices(3.0),
    Need::service(
        "services",
        ("Telefon, porto og kontor", "Telephone and office"),
        0.003,
        Account::Office,
    )
    .invoices(2.0),
    Need::service(
        "services",
        ("Innleid arbeidskraft", "Hired labour"),
        0.013,
        Account::HiredLabour,
    ),
    Need::service("services", ("Forsikring", "Insurance"), 0.004, Account::Insurance).invoices(0.25),
    Need::service(
        "services",
        ("Annonser og messer", "Advertising"),
        0.004,
        Account::Advertising,
    )
    .invoices(0.4),
    Need {
        per: Per::Person(6_500.0),
        invoices: 3.0,
        ..Need::service(
            "flight_km",
            ("Reiser og opphold", "Travel and lodging"),
            0.0,
            Account::Travel,
        )
    },
    Need {
        kind: Kind::Capital,
        invoices: 0.6,
        index: Index::General,
        ..Need::service(
            "machinery",
            ("Maskiner og anlegg", "Machines and plant"),
            0.036,
            Account::Machines,
        )
        .imported(0.35)
    },
    Need {
        unit: Unit::Kilogram,
        per: Per::Person(95.0),
        ..Need::waste(
            "mixed_waste",
            ("Restavfall", "Residual waste"),
            "20 03 01",
            ("energiutnyttelse", "energy recovery"),
            0.0,
            2.6,
            Lever::LeaveLoss,
        )
    },
    Need {
        per: Per::Person(42.0),
        ..Need::waste(
            "paper_waste",
            ("Papp og papir", "Paper and board"),
            "20 01 01",
            ("materialgjenvinning", "recycling"),
            0.0,
            0.6,
            Lever::Steady,
        )
    },
];
