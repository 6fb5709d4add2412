//! Codes of a telephone: turning them on and off, logging in with them, and what does not let anybody in.

use greenheart_identity::totp;

use crate::house::{Browser, House, NOW_MS, PASSWORD};

/// The bytes of a secret as a page spells it.
pub fn secret(page: &str) -> Vec<u8> {
    let spelled = page
        .split("<code class=\"secret\">")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for c in spelled.chars().filter(|c| *c != ' ') {
        held = (held << 5) | u32::try_from(alphabet.find(c).unwrap()).unwrap();
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xff).unwrap());
        }
    }
    bytes
}

/// Turns codes on, and gives the secret and the recovery codes.
async fn turn_on(house: &House, browser: &mut Browser) -> (Vec<u8>, Vec<String>) {
    let page = house.post(browser, "/account/codes", &[]).await;
    assert!(
        page.body.contains("<svg class=\"qr\"") && page.body.contains("otpauth://totp/"),
        "{}",
        page.body
    );
    let secret = secret(&page.body);
    assert_eq!(secret.len(), 20);
    let wrong = house
        .post(browser, "/account/codes/confirm", &[("code", "000000")])
        .await;
    assert!(
        wrong.body.contains("role=\"alert\"") && wrong.body.contains("class=\"qr\""),
        "it can be tried again"
    );
    let code = totp::code(&secret, totp::step_at(NOW_MS));
    let page = house.post(browser, "/account/codes/confirm", &[("code", &code)]).await;
    let codes: Vec<String> = page
        .body
        .split("<li><code>")
        .skip(1)
        .map(|rest| rest.split('<').next().unwrap().to_owned())
        .collect();
    assert_eq!(codes.len(), 10, "{}", page.body);
    assert!(!page.body.contains("class=\"qr\""), "the secret is not shown again");
    (secret, codes)
}

/// Somebody who has given the password and is asked for a code.
async fn asked_for_code(house: &House, name: &str) -> Browser {
    let mut browser = house.visitor("public").await;
    let fields = [("name", name), ("password", PASSWORD), ("to", "/members")];
    let answer = house.post(&mut browser, "/login", &fields).await;
    assert_eq!(answer.location(), "/login/code?to=%2Fmembers");
    assert!(
        browser.cookie("gh_session").is_none(),
        "the password alone begins no session"
    );
    browser.token = house.get(&mut browser, "/login/code").await.token();
    browser
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_asks_for_a_code_and_takes_each_once() {
    let house = House::build().await;
    let mut own = house.visitor("admin").await;
    let (secret, recovery) = turn_on(&house, &mut own).await;
    let step = totp::step_at(NOW_MS);
    let (used, next) = (totp::code(&secret, step), totp::code(&secret, step + 1));
    let mut browser = asked_for_code(&house, "admin").await;
    let late = totp::code(&secret, step + 2);
    for wrong in ["", "123", &used, &late] {
        let answer = house.post(&mut browser, "/login/code", &[("code", wrong)]).await;
        assert_eq!(answer.status.as_u16(), 422, "`{wrong}`");
    }
    let fields = [("code", next.as_str()), ("to", "//evil.example")];
    let answer = house.post(&mut browser, "/login/code", &fields).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/"));
    assert_eq!(browser.cookie("gh_session").unwrap().len(), 64);
    assert_eq!(house.get(&mut browser, "/members").await.status.as_u16(), 200);
    // Whoever looked over the shoulder comes too late, and the login that it belonged to is over.
    let mut thief = asked_for_code(&house, "admin").await;
    assert_eq!(
        house
            .post(&mut thief, "/login/code", &[("code", &next)])
            .await
            .status
            .as_u16(),
        422
    );
    // A recovery code lets in once, however it is typed.
    let typed = recovery[0].to_uppercase();
    assert_eq!(
        house
            .post(&mut thief, "/login/code", &[("code", &typed)])
            .await
            .status
            .as_u16(),
        303
    );
    let mut again = asked_for_code(&house, "admin").await;
    assert_eq!(
        house
            .post(&mut again, "/login/code", &[("code", &recovery[0])])
            .await
            .status
            .as_u16(),
        422
    );
    let page = house.get(&mut own, "/account").await.body;
    assert!(page.contains("that are left: 9"), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guessing_tires_and_a_login_that_waits_is_no_session() {
    let house = House::build().await;
    let mut own = house.visitor("admin").await;
    let (secret, _) = turn_on(&house, &mut own).await;
    let mut browser = asked_for_code(&house, "admin").await;
    assert_eq!(
        house.get(&mut browser, "/members").await.status.as_u16(),
        303,
        "it is the public still"
    );
    for _ in 0..8 {
        let answer = house.post(&mut browser, "/login/code", &[("code", "000000")]).await;
        assert_eq!(answer.status.as_u16(), 422);
    }
    let right = totp::code(&secret, totp::step_at(NOW_MS) + 1);
    let answer = house.post(&mut browser, "/login/code", &[("code", &right)]).await;
    assert_eq!(answer.status.as_u16(), 429, "even the right code waits now");
    // Without a login that waits there is nothing to type a code for.
    let mut stranger = house.visitor("public").await;
    let answer = house.post(&mut stranger, "/login/code", &[("code", &right)]).await;
    assert_eq!(answer.location(), "/login");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn codes_are_turned_off_with_a_code_or_by_an_administrator() {
    let house = House::build().await;
    let mut own = house.visitor("contributor").await;
    let (secret, recovery) = turn_on(&house, &mut own).await;
    let off = house.post(&mut own, "/account/codes/off", &[("code", "000000")]).await;
    assert!(off.body.contains("role=\"alert\"") && off.body.contains("/account/codes/off"));
    let off = house
        .post(&mut own, "/account/codes/off", &[("code", &recovery[3])])
        .await;
    assert!(!off.body.contains("/account/codes/off"), "{}", off.body);
    let fresh = house.visitor("contributor").await;
    assert!(fresh.cookie("gh_session").is_some(), "a login asks for no code now");
    // On again, with another secret; then the telephone is lost.
    let (other, _) = turn_on(&house, &mut own).await;
    assert_ne!(secret, other);
    let mut admin = house.visitor("admin").await;
    let people = house.get(&mut admin, "/people").await.body;
    assert!(people.contains("/people/contributor/codes"), "{people}");
    assert_eq!(
        house
            .post(&mut admin, "/people/contributor/codes", &[])
            .await
            .status
            .as_u16(),
        303
    );
    house.visitor("contributor").await;
    let trail = house.get(&mut admin, "/audit").await.body;
    assert!(trail.contains("turned codes off") && trail.contains("turned codes on"));
}
