//! Every address as every role, on own and on others' data.

use crate::house::{House, OTHER, OWN, operator};

const ROLES: [&str; 6] = ["public", "facilitator", "auditor", "admin", "contributor", "stranger"];

/// 303 of a reading is the way to the login.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readings() {
    let house = House::build().await;
    house.app.release_goals(&operator()).await.unwrap();
    let batches = house.app.batches(&operator(), None, false).await.unwrap();
    let of = |member: &str| {
        let found = batches.iter().find(|batch| batch.member.as_str() == member);
        found.unwrap().id.to_string()
    };
    let (mine, theirs) = (of(OWN), of(OTHER));
    let matrix: Vec<(String, [u16; 6])> = vec![
        // address, then public, facilitator, auditor, admin, contributor of OWN, admin of OTHER
        ("/".into(), [200, 200, 200, 200, 200, 200]),
        ("/public".into(), [200, 200, 200, 200, 200, 200]),
        ("/goals/co2e".into(), [200, 200, 200, 200, 200, 200]),
        ("/goals/nonsense".into(), [404, 404, 404, 404, 404, 404]),
        ("/inventory".into(), [303, 200, 200, 200, 200, 200]),
        (format!("/inventory?member={OWN}"), [303, 403, 403, 200, 200, 403]),
        (format!("/inventory?member={OTHER}"), [303, 403, 403, 403, 403, 200]),
        ("/change".into(), [303, 200, 200, 200, 200, 200]),
        (format!("/change?member={OTHER}"), [303, 403, 403, 403, 403, 200]),
        ("/consolidated".into(), [303, 200, 200, 200, 200, 200]),
        ("/products".into(), [303, 200, 200, 200, 200, 200]),
        ("/what-if".into(), [303, 200, 403, 200, 200, 200]),
        ("/flows".into(), [303, 200, 403, 200, 200, 200]),
        ("/campaign".into(), [303, 200, 403, 200, 200, 200]),
        ("/articles".into(), [303, 200, 200, 200, 200, 200]),
        (format!("/articles?member={OTHER}"), [303, 403, 403, 403, 403, 200]),
        ("/articles?job=job-none".into(), [303, 200, 200, 404, 404, 404]),
        (
            format!("/articles/confirm?member={OWN}&seller=&article=x&unit=kg"),
            [303, 403, 403, 404, 404, 403],
        ),
        ("/factors/use".into(), [303, 200, 200, 200, 200, 200]),
        ("/figures/waterfall.json".into(), [303, 404, 404, 404, 404, 404]),
        (
            format!("/figures/waterfall.json?member={OTHER}&from=2023&to=2024"),
            [303, 403, 403, 403, 403, 404],
        ),
        ("/figures/bridge.json".into(), [303, 404, 404, 404, 404, 404]),
        ("/figures/products.csv".into(), [303, 404, 404, 404, 404, 404]),
        ("/figures/flows.xlsx".into(), [303, 404, 403, 404, 404, 404]),
        ("/figures/materials.csv".into(), [404, 404, 404, 404, 404, 404]),
        ("/import".into(), [303, 403, 403, 200, 200, 200]),
        ("/batches".into(), [303, 200, 200, 200, 200, 200]),
        (format!("/batches?member={OTHER}"), [303, 403, 403, 403, 403, 200]),
        (format!("/batches/{mine}/withdraw"), [404, 404, 404, 200, 200, 404]),
        (format!("/batches/{theirs}/withdraw"), [404, 404, 404, 404, 404, 200]),
        (format!("/why/batch:{mine}"), [404, 404, 404, 200, 200, 404]),
        (format!("/why/row:{theirs}/1"), [404, 404, 404, 404, 404, 200]),
        ("/why/nonsense".into(), [404, 404, 404, 404, 404, 404]),
        ("/members".into(), [303, 200, 200, 200, 200, 200]),
        (format!("/members/{OTHER}"), [303, 200, 200, 200, 200, 200]),
        ("/people".into(), [303, 200, 403, 200, 403, 200]),
        ("/audit".into(), [303, 200, 403, 200, 200, 200]),
        (format!("/audit?member={OTHER}"), [303, 200, 403, 403, 403, 200]),
        ("/factors".into(), [200, 200, 200, 200, 200, 200]),
        ("/figures/change-co2e.json".into(), [200, 200, 200, 200, 200, 200]),
        ("/figures/change-co2e.csv".into(), [200, 200, 200, 200, 200, 200]),
        ("/figures/change-co2e.pdf".into(), [404, 404, 404, 404, 404, 404]),
        ("/figures/scopes.json".into(), [404, 404, 404, 200, 200, 200]),
        (
            format!("/figures/scopes.xlsx?member={OTHER}"),
            [303, 403, 403, 403, 403, 200],
        ),
        ("/figures/completeness.json".into(), [303, 404, 404, 200, 200, 200]),
        (
            format!("/figures/completeness.json?member={OTHER}"),
            [303, 403, 403, 403, 403, 200],
        ),
        ("/figures/sites.json".into(), [303, 200, 200, 200, 200, 200]),
        (
            format!("/figures/lines.csv?member={OTHER}"),
            [303, 403, 403, 403, 403, 200],
        ),
        ("/api/v1/goals".into(), [200, 200, 200, 200, 200, 200]),
        // Who may read no member has nothing to take inventory of.
        ("/api/v1/inventory".into(), [422, 422, 422, 200, 200, 200]),
        (
            format!("/api/v1/inventory?member={OTHER}"),
            [403, 403, 403, 403, 403, 200],
        ),
        (format!("/api/v1/why/batch:{mine}"), [404, 404, 404, 200, 200, 404]),
        ("/api/v1/members".into(), [403, 200, 200, 200, 200, 200]),
        ("/api/v1/batches".into(), [200, 200, 200, 200, 200, 200]),
        (
            format!("/api/v1/findings?member={OTHER}"),
            [403, 403, 403, 403, 403, 200],
        ),
        ("/api/v1/jobs".into(), [200, 200, 200, 200, 200, 200]),
        ("/api/v1/releases".into(), [403, 200, 200, 200, 200, 200]),
        ("/api/v1/releases/last".into(), [403, 200, 200, 200, 200, 200]),
        ("/api/v1/imports/job-none".into(), [404, 404, 404, 404, 404, 404]),
        ("/api/v1/factors".into(), [200, 200, 200, 200, 200, 200]),
        // Nobody is complete in this small cluster.
        ("/api/v1/change".into(), [403, 422, 403, 422, 422, 422]),
        (format!("/api/v1/change?member={OTHER}"), [403, 403, 403, 403, 403, 422]),
        ("/api/v1/consolidated".into(), [403, 422, 422, 422, 422, 422]),
        ("/api/v1/products".into(), [403, 422, 422, 422, 422, 422]),
        ("/api/v1/flows".into(), [403, 200, 403, 200, 200, 200]),
        ("/api/v1/campaign".into(), [403, 200, 403, 200, 200, 200]),
        ("/api/v1/completeness".into(), [403, 200, 200, 200, 200, 200]),
        (
            format!("/api/v1/completeness?member={OTHER}"),
            [403, 403, 403, 403, 403, 200],
        ),
        ("/api/v1/articles".into(), [400, 400, 400, 200, 200, 200]),
        (
            format!("/api/v1/articles?member={OTHER}"),
            [403, 403, 403, 403, 403, 200],
        ),
        ("/api/v1/goals?released=true".into(), [200, 200, 200, 200, 200, 200]),
        ("/api/v1/sites".into(), [403, 200, 200, 200, 200, 200]),
        ("/api/v1/people".into(), [403, 200, 403, 200, 403, 200]),
        ("/api/v1/tokens".into(), [403, 200, 200, 200, 200, 200]),
        ("/api/v1/audit".into(), [403, 200, 403, 200, 200, 200]),
        (format!("/api/v1/audit?member={OTHER}"), [403, 200, 403, 403, 403, 200]),
        ("/api/v1/jobs/job-none".into(), [404, 404, 404, 404, 404, 404]),
        ("/api/v1/articles/register".into(), [400, 400, 400, 200, 200, 200]),
        (
            format!("/api/v1/articles/register?member={OTHER}"),
            [403, 403, 403, 403, 403, 200],
        ),
        ("/api/v1/factors/use".into(), [403, 200, 200, 200, 200, 200]),
        ("/api/v1/what-if".into(), [403, 400, 403, 422, 422, 422]),
        (
            format!("/api/v1/what-if?member={OTHER}&direct_kg=-1"),
            [403, 403, 403, 403, 403, 422],
        ),
        ("/api/v1/templates".into(), [200, 200, 200, 200, 200, 200]),
        ("/api/v1/circular/today".into(), [403, 200, 403, 200, 200, 200]),
        (
            "/api/v1/circular/streams/st-none".into(),
            [403, 404, 403, 404, 404, 404],
        ),
        ("/api/v1/circular/board/ex-none".into(), [403, 404, 403, 404, 404, 404]),
        ("/api/v1/openapi.json".into(), [200, 200, 200, 200, 200, 200]),
        ("/api/v1/nonsense".into(), [404, 404, 404, 404, 404, 404]),
        ("/circular".into(), [303, 200, 403, 200, 200, 200]),
        ("/circular/streams".into(), [303, 200, 403, 200, 200, 200]),
        ("/circular/streams/st-none".into(), [303, 404, 403, 404, 404, 404]),
        ("/circular/board".into(), [303, 200, 403, 200, 200, 200]),
        ("/circular/board/ex-none".into(), [303, 404, 403, 404, 404, 404]),
        ("/figures/circular-today.json".into(), [303, 404, 403, 404, 404, 404]),
        ("/api/v1/circular/streams".into(), [403, 200, 403, 200, 200, 200]),
        ("/api/v1/circular/suggestions".into(), [403, 200, 403, 200, 200, 200]),
        // Nobody has designed one yet.
        ("/api/v1/circular/network".into(), [403, 404, 403, 403, 403, 403]),
        ("/api/v1/circular/board".into(), [403, 200, 403, 200, 200, 200]),
        ("/account".into(), [303, 200, 200, 200, 200, 200]),
        ("/releases".into(), [303, 200, 200, 200, 200, 200]),
        ("/releases/1".into(), [303, 200, 200, 200, 200, 200]),
        ("/releases/99".into(), [303, 404, 404, 404, 404, 404]),
        ("/login/code".into(), [200, 200, 200, 200, 200, 200]),
        // No provider is configured here.
        ("/login/provider".into(), [404, 404, 404, 404, 404, 404]),
        (
            "/login/provider/back?state=x&code=y".into(),
            [404, 404, 404, 404, 404, 404],
        ),
        ("/login".into(), [200, 200, 200, 200, 200, 200]),
        ("/import/jobs/job-none".into(), [404, 404, 404, 404, 404, 404]),
        ("/jobs/job-none".into(), [404, 404, 404, 404, 404, 404]),
        (
            "/import/templates/electricity.nb.csv".into(),
            [200, 200, 200, 200, 200, 200],
        ),
        ("/no/such/page".into(), [404, 404, 404, 404, 404, 404]),
        ("/healthz".into(), [200, 200, 200, 200, 200, 200]),
    ];
    let mut wrong = Vec::new();
    for (at, role) in ROLES.iter().enumerate() {
        let mut browser = house.visitor(role).await;
        for (address, expect) in &matrix {
            let answer = house.get(&mut browser, address).await;
            let found = answer.status.as_u16();
            // A batch of nobody in particular is asked for through a list that the public may not see at all.
            let login = expect[at] == 404 && found == 303 && answer.location().starts_with("/login");
            if found != expect[at] && !login {
                wrong.push(format!("{role} {address}: {found} instead of {}", expect[at]));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// 403 and 404 change nothing; 303 was done.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deeds() {
    let house = House::build().await;
    let batches = house.app.batches(&operator(), None, false).await.unwrap();
    let theirs = batches.iter().find(|batch| batch.member.as_str() == OTHER).unwrap();
    let withdraw = format!("/batches/{}/withdraw", theirs.id);
    let visibility = format!("/members/{OTHER}/visibility");
    let site = format!("/members/{OTHER}/sites");
    let new_site = [("id", "lager"), ("name", "Lager")];
    let new_member = [
        ("org_no", "310000205"),
        ("name", "Ny AS"),
        ("role", "industry"),
        ("joined", "2025-01-01"),
    ];
    let design = [
        ("objective", "net_value"),
        ("transport", "2"),
        ("fixed", "0"),
        ("road", "1.3"),
    ];
    let stream = [
        ("direction", "offer"),
        ("kind", "residue"),
        ("text", "flis"),
        ("visibility", "own"),
    ];
    let match_up = [("offer", "st-none"), ("taker", OTHER), ("tonnes", "1")];
    let article = vec![
        ("member", OTHER),
        ("seller", "888888888"),
        ("article", "4711"),
        ("unit", "kg"),
        ("name", "Stålplate"),
        ("item", "steel"),
        ("use", "input"),
        ("primary", "80"),
    ];
    type Deed<'a> = (&'a str, Vec<(&'a str, &'a str)>, [u16; 6]);
    let matrix: Vec<Deed<'_>> = vec![
        // public, facilitator, auditor, admin and contributor of OWN, admin of OTHER
        ("/goals/release", vec![], [403, 303, 403, 403, 403, 403]),
        (
            "/people",
            vec![("name", "kari"), ("role", "auditor")],
            [403, 200, 403, 403, 403, 403],
        ),
        ("/people/facilitator/invite", vec![], [404, 200, 404, 404, 404, 404]),
        (
            "/people/stranger/disable",
            vec![("disabled", "no")],
            [404, 303, 404, 404, 404, 422],
        ),
        ("/members", new_member.to_vec(), [403, 303, 403, 403, 403, 403]),
        (&visibility, vec![("level", "own")], [403, 403, 403, 403, 403, 303]),
        (&site, new_site.to_vec(), [403, 303, 403, 403, 403, 303]),
        (
            "/account",
            vec![("old", "x"), ("password", "y"), ("again", "z")],
            [403, 422, 422, 422, 422, 422],
        ),
        ("/circular/infer", vec![], [403, 303, 403, 303, 303, 303]),
        ("/circular/network", design.to_vec(), [403, 303, 403, 403, 403, 403]),
        ("/circular/streams", stream.to_vec(), [403, 403, 403, 303, 303, 303]),
        (
            "/circular/streams/st-none/answer",
            vec![("answer", "deny")],
            [404, 404, 404, 404, 404, 404],
        ),
        ("/circular/board", match_up.to_vec(), [403, 404, 403, 404, 404, 404]),
        (
            "/circular/board/ex-none",
            vec![("do", "owner"), ("text", "x")],
            [403, 404, 403, 404, 404, 404],
        ),
        (
            "/account/tokens",
            vec![("name", "reports"), ("days", "30"), ("read", "yes")],
            [403, 200, 200, 200, 200, 200],
        ),
        // Only those who work for a member hand in files.
        (
            "/account/tokens",
            vec![("name", "books"), ("days", "30"), ("import", "yes")],
            [403, 422, 422, 200, 200, 200],
        ),
        ("/account/tokens/none/revoke", vec![], [403, 404, 404, 404, 404, 404]),
        ("/account/codes", vec![], [403, 200, 200, 200, 200, 200]),
        (
            "/account/codes/confirm",
            vec![("code", "x")],
            [403, 200, 200, 200, 200, 200],
        ),
        (
            "/account/codes/off",
            vec![("code", "x")],
            [403, 200, 200, 200, 200, 200],
        ),
        ("/account/link", vec![], [403, 404, 404, 404, 404, 404]),
        ("/account/unlink", vec![], [403, 404, 404, 404, 404, 404]),
        ("/people/stranger/codes", vec![], [404, 303, 404, 404, 404, 303]),
        ("/releases", vec![], [403, 303, 403, 403, 403, 403]),
        ("/factors/use", vec![("set", "none")], [403, 404, 403, 403, 403, 403]),
        ("/factors/seal", vec![("year", "2023")], [403, 303, 403, 403, 403, 403]),
        ("/factors/rebind", vec![], [403, 403, 403, 403, 403, 403]),
        ("/factors/accept", vec![], [403, 403, 403, 403, 403, 403]),
        ("/factors/discard", vec![], [403, 403, 403, 403, 403, 403]),
        ("/articles", article.clone(), [403, 403, 403, 403, 403, 303]),
        ("/import/jobs/job-none/confirm", vec![], [404, 404, 404, 404, 404, 404]),
        ("/import/jobs/job-none/discard", vec![], [404, 404, 404, 404, 404, 404]),
        ("/jobs/job-none/cancel", vec![], [404, 404, 404, 404, 404, 404]),
        (
            &withdraw,
            vec![("reason", "wrong year")],
            [404, 404, 404, 404, 404, 303],
        ),
    ];
    let mut wrong = Vec::new();
    for (at, role) in ROLES.iter().enumerate() {
        let mut browser = house.visitor(role).await;
        for (address, fields, expect) in &matrix {
            let answer = house.post(&mut browser, address, fields).await;
            if answer.status.as_u16() != expect[at] {
                wrong.push(format!("{role} {address}: {} instead of {}", answer.status, expect[at]));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_by_others_is_seen_by_the_member() {
    let house = House::build().await;
    let mut admin = house.visitor("admin").await;
    let answer = house
        .post(
            &mut admin,
            &format!("/members/{OWN}/visibility"),
            &[("level", "facilitator")],
        )
        .await;
    assert_eq!(answer.status.as_u16(), 303);
    let mut facilitator = house.visitor("facilitator").await;
    let page = house.get(&mut facilitator, &format!("/inventory?member={OWN}")).await;
    assert_eq!(page.status.as_u16(), 200);
    let trail = house.get(&mut admin, "/audit").await.body;
    assert!(
        trail.contains("looked at emissions") && trail.contains("cluster manager"),
        "{trail}"
    );
}

/// An address that nobody has decided the rights of is found here: every route stands in one of the two matrices, or is
/// a login, an invitation or a file that tells nothing.
#[test]
fn every_address_stands_in_a_matrix() {
    let routes = include_str!("../src/routes.rs");
    let api = include_str!("../src/api/document.rs");
    let matrices = include_str!("rights.rs");
    let elsewhere = [
        // Tests of their own: logins, invitations, uploads, mappings, the language, files of the pages.
        "/invitation/{secret}",
        "/login/code",
        "/logout",
        "/language/{tongue}",
        "/import/files",
        "/import/jobs/{job}/mapping",
        "/assets/{file}",
    ];
    let listed = |text: &'static str, begins: &'static str, before: &'static str| {
        let found = text.split(begins).skip(1).filter_map(|rest| rest.split('"').next());
        found.map(move |address| format!("{before}{address}"))
    };
    let all = listed(routes, ".route(\"", "").chain(listed(api, "address: \"", "/api/v1"));
    let mut missing = Vec::new();
    for address in all.filter(|address| !elsewhere.contains(&address.as_str())) {
        let parts: Vec<&str> = address.split(['{', '}']).step_by(2).collect();
        let fits = |line: &str| {
            let Some(shown) = line.split('"').nth(1).filter(|shown| shown.starts_with('/')) else {
                return false;
            };
            let mut rest = shown.split('?').next().unwrap_or_default();
            parts.iter().enumerate().all(|(at, part)| {
                let found = rest.find(part).filter(|start| at > 0 || *start == 0);
                found.is_some_and(|start| {
                    rest = &rest[start + part.len()..];
                    true
                })
            }) && (rest.is_empty() || address.ends_with('}'))
        };
        if !matrices.lines().any(fits) {
            missing.push(address);
        }
    }
    assert!(missing.is_empty(), "the rights of {missing:?} are nowhere decided");
}
