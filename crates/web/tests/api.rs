//! The API: its document, tokens, problems, parts of lists, answers that have not changed.

use axum::body::Body;
use axum::http::{StatusCode, header};

use crate::house::{Browser, House, OTHER, OWN, operator};

/// What changes here changes for whoever reads the API: only additions are.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_document_is_as_written_down() {
    let house = House::build().await;
    let document = house.get(&mut Browser::new("en"), "/api/v1/openapi.json").await;
    assert_eq!(document.status, StatusCode::OK);
    let document: serde_json::Value = serde_json::from_str(&document.body).unwrap();
    insta::assert_json_snapshot!("openapi", document);
}

async fn with_token(house: &House, token: &str, address: &str) -> crate::house::Answer {
    let mut browser = Browser::new("en");
    let request = browser
        .request("GET", address)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::empty())
        .unwrap();
    house.ask(&mut browser, request).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_reads_what_its_account_reads_and_begins_no_session() {
    let house = House::build().await;
    let mut browser = house.visitor("contributor").await;
    let page = house.post(&mut browser, "/account/token", &[]).await;
    let token = page
        .body
        .split("<code>")
        .nth(1)
        .unwrap()
        .split("</code>")
        .next()
        .unwrap();
    assert_eq!(token.len(), 64, "{}", page.body);
    let own = with_token(&house, token, &format!("/api/v1/inventory?member={OWN}")).await;
    assert_eq!(own.status, StatusCode::OK, "{}", own.body);
    assert!(own.body.contains("\"total_co2e_kg\":\""), "{}", own.body);
    let other = with_token(&house, token, &format!("/api/v1/inventory?member={OTHER}")).await;
    assert_eq!(other.status, StatusCode::FORBIDDEN);
    // The token is no session, and a session is no token.
    let mut thief = Browser::new("en");
    let request = thief
        .request("GET", "/account")
        .header(header::COOKIE, format!("gh_session={token}"))
        .body(Body::empty())
        .unwrap();
    assert_eq!(house.ask(&mut thief, request).await.status, StatusCode::SEE_OTHER);
    let session = browser.cookie("gh_session").unwrap().to_owned();
    assert_eq!(
        with_token(&house, &session, "/api/v1/jobs").await.status,
        StatusCode::UNAUTHORIZED
    );
    // It ends with the password.
    house
        .app
        .reset_password(&operator(), "contributor", "another good password")
        .await
        .unwrap();
    let ended = with_token(&house, token, "/api/v1/jobs").await;
    assert_eq!(ended.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        ended.headers.get(header::CONTENT_TYPE).unwrap(),
        "application/problem+json"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_come_in_parts_and_unchanged_answers_are_not_sent_again() {
    let house = House::build().await;
    let mut browser = house.visitor("admin").await;
    let first = house.get(&mut browser, "/api/v1/factors?limit=2").await;
    let value: serde_json::Value = serde_json::from_str(&first.body).unwrap();
    assert_eq!(value["items"].as_array().unwrap().len(), 2);
    let next = value["next"].as_str().unwrap();
    let second = house
        .get(&mut browser, &format!("/api/v1/factors?limit=2&cursor={next}"))
        .await;
    let following: serde_json::Value = serde_json::from_str(&second.body).unwrap();
    assert!(following["items"][0]["id"].as_str().unwrap() > next);
    let tag = first.headers.get(header::ETAG).unwrap().clone();
    let request = browser
        .request("GET", "/api/v1/factors?limit=2")
        .header(header::IF_NONE_MATCH, tag)
        .body(Body::empty())
        .unwrap();
    let again = house.ask(&mut browser, request).await;
    assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
    for (address, status) in [
        ("/api/v1/factors?limit=0", 400),
        ("/api/v1/factors?limit=x", 400),
        ("/api/v1/inventory?basis=moon", 400),
        ("/api/v1/why/nonsense", 404),
    ] {
        let answer = house.get(&mut browser, address).await;
        assert_eq!(answer.status.as_u16(), status, "{address}: {}", answer.body);
        let problem: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(problem["status"], status, "{address}");
    }
}
