//! Forms of other sites, cookies, sessions, logins.

use axum::body::Body;
use axum::http::header;

use crate::house::{Browser, House, PASSWORD};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_without_the_token_of_its_session_changes_nothing() {
    let house = House::build().await;
    let mut facilitator = house.visitor("facilitator").await;
    let good = facilitator.token.clone();
    let other = house.visitor("admin").await.token;
    for token in ["", "x", &other] {
        facilitator.token = token.to_owned();
        let answer = house.post(&mut facilitator, "/goals/release", &[]).await;
        assert_eq!(answer.status.as_u16(), 403, "{token}");
    }
    facilitator.token.clone_from(&good);
    let body = format!("form_token={good}");
    for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
        let request = facilitator
            .request("POST", "/goals/release")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(name, value)
            .body(Body::from(body.clone()))
            .unwrap();
        let answer = house.ask(&mut facilitator, request).await;
        assert_eq!(answer.status.as_u16(), 403, "{name}");
    }
    assert_eq!(
        house
            .post(&mut facilitator, "/goals/release", &[])
            .await
            .status
            .as_u16(),
        303
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cookies_and_headers_protect() {
    let house = House::build().await;
    let mut browser = Browser::new("nb");
    let page = house.get(&mut browser, "/login").await;
    let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(
        policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
        "{policy}"
    );
    assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
    let visit = browser.cookie("gh_visit").unwrap().to_owned();
    browser.token = page.token();
    let fields = [("name", "admin"), ("password", PASSWORD), ("to", "//evil.example")];
    let answer = house.post(&mut browser, "/login", &fields).await;
    assert_eq!(answer.location(), "/", "no way out to another site");
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
    for flag in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age="] {
        assert!(cookie.contains(flag), "{cookie}");
    }
    let session = browser.cookie("gh_session").unwrap().to_owned();
    assert!(
        session.len() == 64 && session != visit,
        "a session is new at every login"
    );
    let mut stale = browser.clone();
    browser.token = house.get(&mut browser, "/account").await.token();
    assert_eq!(house.post(&mut browser, "/logout", &[]).await.location(), "/");
    let answer = house.get(&mut stale, "/members").await;
    assert_eq!(answer.status.as_u16(), 303, "the session has ended on the server too");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_tells_nothing_and_tires() {
    let house = House::build().await;
    let mut browser = house.visitor("public").await;
    let mut bodies = Vec::new();
    for name in ["admin", "nobody"] {
        let answer = house
            .post(
                &mut browser,
                "/login",
                &[("name", name), ("password", "wrong wrong wrong")],
            )
            .await;
        assert_eq!(answer.status.as_u16(), 422);
        bodies.push(answer.body.replace(name, "NAME"));
    }
    assert_eq!(
        bodies[0], bodies[1],
        "a known and an unknown name are told in the same words"
    );
    for _ in 0..8 {
        house
            .post(
                &mut browser,
                "/login",
                &[("name", "admin"), ("password", "wrong wrong wrong")],
            )
            .await;
    }
    let answer = house
        .post(&mut browser, "/login", &[("name", "admin"), ("password", PASSWORD)])
        .await;
    assert_eq!(answer.status.as_u16(), 429, "even the right password waits now");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_is_invited_and_chooses_a_password() {
    let house = House::build().await;
    let mut admin = house.visitor("admin").await;
    let fields = [("name", "kari"), ("role", "contributor"), ("member", crate::house::OWN)];
    let page = house.post(&mut admin, "/people", &fields).await;
    let link = page.body.split("<code class=\"secret\">").nth(1).unwrap();
    let link = link.split('<').next().unwrap().to_owned();
    let mut kari = Browser::new("nb");
    kari.token = house.get(&mut kari, &link).await.token();
    let short = house
        .post(&mut kari, &link, &[("password", "kort"), ("again", "kort")])
        .await;
    assert_eq!(short.status.as_u16(), 422);
    let chosen = [("password", PASSWORD), ("again", PASSWORD)];
    assert_eq!(house.post(&mut kari, &link, &chosen).await.location(), "/login");
    assert_eq!(
        house.get(&mut kari, &link).await.status.as_u16(),
        422,
        "an invitation holds once"
    );
    let mut kari = house.visitor("kari").await;
    assert_eq!(house.get(&mut kari, "/import").await.status.as_u16(), 200);
}
