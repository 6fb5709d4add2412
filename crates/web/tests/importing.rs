//! Handing in files: on trial, with a decision, withdrawn again.

use axum::body::Body;
use axum::http::header;

use crate::house::{Browser, House, OTHER, electricity};

pub fn upload(browser: &Browser, token: &str, files: &[(&str, &str)]) -> axum::http::Request<Body> {
    let mut body = format!("--X\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\n{token}\r\n");
    for (name, content) in files {
        body.push_str(&format!(
            "--X\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n{content}\r\n"
        ));
    }
    body.push_str("--X--\r\n");
    browser
        .request("POST", "/import/files")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=X")
        .body(Body::from(body))
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_are_read_on_trial_and_then_taken_in() {
    let house = House::build().await;
    let mut browser = house.visitor("contributor").await;
    let token = browser.token.clone();
    let content = electricity(2023);
    let request = upload(&browser, &token, &[("../../strøm 2023.csv", &content), ("tom.csv", "")]);
    let answer = house.ask(&mut browser, request).await;
    assert_eq!(answer.status.as_u16(), 303, "{}", answer.body);
    let trial = answer.location().to_owned();
    let page = house.ended(&mut browser, &trial).await;
    assert!(
        page.body.contains("strøm 2023.csv") && page.body.contains("would be taken in"),
        "{}",
        page.body
    );
    assert!(page.body.contains("refused"), "the empty file is refused beside it");
    assert_eq!(
        house
            .app
            .batches(&crate::house::operator(), None, false)
            .await
            .unwrap()
            .len(),
        2
    );

    let mut stranger = house.visitor("stranger").await;
    assert_eq!(
        house.get(&mut stranger, &trial).await.status.as_u16(),
        404,
        "a job of another member"
    );
    let confirm = format!("{trial}/confirm");
    assert_eq!(house.post(&mut stranger, &confirm, &[]).await.status.as_u16(), 404);

    let answer = house.post(&mut browser, &confirm, &[]).await;
    let page = house.ended(&mut browser, answer.location()).await;
    assert!(
        page.body.contains("taken in") && page.body.contains("/why/batch:"),
        "{}",
        page.body
    );
    let inventory = house.get(&mut browser, "/inventory?year=2023").await.body;
    assert!(inventory.contains("/why/fig:line/2023/"), "{inventory}");
    let again = house.post(&mut browser, &confirm, &[]).await;
    assert_eq!(again.status.as_u16(), 422, "what was taken in no longer waits");
    assert_eq!(
        std::fs::read_dir(house.app.folder().staging()).unwrap().count(),
        0,
        "staging is clean"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_covers_the_same_waits_for_a_decision() {
    let house = House::build().await;
    let mut browser = house.visitor("admin").await;
    let token = browser.token.clone();
    let corrected = electricity(2024).replace("11400", "11800");
    let request = upload(&browser, &token, &[("rettet.csv", &corrected)]);
    let trial = house.ask(&mut browser, request).await.location().to_owned();
    let page = house.ended(&mut browser, &trial).await;
    assert!(page.body.contains("name=\"overlap\""), "{}", page.body);
    let answer = house
        .post(&mut browser, &format!("{trial}/confirm"), &[("overlap", "supersede")])
        .await;
    house.ended(&mut browser, answer.location()).await;
    let page = house.get(&mut browser, "/batches?all=1").await.body;
    assert!(page.contains("replaced by"), "{page}");
    let batches = house.app.batches(&crate::house::operator(), None, false).await.unwrap();
    let mine = batches.iter().find(|batch| batch.member.as_str() != OTHER).unwrap();
    let withdraw = format!("/batches/{}/withdraw", mine.id);
    let empty = house.post(&mut browser, &withdraw, &[("reason", "  ")]).await;
    assert_eq!(empty.status.as_u16(), 422);
    let done = house.post(&mut browser, &withdraw, &[("reason", "wrong meter")]).await;
    assert_eq!(done.location(), "/batches?all=1");
    let page = house.get(&mut browser, "/batches?all=1").await.body;
    assert!(page.contains("withdrawn: wrong meter"), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_is_not_ours_leaves_nothing() {
    let house = House::build().await;
    let mut browser = house.visitor("contributor").await;
    let (good, content) = (browser.token.clone(), electricity(2023));
    for (token, files, expect) in [
        ("wrong", vec![("a.csv", content.as_str())], 403),
        (good.as_str(), vec![], 422),
    ] {
        let request = upload(&browser, token, &files);
        let answer = house.ask(&mut browser, request).await;
        assert_eq!(answer.status.as_u16(), expect, "{token}");
    }
    let mut facilitator = house.visitor("facilitator").await;
    let token = facilitator.token.clone();
    let request = upload(&facilitator, &token, &[("a.csv", &content)]);
    assert_eq!(house.ask(&mut facilitator, request).await.status.as_u16(), 403);
    assert_eq!(std::fs::read_dir(house.app.folder().staging()).unwrap().count(), 0);
}

/// Headers that nobody knows: a person says what they hold, and the saying is kept.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_of_unknown_headers_is_read_as_a_person_says() {
    let house = House::build().await;
    let mut browser = house.visitor("contributor").await;
    let table = "Tidsrom;Forbrukt;Hva\n2022-01;1200;strøm\n2022-02;1300;strøm\n";
    let token = browser.token.clone();
    let request = upload(&browser, &token, &[("mystisk.csv", table)]);
    let job = house.ask(&mut browser, request).await.location().to_owned();
    let trial = house.ended(&mut browser, &job).await.body;
    assert!(trial.contains(&format!("{job}/mapping")), "{trial}");
    let form = house.get(&mut browser, &format!("{job}/mapping")).await;
    assert_eq!(form.status.as_u16(), 200, "{}", form.body);
    assert!(
        form.body.contains("Forbrukt") && form.body.contains("1200"),
        "{}",
        form.body
    );
    let fields = [
        ("file", "0"),
        ("kind", "electricity"),
        ("unit", "kWh"),
        ("save_as", "fabrikken"),
        ("column-1", "period"),
        ("column-2", "quantity"),
        ("column-3", "item"),
    ];
    let read = house.post(&mut browser, &format!("{job}/mapping"), &fields).await;
    assert_eq!(read.status.as_u16(), 303, "{}", read.body);
    let again = read.location().to_owned();
    let told = house.ended(&mut browser, &again).await.body;
    assert!(told.contains("would be taken in"), "{told}");
    // Kept for the next time, and nobody else's.
    let kept = house
        .post(&mut browser, &format!("{again}/mapping"), &[("saved", "fabrikken")])
        .await;
    assert_eq!(kept.status.as_u16(), 303, "{}", kept.body);
    let told = house.ended(&mut browser, kept.location()).await.body;
    assert!(told.contains("would be taken in"), "{told}");
    let nothing = house
        .post(&mut browser, &format!("{job}/mapping"), &[("file", "0")])
        .await;
    assert_eq!(nothing.status.as_u16(), 422);
    let mut stranger = house.visitor("stranger").await;
    assert_eq!(
        house
            .get(&mut stranger, &format!("{job}/mapping"))
            .await
            .status
            .as_u16(),
        404
    );
}
