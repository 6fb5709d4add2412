//! What the pages say: everything translated, every figure opens, nothing breaks out.

use greenheart_app::GoalQuery;

use crate::house::{House, OTHER, OWN, operator};

const PAGES: [&str; 26] = [
    "/",
    "/public",
    "/goals/revenue",
    "/goals/co2e",
    "/goals/resource_draw",
    "/change",
    "/inventory",
    "/consolidated",
    "/products",
    "/what-if",
    "/flows",
    "/campaign",
    "/articles",
    "/articles?member=310000000",
    "/factors/use",
    "/import",
    "/batches?all=1",
    "/members",
    "/members/310000000",
    "/people",
    "/audit",
    "/factors",
    "/account",
    "/circular",
    "/circular/streams",
    "/circular/board",
];

/// The names that the ledger gives the figures beside the headlines, as they would stand untranslated.
async fn spelled_codes(house: &House) -> Vec<String> {
    let view = house.app.goals(&operator(), &GoalQuery::default()).await.unwrap();
    let years = view.goals.iter().flat_map(|goal| &goal.years);
    let figures = years.flat_map(|year| &year.beside);
    figures.map(|figure| figure.name.replace('_', " ")).collect()
}

/// Every page that a facilitator and an administrator may see, in a language.
async fn pages(house: &House, language: &'static str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for role in ["facilitator", "admin"] {
        let mut browser = house.visitor(role).await;
        browser.language = language;
        for address in PAGES {
            let page = house.get(&mut browser, address).await;
            all.push((format!("{role} {address}"), page.body));
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_says_everything_in_both_languages() {
    let house = House::build().await;
    house.app.release_goals(&operator()).await.unwrap();
    let codes = spelled_codes(&house).await;
    assert!(!codes.is_empty());
    for (language, lang, fictional) in [("nb", "lang=\"nb\"", "oppdiktet"), ("en", "lang=\"en\"", "invented")] {
        for (address, body) in pages(&house, language).await {
            assert!(!body.contains('⟨'), "{address} lacks a message: {}", around(&body, "⟨"));
            assert!(body.contains(lang), "{address}");
            for code in &codes {
                assert!(!body.contains(code), "{address} says `{code}`");
            }
            assert!(
                body.contains(fictional),
                "{address} does not say that the cluster is fictional"
            );
            assert!(
                body.matches("<script").count() == 1 && body.contains("<script type=\"module\" src=\"/assets/app-"),
                "{address} runs something else"
            );
            assert!(!body.contains(" style=") && !body.contains(" onclick"), "{address}");
            assert!(
                !body.contains("http://") && !body.contains("https://"),
                "{address} names another host: {}",
                around(&body, "http")
            );
        }
    }
}

/// A word on a page that is in no message file would show in both languages: templates hold markup only.
#[test]
fn templates_hold_no_words() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let mut plain = text;
        for (open, close) in [("{%", "%}"), ("{{", "}}"), ("<", ">")] {
            plain = without(&plain, open, close);
        }
        let words: Vec<&str> = plain
            .split_whitespace()
            .filter(|word| word.chars().any(char::is_alphabetic))
            .collect();
        let known = ["CO₂e", "·", "CSV", "XLSX"];
        assert!(
            words.iter().all(|word| known.contains(word)),
            "{}: {words:?}",
            path.display()
        );
    }
}

fn without(text: &str, open: &str, close: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(open) {
        out.push_str(before);
        out.push(' ');
        rest = after.split_once(close).map_or("", |(_, after)| after);
    }
    out + rest
}

fn around(text: &str, what: &str) -> String {
    let at = text.find(what).unwrap_or_default();
    text[at..].chars().take(80).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_figure_opens_down_to_the_row() {
    let house = House::build().await;
    let mut browser = house.visitor("admin").await;
    let mut open = std::collections::VecDeque::from(["/inventory".to_owned(), "/batches".to_owned()]);
    let mut seen = std::collections::BTreeSet::new();
    let mut kinds = std::collections::BTreeSet::new();
    while let Some(address) = open.pop_front() {
        let page = house.get(&mut browser, &address).await;
        assert_eq!(page.status.as_u16(), 200, "{address}: {}", page.body);
        for link in page.body.split("href=\"/why/").skip(1) {
            let link = format!("/why/{}", link.split('"').next().unwrap());
            kinds.insert(link[5..].split(':').next().unwrap().to_owned());
            if seen.len() < 40 && seen.insert(link.clone()) {
                open.push_back(link);
            }
        }
    }
    let all: Vec<&str> = kinds.iter().map(String::as_str).collect();
    assert_eq!(all, ["batch", "factor", "fig", "row"]);
    let inventory = house.get(&mut browser, "/inventory").await.body;
    for cell in inventory.split("t CO₂e").skip(1) {
        assert!(
            cell.starts_with("</a>") || cell.starts_with("</text>") || cell.starts_with(")</th>"),
            "a figure without a link: {}",
            cell.chars().take(40).collect::<String>()
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_are_only_names() {
    let house = House::build().await;
    let mut browser = house.visitor("stranger").await;
    for address in [
        "/members".to_owned(),
        format!("/members/{OTHER}"),
        "/inventory".to_owned(),
    ] {
        let body = house.get(&mut browser, &address).await.body;
        assert!(!body.contains("<script>alert"), "{address}");
        assert!(
            body.contains("&#60;script&#62;") || body.contains("&lt;script&gt;"),
            "{address}: the name is missing"
        );
    }
    let page = house.get(&mut browser, "/factors?search=%22%3E%3Cb%3E").await.body;
    assert!(!page.contains("\"><b>"), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_language_is_chosen_and_kept() {
    let house = House::build().await;
    let mut browser = house.visitor("admin").await;
    let answer = house.get(&mut browser, "/language/nb?to=%2Fmembers").await;
    assert_eq!(answer.location(), "/members");
    let page = house.get(&mut browser, &format!("/members/{OWN}")).await.body;
    assert!(
        page.contains("Organisasjonsnummer"),
        "the cookie is stronger than the browser's own wish"
    );
    assert_eq!(house.get(&mut browser, "/language/xx").await.status.as_u16(), 404);
    let away = house.get(&mut browser, "/language/en?to=https://evil.example").await;
    assert_eq!(away.location(), "/");
}
