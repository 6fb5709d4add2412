//! What goes wrong without anybody meaning ill: sessions that end, two people at once, a full disk, too much at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::{Body, Bytes};
use axum::http::header;
use futures::stream;
use greenheart_app::Config;

use crate::house::{Browser, House, OWN, electricity, operator};
use crate::importing::upload;

fn staged(house: &House) -> usize {
    std::fs::read_dir(house.app.folder().staging()).unwrap().count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_after_the_session_has_ended_says_so_and_stores_nothing() {
    let house = House::build().await;
    let mut browser = house.visitor("contributor").await;
    let mut elsewhere = browser.clone();
    assert_eq!(house.post(&mut elsewhere, "/logout", &[]).await.location(), "/");
    let token = browser.token.clone();
    let request = upload(&browser, &token, &[("strøm.csv", &electricity(2023))]);
    let answer = house.ask(&mut browser, request).await;
    assert_eq!(answer.status.as_u16(), 403);
    assert!(
        answer.body.contains("not logged in any more") && answer.body.contains("href=\"/login\""),
        "{}",
        answer.body
    );
    assert_eq!(staged(&house), 0);
    // The same in the person's language.
    browser.language = "nb";
    let request = upload(&browser, &token, &[("strøm.csv", &electricity(2023))]);
    let answer = house.ask(&mut browser, request).await;
    assert!(answer.body.contains("ikke lenger logget inn"), "{}", answer.body);
}

/// The session ends while the files are on their way: what was begun is kept, and seen after the next login.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_ends_in_the_middle_of_an_upload_loses_nothing() {
    let house = House::build().await;
    let mut browser = house.visitor("contributor").await;
    let whole = format!(
        "--X\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\n{}\r\n--X\r\n\
         Content-Disposition: form-data; name=\"files\"; filename=\"strøm.csv\"\r\n\r\n{}\r\n--X--\r\n",
        browser.token,
        electricity(2023)
    );
    let half = whole.find("filename").unwrap() + 60;
    let (first, rest) = (whole[..half].to_owned(), whole[half..].to_owned());
    let (app, session) = (Arc::clone(&house.app), browser.cookie("gh_session").unwrap().to_owned());
    let parts = stream::unfold((0, app), move |(at, app)| {
        let (first, rest, session) = (first.clone(), rest.clone(), session.clone());
        async move {
            let part = match at {
                0 => first,
                1 => {
                    app.log_out(&session).await.unwrap();
                    rest
                }
                _ => return None,
            };
            Some((Ok::<_, std::io::Error>(Bytes::from(part)), (at + 1, app)))
        }
    });
    let request = browser
        .request("POST", "/import/files")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=X")
        .body(Body::from_stream(parts))
        .unwrap();
    let answer = house.ask(&mut browser, request).await;
    assert_eq!(answer.status.as_u16(), 303, "{}", answer.body);
    let job = answer.location().to_owned();
    let asked = house.get(&mut browser, &job).await;
    assert!(asked.location().starts_with("/login?to="), "{}", asked.location());
    let mut again = house.visitor("contributor").await;
    let page = house.ended(&mut again, &job).await;
    assert!(page.body.contains("would be taken in"), "{}", page.body);
    let list = house.get(&mut again, "/import").await.body;
    assert!(list.contains("strøm.csv") && list.contains("waits for you"), "{list}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_two_gigabytes_are_refused_before_they_are_sent() {
    let house = House::build().await;
    let mut browser = house.visitor("contributor").await;
    let token = browser.token.clone();
    let mut request = upload(&browser, &token, &[("stor.xml", "<a/>")]);
    let length = (3_u64 << 30).to_string();
    request
        .headers_mut()
        .insert(header::CONTENT_LENGTH, length.parse().unwrap());
    let answer = house.ask(&mut browser, request).await;
    assert_eq!(answer.status.as_u16(), 413);
    assert!(
        answer.body.contains("at most 2 GB") && answer.body.contains("Nothing was stored"),
        "{}",
        answer.body
    );
    assert_eq!(staged(&house), 0);
}

/// Two people of a member confirm the same trial, and withdraw the same batch, at the same moment: it is done once, and
/// whoever came second is told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_at_the_same_thing() {
    let house = House::build().await;
    let (mut one, mut two) = (house.visitor("admin").await, house.visitor("contributor").await);
    let token = one.token.clone();
    let request = upload(&one, &token, &[("strøm.csv", &electricity(2023))]);
    let trial = house.ask(&mut one, request).await.location().to_owned();
    house.ended(&mut one, &trial).await;
    let confirm = format!("{trial}/confirm");
    let (first, second) = tokio::join!(house.post(&mut one, &confirm, &[]), house.post(&mut two, &confirm, &[]));
    for (browser, answer) in [(&mut one, first), (&mut two, second)] {
        match answer.status.as_u16() {
            303 => {
                let page = house.ended(browser, answer.location()).await.body;
                let told = ["taken in", "failed"];
                assert!(told.iter().any(|word| page.contains(word)), "{page}");
            }
            status => assert_eq!(status, 422, "{}", answer.body),
        }
    }
    let own = |house: &House| {
        let app = Arc::clone(&house.app);
        async move {
            let batches = app.batches(&operator(), None, false).await.unwrap();
            batches
                .into_iter()
                .filter(|batch| batch.member.as_str() == OWN)
                .collect::<Vec<_>>()
        }
    };
    let batches = own(&house).await;
    assert_eq!(batches.len(), 2, "2024 from before, and 2023 once");
    let withdraw = format!("/batches/{}/withdraw", batches[1].id);
    let reason = [("reason", "twice")];
    let (first, second) = tokio::join!(
        house.post(&mut one, &withdraw, &reason),
        house.post(&mut two, &withdraw, &reason)
    );
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert!(
        statuses[0] == 303 && [303, 404, 422].contains(&statuses[1]),
        "{statuses:?}"
    );
    assert_eq!(own(&house).await.len(), 1);
    let again = house.post(&mut two, &withdraw, &reason).await;
    assert!([404, 422].contains(&again.status.as_u16()), "{}", again.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_told_and_loses_nothing() {
    let full = Arc::new(AtomicBool::new(false));
    let armed = Arc::clone(&full);
    let steps = Arc::new(move |at: &str| {
        if at == "vault.temp" && armed.load(Ordering::SeqCst) {
            return Err(std::io::ErrorKind::StorageFull.into());
        }
        Ok(())
    });
    let house = House::made(Config::default(), steps).await;
    let mut browser = house.visitor("contributor").await;
    let token = browser.token.clone();
    let request = upload(&browser, &token, &[("strøm.csv", &electricity(2023))]);
    let trial = house.ask(&mut browser, request).await.location().to_owned();
    house.ended(&mut browser, &trial).await;
    full.store(true, Ordering::SeqCst);
    let confirm = format!("{trial}/confirm");
    let answer = house.post(&mut browser, &confirm, &[]).await;
    let page = house.ended(&mut browser, answer.location()).await.body;
    assert!(page.contains("The disk of this installation is full"), "{page}");
    assert!(staged(&house) > 0, "what was handed in still waits");
    full.store(false, Ordering::SeqCst);
    let answer = house.post(&mut browser, &confirm, &[]).await;
    let page = house.ended(&mut browser, answer.location()).await.body;
    assert!(page.contains("taken in"), "{page}");
}

/// Files of somebody else, twice the same file, an empty file: each is told what it is and what to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_cannot_be_taken_in_say_why() {
    let house = House::build().await;
    let mut browser = house.visitor("contributor").await;
    let saft = |org: &str| {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><AuditFile xmlns=\"urn:StandardAuditFile-Taxation-Financial:NO\">\
             <Header><AuditFileVersion>1.30</AuditFileVersion><AuditFileCountry>NO</AuditFileCountry>\
             <AuditFileDateCreated>2025-01-10</AuditFileDateCreated><SoftwareCompanyName>x</SoftwareCompanyName>\
             <SoftwareID>x</SoftwareID><SoftwareVersion>1</SoftwareVersion><Company><RegistrationNumber>{org}\
             </RegistrationNumber><Name>Noen AS</Name></Company><DefaultCurrencyCode>NOK</DefaultCurrencyCode>\
             <SelectionCriteria><PeriodStart>1</PeriodStart><PeriodStartYear>2024</PeriodStartYear><PeriodEnd>12</PeriodEnd>\
             <PeriodEndYear>2024</PeriodEndYear></SelectionCriteria><TaxAccountingBasis>A</TaxAccountingBasis></Header>\
             <GeneralLedgerEntries><NumberOfEntries>0</NumberOfEntries><TotalDebit>0</TotalDebit><TotalCredit>0</TotalCredit>\
             </GeneralLedgerEntries></AuditFile>"
        )
    };
    let told = async |browser: &mut Browser, name: &str, content: &str| {
        let token = browser.token.clone();
        let request = upload(browser, &token, &[(name, content)]);
        let job = house.ask(browser, request).await.location().to_owned();
        house.ended(browser, &job).await.body
    };
    let page = told(&mut browser, "regnskap.xml", &saft("310000108")).await;
    assert!(
        page.contains("refused") && page.contains("310000108"),
        "another member's books: {page}"
    );
    let page = told(&mut browser, "tom.csv", "").await;
    assert!(page.contains("refused"), "{page}");
    let page = told(&mut browser, "strøm.csv", &electricity(2024)).await;
    assert!(
        page.contains("already taken in before"),
        "the same content under another name: {page}"
    );
}
