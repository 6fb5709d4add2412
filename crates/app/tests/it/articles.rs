//! The article register from invoices to goal 3, and back.

use std::path::PathBuf;

use greenheart_app::{App, AppError, Config, GoalQuery, OnOverlap, Outcome, restore};
use greenheart_model::{Coverage, CoverageKind, MemberId, Period};
use greenheart_units::Amount;

use super::kit::{Kit, actor, operator, request, surroundings};

const INVOICE: &str = include_str!("../../../ingest/tests/fixtures/ehf/goods.xml");
/// How a proposal for the steel of the invoice ends, and how a person fills it in.
const PROPOSED: &str = "input;1;;;;;";
const FILLED: &str = "input;1;;70;EPD 123;ja;";

/// An invoice to a member with 2.5 tonnes of steel times `tens` / 10, as a file.
fn invoice(kit: &Kit, member: &MemberId, number: &str, tens: u32) -> PathBuf {
    let path = kit.folder.path().join(format!("{number}.xml"));
    let quantity = format!("\"TNE\">{}.{}<", tens * 25 / 100, tens * 25 % 100);
    let text = INVOICE
        .replace("999999999", member.as_str())
        .replace("F-100", number)
        .replace("2025-03", "2024-03")
        .replace("\"TNE\">2.5<", &quantity);
    std::fs::write(&path, text).expect("written");
    path
}

async fn take_in(kit: &Kit, member: &MemberId, files: Vec<PathBuf>) {
    let mut request = request(files, Some(member), OnOverlap::Add);
    let whole = |kind| Coverage {
        kind,
        period: Period::year(2024),
    };
    request.coverage = Some(vec![whole(CoverageKind::Materials), whole(CoverageKind::Waste)]);
    let report = kit
        .app
        .import(&operator(), &request, &mut |_| {})
        .await
        .expect("a report");
    for set in &report.sets {
        assert_eq!(set.outcome, Outcome::Imported, "{:?}", set.findings);
    }
}

/// Resource draw of 2024 in kg.
async fn draw(app: &App) -> Option<Amount> {
    let query = GoalQuery {
        base_year: Some(2024),
        ..GoalQuery::default()
    };
    let view = app.goals(&operator(), &query).await.expect("goals");
    let year = view.goals[2].years.iter().find(|year| year.year == 2024).expect("2024");
    year.value.value
}

fn kg(value: i64) -> Option<Amount> {
    Some(Amount::from_integer(value))
}

