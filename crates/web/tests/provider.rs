//! Logging in by another provider: a small one of our own, that also lies.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use greenheart_app::{Capacity, Config, OidcConfig};
use greenheart_identity::totp;
use greenheart_model::MemberId;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents,
};
use ring::{digest, hmac};
use serde_json::{Value, json};

use crate::house::{Answer, Browser, House, NOW_MS, OWN, operator};

/// A key of this test alone.
const RSA_KEY: &str = include_str!("provider-rsa-key.txt");
const CLIENT: &str = "greenheart";
const SECRET: &str = "s3cret & more";

/// What the provider was told to do.
struct Lies {
    /// Claims laid over the honest ones.
    claims: Value,
    algorithm: &'static str,
    key: &'static str,
    issuer: Option<String>,
}

impl Default for Lies {
    fn default() -> Self {
        Self {
            claims: json!({}),
            algorithm: "ES256",
            key: "ec-1",
            issuer: None,
        }
    }
}

struct Provider {
    issuer: String,
    ec: EcdsaKeyPair,
    other: EcdsaKeyPair,
    rsa: RsaKeyPair,
    codes: Mutex<BTreeMap<String, (String, String)>>,
    lies: Mutex<Lies>,
    /// Keys that are published, by name.
    published: Mutex<Vec<&'static str>>,
    asked: Mutex<u32>,
}

fn ec() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap()
}

impl Provider {
    async fn start() -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = Arc::new(Self {
            issuer: format!("http://{}", listener.local_addr().unwrap()),
            ec: ec(),
            other: ec(),
            rsa: RsaKeyPair::from_der(&STANDARD.decode(RSA_KEY.trim()).unwrap()).unwrap(),
            codes: Mutex::default(),
            lies: Mutex::default(),
            published: Mutex::new(vec!["ec-1", "rsa-1"]),
            asked: Mutex::default(),
        });
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(configuration))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(Arc::clone(&provider));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        provider
    }

    fn config(&self) -> Config {
        Config {
            oidc: OidcConfig {
                issuer: self.issuer.clone(),
                name: "Industry login".into(),
                client_id: CLIENT.into(),
                client_secret: SECRET.into(),
                public_url: "http://127.0.0.1:8080".into(),
                ca_file: String::new(),
            },
            ..Config::default()
        }
    }

    fn lie(&self, lies: Lies) {
        *self.lies.lock().unwrap() = lies;
    }

    fn sign(&self, algorithm: &str, key: &str, claims: &Value) -> String {
        let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let head = encoded(&json!({ "alg": algorithm, "kid": key, "typ": "JWT" }));
        let signed = format!("{head}.{}", encoded(claims));
        let random = SystemRandom::new();
        let signature = match (algorithm, key) {
            ("RS256", _) => {
                let mut signature = vec![0; self.rsa.public().modulus_len()];
                self.rsa
                    .sign(&RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut signature)
                    .unwrap();
                signature
            }
            // The public key as the secret of a shared one: an old trick.
            ("HS256", _) => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, self.rsa.public_key().as_ref());
                hmac::sign(&key, signed.as_bytes()).as_ref().to_vec()
            }
            ("none", _) => Vec::new(),
            (_, "ec-2" | "stolen") => self.other.sign(&random, signed.as_bytes()).unwrap().as_ref().to_vec(),
            _ => self.ec.sign(&random, signed.as_bytes()).unwrap().as_ref().to_vec(),
        };
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

async fn configuration(State(provider): State<Arc<Provider>>) -> Json<Value> {
    let at = &provider.issuer;
    let issuer = provider.lies.lock().unwrap().issuer.clone();
    Json(json!({
        "issuer": issuer.unwrap_or_else(|| at.clone()),
        "authorization_endpoint": format!("{at}/authorize"),
        "token_endpoint": format!("{at}/token"),
        "jwks_uri": format!("{at}/keys"),
    }))
}

