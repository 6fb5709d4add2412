//! The full cluster: its size, its formats, its dirt.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use greenheart_demo::{Cluster, FileKind, MARK, Options, files, plan, truth};
use greenheart_model::{CoverageKind, Role};
use serde_json::Value;

use super::kit::{bytes, elements, ore, text};

/// A million kroner in øre.
const MILLION: i64 = 100_000_000;

fn full() -> Cluster {
    plan(&Options::full(1, 2025))
}

/// Counts what passes, and lines of a journal among it.
#[derive(Default)]
struct Counter {
    lines: usize,
    journal_lines: usize,
}

impl Write for Counter {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.lines += buffer.split(|byte| *byte == b'\n').count() - 1;
        // Buffers go out between transactions, so no element is cut in two.
        self.journal_lines += buffer.windows(6).filter(|window| *window == b"<Line>").count();
        Ok(buffer.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn it_is_as_large_as_it_should_be() {
    let cluster = full();
    let mut count: BTreeMap<FileKind, usize> = BTreeMap::new();
    let (mut journal_lines, mut readings) = (0, 0);
    for file in files(&cluster) {
        *count.entry(file.kind).or_default() += 1;
        let mut counter = Counter::default();
        match file.kind {
            FileKind::Saft => {
                file.write_to(&mut counter).expect("counted");
                journal_lines += counter.journal_lines;
            }
            FileKind::Meter => {
                file.write_to(&mut counter).expect("counted");
                // One line is the headers.
                readings += counter.lines - 1;
            }
            _ => {}
        }
    }
    assert!(journal_lines >= 1_000_000, "{journal_lines} journal lines");
    assert!(readings >= 3_000_000, "{readings} readings");
    assert!(count[&FileKind::Invoice] >= 20_000, "{count:?}");
    assert!(
        count[&FileKind::WasteReport] > 100 && count[&FileKind::Shipments] > 50,
        "{count:?}"
    );
}

#[test]
fn its_base_year_has_the_published_totals() {
    let cluster = full();
    let truth = truth(&cluster);
    let industry: Vec<_> = cluster
        .members()
        .filter(|member| !matches!(member.role, Role::Finance | Role::Public | Role::Research))
        .collect();
    assert_eq!(industry.len(), 65);
    assert_eq!(industry.iter().filter_map(|member| member.employees).sum::<u32>(), 4000);
    // What the sites in the region sell, without the one that joins later.
    let sum = |field: &str| -> f64 {
        let of = |number: &str| {
            let member = &truth["members"][number];
            let share = member["share_in_boundary"].as_f64()?;
            Some(share * f64::from(i32::try_from(ore(member["years"]["2020"][field].as_str()?) / MILLION).ok()?))
        };
        let base = industry.iter().filter(|member| member.membership.joined.year() == 2020);
        base.filter_map(|member| of(member.org_no.as_str())).sum()
    };
    let (revenue, export) = (sum("revenue_nok"), sum("export_nok"));
    assert!((9_400.0..9_600.0).contains(&revenue), "{revenue} MNOK");
    assert!((2_000.0..2_200.0).contains(&export), "{export} MNOK exported");
    let flows = truth["flows"].as_array().expect("flows");
    assert!(flows.len() > 1_000, "{} flows between members", flows.len());
}

#[test]
fn one_joins_one_leaves_and_some_work_elsewhere_too() {
    let cluster = full();
    let joined = cluster
        .members()
        .filter(|member| member.membership.joined.year() > 2020);
    assert_eq!(joined.count(), 1);
    let left: Vec<_> = cluster
        .members()
        .filter(|member| member.membership.left.is_some())
        .collect();
    assert_eq!(left.len(), 1);
    let last = files(&cluster)
        .filter(|file| file.member == left[0].id)
        .map(|file| file.year)
        .max();
    assert_eq!(last, Some(2022));
    assert_eq!(cluster.boundary_keys().len(), 2);
    assert_eq!(cluster.sites().filter(|site| !site.in_boundary).count(), 2);
}

#[test]
fn nothing_claims_the_same_months_twice() {
    let mut seen = BTreeSet::new();
    let mut incomplete = BTreeSet::new();
    for file in files(&full()) {
        if file.kind == FileKind::Meter {
            continue;
        }
        for coverage in &file.coverage {
            let key = (file.member.clone(), coverage.kind, coverage.period.from());
            assert!(seen.insert(key), "{} claims {}", file.path, coverage.kind);
            if coverage.period.to().month() != 12 || coverage.period.from().month() != 1 {
                incomplete.insert((file.member.clone(), file.year, coverage.kind));
            }
        }
    }
    assert!(incomplete.len() > 5, "some tables lack months: {}", incomplete.len());
    assert!(
        incomplete
            .iter()
            .all(|(_, year, kind)| *year > 2020 && *kind != CoverageKind::Accounts)
    );
}

/// Children of an invoice in the order of UBL 2.1, those that are written here.
const ORDER: [&str; 17] = [
    "cbc:CustomizationID",
    "cbc:ProfileID",
    "cbc:ID",
    "cbc:IssueDate",
    "cbc:DueDate",
    "cbc:InvoiceTypeCode",
    "cbc:CreditNoteTypeCode",
    "cbc:Note",
    "cbc:DocumentCurrencyCode",
    "cbc:BuyerReference",
    "cac:BillingReference",
    "cac:AdditionalDocumentReference",
    "cac:AccountingSupplierParty",
    "cac:AccountingCustomerParty",
    "cac:PaymentMeans",
    "cac:TaxTotal",
    "cac:LegalMonetaryTotal",
];

#[test]
fn invoices_add_up_and_keep_the_order_of_ubl() {
    let cluster = full();
    let (mut credits, mut with_co2, mut power) = (0, 0, 0);
    for file in files(&cluster).filter(|file| file.kind == FileKind::Invoice).step_by(7) {
        let xml = text(&file);
        let mut at = 0;
        for name in ORDER {
            if let Some(found) = xml[at..].find(&format!("<{name}>")) {
                at += found;
            }
        }
        assert!(
            xml[at..].starts_with("<cac:LegalMonetaryTotal>"),
            "{}: {xml}",
            file.path
        );
        check_totals(&file.path, &xml);
        credits += usize::from(xml.contains("<CreditNote "));
        with_co2 += usize::from(xml.contains(">NetEmissionQuantity<"));
        power += usize::from(xml.contains("forward-billing"));
        for name in elements(&xml, "cbc:RegistrationName") {
            assert!(name.ends_with(MARK), "{name}");
        }
    }
    assert!(
        credits > 10 && with_co2 > 100 && power > 30,
        "{credits} {with_co2} {power}"
    );
}

fn check_totals(path: &str, xml: &str) {
    let amounts = |name: &str| -> Vec<i64> {
        let open = format!("<cbc:{name} currencyID=\"NOK\">");
        xml.match_indices(&open)
            .map(|(at, _)| {
                let rest = &xml[at + open.len()..];
                ore(&rest[..rest.find('<').expect("an end")])
            })
            .collect()
    };
    let lines = amounts("LineExtensionAmount");
    let (total, lines) = lines.split_first().expect("a total");
    assert_eq!(*total, lines.iter().sum::<i64>(), "{path}");
    let tax = amounts("TaxAmount");
    assert_eq!(tax[0], tax[1], "{path}");
    assert_eq!(amounts("PayableAmount")[0], total + tax[0], "{path}");
}

#[test]
fn meters_add_up_to_what_was_bought() {
    let cluster = full();
    let truth = truth(&cluster);
    let member = cluster.members().nth(3).expect("a member");
    let mut milli = 0_i64;
    let year = files(&cluster).filter(|file| file.member == member.id && file.year == 2021);
    for file in year.filter(|file| file.kind == FileKind::Meter) {
        for line in text(&file).lines().skip(1) {
            let value = line.rsplit(';').next().expect("a value");
            let (whole, thousandths) = value.split_once(',').expect("three decimals");
            milli += format!("{whole}{thousandths}").parse::<i64>().expect("a number");
        }
    }
    let bought = &truth["members"][member.org_no.as_str()]["years"]["2021"]["bought"]["energy:electricity"];
    let kwh = bought["quantity"].as_i64().expect("kWh");
    let missing = kwh * 1000 - milli;
    assert!(
        missing >= 0 && missing < kwh * 20,
        "{missing} Wh of {kwh} kWh are missing"
    );
}

#[test]
fn equal_seeds_give_equal_files() {
    let (one, same) = (full(), full());
    for (a, b) in files(&one).zip(files(&same)).step_by(97) {
        assert_eq!((&a.path, bytes(&a)), (&b.path, bytes(&b)));
    }
}

#[test]
fn names_vary_and_numbers_lack() {
    let cluster = full();
    let (mut spellings, mut without): (BTreeMap<String, BTreeSet<String>>, usize) = (BTreeMap::new(), 0);
    for file in files(&cluster).filter(|file| file.kind == FileKind::Saft && file.year == 2020) {
        let xml = text(&file);
        for party in elements(&xml, "Supplier").chain(elements(&xml, "Customer")) {
            let name = elements(party, "Name").next().expect("a name").to_owned();
            assert!(name.ends_with(MARK), "{name}");
            match elements(party, "RegistrationNumber").next() {
                Some(number) => drop(spellings.entry(number.to_owned()).or_default().insert(name)),
                None => without += usize::from(party.contains("<Country>NO</Country>")),
            }
        }
    }
    assert!(without > 50, "{without}");
    assert!(spellings.values().filter(|names| names.len() > 1).count() > 50);
    assert!(truth(&cluster)["fictional"] == Value::Bool(true));
}