#[tokio::test(flavor = "multi_thread")]
async fn confirmed_articles_count_in_the_resource_draw_and_come_back_from_a_backup() {
    let kit = Kit::empty().await;
    let member = kit.members()[0].clone();
    let (app, person) = (&kit.app, actor(&format!("contributor:{member}")));
    take_in(&kit, &member, vec![invoice(&kit, &member, "A1", 10)]).await;
    assert_eq!(draw(app).await, kg(0), "what nobody confirmed counts as nothing");

    let open = app.open_articles(&person, None).await.expect("a list");
    assert_eq!(&*open[0].suggestion.article.key.article, "gtin:7038010000010");
    assert_eq!(open[0].share.map(|share| share.to_string()), Some("1".into()));
    let table = app.export_articles(&person, &member).await.expect("a table");
    assert!(table.contains(PROPOSED), "{table}");
    let file = kit.folder.path().join("articles.csv");
    // As a spreadsheet of this country saves it.
    let filled = table.replace(PROPOSED, FILLED);
    let latin: Vec<u8> = filled
        .chars()
        .map(|c| u8::try_from(u32::from(c)).expect("latin"))
        .collect();
    std::fs::write(&file, latin).expect("written");

    let dry = app
        .import_articles(&person, &member, &file, true, &mut |_| {})
        .await
        .expect("a report");
    assert_eq!((dry.changes.added, dry.batches, dry.version), (1, 1, 1));
    assert_eq!(dry.effects[0].after_material_kg.to_string(), "2500");
    assert_eq!(
        dry.effects[0].before_co2e_kg, dry.effects[0].after_co2e_kg,
        "the supplier's own figure stays"
    );
    assert_eq!(
        app.articles(&person, &member).await.expect("a register").version,
        0,
        "a dry run changes nothing"
    );
    assert_eq!(draw(app).await, kg(0));

    app.import_articles(&person, &member, &file, false, &mut |_| {})
        .await
        .expect("a report");
    assert_eq!(draw(app).await, kg(1_750), "70 % of 2.5 t is primary");
    assert_eq!(app.open_articles(&person, Some(&member)).await.expect("a list"), []);
    let again = app
        .import_articles(&person, &member, &file, false, &mut |_| {})
        .await
        .expect("a report");
    assert_eq!(
        (again.version, again.batches, again.changes.unchanged),
        (1, 0, 1),
        "the same table changes nothing"
    );

    take_in(&kit, &member, vec![invoice(&kit, &member, "A2", 20)]).await;
    assert_eq!(
        draw(app).await,
        kg(5_250),
        "what comes in later is posted by the register at once"
    );
    kit.is_whole().await;

    let copy = kit.folder.path().join("copy");
    app.backup(&operator(), &copy).await.expect("a backup");
    let target = kit.folder.path().join("restored");
    restore(&operator(), &copy, &target, Config::default(), surroundings(), true)
        .await
        .expect("restored");
    let restored = App::open(&target, Config::default(), surroundings())
        .await
        .expect("opened");
    assert_eq!(
        restored
            .articles(&operator(), &member)
            .await
            .expect("a register")
            .version,
        1
    );
    assert_eq!(draw(&restored).await, kg(5_250));

    // Posting everything again keeps to the register; taking the confirmation back takes it out of the goal.
    app.repost(&operator(), false, &mut |_| {}).await.expect("posted");
    assert_eq!(draw(app).await, kg(5_250));
    let taken_back = app
        .export_articles(&person, &member)
        .await
        .expect("a table")
        .replace(";yes;", ";nei;");
    std::fs::write(&file, taken_back).expect("written");
    let report = kit.import(vec![file], Some(&member), OnOverlap::Ask).await;
    assert_eq!(
        report.sets[0].outcome,
        Outcome::Imported,
        "{:?}",
        report.sets[0].findings
    );
    assert_eq!(report.sets[0].importer.as_deref(), Some("articles"));
    assert_eq!(draw(app).await, kg(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_register_among_other_files_is_taken_in_first_and_a_wrong_one_stops_nothing() {
    let kit = Kit::empty().await;
    let member = kit.members()[0].clone();
    let head = "seller;article;unit;from;name;item;use;kg_per_unit;dry_percent;primary_percent;evidence;confirmed";
    let steel = "923609016;gtin:7038010000010;kg;;Stålplater;steel;input;1;;100;;yes";
    let register = kit.folder.path().join("articles.csv");
    std::fs::write(
        &register,
        format!("{head}\n{steel}\n{}\n", steel.replace("input", "magic")),
    )
    .expect("written");
    take_in(&kit, &member, vec![invoice(&kit, &member, "B1", 10), register.clone()]).await;
    assert_eq!(draw(&kit.app).await, kg(2_500));

    std::fs::write(
        &register,
        format!("{}\n{steel}\n", head.replace("kg_per_unit", "weight")),
    )
    .expect("written");
    let report = kit
        .import(
            vec![register, invoice(&kit, &member, "B2", 10)],
            Some(&member),
            OnOverlap::Add,
        )
        .await;
    let outcomes: Vec<&Outcome> = report.sets.iter().map(|set| &set.outcome).collect();
    assert_eq!(outcomes, [&Outcome::Refused, &Outcome::Imported]);
    assert!(
        report.sets[0]
            .findings
            .counts()
            .any(|(code, ..)| code == "articles.table")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn registers_are_the_members_own() {
    let kit = Kit::empty().await;
    let members = kit.members();
    let (own, other) = (&members[0], &members[1]);
    let file = kit.folder.path().join("articles.csv");
    std::fs::write(&file, kit.app.export_articles(&operator(), own).await.expect("a table")).expect("written");
    for (capacity, expect) in [
        ("operator".to_owned(), [true; 4]),
        ("facilitator".to_owned(), [false; 4]),
        (format!("admin:{own}"), [true, false, true, false]),
        (format!("contributor:{own}"), [true, false, true, false]),
        ("public".to_owned(), [false; 4]),
    ] {
        let reader = actor(&capacity);
        let mut found = Vec::new();
        for member in [own, other] {
            found.push(allowed(kit.app.suggest_articles(&reader, member).await));
        }
        for member in [own, other] {
            let result = kit.app.import_articles(&reader, member, &file, true, &mut |_| {}).await;
            found.push(allowed(result));
        }
        assert_eq!(found, expect, "{capacity}");
    }
}

fn allowed<T>(result: Result<T, AppError>) -> bool {
    match result {
        Ok(_) => true,
        Err(AppError::Denied(_) | AppError::NotFound { .. }) => false,
        Err(error) => panic!("neither allowed nor refused: {error}"),
    }
}
