//! What somebody tries who does not mean well: fixed sessions, ways out, great and slow heads, deep answers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::header;
use greenheart_web::{Pages, router, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::house::{Browser, House, PASSWORD};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_was_planted_is_never_taken_up() {
    let house = House::build().await;
    // Somebody else's live session, and one that was made up, are in the browser before the login.
    let planted = house.visitor("stranger").await.cookie("gh_session").unwrap().to_owned();
    for planted in [planted, "f".repeat(64)] {
        let mut browser = house.visitor("public").await;
        let login = |browser: &Browser, cookies: &str| {
            let token = browser.token.clone();
            let body = serde_urlencoded::to_string([("name", "admin"), ("password", PASSWORD), ("form_token", &token)]);
            let mut request = browser
                .request("POST", "/login")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Body::from(body.unwrap()))
                .unwrap();
            request.headers_mut().insert(header::COOKIE, cookies.parse().unwrap());
            request
        };
        let cookies = format!("gh_session={planted}");
        let mut request = browser.request("GET", "/login").body(Body::empty()).unwrap();
        request.headers_mut().insert(header::COOKIE, cookies.parse().unwrap());
        let page = house.ask(&mut browser, request).await;
        browser.token = page.token();
        let cookies = format!("{cookies}; gh_visit={}", browser.cookie("gh_visit").unwrap_or_default());
        let request = login(&browser, &cookies);
        let answer = house.ask(&mut browser, request).await;
        assert_eq!(answer.status.as_u16(), 303, "{}", answer.body);
        assert_ne!(
            browser.cookie("gh_session").unwrap(),
            planted,
            "a login makes a new session"
        );
        // The planted one has ended, so whoever planted it has nothing.
        let mut thief = Browser::new("en");
        let mut request = thief.request("GET", "/account").body(Body::empty()).unwrap();
        let cookie = format!("gh_session={planted}");
        request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
        assert_eq!(house.ask(&mut thief, request).await.status.as_u16(), 303);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_address_leads_out() {
    let house = House::build().await;
    let mut browser = house.visitor("admin").await;
    for out in [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/a\r\nX: y",
    ] {
        let to = serde_urlencoded::to_string([("to", out)]).unwrap();
        for address in [
            format!("/language/en?{to}"),
            format!("/login?{to}"),
            format!("/login/code?{to}"),
        ] {
            let answer = house.get(&mut browser, &address).await;
            assert!(
                answer.status.as_u16() == 200 || answer.location() == "/",
                "{address}: {}",
                answer.location()
            );
            // The way to the other language carries the whole address along, and leads to the same page.
            let leads = ["\"//evil", "\"https://evil", "\"/\\evil", "\"javascript:"];
            let found = leads.iter().find(|out| answer.body.contains(**out));
            assert_eq!(found, None, "{address}");
            assert!(answer.headers.get("x").is_none());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_https_every_cookie_says_so() {
    let house = House::build().await;
    let pages = router(Arc::new(Pages {
        app: Arc::clone(&house.app),
        secure: true,
        demo_logins: Vec::new(),
    }));
    let secure = House { pages, ..house };
    let mut browser = Browser::new("en");
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut note = |answer: &crate::house::Answer| {
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            found.insert(cookie.split('=').next().unwrap().to_owned(), cookie.to_owned());
        }
    };
    let page = secure.get(&mut browser, "/login").await;
    note(&page);
    browser.token = page.token();
    note(
        &secure
            .post(&mut browser, "/login", &[("name", "admin"), ("password", PASSWORD)])
            .await,
    );
    note(&secure.get(&mut browser, "/language/nb?to=%2F").await);
    assert!(found.contains_key("gh_visit") && found.contains_key("gh_session") && found.contains_key("gh_language"));
    for cookie in found.values() {
        assert!(
            cookie.contains("; Secure") && cookie.contains("; HttpOnly") && cookie.contains("SameSite=Lax"),
            "{cookie}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_name_costs_as_much_as_a_wrong_password() {
    let house = House::build().await;
    // An account that never chose a password, one that may not log in and one that is not there are told alike.
    house
        .app
        .create_account(&crate::house::operator(), "invited", &greenheart_app::Capacity::Auditor)
        .await
        .unwrap();
    house
        .app
        .set_account_disabled(&crate::house::operator(), "auditor", true)
        .await
        .unwrap();
    let mut bodies = Vec::new();
    for (name, password) in [
        ("admin", "wrong"),
        ("nobody", PASSWORD),
        ("invited", PASSWORD),
        ("auditor", PASSWORD),
    ] {
        let mut browser = house.visitor("public").await;
        let answer = house
            .post(&mut browser, "/login", &[("name", name), ("password", password)])
            .await;
        assert_eq!(answer.status.as_u16(), 422, "{name}");
        let token = browser.token.clone();
        bodies.push(answer.body.replace(name, "NAME").replace(&token, "TOKEN"));
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]));
}

/// The pages behind real connections, until the sender is dropped.
async fn served(house: &House) -> (std::net::SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let pages = Pages {
        app: Arc::clone(&house.app),
        secure: false,
        demo_logins: Vec::new(),
    };
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(async move {
        let ended = async {
            let _ = stopped.await;
        };
        serve(listener, pages, ended).await.unwrap();
    });
    (address, stop, serving)
}

async fn exchanged(address: std::net::SocketAddr, question: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The other side may have closed before all of it was sent.
    let _ = stream.write_all(question.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn great_heads_are_refused_and_open_requests_end_well() {
    let house = House::build().await;
    let (address, stop, serving) = served(&house).await;
    let ask = |extra: &str| format!("GET /healthz HTTP/1.1\r\nHost: x\r\n{extra}Connection: close\r\n\r\n");
    assert!(exchanged(address, &ask("")).await.starts_with("HTTP/1.1 200"));
    let many = "X-A: b\r\n".repeat(100);
    assert!(exchanged(address, &ask(&many)).await.starts_with("HTTP/1.1 431"));
    let long = format!("X-A: {}\r\n", "b".repeat(200 << 10));
    assert!(exchanged(address, &ask(&long)).await.starts_with("HTTP/1.1 431"));
    assert!(
        exchanged(address, &format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(200 << 10)))
            .await
            .starts_with("HTTP/1.1 4")
    );
    assert!(exchanged(address, "NONSENSE\r\n\r\n").await.starts_with("HTTP/1.1 400"));
    // Somebody who never says what it wants does not keep the server from ending.
    let mut silent = TcpStream::connect(address).await.unwrap();
    silent.write_all(b"GET / HT").await.unwrap();
    drop(stop);
    tokio::time::timeout(Duration::from_secs(60), serving)
        .await
        .unwrap()
        .unwrap();
}

/// A connection that never comes to the point is closed by the server itself, and keeps nobody else waiting meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_says_a_byte_at_a_time_is_hung_up_on() {
    let house = House::build().await;
    let (address, stop, serving) = served(&house).await;
    let mut slow = TcpStream::connect(address).await.unwrap();
    let question = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ";
    slow.write_all(question).await.unwrap();
    let dripping = async {
        let mut answer = Vec::new();
        loop {
            let mut bytes = [0; 256];
            match tokio::time::timeout(Duration::from_secs(1), slow.read(&mut bytes)).await {
                // A byte more, as long as somebody listens.
                Err(_) if slow.write_all(b"a").await.is_ok() => {}
                Ok(Ok(read)) if read > 0 => answer.extend_from_slice(&bytes[..read]),
                _ => return answer,
            }
        }
    };
    let others = exchanged(address, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert!(others.await.starts_with("HTTP/1.1 200"));
    let answer = tokio::time::timeout(Duration::from_secs(120), dripping).await.unwrap();
    assert!(!answer.starts_with(b"HTTP/1.1 200"), "it was never asked to the end");
    drop(stop);
    tokio::time::timeout(Duration::from_secs(60), serving)
        .await
        .unwrap()
        .unwrap();
}
