//! Suggesting, confirming and resolving articles.

use greenheart_model::Counterparty;

use super::*;

fn bought(name: &str, article: Option<&str>, item: &str, quantity: Reading, nok: i64) -> Activity {
    let mut row = greenheart_testkit::activity(1);
    row.item = item.into();
    row.quantity = Some(quantity);
    row.amount = Some(Amount::from_integer(nok));
    row.counterparty = Some(Counterparty {
        org_no: "923609016".parse().ok(),
        ..Counterparty::default()
    });
    row.identifiers = Identifiers {
        article: article.map(Into::into),
        name: Some(name.into()),
        ..Identifiers::default()
    };
    row
}

fn of(value: i64, dimension: Dimension) -> Reading {
    Reading::new(Amount::from_integer(value), dimension)
}

fn rows() -> Vec<Activity> {
    vec![
        bought(
            "Stålplate 10 mm",
            Some("SP10"),
            "steel",
            of(2_500, Dimension::Mass),
            25_000,
        ),
        bought(
            "Sement 25 kg",
            Some("gtin:1"),
            "cement",
            of(40, Dimension::Count),
            4_000,
        ),
        bought("Europall", None, "pallets", of(100, Dimension::Count), 9_000),
        bought(
            "Spesialdel X-17",
            Some("X17"),
            "Spesialdel X-17",
            of(3, Dimension::Count),
            90_000,
        ),
        bought(
            "Stålplate 10 mm",
            Some("SP10"),
            "steel",
            of(500, Dimension::Mass),
            5_000,
        ),
    ]
}

