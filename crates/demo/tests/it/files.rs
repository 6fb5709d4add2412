//! What any reader may rely on.

use std::collections::BTreeSet;

use greenheart_demo::{FileKind, MARK, Options, TableKind, files, plan, truth};
use greenheart_model::CoverageKind;

use super::kit::{bytes, each, elements, ore, small, text};

#[test]
fn equal_seeds_give_equal_bytes_and_others_do_not() {
    let (one, same, other) = (small(), small(), plan(&Options::small(2, 2025)));
    let mut differ = 0;
    for ((a, b), c) in files(&one).zip(files(&same)).zip(files(&other)) {
        assert_eq!(a.path, b.path);
        let of = bytes(&a);
        assert_eq!(of, bytes(&b), "{}", a.path);
        differ += usize::from(of != bytes(&c));
    }
    assert!(differ > 50, "{differ}");
    assert_eq!(truth(&one), truth(&same));
}

#[test]
fn every_member_covers_every_year_once() {
    let cluster = small();
    assert_eq!(cluster.members().count(), 5);
    let mut seen = BTreeSet::new();
    each(&cluster, |file| {
        for coverage in &file.coverage {
            assert!(
                seen.insert((file.member.clone(), coverage.kind, coverage.period.from())),
                "{} claims {} twice",
                file.path,
                coverage.kind
            );
        }
        assert!(
            file.path.starts_with(&format!("{}/{}/", file.member, file.year)),
            "{}",
            file.path
        );
    });
    // Five members, four years, accounts, energy, materials, waste and transport.
    assert_eq!(seen.len(), 5 * 4 * 5);
    assert!(seen.iter().any(|(_, kind, _)| *kind == CoverageKind::Accounts));
}

#[test]
fn everyone_is_marked_as_invented() {
    let cluster = small();
    for member in cluster.members() {
        assert!(member.fictional && member.name.ends_with(MARK), "{}", member.name);
        assert!(member.org_no.as_str().starts_with("31"));
    }
    for site in cluster.sites() {
        assert!(site.name.ends_with(MARK) && site.coordinates.is_some(), "{}", site.name);
    }
    let saft = files(&cluster)
        .find(|file| file.kind == FileKind::Saft)
        .expect("accounts");
    let xml = text(&saft);
    for name in elements(&xml, "Name") {
        assert!(name.ends_with(MARK), "{name}");
    }
}

#[test]
fn books_balance_and_state_their_own_totals() {
    each(&small(), |file| {
        if file.kind == FileKind::Saft {
            check_books(&file.path, &text(file));
        }
    });
}

fn check_books(path: &str, xml: &str) {
    let (mut debit, mut credit, mut count) = (0, 0, 0);
    for transaction in elements(xml, "Transaction") {
        let sum = |side| {
            elements(transaction, side)
                .map(|amount| ore(elements(amount, "Amount").next().expect("an amount")))
                .sum::<i64>()
        };
        let (own_debit, own_credit) = (sum("DebitAmount"), sum("CreditAmount"));
        assert_eq!(own_debit, own_credit, "{path}: {transaction}");
        debit += own_debit;
        credit += own_credit;
        count += 1;
    }
    assert!(count > 500, "{path}: {count} transactions");
    let stated = |name| elements(xml, name).next().expect(name);
    assert_eq!(stated("NumberOfEntries"), count.to_string(), "{path}");
    assert_eq!(ore(stated("TotalDebit")), debit, "{path}");
    assert_eq!(ore(stated("TotalCredit")), credit, "{path}");
    for when in ["Opening", "Closing"] {
        let sum = |side: &str| {
            let accounts = elements(xml, "GeneralLedgerAccounts").next().expect("accounts");
            elements(accounts, &format!("{when}{side}Balance"))
                .map(ore)
                .sum::<i64>()
        };
        assert_eq!(sum("Debit"), sum("Credit"), "{path}: {when}");
    }
}

#[test]
fn a_year_begins_as_the_last_one_ended() {
    let cluster = small();
    let safts: Vec<_> = files(&cluster).filter(|file| file.kind == FileKind::Saft).collect();
    for pair in safts.windows(2).filter(|pair| pair[0].member == pair[1].member) {
        let (before, after) = (text(&pair[0]), text(&pair[1]));
        for account in ["1500", "1920", "2050", "2400", "2740"] {
            let balance = |xml: &str, when: &str| {
                let mut accounts = elements(xml, "Account");
                let id = format!("<AccountID>{account}</AccountID>");
                let own = accounts.find(|text| text.contains(&id)).expect(account);
                let side = |side: &str| elements(own, &format!("{when}{side}Balance")).map(ore).sum::<i64>();
                side("Debit") - side("Credit")
            };
            assert_eq!(
                balance(&before, "Closing"),
                balance(&after, "Opening"),
                "{} {account}",
                pair[1].path
            );
        }
    }
}

#[test]
fn every_table_begins_with_its_coverage() {
    each(&small(), |file| {
        let FileKind::Table(kind) = file.kind else { return };
        if std::path::Path::new(&file.path)
            .extension()
            .is_some_and(|ending| ending == "csv")
        {
            let table = text(file);
            let first = table.lines().next().expect("a line");
            assert_eq!(first, format!("# coverage: {} {}", kind.coverage(), file.year));
            let header = table.lines().nth(1).expect("headers");
            let delimiter = if header.contains(';') { ';' } else { ',' };
            let columns = header.split(delimiter).count();
            assert!(table.lines().count() > 12, "{}", file.path);
            for line in table.lines().skip(2).filter(|line| !line.contains('"')) {
                assert_eq!(line.split(delimiter).count(), columns, "{}: {line}", file.path);
            }
        } else {
            assert_eq!(&bytes(file)[..2], b"PK", "{}", file.path);
        }
    });
    assert_eq!(TableKind::ALL.len(), 4);
}