async fn keys(State(provider): State<Arc<Provider>>) -> Json<Value> {
    *provider.asked.lock().unwrap() += 1;
    let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let published = provider.published.lock().unwrap().clone();
    let keys: Vec<Value> = published
        .into_iter()
        .map(|name| match name {
            "rsa-1" => {
                let public = RsaPublicKeyComponents::<Vec<u8>>::from(provider.rsa.public());
                let (n, e) = (encoded(&public.n), encoded(&public.e));
                json!({ "kty": "RSA", "kid": name, "use": "sig", "alg": "RS256", "n": n, "e": e })
            }
            _ => {
                let pair = if name == "ec-2" { &provider.other } else { &provider.ec };
                let point = pair.public_key().as_ref();
                json!({ "kty": "EC", "kid": name, "crv": "P-256", "x": encoded(&point[1..33]), "y": encoded(&point[33..]) })
            }
        })
        .collect();
    Json(json!({ "keys": keys }))
}

async fn token(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    Form(form): Form<BTreeMap<String, String>>,
) -> impl IntoResponse {
    let expected = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:s3cret+%26+more")));
    let authorized = headers
        .get(header::AUTHORIZATION)
        .is_some_and(|value| *value == *expected);
    let known = provider.codes.lock().unwrap().remove(&form["code"]);
    let Some((challenge, nonce)) = known.filter(|_| authorized) else {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "error": "invalid_client" })));
    };
    let verifier = digest::digest(&digest::SHA256, form["code_verifier"].as_bytes());
    let right_back = form["redirect_uri"] == "http://127.0.0.1:8080/login/provider/back";
    if URL_SAFE_NO_PAD.encode(verifier) != challenge || !right_back {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" })));
    }
    let now = NOW_MS / 1_000;
    let lies = provider.lies.lock().unwrap();
    let mut claims = json!({
        "iss": provider.issuer, "aud": CLIENT, "sub": "s-1", "nonce": nonce, "iat": now, "exp": now + 300,
        "email": "Kari@Example.no", "email_verified": true,
    });
    for (name, value) in lies.claims.as_object().unwrap() {
        claims[name] = value.clone();
    }
    let token = provider.sign(lies.algorithm, lies.key, &claims);
    (
        StatusCode::OK,
        Json(json!({ "id_token": token, "access_token": "x", "token_type": "Bearer" })),
    )
}

fn query(address: &str) -> BTreeMap<String, String> {
    let query = address.split_once('?').unwrap().1;
    serde_urlencoded::from_str(query).unwrap()
}

/// Goes to the provider, which makes a code for whoever came.
fn vouched(provider: &Provider, address: &str) -> (String, String) {
    assert!(
        address.starts_with(&format!("{}/authorize?", provider.issuer)),
        "{address}"
    );
    let asked = query(address);
    assert_eq!(
        (asked["response_type"].as_str(), asked["code_challenge_method"].as_str()),
        ("code", "S256")
    );
    assert_eq!(
        (asked["client_id"].as_str(), asked["scope"].as_str()),
        (CLIENT, "openid email")
    );
    let code = format!("code for {}", asked["state"]);
    let secrets = (asked["code_challenge"].clone(), asked["nonce"].clone());
    provider.codes.lock().unwrap().insert(code.clone(), secrets);
    (asked["state"].clone(), code)
}

async fn come_back(house: &House, browser: &mut Browser, state: &str, code: &str) -> Answer {
    let answer = serde_urlencoded::to_string([("state", state), ("code", code)]).unwrap();
    house.get(browser, &format!("/login/provider/back?{answer}")).await
}

/// The whole way of somebody who has not logged in.
async fn log_in(house: &House, provider: &Provider) -> (Browser, Answer) {
    let mut browser = house.visitor("public").await;
    let away = house.get(&mut browser, "/login/provider?to=%2Fmembers").await;
    assert_eq!(away.status, StatusCode::SEE_OTHER, "{}", away.body);
    let (state, code) = vouched(provider, away.location());
    let answer = come_back(house, &mut browser, &state, &code).await;
    (browser, answer)
}

