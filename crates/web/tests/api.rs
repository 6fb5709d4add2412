//! The API: its document, tokens, problems, parts of lists, answers that have not changed.

use axum::body::Body;
use axum::http::{StatusCode, header};
use greenheart_app::{Actor, Capacity};
use greenheart_model::MemberId;

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

/// Makes a token on the page of the account.
async fn make_token(house: &House, browser: &mut Browser, scopes: &[&'static str]) -> String {
    let mut fields = vec![("name", "reports"), ("days", "30")];
    fields.extend(scopes.iter().map(|scope| (*scope, "yes")));
    let page = house.post(browser, "/account/tokens", &fields).await;
    let token = page
        .body
        .split("<code>gh_")
        .nth(1)
        .unwrap_or_else(|| panic!("{}", page.body));
    let token = format!("gh_{}", token.split("</code>").next().unwrap());
    assert_eq!(token.len(), 67);
    token
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_does_what_it_is_for_and_is_taken_back_by_itself() {
    let house = House::build().await;
    let mut browser = house.visitor("contributor").await;
    let reads = make_token(&house, &mut browser, &["read"]).await;
    let imports = make_token(&house, &mut browser, &["import"]).await;
    let status = async |token: &str| with_token(&house, token, "/api/v1/jobs").await.status.as_u16();
    assert_eq!(status(&reads).await, 200);
    let page = house.get(&mut browser, "/account").await.body;
    assert!(!page.contains("gh_"), "a secret is shown once");
    assert_eq!(page.matches("/revoke\"").count(), 2);
    assert_eq!(
        page.matches("<td class=\"nobreak\">never</td>").count(),
        1,
        "one was used: {page}"
    );
    let mine = house.app.api_tokens(&contributor()).await.unwrap();
    let used = mine.iter().find(|token| token.used_at_ms.is_some()).unwrap();
    let revoke = format!("/account/tokens/{}/revoke", used.id);
    assert_eq!(status(&imports).await, 403, "it is for something else");
    // Nobody else takes it back.
    let mut admin = house.visitor("admin").await;
    assert_eq!(house.post(&mut admin, &revoke, &[]).await.status.as_u16(), 404);
    assert_eq!(status(&reads).await, 200);
    assert_eq!(house.post(&mut browser, &revoke, &[]).await.status.as_u16(), 303);
    assert_eq!((status(&reads).await, status(&imports).await), (401, 403));
    for (days, scope) in [("0", "read"), ("366", "read"), ("x", "read"), ("30", "nothing")] {
        let fields = [("name", "x"), ("days", days), (scope, "yes")];
        let answer = house.post(&mut browser, "/account/tokens", &fields).await;
        assert_eq!(answer.status.as_u16(), 422, "{days} {scope}");
    }
}

fn contributor() -> Actor {
    Actor {
        name: "contributor".into(),
        capacity: Capacity::Contributor(MemberId::new(OWN)),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_reads_what_its_account_reads_and_begins_no_session() {
    let house = House::build().await;
    let mut browser = house.visitor("contributor").await;
    let token = &make_token(&house, &mut browser, &["read"]).await;
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

/// Files as a program sends them.
async fn hand_in(house: &House, token: &str, name: &str, content: &str) -> crate::house::Answer {
    let body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n{content}\r\n--x--\r\n"
    );
    asked(house, token, "/api/v1/imports", "multipart/form-data; boundary=x", body).await
}

async fn asked(house: &House, token: &str, address: &str, kind: &str, body: String) -> crate::house::Answer {
    let mut browser = Browser::new("en");
    let request = browser
        .request("POST", address)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, kind)
        .body(Body::from(body))
        .unwrap();
    house.ask(&mut browser, request).await
}

/// Waits for an import to end.
async fn ended(house: &House, token: &str, location: &str) -> serde_json::Value {
    for _ in 0..600 {
        let answer = with_token(house, token, location).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let import: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        if import["state"] != "waiting" && import["state"] != "running" {
            return import;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the import did not end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_hands_in_files_on_trial_and_confirms() {
    let house = House::build().await;
    let mut browser = house.visitor("contributor").await;
    let token = make_token(&house, &mut browser, &["read", "import"]).await;
    let reads = make_token(&house, &mut browser, &["read"]).await;
    let table = crate::house::electricity(2022);
    assert_eq!(
        hand_in(&house, &reads, "power.csv", &table).await.status,
        StatusCode::FORBIDDEN
    );
    // The session of a page, which a browser sends by itself, hands in nothing here.
    let request = browser
        .request("POST", "/api/v1/imports")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
        .body(Body::from("--x--\r\n"))
        .unwrap();
    assert_eq!(house.ask(&mut browser, request).await.status, StatusCode::UNAUTHORIZED);
    let begun = hand_in(&house, &token, "../power.csv", &table).await;
    assert_eq!(begun.status, StatusCode::ACCEPTED, "{}", begun.body);
    let trial = ended(&house, &token, begun.location()).await;
    assert_eq!(
        (&trial["trial"], &trial["waiting"]),
        (&true.into(), &true.into()),
        "{trial}"
    );
    assert_eq!(trial["sets"][0]["outcome"], "would_import", "{trial}");
    let confirm = format!("{}/confirm", begun.location());
    let odd = asked(
        &house,
        &token,
        &format!("{confirm}?overlap=x"),
        "text/plain",
        String::new(),
    )
    .await;
    assert_eq!(odd.status, StatusCode::BAD_REQUEST);
    let confirmed = asked(&house, &token, &confirm, "text/plain", String::new()).await;
    assert_eq!(confirmed.status, StatusCode::ACCEPTED, "{}", confirmed.body);
    let done = ended(&house, &token, confirmed.location()).await;
    assert_eq!(done["sets"][0]["outcome"], "imported", "{done}");
    assert_eq!(done["sets"][0]["files"][0], "power.csv", "a name chooses no folder");
    // Another member neither sees nor confirms it.
    let mut other = house.visitor("stranger").await;
    let theirs = make_token(&house, &mut other, &["read", "import"]).await;
    assert_eq!(
        with_token(&house, &theirs, begun.location()).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        asked(&house, &theirs, &confirm, "text/plain", String::new())
            .await
            .status,
        StatusCode::NOT_FOUND
    );
    for (kind, body) in [
        ("text/plain", "x"),
        ("multipart/form-data", "x"),
        ("multipart/form-data; boundary=x", "--x--\r\n"),
    ] {
        let answer = asked(&house, &token, "/api/v1/imports", kind, body.into()).await;
        assert!(answer.status.is_client_error(), "{kind}: {}", answer.status);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn releases_are_read_by_the_cluster_alone() {
    let house = House::build().await;
    house.app.release_goals(&operator()).await.unwrap();
    let mut stranger = house.visitor("stranger").await;
    for address in ["/api/v1/releases/1", "/api/v1/releases/last"] {
        let answer = house.get(&mut stranger, address).await;
        let release: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(release["number"], 1, "{}", answer.body);
        // Two members are too few for anything.
        let shown = |cell: &serde_json::Value| cell["value"].is_string();
        let tables = release["tables"].as_array().unwrap().iter();
        let rows = tables.flat_map(|table| table["rows"].as_array().unwrap());
        assert!(
            !rows.flat_map(|row| row["cells"].as_array().unwrap()).any(shown),
            "{}",
            answer.body
        );
    }
    for address in [
        "/api/v1/releases/0",
        "/api/v1/releases/x",
        "/api/v1/releases/9223372036854775808",
    ] {
        assert_eq!(
            house.get(&mut stranger, address).await.status,
            StatusCode::NOT_FOUND,
            "{address}"
        );
    }
    let mut public = house.visitor("public").await;
    assert_eq!(
        house.get(&mut public, "/api/v1/releases").await.status,
        StatusCode::FORBIDDEN
    );
}
