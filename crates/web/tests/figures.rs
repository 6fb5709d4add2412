//! Figures: their table without a script, their files, and the files of the pages.

use axum::body::Body;
use axum::http::{StatusCode, header};

use crate::house::{Browser, House, NAME_WITH_MARKUP, OWN};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_figure_says_the_same_as_table_data_and_file() {
    let house = House::build().await;
    let mut browser = house.visitor("admin").await;
    let page = house.get(&mut browser, &format!("/inventory?member={OWN}")).await.body;
    assert!(
        page.contains("<gh-chart src=\"/figures/scopes.json?member=310000000\">"),
        "{page}"
    );
    let data = house.get(&mut browser, "/figures/scopes.json").await.body;
    let data: serde_json::Value = serde_json::from_str(&data).unwrap();
    assert_eq!((&data["kind"], &data["unit"]), (&"stacked".into(), &"t CO₂e".into()));
    let row = data["rows"].as_array().unwrap().last().unwrap();
    assert_eq!(row["label"], "2024");
    let file = house.get(&mut browser, "/figures/scopes.csv").await;
    let name = file.headers.get(header::CONTENT_DISPOSITION).unwrap();
    assert_eq!(name, "attachment; filename=\"scopes.csv\"");
    let scope2 = row["cells"][1]["value"].as_f64().unwrap();
    assert!(scope2 > 0.0);
    let line = file.body.lines().find(|line| line.starts_with("2024,")).unwrap();
    let field: f64 = line.split(',').nth(2).unwrap().parse().unwrap();
    assert!((field - scope2).abs() < 1e-9, "{line} {scope2}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn completeness_counts_months_and_dashes_what_is_missing() {
    let house = House::build().await;
    let mut browser = house.visitor("stranger").await;
    let data = house.get(&mut browser, "/figures/completeness.json").await.body;
    let data: serde_json::Value = serde_json::from_str(&data).unwrap();
    assert_eq!(data["kind"], "heat");
    let months = data["rows"][0]["cells"][0]["value"].as_f64().unwrap();
    assert!((1.0..=12.0).contains(&months), "{data}");
    let sites = house.get(&mut browser, "/figures/sites.json").await.body;
    assert!(sites.starts_with('{'));
    let page = house.get(&mut browser, "/members").await.body;
    assert!(page.contains("<gh-map src=\"/figures/sites.json\">") && !page.contains(NAME_WITH_MARKUP));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_of_the_pages_are_kept_for_ever_and_sent_compressed() {
    let house = House::build().await;
    let mut browser = Browser::new("en");
    let page = house.get(&mut browser, "/login").await;
    let policy = page
        .headers
        .get(header::CONTENT_SECURITY_POLICY)
        .unwrap()
        .to_str()
        .unwrap();
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self';") && !policy.contains("unsafe"),
        "{policy}"
    );
    let script = page
        .body
        .split("src=\"/assets/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    for (accepted, expect) in [("gzip, br", Some("br")), ("gzip", Some("gzip")), ("identity", None)] {
        let request = browser
            .request("GET", &format!("/assets/{script}"))
            .header(header::ACCEPT_ENCODING, accepted)
            .body(Body::empty())
            .unwrap();
        let response = tower::ServiceExt::oneshot(house.pages.clone(), request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let encoding = response.headers().get(header::CONTENT_ENCODING);
        assert_eq!(encoding.map(|value| value.to_str().unwrap()), expect);
        assert!(
            response.headers()[header::CACHE_CONTROL]
                .to_str()
                .unwrap()
                .contains("immutable")
        );
    }
    let absent = house.get(&mut browser, "/assets/app-00000000.js").await;
    assert_eq!(absent.status, StatusCode::NOT_FOUND);
}