#[test]
fn suggestions_come_by_weight_of_effect() {
    let rows = rows();
    let found = suggest(&rows, &Register::default());
    let shown: Vec<_> = found
        .iter()
        .map(|s| {
            (
                &*s.article.name,
                s.lines,
                s.article.use_as,
                s.mass_kg.map(|kg| kg.to_string()),
                s.open.as_slice(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            (
                "Spesialdel X-17",
                1,
                Use::Consumable,
                None,
                &[Open::Use, Open::Item][..]
            ),
            (
                "Stålplate 10 mm",
                2,
                Use::Input,
                Some("3000".into()),
                &[Open::Use, Open::PrimaryShare][..]
            ),
            (
                "Europall",
                1,
                Use::Packaging,
                None,
                &[Open::Mass, Open::PrimaryShare][..]
            ),
            (
                "Sement 25 kg",
                1,
                Use::Input,
                Some("1000".into()),
                &[Open::Use, Open::PrimaryShare][..]
            ),
        ]
    );
    let mut booked = rows[0].clone();
    booked.account = Some(greenheart_model::AccountRef {
        id: "4300".into(),
        grouping_category: "".into(),
        grouping_code: "".into(),
    });
    let mut service = rows[0].clone();
    service.class = ItemClass::Services;
    assert!(
        suggest([&booked, &service], &Register::default()).is_empty(),
        "the books name no article, services have none"
    );
}

#[test]
fn a_person_confirms_in_a_table() {
    let rows = rows();
    let table = write_table(&Register::default(), &suggest(&rows, &Register::default()));
    assert_eq!(read_table(&table), Ok(Filled::default()), "a suggestion is not a fact");
    // The plate is 70 % primary by its declaration; a pallet weighs 22 kg.
    let confirmed = table
        .replace("input;1;;;;;2;", "input;1;;70;EPD 123;ja;2;")
        .replace("packaging;;;;;;1;", "packaging;22;85;0;gjenbrukte;yes;1;");
    let Filled { articles, errors, .. } = read_table(&confirmed).expect("the table");
    assert_eq!((articles.len(), errors.len()), (2, 0), "{confirmed}");
    let register = Register::new(articles);
    assert_eq!(suggest(&rows, &register).len(), 2);
    // Writing and reading again changes nothing.
    let again = read_table(&write_table(&register, &[])).expect("the table").articles;
    assert_eq!(Register::new(again), register);

    let plate = match register.resolve(&rows[0]) {
        Resolved::As(activity) => *activity,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        (plate.kind, plate.primary_permille),
        (ActivityKind::MaterialInput, Some(700))
    );
    assert_eq!(plate.quantity.map(|q| q.to_string()), Some("2500 kg".into()));
    let pallets = match register.resolve(&rows[2]) {
        Resolved::As(activity) => *activity,
        other => panic!("{other:?}"),
    };
    assert_eq!(pallets.quantity.map(|q| q.to_string()), Some("2200 kg".into()));
    assert_eq!((pallets.dry_permille, pallets.primary_permille), (Some(850), Some(0)));
    assert_eq!(pallets.amount, rows[2].amount, "money stays");
    assert_eq!(register.resolve(&rows[3]), Resolved::Unknown);
}

#[test]
fn uses_decide_what_a_purchase_is() {
    let row = bought("Flis", Some("F1"), "wood_chips", of(10, Dimension::Volume), 100);
    let article = |use_as, kg_per_unit| Article {
        key: ArticleKey::of(&row).expect("an article"),
        from: None,
        name: "Flis".into(),
        item: "wood_chips".into(),
        use_as,
        kg_per_unit,
        dry_permille: None,
        primary_permille: None,
        evidence: "".into(),
    };
    let rate: Option<Rate> = "300".parse().ok();
    for (use_as, kg_per_unit, expect) in [
        (Use::Input, rate, Some((ActivityKind::MaterialInput, "3000 kg"))),
        (Use::Input, None, None),
        (Use::Fuel, rate, Some((ActivityKind::Fuel, "10 m3"))),
        (Use::Resale, rate, Some((ActivityKind::Purchase, "3000 kg"))),
        (Use::Consumable, None, Some((ActivityKind::Purchase, "10 m3"))),
    ] {
        let register = Register::new([article(use_as, kg_per_unit)]);
        match (register.resolve(&row), expect) {
            (Resolved::As(found), Some((kind, quantity))) => {
                assert_eq!(found.kind, kind, "{use_as}");
                assert_eq!(
                    found.quantity.map(|q| q.to_string()).as_deref(),
                    Some(quantity),
                    "{use_as}"
                );
            }
            (Resolved::NoMass, None) => {}
            (found, expect) => panic!("{use_as}: {found:?}, expected {expect:?}"),
        }
    }
}

#[test]
fn tables_that_are_wrong_say_where() {
    assert!(matches!(read_table(""), Err(TableError::Columns { .. })));
    assert!(matches!(read_table("a;b\n"), Err(TableError::Columns { .. })));
    let head = write_table(&Register::default(), &[]);
    for (row, column) in [
        ("1;A;kg;;n;steel;magic;;;;;yes", "use"),
        ("1;A;kg;;n;steel;input;-1;;;;yes", "kg_per_unit"),
        ("1;A;kg;;n;steel;input;;120;;;yes", "dry_percent"),
        ("1;A;kg;;n;steel;input;;;mye;;yes", "primary_percent"),
        ("1;;kg;;n;steel;input;;;;;yes", "article"),
        ("1;A;kg;;n;;input;;;;;yes", "item"),
        ("1;A;kg;i fjor;n;steel;input;;;;;yes", "from"),
        ("1;A;kg;i fjor;n;steel;input;;;;;no", "from"),
    ] {
        let Filled { articles, errors, .. } = read_table(&format!("{head}{row}\n")).expect("the table");
        assert_eq!(
            (articles.len(), errors.len(), errors[0].line, errors[0].column),
            (0, 1, 2, column),
            "{row}"
        );
    }
}

/// A name that begins like a formula is written so that no spreadsheet runs it, and comes back as it was.
#[test]
fn names_are_no_formulas() {
    let row = bought("=HYPERLINK(\"x\";1)", None, "steel", of(1, Dimension::Mass), 1);
    let table = write_table(&Register::default(), &suggest([&row], &Register::default()));
    assert!(table.contains("\"'=HYPERLINK"), "{table}");
    let confirmed = table.replace("input;1;;;;;1;", "input;1;;;;yes;1;");
    let Filled { articles, .. } = read_table(&confirmed).expect("the table");
    assert_eq!(&*articles[0].name, "=HYPERLINK(\"x\";1)");
}

#[test]
fn stock_is_not_taken_into_production() {
    let period = "2024".parse().expect("a year");
    let kg = Amount::from_integer;
    let grown = stock_change("steel".into(), kg(100), kg(400), period, RowPlace::default());
    assert_eq!(grown.quantity.map(|q| q.to_string()), Some("-300 kg".into()));
    assert_eq!(grown.kind, ActivityKind::MaterialInput);
}

/// What was confirmed without saying what a unit weighs counts as nothing, and says so; `no` takes a confirmation back.
#[test]
fn confirmed_without_a_mass_stays_open_and_no_takes_it_back() {
    let rows = rows();
    let table = write_table(&Register::default(), &suggest(&rows, &Register::default()));
    let confirmed = table.replace("packaging;;;;;;1;", "packaging;;;;;ja;1;");
    let (register, changes) = Register::default().with(&read_table(&confirmed).expect("the table"));
    assert_eq!((changes.added, changes.is_none()), (1, false));
    assert_eq!(register.resolve(&rows[2]), Resolved::NoMass);
    let open = suggest(&rows, &register);
    let pallet = open.iter().find(|found| found.confirmed).expect("still open");
    assert_eq!((&*pallet.article.name, &*pallet.open), ("Europall", &[Open::Mass][..]));
    let again = write_table(&register, &open);
    assert_eq!(again.matches("Europall").count(), 1, "once in the table: {again}");
    assert!(again.contains("yes;1;100;9000,00;mass"), "{again}");
    assert!(register.with(&read_table(&again).expect("the table")).1.is_none());
    let taken_back = again.replace(";yes;", ";nei;");
    let (register, changes) = register.with(&read_table(&taken_back).expect("the table"));
    assert_eq!((register, changes.removed), (Register::default(), 1));
}

/// The same article with more recycled material from a day on: the years before stay what they were.
#[test]
fn what_holds_of_an_article_may_change() {
    let rows = rows();
    let head = write_table(&Register::default(), &[]);
    let plate = ArticleKey::of(&rows[0]).expect("an article");
    let row = |from: &str, primary: &str, confirmed: &str| {
        let (seller, article, unit) = (&plate.seller, &plate.article, &plate.unit);
        format!("{seller};{article};{unit};{from};Plate;steel;input;1;;{primary};EPD;{confirmed}\n")
    };
    let text = format!(
        "{head}{}{}{}",
        row("2025", "40", "yes"),
        row("", "90", "yes"),
        row("2024-07-01", "70", "yes")
    );
    let filled = read_table(&text).expect("the table");
    assert_eq!((filled.articles.len(), filled.errors.len()), (3, 0));
    let (register, changes) = Register::default().with(&filled);
    assert_eq!(changes.added, 3);
    let primary = |register: &Register, day: &str| {
        let mut bought = rows[0].clone();
        bought.period = greenheart_model::Period::day(day.parse().expect("a day"));
        match register.resolve(&bought) {
            Resolved::As(activity) => activity.primary_permille,
            other => panic!("{other:?}"),
        }
    };
    for (day, expect) in [
        ("2020-01-01", 900),
        ("2024-06-30", 900),
        ("2024-07-01", 700),
        ("2025-01-01", 400),
        ("2026-12-31", 400),
    ] {
        assert_eq!(primary(&register, day), Some(expect), "{day}");
    }
    let again = read_table(&write_table(&register, &[])).expect("the table");
    assert!(
        register.with(&again).1.is_none(),
        "written and read again it is the same"
    );
    let taken_back = read_table(&format!("{head}{}", row("", "90", "no"))).expect("the table");
    let (later, changes) = register.with(&taken_back);
    assert_eq!(
        (changes.removed, primary(&later, "2020-01-01")),
        (1, Some(700)),
        "the first known day stands for days before"
    );
}