async fn invite(house: &House, name: &str) {
    let capacity = Capacity::Contributor(MemberId::new(OWN));
    house.app.create_account(&operator(), name, &capacity).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invited_person_comes_in_and_is_known_from_then_on() {
    let provider = Provider::start().await;
    let house = House::with(provider.config()).await;
    let page = house.get(&mut Browser::new("en"), "/login").await.body;
    assert!(
        page.contains("href=\"/login/provider?to=%2F\"") && page.contains("Industry login"),
        "{page}"
    );
    // Nobody has invited this address yet, and nobody is told so.
    let (_, refused) = log_in(&house, &provider).await;
    assert_eq!(refused.status.as_u16(), 422);
    invite(&house, "kari@example.no").await;
    let (mut kari, answer) = log_in(&house, &provider).await;
    assert_eq!(
        (answer.status.as_u16(), answer.location()),
        (303, "/members"),
        "{}",
        answer.body
    );
    assert_eq!(house.get(&mut kari, "/import").await.status.as_u16(), 200);
    let accounts = house.app.accounts(&operator()).await.unwrap();
    assert!(
        accounts
            .iter()
            .any(|account| account.name == "kari@example.no" && !account.active)
    );
    // The address changes, the person does not; both kinds of signature are read.
    for (algorithm, key) in [("ES256", "ec-1"), ("RS256", "rsa-1")] {
        provider.lie(Lies {
            claims: json!({ "email": "k.hansen@example.no", "aud": [CLIENT, "other"], "azp": CLIENT }),
            algorithm,
            key,
            issuer: None,
        });
        let (_, answer) = log_in(&house, &provider).await;
        assert_eq!(answer.status.as_u16(), 303, "{algorithm}");
    }
    // Another person with her address now is not her.
    provider.lie(Lies {
        claims: json!({ "sub": "s-2" }),
        ..Lies::default()
    });
    assert_eq!(log_in(&house, &provider).await.1.status.as_u16(), 422);
    provider.lie(Lies::default());
    house
        .app
        .set_account_disabled(&operator(), "kari@example.no", true)
        .await
        .unwrap();
    assert_eq!(
        log_in(&house, &provider).await.1.status.as_u16(),
        422,
        "she may not log in any more"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_lie_of_a_token_is_believed() {
    let provider = Provider::start().await;
    let house = House::with(provider.config()).await;
    invite(&house, "kari@example.no").await;
    let now = NOW_MS / 1_000;
    let claims = [
        json!({ "iss": "https://evil.example" }),
        json!({ "aud": "another client" }),
        json!({ "aud": [CLIENT, "other"] }),
        json!({ "aud": [CLIENT, "other"], "azp": "other" }),
        json!({ "exp": now - 61 }),
        json!({ "iat": now + 61 }),
        json!({ "nbf": now + 61 }),
        json!({ "nonce": "another" }),
        json!({ "nonce": null }),
        json!({ "sub": "" }),
        json!({ "email_verified": false }),
        json!({ "email_verified": "false" }),
        json!({ "email_verified": null }),
        json!({ "email": "somebody.else@example.no" }),
    ];
    for lie in claims {
        provider.lie(Lies {
            claims: lie.clone(),
            ..Lies::default()
        });
        let (browser, answer) = log_in(&house, &provider).await;
        assert_eq!(answer.status.as_u16(), 422, "{lie}");
        assert!(browser.cookie("gh_session").is_none(), "{lie}");
    }
    for (algorithm, key) in [
        ("none", "ec-1"),
        ("HS256", "rsa-1"),
        ("ES256", "stolen"),
        ("ES256", "rsa-1"),
    ] {
        provider.lie(Lies {
            algorithm,
            key,
            ..Lies::default()
        });
        let (_, answer) = log_in(&house, &provider).await;
        assert_eq!(answer.status.as_u16(), 422, "{algorithm} {key}");
    }
    provider.lie(Lies::default());
    assert_eq!(log_in(&house, &provider).await.1.status.as_u16(), 303, "the truth is");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_for_the_browser_that_asked_and_holds_once() {
    let provider = Provider::start().await;
    let house = House::with(provider.config()).await;
    invite(&house, "kari@example.no").await;
    let mut kari = house.visitor("public").await;
    let away = house.get(&mut kari, "/login/provider?to=https://evil.example").await;
    let (state, code) = vouched(&provider, away.location());
    let mut thief = house.visitor("public").await;
    assert_eq!(
        come_back(&house, &mut thief, &state, &code).await.status.as_u16(),
        422,
        "another browser"
    );
    assert_eq!(
        come_back(&house, &mut kari, "made up", &code).await.status.as_u16(),
        422
    );
    let denied = house.get(&mut kari, "/login/provider/back?error=access_denied").await;
    assert_eq!(denied.status.as_u16(), 422);
    let wrong = format!("/login/provider/back?state={state}&code=x&iss=https://evil.example");
    assert_eq!(
        house.get(&mut kari, &wrong).await.status.as_u16(),
        422,
        "another provider answers"
    );
    let answer = come_back(&house, &mut kari, &state, &code).await;
    assert_eq!(
        (answer.status.as_u16(), answer.location()),
        (303, "/"),
        "and nowhere else"
    );
    let again = vouched(&provider, away.location()).1;
    assert_eq!(
        come_back(&house, &mut kari, &state, &again).await.status.as_u16(),
        422,
        "once"
    );
}

/// What the provider vouches for after somebody who is logged in has begun to tie their account.
async fn begun(house: &House, browser: &mut Browser, provider: &Provider) -> (String, String) {
    let page = house.post(browser, "/account/link", &[]).await;
    let mut links = page.body.split("href=\"").filter_map(|rest| rest.split('"').next());
    let link = links.find(|link| link.starts_with(&provider.issuer)).unwrap();
    vouched(provider, &link.replace("&#38;", "&").replace("&amp;", "&"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_is_tied_by_whoever_is_logged_in() {
    let provider = Provider::start().await;
    let house = House::with(provider.config()).await;
    let mut admin = house.visitor("admin").await;
    // Only a form of the account's own page begins it.
    let (state, code) = begun(&house, &mut admin, &provider).await;
    let answer = come_back(&house, &mut admin, &state, &code).await;
    assert_eq!(answer.location(), "/account", "{}", answer.body);
    let (mut by_provider, answer) = log_in(&house, &provider).await;
    assert_eq!(answer.status.as_u16(), 303);
    assert_eq!(
        house.get(&mut by_provider, "/people").await.status.as_u16(),
        200,
        "it is the administrator"
    );
    // The identity belongs to one account.
    let mut other = house.visitor("stranger").await;
    let (state, code) = begun(&house, &mut other, &provider).await;
    assert_eq!(come_back(&house, &mut other, &state, &code).await.status.as_u16(), 422);
    // Codes are asked for after the provider too.
    let admin_token = house.get(&mut admin, "/account").await.token();
    admin.token = admin_token;
    let setup = house.post(&mut admin, "/account/codes", &[]).await.body;
    let code = totp::code(&crate::codes::secret(&setup), totp::step_at(NOW_MS));
    house
        .post(&mut admin, "/account/codes/confirm", &[("code", &code)])
        .await;
    let (_, answer) = log_in(&house, &provider).await;
    assert_eq!(answer.location(), "/login/code?to=%2Fmembers");
    assert_eq!(
        house.post(&mut admin, "/account/unlink", &[]).await.status.as_u16(),
        303
    );
    assert_eq!(log_in(&house, &provider).await.1.status.as_u16(), 422);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn new_keys_are_read_and_a_false_name_is_noticed() {
    let provider = Provider::start().await;
    let house = House::with(provider.config()).await;
    invite(&house, "kari@example.no").await;
    assert_eq!(log_in(&house, &provider).await.1.status.as_u16(), 303);
    let asked = *provider.asked.lock().unwrap();
    // A token of a key that nobody has published makes us ask, but not for every such token.
    provider.lie(Lies {
        key: "ec-2",
        ..Lies::default()
    });
    for _ in 0..3 {
        assert_eq!(log_in(&house, &provider).await.1.status.as_u16(), 422);
    }
    assert_eq!(
        *provider.asked.lock().unwrap(),
        asked,
        "the clock stands still, so the keys are fresh"
    );
    // Another installation reads the new keys.
    provider.published.lock().unwrap().push("ec-2");
    let house = House::with(provider.config()).await;
    invite(&house, "kari@example.no").await;
    assert_eq!(log_in(&house, &provider).await.1.status.as_u16(), 303);
    provider.lie(Lies {
        issuer: Some("https://evil.example".into()),
        ..Lies::default()
    });
    let house = House::with(provider.config()).await;
    let answer = house.get(&mut house.visitor("public").await, "/login/provider").await;
    assert_eq!(answer.status.as_u16(), 422, "it calls itself something else");
}
