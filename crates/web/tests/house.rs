//! A small cluster with its pages, and visitors of every role.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use greenheart_app::{
    Actor, App, Capacity, ClusterSettings, Config, Entropy, FailPoints, FixedClock, ImportRequest, MemberRequest,
    OnOverlap, Surroundings,
};
use greenheart_model::{MemberId, Role};
use greenheart_web::{Pages, router};
use tower::ServiceExt;

/// 1 June 2025.
pub const NOW_MS: i64 = 1_748_736_000_000;
pub const PASSWORD: &str = "correct horse battery";
/// The member whose people log in; it shows its account to nobody.
pub const OWN: &str = "310000000";
/// Another member; it shows its account to nobody either.
pub const OTHER: &str = "310000108";
pub const NAME_WITH_MARKUP: &str = "Ola <script>alert(1)</script> & Sønn AS";

/// Different bytes each time, the same in every run.
#[derive(Default)]
struct Counting(AtomicU8);

impl Entropy for Counting {
    fn fill(&self, buffer: &mut [u8]) -> io::Result<()> {
        let turn = self.0.fetch_add(1, Ordering::Relaxed);
        for (at, byte) in buffer.iter_mut().enumerate() {
            *byte = turn ^ u8::try_from(at % 251).unwrap();
        }
        Ok(())
    }
}

pub struct House {
    pub app: Arc<App>,
    pub pages: Router,
    pub folder: tempfile::TempDir,
}

pub fn operator() -> Actor {
    Actor::operator("test")
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn location(&self) -> &str {
        self.headers
            .get(header::LOCATION)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The token of the forms on the page.
    pub fn token(&self) -> String {
        let start = self.body.split("name=\"form_token\" value=\"").nth(1);
        start
            .and_then(|rest| rest.split('"').next())
            .unwrap_or_default()
            .to_owned()
    }
}

/// Somebody with a browser: cookies, and the token of the last page.
#[derive(Clone, Default)]
pub struct Browser {
    cookies: Vec<(String, String)>,
    pub token: String,
    pub language: &'static str,
}

impl House {
    pub async fn build() -> Self {
        Self::with(Config::default()).await
    }

    pub async fn with(config: Config) -> Self {
        Self::made(config, Arc::new(|_: &str| Ok(()))).await
    }

    /// One where writing fails at the steps that `steps` names.
    pub async fn made(config: Config, steps: FailPoints) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock(NOW_MS));
        let settings = ClusterSettings {
            name: "Prøveklyngen".into(),
            base_year: Some(2023),
            targets: Default::default(),
            fictional: true,
        };
        let app = App::create(
            &operator(),
            &folder.path().join("data"),
            config,
            &settings,
            Surroundings {
                steps,
                ..Surroundings::plain(clock, Arc::new(Counting::default()))
            },
        )
        .await
        .unwrap();
        for (org_no, name) in [(OWN, "Storgrana Sag AS"), (OTHER, NAME_WITH_MARKUP)] {
            app.put_member(&operator(), &member(org_no, name)).await.unwrap();
        }
        let app = Arc::new(app);
        let house = Self {
            pages: router(Arc::new(Pages {
                app: Arc::clone(&app),
                secure: false,
                demo_logins: Vec::new(),
            })),
            app,
            folder,
        };
        house.hand_in(OWN).await;
        house.hand_in(OTHER).await;
        for (name, capacity) in accounts() {
            let invitation = house.app.create_account(&operator(), name, &capacity).await.unwrap();
            house.app.accept_invitation(&invitation, PASSWORD).await.unwrap();
        }
        house
    }

    async fn hand_in(&self, member: &str) {
        let path = self.table(&format!("{member}.csv"), 2024);
        let request = ImportRequest {
            files: vec![path],
            member: Some(MemberId::new(member)),
            dry_run: false,
            on_overlap: OnOverlap::Ask,
            mapping: None,
            save_mapping: None,
            coverage: None,
            together: false,
        };
        let report = self.app.import(&operator(), &request, &mut |_| {}).await.unwrap();
        assert_eq!(report.sets[0].outcome, greenheart_app::Outcome::Imported, "{report:?}");
    }

    /// A table of electricity for two months.
    pub fn table(&self, name: &str, year: i16) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, electricity(year)).unwrap();
        path
    }

    pub async fn ask(&self, browser: &mut Browser, request: Request<Body>) -> Answer {
        let response = self.pages.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 8 << 20).await.unwrap();
        let answer = Answer {
            status: parts.status,
            headers: parts.headers,
            // A workbook is no text.
            body: String::from_utf8_lossy(&body).into_owned(),
        };
        browser.keep(&answer);
        answer
    }

    pub async fn get(&self, browser: &mut Browser, address: &str) -> Answer {
        let request = browser.request("GET", address).body(Body::empty()).unwrap();
        self.ask(browser, request).await
    }

    /// Loads the page of a job until the job has ended, as its own refresh does.
    pub async fn ended(&self, browser: &mut Browser, address: &str) -> Answer {
        for _ in 0..600 {
            let page = self.get(browser, address).await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.body);
            if !page.body.contains("http-equiv=\"refresh\"") {
                return page;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("{address} never ended");
    }

    /// Sends a form with the token of the last page.
    pub async fn post(&self, browser: &mut Browser, address: &str, fields: &[(&str, &str)]) -> Answer {
        let mut fields = fields.to_vec();
        let token = browser.token.clone();
        fields.push(("form_token", &token));
        let body = serde_urlencoded::to_string(&fields).unwrap();
        let request = browser
            .request("POST", address)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        self.ask(browser, request).await
    }

    /// Somebody who has logged in; `public` has not.
    pub async fn visitor(&self, name: &str) -> Browser {
        let mut browser = Browser::new("en");
        let page = self.get(&mut browser, "/login").await;
        browser.token = page.token();
        if name != "public" {
            let answer = self
                .post(&mut browser, "/login", &[("name", name), ("password", PASSWORD)])
                .await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{name}: {}", answer.body);
            let page = self.get(&mut browser, "/account").await;
            browser.token = page.token();
        }
        browser
    }
}

impl Browser {
    pub fn new(language: &'static str) -> Self {
        Self {
            language,
            ..Self::default()
        }
    }

    pub fn request(&self, method: &str, address: &str) -> axum::http::request::Builder {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        Request::builder()
            .method(method)
            .uri(address)
            .header(header::HOST, "127.0.0.1:8080")
            .header(header::ACCEPT_LANGUAGE, self.language)
            .header(header::COOKIE, cookies.join("; "))
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        let found = self.cookies.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    fn keep(&mut self, answer: &Answer) {
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }
}

pub fn accounts() -> [(&'static str, Capacity); 5] {
    [
        ("facilitator", Capacity::Facilitator),
        ("auditor", Capacity::Auditor),
        ("admin", Capacity::MemberAdmin(MemberId::new(OWN))),
        ("contributor", Capacity::Contributor(MemberId::new(OWN))),
        ("stranger", Capacity::MemberAdmin(MemberId::new(OTHER))),
    ]
}

pub fn electricity(year: i16) -> String {
    let head = "Type;Vare;Anlegg;Fra;Til;Mengde;Enhet;Beløp;Valuta;Motpart orgnr;Motpart;Leverandør kg CO2e;Merknad\n";
    let rows: Vec<String> = [("01", "31", "12500,5"), ("02", "28", "11400")]
        .iter()
        .map(|(month, last, kwh)| {
            format!("elektrisitet;strøm;;01.{month}.{year};{last}.{month}.{year};{kwh};kWh;15200;NOK;;;;\n")
        })
        .collect();
    format!("{head}{}", rows.concat())
}

fn member(org_no: &str, name: &str) -> MemberRequest {
    MemberRequest {
        org_no: org_no.parse().unwrap(),
        name: name.into(),
        role: Role::Industry,
        nace: None,
        employees: Some(40),
        joined: "2020-01-01".parse().unwrap(),
        left: None,
        fictional: true,
    }
}
